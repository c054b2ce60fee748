"""The count after the week: from what the phones show, what the shop has paid, and the audit's file alone."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from bench.week.watch import GROUPS
from bot.channels.base import REPEATED

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from bench.week.staff import Errand
    from bench.week.walk import Street, Walk

DONE = "已完成"
ONCE = Counter({("客服审核", "同意"): 1, ("金额审批", "同意"): 1, ("仓库收货", "确认收货"): 1, ("质检", "合格入库"): 1})
OPENED, PAID, CONFIRMED, REFUSED = "提交", "退款成功", "确认退款", "退款失败"
MARK = REPEATED.partition("{}")[0]  #: words that say of themselves that they may have come before


@dataclass(slots=True)
class Found:
    """Sentences, by what is wrong; ``marked`` counts texts that came again and said so."""

    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    money: list[str] = field(default_factory=list)
    twice: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)
    marked: int = 0


def read(path: Path) -> list[dict[str, Any]]:
    """The cases of an audit file."""
    with path.open(encoding="utf-8") as file:
        return [value for line in file if (value := json.loads(line))["record"] == "case"]


def count(street: Street, walks: Sequence[Walk], cases: Iterable[dict[str, Any]]) -> Found:
    """Compare all three."""
    found, by_order = Found(), defaultdict(list)
    for case in cases:
        by_order[case["stands"]["case"]["order_no"]].append(case)
    for walk in walks:
        if walk.failed:
            found.lost.append(walk.failed)
        _recorded(walk, by_order.pop(walk.errand.order, []), found)
    found.doubled += [f"没有人要的单：{order}" for order in by_order]
    _paid(street, [walk.errand for walk in walks], found)
    _told(street, [walk.errand for walk in walks], found)
    wecom, dingtalk = street.sandbox.wecom, street.sandbox.dingtalk
    found.complaints += [*map(str, wecom.dropped), *wecom.problems, *dingtalk.problems]
    return found


def _recorded(walk: Walk, cases: Sequence[dict[str, Any]], found: Found) -> None:
    """One case to an errand, with each decision once."""
    order = walk.errand.order
    if not cases:
        found.lost.append(f"{order} 没有单")
        return
    if len(cases) > 1:
        found.doubled.append(f"{order} 有 {len(cases)} 张单")
    [case, *_] = cases
    steps = Counter((event["node"], event["action"]) for event in case["events"])
    actions = Counter(event["action"] for event in case["events"])
    for step, times in (ONCE - steps).items():
        found.lost.append(f"{case['no']} {step} 少 {times} 次")
    found.doubled += [f"{case['no']} {step} {steps[step]} 次" for step in ONCE if steps[step] > 1]
    found.doubled += [f"{case['no']} {name} {actions[name]} 次" for name in (OPENED, PAID) if actions[name] > 1]
    if actions[CONFIRMED] != 1 + actions[REFUSED]:
        found.doubled.append(f"{case['no']} 确认退款 {actions[CONFIRMED]} 次，退款失败 {actions[REFUSED]} 次")
    if case["stands"]["case"]["state"] != DONE:
        found.lost.append(f"{case['no']} {case['stands']['case']['state']} {case['stands']['case']['nodes']}")
    if case["stands"]["case"]["amount"] != f"{walk.errand.amount:.2f}":
        found.money.append(f"{case['no']} 流水里 {case['stands']['case']['amount']}，应是 {walk.errand.amount}")


def _paid(street: Street, errands: Iterable[Errand], found: Found) -> None:
    """The shop has paid each errand once, and to the cent."""
    paid = defaultdict(list)
    for refund in street.sandbox.shop.refunds:
        paid[refund.order_no].append(refund.amount)
    for errand in errands:
        amounts = paid.pop(errand.order, [])
        if amounts != [errand.amount]:
            found.money.append(f"{errand.order} 店铺付了 {[*map(str, amounts)]}，应是 {errand.amount}")
    found.money += [f"{order} 不该付" for order in paid]


def _told(street: Street, errands: Iterable[Errand], found: Found) -> None:
    """Every customer has heard once, and nobody was sent a card or the same words twice."""
    heard = Counter[str]()
    for (platform, chat, _), times in street.watch.texts.items():
        heard[chat] += times if platform == "sms" else 0
    for errand in errands:
        if (texts := heard[errand.mobile]) != 1:
            (found.twice if texts else found.lost).append(f"{errand.order} 客户收到 {texts} 条短信")
    found.twice += [f"{key} {times} 次" for key, times in street.watch.cards.items() if times > 1 and key[2]]
    for (platform, chat, words), times in street.watch.texts.items():
        found.marked += times if MARK in words else 0
        if times > 1 and chat != GROUPS:
            found.twice.append(f"{platform} {chat} {times} 次：{words[:160]}")
