"""流程 退货 重开 14天: what holds for a flow as a whole, and not for one of its nodes. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flow.definitions.business import FLOW
from flow.definitions.entrances import OPTIONAL, REASON, REQUIRED, Amending, Reopening
from flow.definitions.flow import Flow
from flow.definitions.schema import Value, keys_of, words_of
from flow.edits import subflows
from flow.edits.quantities import ended, trimmed
from flow.edits.sentence import clauses, limit, one_of, yes
from flow.errors import PolicyRefused

if TYPE_CHECKING:
    from flow.edits.sentence import Sentence
    from flow.edits.working_copy import Book, Data, Edit

STATIONS, NONE = "节点", ("无", "没有", "不能", "不许")
_KEYS = {key.word: key for key in keys_of(Flow) if key.value not in (Value.OWN_NAME, Value.STATIONS, Value.FORM)}
KEYS = tuple(_KEYS)  #: what a sentence can set of a flow
_PARTS = {"重开": words_of(keys_of(Reopening)), "退回": words_of(keys_of(Amending))}
TO, WITHIN = "到", "期限"


def edit(sentence: Sentence, book: Book) -> Edit | None:
    """Set one of them, where the sentence names the flow and the key; None for a sentence about a node."""
    words = sentence.words
    if len(words) < 3 or words[0] not in book.names(FLOW) or words[1] not in _KEYS:
        return None
    flow, key = words[0], words[1]
    data = book.read(FLOW, flow)
    if key in data[STATIONS]:
        return None
    if key == subflows.PARTS:
        return subflows.again(ended(sentence.after(2).text), flow, book)
    value = _value(key, sentence.after(2), data)
    fresh = {each: old for each, old in data.items() if each != key or value is not None}
    if value is not None:
        fresh[key] = value
    return book.write(FLOW, flow, fresh, f"流程 {flow}：{key} 改为 {sentence.prose(2)}")


def _value(key: str, said: Sentence, data: Data) -> Any:
    """None takes the key away. Raises PolicyRefused, NotFound for what cannot be."""
    kind, text = _KEYS[key].value, ended(said.text)
    if kind is Value.PROSE:
        return None if trimmed(text) in NONE else said.prose(0)
    if kind is Value.SWITCH:
        return yes(text)
    if trimmed(text) in NONE:
        if _KEYS[key].needed:
            raise PolicyRefused(f"流程总要有“{key}”，请写一个节点")
        return None
    return _entrance(key, text, data) if kind is Value.ENTRANCE else one_of(text, data[STATIONS], STATIONS)


def _entrance(key: str, text: str, data: Data) -> Data:
    """``14天``, ``到 客服审核 期限 14天``, ``理由 必填``: what is not said stays."""
    said = clauses(text, _PARTS[key])
    fresh = dict(data.get(key) or {})
    bare = said.pop("")
    if bare:
        said[WITHIN if key == "重开" else TO] = bare
    for part, value in said.items():
        if part == TO:
            fresh[part] = one_of(value, data[STATIONS], STATIONS)
        elif part == REASON:
            fresh[part] = one_of(value, (REQUIRED, OPTIONAL), REASON)
        else:
            fresh[part] = limit(value)
    return fresh
