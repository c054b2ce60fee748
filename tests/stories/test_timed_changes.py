"""A change with its moment: agreed to before, live by itself, and back by itself; over the wire."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from flow.definitions import yamlfile
from models import Case, Definition, Proposal
from models.enums import ProposalState as State
from tests.support.owners import card_words, offers, proposals_of, publish, shop
from tests.support.stage import buttons, text_of
from tests.support.stories import news, says, submitted, taps

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.support.stage import Home, Stage

pytestmark = pytest.mark.homes("both", "dingtalk")
DAY = timedelta(days=1)
#: it is nine in the morning of 2026-11-23
TIMED = "发布 定时 2026-11-24 00:00 到 2026-11-25"


@pytest.fixture
async def desk(sqlite: str, home: Home) -> AsyncIterator[Stage]:
    async with shop(sqlite, home=home) as found:
        yield found


async def free_up_to() -> str:
    """The bound of what needs nobody, as it is published now."""
    row = await Definition.get(kind="policy", name="express", active=True)
    return next(str(tier["金额"]) for tier in yamlfile.read(row.text)["审批表"] if tier["规则"] == "小额自动通过")


async def agreed(desk: Stage, *edits: str, timed: str = TIMED) -> None:
    for words in (*edits, timed):
        await says(desk, "李敏", words)
    await taps(desk, "赵卫东", "发布")


async def test_it_goes_live_by_itself_and_back_by_itself(desk: Stage) -> None:
    await says(desk, "李敏", "规则 自动通过 50→80")
    told = await says(desk, "李敏", TIMED)
    assert "定时：2026-11-24 00:00 自动换上，2026-11-25 24:00 自动换回" in told
    assert "已请 赵卫东、陈卓 发布" in told
    assert "换上 2026-11-24 00:00 换回 2026-11-25 24:00" in card_words(desk, "赵卫东")
    card = await taps(desk, "赵卫东", "发布")
    assert "定时发布" in card
    assert "已同意，现在用的没有变" in "\n".join(news(desk, "赵卫东"))
    found = []
    for _ in range(4):
        found.append(await free_up_to())
        await desk.later(DAY)
    assert found == ["<=50", "<=80", "<=80", "<=50"]
    for name in ("李敏", "赵卫东"):
        told = "\n".join(news(desk, name))
        assert "定时到了，已发布：政策 快速 1 处改动" in told
        assert "到期了，已换回：政策 快速 用回原来的内容" in told
    assert (await Proposal.get()).state is State.UNDONE
    assert [buttons(item) for item in proposals_of(desk, "李敏") if buttons(item)] == []


async def test_a_case_keeps_the_version_of_the_day_on_which_it_was_opened(desk: Stage) -> None:
    await agreed(desk, "规则 自动通过 50→80")
    numbers = [await submitted(desk, "退货 64 质量问题")]
    await desk.later(DAY)
    numbers.append(await submitted(desk, "退货 536365 85123A×2 质量问题"))
    await desk.later(2 * DAY)
    numbers.append(await submitted(desk, "退货 700 质量问题"))
    versions = [(await Definition.get(id=(await Case.get(no=no)).policy_id)).version for no in numbers]
    assert versions == [1, 2, 3]


async def test_what_waits_is_seen_by_whoever_looks(desk: Stage) -> None:
    await agreed(desk, "规则 自动通过 50→80")
    line = (
        "定时：政策 快速 1 处改动，2026-11-24 00:00 自动换上，2026-11-25 24:00 自动换回（还没有换上，不要就回复 作废）"
    )
    for name, words in (("陈卓", "规则"), ("陈卓", "流程 退货"), ("李敏", "看改动"), ("赵卫东", "看改动")):
        told = await says(desk, name, words)
        assert line in told or "定时：2026-11-24 00:00 自动换上，2026-11-25 24:00 自动换回" in told, (name, words)
    await desk.later(DAY)
    assert "2026-11-25 24:00 自动换回（现在用着）" in await says(desk, "陈卓", "规则")


async def test_whoever_may_publish_stops_it_before_its_moment(desk: Stage) -> None:
    await agreed(desk, "规则 自动通过 50→80")
    assert "现在用的没有变" in await says(desk, "陈卓", "作废")
    await desk.later(2 * DAY)
    assert await free_up_to() == "<=50"
    assert (await Proposal.get()).state is State.DROPPED


async def test_another_time_wants_another_consent(desk: Stage) -> None:
    await agreed(desk, "规则 自动通过 50→80")
    told = await says(desk, "李敏", "发布 定时 2026-11-25 到 2026-11-25")
    assert "时间改了，要再请人同意：赵卫东、陈卓" in told
    await desk.later(DAY)
    assert await free_up_to() == "<=50"  # nobody has agreed to that
    assert ["发布", "模拟", "看改动", "驳回"] in offers(desk, "陈卓")
    await taps(desk, "陈卓", "发布")
    await desk.later(DAY)
    assert await free_up_to() == "<=80"
    await desk.later(DAY)
    assert await free_up_to() == "<=50"


async def test_only_its_author_gives_a_change_its_time(desk: Stage) -> None:
    for words in ("规则 自动通过 50→80", "发布"):
        await says(desk, "李敏", words)
    assert "什么时候发布由提出人定" in await says(desk, "赵卫东", TIMED)
    assert (await Proposal.get()).due_at is None


async def test_what_is_published_before_its_moment_elsewhere_is_taken_along(desk: Stage) -> None:
    await agreed(desk, "规则 自动通过 50→80")
    await publish(desk, "陈卓", "赵卫东", "流程 质检 时限 4小时")
    await desk.later(DAY)
    assert await free_up_to() == "<=80"
    await desk.later(2 * DAY)
    assert await free_up_to() == "<=50"
    flow = await Definition.get(kind="flow", name="退货", active=True)
    assert yamlfile.read(flow.text)["节点"]["质检"]["时限"] == "4小时"


async def test_where_somebody_was_first_nothing_is_published_and_both_hear_of_it(desk: Stage) -> None:
    await agreed(desk, "规则 自动通过 50→80")
    await publish(desk, "陈卓", "赵卫东", "规则 自动通过 50→60")
    await desk.later(DAY)
    assert await free_up_to() == "<=60"
    for name in ("李敏", "赵卫东"):
        assert "没有发布，现在用的没有变，已退回给提出人" in "\n".join(news(desk, name))
    first, second = await Proposal.all().order_by("id")
    assert (first.state, second.state) == (State.DRAFT, State.LIVE)


async def test_what_was_published_over_it_stays_when_it_goes_back(desk: Stage) -> None:
    await agreed(desk, "规则 自动通过 50→80", "规则 双人金额 500")
    await desk.later(DAY)
    await publish(desk, "陈卓", "赵卫东", "规则 自动通过 80→60")
    await desk.later(2 * DAY)
    row = await Definition.get(kind="policy", name="express", active=True)
    assert await free_up_to() == "<=60"
    assert yamlfile.read(row.text)["双人金额"] == 1000
    assert "没有换回：" in "\n".join(news(desk, "李敏"))


async def test_a_change_may_only_have_an_end(desk: Stage) -> None:
    await says(desk, "李敏", "规则 自动通过 50→80")
    await says(desk, "李敏", "发布 到 2026-11-23")
    await taps(desk, "赵卫东", "发布")
    assert await free_up_to() == "<=80"
    await desk.later(DAY)
    assert await free_up_to() == "<=50"


async def test_a_rollback_ends_the_waiting_too(desk: Stage) -> None:
    await agreed(desk, "规则 自动通过 50→80")
    await desk.later(DAY)
    await says(desk, "李敏", "回滚")
    assert await free_up_to() == "<=50"
    await publish(desk, "陈卓", "赵卫东", "规则 自动通过 50→60")
    await desk.later(3 * DAY)
    assert await free_up_to() == "<=60"


async def test_a_change_is_asked_for_too_late(desk: Stage) -> None:
    for words in ("规则 自动通过 50→80", TIMED):
        await says(desk, "李敏", words)
    await desk.later(4 * DAY)
    card = text_of(await desk.tap(desk.person("赵卫东"), "发布"))
    assert await free_up_to() == "<=50"
    assert "待发布" in card or "请发布" in card
