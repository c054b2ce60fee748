"""增加按钮, 删除按钮, and one quality of a button: where it leads, what it does and notes, how it looks. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flow.definitions.business import FLOW
from flow.definitions.conditions import CellError
from flow.definitions.flow import DANGER, HUMAN, OPTIONAL, REASON, REQUIRED
from flow.definitions.vocabulary import EFFECTS
from flow.edits.graph import existing
from flow.edits.other_rows import placed
from flow.edits.quantities import ended, trimmed
from flow.edits.sentence import clauses, new_name, one_of, plain
from flow.edits.values import BETWEEN
from flow.errors import PolicyRefused
from flow.workbook.values import SWITCHES

if TYPE_CHECKING:
    from flow.edits.sentence import Sentence
    from flow.edits.working_copy import Book, Data, Edit

TO, VERDICT, EFFECT, NOTED, STYLE, ACTIONS, AT = "去", "结果", "办", "记", "样式", "动作", "在"
KEYS = (TO, VERDICT, EFFECT, NOTED, REASON, STYLE)  #: what a sentence can say of a button
NONE = ("无", "没有", "空", "普通", "不填", "不用")
CHARS = 8


def add(sentence: Sentence, book: Book) -> Edit:
    """One more button of a node where people act: 增加按钮 质检 返修 去 仓库收货 结果 送去返修."""
    flow, rest = book.flow_with_node(sentence)
    if len(rest.words) < 3:
        raise sentence.unclear()
    data = book.read(FLOW, flow)
    node = existing(rest.words[0], data)
    body = data["节点"][node]
    if body["类型"] != HUMAN:
        raise PolicyRefused(f"“{node}”是{body['类型']}节点，没有人点；只有人工节点可以加按钮")
    actions = dict(body.get(ACTIONS) or {})
    name = new_name(rest.words[1], actions, "按钮", CHARS)
    said = clauses(rest.prose(2), (*KEYS, AT), (VERDICT,))
    if said[""] or not said.get(TO):
        why = f"“{said['']}”没有看懂" if said[""] else f"要写点了去哪里（{TO} 节点）"
        raise sentence.unclear(f"{why}，还可以写 {'、'.join(KEYS[1:])}")
    made: Data = {VERDICT: name}
    for key in KEYS:
        if said.get(key):
            made = with_quality(made, key, said[key], data)
    at = placed(said.get(AT, ""), list(actions), node, last=True)
    names = [*list(actions)[:at], name, *list(actions)[at:]]
    fresh = {each: made if each == name else actions[each] for each in names}
    told = f"流程 {flow}：{node} 增加按钮 {name}，去 {made[TO]}"
    return _put(book, flow, node, fresh, told)


def remove(sentence: Sentence, book: Book) -> Edit:
    """A button less; the last one stays, for a case that comes there would never leave."""
    flow, rest = book.flow_with_node(sentence)
    if len(rest.words) != 2:
        raise sentence.unclear()
    data = book.read(FLOW, flow)
    node = existing(rest.words[0], data)
    actions = dict(data["节点"][node].get(ACTIONS) or {})
    name = one_of(rest.words[1], actions, "按钮", f"“{node}”")
    fresh = {each: body for each, body in actions.items() if each != name}
    return _put(book, flow, node, fresh, f"流程 {flow}：{node} 删除按钮 {name}")


def _put(book: Book, flow: str, node: str, actions: Data, told: str) -> Edit:
    data = book.read(FLOW, flow)
    nodes = {**data["节点"], node: {**data["节点"][node], ACTIONS: actions}}
    return book.write(FLOW, flow, {**data, "节点": nodes}, told)


def with_quality(body: Data, key: str, text: str, data: Data) -> Data:
    """A button with one quality set; taken away where it is set to nothing. Raises PolicyRefused, NotFound."""
    if key == TO:
        return {**body, TO: one_of(ended(text), data["节点"], "节点")}
    left = {part: value for part, value in body.items() if part != key}
    if trimmed(text) in NONE:
        return left
    return {**left, key: _value(key, text)}


def _value(key: str, text: str) -> Any:
    flat = ended(plain(text))
    if key == EFFECT:
        return list(dict.fromkeys(one_of(word, sorted(EFFECTS), EFFECT) for word in BETWEEN.split(flat) if word))
    if key == NOTED:
        try:
            return SWITCHES.read(flat)
        except CellError as error:
            raise PolicyRefused(str(error)) from error
    if key == REASON:
        return one_of(flat, (REQUIRED, OPTIONAL), REASON)
    return one_of(flat, (DANGER,), STYLE) if key == STYLE else text
