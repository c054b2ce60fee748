"""Links that open one thing: a flow for a day, a case for its customer; signed, so that nothing about them is kept."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Protocol

from config.settings import is_loopback

if TYPE_CHECKING:
    from collections.abc import Sequence

    from config.settings import Settings

LIFE = timedelta(hours=24)
FLOWS, CASES, HOOKS = b"links\n", b"cases\n", b"hooks\n"  #: purposes: a key of one opens nothing of the other
CASE_SIGN_BYTES = 16  #: of the signature in a customer's link, which goes into text messages


class BadLink(ValueError):
    """Forged, cut short, or too old; the message is for people."""


@dataclass(frozen=True, slots=True)
class Ticket:
    """What a link opens: a flow and its policy, for the member who asked."""

    flow: str
    policy: str
    member_id: int
    token: str = ""


class Keys(Protocol):
    """The keys of signed links: the first one of a purpose signs, every one of them opens."""

    def of(self, purpose: bytes) -> Sequence[bytes]:
        """Keys of that purpose, of which there is always one."""


@dataclass(frozen=True, slots=True)
class Links:
    """Makes and reads tickets under keys that every replica shares."""

    base: str
    keys: Keys

    @classmethod
    def of(cls, settings: Settings, keys: Keys) -> Links:
        """Under the bot's own address."""
        return cls(settings.public_url.rstrip("/"), keys)

    def url(self, ticket: Ticket, now: datetime) -> str:
        """The page of a flow's files, good for a day."""
        return f"{self.base}/d/{self.token(ticket, now)}"

    def token(self, ticket: Ticket, now: datetime) -> str:
        """The signed part of the address."""
        until = int((now + LIFE).timestamp())
        body = _b64(json.dumps([ticket.flow, ticket.policy, ticket.member_id, until], ensure_ascii=False).encode())
        return f"{body}.{_sign(self.keys.of(FLOWS)[0], body)}"

    def read(self, token: str, now: datetime) -> Ticket:
        """The ticket of a token. Raises BadLink."""
        body, _, signature = token.partition(".")
        if not _signed(self.keys.of(FLOWS), body, signature):
            raise BadLink("这个链接不对，请回到聊天里重新要一个")
        flow, policy, member, until = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
        if now > datetime.fromtimestamp(until, UTC):
            raise BadLink("这个链接已经过期，请回到聊天里重新要一个")
        return Ticket(flow, policy, member, token)


@dataclass(frozen=True, slots=True)
class CaseLinks:
    """Links of customers' pages: a case's id and a signature. How long a page stands is the business's to say.

    Those of a case whose links were revoked carry how often that was: the earlier ones open nothing any more.
    """

    base: str  #: "" while customers have no way to the bot
    keys: Keys

    @classmethod
    def of(cls, settings: Settings, keys: Keys) -> CaseLinks:
        """Under the address that customers can reach."""
        return cls(_public(settings).rstrip("/"), keys)

    def url(self, case_id: int, revoked: int = 0) -> str:
        """The customer's page of a case; "" while customers have no way to the bot."""
        return f"{self.base}/c/{self.token(case_id, revoked)}" if self.base else ""

    def token(self, case_id: int, revoked: int = 0) -> str:
        """The part of the address that names the case, after its links were revoked so many times."""
        body = f"{case_id}-{revoked}" if revoked else str(case_id)
        return f"{body}.{_sign(self.keys.of(CASES)[0], body, CASE_SIGN_BYTES)}"

    def read(self, token: str) -> tuple[int, int]:
        """The id of the case that a token names, and how often its links were revoked by then. Raises BadLink."""
        body, _, signature = token.partition(".")
        if not _signed(self.keys.of(CASES), body, signature, CASE_SIGN_BYTES):
            raise BadLink("这个链接不对，请联系客服")
        case_id, _, revoked = body.partition("-")
        return int(case_id), int(revoked or 0)


def _public(settings: Settings) -> str:
    """Where customers reach the bot; in the sandbox, whose customers sit at this machine, where it listens."""
    platforms = [settings.wecom.api_base] if settings.wecom else []
    platforms += [settings.dingtalk.api_base] if settings.dingtalk else []
    playing = all(is_loopback(base) for base in platforms)
    return settings.public_url if playing else settings.bot_public_url or ""


def _sign(key: bytes, body: str, size: int = 32) -> str:
    return _b64(hmac.new(key, _bytes(body), hashlib.sha256).digest()[:size])


def _signed(keys: Sequence[bytes], body: str, signature: str, size: int = 32) -> bool:
    """Whether any of the keys made the signature; all are tried, so that the time tells nothing of which."""
    fits = [hmac.compare_digest(_bytes(_sign(key, body, size)), _bytes(signature)) for key in keys]
    return any(fits)


def _bytes(text: str) -> bytes:
    """Strangers send what is no text at all; that must fail to match, and not fail."""
    return text.encode("utf-8", "replace")


def _b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
