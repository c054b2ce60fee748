"""Long words in pieces that WeCom shows whole."""

from __future__ import annotations

TEXT_BYTES = 2048  #: a longer text is cut by the platform without a word (D/90236)


def split(text: str, most: int = TEXT_BYTES) -> list[str]:
    """``text`` in pieces of at most ``most`` bytes, cut at line ends where there are any; blank pieces are left out."""
    pieces: list[str] = []
    room = 0
    for line in _short_lines(text, most):
        size = len(line.encode())
        if size <= room:
            pieces[-1] += line
            room -= size
        else:
            pieces.append(line)
            room = most - size
    return [piece.strip("\n") for piece in pieces if piece.strip()] or [text]


def _short_lines(text: str, most: int) -> list[str]:
    """Lines with their ends, those that are too long cut between characters."""
    return [piece for line in text.splitlines(keepends=True) for piece in _chopped(line, most)]


def _chopped(line: str, most: int) -> list[str]:
    raw, pieces = line.encode(), []
    while len(raw) > most:
        head = raw[:most].decode(errors="ignore")
        pieces.append(head)
        raw = raw[len(head.encode()) :]
    return [*pieces, raw.decode()]
