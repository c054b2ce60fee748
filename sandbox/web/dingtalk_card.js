// A DingTalk card (dingtalk.md §3.4): markdown and buttons, public or as one member of the group sees it.

import { act } from "./api.js";
import { h, link } from "./dom.js";
import { markdown } from "./markdown.js";
import { nameOf } from "./store.js";

const COLOURS = new Set(["blue", "gray", "red"]);

export function dingtalkCard(item, by) {
  const { params, template, horizontal } = seen(item, by());
  const isLinkCard = template === "actionCard";
  const classes = ["ding-card", isLinkCard ? "link-card" : "", horizontal ? "side-by-side" : "", item.state.dead ? "dead" : ""];
  return h("div", { class: classes.join(" ") },
    only(item),
    params.title ? h("h3", {}, params.title) : null,
    params.markdown ? markdown(params.markdown, "dingtalk", (label) => press(item, { text: label }, by)) : null,
    params.tips ? h("p", { class: "tips" }, params.tips) : null,
    buttons(item, params.buttons ?? [], by),
    item.state.error ? h("p", { class: "failed" }, item.state.error) : null);
}

function seen(item, userid) {
  return { ...item.body, params: item.body.private?.[userid] ?? item.body.params };
}

function only(item) {
  const names = (item.state.recipients ?? []).map((userid) => nameOf("dingtalk", userid));
  return names.length ? h("p", { class: "only" }, `仅 ${names.join("、")} 可见`) : null;
}

function buttons(item, list, by) {
  if (!list.length) return null;
  return h("div", { class: "ding-buttons" }, list.map((button) => pressable(item, button, by)));
}

function pressable(item, button, by) {
  const colour = COLOURS.has(button.color) ? button.color : "gray";
  if (/^https?:/.test(button.url ?? "")) return link(button.text, button.url, `ding-button ${colour}`);
  const isLive = Boolean((button.request && button.id) || button.url);
  const node = h("button", {
    type: "button", class: `ding-button ${colour}`, disabled: !isLive, onclick: () => press(item, button, by, node),
  }, button.text);
  return node;
}

async function press(item, button, by, node) {
  node?.classList.add("busy");
  await act("tap", { item: item.id, button: button.id ?? button.text, by: by() });
  node?.classList.remove("busy");
}
