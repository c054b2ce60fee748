"""Reads cases for lists, the newest first, by the reader of the statistics: no tap waits for a list."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any, NamedTuple

from flow.access.field_rights import unseen
from flow.access.masking import masks_of
from flow.access.scope import Ties, within
from flow.definitions.choices import WAREHOUSE
from flow.definitions.permissions import AMOUNT, NAME, WHOLE
from flow.definitions.policy import BORNE
from flow.export.answers import fields_of, matches, published_fields, published_flows, valued
from flow.export.request import CREATOR, OWNER
from flow.stats.errors import StatsError
from flow.stats.reader import moment, rows
from flow.stats.scope import FILTERS, TYPE, Condition
from flow.stats.types import column
from models.enums import TaskState
from models.views.masks import HIDDEN
from models.views.papers import Roll

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping, Sequence
    from datetime import datetime

    from flow.definitions.flow import Flow
    from flow.definitions.present import Present
    from flow.desk import Desk
    from flow.export.answers import Fields
    from flow.export.request import ListRequest
    from flow.people.directory import Directory
    from models.views.case import Person
    from models.views.papers import Value

MAX_ROWS = 20_000  #: of one list: some 3 MB, where both platforms stop at 20 MB
NONE: frozenset[str] = frozenset()
AT_ONCE = 500  #: cases of one reading
EXPORT = "导出"
HEADS = (
    "单号", "种类", "类型", "订单", "客户", "商品", "件数", "金额", "状态", "节点", "负责人", "提交人", "提交时间",
    "完成时间", *BORNE,
)  # fmt: skip
_OF_GOODS = frozenset({"SKU", "品类", "产品线", "供应商"})  #: filters on the products of a case
_CASES = """
SELECT c.id, c.opened_at, c.closed_at, c.no, c.kind, c.return_type, c.reason, c.order_no, c.snapshot, c.customer,
       c.amount, c.state, c.close_reason, c.nodes, c.creator_id, c.shop, c.facts, c.flow_id, c.policy_id
FROM return_case c
WHERE c.opened_at >= ? AND (c.opened_at, c.id) < (?, ?) AND {}
ORDER BY c.opened_at DESC, c.id DESC LIMIT ?
"""
_LINES = "SELECT l.case_id, l.title, l.sku, l.requested FROM case_line l WHERE l.case_id IN ({}) ORDER BY l.id"
_TASKS = "SELECT t.case_id, t.owner_id, t.for_id, t.state FROM task t WHERE t.case_id IN ({}) ORDER BY t.id"


class Row(NamedTuple):
    """A case as the engine gives it: moments and JSON may be text, the amount is 分."""

    id: int
    opened_at: Any
    closed_at: Any
    no: str
    kind: str
    return_type: str
    reason: str
    order_no: str
    snapshot: Any
    customer: str
    amount: int
    state: str
    close_reason: str | None
    nodes: Any
    creator_id: int | None
    shop: str
    facts: Any
    flow_id: int | None
    policy_id: int | None


@dataclass(slots=True)
class Found:
    """One case with its products and its people."""

    row: Row
    facts: Mapping[str, Any]
    goods: list[tuple[str, int]] = field(default_factory=list)
    owners: list[tuple[int, int | None]] = field(default_factory=list)  #: of open tasks: who, in whose place
    hands: set[int] = field(default_factory=set)  #: everybody who had to do with it
    type: str = ""  #: its return type, else its reason, and its nodes as they are called today
    nodes: Sequence[str] = ()

    def ties(self) -> Ties:
        return Ties(frozenset(self.hands), self.row.shop, str(self.facts.get(WAREHOUSE) or ""))


async def find(
    desk: Desk, request: ListRequest, who: Person, command: str = EXPORT, limit: int = MAX_ROWS
) -> tuple[list[Found], bool]:
    """The newest cases that a request means and ``who`` may reach with a command, and whether there are more.

    Raises StatsError when there is no database yet, or for an answer that ``who`` does not see.
    """
    await _ensure_seen(desk, request, who)
    scopes, staff = desk.business.matrix.reach(who.roles, command), await desk.staff.now()
    found: list[Found] = []
    async for piece in _pieces(desk, request):
        blind = await _unseen(desk, piece, who) if request.answers else {}
        for each in piece:
            if (
                within(scopes, who, each.ties(), staff)
                and not blind.get(each.row.flow_id, NONE) & request.answers.keys()
            ):
                if len(found) == limit:
                    return found, True
                found.append(each)
    return found, False


async def roll(desk: Desk, request: ListRequest, who: Person, limit: int = MAX_ROWS) -> Roll:
    """The list that a request means, as ``who`` may see it. Raises StatsError as ``find`` does."""
    found, cut = await find(desk, request, who, limit=limit)
    fields = await _fields(desk, found)
    reader = _Reader(desk, who, await desk.staff.now(), fields, await _unseen(desk, found, who))
    table = await asyncio.to_thread(lambda: tuple(reader.cells(each) for each in found))
    return Roll(request.title, (*HEADS, *(name for name in fields if name not in HEADS)), table, cut)


async def _fields(desk: Desk, found: Sequence[Found]) -> Fields:
    """Columns of their own: the fields of what is published for their kinds, and of the flows that they took."""
    fields = await published_fields(desk, {each.row.kind for each in found})
    pairs = {(each.row.flow_id, each.row.policy_id) for each in found}
    for flow_id, policy_id in sorted((flow, policy) for flow, policy in pairs if flow and policy):
        own = (await desk.rules(flow_id, policy_id)).flow
        names = desk.business.present.fields(own)
        fields |= {name: v for k, v in fields_of([own]).items() if (name := names.get(k, k)) not in fields}
    return fields


async def _ensure_seen(desk: Desk, request: ListRequest, who: Person) -> None:
    """Raises StatsError for a list by an answer that every flow which asks for it hides from the asker's roles."""
    if not request.answers:
        return
    flows = await published_flows(desk)
    for name in request.answers:
        asking = [flow for flow in flows if name in fields_of([flow])]
        if asking and all(name in unseen(flow, who.roles) for flow in asking):
            raise StatsError(f"你的角色看不到“{name}”，不能按它找")


async def _unseen(desk: Desk, found: Sequence[Found], who: Person) -> dict[int | None, frozenset[str]]:
    """By the flow that a case took, the answers that its reader does not see, by the names of today."""
    blind: dict[int | None, frozenset[str]] = {}
    for flow_id, policy_id in {(each.row.flow_id, each.row.policy_id) for each in found}:
        if flow_id and policy_id:
            flow = (await desk.rules(flow_id, policy_id)).flow
            names = desk.business.present.fields(flow)
            blind[flow_id] = frozenset(names.get(name, name) for name in unseen(flow, who.roles))
    return blind


# -- reading -----------------------------------------------------------------------------------------------------------


async def _pieces(desk: Desk, request: ListRequest) -> AsyncIterator[list[Found]]:
    window, wanted = request.period.window(desk.zone), _wanted(request, desk.business.present)
    place: tuple[Any, int] = (window.end, 0)
    while read := await rows(_CASES.format(wanted.sql), [window.start, *place, *wanted.params, AT_ONCE]):
        last = Row(*read[-1])
        place = (last.opened_at, last.id)
        flows = await _flows(desk, read)
        piece = await asyncio.to_thread(_matching, read, request, desk.business.present, flows)
        if piece:
            await _complete(piece)
        yield list(piece.values())
        if len(read) < AT_ONCE:
            return


async def _flows(desk: Desk, read: Sequence[tuple[Any, ...]]) -> dict[int, Flow]:
    """The versions that the cases keep, where anything was ever called otherwise."""
    if not desk.business.present.any_ids:
        return {}
    pairs = {(row.flow_id, row.policy_id) for each in read if (row := Row(*each)).flow_id and row.policy_id}
    return {flow: (await desk.rules(flow, policy)).flow for flow, policy in sorted(pairs) if flow and policy}


def _matching(
    read: Sequence[tuple[Any, ...]], request: ListRequest, present: Present, flows: Mapping[int, Flow]
) -> dict[int, Found]:
    found = (_found(Row(*each), present, flows) for each in read)
    return {each.row.id: each for each in found if matches(each.facts, request.answers)}


def _found(row: Row, present: Present, flows: Mapping[int, Flow]) -> Found:
    """A case by the names of today."""
    flow, facts, nodes = flows.get(row.flow_id or 0), _json(row.facts), _json(row.nodes)
    hands = {row.creator_id} if row.creator_id else set()
    opened = moment(row.opened_at)
    kind = present.types.called(row.return_type or row.reason, opened)
    if flow is not None:
        facts = present.facts(flow, facts, opened)
        nodes = [present.node(flow, name) for name in nodes]
    return Found(row, facts, hands=hands, type=kind, nodes=nodes)


async def _complete(piece: Mapping[int, Found]) -> None:
    ids, marks = list(piece), ", ".join("?" * len(piece))
    for case_id, title, sku, units in await rows(_LINES.format(marks), ids):
        piece[case_id].goods.append((title or sku, units))
    for case_id, owner, absent, state in await rows(_TASKS.format(marks), ids):
        piece[case_id].hands |= {owner, absent} if absent else {owner}
        if state == TaskState.OPEN:
            piece[case_id].owners.append((owner, absent))


def _wanted(request: ListRequest, present: Present) -> Condition:
    """What SQL can ask: the filters, and that a field asked for was ever answered, where its name never changed."""
    types = present.types
    columns = {name: column(types) if name == TYPE else FILTERS[name].returned for name in request.where}
    wanted = {**request.where, TYPE: [types.called(each, None) for each in request.where.get(TYPE, ())]}
    named = {name: FILTERS[name].among(columns[name], list(wanted[name])) for name in request.where}
    parts = [condition for name, condition in named.items() if name not in _OF_GOODS]
    if goods := [condition for name, condition in named.items() if name in _OF_GOODS]:
        asked = " AND ".join(condition.sql for condition in goods)
        sql = f"EXISTS (SELECT 1 FROM case_line l WHERE l.case_id = c.id AND {asked})"  # noqa: S608
        parts.append(Condition(sql, [param for condition in goods for param in condition.params]))
    if request.states:
        marks, states = ", ".join("?" * len(request.states)), list(request.states)
        parts.append(Condition(f"(c.state IN ({marks}) OR c.close_reason IN ({marks}))", [*states, *states]))
    parts += _of_people(request)
    answered = () if present.any_ids else tuple(request.answers)
    parts += [Condition("CAST(c.facts AS text) LIKE ?", [f'%"{name}"%']) for name in answered]
    return Condition(
        " AND ".join(["1 = 1", *(part.sql for part in parts)]), [param for part in parts for param in part.params]
    )


def _of_people(request: ListRequest) -> list[Condition]:
    """Who opened it, who has it, of which order."""
    parts = []
    if creators := request.members(CREATOR):
        parts.append(Condition(f"c.creator_id IN ({', '.join('?' * len(creators))})", [*creators]))
    if owners := request.members(OWNER):
        has = f"t.case_id = c.id AND t.state = '{TaskState.OPEN}' AND t.owner_id IN ({', '.join('?' * len(owners))})"
        parts.append(Condition(f"EXISTS (SELECT 1 FROM task t WHERE {has})", [*owners]))  # noqa: S608
    if request.orders:
        parts.append(Condition(f"c.order_no IN ({', '.join('?' * len(request.orders))})", [*request.orders]))
    return parts


def _json(value: Any) -> Any:
    """A JSON column as either engine gives it."""
    return json.loads(value) if isinstance(value, str) else value


# -- as somebody may see it --------------------------------------------------------------------------------------------


class _Reader:
    """Makes the cells of a case for one reader."""

    def __init__(
        self, desk: Desk, who: Person, staff: Directory, fields: Fields, blind: Mapping[int | None, frozenset[str]]
    ) -> None:
        matrix = desk.business.matrix
        self._blind = blind
        self._zone, self._people, self._fields = desk.zone, staff.by_id, fields
        self._masks = masks_of(matrix, who.roles)
        self._sees_amounts = matrix.sees(who.roles, AMOUNT) == WHOLE

    def cells(self, found: Found) -> tuple[Value, ...]:
        """One row, in the order of the heads."""
        row = found.row
        customer = str(_json(row.snapshot).get("name") or row.customer)
        amount: Value = Decimal(row.amount) / 100 if self._sees_amounts else HIDDEN
        return (
            row.no, row.kind, found.type, row.order_no, self._masks[NAME](customer),
            "、".join(f"{title} ×{units}" for title, units in found.goods), sum(units for _, units in found.goods),
            amount, f"{row.state}（{row.close_reason}）" if row.close_reason else row.state,
            "、".join(found.nodes), self._owners(found), self._name(row.creator_id), self._at(row.opened_at),
            self._at(row.closed_at), *(str(found.facts.get(fact) or "") for fact in BORNE), *self._answers(found),
        )  # fmt: skip

    def _answers(self, found: Found) -> list[Value]:
        gone = self._blind.get(found.row.flow_id, NONE)
        facts = {name: value for name, value in found.facts.items() if name not in gone}
        own = {name: each for name, each in self._fields.items() if name not in HEADS}
        said = {name: valued(each, facts.get(name)) for name, each in own.items()}
        return [
            self._masks[name](str(value)) if name in self._masks and value else value for name, value in said.items()
        ]

    def _owners(self, found: Found) -> str:
        names = (f"{self._name(who)} 代 {self._name(to)}" if to else self._name(who) for who, to in found.owners)
        return "、".join(dict.fromkeys(names))

    def _name(self, member_id: int | None) -> str:
        person = self._people.get(member_id or 0)
        return person.name if person else ""

    def _at(self, value: str | datetime | None) -> datetime | None:
        at = moment(value)
        return at.astimezone(self._zone) if at else None
