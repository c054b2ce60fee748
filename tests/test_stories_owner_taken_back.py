"""Taking a change back: inside a draft, and after publishing by naming what is meant."""

from __future__ import annotations

import pytest

from models import Definition, Proposal
from models.enums import ProposalState as State
from tests.owners import card_words, offers, shop
from tests.stories import says, taps, the_cards_are_true

ON_EITHER = pytest.mark.parametrize(
    ("platform", "owner", "second"), [("wecom", "李敏", "赵卫东"), ("dingtalk", "赵卫东", "陈卓")]
)
THERE_AND_BACK = pytest.mark.parametrize(
    ("there", "back"),
    [
        ("流程 质检 时限 6小时", "流程 质检 时限 48小时"),
        ("规则 自动通过 50→80", "规则 自动通过 80→50"),
        ("增加原因 色差 像 质量问题", "删除原因 色差"),
    ],
)

# -- inside a draft --------------------------------------------------------------------------------------------------


@ON_EITHER
@THERE_AND_BACK
async def test_the_last_change_taken_back_is_the_end_of_the_draft(
    sqlite: str, platform: str, owner: str, second: str, there: str, back: str
) -> None:
    async with shop(sqlite, platform, owner, second) as desk:
        await says(desk, owner, there, platform)
        told = await says(desk, owner, back, platform)
        assert "这样就和现在用的一样了：草稿已作废，没有要发布的改动" in told
        assert offers(desk, owner) == []
        assert "已作废" in card_words(desk, owner)
        assert "没有要发布的改动" in await says(desk, owner, "发布", platform)
        assert (await Proposal.get()).state is State.DROPPED
        await the_cards_are_true(desk)


@ON_EITHER
@THERE_AND_BACK
async def test_one_of_two_taken_back_is_not_published(
    sqlite: str, platform: str, owner: str, second: str, there: str, back: str
) -> None:
    async with shop(sqlite, platform, owner, second) as desk:
        other = "流程 财务退款 时限 8小时" if there.startswith(("规则", "增加")) else "通知 已完成退款 钱到了"
        versions = await Definition.all().count()
        for words in (there, other, back):
            told = await says(desk, owner, words, platform)
        assert "和现在的不同：\n1. " in told
        assert "\n2. " not in told
        await says(desk, owner, "发布", platform)
        await taps(desk, second, "发布")
        assert await Definition.all().count() == versions + 1, "what is as before gets no new version"


async def test_a_simulation_of_nothing_is_none(sqlite: str) -> None:
    async with shop(sqlite) as desk:
        await says(desk, "李敏", "规则 自动通过 50→80")
        told = await says(desk, "李敏", "模拟 规则 自动通过 80→50 用 本月")
        assert "草稿已作废" in told
        assert "正在用过去的单子模拟" not in told


async def test_what_the_draft_says_already_changes_nothing(sqlite: str) -> None:
    async with shop(sqlite) as desk:
        for _ in range(2):
            told = await says(desk, "李敏", "流程 质检 时限 6小时")
        assert "没有改动" in told
        assert offers(desk, "李敏") == [["请求发布", "模拟", "看改动", "作废"]]


async def test_the_same_published_by_somebody_else_meanwhile_is_not_published_again(sqlite: str) -> None:
    async with shop(sqlite) as desk:
        for name in ("李敏", "赵卫东"):
            await says(desk, name, "流程 质检 时限 6小时")
            await taps(desk, name, "请求发布")
        await taps(desk, "陈卓", "发布")
        await taps(desk, "陈卓", "发布")
        assert await Definition.filter(kind="flow", name="退货").count() == 2
