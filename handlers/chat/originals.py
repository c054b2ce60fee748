"""Words that were read from a message, as they were typed there: with its marks, and its short numbers. Pure."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from handlers.chat.characters import simplified
from handlers.chat.parse import wide

_MARKS = set(",.。，、;；:：!！?？~～…—\"'“”‘’()（）《》「」")  #: what nobody means by itself
_NO = r"(?<![\dA-Za-z-])\d{4}(?!\d)"  #: the end of a case's number, which people say for it
_AHEAD, _BEHIND = (
    r"(?:尾号|末尾|末四位|后四位|尾数|单号)?(?:是|为)?#?",
    r"(?:号单|号|那单|这单|那张单|那张|这张|单子|单)?的?",
)
_CUT = f"(?:{_AHEAD}{_NO}{_BEHIND})?"  #: what is read out of a sentence where a case is named in it
_PARTS = re.compile(r"(\s+|[,，。;；!！?？]+\s*|\s*R\d{8}-\d{4,}\s*)")
_PIECES = re.compile(r"\s+|R\d{8}-\d{4,}")
_WHOLE_NO = re.compile(r"R\d{8}-\d{4,}")
_QUOTED = re.compile(r"“([^“”]*)”")
_HALF = re.compile(r"\s*R\d{0,8}-?\d{0,4}$")  #: what a cut has left of a number
_MORE = "…"


def as_typed(words: str, typed: str) -> str:
    """Words of a message as ``typed`` has them; clause by clause where they are not all of one piece there."""
    if not words or not typed:
        return words
    if (whole := _found(words, typed)) is not None:
        return wide(whole)
    return wide("".join(_found(part, typed) or part for part in _PARTS.split(words)))


def whole_as_typed(words: str, typed: str) -> str:
    """The end of a message that some words are, character for character; as ``as_typed`` where they are not its end."""
    wanted, at = _squashed(words), len(typed)
    while wanted and at and len(_squashed(typed[at:])) < len(wanted):
        at -= 1
    return typed[at:].strip() if wanted and _squashed(typed[at:]) == wanted else as_typed(words, typed)


def _squashed(text: str) -> str:
    """In one width and one script, without blanks."""
    return "".join(unicodedata.normalize("NFKC", simplified(text)).split())


def quoted_as_typed(text: str, typed: str) -> str:
    """A text in which whatever stands in “ ” and was typed stands as it was typed, with the number of its case."""
    return _QUOTED.sub(lambda match: f"“{_quotation(match[1], typed)}”", text) if typed else text


def _quotation(words: str, typed: str) -> str:
    cut = words.endswith(_MORE)
    said = _HALF.sub("", words.removesuffix(_MORE)) if cut else words
    if (span := _span(said, typed)) is None:
        return as_typed(words, typed)
    start, end = span
    is_all = cut or re.fullmatch(_CUT, _plain(typed[end:])[0])
    start = 0 if is_all and re.fullmatch(_CUT, _plain(typed[:start])[0]) else start
    if cut:
        shown = " ".join(typed[start:].split())
        return shown if len(shown) <= len(words) else f"{shown[: len(words) - 1]}{_MORE}"
    marks = _behind(words, typed, end)
    end = len(typed) if _plain(typed[end:])[0] and is_all and not start else end
    return f"{' '.join(typed[start:end].split()).rstrip('。')}{marks if end < len(typed) else ''}"


def _found(words: str, typed: str) -> str | None:
    """The piece of what was typed that some words are, with the marks at their own ends; None for none."""
    span = _span(words, typed)
    if span is None or _WHOLE_NO.match(words) or _WHOLE_NO.fullmatch(words.split()[-1]):
        return None
    start, end = span
    ahead = words[: len(words) - len(words.lstrip("".join(_MARKS) + " "))]
    return f"{ahead}{' '.join(typed[start:end].split())}{_behind(words, typed, end)}"


def _behind(words: str, typed: str, end: int) -> str:
    """The marks behind some words, in the width in which they were typed."""
    marks = words[len(words.rstrip("".join(_MARKS) + " ")) :]
    same = typed[end : end + len(marks)]
    return same if unicodedata.normalize("NFKC", same) == unicodedata.normalize("NFKC", marks) else marks


def _span(words: str, typed: str) -> tuple[int, int] | None:
    """Where the words stand in what was typed; only a case's number may have been taken out of them."""
    if any(no in typed for no in _WHOLE_NO.findall(words)):
        return None
    pieces = [plain for piece in _PIECES.split(words) if (plain := _plain(piece)[0])]
    if not pieces:
        return None
    text, places = _plain(typed)
    match = re.search(f"({f')({_CUT})('.join(map(re.escape, pieces))})", text)
    if match is None:
        return None
    gaps = [match.span(group) for group in range(2, len(pieces) * 2, 2)]
    if any(start == end and places[start] == places[start - 1] + 1 for start, end in gaps):
        return None  # a blank that nobody has typed: 林晓 补个凭证
    return places[match.start()], places[match.end() - 1] + 1


@lru_cache(maxsize=64)
def _plain(text: str) -> tuple[str, tuple[int, ...]]:
    """A text without marks and blanks, in one width and one script, and the place of each of its characters."""
    found = [
        (sign, at)
        for at, char in enumerate(simplified(text))
        for sign in unicodedata.normalize("NFKC", char)
        if not sign.isspace() and sign not in _MARKS
    ]
    return "".join(sign for sign, _ in found), tuple(at for _, at in found)
