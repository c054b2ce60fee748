"""Owners, limits, conditions and plain values of a definition as a person says them. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flow.definitions.conditions import CellError, word
from flow.definitions.flow import EVERYONE, Branch, Field, Node
from flow.definitions.flow_reader import owner_of
from flow.definitions.schema import Value, keys_of, words_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import timedelta

    from flow.definitions.conditions import When
    from flow.definitions.flow import OwnerRule

NOTHING = "没有"
BY_POLICY = "按审批表"
[OWNER] = words_of(keys_of(Node), Value.OWNER)
OWNERS = (OWNER, "派给")  #: keys whose value is an owner rule
[WHEN] = words_of(keys_of(Branch), Value.CONDITIONS)
WHENS = (WHEN, *(word for word in words_of(keys_of(Field), Value.CONDITIONS) if word != WHEN))  #: values are conditions
_UNITS = ((86400, "天"), (3600, "小时"), (60, "分钟"))
_COMPARES = ("<", ">", "≤", "≥")


def limit_words(limit: timedelta) -> str:
    """The largest unit of which the limit fills three or more: 15天, but 24小时 and 48小时."""
    seconds = int(limit.total_seconds())
    size, unit = next((u for u in _UNITS if seconds % u[0] == 0 and seconds >= 3 * u[0]), _UNITS[-1])
    return f"{seconds // size}{unit}"


def owner_words(rule: OwnerRule, *, whole: bool = False) -> str:
    """``维修主管（同区域，轮流）``; ``whole`` also says whom it prefers and who stands in."""
    details = [f"同{fact}" for fact in rule.same]
    details += [rule.dealing] if rule.dealing != EVERYONE else []
    if whole:
        details += [f"首选 {rule.prefer}"] if rule.prefer else []
        details += [f"否则 {rule.fallback}"] if rule.fallback else []
    named = f"{rule.region or ''}{_named(rule)}"
    return f"{named}（{'，'.join(details)}）" if details else named


def _named(rule: OwnerRule) -> str:
    if rule.by_policy:
        return BY_POLICY
    ways = (rule.role, rule.person, rule.team and f"团队 {rule.team}", rule.table and f"分派表 {rule.table}")
    return next((way for way in ways if way), "提交人上级" if rule.creators_manager else NOTHING)


def cells_words(cells: Iterable[tuple[str, Any]]) -> str:
    """``金额>1000、类型=质量问题``; blank cells ask for nothing and are not said."""
    return "、".join(_cell(fact, value) for fact, value in cells if value not in (None, ""))


def _cell(fact: str, value: Any) -> str:
    text = word(value) if isinstance(value, bool) else str(value)
    return f"{fact}{text}" if text.startswith(_COMPARES) else f"{fact}={text}"


def when_words(when: When) -> str:
    """Conditions that have been read."""
    return cells_words((cell.fact, cell.text) for cell in when.cells)


def value_words(value: Any, key: str = "") -> str:
    """Any value of a definition; ``key`` says what it is the value of."""
    if value is None or value == "" or value == [] or value == {}:
        return NOTHING
    if isinstance(value, bool):
        return word(value)
    if isinstance(value, dict):
        return _mapping(value, key)
    if isinstance(value, list):
        return "、".join(value_words(item) for item in value)
    return str(value)


def _mapping(value: Mapping[str, Any], key: str) -> str:
    if key in WHENS:
        return cells_words(value.items())
    if key in OWNERS:
        try:
            return owner_words(owner_of(value), whole=True)
        except CellError:  # still to be mended by its author, who wants to see what is written
            pass
    return "，".join(_quality(str(name), value_words(item, str(name))) for name, item in value.items())


def _quality(name: str, words: str) -> str:
    return f"{name}{words}" if words.startswith(_COMPARES) else f"{name} {words}"
