"""Published versions of the business's texts: never changed afterwards, one active per name."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from flow.definitions.identities import FLOW, REASONS, ROLES, has_ids, identities_of, table_ids
from flow.definitions.present import Eras, Present
from flow.definitions.schema import ID
from flow.records import register
from flow.records.sequences import take
from models import Definition

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from tortoise.queryset import QuerySet

    from flow.definitions.business import Bundle


PRESET = "preset"  #: kind of the row that says which policy new cases take
SHIPPED = "随安装"  #: publisher of what came with the program
PUBLISHED = "definitions"  #: counter that every publishing bumps


async def active_texts() -> Bundle:
    """The business as it is published now; what a later release ships anew stands in until it is published."""
    rows = await Definition.filter(active=True).exclude(kind=PRESET).values("kind", "name", "text")
    return {(row["kind"], row["name"]): row["text"] for row in rows}


async def present(texts: Bundle) -> Present:
    """What the things of these texts, which are published now, are called, and the return types ever were."""
    if not (has_ids(texts.values()) or await Definition.filter(text__contains=ID).exists()):
        return Present()
    return Present(identities_of(texts), any_ids=True, types=await eras(REASONS, texts))


async def eras(kind: str, texts: Bundle) -> Eras:
    """The names of the roles or of the return types since the first version, where one was ever changed."""
    rows = await Definition.filter(kind=kind, name=kind).order_by("version").values("published_at", "text")
    if not has_ids(row["text"] for row in rows):
        return Eras()
    now = table_ids(kind, texts.get((kind, kind), ""))
    return Eras(tuple((row["published_at"], table_ids(kind, row["text"])) for row in rows), now)


async def role_eras(texts: Bundle) -> Eras:
    """Those of the roles: what a version of a flow or a policy says of them is read by it."""
    return await eras(ROLES, texts)


async def field_names(flow: str) -> dict[str, str]:
    """The id of each name that a field of a flow's forms ever had, the latest that was called so."""
    found = Definition.filter(kind=FLOW, name=flow, text__contains=ID).order_by("version")
    texts = [str(text) for text in await found.values_list("text", flat=True)]
    return {name: id_ for text in texts for name, id_ in identities_of({(FLOW, flow): text}).fields.items()}


async def preset() -> Bundle:
    """Which policy new cases take, as a text beside the others."""
    rows = await Definition.filter(active=True, kind=PRESET).values("kind", "name", "text")
    return {(row["kind"], row["name"]): row["text"] for row in rows}


async def house() -> str:
    """A short name of this database, which no other has and no copy of it loses: from the first text in it."""
    first = await Definition.all().order_by("id").first()
    return digest_of(f"{first.published_at.isoformat()} {first.digest}")[:12] if first else ""


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


async def texts_of_moment(at: datetime) -> Bundle:
    """The texts that stood at a moment, as far as another stands there now, or nothing does."""
    rows = await Definition.exclude(kind=PRESET).order_by("version").values("kind", "name", "version", "published_at")
    last = {(row["kind"], row["name"]): row["version"] for row in rows if row["published_at"] <= at}
    now = await active_versions()
    return await texts_at({key: version for key, version in last.items() if now.get(key) != version})


async def publishers(keys: Sequence[tuple[str, str]]) -> dict[tuple[str, str], str]:
    """Who published what stands under those kinds and names now."""
    rows = await Definition.filter(active=True, name__in=[name for _, name in keys])
    return {(row.kind, row.name): row.published_by for row in rows if (row.kind, row.name) in keys}


async def take_turn() -> None:
    """Let whoever publishes now finish first, until the caller's transaction ends: so each sees what the other did."""
    await take(PUBLISHED)


async def publish(texts: Mapping[tuple[str, str], str], who: str, now: datetime) -> None:
    """Make ``texts`` the active versions of their names, in the caller's transaction."""
    written: list[int] = []
    for (kind, name), text in texts.items():
        last = await Definition.filter(kind=kind, name=name).order_by("-version").first()
        written += await _set_aside(Definition.filter(kind=kind, name=name, active=True))
        row = await Definition.create(
            kind=kind, name=name, version=(last.version if last else 0) + 1, text=text, digest=digest_of(text),
            active=True, published_at=now, published_by=who,
        )  # fmt: skip
        written.append(row.id)
    await register.enter(register.DEFINITIONS, written, now)
    await take(PUBLISHED)


async def set_aside(keys: Iterable[tuple[str, str]], now: datetime) -> None:
    """Let nothing stand under these kinds and names, in the caller's transaction."""
    for kind, name in keys:
        gone = await _set_aside(Definition.filter(kind=kind, name=name, active=True))
        await register.enter(register.DEFINITIONS, gone, now)


async def _set_aside(rows: QuerySet[Definition]) -> list[int]:
    """The ids of those that were active."""
    ids = [int(str(each)) for each in await rows.values_list("id", flat=True)]
    await Definition.filter(id__in=ids).update(active=False)
    return ids


def digest_of(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
