"""The seven sheets of one flow and one policy, as tables."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flow.definitions import yamlfile
from flow.definitions.business import FLOW, POLICY
from flow.workbook import flows, limits, moves, nodes, notices, reasons, roles, tiers

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flow.workbook.tables import Table

Key = tuple[str, str]
REASONS, ROLES, NOTICES = ("reasons", "reasons"), ("roles", "roles"), ("notices", "notices")
HIDDEN = ("版本", "选项")  #: sheets that people do not see
NAMES = (nodes.SHEET, moves.SHEET, tiers.SHEET, limits.SHEET, reasons.SHEET, roles.SHEET, notices.SHEET)
MAY_ADD = frozenset({tiers.SHEET, reasons.SHEET, roles.SHEET})  #: sheets whose columns are the business's own words


@dataclass(frozen=True, slots=True)
class Source:
    """The definition that a workbook shows, as plain values."""

    flow: Mapping[str, Any]
    policy: Mapping[str, Any]
    reasons: Mapping[str, Any]
    roles: Mapping[str, Any]
    notices: Mapping[str, Any]


def source(bundle: Mapping[Key, str], flow: str, policy: str) -> Source:
    """The plain values of a bundle's texts; a text that is missing has none."""
    keys = ((FLOW, flow), (POLICY, policy), REASONS, ROLES, NOTICES)
    return Source(*(yamlfile.read(bundle[key]) if key in bundle else {} for key in keys))


def show(old: Source) -> dict[str, Table]:
    """Every sheet by its name, in the order of the workbook."""
    found = {
        **flows.show(old.flow),
        tiers.SHEET: tiers.show(old.policy),
        reasons.SHEET: reasons.show(old.reasons),
        roles.SHEET: roles.show(old.roles),
        notices.SHEET: notices.show(old.notices),
    }
    return {name: found[name] for name in NAMES}


def changed(old: Source, new: Source, flow: str, policy: str) -> dict[Key, Mapping[str, Any]]:
    """The values that are not what they were, by kind and name; the order of nodes and buttons counts too."""
    pairs = {
        (FLOW, flow): (old.flow, new.flow), (POLICY, policy): (old.policy, new.policy),
        REASONS: (old.reasons, new.reasons), ROLES: (old.roles, new.roles), NOTICES: (old.notices, new.notices),
    }  # fmt: skip
    return {key: data for key, (was, data) in pairs.items() if repr(was) != repr(data)}
