"""增加节点 拍照 在 质检 之前 …: what led to a node comes to a new one first. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flow.definitions.flow import FORK, HUMAN, JOIN
from flow.definitions.references import TO, redirected, ways_of, with_ways
from flow.definitions.text import cells_words
from flow.edits.graph import AGREE, HAND_OVER, REFUSE, before, dangerous
from flow.errors import PolicyRefused

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flow.definitions.references import Way
    from flow.edits.working_copy import Data

    Nodes = Mapping[str, Any]
    Led = tuple[str, str]  #: a node and its action, "" for the node itself

_WHEN, _RULE = "当", "规则"


def ahead(data: Data, place: str, new: tuple[str, Data], when: Mapping[str, str]) -> tuple[Data, str]:
    """The flow with a node ahead of ``place``, and what was done.

    A dangerous way, such as a 驳回 that sends back to ``place``, stays, unless it is the only one.
    """
    name, node = new
    nodes = data["节点"]
    _refuse_joins(nodes, place, when)
    entries = [key for key in ("开始", "重开") if _entry(data, key) == place]
    if entries and when:
        raise PolicyRefused(f"“{place}”是流程的{entries[0]}，前面的节点不能带条件，请去掉 当 …")
    leading = [(source, action) for source in nodes for action, row in ways_of(nodes[source]) if row[TO] == place]
    leading = list(dict.fromkeys(leading))
    risky = [led for led in leading if dangerous(nodes[led[0]], led[1])]
    taken = [led for led in leading if led not in risky]
    heads = [each for each in nodes if place in (*nodes[each].get("分支", ()), *nodes[each].get("旁支", ()))]
    if not (taken or entries or heads):
        taken, risky = risky, []
    fresh = {each: _led(nodes[each], each, (place, name), taken, when) for each in nodes}
    fresh |= {each: redirected(fresh[each], {place: name}) for each in heads}
    back = _back(nodes, taken) if not (entries or heads) else ""
    made = {**data, "节点": before(fresh, place, {name: _node(node, place, back)})}
    return _entered(made, entries, name), _told((place, name), (taken, risky), entries, back, when)


def _refuse_joins(nodes: Nodes, place: str, when: Mapping[str, str]) -> None:
    if nodes[place]["类型"] == JOIN:
        raise PolicyRefused(f"“{place}”是汇合，前面是几条分支；请写在其中一条的节点之后")
    if when and any(
        place in (*node.get("分支", ()), *node.get("旁支", ())) for node in nodes.values() if node["类型"] == FORK
    ):
        raise PolicyRefused(f"“{place}”是分支的第一步，前面的节点不能带条件，请去掉 当 …")


def _entry(data: Data, key: str) -> str:
    return str(data.get(key, "")) if key == "开始" else str((data.get(key) or {}).get("到", ""))


def _entered(data: Data, entries: list[str], name: str) -> Data:
    fresh = dict(data)
    for key in entries:
        fresh[key] = name if key == "开始" else {**data[key], "到": name}
    return fresh


def _led(node: Data, source: str, names: Led, taken: list[Led], when: Mapping[str, str]) -> Data:
    """A node whose ways to the place lead to the new one first."""
    place, name = names

    def change(action: str, rows: list[Way]) -> list[Way]:
        if (source, action) not in taken:
            return rows
        return [each for row in rows for each in (_first(row, name, when) if row[TO] == place else [row])]

    return with_ways(node, change)


def _first(row: Way, name: str, when: Mapping[str, str]) -> list[Way]:
    """The row to the new node, and as it was where conditions do not hold. Raises PolicyRefused where both clash."""
    if not when:
        return [{**row, TO: name}]
    old = row.get(_WHEN) or {}
    if clash := [fact for fact in when if fact in old and old[fact] != when[fact]]:
        raise PolicyRefused(
            f"走到这里已经要看“{clash[0]}”（{cells_words(old.items())}），两个条件合不成一个，请换个条件"
        )
    return [{_WHEN: {**old, **when}, TO: name, _RULE: f"{cells_words(when.items())}要{name}"}, row]


def _back(nodes: Nodes, taken: list[Led]) -> str:
    """Whom 驳回 sends a case back to: the people from whom alone it comes."""
    sources = {source for source, _ in taken}
    [first, *others] = sources or {""}
    return first if first and not others and nodes[first]["类型"] == HUMAN else ""


def _node(node: Data, place: str, back: str) -> Data:
    refuse = {REFUSE: {TO: back, "结果": f"退回{back}", "样式": "危险"}} if back else {}
    return {**node, "动作": {AGREE: {TO: place, "结果": "已同意"}, **HAND_OVER, **refuse}}


def _told(names: Led, ways: tuple[list[Led], list[Led]], entries: list[str], back: str, when: Mapping[str, str]) -> str:
    (place, name), (taken, risky) = names, ways
    sources = [f"“{source}”{f'的“{action}”' if action else ''}" for source, action in taken]
    sources += [f"流程的{key}" for key in entries]
    if_so = f"，{cells_words(when.items())} 时" if when else ""
    start = f"{place}之前{if_so}先到 {name}，同意再去 {place}（{'、'.join(sources) or '分支'} 原来直接去）"
    stay = "".join(f"；“{source}”的“{action}”仍直接去 {place}，不经过 {name}" for source, action in risky)
    return start + stay + ("" if back else f"；来的路不止一条或者不是人办的，{name}没有“{REFUSE}”")
