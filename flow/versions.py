"""Published versions of the business's texts: never changed afterwards, one active per name."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from flow.records.sequences import take
from models import Definition

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from flow.definitions.business import Bundle


PRESET = "preset"  #: kind of the row that says which policy new cases take
SHIPPED = "随安装"  #: publisher of what came with the program
PUBLISHED = "definitions"  #: counter that every publishing bumps


async def active_texts() -> Bundle:
    """The business as it is published now; what a later release ships anew stands in until it is published."""
    rows = await Definition.filter(active=True).exclude(kind=PRESET).values("kind", "name", "text")
    return {(row["kind"], row["name"]): row["text"] for row in rows}


async def active_versions() -> dict[tuple[str, str], int]:
    """Version of each published text."""
    rows = await Definition.filter(active=True).exclude(kind=PRESET).values("kind", "name", "version")
    return {(row["kind"], row["name"]): row["version"] for row in rows}


async def texts_at(versions: Mapping[tuple[str, str], int]) -> Bundle:
    """The texts of those versions, as far as there are such."""
    texts: Bundle = {}
    for (kind, name), version in versions.items():
        row = await Definition.get_or_none(kind=kind, name=name, version=version)
        if row is not None:
            texts[kind, name] = row.text
    return texts


async def publishers(keys: Sequence[tuple[str, str]]) -> dict[tuple[str, str], str]:
    """Who published what stands under those kinds and names now."""
    rows = await Definition.filter(active=True, name__in=[name for _, name in keys])
    return {(row.kind, row.name): row.published_by for row in rows if (row.kind, row.name) in keys}


async def take_turn() -> None:
    """Let whoever publishes now finish first, until the caller's transaction ends: so each sees what the other did."""
    await take(PUBLISHED)


async def publish(texts: Mapping[tuple[str, str], str], who: str, now: datetime) -> None:
    """Make ``texts`` the active versions of their names, in the caller's transaction."""
    for (kind, name), text in texts.items():
        last = await Definition.filter(kind=kind, name=name).order_by("-version").first()
        await Definition.filter(kind=kind, name=name, active=True).update(active=False)
        await Definition.create(
            kind=kind, name=name, version=(last.version if last else 0) + 1, text=text, digest=digest_of(text),
            active=True, published_at=now, published_by=who,
        )  # fmt: skip
    await take(PUBLISHED)


def digest_of(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
