"""Fixture: cases under the audit."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from flow.records import anchors
from models.database.connection import database, migrate
from tests.support.sealed_cases import NOW, written

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from models import Case


@pytest.fixture
async def kept(database_url: str) -> AsyncIterator[list[Case]]:
    """Three cases of a day on a real engine, and the audit begun."""
    await migrate(database_url)
    async with database(database_url):
        await anchors.begin(NOW)
        yield [await written() for _ in range(3)]
