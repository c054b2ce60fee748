"""Two sets of definitions that call things otherwise: each new name once, the old side under the new ones. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flow.definitions.business import FLOW, title
from flow.definitions.identities import FIELD, NODE, ROLE, ROLES, one, renames_between
from flow.definitions.renaming import applied
from flow.diff.differences import CHANGED, Change, differences
from flow.diff.weights import OTHERS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from flow.definitions.identities import Renames

    Texts = Mapping[tuple[str, str], str]

MAX_TOLD = 4  #: texts that follow a name and are told by name


@dataclass(frozen=True, slots=True)
class Compared:
    """What was there before under the names of now, and what is different beside the names."""

    old: dict[tuple[str, str], str]
    names: Renames
    changes: list[Change]


def under(old: Texts, new: Texts) -> tuple[dict[tuple[str, str], str], Renames]:
    """The old side as it would have stood under the new names: what is then different is no mere name."""
    names = renames_between(old, new)
    return ({**old, **applied(old, names)} if names else dict(old)), names


def touched(active: Texts, texts: Texts) -> set[tuple[str, str]]:
    """The changed texts that do more than follow a new name."""
    old, names = under(active, {**active, **texts})
    if not names:
        return set(texts)
    return {key for key, text in texts.items() if key not in old or differences({key: old[key]}, {key: text})}


def compared(active: Texts, texts: Texts) -> Compared:
    """A change of what is published: every new name with what follows it, then every other difference."""
    whole = {**active, **texts}
    old, names = under(active, whole)
    said = list(_renamed(active, whole, names)) if names else []
    return Compared(old, names, said + differences({key: old[key] for key in texts if key in old}, texts))


def _renamed(active: Texts, whole: Texts, names: Renames) -> Iterator[Change]:
    for noun, flow, old, new in names.each():
        own = (FLOW, flow) if noun == NODE else (ROLES, ROLES) if noun == ROLE else ("reasons", "reasons")
        moved = applied(active, one(noun, old, new, flow))
        others = [title(*key, whole.get(key, text)) for key, text in moved.items() if key != own or noun == FIELD]
        told = "、".join(others[:MAX_TOLD]) + (f"等 {len(others)} 处" if len(others) > MAX_TOLD else "")
        follows = f"，{'改的是' if noun == FIELD else '跟着改的还有'} {told}" if others else ""
        head = f"{title(FLOW, flow)} " if flow else ""
        yield Change(own[0], own[1], new, f"{head}{noun} {old} 改名为 {new}{follows}", CHANGED, OTHERS)
