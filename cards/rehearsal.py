"""The cards of a rehearsal: whose card it is stands in the title, and every button plays on."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from cards.payload import Words
from cards.types import (
    BUTTON_CHARS,
    LEAD_CHARS,
    MAX_BUTTONS,
    TITLE_CHARS,
    VALUE_CHARS,
    Button,
    Card,
    Fact,
    Text,
    fitted,
    short,
)
from cards.words import money, span

if TYPE_CHECKING:
    from collections.abc import Sequence

    from models.views.rehearsal import Passed, Rehearsed

REHEARSE, STOP, FORWARD = "演练", "结束", "快进"
MARK = f"【{REHEARSE}】"
SYSTEM = "系统"
HEAD = "什么都不会保存：没有单号、没有待办，不动库存、退款和报表，不通知任何人"
_MENU = (Button(f"{FORWARD} 1天", Words(f"{REHEARSE} {FORWARD} 1天").pack()),
         Button(f"{STOP}{REHEARSE}", Words(f"{REHEARSE} {STOP}").pack()))  # fmt: skip


def seat_card(card: Card, owner: str, code: str, passing_on: Sequence[str]) -> Card:
    """The card that somebody would get, on the phone of whoever rehearses; ``code`` names the seat.

    Without the buttons that pass it on to somebody else: every phone is this one.
    """
    buttons = tuple(
        replace(button, payload=Words(f"{REHEARSE} {code} {button.text}").pack())
        for button in card.buttons
        if button.text not in passing_on
    )
    title = fitted(f"{MARK}{owner}的卡片：{card.title}", TITLE_CHARS)
    return replace(card, title=title, buttons=buttons, select=None, menu=_MENU, source=f"售后中心 · {REHEARSE}")


def wait_card(what: str, of: str, actions: Sequence[str], code: str) -> Card:
    """What nobody of the staff brings about: the shop's answer, the customer's parcel. Whoever rehearses says it."""
    shown = actions[: MAX_BUTTONS - 1]
    buttons = [Button(short(name, BUTTON_CHARS), Words(f"{REHEARSE} {code} {name}").pack()) for name in shown]
    buttons.append(Button(f"{FORWARD}到时", Words(f"{REHEARSE} {FORWARD}").pack()))
    lead = "真的单子上由外面答复，系统自己往下走；演练里由你来点"
    title = fitted(f"{MARK}{SYSTEM}在等：{what}", TITLE_CHARS)
    fact = Fact("单号", short(of, VALUE_CHARS))
    return Card(title, lead, (fact,), tuple(buttons), menu=_MENU[1:], source=f"售后中心 · {REHEARSE}")


def marked(card: Card) -> Card:
    """A record of a real kind, as one of a rehearsal."""
    return replace(card, title=fitted(f"{MARK}{card.title}", TITLE_CHARS), menu=())


def answered(action: str) -> Card:
    """What becomes of a card that was no person's, once it was tapped."""
    return Card(f"{MARK}已点：{short(action, BUTTON_CHARS)}", "请看后面的消息", verdict=short(action, BUTTON_CHARS))


def over() -> Card:
    """What becomes of a card of a rehearsal that is over, or has gone on."""
    return Card(f"{MARK}这一步已经过去了", "请看后面的卡片；没有就回复 演练 看现在到哪", verdict="已过去")


def begun(seen: Rehearsed, *, dropped: str = "") -> Text:
    """What it goes by, and how to play."""
    by = f"按你的草稿走（{seen.rules}）" if seen.rules else "按现在用的规则走"
    lines = [*([f"上一场{REHEARSE}（{dropped}）没走完，已经放下"] if dropped else [])]
    lines += [f"{MARK}{seen.of}：{by}。{HEAD}。"]
    lines += [f"这张单由 {seen.submitter} 提交。每个人的卡片都发给你，点它就往下走；也可以打字：{REHEARSE} 同意"]
    lines += [f"时间可以快进：{REHEARSE} {FORWARD} 1天；不走了：{REHEARSE} {STOP}"]
    return Text("\n".join(lines))


def progress(lines: Sequence[str], turn: str) -> Text:
    """What a step, or the passing of time, has brought about, and whose turn it is."""
    return Text("\n".join([f"{MARK}{line}" if n == 0 else line for n, line in enumerate([*lines, turn])]))


def summary(seen: Rehearsed) -> Text:
    """The whole way, and what a real case would have paid, stocked and said."""
    by = f"按你的草稿（{seen.rules}）" if seen.rules else "按现在用的规则"
    head = f"{MARK}走完了：{seen.of}，{by}，{seen.stand}" if seen.ended else f"{MARK}{seen.of}，走到：{seen.stand}"
    lines = [head, f"— 经过，共 {span(seen.seconds)} —", *(_step(n, step) for n, step in enumerate(seen.steps, 1))]
    lines += ["— 真的办会怎样 —", f"退款：{_paid(seen)}", f"入库：{_stocked(seen)}"]
    lines.append(f"告诉客户：{'；'.join(f'“{words}”' for words in seen.customer) or '没有'}")
    lines += [f"· {short(each, LEAD_CHARS)}" for each in seen.others]
    return Text("\n".join([*lines, f"这是{REHEARSE}，{HEAD}"]))


def _step(number: int, step: Passed) -> str:
    at = f"{step.node} " if step.node else ""
    rule = f"（{step.rule}）" if step.rule else ""
    took = f" · 用时 {span(step.seconds)}" if step.seconds >= 60 else ""
    return f"{number}. {at}{step.actor} {step.action}{rule}{took}"


def _paid(seen: Rehearsed) -> str:
    if seen.refund is not None and not seen.refund:
        return "没有"
    amount = money(seen.refund)
    if seen.paid:
        return f"{amount}，退给客户"
    return f"{amount}，店铺没有退成" if seen.refused else f"{amount}，已经向店铺提出，等它答复"


def _stocked(seen: Rehearsed) -> str:
    return "、".join(f"{title} ×{units} 进{zone}" for title, zone, units in seen.stock) or "没有"


def stopped(seen: Rehearsed) -> Text:
    """The rehearsal was left."""
    return Text(f"{summary(seen).body}\n{REHEARSE}已结束")
