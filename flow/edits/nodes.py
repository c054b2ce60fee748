"""流程 …: one quality of one node. Pure."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from flow.definitions.business import FLOW
from flow.definitions.flow import END, HUMAN, OPTIONAL, REASON, REQUIRED, Node, OwnerRule
from flow.definitions.references import TO
from flow.definitions.schema import Value, keys_of, words_of
from flow.definitions.vocabulary import TIME_UP
from flow.edits import buttons, form_keys, renaming, whole_flow
from flow.edits import sentence as read
from flow.edits.graph import AFTER
from flow.edits.opening_form import closed, opened
from flow.edits.quantities import trimmed
from flow.edits.values import spoken
from flow.edits.wished_steps import refuse_side
from flow.errors import NotFound, PolicyRefused

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flow.edits.sentence import Sentence
    from flow.edits.working_copy import Book, Data, Edit

OWNER = "负责人"
_NOBODY = ("无", "没有", "空")
_TURNED = r"(?:[:：=]|→|-+>|(?:修改|改|调整|调|设|换|变)(?:成|为|到))"


def edit(sentence: Sentence, book: Book) -> Edit:
    """Set one quality of a node, where one of its actions leads, or what holds for the whole flow."""
    if whole := renaming.in_flow(sentence, book) or whole_flow.edit(sentence, book):
        return whole
    flow, rest = book.flow_with_node(sentence)
    data = opened(before := book.read(FLOW, flow))
    rest = respelt(rest, data)
    if len(rest.words) < 3:
        raise form_keys.of_field(rest, data) or sentence.unclear()
    name = read.one_of(rest.words[0], data["节点"], "节点", f"流程 {flow} 里")
    node, key = data["节点"][name], rest.words[1]
    refuse_side("" if flow == book.flow else flow, name, rest.words[1:])
    fresh, told = _changed(name, rest, data, book)
    told = told or f"{name} {_told(fresh, key, rest, node.get('动作') or {})}"
    nodes = {**data["节点"], name: fresh}
    return book.write(FLOW, flow, closed({**data, "节点": nodes}, before), f"流程 {flow}：{told}")


def _changed(name: str, rest: Sentence, data: Data, book: Book) -> tuple[Data, str]:
    """The node as it is to be, and what that is in words where not by its key."""
    node, key = data["节点"][name], rest.words[1]
    actions = node.get("动作") or {}
    if form_keys.is_about((name, *rest.words[1:]), data):
        fresh, told = form_keys.changed(replace(rest, typed=(name, *rest.typed[1:])), data, book)
        return fresh, f"{name} {told}"
    if key in actions and key != TIME_UP and rest.words[2] in buttons.KEYS[1:]:
        fresh = _of_button(node, key, rest.after(2), data)
    elif key == TIME_UP and node["类型"] == HUMAN and rest.words[2] != TO:
        fresh = _lapsing(node, name, rest.after(2), data)
    elif key in actions and rest.words[2] == TO:
        fresh = _leading(node, key, rest.after(3), data)
    else:
        if key in actions:
            to = rest.words[2] if rest.words[2] in data["节点"] else "另一个节点"
            raise PolicyRefused(
                f"“{key}”是“{name}”的按钮，要改它去哪里请写 流程 {name} {key} 去 {to}；"
                f"要不要写理由请写 流程 {name} {key} {REASON} {REQUIRED}；还能改 {'、'.join(buttons.KEYS[1:])}"
            )
        form_keys.ensure_named(node, name, key, rest.prose(2))
        key = _quality(key, name)
        _ensure_seen(node, name, key)
        fresh = _with(node, key, rest.after(2), book)
    return fresh, ""


def _told(node: Data, key: str, rest: Sentence, actions: Data) -> str:
    """``时限 改为 4小时``, a time as it was understood; of a button also what of it."""
    if key in LIMITS:
        return f"{key} 改为 {node.get(key, _NOBODY[0])}"
    if key in actions and rest.words[2] in buttons.KEYS and len(rest.words) > 3:
        return f"{key} {rest.words[2]} 改为 {rest.prose(3)}"
    return f"{key} 改为 {rest.prose(2)}"


def respelt(rest: Sentence, data: Data) -> Sentence:
    """``质检时限改成4小时`` and ``质检 时限：4小时`` as node, quality and value apart."""
    names = "|".join(sorted(map(re.escape, data["节点"]), key=len, reverse=True))
    keys = [*QUALITIES, TIME_UP, *(action for node in data["节点"].values() for action in node.get("动作") or ())]
    words = "|".join(sorted(map(re.escape, keys), key=len, reverse=True))
    shape = rf"^(?:把|将)?\s*(?P<node>{names})\s*的?\s*(?P<key>{words})\s*(?P<to>{_TURNED})\s*(?P<value>.+)$"
    glued = rf"^(?:把|将)?\s*(?P<node>{names})\s*的?\s*(?P<key>{'|'.join(LIMITS)}){read.GLUED}(?P<value>.+)$"
    match = re.match(shape, rest.prose(0)) or re.match(glued, rest.prose(0))
    if match is None:
        return rest
    return replace(rest, typed=(match["node"], match["key"], *match["value"].split()))


def _quality(word: str, name: str) -> str:
    """What of a node is meant. Raises NotFound with all that can be changed."""
    if word == "或签":
        raise NotFound(f"没有“或签”这一样：不写会签就是或签，一个人办了就算；要去掉会签请写 流程 {name} 会签 否")
    return read.quality_of(word, QUALITIES, f"“{name}”")


def _ensure_seen(node: Data, name: str, word: str) -> None:
    """Raises PolicyRefused at an end, where nobody has anything to do, for what is said of whoever does."""
    if node["类型"] == END and END not in _KEYS[word].at and word not in node:
        kinds = "、".join(_KEYS[OWNER if word in _OF_OWNER else word].at or (HUMAN,))
        raise PolicyRefused(
            f"“{name}”是结束节点，单子到那里就结束了，没有人要办；只有{kinds}节点有“{word}”，什么都没有改"
        )


def _with(node: Data, word: str, value: Sentence, book: Book) -> Data:
    """The node with one quality set; taken away where it is set to nothing."""
    key, of_owner = _KEYS[word], word in _OF_OWNER
    nothing = trimmed(value.text) in _NOBODY
    if word == OWNER and nothing:
        raise PolicyRefused(f"总要有人负责，换人请写 {OWNER} 角色名，或者 {OWNER} 人 姓名")
    kinds = _KEYS[OWNER].at if of_owner else key.at
    if kinds and node["类型"] not in kinds:
        raise PolicyRefused(f"只有{'、'.join(kinds)}节点有“{word}”")
    body = (node.get(OWNER) or {}) if of_owner else node
    found = None if nothing else spoken(key, body, value, book)
    fresh = {part: old for part, old in body.items() if part != word or found} | ({word: found} if found else {})
    return {**node, OWNER: fresh} if of_owner else fresh


def _leading(node: Data, action: str, value: Sentence, data: Data) -> Data:
    to = read.one_of(value.text, data["节点"], "节点")
    return {**node, "动作": {**node["动作"], action: {**(node["动作"][action] or {}), TO: to}}}


def _of_button(node: Data, action: str, value: Sentence, data: Data) -> Data:
    if value.words[0] == REASON:
        return _reasoned(node, action, value.after(1))
    if len(value.words) < 2:
        raise value.unclear(f"要写把“{action}”的{value.words[0]}改成什么")
    body = buttons.with_quality(node["动作"][action] or {}, value.words[0], value.prose(1), data)
    return {**node, "动作": {**node["动作"], action: body}}


def _reasoned(node: Data, action: str, value: Sentence) -> Data:
    """``理由 必填``, ``理由 可填``; ``无`` and it is not asked for."""
    body = node["动作"][action] or {}
    said = trimmed(value.text)
    if said in (*_NOBODY, "不填", "不用"):
        return {**node, "动作": {**node["动作"], action: _without(body, REASON)}}
    how = read.one_of(said, (REQUIRED, OPTIONAL), REASON)
    return {**node, "动作": {**node["动作"], action: {**body, REASON: how}}}


def _lapsing(node: Data, name: str, value: Sentence, data: Data) -> Data:
    """``30天 去 超期``: how long people have, and where a case goes that they leave; ``无`` takes it away."""
    actions = {key: body for key, body in (node.get("动作") or {}).items() if key != TIME_UP}
    if trimmed(value.text) in _NOBODY:
        return {**node, "动作": actions}
    said = read.clauses(value.text, (TO,))
    old = (node.get("动作") or {}).get(TIME_UP) or {}
    to = read.one_of(said[TO], data["节点"], "节点") if said.get(TO) else old.get(TO)
    if not to:
        raise PolicyRefused(f"还要说没人办时去哪里，例如：流程 {name} {TIME_UP} 30天 去 一个结束节点")
    return {**node, "动作": {**actions, TIME_UP: {AFTER: read.limit(said[""]), **_without(old, AFTER), TO: to}}}


def _without(body: Mapping[str, Any], key: str) -> Data:
    return {part: value for part, value in body.items() if part != key}


_OF_OWNER = words_of(keys_of(OwnerRule))
_KEYS = {
    word: key
    for key in sorted([*keys_of(Node), *keys_of(OwnerRule)], key=lambda key: key.said) if key.said
    for word in key.words
}  # fmt: skip
QUALITIES = tuple(_KEYS)  #: what a sentence can set of a node
LIMITS = words_of(_KEYS.values(), Value.LIMIT, Value.SPAN)
PROSE = words_of(_KEYS.values(), Value.PROSE)  #: words for people, in which a comma is a comma
