"""Which sheet, header and mapping a file is read by, and what its operator should know of that."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from flow.imports.alike import nearest
from flow.imports.mapping import FOLDER, load_mapping
from flow.imports.names import MOMENTS, REQUIRED, read_for
from flow.imports.report import FIX_COLUMNS, KINDS, ImportRefused
from flow.imports.table import clean
from flow.spreadsheets.places import column_letters

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from flow.imports.mapping import Mapping
    from flow.imports.table import Row, Table

SHIPPED = {
    "orders": ("default", "pinduoduo", "shopify", "amazon", "online-retail"),
    "cases": ("cases", "online-retail"),
    "members": ("members",),
    "products": ("products",),
}
SHOWN_COLUMNS = 12
SHOWN_ROWS = 8


class _Fit(NamedTuple):
    """The row of a sheet that is most like a header: where it stands, how many required columns it lacks."""

    sheet: str
    place: int
    lacks: int
    rows_below: bool


def fitted(kind: str, table: Table, given: Mapping | None) -> Mapping:
    """The mapping for a file whose header may stand below a title, on any sheet: the first row that fits is it.

    Raises ImportRefused naming the columns found and those wanted, where the best row lacks some; and the sheets,
    where several could be meant and nobody has said which.
    """
    candidates = _candidates(kind, given)
    fits = [_best(kind, sheet, rows, candidates) for sheet, rows in _meant(table, given).items()]
    whole = [fit for fit in fits if not fit.lacks]
    filled = [fit for fit in whole if fit.rows_below] or whole
    if len(filled) > 1:
        raise ImportRefused(_which(kind, table, filled))
    found = filled[0] if filled else min(fits, key=lambda fit: fit.lacks)
    table.begin(found.place, found.sheet)
    if table.head.problem:
        raise ImportRefused(f"{table.name} 的表头（第 {table.head.line} 行）不能用：{table.head.problem}")
    try:
        mapping = choose(kind, table.header, given)
    except ImportRefused as error:
        looked = f"；看的是工作表“{found.sheet}”，另外还有：{table.others}" if table.others else ""
        raise ImportRefused(f"{error}{looked}") from error
    table.dated = frozenset(at for name, at in mapping.positions(table.header).items() if name in MOMENTS)
    return mapping


def _meant(table: Table, given: Mapping | None) -> dict[str, list[Row]]:
    """The sheets that may be meant, each with the rows at its top. Raises ImportRefused for one that is not there."""
    if not given or not given.sheet:
        return table.tops
    same = {name: rows for name, rows in table.tops.items() if name and clean(name) == clean(given.sheet)}
    if not same:
        there = f"有的是：{'、'.join(table.tops)}" if any(table.tops) else "它不是工作簿"
        raise ImportRefused(f"{table.name} 里没有工作表“{given.sheet}”，{there}")
    return same


def _best(kind: str, sheet: str, rows: Sequence[Row], candidates: Sequence[Mapping]) -> _Fit:
    """The first row that lacks nothing, else the one that lacks least."""
    lacks = [min(len(each.missing(row.cells, _required(kind, each))) for each in candidates) for row in rows]
    place = lacks.index(min(lacks))
    return _Fit(sheet, place, lacks[place], place + 1 < len(rows))


def _which(kind: str, table: Table, fits: Sequence[_Fit]) -> str:
    """Several sheets have the header: which of them is asked, for rows that are read twice or not at all are wrong."""
    named = "、".join(f"{fit.sheet}{table.hidden(fit.sheet)}" for fit in fits)
    return (
        f"{table.name} 有 {len(fits)} 张工作表都像{KINDS[kind]}表：{named}。什么都没有导入；"
        f"一次导入一张：加 --sheet {fits[0].sheet}（或在映射文件里写 工作表: {fits[0].sheet}），导完再导下一张"
    )


def _candidates(kind: str, given: Mapping | None) -> list[Mapping]:
    """The mapping that was given; one that only names a sheet leaves the columns to the shipped ones."""
    return [given] if given and given.columns else [load_mapping(FOLDER / f"{name}.yaml") for name in SHIPPED[kind]]


def choose(kind: str, header: Sequence[str], given: Mapping | None) -> Mapping:
    """The mapping for a header: the one given, or the first shipped one whose required columns are there.

    Raises ImportRefused naming the columns found and those wanted.
    """
    candidates = _candidates(kind, given)
    lacks = {mapping.name: mapping.missing(header, _required(kind, mapping)) for mapping in candidates}
    for mapping in candidates:
        if not lacks[mapping.name]:
            _check_twice(mapping, header)
            return replace(mapping, amounts=given.amounts) if given and given.amounts else mapping
    mapping = min(candidates, key=lambda each: len(lacks[each.name]))
    missing = lacks[mapping.name]
    found = "、".join(cell for cell in header if cell)
    advice = "请改映射文件" if given and given.columns else "请改表头或用 --mapping 给出映射文件"
    raise ImportRefused(
        f"文件里的列是 {found}；按映射 {mapping.name} 还缺 {'、'.join(missing)}{_slips(mapping, missing, header)}，"
        f"{advice}（写法见 docs/data.md）"
    )


def _slips(mapping: Mapping, missing: Sequence[str], header: Sequence[str]) -> str:
    """What each missing column may be called, and a heading that looks like it."""
    told = []
    for name in missing:
        known = mapping.columns.get(name, (name,))
        near = next((cell for cell in header if cell and nearest(cell, known)), "")
        also = f"也认 {'、'.join(other for other in known if other != name)[:60]}" if len(known) > 1 else ""
        like = f"文件里的“{near}”像是它" if near else ""
        if also or like:
            told.append(f"{name}{'，'.join(part for part in (also, like) if part)}")
    return f"（{'；'.join(told)}）" if told else ""


def remarks(kind: str, mapping: Mapping, table: Table) -> list[str]:
    """What an operator should know of how the file was understood; known when its rows were read."""
    said = _of_sheets(table)
    if table.titles:
        titles = "；".join(" ".join(cell for cell in row.cells if cell)[:30] for row in table.titles[:3])
        said.append(f"表头在第 {table.head.line} 行，上面的 {len(table.titles)} 行没有读：{titles}")
    if table.again:
        lines = sorted(table.again)
        more = " 等" if len(lines) > SHOWN_ROWS else ""
        said.append(f"第 {'、'.join(map(str, lines[:SHOWN_ROWS]))} 行{more}又是一次表头，没有当成数据")
    names = read_for(kind, returns=mapping.returns is not None)
    places = {name: place for name, place in mapping.positions(table.header).items() if name in names}
    others = [cell for n, cell in enumerate(table.header) if cell and n not in places.values()]
    others = [cell for cell in others if cell not in FIX_COLUMNS]
    others += [f"{column_letters(place + 1)} 列（没有表头）" for place in sorted(table.nameless)]
    if others:
        more = f" 等 {len(others)} 列" if len(others) > SHOWN_COLUMNS else ""
        wanted = {word for name in names if name not in places for word in mapping.columns.get(name, (name,))}
        said.append(f"没有用到的列：{'、'.join(others[:SHOWN_COLUMNS])}{more}{_asked(others, wanted)}")
    return said + _of_hidden(table, places.values())


def _asked(others: Iterable[str], wanted: Iterable[str]) -> str:
    """Which unused columns look like one that the file does not have."""
    near = ((cell, nearest(cell, wanted)) for cell in others)
    told = [f"“{cell}”是不是 {word}？" for cell, word in near if word]
    return f"（{''.join(told)}是的话把表头改成这个名字，或写进映射）" if told else ""


def _of_sheets(table: Table) -> list[str]:
    said = []
    if table.others:
        said.append(f"读的是工作表“{table.sheet}”，没有读：{table.others}；也要导入的，加 --sheet 指明")
    if table.from_1904:
        said.append("这个工作簿的日期从 1904 年数起，写成数字的日期照这样读")
    return said


def _of_hidden(table: Table, places: Iterable[int]) -> list[str]:
    """What nobody sees who looks at the sheet, and was read all the same."""
    said = []
    if rows := [str(line) for line in table.hidden_rows if line > table.head.line]:
        more = f" 等 {len(rows):,} 行" if len(rows) > SHOWN_ROWS else " 行"
        said.append(
            f"第 {'、'.join(rows[:SHOWN_ROWS])}{more}在表格里是隐藏的（筛选掉了，或手工隐藏），一样读了；不要的请先删掉"
        )
    if columns := [table.header[place] for place in sorted(places) if place in table.hidden_columns]:
        said.append(f"隐藏的列一样读了：{'、'.join(columns)}")
    return said


def _required(kind: str, mapping: Mapping) -> tuple[str, ...]:
    """Return lines among order lines are read as orders are, a table of cases has columns of its own."""
    return REQUIRED["orders"] if kind == "cases" and mapping.returns else REQUIRED[kind]


def _check_twice(mapping: Mapping, header: Sequence[str]) -> None:
    """A name that stands twice in the header leaves open which column is meant."""
    used = {header[place] for place in mapping.positions(header).values()}
    if twice := sorted(name for name in used if list(header).count(name) > 1):
        raise ImportRefused(f"表头里有重复的列：{'、'.join(twice)}，请删掉或改名")
