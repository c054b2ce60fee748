"""Where photos stand once they are out of the database: files named by what is in them, in a folder replicas share."""

from __future__ import annotations

import hashlib
import os
import re
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from config.settings import Settings

IN_DATABASE = "database"  #: the setting under which photos stay where they came in
_PLACE = re.compile(r"[0-9a-f]{2}/[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class PhotoStore:
    """Files of a folder. ``place`` is the two first digits of the SHA-256, and all of it."""

    folder: Path

    @classmethod
    def of(cls, settings: Settings) -> PhotoStore | None:
        """The folder that settings name; None where photos stay in the database."""
        return None if settings.photo_store == IN_DATABASE else cls(Path(settings.photo_store))

    @classmethod
    def outside(cls, settings: Settings) -> PhotoStore:
        """The folder of those that have moved out, also where new ones stay in the database."""
        return cls.of(settings) or cls(Path(type(settings).model_fields["photo_store"].default))

    def put(self, data: bytes) -> str:
        """Keep a picture; the place where it stands from now on, also after a power cut."""
        digest = hashlib.sha256(data).hexdigest()
        place = f"{digest[:2]}/{digest}"
        self.put_back(place, data)
        return place

    def put_back(self, place: str, data: bytes) -> None:
        """The same under the name that it had. Raises ValueError for a name that is none of ours."""
        path = self._path(place)
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        part = path.with_name(f"{path.name}.{secrets.token_hex(4)}.part")
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
            out.write(data)
            out.flush()
            os.fsync(out.fileno())
        part.replace(path)

    def read(self, place: str) -> bytes | None:
        """What stands there; None when nothing does."""
        try:
            return self._path(place).read_bytes()
        except FileNotFoundError:
            return None

    def has(self, place: str) -> bool:
        """Whether something stands there."""
        return self._path(place).is_file()

    def drop(self, place: str) -> None:
        """Take a picture away; harmless when it is gone."""
        self._path(place).unlink(missing_ok=True)

    def _path(self, place: str) -> Path:
        if not _PLACE.fullmatch(place):
            raise ValueError(f"no place of a photo: {place!r}")
        return self.folder / place
