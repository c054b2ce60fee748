"""改名: a node, a field, a role or a return type is called otherwise, wherever it is named; it stays the same. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flow.definitions import yamlfile
from flow.definitions.business import FLOW, POLICY, title
from flow.definitions.flow import Node
from flow.definitions.identities import FIELD, NODE, REASON, ROLE, identities_of, one
from flow.definitions.permissions import COMMANDS, KINDS, ROLE_CHARS, WORDS
from flow.definitions.policy import AUTOMATIC
from flow.definitions.renaming import applied
from flow.definitions.schema import Value, keys_of, words_of
from flow.definitions.vocabulary import LAST_RESORT
from flow.edits.opening_form import opened
from flow.edits.sentence import NAME_CHARS, listed, new_name, one_of
from flow.edits.working_copy import NOTICES, REASONS, ROLES, RULES, Edit
from flow.engine.verbs import VERBS
from flow.errors import NotFound, PolicyRefused
from flow.validation.surroundings import KEPT, SHOWN

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from flow.edits.sentence import Sentence
    from flow.edits.working_copy import Book, Data

VERB = "改名"
NOUNS: Mapping[str, str] = {
    **dict.fromkeys((NODE, "步骤", "环节"), NODE), **dict.fromkeys((FIELD, "表单项", "栏目"), FIELD),
    **dict.fromkeys((ROLE, "岗位"), ROLE), **dict.fromkeys((REASON, "退货原因", "原因", "类型"), REASON),
}  # fmt: skip
MAX_PLACES = 3  #: places with the old word that are named
_EDITING = frozenset({"通知", "设置", VERB, "移动行", "增加原因", "增加节点", "增加字段", "增加行", "增加规则"})
STATIONS, _FORM, _NAME = "节点", "表单", "名"
_PROSE = words_of(keys_of(Node), Value.PROSE)


@dataclass(frozen=True, slots=True)
class _Thing:
    """What is to be called otherwise; a node with its flow."""

    noun: str
    name: str
    flow: str = ""


def edit(sentence: Sentence, book: Book) -> Edit:
    """``质检 品检``, ``节点 换货 质检 品检``, ``质检 缺陷等级 瑕疵等级``, ``角色 质检员 品检员``, ``原因 甲 乙``."""
    words = list(sentence.words)
    noun = NOUNS.get(words[0], "") if len(words) > 2 else ""
    path = words[1:-1] if noun else words[:-1]
    if not path or not 1 <= len(path) <= 3:
        raise sentence.unclear("要写原来的名字和新的名字")
    return called(_thing(noun, path, book), words[-1], book)


def in_flow(sentence: Sentence, book: Book) -> Edit | None:
    """``退货 质检 改名 品检``, ``质检 缺陷等级 改名 瑕疵等级``; None for a sentence about anything else."""
    words = list(sentence.words)
    if VERB not in words[1:]:
        return None
    place = words.index(VERB, 1)
    if place > 3 or len(words) != place + 2:
        raise sentence.unclear("要写原来的名字和新的名字")
    if place == 1 and words[0] in book.names(FLOW):
        raise PolicyRefused(
            f"流程“{words[0]}”的名字就是开单的第一个词，不能改；"
            f"要换个叫法请 新建流程 {words[-1]} 照 {words[0]}，再 停用流程 {words[0]}"
        )
    return called(_thing(NODE if place == 1 else "", words[:place], book), words[-1], book)


def of_role(sentence: Sentence, book: Book) -> Edit:
    """``质检员 改名 品检员``."""
    if len(sentence.words) != 3:
        raise sentence.unclear("要写新的名字")
    return called(_thing(ROLE, [sentence.words[0]], book), sentence.words[2], book)


# -- what is meant -----------------------------------------------------------------------------------------------------


def _thing(noun: str, path: list[str], book: Book) -> _Thing:
    """Raises NotFound for what there is not, PolicyRefused where several may be meant."""
    if noun == ROLE:
        return _Thing(ROLE, book.role(path[-1]))
    if noun == REASON:
        return _Thing(REASON, one_of(path[-1], book.table(REASONS), REASON))
    if noun == NODE or (not noun and len(path) > 1 and path[0] in book.names(FLOW) and len(path) == 2):
        return _node(path, book)
    if noun == FIELD or len(path) > 1:
        return _field(path, book)
    return _by_name(path[0], book)


def _node(path: list[str], book: Book) -> _Thing:
    flow = path[0] if len(path) > 1 and path[0] in book.names(FLOW) else book.flow_of(book.flow, path[-1])
    return _Thing(NODE, one_of(path[-1], book.read(FLOW, flow)[STATIONS], NODE, f"流程 {flow} 里"), flow)


def _field(path: list[str], book: Book) -> _Thing:
    """A field by its node, where one is named; it is one fact, at whatever node it is asked for."""
    names = path[:-1]
    if names and names[0] in book.names(FLOW) and len(names) > 1:
        flow, node = names[0], names[1]
    elif names:
        flow, node = book.flow_of(book.flow, names[0]), names[0]
    else:
        return _Thing(FIELD, one_of(path[-1], _fields(book), FIELD))
    nodes = opened(book.read(FLOW, flow))[STATIONS]
    node = one_of(node, nodes, NODE, f"流程 {flow} 里")
    form = nodes[node].get(_FORM) or ()
    return _Thing(FIELD, one_of(path[-1], [str(item[_NAME]) for item in form], FIELD, f"“{node}”"))


def _by_name(word: str, book: Book) -> _Thing:
    """Whatever has this very name. Raises PolicyRefused where things of several kinds have it."""
    flows = [flow for flow in book.names(FLOW) if word in book.read(FLOW, flow)[STATIONS]]
    found = [_Thing(FIELD, word)] if word in _fields(book) else []
    found += [_Thing(ROLE, word)] if word in book.table(ROLES) else []
    found += [_Thing(REASON, word)] if word in book.table(REASONS) else []
    if flows:
        found.insert(0, _Thing(NODE, word, "") if found else _node([word], book))
    if len(found) == 1:
        return found[0]
    if found:
        ways = "，或者 ".join(f"{VERB} {each.noun} {word} 新名字" for each in found)
        raise PolicyRefused(f"“{word}”既是{'，也是'.join(each.noun for each in found)}，改哪一个？请写 {ways}")
    raise NotFound(f"没有叫“{word}”的节点、字段、角色或退货类型，要写全名，例如 {VERB} 质检 品检")


def _fields(book: Book) -> dict[str, str]:
    return dict(identities_of(book.bundle).fields)


# -- the new name ------------------------------------------------------------------------------------------------------


def called(thing: _Thing, word: str, book: Book) -> Edit:
    """Under its new name, wherever it is named. Raises PolicyRefused for a name that it cannot have."""
    if thing.noun == ROLE and thing.name == LAST_RESORT:
        raise PolicyRefused(f"“{LAST_RESORT}”是没有别人时接手的角色，程序认得这个名字，不能改")
    new = _free(thing, word, book)
    names = one(thing.noun, thing.name, new, thing.flow)
    texts = applied(book.bundle, names)
    head = f"流程 {thing.flow}：" if thing.flow else ""
    return Edit(texts, f"{head}{thing.noun} {thing.name} 改名为 {new}{_followed(thing, texts)}{_left(thing, book)}")


def _free(thing: _Thing, word: str, book: Book) -> str:
    """The new name, where nothing else is called so."""
    most = ROLE_CHARS if thing.noun == ROLE else NAME_CHARS
    new = new_name(word, _taken(thing, book), thing.noun, most)
    flows = [book.read(FLOW, name)[STATIONS].values() for name in book.names(FLOW)]
    buttons = {str(action) for nodes in flows for node in nodes for action in node.get("动作") or ()}
    for known, what in (
        ({*COMMANDS, *WORDS, *_EDITING}, "聊天里的指令"), ({*KINDS, *book.names(FLOW)}, "一条流程，也是开单的第一个词"),
        ({*buttons, *VERBS}, "单子上的按钮"), ({AUTOMATIC}, "审批表里不用人批的意思"),
    ):  # fmt: skip
        if new in known:
            raise PolicyRefused(f"“{new}”是{what}，{thing.noun}不能叫这个名字，请换一个")
    if thing.noun == FIELD and new in KEPT | SHOWN:
        raise PolicyRefused(f"“{new}”是程序自己记或者显示的，字段不能叫这个名字，请换一个")
    return new


def _taken(thing: _Thing, book: Book) -> set[str]:
    if thing.noun == NODE:
        return set(book.read(FLOW, thing.flow)[STATIONS])
    if thing.noun == ROLE:
        return set(book.table(ROLES))
    if thing.noun == REASON:
        types: Data = book.table(REASONS)
        return {*types, *(str(alias) for body in types.values() for alias in body.get("别名") or ())}
    return {*_fields(book), *_noted(book)}


def _noted(book: Book) -> Iterator[str]:
    """Facts that buttons put down: an answer under the same name would be taken for one of them."""
    for flow in book.names(FLOW):
        for node in book.read(FLOW, flow)[STATIONS].values():
            for body in (node.get("动作") or {}).values():
                yield from map(str, (body or {}).get("记") or ())


# -- what goes with it -------------------------------------------------------------------------------------------------


def _followed(thing: _Thing, texts: Mapping[tuple[str, str], str]) -> str:
    """The other texts that now name it otherwise; of a field all that do."""
    own = {NODE: (FLOW, thing.flow), ROLE: (ROLES, ROLES), REASON: (REASONS, REASONS)}.get(thing.noun)
    others = [title(*key, text) for key, text in texts.items() if key != own]
    return f"；{'跟着改的还有' if own else '改的有'} {listed(others)}" if others else ""


def _left(thing: _Thing, book: Book) -> str:
    """Words for people in which the old one still stands: what they mean by it, nobody but them can say."""
    found = list(dict.fromkeys(_spoken(thing, book)))
    more = f"等 {len(found)} 处" if len(found) > MAX_PLACES else ""
    return f"；文字里还写着“{thing.name}”的没有动：{'、'.join(found[:MAX_PLACES])}{more}" if found else ""


def _spoken(thing: _Thing, book: Book) -> Iterator[str]:
    """Of a node not the words of other flows, which have their own of that name."""
    old = thing.name
    for (kind, name), text in book.bundle.items():
        data = yamlfile.read(text) if old in text else None
        if kind == FLOW and data and thing.flow in ("", name):
            nodes = data[STATIONS].items()
            yield from (
                f"{name} {node} {key}" for node, body in nodes for key in _PROSE if _stands(thing, body.get(key, ""))
            )
        elif kind == NOTICES and data:
            yield from (f"通知 {moment}" for moment, said in data["通知"].items() if old in str(said))
        elif kind == RULES and data:
            yield from (f"自动规则 {row['名']}" for row in data["自动规则"] if _stands(thing, _told(row)))
        elif kind == POLICY and data:
            yield from (f"资格 {row['规则']}" for row in data.get("资格") or () if _stands(thing, row.get("说明", "")))


def _stands(thing: _Thing, said: Any) -> bool:
    """Whether words name it otherwise than as a blank, which takes the new name."""
    return thing.name in str(said).replace(f"{{{thing.name}}}", "" if thing.noun == FIELD else thing.name)


def _told(row: Any) -> str:
    return "".join(str(deed.get(key, "")) for deed in row.get("做") or () for key in ("说", "评论", "通知负责人"))
