// Read an encoded polyline into [longitude, latitude] pairs.
export function decode(text, precision = 6) {
  const scale = 10 ** precision;
  const points = [];
  let index = 0;
  let latitude = 0;
  let longitude = 0;
  const next = () => {
    let value = 0;
    let factor = 1; // not shifts: 35 bits do not fit into JavaScript's 32
    let group;
    do {
      group = text.charCodeAt(index++) - 63;
      value += (group & 31) * factor;
      factor *= 32;
    } while (group & 32);
    return value % 2 ? -(value + 1) / 2 : value / 2;
  };
  while (index < text.length) {
    latitude += next();
    longitude += next();
    points.push([longitude / scale, latitude / scale]);
  }
  return points;
}
