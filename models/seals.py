"""The key of the audit: its seals show that a record was written by a program that had the key, and not by hand.

A seal is the key's name (8 hex digits) and 40 hex digits of an HMAC-SHA-256. Keys lie outside the database.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pydantic import SecretStr

NAME, MAC, SHORT = 8, 40, 32  #: hex digits of a key's name, of a seal's code, and of a step's short seal
SHARED = Path("var/audit.key")  #: of databases that are no file: PostgreSQL's


@dataclass(frozen=True, slots=True)
class KeyRing:
    """The key that seals, and older ones whose seals still hold."""

    current: bytes
    older: tuple[bytes, ...] = ()

    def seal(self, text: str) -> str:
        """The seal of a text under the current key."""
        return f"{name_of(self.current)}{_code(self.current, text, MAC)}"

    def holds(self, seal: str, text: str) -> bool:
        """Whether a seal is that text's, under any key of the ring."""
        key = self._named(seal[:NAME])
        return key is not None and hmac.compare_digest(seal[NAME:], _code(key, text, MAC))

    def knows(self, seal: str) -> bool:
        """Whether the key that made a seal is in the ring."""
        return self._named(seal[:NAME]) is not None

    def is_current(self, seal: str) -> bool:
        return seal[:NAME] == name_of(self.current)

    def short(self, text: str) -> str:
        """A code without the key's name, for one step: it only helps to name the step that was touched."""
        return _code(self.current, text, SHORT)

    def fits(self, short: str, text: str) -> bool:
        return any(hmac.compare_digest(short, _code(key, text, SHORT)) for key in (self.current, *self.older))

    def _named(self, name: str) -> bytes | None:
        return next((key for key in (self.current, *self.older) if name_of(key) == name), None)


_NAMES: dict[bytes, str] = {}


def name_of(key: bytes) -> str:
    """What a key is called in its seals; says nothing about the key."""
    if (name := _NAMES.get(key)) is None:
        name = _NAMES[key] = hashlib.sha256(b"boomerang audit key\n" + key).hexdigest()[:NAME]
    return name


def _code(key: bytes, text: str, size: int) -> str:
    """HMAC-SHA-256 with its two halves begun once per key: a third of the cost of ``hmac.digest``."""
    if (begun := _BEGUN.get(key)) is None:
        block = (hashlib.sha256(key).digest() if len(key) > _BLOCK else key).ljust(_BLOCK, b"\0")
        begun = _BEGUN[key] = tuple(hashlib.sha256(bytes(byte ^ pad for byte in block)) for pad in (0x36, 0x5C))
    inner, outer = begun[0].copy(), begun[1].copy()
    inner.update(text.encode())
    outer.update(inner.digest())
    return str(outer.hexdigest()[:size])


_BLOCK = 64  #: bytes of a block of SHA-256 (RFC 2104)
_BEGUN: dict[bytes, tuple[Any, ...]] = {}


@dataclass(slots=True)
class _Held:
    """What this process seals with: keys of the settings, and the ring of the database that is open."""

    given: tuple[bytes, ...] = ()
    ring: KeyRing | None = None


_HELD = _Held()


def configure(key: SecretStr | None, old: SecretStr | None = None) -> None:
    """Take the settings' keys, before a database is opened."""
    _HELD.given = tuple(each.get_secret_value().encode() for each in (key, old) if each)
    _HELD.ring = None


def open_ring(url: str) -> None:
    """Take the keys for the database that is being opened; makes one beside it where none is set and none is there.

    A key that was made before one was set stays good beside it.
    """
    path = key_file(url)
    found = _read(path)
    if not _HELD.given and found is None:
        found = _made(path)
    keys = tuple(dict.fromkeys([*_HELD.given, *([found] if found else [])]))
    _HELD.ring = KeyRing(keys[0], keys[1:])


def found_ring(url: str) -> KeyRing | None:
    """The keys that there are for a database, none of them made for it; None where there are none."""
    found = _read(key_file(url))
    keys = tuple(dict.fromkeys([*_HELD.given, *([found] if found else [])]))
    return KeyRing(keys[0], keys[1:]) if keys else None


def ring() -> KeyRing:
    """The keys of the open database; of a process that has opened none, a random one."""
    if _HELD.ring is None:
        _HELD.ring = KeyRing(_HELD.given[0], _HELD.given[1:]) if _HELD.given else KeyRing(secrets.token_bytes(32))
    return _HELD.ring


def key_file(url: str) -> Path | None:
    """Where the key that we made lies; None for a database in memory."""
    if not url.startswith("sqlite"):
        return SHARED
    name = url.partition("://")[2].partition("?")[0]
    return None if name == ":memory:" else Path(f"{name}.key")


def _read(path: Path | None) -> bytes | None:
    try:
        return path.read_text().strip().encode() or None if path else None
    except FileNotFoundError:
        return None


def _made(path: Path | None) -> bytes:
    """A new key in its file, for the owner alone; of two programs that start at once, one's."""
    key = secrets.token_hex(32)
    if path is None:
        return key.encode()
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(f"{key}\n")
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(draft, path)
    except FileExistsError:
        return _read(path) or key.encode()
    finally:
        draft.unlink()
    return key.encode()
