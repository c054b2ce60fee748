"""One HTTP request to WeCom: metered, against a deadline, its answer a dict or bytes."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from io import BytesIO
from typing import TYPE_CHECKING, Any

from aiohttp import ClientError, ClientTimeout, FormData

from bot.channels.base import InDoubt, Meter, Rejected
from bot.channels.wecom.errors import SOON

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aiohttp import ClientResponse, ClientSession

    from bot.channels.wecom.errors import Answer

DEADLINE = 10.0  #: seconds for a whole call
LARGEST = 20 * 1024 * 1024  #: bytes of a file we take in


class Unreachable(InDoubt):
    """No readable answer: the network, the server, or something between."""


@dataclass(frozen=True, slots=True)
class Upload:
    """A file for the multipart field ``media`` (D/90253)."""

    kind: str
    data: bytes = field(repr=False)
    name: str


@dataclass(frozen=True, slots=True)
class Call:
    """What to ask: GET, or POST when there is a ``body`` or an ``upload``. ``api`` is its name for meter and log."""

    api: str
    url: str = field(repr=False)
    query: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: Mapping[str, Any] | None = field(default=None, repr=False)
    upload: Upload | None = field(default=None, repr=False)
    wants_file: bool = False

    @property
    def method(self) -> str:
        return "GET" if self.body is None and self.upload is None else "POST"

    def content(self) -> FormData | BytesIO | None:
        """Built anew for every attempt, because a form can be sent only once."""
        if self.upload is not None:
            form = FormData(quote_fields=False)  # else people read the name of a document in percent signs
            form.add_field("media", BytesIO(self.upload.data), filename=self.upload.name)
            return form
        return None if self.body is None else BytesIO(json.dumps(self.body).encode())


class Wire:
    """Requests on the one session. Raises Unreachable when no readable answer comes in time, Rejected over 20 MB."""

    def __init__(self, session: ClientSession, meter: Meter) -> None:
        self.deadline = DEADLINE
        self._session = session
        self._meter = meter

    async def ask(self, call: Call) -> Answer:
        """The JSON object of the answer, whatever its errcode; ``{"file": bytes}`` when the call is for a file."""
        raw = await self._exchange(call)
        answer = _json(raw) if not call.wants_file or raw.startswith(b'{"errcode"') else {"file": raw}
        if answer is None:
            raise Unreachable("企业微信的回答不是 JSON", SOON)
        return answer

    async def _exchange(self, call: Call) -> bytes:
        self._meter.add("wecom", call.api, False)
        timeout = ClientTimeout(total=self.deadline)
        try:
            async with self._session.request(
                call.method, call.url, params=call.query, data=call.content(), timeout=timeout, allow_redirects=False
            ) as response:
                if response.status != 200:
                    raise Unreachable(f"企业微信回答 HTTP {response.status}", SOON)
                return await _read(response)
        except (ClientError, TimeoutError) as error:
            # The exception's own words may quote the URL, and the token with it.
            raise Unreachable(f"连不上企业微信（{type(error).__name__}）", SOON) from None


async def _read(response: ClientResponse) -> bytes:
    raw = bytearray()
    async for chunk in response.content.iter_chunked(1 << 16):
        raw += chunk
        if len(raw) > LARGEST:
            raise Rejected("45001", "文件超过 20 MB")
    return bytes(raw)


def _json(raw: bytes) -> Answer | None:
    try:
        answer = json.loads(raw)
    except ValueError:
        return None
    return answer if isinstance(answer, dict) else None
