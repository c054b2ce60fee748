// Markdown as each platform draws it, as nodes; what a platform does not know stands there as it was written.

import { h, link } from "./dom.js";
import { nameOf } from "./store.js";

// wecom.md §4.1 and §5, dingtalk.md §4.2: the documented subsets.
const WECOM = { members: true, lists: false, images: false, italic: false, code: true, joinsLines: false };
const DINGTALK = { members: false, lists: true, images: true, italic: true, code: false, joinsLines: true };
export const DIALECTS = { wecom: WECOM, dingtalk: DINGTALK };

const COLOURS = new Set(["info", "comment", "warning"]);
const HEX = /^#[0-9a-f]{3,8}$/i;

export function markdown(text, platform, onCommand) {
  const reader = { ...DIALECTS[platform], onCommand };
  return h("div", { class: "markdown" }, blocks(text.replaceAll("\r\n", "\n").split("\n"), reader));
}

function blocks(lines, reader) {
  const found = [];
  for (let start = 0; start < lines.length; ) {
    const kind = kindOf(lines[start], reader);
    let end = start + 1;
    while (kind !== "heading" && end < lines.length && kindOf(lines[end], reader) === kind) end += 1;
    const block = draw(kind, lines.slice(start, end), reader);
    if (block) found.push(block);
    start = end;
  }
  return found;
}

function kindOf(line, reader) {
  if (!line.trim()) return "gap";
  if (/^\s*#{1,6}\s/.test(line)) return "heading";
  if (/^\s*>/.test(line)) return "quote";
  if (reader.lists && /^\s*[-*+]\s/.test(line)) return "list";
  if (reader.lists && /^\s*\d+[.)]\s/.test(line)) return "numbers";
  if (reader.lists && /^\s*(-{3,}|\*{3,})\s*$/.test(line)) return "rule";
  return "lines";
}

function draw(kind, lines, reader) {
  const strip = (pattern) => lines.map((line) => line.replace(pattern, ""));
  const items = (pattern) => strip(pattern).map((line) => h("li", {}, inline(line, reader)));
  switch (kind) {
    case "heading":
      return h(`h${lines[0].match(/#+/)[0].length}`, {}, inline(lines[0].replace(/^\s*#+\s+/, ""), reader));
    case "quote":
      return h("blockquote", {}, paragraph(strip(/^\s*>\s?/), reader));
    case "list":
      return h("ul", {}, items(/^\s*[-*+]\s+/));
    case "numbers":
      return h("ol", { start: parseInt(lines[0], 10) }, items(/^\s*\d+[.)]\s+/));
    case "rule":
      return h("hr");
    case "gap":
      return null;
    default:
      return h("p", {}, paragraph(lines, reader));
  }
}

// On DingTalk a line ends with two blanks before its end, or it runs on into the next.
function paragraph(lines, reader) {
  return lines.flatMap((line, index) => {
    const nodes = inline(line.trimEnd(), reader);
    if (index === lines.length - 1) return nodes;
    const breaks = !reader.joinsLines || /\s{2,}$/.test(line);
    return [...nodes, breaks ? h("br") : " "];
  });
}

const MARKS = [
  { name: "font", pattern: /<font\s+color=["']?([^"'>\s]+)["']?\s*>([\s\S]*?)<\/font>/i },
  { name: "at", pattern: /<a\s+atId=["']?[^"'>\s]+["']?\s*>([\s\S]*?)<\/a>/i, wants: "lists" },
  { name: "member", pattern: /<@([^>\s]+)>/, wants: "members" },
  { name: "image", pattern: /!\[([^\]]*)\]\(([^)\s]+)\)/, wants: "images" },
  { name: "link", pattern: /\[([^\]]+)\]\(([^)\s]+)\)/ },
  { name: "code", pattern: /`([^`\n]+)`/, wants: "code" },
  { name: "bold", pattern: /\*\*(.+?)\*\*/ },
  { name: "italic", pattern: /\*([^*\s][^*]*)\*/, wants: "italic" },
];

export function inline(text, reader) {
  const nearest = MARKS.filter((mark) => !mark.wants || reader[mark.wants])
    .map((mark) => ({ mark, hit: mark.pattern.exec(text) }))
    .filter(({ hit }) => hit)
    .sort((one, other) => one.hit.index - other.hit.index)[0];
  if (!nearest) return text ? [text] : [];
  const { mark, hit } = nearest;
  const before = text.slice(0, hit.index);
  const after = text.slice(hit.index + hit[0].length);
  return [...(before ? [before] : []), span(mark.name, hit, reader), ...inline(after, reader)];
}

function span(name, hit, reader) {
  switch (name) {
    case "font":
      return coloured(hit[1], inline(hit[2], reader));
    case "at":
      return h("span", { class: "mention" }, hit[1]);
    case "member":
      return h("span", { class: "mention" }, `@${nameOf("wecom", hit[1])}`);
    case "image":
      return picture(hit[2], hit[1]);
    case "link":
      return linked(hit[1], hit[2], reader);
    case "code":
      return h("code", {}, hit[1]);
    case "bold":
      return h("b", {}, inline(hit[1], reader));
    default:
      return h("em", {}, inline(hit[1], reader));
  }
}

function coloured(colour, nodes) {
  const node = h("span", { class: COLOURS.has(colour) ? `font-${colour}` : null }, nodes);
  if (HEX.test(colour)) node.style.color = colour;
  return node;
}

function linked(label, address, reader) {
  if (!address.startsWith("dtmd://")) return link(label, address);
  return h("button", { type: "button", class: "link", onclick: () => reader.onCommand?.(label) }, label);
}

export function picture(address, words = "图片") {
  const source = /^(https?:\/\/|\/sandbox\/media\/)/.test(address) ? address : `/sandbox/media/${encodeURIComponent(address)}`;
  return h("img", { class: "picture", src: source, alt: words || "图片", loading: "lazy" });
}
