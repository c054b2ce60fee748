"""Published versions of the business's texts: never changed afterwards, one active per name."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from flow.definitions import charges
from flow.definitions.business import CONFIG, FLOW, POLICY, Bundle, business_of, shipped
from flow.definitions.flow import MONEY, NUMBER
from flow.definitions.flow_ids import field_ids
from flow.definitions.flow_reader import read_flow
from flow.definitions.identities import doubled
from flow.errors import DefinitionError, Place, Problem
from flow.validation.automation import rule_problems
from flow.validation.conditions import origins_of
from flow.validation.effects import passed_to, untaken
from flow.validation.flows import check, known_of, parse_flow
from flow.validation.policies import parse_policy
from flow.validation.tables import assignment_problems, business_problems, policy_problems
from flow.validation.words import unknown_words
from flow.versions import PRESET, SHIPPED, digest_of, publish
from models import Definition

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence
    from datetime import datetime
    from pathlib import Path

    from flow.definitions.business import Business
    from flow.definitions.flow import Flow
    from flow.definitions.policy import Policy
    from flow.validation.surroundings import Known
    from models.views.case import Person


FLOWS = 100  #: texts of flows whose check is remembered


async def publish_shipped(policy: str, now: datetime, folder: Path = CONFIG) -> None:
    """Publish the files that came with the program, unless the merchant has published own versions since.

    ``policy`` is the preset that a new database starts with; a database that has chosen keeps its choice.
    Raises DefinitionError for a file that is wrong; then nothing is published.
    """
    files = shipped(folder)
    kept = {(row.kind, row.name): row for row in await Definition.filter(active=True)}
    digests = {row.digest for row in kept.values()}
    if all(digest_of(text) in digests for text in files.values()):
        return  # checked when they were published, and since then neither they nor what they stand on has changed
    texts = check_bundle(files)
    fresh = {key: text for key, text in texts.items() if _is_news(kept.get(key), text)}
    if (PRESET, PRESET) not in kept:
        fresh[PRESET, PRESET] = policy
    if fresh:
        await publish(fresh, SHIPPED, now)


def _is_news(active: Definition | None, text: str) -> bool:
    return active is None or (active.published_by == SHIPPED and active.digest != digest_of(text))


def check_bundle(
    texts: Bundle, staff: Iterable[Person] | None = None, changed: Collection[tuple[str, str]] = ()
) -> Bundle:
    """The texts under the names that they give themselves.

    With ``staff`` also what only they can tell of the ``changed`` flows: a role or a name that nobody has. A flow that
    nobody touches may wait for its people. Raises DefinitionError for whatever would strand a case, all of it at once.
    """
    named, problems = _checked(texts, staff, changed)
    if problems:
        raise DefinitionError(problems)
    return named


def bundle_problems(texts: Bundle, staff: Iterable[Person], changed: Collection[tuple[str, str]]) -> list[Problem]:
    """What ``check_bundle`` would raise."""
    try:
        return _checked(texts, staff, changed)[1]
    except DefinitionError as error:
        return error.problems


def _checked(
    texts: Bundle, staff: Iterable[Person] | None, changed: Collection[tuple[str, str]]
) -> tuple[Bundle, list[Problem]]:
    """The texts by their own names, and what is wrong; one that cannot be read does not keep the others from it."""
    business = business_of(texts)
    known, staffed = known_of(business), known_of(business, staff)
    named: Bundle = {}
    problems: list[Problem] = []
    flows: list[Flow] = []
    policies: list[Policy] = []
    for (kind, name), text in texts.items():
        own = name
        try:
            if kind == FLOW:
                flow, wrong = _flow(text, name, staffed if (kind, name) in changed else known)
                flows.append(flow)
                problems += wrong
                own = flow.name
            elif kind == POLICY:
                policies.append(parse_policy(text, f"{name}.yaml"))
                own = policies[-1].name
        except DefinitionError as error:
            problems += [problem.placed(name=name) for problem in error.problems]
        named[kind, own] = text
    if len(flows) + len(policies) == sum(kind in (FLOW, POLICY) for kind, _ in texts):  # else names seem to be missing
        problems += map(Problem.of, _between(business, flows))
    return named, [*problems, *_tables(business, flows, policies, known)]


@lru_cache(maxsize=FLOWS)
def _flow(text: str, name: str, known: Known) -> tuple[Flow, tuple[Problem, ...]]:
    """A flow as far as it can be read, and what is wrong with it. Raises DefinitionError where it cannot.

    It is remembered: whoever changes one file has the others checked with it, which are as they were.
    """
    problems: list[Problem] = []
    try:
        flow = parse_flow(text, f"{name}.yaml")
    except DefinitionError as error:
        problems += [problem.placed(name=name) for problem in error.problems]
        flow = read_flow(text, f"{name}.yaml")
    said = " ".join(problems)
    told = (*check(flow, known), *unknown_words(flow))
    fresh = (problem for problem in told if problem not in said)
    return flow, (*problems, *(each.under(f"流程“{flow.name}” ", kind=FLOW, name=flow.name) for each in fresh))


def _between(business: Business, parsed: Sequence[Flow]) -> Iterator[str]:
    """Flows that something leads to, and that there are not."""
    flows = {flow.name for flow in parsed}
    passed = {(flow.name, str(to)) for flow in parsed for to in passed_to(flow)}
    yield from (f"流程“{name}”要转为“{to}”，没有这条流程" for name, to in sorted(passed) if to not in flows)
    led = {name: [kind.name for kind in business.types.values() if name in kind.flows] for name in flows}
    for flow in parsed:
        yield from (f"流程“{flow.name}”{problem}" for problem in untaken(flow, led))
    yield from _same_fields(parsed)
    wanted = [(each.name, flow) for each in business.types.values() for flow in each.flows]
    for name, to in wanted:
        if to not in flows:
            yield Problem(f"退货类型“{name}”的流程“{to}”不存在", Place(kind="reasons", name=name, column="流程"))


def _formulas(policy: Policy, flows: Sequence[Flow]) -> Iterator[Problem]:
    """Formulas that ask for what is no number of a case."""
    forms = (field for flow in flows for node in flow.forms for field in node.form)
    numbers = sorted({field.name for field in forms if field.kind in (MONEY, NUMBER)})
    for row, rule, fact in charges.unknown(policy.charges, numbers):
        able = "、".join([*sorted(charges.NUMBERS), *numbers])
        words = f"{charges.TABLE}第 {row} 行（{rule}）：没有“{fact}”这个数，可以用 {able} 和前面几行的名字"
        place = Place(table=charges.TABLE, row=row, column=charges.FORMULA)
        yield Problem(words, place).under(f"政策“{policy.name}” ", kind=POLICY, name=policy.name)


def _same_fields(parsed: Sequence[Flow]) -> Iterator[str]:
    """One field that two flows call by two names: answers of both are one, under one name."""
    where = {name: flow.name for flow in reversed(parsed) for name in field_ids(flow)}
    for first, second, _ in doubled((name, id_) for flow in parsed for name, id_ in field_ids(flow).items()):
        told = f"流程“{where[first]}”的字段“{first}”和流程“{where[second]}”的字段“{second}”是同一个字段，名字要一样"
        yield f"{told}：改名 字段 {second} {first}"


def _tables(business: Business, flows: Sequence[Flow], policies: Sequence[Policy], known: Known) -> Iterator[Problem]:
    """Everything that stands in tables, with the facts that any flow puts down."""
    told = {fact for flow in flows for fact in origins_of(flow).facts()}
    for policy in policies:
        for problem in policy_problems(policy, known, told):
            yield problem.under(f"政策“{policy.name}” ", kind=POLICY, name=policy.name)
        yield from _formulas(policy, flows)
    yield from assignment_problems(business.tables, known, told)
    yield from business_problems(business, [policy.name for policy in policies], known)
    yield from map(Problem.of, rule_problems(business.rules, flows, known))
