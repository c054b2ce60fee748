"""The tables beside the approval table as people read them on a phone: a line a row, the long ones shortened. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flow.definitions import charges
from flow.definitions.choices import ADDRESSES, POLICIES, WAREHOUSE
from flow.definitions.choices import COLUMNS as CHOSEN
from flow.definitions.conditions import word
from flow.definitions.eligibility import BY, OUTCOME, SAYS, Limit
from flow.definitions.policy import BORNE, OWN, Authority, Burden, Tier
from flow.definitions.schema import keys_of, words_of
from flow.definitions.vocabulary import QUORUM, RISKY

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from flow.definitions.schema import Key

    Row = Mapping[str, Any]

TIERS, LIMITS, BURDENS = "审批表", "资格", "承担"
OF_POLICY = (LIMITS, OWN, BURDENS, charges.TABLE)
OF_ALL = (POLICIES, ADDRESSES, RISKY)  #: which every policy shares
TABLES = (TIERS, *OF_POLICY, *OF_ALL)
MAX_ROWS = 5  #: of a table that is not asked for by its name
#: of each table: what a row is called by, then what it says; every other column is a condition
KEYS: Mapping[str, tuple[Key, ...]] = {
    TIERS: keys_of(Tier), LIMITS: keys_of(Limit), BURDENS: keys_of(Burden), OWN: keys_of(Authority),
    charges.TABLE: keys_of(charges.Charge), **CHOSEN,
}  # fmt: skip
COLUMNS: Mapping[str, Sequence[str]] = {table: words_of(keys) for table, keys in KEYS.items()}


def table_lines(table: str, rows: Sequence[Row]) -> list[str]:
    """Every row of one table, with all that it says; a table without rows says so."""
    shared = "，所有政策共用" if table in OF_ALL else ""
    how = "符合的每一行都算，金额是货款" if table == charges.TABLE else "从上往下第一条符合的算数"
    head = f"{table}（{len(rows)} 行{shared}），{how}："
    lines = [f"{n}. {_line(table, row, whole=True)}" for n, row in enumerate(rows, 1)]
    return [head, *lines] if rows else [f"{table}还没有行{shared}"]


def overview(tables: Mapping[str, Sequence[Row]]) -> Iterator[str]:
    """The tables that have rows, each with its first ones."""
    for table, rows in tables.items():
        if not rows:
            continue
        yield f"{table}（{len(rows)} 行{'，所有政策共用' if table in OF_ALL else ''}）："
        yield from (f"{n}. {_line(table, row, whole=False)}" for n, row in enumerate(rows[:MAX_ROWS], 1))
        if len(rows) > MAX_ROWS:
            yield f"……还有 {len(rows) - MAX_ROWS} 行，看全部：规则 {table}"


def _line(table: str, row: Row, *, whole: bool) -> str:
    name, own = COLUMNS[table][0], COLUMNS[table]
    asks = "，".join(f"{fact} {_spelt(cell)}" for fact, cell in row.items() if fact not in own and cell is not None)
    says = _SAYS[table](row)
    spoken = f"：{row[SAYS]}" if whole and row.get(SAYS) else ""
    return f"{row.get(name)}：{asks or '其余'}{f' → {says}' if says else ''}{spoken}"


def _spelt(cell: Any) -> str:
    return word(cell).replace("<=", "≤").replace(">=", "≥")


def _tier(row: Row) -> str:
    people = f"，{row[QUORUM]} 人同意" if row.get(QUORUM) else ""
    return f"{row.get('审批')}{people}{_when(row)}"


def _limit(row: Row) -> str:
    by = row.get(BY) or ()
    roles = by if isinstance(by, str) else "、".join(map(str, by))
    return f"{row.get(OUTCOME)}{f'（{roles}）' if roles else ''}"


def _authority(row: Row) -> str:
    day = f"，每天 ¥{row['每天']}" if row.get("每天") is not None else ""
    return f"自己定，每单 ¥{row.get('每单')}{day}{_when(row)}"


def _when(row: Row) -> str:
    return f"，{row['退款时机']}后退款" if row.get("退款时机") else ""


def _burden(row: Row) -> str:
    return "，".join(f"{column} {row[column]}" for column in BORNE if row.get(column))


def _charge(row: Row) -> str:
    return f"{row.get(charges.SIGN) or charges.LESS} {row.get(charges.FORMULA)}"


def _address(row: Row) -> str:
    place = " ".join(str(row[column]) for column in ("收件人", "电话", "地址") if row.get(column))
    return f"{place}{f'（{row[WAREHOUSE]}）' if row.get(WAREHOUSE) else ''}"


_SAYS: Mapping[str, Callable[[Row], str]] = {
    TIERS: _tier, LIMITS: _limit, OWN: _authority, BURDENS: _burden, charges.TABLE: _charge,
    POLICIES: lambda row: f"政策 {row.get('政策')}", ADDRESSES: _address, RISKY: lambda row: "",
}  # fmt: skip
