"""The second person: who publishes, who is first, what clashes, and the way back."""

from __future__ import annotations

import asyncio
import copy
from typing import TYPE_CHECKING

import pytest

from models import Definition, Proposal
from models.enums import ProposalState as State
from tests.support.owners import (
    card_words,
    offers,
    proposals_of,
    publish,
    shop,
)
from tests.support.stage import buttons, text_of
from tests.support.stories import news, role, says, taps, the_cards_are_true
from tests.support.wire import late_tap

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.support.stage import Home, Stage

pytestmark = pytest.mark.homes("both", "dingtalk")


@pytest.fixture
async def desk(sqlite: str, home: Home) -> AsyncIterator[Stage]:
    async with shop(sqlite, home=home) as found:
        yield found


# -- the second person -----------------------------------------------------------------------------------------------


async def test_nobody_publishes_their_own_change(desk: Stage) -> None:
    for words in ("流程 质检 时限 4小时", "发布"):
        await says(desk, "李敏", words)
    assert "已经在等发布了，可以催一下：赵卫东、陈卓" in await says(desk, "李敏", "发布")
    assert ["发布"] not in [each[:1] for each in offers(desk, "李敏")]
    assert await Definition.filter(published_by="李敏").count() == 0


async def test_where_nobody_else_may_publish_it_says_so_and_keeps_the_draft(desk: Stage) -> None:
    for name, roles in {"赵卫东": ("客服",), "陈卓": ("客服",), "李敏": ("客服主管", "运营总监")}.items():
        await role(name, *roles)
    await says(desk, "李敏", "流程 质检 时限 4小时")
    assert "除了你没有人有发布权限" in await says(desk, "李敏", "发布")
    assert (await Proposal.get()).state is State.DRAFT
    assert offers(desk, "李敏") == [["请求发布", "模拟", "看改动", "作废"]]


async def test_one_draft_grows_and_only_its_newest_card_lives(desk: Stage) -> None:
    for words in ("流程 质检 时限 4小时", "规则 自动通过 50→80", "通知 已完成退款 钱到了"):
        await says(desk, "李敏", words)
    assert len((await Proposal.get()).words) == 3
    assert len(offers(desk, "李敏")) == 1
    assert "看后面的新卡片" in text_of(proposals_of(desk, "李敏")[0])


async def test_a_double_tap_on_publish_publishes_once(desk: Stage) -> None:
    for words in ("流程 质检 时限 4小时", "发布"):
        await says(desk, "李敏", words)
    [card] = [item for item in proposals_of(desk, "赵卫东") if buttons(item)]
    await asyncio.gather(desk.press(card, "发布"), desk.press(card, "发布"))
    await desk.bot.settled()
    assert await Definition.filter(kind="flow", name="退货").count() == 2
    assert (await Proposal.get()).state is State.LIVE


async def test_two_publishers_in_one_instant(desk: Stage) -> None:
    for words in ("流程 质检 时限 4小时", "发布"):
        await says(desk, "李敏", words)
    cards = [proposals_of(desk, name)[-1] for name in ("赵卫东", "陈卓")]
    await asyncio.gather(*(desk.press(card, "发布") for card in cards))
    await desk.bot.settled()
    assert await Definition.filter(kind="flow", name="退货").count() == 2
    assert all("已发布" in card_words(desk, name) for name in ("赵卫东", "陈卓", "李敏"))


async def test_a_card_of_an_earlier_state_only_shows_the_present_one(desk: Stage) -> None:
    """The author's first card is tapped after its draft has grown: nobody is asked for what was not on it."""
    await says(desk, "李敏", "流程 质检 时限 4小时")
    stale = copy.deepcopy(proposals_of(desk, "李敏")[-1])
    await says(desk, "李敏", "流程 财务退款 时限 8小时")
    await late_tap(desk, stale, "请求发布")
    assert (await Proposal.get()).state is State.DRAFT
    assert offers(desk, "赵卫东") == []


async def test_refused_by_the_second_person_the_author_hears_of_it(desk: Stage) -> None:
    for words in ("流程 质检 时限 4小时", "发布"):
        await says(desk, "李敏", words)
    assert "已驳回" in await taps(desk, "赵卫东", "驳回")
    assert "已驳回：退货流程" in card_words(desk, "李敏")
    assert offers(desk, "李敏") == offers(desk, "陈卓") == []
    await the_cards_are_true(desk)


async def test_taken_back_by_its_author(desk: Stage) -> None:
    for words in ("流程 质检 时限 4小时", "发布"):
        await says(desk, "李敏", words)
    assert "已作废" in await taps(desk, "李敏", "作废")
    assert "已作废" in card_words(desk, "赵卫东")
    await the_cards_are_true(desk)


async def test_with_two_changes_open_the_word_alone_publishes_neither(desk: Stage) -> None:
    for words in ("流程 质检 时限 4小时", "发布"):
        await says(desk, "李敏", words)
    await says(desk, "赵卫东", "规则 自动通过 50→80")
    assert "有 2 份改动，请在卡片上点" in await says(desk, "赵卫东", "发布")
    assert await Definition.exclude(published_by="随安装").count() == 0


# -- two drafts ------------------------------------------------------------------------------------------------------


async def two_asked(desk: Stage, first: str, second: str) -> None:
    """李敏 and 赵卫东 each ask for one change; 陈卓 has both cards."""
    await says(desk, "李敏", first)
    await says(desk, "赵卫东", second)
    for name in ("李敏", "赵卫东"):
        await taps(desk, name, "请求发布")


async def test_two_changes_that_do_not_clash_are_both_published(desk: Stage) -> None:
    await two_asked(desk, "流程 质检 时限 4小时", "流程 财务退款 时限 8小时")
    await taps(desk, "陈卓", "发布")
    await taps(desk, "陈卓", "发布")
    flow = await Definition.get(kind="flow", name="退货", active=True)
    assert flow.version == 3
    assert "时限: 4小时" in flow.text
    assert "时限: 8小时" in flow.text


async def test_two_that_clash_go_back_to_their_author_who_can_do_it_again(desk: Stage) -> None:
    await two_asked(desk, "流程 质检 时限 4小时", "流程 质检 时限 8小时")
    await taps(desk, "陈卓", "发布")
    left = await Proposal.get(state=State.ASKED)
    author = "李敏" if "4小时" in left.words[0] else "赵卫东"
    before = await Definition.all().count()
    await taps(desk, "陈卓", "发布")
    assert await Definition.all().count() == before
    told = "\n".join(news(desk, "陈卓"))
    assert f"什么都没有发布：和刚发布的改动有冲突，已退回给 {author} 重改" in told
    assert "质检 时限：原来 48小时" in told
    assert "有冲突，发布不了：质检 时限：原来 48小时" in card_words(desk, author)
    again = await says(desk, author, "流程 质检 时限 6小时")
    assert "以已发布的为准" in again
    await says(desk, author, "发布")
    await taps(desk, "陈卓", "发布")
    assert "时限: 6小时" in (await Definition.get(kind="flow", name="退货", active=True)).text


# -- going back ------------------------------------------------------------------------------------------------------


async def test_going_back_twice_takes_the_changes_off_one_by_one(desk: Stage) -> None:
    await publish(desk, "李敏", "赵卫东", "流程 质检 时限 4小时")
    await publish(desk, "李敏", "赵卫东", "流程 质检 时限 6小时")
    for limit in ("4小时", "48小时"):
        assert "已回滚" in await says(desk, "李敏", "回滚")
        flow = await Definition.get(kind="flow", name="退货", active=True)
        assert f"时限: {limit}" in flow.text.partition("质检:")[2].partition("次品去向")[0]
    assert "没有发布过的改动可以回滚" in await says(desk, "李敏", "回滚")


async def test_a_card_that_something_newer_covers_offers_no_way_back(desk: Stage) -> None:
    await publish(desk, "李敏", "赵卫东", "流程 质检 时限 4小时")
    [first] = [item for item in proposals_of(desk, "赵卫东") if "回滚" in buttons(item)]
    await publish(desk, "李敏", "赵卫东", "流程 质检 时限 6小时")
    assert buttons(desk.sandbox.world.items[first.id]) == []
    assert [each for each in offers(desk, "赵卫东") if each] == [["回滚"]]


async def test_one_tap_goes_back_and_a_second_one_does_nothing(desk: Stage) -> None:
    await publish(desk, "李敏", "赵卫东", "流程 质检 时限 4小时")
    assert "已回滚" in await taps(desk, "赵卫东", "回滚")
    assert await Definition.filter(kind="flow", name="退货").count() == 3
    await the_cards_are_true(desk)
