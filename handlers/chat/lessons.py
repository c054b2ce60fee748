"""The first hour of each role, from config/lessons.yaml: a few steps, each with a sentence that does or shows it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import yaml

from flow.definitions import yamlfile
from flow.definitions.business import CONFIG
from flow.errors import DefinitionError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

FILE = "lessons.yaml"


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to be learned: ``words`` are what its button says for whoever taps."""

    title: str
    about: str
    button: str
    words: str


@dataclass(frozen=True, slots=True)
class Lesson:
    """The steps of some roles."""

    name: str
    roles: frozenset[str]
    steps: tuple[Step, ...]


def lessons_of(text: str) -> tuple[Lesson, ...]:
    """The lessons of a file, in its order. Raises DefinitionError where it cannot be read."""
    try:
        return tuple(
            Lesson(str(name), frozenset(map(str, each["角色"])), tuple(_step(raw) for raw in each["步"]))
            for name, each in yamlfile.read(text).items()
        )
    except (yaml.YAMLError, KeyError, TypeError, AttributeError) as error:
        raise DefinitionError([f"{FILE}：读不出来（{type(error).__name__} {error}）"]) from error


def _step(raw: dict[str, str]) -> Step:
    return Step(str(raw["题"]), str(raw["讲"]), str(raw["钮"]), str(raw["做"]))


@lru_cache(maxsize=2)
def lessons(folder: Path = CONFIG) -> tuple[Lesson, ...]:
    """The lessons of this house, read once."""
    return lessons_of((folder / FILE).read_text(encoding="utf-8"))


def lesson_for(roles: Iterable[str]) -> Lesson | None:
    """The first lesson that is for one of these roles."""
    held = frozenset(roles)
    return next((each for each in lessons() if each.roles & held), None)
