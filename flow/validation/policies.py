"""A policy, read and checked: rows that never come up, amounts that nobody answers, risks that nobody sees. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flow.definitions.policy import AUTOMATIC, Tier, only_risky, policy_and_problems
from flow.definitions.vocabulary import RISKY
from flow.errors import DefinitionError
from flow.validation.amounts import gap_problems, late_problems, overlap_problems

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from flow.definitions.policy import Policy, Tier


def parse_policy(text: str, source: str = "政策文件") -> Policy:
    """Read a policy from YAML and check its table. Raises DefinitionError naming row and column of every problem."""
    policy, problems, whole = policy_and_problems(text, source)
    if whole:  # else the row that cannot be read would look like a gap
        problems += _table_problems(policy.tiers, f"{source} 审批表")
    if problems:
        raise DefinitionError(problems)
    return policy


def _table_problems(tiers: Sequence[Tier], where: str) -> list[str]:
    table = [(tier.rule, tier.when) for tier in tiers]
    amounts = (*gap_problems(table), *overlap_problems(table))
    return [*late_problems(table, where), *_unseen(tiers, where), *(f"{where}：{problem}" for problem in amounts)]


def _unseen(tiers: Sequence[Tier], where: str) -> Iterator[str]:
    """Rows that would let the system decide on customers of whom a risk is known, which it never does."""
    for n, tier in enumerate(tiers, 1):
        if tier.approver == AUTOMATIC and any(only_risky(cell) for cell in tier.when.cells):
            yield (
                f"{where}第 {n} 行（{tier.rule}）：{RISKY}的单总要有人批，系统从不自动通过、自动退款；"
                f"“审批”请写角色，或者写 {RISKY}: 否"
            )
