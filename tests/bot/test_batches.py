"""Rows of words that were taken at once: which go together, which wait for which, and who hears how it went."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from bot.channels.base import Rejected, Retryable
from bot.outbox.batches import Batches
from cards.types import Text
from models import Outbox

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.channels.base import ChannelError
    from cards.types import Content

GOOD, BAD = Text("早上好"), Text("晚上好")


class Robot:
    """Notes whom it told what; some do not get it."""

    at_once = 20

    def __init__(self, **failed: ChannelError) -> None:
        self.calls: list[tuple[str, int, list[str]]] = []
        self.failed, self.broken = failed, False

    async def send(self, userids: Sequence[str], content: Content, again: int = 0) -> dict[str, ChannelError]:
        assert isinstance(content, Text)
        self.calls.append((content.body, again, list(userids)))
        if self.broken:
            raise Retryable("the picture is not uploaded")
        return self.failed


def rows(many: int, kind: str = "text") -> list[Outbox]:
    return [Outbox(id=n, kind=kind, key=f"k{n}") for n in range(1, many + 1)]


async def tell(batches: Batches, row: Outbox, robot: Robot, words: Text = GOOD, again: int = 0) -> str:
    """Send one row's words to ``u<its id>``; what its reader's error says, or nothing."""
    try:
        await batches.ticket(row).send(robot, f"u{row.id}", words, again)
    except (Rejected, Retryable) as error:
        return str(error)
    finally:
        batches.end(row)
    return ""


async def test_what_is_equal_goes_together_in_twenties() -> None:
    batches, robot, taken = Batches(), Robot(), rows(45)
    batches.begin(taken)
    await asyncio.gather(*(tell(batches, row, robot) for row in taken))
    assert sorted(len(to) for _, _, to in robot.calls) == [5, 20, 20]
    assert sorted(u for _, _, to in robot.calls for u in to) == sorted(f"u{row.id}" for row in taken)


async def test_other_words_and_words_that_may_have_come_before_are_calls_of_their_own() -> None:
    batches, robot, taken = Batches(), Robot(), rows(5)
    batches.begin(taken)
    said = [(GOOD, 0), (BAD, 0), (GOOD, 1), (GOOD, 0), (BAD, 0)]
    await asyncio.gather(
        *(tell(batches, row, robot, words, again) for row, (words, again) in zip(taken, said, strict=True))
    )
    assert sorted(robot.calls) == [
        (GOOD.body, 0, ["u1", "u4"]), (GOOD.body, 1, ["u3"]), (BAD.body, 0, ["u2", "u5"]),
    ]  # fmt: skip


async def test_they_wait_for_what_is_drawn_still_and_for_nothing_that_goes_its_own_way() -> None:
    batches, robot, taken = Batches(), Robot(), rows(3)
    batches.begin([*taken, Outbox(id=9, kind="card", key="k9")])  # a card is on its way for as long as it takes
    first = asyncio.create_task(tell(batches, taken[0], robot))
    await asyncio.sleep(0)
    batches.ticket(taken[1]).leave()  # its reader is on another platform
    await asyncio.sleep(0)
    assert robot.calls == []
    batches.end(taken[2])  # nothing to say, or it failed
    assert await first == ""
    assert robot.calls == [(GOOD.body, 0, ["u1"])]
    assert await tell(batches, taken[1], robot) == ""  # refused there, it comes here after all


@pytest.mark.parametrize("taken_together", [True, False])
async def test_a_row_that_nobody_was_taken_with_waits_for_nobody(*, taken_together: bool) -> None:
    batches, robot, [row] = Batches(), Robot(), rows(1)
    if taken_together:
        batches.begin([row])
    assert await tell(batches, row, robot) == ""
    assert robot.calls == [(GOOD.body, 0, ["u1"])]


async def test_each_row_hears_how_it_went_with_its_own_reader() -> None:
    robot = Robot(u1=Rejected("33012", "员工不在通讯录里"), u3=Retryable("限流", 60))
    batches, taken = Batches(), rows(4)
    batches.begin(taken)
    assert await asyncio.gather(*(tell(batches, row, robot) for row in taken)) == [
        "33012 员工不在通讯录里", "", "限流", "",
    ]  # fmt: skip
    robot.broken = True
    batches.begin(taken)
    assert await asyncio.gather(*(tell(batches, row, robot) for row in taken)) == ["the picture is not uploaded"] * 4
    assert len(robot.calls) == 2
