"""Words as the platform shows them: markdown that cannot be broken into, and pieces that fit a message."""

from __future__ import annotations

import json
import re
from typing import Any

import orjson

from models.outside import unmarked

PARAM_BYTES = 15_000  #: of a message's ``msgParam`` (dingtalk.md §4.2)
PIECE_BYTES = PARAM_BYTES - 500  #: leaves room for the names and the title around a text
BREAK = "  \n  "  #: a new line in the platform's markdown (dingtalk.md §4.2)

_ODD = re.compile(r"\\u(?:0000|[dD][89a-fA-F])")  #: without one of these JSON holds nothing that cannot be written
_ODD_BYTES = re.compile(_ODD.pattern.encode())


def plain(text: str) -> str:
    """Somebody's words, which shall be neither a link, nor bold, nor a heading."""
    return unmarked(text)


def json_text(value: object) -> str:
    return orjson.dumps(value).decode()


def json_object(text: str | bytes) -> dict[str, Any] | None:
    """The object that the platform's JSON says, without what no database and no answer can hold; None for no object."""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return None
    if not isinstance(found, dict):
        return None
    odd = _ODD_BYTES.search(text) if isinstance(text, bytes) else _ODD.search(text)
    return _writable(found) if odd else found


def _writable(value: Any) -> Any:
    """Without NUL and halves of characters, such as a client leaves that cuts an emoji in two."""
    if isinstance(value, str):
        return value.replace("\0", "").encode("utf-8", "replace").decode()
    if isinstance(value, dict):
        return {_writable(key): _writable(part) for key, part in value.items()}
    return [_writable(part) for part in value] if isinstance(value, list) else value


def weight(text: str) -> int:
    """Bytes that ``text`` takes as a JSON string."""
    return len(json_text(text).encode()) - 2


def pieces(text: str, limit: int = PIECE_BYTES) -> list[str]:
    """``text`` cut at line ends, and inside a line only when it alone is too long."""
    found: list[str] = []
    for part in (part for line in text.split("\n") for part in _cut(line, limit)):
        if found and weight(found[-1]) + weight(part) + 2 <= limit:
            found[-1] += "\n" + part
        else:
            found.append(part)
    return [piece for piece in found if piece.strip()]


def _cut(line: str, limit: int) -> list[str]:
    if weight(line) <= limit:
        return [line]
    half = len(line) // 2
    return _cut(line[:half], limit) + _cut(line[half:], limit)
