"""Money that nobody approved, a shortage that nobody decided on, a refund that never comes: found before publishing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from flow import edits
from flow.definitions.business import CONFIG, FLOW, business_of, shipped
from flow.definitions.flow_reader import read_flow
from flow.errors import FlowError
from flow.validation.cautions import cautions
from flow.validation.flows import parse_flow
from flow.validation.money import money_cautions, money_problems
from flow.validation.surroundings import known_of
from tests.support.own_flows import paid_again, single

if TYPE_CHECKING:
    from flow.definitions.business import Bundle

SHIPPED = shipped()
UNAPPROVED = "没有按审批表批过就会退款，要先经过 金额审批"
UNDECIDED = "登记了缺件或拒收，没有人决定就会退款"
UNPAID = "没有退款就会“已完成”，客户拿不到钱"


def edited(*sentences: str, bundle: Bundle = SHIPPED) -> Bundle:
    for sentence in sentences:
        bundle = {**bundle, **edits.apply(sentence.split(), bundle, "退货", "express").texts}
    return bundle


REFUSED = [
    # of the list of faults
    (["流程 质检 合格入库 去 财务退款"], f"“财务退款”的“确认退款”：{UNAPPROVED}：仓库收货 → 质检 → 财务退款"),
    (["流程 客服审核 同意 去 财务退款"], f"{UNAPPROVED}：客服审核 → 财务退款"),
    (["删除节点 缺件协商"], f"“自动退款”：{UNDECIDED}"),
    # their kin
    (["流程 仅退款 客服审核 同意 去 财务退款"], f"{UNAPPROVED}：客服审核 → 财务退款"),
    (["流程 缺件协商 同意 去 财务退款"], UNAPPROVED),
    (["流程 金额审批 驳回 去 财务退款"], f"{UNAPPROVED}：金额审批 → 财务退款"),
    (["流程 缺件协商 驳回 去 财务退款"], UNAPPROVED),
    (["流程 次品协商 同意 去 财务退款"], UNAPPROVED),
    (["流程 换货 寄出新件 没有货 去 财务退款"], UNAPPROVED),
    (["流程 补发 补发寄出 没有货 去 财务退款"], UNAPPROVED),
    (["流程 拦截 质检 合格入库 去 财务退款"], UNAPPROVED),
    (["流程 补偿 定补偿 报审批 去 财务退款"], UNAPPROVED),
    (["流程 仓库收货 配件缺失 去 质检"], "缺件协商"),
    (["流程 仓库收货 拒收 去 质检"], "拒收处理"),
]


@pytest.mark.parametrize(("sentences", "says"), REFUSED, ids=[one[0] for one, _ in REFUSED])
def test_what_pays_unapproved_or_undecided_is_refused_with_the_way(sentences: list[str], says: str) -> None:
    with pytest.raises(FlowError) as refused:
        edited(*sentences)
    assert says in str(refused.value)


WARNED = [
    ("流程 仓库收货 确认收货 去 完成", f"退货流程 节点“完成”：{UNPAID}：仓库收货 → 完成"),
    ("流程 退款中 退款失败 去 完成", f"{UNPAID}：退款中 → 完成"),
    ("流程 质检 合格入库 去 完成", UNPAID),
    ("流程 仅退款 客服审核 驳回 去 退款完成", f"仅退款流程 节点“退款完成”：{UNPAID}：客服审核 → 退款完成"),
    ("流程 金额审批 会签 是", "退货流程 节点“金额审批”：有会签，审批表写自动的、同人免审的也都要有人办"),
    ("增加字段 金额审批 依据 单选 合同|聊天 必填", "节点“金额审批”：有必填的栏目"),
    ("规则 自动通过 50→600", "审批表第 2 行（组长审批）：普通的单再也轮不到它，只剩风险客户和还没签收的"),
    (
        "增加规则 超大额 当 提交 如果 金额>10000 就 告警 管理群 {单号} {金额} 元",
        "“超大额”：管理群里 {金额} 写成“见单聊”，全文只单独发给管理员",
    ),
    (
        "增加规则 常客 当 提交 如果 金额>10 就 告警 风控群 {货值}、{半年消费}",
        "“常客”：风控群里 {货值}、{半年消费} 写成“见单聊”",
    ),
    ("流程 金额审批 负责人 客服主管", "退货流程 退款不看审批表"),
]


@pytest.mark.parametrize(("sentence", "says"), WARNED, ids=[one for one, _ in WARNED])
def test_what_may_be_meant_so_is_to_be_seen(sentence: str, says: str) -> None:
    told = warned(edited(sentence))
    assert len(told) == 1, told
    assert says in told[0]
    assert not warned(edited(sentence), edited(sentence)), "what is published already is no news"


def warned(new: Bundle, old: Bundle = SHIPPED) -> list[str]:
    changed = [key for key, text in new.items() if SHIPPED.get(key) != text]
    return [words for of_one in cautions(old, new, changed).values() for words in of_one]


PLAIN = [
    "规则 自动通过 50→80",
    "规则 组长审批 500→800",
    "流程 质检 时限 4小时",
    "删除节点 客服审核",
    "增加级别 金额审批 客服主管 当 金额>100",
    "增加分支 客服补证 与 仓库收货 同时 负责人 客服",
    "增加节点 复检 在 质检 之后 负责人 质检员 时限 4小时 当 金额>1000",
    "增加字段 质检 缺陷等级 单选 轻微|中等|严重 必填",
    "规则 大额提醒 5000→8000",
    "增加规则 超大额 当 提交 如果 金额>10000 就 告警 管理群 {单号} 请看一下",
    "增加规则 超大额 当 提交 如果 金额>10000 就 抄送 财务 {单号} {金额}",
]


@pytest.mark.parametrize("sentence", PLAIN)
def test_an_ordinary_change_brings_nothing_to_be_seen(sentence: str) -> None:
    assert warned(edited(sentence)) == []


def test_the_shipped_flows_and_every_template_are_sound() -> None:
    known = known_of(business_of(SHIPPED))
    paths = [*(CONFIG / "flows").glob("*.yaml"), *(CONFIG / "templates").glob("*/flows/*.yaml")]
    for path in paths:
        flow = parse_flow(path.read_text(encoding="utf-8"), path.name)
        assert (money_problems(flow, known), money_cautions(flow, known)) == ([], []), path


WAITS = (
    "\n  等款: {类型: 等待, 等: 付款, 动作: {退款成功: {去: 完成, 记: {已退款: 是}}, 退款失败: {去: 审核}}}\n  完成:"
)
PERSON_PAYS = single(action="{去: 等款, 办: [确认退款]}").replace("\n  完成:", WAITS)


@pytest.mark.parametrize(
    ("text", "problems"),
    [
        pytest.param(single(), [], id="nothing is paid"),
        pytest.param(PERSON_PAYS, [], id="whoever pays has decided"),
        pytest.param(paid_again(), ["节点“放款”：没有人点过同意就会退款，要先有人审批：放款"], id="nobody has"),
    ],
)
def test_where_no_table_decides_somebody_has_to(text: str, problems: list[str]) -> None:
    assert money_problems(read_flow(text)) == problems


#: the money is agreed to on one branch and paid on the other, before or after
BESIDE = """
流程: 退货
开始: 齐办
节点:
  齐办: {类型: 分叉, 分支: [收货, 金额审批], 汇合: 齐}
  收货:
    类型: 人工
    负责人: {角色: 仓管员}
    时限: 1天
    动作: {确认收货: {去: 齐, 办: [登记收货]}}
  金额审批:
    类型: 人工
    负责人: {审批表: true, 否则: 运营总监}
    时限: 1天
    动作:
      同意: {去: 齐}
      驳回: {去: 拒绝, 样式: 危险}
  齐: {类型: 汇合, 等: 全部, 去: 付}
  付: {类型: 自动, 办: [确认退款], 去: 等款}
  等款: {类型: 等待, 等: 付款, 动作: {退款成功: {去: 完成, 记: {已退款: 是}}, 退款失败: {去: 金额审批二}}}
  金额审批二:
    类型: 人工
    负责人: {审批表: true, 否则: 运营总监}
    时限: 1天
    动作: {同意: {去: 付}, 驳回: {去: 拒绝, 样式: 危险}}
  完成: {类型: 结束, 状态: 已完成}
  拒绝: {类型: 结束, 状态: 已关闭, 原因: 拒绝}
"""


@pytest.mark.parametrize(("instead", "sound"), [("等: 全部", True), ("等: 任一", False)])
def test_a_branch_that_need_not_be_waited_for_approves_nothing(instead: str, *, sound: bool) -> None:
    flow = read_flow(BESIDE.replace("等: 全部", instead))
    assert (money_problems(flow) == []) is sound


def test_an_amount_made_up_after_the_approval_is_not_what_was_approved() -> None:
    text = SHIPPED[FLOW, "补偿"].replace(
        "已发券: {去: 补偿完成, 办: [放开占用]", "已发券: {去: 财务退款, 办: [登记补偿]"
    )
    assert any(UNAPPROVED in words for words in money_problems(read_flow(text)))
