"""增加字段, 删除字段: what the form of a node asks for. Pure."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from flow.definitions.business import FLOW
from flow.definitions.flow import CHOICE, CHOICES, FIELD_KINDS, HUMAN, PHOTO, SUBMISSION, TEXT, Field
from flow.definitions.schema import Value, keys_of, words_of
from flow.edits.form_keys import (
    ASK,
    COUNT,
    EACH,
    FORM,
    FREE,
    MUST,
    OPTIONS,
    REQUIRED,
    WHEN,
    about,
    count,
    fields_of,
    from_earlier,
    options,
    read_key,
)
from flow.edits.graph import existing
from flow.edits.opening_form import closed, opened
from flow.edits.sentence import Sentence, clauses, new_name, one_of, plain
from flow.errors import PolicyRefused

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flow.edits.working_copy import Book, Data, Edit

NOUN = "字段"
#: as people say that something has to be filled in
OBLIGED = (
    "必须填", "一定要填", "必须选", "一定要选", "不能为空", "不可为空", "不能不填", "必选", "必答", "必须", "务必填",
)  # fmt: skip
_ASKED = {key.spoken or key.word: key for key in sorted(keys_of(Field), key=lambda key: key.said) if key.said}
_FLAGS = words_of(_ASKED.values(), Value.SWITCH)
_KEYS = (*_ASKED, *FREE, *OBLIGED)
_SHOWN = re.compile(r"(?<=\s)(?:显示当|只在|显示\s+当)\s*(?=\S)")  #: other words for 当
_EACH = re.compile(
    r"(?<=\s)(?:每个商品|每件商品|每种商品|每样商品|每件|每种|每行|逐样|逐件|按商品)(?:都?填)?(?=\s|$|[,，])"
)
_MUST = re.compile(rf"(?<=\s){REQUIRED}\s+{WHEN}(?=\s)")  #: 必填 当 金额>500: that is when it must be
_SAID: Mapping[str, str] = {"下拉": CHOICE, "下拉框": CHOICE, "附件": PHOTO, "图片": PHOTO, "文字": TEXT}
_OPTIONS = re.compile(rf"^{OPTIONS}\s*[:：]?\s*")
_ASK = re.compile(rf"(?:^|[\s,，;；。]){ASK}(?:\s+|\s*[:：]\s*)")
_KIND = re.compile(r"^([^,，;；。:：]+)[,，;；。:：]+")


def add(sentence: Sentence, book: Book) -> Edit:
    """One more thing to ask, of every action that is not dangerous or of those named after 在."""
    flow, rest = book.flow_with_node(sentence)
    if len(rest.words) < 3:
        raise sentence.unclear()
    kind = _KIND.sub(r"\1 ", rest.words[2])
    rest = replace(rest, typed=(*rest.typed[:2], *kind.split(), *rest.typed[3:]))
    data = opened(before := book.read(FLOW, flow))
    node = existing(rest.words[0], data)
    body = data["节点"][node]
    if body["类型"] != HUMAN:
        raise PolicyRefused(f"“{node}”是{body['类型']}节点，没有人填；只有人工节点可以加字段")
    field = from_earlier(_field(rest.after(1), sentence, body, book), data)
    fresh = {**body, FORM: [*body.get(FORM, ()), field]}
    when = "开单前" if node == SUBMISSION else "办理时"
    told = f"流程 {flow}：{node} {when}要填 {field['名']}（{'，'.join([field['填'], *about(field)])}）"
    return book.write(FLOW, flow, closed(_with(data, node, fresh), before), told)


def _field(rest: Sentence, sentence: Sentence, node: Data, book: Book) -> Data:
    """``缺陷等级 单选 轻微|中等|严重 必填 在 次品处理 问 有多严重？``."""
    before, *asked = _ASK.split(rest.after(2).prose(0), 1)
    said = clauses(_respelt(plain(before)), _KEYS)
    free = [word for word in FREE if word in said]
    must = [word for word in OBLIGED if word in said]
    for word in (*_FLAGS, *free, *must):
        if said.get(word):
            raise sentence.unclear(f"“{said[word]}”没有看懂")
    if free and (must or REQUIRED in said):
        raise PolicyRefused(f"又写了 {[*must, REQUIRED][0]} 又写了 {free[0]}，请只写一样；不写就是不必填")
    said |= {REQUIRED: ""} if must else {}
    kind = _SAID.get(rest.words[1]) or one_of(rest.words[1], FIELD_KINDS, "填法")
    field: Data = {"名": new_name(rest.words[0], fields_of(node), NOUN), "填": kind}
    if kind == PHOTO and (number := count(said[""])):  # 照片 3~9 张
        said |= {"": "", COUNT: number}
    able = options(_OPTIONS.sub("", said[""]))
    if able and kind not in (CHOICE, CHOICES):
        raise sentence.unclear(f"填{kind}没有选项，“{said['']}”没有看懂")
    field |= {OPTIONS: able} if able else {}
    for word, key in _ASKED.items():
        if word in said and (key.word in _FLAGS or said[word]):
            value = Sentence((said[word],) if said[word] else (), sentence.example)
            field[key.word] = key.word in _FLAGS or read_key(key.word, field, node, value, book)
    return {**field, ASK: asked[0]} if asked and asked[0] else field


def _respelt(text: str) -> str:
    """``显示当`` is 当, and ``必填 当`` says when it is required."""
    return _EACH.sub(EACH, _SHOWN.sub(f"{WHEN} ", _MUST.sub(MUST, f" {text}"))).strip()


def remove(sentence: Sentence, book: Book) -> Edit:
    """Ask for it no longer."""
    flow, rest = book.flow_with_node(sentence)
    if len(rest.words) != 2:
        raise sentence.unclear()
    data = opened(before := book.read(FLOW, flow))
    node = existing(rest.words[0], data)
    body = data["节点"][node]
    name = one_of(rest.words[1], fields_of(body), NOUN, f"“{node}”")
    kept = [field for field in body[FORM] if field["名"] != name]
    bare = {key: value for key, value in body.items() if key != FORM}
    fresh = {**body, FORM: kept} if kept else bare
    return book.write(FLOW, flow, closed(_with(data, node, fresh), before), f"流程 {flow}：{node} 不再填 {name}")


def _with(data: Data, name: str, node: Data) -> Data:
    return {**data, "节点": {**data["节点"], name: node}}
