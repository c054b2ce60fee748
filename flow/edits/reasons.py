"""增加原因, 删除原因: return types, each with its strategy. Pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from flow import yamlfile
from flow.edits.book import REASONS
from flow.edits.sentence import new_name, one_of, plain
from flow.errors import PolicyRefused
from flow.parsing import names_in

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flow.edits.book import Book, Edit
    from flow.edits.sentence import Sentence

_SHAPE = re.compile(r"^(?P<name>[^\s(\[]+)(?: ?[(\[]?像 ?(?P<like>[^\s)\]]+)[)\]]?)?$")
NOUN, TYPE = "退货类型", "类型"


def add(sentence: Sentence, book: Book) -> Edit:
    """A new return type with the strategy of another."""
    if not (match := _SHAPE.match(sentence.text)):
        raise sentence.unclear()
    types = book.table(REASONS)
    aliases = [str(alias) for body in types.values() for alias in body.get("别名", ())]
    name = new_name(match["name"], [*types, *aliases], NOUN)
    like = one_of(match["like"], types, NOUN) if match["like"] else next(iter(types))
    strategy = {key: value for key, value in types[like].items() if key != "别名"}
    hint = (
        "" if match["like"] else f"；没有说像哪一类，先照第一类“{like}”，也可以写：增加原因 {name} 像 {list(types)[-1]}"
    )
    how = "，".join(f"{key} {'、'.join(names_in(value))}" for key, value in strategy.items())
    return book.with_table(REASONS, {**types, name: strategy}, f"增加退货类型 {name}，策略同“{like}”（{how}）{hint}")


def remove(sentence: Sentence, book: Book) -> Edit:
    """A return type that is no longer offered. Raises PolicyRefused while a rule still speaks of it."""
    types = book.table(REASONS)
    if len(sentence.words) != 1:
        raise sentence.unclear()
    name = one_of(sentence.text, types, NOUN)
    if len(types) == 1:
        raise PolicyRefused(f"“{name}”是最后一个退货类型，不能删除")
    if used := list(_uses(name, book)):
        raise PolicyRefused(f"“{name}”还用在 {'、'.join(used)} 的条件里，请先改那里")
    kept = {each: body for each, body in types.items() if each != name}
    return book.with_table(REASONS, kept, f"删除退货类型 {name}；正在办的单不受影响")


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
