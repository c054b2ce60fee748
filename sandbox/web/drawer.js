// The drawer: what can go wrong outside, switched on by hand, and how often each of the platforms' doors was used.

import { act, clearFaults } from "./api.js";
import { h, icon } from "./dom.js";
import { on, world } from "./store.js";
import { callName } from "./calls.js";

const LATE = { trouble: "delay", words: "变慢" };
const LOST = { trouble: "drop", words: "断线，没办成" };
const UNSAID = { trouble: "drop", words: "办成了，但没回音", after: true };
const BROKEN = { trouble: "error", words: "报错" };
const BUSY = { trouble: "rate_limit", words: "限流" };
const EXPIRED = { trouble: "token_expired", words: "令牌突然过期" };
const TWICE = { trouble: "duplicate", words: "送两遍" };
const SHUFFLED = { trouble: "reorder", words: "前后颠倒" };
const UNPLUGGED = { trouble: "disconnect", words: "连接被切断" };
const MISLAID = { trouble: "drop", words: "第一次没送到" };

const TARGETS = [
  { name: "企业微信 · 接口", where: "/cgi-bin/*", troubles: [LATE, LOST, UNSAID, BROKEN, BUSY, EXPIRED] },
  { name: "企业微信 · 推送给机器人", where: "push:wecom", troubles: [LATE, MISLAID, TWICE, SHUFFLED] },
  { name: "钉钉 · 接口", where: "/v1.0/*", troubles: [LATE, LOST, UNSAID, BROKEN, BUSY, EXPIRED] },
  { name: "钉钉 · 推送给机器人", where: "push:dingtalk", troubles: [LATE, MISLAID, TWICE, SHUFFLED, UNPLUGGED] },
  { name: "店铺 · 退款", where: "/shop/refunds", troubles: [LATE, LOST, UNSAID, BROKEN, BUSY] },
  { name: "短信", where: "/sms", troubles: [LATE, LOST, UNSAID, BROKEN, BUSY] },
];
const TIMES = [[1, "一次"], [3, "三次"], [-1, "一直"]];
const SECONDS = [3, 8, 30];
const choice = { times: 1, seconds: 8 };

export function drawDrawer() {
  const drawer = document.getElementById("drawer");
  const opener = document.getElementById("open-drawer");
  const show = (isOpen) => {
    drawer.hidden = !isOpen;
    opener.setAttribute("aria-expanded", String(isOpen));
  };
  opener.addEventListener("click", () => show(drawer.hidden));
  document.addEventListener("keydown", (event) => event.key === "Escape" && show(false));
  const armed = h("div", { class: "armed" });
  const calls = h("div", { class: "calls" });
  drawer.replaceChildren(
    h("header", {}, h("b", {}, "故障与用量"), h("button", { type: "button", "aria-label": "关上", onclick: () => show(false) }, icon("close"))),
    armed, dials(), ...TARGETS.map(target), calls);
  on("pulse", () => {
    opener.replaceChildren(icon("gauge"), "故障与用量", world.faults.length ? h("i", { class: "count" }, world.faults.length) : "");
    armed.replaceChildren(...armedNodes());
    calls.replaceChildren(...callNodes());
  });
}

function dials() {
  return h("div", { class: "dials" },
    dial("来几次", TIMES, "times"),
    dial("变慢多久", SECONDS.map((seconds) => [seconds, `${seconds} 秒`]), "seconds"));
}

function dial(words, options, name) {
  const nodes = options.map(([value, label]) => {
    const box = h("input", { type: "radio", name, checked: choice[name] === value, onchange: () => { choice[name] = value; } });
    return h("label", {}, box, h("span", {}, label));
  });
  return h("fieldset", {}, h("legend", {}, words), nodes);
}

function target({ name, where, troubles }) {
  const press = ({ trouble, after }) => act("fault", {
    trouble, where: after ? `${where}:after` : where, times: choice.times, seconds: trouble === "delay" ? choice.seconds : 0,
  });
  return h("section", {}, h("h4", {}, name), h("div", { class: "troubles" },
    troubles.map((each) => h("button", { type: "button", onclick: () => press(each) }, each.words))));
}

function armedNodes() {
  if (!world.faults.length) return [h("p", { class: "calm" }, "现在一切正常。点下面的按钮，看机器人怎么应付。")];
  const lines = world.faults.map((fault) => h("li", {}, sentence(fault)));
  return [h("ul", {}, lines), h("button", { type: "button", class: "recover", onclick: clearFaults }, "全部恢复正常")];
}

function sentence(fault) {
  const isAfter = fault.where.endsWith(":after");
  const where = fault.where.replace(/:after$/, "");
  const place = TARGETS.find((each) => each.where === where) ?? { name: "其他接口", troubles: TARGETS[0].troubles };
  const known = place.troubles.find((each) => each.trouble === fault.trouble && Boolean(each.after) === isAfter);
  const seconds = fault.seconds ? ` ${fault.seconds} 秒` : "";
  return `${place.name}：${known?.words ?? "出故障"}${seconds}（${fault.times < 0 ? "一直" : `还有 ${fault.times} 次`}）`;
}

function callNodes() {
  const { wecom, dingtalk, shop, sms } = world.meters;
  const table = (name, calls) => {
    const counts = new Map();
    for (const [path, count] of Object.entries(calls)) counts.set(callName(path), (counts.get(callName(path)) ?? 0) + count);
    const rows = [...counts].sort((one, other) => other[1] - one[1]);
    if (!rows.length) return null;
    return h("table", {}, h("caption", {}, name), rows.map(([words, count]) => h("tr", {}, h("td", {}, words), h("td", {}, count))));
  };
  const tables = [table("企业微信", wecom.calls), table("钉钉", dingtalk.calls), table("店铺", shop.calls), table("短信", sms.calls)];
  return [h("h4", {}, "接口用量"), ...tables.filter(Boolean)];
}
