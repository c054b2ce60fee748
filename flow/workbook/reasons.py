"""The sheet 原因: one row a return type, a column for each strategy key."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flow.definitions.identities import id_in
from flow.definitions.schema import ID
from flow.workbook.tables import Head, merged, spelling, table, unique
from flow.workbook.values import NAMES, WORD, text_of
from flow.workbook.words import meant, plain

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from flow.workbook.errors import Problems
    from flow.workbook.tables import Line, Table

SHEET = "原因"
TYPE, FLOW, ALIASES = "退货类型", "流程", "别名"
_LISTS = (FLOW, ALIASES)
_NOTES = {
    FLOW: "走哪条流程；几条都可以走就用 、隔开", "路由": "质检部：先由客服审核；仓库：直接等收货",
    "责任": "写进质检报告", "运费": "谁出运费", "成本": "记在哪个成本口子",
    "次品": "查出次品时：退款 照退；协商 先和客户谈",
}  # fmt: skip
STRATEGY_NOTE = "这一类带的策略，流程的条件可以用；想加一项就加一列"


def show(reasons: Mapping[str, Any]) -> Table:
    """The sheet of the return types."""
    types = reasons.get(TYPE) or {}
    heads = [Head(key, _NOTES.get(key, STRATEGY_NOTE), 30 if key == FLOW else 12) for key in keys(reasons)]
    heads = [Head(TYPE, "名字，客服打字时写它或别名", 16), *heads, Head(ALIASES, "还可以怎么说，用 、隔开", 34)]
    heads += [Head(ID, "机器人靠它认出改了名的类型：名字可以改，这一格不要动；新加的行空着", 8, spare=True)]
    rows = ({TYPE: str(name), **_cells(raw), ID: id_in(str(name), raw)} for name, raw in types.items())
    return table(SHEET, heads, rows)


def keys(reasons: Mapping[str, Any]) -> list[str]:
    """The strategy keys that have a column: plain values that some type has."""
    types = (reasons.get(TYPE) or {}).values()
    found = (str(key) for raw in types for key, value in raw.items() if key not in (*_LISTS, ID) and _is_plain(value))
    return list(dict.fromkeys([FLOW, *found]))


def _is_plain(value: Any) -> bool:
    return not isinstance(value, dict | list)


def _cells(raw: Mapping[str, Any]) -> dict[str, str]:
    plain_ones = {str(key): text_of(value) for key, value in raw.items() if _is_plain(value)}
    return plain_ones | {key: NAMES.show(raw.get(key)) for key in _LISTS}


def read(sheet: Table, reasons: Mapping[str, Any], problems: Problems) -> dict[str, Any]:
    """The return types with what the sheet says now."""
    old = {str(name): raw for name, raw in (reasons.get(TYPE) or {}).items()}
    lines = unique(sheet.lines(problems), TYPE, spelling(old))
    types = {name: _type(line, old.get(name, {}), sheet.headings) for name, line in lines.items()}
    return merged(reasons, {TYPE: types})


def _type(line: Line, old: Mapping[str, Any], headings: Iterable[str]) -> dict[str, Any]:
    shown = [heading for heading in headings if heading not in {TYPE, ID, *_LISTS} and _is_plain(old.get(heading))]
    new = {heading: line.value(heading, WORD, old.get(heading)) for heading in shown}
    new |= {key: line.value(key, NAMES, old.get(key)) for key in _LISTS}
    if isinstance(new[FLOW], list) and len(new[FLOW]) == 1:
        [new[FLOW]] = new[FLOW]
    if new[FLOW] is None:
        line.wrong(FLOW, "空着，写走哪条流程")
    return merged(old, new)


def check_flows(sheet: Table, flows: Iterable[str], problems: Problems) -> None:
    """Every type goes a flow that there is."""
    known = spelling(flows)
    for line in sheet.lines(problems):
        for said in map(plain, NAMES.read(line[FLOW])):
            if said not in known:
                line.wrong(FLOW, f"没有流程“{said}”{meant(said, known) or '，现在有 ' + '、'.join(known.values())}")
