"""Bodies and pictures that strangers send: no further, no longer and no larger than they may be, and never a 500."""

from __future__ import annotations

import asyncio
import struct
import zlib
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.channels import bodies
from bot.channels.bodies import BadBody
from bot.inbox.labels import MAX_PIXELS, read
from sandbox.dingtalk.crypto import robot_sign
from tests.support.stage import stage
from tests.support.wire import DINGTALK

if TYPE_CHECKING:
    from collections.abc import AsyncIterator


async def taken(request: web.Request) -> web.Response:
    """Up to eight bytes in a tenth of a second."""
    try:
        return web.Response(body=await bodies.read(request, 8, 0.1))
    except BadBody as error:
        return web.Response(status=error.status)


@asynccontextmanager
async def raw(port: int) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    yield reader, writer
    writer.close()
    await writer.wait_closed()


async def status_of(reader: asyncio.StreamReader) -> int:
    async with asyncio.timeout(5):
        return int((await reader.readline()).split()[1])


HEAD = b"POST / HTTP/1.1\r\nHost: a\r\n"


@pytest.mark.parametrize(
    ("request_bytes", "status"),
    [
        pytest.param(HEAD + b"Content-Length: 8\r\n\r\n12345678", 200, id="all of it"),
        pytest.param(HEAD + b"\r\n", 200, id="none"),
        pytest.param(HEAD + b"Content-Length: 9\r\n\r\n", 413, id="refused before it comes"),
        pytest.param(HEAD + b"Transfer-Encoding: chunked\r\n\r\n9\r\n123456789\r\n", 413, id="longer than it says"),
        pytest.param(HEAD + b"Content-Length: 8\r\n\r\n1234", 408, id="half, and then silence"),
    ],
)
async def test_a_body_is_read_within_its_limits(request_bytes: bytes, status: int) -> None:
    app = web.Application()
    app.router.add_post("/", taken)
    async with TestServer(app) as server, raw(server.port or 0) as (reader, writer):
        writer.write(request_bytes)
        assert await status_of(reader) == status


#: what comes before the signature is looked at, and what never could have been signed
BODIES = (
    b"", b"{", b"[]", b"\xff\xfe", b"<xml/>", b"<xml><Encrypt>AAAA</Encrypt></xml>", b'{"encrypt": 1}',
    b'{"encrypt": "AAAA"}', b"[" * 60_000, b"<xml>" * 10_000, b'{"a": ' + b"9" * 5000 + b"}", b"a" * 70_000, bytes(100),
)  # fmt: skip
QUERIES = (
    "", "?msg_signature=%ff&timestamp=%00&nonce=%ed%a0%80", "?timestamp=%d9%a1&nonce&&=", f"?{'a' * 4000}",
    "?msg_signature=a&timestamp=9999999999999999&nonce=n&echostr=%0a",
)  # fmt: skip
TARGETS = (
    "/wecom/callback", "/dingtalk/robot", "/dingtalk/card", "/dingtalk/event", "/d/x.y", "/d/%ff%00", "/c/%ff.%00",
    "/c/9e99.x",
)  # fmt: skip
HEADERS = (
    b"",
    b"timestamp: \xff\r\nsign: \xff\r\n",
    b"Content-Type: multipart/form-data\r\nX-Forwarded-For: ,\xff\r\n",
)
PACKINGS = ("gzip", "deflate")


async def test_no_door_fails_at_what_is_malformed(sqlite: str) -> None:
    async with stage(sqlite, mode="http") as desk:
        port = urlsplit(desk.bot.settings.public_url).port or 0
        for target in TARGETS:
            for number, body in enumerate(BODIES):
                query, more = QUERIES[number % len(QUERIES)], HEADERS[number % len(HEADERS)]
                for method in ("GET", "POST"):
                    head = f"{method} {target}{query} HTTP/1.1\r\nHost: a\r\nContent-Length: {len(body)}\r\n"
                    async with raw(port) as (reader, writer):
                        writer.write(head.encode() + more + b"Connection: close\r\n\r\n" + body)
                        status = await status_of(reader)
                    assert 400 <= status < 500, (method, target, query, body[:40], status)


@pytest.mark.parametrize("packing", PACKINGS)
async def test_a_body_that_is_not_packed_as_it_says_is_refused(sqlite: str, packing: str) -> None:
    async with stage(sqlite, mode="http") as desk:
        port = urlsplit(desk.bot.settings.public_url).port or 0
        stamp = str(desk.clock.millis())
        signed = f"timestamp: {stamp}\r\nsign: {robot_sign(DINGTALK.client_secret, stamp)}\r\n"
        for target in ("/wecom/callback", "/dingtalk/robot", "/dingtalk/event"):
            head = f"POST {target} HTTP/1.1\r\nHost: a\r\nContent-Encoding: {packing}\r\nContent-Length: 9\r\n{signed}"
            async with raw(port) as (reader, writer):
                writer.write(head.encode() + b"Connection: close\r\n\r\nnot gzip.")
                assert await status_of(reader) == 400, target


def a_png(width: int, height: int) -> bytes:
    """The beginning of a picture that says it is so large."""
    header = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    chunk = struct.pack(">I", 13) + header + struct.pack(">I", zlib.crc32(header))
    data = zlib.compress(bytes(1000))
    body = b"IDAT" + data
    return b"\x89PNG\r\n\x1a\n" + chunk + struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))


@pytest.mark.parametrize(
    ("width", "height"), [(MAX_PIXELS + 1, 1), (30_000, 30_000), (2**31 - 1, 2**31 - 1), (0, 0), (10, 10)]
)
def test_a_picture_larger_than_a_camera_makes_is_not_decoded(width: int, height: int) -> None:
    assert read(a_png(width, height)) == []
