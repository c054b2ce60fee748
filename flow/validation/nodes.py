"""One node by itself: what each kind must have, must not have, and may be called. Pure."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from flow.definitions import flow as d
from flow.definitions.permissions import COMMANDS, WORDS
from flow.definitions.schema import keys_of
from flow.definitions.vocabulary import QUORUM
from flow.engine.verbs import VERBS
from flow.errors import Place, Problem
from flow.people.duties import at_amount_table
from flow.validation.effects import effect_problems
from flow.validation.forms import form_problems
from flow.validation.owners import owner_problems
from models.enums import CaseState, CloseReason

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flow.definitions.flow import Action, Branch, Flow, Node, OwnerRule
    from flow.validation.surroundings import Known

MAX_ACTIONS, MAX_ROWS, ACTION_CHARS = 6, 6, 10  #: what a card can show
HAND_OVER = "转交"
FORBIDDABLE = ("转交", "加签", "前加签", "后加签", "退回", "撤回", "挂起", "撤单", "催办")  #: what 不许 may name
_ENDED = (CaseState.DONE, CaseState.CLOSED)
_GOES = frozenset({d.AUTOMATIC, d.JOIN})
#: keys of some kinds of nodes alone; first where it leads, then what says most of it
_OF_KINDS = sorted(
    (key for key in keys_of(d.Node) if key.at and not key.ignored),
    key=lambda key: (key.column is not None, key.about is None, key.column.place if key.column else 0),
)


def node_problems(node: Node, flow: Flow, known: Known | None) -> list[str]:
    """Every problem of a node that can be seen without going on from it."""
    led = {"去": [branch.to for _, branch in node.ways()], "分支": [*node.heads], "旁支": [*node.sides]}
    found: list[str] = [
        Problem(f"{key}的节点“{to}”不存在", Place(column=key))
        for key, names in led.items() for to in dict.fromkeys(names) if to not in flow.nodes
    ]  # fmt: skip
    if node.kind not in d.KINDS:
        words = f"类型“{node.kind}”不认识，可选 {'、'.join(d.KINDS)}"
        return [*found, Problem(words, Place(column="类型"))]
    found += [*_lacking(node, flow), *_limits(node), *_out_of_place(node)]
    found += [*owner_problems(node, known), *form_problems(node, flow), *_card(node), *_joint(node), *_chain(node)]
    found += effect_problems(node, flow)
    for action in node.actions.values():
        wrong = map(Problem.of, _action_problems(action, node))
        found += [problem.after(f"动作“{action.name}”的", action=action.name) for problem in wrong]
    return found


def _lacking(node: Node, flow: Flow) -> Iterator[str]:
    """What a node of its kind cannot do without."""
    if node.kind == d.END:
        yield from _ending(node, flow)
    if node.kind == d.WAIT and not node.waits_for:
        yield "等待节点要写“等”什么"
    if node.kind == d.JOIN and node.waits_for not in {"", d.ALL, d.ANY}:
        yield f"汇合节点的“等”写 {d.ALL} 或 {d.ANY}"
    if (node.kind in _GOES or node.sides) and not _has_default(node.branches):
        yield Problem(f"{node.kind}节点的最后一条去向不能带条件，否则可能没有去处", Place(way=-1))
    if node.kind == d.HUMAN and not (node.owner and node.limit is not None and node.buttons):
        yield Problem("人工节点要有负责人、时限和动作", Place(lacking=("负责人", "时限", "动作")))


def _limits(node: Node) -> Iterator[str]:
    for level, limit in (("", node.limit), *((level.name, level.limit) for level in node.levels)):
        if limit is not None and limit <= timedelta(0):
            whose = f"分级“{level}”的" if level else ""
            yield Problem(f"{whose}时限要大于 0", Place(column="时限", level=level))


def _ending(node: Node, flow: Flow) -> Iterator[str]:
    """How a case ends there, and why where that is no success; a side branch ends nothing but itself."""
    beside, main = node.name in flow.aside, node.name in flow.main
    if beside and not main:
        if node.state or node.close_reason:
            head = next(head for head, branch in flow.sides.items() if node.name in branch)
            words = f"旁支“{head}”走到这里，这个结束却写了“状态”或“原因”；旁支不结束单子，请给它一个什么都不写的结束"
            yield Problem(words, Place(column="状态"))
    elif node.state is None:
        yield from ["结束节点要写状态"] if main and not beside else []  # of the others something else is told
    elif node.state not in _ENDED:
        yield f"结束节点的状态不能是“{node.state}”，可选 {'、'.join(_ENDED)}"
    elif node.state is CaseState.CLOSED and node.close_reason is None:
        yield f"已关闭要写“原因”，可选 {'、'.join(CloseReason)}"


def _out_of_place(node: Node) -> Iterator[str]:
    """What the engine would pass over in silence at a node of its kind."""
    for key in _OF_KINDS:
        if getattr(node, key.attribute) and node.kind not in key.at:
            yield f"{node.kind}节点不能写“{key.word}”，只有{'、'.join(key.at)}节点可以"


def _joint(node: Node) -> Iterator[str]:
    """Where several must agree there must be one thing to agree to, and as many to be asked."""
    quorums = [*_quorums(node)]
    if node.all_must_agree and quorums:
        yield Problem(f"会签是每个人都要同意，{QUORUM}是其中几个，只能写一样", Place(column=QUORUM))
    for number, rule, where in quorums:
        yield from (Problem(f"{where}{words}", Place(column=QUORUM)) for words in _too_few(number, rule))
    if not node.all_must_agree and not quorums:
        return
    ways = [action.name for action in node.buttons if not (action.danger or action.hands_over)]
    if len(ways) > 1:
        what = "会签" if node.all_must_agree else f"{QUORUM} {quorums[0][0]} "
        yield f"{what}要大家点同一个，可是有 {'、'.join(ways)}，点的不一样就不知道听谁的；只留一个，别的写成 样式: 危险"
    if node.all_must_agree and node.owner and node.owner.dealing != d.EVERYONE:
        yield f"会签要几个人都签，派法“{node.owner.dealing}”只派给一个人，请去掉一样"


def _quorums(node: Node) -> Iterator[tuple[int, OwnerRule | None, str]]:
    """How many must agree where that is more than one, of whom, and where that stands."""
    if not node.levels and node.quorum > 1:
        yield node.quorum, node.owner, ""
    for level in node.levels:
        if (number := level.quorum or node.quorum) > 1:
            yield number, level.owner or node.owner, f"分级“{level.name}”："


def _too_few(number: int, rule: OwnerRule | None) -> Iterator[str]:
    """What an owner rule says that leaves no choice of so many people."""
    if rule is None:
        return
    if rule.person or rule.creators_manager:
        who = rule.person or "提交人上级"
        yield f"{QUORUM} {number} 比负责人多，负责人只有{who}一个人；请写角色或团队，或者去掉一样"
    if rule.dealing != d.EVERYONE:
        yield f"{QUORUM} {number}，派法“{rule.dealing}”却只派给一个人，请去掉一样"
    if rule.prefer:
        yield f"{QUORUM} {number}，首选“{rule.prefer}”却只有一个人，请去掉一样"


def _chain(node: Node) -> Iterator[str]:
    """Where any level may end it there must be levels, and something by which one does."""
    if not node.strict:
        return
    if not node.levels and node.quorum <= 1 and not at_amount_table(node):
        yield f"“驳回即止”管的是分级和{QUORUM}，这里都没有；会签本来就是一位驳回就结束"
    elif not any(action.danger for action in node.buttons):
        yield "“驳回即止”要有一个 样式: 危险 的动作，例如 驳回"


def _card(node: Node) -> Iterator[str]:
    if len(node.buttons) > MAX_ACTIONS or len(node.shows) > MAX_ROWS:
        yield f"一张卡片最多 {MAX_ACTIONS} 个动作、{MAX_ROWS} 行显示"
    for verb in node.forbids:
        if verb not in FORBIDDABLE:
            yield Problem(f"不许“{verb}”不认识，可选 {'、'.join(FORBIDDABLE)}", Place(column="不许"))
    if node.owner and node.owner.by_policy and node.buttons:
        first = node.buttons[0]
        if first.hands_over or first.danger or first.asks:
            words = f"第一个动作“{first.name}”免审时由系统代做，不能是换人、危险或要提问的动作"
            yield Problem(words, Place(action=first.name))


def _action_problems(action: Action, node: Node) -> Iterator[str]:
    if action.hands_over and (action.branches or node.kind != d.HUMAN):
        yield "换人不离开节点，不能写“去”，也只有人工节点可以"
    if not action.hands_over and not _has_default(action.branches):
        yield Problem("最后一条去向不能带条件，否则可能没有去处", Place(way=-1))
    if not 0 < len(action.name) <= ACTION_CHARS or "|" in action.name:
        yield f"名字要在 {ACTION_CHARS} 个字以内，不能有 |"
    if action.name in VERBS:
        yield "名字和每个节点都有的动作相同，请换个名字"
    elif action.name in {*COMMANDS, *WORDS} and not (action.name == HAND_OVER and action.hands_over):
        yield "名字和聊天里的指令相同，打字就办不了它，请换个名字"


def _has_default(branches: tuple[Branch, ...]) -> bool:
    return bool(branches) and not branches[-1].when.cells
