"""Which of a node's buttons a sentence speaks for, by the words of config/phrases.yaml; a no takes them back. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from handlers.chat.spelling import asks_at_all

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from flow.definitions.flow import Action
    from handlers.chat.lexicon import Lexicon
    from handlers.chat.phrases import Phrases

_CLAUSES = re.compile(r"[\s,;。!、]+")
_ASKS = re.compile(r"能不能|可不可以|要不要")
_LEAST = 2  #: characters of another name that is looked for within a sentence
BY_NAME, BY_OTHER_NAME, BY_HEARING, BY_CHANCE = range(4)  #: the last: by words that speak for other buttons as well


@dataclass(frozen=True, slots=True)
class Heard:
    """The buttons that are spoken for, the surest first; those that are spoken against; whether it is left open."""

    names: tuple[str, ...] = ()
    against: frozenset[str] = frozenset()
    undecided: bool = False
    paid: bool = False  #: the money is said to have gone another way

    @property
    def first(self) -> tuple[str, ...]:
        """The buttons that the sentence decides for; none where it is left open."""
        return () if self.undecided else self.names


def clauses_of(text: str) -> list[str]:
    """What stands between blanks and marks."""
    return [clause for clause in _CLAUSES.split(text) if clause]


def is_question(text: str) -> bool:
    """Whether a text asks, and so decides nothing."""
    return asks_at_all(text) or bool(_ASKS.search(text))


def hear(text: str, buttons: Iterable[Action], lexicon: Lexicon) -> Heard:
    """What a text says of these buttons: the longest words first, each of which may speak for several."""
    known = lexicon.phrases
    low = text.lower()
    words = _words(list(buttons), known, low.strip())
    found: dict[str, tuple[int, int]] = {}
    against: set[str] = set()
    for match in re.finditer("|".join(map(re.escape, sorted(words, key=len, reverse=True))) or r"(?!)", low):
        denied = low[: match.start()].endswith(known.noes)
        for name, rank in words[match[0]].items():
            if denied:
                against.add(name)
            else:
                place = (rank if len(words[match[0]]) == 1 else BY_CHANCE, match.start())
                found[name] = min(found.get(name, place), place)
    plain = [name for name, (rank, _) in found.items() if rank != BY_CHANCE and name not in against]
    return Heard(
        names=tuple(sorted(plain or [name for name in found if name not in against], key=found.__getitem__)),
        against=frozenset(against),
        undecided=any(word in text for word in known.undecided),
        paid=any(word in text for word in known.paid),
    )


def _words(buttons: Collection[Action], known: Phrases, said: str) -> Mapping[str, Mapping[str, int]]:
    """Every word that speaks for one of the buttons, and how surely for which; a single sign only where it is all."""
    found: dict[str, dict[str, int]] = {}
    for button in buttons:
        other = [word for names in (known.sure, known.near) for word, each in names.items() if button.name in each]
        heard = {*known.heard.get(button.name, ()), *known.heard.get(button.verdict, ())}
        ranked = [(button.name, BY_NAME), *((word, BY_OTHER_NAME) for word in other), *((w, BY_HEARING) for w in heard)]
        for word, rank in ranked:
            if len(word) >= _LEAST or rank == BY_HEARING or word.lower() == said:
                found.setdefault(word.lower(), {}).setdefault(button.name, rank)
    return found


def remark(text: str, name: str, lexicon: Lexicon) -> str:
    """What is said beside a button, for it to keep: all clauses but one that is nothing but the button's name."""
    known = lexicon.phrases
    own = {name, *(word for each in (known.sure, known.near) for word, names in each.items() if name in names)}
    return ",".join(
        clause for clause in clauses_of(text) if clause.rstrip("吧了啊哈呀").lower() not in own and clause not in own
    )


def other_clauses(text: str, word: str, lexicon: Lexicon) -> str:
    """What else a text of several clauses says than a button's word."""
    return remark(text, word, lexicon) if len(clauses_of(text)) > 1 else ""
