"""The encrypted envelope of event subscription, opened and sealed by dingtalk-sdk (dingtalk.md §2.2)."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from bot.channels.dingtalk.sign import event_sign, same
from bot.channels.dingtalk.text import json_object
from config.settings import secrets

if TYPE_CHECKING:
    from collections.abc import Callable

    from config.settings import DingTalkSettings


class Forged(ValueError):
    """Signed by somebody else, sealed with another key, or meant for another app."""


@dataclass(frozen=True, slots=True)
class Letter:
    """The event inside, and how to seal the answer: as it came, for whoever sent it may not know another key yet."""

    event: dict[str, Any]
    seal: Callable[[str, int], dict[str, str]]


class Envelope:
    """Needs ``token`` and ``aes_key``; the owner key is the client id (KB develop-stream-mode-push-server).

    While the console is changed over, it opens under the old ones as well.
    """

    def __init__(self, settings: DingTalkSettings) -> None:
        # Here and not above: it costs 36 MB, which stream mode need not pay.
        from dingtalk.core.exceptions import DingTalkException
        from dingtalk.crypto import DingTalkCrypto

        tokens, keys = secrets(settings.token, settings.token_old), secrets(settings.aes_key, settings.aes_key_old)
        self._locks = [
            (token, DingTalkCrypto(token, key, settings.client_id)) for token in tokens for key in keys or ("",)
        ]
        self._errors = (DingTalkException, ValueError, IndexError, struct.error, AssertionError)

    def open(self, signature: str, timestamp: str, nonce: str, encrypt: str) -> Letter:
        """The event inside. Raises Forged."""
        # The library's own comparison is not constant-time.
        fitting = [
            crypto for token, crypto in self._locks if same(signature, event_sign(token, timestamp, nonce, encrypt))
        ]
        if not fitting:
            raise Forged("wrong signature")
        failed = ""
        for crypto in fitting:
            try:
                event = json_object(crypto.decrypt_encrypt_str(signature, timestamp, nonce, encrypt))
            except self._errors as error:
                failed = type(error).__name__
                continue
            if event is None:
                raise Forged("envelope holds no object")
            return Letter(event, partial(_seal, crypto))
        raise Forged(f"envelope does not open: {failed}")


def _seal(crypto: Any, text: str, timestamp: int) -> dict[str, str]:
    """``text`` with ``msg_signature``, ``encrypt``, ``timeStamp`` in milliseconds and ``nonce``."""
    sealed: dict[str, str] = crypto.encrypt_message(text, timestamp=timestamp)
    return sealed
