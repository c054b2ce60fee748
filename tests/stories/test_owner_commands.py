"""A type, a node, a rule and a field by sentences alone: published by a second person, met by new cases only."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from flow.edits import EXAMPLES
from models import Case, Proposal, Task, TaskState
from tests.support.owners import (
    OLD_WAY,
    a_past_case,
    card_words,
    publish,
    rows_of_everything,
    shop,
    the_other_cards_are_true,
    walked,
)
from tests.support.stage import buttons, text_of
from tests.support.stories import _copies, group_news, news, says, stand, submitted, taps

if TYPE_CHECKING:
    from tests.support.stage import Stage

SCRIPT = (
    ("增加原因 色差 像 质量问题", "增加退货类型 色差"),
    ("增加节点 复检 在 质检 之后 负责人 质检员 时限 4小时", "增加节点 复检（质检员，4小时）"),
    ("增加字段 复检 缺陷等级 单选 轻微|中等|严重 必填", "增加节点 复检（质检员，4小时，填 缺陷等级）"),
    (
        "增加规则 色差提醒 当 提交 如果 类型=色差 就 告警 管理群 色差：{单号} {金额} 元",
        "自动规则 增加 色差提醒（提交时，如果 类型=色差，就 告警 管理群：色差:{单号} {金额} 元）",
    ),
)
ON_EITHER = [
    pytest.param("wecom", "李敏", "赵卫东", id="wecom"),
    pytest.param("dingtalk", "赵卫东", "陈卓", id="dingtalk"),
]


async def up_to(desk: Stage, no: str, node: str) -> None:
    """Everybody does the likely thing until the case stands at ``node``."""
    for _ in range(10):
        task = await Task.filter(case__no=no, state=TaskState.OPEN).order_by("id").prefetch_related("owner").first()
        assert task
        if task.node == node:
            return
        [card, *_] = await _copies(desk, await Task.get(id=task.id).prefetch_related("owner", "case"))
        await desk.tap(desk.person(task.owner.name), buttons(card)[0], card)


async def written(desk: Stage, platform: str, owner: str, second: str) -> None:
    """The script, asked for, looked at and published."""
    for words, heard in SCRIPT:
        assert heard in await says(desk, owner, words, platform)
    await says(desk, owner, "发布", platform)
    assert "请发布：退货类型、退货流程、自动规则" in card_words(desk, second)
    await taps(desk, second, "看改动")
    assert "增加节点 复检（质检员，4小时，填 缺陷等级）" in "\n".join(news(desk, second))
    await taps(desk, second, "发布")
    assert "自动规则 第 2 版" in "\n".join(news(desk, second))


async def answered(desk: Stage, platform: str) -> None:
    """The drop-down where the card has one; else the question and its answer by number."""
    if platform == "wecom":
        await desk.tap(desk.person("许静"), "同意", selected={"缺陷等级": "中等"})
        return
    await taps(desk, "许静", "同意")
    assert "缺陷等级？\n1. 轻微　2. 中等　3. 严重" in news(desk, "许静")[-1]
    await says(desk, "许静", "2", platform)


@pytest.mark.parametrize(("platform", "owner", "second"), ON_EITHER)
async def test_a_type_a_node_a_rule_and_a_field_in_the_chat(
    sqlite: str, platform: str, owner: str, second: str
) -> None:
    async with shop(sqlite, platform, owner, second, "许静") as desk:
        old = await submitted(desk, "退货 901 质量问题")
        await written(desk, platform, owner, second)
        new = await submitted(desk, "退货 902 色差")
        assert group_news(desk, "管理群") == [f"色差:{new} 见单聊"]
        await up_to(desk, new, "复检")
        card = desk.card(desk.person("许静"), "同意")
        assert "复检" in text_of(card)
        assert ("缺陷等级" in text_of(card)) == (platform == "wecom"), "DingTalk asks by message"
        await answered(desk, platform)
        assert await stand(new) == "处理中 财务退款"
        assert "填写：缺陷等级：中等" in await says(desk, "林晓", f"查 {new}")
        assert await walked(desk, old) == OLD_WAY, "it keeps what it began with"
        told = await says(desk, "林晓", f"查 {old}")
        assert ("缺陷等级" in told, "色差提醒" in told) == (False, False)
        assert len(group_news(desk, "管理群")) == 1
        await the_other_cards_are_true(desk)
        assert desk.sandbox.wecom.problems == desk.sandbox.dingtalk.problems == []


async def test_a_rule_is_stopped_started_and_taken_away(sqlite: str) -> None:
    async with shop(sqlite) as desk:
        await publish(desk, "李敏", "赵卫东", "停用规则 大额提醒", "规则 连续退货 3→2")
        told = await says(desk, "李敏", "自动规则")
        assert "1. 大额提醒（已停用）：提交时，如果 金额>5000" in told
        assert "2. 连续退货：提交时，如果 半年退货次数>=2" in told
        assert "停用规则 名字、删除规则 名字" in told
        assert "停用规则" not in await says(desk, "王建国", "自动规则"), "who may only look is not told how to change"
        await publish(desk, "李敏", "赵卫东", "启用规则 大额提醒", "删除规则 次品告警")
        told = await says(desk, "李敏", "自动规则")
        assert ("（已停用）" in told, "次品告警" in told) == (False, False)
        await says(desk, "李敏", "回滚")
        assert "次品告警" in await says(desk, "李敏", "自动规则")


async def test_dear_goods_are_looked_at_twice(sqlite: str) -> None:
    async with shop(sqlite) as desk:
        await publish(desk, "李敏", "赵卫东", "增加级别 质检 客服主管 当 金额>1000")
        dear, cheap = await submitted(desk, "退货 901 质量问题"), await submitted(desk, "退货 700 质量问题", "何佳")
        assert await walked(desk, dear) == [*OLD_WAY[:4], "李敏 质检", OLD_WAY[4]]
        assert await walked(desk, cheap) == OLD_WAY


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (EXAMPLES["增加字段"], "质检 增加表单项 缺陷等级（填 单选，选项 轻微、中等、严重，必填 是）"),
        (EXAMPLES["停用规则"], "自动规则 大额提醒 停用：否 → 是"),
        (EXAMPLES["增加级别"], "金额审批 增加分级 复审（负责人 运营总监，当 金额>5000）"),
    ],
)
async def test_one_sentence_changes_and_simulates(sqlite: str, words: str, told: str) -> None:
    async with shop(sqlite) as desk:
        await a_past_case(desk)
        heard = await says(desk, "李敏", f"模拟 {words} 用本月。")
        assert told in heard
        assert "模拟 退货 · 本月：1 单" in heard
        assert (await Proposal.get()).words[-1] == told


@pytest.mark.parametrize("words", [words for words, _ in SCRIPT[2:]])
async def test_who_may_not_is_told_who_may_and_nothing_changes(sqlite: str, words: str) -> None:
    async with shop(sqlite) as desk:
        before = await rows_of_everything()
        assert "可以找：客服主管 李敏、运营总监 赵卫东、管理员 陈卓" in await says(desk, "王建国", words)
        assert await rows_of_everything() == before


async def test_what_is_meant_is_understood_without_the_verb(sqlite: str) -> None:
    async with shop(sqlite) as desk:
        assert "增加退货类型 色差" in await says(desk, "李敏", "新增原因：色差，像质量问题。")
        assert "质检 时限：48小时 → 4小时" in await says(desk, "李敏", "质检时限改成四小时")
        both = await says(desk, "李敏", "规则 自动通过 50→80\n流程 仓库收货 时限 3天，抄送 财务")
        assert ("小额自动通过 金额：≤50 → ≤80" in both, "仓库收货 抄送：没有 → 财务" in both) == (True, True)
        guess = await says(desk, "李敏", "总监审批 500→800")
        assert "是不是要改规则？" in guess
        assert "1 规则 总监审批 500→800" in guess
        assert "1 规则 双人金额 2000" in await says(desk, "李敏", "双人金额改成2000")
        await says(desk, "李敏", "1")
        assert "1 规则 双人金额 3000" in await says(desk, "李敏", "改成3000")
        assert "1 流程 客服审核 时限 12小时" in await says(desk, "李敏", "客服审核超过12小时就提醒")
        assert "1 作废" in await says(desk, "李敏", "算了不改了")
        assert "是不是“增加节点”？" in await says(desk, "李敏", "增加结点 复检")
        assert "退货流程" in await says(desk, "李敏", "退货流程图")
        told = await says(desk, "王建国", "质检 时限 4小时")
        assert "没看懂，什么都没有做；流程：你的角色不能改流程和规则，可以找：客服主管 李敏" in told, "he may not"
        assert "时限 4小时" not in told.partition("没看懂")[2], "and is not told how"
        assert "可以找：" in await says(desk, "王建国", "新增原因 色差")


async def test_the_words_that_change_are_listed_for_who_may(sqlite: str) -> None:
    async with shop(sqlite) as desk:
        told = await says(desk, "李敏", "流程")
        for words in ("增加字段 质检 缺陷等级 单选", "增加级别 金额审批", "增加规则 超大额", "删除级别、停用规则"):
            assert words in told
        assert await Case.all().count() == 0
