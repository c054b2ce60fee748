"""流程 …: one quality of one node. Pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from flow.business import FLOW
from flow.definition import DEALING, HUMAN
from flow.edits import sentence as read
from flow.edits.graph import AFTER
from flow.errors import PolicyRefused
from flow.references import TO
from flow.waiting import TIME_UP

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from flow.edits.book import Book, Data, Edit
    from flow.edits.sentence import Sentence

    Set = Callable[[Data, "Sentence", Book], Any]

OWNER = "负责人"
_NOBODY = ("无", "没有", "空")
_BETWEEN = re.compile(r"[、,;\s]+")


def edit(sentence: Sentence, book: Book) -> Edit:
    """Set one quality of a node, or where one of its actions leads."""
    flow, rest = book.flow_with_node(sentence)
    data = book.read(FLOW, flow)
    if len(rest.words) < 3:
        raise sentence.unclear()
    name = read.one_of(rest.words[0], data["节点"], "节点", f"流程 {flow} 里")
    node, key = data["节点"][name], rest.words[1]
    actions = node.get("动作") or {}
    if key == TIME_UP and node["类型"] == HUMAN and rest.words[2] != TO:
        fresh = _lapsing(node, name, rest.after(2), data)
    elif key in actions and rest.words[2] == TO:
        fresh = _leading(node, key, rest.after(3), data)
    else:
        key = read.one_of(key, _SETTERS, "这一样，能改的", f"“{name}”")
        fresh = _with(node, key, rest.after(2), book)
    nodes = {**data["节点"], name: fresh}
    return book.write(FLOW, flow, {**data, "节点": nodes}, f"流程 {flow}：{name} {key} 改为 {rest.prose(2)}")


def _with(node: Data, key: str, value: Sentence, book: Book) -> Data:
    """The node with one quality set; taken away where it is set to nothing."""
    if key in (*_OWNERS, "会签", "抄送") and node["类型"] != HUMAN:
        raise PolicyRefused(f"只有人工节点有“{key}”")
    if key in _OWNERS:
        return {**node, OWNER: _SETTERS[key](node.get(OWNER) or {}, value, book)}
    found = _SETTERS[key](node, value, book)
    return {**{part: old for part, old in node.items() if part != key or found}, **({key: found} if found else {})}


def _leading(node: Data, action: str, value: Sentence, data: Data) -> Data:
    to = read.one_of(value.text, data["节点"], "节点")
    return {**node, "动作": {**node["动作"], action: {**(node["动作"][action] or {}), TO: to}}}


def _lapsing(node: Data, name: str, value: Sentence, data: Data) -> Data:
    """``30天 去 超期``: how long people have, and where a case goes that they leave; ``无`` takes it away."""
    actions = {key: body for key, body in (node.get("动作") or {}).items() if key != TIME_UP}
    if value.text in _NOBODY:
        return {**node, "动作": actions}
    said = read.clauses(value.text, (TO,))
    old = (node.get("动作") or {}).get(TIME_UP) or {}
    to = read.one_of(said[TO], data["节点"], "节点") if said.get(TO) else old.get(TO)
    if not to:
        raise PolicyRefused(f"还要说没人办时去哪里，例如：流程 {name} {TIME_UP} 30天 去 一个结束节点")
    return {**node, "动作": {**actions, TIME_UP: {AFTER: read.limit(said[""]), **_without(old, AFTER), TO: to}}}


def _without(body: Data, key: str) -> Data:
    return {part: value for part, value in body.items() if part != key}


def _limit(node: Data, value: Sentence, book: Book) -> str:
    return read.limit(value.text)


def _prose(node: Data, value: Sentence, book: Book) -> str:
    return value.prose(0)


def _roles(node: Data, value: Sentence, book: Book) -> list[str]:
    """The roles that are named, each once."""
    words = [] if value.text in _NOBODY else [word for word in _BETWEEN.split(value.text) if word]
    return list(dict.fromkeys(book.role(word) for word in words))


def _yes(node: Data, value: Sentence, book: Book) -> bool:
    return read.yes(value.text)


def _owner(rule: Data, value: Sentence, book: Book) -> Data:
    return book.owner(value.text, rule)


def _fallback(rule: Data, value: Sentence, book: Book) -> Data:
    return {**rule, "否则": book.role(value.text)}


def _dealing(rule: Data, value: Sentence, book: Book) -> Data:
    return {**rule, "派法": read.one_of(value.text, DEALING, "派法")}


_OWNERS: Mapping[str, Set] = {OWNER: _owner, "否则": _fallback, "派法": _dealing}
_SETTERS: Mapping[str, Set] = {
    "时限": _limit, **_OWNERS, "标题": _prose, "说明": _prose, "抄送": _roles, "会签": _yes, "同人免审": _yes,
}  # fmt: skip
