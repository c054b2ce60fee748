"""The sealed envelope around every callback and its passive reply (wecom.md §2.2)."""

from __future__ import annotations

import hmac
import secrets
import struct
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from wechatpy.enterprise.crypto import WeChatCrypto
from wechatpy.exceptions import WeChatException
from wechatpy.utils import WeChatSigner

from bot.channels.wecom.parse import Malformed, Unreadable
from bot.channels.wecom.xml import root_of
from config.settings import secrets as secrets_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from bot.runtime.clock import Clock
    from config.settings import WeComSettings

FRESH = 600.0  #: seconds that a timestamp may lie before or after ours; the protocol itself sets no limit
SECONDS_DIGITS = 12  #: of a timestamp that could be one
ELEMENTS = 16  #: of an envelope, which has four: whoever sends more is nobody to listen to


@dataclass(frozen=True, slots=True)
class Letter:
    """What was inside, and how to seal the answer: as it came, for whoever sent it may not know another key yet."""

    xml: str
    seal: Callable[[str], str]


@dataclass(frozen=True, slots=True)
class _Lock:
    token: str
    crypto: WeChatCrypto


class Envelope:
    """Opens what WeCom sends and seals what it gets back.

    While the platform is changed over, under the old token and the old key as well: in any pair, because its console
    changes both at once or one alone.
    """

    def __init__(self, settings: WeComSettings, clock: Clock) -> None:
        tokens, keys = (
            secrets_of(settings.token, settings.token_old),
            secrets_of(settings.aes_key, settings.aes_key_old),
        )
        self._locks = [_Lock(token, WeChatCrypto(token, key, settings.corp_id)) for token in tokens for key in keys]
        self._agent_id = str(settings.agent_id)
        self._clock = clock

    def echo(self, query: Mapping[str, str]) -> str:
        """The plain ``echostr`` of the URL verification (D/90238). Raises Unreadable."""
        return self._open(query.get("echostr", ""), query).xml

    def open(self, query: Mapping[str, str], body: bytes) -> Letter:
        """The XML inside. Raises Unreadable for a wrong or old signature, another corp or another app."""
        try:
            outer = root_of(body, ELEMENTS)
        except (LookupError, ValueError) as error:
            raise Malformed("the envelope is malformed") from error
        if not (sealed := outer.findtext("Encrypt", "").strip()):
            raise Malformed("the envelope is malformed")
        if outer.findtext("AgentID", "").strip() not in ("", self._agent_id):
            raise Unreadable("another app's AgentID on the envelope")
        return self._open(sealed, query)

    def _seal(self, xml: str, lock: _Lock) -> str:
        """A passive reply, signed with a nonce of our own."""
        timestamp = str(int(self._clock.wall()))
        return str(lock.crypto.encrypt_message(xml, secrets.token_hex(8), timestamp))

    def _open(self, sealed: str, query: Mapping[str, str]) -> Letter:
        signature, timestamp, nonce = (query.get(name, "") for name in ("msg_signature", "timestamp", "nonce"))
        fitting = [lock for lock in self._locks if _is_signed(lock.token, (timestamp, nonce, sealed), signature)]
        if not fitting:
            raise Unreadable("the signature is wrong")
        if not self._is_fresh(timestamp):
            raise Unreadable("the timestamp is out of the window")
        failed: Exception | None = None
        for lock in fitting:
            try:
                xml = str(lock.crypto.decrypt_message({"Encrypt": sealed}, signature, timestamp, nonce))
            except (WeChatException, LookupError, ValueError, TypeError, struct.error) as error:
                failed = error
            else:
                return Letter(xml, partial(self._seal, lock=lock))
        raise Unreadable(f"can't be decrypted: {type(failed).__name__}") from failed

    def _is_fresh(self, timestamp: str) -> bool:
        """By the machine's clock, or by the bot's where a sandbox has set it apart."""
        if not timestamp.isdecimal() or len(timestamp) > SECONDS_DIGITS:
            return False
        clocks = (self._clock.wall(), self._clock.now().timestamp())
        return any(abs(int(timestamp) - now) <= FRESH for now in clocks)


def _is_signed(token: str, parts: tuple[str, ...], signature: str) -> bool:
    """Computed here as well, because wechatpy compares in a time that tells how much was right."""
    signer = WeChatSigner()
    signer.add_data(token, *parts)
    return hmac.compare_digest(str(signer.signature).encode(), signature.encode("utf-8", "replace"))
