"""Every command said in a group, over the wire: nothing that the platform has recorded there is one person's."""

from __future__ import annotations

import re
import shutil
from typing import TYPE_CHECKING

import pytest
import pytest_asyncio

from flow import edits
from tests.flow.access.test_rights import COMMANDS, QUIET, SAID, typed
from tests.support.rights import OTHER, OWN
from tests.support.shipped import ROLES
from tests.support.siege import GROUP, STREAM, siege
from tests.support.stage import sqlite_url

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from sandbox.world import Item
    from tests.support.siege import Siege

pytestmark = pytest.mark.asyncio(loop_scope="module")
WORDS = COMMANDS | SAID | QUIET
DRAWN = frozenset(list(edits.EXAMPLES)[2:])  #: edits answer alike, with a picture that takes its time
#: a link that opens something, an address, a number, a name with its number, an amount: in yuan, or as somebody says it
ONE_PERSONS = re.compile(
    r"https?:|/[cd]/\w|\.xlsx|\.pdf|1[3-9]\d{9}|尾号|8000|李雷|李\*|[¥￥]|\d\s*[元块]|\b(?:2\.55|3\.39|5\.10)\b|\w@\w"
)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shop(open_template: Path, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Siege]:
    folder = tmp_path_factory.mktemp("groups")
    shutil.copy2(open_template, folder / "desk.db")
    async with siege(sqlite_url(folder), STREAM) as found:
        yield found


def recorded(items: list[Item]) -> list[str]:
    """All that the bot has put into any group, to the last field, but for where the platform keeps a picture."""
    hidden = {"url", "media_id"}
    shown = [{key: part for key, part in item.body.items() if key not in hidden} for item in items]
    return [str(body) for body in shown if body]


@pytest.mark.parametrize("name", WORDS)
async def test_a_group_is_shown_nothing_that_is_one_persons(shop: Siege, name: str) -> None:
    roles = sorted(ROLES)
    start = list(WORDS).index(name)
    said = 0
    for role in dict.fromkeys(([] if name in DRAWN else ["管理员"]) + [roles[start % len(roles)]]):
        for whose in (OWN,) if role == "管理员" else (OTHER,):
            before, place = len(shop.desk.sandbox.world.items), shop.place(role, whose)
            heard = await shop.sends(STREAM, f"试{role}", typed(WORDS[name], place), chat=GROUP)
            items = [item for item in list(shop.desk.sandbox.world.items.values())[before:] if item.sender == "bot"]
            for words in recorded([item for item in items if item.place.group]):
                bare = words.replace(place.no, "").replace(place.waybill, "")
                assert not ONE_PERSONS.search(bare), f"{role} {whose}: {words}"
            said += len(heard.group)
    assert said, "the group hears at least that somebody was answered alone"
