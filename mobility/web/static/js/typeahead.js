// Suggest places while somebody types (WAI-ARIA combobox); the form works without it.
const PAUSE_MS = 150;

export function typeahead(field) {
  const input = field.querySelector("input:not([type=hidden])");
  const hidden = field.querySelector("input[type=hidden]");
  const list = field.querySelector(".suggestions");
  let chosen = -1;
  let timer;
  let request;

  input.setAttribute("role", "combobox");
  input.setAttribute("aria-autocomplete", "list");
  input.setAttribute("aria-controls", list.id);
  close();

  input.addEventListener("input", () => {
    hidden.value = "";
    clearTimeout(timer);
    timer = setTimeout(ask, PAUSE_MS);
  });
  input.addEventListener("keydown", (event) => {
    const options = list.children;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      if (!options.length) return;
      event.preventDefault();
      mark((chosen + (event.key === "ArrowDown" ? 1 : -1) + options.length) % options.length);
    } else if (event.key === "Enter" && chosen >= 0 && !list.hidden) {
      event.preventDefault();
      take(options[chosen]);
    } else if (event.key === "Escape") {
      close();
    }
  });
  input.addEventListener("blur", () => setTimeout(close, 150));

  async function ask() {
    request?.abort();
    const text = input.value.trim();
    if (text.length < 2) return close();
    request = new AbortController();
    try {
      const answer = await fetch(`/api/v1/geocode?${new URLSearchParams({ text, limit: 7 })}`, { signal: request.signal });
      const places = answer.ok ? (await answer.json()).places : [];
      if (document.activeElement === input) show(places);
    } catch (error) {
      if (error.name !== "AbortError") close();
    }
  }

  function show(hits) {
    list.replaceChildren(...hits.map((hit, number) => {
      const option = document.createElement("li");
      option.id = `${list.id}-${number}`;
      option.setAttribute("role", "option");
      option.textContent = hit.label;
      option.dataset.position = `${hit.lon},${hit.lat}`;
      option.dataset.name = hit.label;
      option.addEventListener("mousedown", (event) => { event.preventDefault(); take(option); });
      return option;
    }));
    list.hidden = !hits.length;
    input.setAttribute("aria-expanded", String(!list.hidden));
    mark(-1);
  }

  function mark(number) {
    chosen = number;
    [...list.children].forEach((option, at) => option.setAttribute("aria-selected", String(at === number)));
    if (number >= 0) input.setAttribute("aria-activedescendant", list.children[number].id);
    else input.removeAttribute("aria-activedescendant");
  }

  function take(option) {
    input.value = option.dataset.name;
    hidden.value = option.dataset.position;
    close();
    field.dispatchEvent(new CustomEvent("place", { bubbles: true }));
  }

  function close() {
    list.hidden = true;
    input.setAttribute("aria-expanded", "false");
    mark(-1);
  }
}
