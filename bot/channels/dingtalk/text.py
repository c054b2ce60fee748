"""Words as the platform shows them: markdown that cannot be broken into, and pieces that fit a message."""

from __future__ import annotations

import orjson

PARAM_BYTES = 15_000  #: of a message's ``msgParam`` (dingtalk.md §4.2)
PIECE_BYTES = PARAM_BYTES - 500  #: leaves room for the names and the title around a text
BREAK = "  \n  "  #: a new line in the platform's markdown (dingtalk.md §4.2)

# Backslash escapes are not in the documented subset, so what markdown would act on becomes its full-width twin.
_PLAIN = str.maketrans({c: chr(ord(c) + 0xFEE0) for c in "*[]<>`#"})


def plain(text: str) -> str:
    """Somebody's words, which shall be neither a link, nor bold, nor a heading."""
    return text.translate(_PLAIN)


def json_text(value: object) -> str:
    return orjson.dumps(value).decode()


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
