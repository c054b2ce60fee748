// What the page says: platforms, roles and their usual commands, moments.

export const PLATFORMS = { wecom: "企业微信", dingtalk: "钉钉", sms: "短信" };
export const BOT = "回旋镖";
export const GROUPS = "群";
export const CUSTOMERS = "客户";

const RETURN = "退货 536365 85123A×2 质量问题 外壳破裂";
const REPORTS = ["报表 退货原因", "报表 退货率趋势"];
const COMMANDS = {
  客服: [RETURN, "待办", "我的单", "查 536365"],
  客服组长: ["待办", "总览", RETURN, "报表 退货原因"],
  客服主管: ["待办", "总览", ...REPORTS],
  销售经理: ["待办", "报表 SKU退货", ...REPORTS],
  运营总监: ["待办", "总览", ...REPORTS, "报表 SKU退货"],
  风控专员: ["待办", "查 536365", "报表 退货原因"],
  仓管员: ["收货 SF1234567890", "待办"],
  操作员: ["收货 SF1234567890", "待办"],
  质检员: ["待办"],
  财务: ["待办", "报表 退货原因"],
  维修主管: ["待办"],
  管理员: ["待办", "总览", RETURN, "报表 退货原因"],
};

export function commandsOf(roles) {
  return [...new Set([...roles.flatMap((role) => COMMANDS[role] ?? []), "帮助"])];
}

// What an empty phone says: what somebody with these roles may type first, as it works on the demo's orders.
const EXAMPLES = [["<订单号或手机尾号>", "536365"], ["<订单号>", "536365"], ["<商品>×<数量>", "85123A×2"], ["<原因>", "质量问题"], ["<运单号>", "SF1234567890"]];

export function firstOf(roles, first) {
  const words = [...new Set(roles.flatMap((role) => first[role] ?? []))];
  return words.map((each) => EXAMPLES.reduce((text, [blank, example]) => text.replace(blank, example), each));
}

export function emptyWords({ platform, group }, roles, first) {
  if (platform === "sms") return "还没有短信\n退款到账会通知这位客户";
  if (group) return platform === "wecom" ? "还没有消息\n这里只收机器人的提醒" : `还没有消息\n先 @${BOT}，例如：@${BOT} 帮助`;
  const words = firstOf(roles, first);
  return words.length ? `还没有消息\n先打一句试试：\n${words.join("\n")}\n还能说什么：帮助` : "还没有消息";
}

// Whether the bot keeps words back that can wait; ``quiet`` is {from, to}, over midnight where ``to`` is the earlier.
export function isQuiet(at, quiet) {
  if (!quiet) return false;
  const time = HOUR.format(at);
  return quiet.from < quiet.to ? time >= quiet.from && time < quiet.to : time >= quiet.from || time < quiet.to;
}

export function quietWords(quiet) {
  return `免打扰到 ${quiet.to}：提醒、进展和评论先不发`;
}

// A command that is whole as it stands goes out at one tap; the others are put into the box to be finished.
export function isWhole(command) {
  return !/\d/.test(command);
}

const ZONE = "Asia/Shanghai";
const HOUR = new Intl.DateTimeFormat("zh-CN", { timeZone: ZONE, hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
const DAY = new Intl.DateTimeFormat("zh-CN", { timeZone: ZONE, month: "numeric", day: "numeric" });
const YEAR = new Intl.DateTimeFormat("zh-CN", { timeZone: ZONE, year: "numeric" });
const DATE = new Intl.DateTimeFormat("zh-CN", { timeZone: ZONE, month: "long", day: "numeric" });
const WEEKDAY = new Intl.DateTimeFormat("zh-CN", { timeZone: ZONE, weekday: "short" });
const SECOND = new Intl.DateTimeFormat("zh-CN", { timeZone: ZONE, hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" });

function dayNumber(moment) {
  return Math.floor((moment.getTime() / 3600000 + 8) / 24);
}

export function moment(text, present) {
  const at = new Date(text);
  const days = dayNumber(present) - dayNumber(at);
  if (days === 0) return HOUR.format(at);
  if (days === 1) return `昨天 ${HOUR.format(at)}`;
  const year = YEAR.format(at) === YEAR.format(present) ? "" : YEAR.format(at);
  return `${year}${DAY.format(at)} ${HOUR.format(at)}`;
}

export function hour(at) {
  return HOUR.format(at);
}

export function clock(at) {
  return `${DATE.format(at)} ${WEEKDAY.format(at)} ${SECOND.format(at)}`;
}

export function money(text) {
  return `¥${Number(text).toLocaleString("zh-CN", { minimumFractionDigits: 2 })}`;
}
