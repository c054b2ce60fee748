"""The sheet 流转: where each action and each automatic node leads, one row per way."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flow.definitions import flow as d
from flow.definitions.conditions import CellError
from flow.definitions.flow import DANGER, OPTIONAL, REASON, REQUIRED
from flow.definitions.schema import Value, keys_of
from flow.workbook.columns import codecs, from_left, heads
from flow.workbook.tables import Codec, Head, merged, spelling, table
from flow.workbook.values import CONDITIONS, NAMES, text_of
from flow.workbook.words import joined, meant, names, plain, storable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from flow.workbook.errors import Problems
    from flow.workbook.tables import Line, Table

SHEET = "流转"
NODE, ACTION, WHEN, TO, RULE, STYLE = "节点", "动作", "条件", "去", "规则", "样式"
HANDS_OVER = "换人"
REASONED = {f"{REASON}{how}": how for how in (REQUIRED, OPTIONAL)}  #: 理由必填: how the cell says that it must be given
[STYLES] = [tuple(key.choices) for key in keys_of(d.Action) if key.value is Value.STYLE]
ONCE = codecs(keys_of(d.Action), Value.STYLE)  #: said once per action
HEADS = from_left(
    heads(keys_of(d.Branch)),
    heads(keys_of(d.Action)),
    [
        (0, Head(NODE, "从哪个节点", 14, names_of="节点")),
        (10, Head(ACTION, "按钮的字，十个字以内；自动节点和汇合节点空着", 12)),
    ],
)
Way = tuple[str, str, str]


def show(flow: Mapping[str, Any]) -> Table:
    """The sheet of a flow."""
    return table(SHEET, HEADS, (row for name, raw in flow.get("节点", {}).items() for row in _rows(str(name), raw)))


def _rows(node: str, raw: Mapping[str, Any]) -> Iterator[dict[str, str]]:
    if raw.get("去"):
        yield from _way_rows(node, "", raw["去"], {})
    for action, body in (raw.get("动作") or {}).items():
        once = {key: codec.show((body or {}).get(key)) for key, codec in ONCE.items()}
        yield from _way_rows(node, str(action), (body or {}).get("去"), {**once, STYLE: _style(body or {})})


def _way_rows(node: str, action: str, ways: Any, once: Mapping[str, str]) -> Iterator[dict[str, str]]:
    for n, (when, to, rule) in enumerate(_ways(ways) or [("", "", "")]):
        yield {NODE: node, ACTION: action, WHEN: when, TO: to, RULE: rule, **(once if n == 0 else {})}


def _ways(raw: Any) -> list[Way]:
    if isinstance(raw, list):
        return [_way(row) for row in raw]
    return [("", storable(str(raw)), "")] if raw else []


def _way(row: Mapping[str, Any]) -> Way:
    when, to, rule = CONDITIONS.show(row.get("当")), text_of(row.get("去")), text_of(row.get("规则"))
    return storable(when), storable(to), storable(rule)


def _style(body: Mapping[str, Any]) -> str:
    reason = text_of(body.get(REASON))
    words = [
        text_of(body.get(STYLE)), HANDS_OVER if body.get(HANDS_OVER) else "", f"{REASON}{reason}" if reason else "",
    ]  # fmt: skip
    return joined(word for word in words if word)


def read(sheet: Table, flow: Mapping[str, Any], nodes: Iterable[str], problems: Problems) -> dict[str, dict[str, Any]]:
    """The keys 去 and 动作 of every node that has rows."""
    old = {str(name): raw for name, raw in flow.get("节点", {}).items()}
    found: dict[str, dict[str, Any]] = {name: {"去": None, "动作": None} for name in nodes}
    for (node, action), lines in _groups(sheet.lines(problems), old, spelling(found)).items():
        before = old.get(node, {})
        if action:
            body = _action(lines, (before.get("动作") or {}).get(action), spelling(found))
            found[node]["动作"] = {**(found[node]["动作"] or {}), action: body}
        else:
            found[node]["去"] = _automatic(lines, before.get("去"), spelling(found))
    return found


def _groups(
    lines: Iterable[Line], old: Mapping[str, Any], nodes: Mapping[str, str]
) -> dict[tuple[str, str], list[Line]]:
    """Rows by node and action, in the order in which they stand."""
    groups: dict[tuple[str, str], list[Line]] = {}
    for line in lines:
        said = plain(line[NODE])
        if said not in nodes:
            line.wrong(NODE, f"没有节点“{said}”{meant(said, nodes.values())}" if said else "空着，写从哪个节点走")
            continue
        node = nodes[said]
        action = plain(line[ACTION])
        action = spelling((old.get(node, {}).get("动作") or {}).keys()).get(action, action)
        groups.setdefault((node, action), []).append(line)
    return groups


def _automatic(lines: list[Line], old: Any, nodes: Mapping[str, str]) -> Any:
    for line in lines:
        for heading in (*ONCE, STYLE):
            if line[heading]:
                line.wrong(heading, "只有写了“动作”的行才能写；自动节点办的事写在“节点”表的“办”")
        if not line[TO]:
            line.wrong(TO, "空着，写去哪个节点")
    return _go(lines, old, nodes)


def _action(lines: list[Line], old: Mapping[str, Any] | None, nodes: Mapping[str, str]) -> dict[str, Any] | None:
    before = old or {}
    style = _said_once(lines, STYLE, Codec(str, names), _style(before) or None)
    new: dict[str, Any] = {"去": _go(lines, before.get("去"), nodes)}
    new |= {key: _said_once(lines, key, codec, before.get(key)) for key, codec in ONCE.items()}
    if style != (_style(before) or None):
        new |= _styles(next((line for line in lines if line[STYLE]), lines[0]), style or [])
    if not new["去"] and HANDS_OVER not in NAMES.read(_only(lines, STYLE)):
        lines[0].wrong(TO, f"空着，写去哪个节点；转交这样不动单子的动作在“{STYLE}”写 {HANDS_OVER}")
    body = merged(before, new)
    return old if old is None and not body else body


def _styles(line: Line, words: list[str]) -> dict[str, Any]:
    if strange := [word for word in words if word not in STYLES]:
        line.wrong(
            STYLE,
            f"“{strange[0]}”不认识{meant(strange[0], STYLES) or '，'}可写 {DANGER} 或 {HANDS_OVER}，"
            f"还可以加 {'、'.join(REASONED)}",
        )
    reasons = [REASONED[word] for word in words if word in REASONED]
    if len(reasons) > 1:
        line.wrong(STYLE, f"{'、'.join(REASONED)} 只能写一样")
    return {
        STYLE: DANGER if DANGER in words else None,
        HANDS_OVER: True if HANDS_OVER in words else None,
        REASON: reasons[0] if reasons else None,
    }


def _only(lines: list[Line], heading: str) -> str:
    """What an action says once, on whichever of its rows."""
    return next((line[heading] for line in lines if line[heading]), "")


def _said_once(lines: list[Line], heading: str, codec: Codec, old: Any) -> Any:
    said = [line for line in lines if line[heading]]
    for line in said[1:]:
        if line[heading] != said[0][heading]:
            line.wrong(heading, f"和第 {said[0].row.number} 行不一样；一个动作的“{heading}”只写在第一行")
    return (said or lines)[0].value(heading, codec, old)


def _go(lines: list[Line], old: Any, nodes: Mapping[str, str]) -> Any:
    """Where to: the old value where the rows still show it, a name for one plain way, else a list."""
    said = [(line[WHEN], line[TO], line[RULE]) for line in lines]
    was = _ways(old)
    for line in lines:
        _check_target(line, nodes)
    if said == (was or [("", "", "")]):
        return old
    if len(said) == 1 and not said[0][0] and not said[0][2]:
        return _target(said[0][1], nodes) or None
    same = dict(zip(was, old, strict=True)) if isinstance(old, list) else {}
    return [same.get(way) or _branch(line, nodes) for way, line in zip(said, lines, strict=True)]


def _branch(line: Line, nodes: Mapping[str, str]) -> dict[str, Any]:
    try:
        when = CONDITIONS.read(line[WHEN])
    except CellError as error:
        line.wrong(WHEN, str(error))
        when = {}
    if not line[TO]:
        line.wrong(TO, "空着，写去哪个节点")
    row = {"当": when or None, "去": _target(line[TO], nodes), "规则": line[RULE] or None}
    return {key: value for key, value in row.items() if value is not None}


def _target(said: str, nodes: Mapping[str, str]) -> str:
    return nodes.get(plain(said), plain(said))


def _check_target(line: Line, nodes: Mapping[str, str]) -> None:
    said = plain(line[TO])
    if said and said not in nodes:
        line.wrong(TO, f"没有节点“{said}”{meant(said, nodes.values())}")
