"""Small flows of our own, published over the shipped one: each shows one thing that the shipped one has not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flow.validation.flows import parse_flow
from flow.versions import publish

if TYPE_CHECKING:
    from tests.support.stage import Stage

_ENDS = """
  完成: {类型: 结束, 状态: 已完成}
  拒绝: {类型: 结束, 状态: 已关闭, 原因: 拒绝}
  撤销: {类型: 结束, 状态: 已关闭, 原因: 撤销}
撤单: 撤销
"""


def _flow(start: str, nodes: str) -> str:
    return f"流程: 退货\n开始: {start}\n节点:{nodes}{_ENDS}"


def forked(wait: str = "全部") -> str:
    """仓库收货 ‖ 客服补证, then 终审."""
    return _flow(
        "齐办",
        f"""
  齐办: {{类型: 分叉, 分支: [仓库收货, 客服补证], 汇合: 资料齐}}
  仓库收货:
    类型: 人工
    标题: 收货 {{商品}}
    负责人: {{角色: 仓管员, 派法: 轮流}}
    时限: 15天
    显示: [单号, 商品, 时限]
    动作:
      确认收货: {{去: 资料齐, 办: [登记收货], 记: {{已收货: 是}}, 结果: 已收货}}
      拒收: {{去: 拒绝, 办: [登记拒收], 结果: 已拒收, 样式: 危险}}
  客服补证:
    类型: 人工
    标题: 补证 {{商品}}
    负责人: {{角色: 客服组长}}
    时限: 2天
    显示: [单号, 商品, 时限]
    动作:
      同意: {{去: 资料齐, 记: {{已补证: 是}}, 结果: 证据齐了}}
      驳回: {{去: 拒绝, 结果: 没有证据, 样式: 危险}}
  资料齐: {{类型: 汇合, 等: {wait}, 去: 终审}}
  终审:
    类型: 人工
    标题: 终审 {{商品}}
    负责人: {{角色: 客服主管}}
    时限: 1天
    显示: [单号, 商品, 时限]
    动作:
      同意: {{去: 完成, 结果: 已同意}}
      驳回: {{去: 拒绝, 样式: 危险}}
""",
    )


def joint(more: str = "") -> str:
    """The two agents other than the creator must both agree, then the supervisor has the last word."""
    return _flow(
        "会审",
        f"""
  会审:
    类型: 人工
    标题: 会审 {{商品}}
    负责人: {{角色: 客服}}
    会签: true
    回避: [提交人]
    时限: 1天
    显示: [单号, 商品, 时限]
    {more}
    动作:
      同意: {{去: 终审, 结果: 已同意}}
      驳回: {{去: 拒绝, 结果: 已驳回, 样式: 危险}}
  终审:
    类型: 人工
    标题: 终审 {{商品}}
    负责人: {{角色: 客服主管}}
    时限: 1天
    显示: [单号, 商品, 时限]
    动作:
      同意: {{去: 完成, 结果: 已同意}}
      驳回: {{去: 拒绝, 样式: 危险}}
""",
    )


LEADER = "负责人: {角色: 客服组长}\n    回避: [提交人]"


def single(more: str = "", action: str = "{去: 完成, 结果: 已同意}", owner: str = LEADER) -> str:
    """One node, 审核, with whatever a story wants of it."""
    return _flow(
        "审核",
        f"""
  审核:
    类型: 人工
    标题: 审核 {{商品}}
    {owner}
    时限: 1天
    显示: [单号, 商品, 时限]
    {more}
    动作:
      同意: {action}
      驳回: {{去: 拒绝, 结果: 已驳回, 样式: 危险}}
""",
    )


def owned(rule: str, kind: str = "退货", avoids: str = "[]") -> str:
    """审核 alone, by that owner rule: ``{人: 何佳}``."""
    flow = single(owner=f"负责人: {rule}\n    回避: {avoids}")
    return flow.replace("流程: 退货", f"流程: {kind}")


LEVELS = """分级:
      - {名: 初检, 负责人: {角色: 质检员}}
      - {名: 复检, 负责人: {角色: 质检员, 否则: 仓管员}}
      - {名: 终审, 负责人: {角色: 客服主管}, 当: {分歧: 是}}"""

CHAIN = """驳回即止: true
    分级:
      - {名: 初检, 负责人: {角色: 质检员}}
      - {名: 复检, 负责人: {角色: 质检员, 否则: 仓管员}}"""

FORM = """表单:
      - {名: 责任方, 填: 单选, 选项: [客户, 物流, 商家], 必填: true, 问: 谁的责任？}
      - {名: 折价, 填: 金额, 必填: true, 范围: 0~100}
      - {名: 外观照, 填: 照片, 必填: true}
      - {名: 补充, 填: 文本}
      - {名: 驳回原因, 填: 文本, 必填: true, 动作: [驳回]}"""


def waiting(more: str = "") -> str:
    """The customer has a week to send it back; a waybill is enough."""
    return _flow(
        "审核",
        f"""
  审核:
    类型: 人工
    标题: 审核 {{商品}}
    负责人: {{角色: 客服组长}}
    时限: 1天
    显示: [单号, 商品, 时限]
    动作:
      同意: {{去: 等寄回, 结果: 已同意}}
      驳回: {{去: 拒绝, 样式: 危险}}
  等寄回:
    类型: 等待
    等: 客户寄回
    时限: 7天
    动作:
      登记运单: {{去: 收货}}
      到时: {{去: 没寄}}
  收货:
    类型: 人工
    标题: 收货 {{运单}}
    负责人: {{角色: 仓管员, 派法: 轮流}}
    时限: 7天
    显示: [单号, 商品, 时限]
    动作:
      确认收货: {{去: 完成, 办: [登记收货, 通知客户], 结果: 已收货}}
  没寄: {{类型: 结束, 状态: 已关闭, 原因: 超期}}
  {more}""",
    )


def raced() -> str:
    """Two waits side by side, of a day and of two; the first that is over goes on."""
    return _flow(
        "同办",
        """
  同办: {类型: 分叉, 分支: [等一天, 等两天], 汇合: 先到}
  等一天: {类型: 等待, 等: 第一天过去, 时限: 1天, 动作: {到时: {去: 先到, 记: {谁先到: 一天}}}}
  等两天: {类型: 等待, 等: 第二天过去, 时限: 2天, 动作: {到时: {去: 先到, 记: {谁先到: 两天}}}}
  先到: {类型: 汇合, 等: 全部, 去: 看一看}
  看一看:
    类型: 人工
    标题: 看一看 {商品}
    负责人: {角色: 客服主管}
    时限: 1天
    显示: [单号, 商品, 谁先到, 时限]
    动作:
      同意: {去: 完成, 结果: 已同意}
      驳回: {去: 拒绝, 样式: 危险}
""",
    )


def paid_beside(wait: str = "任一") -> str:
    """The money is on its way while a supervisor looks; whoever is first ends the other."""
    return _flow(
        "同办",
        f"""
  同办: {{类型: 分叉, 分支: [放款, 主管看], 汇合: 先到}}
  放款: {{类型: 自动, 办: [确认退款], 去: 退款中}}
  退款中: {{类型: 等待, 等: 店铺答复, 时限: 1天, 动作: {{退款成功: {{去: 先到}}, 退款失败: {{去: 先到}}}}}}
  主管看:
    类型: 人工
    标题: 看一看 {{商品}}
    负责人: {{角色: 客服主管}}
    时限: 1天
    显示: [单号, 商品, 时限]
    动作:
      同意: {{去: 先到, 结果: 已同意}}
      驳回: {{去: 拒绝, 样式: 危险}}
  先到: {{类型: 汇合, 等: {wait}, 去: 完成}}
""",
    )


def paid_again() -> str:
    """The money is asked for at once, and once more when the supervisor agrees, or after the case was reopened."""
    return (
        _flow(
            "放款",
            """
  放款: {类型: 自动, 办: [确认退款], 去: 退款中}
  退款中: {类型: 等待, 等: 店铺答复, 时限: 1天, 动作: {退款成功: {去: 主管看}, 退款失败: {去: 主管看}}}
  主管看:
    类型: 人工
    标题: 看一看 {商品}
    负责人: {角色: 客服主管}
    时限: 1天
    显示: [单号, 商品, 时限]
    动作:
      再退: {去: 再等, 办: [确认退款], 结果: 再退一次}
      驳回: {去: 拒绝, 样式: 危险}
  再等: {类型: 等待, 等: 店铺再答复, 时限: 1天, 动作: {退款成功: {去: 完成}, 退款失败: {去: 主管看}}}
""",
        )
        + "重开: {到: 主管看, 期限: 7天}\n"
    )


async def use(desk: Stage, text: str) -> None:
    """Publish a flow: cases from now on take it."""
    await publish({("flow", parse_flow(text).name): text}, "测试", desk.clock.now())
