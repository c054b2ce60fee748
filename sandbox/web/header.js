// The head of the page: the platforms' clock, how far it was pushed, and what the bot has used up.

import { act } from "./api.js";
import { h } from "./dom.js";
import { now, on, setNow, world } from "./store.js";
import { clock, hour, isQuiet, money, quietWords } from "./words.js";

const SKIPS = [[60, "1 小时"], [24 * 60, "24 小时"]];
const NOTE = "拨快钟：演示里机器人跟着同一只钟，超时提醒会如期到来";
const SILENCE = "免打扰：超时提醒、进展和评论到点合成一条再发；待办卡片、对自己那句话的回答、标了紧急的单照发";

export function drawHeader() {
  const face = h("time", {});
  const skips = SKIPS.map(([minutes, words]) => h("button", { type: "button", title: NOTE, onclick: () => skip(minutes) }, `快进 ${words}`));
  const silence = h("span", { class: "meter bad", hidden: true, title: SILENCE });
  document.getElementById("clock").replaceChildren(h("span", { class: "clock-name", title: NOTE }, "平台时钟"), face, ...skips, silence);
  const tick = () => {
    face.textContent = clock(now());
    silence.hidden = !isQuiet(now(), world.quiet);
    if (!silence.hidden) silence.textContent = quietWords(world.quiet);
    for (const each of document.querySelectorAll(".status-time")) each.textContent = hour(now());
  };
  setInterval(tick, 1000);
  on("state", tick);
  on("pulse", drawMeters);
}

async function skip(minutes) {
  const answer = await act("clock", { minutes });
  if (answer) setNow(answer.now);
}

export function sum(calls) {
  return Object.values(calls).reduce((total, count) => total + count, 0);
}

function drawMeters() {
  const { wecom, dingtalk, shop, sms, problems } = world.meters;
  document.getElementById("meters").replaceChildren(...[
    meter("钉钉本月计数调用", dingtalk.counted, dingtalk.monthly_calls),
    meter("钉钉本月收发", dingtalk.webhook_uses, dingtalk.monthly_webhooks),
    meter("企业微信调用", sum(wecom.calls)),
    meter("短信", sum(sms.calls)),
    meter(`已退款 ${shop.refunds} 笔`, money(shop.amount)),
    dingtalk.cut_off ? h("span", { class: "meter bad" }, "钉钉还没连上机器人") : null,
    wecom.dropped ? h("span", { class: "meter bad" }, `企业微信丢弃 ${wecom.dropped} 条`) : null,
    problems.length ? h("span", { class: "meter bad" }, `机器人答错 ${problems.length} 次`) : null,
  ].filter(Boolean));
}

function meter(name, value, most) {
  const share = most ? h("span", { class: "share" }, h("i", {})) : null;
  if (share) share.firstChild.style.width = `${Math.min(100, (100 * value) / most)}%`;
  return h("span", { class: "meter" }, h("span", {}, name), h("b", {}, value, most ? h("small", {}, ` / ${most}`) : null), share);
}
