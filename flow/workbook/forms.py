"""A node's form in one cell, a line per field: ``责任方｜单选｜必填｜商家、客户、物流｜动作=合格入库``."""

from __future__ import annotations

import re
from typing import Any

from flow.definitions.conditions import CellError
from flow.definitions.flow import CHOICE, CHOICES, FIELD_KINDS, Field
from flow.definitions.schema import Value, keys_of, words_of
from flow.workbook.tables import Codec
from flow.workbook.values import codec_of, text_of
from flow.workbook.words import BARS, ESCAPE, LIST, ROWS, choices, escaped, meant, names, parted, plain, unescaped

_FIELD = keys_of(Field)
_FLAGS = words_of(_FIELD, Value.SWITCH)  #: said by their name alone
[OPTIONS] = words_of(_FIELD, Value.OPTIONS)  #: mostly said without its name
_CODECS = {key.word: codec_of(key) for key in _FIELD if key.value not in (Value.OWN_NAME, Value.KIND, Value.SWITCH)}
_WHENS = words_of(_FIELD, Value.CONDITIONS)
ALSO = "|"  #: between the words of a condition, of which one is enough
CHOSEN = (CHOICE, CHOICES)
_LIKE = "责任方｜单选｜必填｜商家、客户、物流"
_EQUALS = re.compile("[=＝]")


def _show_field(field: Any) -> str:
    if not isinstance(field, dict):
        return escaped(text_of(field), BARS + ROWS)
    parts = [text_of(field.get("名")), text_of(field.get("填"))]
    parts += [key for key in _FLAGS if field.get(key)]
    parts = [escaped(part, BARS + ROWS) for part in parts]
    parts += [_show_part(key, shown) for key, codec in _CODECS.items() if (shown := codec.show(field.get(key)))]
    return "｜".join(parts)


def _show_part(key: str, shown: str) -> str:
    """With the key, but for options that could be read as nothing else."""
    bare = key == OPTIONS and shown not in _FLAGS and not _EQUALS.search(shown)
    words = shown if bare else f"{key}={shown}"
    more = words.split(ALSO)[1:]
    plainly = key in _WHENS and ESCAPE not in words and all(map(_is_also, more))
    return escaped(words, BARS.replace(ALSO, "") + ROWS if plainly else BARS + ROWS)


def _is_also(part: str) -> bool:
    """Whether a part of its own can only be one more word of the condition before it: 类型=质量问题|物流损坏."""
    return bool(part.strip()) and plain(part) not in _FLAGS and not _EQUALS.search(part)


def _rejoined(parts: list[str], kind: str) -> list[str]:
    """With the words of a condition together, which the same bar parts as the parts of a field."""
    found: list[str] = []
    for part in parts:
        key = plain(_EQUALS.split(found[-1], 1)[0]) if found else ""
        if key in _WHENS and _is_also(part) and (kind not in CHOSEN or any(map(_is_also, found))):
            found[-1] += f"{ALSO}{part}"
        else:
            found.append(part)
    return found


def _show_form(value: Any) -> str:
    return "\n".join(_show_field(field) for field in value) if isinstance(value, list) else text_of(value)


def _read_field(line: str) -> dict[str, Any]:
    parts = [unescaped(part).strip() for part in parted(line, BARS)]
    name, kind = plain(parts[0]), plain(parts[1]) if len(parts) > 1 else ""
    if not name or not kind:
        raise CellError(f"“{line}”看不懂，应像 {_LIKE}")
    if kind not in FIELD_KINDS:
        raise CellError(f"“{name}”的填法“{kind}”不认识{meant(kind, FIELD_KINDS) or '，'}{choices(FIELD_KINDS)}")
    field: dict[str, Any] = {"名": name, "填": kind}
    for part in _rejoined(parts[2:], kind):
        if part:
            _read_part(field, part)
    return field


def _read_part(field: dict[str, Any], part: str) -> None:
    head, *tail = _EQUALS.split(part, 1)
    key, value = (plain(head), tail[0]) if tail else ("", "")
    if plain(part) in _FLAGS:
        _put(field, plain(part), True)
    elif key in _CODECS:
        _put(field, key, _CODECS[key].read(value.strip()))
    elif tail:
        raise CellError(f"“{field['名']}”里的“{key}”不认识{meant(key, _CODECS) or '，'}{choices([*_CODECS])}")
    else:
        _put(field, OPTIONS, names(part))


def _put(field: dict[str, Any], key: str, value: Any) -> None:
    if key in field:
        raise CellError(f"“{field['名']}”的{key}写了两次；几个选项之间用 {LIST[0]} 隔开")
    field[key] = value


def _read_form(text: str) -> list[dict[str, Any]]:
    fields = [_read_field(line) for line in parted(text, ROWS) if line.strip()]
    said = [field["名"] for field in fields]
    if twice := next((name for name in said if said.count(name) > 1), None):
        raise CellError(f"“{twice}”写了两次")
    return fields


FORM = Codec(_show_form, _read_form)
