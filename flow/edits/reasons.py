"""增加原因, 删除原因: return types, each with its strategy. Pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from flow.definitions import yamlfile
from flow.definitions.business import FLOW
from flow.definitions.flow_reader import names_in
from flow.definitions.schema import ID
from flow.edits.quantities import trimmed
from flow.edits.sentence import new_name, one_of, plain
from flow.edits.working_copy import REASONS
from flow.errors import PolicyRefused

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from flow.edits.sentence import Sentence
    from flow.edits.working_copy import Book, Data, Edit

_LIKE = re.compile(r"^(?P<names>.+?)[\s,;。、(\[]+像\s*(?P<like>[^)\]]+)[)\]]?$")
_GLUED = re.compile(r"^(?P<names>.+?)像(?P<like>[^像]+)$")
_WAY = re.compile(
    r"^(?P<names>.+?)[\s,;。、]*(?:按照|按|照|跟|和|同|归|算|走)\s*(?P<like>[^\s,;。、]+?)(?:一样|走|处理|来|办|算)*$"
)  #: 色差，按质量问题走
_WHO = r"[\u4e00-\u9fff]{2,6}"
_OWN = {
    "责任": re.compile(
        rf"[\s,，;；、](?:算|是|属于|归|由)?(?P<before>{_WHO}?)(?:的|负|承担)?责任(?=$|[\s,，;；、。])"
        rf"|[\s,，;；、]责任(?:方)?(?:算|是|归|在|为|[:：])?\s*(?P<behind>{_WHO})(?:的|承担)?(?=$|[\s,，;；、。])"
    ),
    "运费": re.compile(
        rf"[\s,，;；、](?:由)?(?P<before>{_WHO}?)(?:出|付|承担)运费(?=$|[\s,，;；、。])"
        rf"|[\s,，;；、]运费(?:由|归|算|是|[:：])?\s*(?P<behind>{_WHO}?)(?:出|付|承担)?(?=$|[\s,，;；、。])"
    ),
}  #: what is said of a new type itself
_BETWEEN = re.compile(r"\s*[,;。、/]\s*")
QUALITIES, UNSOUND = ("责任", "运费", "成本", "路由", "次品"), "次品"
_TURNS = ("加", "增加", "去掉", "删掉")
NOUN, TYPE, FLOW_OF = "退货类型", "类型", "流程"


def add(sentence: Sentence, book: Book) -> Edit:
    """New return types with the strategy of another."""
    types = book.table(REASONS)
    said, own = _apart(sentence.text, types)
    named, model = _named(trimmed(said), types)
    if not named or named.startswith("像 "):
        raise sentence.unclear()
    names = [trimmed(name) for name in _BETWEEN.split(named) if trimmed(name)]
    _refuse_blanks(names, types)
    aliases = [str(alias) for body in types.values() for alias in body.get("别名", ())]
    like = one_of(model, types, NOUN) if model else next(iter(types))
    strategy = {key: value for key, value in types[like].items() if key not in ("别名", ID)} | own
    fresh = dict(types)
    for name in names:
        fresh[book.fresh(name, [*fresh, *aliases], NOUN)] = strategy
    how = "，".join(f"{key} {'、'.join(names_in(value))}" for key, value in strategy.items())
    hint = _strange(own, types) + ("" if model else _other_models(names, like, types, own))
    return book.with_table(REASONS, fresh, f"增加退货类型 {'、'.join(names)}，策略同“{like}”（{how}）{hint}")


def _named(text: str, types: Mapping[str, Data]) -> tuple[str, str]:
    """The names and the type that they are like; 图像模糊 is a name, 色差像质量问题 is not."""
    if match := _LIKE.match(text):
        return match["names"], match["like"].strip()
    for pattern in (_GLUED, _WAY):
        if (match := pattern.match(text)) and trimmed(match["like"]) in types:
            return match["names"], match["like"]
    return text, ""


def _refuse_blanks(names: list[str], types: Mapping[str, Data]) -> None:
    """Two words may be two types, or one that is like the other."""
    for name in names:
        words = name.split()
        if len(words) > 1:
            model = words[-1] if words[-1] in types else next(iter(types))
            raise PolicyRefused(
                f"“{name}”是几个退货类型？几个请写 增加原因 {'、'.join(words)}，"
                f"一个请连着写，像哪一类请写 增加原因 {words[0]} 像 {model}"
            )


def _apart(text: str, types: Mapping[str, Data]) -> tuple[str, dict[str, str]]:
    """A text without what it says of the liability, the freight and the cost, and that: 包装破损,仓库责任."""
    own: dict[str, str] = {}

    for key, pattern in _OWN.items():
        if match := pattern.search(text):
            own[key] = trimmed(match["before"] or match["behind"])
            text = f"{text[: match.start()]} {text[match.end() :]}"
    return text.strip(" ,，;；、"), own


def _strange(own: Mapping[str, str], types: Mapping[str, Data]) -> str:
    """A hint on what no type has had so far."""
    told = []
    for key, value in own.items():
        used = dict.fromkeys(str(body[key]) for body in types.values() if key in body)
        told += [] if value in used else [f"{key}“{value}”以前没有用过（用过 {'、'.join(used)}），请核对"]
    return "".join(f"；{each}" for each in told)


def _other_models(names: list[str], like: str, types: Mapping[str, Data], own: Mapping[str, str]) -> str:
    """How to say that they are like another, where one goes the same way."""
    flow = names_in(types[like].get("流程"))
    others = [each for each, body in types.items() if each != like and set(names_in(body.get("流程"))) & set(flow)]
    again = f"；要像{'、'.join(others[:3])}，就写：" if others else ""
    undo = "；".join(f"删除原因 {name}" for name in names)
    kept = "".join(f" {key} {value}" for key, value in own.items())
    way = f"{again}{undo}；增加原因 {'、'.join(names)} 像 {others[0]}{kept}" if others else ""
    return f"；没有说像哪一类，先照第一类“{like}”{way}"


def is_meant(sentence: Sentence, book: Book) -> bool:
    """Whether a sentence sets a quality of a return type: 质量问题 运费 商家."""
    words = sentence.words
    return len(words) > 2 and words[0] in book.table(REASONS) and words[1] in (*QUALITIES, FLOW_OF)


def edit(sentence: Sentence, book: Book) -> Edit:
    """Set one quality of a return type, or which flows it may take. Raises NotFound, PolicyRefused."""
    types = book.table(REASONS)
    name, key, value = sentence.words[0], sentence.words[1], trimmed(" ".join(sentence.words[2:]))
    body = dict(types[name])
    if key == FLOW_OF:
        value_now: Any = _flows(value, names_in(body.get(FLOW_OF)), book)
    elif key == UNSOUND:
        value_now = one_of(value, dict.fromkeys(str(each[key]) for each in types.values() if key in each), key)
    else:
        used = {str(each[key]) for each in types.values() if key in each}
        value_now = value if value in used else new_name(value, (), key)
    hint = _strange({key: value}, types) if key not in (FLOW_OF, UNSOUND) else ""
    old, now = ("、".join(names_in(each)) for each in (body.get(key), value_now))
    told = f"退货类型 {name}：{key} {old} → {now}{hint}；正在办的单不受影响"
    return book.with_table(REASONS, {**types, name: {**body, key: value_now}}, told)


def _flows(said: str, now: tuple[str, ...], book: Book) -> list[str] | str:
    """``加 仅退款``, ``去掉 换货``, ``退货、换货``."""
    verb, _, rest = said.partition(" ")
    named = [
        one_of(each, book.names(FLOW), "流程") for each in _BETWEEN.split(rest if verb in _TURNS else said) if each
    ]
    if verb in _TURNS[2:]:
        found = [each for each in now if each not in named]
    else:
        found = list(dict.fromkeys([*(now if verb in _TURNS[:2] else ()), *named]))
    if not found:
        raise PolicyRefused("一个退货类型总要走一条流程；不要这个类型了请写：删除原因 名字")
    return found[0] if len(found) == 1 else found


def remove(sentence: Sentence, book: Book) -> Edit:
    """A return type that is no longer offered. Raises PolicyRefused while a rule still speaks of it."""
    types = book.table(REASONS)
    asked = [trimmed(name) for name in _BETWEEN.split(sentence.text) if trimmed(name)]
    if not asked or any(" " in name for name in asked):
        raise sentence.unclear()
    names = list(dict.fromkeys(one_of(name, types, NOUN) for name in asked))
    if len(types) == len(names):
        raise PolicyRefused(f"“{names[-1]}”是最后一个退货类型，不能删除")
    for name in names:
        if used := list(_uses(name, book)):
            raise PolicyRefused(f"“{name}”还用在 {'、'.join(used)} 的条件里，请先改那里")
    kept = {each: body for each, body in types.items() if each not in names}
    said = f"删除退货类型 {'、'.join(names)}；正在办的单不受影响"
    return book.with_table(REASONS, kept, said + _shut(types, kept))


def _shut(before: Data, after: Data) -> str:
    """A warning for each flow that no type leads to any more: nobody can open such a case."""
    shut = sorted(_led_to(before) - _led_to(after))
    return f"；再没有退货类型走 {'、'.join(shut)}，以后开不了这样的单" if shut else ""


def _led_to(types: Data) -> set[str]:
    return {flow for body in types.values() for flow in names_in(body.get(FLOW_OF))}


def _uses(name: str, book: Book) -> Iterator[str]:
    """The texts with a condition on this type."""
    for (kind, text_name), text in book.bundle.items():
        if kind != REASONS and _speaks_of(yamlfile.read(text), name):
            yield text_name


def _speaks_of(value: Any, name: str) -> bool:
    if isinstance(value, dict):
        cell = str(value.get(TYPE, ""))
        return name in (part.strip() for part in plain(cell).split("|")) or any(
            _speaks_of(each, name) for each in value.values()
        )
    return isinstance(value, list) and any(_speaks_of(each, name) for each in value)
