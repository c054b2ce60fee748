"""Sentences that change rules, nodes, return types and notices; each refusal says what can be written instead."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flow import yamlfile
from flow.diffing import differences
from flow.edits import EXAMPLES, apply
from flow.errors import DefinitionError, NotFound, PolicyRefused
from flow.policy import parse_policy
from flow.publishing import check_bundle
from tests.editing import BUNDLE, FLOW, NOTICES, POLICY, REASONS, changed, said, words

CHANGES: list[tuple[str, list[str]]] = [
    # numbers of a policy
    ("规则 自动通过 50→80", ["审批表 小额自动通过 金额：<=50 → <=80"]),
    ("规则 自动通过 50->80", ["审批表 小额自动通过 金额：<=50 → <=80"]),
    ("规则 小额自动通过 50 到 80", ["审批表 小额自动通过 金额：<=50 → <=80"]),
    ("规则 自动通过 ５０→８０", ["审批表 小额自动通过 金额：<=50 → <=80"]),  # full-width
    ("规则 自动通过 50→1,000元", ["审批表 小额自动通过 金额：<=50 → <=1000"]),
    ("规则 自动通过 金额 50→80.5", ["审批表 小额自动通过 金额：<=50 → <=80.5"]),
    ("规则 快速 自动通过 50→80", ["审批表 小额自动通过 金额：<=50 → <=80"]),
    ("规则 express 自动通过 50→80", ["审批表 小额自动通过 金额：<=50 → <=80"]),
    ("规则 standard 主管审批 5000→8000",
     ["审批表 主管审批 金额：<=5000 → <=8000", "审批表 经理审批 金额：>5000 → >8000"]),  # one bound, two rows
    ("规则 总监审批 500→300", ["审批表 组长审批 金额：<=500 → <=300", "审批表 总监审批 金额：>500 → >300"]),
    ("规则 双人金额 2000", ["双人金额：1000 → 2000"]),
    ("规则 双人金额 1000→2000", ["双人金额：1000 → 2000"]),
    # cells of a policy
    ("规则 组长审批 审批 客服主管", ["审批表 组长审批 审批：客服组长 → 客服主管"]),
    ("规则 组长审批 审批 自动", ["审批表 组长审批 审批：客服组长 → 自动"]),
    ("规则 组长审批 规则 组长", ["审批表 组长审批 改名为 组长"]),
    ("规则 组长审批 金额 <= 800", ["审批表 组长审批 金额：<=500 → <=800"]),
    ("规则 组长审批 退款时机 包裹匹配", ["审批表 组长审批 退款时机：没有 → 包裹匹配"]),
    ("规则 自动通过 退款时机 无", ["审批表 小额自动通过 退款时机：审批通过 → 没有"]),
    ("规则 退款时机 审批通过", ["退款时机：质检合格 → 审批通过"]),
    # one node
    ("流程 质检 时限 4小时", ["质检 时限：48小时 → 4小时"]),
    ("流程 质检 时限 4 小时", ["质检 时限：48小时 → 4小时"]),
    ("流程 退货 质检 时限 ２天", ["质检 时限：48小时 → 2天"]),
    ("流程 缺件 时限 2天", ["缺件协商 时限：24小时 → 2天"]),  # a fragment of one name
    ("流程 质检 负责人 仓管员", ["质检 负责人：质检员（否则 仓管员） → 仓管员（否则 仓管员）"]),
    ("流程 质检 负责人 人 王建国", ["质检 负责人：质检员（否则 仓管员） → 王建国（否则 仓管员）"]),
    ("流程 质检 负责人 团队 华东组", ["质检 负责人：质检员（否则 仓管员） → 团队 华东组（否则 仓管员）"]),
    ("流程 质检 负责人 分派表 维修", ["质检 负责人：质检员（否则 仓管员） → 分派表 维修分派（否则 仓管员）"]),
    ("流程 质检 负责人 提交人上级", ["质检 负责人：质检员（否则 仓管员） → 提交人上级（否则 仓管员）"]),
    ("流程 客服审核 负责人 审批表", ["客服审核 负责人：客服组长（否则 客服主管） → 按审批表（否则 客服主管）"]),
    ("流程 质检 否则 财务", ["质检 负责人：质检员（否则 仓管员） → 质检员（否则 财务）"]),
    ("流程 质检 派法 轮流", ["质检 负责人：质检员（否则 仓管员） → 质检员（轮流，否则 仓管员）"]),
    ("流程 质检 标题 验货，{商品}", ["质检 标题：质检：{商品} → 验货，{商品}"]),  # prose keeps its comma
    ("流程 质检 抄送 客服主管、财务", ["质检 抄送：没有 → 客服主管、财务"]),
    ("流程 质检 会签 是", ["质检 会签：否 → 是"]),
    ("流程 金额审批 同人免审 否", ["金额审批 同人免审：是 → 否"]),
    ("流程 财务退款 驳回 去 客服审核", ["财务退款 驳回：改去 客服审核（原来去 金额审批）"]),
    # other kinds: return types, notices
    ("增加原因 色差 像 质量问题", ["增加退货类型 色差"]),
    ("增加原因 色差 [像 质量问题]", ["增加退货类型 色差"]),
    ("增加原因 色差", ["增加退货类型 色差"]),
    ("删除原因 物流损坏", ["删除退货类型 物流损坏"]),
    ("通知 已完成退款 您的退款，请查收！", ["通知 已完成退款：您的退款已处理完成，请注意查收 → 您的退款，请查收！"]),
]  # fmt: skip


@pytest.mark.parametrize(("sentence", "told"), CHANGES)
def test_a_sentence_changes_what_it_says(sentence: str, told: list[str]) -> None:
    assert words(BUNDLE, said(sentence)) == told


REFUSED: list[tuple[str, str]] = [
    ("", "可以写：规则、流程、"),
    ("改 质检", "不会改“改”"),
    ("规则", "例如：规则 自动通过 50→80"),
    ("规则 自动通过", "例如：规则 自动通过 50→80"),
    ("规则 审批 500→800", "可以是：组长审批（金额 <=500，审批 客服组长）、总监审批"),  # a fragment of two
    ("规则 自动通过 60→80", "没有 60，现在是 金额 <=50"),
    ("规则 standard 自动通过 50→80", "有：主管审批、经理审批；政策 express 里有，请写：规则 express 自动通过 …"),
    ("规则 特批 50→80", "没有规则“特批”，有：小额自动通过、组长审批、总监审批"),
    ("规则 双人金额 900→2000", "双人金额 现在是 1000，不是 900"),
    ("规则 双人金额 很多", "“很多”不是数字"),
    ("规则 组长审批 审批 客服主官", "是不是“客服主管”？"),
    ("规则 组长审批 审匹 客服", "没有这一列“审匹”，是不是“审批”？"),
    ("规则 组长审批 审批", "要写把“组长审批”的哪一样改成什么"),
    ("规则 组长审批 金额 <=30", "这样改不成立：express 审批表：金额 30.01 没有人审批"),
    ("规则 组长审批 金额 很少~", "“很少~”看不懂"),
    ("规则 退款时机 随便", "可选 审批通过、包裹匹配、质检合格"),
    ("规则 政策 快", "政策的代号不能改"),
    ("规则 组长审批 规则 一二三四五六七八九十多", "要在 10 个字以内"),
    ("流程 质检", "例如：流程 质检 时限 4小时"),
    ("流程 质捡 时限 4小时", "是不是“质检”？"),
    ("流程 协商 时限 4小时", "“协商”可以是：缺件协商、次品协商，请写全名"),
    ("流程 质检 时先 4小时", "是不是“时限”？"),
    ("流程 质检 时限 四小时", "应像 24小时、30分钟、2天"),
    ("流程 质检 时限 0小时", "时限“0小时”看不懂"),
    ("流程 质检 时限 48小时", "本来就是这样，没有改动"),
    ("流程 质检 负责人 质检圆", "是不是“质检员”？"),
    ("流程 质检 负责人 审批表", "回避: [提交人]"),  # the flow's own check speaks
    ("流程 质检 会签 可能", "请写 是 或 否"),
    ("流程 完成 会签 是", "只有人工节点有“会签”"),
    ("流程 质检 标题 {没有这个}", "这样改不成立"),
    ("流程 仓库收货 拒收 去 拒绝", "节点“拒收处理”：从开始走不到"),
    ("增加原因", "例如：增加原因 色差 像 质量问题"),
    ("增加原因 质量问题", "已经有退货类型“质量问题”了"),
    ("增加原因 坏了", "已经有退货类型“坏了”了"),  # another's alias
    ("增加原因 色|差", "不能有 |"),
    ("增加原因 一二三四五六七八九十多", "要在 10 个字以内"),
    ("增加原因 色差 像 质粮问题", "是不是“质量问题”？"),
    ("删除原因 色差", "没有退货类型“色差”"),
    ("通知 已完成退款", "例如：通知 已完成退款"),
    ("通知 生日 快乐", "没有通知“生日”，有：已完成退款、配件缺失"),
    ("通知 配件缺失 缺{金额}", "不能用 {金额}，可以用：{扣款}、{缺件}"),
    ("通知 配件缺失 缺{缺件", "花括号要成对"),
    ("通知 已完成退款 " + "好" * 501, "通知有 501 个字，最多 500 个"),
]


@pytest.mark.parametrize(("sentence", "why"), REFUSED)
def test_what_is_not_done_is_said_with_the_way_out(sentence: str, why: str) -> None:
    with pytest.raises((PolicyRefused, NotFound)) as refused:
        said(sentence)
    assert why in str(refused.value)


@pytest.mark.parametrize(("verb", "example"), EXAMPLES.items())
def test_every_example_is_one(verb: str, example: str) -> None:
    others = ("增加原因 色差", "增加节点 复检 在 质检 之后 负责人 质检员", "流程 质检 负责人 仓管员")
    base = BUNDLE if verb.startswith("增加") else said(*others)
    for sentence in example.split("，"):
        assert words(base, said(sentence, texts=base))


def test_what_was_done_is_said() -> None:
    assert apply(["规则", "自动通过", "50→80"], BUNDLE, "退货", "express").said == (
        "政策 express：小额自动通过 金额：<=50 → <=80"
    )
    moved = apply(["规则", "组长审批", "500→800"], BUNDLE, "退货", "express").said
    assert moved.endswith("界限相同，跟着移动：总监审批 金额：>500 → >800")
    copied = apply(["增加原因", "色差"], BUNDLE, "退货", "express").said
    assert "先照第一类“质量问题”" in copied


RANGES = """
政策: 分段
审批表:
  - {规则: 小额, 金额: "<=50", 审批: 自动}
  - {规则: 中额, 金额: 50~500, 审批: 客服组长}
  - {规则: 大额, 金额: ">500", 审批: 客服主管}
自主额度:
  - {角色: 客服, 每单: 30, 每天: 300}
  - {角色: 客服组长, 每单: 30, 每天: 30}
"""
SPAN = ("policy", "分段")


@pytest.mark.parametrize(
    ("sentence", "cells"),
    [
        ("规则 小额 50→80", ["<=80", "80~500", ">500"]),  # the range begins where the row before ends
        ("规则 中额 50→30", ["<=30", "30~500", ">500"]),
        ("规则 中额 500→800", ["<=50", "50~800", ">800"]),
        ("规则 大额 500→800", ["<=50", "50~800", ">800"]),
    ],
)
def test_a_bound_that_rows_share_moves_in_all_of_them(sentence: str, cells: list[str]) -> None:
    made = said(sentence, texts={**BUNDLE, SPAN: RANGES}, policy="分段")
    assert [row["金额"] for row in yamlfile.read(made[SPAN])["审批表"]] == cells


@pytest.mark.parametrize(
    ("sentence", "why"),
    [
        (
            "规则 小额 50→600",
            "这样改不成立：分段 审批表第 2 行 金额：范围 600~500 的左边比右边大",
        ),  # past its neighbour
        ("规则 中额 600→700", "没有 600"),
        ("规则 客服组长 30→50", "有几处 30：每单、每天，请写明哪一样"),
    ],
)
def test_a_bound_that_cannot_move_says_why(sentence: str, why: str) -> None:
    with pytest.raises(PolicyRefused) as refused:
        said(sentence, texts={**BUNDLE, SPAN: RANGES}, policy="分段")
    assert why in str(refused.value)


def test_own_limits_are_rows_like_others() -> None:
    made = said("规则 客服组长 每天 30→500", "规则 客服 每单 50", texts={**BUNDLE, SPAN: RANGES}, policy="分段")
    limits = yamlfile.read(made[SPAN])["自主额度"]
    assert limits == [{"角色": "客服", "每单": 50, "每天": 300}, {"角色": "客服组长", "每单": 30, "每天": 500}]


def test_a_type_that_a_rule_speaks_of_is_not_deleted() -> None:
    used = changed(POLICY, lambda policy: policy["审批表"][0].update(类型="质量问题|物流损坏"))
    with pytest.raises(PolicyRefused, match="“物流损坏”还用在 express 的条件里"):
        said("删除原因 物流损坏", texts=used)


def test_the_last_type_is_not_deleted() -> None:
    one = changed(REASONS, lambda reasons: reasons.update(退货类型={"质量问题": reasons["退货类型"]["质量问题"]}))
    with pytest.raises(PolicyRefused, match="最后一个"):
        said("删除原因 质量问题", texts=one)


def test_a_new_type_takes_the_strategy_but_not_the_other_names() -> None:
    types = yamlfile.read(said("增加原因 色差 像 七天无理由")[REASONS])["退货类型"]
    assert types["色差"] == {key: value for key, value in types["七天无理由"].items() if key != "别名"}


def test_only_the_texts_that_changed_come_back() -> None:
    edit = apply(["通知", "已完成退款", "钱已退"], BUNDLE, "退货", "express")
    assert list(edit.texts) == [NOTICES]


def test_a_node_is_found_in_the_one_flow_that_has_it() -> None:
    other = changed(FLOW, lambda flow: flow.update(流程="换货"))[FLOW].replace("财务退款", "寄出新货")
    made = said("流程 寄出新货 时限 2天", texts={**BUNDLE, ("flow", "换货"): other})
    assert yamlfile.read(made["flow", "换货"])["节点"]["寄出新货"]["时限"] == "2天"
    assert made[FLOW] == BUNDLE[FLOW]


def test_nothing_that_is_written_refers_to_another_place() -> None:
    made = said("增加原因 色差", "增加节点 复检 在 仓库收货 之后 负责人 质检员 当 金额>1000")
    assert not any("&id" in text or "*id" in text for text in made.values())
    assert parse_policy(made[POLICY]).name == "express"


SALAD = """
质检 复检 完成 分流 退货 退款中 express 快速 标准 自动通过 审批 审批表 双人金额 金额 时限 4小时 负责人 质检员 标题
抄送 会签 是 在 之后 与 同时 当 金额>1000 像 质量问题 色差 已完成退款 去 转交 同意 → 50→80 <=80 无
"""
WORDS = [
    *SALAD.split(),
    *("{", "|", "\x00", "：", "&a", "*a", "- [", "～", "　", "９９", "1e9", "999999999999999999999→1", "0→0", "50→-1"),
]  # fmt: skip
REMOVALS = {verb for verb in EXAMPLES if verb.startswith("删除")}


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(sorted(EXAMPLES)), st.lists(st.sampled_from(WORDS), max_size=7))
def test_whatever_is_typed_is_done_whole_or_refused_in_a_sentence(verb: str, rest: list[str]) -> None:
    try:
        edit = apply([verb, *rest], BUNDLE, "退货", "express")
    except (PolicyRefused, NotFound) as refused:
        assert 4 < len(str(refused)) < 300  # noqa: PT017  # either outcome is right
        return
    whole = {**BUNDLE, **edit.texts}
    assert differences(BUNDLE, whole)
    if verb in REMOVALS:  # what others stand on cannot be taken away; that the check of the whole says before 发布
        with suppress(DefinitionError):
            check_bundle(whole)
    else:
        assert check_bundle(whole).keys() == BUNDLE.keys()


def test_a_type_that_a_branch_stands_on_is_not_taken_from_under_it() -> None:
    edit = apply(["删除原因", "七天无理由"], BUNDLE, "退货", "express")
    with pytest.raises(DefinitionError, match=r"无理由退货直接等待收货.*什么时候都不成立"):
        check_bundle({**BUNDLE, **edit.texts})
