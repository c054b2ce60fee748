"""Changes that look innocent and let go of money: each is refused, or said first and in red to whoever publishes it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from flow.definitions.business import shipped
from flow.diff.differences import differences
from flow.diff.weights import MONEY
from flow.edits import apply
from flow.errors import DefinitionError, FlowError
from flow.publishing.judgement import Judgement, judge
from flow.publishing.release import check_bundle
from flow.publishing.risks import raised, risks
from flow.publishing.staffing import staffing
from flow.versions import PRESET
from models.views.case import Person

if TYPE_CHECKING:
    from flow.definitions.business import Bundle

FLOW, POLICY, REASONS, CHOICES = ("flow", "退货"), ("policy", "express"), ("reasons", "reasons"), ("choices", "choices")
BASE: Bundle = {**shipped(), (PRESET, PRESET): "express"}
STAFF = [Person(n, f"员{n}", frozenset({"客服", "财务", "客服组长", "运营总监", "质检员"})) for n in (1, 2)]


def said(sentences: str) -> Bundle:
    """The business with sentences put on top of it, one after the other."""
    texts = dict(BASE)
    for words in sentences.split("；"):
        texts |= apply(words.split(), texts, "退货", "express").texts
    return texts


def written(key: tuple[str, str], *swaps: str) -> Bundle:
    """The business with pieces of one text swapped: what the sheet, or an editor, would do."""
    text = BASE[key]
    for swap in swaps:
        old, new = swap.split(" => ")
        assert old in text, old
        text = text.replace(old, new, 1)
    return {**BASE, key: text}


def seen(how: str) -> list[str]:
    """What is refused, or else what stands in red on the card of whoever publishes it, in that order."""
    try:
        new = made(how)
    except FlowError as refused:
        return [f"不能发布：{refused}"]
    changed = {key: text for key, text in new.items() if BASE.get(key) != text}
    try:
        check_bundle({key: text for key, text in new.items() if key[0] != PRESET}, None, changed.keys())
    except DefinitionError as error:
        return [f"不能发布：{problem}" for problem in error.problems]
    judged, _ = judge(BASE, new, changed, None, Judgement())
    told = differences({key: BASE[key] for key in changed if key in BASE}, changed)
    return [*judged.risks, *(change.words for change in told if change.weight == MONEY)]


def made(how: str) -> Bundle:
    """The business after sentences, or after swaps in a text that is named first: ``flow|old => new``."""
    key, _, swap = how.partition("|")
    return written(KEYS[key], swap) if key in KEYS else said(how)


KEYS = {"flow": FLOW, "policy": POLICY, "reasons": REASONS, "choices": CHOICES}
TIMES = "流程 质检 时限 4小时；流程 仓库收货 时限 10天；"

#: what somebody types, or swaps in a text, and what is to be read of it
ATTEMPTS = {
    f"{TIMES}规则 自动通过 50→300": "金额 50.01～300 不用人批，原来 客服组长 批",
    "规则 自动通过 50→500000": "金额 50.01～500 不用人批",
    "规则 自动通过 未签收 无": "金额 0～50（未签收 是） 不用人批",
    "规则 自动通过 金额 无": "普通的单再也轮不到它",
    'policy|"<=50" => "<=500"': "普通的单再也轮不到它",
    "规则 退款时机 审批通过": "金额 500.01 以上 审批通过就退款，原来等质检合格",
    "规则 组长审批 退款时机 包裹匹配": "金额 50.01～500 包裹匹配就退款",
    "规则 总监审批 审批 客服组长": "客服组长 在 客服审核 点过同意就不用再批",
    "规则 组长审批 500→50000": "金额 500.01～50000 改由 客服组长 批，原来 运营总监",
    "规则 双人金额 100000": "双人金额 1000 → 100000",
    "规则 合并计算 不合并": "同一订单拆成几张单，不再加起来看档",
    "删除行 资格 禁止名单": "资格 去掉了“禁止名单”",
    "增加行 资格 老客户 结果 允许 当 会员等级=金": "资格 加了“老客户”",
    "停用规则 连续退货": "自动规则“连续退货”没有了",
    "规则 连续退货 3→30": "自动规则“连续退货”变了",
    "增加行 自主额度 客服 每单 5000 每天 50000": "客服 自己就能定：每单 5000，每天 50000",
    "规则 折旧 = 金额 × 60%；规则 手续费 = 金额 × 40%": "算式加起来会把退款扣光：几行都符合的单一分钱都不退",
    "规则 补贴 = 加 金额 × 10%": "退款加 补贴（金额 × 10%），退得更多",
    "规则 退运费 运费=商家": "连客户付的运费一起退",
    "规则 自动上限 每单 800": "自动上限 每单 500 → 800，要两位别人同意",
    "规则 自动上限 每天 不限": "自动上限 每天 5000 → 不限，要两位别人同意",
    "增加行 政策选择 直营店快办 政策 standard 当 店铺=直营店": "直营店快办 用 标准：金额 5000.01 以上 改由 销售经理 批",
    "流程 客服审核 同人免审 是": "客服审核 同人免审：刚点过同意的人是审批人，少一个人看",
    "增加级别 金额审批 运营总监": "金额审批 的第一级，同人免审和审批表写自动的不用人看",
    "流程 次品协商 到时 3天 去 审批或退款": "次品协商 到时没人办，系统自己就去 审批或退款",
    "流程 金额审批 到时 3天 去 财务退款": "没有按审批表批过就会退款",
    "flow|退款时机: 审批通过}, 去: 自动退款 => }, 去: 自动退款": "政策写质检合格才退，这条路货没到就退款",
    "flow|同意: {去: 质检, 办: [确认扣款, 登记收货] => 同意: {去: 质检": "登记了缺件，没有扣款也没有取消扣款就退全款",
    "flow|{当: {已审批: 是}, 去: 退款时机 => {当: {已审批: 是}, 去: 完成": "没有退款就会“已完成”",
    "flow|结果: 不予退款, 样式: 危险 => 结果: 不予退款": "次品协商 的 驳回 不再是危险的",
    "flow|说明: 客户申请 => 预计退款: 否\n说明: 客户申请": "不再算退钱的流程",
    "flow|    回避: [质检人]\n => ": "财务退款 不再回避 质检人",
    "流程 金额审批 负责人 客服主管": "退款不看审批表",
    "流程 财务退款 负责人 客服": "财务退款 负责人：财务",
    "reasons|七天无理由: {流程: [退货, 换货] => 七天无理由: {流程: [退货, 换货, 仅退款]": "七天无理由 可以走 仅退款 了",
    "reasons|成本: 运营成本, 次品: 协商 => 成本: 运营成本, 次品: 退款": "七天无理由 的 次品：协商 → 退款",
    "choices|\n  - {规则: 在禁止名单里, 名单: 禁止} =>  []": "风险客户“在禁止名单里”去掉或变了",
}  # fmt: skip


@pytest.mark.parametrize(("how", "words"), ATTEMPTS.items(), ids=list(ATTEMPTS))
def test_an_innocent_change_that_loses_money_is_seen(how: str, words: str) -> None:
    told = seen(how)
    assert any(words in each for each in told), told


ASKED = "增加字段 质检 外观 单选 完好|破损 必填；增加字段 质检 折价 金额"
#: what becomes of an answer that had to be given, and what is to be read of it
ANSWERS = {
    "流程 质检 外观 必填 否": "质检 的 外观 不再必填",
    "删除字段 质检 外观": "质检 的 外观 不再必填",
    "流程 质检 外观 当 金额>500": "质检 的 外观 只在 金额>500 时才问，别的时候没有人填",
    "流程 质检 外观 必填当 金额>500": "质检 的 外观 只在 金额>500 时必填",
    "流程 财务退款 折价 可改": "财务退款 可以改前面填的 折价，改了不再从头走",
}


@pytest.mark.parametrize(("how", "words"), ANSWERS.items(), ids=list(ANSWERS))
def test_an_answer_that_need_not_be_given_any_more_is_seen(how: str, words: str) -> None:
    old = said(ASKED)
    fresh = apply(how.split(), old, "退货", "express").texts
    judged, _ = judge(old, {**old, **fresh}, fresh, None, Judgement())
    assert any(words in each for each in judged.risks), judged.risks


@pytest.mark.parametrize(
    "sentences",
    [
        "流程 质检 时限 4小时",
        f"{ASKED}；流程 财务退款 外观 隐藏",
        f"{ASKED}；流程 财务退款 外观 可改",
        "流程 质检 标题 验一验",
        "流程 金额审批 驳回 理由 必填",
        "规则 自动通过 50→20",
        "规则 组长审批 500→300",
        "规则 双人金额 500",
        "规则 自动上限 每单 100",
        "增加原因 色差 像 质量问题",
        "增加字段 质检 缺陷等级 单选 轻微|中等|严重 必填",
        "增加级别 质检 客服主管",
    ],
)
def test_a_change_that_is_as_strict_is_no_risk(sentences: str) -> None:
    new = said(sentences)
    judged, _ = judge(BASE, new, {key: text for key, text in new.items() if BASE.get(key) != text}, None, Judgement())
    assert [words for words in judged.risks if "改由" not in words] == []


@pytest.mark.parametrize(
    ("how", "lifted"),
    [
        ("规则 自动上限 每单 800", ["政策 快速 自动上限 每单 500 → 800"]),
        ("规则 自动上限 每客户 不限", ["政策 快速 自动上限 每客户 1000 → 不限"]),
        ("规则 自动上限 每单 300", []),
        ("规则 自动通过 50→300", []),
        ("增加行 政策选择 直营 政策 standard 当 店铺=直营店", []),
        (
            "增加行 政策选择 直营 政策 standard 当 店铺=直营店；规则 标准 主管审批 审批 自动",
            [f"政策 标准 自动上限 {part} → 不限" for part in ("每单 500", "每天 5000", "每客户 1000")]
            + ["政策 标准 有了自动通过的行，没有写自动上限"],
        ),
        (
            "增加行 政策选择 直营 政策 standard 当 店铺=直营店；规则 标准 主管审批 审批 自动；"
            "规则 标准 自动上限 每单 100 每天 500 每客户 500",
            [],
        ),
    ],
)
def test_only_what_lifts_the_ceiling_takes_two_others(how: str, lifted: list[str]) -> None:
    assert raised(BASE, made(how)) == lifted


@pytest.mark.parametrize("before", ["", "规则 标准 自动上限 每单 9000 每天 9000 每客户 9000"])
def test_a_policy_that_begins_to_decide_alone_is_held_against_those_that_did(before: str) -> None:
    """In two steps no more gets through than in one: what nobody was paid by has been no ceiling yet."""
    chosen = said("增加行 政策选择 直营 政策 standard 当 店铺=直营店" + (f"；{before}" if before else ""))
    assert raised(BASE, chosen) == []
    texts = dict(chosen)
    for words in ("规则 标准 主管审批 审批 自动", "规则 标准 自动上限 每单 9000 每天 9000 每客户 9000"):
        if words != before:
            texts |= apply(words.split(), texts, "退货", "express").texts
    amounts = {"每单": 500, "每天": 5000, "每客户": 1000}
    assert raised(chosen, texts) == [f"政策 标准 自动上限 {part} {was} → 9000" for part, was in amounts.items()]


@pytest.mark.parametrize(
    ("sentences", "words"),
    [
        ("规则 组长审批 审批 风控专员", "现在没有人是 风控专员"),
        ("流程 质检 负责人 人 员1", "只写了 员1 一个人"),
        ("流程 质检 否则 销售经理", "现在没有人是 销售经理"),
        (
            "增加规则 超大 当 提交 如果 金额>1 就 告警 管理裙 {单号}",
            "群“管理裙”以前的规则没有用过（用过 管理群、风控群）",
        ),
        ("增加规则 超大 当 提交 如果 金额>1 就 抄送 风控专员", "现在没有人是 风控专员"),
    ],
)
def test_who_is_nobody_and_who_is_the_only_one_is_said_at_once(sentences: str, words: str) -> None:
    new = said(sentences)
    changed = {key: text for key, text in new.items() if BASE.get(key) != text}
    _, others = judge(BASE, new, changed, STAFF, Judgement())
    told = [each for of in others.values() for each in of]
    assert any(words in each for each in told), told


def test_one_of_whom_there_is_one_is_said_too() -> None:
    new = said("规则 组长审批 审批 客服主管")
    alone = [*STAFF, Person(3, "李敏", frozenset({"客服主管"}))]
    old = {key: text for key, text in BASE.items() if key != POLICY} | {
        POLICY: BASE[POLICY].replace("客服主管", "客服组长")
    }
    _, others = judge(old, new, {POLICY: new[POLICY]}, alone, Judgement())
    assert "只有 李敏 一个人是 客服主管" in str(others)


def test_a_node_that_is_renamed_under_a_rule_is_told_at_once() -> None:
    rule = said("增加规则 验货后 当 进入 节点 质检 就 告警 管理群 {单号}")
    text = rule[FLOW]
    for end in (":\n    类型", ",", "}"):
        text = text.replace(f"质检{end}", f"验货{end}")
    _, others = judge(rule, {**rule, FLOW: text}, {FLOW: text}, None, Judgement())
    assert "没有节点“质检”了，自动规则“验货后”在这条流程里不再起作用" in str(others)


STRICTER = (
    "规则 总监审批 同意人数 3；流程 金额审批 同意人数 2；流程 金额审批 驳回即止 是；增加级别 质检 客服主管 同意人数 2"
)


@pytest.mark.parametrize(
    ("sentence", "words"),
    [
        ("规则 总监审批 同意人数 2", "金额 500.01 以上 要 2 位 运营总监 同意，原来要 3 位 运营总监"),
        ("规则 总监审批 同意人数 无", "金额 500.01 以上 要 1 位 运营总监 同意，原来要 3 位 运营总监"),
        ("流程 金额审批 同意人数 无", "金额审批 原来要 2 个人同意，现在 1 个人点了就走"),
        ("流程 金额审批 驳回即止 否", "金额审批 不再驳回即止，有人驳回的单还能通过"),
        ("删除级别 质检 2；增加级别 质检 客服主管", "质检 的 复审 原来要 2 个人同意，现在 1 个"),
    ],
)
def test_fewer_signatures_are_seen(sentence: str, words: str) -> None:
    before = said(STRICTER)
    assert [
        words for words in risks(BASE, before, before.keys() & BASE.keys()) if "同意" in words and "原来要" in words
    ] == ["金额 500.01 以上 要 3 位 运营总监 同意，原来要 1 位 运营总监"]
    after = {**before}
    for each in sentence.split("；"):
        after |= apply(each.split(), after, "退货", "express").texts
    assert any(words in each for each in risks(before, after, [key for key in after if after[key] != before[key]]))


@pytest.mark.parametrize(
    ("sentence", "words"),
    [
        ("规则 总监审批 同意人数 2", []),
        ("规则 总监审批 同意人数 3", ["总监审批 要 3 位 运营总监 同意，现在只有 员1、员2：不够的由“否则”的人"]),
        ("流程 客服审核 同意人数 3", ["客服审核 要 3 位 客服组长 同意，现在只有 员1、员2"]),
        ("增加级别 客服审核 仓管员 同意人数 2", ["客服审核 复审 要 2 位 仓管员 同意，现在没有人"]),
    ],
)
def test_fewer_people_than_must_sign_are_told(sentence: str, words: list[str]) -> None:
    new = said(sentence)
    told = staffing(BASE, new, [key for key in new if new[key] != BASE.get(key)], STAFF)
    found = [each for each in told if " 位 " in each]
    assert len(found) == len(words), told
    assert all(want in each for want, each in zip(words, found, strict=True)), told
