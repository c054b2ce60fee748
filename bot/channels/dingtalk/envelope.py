"""The encrypted envelope of event subscription, opened and sealed by dingtalk-sdk (dingtalk.md §2.2)."""

from __future__ import annotations

import json
import struct
from typing import TYPE_CHECKING, Any

from bot.channels.dingtalk.sign import event_sign, same

if TYPE_CHECKING:
    from config.settings import DingTalkSettings


class Forged(ValueError):
    """Signed by somebody else, sealed with another key, or meant for another app."""


class Envelope:
    """Needs ``token`` and ``aes_key``; the owner key is the client id (KB develop-stream-mode-push-server)."""

    def __init__(self, settings: DingTalkSettings) -> None:
        # Here and not above: it costs 36 MB, which stream mode need not pay.
        from dingtalk.core.exceptions import DingTalkException
        from dingtalk.crypto import DingTalkCrypto

        self._token = settings.token.get_secret_value() if settings.token else ""
        key = settings.aes_key.get_secret_value() if settings.aes_key else ""
        self._crypto = DingTalkCrypto(self._token, key, settings.client_id)
        self._errors = (DingTalkException, ValueError, IndexError, struct.error, AssertionError)

    def open(self, signature: str, timestamp: str, nonce: str, encrypt: str) -> dict[str, Any]:
        """The event inside. Raises Forged."""
        # The library's own comparison is not constant-time.
        if not self._token or not same(signature, event_sign(self._token, timestamp, nonce, encrypt)):
            raise Forged("wrong signature")
        try:
            event = json.loads(self._crypto.decrypt_encrypt_str(signature, timestamp, nonce, encrypt))
        except self._errors as error:
            raise Forged(f"envelope does not open: {type(error).__name__}") from None
        if not isinstance(event, dict):
            raise Forged("envelope holds no object")
        return event

    def seal(self, text: str, timestamp: int) -> dict[str, str]:
        """``text`` with ``msg_signature``, ``encrypt``, ``timeStamp`` in milliseconds and ``nonce``."""
        sealed: dict[str, str] = self._crypto.encrypt_message(text, timestamp=timestamp)
        return sealed
