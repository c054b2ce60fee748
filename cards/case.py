"""The card of a task, the record it turns into, and the words of a case."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from cards.amounts import changed, reckoned
from cards.facts import GOODS, IN_LEAD, answered, before, receiver, remark, rows
from cards.lines import ALL, as_asked, fitting, of_case
from cards.payload import Act
from cards.types import (
    BUTTON_CHARS,
    LEAD_CHARS,
    TEXT_CHARS,
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
from cards.words import called, due, goods, listed_whole, moment, money, named, priced, reached, span, stopped
from models.enums import CaseState

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from cards.types import Style
    from models.views.case import CaseBrief, CaseView, EventView, OwnerView, TaskView, Verdict, WaitView

WHY = "为什么是我"  #: in every task card's menu: answered in words, and the card stays as it is
RESUME = "恢复"  #: the one button of a case that is put aside
HELD_FOR = "挂起"  #: fact: until when, or what for
MAY_ADD = ("补一句", "回复理由")  #: on a record: how to say why, where nobody was asked
BORNE = ("责任", "运费", "成本")  #: what the return type, or 承担 of the policy, says of a case
REASON, SAID = "理由", "说"  #: of an event's data: why it was done, and what was said with it
_TOLD = ("rule", SAID, REASON)  #: of an event's data: told as it stands
#: deeds after which a task's card says who has brought it there
_BROUGHT = {
    "前加签": "请你先签", "后加签": "请你后签", "转交": "转交给你", "退回": "退回", "撤回": "撤回", "重开": "重开",
    "拒收": "拒收", "驳回": "驳回", "改": "改过内容",
}  # fmt: skip
#: of an event's data: told with its name before it
_NAMED = (
    "代",
    "一并由",
    "转给",
    "请",
    "给",
    "退回到",
    "并入",
    "并来",
    "拆出",
    "拆自",
    "转出",
    "转自",
    "运单",
    "改前",
    "改后",
)


def task_card(case: CaseView, task: TaskView, now: datetime) -> Card:
    """What is wanted of the owner, and the buttons to do it: the likely one first, the harmful one last and red."""
    held = case.state is CaseState.HELD
    said = task.hint or " · ".join(part for part in (case.return_type, case.note) if part)
    room = LEAD_CHARS // 2 if case.receiver else LEAD_CHARS
    lead = short(str(case.facts.get(HELD_FOR) or "") if held else said, room)
    cause, to = _cause(case, task), receiver(case, task)
    skipped = [*(() if held or task.hint or len(said) > room else IN_LEAD), *(["上一步"] if cause else [])]
    facts = rows(case, task, now, skipped)
    products = goods_lines(case, facts)
    details, left = fitting(
        [part for part in (cause, *to, _amount(case, task), *_earlier(case, task), *products) if part],
        TEXT_CHARS - len(lead) - 1,
    )
    facts = facts if left else unrepeated(facts, products)
    menu = _menu(case, *([ALL] if left or lead.endswith("…") or cause.endswith("…") else []), WHY)
    title = fitted(f"已挂起：{task.title}" if held else task.title, TITLE_CHARS)
    buttons, drop_down = (_resume(case), None) if held else (_buttons(case, task), _drop_down(task))
    return Card(title, lead, facts, buttons, drop_down, menu=menu, details=details)


def _amount(case: CaseView, task: TaskView) -> str:
    """How the amount came about, on a card that names it; elsewhere only what has changed it."""
    is_named = case.amount is not None and money(case.amount) in task.title
    return reckoned(case) if is_named else changed(case)


def _earlier(case: CaseView, task: TaskView) -> tuple[str, ...]:
    """The answers of earlier nodes that the owner is to see, and how those are put right that they may change."""
    told = answered(case, task.reads)
    how = f"可以改 {'、'.join(task.writes)}：回复 改 {case.no} {task.writes[0]} 新的答案" if task.writes else ""
    return tuple(part for part in (f"前面填的：{told}" if told else "", how) if part)


def _menu(case: CaseView, *words: str) -> tuple[Button, ...]:
    return tuple(Button(word, Act(case.id, case.version, word).pack()) for word in words)


def _resume(case: CaseView) -> tuple[Button, ...]:
    """While a case is put aside all there is to do is to take it up."""
    return (Button(RESUME, Act(case.id, case.version, RESUME).pack(), "primary"),)


def _buttons(case: CaseView, task: TaskView) -> tuple[Button, ...]:
    safe = [action for action in task.actions if not action.danger]
    ordered = [*safe, *(action for action in task.actions if action.danger)]
    return tuple(
        Button(action.name, Act(case.id, case.version, action.name).pack(), _style(n, danger=action.danger))
        for n, action in enumerate(ordered)
    )


def goods_lines(case: CaseBrief | CaseView, facts: Sequence[Fact]) -> tuple[str, ...]:
    """The products, where no row of the card names them all, or something has come otherwise than it was asked for."""
    shown = {fact.value for fact in facts if fact.name in GOODS}
    whole = (listed_whole(case.lines, units) for units in ("requested", "received"))
    return () if as_asked(case.lines) and shown.intersection(whole) else of_case(case.lines)


def unrepeated(facts: Sequence[Fact], lines: Sequence[str]) -> tuple[Fact, ...]:
    """The rows without a product's name that is cut short, where a line of the card has it longer."""
    return tuple(fact for fact in facts if not (len(lines) == 1 and fact.name in GOODS and "…" in fact.value))


def _cause(case: CaseView, task: TaskView, chars: int = LEAD_CHARS // 2) -> str:
    """Who has brought the task here, and why, where it did not come by the plain way."""
    last = before(case, task)
    if last is None:
        return ""
    why = remark(case, task)
    deed = _BROUGHT.get(last.action, last.action)
    if not why and last.action not in _BROUGHT:
        return ""
    return short(f"{last.actor} {deed}" + (f"：{why}" if why else ""), chars)


def replaced(case: CaseView) -> Card:
    """What a card says when a fresh one has taken its place, where it can't be redrawn twice."""
    words = "已挂起" if case.state is CaseState.HELD else "有新卡片"
    title = fitted(f"{words}：{case.kind} {size(case)}", TITLE_CHARS)
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
    """Who decided what, when, in how long, why, what has come of the goods and the money, and what happens next.

    No button lives on it.
    """
    who = f"{verdict.actor} {moment(verdict.at, now)}".strip()
    took = f" · 用时 {span(verdict.took_seconds)}" if verdict.took_seconds is not None else ""
    facts = [Fact("单号", case.no), Fact("商品", goods(case.lines))]
    if verdict.actor:
        facts.insert(0, Fact("处理", fitted(who + took, VALUE_CHARS)))
    if verdict.next_step:
        facts.append(Fact("下一步", fitted(verdict.next_step, VALUE_CHARS)))
    facts += [Fact(*MAY_ADD)] if verdict.may_add else []
    why = [short(f"{REASON}：{verdict.why}", LEAD_CHARS)] if verdict.why else []
    products = goods_lines(case, facts)
    details, left = fitting([*why, *filter(None, [changed(case)]), *products], TEXT_CHARS, f"回复“查 {case.no}”")
    title = fitted(f"{verdict.text}：{case.kind} {size(case)}", TITLE_CHARS)
    shown = tuple(facts) if left else unrepeated(facts, products)
    return Card(title, facts=shown, verdict=short(verdict.text, BUTTON_CHARS), details=details)


def size(case: CaseBrief | CaseView) -> str:
    """What the case is about in a number: its amount, or its units where that is no money or not for the reader."""
    if case.pays and case.amount is not None:
        return money(case.amount)
    return f"{sum(line.requested for line in case.lines)} 件"


def turn(case: CaseView, event: EventView, now: datetime) -> Text:
    """What the creator hears of a decision."""
    at = f" {event.node}：" if event.node else " "
    said = f"：{words}" if (words := told(event)) else ""
    lines = [f"{case.no}{at}{event.actor} {event.action}{said}（{moment(event.at, now)}）"]
    lines += [f"金额：{line}"] if (line := changed(case)) else []
    lines += of_case(case.lines) if not as_asked(case.lines) else ()
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
        *_named("商品", of_case(case.lines, whole=True)),
    ]
    head += [f"金额：{line}"] if (line := reckoned(case)) else []
    head += [f"承担：{borne}"] if (borne := _borne(case)) else []
    head += [f"运单：{'、'.join(case.waybills)}"] if case.waybills else []
    head += [f"寄出：{'、'.join(case.sent)}"] if case.sent else []
    head += [f"寄到：{place}"] if (place := case.facts.get("退货地址")) else []
    head += [f"备注：{case.note}"] if case.note else []
    head += [f"填写：{said}"] if (said := answered(case)) else []
    head += [f"签字：{node} {said}" for node, said in case.votes.items()]
    head += [f"时限：{owner.node} {owner.name} {_deadline(owner, now)}" for owner in case.owners]
    head += [f"在等：{wait.what}{_until(wait, now)}" for wait in case.waits]
    return Text("\n".join([*head, "— 经过 —", *(_event(event, now) for event in case.events if not event.passing)]))


def _named(name: str, lines: Sequence[str]) -> list[str]:
    """``商品：滤网 ×1``, or the name alone over several lines."""
    return [f"{name}：{lines[0]}"] if len(lines) == 1 else [f"{name}（{len(lines)} 种）：", *(f"· {x}" for x in lines)]


def _deadline(owner: OwnerView | TaskView, now: datetime) -> str:
    """A deadline in words that stay: the moment, or that it stands still."""
    return due(owner.due_at, now) if owner.stopped is None else stopped(owner.stopped)


def details(case: CaseView, task: TaskView | None) -> Text:
    """Everything that a card had no room for: what to do, every line, to whom it is sent, how the amount came about."""
    head = [f"{case.no} {priced(case)}", *([task.hint] if task and task.hint else [])]
    head += [cause] if task and (cause := _cause(case, task, TEXT_CHARS)) else []
    head += [f"备注：{case.note}"] if case.note else []
    head += list(receiver(case, task)) if task else []
    head += [f"金额：{line}"] if (line := reckoned(case)) else []
    return Text("\n".join([*head, *_named("商品", of_case(case.lines, whole=True))]))


def _borne(case: CaseView) -> str:
    """``责任 供应商 · 运费 商家 · 成本 质量成本``: whose fault it is, who pays the freight, where the cost goes."""
    return " · ".join(f"{name} {case.facts[name]}" for name in BORNE if case.facts.get(name))


def _until(wait: WaitView, now: datetime) -> str:
    if wait.until is None:
        return ""
    return f"，最晚到 {moment(wait.until, now)}" + (f"，到时自动：{wait.then}" if wait.then else "")


def listed(head: str, cases: Sequence[CaseView]) -> Text:
    """Several cases, a numbered line each, with the shop where they are of several."""
    shops = len({case.shop for case in cases}) > 1
    lines = [
        f"{n}. {case.no} {priced(case)} {standing(case)}" + (f" · {case.shop or '没写店铺'}" if shops else "")
        for n, case in enumerate(cases, 1)
    ]
    return Text("\n".join([head, *lines, "回复 查 单号 看经过"]))


def history(case: CaseView, others: Sequence[CaseView], now: datetime) -> str:
    """What else the customer has sent back: how often, and the newest of it; "" where nothing is known."""
    since = "开单时 " if case.history and others else ""  # the others are those of now
    head = f"客户历史：{since}{case.history}" if case.history else ""
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
    if isinstance(counts := event.data.get("件数"), dict):
        parts.append("、".join(f"{sku} ×{units}" for sku, units in counts.items()))
    if (part := event.data.get("缺件")) and (fee := event.data.get("扣款")):
        parts.append(f"缺 {part}，扣款 {money(Decimal(str(fee)))}")
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
        lines.append(f"{n}. {title}\n   {case.no} · {_deadline(task, now)}\n   可回复：{doable} {case.no}")
    return Text("\n".join(lines))


def overdue(case: CaseView, task: TaskView, now: datetime, *, to_manager: bool) -> Text:
    """A reminder: who is late, with what, by how much."""
    late = due(task.due_at, now)
    if to_manager:
        return Text(f"抄送：{task.owner}的待办{late}\n{task.title}\n单号 {case.no}，停在{task.node}")
    return Text(f"超时提醒：{task.title}\n单号 {case.no}，{late}，请尽快处理\n可回复：{task.actions[0].name} {case.no}")
