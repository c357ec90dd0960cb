"""What a network is built from, as given on the command line."""

from dataclasses import dataclass
from pathlib import Path

from mobility.errors import MobilityError
from mobility.network.area import Area


class BuildError(MobilityError):
    """A network cannot be built; the present version keeps serving."""


@dataclass(frozen=True, slots=True)
class Inputs:
    """Everything ``mobility build`` is told.

    Parameters
    ----------
    directory : Path
        The network directory.
    osm, place, graph : optional
        At most one source of streets: an OSM file, a place to fetch, an OSMnx graph.
    gtfs : tuple of Path
        Feeds; ids may clash between them.
    gbfs : tuple of str
        Addresses or folders.
    timezone : str, optional
        IANA name; else that of the timetable, a sharing system, or the nearest city.
    force : bool
        Accept a network much smaller than the present one.

    Raises
    ------
    BuildError
        Neither streets nor a timetable, or several sources of streets.
    """

    directory: Path
    name: str
    osm: Path | None = None
    place: str | None = None
    graph: Path | None = None
    gtfs: tuple[Path, ...] = ()
    gbfs: tuple[str, ...] = ()
    population: Path | None = None
    area: Area | None = None
    districts: Path | None = None
    elevation: Path | None = None
    timezone: str | None = None
    generated: bool = False
    force: bool = False

    def __post_init__(self) -> None:
        streets = [s for s in (self.osm, self.place, self.graph) if s is not None]
        if len(streets) > 1:
            raise BuildError("give one source of streets: --osm, --place or --graph")
        if not streets and not self.gtfs:
            raise BuildError("give streets (--osm, --place, --graph) or a timetable (--gtfs)")
        files = (self.osm, self.graph, *self.gtfs, self.population, self.districts, self.elevation)
        for path in files:
            if path is not None and not path.exists():
                raise BuildError(f"{path} does not exist: check the path")

    def sources(self) -> list[str]:
        """Name the inputs, without the folders they lie in."""
        files = (self.osm, self.graph, *self.gtfs, self.population, self.districts, self.elevation)
        named = [path.name for path in files if path is not None]
        return [*([self.place] if self.place else []), *named]
