"""What a sentence says of one key of the schema, as a value of its kind. Pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from flow.definitions.schema import Value
from flow.edits import sentence as read
from flow.edits.quantities import ended, people_count

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from flow.definitions.schema import Key
    from flow.edits.sentence import Sentence
    from flow.edits.working_copy import Book, Data

BETWEEN = re.compile(r"[|｜、,，\s]+")
NOT_SAID = ("无", "照常", "没有")
_LISTED = re.compile(r"[、,;\s]+")


def spoken(key: Key, body: Data, value: Sentence, book: Book) -> Any:
    """The value as the definition holds it; ``body`` is the node, or the owner rule, that is to have it.

    Raises PolicyRefused and NotFound for what is no such value.
    """
    return _SPOKEN[key.value](key, body, value, book)


def _limit(key: Key, body: Data, value: Sentence, book: Book) -> str:
    return read.limit(value.text)


def _prose(key: Key, body: Data, value: Sentence, book: Book) -> str:
    return value.prose(0)


def _word(key: Key, body: Data, value: Sentence, book: Book) -> str:
    return ended(value.text)


def _names(key: Key, body: Data, value: Sentence, book: Book) -> list[str]:
    """What is named, each once; a role must be one."""
    words = [word for word in _LISTED.split(ended(value.text)) if word]
    return list(dict.fromkeys(book.role(word) if key.value is Value.ROLES else word for word in words))


def _yes(key: Key, body: Data, value: Sentence, book: Book) -> bool:
    return read.yes(value.text)


def _count(key: Key, body: Data, value: Sentence, book: Book) -> int:
    return people_count(value.text)


def _choice(key: Key, body: Data, value: Sentence, book: Book) -> str:
    return read.one_of(value.text, key.choices, key.word)


def _role(key: Key, body: Data, value: Sentence, book: Book) -> str:
    return book.role(ended(value.text))


def _conditions(key: Key, body: Data, value: Sentence, book: Book) -> dict[str, str]:
    return read.conditions(value.text)


def _cell(key: Key, body: Data, value: Sentence, book: Book) -> str:
    return value.text.replace(" ", "")


def _buttons(key: Key, body: Data, value: Sentence, book: Book) -> list[str]:
    """The actions of the node that are named, each once."""
    names = [name for name, button in body["动作"].items() if not (button or {}).get("换人")]
    return list(dict.fromkeys(read.one_of(word, names, key.word) for word in BETWEEN.split(value.text) if word))


def _owner(key: Key, body: Data, value: Sentence, book: Book) -> Data:
    return book.owner(value.text, body.get(key.word) or {})


def _rights(key: Key, body: Data, value: Sentence, book: Book) -> dict[str, str]:
    """``缺陷照片 隐藏、缺陷等级 可改``, beside those that there are; ``缺陷照片 无`` takes one away."""
    found = dict(body.get(key.word) or {})
    words = [word for word in BETWEEN.split(ended(value.text).replace("=", " ")) if word]
    if len(words) % 2:
        raise value.unclear(f"{key.word}要写名字和 {'、'.join(key.choices)} 里的一样，不再另定就写 {NOT_SAID[0]}")
    for name, right in zip(words[::2], words[1::2], strict=True):
        found.pop(name, None)
        if right not in NOT_SAID:
            found[name] = read.one_of(right, key.choices, key.word)
    return found


#: how a sentence says a value of each kind
_SPOKEN: Mapping[Value, Callable[[Key, Data, Sentence, Book], Any]] = {
    Value.LIMIT: _limit, Value.SPAN: _limit, Value.PROSE: _prose, Value.WORD: _word, Value.NAME: _word,
    Value.NAMES: _names, Value.ROLES: _names, Value.ROLE: _role, Value.SWITCH: _yes, Value.SAME: _yes,
    Value.CHOICE: _choice, Value.COUNT: _count, Value.RIGHTS: _rights,
    Value.OWNER: _owner, Value.BUTTONS: _buttons, Value.CONDITIONS: _conditions, Value.CELL: _cell,
}  # fmt: skip
