"""Signatures and the event envelope of DingTalk, made directly with ``cryptography`` (dingtalk.md §2, §3.2)."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
import struct

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

BLOCK = 32  #: PKCS7 pads to 32 bytes although AES has blocks of 16


class Forged(ValueError):
    """The signature or the owner key of an envelope is not ours."""


def robot_sign(secret: str, timestamp: int | str) -> str:
    """The ``sign`` of robot callbacks and custom robots: HMAC-SHA256 of ``timestamp\\nsecret`` under the secret."""
    return _hmac(secret, f"{timestamp}\n{secret}")


def card_sign(api_secret: str, timestamp: int | str) -> str:
    """The ``x-ddpaas-signature`` of card callbacks over HTTP."""
    return _hmac(api_secret, str(timestamp))


def _hmac(key: str, message: str) -> str:
    return base64.b64encode(hmac.new(key.encode(), message.encode(), hashlib.sha256).digest()).decode()


class EventCrypto:
    """Seals and opens the bodies of event subscription; ``owner`` is the client id of the app."""

    def __init__(self, token: str, aes_key: str, owner: str) -> None:
        self._token = token
        self._key = base64.b64decode(aes_key + "=")
        self._owner = owner.encode()

    def sign(self, timestamp: str, nonce: str, encrypt: str) -> str:
        joined = "".join(sorted([self._token, timestamp, nonce, encrypt]))
        return hashlib.sha1(joined.encode()).hexdigest()  # noqa: S324 - the platform's choice

    def seal(self, text: str) -> str:
        message = text.encode()
        plain = secrets.token_bytes(16) + struct.pack(">I", len(message)) + message + self._owner
        pad = BLOCK - len(plain) % BLOCK
        encryptor = self._cipher().encryptor()
        return base64.b64encode(encryptor.update(plain + bytes([pad]) * pad) + encryptor.finalize()).decode()

    def open(self, signature: str, timestamp: str, nonce: str, encrypt: str) -> str:
        """Raise Forged when the signature or the owner key is not ours."""
        if not hmac.compare_digest(self.sign(timestamp, nonce, encrypt), signature):
            raise Forged("signature")
        decryptor = self._cipher().decryptor()
        plain = decryptor.update(base64.b64decode(encrypt)) + decryptor.finalize()
        plain = plain[: -plain[-1]]
        (length,) = struct.unpack(">I", plain[16:20])
        if plain[20 + length :] != self._owner:
            raise Forged("owner key")
        return plain[20 : 20 + length].decode()

    def _cipher(self) -> Cipher[modes.CBC]:
        return Cipher(algorithms.AES(self._key), modes.CBC(self._key[:16]))
