"""算式: lines of a refund that follow from a formula, such as 折旧 = 金额 × 10%; each a row of the policy. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from flow.definitions.conditions import CellError, When, number
from flow.definitions.formula import DivisionError, Formula, Span, read
from flow.definitions.schema import REST, Key, Value, entry, keys_of, words_of
from flow.definitions.tables import RULE, made, rows_of
from flow.definitions.vocabulary import KNOWN
from models.fields import yuan

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from flow.definitions.tables import Row
    from flow.errors import Problem

TABLE, FORMULA, SIGN = "算式", "算", "加减"
LESS, MORE = "减", "加"
LINES = "算式项"  #: fact: the lines of the case as they stand, each with its name, yuan (taken off below 0) and formula
BORNE = "算式别单已算"  #: fact: yuan of fixed rows, by their name, that cases which were split from this one bear
AMOUNT = "金额"
COUNTED = frozenset({"实收件数", "合格件数"})
OF_CUSTOMER = frozenset({"签收天数", "半年退货次数", "半年订单数", "半年消费"})  #: and not of the goods
#: facts that are numbers, whatever the flow is; in a formula 金额 is what the goods that are refunded come to
NUMBERS = frozenset({AMOUNT, "件数"}) | OF_CUSTOMER | COUNTED
LEAST: Mapping[str, Decimal] = {"件数": Decimal(1)}  #: which number a fact is at least; else 0
ASKED = KNOWN | COUNTED | {"质检结果"}  #: what a row may ask for
NOTHING = Decimal("0.00")


@dataclass(frozen=True, slots=True)
class Charge:
    """One row: what it is called, how it is reckoned, whether it is taken off or put on, and of which cases."""

    rule: str = entry(Key(RULE, Value.OWN_NAME))
    when: When = entry(REST)
    formula: Formula = entry(Key(FORMULA, Value.FORMULA))
    sign: str = entry(Key(SIGN, Value.CHOICE, (LESS, MORE)), LESS)

    @property
    def is_fixed(self) -> bool:
        """Whether it is of a return, however many cases it is split into, and not of its goods."""
        return not set(self.formula.facts) - OF_CUSTOMER


@dataclass(frozen=True, slots=True)
class Line:
    """What one row comes to in a case: yuan, below 0 where they are taken off, and how that was reckoned."""

    name: str
    amount: Decimal
    how: str

    def fact(self) -> dict[str, str]:
        """As the case keeps it."""
        return {"name": self.name, "amount": str(self.amount), "how": self.how}


def lines_of(facts: Mapping[str, Any]) -> tuple[Line, ...]:
    """The lines that a case has."""
    rows = facts.get(LINES) or ()
    return tuple(Line(str(row["name"]), yuan(row["amount"]), str(row["how"])) for row in rows)


def reckon(charges: Iterable[Charge], goods: Decimal, most: Decimal, facts: Mapping[str, Any]) -> tuple[Line, ...]:
    """The lines of a case whose goods come to ``goods``, row by row from the top, each rounded half up to the 分.

    What is left is never below nothing, nor above ``most``. 金额 is what the goods come to in every row, not what the
    rows before have left of it. A row that asks for a number which is not there yet, or divides by nothing, is none.
    Which rows count follows from 金额 of ``facts``, what was asked for: that less has come lets no deduction off.
    A fixed row is borne once by all cases into which a return was split.
    """
    known = {AMOUNT: str(goods), **facts}
    numbers = {fact: found for fact, value in known.items() if (found := _number(value)) is not None} | {AMOUNT: goods}
    lines: list[Line] = []
    left = goods
    for charge in charges:
        borne = yuan((facts.get(BORNE) or {}).get(charge.rule, 0)) if charge.is_fixed else NOTHING
        amount = max(_amount(charge, known, numbers) - borne, NOTHING)
        amount = min(amount, left) if charge.sign == LESS else min(amount, max(most - left, NOTHING))
        numbers[charge.rule] = amount
        if amount := yuan(amount):
            signed = -amount if charge.sign == LESS else amount
            left += signed
            how = f"{charge.formula.text}，拆开的另一单已算 {borne}" if borne else charge.formula.text
            lines.append(Line(charge.rule, signed, how))
    return tuple(lines)


def _number(value: Any) -> Decimal | None:
    return None if isinstance(value, bool | list | dict) or value is None else number(value)


def _amount(charge: Charge, known: Mapping[str, Any], numbers: Mapping[str, Decimal]) -> Decimal:
    if not charge.when(known):
        return NOTHING
    try:
        return max(yuan(charge.formula.value(numbers)), NOTHING)
    except (KeyError, DivisionError):
        return NOTHING


def read_charges(raw: Any, source: str, problems: list[Problem]) -> tuple[Charge, ...]:
    """The rows of a policy. What cannot be read, or is no sound formula, goes to ``problems``."""
    found: list[Charge] = []
    rows = [*rows_of(raw, source, TABLE, problems, words_of(keys_of(Charge)))]
    names = [row.text(RULE) for row in rows]
    for n, row in enumerate(rows):
        if charge := _charge(row, problems):
            if charge.rule in names[:n]:
                row.wrong(f"{RULE}：“{charge.rule}”写了两次，每一行要有自己的名字")
            _check(charge, row, names[n:])
            found.append(charge)
    return tuple(found)


def _charge(row: Row, problems: list[Problem]) -> Charge | None:
    try:
        formula = read(row.text(FORMULA))
    except CellError as error:
        row.wrong(f"{FORMULA}：{error}")
        return None
    before, sign = len(problems), row.one_of(SIGN, (LESS, MORE)) if row.text(SIGN) else LESS
    charge = made(Charge, row, rule=row.needed(RULE), when=row.when(ASKED), formula=formula, sign=sign)
    return charge if len(problems) == before else None


def _check(charge: Charge, row: Row, later: list[str]) -> None:
    """A row that asks for itself or for one below it, for a divisor that may be 0, for less than nothing."""
    if charge.rule in NUMBERS:
        row.wrong(f"{RULE}：“{charge.rule}”已经是别的意思，请换个名字")
    for fact in (fact for fact in charge.formula.facts if fact in later):
        what = "自己" if fact == charge.rule else f"后面的“{fact}”"
        row.wrong(f"{FORMULA}：“{charge.formula.text}”用到了{what}，会绕成圈；只能用前面几行的名字")
    span: Span = charge.formula.span(LEAST)
    if span.divides_by_nothing:
        row.wrong(f"{FORMULA}：“{charge.formula.text}”可能除以 0，请写成 ÷ 最大(…, 1)")
    elif span.high is not None and span.high <= 0:
        row.wrong(f"{FORMULA}：“{charge.formula.text}”算出来总不是正数；要加钱请写 {SIGN}: {MORE}")


def unknown(charges: Iterable[Charge], numbers: Iterable[str]) -> list[tuple[int, str, str]]:
    """Each row with a fact of its formula that is no number anywhere; ``numbers``: those that forms ask for."""
    known, found = NUMBERS | set(numbers), []
    for n, charge in enumerate(charges, 1):
        found += [(n, charge.rule, fact) for fact in charge.formula.facts if fact not in known]
        known = known | {charge.rule}
    return found
