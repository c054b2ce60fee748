"""The platform's signatures over HTTP, compared in constant time, and how old one may be."""

from __future__ import annotations

import base64
import hashlib
import hmac
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.runtime.clock import Clock

WINDOW = 60.0  #: seconds; the platform allows an hour, but the signature would fit any body for so long (§2.1)
EVENT_WINDOW = 3600.0  #: seconds; of events, whose signature covers the body
SECONDS_DIGITS = 10  #: event subscription is seen with seconds and with milliseconds (KB configure-stream-push)


def robot_sign(secret: str, timestamp: str) -> str:
    """``sign`` of a robot message: HMAC-SHA256 of ``timestamp\\nsecret`` under the secret (dingtalk.md §2.1)."""
    return _hmac(secret, f"{timestamp}\n{secret}")


def card_sign(secret: str, timestamp: str) -> str:
    """``x-ddpaas-signature`` of a card callback (dingtalk.md §3.2)."""
    return _hmac(secret, timestamp)


def event_sign(token: str, timestamp: str, nonce: str, encrypt: str) -> str:
    """``msg_signature`` of an encrypted event: SHA-1 of the sorted parts (dingtalk.md §2.2)."""
    joined = "".join(sorted((token, timestamp, nonce, encrypt)))
    return hashlib.sha1(_bytes(joined)).hexdigest()  # noqa: S324 - the platform's choice


def same(given: str, wanted: str) -> bool:
    return hmac.compare_digest(_bytes(given), _bytes(wanted))


def is_fresh(timestamp: str, clock: Clock, window: float = WINDOW) -> bool:
    """Within the window of the machine's time, or of the bot's when it runs on another."""
    if not timestamp.isascii() or not timestamp.isdecimal() or len(timestamp) > 16:
        return False
    at = int(timestamp) / (1 if len(timestamp) <= SECONDS_DIGITS else 1000)
    return any(abs(now - at) <= window for now in (clock.wall(), clock.now().timestamp()))


def _hmac(key: str, message: str) -> str:
    return base64.b64encode(hmac.new(_bytes(key), _bytes(message), hashlib.sha256).digest()).decode()


def _bytes(text: str) -> bytes:
    """Strangers send what is no text at all; that must fail to match, and not fail."""
    return text.encode("utf-8", "replace")
