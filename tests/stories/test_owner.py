"""The business owner's script in the chat alone, on either platform: change, simulate, publish, walk, go back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from models import Case, Proposal
from tests.support.documents import blocks, read
from tests.support.owners import (
    NEW_WAY,
    OLD_WAY,
    a_past_case,
    approver,
    card_words,
    offers,
    publish,
    rows_of_everything,
    shop,
    the_other_cards_are_true,
    walked,
)
from tests.support.stories import news, says, stand, submitted, taps, the_cards_are_true

if TYPE_CHECKING:
    from tests.support.stage import Stage

WECOM = (
    ("增加原因 色差（像质量问题）", "增加退货类型 色差，策略同“质量问题”"),
    ("增加节点　复检 在 质检 之后 负责人 质检员 时限 4小时 当 金额＞１０００", "金额>1000 时先到 复检"),
    ("增加分支 客服补证 与 仓库收货 同时 负责人 客服", "客服补证 与 仓库收货 同时进行，都完成才继续"),
    ("规则 自动通过 50→80", "审批表 小额自动通过 金额：≤50 → ≤80"),
    ("规则 组长审批 从 ５００ 到 800 元", "审批表 总监审批 金额：>500 → >800"),
)
DINGTALK = (
    ("增加原因  色差 像 质量", "增加退货类型 色差，策略同“质量问题”"),
    ("增加节点 复检 在 质检 之后 负责人 角色 质检员 时限 4 小时 当 金额>1,000元", "金额>1000 时先到 复检"),
    ("增加分支 客服补证 和 仓库收货 同时 负责人 客服 时限 15天", "客服补证 与 仓库收货 同时进行，都完成才继续"),
    ("规则 小额自动通过 50改成80", "审批表 小额自动通过 金额：≤50 → ≤80"),
    ("规则 快速 组长审批 金额 500->800", "审批表 总监审批 金额：>500 → >800"),
)
ON_EITHER = [
    pytest.param("wecom", "李敏", "赵卫东", WECOM, id="wecom"),
    pytest.param("dingtalk", "赵卫东", "陈卓", DINGTALK, id="dingtalk"),
]
Script = tuple[tuple[str, str], ...]


@pytest.mark.parametrize(("platform", "owner", "second", "script"), ON_EITHER)
async def test_the_owners_script(sqlite: str, platform: str, owner: str, second: str, script: Script) -> None:
    async with shop(sqlite, platform, owner, second) as desk:
        past, old = await a_past_case(desk), await submitted(desk, "退货 901 质量问题")
        for words, heard in script:
            assert heard in await says(desk, owner, words, platform)
        await simulated(desk, owner, platform, past)
        await published(desk, owner, second, platform)
        new = await submitted(desk, "退货 902 色差")
        assert await walked(desk, old) == OLD_WAY
        assert await walked(desk, new) == NEW_WAY
        assert [await stand(no) for no in (old, new)] == ["已完成", "已完成"]
        assert [await approver(desk, no) for no in ("64", "700")] == ["自动", "客服组长"]
        await rolled_back(desk, owner, platform)
        assert desk.sandbox.wecom.problems == desk.sandbox.dingtalk.problems == []


async def simulated(desk: Stage, owner: str, platform: str, past: str) -> None:
    told = await says(desk, owner, "模拟 用 本月", platform)
    assert "只是推算，什么都不会改" in told
    assert "模拟 退货 · 本月：1 单里 1 单走法会变" in told
    assert past in told
    assert "影响 本月：1 单里 1 单会变" in told
    assert offers(desk, owner) == [["请求发布", "模拟", "看改动", "作废"]], "one live card, with the effect on it"


async def published(desk: Stage, owner: str, second: str, platform: str) -> None:
    told = await says(desk, owner, "发布", platform)
    assert f"{second}" in told
    assert "发布以前现在用的不变" in told
    assert offers(desk, owner) == [["模拟", "看改动", "作废"]]
    asked = card_words(desk, second)
    for words in ("请发布：退货类型、退货流程、政策 快速 15 处改动", f"{owner} 11-23 09:", "本月：1 单里 1 单会变"):
        assert words in asked
    await taps(desk, second, "看改动")
    assert "15. 增加退货类型 色差" in "\n".join(news(desk, second))
    await taps(desk, second, "发布")
    assert "已发布：退货类型 第 2 版、退货流程 第 2 版、政策 快速 第 2 版" in "\n".join(news(desk, second))
    assert "已发布" in card_words(desk, owner)
    assert offers(desk, second)[-1] == ["回滚"]


async def rolled_back(desk: Stage, owner: str, platform: str) -> None:
    under_way = await submitted(desk, "退货 903 色差", "何佳")
    assert "用回原来的内容" in await says(desk, owner, "回滚", platform)
    assert await walked(desk, under_way) == NEW_WAY, "it keeps what it began with"
    assert "质量问题" in await says(desk, "何佳", "退货 64 色差"), "asked for a type that there is"
    assert [await approver(desk, no) for no in ("64", "700")] == ["客服组长", "运营总监"]
    await the_cards_are_true(desk)


async def test_a_case_after_going_back_is_as_before(sqlite: str) -> None:
    async with shop(sqlite) as desk:
        await publish(desk, "李敏", "赵卫东", WECOM[1][0], WECOM[2][0])
        await says(desk, "赵卫东", "回滚")
        assert await walked(desk, await submitted(desk, "退货 901 质量问题")) == OLD_WAY


async def test_both_branches_wait_for_each_other_and_their_cards_are_true(sqlite: str) -> None:
    async with shop(sqlite) as desk:
        await publish(desk, "李敏", "赵卫东", WECOM[2][0])
        no = await submitted(desk, "退货 901 质量问题")
        for name, button in (("王建国", "同意"), ("赵卫东", "同意")):
            await taps(desk, name, button)
        assert await stand(no) == "处理中 仓库收货 客服补证"
        await taps(desk, "林晓", "完成")
        assert await stand(no) == "处理中 仓库收货"
        await the_other_cards_are_true(desk)
        await taps(desk, "周仓", "确认收货")
        assert await stand(no) == "处理中 质检"


async def test_the_handbooks_conversation_is_what_is_said(sqlite: str) -> None:
    """Every line of docs/business.md's script, typed and tapped as it stands there, and what it says is heard."""
    [script] = blocks(read("docs/business.md"), "对话")
    async with shop(sqlite) as desk:
        await a_past_case(desk)
        heard = ""
        for line in script.splitlines():
            name, colon, words = line.partition("：")
            if name == "机器人":
                assert words in heard, line
            elif colon:
                heard = await says(desk, name, words)
            else:
                heard = await tapped(desk, *line.split(" 点 "))


async def tapped(desk: Stage, name: str, button: str) -> str:
    """What a tap brings onto that phone."""
    before = len(news(desk, name))
    await taps(desk, name, button)
    return "\n".join(news(desk, name)[before:])


# -- looking, and who may --------------------------------------------------------------------------------------------


async def test_the_word_alone_says_what_one_can_do(sqlite: str) -> None:
    async with shop(sqlite) as desk:
        told = await says(desk, "李敏", "流程")
    for words in (
        "流程：退货",
        "新单用 快速",
        "增加节点 复检 在 质检 之后",
        "规则 自动通过 50→80",
        "请第二个人发布",
    ):
        assert words in told


async def test_who_may_only_look_is_not_told_how_to_change(sqlite: str) -> None:
    async with shop(sqlite) as desk:
        told = await says(desk, "王建国", "流程")
        assert "流程 退货" in told
        assert "改一处" not in told


@pytest.mark.parametrize(
    "words", ["规则 自动通过 50→80", "流程 质检 时限 4小时", "增加原因 色差", "模拟 用 上季度", "发布", "回滚"]
)
async def test_who_may_not_is_told_who_may_and_nothing_changes(sqlite: str, words: str) -> None:
    async with shop(sqlite) as desk:
        before = await rows_of_everything()
        told = await says(desk, "王建国", words)
        assert "可以找：客服主管 李敏、运营总监 赵卫东、管理员 陈卓" in told
        assert await rows_of_everything() == before


@pytest.mark.parametrize(
    ("words", "heard"),
    [
        ("流程 换货单", "没有流程“换货单”，有：退货"),
        ("流程 质检 时限 很久", "时限“很久”看不懂"),
        ("流程 质俭 时限 4小时", "是不是“质检”"),
        ("规则 标准", "主管审批：金额 ≤5000 → 客服主管"),
        ("规则 为什么", "规则 为什么 单号"),
        ("模拟 用 猴年马月", "没看懂时间“猴年马月”"),
        ("模拟", "你没有待发布的改动"),
        ("发布", "没有要发布的改动"),
        ("回滚", "没有发布过的改动可以回滚"),
        ("增加节点 复检", "增加节点 复检 在 质检 之后"),
        ("流程 质检 负责人 人 张三", "张三"),
    ],
)
async def test_what_cannot_be_is_refused_with_the_way_out(sqlite: str, words: str, heard: str) -> None:
    async with shop(sqlite) as desk:
        assert heard in await says(desk, "李敏", words)
        assert await Proposal.all().count() == 0


@pytest.mark.parametrize(
    ("words", "path"),
    [
        ("流程 金额审批 同意 去 拒绝", "先退款"),
        ("流程 自动退款 去 自动退款", "自动退款"),
        ("流程 质检 负责人 团队 月球组", "月球组"),
    ],
)
async def test_a_change_that_strands_a_case_is_refused_with_its_place(sqlite: str, words: str, path: str) -> None:
    async with shop(sqlite) as desk:
        told = await says(desk, "李敏", words)
        assert path in told
        assert "还没有发布" not in told
        assert await Proposal.all().count() == 0


# -- simulating and explaining ---------------------------------------------------------------------------------------


async def test_a_simulation_writes_nothing_but_what_its_card_says(sqlite: str) -> None:
    async with shop(sqlite) as desk:
        await a_past_case(desk)
        await says(desk, "李敏", "规则 自动通过 50→3")
        before = await rows_of_everything()
        told = await says(desk, "李敏", "模拟 用 本月")
        after = await rows_of_everything()
        assert "自动 → 客服组长：1 单 ¥5.10" in told
        assert after["Proposal"][0]["simulated"]["effect"] == "本月：1 单里 1 单会变"
        after["Proposal"][0]["simulated"] = before["Proposal"][0]["simulated"]
        assert after == before


async def test_one_sentence_changes_and_simulates(sqlite: str) -> None:
    async with shop(sqlite) as desk:
        await a_past_case(desk)
        told = await says(desk, "李敏", "模拟 规则 自动通过 50→3 用 本月")
        assert "审批表 小额自动通过 金额：≤50 → ≤3" in told
        assert "本月：1 单里 1 单走法会变" in told


async def test_why_it_is_mine_in_words(sqlite: str) -> None:
    async with shop(sqlite) as desk:
        no = await submitted(desk, "退货 901 质量问题")
        told = await says(desk, "李敏", f"规则 为什么 {no}")
        for words in (
            f"{no} 退货 ¥2,880.00",
            "客服审核：王建国",
            "时限 24小时，按钟表算；",
            "金额档：总监审批（政策 快速），由 运营总监 审批",
        ):
            assert words in told
        assert "没有找到售后单" in await says(desk, "李敏", "规则 为什么 R20200101-0001")
        assert (await Case.get()).no == no
