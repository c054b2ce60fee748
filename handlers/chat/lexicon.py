"""The words that may begin a statement, and what follows each: a case, some number, an order, or text. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from flow.definitions.patterns import alternatives
from handlers.chat.phrases import Phrases, phrases

if TYPE_CHECKING:
    from collections.abc import Iterable

MANY = "批量"


@dataclass(frozen=True)
class Lexicon:
    """The commands of the chat by what they are about, the buttons of the flows, and how people speak."""

    commands: frozenset[str]
    about_cases: frozenset[str]  #: commands whose first word is a case
    about_numbers: frozenset[str]  #: commands whose first word is a number of any kind
    about_orders: frozenset[str]  #: commands whose first word is an order
    each: frozenset[str]  #: commands of which several numbers are as many statements
    prose: frozenset[str]  #: commands that keep what is said as it was typed
    actions: frozenset[str]  #: the buttons
    phrases: Phrases = field(default_factory=phrases, repr=False)

    @cached_property
    def head(self) -> re.Pattern[str]:
        """The first word of a statement, and what follows it: blanks, a colon, a digit or letter, or nothing."""
        return _headed([*self.commands, *self.phrases.commands, *self.actions, *self.phrases.buttons], self.phrases)

    @cached_property
    def on_case(self) -> re.Pattern[str]:
        """What may be said behind the number of a case."""
        names = [name for name, command in self.phrases.commands.items() if command in self.about_cases | {"查"}]
        return _headed([*self.about_cases, "查", *names, *self.actions, *self.phrases.buttons], self.phrases)

    @cached_property
    def on_number(self) -> re.Pattern[str]:
        """What may be said behind any other number."""
        after = self.about_orders | self.about_numbers
        names = [name for name, command in self.phrases.commands.items() if command in after]
        return _headed([*after, *names], self.phrases)

    def meant(self, word: str) -> str:
        """A command for any of its names; other words, and names that are the button's of a node, as they are."""
        if word in self.commands or word in self.actions:
            return word
        return self.phrases.commands.get(word.lower(), word)

    def is_word(self, word: str) -> bool:
        """Whether it is a command or button by one of its names."""
        return word in self.commands or self.is_button(word) or word.lower() in self.phrases.commands

    def is_button(self, word: str) -> bool:
        return word in self.actions or word.lower() in self.phrases.buttons

    def leaves_in_a_clause(self, text: str) -> bool:
        """Whether one clause of a text leaves what was asked: 不缺，我点错了."""
        return any(self.phrases.is_left(clause) for clause in re.split("[,。;]", text) if clause)


def _headed(names: Iterable[str], said: Phrases) -> re.Pattern[str]:
    known = alternatives({*names, MANY})
    particles = alternatives(said.particles)
    many = rf"(?:{MANY})?(?:{known})"
    return re.compile(
        rf"^(?P<name>{many})(?:{particles})?(?:\s*[:：,，]\s*|\s+|(?=[0-9A-Za-z@#+]|第[0-9一二三四五六七八九十])|$)(?P<rest>.*)$",
        re.IGNORECASE,
    )
