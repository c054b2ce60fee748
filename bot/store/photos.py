"""Where photos stand once they are out of the database: files named by what is in them, where replicas share them."""

from __future__ import annotations

import asyncio
import hashlib
import os
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from bot.runtime.oserrors import in_words
from bot.store.photo_names import checked
from config.settings import BUCKET
from flow.cases.photos import unnamed
from models.evidence import place_of

if TYPE_CHECKING:
    from collections.abc import Collection

    from config.settings import Settings

IN_DATABASE = "database"  #: the setting under which photos stay where they came in
FULL = "照片放不进 PHOTO_STORE：{}，先留在数据库里"
WATCH = 30.0  #: seconds between looks that nobody asked for


class PhotoStore(Protocol):
    """Pictures by ``place``: the two first digits of the SHA-256, and all of it.

    Every method raises OSError, with words for people, when the store does not do it; and ValueError for a place that
    is none of ours.
    """

    async def put_back(self, place: str, data: bytes) -> None:
        """Keep a picture under the name that it had; it stands there from now on, also after a power cut."""

    async def read(self, place: str) -> bytes | None:
        """What stands there; None when nothing does."""

    async def has(self, place: str) -> bool:
        """Whether something stands there."""

    async def drop(self, place: str) -> None:
        """Take a picture away; harmless when it is gone."""

    async def look(self) -> None:
        """Write something small, to see whether pictures can be kept."""


def store_of(settings: Settings) -> PhotoStore | None:
    """The store that settings name; None where photos stay in the database."""
    return None if settings.photo_store == IN_DATABASE else outside(settings)


def outside(settings: Settings) -> PhotoStore:
    """The store of those that have moved out, also where new ones stay in the database. Raises OSError."""
    if settings.s3 and settings.photo_store.startswith(BUCKET):
        from bot.store.bucket import PhotoBucket  # only where it is used: an extra

        return PhotoBucket.of(settings.photo_store, settings.s3)
    default = type(settings).model_fields["photo_store"].default
    return PhotoFolder(Path(default if settings.photo_store == IN_DATABASE else settings.photo_store))


async def put(store: PhotoStore, data: bytes) -> str:
    """Keep a picture; the place where it stands from now on."""
    place = place_of(hashlib.sha256(data).hexdigest())
    await store.put_back(place, data)
    return place


async def drop_unnamed(store: PhotoStore, places: Collection[str]) -> None:
    """Take away the pictures that no row names any more. Raises OSError."""
    for place in await unnamed(places):
        await store.drop(place)


@dataclass(slots=True)
class StoreWatch:
    """What is wrong with where photos go, as the last look found it: nobody waits for it, photos come in all the same.

    ``store`` None: they stay in the database, and nothing can be wrong.
    """

    store: PhotoStore | None
    problem: str | None = None  #: in Chinese

    async def look(self) -> None:
        """See whether pictures can be kept."""
        try:
            if self.store:
                await self.store.look()
        except OSError as error:
            self.problem = FULL.format(in_words(error))
            return
        self.problem = None


@dataclass(frozen=True, slots=True)
class PhotoFolder:
    """Files of a folder."""

    folder: Path

    async def put_back(self, place: str, data: bytes) -> None:
        await asyncio.to_thread(_write, self.folder / checked(place), data)

    async def read(self, place: str) -> bytes | None:
        try:
            return await asyncio.to_thread((self.folder / checked(place)).read_bytes)
        except FileNotFoundError:
            return None

    async def has(self, place: str) -> bool:
        return await asyncio.to_thread((self.folder / checked(place)).is_file)

    async def drop(self, place: str) -> None:
        await asyncio.to_thread((self.folder / checked(place)).unlink, missing_ok=True)

    async def look(self) -> None:
        await asyncio.to_thread(_write, self.folder / "probe", b"1")
        await asyncio.to_thread((self.folder / "probe").unlink, missing_ok=True)


def _write(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    part = path.with_name(f"{path.name}.{secrets.token_hex(4)}.part")
    try:
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
            out.write(data)
            out.flush()
            os.fsync(out.fileno())
        part.replace(path)
    except OSError:
        part.unlink(missing_ok=True)
        raise
