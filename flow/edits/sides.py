"""增加分支 退供应商 在 次品处理 之后 自己结束 …: what begins beside a case and ends in an end of its own. Pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

from flow.definitions.business import FLOW
from flow.definitions.flow import END, FORK
from flow.definitions.references import TO, rows_of, ways_of, with_ways, written
from flow.definitions.text import cells_words
from flow.definitions.topology import GO_ON, ON_CLOSING
from flow.edits import subflows
from flow.edits.graph import DONE, HAND_OVER, existing, good_actions, human, onward, placed, unused
from flow.edits.sentence import NAME_CHARS, clauses, conditions, listed, one_of
from flow.errors import PolicyRefused

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from flow.definitions.references import Way
    from flow.edits.sentence import Sentence
    from flow.edits.working_copy import Book, Data, Edit

SIDES, CLOSING, WHEN = "旁支", "关闭时", "当"
EXAMPLE = "增加分支 退供应商 在 次品处理 之后 自己结束 负责人 仓管员 时限 3天 当 责任=供应商"
_ALONE = (
    r"(?:(?:就|并|也)?(?:自己|单独|独立|各自)(?:结束|办完|走完|办)"
    r"|(?:单子|主线|退款)?不(?:用)?等它|互不等|作为旁支|是旁支|旁支)"
)
_SHAPE = re.compile(
    r"^(?P<name>[^\s,]+?)(?:[\s,]+(?:从|在|于|接在)?\s*|(?:从|在|接在))(?P<place>\S+?(?:\s+(?!之|以后|后)\S+?)?)\s*"
    rf"(?:之后|以后|后面|后)\s*,?\s*(?:另外|另)?(?:开始|开|起)?\s*,?\s*{_ALONE}(?:[\s,;。]+(?P<rest>.*))?$"
)
_KEYS = ("负责人", "时限", WHEN, CLOSING, subflows.LIKE)


class _Place(NamedTuple):
    """Behind which actions of which node a branch begins, "" for the node's own way on, and where these led."""

    node: str
    actions: tuple[str, ...]
    ways: list[Way]

    @property
    def words(self) -> str:
        alone = len(self.actions) == 1 and self.actions[0]
        return f"{self.node} {self.actions[0]}" if alone else self.node


def is_aside(text: str) -> bool:
    """Whether a sentence means a branch that nobody waits for."""
    return _SHAPE.match(text) is not None


def aside(sentence: Sentence, book: Book) -> Edit:
    """Let a new node begin behind another, or one of its actions, and end by itself; the case goes on as it did."""
    flow, rest = book.flow_meant(sentence)
    if not (match := _SHAPE.match(rest.text)):
        raise sentence.unclear()
    flow = _flow(book, flow, match["place"].split()[0])
    data = book.read(FLOW, flow)
    name, place = unused(match["name"], data, book), _place(match["place"], data)
    said = clauses(match["rest"] or "", _KEYS)
    if said[""]:
        raise sentence.unclear(f"“{said['']}”没有看懂")
    when = conditions(said[WHEN]) if said.get(WHEN) else {}
    closing = one_of(said[CLOSING], ON_CLOSING, CLOSING) if said.get(CLOSING) else ""
    if said.get(subflows.LIKE):
        source = subflows.source_of(said[subflows.LIKE], (flow, name), book)
        head, part = subflows.copied(book, source, name, None)
        more, data = subflows.told(part, source, flow, name), subflows.with_part(data, name, source)
    else:
        head, part = _alone(name, human(name, said, data["节点"][place.node], book), data["节点"])
        more = f"要再加一步，写 增加节点 … 在 {name} 之后 负责人 …"
    start = {"类型": FORK, SIDES: [head], TO: written(place.ways), **({CLOSING: closing} if closing else {})}
    nodes = _with(data["节点"], place, name, {free(data["节点"], f"{name}分叉"): start, **part}, when)
    if_so = f"（{cells_words(when.items())} 时）" if when else ""
    told = (
        f"{place.words} 之后{if_so}另开旁支 {name}，自己结束；单子不等它，完成了它还在办，"
        f"单子关闭时它{closing or GO_ON}；{more}"
    )
    return book.write(FLOW, flow, {**data, "节点": nodes}, f"流程 {flow}：{told}")


def _alone(name: str, node: Data, nodes: Mapping[str, Any]) -> tuple[str, Data]:
    """A branch of one node, with its end."""
    end = free(nodes, f"{name}结束")
    begun = {"动作": {DONE: {TO: end, "结果": "已完成"}, **HAND_OVER}}
    return name, {name: {**node, **begun}, end: {"类型": END}}


def _flow(book: Book, flow: str, word: str) -> str:
    """``flow`` where a node or an action of it is meant, else the only one that has such a node."""
    nodes = book.read(FLOW, flow)["节点"]
    here = word in nodes or any(word in (node.get("动作") or {}) for node in nodes.values())
    return flow if here else book.flow_of(flow, word)


def _place(words: str, data: Data) -> _Place:
    """``质检``, ``质检 次品处理``, ``次品处理``: a node with all that leads on from it, or one of its actions."""
    nodes = data["节点"]
    first, *more = words.split() if " " in words or words in nodes else words.split("的", 1)
    if more:
        node = existing(first, data)
        action = one_of(" ".join(more), nodes[node].get("动作") or {}, "按钮", f"“{node}”")
    else:
        node, action = _having(first, data)
    ways = rows_of((nodes[node]["动作"][action] or {}).get(TO)) if action else onward(nodes[node])
    if not ways:
        raise PolicyRefused(f"“{action or node}”不往下走，后面不能开旁支")
    actions = (action,) if action else tuple(good_actions(nodes[node])) or ("",)
    return _Place(node, actions, ways)


def _having(word: str, data: Data) -> tuple[str, str]:
    """The node of that name, or the only one that has such an action. Raises NotFound, PolicyRefused for several."""
    nodes = data["节点"]
    having = [name for name, node in nodes.items() if word in (node.get("动作") or {})]
    if word in nodes or not having:
        return existing(word, data), ""
    if len(having) > 1:
        ways = listed(f"{name} {word}" for name in having)
        raise PolicyRefused(f"“{word}”是几个节点的按钮，请写上哪个节点：{ways}")
    return having[0], word


def _with(nodes: Mapping[str, Any], place: _Place, name: str, part: Data, when: Mapping[str, str]) -> Data:
    """The nodes with ``part`` behind a place; the first of it is the fork to which that place leads."""
    fork = next(iter(part))
    first: Way = {TO: fork}
    if when:
        first = {WHEN: dict(when), TO: fork, "规则": f"{cells_words(when.items())}要{name}"}

    def change(action: str, rows: list[Way]) -> list[Way]:
        led = action in place.actions and rows == place.ways
        return ([first, *rows] if when else [first]) if led else rows

    changed = {**nodes, place.node: with_ways(nodes[place.node], change)}
    return placed(changed, place.node, part)


def free(nodes: Iterable[str], name: str) -> str:
    """A name that no node has, short enough."""
    taken = set(nodes)
    short = name[-NAME_CHARS:]
    return next(
        each for each in (short, *(f"{short[-NAME_CHARS + 1 :]}{n}" for n in range(2, 10))) if each not in taken
    )


# -- taken out ---------------------------------------------------------------------------------------------------------


def fork_of(nodes: Mapping[str, Any], name: str) -> str:
    """The fork at which a side branch of one node, or of a part, begins; "" for any other node."""
    part = subflows.part_of(nodes, name)
    forks = [each for each, node in nodes.items() if {name, *part} & {*(node.get(SIDES) or ())}]
    if part:
        return forks[0] if len(forks) == 1 else ""
    ends = all(nodes[to]["类型"] == END for to in _targets(nodes[name]))
    return forks[0] if len(forks) == 1 and ends else ""


def left_out(nodes: Mapping[str, Any], fork: str, name: str) -> tuple[Data, list[Way]]:
    """The nodes without a side branch of one node, or of a part; the rows of its fork where that began nothing else."""
    part = subflows.part_of(nodes, name) or [name]
    ends, kept = _targets(nodes[part[0]]), {each: node for each, node in nodes.items() if each not in part}
    led = {to for node in kept.values() for to in _targets(node)}
    fresh = {each: node for each, node in kept.items() if each not in ends - led}
    heads = [head for head in nodes[fork][SIDES] if head not in part]
    if heads:
        return {**fresh, fork: {**fresh[fork], SIDES: heads}}, []
    return fresh, rows_of(nodes[fork].get(TO))


def _targets(node: Mapping[str, Any]) -> set[str]:
    return {str(row[TO]) for _, row in ways_of(node)}
