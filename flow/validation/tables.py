"""What would go wrong with the tables around the flows: policies, assignments, return types, notices. Pure."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from flow.definitions import freight
from flow.definitions.choices import ADDRESSES, POLICIES
from flow.definitions.conditions import NO, YES
from flow.definitions.eligibility import REFUSED
from flow.definitions.policy import OWN as AUTHORITY
from flow.definitions.vocabulary import RISKY
from flow.errors import Place, Problem
from flow.validation.amounts import late_problems
from flow.validation.conditions import number_problem
from flow.validation.owners import rule_problems
from flow.validation.surroundings import OWN

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from flow.definitions.assignments import Assignment
    from flow.definitions.business import Business
    from flow.definitions.choices import Choices
    from flow.definitions.conditions import Cell, When
    from flow.definitions.policy import Policy
    from flow.validation.surroundings import Known


def policy_problems(policy: Policy, known: Known, told: Collection[str]) -> Iterator[Problem]:
    """Roles that there are not, conditions that never hold. ``told`` are the facts that some flow puts down."""
    for role in sorted(policy.roles()):
        if known.roles is not None and role not in known.roles:
            words = f"角色“{role}”不存在，可选 {'、'.join(sorted(known.roles))}"
            yield Problem(words, Place(subject=role))
    if policy.two_person_above < 0:
        yield Problem(f"双人金额“{policy.two_person_above}”不能小于 0")
    yield from _rows([(tier.rule, tier.when) for tier in policy.tiers], "审批表", known, told)
    for words in _beside(policy, known, told):  # no sheet is theirs: the table is part of what is said
        yield Problem(str(words), Problem.of(words).place)


def _beside(policy: Policy, known: Known, told: Collection[str]) -> Iterator[str]:
    """What is wrong with the tables of a policy beside 审批表."""
    yield from _rows([(row.role, row.when) for row in policy.authorities], AUTHORITY, known, told)
    limits = [(limit.rule, limit.when) for limit in policy.limits]
    yield from _decided(limits, "资格", known, told)
    if policy.freight:
        yield from _rows([(freight.KEY, policy.freight)], freight.KEY, known, {*told, freight.WHOLE})
    yield from _decided([(row.rule, row.when) for row in policy.burdens], "承担", known, told)
    for n, limit in enumerate(policy.limits, 1):
        if limit.outcome == REFUSED and not limit.when.cells:
            yield f"资格第 {n} 行（{limit.rule}）没有条件就拒绝，什么都退不了"


def assignment_problems(
    tables: Mapping[str, Sequence[Assignment]], known: Known, told: Collection[str]
) -> list[Problem]:
    """Owners that there are not, rows that never come up."""
    found: list[Problem] = []
    for name, rows in tables.items():
        for n, row in enumerate(rows, 1):
            where = f"分派表“{name}”第 {n} 行（{row.rule}）"
            found += [Problem(words).under(f"{where}：") for words in rule_problems(row.owner, known)]
        named = [(row.rule, row.when) for row in rows]
        found += [*_rows(named, f"分派表“{name}”", known, told), *late_problems(named, f"分派表“{name}”")]
    return found


def business_problems(business: Business, policies: Collection[str], known: Known) -> Iterator[Problem]:
    """Return types that speak of what is not theirs, a word with two meanings, choices that are none."""
    said = [word for kind in business.types.values() for word in (kind.name, *kind.aliases)]
    for word, times in Counter(said).items():
        if times > 1:
            words = f"退货类型里“{word}”写了 {times} 次，客服打这个字时分不清是哪一类"
            yield Problem(words, Place(kind="reasons", subject=word))
    for kind in business.types.values():
        for fact in sorted(kind.strategy.keys() & OWN):
            yield Problem(f"退货类型“{kind.name}”的“{fact}”由程序记，请换个名字", Place(kind="reasons", name=kind.name))
    yield from map(Problem.of, _choice_problems(business.choices, policies, known))
    for name, text in business.notices.items():
        if not isinstance(text, str) or not text.strip():
            yield Problem(f"通知“{name}”没有写内容", Place(kind="notices", name=name))


def _choice_problems(choices: Choices, policies: Collection[str], known: Known) -> Iterator[str]:
    """A policy that there is not, rows that never hold or never come up."""
    for name in sorted(choices.named_policies() - set(policies)):
        yield f"{POLICIES}里的政策“{name}”不存在，可选 {'、'.join(sorted(policies))}"
    for table, picks in ((POLICIES, choices.policies), (ADDRESSES, choices.addresses), (RISKY, choices.risks)):
        yield from _decided([(pick.rule, pick.when) for pick in picks], table, known, ())


def _decided(rows: Sequence[tuple[str, When]], table: str, known: Known, told: Collection[str]) -> Iterator[Problem]:
    """What is wrong with a table of which the first row that fits decides."""
    yield from _rows(rows, table, known, told)
    yield from late_problems(rows, table)


def _rows(rows: Sequence[tuple[str, When]], table: str, known: Known, told: Collection[str]) -> Iterator[Problem]:
    for name, times in Counter(name for name, _ in rows).items():
        if times > 1:
            words = f"规则“{name}”有 {times} 行，流水里分不清是哪一行，请换个名字"
            yield Problem(words, Place(table=table, subject=name)).under(f"{table}：")
    for n, (name, when) in enumerate(rows, 1):
        for cell in when.cells:
            wrong = map(Problem.of, _cell(cell, known, told))
            yield from (problem.under(f"{table}第 {n} 行（{name}）：", table=table, row=n) for problem in wrong)


def _cell(cell: Cell, known: Known, told: Collection[str]) -> Iterator[str]:
    if not known.has_fact(cell.fact) and cell.fact not in told:
        yield Problem(f"“{cell.fact}”没有人知道：没有表单填它，也没有动作记它", Place(column=cell.fact))
    yield from (Problem(words, Place(column=cell.fact)) for words in number_problem(cell))
    can_be = known.kinds if cell.fact == "种类" else known.words.get(cell.fact)
    for strange in sorted(cell.words - {YES, NO} - (can_be or cell.words)):
        yield f"{cell.fact}没有“{strange}”，可选 {'、'.join(sorted(can_be or ()))}"
