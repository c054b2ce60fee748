"""Ways to reach a customer: an SMS gateway over HTTP, and e-mail over SMTP."""

from __future__ import annotations

from email.message import EmailMessage
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

import aiohttp

from connectors.base import Refused, Unsure
from models.outside import visible

if TYPE_CHECKING:
    from pydantic import SecretStr

TIMEOUT = aiohttp.ClientTimeout(total=10)


class SmsGateway:
    """``POST {"to", "text", "key"}`` to one URL; 2xx is sent, 4xx refused, the rest unsure."""

    def __init__(self, url: SecretStr, session: aiohttp.ClientSession) -> None:
        self._url, self._session = url.get_secret_value(), session

    async def send(self, to: str, text: str, key: str) -> None:
        body = {"to": to, "text": visible(text), "key": key}
        try:
            async with self._session.post(self._url, json=body, timeout=TIMEOUT) as answer:
                status = answer.status
        except (aiohttp.ClientError, TimeoutError) as error:
            raise Unsure(f"no answer from the SMS gateway: {type(error).__name__}") from error
        if status >= 500 or status == 429:
            raise Unsure(f"SMS gateway answered {status}")
        if status >= 400:
            raise Refused(f"短信网关拒绝（{status}）")


class Mailbox:
    """``smtp://user:password@host:port?from=…`` or ``smtps://``; the Message-ID carries the key."""

    def __init__(self, url: SecretStr) -> None:
        self._parts = urlsplit(url.get_secret_value())

    async def send(self, to: str, text: str, key: str) -> None:
        import aiosmtplib  # not needed by a bot that sends no mail

        parts = self._parts
        message = EmailMessage()
        message["From"] = unquote(parts.query.removeprefix("from=")) or "noreply@" + (parts.hostname or "localhost")
        message["To"], message["Subject"] = to, "售后进度通知"
        message["Message-ID"] = f"<{key.encode().hex()}@boomerang>"
        message.set_content(visible(text))
        try:
            await aiosmtplib.send(
                message, hostname=parts.hostname, port=parts.port, use_tls=parts.scheme == "smtps", timeout=10,
                username=unquote(parts.username) if parts.username else None,
                password=unquote(parts.password) if parts.password else None,
            )  # fmt: skip
        except (aiosmtplib.SMTPRecipientsRefused, aiosmtplib.SMTPResponseException) as error:
            code = getattr(error, "code", 550)
            raise (Unsure if 400 <= code < 500 else Refused)(f"邮件服务器拒绝（{code}）") from error
        except (aiosmtplib.SMTPException, OSError) as error:
            raise Unsure(f"no answer from the mail server: {type(error).__name__}") from error
