"""Links that open one thing: a flow for a day, a case for its customer; signed, so that nothing about them is kept."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from secrets import token_bytes as random_bytes
from typing import TYPE_CHECKING

from config.settings import is_loopback

if TYPE_CHECKING:
    from config.settings import Settings

LIFE = timedelta(hours=24)
FLOWS, CASES = b"links\n", b"cases\n"  #: purposes: a key of one opens nothing of the other
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


@dataclass(frozen=True, slots=True)
class Links:
    """Makes and reads tickets under a key that every replica derives from the same settings."""

    base: str
    key: bytes

    @classmethod
    def of(cls, settings: Settings) -> Links:
        """With the settings' own key."""
        return cls(settings.public_url.rstrip("/"), _key(settings, FLOWS))

    def url(self, ticket: Ticket, now: datetime) -> str:
        """The page of a flow's files, good for a day."""
        return f"{self.base}/d/{self.token(ticket, now)}"

    def token(self, ticket: Ticket, now: datetime) -> str:
        """The signed part of the address."""
        until = int((now + LIFE).timestamp())
        body = _b64(json.dumps([ticket.flow, ticket.policy, ticket.member_id, until], ensure_ascii=False).encode())
        return f"{body}.{_sign(self.key, body)}"

    def read(self, token: str, now: datetime) -> Ticket:
        """The ticket of a token. Raises BadLink."""
        body, _, signature = token.partition(".")
        if not _same(_sign(self.key, body), signature):
            raise BadLink("这个链接不对，请回到聊天里重新要一个")
        flow, policy, member, until = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
        if now > datetime.fromtimestamp(until, UTC):
            raise BadLink("这个链接已经过期，请回到聊天里重新要一个")
        return Ticket(flow, policy, member, token)


@dataclass(frozen=True, slots=True)
class CaseLinks:
    """Links of customers' pages: a case's id and a signature. How long a page stands is the business's to say."""

    base: str  #: "" while customers have no way to the bot
    key: bytes

    @classmethod
    def of(cls, settings: Settings) -> CaseLinks:
        """With the settings' own key, under the address that customers can reach."""
        return cls(_public(settings).rstrip("/"), _key(settings, CASES))

    def url(self, case_id: int) -> str:
        """The customer's page of a case; "" while customers have no way to the bot."""
        return f"{self.base}/c/{self.token(case_id)}" if self.base else ""

    def token(self, case_id: int) -> str:
        """The part of the address that names the case."""
        return f"{case_id}.{_sign(self.key, str(case_id), CASE_SIGN_BYTES)}"

    def read(self, token: str) -> int:
        """The id of the case that a token names. Raises BadLink."""
        body, _, signature = token.partition(".")
        if not _same(_sign(self.key, body, CASE_SIGN_BYTES), signature):
            raise BadLink("这个链接不对，请联系客服")
        return int(body)


def _key(settings: Settings, purpose: bytes) -> bytes:
    """A key of its own for each purpose, from the platforms' secrets: who has them can speak as the bot anyway.

    A bot without any platform has nobody to give a link to; its key is a random one, so that none can be made.
    """
    secrets = [settings.wecom.secret, settings.wecom.aes_key] if settings.wecom else []
    secrets += [settings.dingtalk.client_secret] if settings.dingtalk else []
    said = "\n".join(secret.get_secret_value() for secret in secrets)
    return hashlib.sha256(purpose + said.encode()).digest() if said else random_bytes(32)


def _public(settings: Settings) -> str:
    """Where customers reach the bot; in the sandbox, whose customers sit at this machine, where it listens."""
    platforms = [settings.wecom.api_base] if settings.wecom else []
    platforms += [settings.dingtalk.api_base] if settings.dingtalk else []
    playing = all(is_loopback(base) for base in platforms)
    return settings.public_url if playing else settings.bot_public_url or ""


def _sign(key: bytes, body: str, size: int = 32) -> str:
    return _b64(hmac.new(key, _bytes(body), hashlib.sha256).digest()[:size])


def _same(one: str, other: str) -> bool:
    return hmac.compare_digest(_bytes(one), _bytes(other))


def _bytes(text: str) -> bytes:
    """Strangers send what is no text at all; that must fail to match, and not fail."""
    return text.encode("utf-8", "replace")


def _b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
