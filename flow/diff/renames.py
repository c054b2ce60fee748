"""Tells a thing with a new name from a thing that went and another that came: by how alike they are. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from flow.diff.tree import Path

ALIKE = 0.7  #: share of qualities that a renamed node keeps
SAME = 1.0


def renames(old: Mapping[str, Any], new: Mapping[str, Any], alike: float = SAME) -> dict[str, str]:
    """Old name -> new name, for what is in only one of both and alike; the likest pairs first, each name once."""
    gone = [name for name in old if name not in new and isinstance(old[name], dict)]
    come = [name for name in new if name not in old and isinstance(new[name], dict)]
    pairs = [(likeness(old[a], new[b], {a: b}), a, b) for a in gone for b in come]
    found: dict[str, str] = {}
    for share, before, after in sorted(pairs, key=lambda pair: -pair[0]):
        if share >= alike and before not in found and after not in found.values():
            found[before] = after
    return found


def likeness(old: Any, new: Any, names: Mapping[str, str]) -> float:
    """The share of qualities that two bodies have in common; a name that changed with them does not count."""
    first, second = set(_qualities(old, names)), set(_qualities(new, names))
    return len(first & second) / len(first | second) if first | second else 0.0


def _qualities(body: Any, names: Mapping[str, str], path: Path = ()) -> Iterator[tuple[Path, str]]:
    if isinstance(body, dict):
        for key, value in body.items():
            yield from _qualities(value, names, (*path, names.get(str(key), str(key))))
    else:
        yield path, names.get(str(body), str(body))
