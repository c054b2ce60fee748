"""Long simulations say how far they are, and a change survives the bot's death between asking and publishing."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING, Any

import pytest

from bot.outbox.definitions import LONG, Definitions, Patience
from models import Definition, Proposal
from models.database.connection import database
from models.enums import ProposalState as State
from tests.support.mortal import People, mortal, nursery
from tests.support.owners import a_past_case, proposals_of, shop
from tests.support.stage import buttons, text_of, until
from tests.support.stories import news, says

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.support.mortal import Nursery


class Said(list[str]):
    """Collects what is said."""

    async def hear(self, words: str) -> None:
        self.append(words)


async def told(seconds: float, *progress: tuple[int, int]) -> list[str]:
    """What is said when each report comes so many seconds after the one before."""
    said, moments = Said(), count(0.0, seconds)
    async with Patience(lambda: next(moments), said.hear) as patience:
        for done, total in progress:
            patience.progress(done, total)
    return said


@pytest.mark.parametrize(
    ("seconds", "progress", "heard"),
    [
        pytest.param(0.1, [(50, 200), (100, 200), (200, 200)], [], id="quick work says nothing"),
        pytest.param(LONG, [(50, 200)], ["还在模拟：已算 50 / 200 单"], id="after two seconds it does"),
        pytest.param(1.1, [(50, 9000), (1200, 9000), (5000, 9000)], ["还在模拟：已算 1,200 / 9,000 单"], id="once"),
        pytest.param(9.0, [(200, 200)], [], id="what is done is not under way"),
        pytest.param(9.0, [], [], id="nothing to report"),
    ],
)
async def test_long_work_says_once_how_far_it_is(
    seconds: float, progress: list[tuple[int, int]], heard: list[str]
) -> None:
    assert await told(seconds, *progress) == heard


async def test_the_word_in_between_overtakes_the_result(sqlite: str) -> None:
    """It stands in the outbox before the work is done, for nobody's lane, so that it is not behind the result."""
    async with shop(sqlite) as desk:
        await a_past_case(desk)
        await says(desk, "李敏", "规则 自动通过 50→3")
        slow = Definitions(desk.bot.desk, Drawn(), None, desk.bot.clock.now, count(0.0, LONG).__next__)  # type: ignore[arg-type]
        await slow._say(where(desk.person("李敏").wecom), "还在模拟：已算 1 / 2 单")
        await desk.bot.settled()
        assert news(desk, "李敏")[-1] == "还在模拟：已算 1 / 2 单"


class Drawn:
    """A painter of nothing."""

    async def render(self, form: str, data: dict[str, Any]) -> bytes:
        return b""


def where(userid: str | None) -> dict[str, Any]:
    return {"platform": "wecom", "chat": None, "userid": userid, "proposal": 1}


async def test_a_simulation_of_what_has_changed_meanwhile_is_not_kept(sqlite: str) -> None:
    async with shop(sqlite) as desk:
        await a_past_case(desk)
        await says(desk, "李敏", "规则 自动通过 50→3")
        older = await Proposal.get()
        await says(desk, "李敏", "规则 自动通过 3→2")
        made = Definitions(desk.bot.desk, Drawn(), None, desk.bot.clock.now)  # type: ignore[arg-type]
        await made._keep(older, {"effect": "本月：1 单里 1 单会变"})
        assert (await Proposal.get()).simulated is None


# -- kill -9 between asking and publishing -----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def warm() -> Iterator[Nursery]:
    with nursery() as process:
        yield process


@pytest.mark.parametrize("moment", [0.0, 0.05])
async def test_killed_between_asking_and_publishing_nothing_is_lost(
    warm: Nursery, sqlite: str, tmp_path: Path, moment: float
) -> None:
    async with mortal(warm, sqlite, tmp_path / "bot.log") as bot:
        people = People(bot, None)
        await people.say("李敏", "wecom", "流程 质检 时限 4小时", lambda: people.card("李敏", "请求发布"))
        await people.tap("李敏", "请求发布")
        await bot.die(moment)
        await people.tap("赵卫东", "发布")
        await bot.die(moment)
        async with database(sqlite):
            assert (await Proposal.get()).state is State.LIVE
            active = await Definition.filter(kind="flow", name="退货", active=True)
            assert [row.version for row in active] == [2]
        await until(lambda: people.card("李敏", "作废") is None)


# -- the card ----------------------------------------------------------------------------------------------------------


async def test_the_second_person_sees_all_before_deciding(sqlite: str) -> None:
    async with shop(sqlite) as desk:
        for words in ("增加分支 客服补证 与 仓库收货 同时 负责人 客服", "发布"):
            await says(desk, "李敏", words)
        card = proposals_of(desk, "赵卫东")[-1]
        assert buttons(card) == ["发布", "模拟", "看改动", "驳回"]
        assert "增加节点 客服补证（客服，15天）" in text_of(card)
        assert "处，点 看改动" in text_of(card)
        await desk.tap(desk.person("赵卫东"), "看改动")
        told = "\n".join(news(desk, "赵卫东"))
        assert "改动.png" in told
        assert "增加节点 客服补证汇合（汇合，全部）" in told
