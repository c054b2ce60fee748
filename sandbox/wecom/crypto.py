"""Signing and sealing of callbacks and passive replies, straight on AES (wecom.md §2.2)."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import secrets
import struct

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC

BLOCK = 32  #: bytes; PKCS#7 pads to the key's length, not to the cipher's 16


class CryptoError(ValueError):
    """The envelope cannot be opened: wrong key, wrong receiver, or damaged on the way."""


class Crypto:
    """One callback's token and key; ``receive_id`` is the CorpID for a self-built app."""

    def __init__(self, token: str, aes_key: str, receive_id: str) -> None:
        self._receive_id = receive_id.encode()
        self.change(token, aes_key)

    def change(self, token: str, aes_key: str) -> None:
        """Another token and key from now on, as when the console's page is saved."""
        self._token = token
        self._key = base64.b64decode(aes_key + "=")

    def sign(self, timestamp: str, nonce: str, encrypted: str) -> str:
        """The ``msg_signature`` of an envelope, in hex."""
        parts = "".join(sorted((self._token, timestamp, nonce, encrypted)))
        return hashlib.sha1(parts.encode(), usedforsecurity=False).hexdigest()

    def is_signed(self, signature: str, timestamp: str, nonce: str, encrypted: str) -> bool:
        return hmac.compare_digest(self.sign(timestamp, nonce, encrypted).encode(), signature.encode())

    def encrypt(self, message: str) -> str:
        """Base64 of random(16) + length + message + receiveid."""
        data = message.encode()
        plain = secrets.token_bytes(16) + struct.pack(">I", len(data)) + data + self._receive_id
        fill = BLOCK - len(plain) % BLOCK
        encryptor = self._cipher().encryptor()
        sealed = encryptor.update(plain + bytes([fill]) * fill) + encryptor.finalize()
        return base64.b64encode(sealed).decode()

    def decrypt(self, encrypted: str) -> str:
        """The message inside. Raises CryptoError, also when it was sealed for another receiver."""
        plain = _unpad(self._open(encrypted))
        if len(plain) < 20:
            raise CryptoError("too short for a length and a receiver")
        (size,) = struct.unpack(">I", plain[16:20])
        message, receive_id = plain[20 : 20 + size], plain[20 + size :]
        if receive_id != self._receive_id:
            raise CryptoError("receiveid is not ours")
        return _text(message)

    def _open(self, encrypted: str) -> bytes:
        try:
            decryptor = self._cipher().decryptor()
            return decryptor.update(base64.b64decode(encrypted, validate=True)) + decryptor.finalize()
        except (binascii.Error, ValueError) as error:
            raise CryptoError("not whole blocks in base64") from error

    def _cipher(self) -> Cipher[CBC]:
        return Cipher(AES(self._key), CBC(self._key[:16]))


def _unpad(plain: bytes) -> bytes:
    fill = plain[-1] if plain else 0
    if not 1 <= fill <= BLOCK or plain[-fill:] != bytes([fill]) * fill:
        raise CryptoError("padding is not PKCS#7 of 32")
    return plain[:-fill]


def _text(message: bytes) -> str:
    try:
        return message.decode()
    except UnicodeDecodeError as error:
        raise CryptoError("message is not UTF-8") from error
