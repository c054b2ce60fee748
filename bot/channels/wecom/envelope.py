"""The sealed envelope around every callback and its passive reply (wecom.md §2.2)."""

from __future__ import annotations

import hmac
import secrets
from typing import TYPE_CHECKING

from wechatpy.enterprise.crypto import WeChatCrypto
from wechatpy.exceptions import WeChatException
from wechatpy.utils import WeChatSigner

from bot.channels.wecom.parse import Malformed, Unreadable
from bot.channels.wecom.xml import root_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.channels.base import Clock
    from config.settings import WeComSettings

FRESH = 600.0  #: seconds that a timestamp may lie before or after ours; the protocol itself sets no limit
SECONDS_DIGITS = 12  #: of a timestamp that could be one
ELEMENTS = 16  #: of an envelope, which has four: whoever sends more is nobody to listen to


class Envelope:
    """Opens what WeCom sends and seals what it gets back."""

    def __init__(self, settings: WeComSettings, clock: Clock) -> None:
        self._token = settings.token.get_secret_value()
        self._corp_id = settings.corp_id
        self._agent_id = str(settings.agent_id)
        self._crypto = WeChatCrypto(self._token, settings.aes_key.get_secret_value(), settings.corp_id)
        self._clock = clock

    def echo(self, query: Mapping[str, str]) -> str:
        """The plain ``echostr`` of the URL verification (D/90238). Raises Unreadable."""
        return self._open(query.get("echostr", ""), query)

    def open(self, query: Mapping[str, str], body: bytes) -> str:
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

    def seal(self, xml: str) -> str:
        """A passive reply, signed with a nonce of our own."""
        timestamp = str(int(self._clock.wall()))
        return str(self._crypto.encrypt_message(xml, secrets.token_hex(8), timestamp))

    def _open(self, sealed: str, query: Mapping[str, str]) -> str:
        signature, timestamp, nonce = (query.get(name, "") for name in ("msg_signature", "timestamp", "nonce"))
        wanted = self._signature(timestamp, nonce, sealed)
        if not hmac.compare_digest(wanted.encode(), signature.encode("utf-8", "replace")):
            raise Unreadable("the signature is wrong")
        if not self._is_fresh(timestamp):
            raise Unreadable("the timestamp is out of the window")
        try:
            return str(self._crypto.decrypt_message({"Encrypt": sealed}, signature, timestamp, nonce))
        except (WeChatException, LookupError, ValueError, TypeError) as error:
            raise Unreadable(f"can't be decrypted: {type(error).__name__}") from error

    def _signature(self, timestamp: str, nonce: str, sealed: str) -> str:
        """Computed here as well, because wechatpy compares in a time that tells how much was right."""
        signer = WeChatSigner()
        signer.add_data(self._token, timestamp, nonce, sealed)
        return str(signer.signature)

    def _is_fresh(self, timestamp: str) -> bool:
        """By the machine's clock, or by the bot's where a sandbox has set it apart."""
        if not timestamp.isdecimal() or len(timestamp) > SECONDS_DIGITS:
            return False
        clocks = (self._clock.wall(), self._clock.now().timestamp())
        return any(abs(int(timestamp) - now) <= FRESH for now in clocks)
