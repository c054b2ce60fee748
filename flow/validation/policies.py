"""A policy, read and checked: rows that never come up, amounts that nobody answers, risks that nobody sees. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flow.definitions.policy import AUTOMATIC, Tier, only_risky, policy_and_problems
from flow.definitions.vocabulary import QUORUM, RISKY
from flow.errors import DefinitionError, Place, Problem
from flow.validation.amounts import gap_problems, late_problems, overlap_problems

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from flow.definitions.policy import Policy, Tier

TABLE = "审批表"


def parse_policy(text: str, source: str = "政策文件") -> Policy:
    """Read a policy from YAML and check its table. Raises DefinitionError naming row and column of every problem."""
    policy, problems, whole = policy_and_problems(text, source)
    if whole:  # else the row that cannot be read would look like a gap
        problems += [problem.under(f"{source} ") for problem in _table_problems(policy.tiers)]
    if problems:
        raise DefinitionError(problem.placed(kind="policy") for problem in problems)
    return policy


def _table_problems(tiers: Sequence[Tier]) -> list[Problem]:
    table = [(tier.rule, tier.when) for tier in tiers]
    amounts = (*gap_problems(table), *overlap_problems(table))
    of_table = (problem.under(f"{TABLE}：", table=TABLE) for problem in amounts)
    return [*late_problems(table, TABLE), *_unseen(tiers), *_unsigned(tiers), *of_table]


def _unsigned(tiers: Sequence[Tier]) -> Iterator[Problem]:
    """Rows that want signatures where nobody is asked."""
    for n, tier in enumerate(tiers, 1):
        if tier.approver == AUTOMATIC and tier.quorum:
            words = f"（{tier.rule}）：审批写{AUTOMATIC}就没有人签，不能写{QUORUM}"
            yield Problem(words, Place(table=TABLE, row=n, column=QUORUM)).under(f"{TABLE}第 {n} 行")


def _unseen(tiers: Sequence[Tier]) -> Iterator[Problem]:
    """Rows that would let the system decide on customers of whom a risk is known, which it never does."""
    for n, tier in enumerate(tiers, 1):
        if tier.approver == AUTOMATIC and any(only_risky(cell) for cell in tier.when.cells):
            words = (
                f"（{tier.rule}）：{RISKY}的单总要有人批，系统从不自动通过、自动退款；"
                f"“审批”请写角色，或者写 {RISKY}: 否"
            )
            yield Problem(words, Place(table=TABLE, row=n)).under(f"{TABLE}第 {n} 行")
