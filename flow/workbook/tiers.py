"""The sheet 审批表: one row a tier, a column for each fact, and a row for the policy as a whole."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from flow.definitions import ceiling
from flow.definitions.charges import TABLE as FORMULAS
from flow.definitions.conditions import number
from flow.definitions.policy import AUTOMATIC, WHOLE, Tier
from flow.definitions.schema import keys_of
from flow.definitions.table_text import table_lines
from flow.validation.surroundings import MONEY
from flow.workbook.columns import codecs, from_left, heads
from flow.workbook.tables import FIRST_ROW, Codec, Head, merged, spelling, table
from flow.workbook.values import AMOUNT, PROSE, condition, text_of
from flow.workbook.words import meant, plain, storable

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from flow.workbook.errors import Problems
    from flow.workbook.tables import Line, Table

SHEET = "审批表"
RULE, APPROVER, TRIGGER, TWO = "规则", "审批", "退款时机", "双人金额"
#: heading -> what is said of it
CEILING = {
    f"{ceiling.KEY} {part}": f"{what}系统自动通过多少元，超过就要人批；空着是不限，放宽要两位别人同意"
    for part, what in zip(ceiling.AMOUNTS, ("一单最多", "一天最多", "一个客户最多"), strict=True)
} | {f"{ceiling.KEY} {ceiling.WITHIN}": "一个客户多少天里的加起来；空着是从头加起，改小是放宽，要两位别人同意"}
FACT_NOTE = "条件，空着是随便：<=50、>500、50~500、甲|乙、是、否；金额只写一个数会问是到它为止还是正好"
RULE_HEAD = Head(
    RULE,
    f"规则的名字，写进流水。从上往下第一行符合的算数\n“{WHOLE}”这一行写整份政策的退款时机、双人金额和自动上限",
    18,
)
TAIL = (
    *from_left(heads(keys_of(Tier))),
    Head(TWO, f"只写在“{WHOLE}”那一行：超过它，质检和退款不能是同一个人", 12),
    *(Head(head, f"只写在“{WHOLE}”那一行：{what}", 12) for head, what in CEILING.items()),
)
FIXED = (RULE, *(head.name for head in TAIL))
_CODECS = codecs(keys_of(Tier))


def show(policy: Mapping[str, Any]) -> Table:
    """The sheet of a policy."""
    tiers = _tiers(policy)
    rule = replace(RULE_HEAD, note=RULE_HEAD.note + _beside(policy))
    heads = (rule, *(Head(fact, FACT_NOTE, 14) for fact in facts(policy)), *TAIL)
    whole = {RULE: WHOLE, TRIGGER: text_of(policy.get(TRIGGER)), TWO: AMOUNT.show(policy.get(TWO))}
    whole |= {head: AMOUNT.show(value) for head, value in _ceiling(policy).items()}
    return table(SHEET, heads, [whole, *({str(key): text_of(cell) for key, cell in tier.items()} for tier in tiers)])


def _beside(policy: Mapping[str, Any]) -> str:
    """What else of the policy moves money and stands on no sheet: it is kept, and changed in the chat."""
    rows = [row for row in policy.get(FORMULAS) or [] if isinstance(row, dict)]
    if not rows:
        return ""
    lines = "\n".join(table_lines(FORMULAS, rows)[1:])
    return f"\n这份政策还有{FORMULAS}，不在表里；存这张表不会动它，看和改请在聊天里回复“{RULE} {FORMULAS}”：\n{lines}"


def facts(policy: Mapping[str, Any]) -> list[str]:
    """The facts that the table asks for, in their order."""
    found = (str(key) for tier in _tiers(policy) for key in tier if key not in FIXED)
    return list(dict.fromkeys(found))


def _tiers(policy: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [tier for tier in policy.get(SHEET) or [] if isinstance(tier, dict)]


def read(sheet: Table, policy: Mapping[str, Any], problems: Problems) -> tuple[dict[str, Any], list[int]]:
    """The policy with what the sheet says now, and the row of each tier."""
    lines = sheet.lines(problems)
    whole = [line for line in lines if plain(line[RULE]) == WHOLE]
    rows = [line for line in lines if plain(line[RULE]) != WHOLE]
    asked = [name for name in sheet.headings if name not in FIXED]
    new: dict[str, Any] = {SHEET: _read_tiers(rows, asked, policy)}
    if len(whole) != 1:
        problems.at(
            SHEET, whole[-1].row.number if whole else 0, RULE, f"“{WHOLE}”这一行要有一次，现在有 {len(whole)} 次"
        )
    else:
        new |= _read_whole(whole[0], asked, policy)
        new |= _read_ceiling(whole[0], [head for head in CEILING if head in sheet.headings], policy)
    return merged(policy, new), [line.row.number for line in rows]


def _read_whole(line: Line, asked: Iterable[str], policy: Mapping[str, Any]) -> dict[str, Any]:
    for heading in (*asked, *(own for own in _CODECS if own != TRIGGER)):
        if line[heading]:
            line.wrong(heading, f"“{WHOLE}”这一行只写退款时机、双人金额和自动上限")
    found = {
        TRIGGER: line.value(TRIGGER, _CODECS[TRIGGER], policy.get(TRIGGER)),
        TWO: line.value(TWO, AMOUNT, policy.get(TWO)),
    }
    for heading, value in found.items():
        if value is None and policy.get(heading) is not None:
            line.wrong(heading, "空着，整份政策要写一个")
    return found


def _read_ceiling(line: Line, headings: Iterable[str], policy: Mapping[str, Any]) -> dict[str, Any]:
    """The ceiling, where the sheet has its columns; one of before leaves it as it is."""
    old = _ceiling(policy)
    now = {head: line.value(head, AMOUNT, old[head]) for head in headings}
    parts = {**old, **now}
    fresh = {head.removeprefix(f"{ceiling.KEY} "): value for head, value in parts.items() if value is not None}
    return {ceiling.KEY: fresh or None}


def _ceiling(policy: Mapping[str, Any]) -> dict[str, Any]:
    """What the policy says under each heading of the ceiling."""
    said = policy.get(ceiling.KEY)
    said = said if isinstance(said, dict) else {}
    return {head: said.get(part) for head, part in zip(CEILING, ceiling.PARTS, strict=True)}


def _read_tiers(lines: Sequence[Line], asked: Sequence[str], policy: Mapping[str, Any]) -> list[dict[str, Any]]:
    tiers = _tiers(policy)
    readers = {RULE: PROSE, **{fact: condition(fact) for fact in asked}, **_CODECS}
    rows = [(_shown(tier, readers), tier) for tier in tiers]
    by_rule = {storable(text_of(tier.get(RULE))): tier for tier in reversed(tiers)}
    found = []
    for n, line in enumerate(lines):
        said = tuple(line[heading] for heading in readers)
        same = (tier for shown, tier in (*rows[n : n + 1], *rows) if shown == said)  # in its old place, or moved
        old = next(same, None) or by_rule.get(line[RULE], {})
        found.append(_tier(line, old, readers))
    return found


def _shown(tier: Mapping[str, Any], headings: Iterable[str]) -> tuple[str, ...]:
    return tuple(storable(text_of(tier.get(heading))) for heading in headings)


def _tier(line: Line, old: Mapping[str, Any], readers: Mapping[str, Codec]) -> dict[str, Any]:
    for heading in (RULE, APPROVER):
        if not line[heading]:
            line.wrong(heading, "空着，每一档都要写名字和谁审批；不要的行请整行删掉")
    for heading in (TWO, *CEILING):
        if line[heading]:
            line.wrong(heading, f"只写在“{WHOLE}”那一行")
    for heading in readers:
        if line[heading] != storable(text_of(old.get(heading))):
            _refuse_bare(line, heading)
    return merged(old, {heading: line.value(heading, codec, old.get(heading)) for heading, codec in readers.items()})


def _refuse_bare(line: Line, heading: str) -> None:
    """A bare number under an amount means just that number, and is mostly meant as the bound of a tier: asked back."""
    said = plain(line[heading])
    if heading in MONEY and number(said) is not None:
        ways = f"请写 <={said}、>{said}，正好写 {said}~{said}"
        line.wrong(heading, f"“{said}”是到 {said} 为止、{said} 以上，还是正好 {said}？{ways}")


def check_approvers(sheet: Table, roles: Iterable[str], problems: Problems) -> None:
    """Every approver is a role, or 自动."""
    known = spelling([AUTOMATIC, *roles])
    for line in sheet.lines(problems):
        said = plain(line[APPROVER])
        if said and said not in known:
            line.wrong(APPROVER, f"没有角色“{said}”{meant(said, known)}")


def row_of(tier: int, rows: Sequence[int]) -> int:
    """The sheet's row of the n-th tier, counted from 1."""
    return rows[tier - 1] if 0 < tier <= len(rows) else FIRST_ROW
