"""A change on its way put on top of what others have published since, under the names that things have now."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flow.definitions.identities import one, renames_between
from flow.definitions.renaming import applied, completed
from flow.diff.merge import SOMEBODY, three_way
from flow.versions import active_texts, active_versions, publishers, texts_at, texts_of_moment

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from flow.definitions.business import Bundle
    from flow.definitions.identities import Renames

    Versions = Mapping[tuple[str, str], int]


@dataclass(frozen=True, slots=True)
class CaughtUp:
    """A change put on top of what is published now; where both changed one place, what is published stands."""

    texts: Bundle
    conflicts: tuple[str, ...]  #: those places, in words that speak to the author of the change


async def catch_up(texts: Bundle, base: Versions, since: datetime | None = None) -> CaughtUp:
    """Put ``texts``, made on the versions ``base`` at a moment, on top of what is published now."""
    active, versions = await active_texts(), await active_versions()
    behind = [key for key in texts if base.get(key, 0) != versions.get(key, 0)]
    if not behind:
        return CaughtUp(completed(active, texts), ())
    old = await texts_at({key: base.get(key, 0) for key in behind})
    who = "、".join(dict.fromkeys((await publishers(behind)).values())) or SOMEBODY
    then = {**active, **(await texts_of_moment(since) if since else {}), **old}
    mine, said = _under_new_names(then, texts, active, who)
    base_now = {**then, **applied(then, renames_between(then, active))}
    own = renames_between(base_now, {**base_now, **mine})
    theirs = {**active, **applied(active, own)}
    base_now |= applied(base_now, own)
    merged = three_way(
        {key: base_now[key] if key in old else active.get(key, "") for key in behind},
        {key: mine[key] for key in behind},
        {key: theirs.get(key, "") for key in behind},
        who=who,
    )
    found = completed(active, {**mine, **merged.texts})
    return CaughtUp(found, (*said, *(conflict.words for conflict in merged.conflicts)))


def _under_new_names(then: Bundle, texts: Bundle, active: Bundle, who: str) -> tuple[Bundle, list[str]]:
    """My texts with what others have renamed since; where both of us did, theirs stands, and is told."""
    whole = {**then, **texts}
    theirs, mine = _by_thing(renames_between(then, active)), _by_thing(renames_between(then, whole))
    said = []
    for (noun, flow, old), new in theirs.items():
        own = mine.get((noun, flow, old))
        if own is not None and own != new:
            said.append(f"{noun} {old}：你改名为 {own}，{who} 已改名为 {new}")
            whole |= applied(whole, one(noun, own, new, flow))
    whole |= applied(whole, renames_between(then, active))
    return {key: whole[key] for key in texts}, said


def _by_thing(names: Renames) -> dict[tuple[str, str, str], str]:
    return {(noun, flow, old): new for noun, flow, old, new in names.each()}
