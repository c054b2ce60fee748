"""The sheet 时限: every limit of a flow at a glance, and the only place where they are edited."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flow.definitions.flow import HUMAN, WAIT
from flow.workbook.tables import Head, merged, spelling, table
from flow.workbook.values import LIMIT, text_of
from flow.workbook.words import meant, plain

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from flow.workbook.errors import Problems
    from flow.workbook.tables import Line, Table

SHEET = "时限"
NODE, LEVEL, LIMIT_OF = "节点", "分级", "时限"
HEADS = (
    Head(NODE, "哪个节点", 16, names_of="节点"),
    Head(LEVEL, "分级的节点写哪一级；空着是整个节点的", 14),
    Head(LIMIT_OF, "30分钟、24小时、15天", 12, ("30分钟", "4小时", "24小时", "48小时", "7天", "15天")),
)
Limits = dict[tuple[str, str], "Line"]


def show(flow: Mapping[str, Any]) -> Table:
    """The sheet of a flow: nodes that people or the world move, and their levels."""
    return table(SHEET, HEADS, (row for name, raw in flow.get("节点", {}).items() for row in _rows(str(name), raw)))


def _rows(node: str, raw: Mapping[str, Any]) -> Iterator[dict[str, str]]:
    if raw.get("类型") in {HUMAN, WAIT} or raw.get(LIMIT_OF):
        yield {NODE: node, LEVEL: "", LIMIT_OF: LIMIT.show(raw.get(LIMIT_OF))}
    for level in _levels(raw):
        yield {NODE: node, LEVEL: text_of(level.get("名")), LIMIT_OF: LIMIT.show(level.get(LIMIT_OF))}


def _levels(raw: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [level for level in raw.get("分级") or [] if isinstance(level, dict)]


def read(sheet: Table, nodes: Mapping[str, Mapping[str, Any]], problems: Problems) -> Limits:
    """The rows by node and level; each of them must be there, once."""
    found: Limits = {}
    spelled = spelling(nodes)
    for line in sheet.lines(problems):
        node, level = spelled.get(plain(line[NODE]), ""), plain(line[LEVEL])
        levels = [plain(text_of(each.get("名"))) for each in _levels(nodes.get(node, {}))]
        if not node:
            line.wrong(NODE, f"没有节点“{line[NODE]}”{meant(plain(line[NODE]), nodes)}" if line[NODE] else "空着")
        elif level and level not in levels:
            line.wrong(LEVEL, f"节点“{node}”没有这一级“{level}”{meant(level, levels)}")
        elif (node, level) in found:
            line.wrong("", f"“{node}{level and ' '}{level}”在第 {found[node, level].row.number} 行已经有了")
        else:
            found[node, level] = line
    return found


def with_limits(name: str, node: Mapping[str, Any], old: Mapping[str, Any], limits: Limits) -> dict[str, Any]:
    """A node and its levels with the limits of the sheet; a row that is gone takes the limit away."""
    before = {level.get("名"): level for level in _levels(old)}
    new: dict[str, Any] = {LIMIT_OF: _limit(limits.get((name, "")), old)}
    if levels := _levels(node):
        rows = [(level, limits.get((name, plain(text_of(level.get("名")))))) for level in levels]
        new["分级"] = [merged(level, {LIMIT_OF: _limit(line, before.get(level.get("名"), {}))}) for level, line in rows]
    return merged(node, new)


def _limit(line: Line | None, old: Mapping[str, Any]) -> Any:
    return line.value(LIMIT_OF, LIMIT, old.get(LIMIT_OF)) if line else None
