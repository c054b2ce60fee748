"""Taking a change back: inside a draft, and after publishing by naming what is meant."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from models import Definition, Proposal
from models.enums import ProposalState as State
from tests.support.owners import card_words, offers, publish, shop
from tests.support.stories import says, stand, submitted, taps, the_cards_are_true

if TYPE_CHECKING:
    from tests.support.stage import Stage

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


# -- after publishing, by name ---------------------------------------------------------------------------------------


async def three_published(desk: Stage, owner: str, second: str, platform: str) -> None:
    """The policy, then the flow, then both the notices and the refund's limit."""
    scripts = (
        ["规则 自动通过 50→80"],
        ["流程 质检 时限 6小时"],
        ["增加原因 色差 像 质量问题", "通知 已完成退款 钱到了"],
    )
    for script in scripts:
        for words in [*script, "发布"]:
            await says(desk, owner, words, platform)
        await taps(desk, second, "发布")


async def limit_and_tier() -> tuple[bool, bool]:
    """Whether the two first publications stand."""
    flow = await Definition.get(kind="flow", name="退货", active=True)
    policy = await Definition.get(kind="policy", name="express", active=True)
    return "时限: 6小时" in flow.text, "<=80" in policy.text


@ON_EITHER
async def test_what_is_named_goes_back_and_nothing_else(sqlite: str, platform: str, owner: str, second: str) -> None:
    async with shop(sqlite, platform, owner, second) as desk:
        await three_published(desk, owner, second, platform)
        told = await says(desk, owner, "回滚 退货流程", platform)
        assert "已回滚：退货流程 用回原来的内容（退货流程 第 3 版）" in told
        assert "撤掉的改动：\n1. 质检 时限：48小时 → 6小时" in told
        assert await limit_and_tier() == (False, True)
        assert "审批表 小额自动通过 金额：≤50 → ≤80" in await says(desk, owner, "回滚 自动通过", platform)
        assert await limit_and_tier() == (False, False)
        assert await Proposal.filter(state=State.LIVE).count() == 1
        assert offers(desk, second) == [["回滚"]], "that of the newest, which stands"


@ON_EITHER
async def test_more_than_what_is_named_is_asked_about(sqlite: str, platform: str, owner: str, second: str) -> None:
    async with shop(sqlite, platform, owner, second) as desk:
        await three_published(desk, owner, second, platform)
        told = await says(desk, owner, "回滚 色差", platform)
        assert "还改了别的，要撤就一起撤，现在还没有撤：" in told
        assert "2. 通知 已完成退款" in told
        assert await Proposal.filter(state=State.LIVE).count() == 3
        assert "已回滚" in await says(desk, owner, told.rpartition("都要撤就回复 ")[2], platform)
        assert await Proposal.filter(state=State.LIVE).count() == 2


@pytest.mark.parametrize("words", ["第1版", "换货流程", "退货流程 第 1 版", "规则", "时限 9小时"])
async def test_what_cannot_go_back_is_refused_with_what_can(sqlite: str, words: str) -> None:
    async with shop(sqlite) as desk:
        await three_published(desk, "李敏", "赵卫东", "wecom")
        told = await says(desk, "李敏", f"回滚 {words}")
        assert (
            f"没有能撤掉的发布叫“{words}”，什么都没有撤。最近的发布：\n· 退货类型 第 2 版、通知 第 2 版（11-23" in told
        )
        assert "· 退货流程 第 2 版（11-23" in told
        assert "赵卫东 发布）：质检 时限：48小时 → 6小时\n· 政策 快速 第 2 版" in told
        assert "撤其中一次：回滚 退货类型 第 2 版" in told
        assert await Proposal.filter(state=State.LIVE).count() == 3


async def test_what_something_newer_stands_on_is_refused(sqlite: str) -> None:
    async with shop(sqlite) as desk:
        for words in ("流程 质检 时限 6小时", "流程 财务退款 时限 8小时"):
            await publish(desk, "李敏", "赵卫东", words)
        told = await says(desk, "李敏", "回滚 质检 时限")
        assert "退货流程 第 2 版 后来又发布过别的改动，不能直接撤，什么都没有撤；请先撤后面的那次" in told
        assert "退货流程 第 2 版（11-23" in told
        assert "后面的改动盖在上面" in told
        assert "已回滚" in await says(desk, "李敏", "回滚 退货流程 第3版")
        assert "已回滚" in await says(desk, "李敏", "回滚 质检 时限")


async def test_with_nothing_published_any_name_is_refused(sqlite: str) -> None:
    async with shop(sqlite) as desk:
        assert "没有发布过的改动可以回滚" in await says(desk, "李敏", "回滚 退货流程")


# -- every button as a word --------------------------------------------------------------------------------------------


@ON_EITHER
async def test_every_button_of_a_change_can_be_said(sqlite: str, platform: str, owner: str, second: str) -> None:
    async with shop(sqlite, platform, owner, second) as desk:
        await says(desk, owner, "流程 质检 时限 6小时", platform)
        told = await says(desk, owner, "看改动", platform)
        assert "1. 质检 时限：48小时 → 6小时" in told
        assert "可以回复：请求发布、模拟 或 作废" in told
        assert "正在用过去的单子模拟" in await says(desk, owner, "模拟", platform)
        assert f"{second}" in await says(desk, owner, "请求发布", platform)
        told = await says(desk, second, "看改动", platform)
        assert "可以回复：发布 或 驳回" in told
        assert "退货流程：已驳回，现在用的没有变" in await says(desk, second, "驳回", platform)
        assert "已驳回：退货流程" in card_words(desk, owner)
        await says(desk, owner, "流程 质检 时限 6小时", platform)
        assert "退货流程：已作废" in await says(desk, owner, "作废", platform)
        assert offers(desk, owner) == offers(desk, second) == []
        assert await Definition.exclude(published_by="随安装").count() == 0
        await the_cards_are_true(desk)


@ON_EITHER
async def test_of_several_changes_the_word_asks_which(sqlite: str, platform: str, owner: str, second: str) -> None:
    async with shop(sqlite, platform, owner, second) as desk:
        for words in ("流程 质检 时限 6小时", "发布", "规则 自动通过 50→80", "发布"):
            await says(desk, owner, words, platform)
        told = await says(desk, second, "驳回", platform)
        assert "有 2 份改动：" in told
        assert f"退货流程 1 处改动（{owner} 提出，待发布）" in told
        assert "请写上是哪一份，例如：驳回 1" in told
        assert "没有叫“换货”的改动" in await says(desk, second, "驳回 换货", platform)
        assert "政策 快速：已驳回" in await says(desk, second, "驳回 政策", platform)
        assert "已发布：退货流程 第 2 版" in await says(desk, second, "发布", platform)
        assert "没有别人的改动等你发布" in await says(desk, second, "驳回", platform)


async def test_words_that_name_no_change_publish_nothing(sqlite: str) -> None:
    async with shop(sqlite) as desk:
        await says(desk, "李敏", "流程 质检 时限 6小时")
        assert "没有叫“政策”的改动" in await says(desk, "李敏", "发布 政策")
        assert (await Proposal.get()).state is State.DRAFT


async def test_a_refusal_of_a_case_is_still_one(sqlite: str) -> None:
    async with shop(sqlite) as desk:
        no = await submitted(desk, "退货 901 质量问题")
        for words in ("流程 质检 时限 6小时", "发布"):
            await says(desk, "赵卫东", words)
        await says(desk, "王建国", f"驳回 {no}")
        assert await stand(no) == "已关闭 拒绝"
        assert "没有等你驳回的待办" in await says(desk, "王建国", "驳回")
        assert await Proposal.filter(state=State.ASKED).count() == 1
