"""Two people's changes to the same definitions put together; what both changed otherwise is told, not guessed. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from flow.definitions import yamlfile
from flow.definitions.business import FLOW, POLICY
from flow.definitions.text import value_words
from flow.diff.differences import data_differences
from flow.diff.sentences import ORDER, change_words, place_words, side_words
from flow.diff.tree import GONE, Ordered, divisible, is_entry, keyed, merged_order, plain
from flow.errors import DefinitionError
from flow.validation.flows import parse_flow
from flow.validation.policies import parse_policy

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from flow.diff.tree import Path

    Texts = Mapping[tuple[str, str], str]

SOMEBODY = "别人"
MAX_TOLD = 3  #: sentences of one clash
_READERS: Mapping[str, Callable[[str, str], object]] = {FLOW: parse_flow, POLICY: parse_policy}


@dataclass(frozen=True, slots=True)
class Conflict:
    """One place that both changed, each in another way; the three sides in words."""

    place: str
    base: str
    mine: str
    theirs: str
    words: str


@dataclass(frozen=True, slots=True)
class Merged:
    """Both changes in one; at a conflict it holds theirs, which is published already."""

    texts: dict[tuple[str, str], str]
    conflicts: list[Conflict]


def three_way(base: Texts, mine: Texts, theirs: Texts, *, who: str = SOMEBODY) -> Merged:
    """Put my change of ``base`` and that of ``who`` together. A text that is not there, or empty, is deleted.

    Raises yaml.YAMLError for a text that is no YAML.
    """
    merged = Merged({}, [])
    for key in dict.fromkeys([*theirs, *mine, *base]):
        three = _Three(base.get(key, ""), mine.get(key, ""), theirs.get(key, ""), who, key)
        text = three.merged(merged.conflicts)
        if text:
            merged.texts[key] = text
    return merged


@dataclass(frozen=True, slots=True)
class _Three:
    """One text on its three sides."""

    base: str
    mine: str
    theirs: str
    who: str
    key: tuple[str, str]

    def merged(self, conflicts: list[Conflict]) -> str:
        if self.mine == self.theirs or self.mine == self.base:
            return self.theirs
        if self.theirs == self.base:
            return self.mine
        if not (self.mine and self.theirs):
            conflicts.append(self._deleted())
            return self.theirs
        return self._together(conflicts)

    def _together(self, conflicts: list[Conflict]) -> str:
        base, mine, theirs = (keyed(yamlfile.read(text) or {}) for text in (self.base, self.mine, self.theirs))
        merge = _Merge(self.who)
        found = merge.value(base, mine, theirs, ())
        for same, text in ((theirs, self.theirs), (mine, self.mine)):
            if found == same:
                conflicts += merge.conflicts
                return text  # as its author laid it out
        text = yamlfile.write(plain(found))
        conflicts += merge.conflicts or self._unsound(text)
        return text

    def _unsound(self, text: str) -> list[Conflict]:
        """Changes at different places may still not go together, such as a node deleted here and led to there."""
        problems = _problems(self.key, text)
        if not problems or any(_problems(self.key, side) for side in (self.mine, self.theirs)):
            return []
        words = "；".join(problems[:MAX_TOLD])
        return [Conflict(self.key[1], "", "", "", f"你的改动和{self.who}的改动合在一起不成立：{words}")]

    def _deleted(self) -> Conflict:
        mine, theirs = ("改了" if text else "删掉了" for text in (self.mine, self.theirs))
        return Conflict(self.key[1], "", mine, theirs, f"{self.key[1]}：你{mine}，{self.who} 已{theirs}")


def _problems(key: tuple[str, str], text: str) -> list[str]:
    try:
        if reader := _READERS.get(key[0]):
            reader(text, key[1])
    except DefinitionError as error:
        return [*error.problems]
    return []


@dataclass(frozen=True, slots=True)
class _Merge:
    """One walk through three trees."""

    who: str
    conflicts: list[Conflict] = field(default_factory=list)

    def value(self, base: Any, mine: Any, theirs: Any, path: Path, *, entry: bool = False) -> Any:
        if mine in (theirs, base):
            return theirs
        if theirs == base:
            return mine
        if divisible(mine, path) and divisible(theirs, path) and not (entry and base is GONE):
            return self._entries(base if isinstance(base, dict) else {}, mine, theirs, path)
        if all(isinstance(side, list) for side in (mine, theirs)) and (found := _lists(base, mine, theirs)) is not None:
            return found
        self._clash(base, mine, theirs, path)
        return theirs

    def _entries(self, base: dict[str, Any], mine: dict[str, Any], theirs: dict[str, Any], path: Path) -> Any:
        """Name by name; what one side has added stands where that side put it."""
        made: type[dict[str, Any]] = type(theirs)
        found = made()
        for name in self._order(base, mine, theirs, path):
            before, here, there = (side.get(name, GONE) for side in (base, mine, theirs))
            value = self.value(before, here, there, (*path, name), entry=is_entry((*path, name), theirs))
            if value is not GONE:
                found[name] = value
        return found

    def _order(self, base: dict[str, Any], mine: dict[str, Any], theirs: dict[str, Any], path: Path) -> list[str]:
        stayed = [
            [name for name in side if name in base and name in mine and name in theirs] for side in (base, mine, theirs)
        ]
        before, here, there = stayed
        if here not in (before, there) and there != before and isinstance(theirs, Ordered):
            self._clash(before, here, there, (*path, ORDER))
        first, second = (mine, theirs) if there == before and here != before else (theirs, mine)
        return merged_order(list(first), list(second))

    def _clash(self, base: Any, mine: Any, theirs: Any, path: Path) -> None:
        place, key = place_words(path), path[-1]
        was, here, there = (side_words(side, path) for side in (base, mine, theirs))
        sides = [_said(base, side, path) for side in (mine, theirs)]
        start = f"原来 {was}，" if not divisible(base, path) else ""
        words = f"{place}：{start}你{sides[0]}，{self.who} 已{sides[1]}"
        if base is GONE and divisible(mine, path) and divisible(theirs, path):
            words = f"{place}：你和{self.who}都增加了，你的和{self.who}的不同：{_changes(mine, theirs, key)}"
        self.conflicts.append(Conflict(place, was, here, there, words))


def _said(base: Any, side: Any, path: Path) -> str:
    """What somebody made of it: 改成 4小时, 删掉了, 改了 时限：48小时 → 4小时."""
    if side is GONE:
        return "删掉了"
    if divisible(base, path) and divisible(side, path):
        return f"改了 {_changes(base, side, path[-1])}"
    return f"{'写成' if base is GONE else '改成'} {value_words(plain(side, path[-1]), path[-1])}"


def _changes(old: Any, new: Any, key: str) -> str:
    changes = data_differences("", plain(old, key), plain(new, key))
    return "、".join(change_words(change) for change in changes[:MAX_TOLD])


def _lists(base: Any, mine: Sequence[Any], theirs: Sequence[Any]) -> list[Any] | None:
    """Lists of words, such as who hears of it: what either side added or took away. None where both reordered."""
    before = base if isinstance(base, list) else []
    if {*map(str, mine)} == {*map(str, theirs)}:
        return None
    kept = [item for item in theirs if item in mine or item not in before]
    return kept + [item for item in mine if item not in before and item not in theirs]
