"""The card of a task, the record it turns into, and the words of a case."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cards.facts import IN_LEAD, answered, rows
from cards.payload import Act
from cards.types import (
    BUTTON_CHARS,
    LEAD_CHARS,
    TITLE_CHARS,
    VALUE_CHARS,
    Button,
    Card,
    CardError,
    Fact,
    Select,
    Text,
    fitted,
    short,
)
from cards.words import called, due, goods, moment, money, named, priced, reached, span
from models.enums import CaseState

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from cards.types import Style
    from models.values import CaseBrief, CaseView, EventView, TaskView, Verdict, WaitView

WHY = "为什么是我"  #: in every task card's menu: answered in words, and the card stays as it is
RESUME = "恢复"  #: the one button of a case that is put aside
HELD_FOR = "挂起"  #: fact: until when, or what for
BORNE = ("责任", "运费", "成本")  #: what the return type, or 承担 of the policy, says of a case
_TOLD = ("rule", "说", "理由")  #: of an event's data: told as it stands
#: of an event's data: told with its name before it
_NAMED = ("代", "一并由", "转给", "请", "给", "退回到", "并入", "并来", "拆出", "拆自", "转出", "转自", "运单")


def task_card(case: CaseView, task: TaskView, now: datetime) -> Card:
    """What is wanted of the owner, and the buttons to do it: the likely one first, the harmful one last and red."""
    menu = (Button(WHY, Act(case.id, case.version, WHY).pack()),)
    if case.state is CaseState.HELD:
        return _held_card(case, task, now, menu)
    safe = [action for action in task.actions if not action.danger]
    ordered = [*safe, *(action for action in task.actions if action.danger)]
    buttons = tuple(
        Button(action.name, Act(case.id, case.version, action.name).pack(), _style(n, danger=action.danger))
        for n, action in enumerate(ordered)
    )
    lead = task.hint or " · ".join(part for part in (case.return_type, case.note) if part)
    room = LEAD_CHARS - len(why) - 3 if (why := _why_so_much(case, task)) else LEAD_CHARS
    facts = rows(case, task, now, () if task.hint or len(lead) > room else IN_LEAD)
    title = fitted(task.title, TITLE_CHARS)
    lead = " · ".join(part for part in (short(lead, room), why) if part)
    return Card(title, lead, facts, buttons, _drop_down(task), menu=menu)


def _why_so_much(case: CaseView, task: TaskView) -> str:
    """How the amount came about, on a card that names it."""
    named = case.pays and case.amount is not None and money(case.amount) in task.title
    return case.reckoned if named and len(case.reckoned) < LEAD_CHARS // 2 else ""


def _held_card(case: CaseView, task: TaskView, now: datetime, menu: tuple[Button, ...]) -> Card:
    """The task while its case is put aside: its deadline stands still, and all there is to do is to take it up."""
    facts = tuple(fact for fact in rows(case, task, now) if fact.name != "时限")
    button = Button(RESUME, Act(case.id, case.version, RESUME).pack(), "primary")
    title, lead = fitted(f"已挂起：{task.title}", TITLE_CHARS), short(str(case.facts.get(HELD_FOR) or ""), LEAD_CHARS)
    return Card(title, lead, facts, (button,), menu=menu)


def replaced(case: CaseView) -> Card:
    """What a card says when a fresh one has taken its place, where it can't be redrawn twice."""
    words = "已挂起" if case.state is CaseState.HELD else "有新卡片"
    title = fitted(f"{words}：{case.kind} {_size(case)}", TITLE_CHARS)
    return Card(title, "请看后面那张新的卡片", (Fact("单号", case.no),), verdict=words)


def _drop_down(task: TaskView) -> Select | None:
    """The choice that its form begins with; one too long for a drop-down is asked by message."""
    try:
        return Select(*task.select) if task.select else None
    except CardError:
        return None


def _style(place: int, *, danger: bool) -> Style:
    return "danger" if danger else "primary" if place == 0 else "plain"


def record(case: CaseBrief | CaseView, verdict: Verdict, now: datetime) -> Card:
    """Who decided what, when, in how long, and what happens next. No button lives on it."""
    who = f"{verdict.actor} {moment(verdict.at, now)}".strip()
    took = f" · 用时 {span(verdict.took_seconds)}" if verdict.took_seconds is not None else ""
    facts = [Fact("单号", case.no), Fact("商品", goods(case.lines))]
    if verdict.actor:
        facts.insert(0, Fact("处理", fitted(who + took, VALUE_CHARS)))
    if verdict.next_step:
        facts.append(Fact("下一步", fitted(verdict.next_step, VALUE_CHARS)))
    title = f"{verdict.text}：{case.kind} {_size(case)}"
    return Card(fitted(title, TITLE_CHARS), facts=tuple(facts), verdict=short(verdict.text, BUTTON_CHARS))


def _size(case: CaseBrief | CaseView) -> str:
    """What the case is about in a number: its amount, or its units where that is no money or not for the reader."""
    if case.pays and case.amount is not None:
        return money(case.amount)
    return f"{sum(line.requested for line in case.lines)} 件"


def turn(case: CaseView, event: EventView, now: datetime) -> Text:
    """What the creator hears of a decision."""
    at = f" {event.node}：" if event.node else " "
    said = f"：{words}" if (words := told(event)) else ""
    lines = [f"{case.no}{at}{event.actor} {event.action}{said}（{moment(event.at, now)}）"]
    lines.append(f"现在：{standing(case)}")
    return Text("\n".join(lines))


def standing(case: CaseView) -> str:
    """Where the case is and who has it: 处理中 · 质检（孙检），已退款 ¥5.10."""
    names = "、".join(dict.fromkeys(owner.name for owner in case.owners))
    money_word = f"，{case.refund}" if case.refund else ""
    return case.stand + (f"（{names}）" if names else "") + money_word


def timeline(case: CaseView, now: datetime) -> Text:
    """The case and everything that happened to it."""
    head = [
        f"{case.no} {case.kind} · {case.return_type or '未注明'}" + (f" · {money(case.amount)}" if case.pays else ""),
        f"状态：{standing(case)}",
        f"订单：{named(case.order_no, case.shop) or '无'}　客户：{named(called(case), reached(case))}",
        f"商品：{goods(case.lines, chars=60)}",
    ]
    head += [f"金额：{case.reckoned}"] if case.pays and case.reckoned else []
    head += [f"承担：{borne}"] if (borne := _borne(case)) else []
    head += [f"运单：{case.waybill}"] if case.waybill else []
    head += [f"寄到：{place}"] if (place := case.facts.get("退货地址")) else []
    head += [f"备注：{short(case.note, 60)}"] if case.note else []
    head += [f"填写：{said}"] if (said := answered(case)) else []
    head += [f"时限：{owner.node} {owner.name} {due(owner.due_at, now)}" for owner in case.owners]
    head += [f"在等：{wait.what}{_until(wait, now)}" for wait in case.waits]
    return Text("\n".join([*head, "— 经过 —", *(_event(event, now) for event in case.events if not event.passing)]))


def _borne(case: CaseView) -> str:
    """``责任 供应商 · 运费 商家 · 成本 质量成本``: whose fault it is, who pays the freight, where the cost goes."""
    return " · ".join(f"{name} {case.facts[name]}" for name in BORNE if case.facts.get(name))


def _until(wait: WaitView, now: datetime) -> str:
    if wait.until is None:
        return ""
    return f"，最晚到 {due(wait.until, now)}" + (f"，到时自动：{wait.then}" if wait.then else "")


def listed(head: str, cases: Sequence[CaseView]) -> Text:
    """Several cases, a numbered line each, with the shop where they are of several."""
    shops = len({case.shop for case in cases}) > 1
    lines = [
        f"{n}. {case.no} {priced(case)} {standing(case)}" + (f" · {case.shop or '没写店铺'}" if shops else "")
        for n, case in enumerate(cases, 1)
    ]
    return Text("\n".join([head, *lines, "回复 查 单号 看经过"]))


def before(case: CaseView, others: Sequence[CaseView], now: datetime) -> str:
    """What else the customer has sent back: how often, and the newest of it; "" where nothing is known."""
    head = f"客户历史：{case.history}" if case.history else ""
    lines = [
        f"· {other.no} {priced(other)} · {other.return_type or '未注明'} · {other.stand}"
        f"（{moment(other.opened_at, now)}）"
        for other in others
    ]
    return "\n".join([head or "客户历史：", *lines] if lines else [head] * bool(head))


def _event(event: EventView, now: datetime) -> str:
    what = f"{event.node} {event.action}" if event.node else event.action
    said = told(event)
    return f"{moment(event.at, now)} {event.actor} {what}" + (f"（{said}）" if said else "")


def told(event: EventView) -> str:
    """What an event's data say to people: the rule, the words, the other one's name or number."""
    parts = [str(event.data[key]) for key in _TOLD if event.data.get(key)]
    for key in _NAMED:
        value = event.data.get(key)
        names = "、".join(map(str, value)) if isinstance(value, list) else value
        parts += [f"{key} {names}"] if names else []
    return "，".join(parts)


def todo(tasks: Sequence[tuple[CaseView, TaskView]], now: datetime) -> Text:
    """My open tasks, the most urgent first, each with the words that do it."""
    if not tasks:
        return Text("没有待办，辛苦了")
    lines = [f"待办 {len(tasks)} 件，最急的在前："]
    for n, (case, task) in enumerate(tasks, 1):
        held = case.state is CaseState.HELD
        doable = RESUME if held else "／".join(action.name for action in task.actions)
        title = f"（已挂起）{task.title}" if held else task.title
        lines.append(f"{n}. {title}\n   {case.no} · {due(task.due_at, now)}\n   可回复：{doable} {case.no}")
    return Text("\n".join(lines))


def overdue(case: CaseView, task: TaskView, now: datetime, *, to_manager: bool) -> Text:
    """A reminder: who is late, with what, by how much."""
    late = f"已超时 {span(now - task.due_at)}"
    if to_manager:
        return Text(f"抄送：{task.owner}的待办{late}\n{task.title}\n单号 {case.no}，停在{task.node}")
    return Text(f"超时提醒：{task.title}\n单号 {case.no}，{late}，请尽快处理\n可回复：{task.actions[0].name} {case.no}")
