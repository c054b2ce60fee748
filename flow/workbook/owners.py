"""Who gets the work, and the levels of a node, in words: ``角色 客服组长；同区域；否则 客服主管``."""

from __future__ import annotations

import re
from typing import Any

from flow.definitions.conditions import CellError
from flow.definitions.flow import OwnerRule
from flow.definitions.flow_reader import owner_of, read_limit
from flow.definitions.schema import Value, keys_of, words_of
from flow.definitions.vocabulary import QUORUM
from flow.workbook.tables import Codec
from flow.workbook.values import CONDITIONS, COUNT, text_of
from flow.workbook.words import BARS, LIST, ROWS, choices, escaped, meant, parted, plain, unescaped

_KEYS = keys_of(OwnerRule)
NAMED = words_of(_KEYS, Value.ROLE, Value.NAME, Value.CHOICE)  #: with a name behind them
FLAGS = words_of(_KEYS, Value.SWITCH, Value.SAME)
DEALING = "派法"
_PARTS = LIST  # a person may part the clauses as he likes
_LEVEL = "初检｜角色 质检员｜金额>1000"
_QUORUM = re.compile(rf"^{QUORUM}\s*[=:]?\s*")


def _part(key: str, value: Any) -> str:
    return key if value is True else f"{key} {escaped(text_of(value), _PARTS)}"


def show_owner(value: Any, *, without: str = "") -> str:
    """The rule in words, ``without`` the key that has a column of its own."""
    if not isinstance(value, dict):
        return text_of(value)
    return "；".join(
        _part(str(key), item) for key, item in value.items() if key != without and item not in (None, False)
    )


def read_owner(text: str) -> dict[str, Any]:
    """The rule that words mean. Raises CellError for a word that is none."""
    rule: dict[str, Any] = {}
    for part in parted(text, _PARTS):
        if said := plain(part):
            key, value = _read_part(said)
            if key in rule:
                raise CellError(f"“{key}”写了两次")
            rule[key] = value
    owner_of(rule)
    return rule


def _read_part(said: str) -> tuple[str, Any]:
    for key in FLAGS:
        if said in {key, f"{key} 是"}:
            return key, True
    key, name = _key_and_name(said)
    if key in NAMED and name:
        return key, name
    if said in NAMED:
        raise CellError(f"“{said}”后面要写名字，例如 {said} 客服组长")
    known = (*NAMED, *FLAGS)
    hint = meant(key.partition(" ")[0], known) or "，"
    raise CellError(f"“{said}”看不懂{hint}应像 角色 客服组长、人 王建国、审批表；{choices(known)}")


def _key_and_name(said: str) -> tuple[str, str]:
    for sign in (" ", ":", "="):
        key, found, name = said.partition(sign)
        if found and key.strip() in NAMED:
            return key.strip(), unescaped(name).strip()
    return said, ""


def _show_node_owner(value: Any) -> str:
    return show_owner(value, without=DEALING)


OWNER = Codec(_show_node_owner, read_owner)


def _show_level(level: Any) -> str:
    if not isinstance(level, dict):
        return escaped(text_of(level), BARS + ROWS)
    parts = [text_of(level.get("名")), show_owner(level.get("负责人"))]
    if level.get(QUORUM):
        parts.append(f"{QUORUM}={COUNT.show(level[QUORUM])}")
    if level.get("当"):
        parts.append(CONDITIONS.show(level["当"]))
    name, owner, *when = parts
    tail = [escaped(condition, ROWS) for condition in when]
    head = [escaped(name, BARS + ROWS), escaped(owner, BARS + ROWS)]
    return "｜".join([*head, *tail] if owner or tail else head[:1])


def _show_levels(value: Any) -> str:
    return "\n".join(_show_level(level) for level in value) if isinstance(value, list) else text_of(value)


def _read_level(text: str) -> dict[str, Any]:
    name, *rest = (part.strip() for part in parted(text, BARS, 2))
    number, owner, when = _apart(rest)
    if not plain(name):
        raise CellError(f"“{text}”没有名字，应像 {_LEVEL}")
    for part in (owner, when):
        if _is_limit(part):
            raise CellError(f"“{text}”：时限“{part}”请写到“时限”表里")
    level: dict[str, Any] = {"名": plain(unescaped(name))}
    if owner:
        level["负责人"] = read_owner(unescaped(owner))
    if when:
        level["当"] = CONDITIONS.read(unescaped(when))
        if QUORUM in level["当"]:
            raise CellError(
                f"“{text}”的“{QUORUM}”要写一次，写在条件前面，应像 复检｜角色 质检主管｜{QUORUM}=2｜金额>1000"
            )
    if number:
        level[QUORUM] = COUNT.read(_QUORUM.sub("", plain(number)))
    return level


def _apart(parts: list[str]) -> tuple[str, str, str]:
    """How many must agree, whom it goes to and when, of what stands behind the name; a bar in a condition stays."""
    first, rest = (*parts, "", "")[:2]
    if _QUORUM.match(plain(first)):
        owner, *when = (part.strip() for part in parted(rest, BARS, 1))
        return first, owner, "".join(when)
    number, *when = (part.strip() for part in parted(rest, BARS, 1))
    return (number, first, "".join(when)) if _QUORUM.match(plain(number)) else ("", first, rest)


def _is_limit(text: str) -> bool:
    try:
        return read_limit(plain(text)) is not None
    except CellError:
        return False


def _read_levels(text: str) -> list[dict[str, Any]]:
    levels = [_read_level(line) for line in parted(text, ROWS) if line.strip()]
    names = [level["名"] for level in levels]
    if twice := next((name for name in names if names.count(name) > 1), None):
        raise CellError(f"“{twice}”写了两次，每一级要有自己的名字")
    return levels


LEVELS = Codec(_show_levels, _read_levels)
