"""增加级别, 删除级别: who looks after whom at one node. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flow.definitions.business import FLOW
from flow.definitions.flow import HUMAN, Level
from flow.definitions.schema import keys_of, words_of
from flow.definitions.text import cells_words
from flow.edits.graph import existing
from flow.edits.quantities import trimmed
from flow.edits.sentence import Sentence, clauses, listed, new_name, one_of
from flow.edits.values import spoken
from flow.errors import PolicyRefused

if TYPE_CHECKING:
    from flow.edits.working_copy import Book, Data, Edit

LEVELS, OWNER, WHEN, LIMIT, NAME = "分级", "负责人", "当", "时限", "名"
_KEYS = sorted((key for key in keys_of(Level) if key.said), key=lambda key: key.said)  #: the name last
STRICT = "驳回即止"
CALLED = ("初审", "复审", "终审")  #: unless a sentence says otherwise


def add(sentence: Sentence, book: Book) -> Edit:
    """Somebody further has the last word, always or when conditions hold; who is not named is of the node's own."""
    flow, rest = book.flow_with_node(sentence)
    if len(rest.words) < 2:
        raise sentence.unclear()
    data = book.read(FLOW, flow)
    node = existing(rest.words[0], data)
    body = data["节点"][node]
    if body["类型"] != HUMAN:
        raise PolicyRefused(f"“{node}”是{body['类型']}节点，没有人看；只有人工节点可以分级")
    levels = list(body.get(LEVELS) or [{NAME: CALLED[0]}])
    level = _level(rest.after(1), levels, book)
    fresh = {**body, LEVELS: [*levels, level]}
    owner = f"由 {' '.join(map(str, level[OWNER].values()))} " if OWNER in level else "换一个人"
    when = f"{cells_words(level[WHEN].items())} 时" if WHEN in level else ""
    told = f"流程 {flow}：{node} {when}再{owner}看（第 {len(levels) + 1} 级 {level[NAME]}）"
    told += f"，哪一级驳回都算数（{STRICT}）" if body.get(STRICT) else "，最后一级的选择算数"
    told += "" if body.get(STRICT) else f"；要哪一级驳回就结束，再说 流程 {node} {STRICT} 是"
    return book.write(FLOW, flow, {**data, "节点": {**data["节点"], node: fresh}}, told)


def _level(rest: Sentence, levels: list[Data], book: Book) -> Data:
    """``运营总监 当 金额>5000 时限 4小时 名 终审``."""
    said = clauses(rest.text, words_of(_KEYS))
    taken = _names(levels)
    numbered = f"第{len(levels) + 1}级"
    free = next(name for name in (*CALLED[len(levels) :], *CALLED, numbered) if name not in taken)
    level: Data = {NAME: new_name(said.get(NAME) or free, taken, "级别")}
    for key in _KEYS[:-1]:
        if text := said.get(key.word) or (said[""] if key.word == OWNER else ""):
            level[key.word] = spoken(key, level, Sentence((text,), ""), book)
    return level


def remove(sentence: Sentence, book: Book) -> Edit:
    """A level fewer, by its number or its name; the first is the node itself."""
    flow, rest = book.flow_with_node(sentence)
    if len(rest.words) != 2:
        raise sentence.unclear()
    data = book.read(FLOW, flow)
    node = existing(rest.words[0], data)
    body = data["节点"][node]
    levels = list(body.get(LEVELS, ()))
    place = _place(rest.words[1], node, _names(levels))
    kept = [level for n, level in enumerate(levels) if n != place]
    bare = {key: value for key, value in body.items() if key != LEVELS}
    own = {key: kept[0][key] for key in (OWNER, LIMIT) if key in kept[0]}
    fresh = {**body, LEVELS: kept} if len(kept) > 1 else {**bare, **own}
    told = f"流程 {flow}：{node} 不再有 {levels[place][NAME]}"
    return book.write(FLOW, flow, {**data, "节点": {**data["节点"], node: fresh}}, told)


def _place(word: str, node: str, names: list[str]) -> int:
    """Where among the levels. Raises NotFound, or PolicyRefused for the first."""
    word = trimmed(word)
    numbers = [str(n) for n in range(1, len(names) + 1)]
    place = numbers.index(word) if word in numbers else names.index(one_of(word, names, "级别", f"“{node}”"))
    if place == 0:
        others = listed(f"{n} {name}" for n, name in list(enumerate(names, 1))[1:])
        raise PolicyRefused(f"第一级就是“{node}”本身，不能删；换人请写：流程 {node} 负责人 角色名；能删的有：{others}")
    return place


def _names(levels: list[Data]) -> list[str]:
    return [str(level[NAME]) for level in levels]
