"""流程 质检 缺陷照片 当 外观=破损: one quality of a field, and what a later node may do with it. Pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from flow.definitions.flow import HIDE, READ, WRITE, Field, Node
from flow.definitions.prefill import ANSWERED, SOURCES, source_of, written
from flow.definitions.schema import Value, keys_of, words_of
from flow.definitions.text import cells_words
from flow.edits.quantities import digits, ended, trimmed
from flow.edits.sentence import Sentence, yes
from flow.edits.values import BETWEEN, NOT_SAID, spoken
from flow.engine import pictures
from flow.errors import PolicyRefused

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from flow.edits.working_copy import Book, Data

FORM, NAME, OPTIONS, ASK, REQUIRED, WHEN, MUST, DEFAULT = "表单", "名", "选项", "问", "必填", "当", "必填当", "默认"
COUNT, EACH = "张数", "每样"
[RIGHTS] = words_of(keys_of(Node), Value.RIGHTS)
FREE = ("选填", "非必填", "不必填", "可不填", "可选", "可填可不填", "选答")  #: as people say that nothing is required
_KEYS = {key.word: key for key in keys_of(Field)}
#: how a sentence calls each key of a field
SAID: Mapping[str, str] = {
    **{key.spoken or key.word: key.word for key in _KEYS.values() if key.said},
    **dict.fromkeys(("显示当", "只在"), WHEN),
    OPTIONS: OPTIONS,
    ASK: ASK,
    **dict.fromkeys(FREE, REQUIRED),
}
#: how a sentence says each right; "": as without one
RIGHTS_SAID: Mapping[str, str] = {
    **{right: right for right in (HIDE, READ, WRITE)},
    "看不到": HIDE, "不显示": HIDE, "看得到": READ, "可以改": WRITE, "能改": WRITE, **dict.fromkeys(NOT_SAID, ""),
}  # fmt: skip
_SEEN = {HIDE: "看不到", READ: "卡片上看得到", WRITE: "可以改", "": "照常看得到"}
_CALLED = {
    **dict.fromkeys(("手机", "手机号", "客户手机号", "客户电话", "电话"), "客户手机"),
    **dict.fromkeys(("地址", "客户地址", "收件地址"), "收货地址"),
    **dict.fromkeys(("快递单号", "快递号", "运单"), "运单号"),
    **dict.fromkeys(("姓名", "客户", "客户名"), "客户姓名"),
    **dict.fromkeys(("退款金额", "这单金额", "单子金额"), "金额"),
    "当天": "今天",
}
_COUNT = re.compile(
    r"(?:(?P<least>至少|最少|不少于|>=|≥)|(?P<top>最多|至多|不超过|<=|≤))?(?P<number>\d{1,3})"
    r"(?:张)?(?:(?:~|-|到|至|—)(?P<most>\d{1,3}))?(?:张|个|幅)?(?:(?P<up>以上|起)|(?P<down>以内|以下))?(?:照片|图片|图)?"
)
_PICTURES = re.compile(
    r"(?:至少|最少|不少于|最多|至多|不超过)?\s*\d{1,3}\s*张?(?:\s*(?:~|-|到|至|—)\s*\d{1,3}\s*张?)?(?<=张)(?:以上|以内|以下|起)?"
)
_OWNED = ("订单的", "客户的", "这单的", "单子的", "单的", "商品的")


def fields_of(node: Data) -> list[str]:
    """What the form of a node asks for, by name."""
    return [str(field[NAME]) for field in node.get(FORM, ())]


def is_about(words: tuple[str, ...], data: Data) -> bool:
    """Whether ``质检 缺陷照片 当 …`` names a field of the node and one of its keys, or a right to an earlier one."""
    if len(words) < 3 or words[0] not in data["节点"]:
        return False
    node, name, key = data["节点"][words[0]], words[1], words[2]
    if name in fields_of(node) and key in SAID:
        return True
    return key in RIGHTS_SAID and name in _elsewhere(words[0], data)


def of_field(rest: Sentence, data: Data) -> PolicyRefused | None:
    """What can be said of a field that is named without a change; None where none is."""
    name, field = (*rest.words, "", "")[:2]
    form = data["节点"].get(name, {}).get(FORM, ())
    found = next((each for each in form if each[NAME] == field), None)
    if found is None:
        return None
    now = "，".join([str(found["填"]), *about(found)])
    ways = "、".join(
        f"流程 {name} {field} {how}" for how in (f"{DEFAULT} …", f"{WHEN} …", f"{MUST} …", f"{REQUIRED} 否")
    )
    return PolicyRefused(f"{name} 的 {field} 现在是：{now}。能改的有：{ways}；不要了就写 删除字段 {name} {field}")


def ensure_named(node: Data, name: str, key: str, value: str) -> None:
    """Raises PolicyRefused for a key of a field, said of the node: which field is asked back."""
    fields = fields_of(node)
    if key in SAID and key != WHEN and fields:
        raise PolicyRefused(
            f"“{key}”要写是哪一栏，{name} 填的有：{'、'.join(fields)}，例如：流程 {name} {fields[0]} {key} {value}"
        )


def _elsewhere(node: str, data: Data) -> list[str]:
    return [name for other, body in data["节点"].items() if other != node for name in fields_of(body)]


def changed(rest: Sentence, data: Data, book: Book) -> tuple[Data, str]:
    """The node with the quality set, and what that is in words. Raises PolicyRefused for what is unclear."""
    name, field, key = rest.words[:3]
    node = data["节点"][name]
    if field in fields_of(node) and key in SAID:
        fresh, told = _with_key(node, field, key, rest.after(3), book)
        return {**fresh, FORM: [from_earlier(each, data) for each in fresh[FORM]]}, told
    right = RIGHTS_SAID[key]
    rights = {each: how for each, how in (node.get(RIGHTS) or {}).items() if each != field}
    rights |= {field: right} if right else {}
    fresh = {each: value for each, value in node.items() if each != RIGHTS} | ({RIGHTS: rights} if rights else {})
    return fresh, f"{_SEEN[right]} {field}"


def _with_key(node: Data, name: str, said: str, value: Sentence, book: Book) -> tuple[Data, str]:
    key = SAID[said]
    form = [dict(field) for field in node[FORM]]
    field = next(each for each in form if each[NAME] == name)
    found = False if said in FREE else read_key(key, field, node, value, book)
    if found in (None, False, "", [], {}):
        field.pop(key, None)
    else:
        field[key] = found
        if key in (REQUIRED, MUST):  # the one says more than the other
            field.pop(MUST if key == REQUIRED else REQUIRED, None)
    return {**node, FORM: form}, f"{name} {'；'.join(about(field, (key,))) or f'不再有{key}'}"


def read_key(key: str, field: Data, node: Data, value: Sentence, book: Book) -> Any:
    """What a sentence says of one key of a field; None where it takes it away."""
    text = trimmed(value.text)
    if key == REQUIRED and text.startswith(WHEN):
        raise value.unclear(f"什么时候必填，请写 {MUST} {text.removeprefix(WHEN).strip()}")
    if key in (REQUIRED, EACH):
        return not text or yes(text)
    if not text:
        raise value.unclear(f"要写把“{field[NAME]}”的{key}改成什么，去掉就写 {NOT_SAID[0]}")
    if text in NOT_SAID and text not in (field.get(OPTIONS) or ()):
        return None
    if key == OPTIONS:
        return options(value.text)
    if key == ASK:
        return value.prose(0)
    if key in _OWN:
        return _OWN[key](value.text, field)
    return spoken(_KEYS[key], node, value, book)


def count(text: str) -> str:
    """``3~9 张``, ``3到9张``, ``至少 3 张``, ``最多9张`` as a definition writes it; "" for anything else."""
    match = _COUNT.fullmatch(re.sub(r"\s+", "", digits(text)))
    if match is None:
        return ""
    if match["most"]:
        return f"{match['number']}~{match['most']}"
    sign = ">=" if match["least"] or match["up"] else "<=" if match["top"] or match["down"] else ""
    return f"{sign}{match['number']}"


#: how the value of a key is read from words, where not as one of its kind is
_OWN: Mapping[str, Callable[[str, Data], str]] = {
    COUNT: lambda text, _: count(text) or text.replace(" ", ""),
    DEFAULT: lambda text, field: default(text, field.get(OPTIONS) or ()),
}


def count_in(text: str) -> str:
    """How many pictures a sentence wants, as it stands behind the kind: ``要拍3到9张照片``; "" where it says none."""
    match = _PICTURES.search(digits(text))
    found = count(match[0]) if match else ""
    return f" {COUNT} {found}" if found and found != "1" else ""


def from_earlier(field: Data, data: Data) -> Data:
    """The field with its default as the answer to another field, where the words are no more than that one's name."""
    said, kind = field.get(DEFAULT), field.get("填")
    others = {str(each[NAME]) for node in data["节点"].values() for each in node.get(FORM, ()) if each != field}
    if said in others - {field[NAME]} and said not in (field.get(OPTIONS) or ()) and kind in ANSWERED:
        return {**field, DEFAULT: written(str(said))}
    return field


def options(text: str) -> list[str]:
    """``轻微|中等|严重``, each once."""
    return list(dict.fromkeys(part for part in BETWEEN.split(text) if trimmed(part)))


def default(text: str, able: Iterable[str]) -> str:
    """What is offered: one of the options, or ``{客户手机}`` where the words name what is known of the case."""
    said = ended(text)
    if said in able:
        return said
    if source := source_of(said):
        return written(source)
    word = said
    for owner in _OWNED:
        word = word.removeprefix(owner)
    word = _CALLED.get(word, word)
    return written(word) if word in SOURCES else said


def about(field: Data, keys: Iterable[str] = (REQUIRED, EACH, MUST, WHEN, DEFAULT, COUNT)) -> list[str]:
    """What a field is, as the answer to a sentence says it: ``外观=破损 时才问``, ``默认 完好``."""
    return [_ABOUT.get(key, _plain)(key, field[key]) for key in keys if field.get(key)]


def _plain(key: str, value: Any) -> str:
    return f"{key} 改为 {'、'.join(map(str, value)) if isinstance(value, list) else value}"


def _required(_: str, value: Any) -> str:
    return REQUIRED


def _when(_: str, value: Any) -> str:
    return f"{cells_words(value.items())} 时才问"


def _must(_: str, value: Any) -> str:
    return f"{cells_words(value.items())} 时必填，别的时候可以不填"


def _default(_: str, value: Any) -> str:
    source = source_of(str(value))
    return f"默认 {f'这单的{source}' if source else value}"


def _count(_: str, value: Any) -> str:
    span = pictures.bounds(str(value))
    return f"要 {pictures.wanted(*span)}" if span else f"{COUNT} {value}"


_ABOUT: Mapping[str, Callable[[str, Any], str]] = {
    EACH: lambda *_: "每样商品填一次",
    COUNT: _count,
    REQUIRED: _required,
    WHEN: _when,
    MUST: _must,
    DEFAULT: _default,
}
