"""Alerts to groups through their robots."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from bot.channels.base import Rejected, Retryable
from cards.types import File, Image, Text
from tests.support.wecom_desk import APPROVAL, PNG, RECORD, Desk, desk

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from cards.types import Content
    from sandbox.world import Item

SEND = "/cgi-bin/webhook/send"


@pytest.fixture
async def here() -> AsyncIterator[Desk]:
    async with desk() as running:
        yield running


def group(here: Desk) -> list[Item]:
    return here.phone("group:风控群")


async def test_words_reach_the_group(here: Desk) -> None:
    await here.channel.send_group("风控群", Text("高风险退货 R20261122-0007"))
    assert [item.body["content"] for item in group(here)] == ["高风险退货 R20261122-0007"]


@pytest.mark.parametrize("card", [RECORD, APPROVAL], ids=["a record", "one with buttons, which a robot can't send"])
async def test_a_card_is_told_in_words(here: Desk, card: Content) -> None:
    await here.channel.send_group("风控群", card)
    (item,) = group(here)
    assert item.kind == "markdown"
    assert "> 单号：R20261122-0007" in item.body["content"]


async def test_a_large_picture_with_its_words(here: Desk) -> None:
    png = PNG + bytes(2 * 1024 * 1024 - len(PNG))
    await here.channel.send_group("风控群", Image(png, "chart.png", "共 312 件"))
    picture, words = group(here)
    assert here.wecom.media(picture.body["media_id"]) == (png, "image/png")
    assert words.body["content"] == "共 312 件"


async def test_a_file_is_uploaded_once(here: Desk) -> None:
    for _ in range(2):
        await here.channel.send_group("风控群", File(b"PK" * 10, "日报.xlsx"))
    assert [item.kind for item in group(here)] == ["file", "file"]
    assert here.metered["/cgi-bin/webhook/upload_media"] == 1


async def test_a_file_forgotten_by_the_platform_is_uploaded_again(here: Desk) -> None:
    file = File(b"PK" * 10, "日报.xlsx")
    await here.channel.send_group("风控群", file)
    here.later(days=3)
    await here.channel.send_group("风控群", file)
    assert here.metered["/cgi-bin/webhook/upload_media"] == 2


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        pytest.param("财务群", Text("a"), "WECOM_GROUP_WEBHOOKS", id="no robot is configured"),
        pytest.param("风控群", Image(PNG + bytes(2 << 20), "a.png"), "2 MB", id="more than a robot takes"),
    ],
)
async def test_what_never_goes_is_refused_at_once(here: Desk, name: str, content: Content, says: str) -> None:
    with pytest.raises(Rejected, match=says):
        await here.channel.send_group(name, content)
    assert here.metered[SEND] == 0


async def test_a_robot_that_was_removed_is_the_administrators(here: Desk) -> None:
    with pytest.raises(Retryable, match="已被移出群"):
        await here.channel.send_group("旧群", Text("a"))
    assert here.channel.problem is None, "people can still be reached"


@pytest.mark.parametrize(
    ("name", "calls"),
    [
        pytest.param("换新", 1, id="the new one is in the group, the old one is no more"),
        pytest.param("没换", 2, id="the new one is not in the group yet, or its address is wrong"),
    ],
)
async def test_robots_change_with_the_old_one_beside_the_new(here: Desk, name: str, calls: int) -> None:
    await here.channel.send_group(name, Text("高风险退货"))
    assert [item.body["content"] for item in group(here)] == ["高风险退货"]
    assert here.metered[SEND] == calls


async def test_a_file_goes_by_the_robot_that_uploads_it(here: Desk) -> None:
    await here.channel.send_group("没换", File(b"PK" * 10, "日报.xlsx"))
    assert [item.kind for item in group(here)] == ["file"]


async def test_a_busy_new_robot_is_waited_for_and_its_words_do_not_go_by_the_old_one(here: Desk) -> None:
    """What may have come through is not said by another."""
    here.arm("rate_limit", SEND)
    with pytest.raises(Retryable):
        await here.channel.send_group("换新", Text("高风险退货"))
    assert group(here) == []


async def test_the_twenty_first_alert_of_a_minute_waits(here: Desk) -> None:
    for number in range(20):
        await here.channel.send_group("风控群", Text(f"第 {number} 条"))
    with pytest.raises(Retryable) as refused:
        await here.channel.send_group("风控群", replace(RECORD, title="再来一条"))
    assert (here.metered[SEND], refused.value.retry_after > 1) == (20, True)
