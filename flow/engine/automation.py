"""自动规则: which of the business's if…then… rules a trigger fires, and what they then do. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from flow.definitions.automation import (
    ACTED,
    ALERT,
    ASKED_IN_YUAN,
    BLANK,
    CLOSED,
    DONE,
    ENTERED,
    MONEY,
    NOTE,
    NOTHING,
    NUMBER,
    SHORT,
    Rule,
    RuleAction,
    Trigger,
)
from flow.definitions.conditions import number
from flow.definitions.vocabulary import MISSING, RISK_RULE, RISKY
from flow.engine.group_facts import for_group
from models.enums import CaseState
from models.views.answers import in_words

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from flow.engine.values import Transition

_IN_YUAN = re.compile(r"\{([^{}]+)\}(\s*元)?")


@dataclass(frozen=True, slots=True)
class RuleRun:
    """A rule that fires: at what, and what it does, with its texts filled but for the case's number."""

    rule: str
    trigger: Trigger
    does: tuple[RuleAction, ...]

    def told(self, *kinds: str) -> str:
        """What the deeds of these kinds say, in one line."""
        return "；".join(do.text for do in self.does if do.kind in kinds and do.text)


def fired(rules: Iterable[Rule], triggers: Sequence[Trigger], facts: Mapping[str, Any]) -> tuple[RuleRun, ...]:
    """The rules that fire, from the top and each once: a later rule sees what an earlier one has noted.

    One pass only, so nothing that rules do can set off a rule again.
    """
    known = dict(facts)
    found = []
    for rule in rules:
        if (trigger := _meets(rule, triggers, known)) is not None:
            found.append(_run(rule, trigger, known))
            known |= noted(found[-1:])
    return tuple(found)


def _meets(rule: Rule, triggers: Sequence[Trigger], facts: Mapping[str, Any]) -> Trigger | None:
    return next((m for m in triggers if rule.matches(m) and rule.when({**facts, **m.facts()})), None)


def _run(rule: Rule, trigger: Trigger, facts: Mapping[str, Any]) -> RuleRun:
    """With every text filled: what a group is told names no customer and no amount."""
    said = {**facts, **trigger.facts()}
    aloud = for_group(said) if any(do.kind == ALERT for do in rule.does) else said
    return RuleRun(rule.name, trigger, tuple(_aloud(do, said, aloud) for do in rule.does))


def _aloud(do: RuleAction, said: Mapping[str, Any], aloud: Mapping[str, Any]) -> RuleAction:
    if do.kind == NOTE:
        return replace(do, notes={fact: _noted(value, said) for fact, value in do.notes.items()})
    whole = filled(do.text, said)
    if do.kind != ALERT:
        return replace(do, text=whole)
    text = filled(do.text, aloud)
    return replace(do, text=text, alone=whole if whole != text else "")


def _noted(value: Any, said: Mapping[str, Any]) -> Any:
    """A value to note; one with blanks is filled with plain words."""
    return BLANK.sub(lambda blank: _said(said.get(blank[1])), value) if isinstance(value, str) else value


def noted(runs: Iterable[RuleRun]) -> dict[str, Any]:
    """The facts that these runs put down; with a customer at risk also the rule that says so."""
    told = tuple(runs)
    facts = {fact: value for run in told for do in run.does for fact, value in do.notes.items()}
    by = next((run.rule for run in told if any(RISKY in do.notes for do in run.does)), "")
    return facts | ({RISK_RULE: by} if by else {})


def filled(text: str, facts: Mapping[str, Any]) -> str:
    """``text`` with the facts in place of its blanks; a number not given yet is left for when it is.

    An amount reads ¥12,880.00, whether or not 元 is written behind its blank.
    """
    money = MONEY | frozenset(facts.get(ASKED_IN_YUAN) or ())

    def in_yuan(blank: re.Match[str]) -> str:
        value = facts.get(blank[1])
        is_money = blank[1] in money or (blank[2] and number(value) is not None)
        return _yuan(value) if is_money else blank[0]

    text = _IN_YUAN.sub(in_yuan, text)
    return BLANK.sub(lambda m: m[0] if m[1] == NUMBER and NUMBER not in facts else _said(facts.get(m[1])), text)


def _yuan(value: Any) -> str:
    amount = number(value)
    return _said(value) if amount is None else f"¥{amount:,.2f}"


def _said(value: Any) -> str:
    if isinstance(value, list | tuple):
        return "、".join(_said(item) for item in value) or NOTHING
    if isinstance(value, bool | dict):
        return in_words(value) or NOTHING
    return NOTHING if value is None or value == "" else str(value)


def triggers_of(transition: Transition, *, opening: bool = False) -> tuple[Trigger, ...]:
    """What a step has brought about. At the opening nobody has acted yet; one voice of several decides nothing yet."""
    first = transition.steps[0] if transition.steps and not opening and transition.pending is None else None
    acted = [Trigger(ACTED, first.node, first.action)] if first else []
    return (*acted, *_brought(transition))


def _brought(transition: Transition) -> Iterator[Trigger]:
    for step in transition.steps:
        if MISSING in step.effects:
            yield Trigger(SHORT, step.node, step.action)
    for node in transition.entered:
        yield Trigger(ENTERED, node)
    ends = {CaseState.DONE: DONE, CaseState.CLOSED: CLOSED}
    if transition.ends and (what := ends.get(transition.state)):
        yield Trigger(what)


@dataclass(frozen=True, slots=True)
class Trial:
    """What a rule would make of a case as it stands: the run, or why there is none."""

    rule: Rule
    run: RuleRun | None
    why: str = ""


def tried(
    rules: Iterable[Rule], facts: Mapping[str, Any], nodes: Iterable[str], stood: Mapping[str, Mapping[str, Any]]
) -> list[Trial]:
    """Every rule as if its trigger came now, in a flow of these nodes.

    ``stood``: the nodes at which the case stands, with what only a rule with a time knows there.
    """
    here = frozenset(nodes)
    return [_timed(rule, facts, here, stood) if rule.schedule else _trial(rule, facts, here) for rule in rules]


def _timed(
    rule: Rule, facts: Mapping[str, Any], nodes: frozenset[str], stood: Mapping[str, Mapping[str, Any]]
) -> Trial:
    """At the first node where it would fire, else why not at the last."""
    found = Trial(rule, None, "这单已经结束，定时的规则只看在办的单")
    for node, more in stood.items():
        if not rule.node or node in rule.nodes or rule.off:
            found = _trial(replace(rule, node=node), {**facts, **more}, nodes)
        else:
            found = Trial(rule, None, f"这单现在在“{node}”，不在“{'、'.join(rule.nodes)}”")
        if found.run:
            break
    return replace(found, rule=rule)


def _trial(rule: Rule, facts: Mapping[str, Any], nodes: frozenset[str]) -> Trial:
    if rule.off:
        return Trial(rule, None, "已停用")
    at = next((node for node in rule.nodes if node in nodes), "")
    if rule.node and not at:
        return Trial(rule, None, f"这单的流程没有节点“{'、'.join(rule.nodes)}”")
    trigger = Trigger(rule.what, at, rule.action, rule.source)
    known = {**facts, **trigger.facts()}
    short = next((cell for cell in rule.when.cells if not cell(known)), None)
    if short is not None:
        return Trial(rule, None, f"{short.fact} 是 {_said(known.get(short.fact))}，要 {short.text}")
    return Trial(rule, _run(rule, trigger, facts))
