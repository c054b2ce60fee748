// Builds nodes; text always goes in as text, so nothing that people write is ever read as markup.

export function h(tag, props = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) setProp(node, name, value);
  node.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

function setProp(node, name, value) {
  if (value === null || value === undefined || value === false) return;
  if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
  else if (name === "value") node.value = value;
  else node.setAttribute(name, value === true ? "" : value);
}

const SVG = "http://www.w3.org/2000/svg";
const PATHS = {
  plus: "M12 5v14M5 12h14",
  send: "M4 12 20 4l-5 16-3.500-6.500L4 12Z",
  close: "M6 6l12 12M18 6 6 18",
  picture: "M4 6h16v12H4zM4 15l4.500-4 4 4 3-2.500L20 16M15.500 9.500h.01",
  scan: "M4 8V4h4M16 4h4v4M20 16v4h-4M8 20H4v-4M4 12h16",
  label: "M5 4h14v16H5zM8 8v5M10.500 8v5M13 8v5M16 8v5M8 16.500h8",
  dots: "M6 12h.01M12 12h.01M18 12h.01",
  back: "M15 5l-7 7 7 7",
  gauge: "M4 17a8 8 0 1 1 16 0M12 17l4-6",
  file: "M6 3h8l4 4v14H6zM14 3v4h4",
  voice: "M9 10v4M12 7v10M15 10v4M18 8.500v7M6 8.500v7",
};

export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("class", `icon icon-${name}`);
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", PATHS[name]);
  svg.append(path);
  return svg;
}

export function toast(text, isBad = false) {
  const note = h("div", { class: isBad ? "toast bad" : "toast" }, text);
  document.getElementById("toasts").append(note);
  setTimeout(() => note.remove(), 4500);
}

// A link that leads out of the page; any scheme but these stays plain text.
export function link(label, address, className = "link") {
  if (!/^https?:\/\//i.test(address ?? "")) return h("span", { class: className }, label);
  return h("a", { class: className, href: address, target: "_blank", rel: "noopener noreferrer" }, label);
}
