"""Sentences in the words that people find by themselves: what is clear is done, what is not is asked back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from flow.definitions import yamlfile
from flow.definitions.business import shipped
from flow.edits import Book, apply, as_edit, guess, in_one_line, verb_of
from flow.errors import NotFound, PolicyRefused
from tests.support.editing import BUNDLE, POLICY, REASONS, said, words

if TYPE_CHECKING:
    from collections.abc import Mapping

CHANGES: list[tuple[str, list[str]]] = [
    # amounts and arrows as people say them
    *((f"规则 {said}", ["审批表 小额自动通过 金额：<=50 → <=80"]) for said in (
        "自动通过 50元→80元", "自动通过 从50改成80", "自动通过 50调到80", "自动通过 50 改成 80", "自动通过 改成80",
        "自动通过 改为 80元", "自动通过 ¥50→¥80", "把自动通过从50提到80", "把自动通过改成80", "把自动通过的金额改成80",
        "自动通过 金额 ≤80元", "自动通过 金额 不超过80", "自动通过 金额<=80", "自动通过 金额 80元以内",
        "自动通过 50→80。",
        "“自动通过” 50→80", "自动通过，50→80",
    )),
    ("规则：自动通过 50→80", ["审批表 小额自动通过 金额：<=50 → <=80"]),
    ("规则 组长审批 500→1.5万",
     ["审批表 组长审批 金额：<=500 → <=15000", "审批表 总监审批 金额：>500 → >15000"]),
    ("规则 自动通过 金额 =80", ["审批表 小额自动通过 金额：<=50 → 80"]),  # exact only where it is said
    ("规则 自动通过 金额 正好80", ["审批表 小额自动通过 金额：<=50 → 80"]),
    ("规则 总监审批 金额 大于400", ["审批表 组长审批 金额：<=500 → <=400", "审批表 总监审批 金额：>500 → >400"]),
    ("规则 双人金额 1万", ["双人金额：1000 → 10000"]),
    ("规则 双人金额 改成2000", ["双人金额：1000 → 2000"]),
    ("规则 大额提醒 5000→1万", ["自动规则 大额提醒 条件 金额：>5000 → >10000"]),
    ("规则 大额提醒 金额 超过8000", ["自动规则 大额提醒 条件 金额：>5000 → >8000"]),
    ("规则 组长审批 审批 改成 客服主管", ["审批表 组长审批 审批：客服组长 → 客服主管"]),
    ("规则 组长审批 审批=客服主管", ["审批表 组长审批 审批：客服组长 → 客服主管"]),
    *((f"流程 {said}", ["质检 时限：48小时 → 4小时"]) for said in (
        "质检 时限：4小时", "质检 时限=4小时", "质检时限改成4小时", "质检的时限改为四小时", "质检 时限4小时。",
        "质检，时限 4h",
        "“质检” 时限 4小时", "质检 时限 4小时；",
    )),
    ("流程 质检 时限 半天", ["质检 时限：48小时 → 12小时"]),
    ("流程 质检 时限 4.5小时", ["质检 时限：48小时 → 270分钟"]),
    ("流程 质检 时限 一天半", ["质检 时限：48小时 → 36小时"]),
    ("流程 质检 标题 无", ["质检 标题：质检：{商品} → 没有"]),
    ("流程 缺件协商 说明 无",
     ["缺件协商 说明：请问客户：“{话术}” 同意扣款就点同意；补寄就点驳回，仓库再收一次。 → 没有"]),
    ("流程 质检 否则 无", ["质检 负责人：质检员（否则 仓管员） → 质检员"]),
    *((f"增加原因 {said}", ["增加退货类型 色差"]) for said in (
        "色差，像质量问题", "色差像质量问题", "色差。", "“色差”", "色差 （像 质量问题）",
    )),
    ("增加原因 图像模糊", ["增加退货类型 图像模糊"]),  # 像 is part of the name
    ("增加原因 色差、串色", ["增加退货类型 色差", "增加退货类型 串色"]),
    ("增加原因 色差，串色 像 七天无理由", ["增加退货类型 色差", "增加退货类型 串色"]),
    # verbs in other words
    *((said, ["增加退货类型 色差"]) for said in (
        "新增原因：色差", "添加原因 色差", "加原因 色差", "增加退货类型 色差", "增加退货原因 色差",
        "增加原因：色差", "增加原因色差",
    )),
    *((said, ["自动规则 大额提醒 停用：否 → 是"]) for said in ("停掉规则 大额提醒", "关闭规则 大额")),
    *((f"增加字段 质检 责任方 单选 {said}", ["质检 增加表单项 责任方（填 单选，选项 商家、客户）"]) for said in (
        "商家|客户 选填", "商家、客户、非必填", "商家|客户，可不填", "选项：商家|客户。",
    )),
    ("增加字段 质检 责任方 单选，商家|客户，必填，问 谁的？",
     ["质检 增加表单项 责任方（填 单选，选项 商家、客户，必填 是，问 谁的？）"]),
]  # fmt: skip


def test_the_last_types_of_a_kind_are_not_taken_without_a_word() -> None:
    last = apply(["删除原因", "取消订单、地址填错"], shipped(), "退货", "express")
    assert last.said.endswith("；再没有退货类型走 拦截，以后开不了这样的单")
    assert "开不了" not in apply(["删除原因", "取消订单"], shipped(), "退货", "express").said


@pytest.mark.parametrize(("sentence", "told"), CHANGES)
def test_what_is_clearly_meant_is_done(sentence: str, told: list[str]) -> None:
    assert words(BUNDLE, said(sentence)) == told


REFUSED: list[tuple[str, str]] = [
    # a bare number where there was a bound: nobody knows which
    (
        "规则 自动通过 金额 80",
        "80 是 <=80，还是正好 80？请写 规则 小额自动通过 金额 <=80，或者 规则 小额自动通过 金额 =80",
    ),
    ("规则 大额提醒 金额 8000", "8000 是 >8000，还是正好 8000？"),
    ("规则 自动通过 80", "是不是要把“小额自动通过”的 金额 50 改成 80？请写 规则 小额自动通过 50→80"),
    ("规则 自动通过 50 80", "“50”不是“小额自动通过”的哪一样，能改的有：规则、金额、"),
    ("规则 总监审批 金额 500以上", "“500以上”含不含 500？含就写 >=500，不含就写 >500"),
    ("规则 总监审批 金额 五百", "“五百”看不懂，金额 应像 <=50"),
    ("规则 50→80", "要写是哪一条规则，请写 规则 小额自动通过 50→80"),
    ("规则 自动通过 金额 50到80", "“50到80”是从多少到多少，还是 50 改成 80？"),  # 到 alone is a range as well
    ("规则 总监审批 500到5000", "范围请写 规则 总监审批 金额 500~5000；改数请写 规则 总监审批 金额 500→5000"),
    ("规则 组长审批 金额 50到500", "要写范围请写 规则 组长审批 金额 50~500"),
    ("规则 组长审批 500→800 总监审批 500→800", "一句里有几处改动，请用 ； 隔开"),
    ("规则 总监审批 800→500", "里没有 800，已经是 500 了"),
    ("规则 组长审批 审批 无", "总要有人审批"),
    ("增加级别 金额审批 运营总监 当 金额 5000", "“金额 5000”是哪一种？请写 金额>5000、金额<=5000，正好就写 金额=5000"),
    (
        "增加级别 金额审批 运营总监 当 金额>5000 或 类型=质量问题",
        "同一样的“或”写成 类型=质量问题|物流损坏，不同的“或”请分成",
    ),
    ("增加规则 甲 当 提交 如果 类型=质量问题或物流损坏 就 评论 好", "“或”请写成 类型=质量问题|物流损坏"),
    ("规则 大额提醒 区域 华东或华南", "“或”请写成 区域=华东|华南"),
    ("流程 质检 时限 99999天", "太长了，最长 9999天"),
    ("流程 质检 时限 3个工作日", "按钟表时间算，没有工作日"),
    ("流程 质检 或签 是", "不写会签就是或签，一个人办了就算；要去掉会签请写 流程 质检 会签 否"),
    ("流程 质检 颜色 红", "没有“颜色”这一样，能改的有：时限、负责人、否则、派法、标题、说明、抄送、会签、同人免审"),
    ("流程 质检 负责人 许静", "要指定一个人请写 负责人 人 许静"),
    ("流程 质检 负责人 无", "总要有人负责"),
    ("流程 财务退款 驳回 改成 客服审核", "要改它去哪里请写 流程 财务退款 驳回 去 客服审核"),
    ("增加原因 色差 串色", "“色差 串色”是几个退货类型？几个请写 增加原因 色差、串色"),
    ("增加字段 质检 责任方 单选 商家|客户 必填 选填", "又写了 必填 又写了 选填"),
    ("增加结点 复检 在 质检 之后", "不会改“增加结点”，是不是“增加节点”？"),
]  # fmt: skip


@pytest.mark.parametrize(("sentence", "why"), REFUSED)
def test_what_is_not_clear_is_asked_back(sentence: str, why: str) -> None:
    with pytest.raises((PolicyRefused, NotFound)) as refused:
        said(sentence)
    assert why in str(refused.value)


SEVERAL: list[tuple[str, list[str]]] = [
    ("规则 组长审批 500→800，总监审批 500→800",  # the second is done along with the first
     ["审批表 组长审批 金额：<=500 → <=800", "审批表 总监审批 金额：>500 → >800"]),
    ("规则 自动通过 50→1,000，组长审批 500→1,200",
     ["审批表 小额自动通过 金额：<=50 → <=1000", "审批表 组长审批 金额：<=500 → <=1200",
      "审批表 总监审批 金额：>500 → >1200"]),
    ("规则 standard 主管审批 5000→8000；双人金额 2000",
     ["双人金额：1000 → 2000", "审批表 主管审批 金额：<=5000 → <=8000", "审批表 经理审批 金额：>5000 → >8000"]),
    ("流程 质检 时限 4小时，抄送 财务、客服；缺件协商时限改成两天",
     ["缺件协商 时限：24小时 → 2天", "质检 抄送：没有 → 财务、客服", "质检 时限：48小时 → 4小时"]),
    ("流程 质检 时限 4小时，负责人 质检员", ["质检 时限：48小时 → 4小时"]),  # what is so already is said, not refused
    ("规则 组长审批 金额 <=30；总监审批 金额 >30",  # neither would do alone
     ["审批表 组长审批 金额：<=500 → <=30", "审批表 总监审批 金额：>500 → >30"]),
    ("增加原因 色差；规则 自动通过 50→80", ["审批表 小额自动通过 金额：<=50 → <=80", "增加退货类型 色差"]),
    ("流程 质检 标题 验货；时限 4小时", ["质检 时限：48小时 → 4小时", "质检 标题：质检：{商品} → 验货"]),
    ("流程 质检 标题 验货，请仔细", ["质检 标题：质检：{商品} → 验货，请仔细"]),
    ("通知 已完成退款 您好，规则 已变；谢谢。",
     ["通知 已完成退款：您的退款已处理完成，请注意查收 → 您好，规则 已变；谢谢。"]),  # words for people stay whole
]  # fmt: skip


@pytest.mark.parametrize(("sentence", "told"), SEVERAL)
def test_several_changes_in_one_message_are_all_made(sentence: str, told: list[str]) -> None:
    assert sorted(words(BUNDLE, said_whole(sentence))) == sorted(told)


def said_whole(message: str) -> Mapping[tuple[str, str], str]:
    return {**BUNDLE, **apply([message], BUNDLE, "退货", "express").texts}


@pytest.mark.parametrize(
    ("message", "why"),
    [
        ("规则 自动通过 50→80，规则 特批 50→80", "第 2 句“规则 特批 50→80”：政策 快速 里没有规则“特批”"),
        ("流程 质检 标题 验货，时限 4小时", "是前面那句话的一部分，还是另一处改动？"),
        ("规则 自动通过 50→80，退款时机 包裹匹配", "“退款时机”是“自动通过”的，还是整个政策的？"),
        ("流程 质检 时限 48小时；规则 双人金额 1000", "本来就是这样"),
    ],
)
def test_of_several_changes_all_are_made_or_none(message: str, why: str) -> None:
    with pytest.raises((PolicyRefused, NotFound), match=why):
        said_whole(message)


def test_words_for_people_that_still_name_the_old_number_are_pointed_out() -> None:
    edit = apply(["规则 无理由 7天→15天"], shipped(), "退货", "express")
    assert "“超过无理由期”的 说明 里还写着 7（" in edit.said
    better = edit.said.partition("要一起改请写 ")[2]
    assert "的 15 天" in apply([better], shipped(), "退货", "express").texts[POLICY]


def test_a_type_without_a_model_says_which_others_go_the_same_way() -> None:
    made = apply(["增加原因 色差"], shipped(), "退货", "express")
    assert "地址填错" not in made.said
    again = made.said.partition("就写：")[2]
    there = {**shipped(), **made.texts}
    types = yamlfile.read(apply([again], there, "退货", "express").texts[REASONS])["退货类型"]
    assert types["色差"]["路由"] == types["七天无理由"]["路由"]


def test_what_was_turned_down_by_nobody_is_taken_away() -> None:
    dealt = said("流程 质检 派法 轮流")
    assert words(BUNDLE, said("流程 质检 派法 无", texts=dealt)) == []


@pytest.mark.parametrize(
    ("lines", "one"),
    [
        (["规则 自动通过 50→80", "流程 质检 时限 4小时"], "规则 自动通过 50→80；流程 质检 时限 4小时"),
        (["通知 已完成退款 您好", "谢谢"], "通知 已完成退款 您好 谢谢"),
        (["退货 901 质量问题", "增加原因 色差"], "退货 901 质量问题 增加原因 色差"),  # no edit at all
    ],
)
def test_a_message_of_several_lines(lines: list[str], one: str) -> None:
    assert in_one_line(lines) == one


@pytest.mark.parametrize(
    ("message", "edit", "maybe"),
    [
        ("质检 时限 4小时", "流程 质检 时限 4小时", ""),
        ("质检时限改成4小时", "流程 质检 时限 4小时", ""),
        ("自动通过 50→80", "", "规则 自动通过 50→80"),
        ("大额提醒 5000→8000", "", "规则 大额提醒 5000→8000"),
        # what people say all day is none of it
        ("退货 901 质量问题", "", ""), ("901", "", ""), ("滤网组件 35", "", ""), ("质检 901", "", ""), ("好的", "", ""),
        ("客户改成80", "", ""), ("加急", "", ""), ("取消订单", "", ""), ("时限 4小时", "", ""),
    ],
)  # fmt: skip
def test_what_is_an_edit_without_its_verb(message: str, edit: str, maybe: str) -> None:
    book = Book(BUNDLE, "退货", "express")
    assert (as_edit(message, book), guess(message, book)) == (edit, maybe)
    assert verb_of(message) == ("", [])
