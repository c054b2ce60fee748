// The foot of a chat: usual commands, the box to type in, and the sheet of photo, label, scan and file.

import { act, sendFile, sendPhoto } from "./api.js";
import { isPrintable, labelPhoto } from "./barcode.js";
import { h, icon, toast } from "./dom.js";
import { BOT, isWhole } from "./words.js";

const MENTION = `@${BOT} `;

// `chat` is {platform, group, speaker(), commands, speakers?}; speaker() is the userid of who holds the phone.
export function composer(chat) {
  const box = h("textarea", { rows: "1", placeholder: chat.group ? `${MENTION}说点什么` : "发消息", "aria-label": "输入消息", enterkeyhint: "send" });
  const send = () => say(chat, box);
  box.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    send();
  });
  box.addEventListener("input", () => grow(box));
  const sheet = tools(chat, () => sheet.hidden = true);
  const more = h("button", { type: "button", class: "more", "aria-label": "更多", onclick: () => { sheet.hidden = !sheet.hidden; } }, icon("plus"));
  const go = h("button", { type: "button", class: "send", "aria-label": "发送", onclick: send }, icon("send"));
  return h("footer", { class: "composer" }, commands(chat, box), chat.speakers, h("div", { class: "entry" }, more, box, go), sheet);
}

function grow(box) {
  box.style.height = "auto";
  box.style.height = `${Math.min(box.scrollHeight, 96)}px`;
}

function commands(chat, box) {
  const press = (command) => {
    box.value = command;
    grow(box);
    if (isWhole(command)) say(chat, box);
    else box.focus();
  };
  return h("div", { class: "commands" }, chat.commands.map((command) => h("button", { type: "button", title: command, onclick: () => press(command) }, command)));
}

async function say(chat, box) {
  const text = box.value.trim();
  if (!text) return;
  box.value = "";
  grow(box);
  const spoken = chat.group && !text.startsWith("@") ? MENTION + text : text;
  await act("say", { platform: chat.platform, userid: chat.speaker(), text: spoken, group: chat.group });
}

function tools(chat, close) {
  const picture = picker("image/jpeg,image/png", (chosen) => photo(chat, chosen), close);
  const table = picker(".xlsx", (chosen) => sendFile({ platform: chat.platform, userid: chat.speaker() }, chosen), close);
  const deaf = deafness(chat);
  const number = h("input", { type: "text", class: "number", value: "SF1234567890", maxlength: "40", "aria-label": "运单号" });
  const withNumber = (use) => () => {
    const code = number.value.trim();
    if (!isPrintable(code)) return toast("运单号只能是字母和数字", true);
    close();
    return use(code);
  };
  const tool = (name, words, use) => h("button", { type: "button", class: "tool", onclick: use }, icon(name), h("span", {}, words));
  const snap = withNumber(async (code) => photo(chat, await labelPhoto(code)));
  const scan = withNumber((code) => act("scan", { userid: chat.speaker(), code, barcode: true }));
  return h("div", { class: "sheet", hidden: true },
    h("label", { class: "waybill" }, "运单号", number),
    h("div", { class: "tools" },
      chat.platform === "wecom" ? tool("scan", "扫一扫", scan) : null,
      tool("label", "拍面单", snap),
      tool("picture", "照片", () => picture.click()),
      deaf ? muteTool("file", "文件", deaf) : tool("file", "文件", () => table.click())),
    picture, table);
}

// Why a file would not reach the robot from this chat, if so.
function deafness(chat) {
  if (chat.platform === "wecom") return "企业微信不把文件交给应用，请在钉钉单聊里发";
  return chat.group ? "群里的文件到不了机器人，请在单聊里发" : null;
}

function muteTool(name, words, reason) {
  return h("button", { type: "button", class: "tool off", title: reason, "aria-disabled": "true", onclick: () => toast(reason) }, icon(name), h("span", {}, words));
}

function picker(accept, use, close) {
  const input = h("input", { type: "file", accept, hidden: true });
  input.addEventListener("change", () => {
    if (input.files[0]) use(input.files[0]);
    input.value = "";
    close();
  });
  return input;
}

function photo(chat, blob) {
  return sendPhoto({ platform: chat.platform, userid: chat.speaker(), group: chat.group }, blob);
}
