"""Storage that speaks S3, for as long as a test goes on, and the settings that lead there."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from aiohttp import web

from sandbox.s3 import Bucket

if TYPE_CHECKING:
    from collections.abc import AsyncIterator


@asynccontextmanager
async def storage() -> AsyncIterator[tuple[Bucket, dict[str, str]]]:
    """The bucket, and what a bot is to be told of it."""
    bucket = Bucket()
    runner = web.AppRunner(bucket.application(), access_log=None, shutdown_timeout=0)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        host, port = runner.addresses[0][:2]
        yield (
            bucket,
            {
                "PHOTO_STORE": f"s3://{bucket.name}/desk/photos",
                "S3_API_BASE": f"http://{host}:{port}",
                "S3_ACCESS_KEY": bucket.access_key,
                "S3_SECRET_KEY": bucket.secret_key,
            },
        )
    finally:
        await runner.cleanup()
