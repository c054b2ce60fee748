"""Writes matched returns as finished cases: number, lines, claims and the first link of the event chain together."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from tortoise.transactions import in_transaction

from flow.engine.amounts import Sale, Terms, goods_paid
from flow.imports.bulk_writes import insert, lock_clause, many, query_in, slices
from flow.imports.matching import NOT_ENOUGH
from flow.records import snapshot
from flow.records.events import chain, settle
from flow.records.sequences import take_numbers
from models import Case, CaseLine, CaseState, Event
from models.fields import PRICE_PLACES, fen, yuan
from models.pipeline import session

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date, tzinfo

    from flow.imports.batches import Run
    from flow.imports.claims import Match
    from flow.imports.report import BadRow

CASES_AT_ONCE = 100  # in one transaction: some ten milliseconds
IMPORTED = "导入"  # the action, and the actor
NO_REASON = "未注明"
CASE = (
    "no", "kind", "return_type", "reason", "note", "shop", "order_id", "order_no", "snapshot", "customer", "region",
    "state", "close_reason", "nodes", "facts", "amount", "version", "seq", "chain", "seal", "opened_at", "closed_at",
    "source", "batch_id",
)  # fmt: skip
CASE_LINE = ("case_id", "order_line_id", "sku", "title", "unit_price", "paid", "requested", "received")
EVENT = ("case_id", "seq", "at", "actor", "action", "node", "data", "before", "hash", "salt", "stand", "seal")
ORDERS = (
    "SELECT id, shop, no, customer, customer_name, mobile, email, region, paid, discount, freight "
    "FROM shop_order WHERE no IN"
)
LINES = "SELECT id, order_id, sku, title, quantity, claimed, unit_price, paid FROM order_line WHERE order_id IN"
WORTH = "worth"  #: of an order line that was read: the 分 that were paid for its goods


SHOWN_DEARER = 5  #: rows that are named


@dataclass(slots=True)
class Portion:
    """Units of one order line that a case takes back, and the 分 they come to."""

    line: dict[str, Any]
    units: int
    fen: int


@dataclass(slots=True)
class Draft:
    """A case about to be written."""

    match: Match
    order: dict[str, Any]
    portions: list[Portion]
    no: str = ""

    @property
    def amount(self) -> Decimal:
        return yuan(sum(portion.fen for portion in self.portions)) / 100


async def write_cases(run: Run, matched: Sequence[Match], tz: tzinfo) -> list[BadRow]:
    """Write a finished case for each match; those whose units somebody took meanwhile come back as bad rows."""
    lost: list[BadRow] = []
    done = 0
    for part in slices(matched, CASES_AT_ONCE):
        async with in_transaction():
            lost += await _write_part(run, part, tz)
        done += len(part)
        run.progress("写入售后单", done, len(matched))
    return lost


async def _write_part(run: Run, part: list[Match], tz: tzinfo) -> list[BadRow]:
    drafts, lost = await _drafts(part)
    await _number(drafts, tz)
    cases = [_case(draft, run.batch_id) for draft in drafts]
    events = [_event(run, draft, case) for draft, case in zip(drafts, cases, strict=True)]
    await insert(Case, CASE, [[getattr(case, name) for name in CASE] for case in cases])
    found = await query_in("SELECT id, no FROM return_case WHERE no IN", [draft.no for draft in drafts])
    ids = {row["no"]: row["id"] for row in found}
    await insert(CaseLine, CASE_LINE, [line for draft in drafts for line in _lines(draft, ids[draft.no])])
    for case, event in zip(cases, events, strict=True):
        event.case_id = ids[case.no]
    await insert(Event, EVENT, [[getattr(event, name) for name in EVENT] for event in events])
    taken = [(p.units, p.line["id"]) for draft in drafts if draft.match.row.claims for p in draft.portions]
    await many("UPDATE order_line SET claimed = claimed + ? WHERE id = ?", taken)
    return lost


async def _drafts(part: list[Match]) -> tuple[list[Draft], list[BadRow]]:
    """Read the order lines again, now that nobody else can change them, and take the units."""
    found = await query_in(ORDERS, {match.bought.no for match in part})
    orders = {(row["shop"], row["no"]): row for row in found}
    wanted = {(orders[match.bought.shop, match.bought.no]["id"], match.row.sku) for match in part}
    lines = await _lines_of({row["id"]: row for row in found}, wanted)
    drafts, lost = [], []
    for match in part:
        order = orders[match.bought.shop, match.bought.no]
        if portions := _take(match, lines[order["id"], match.row.sku]):
            drafts.append(Draft(match, order, portions))
        else:
            lost.append(NOT_ENOUGH._replace(line=match.row.line))
    return drafts, lost


async def _lines_of(
    orders: Mapping[int, dict[str, Any]], wanted: set[tuple[int, str]]
) -> Mapping[tuple[int, str], list[dict[str, Any]]]:
    """The wanted lines by order and product, each with what was paid for its goods: the whole order may decide that."""
    whole: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for line in await query_in(LINES, sorted({order_id for order_id, _ in wanted}), f" ORDER BY id{lock_clause()}"):
        whole[line["order_id"]].append(dict(line))
    found: dict[tuple[int, str], list[dict[str, Any]]] = defaultdict(list)
    for order_id, lines in whole.items():
        order = orders[order_id]
        terms = Terms(*(_yuan(order[name]) for name in ("paid", "discount", "freight")))
        if terms.paid is None and not terms.discount and all(line["paid"] is None for line in lines):
            lines = [line for line in lines if (order_id, line["sku"]) in wanted]  # each costs what it is listed at
        paid = goods_paid(terms, [Sale(_price(line), line["quantity"], _yuan(line["paid"])) for line in lines])
        for line, worth in zip(lines, paid.lines, strict=True):
            found[order_id, line["sku"]].append(line | {WORTH: fen(worth)})
    return found


async def dearer(matched: Sequence[Match]) -> list[str]:
    """Rows whose refund is more than was paid for their goods and all of the freight, in a line; none where none is."""
    told: list[str] = []
    for part in slices([match for match in matched if match.row.amount], CASES_AT_ONCE):
        found = await query_in(ORDERS, {match.bought.no for match in part})
        orders = {(row["shop"], row["no"]): row for row in found}
        wanted = {(orders[match.bought.shop, match.bought.no]["id"], match.row.sku) for match in part}
        lines = await _lines_of({row["id"]: row for row in found}, wanted)
        for match in part:
            order, amount = orders[match.bought.shop, match.bought.no], match.row.amount or Decimal(0)
            paid = _paid_for(lines[order["id"], match.row.sku], match.row.quantity)
            if amount > paid + (_yuan(order["freight"]) or Decimal(0)):
                told.append(f"第 {match.row.line} 行退 ¥{amount:,.2f}，实付 ¥{paid:,.2f}")
    if not told:
        return []
    more = f" 等 {len(told)} 行" if len(told) > SHOWN_DEARER else ""
    return [f"退款金额比实付多，照表里的记，请核对：{'；'.join(told[:SHOWN_DEARER])}{more}"]


def _paid_for(lines: Sequence[Mapping[str, Any]], units: int) -> Decimal:
    """What so many units of these lines of one product have cost."""
    bought = sum(line["quantity"] for line in lines)
    return yuan(Decimal(sum(line[WORTH] for line in lines)) * min(units, bought) / bought / 100)


def _price(line: Mapping[str, Any]) -> Decimal:
    return Decimal(line["unit_price"]).scaleb(-PRICE_PLACES)


def _yuan(amount: int | None) -> Decimal | None:
    return None if amount is None else yuan(amount) / 100


def _take(match: Match, lines: list[dict[str, Any]]) -> list[Portion]:
    """Spread the units over the order lines that have some left; nothing when they do not suffice."""
    row = match.row
    if not row.claims:
        return _valued(match, [(lines[0], row.quantity)])
    if sum(line["quantity"] - line["claimed"] for line in lines) < row.quantity:
        return []
    wanted, taken = row.quantity, []
    for line in lines:
        if some := min(wanted, line["quantity"] - line["claimed"]):
            line["claimed"] += some
            wanted -= some
            taken.append((line, some))
    return _valued(match, taken)


def _valued(match: Match, taken: list[tuple[dict[str, Any], int]]) -> list[Portion]:
    """Give each portion its part of the amount, to the last 分; without an amount the price of the purchase counts."""
    row = match.row
    if row.amount is None:
        return [Portion(line, some, _worth(line, some)) for line, some in taken]
    whole, done, portions = int(row.amount * 100), 0, []
    for line, some in taken:
        part = whole * (done + some) // row.quantity - whole * done // row.quantity
        portions.append(Portion(line, some, part))
        done += some
    return portions


def _worth(line: Mapping[str, Any], units: int) -> int:
    """The 分 that some of a line's units carry, so that all of its portions add up to what was paid for it."""
    before = max(line["claimed"] - units, 0)
    up_to = [fen(Decimal(line[WORTH]) * n / line["quantity"] / 100) for n in (before, before + units)]
    return up_to[1] - up_to[0]


async def _number(drafts: list[Draft], tz: tzinfo) -> None:
    """Give each case the next number of the day on which it was opened."""
    days = Counter(_day(draft, tz) for draft in drafts)
    following = {day: await take_numbers(day, count) - count for day, count in sorted(days.items())}
    for draft in drafts:
        day = _day(draft, tz)
        following[day] += 1
        draft.no = f"R{day:%Y%m%d}-{following[day]:04d}"


def _day(draft: Draft, tz: tzinfo) -> date:
    return draft.match.row.opened_at.astimezone(tz).date()


def _event(run: Run, draft: Draft, case: Case) -> Event:
    """The case's only event, linked and settled; it happens now, whenever the return did."""
    said = {"actor_id": None, "actor": IMPORTED, "action": IMPORTED, "node": "", "data": _origin(run, draft)}
    [event] = chain(case, [said], run.now)
    rows = dict.fromkeys(snapshot.ROWS, ())
    lines = [session.unsaved(CaseLine, **dict(zip(CASE_LINE, line, strict=True))) for line in _lines(draft, 0)]
    settle(case, event, snapshot.whole(case, {**rows, snapshot.LINES: lines}, event.salt))
    return event


def _origin(run: Run, draft: Draft) -> dict[str, Any]:
    return {"批次": run.batch_id, "文件": run.table.name, "行": draft.match.row.line, "单号": draft.match.row.no} | (
        {"工作表": run.table.sheet} if run.table.sheet else {}
    )


def _case(draft: Draft, batch_id: int | None) -> Case:
    row, order = draft.match.row, draft.order
    state = CaseState.CLOSED if row.ended else CaseState.DONE
    return session.unsaved(
        Case, no=draft.no, kind=row.kind, return_type=row.return_type, reason=row.reason or NO_REASON, note=row.note,
        shop=order["shop"], order_id=order["id"], order_no=order["no"], snapshot=_snapshot(draft),
        customer=order["customer"], region=row.region or order["region"], state=state, close_reason=row.ended,
        nodes=[], facts={}, amount=draft.amount, opened_at=row.opened_at, closed_at=row.closed_at,
        source=draft.match.source, batch_id=batch_id,
    )  # fmt: skip


def _snapshot(draft: Draft) -> dict[str, Any]:
    """Of the order, as much as the return is about."""
    order = draft.order
    return {
        "no": order["no"], "name": order["customer_name"], "mobile": order["mobile"], "email": order["email"],
        "lines": [
            {"sku": p.line["sku"], "title": p.line["title"], "quantity": p.line["quantity"],
             "paid": str(yuan(p.line[WORTH]) / 100)}
            for p in draft.portions
        ],
    }  # fmt: skip


def _lines(draft: Draft, case_id: int) -> list[list[Any]]:
    """A line per order line, so that each knows what it holds; goods come back only when the kind claims units."""
    claims = draft.match.row.claims
    return [
        [case_id, p.line["id"] if claims else None, p.line["sku"], p.line["title"], _price(p.line),
         yuan(p.fen) / 100, p.units, p.units if claims else 0]
        for p in draft.portions
    ]  # fmt: skip
