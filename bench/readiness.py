"""When a bot is ready for work: its ``/readyz`` says yes."""

from __future__ import annotations

import asyncio
import time

from aiohttp import ClientError, ClientSession

from bench.programs import START_SECONDS, ProgramFailed

LOOK = 0.01  #: seconds between two looks


async def until_ready(url: str, *, rest: float = 0.0) -> None:
    """Wait for it, and ``rest`` seconds more. Raises ProgramFailed when it never gets ready."""
    until = time.monotonic() + START_SECONDS
    async with ClientSession() as session:
        while not await _says_yes(session, f"{url}/readyz"):
            if time.monotonic() > until:
                raise ProgramFailed(f"{url} 没有就绪")
            await asyncio.sleep(LOOK)
    await asyncio.sleep(rest)


async def _says_yes(session: ClientSession, url: str) -> bool:
    try:
        async with session.get(url) as answer:
            return answer.status == 200
    except ClientError:
        return False
