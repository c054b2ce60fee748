"""A policy: who may open, who bears it, who approves which amount, and when the money goes."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import yaml

from flow.definitions import ceiling, charges, freight, yamlfile
from flow.definitions.conditions import YES, CellError, When, number
from flow.definitions.eligibility import GRANTED, Limit, read_limits
from flow.definitions.flow_reader import part_of
from flow.definitions.risk import risky
from flow.definitions.schema import REST, Column, Key, Value, entry, keys_of, words_of
from flow.definitions.tables import RULE, made, rows_of
from flow.definitions.vocabulary import BESIDE, BLOCKED, DAYS, FLAG_BEFORE, KNOWN, LISTED, QUORUM, RISKY
from flow.errors import DefinitionError, Place, Problem

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from flow.definitions.ceiling import Ceiling
    from flow.definitions.charges import Charge
    from flow.definitions.conditions import Cell
    from flow.definitions.tables import Row

AUTOMATIC = "自动"
BEFORE_SPLIT = "拆分前金额"  #: fact: what a case came to before it was split
TRIGGERS = ("审批通过", "包裹匹配", "质检合格")
BY_HAND = TRIGGERS[-1]  #: the one after which a person confirms the refund
_TOGETHER, SAME_ORDER, EACH = "合并计算", "同订单", "不合并"
WINDOW, MOST_DAYS = "合并天数", 366  #: days in which the cases of one customer are weighed as one, too
OWN = "自主额度"  #: fact: the role whose own authority paid for the case
#: facts by which a policy judges a case, beside the amount and what its rows ask for
LOOKED_AT = frozenset({RISKY, FLAG_BEFORE, LISTED, BEFORE_SPLIT, BESIDE, OWN, GRANTED, ceiling.OVER})
BORNE = ("责任", "运费", "成本")  #: columns of 承担 that stand in for what the return type says
_TRIGGER, WHOLE = "退款时机", "整份政策"
KEYS = (
    "政策", "名称", "说明", _TRIGGER, "双人金额", ceiling.KEY, _TOGETHER, WINDOW, freight.KEY, "资格", OWN, "承担",
    charges.TABLE, "审批表",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Tier:
    """One row of the table."""

    rule: str = entry(Key(RULE, Value.OWN_NAME))
    when: When = entry(REST)
    approver: str = entry(
        Key("审批", Value.APPROVER, column=Column(10, f"谁审批：一个角色，或 {AUTOMATIC}", 14, names_of="审批"))
    )
    trigger: str | None = entry(
        Key(
            _TRIGGER, Value.CHOICE, TRIGGERS,
            column=Column(20, f"这一档什么时候退款；空着就按“{WHOLE}”那一行", 12),
        )
    )  # fmt: skip
    quorum: int = entry(  #: how many of the role must agree; 0: as the node says
        Key(QUORUM, Value.COUNT, column=Column(30, "这一档要几个人同意，任意几位都行；空着就是一个人办了就走", 8)), 0
    )


@dataclass(frozen=True, slots=True)
class Authority:
    """One row of 自主额度: what a role may decide alone, in yuan per case and per person and day."""

    role: str = entry(Key("角色", Value.OWN_NAME))
    when: When = entry(REST)
    per_case: Decimal = entry(Key("每单", Value.AMOUNT))
    per_day: Decimal = entry(Key("每天", Value.AMOUNT))
    trigger: str | None = entry(Key(_TRIGGER, Value.CHOICE, TRIGGERS), None)

    @property
    def tier(self) -> Tier:
        return Tier(f"{OWN}（{self.role}）", self.when, AUTOMATIC, self.trigger)

    def covers(self, facts: Mapping[str, Any]) -> bool:
        """Whether one case is small and plain enough: never for a flagged customer, nor against another rule."""
        amount = number(facts.get("金额"))
        suspect = risky(facts) or facts.get(GRANTED)
        return amount is not None and amount <= self.per_case and not suspect and self.when(facts)


@dataclass(frozen=True, slots=True)
class Burden:
    """One row of 承担: who is liable, who pays the freight, where the cost goes."""

    rule: str = entry(Key(RULE, Value.OWN_NAME))
    when: When = entry(REST)
    sets: Mapping[str, str] = entry(Key("", Value.SEVERAL, BORNE))


@dataclass(frozen=True, slots=True)
class Policy:
    """A named profile. Of each table the first row that fits decides."""

    name: str
    trigger: str
    two_person_above: Decimal
    tiers: tuple[Tier, ...]
    limits: tuple[Limit, ...] = ()
    authorities: tuple[Authority, ...] = ()
    burdens: tuple[Burden, ...] = ()
    called: str = ""  #: 名称
    together: bool = True  #: 合并计算: the cases of one order are judged by what they come to
    freight: When | None = None  #: 退运费: when what was paid for it goes back with the goods; None for never
    window: int = 0  #: 合并天数: so are those of one customer that are no more days apart; 0 for none
    charges: tuple[Charge, ...] = ()  #: 算式: lines of a refund that follow from a formula
    ceiling: Ceiling = ceiling.NONE  #: 自动上限: beyond it no row of the table lets the system decide alone

    @property
    def title(self) -> str:
        """What people call it, or its code where it says nothing."""
        return self.called or self.name

    def tier(self, facts: Mapping[str, Any]) -> Tier | None:
        """The row of the amount table, whatever anybody may decide alone; never 自动 where risk is known."""
        by_hand = risky(facts)
        return self._row(self._weighed(facts, by_hand=by_hand), by_hand=by_hand)

    def _row(self, weighed: Mapping[str, Any], *, by_hand: bool) -> Tier | None:
        rows = (tier for tier in self.tiers if not (by_hand and tier.approver == AUTOMATIC))
        return next((tier for tier in rows if tier.when(weighed)), None)

    def facts(self, facts: Mapping[str, Any]) -> dict[str, Any]:
        """What the policy says of a case: 审批 (role or 自动), 审批规则, 退款时机, 双人.

        Of a customer at risk also that, in the one word for it: no row lets the system decide on it or pay it. Of a
        case beyond 自动上限 also which part of it that is.
        """
        by_hand = risky(facts)
        weighed = self._weighed(facts, by_hand=by_hand)
        granted = self._granted(weighed)
        tier = granted or self._row(weighed, by_hand=by_hand)
        alone = granted is None and tier is not None and tier.approver == AUTOMATIC
        over = self.beyond(facts, weighed) if alone else ""
        tier = self._row(weighed, by_hand=True) if over else tier
        said: dict[str, Any] = {
            "审批": tier.approver if tier else None,
            "审批规则": tier.rule if tier else "",
            _TRIGGER: (tier and tier.trigger) or self.trigger,
            "双人": (number(weighed.get("金额")) or Decimal(0)) > self.two_person_above,
        }
        said |= {ceiling.OVER: over} if over else {}
        said |= {QUORUM: tier.quorum} if tier and tier.quorum else {}
        return said | {_TRIGGER: BY_HAND, RISKY: True} if by_hand else said

    def beyond(self, facts: Mapping[str, Any], weighed: Mapping[str, Any]) -> str:
        """The part of 自动上限 that a case lies beyond, noted before or by what it is weighed at; "" for none."""
        if noted := facts.get(ceiling.OVER):
            return str(noted)
        amount, most = number(weighed.get("金额")), self.ceiling.per_case
        return (
            self.ceiling.reason(ceiling.PER_CASE) if amount is not None and most is not None and amount > most else ""
        )

    def _weighed(self, facts: Mapping[str, Any], *, by_hand: bool) -> Mapping[str, Any]:
        """The facts that a row looks at: the amount with that of the order's other cases, so that no two slip under a
        tier that one would not; for a case that was split what it was before.
        """
        amount = number(facts.get(BEFORE_SPLIT) or facts.get("金额"))
        if self.together and amount is not None and (beside := number(facts.get(BESIDE) or 0)):
            amount += beside
        fresh = {"金额": str(amount)} if amount is not None and amount != number(facts.get("金额")) else {}
        return {**facts, **fresh, RISKY: True} if by_hand else {**facts, **fresh} if fresh else facts

    def own(self, facts: Mapping[str, Any], roles: Collection[str]) -> list[Authority]:
        """Authorities by which these roles may decide the case alone; none for what needs nobody anyway."""
        by_hand = risky(facts)
        weighed = self._weighed(facts, by_hand=by_hand)
        tier = self._row(weighed, by_hand=by_hand)
        if tier and tier.approver == AUTOMATIC:
            return []
        return [row for row in self.authorities if row.role in roles and row.covers(weighed)]

    def roles(self) -> frozenset[str]:
        """Every role that a row names; one that nobody can hold would approve nothing."""
        approvers = {tier.approver for tier in self.tiers} - {AUTOMATIC}
        exceptions = {role for limit in self.limits for role in limit.by}
        return frozenset(approvers | exceptions | {row.role for row in self.authorities})

    def counts_days(self, facts: Mapping[str, Any]) -> bool:
        """Whether a row of 资格 that speaks of this case's type asks how long the customer has had the goods."""
        asking = [row for row in self.limits if any(cell.fact == DAYS for cell in row.when.cells)]
        others = (When(tuple(cell for cell in row.when.cells if cell.fact != DAYS)) for row in asking)
        return any(when(facts) for when in others)

    def burden(self, facts: Mapping[str, Any]) -> dict[str, str]:
        """What stands in for the strategy of the type, with the rule that says so; nothing where no row fits."""
        row = next((row for row in self.burdens if row.when(facts)), None)
        return {**row.sets, "承担规则": row.rule} if row else {}

    def _granted(self, facts: Mapping[str, Any]) -> Tier | None:
        """The authority that the case was opened under, for as long as it covers it."""
        role = facts.get(OWN)
        return next((row.tier for row in self.authorities if row.role == role and row.covers(facts)), None)


def read_policy(text: str, source: str = "政策文件") -> Policy:
    """A policy out of YAML, as published. Raises DefinitionError naming row and column of what cannot be read."""
    policy, problems, _ = policy_and_problems(text, source)
    if problems:
        raise DefinitionError(problems)
    return policy


def policy_and_problems(text: str, source: str) -> tuple[Policy, list[Problem], bool]:
    """The policy of a YAML text, a sentence for all that could not be read, and whether its whole table could.

    Raises DefinitionError where it is no policy at all.
    """
    try:
        data = yamlfile.read(text)
        rows = [dict(row) for row in data["审批表"]]
        name = data["政策"].strip()
    except (yaml.YAMLError, KeyError, TypeError, ValueError, AttributeError) as error:
        raise DefinitionError([_of_file(source, "要有“政策”和“审批表”两项，审批表一行一档")]) from error
    problems = [_of_file(source, f"“{key}”不认识，可选 {'、'.join(KEYS)}") for key in data if key not in KEYS]
    tiers = [tier for n, row in enumerate(rows, 1) if (tier := _tier(row, source, n, problems))]
    trigger = str(data.get(_TRIGGER, TRIGGERS[-1]))
    if trigger not in TRIGGERS:
        problems.append(_of_file(source, f"退款时机“{trigger}”不认识，可选 {'、'.join(TRIGGERS)}"))
    limit = number(data.get("双人金额", 0))
    if limit is None:
        problems.append(_of_file(source, "双人金额要是数字"))
    if (together := str(data.get(_TOGETHER, SAME_ORDER))) not in (SAME_ORDER, EACH):
        problems.append(_of_file(source, f"{_TOGETHER}“{together}”不认识，可选 {SAME_ORDER}、{EACH}"))
    policy = Policy(
        name, trigger, limit or Decimal(0), tuple(tiers),
        read_limits(data.get("资格"), source, problems), _authorities(data.get(OWN), source, problems),
        _burdens(data.get("承担"), source, problems), str(data.get("名称") or ""), together != EACH,
        freight.read_rule(data.get(freight.KEY), source, problems), _window(data, together, source, problems),
        charges.read_charges(data.get(charges.TABLE), source, problems),
        ceiling.read(data.get(ceiling.KEY), source, problems),
    )  # fmt: skip
    return policy, problems, len(tiers) == len(rows)


def _of_file(source: str, words: str) -> Problem:
    return Problem(words).under(f"{source}：")


def _window(data: Mapping[str, Any], together: str, source: str, problems: list[Problem]) -> int:
    """合并天数; 0 where it is not written, or cannot be read."""
    days = number(data.get(WINDOW, 0))
    if days is None or days != int(days) or not 0 <= days <= MOST_DAYS:
        words = f"{WINDOW}“{data.get(WINDOW)}”要是 0 到 {MOST_DAYS} 的整数，0 就是不看"
        problems.append(_of_file(source, words))
        return 0
    if days and together == EACH:
        ways = f"请把{_TOGETHER}改成“{SAME_ORDER}”，或者不写{WINDOW}"
        problems.append(_of_file(source, f"{_TOGETHER}写了“{EACH}”，{WINDOW} {days} 就用不上；{ways}"))
    return int(days)


def only_risky(cell: Cell) -> bool:
    """Whether a condition holds for customers at risk alone."""
    if cell.fact == LISTED:
        return bool(cell.words) and cell.words <= {BLOCKED}
    return cell.fact in (RISKY, FLAG_BEFORE) and bool(cell.words) and not cell({}) and cell({cell.fact: YES})


def _tier(row: Mapping[str, Any], source: str, n: int, problems: list[Problem]) -> Tier | None:
    where, place = f"{source} 审批表第 {n} 行", Place(table="审批表", row=n)
    conditions = {k: v for k, v in row.items() if k not in words_of(keys_of(Tier))}
    trigger = row.get(_TRIGGER)
    if trigger is not None and trigger not in TRIGGERS:
        words = f"“{trigger}”不认识，可选 {'、'.join(TRIGGERS)}"
        problems.append(Problem(words, replace(place, column=_TRIGGER)).under(f"{where} {_TRIGGER}："))
    if not row.get("审批") or not row.get(RULE):
        problems.append(
            Problem("要写“规则”（名字）和“审批”（角色或 自动）", replace(place, column=RULE)).under(f"{where}：")
        )
    try:
        known = {"rule": str(row.get(RULE)), "approver": str(row.get("审批")), "trigger": trigger}
        return part_of(Tier, dict(row), when=When.parse(conditions), **known)
    except CellError as error:
        fact = error.problem.place.subject
        problems.append(error.problem.under(f"{where} ", table=place.table, row=n, column=fact))
        return None


def _authorities(raw: Any, source: str, problems: list[Problem]) -> tuple[Authority, ...]:
    rows = rows_of(raw, source, OWN, problems, words_of(keys_of(Authority)))
    return tuple(_authority(row) for row in rows)


def _authority(row: Row) -> Authority:
    per_case, per_day = row.amount("每单"), row.amount("每天")
    if per_case is not None and per_day is not None and per_day < per_case:
        row.wrong(f"每天：{per_day} 比每单的 {per_case} 还少")
    when = row.when(KNOWN)
    if any(only_risky(cell) for cell in when.cells):
        row.wrong(f"{RISKY}不能用自主额度，总要另外有人批")
    trigger = row.one_of(_TRIGGER, TRIGGERS) if row.text(_TRIGGER) else None
    known = {"role": row.needed("角色"), "per_case": per_case or Decimal(0), "per_day": per_day or Decimal(0)}
    return made(Authority, row, when=when, trigger=trigger, **known)


def _burdens(raw: Any, source: str, problems: list[Problem]) -> tuple[Burden, ...]:
    return tuple(_burden(row) for row in rows_of(raw, source, "承担", problems, words_of(keys_of(Burden))))


def _burden(row: Row) -> Burden:
    sets = {column: row.text(column) for column in BORNE if row.text(column)}
    if not sets:
        row.wrong(f"{'、'.join(BORNE)}：至少要写一样")
    return made(Burden, row, rule=row.needed(RULE), when=row.when(KNOWN - set(BORNE)), sets=sets)
