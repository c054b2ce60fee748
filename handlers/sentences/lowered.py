"""A smaller sum, or fewer goods, than a case has, said by who decides on it or pays: 按一个退, 最多退一百, 扣18再退.

No button pays less than the case says, so what is offered is the correction itself where this person may make it, else
the step back to where it can be made, with the statement for whoever sits there.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from cards.guess import THEN
from cards.words import money
from flow.definitions.permissions import AMOUNT, WHOLE
from flow.definitions.vocabulary import CREATOR, DEDUCT, PAYS
from flow.edits.quantities import NUMERAL, numeral
from flow.views.case import open_tasks
from handlers.chat import guesses, positions
from handlers.chat.decisions import is_question
from handlers.chat.parse import is_case_no
from handlers.chat.reservations import waits
from handlers.chat.sentences import sentence
from handlers.chat.spelling import asks, is_number
from handlers.sentences import conditions, in_hand
from handlers.sentences.hearing import COMMENT, CORRECT, LOOK, WHICH, beside, short
from models import CaseLine, Task, TaskState
from models.fields import yuan

if TYPE_CHECKING:
    from collections.abc import Sequence

    from handlers.chat.context import Reply
    from handlers.chat.statements import Statement
    from handlers.sentences.hearing import Hearing
    from handlers.sentences.in_hand import InHand
    from models import Case

_N = rf"(?P<n>\d+(?:\.\d{{1,2}})?|{NUMERAL})"
_UNIT, _YUAN = "[个件只条台套盒瓶双盏把张包根份]", "(?:元|块钱|块|圆)"
_WHOM = "(?:给|他|她|客户|客人|买家|人家)*"
_BOUND = r"(?:最多|顶多|至多|不能?超过|别超过|[只就仅](?:能|可以|同意|认|肯)*|按|改成|改为|改到|上限)"
_VERB = "(?:退款|退还|退|赔付|赔|付|打款|打|给)"
_END = (
    r"(?![\d.个件只条台套盒瓶双盏把张包根份天日号月年周折成%点些下次部单小时分半倍笔层级"
    r"零〇一二两俩三仨四五六七八九十百])"
)
_SUMS = (
    re.compile(rf"{_BOUND}{_VERB}?{_WHOM}\s?(?:¥\s?)?{_N}\s?{_YUAN}?{_END}"),
    re.compile(rf"(?<![不别少再没]){_VERB}{_WHOM}\s?(?:¥\s?)?{_N}\s?{_YUAN}(?!运费|邮费){_END}"),
    re.compile(rf"(?<![\d.扣减]){_N}\s?{_YUAN}?(?:封顶|为限|就行|就够|就好|即可|算了)"),
)
_COUNTS = (
    re.compile(rf"(?:{_BOUND}|(?<![不别少再没上])退){_VERB}?{_WHOM}(?:其中的?|里面的?)?\s?{_N}\s?{_UNIT}"),
    re.compile(rf"{_N}\s?{_UNIT}(?:封顶|为限|就行|就够|就好|即可)"),
)
_SHARE = re.compile(rf"{_N}\s?{_UNIT}的?(?:钱|款)")  #: 只退一个的钱 is a sum: both may have come back
_TENTHS = "[一二三四五六七八九]"
_FRACTION = re.compile(
    rf"(?:{_BOUND}|打|{_VERB}){_VERB}?{_WHOM}个?\s?(?:(?P<half>一半|半价|对半)(?!的?[货件])"
    rf"|(?P<tenths>\d(?:\.?\d)?|{_TENTHS}{{1,2}})折|(?P<parts>{_TENTHS}|\d)成|(?P<percent>\d{{1,2}})[%％])"
)  #: 最多赔一半, 打八五折, 按七成退, 退80%
_OFF = r"(?<![不没别])(?<!不用)(?:扣掉|扣除|扣去|扣|少退|少给|少付|减掉|减去)"
_DEDUCTION = re.compile(rf"{_OFF}(?!子)[^\s,;。!\d]{{0,5}}?\s?(?:¥\s?)?{_N}\s?{_YUAN}?{_END}")
_FEWER = re.compile(rf"(?<![不没别])少退{_WHOM}\s?{_N}\s?{_UNIT}")
_EVERY = (*_COUNTS, _FEWER, _DEDUCTION, *_SUMS, _FRACTION)
_THEN_PAID = re.compile(
    r"(?:完|了|掉|后|以后)?再(?:给|给他|给她|给客户)?(?:退款|退|打款|打|付款|付)(?:吧|给他|给她|给客户)?"
)
_APART = re.compile(r"剩下|剩余|其余|余下|先[退打付给]|分[两几]次|已经")  #: a sum in parts, or paid elsewhere
_REST = re.compile(r"(?:其余|剩下|剩余|余下|其他)的?(?:照常|照|都|全|正常|就|不)*[退付打给]")  #: 扣10块 其余照退
_NOTHING = re.compile(r"[\s,。;!吧了啊的款钱再退就行好只按算运费元块金额但是]*")


@dataclass(frozen=True, slots=True)
class Lower:
    """What a case is to come down to: statements' ends, and whether the words say more than that."""

    ends: tuple[str, ...]
    more: bool


async def said(hearing: Hearing, statement: Statement) -> Reply | None:
    """The same of what was typed, with the case ahead, behind a button, or left out where one task waits for me."""
    ctx, words, text = hearing.ctx, list(statement.words), " ".join(statement.words)
    if ctx.sure or not any(pattern.search(text) for pattern in _EVERY):
        return None
    cases = [word for word in words if is_case_no(word)]
    pressed = len(words) > 1 and hearing.lexicon.is_button(words[0])
    if pressed and not cases and words[1].isdecimal():
        place = await positions.meant(ctx, words[1])
        cases = list(place.numbers) if place and place.sure else []
        words[1:2] = cases[:1] or words[1:2]
    button = words[0] if pressed and words[1:2] == cases[:1] else ""
    if not button and words[0] in hearing.lexicon.commands:
        return None
    if not cases and not any(map(is_number, words)) and not hearing.lexicon.about_orders & {words[0]}:
        cases = list(dict.fromkeys(task.case.no for task in await open_tasks(ctx.me)))
    rest = " ".join(words[2:]) if button else beside(sentence(statement.text, hearing.lexicon))
    return await meant(hearing, cases[0], rest, button) if len(cases) == 1 else None


async def meant(hearing: Hearing, no: str, text: str, button: str = "") -> Reply | None:
    """The correction that leads to the sum or the count that is said; None for other words, or no such work of mine.

    ``button`` is what was said to be pressed with these words: it stands last, and pays what the case says.
    """
    mine = Task.filter(case__no=no, owner_id=hearing.ctx.me.id, state=TaskState.OPEN).prefetch_related("case")
    found = [each for each in await in_hand.of(hearing, await mine.order_by("id"), text) if _binds(hearing, each)]
    if len(found) != 1 or not text or asks(text) or is_question(text) or found[0].heard.paid:
        return None
    [each] = found
    names = [button] if button else [name for name in each.heard.first[:1] if not each.pays(name)]
    refused = _refuses(each, names or each.heard.first)
    if (
        refused and (button or _is_named(hearing, names or each.heard.first, text))
    ) or each.task.case.creator_id == hearing.ctx.me.id:
        return None
    if not (lower := await _lower(hearing, each.task.case, text)):
        return None
    kept = f"{COMMENT} {no} {text}"
    change = [f"{CORRECT} {no} {end}" for end in lower.ends]
    able = [line for line in change if await guesses.works(hearing.ctx, line.split(), hearing.strictly)]
    back = await conditions.given_back(hearing, each, text, of_sum=True)
    first = [f"{kept} {THEN} {line}" if lower.more else line for line in able]
    pressed = [f"{name} {no} {text}" if button else in_hand.with_remark(hearing, each, name, text) for name in names]
    lead = _lead(hearing, each, text, (able, back, change))
    return await hearing.offer(WHICH, lead, [*first, *(back if first else [*back, kept]), *pressed, f"{LOOK} {no}"])


def _binds(hearing: Hearing, each: InHand) -> bool:
    """Whether a task is to decide on a sum as it stands, or to pay it; at the bench goods are counted."""
    if any({*in_hand.COUNTED, DEDUCT} & {*button.effects} for button in each.buttons):
        return False
    binding = {*hearing.lexicon.phrases.terms["按钮"]}
    return any(PAYS in button.effects or {button.name, button.verdict} & binding for button in each.buttons)


def _is_named(hearing: Hearing, names: Sequence[str], text: str) -> bool:
    """Whether a button is spoken of by its own name, and not by a complaint alone: 太贵了,最多退一个的钱."""
    known = hearing.lexicon.phrases
    sure = {word for word, each in known.sure.items() if each & {*names}}
    return any(word in text for word in (*names, *sure))


def _refuses(each: InHand, names: Sequence[str]) -> bool:
    return any(button.danger for button in each.buttons if button.name in names)


async def _lower(hearing: Hearing, case: Case, text: str) -> Lower | None:
    """What the words come to; None where they name nothing smaller, or are of a part that is paid apart."""
    figures = _THEN_PAID.sub(" ", text)
    if _APART.search(_REST.sub(" ", text)) or waits(figures, hearing.lexicon.phrases):
        return None
    units = sum([line.requested for line in await CaseLine.filter(case_id=case.id)])
    if case.amount and (share := _share(figures, units, case.amount)):
        return Lower((f"金额 {share.normalize():f}",), more=True)
    fewer = _counts(figures, units)
    rest = figures
    for pattern in _EVERY:
        rest = pattern.sub(" ", rest)
    more = _NOTHING.fullmatch(rest) is None
    if fewer:
        return Lower(tuple(f"数量 {count}" for count in fewer), more)
    sums = _sums(figures, case.amount) if case.amount else []
    return Lower(tuple(f"金额 {each.normalize():f}" for each in sums), more) if sums else None


def _counts(text: str, units: int) -> list[int]:
    said = [_value(match["n"]) for pattern in _COUNTS for match in pattern.finditer(text)]
    said += [units - _value(match["n"]) for match in _FEWER.finditer(text)]
    return list(dict.fromkeys(int(each) for each in said if 0 < each < units))


def _share(text: str, units: int, amount: Decimal) -> Decimal | None:
    """The money of as many units as are said; None where that is no less."""
    said = [_value(match["n"]) for match in _SHARE.finditer(text)]
    return yuan(amount * said[0] / units) if len(said) == 1 and 0 < said[0] < units else None


def _sums(text: str, amount: Decimal) -> list[Decimal]:
    """Each sum that may be meant: what is to be paid, and what is left of the case's when something is taken off."""
    off = sum((_value(match["n"]) for match in _DEDUCTION.finditer(text)), Decimal(0))
    plain = _DEDUCTION.sub(" ", text)
    said = [_value(match["n"]) for pattern in _SUMS for match in pattern.finditer(plain)]
    said += [yuan(amount * _fraction(match)) for match in _FRACTION.finditer(plain)]
    found = [*said, *([amount - off] if off else [])]
    return list(dict.fromkeys(each for each in found if 0 < each < amount))[:2]


def _fraction(match: re.Match[str]) -> Decimal:
    """What a fraction leaves of the whole: 八五折 is 0.85, 七成 is 0.7."""
    if match["half"]:
        return Decimal("0.5")
    if match["percent"]:
        return Decimal(match["percent"]) / 100
    figures = (match["tenths"] or match["parts"]).replace(".", "")
    digits = figures if figures.isdecimal() else "".join(str(numeral(figure)) for figure in figures)
    return Decimal(f"0.{digits}")


def _value(number: str) -> Decimal:
    return Decimal(number) if number[0].isdigit() else Decimal(numeral(number) or 0)


def _lead(hearing: Hearing, each: InHand, text: str, ways: tuple[Sequence[str], Sequence[str], Sequence[str]]) -> str:
    """That the buttons pay the case's sum, and the way to the other one."""
    able, back, change = ways
    shown = hearing.ctx.desk.business.matrix.sees(hearing.ctx.me.roles, AMOUNT) == WHOLE
    amount = f" {money(each.task.case.amount)} " if shown and each.task.case.amount else ""
    stays = f"“{short(text, 18)}”什么都没有做，点了才算；不改就照单子上的{amount}办，不会跟着改"
    if able:
        return f"{stays}。要少退点“{CORRECT}”，改完重新审批"
    to = back[0].split()[2] if back else ""
    who = CREATOR if to in ("", CREATOR) else "那里或上级"
    return f"{stays}。要少退先{f'退回{to}，' if to else '请'}{who}回复“{change[0]}”"
