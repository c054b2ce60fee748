// One bubble of a chat: text, picture, voice, file, link card, or an interactive card of its platform.

import { act } from "./api.js";
import { dingtalkCard } from "./dingtalk_card.js";
import { h, icon, link } from "./dom.js";
import { markdown, picture } from "./markdown.js";
import { nameOf } from "./store.js";
import { wecomCard } from "./wecom_card.js";
import { BOT } from "./words.js";

// `by` gives the userid of who holds the phone: in a group that is whoever is chosen to speak.
export function bubble(item, by) {
  const isBot = item.sender === "bot";
  const isMine = !isBot && (!item.group || item.sender === by());
  if (item.state.recalled) return h("div", { class: "recalled" }, `${BOT}撤回了一条消息`);
  const name = isBot ? BOT : nameOf(item.platform, item.sender);
  const content = h("div", { class: `bubble bubble-${item.kind}` }, drawings[item.kind]?.(item, by) ?? "");
  const sender = item.group && !isMine ? h("div", { class: "sender" }, name) : null;
  const face = isBot ? botFace() : avatar(name);
  return h("div", { class: isMine ? "message mine" : "message" }, face, h("div", { class: "said" }, sender, content));
}

export function botFace() {
  return h("img", { class: "face", src: "/sandbox/web/icon.svg", alt: BOT });
}

const TINTS = 7;

export function avatar(name) {
  const tint = [...name].reduce((sum, sign) => sum + sign.codePointAt(0), 0) % TINTS;
  return h("span", { class: `face tint-${tint}`, "aria-hidden": "true" }, name.slice(0, 1));
}

const drawings = {
  text: (item) => richText(item.body.content ?? ""),
  markdown: (item, by) => markdown(item.body.text ?? item.body.content ?? "", item.platform, (label) => press(item, label, by)),
  image: (item) => picture(item.body.url),
  voice: (item) => [icon("voice"), h("span", {}, item.body.recognition ?? "语音消息")],
  file: (item) => [icon("file"), h("a", { class: "link", href: item.body.url, download: item.body.name ?? "" }, item.body.name ?? "文件")],
  notice: (item) => (item.body.articles ? item.body.articles.map(article) : textCard(item.body)),
  card: (item, by) => (item.platform === "wecom" ? wecomCard(item) : dingtalkCard(item, by)),
};

function press(item, button, by) {
  return act("tap", { item: item.id, button, by: by() });
}

// Plain text may carry links written as markup, and bare addresses, which end where Chinese or a full stop begins.
function richText(text) {
  const pattern = /<a\s+href=["']?([^"'>\s]+)["']?\s*>([\s\S]*?)<\/a>|https?:\/\/[!#-;=?-~]*[\w/=&#%+~-]/gi;
  const found = [];
  let from = 0;
  for (const hit of text.matchAll(pattern)) {
    found.push(text.slice(from, hit.index), link(hit[2] ?? hit[0], hit[1] ?? hit[0]));
    from = hit.index + hit[0].length;
  }
  return [...found, text.slice(from)];
}

function textCard(body) {
  const parts = [...body.description?.matchAll(/<div\s+class=["']?(\w+)["']?>([\s\S]*?)<\/div>|[^<]+/gi) ?? []];
  return h("div", { class: "notice" },
    h("b", {}, body.title),
    parts.map((part) => h("p", { class: part[1] === "highlight" ? "font-warning" : part[1] === "gray" ? "font-comment" : null }, part[2] ?? part[0])),
    link(body.btntxt || "详情", body.url));
}

function article(each) {
  return h("div", { class: "notice" }, each.picurl ? picture(each.picurl) : null, h("b", {}, link(each.title, each.url)),
    each.description ? h("p", { class: "font-comment" }, each.description) : null);
}
