"""What a rule of 自动规则 speaks of and nobody knows, and facts that it must leave alone; each as a sentence. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flow.definitions.automation import OWN_FACTS, PUSHED, SENT, TIMED_FACTS, blanks
from flow.definitions.conditions import YES, word
from flow.definitions.vocabulary import COPIED, COPY, OPENING, RISKY, URGENT
from flow.engine.verbs import VERBS
from flow.validation.surroundings import KEPT

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from flow.definitions.automation import Rule
    from flow.definitions.flow import Flow
    from flow.validation.surroundings import Known

#: facts that no rule may note; that a case is urgent, or its customer at risk, is anybody's to say
LEFT_ALONE = (KEPT | OWN_FACTS | TIMED_FACTS | OPENING | {COPIED, "质检结果", "实收件数", "合格件数"}) - {URGENT, RISKY}


def rule_problems(rules: Iterable[Rule], flows: Sequence[Flow], known: Known) -> list[str]:
    """Every problem of rules beside flows, each with its row; none when all that they name exists."""
    every = tuple(rules)
    world = _World(every, flows, known)
    return [f"自动规则“{rule.name}”{problem}" for rule in every for check in _CHECKS for problem in check(rule, world)]


class _World:
    """The names around the rules."""

    def __init__(self, rules: Sequence[Rule], flows: Sequence[Flow], known: Known) -> None:
        nodes = [node for flow in flows for node in flow.nodes.values()]
        self.known = known
        self.actions = {node.name: set[str]() for node in nodes}
        for node in nodes:
            self.actions[node.name] |= {*node.actions, *VERBS}
        sets = {fact for node in nodes for action in node.actions.values() for fact in (*action.sets, *action.asks)}
        self.noted = sets | {field.name for flow in flows for node in flow.forms for field in node.form}
        self.ruled = {fact for rule in rules for do in rule.does for fact in do.notes}

    def knows(self, fact: str) -> bool:
        return (
            fact.startswith(SENT)
            or fact in OWN_FACTS | TIMED_FACTS | OPENING | self.noted | self.ruled
            or self.known.has_fact(fact)
        )


def _places(rule: Rule, world: _World) -> Iterator[str]:
    if strange := [node for node in rule.nodes if node not in world.actions]:
        yield f" 节点：没有节点“{'、'.join(strange)}”，可选 {'、'.join(world.actions)}"
        return
    places = rule.nodes or tuple(world.actions)
    able = {each for node in places for each in world.actions[node]}
    if rule.action and rule.action not in able:
        yield f" 动作：{rule.node or '哪个节点都'}没有“{rule.action}”，可选 {'、'.join(sorted(able))}"


def _roles(rule: Rule, world: _World) -> Iterator[str]:
    roles = world.known.roles
    for do in rule.does:
        if do.kind == COPY and roles is not None and do.to not in roles:
            yield f" 做：没有角色“{do.to}”，可选 {'、'.join(sorted(roles))}"


def _facts(rule: Rule, world: _World) -> Iterator[str]:
    said = [name for do in rule.does for text in (do.text, *map(str, do.notes.values())) for name in blanks(text)]
    asked = [*(cell.fact for cell in rule.when.cells), *said]
    if rule.schedule is None:
        yield from (f" “{fact}”只有定时的规则知道" for fact in dict.fromkeys(asked) if fact in TIMED_FACTS)
    if not rule.source:
        yield from (f" “{fact}”只有当“{PUSHED}”的规则知道" for fact in dict.fromkeys(asked) if fact.startswith(SENT))
    for cell in rule.when.cells:
        if not world.knows(cell.fact):
            yield f" 条件：没有事实“{cell.fact}”"
    yield from (f" 做：“{{{name}}}”没有这个事实" for name in said if not world.knows(name))


def _notes(rule: Rule, world: _World) -> Iterator[str]:
    """The program, the flow, or the return type keeps these; a rule that changed them would break what they mean."""
    kept = LEFT_ALONE | world.noted | world.known.fixed
    for do in rule.does:
        for fact, value in do.notes.items():
            if fact == RISKY and word(value) != YES:
                yield f" 做：“{RISKY}”只能记 {YES}；不再是风险客户请改名单，或者改“{RISKY}”那张表"
            elif fact in kept and fact != RISKY:
                yield f" 做：不能记“{fact}”，它由程序或流程自己记"


_CHECKS = (_places, _roles, _facts, _notes)
