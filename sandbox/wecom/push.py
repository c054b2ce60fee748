"""Delivers callbacks as the platform does: sealed, against a deadline, and again when unanswered (wecom.md §2.3)."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import aiohttp
from aiohttp import ClientError, ClientSession, ClientTimeout

from sandbox.wecom.envelope import build

if TYPE_CHECKING:
    from sandbox.clock import Clock
    from sandbox.faults import Faults
    from sandbox.wecom.config import WeComApp
    from sandbox.wecom.crypto import Crypto

PUSH = "push:wecom"  #: the name under which faults strike here
DEADLINE = 5.0  #: seconds for an answer
VERIFY_DEADLINE = 1.0  #: seconds for the echo of the URL verification (wecom.md §2.1)
RETRIES = 3

Heard = Callable[[str], None]  #: takes the body of a 200 answer


@dataclass(frozen=True, slots=True)
class Delivery:
    """How one callback fared; ``held`` means that it waits for the next one to overtake it."""

    attempts: int
    answered: bool
    held: bool = False


@dataclass(frozen=True, slots=True)
class _Letter:
    """The sealed request: a retry is the same bytes under the same signature."""

    query: dict[str, str]
    body: str
    heard: Heard


class Push:
    """The road from the platform to the app's callback."""

    def __init__(self, app: WeComApp, crypto: Crypto, clock: Clock, faults: Faults) -> None:
        self.deadline = DEADLINE
        self.retry_pause = 1.0  #: seconds
        self.lost: list[Delivery] = []  #: callbacks given up after all retries
        self._app = app
        self._crypto = crypto
        self._clock = clock
        self._faults = faults
        self._session: ClientSession | None = None
        self._waiting: list[_Letter] = []

    async def send(self, message: str, heard: Heard) -> Delivery:
        """Deliver one callback message; ``heard`` gets the body of every 200 answer."""
        letter = self._seal(message, heard)
        if self._faults.take("reorder", PUSH):
            self._waiting.append(letter)
            return Delivery(0, answered=False, held=True)
        if delay := self._faults.take("delay", PUSH):
            await asyncio.sleep(delay.seconds)
        delivery = await self._deliver(letter)
        if self._faults.take("duplicate", PUSH):
            await self._deliver(letter)
        waiting, self._waiting = self._waiting, []
        for overtaken in waiting:
            await self._deliver(overtaken)
        return delivery

    async def verify(self) -> str | None:
        """What is wrong with the app's answer to the URL verification, if anything (wecom.md §2.1)."""
        echo = secrets.token_hex(8)
        sealed = self._crypto.encrypt(echo)
        query = self._signed(sealed) | {"echostr": sealed}
        try:
            async with self._http().get(
                self._app.callback_url, params=query, timeout=ClientTimeout(total=VERIFY_DEADLINE)
            ) as answer:
                if answer.status != 200:
                    return f"URL verification answered {answer.status}"
                return None if await answer.read() == echo.encode() else "URL verification did not echo the plain text"
        except (ClientError, TimeoutError) as error:
            return f"URL verification failed: {type(error).__name__}"

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()

    def _seal(self, message: str, heard: Heard) -> _Letter:
        sealed = self._crypto.encrypt(message)
        fields = [("ToUserName", self._app.corp_id), ("AgentID", str(self._app.agent_id)), ("Encrypt", sealed)]
        return _Letter(self._signed(sealed), build(fields), heard)

    def _signed(self, sealed: str) -> dict[str, str]:
        timestamp, nonce = str(self._clock.seconds()), str(secrets.randbelow(10**10))
        signature = self._crypto.sign(timestamp, nonce, sealed)
        return {"msg_signature": signature, "timestamp": timestamp, "nonce": nonce}

    async def _deliver(self, letter: _Letter) -> Delivery:
        for attempt in range(1, 2 + RETRIES):
            is_astray = attempt == 1 and self._faults.take("drop", PUSH) is not None
            answer = None if is_astray else await self._post(letter)
            if answer is not None:
                letter.heard(answer)
                return Delivery(attempt, answered=True)
            if attempt <= RETRIES:
                await asyncio.sleep(self.retry_pause)
        self.lost.append(Delivery(1 + RETRIES, answered=False))
        return self.lost[-1]

    async def _post(self, letter: _Letter) -> str | None:
        """The body of a 200 in time; anything else counts as no answer."""
        try:
            async with self._http().post(
                self._app.callback_url,
                params=letter.query,
                data=letter.body.encode(),
                headers={aiohttp.hdrs.CONTENT_TYPE: "text/xml"},
                timeout=ClientTimeout(total=self.deadline),
            ) as answer:
                body = await answer.read()
                return body.decode(errors="replace") if answer.status == 200 else None
        except (ClientError, TimeoutError):
            return None

    def _http(self) -> ClientSession:
        """Made at first use, because a session wants a running loop."""
        if self._session is None:
            self._session = ClientSession()
        return self._session
