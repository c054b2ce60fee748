"""A rehearsal as its cards show it: as each owner would see it, and never more than its player may."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from flow.access.field_rights import unseen, without
from flow.access.masking import masked_view
from flow.definitions.flow import MONEY
from flow.definitions.permissions import AMOUNT, WHOLE
from flow.definitions.vocabulary import SYSTEM
from flow.engine.breakdown import reckon
from flow.engine.signatures import ballot
from flow.rehearsal.play import NUMBER, Play
from flow.views.case import about_money, filled_task, line_views
from flow.views.votes import vote_words
from models.fields import yuan
from models.views.case import CaseView, EventView, OwnerView
from models.views.rehearsal import Passed, Rehearsed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flow.definitions.flow import Node
    from flow.rehearsal.play import Seat
    from flow.rehearsal.walk import Stage
    from models.views.case import Person, TaskView

CUSTOMER = "演练客户"


def case_view(house: Stage, play: Play, reader: Person | None = None, player: Person | None = None) -> CaseView:
    """The case as ``reader`` would see it, as far as ``player`` may; unmasked where neither is named."""
    case, lines, flow = play.case(), line_views(play.case_lines()), house.rules.flow
    asks = {item.name: item.kind for node in flow.forms for item in node.form}
    creator = house.people.by_id.get(play.creator_id)
    view = CaseView(
        id=0, no=NUMBER, kind=play.kind, return_type=play.return_type, reason=case.reason, note=play.note,
        order_no=play.order_no, customer=CUSTOMER, mobile="", state=case.state, close_reason=case.close_reason,
        nodes=tuple(play.nodes), version=play.version, amount=case.amount, creator=creator.name if creator else "",
        opened_at=case.opened_at, closed_at=None, facts=play.facts, lines=lines,
        history=str(play.facts.get("客户历史") or ""), owners=tuple(_owners(house, play)), events=_events(play),
        refund_error=play.refund_error, refund_due=yuan(play.refund) if play.refund else None, asks=tuple(asks),
        pays=about_money(flow, play.nodes, play.facts), shop=play.shop,
        reckoning=reckon(lines, play.facts, play.basis, case.amount),
        yuan=frozenset(name for name, kind in asks.items() if kind == MONEY),
        votes=vote_words(house.rules, play.facts, play.nodes, house.people),
    )  # fmt: skip
    for one in (reader, player):
        view = _seen(house, view, one) if one else view
    return replace(view, customer=CUSTOMER)  # who is nobody, and needs no mask


def _seen(house: Stage, view: CaseView, reader: Person) -> CaseView:
    return masked_view(without(view, unseen(house.rules.flow, reader.roles)), house.desk.business.matrix, reader.roles)


def _owners(house: Stage, play: Play) -> Iterator[OwnerView]:
    for seat in play.seats:
        if person := house.people.by_id.get(seat.owner_id):
            yield OwnerView(seat.node, person.name, seat.due)


def _events(play: Play) -> tuple[EventView, ...]:
    return tuple(
        EventView(
            datetime.fromisoformat(each["at"]), each["actor"], each["node"], each["action"], each["data"],
            each["passing"],
        )
        for each in play.log
    )  # fmt: skip


def task_view(house: Stage, play: Play, seat: Seat, case: CaseView) -> TaskView:
    """The task of somebody who sits there, in the words of its node."""
    return filled_task(house.rules, seat.task(), case, house.people.by_id.get(seat.owner_id))


def beside(house: Stage, play: Play, seat: Seat) -> list[str]:
    """The others who sit at the same node, by name."""
    others = [one for one in play.seats if one.node == seat.node and one.id != seat.id]
    return [person.name for one in others if (person := house.people.by_id.get(one.owner_id))]


def rehearsed(house: Stage, play: Play, player: Person, now: datetime) -> Rehearsed:
    """What a rehearsal has come to so far, as far as ``player`` may see it."""
    case = case_view(house, play)
    sees = house.desk.business.matrix.sees(player.roles, AMOUNT) == WHOLE
    end = datetime.fromisoformat(play.log[-1]["at"]) if play.ended else now
    return Rehearsed(
        of=f"{play.kind} {play.order_no}" if play.order_no != NUMBER else f"{play.kind}（假订单）",
        submitter=case.creator, rules=play.rules, stand=case.stand, ended=play.ended, steps=tuple(_passed(play)),
        seconds=(end - case.opened_at).total_seconds(),
        refund=(yuan(play.refund) if sees else None) if play.refund else Decimal(0),
        paid=bool(play.facts.get("已退款")), refused=play.refund_error,
        stock=tuple((str(title), str(zone), int(units)) for title, zone, units in play.stock),
        customer=tuple(play.told), others=tuple(Counter(play.set_off)),
    )  # fmt: skip


def _passed(play: Play) -> Iterator[Passed]:
    """Every step that somebody, or the outside, took: at which node, who, what, and how long it had waited."""
    before = datetime.fromisoformat(play.opened_at)
    for each in play.log:
        at = datetime.fromisoformat(each["at"])
        if not each["passing"]:
            why = str(each["data"].get("rule") or "") if each["actor"] == SYSTEM else ""
            yield Passed(each["node"], each["actor"], each["action"], (at - before).total_seconds(), why)
        before = at


def _whose_word(house: Stage, play: Play, node: Node) -> str:
    """How many of those who have a card must agree: ``2 个人同意就走，还差 1 个``."""
    facts = {**play.facts, **house.rules.policy.facts(play.facts)}
    if votes := ballot(node, facts):
        return f"{votes.needed} 个人同意就走，还差 {votes.missing} 个"
    return "都要同意" if node.all_must_agree else "谁先办算谁的"


def turn_words(house: Stage, play: Play, now: datetime) -> str:
    """Whose turn it is: ``现在轮到：金额审批 李敏（总监审批：客服主管），11-24 10:00 前``."""
    told = []
    for node in dict.fromkeys(seat.node for seat in play.seats):
        first = next(seat for seat in play.seats if seat.node == node)
        owner, flow_node = house.people.by_id.get(first.owner_id), house.rules.flow.nodes[node]
        if owner is None:
            told.append(f"{node}，在等{flow_node.waits_for or '时间到'}")
            continue
        others = beside(house, play, first)
        too = f"；同时收到的还有 {'、'.join(others)}，{_whose_word(house, play, flow_node)}"
        due = f"，{first.due.astimezone(now.tzinfo):%m-%d %H:%M} 前" if first.due > now else ""
        told.append(f"{node} {owner.name}（{first.why}）{due}{too if others else ''}")
    return f"现在轮到：{'；'.join(told)}"


def news_since(play: Play, log: int, set_off: int) -> list[str]:
    """What has been written down since so many steps and so many other things, a line each."""
    lines = []
    for each in play.log[log:]:
        if not each["passing"]:
            why = each["data"].get("rule") or each["data"].get("理由") or ""
            verdict = f"：{each['verdict']}" if each.get("verdict") and each["verdict"] != each["action"] else ""
            lines.append(
                f"{each['node']} {each['actor']} {each['action']}{verdict}".strip() + (f"（{why}）" if why else "")
            )
    return [*lines, *play.set_off[set_off:]]
