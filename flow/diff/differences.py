"""What is different between two sets of definitions, change by change, in the words of their owners. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from flow.definitions import yamlfile
from flow.definitions.business import FLOW, POLICY, TITLES
from flow.definitions.references import TO, renamed
from flow.diff.renames import ALIKE, renames
from flow.diff.sentences import ORDER, Difference, change_words, place_words
from flow.diff.tree import GONE, NAMES, RIGHTS, Ordered, Rows, divisible, holds_entries, is_entry, keyed, merged_order
from flow.diff.weights import MONEY, OTHERS, weight

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from flow.diff.tree import Path

    Texts = Mapping[tuple[str, str], str]

ADDED, REMOVED, CHANGED = "增", "删", "改"
#: kinds of definitions in the order in which people read them, and what one is called
KINDS = {FLOW: "流程", POLICY: "政策", **TITLES}


@dataclass(frozen=True, slots=True)
class Change:
    """One difference, in one sentence."""

    kind: str
    name: str
    place: str  #: 质检 时限
    words: str  #: 质检 时限：48小时 → 4小时
    mark: str  #: 增, 删 or 改
    weight: int = OTHERS  #: how near to money it lies, as ``flow.diff.weights`` has it


def differences(old: Texts, new: Texts) -> list[Change]:
    """Every change from ``old`` to ``new``, kind by kind, in the order in which the definition says things.

    A text that only one of them has is one change. Raises yaml.YAMLError for a text that is no YAML.
    """
    found = []
    changed = [key for key in {**old, **new} if old.get(key) != new.get(key)]
    for kind, name in sorted(changed, key=_reading_order):
        before, after = old.get((kind, name), ""), new.get((kind, name), "")
        several = [other[0] for other in changed].count(kind) > 1
        found += list(_text_changes(kind, name, before, after, several=several))
    return found


def _reading_order(key: tuple[str, str]) -> int:
    return [*KINDS, key[0]].index(key[0])


def _text_changes(kind: str, name: str, old: str, new: str, *, several: bool) -> Iterator[Change]:
    noun = KINDS.get(kind, kind)
    if not (old and new):
        verb, mark = ("增加", ADDED) if new else ("删除", REMOVED)
        yield Change(kind, name, name, f"{verb}{noun} {name}", mark, MONEY if kind in (FLOW, POLICY) else OTHERS)
        return
    before = f"{noun} {name}：" if several else ""
    sides = yamlfile.read(old), yamlfile.read(new)
    for found in data_differences(kind, *sides):
        words = f"{before}{change_words(found)}"
        yield Change(kind, name, place_words(found.path), words, _mark(found), weight(kind, found, *sides))


def _mark(found: Difference) -> str:
    if found.before:
        return CHANGED
    if found.entry and found.old is GONE:
        return ADDED
    return REMOVED if found.entry and found.new is GONE else CHANGED


def data_differences(kind: str, old: Any, new: Any) -> list[Difference]:
    """The differences between plain values of one kind of definition."""
    if kind != FLOW:
        return list(_walk(keyed(old or {}), keyed(new or {}), ()))
    again = renames(old["节点"], new["节点"], ALIKE)
    found = [Difference(("节点", name), GONE, GONE, entry=True, before=before) for before, name in again.items()]
    found += _walk(keyed(renamed(old, again)), keyed(new), ())
    order = [*new, *old], merged_order(list(new["节点"]), [again.get(name, name) for name in old["节点"]])
    return sorted(found, key=lambda one: _place(one.path, *order))


def _place(path: Path, keys: list[str], nodes: list[str]) -> tuple[int, int]:
    """Where a difference stands when the flow is read."""
    inner = nodes.index(path[1]) if path[0] == "节点" and path[1] in nodes else 0
    return keys.index(path[0]), inner


def _walk(old: Any, new: Any, path: Path) -> Iterator[Difference]:
    """Down to where the two differ."""
    both = divisible(old, path) and divisible(new, path)
    if not both or isinstance(old, Rows) != isinstance(new, Rows):
        if old != new:
            yield Difference(path, old, new)
        return
    if path and path[-1] == TO and not old.keys() & new.keys():
        yield Difference(path, old, new)
        return
    again = _renamed_entries(old, new, path)
    old = type(old)((again.get(name, name), body) for name, body in old.items())
    for name in merged_order([str(key) for key in new], [str(key) for key in old]):
        before = next((was for was, now in again.items() if now == name), "")
        yield from _entry(old, new, (*path, name), before)
    if isinstance(new, Ordered):
        yield from _reordered(old, new, path)


def _renamed_entries(old: Mapping[str, Any], new: Mapping[str, Any], path: Path) -> dict[str, str]:
    """Rows, actions and types that only have another name."""
    if not is_entry((*path, ""), new) or path == ("节点",) or path[-1:] == (RIGHTS,):
        return {}
    return renames(_bodies(old), _bodies(new))


def _bodies(entries: Mapping[str, Any]) -> dict[str, Any]:
    return {name: {key: value for key, value in body.items() if key not in NAMES} if isinstance(body, dict) else body
            for name, body in entries.items()}  # fmt: skip


def _entry(old: Mapping[str, Any], new: Mapping[str, Any], path: Path, before: str) -> Iterator[Difference]:
    """The differences of one thing that stands in a container."""
    name, alone = path[-1], len(old.keys() | new.keys()) == 1
    first, second = old.get(name, GONE), new.get(name, GONE)
    if before:
        yield Difference(path, first, second, entry=True, before=before)
    elif holds_entries(first, path) or holds_entries(second, path):
        yield from _walk(first or type(second)(), second or type(first)(), path)
    elif first is GONE or second is GONE:
        yield Difference(path, first, second, entry=is_entry(path, new), alone=alone)
    else:
        for found in _walk(first, second, path):
            yield replace(found, alone=alone) if len(found.path) == len(path) + 1 else found


def _reordered(old: Mapping[str, Any], new: Mapping[str, Any], path: Path) -> Iterator[Difference]:
    """What stayed but stands in another order, which is another rule where the first that fits decides."""
    before, after = [name for name in old if name in new], [name for name in new if name in old]
    if before != after:
        yield Difference((*path, ORDER), before, after)
