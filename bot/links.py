"""Links that open one thing for one person for one day: signed, so that nothing about them is kept."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from secrets import token_bytes as random_bytes
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from config.settings import Settings

LIFE = timedelta(hours=24)


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
        """The key comes from the platforms' own secrets: who has them can speak as the bot anyway.

        A bot without any platform has nobody to give a link to; its key is a random one, so that none can be made.
        """
        secrets = [settings.wecom.secret, settings.wecom.aes_key] if settings.wecom else []
        secrets += [settings.dingtalk.client_secret] if settings.dingtalk else []
        said = "\n".join(secret.get_secret_value() for secret in secrets)
        key = hashlib.sha256(b"links\n" + said.encode()).digest() if said else random_bytes(32)
        return cls(settings.public_url.rstrip("/"), key)

    def url(self, ticket: Ticket, now: datetime) -> str:
        """The page of a flow's files, good for a day."""
        return f"{self.base}/d/{self.token(ticket, now)}"

    def token(self, ticket: Ticket, now: datetime) -> str:
        """The signed part of the address."""
        until = int((now + LIFE).timestamp())
        body = _b64(json.dumps([ticket.flow, ticket.policy, ticket.member_id, until], ensure_ascii=False).encode())
        return f"{body}.{self._sign(body)}"

    def read(self, token: str, now: datetime) -> Ticket:
        """The ticket of a token. Raises BadLink."""
        body, _, signature = token.partition(".")
        if not hmac.compare_digest(self._sign(body).encode(), signature.encode()):
            raise BadLink("这个链接不对，请回到聊天里重新要一个")
        flow, policy, member, until = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
        if now > datetime.fromtimestamp(until, UTC):
            raise BadLink("这个链接已经过期，请回到聊天里重新要一个")
        return Ticket(flow, policy, member, token)

    def _sign(self, body: str) -> str:
        return _b64(hmac.new(self.key, body.encode(), hashlib.sha256).digest())


def _b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
