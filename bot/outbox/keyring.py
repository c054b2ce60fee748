"""The keys of signed links: those that settings name, and those that the bot has made for itself and keeps."""

from __future__ import annotations

import hashlib
import hmac
import itertools
import secrets
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tortoise.transactions import in_transaction

from bot.outbox.links import CASES, FLOWS, HOOKS
from config import settings as chosen
from models import Case, LinkKey

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from config.settings import Settings

KEY_BYTES = 32
PURPOSES = (FLOWS, CASES, HOOKS)
OF_PLATFORMS = (FLOWS, CASES)  #: those whose keys were made of the platforms' secrets once


@dataclass(slots=True)
class Keyring:
    """All keys that are known; ``renew`` looks whether another replica or the command line has changed those kept.

    A key that settings name signs; where they name none, the newest one that is kept.
    """

    named: str = ""  #: ``LINK_KEY``
    named_old: str = ""  #: ``LINK_KEY_OLD``
    _keys: dict[bytes, tuple[bytes, ...]] = field(default_factory=dict)

    @classmethod
    def fixed(cls, *keys: bytes) -> Keyring:
        """Of these keys alone."""
        ring = cls()
        ring._put([("", key.hex()) for key in keys])
        return ring

    def of(self, purpose: bytes) -> tuple[bytes, ...]:
        """Keys of that purpose, the one that signs first."""
        return self._keys[purpose]

    async def renew(self) -> bool:
        """Read what is kept; whether anything has changed."""
        before = self._keys
        self._put(await LinkKey.all().order_by("-id").values_list("purpose", "value"))
        return self._keys != before

    def _put(self, kept: Sequence[tuple[str, str]]) -> None:
        masters = [bytes.fromhex(value) for word, value in kept if not word]
        masters = [*_digest(self.named), *masters, *_digest(self.named_old)]
        self._keys = {
            purpose: (
                *(hmac.new(master, purpose, hashlib.sha256).digest() for master in masters),
                *(bytes.fromhex(value) for word, value in kept if word == _word(purpose)),
            )
            for purpose in PURPOSES
        }


async def open_keyring(settings: Settings, now: datetime) -> Keyring:
    """The keys that this bot signs with and takes; the first start on a database makes one and keeps it.

    On a database with cases that were opened before it kept keys, those that customers' links were made with then, of
    the platforms' secrets, are kept too: links that are out stay good, whatever becomes of the secrets.
    """
    if not await LinkKey.exists():
        old = _of_platforms(settings) if await Case.exists() else []
        rows = [LinkKey(purpose=_word(purpose), value=key.hex(), made_at=now) for purpose, key in old]
        first = LinkKey(value=secrets.token_hex(KEY_BYTES), made_at=now)
        async with in_transaction():  # two replicas that start together make two, and both know both
            await LinkKey.bulk_create([first, *rows], ignore_conflicts=True)
    new, old_one = settings.link_key, settings.link_key_old
    ring = Keyring(new.get_secret_value() if new else "", old_one.get_secret_value() if old_one else "")
    await ring.renew()
    return ring


async def make_key(now: datetime) -> None:
    """A new key that signs from now on, where settings name none; the earlier ones still open."""
    await LinkKey.create(value=secrets.token_hex(KEY_BYTES), made_at=now)


async def drop_older() -> int:
    """Forget all keys but the newest; how many. Links that were made with them open nothing any more."""
    newest = await LinkKey.filter(purpose="").order_by("-id").first()
    return await LinkKey.exclude(id=newest.id).delete() if newest else 0


def _digest(text: str) -> list[bytes]:
    return [hashlib.sha256(text.encode()).digest()] if text else []


def _word(purpose: bytes) -> str:
    return purpose.decode().strip()


def _of_platforms(settings: Settings) -> list[tuple[bytes, bytes]]:
    """What keys were made of before they were kept, with every choice of the platforms that are on now."""
    parts = []
    if settings.wecom:
        parts.append(chosen.secrets(settings.wecom.secret, settings.wecom.aes_key))
    if settings.dingtalk:
        parts.append(chosen.secrets(settings.dingtalk.client_secret))
    some = [each for size in range(1, len(parts) + 1) for each in itertools.combinations(parts, size)]
    said = ["\n".join(itertools.chain(*each)) for each in some]
    return [(purpose, hashlib.sha256(purpose + each.encode()).digest()) for purpose in OF_PLATFORMS for each in said]
