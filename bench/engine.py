"""The pure engine by itself: checking a definition, one step of a case, the picture of a flow."""

from __future__ import annotations

import time
from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING, Any

from bench.cases import POLICY
from bench.rows import Row, Target
from bot.charts import ChartRenderer
from flow import definition as d
from flow.business import FLOW, shipped
from flow.business import POLICY as POLICIES
from flow.machine import SYSTEM, Actor, Rules, Standing, Transition, begin, step
from flow.parsing import parse_flow
from flow.policy import parse_policy
from models.sketch import Arrow, Box, Sketch

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator, Mapping

    from bench.plan import Plan

ITEM = "引擎"
NODES = 40
CHECKED, STEPPED, DRAWN = Target(1.0), Target(30.0), Target(1.0)
TIMES, STEPS = 5, 200  #: how often each is done
PICTURE = "流程"


@dataclass(frozen=True, slots=True)
class Move:
    """One decision that a case of the shipped business can take."""

    standing: Standing
    action: str
    actor: Actor
    said: Mapping[str, Any]  #: what its forms and questions are answered with


async def measure(plan: Plan, core: int | None) -> AsyncIterator[Row]:
    """In this process, the picture in the bot's own chart worker."""
    text = long_flow(NODES)
    yield Row(ITEM, f"检查 {NODES} 个节点的流程", "秒", _seconds(lambda: parse_flow(text), TIMES), target=CHECKED,
              note="读 YAML 和检查一起")  # fmt: skip
    given = largest()
    moves = list(moves_of(given))
    each = [_fastest(_stepping(given, move), STEPS) * 1e6 for move in moves]
    name = f"走一步（{given.flow.name} 的 {len(moves)} 种走法）"
    note = f"每种走法 {STEPS} 次里最快的一次，各走法的中位数；最费时的 {max(each):.0f} µs，最省时的 {min(each):.1f} µs"
    yield Row(ITEM, name, "µs", median(each), target=STEPPED, note=note)
    yield await _picture(given.flow)


def largest() -> Rules:
    """The shipped flow with the most nodes, under the policy that a new database starts with."""
    texts = shipped()
    flows = [parse_flow(text, name) for (kind, name), text in texts.items() if kind == FLOW]
    return Rules(max(flows, key=lambda flow: len(flow.nodes)), parse_policy(texts[POLICIES, POLICY]))


def moves_of(given: Rules) -> Iterator[Move]:
    """Every action of every node that a case can come to, from where it first comes there."""
    firsts = [_facts(route, amount) for route in ("质检部", "仓库") for amount in ("9.90", "9000.00")]
    todo = [begin(given, facts | {"种类": given.flow.name}) for facts in firsts]
    seen: set[tuple[str, str]] = set()
    while todo:
        now = todo.pop()
        for node in (given.flow.nodes[name] for name in now.nodes):
            for action in node.actions.values():
                if (node.name, action.name) in seen:
                    continue
                seen.add((node.name, action.name))
                standing = Standing(now.nodes, now.facts, now.state)
                moves = [Move(standing, action.name, _actor(node), said) for said in _answers(given.flow)]
                yield moves[0]
                results = [_stepping(given, move)() for move in moves]
                todo += [after for after in results if isinstance(after, Transition)]


def _answers(flow: d.Flow) -> tuple[dict[str, Any], ...]:
    """Every form of a flow filled in, with the least and with the most that it takes."""
    fields = [field for node in flow.nodes.values() for field in node.form]
    return tuple(
        {"缺件": "滤网组件", "扣款": "3.00"} | {field.name: _filled(field, place, amount) for field in fields}
        for place, amount in ((0, "0"), (-1, "30"))
    )


def _filled(field: d.Field, place: int, amount: str) -> str:
    if field.options:
        return field.options[place]
    return amount if field.kind in (d.MONEY, d.NUMBER) else "同款"


def _facts(route: str, amount: str) -> dict[str, Any]:
    return {
        "金额": amount,
        "路由": route,
        "次品": "协商",
        "类型": "七天无理由",
        "提交人": 7,
        "风险客户": False,
    }


def _actor(node: d.Node) -> Actor:
    return Actor(None, SYSTEM) if node.kind == d.WAIT else Actor(1, "经办", frozenset(), frozenset({node.name}))


def _stepping(given: Rules, move: Move) -> Callable[[], Any]:
    return lambda: step(given, move.standing, move.action, move.actor, move.said)


def _seconds(work: Callable[[], Any], times: int) -> float:
    """The median of some runs."""
    return median(_runs(work, times))


def _fastest(work: Callable[[], Any], times: int) -> float:
    """The best of some runs: what the work takes when nothing else wants the machine."""
    return min(_runs(work, times))


def _runs(work: Callable[[], Any], times: int) -> list[float]:
    found = []
    for _ in range(times):
        began = time.perf_counter()
        work()
        found.append(time.perf_counter() - began)
    return found


async def _picture(flow: d.Flow) -> Row:
    renderer, data = ChartRenderer(), sketch_of(flow).data()
    await renderer.start()
    try:
        await renderer.render(PICTURE, data)
        began = time.perf_counter()
        await renderer.render(PICTURE, data)
        return Row(ITEM, f"流程图 {len(flow.nodes)} 个节点", "秒", time.perf_counter() - began, target=DRAWN)
    finally:
        await renderer.stop()


def sketch_of(flow: d.Flow) -> Sketch:
    """Every node as a box with its owner and limit, every way as an arrow."""
    boxes = tuple(
        Box(node.name, node.kind, tuple(line for line in (_owner(node), str(node.limit or "")) if line))
        for node in flow.nodes.values()
    )
    arrows = {
        (node.name, branch.to, action): Arrow(node.name, branch.to, action or branch.rule)
        for node in flow.nodes.values()
        for action, branch in node.ways()
    }
    return Sketch(flow.name, flow.about, boxes, tuple(arrows.values()))


def _owner(node: d.Node) -> str:
    if node.owner is None:
        return ""
    return "按审批表" if node.owner.by_policy else node.owner.role or ""


def long_flow(nodes: int) -> str:
    """A definition of ``nodes`` nodes: people one after another, each of whom may refuse."""
    people = nodes - 2
    lines = ["流程: 很长", "开始: 第1步", "节点:"]
    for n in range(1, people + 1):
        to = f"第{n + 1}步" if n < people else "完成"
        lines += [
            f"  第{n}步:", "    类型: 人工", "    负责人: {角色: 客服}", "    时限: 24小时", "    动作:",
            f'      同意: {{去: [{{当: {{金额: ">{n}"}}, 去: {to}, 规则: 大}}, {{去: {to}, 规则: 小}}]}}',
            "      驳回: {去: 拒绝, 样式: 危险}",
        ]  # fmt: skip
    return "\n".join([*lines, "  完成: {类型: 结束, 状态: 已完成}", "  拒绝: {类型: 结束, 状态: 已关闭, 原因: 拒绝}"])
