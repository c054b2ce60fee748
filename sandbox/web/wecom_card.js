// A WeCom template card (D/90236): source line, title, rows, selectors, buttons, and the grey word after the tap.

import { act } from "./api.js";
import { h, icon, link } from "./dom.js";
import { picture } from "./markdown.js";
import { nameOf } from "./store.js";

const SOURCE_COLOURS = ["", "source-black", "source-red", "source-green"];
const chosen = new Map(); // item id -> question key -> option id, or several

export function wecomCard(item) {
  const card = item.body;
  const classes = ["template-card", item.state.dead && card.card_type.endsWith("interaction") ? "dead" : ""];
  return h("div", { class: classes.join(" ") }, head(item), picturePart(card), body(card), selectors(item), buttons(item), jumps(card));
}

// A card that was redrawn forgets what had been picked on it.
export function forgetChoices(itemId) {
  chosen.delete(itemId);
}

function head(item) {
  const { source, action_menu: menu } = item.body;
  if (!source?.desc && !menu) return null;
  return h("div", { class: "source" },
    source?.icon_url ? h("img", { src: source.icon_url, alt: "" }) : null,
    h("span", { class: SOURCE_COLOURS[source?.desc_color ?? 0] }, source?.desc ?? ""),
    menu ? menuButton(item, menu) : null);
}

function menuButton(item, menu) {
  const choose = (action) => {
    corner.open = false;
    return act("tap", { item: item.id, button: action.key, menu: true });
  };
  const list = h("div", { class: "menu-list" }, menu.desc ? h("small", {}, menu.desc) : null,
    menu.action_list.map((action) => h("button", { type: "button", onclick: () => choose(action) }, action.text)));
  const corner = h("details", { class: "menu" }, h("summary", { "aria-label": menu.desc || "更多" }, icon("dots")), list);
  return corner;
}

function picturePart(card) {
  const beside = card.image_text_area;
  return [
    card.card_image?.url ? picture(card.card_image.url) : null,
    beside ? h("div", { class: "beside" }, picture(beside.image_url), h("div", {}, h("b", {}, beside.title), h("p", {}, beside.desc))) : null,
  ];
}

function body(card) {
  const { main_title: title, emphasis_content: big, quote_area: quote } = card;
  return [
    title?.title ? h("h3", {}, title.title) : null,
    title?.desc ? h("p", { class: "desc" }, title.desc) : null,
    big ? h("div", { class: "emphasis" }, h("b", {}, big.title), h("span", {}, big.desc)) : null,
    quote ? h("blockquote", {}, quote.title ? h("b", {}, quote.title) : null, quote.quote_text) : null,
    card.sub_title_text ? h("p", { class: "sub" }, card.sub_title_text) : null,
    (card.vertical_content_list ?? []).map((each) => h("div", { class: "vertical" }, h("b", {}, each.title), h("p", {}, each.desc))),
    rows(card.horizontal_content_list ?? []),
  ];
}

function rows(list) {
  if (!list.length) return null;
  return h("dl", { class: "rows" }, list.map((row) => [h("dt", {}, row.keyname), h("dd", {}, rowValue(row))]));
}

function rowValue(row) {
  if (row.type === 1) return link(row.value || "查看", row.url);
  if (row.type === 2) return h("a", { class: "link", href: `/sandbox/media/${encodeURIComponent(row.media_id)}` }, row.value);
  if (row.type === 3) return h("span", { class: "link" }, row.value || nameOf("wecom", row.userid));
  return row.value ?? "";
}

function selectors(item) {
  const { button_selection: single, select_list: several = [], checkbox } = item.body;
  return [
    ...[single, ...several].filter(Boolean).map((question) => dropDown(item, question)),
    checkbox ? ticks(item, checkbox) : null,
  ];
}

function pick(item, key, choice) {
  chosen.set(item.id, { ...chosen.get(item.id), [key]: choice });
}

function dropDown(item, question) {
  const present = chosen.get(item.id)?.[question.question_key] ?? question.selected_id ?? question.option_list[0].id;
  const options = question.option_list.map((option) => h("option", { value: option.id, selected: option.id === present }, option.text));
  const select = h("select", {
    disabled: Boolean(question.disable || item.body.replace_text || item.state.dead),
    onchange: () => pick(item, question.question_key, select.value),
  }, options);
  return h("label", { class: "drop-down" }, h("span", {}, question.title || "请选择"), select);
}

function ticks(item, question) {
  const isMany = question.mode === 1;
  const off = Boolean(question.disable || item.body.replace_text || item.state.dead);
  const before = chosen.get(item.id)?.[question.question_key];
  const boxes = question.option_list.map((option) => {
    const checked = before ? before.includes(option.id) : Boolean(option.is_checked);
    return h("input", { type: isMany ? "checkbox" : "radio", name: `tick-${item.id}`, value: option.id, checked, disabled: off, onchange: take });
  });
  function take() {
    pick(item, question.question_key, boxes.filter((box) => box.checked).map((box) => box.value));
  }
  return h("div", { class: "ticks" }, boxes.map((box, index) => h("label", {}, box, question.option_list[index].text)));
}

function buttons(item) {
  const { replace_text: replaced, submit_button: submit, button_list: list = [] } = item.body;
  if (replaced) return h("div", { class: "buttons" }, h("button", { type: "button", class: "gone", disabled: true }, replaced));
  const all = submit ? [{ text: submit.text || "提交", key: submit.key, style: 1 }] : list;
  if (!all.length) return null;
  return h("div", { class: "buttons" }, all.map((button) => pressable(item, button)));
}

function pressable(item, button) {
  const style = `style-${button.style ?? 1}`;
  if (button.type === 1) return link(button.text, button.url, style);
  const node = h("button", { type: "button", class: style, onclick: () => press(item, button, node) }, button.text);
  return node;
}

async function press(item, button, node) {
  node.disabled = true;
  node.classList.add("busy");
  await act("tap", { item: item.id, button: button.key, selected: chosen.get(item.id) });
  node.disabled = false;
  node.classList.remove("busy");
}

function jumps(card) {
  const list = [...(card.jump_list ?? [])];
  const whole = card.card_action;
  if (whole?.type === 1 && !list.length) list.push({ type: 1, title: "查看详情", url: whole.url });
  return list.map((jump) => h("div", { class: "jump" }, jump.type === 1 ? link(jump.title, jump.url) : jump.title));
}
