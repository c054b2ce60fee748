"""Flows to draw: the one that ships, one that forks, long ones, and any that Hypothesis can think of."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from models.views.sketch import KINDS, MARKS, Arrow, Box, Sketch

#: A line a box: kind, name and small lines, then after > its arrows, ! being danger; indented lines go on.
RETURNS = """
自动 分流 > 免审金额不排队:金额审批 无理由退货直接等待收货:仓库收货 先由客服审核:客服审核
人工 客服审核 客服组长·24小时 > 同意:金额审批 !驳回:拒绝
人工 金额审批 按审批表·24小时 > 同意（货已验过）:退款时机 同意（等货寄回）:先退款 !驳回:拒绝
自动 先退款 > 审批通过即退款:自动退款 等待收货:仓库收货
人工 仓库收货 仓管员·15天 > 确认收货（包裹匹配即退款）:自动退款 确认收货（收货后质检）:质检
    配件缺失:缺件协商 !拒收:拒收处理
人工 缺件协商 客服·24小时 > 同意:质检 !驳回:仓库收货
人工 拒收处理 客服组长·24小时 > 同意:拒绝 !驳回:仓库收货
人工 质检 质检员·48小时 > 合格入库:审批或退款 !次品处理:次品去向
自动 次品去向 > 商品受损先协商:次品协商 次品属实照退:审批或退款
人工 次品协商 客服组长·24小时 > 同意:审批或退款 !驳回:拒绝
自动 审批或退款 > 钱已退:完成 已审批:退款时机 退款要审批:金额审批
自动 退款时机 > 政策规定自动退款:自动退款 质检合格后财务退款:财务退款
人工 财务退款 财务·24小时 > 确认退款:退款中 !驳回:金额审批
自动 自动退款 > 自动退款:退款中
等待 退款中 等付款渠道确认 > 退款成功（货到款清）:完成 退款成功（款已退，继续验货）:质检
    退款成功（款已退，等货寄回）:仓库收货 退款失败:财务退款
结束 完成 已完成
结束 拒绝 已关闭
结束 撤销 已关闭
"""
FORKED = """
人工 申请 客服 > 提交:两边同办
分叉 两边同办 > :仓库收货 :客服补证
人工 仓库收货 仓管员·15天 > 确认收货:质检
人工 客服补证 客服·24小时 > 已补齐:都办完
人工 质检 质检员·48小时 > 合格:都办完
汇合 都办完 全部办完才继续 > :完成
结束 完成 已完成
"""


def written(text: str, **changes: Any) -> Sketch:
    """The sketch of a flow written as above."""
    boxes: list[Box] = []
    arrows: list[Arrow] = []
    for line in text.strip().replace("\n    ", " ").splitlines():
        words, _, ways = line.partition(" > ")
        kind, name, *lines = words.split()
        boxes.append(Box(name, kind, tuple(lines)))
        for label, target in (way.split(":") for way in ways.split()):
            arrows.append(Arrow(name, target, label.lstrip("!"), danger=label.startswith("!")))
    return Sketch("退货流程", "第 3 版 · 截至 11-22 14:00", tuple(boxes), tuple(arrows), **changes)


def chain(count: int) -> Sketch:
    """Boxes below one another, each third with a way back and one to the end."""
    lines = [f"人工 节点{n} 客服组长·24小时 > 同意:节点{n + 1}" for n in range(count - 1)]
    back = [f" !退回:节点{max(0, n - 4)} !驳回:节点{count - 1}" if n % 3 == 2 else "" for n in range(count - 1)]
    return written("\n".join(map(str.__add__, lines, back)) + f"\n结束 节点{count - 1} 已完成")


@st.composite
def sketches(draw_: st.DrawFn) -> Sketch:
    """Any flow, sensible or not: cycles, loops at one box, boxes without arrows, several arrows between two boxes."""
    words = st.text("退款成功继续验货 AB9·（），／", max_size=16)
    marks = st.sampled_from(MARKS)
    count = draw_(st.integers(0, 12))
    kinds = draw_(st.lists(st.sampled_from(KINDS), min_size=count, max_size=count))
    boxes = tuple(
        Box(f"节点{n}", kind, tuple(draw_(st.lists(words, max_size=3))), draw_(marks), draw_(words))
        for n, kind in enumerate(kinds)
    )
    ends = st.sampled_from(boxes).map(lambda box: box.name) if boxes else st.nothing()
    arrows = draw_(st.lists(st.builds(Arrow, ends, ends, words, marks, st.booleans()), max_size=20))
    return Sketch("退货流程", "第 3 版", boxes, tuple(arrows), draw_(st.booleans()))
