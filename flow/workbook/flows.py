"""A flow out of its three sheets: nodes, where they lead, and their limits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flow.workbook import limits, moves, nodes
from flow.workbook.tables import merged

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flow.workbook.errors import Problems
    from flow.workbook.tables import Table


def show(flow: Mapping[str, Any]) -> dict[str, Table]:
    """The three sheets of a flow by their names."""
    return {table.name: table for table in (nodes.show(flow), moves.show(flow), limits.show(flow))}


def read(tables: Mapping[str, Table], old: Mapping[str, Any], problems: Problems) -> dict[str, Any]:
    """The flow as the sheets say it, with what they cannot show kept from the ``old`` one."""
    before = {str(name): raw for name, raw in old.get("节点", {}).items()}
    lines, bodies = nodes.read(tables[nodes.SHEET], old, problems)
    ways = moves.read(tables[moves.SHEET], old, bodies, problems)
    allowed = limits.read(tables[limits.SHEET], bodies, problems)
    found = {}
    for name, body in bodies.items():
        was = before.get(name, {})
        changed = {key: value for key, value in ways[name].items() if value or was.get(key)}
        found[name] = limits.with_limits(name, merged(body, changed), was, allowed)
    asked = nodes.read_opening(tables[nodes.SHEET], old, problems)
    return merged(old, {"节点": found, **nodes.read_entries(lines, old, problems), **asked})
