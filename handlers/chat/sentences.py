"""A whole sentence taken apart: the numbers in it, what it is about, and what else it says. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from handlers import parse
from handlers.chat.spelling import numbered

if TYPE_CHECKING:
    from collections.abc import Iterable

    from handlers.chat.lexicon import Lexicon
    from handlers.chat.phrases import Saying

_NUMBER = re.compile(r"(?<![A-Za-z0-9-])(?=[A-Za-z0-9-]*\d)[A-Za-z0-9][A-Za-z0-9-]{3,}(?![A-Za-z0-9])")
_MARKS = " ,。.:;!?~、…\"'“”‘’()<>"


@dataclass(frozen=True, slots=True)
class Sentence:
    """``commands`` are what it may be about, the words of which are not in ``rest`` any more; nor are the numbers."""

    text: str
    cases: tuple[str, ...]
    numbers: tuple[str, ...]  #: others than of cases
    commands: tuple[str, ...]
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
    left = left.replace(phrase, "\n", 1) if phrase else left
    rest = tuple(piece for piece in (bare(each, lexicon) for each in re.split(r"[\s\n]+", left)) if piece)
    return Sentence(text, cases, numbers, commands, rest)


def _saying(text: str, sayings: Iterable[Saying]) -> tuple[Saying | None, str]:
    for saying in sayings:
        for word in saying.words:
            if word in text:
                return saying, word
    return None, ""


def bare(text: str, lexicon: Lexicon) -> str:
    """A piece without the filler and the marks at its ends; "" where it is nothing else."""
    said = text.strip(_MARKS)
    while said:
        found = next((word for word in lexicon.phrases.filler if said.startswith(word)), "")
        ended = "" if found else next((word for word in lexicon.phrases.filler if said.endswith(word)), "")
        if not found and not ended:
            return said
        said = (said[len(found) :] if found else said[: -len(ended)]).strip(_MARKS)
    return said


def only_asks(words: Iterable[str], lexicon: Lexicon) -> bool:
    """Whether words say nothing but how far a thing is: 到哪了, 怎么样了, 的进度."""
    asking = lexicon.phrases.sayings[0]
    text = " ".join(words)
    for word in asking.words:
        text = text.replace(word, " ")
    return not any(bare(piece, lexicon) for piece in text.split())
