"""The card of 总览: who holds what, at which node, how late and how much money, with the two things to do about it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cards.payload import Words
from cards.types import (
    BUTTON_CHARS,
    LEAD_CHARS,
    MAX_FACTS,
    NAME_CHARS,
    TITLE_CHARS,
    VALUE_CHARS,
    Button,
    Card,
    Fact,
    Text,
    fitted,
)
from cards.words import money, span

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cards.types import Style
    from models.views.case import Burden, Overview

URGE, LOOK = "催办 {}", "查 负责人={}"
OTHERS = "其他"
MOST_ACTED_ON = 3  #: people with buttons of their own, two each
NOBODY = "现在没有在办的待办"


def overview(seen: Overview) -> Card | Text:
    """All of it on one card; who does not fit is summed up."""
    if not seen.total.tasks:
        return Text(NOBODY)
    late = f"，超时 {seen.total.late} 件" if seen.total.late else "，没有超时"
    worth = f"，{money(seen.total.money)}" if seen.total.money else ""
    title = fitted(f"总览：{seen.cases} 单 {seen.total.tasks} 件待办{late}{worth}", TITLE_CHARS)
    return Card(title, _nodes(seen.nodes), _people(seen.people), _buttons(seen.people))


def _nodes(nodes: Sequence[Burden]) -> str:
    """``客服审核 3（超时 1） · 质检 2``, as many as there is room for."""
    parts = [f"{node.name} {node.tasks}" + (f"（超时 {node.late}）" if node.late else "") for node in nodes]
    for shown in range(len(parts), 0, -1):
        rest = sum(node.tasks for node in nodes[shown:])
        words = " · ".join([*parts[:shown], *([f"{OTHERS} {rest}"] if rest else [])])
        if len(words) <= LEAD_CHARS:
            return words
    return ""


def _people(people: Sequence[Burden]) -> tuple[Fact, ...]:
    room = MAX_FACTS if len(people) <= MAX_FACTS else MAX_FACTS - 1
    facts = [Fact(each.name[:NAME_CHARS], _row(each), bool(each.late)) for each in people[:room]]
    if rest := people[room:]:
        words = f"{len(rest)} 人 {sum(each.tasks for each in rest)} 件"
        late = sum(each.late for each in rest)
        facts.append(Fact(OTHERS, words + (f" 超时 {late}" if late else ""), bool(late)))
    return tuple(facts)


def _row(each: Burden) -> str:
    """``5 件 超时 2 最久 3 天 2 时 ¥1,234.00``; the money stays whole, the span gives way."""
    worth = [money(each.money)] if each.money else []
    late = [f"超时 {each.late}", f"最久 {span(each.longest)}"] if each.late else []
    held = [f"挂起 {each.held}"] if each.held else []
    for parts in ([*late, *held], late, late[:1]):
        words = " ".join([f"{each.tasks} 件", *parts, *worth])
        if len(words) <= VALUE_CHARS:
            return words
    return fitted(f"{each.tasks} 件 {' '.join(worth)}", VALUE_CHARS)


def _buttons(people: Sequence[Burden]) -> tuple[Button, ...]:
    """For those who are latest: hurry them, or look; a name too long for a button is looked up by typing."""
    buttons: list[Button] = []
    for each in people[:MOST_ACTED_ON]:
        if len(each.name) > BUTTON_CHARS - 2:
            continue
        style: Style = "plain" if buttons else "primary"
        if each.late:
            buttons.append(Button(f"催 {each.name}", Words(URGE.format(each.name)).pack(), style))
        buttons.append(Button(f"看 {each.name}", Words(LOOK.format(each.name)).pack()))
    return tuple(buttons)
