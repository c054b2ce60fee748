"""A policy: the amount table that says who approves, and when the money goes."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import yaml

from flow import yamlfile
from flow.cells import CellError, When, number
from flow.errors import DefinitionError

if TYPE_CHECKING:
    from collections.abc import Mapping

AUTOMATIC = "自动"
TRIGGERS = ("审批通过", "包裹匹配", "质检合格")


@dataclass(frozen=True, slots=True)
class Tier:
    """One row of the table; ``approver`` is a role, or 自动."""

    rule: str
    when: When
    approver: str
    trigger: str | None


@dataclass(frozen=True, slots=True)
class Policy:
    """A named profile. The first tier that fits decides."""

    name: str
    trigger: str
    two_person_above: Decimal
    tiers: tuple[Tier, ...]

    def tier(self, facts: Mapping[str, Any]) -> Tier | None:
        return next((tier for tier in self.tiers if tier.when(facts)), None)

    def facts(self, facts: Mapping[str, Any]) -> dict[str, Any]:
        """What the policy says of a case: 审批 (role or 自动), 审批规则, 退款时机, 双人."""
        tier = self.tier(facts)
        amount = number(facts.get("金额")) or Decimal(0)
        return {
            "审批": tier.approver if tier else None,
            "审批规则": tier.rule if tier else "",
            "退款时机": (tier and tier.trigger) or self.trigger,
            "双人": amount > self.two_person_above,
        }


def parse_policy(text: str, source: str = "政策文件") -> Policy:
    """Read a policy from YAML. Raises DefinitionError naming the row and the column of every problem."""
    try:
        data = yamlfile.read(text)
        rows = [dict(row) for row in data["审批表"]]
        name = str(data["政策"])
    except (yaml.YAMLError, KeyError, TypeError, ValueError) as error:
        raise DefinitionError([f"{source}：要有“政策”和“审批表”两项，审批表一行一档"]) from error
    problems: list[str] = []
    tiers = [tier for n, row in enumerate(rows, 1) if (tier := _tier(row, f"{source} 审批表第 {n} 行", problems))]
    trigger = str(data.get("退款时机", TRIGGERS[-1]))
    if trigger not in TRIGGERS:
        problems.append(f"{source}：退款时机“{trigger}”不认识，可选 {'、'.join(TRIGGERS)}")
    limit = number(data.get("双人金额", 0))
    if limit is None:
        problems.append(f"{source}：双人金额要是数字")
    policy = Policy(name, trigger, limit or Decimal(0), tuple(tiers))
    problems += [f"{source} 审批表：金额 {amount} 没有人审批" for amount in _gaps(policy)]
    if problems:
        raise DefinitionError(problems)
    return policy


def _tier(row: Mapping[str, Any], where: str, problems: list[str]) -> Tier | None:
    conditions = {k: v for k, v in row.items() if k not in {"规则", "审批", "退款时机"}}
    trigger = row.get("退款时机")
    if trigger is not None and trigger not in TRIGGERS:
        problems.append(f"{where} 退款时机：“{trigger}”不认识，可选 {'、'.join(TRIGGERS)}")
    if not row.get("审批") or not row.get("规则"):
        problems.append(f"{where}：要写“规则”（名字）和“审批”（角色或 自动）")
    try:
        return Tier(str(row.get("规则")), When.parse(conditions), str(row.get("审批")), trigger)
    except CellError as error:
        problems.append(f"{where} {error}")
        return None


def _gaps(policy: Policy) -> list[str]:
    """Amounts around every bound of the table for which no tier answers, for a customer with and without a flag."""
    bounds = [number(part) for tier in policy.tiers for cell in tier.when.cells for part in _numbers(cell.text)]
    edges = {bound + step for bound in bounds if bound is not None for step in (Decimal("-0.01"), 0, Decimal("0.01"))}
    amounts = sorted({Decimal("0.01"), Decimal(10) ** 9} | {edge for edge in edges if edge > 0})
    cases = [{"金额": amount, "风险客户": flagged} for amount in amounts for flagged in (False, True)]
    return list(dict.fromkeys(f"{case['金额']}" for case in cases if policy.tier(case) is None))


def _numbers(text: str) -> list[str]:
    return text.replace("~", " ").replace("|", " ").strip("<>=≤≥ ").split()
