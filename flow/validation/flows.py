"""What would strand a case: found before a flow is published, each as a sentence that names the node and the way."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from flow.definitions.flow import END, HUMAN, SUBMISSION
from flow.definitions.flow_ids import node_ids
from flow.definitions.flow_reader import flow_and_problems, plain_flow
from flow.definitions.identities import doubled
from flow.definitions.permissions import COMMANDS, KINDS, WORDS
from flow.definitions.schema import ID
from flow.errors import DefinitionError, Place, Problem
from flow.validation.conditions import domains_of, row_problems
from flow.validation.coverage import uncovered
from flow.validation.effects import shortage_problems
from flow.validation.forks import fork_problems
from flow.validation.form_rules import submission_problems
from flow.validation.forms import form_problems
from flow.validation.graph import at_entry, ways_problems
from flow.validation.keys import key_problems
from flow.validation.loops import circle_problems
from flow.validation.money import money_problems
from flow.validation.nodes import ACTION_CHARS, MAX_ACTIONS, MAX_ROWS, node_problems
from flow.validation.sides import side_problems
from flow.validation.soundness import state_problems
from flow.validation.surroundings import Known, known_of
from flow.validation.waits import wait_problems

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flow.definitions.flow import Flow

__all__ = ["ACTION_CHARS", "MAX_ACTIONS", "MAX_NODES", "MAX_ROWS", "Known", "check", "known_of", "uncovered"]

FLOW_CHARS, NODE_CHARS = 16, 32  #: what the columns of a case and a task, and a card, have room for
SPOKEN = frozenset({*COMMANDS[len(KINDS) :], *WORDS})
MAX_NODES = 200  #: a step that crosses every one of them stays within what the engine crosses at once


def check(flow: Flow, known: Known | None = None) -> list[Problem]:
    """Every problem of a flow; none when no case can be stranded by it.

    With ``known`` also roles, people, tables and facts that do not exist. First each node by itself, then the ways
    between them, then what can be noted on the way, last where the money goes: what hangs on a wrong name is not told.
    """
    problems = [*map(Problem.of, _named(flow))]
    for node in flow.nodes.values():
        problems += [Problem.of(words).at_node(node.name) for words in node_problems(node, flow, known)]
    if flow.submission:
        opening = [*form_problems(flow.opening, flow), *submission_problems(flow)]
        problems += [problem.at_node(SUBMISSION) for problem in opening]
    if problems:
        return problems
    problems += [*ways_problems(flow), *side_problems(flow)]
    problems += [*fork_problems(flow), *wait_problems(flow), *row_problems(flow, known)]
    problems += shortage_problems(flow)
    problems += circle_problems(flow, domains_of(flow, known))
    return problems or state_problems(flow, known) or (money_problems(flow, known) if known else [])


def _names(flow: Flow) -> Iterator[str]:
    """What the flow and its nodes are called: people type the one, and both stand in columns and on cards."""
    if not 0 < len(flow.name) <= FLOW_CHARS or not flow.name.isprintable() or set(flow.name) & set(" /\\|"):
        yield f"流程的名字要在 {FLOW_CHARS} 个字以内，不能有空格和 / \\ |"
    yield from _same_ids(flow)
    if flow.name in SPOKEN:
        yield f"流程不能叫“{flow.name}”，和聊天里的指令同名"
    for name in flow.nodes:
        if name == SUBMISSION and flow.submission:
            yield Problem(f"节点不能叫“{name}”，{SUBMISSION}时要填的也叫这个名字").at_node(name)
        if not 0 < len(name) <= NODE_CHARS or not name.isprintable():
            yield Problem(f"名字要在 {NODE_CHARS} 个字以内，写在一行里").at_node(name[:NODE_CHARS])


def _same_ids(flow: Flow) -> Iterator[str]:
    """Two things that would be taken for one."""
    for first, second, id_ in doubled(node_ids(flow).items()):
        words = f"编号“{id_}”和节点“{first}”的一样，是同一个节点改了名才一样；新加的节点请把编号去掉"
        yield Problem(words, Place(column=ID)).at_node(second)
    fields = dict.fromkeys((item.name, item.id or item.name) for node in flow.forms for item in node.form)
    for first, second, id_ in doubled(fields):
        yield f"表单的“{first}”和“{second}”编号一样（{id_}），是同一个字段改了名才一样；新加的请把编号去掉"
    for id_, other, name in doubled((id_, name) for name, id_ in fields):
        yield f"表单的“{name}”有两个编号：{id_}、{other}，同一个名字的字段要是同一个"


def _named(flow: Flow) -> Iterator[str]:
    """The nodes that the flow itself names."""
    yield from _names(flow)
    if len(flow.nodes) > MAX_NODES:
        yield f"流程有 {len(flow.nodes)} 个节点，最多 {MAX_NODES} 个，请分成几个流程"
    if flow.start not in flow.nodes:
        yield Problem(f"开始节点“{flow.start}”不存在", Place(subject=flow.start))
    for part in flow.parts:
        if not any(
            f"{part}·" in (name[: len(part) + 1], node.id[: len(part) + 1]) for name, node in flow.nodes.items()
        ):
            yield f"子流程“{part}”没有节点，它的节点叫 {part}·…；不要了就把“子流程”里的它去掉"
    yield from _withdrawn(flow)
    yield from _amended(flow)
    again = flow.reopening
    if again and again.to not in flow.nodes:
        yield at_entry(again.to, f"重开到的节点“{again.to}”不存在")
    elif again and flow.nodes[again.to].kind == END:
        yield at_entry(again.to, f"重开到的节点“{again.to}”是结束，重开后没有事可做")
    if again and again.within <= timedelta(0):
        yield at_entry(again.to, "重开的期限要大于 0")


def _amended(flow: Flow) -> Iterator[str]:
    """Where a case is given back to whoever submitted it, somebody must have it, and the whole case at once."""
    if flow.amending is None:
        return
    node = flow.nodes.get(flow.amending.to)
    if node is None:
        yield at_entry(flow.amending.to, f"退回到的节点“{flow.amending.to}”不存在")
    elif node.kind != HUMAN:
        yield at_entry(node.name, f"退回到的节点“{node.name}”要是人工节点，提交人在那里改好再交")
    elif flow.around.get(node.name):
        around = flow.around[node.name][0]
        yield at_entry(node.name, f"退回到的节点“{node.name}”在分叉“{around}”里，要放在外面")


def _withdrawn(flow: Flow) -> Iterator[str]:
    end = flow.nodes.get(flow.withdraw_to)
    if flow.withdraw_to and end is None:
        yield at_entry(flow.withdraw_to, f"撤单去的节点“{flow.withdraw_to}”不存在")
    elif end and end.kind != END:
        yield at_entry(flow.withdraw_to, f"撤单去的节点“{flow.withdraw_to}”要是结束节点")


def parse_flow(text: str, source: str = "流程文件") -> Flow:
    """Read a flow from YAML and check it. Raises DefinitionError with a sentence for every problem found."""
    return flow_of(plain_flow(text, source), source)


def flow_of(data: Any, source: str = "流程文件") -> Flow:
    """The flow that plain values describe, checked. Raises DefinitionError with a sentence for every problem found."""
    flow, unread = flow_and_problems(data, source)
    problems = [*key_problems(data), *unread]  # a node that could not be read would make others look unreachable
    if problems := problems or check(flow):
        raise DefinitionError([problem.under(f"{source} ", kind="flow") for problem in problems])
    return flow
