"""Fixture: the channel on a stream, and the platform on its other end."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.dingtalk_bot import Bot, stream_bot

if TYPE_CHECKING:
    from collections.abc import AsyncIterator


@pytest.fixture
async def bot() -> AsyncIterator[Bot]:
    async with stream_bot() as bot:
        yield bot
