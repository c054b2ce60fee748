"""The sheet 节点: one row a node, without its ways (流转) and its limits (时限)."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from flow.definitions.conditions import CellError
from flow.definitions.flow import (
    ALL,
    ANY,
    DEALING,
    JOIN,
    KINDS,
    OPTIONAL,
    REASON,
    REQUIRED,
    SUBMISSION,
    Field,
    Flow,
    Level,
    Node,
    OwnerRule,
)
from flow.definitions.identities import id_in
from flow.definitions.schema import ID, Value, keys_of, words_of
from flow.workbook import owners
from flow.workbook.columns import codecs, from_left, heads
from flow.workbook.tables import Head, merged, spelling, table, unique
from flow.workbook.values import LIMIT, NAMES, one_of, text_of
from flow.workbook.words import meant, plain

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from flow.workbook.errors import Problems
    from flow.workbook.tables import Line, Table

SHEET = "节点"
NAME, KIND, ENTRY, OWNER, WAIT = "节点", "类型", "入口", "负责人", "等"
START, WITHDRAW, REOPEN, AMEND = "开始", "撤单", "重开", "退回"
KEYS = keys_of(Node)
[FORM], [ASKED] = words_of(KEYS, Value.FORM), words_of(keys_of(Flow), Value.FORM)
CODECS = codecs(KEYS)
HEADS = from_left(
    heads(KEYS),
    heads(keys_of(OwnerRule)),
    [
        (0, Head(NAME, "名字。别的表用它指这个节点；改名只改这一格就行，写着旧名的别处跟着改", 14)),
        (300, Head(ID, "机器人靠它认出改了名的节点：名字可以改，这一格不要动；新加的行空着", 8, spare=True)),
        (
            20,
            Head(
                ENTRY,
                "开始：新单从这里开始（只能有一个）\n撤单：提交人撤单后来这里\n重开 7天：结束后几天内可以重开到这里\n"
                "退回：退给提交人改的到这里；一定要写理由就写 退回 必填",
                12,
                (START, WITHDRAW, f"{REOPEN} 7天", AMEND),
            ),
        ),
    ],
)
HEADS = tuple(replace(head, picks=(*head.picks, SUBMISSION)) if head.name == KIND else head for head in HEADS)
HEADINGS = frozenset(head.name for head in HEADS)
_REOPEN = re.compile(rf"{REOPEN}\s*(.*)")
_AMEND = re.compile(rf"{AMEND}(?:\s*({REQUIRED}|{OPTIONAL}))?")
_DEALING = one_of(DEALING)
_JOINS = one_of((ALL, ANY))
_NODES = [word for word in CODECS if word in words_of(KEYS, Value.NODES, Value.NODE)]  #: keys that name nodes
_IN_LINES = words_of(KEYS, Value.LEVELS, Value.FORM)  #: keys with a line of their cell for each item
#: what such a line says of its item
_SHOWN = {
    key.word
    for part in (Field, Level)
    for key in keys_of(part)
    if key.value not in (Value.OWN_NAME, Value.LIMIT, Value.ID)
}


def show(flow: Mapping[str, Any]) -> Table:
    """The sheet of a flow."""
    entries = _entries(flow)
    asked = flow.get(ASKED)
    first = [{NAME: SUBMISSION, KIND: SUBMISSION, FORM: CODECS[FORM].show(asked)}] if asked else []
    nodes = (_cells(name, raw, entries) for name, raw in flow.get("节点", {}).items())
    return table(SHEET, HEADS, [*first, *nodes])


def _cells(name: Any, raw: Mapping[str, Any], entries: Mapping[str, str]) -> dict[str, str]:
    owner = raw.get(OWNER)
    cells = {key: codec.show(raw.get(key)) for key, codec in CODECS.items()}
    dealing = text_of(owner.get(owners.DEALING)) if isinstance(owner, dict) else ""
    return {
        NAME: str(name),
        ID: id_in(str(name), raw),
        ENTRY: entries.get(str(name), ""),
        owners.DEALING: dealing,
        **cells,
    }


def _entries(flow: Mapping[str, Any]) -> dict[str, str]:
    """What each node is to the flow as a whole."""
    reopening = flow.get(REOPEN)
    words = [(flow.get(START), START), (flow.get(WITHDRAW), WITHDRAW)]
    if isinstance(reopening, dict):
        words.append((reopening.get("到"), f"{REOPEN} {text_of(reopening.get('期限'))}"))
    if isinstance(amending := flow.get(AMEND), dict):
        words.append((amending.get("到"), f"{AMEND} {text_of(amending.get(REASON))}".strip()))
    found: dict[str, list[str]] = {}
    for name, entry in words:
        found.setdefault(text_of(name), []).append(entry)
    return {name: NAMES.show(entries) for name, entries in found.items()}


def read(
    sheet: Table, flow: Mapping[str, Any], problems: Problems
) -> tuple[dict[str, Line], dict[str, dict[str, Any]]]:
    """The rows by the node's name, and the nodes: as they were, with what the sheet says now."""
    old = {str(name): raw for name, raw in flow.get("节点", {}).items()}
    every = sheet.lines(problems)
    lines = unique([line for line in every if not _is_opening(line)], NAME, spelling(old))
    spelled = spelling(lines)
    nodes = {name: _node(line, old.get(name, {}), spelled) for name, line in lines.items()}
    return lines, nodes


def _is_opening(line: Line) -> bool:
    return plain(line[KIND]) == SUBMISSION


def read_opening(sheet: Table, flow: Mapping[str, Any], problems: Problems) -> dict[str, Any]:
    """What a case is asked for at the opening, as the row of that kind says it; None where there is no such row."""
    rows = [line for line in sheet.lines(problems) if _is_opening(line)]
    for line in rows[1:]:
        line.wrong(KIND, f"“{SUBMISSION}”已经写在第 {rows[0].row.number} 行，只能有一行")
    for line in rows[:1]:
        for head in HEADINGS - {NAME, KIND, FORM}:
            if line[head]:
                line.wrong(head, f"{SUBMISSION}这一行只写“{FORM}”，别的请空着")
    old = flow.get(ASKED)
    form = _kept(rows[0].value(FORM, CODECS[FORM], old), old) if rows else None
    return {ASKED: form} if form or old else {}


def _node(line: Line, old: Mapping[str, Any], spelled: Mapping[str, str]) -> dict[str, Any]:
    apart = {OWNER, *_NODES}
    new = {key: line.value(key, codec, old.get(key)) for key, codec in CODECS.items() if key not in apart}
    if not line[KIND]:
        line.wrong(KIND, "空着，写 " + "、".join(KINDS))
    if new[KIND] == JOIN:
        new[WAIT] = line.value(WAIT, _JOINS, old.get(WAIT))
    new |= _other_nodes(line, old, spelled)
    new[OWNER] = _owner(line, old.get(OWNER))
    for key in _IN_LINES:
        new[key] = _kept(new[key], old.get(key))
    return merged(old, new)


def _other_nodes(line: Line, old: Mapping[str, Any], spelled: Mapping[str, str]) -> dict[str, Any]:
    """Branches, join and whatever else names nodes, each of which must be there."""
    found = {}
    for key in _NODES:
        value = line.value(key, CODECS[key], old.get(key))
        if isinstance(value, list) and value is not old.get(key):
            value = [spelled.get(name, name) for name in value]
        elif value is not None and not isinstance(value, list):
            value = spelled.get(plain(str(value)), value)
        found[key] = value
    for key, value in found.items():
        for name in value if isinstance(value, list) else [value] if value else []:
            if name not in spelled.values():
                line.wrong(key, f"没有节点“{name}”{meant(str(name), spelled.values())}")
    return found


def _owner(line: Line, old: Any) -> Any:
    """Two cells make an owner rule; the column 派法 wins over the word in the other one."""
    rule = line.value(OWNER, owners.OWNER, old)
    before = old.get(owners.DEALING) if isinstance(old, dict) else None
    dealing = line.value(owners.DEALING, _DEALING, before)
    if not isinstance(rule, dict):
        if dealing:
            line.wrong(OWNER, f"空着，可是“{owners.DEALING}”写了{dealing}")
        return rule
    said = None if rule is old else rule.get(owners.DEALING)
    return rule if dealing == rule.get(owners.DEALING) else merged(rule, {owners.DEALING: dealing or said})


def _kept(new: Any, old: Any) -> Any:
    """Fields and levels with what their cells cannot show, taken from those of the same name."""
    if not isinstance(new, list) or not isinstance(old, list) or new is old:
        return new
    before = {item.get("名"): item for item in old if isinstance(item, dict)}
    hidden = {name: {k: v for k, v in item.items() if k not in _SHOWN} for name, item in before.items()}
    return [item | hidden.get(item["名"], {}) for item in new]


def read_entries(lines: Mapping[str, Line], flow: Mapping[str, Any], problems: Problems) -> dict[str, Any]:
    """The flow's own keys 开始, 撤单, 重开 and 退回; those are left as they were whose cells say what they said."""
    before = _entries(flow)
    if all(plain(line[ENTRY]) == plain(before.get(name, "")) for name, line in lines.items()) and set(before) <= {
        *lines,
        "",
    }:
        return {}
    found: dict[str, Any] = {START: None, WITHDRAW: None, REOPEN: None, AMEND: None}
    for name, line in lines.items():
        for key, value in _entry(line, name):
            if found[key] is not None:
                line.wrong(ENTRY, f"“{key}”已经写在别的节点上，只能有一个")
            found[key] = value
    if found[START] is None:
        problems.at(SHEET, 0, ENTRY, f"没有一个节点写着“{START}”")
    return found


def _entry(line: Line, name: str) -> Iterator[tuple[str, Any]]:
    for word in NAMES.read(line[ENTRY]):
        if word in {START, WITHDRAW}:
            yield word, name
        elif match := _AMEND.fullmatch(word):
            yield AMEND, {"到": name} | ({REASON: match[1]} if match[1] else {})
        elif match := _REOPEN.fullmatch(word):
            try:
                yield REOPEN, {"到": name, "期限": LIMIT.read(match[1] or "空着")}
            except CellError as error:
                line.wrong(ENTRY, str(error))
        else:
            line.wrong(ENTRY, f"“{word}”看不懂，可写 {START}、{WITHDRAW}、{REOPEN} 7天、{AMEND}")
