"""A whole sentence taken apart: the numbers in it, what it is about, and what else it says. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from handlers import parse
from handlers.chat.spelling import ASKING, MARKS, bare, numbered, unasked

if TYPE_CHECKING:
    from collections.abc import Iterable

    from handlers.chat.lexicon import Lexicon
    from handlers.chat.phrases import Saying

_NUMBER = re.compile(r"(?<![A-Za-z0-9-])(?=[A-Za-z0-9-]*\d)[A-Za-z0-9][A-Za-z0-9-]{3,}(?![A-Za-z0-9])")
_LED = re.compile(r"^[\s,。:;、]*(?:里面|里边|里|中|这单|那单)?的?")  #: what ties a piece to the number ahead of it


@dataclass(frozen=True, slots=True)
class Sentence:
    """``commands`` are what it may be about, by ``phrase``; neither that nor the numbers are in ``rest`` any more."""

    text: str
    cases: tuple[str, ...]
    numbers: tuple[str, ...]  #: others than of cases
    commands: tuple[str, ...]
    phrase: str
    rest: tuple[str, ...]

    def about(self, number: str) -> list[str]:
        """The words beside the commands and one of the numbers, in their order."""
        return [*self.rest, *(other for other in self.numbers if other != number)]


def sentence(text: str, lexicon: Lexicon) -> Sentence:
    """The sentence in its parts."""
    plain = numbered(text)
    words = parse.words(plain)
    cases = tuple(dict.fromkeys(word.upper() for word in words if parse.is_case_no(word)))
    left = " ".join("\n" if parse.is_case_no(word) else word for word in words)
    numbers = tuple(dict.fromkeys(_NUMBER.findall(left)))
    left = _NUMBER.sub("\n", left)
    saying, phrase = _saying(left, lexicon.phrases.sayings)
    commands = saying.commands if saying else ()
    left = unasked(left, lexicon) if commands == (ASKING,) else left.replace(phrase, "\n", 1) if phrase else left
    rest = tuple(_LED.sub("", piece).strip(MARKS) for piece in left.split() if bare(piece, lexicon))
    return Sentence(plain, cases, numbers, commands, phrase, rest)


def _saying(text: str, sayings: Iterable[Saying]) -> tuple[Saying | None, str]:
    for saying in sayings:
        for word in saying.words:
            if word in text:
                return saying, word
    return None, ""
