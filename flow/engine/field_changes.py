"""An earlier node's answer put right at one that may: the case stays where it is, and nothing is asked again. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flow.definitions.flow import HIDE, WRITE
from flow.definitions.vocabulary import PATH
from flow.engine import form_rules
from flow.engine.values import Refusal, Step, Transition
from models.enums import CaseState
from models.views.answers import in_words

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flow.definitions.flow import Field, Flow
    from flow.engine.values import Actor, Marking, Rules

PUT_RIGHT = "更正"  #: the verb
FIELDS = "更正字段"  #: answer: the new answers, by the field's name
WAS, IS = "改前", "改后"  #: of the event that keeps a correction


def put_right(rules: Rules, marking: Marking, actor: Actor, answers: Mapping[str, Any]) -> Transition | Refusal:
    """Take the new answers; what else they make necessary is asked for, what they hide counts no longer."""
    if marking.state is CaseState.HELD:
        return Refusal(f"这单已挂起，先回复“恢复 单号”再{PUT_RIGHT}")
    here = writable(rules.flow, marking, actor)
    new = dict(answers.get(FIELDS) or {})
    if not new or any(name not in here for name in new):
        able = "、".join(here)
        return Refusal(f"现在能改的有：{able}" if able else "不是你的待办，或者这一步没有能改的字段")
    been = {rules.flow.opening.name, *(marking.facts.get(PATH) or ())}
    forms = [node for node in rules.flow.forms if node.name in been and any(field.name in new for field in node.form)]
    known = {**marking.facts, **new, **marking.days}
    known |= {name: answers[name] for name in _names(rules.flow) if name in answers}
    lacking: list[Field] = []
    for node in forms:
        seen = form_rules.known(rules, node, known)
        gone = form_rules.hidden(node.form, seen)
        lacking += _lacking(node.form, {fact: value for fact, value in seen.items() if fact not in gone}, new)
        known = {fact: value for fact, value in known.items() if fact not in gone}
    at = next(iter(here.values()))
    rights = rules.flow.nodes[at].rights
    if beyond := [field.name for field in lacking if rights.get(field.name) == HIDE]:
        return Refusal(f"这样改还要填{'、'.join(beyond)}，{at}看不到它，请退回去改")
    if lacking:
        return Refusal("还差一项", {}, tuple(lacking))
    verdict = f"已{PUT_RIGHT} {'、'.join(new)}"
    return Transition((Step(at, PUT_RIGHT, verdict=verdict),), "", marking.nodes, (), known)


def _lacking(form: tuple[Field, ...], seen: Mapping[str, Any], new: Mapping[str, Any]) -> list[Field]:
    """What hangs on a new answer, must be answered now, and has not been."""
    hanging = (field for field in form if field.asks_for & new.keys() and field.when(seen))
    return [
        form_rules.as_it_is(field, seen)
        for field in hanging
        if form_rules.is_required(field, seen) and seen.get(field.name) is None
    ]


def writable(flow: Flow, marking: Marking, actor: Actor) -> dict[str, str]:
    """The fields that somebody may put right now, each with the node that lets them: it has been answered before."""
    been = set(marking.facts.get(PATH) or ())
    asked = {field.name for node in flow.forms if node.name in been or node is flow.opening for field in node.form}
    nodes = [flow.nodes[name] for name in marking.nodes if name in actor.owns]
    return {
        name: node.name for node in nodes for name, right in node.rights.items() if right == WRITE and name in asked
    }


def sides(flow: Flow, before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, str]:
    """What the answers were and what they are, for the record: ``外观 完好``, ``外观 破损、缺陷照片 照片 #12``."""
    names = [name for name in dict.fromkeys(_in_order(flow)) if before.get(name) != after.get(name)]
    return {
        head: "、".join(f"{name} {_said(facts.get(name))}" for name in names)
        for head, facts in ((WAS, before), (IS, after))
    }


def _said(value: Any) -> str:
    text = "／".join(map(str, value)) if isinstance(value, list) else in_words(value or None)
    return text or "没有填"


def _in_order(flow: Flow) -> list[str]:
    return [field.name for node in flow.forms for field in node.form]


def _names(flow: Flow) -> set[str]:
    return set(_in_order(flow))
