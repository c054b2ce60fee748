"""The pure engine by itself: checking a definition, one step of a case, the picture of a flow."""

from __future__ import annotations

import time
from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING, Any

from bench.cases import POLICY
from bench.rows import Row, Target
from bot.outbox.renderer import ChartRenderer
from flow.definitions import flow as d
from flow.definitions.business import FLOW, shipped
from flow.definitions.business import POLICY as POLICIES
from flow.definitions.vocabulary import ON_ITS_WAY, SYSTEM
from flow.diff.sketch import sketch
from flow.engine.machine import begin, step
from flow.engine.values import Actor, Marking, Rules, Transition
from flow.engine.waits import goes_by_itself
from flow.publishing.judgement import Judgement, judge
from flow.publishing.release import check_bundle
from flow.validation.flows import parse_flow
from flow.validation.policies import parse_policy
from models import CaseState

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator, Mapping

    from bench.plan import Plan
    from flow.definitions.business import Bundle

ITEM = "引擎"
NODES = 40
FLOWS, LARGE = 10, 60  #: flows of a bundle, and nodes of each
CHECKED, STEPPED, DRAWN = Target(1.0), Target(30.0), Target(1.0)
TIMES, STEPS = 5, 200  #: how often each is done
PICTURE = "流程"


@dataclass(frozen=True, slots=True)
class Move:
    """One decision that a case of the shipped business can take."""

    marking: Marking
    action: str
    actor: Actor
    said: Mapping[str, Any]  #: what its forms and questions are answered with


async def measure(plan: Plan, core: int | None) -> AsyncIterator[Row]:
    """In this process, the picture in the bot's own chart worker."""
    text = long_flow(NODES)
    yield Row(ITEM, f"检查 {NODES} 个节点的流程", "秒", _seconds(lambda: parse_flow(text), TIMES), target=CHECKED,
              note="读 YAML 和检查一起")  # fmt: skip
    wide = forked_flow(9, 4)
    nodes = len(parse_flow(wide).nodes)
    name, took = f"检查 {nodes} 个节点、九路分叉的流程", _seconds(lambda: parse_flow(wide), TIMES)
    yield Row(ITEM, name, "秒", took, target=CHECKED, note="读 YAML 和检查一起")
    yield _bundle()
    given = largest()
    moves = list(moves_of(given))
    each = [_fastest(_stepping(given, move), STEPS) * 1e6 for move in moves]
    name = f"走一步（{given.flow.name} 的 {len(moves)} 种走法）"
    note = f"每种走法 {STEPS} 次里最快的一次，各走法的中位数；最费时的 {max(each):.0f} µs，最省时的 {min(each):.1f} µs"
    yield Row(ITEM, name, "µs", median(each), target=STEPPED, note=note)
    yield await _picture(given)


def _bundle() -> Row:
    """Ten flows more, long ones and forked ones, checked as before they are published: none is known from before."""
    given, took, weighed = shipped(), list[float](), list[float]()
    check_bundle(given)
    for n in range(TIMES):
        fresh = bundle(n)
        began = time.process_time()
        check_bundle({**given, **fresh})
        then = time.process_time()
        judge(given, {**given, **fresh}, fresh, None, Judgement())
        took.append(then - began)
        weighed.append(time.process_time() - then)
    name = f"检查 {FLOWS} 个流程的一整套，每个 {LARGE} 个节点，CPU"
    note = f"读 YAML 和检查一起；算有没有风险另要 {median(weighed):.2f} 秒"
    return Row(ITEM, name, "秒", median(took), target=CHECKED, note=note)


def bundle(number: int) -> Bundle:
    """Ten flows of sixty nodes, the same but for a number that nothing remembers."""
    names = [f"大流程{n}" for n in range(FLOWS)]
    texts = [long_flow(LARGE, name) if n % 2 else forked_flow(3, LARGE // 3 - 1, name) for n, name in enumerate(names)]
    return {(FLOW, name): f"{text}\n说明: 第 {number} 次" for name, text in zip(names, texts, strict=True)}


def largest() -> Rules:
    """The shipped flow with the most nodes, under the policy that a new database starts with."""
    texts = shipped()
    flows = [parse_flow(text, name) for (kind, name), text in texts.items() if kind == FLOW]
    return Rules(max(flows, key=lambda flow: len(flow.nodes)), parse_policy(texts[POLICIES, POLICY]))


def moves_of(given: Rules) -> Iterator[Move]:
    """Every action of every node that a case can come to, from where it first comes there."""
    sent = {"9.90": {}, "9000.00": {ON_ITS_WAY: True}}
    firsts = [_facts(route, amount) | known for route in ("质检部", "仓库") for amount, known in sent.items()]
    firsts = [facts | {"种类": given.flow.name} for facts in firsts]
    todo: list[Transition | Marking] = [
        *(Marking((name,), firsts[0], CaseState.OPEN) for name in given.flow.entrances[1:]),
        *(begin(given, facts) for facts in firsts),
    ]
    seen: set[tuple[str, str]] = set()
    while todo:
        now = todo.pop()
        for node in (given.flow.nodes[name] for name in now.nodes):
            for action in node.actions.values():
                if (node.name, action.name) in seen:
                    continue
                seen.add((node.name, action.name))
                marking = Marking(now.nodes, now.facts, now.state)
                moves = [Move(marking, action.name, _actor(node, action), said) for said in _answers(given.flow)]
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


def _actor(node: d.Node, action: d.Action) -> Actor:
    by_itself = goes_by_itself(node, action.name)
    return Actor(None, SYSTEM) if by_itself else Actor(1, "经办", frozenset(), frozenset({node.name}))


def _stepping(given: Rules, move: Move) -> Callable[[], Any]:
    return lambda: step(given, move.marking, move.action, move.actor, move.said)


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


async def _picture(given: Rules) -> Row:
    """As the bot draws it for somebody who asks, with its own words in the boxes."""
    renderer = ChartRenderer()
    data = sketch(given.flow, given.policy, title=given.flow.name, subtitle="").data()
    await renderer.start()
    try:
        began = time.perf_counter()
        await renderer.render(PICTURE, data)
        took = time.perf_counter() - began
        note = "刚启动的绘图进程的第一张"
        return Row(ITEM, f"流程图 {len(given.flow.nodes)} 个节点", "秒", took, target=DRAWN, note=note)
    finally:
        await renderer.stop()


def forked_flow(branches: int, steps: int, name: str = "很宽") -> str:
    """A definition of a fork with ``branches`` of ``steps`` people each, which must all have agreed."""
    heads = [f"路{b}的1" for b in range(branches)]
    lines = [f"流程: {name}", "开始: 叉", "节点:", f"  叉: {{类型: 分叉, 分支: [{', '.join(heads)}], 汇合: 齐}}"]
    for b in range(branches):
        for n in range(1, steps + 1):
            to = f"路{b}的{n + 1}" if n < steps else "齐"
            lines += [
                f"  路{b}的{n}:", "    类型: 人工", "    负责人: {角色: 客服}", "    时限: 24小时",
                f"    动作: {{同意: {{去: {to}, 记: {{看过{b}: 是}}}}}}",
            ]  # fmt: skip
    rows = "".join(f"{{当: {{看过{b}: 否}}, 去: 完}}, " for b in range(branches))
    return "\n".join([*lines, f"  齐: {{类型: 汇合, 去: [{rows}{{去: 完}}]}}", "  完: {类型: 结束, 状态: 已完成}"])


def long_flow(nodes: int, name: str = "很长") -> str:
    """A definition of ``nodes`` nodes: people one after another, each of whom may refuse."""
    people = nodes - 2
    lines = [f"流程: {name}", "开始: 第1步", "节点:"]
    for n in range(1, people + 1):
        to = f"第{n + 1}步" if n < people else "完成"
        lines += [
            f"  第{n}步:", "    类型: 人工", "    负责人: {角色: 客服}", "    时限: 24小时", "    动作:",
            f'      同意: {{去: [{{当: {{金额: ">{n}"}}, 去: {to}, 规则: 大}}, {{去: {to}, 规则: 小}}]}}',
            "      驳回: {去: 拒绝, 样式: 危险}",
        ]  # fmt: skip
    return "\n".join([*lines, "  完成: {类型: 结束, 状态: 已完成}", "  拒绝: {类型: 结束, 状态: 已关闭, 原因: 拒绝}"])
