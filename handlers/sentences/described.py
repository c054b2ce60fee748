"""Cases of mine that are told by what they are: 除了536365那个都同意, 超过100的先放着 其他都同意.

A text is put as if it named their numbers; what then leaves some out, or says of each its own, is read as ever.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from cards.types import Text
from flow.access.lookup import called
from flow.definitions.patterns import CASE_NO
from flow.edits.quantities import amount_bounds
from flow.views.case import open_tasks
from handlers.chat.context import Reply
from handlers.chat.decisions import is_question
from handlers.chat.sentences import sentence
from handlers.chat.spelling import numbered
from handlers.sentences import exceptions, several_cases
from handlers.sentences.hearing import WHICH
from models import CaseLine, Order

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from handlers.chat.statements import Statement
    from handlers.sentences.hearing import Hearing
    from models import Case

_ONES = r"(?:(?:的|那|这|订单|里)*(?:几|[一两二三四])?(?:单子|单|个|笔|张)?的?)"  #: behind what tells a case
_POINTS = re.compile(r"的|那|这|除外|以外|之外|不算|例外")
_BEGINS = re.compile(r"(?:^|[\s,;把将]|除了?|除开|除去|不算|不包括|不含|唯独|去掉)$")  #: ahead of what tells a case
_LEAST, _LONGEST = 2, 6  #: characters of a title that are said for the goods
_TODO = "待办"
_WHOSE = re.compile(
    rf"(?:(?<=^)|(?<=[\s,了]))(?P<who>[\u4e00-\u9fff]{{2,3}}?)(?=[的那这]){_ONES}"
)  #: of a customer, may be
_NOBODYS = "R20000101-0000"


@dataclass(frozen=True, slots=True)
class _Told:
    """A stretch of a text, and the cases that it tells; none where a bound fits none of them."""

    start: int
    end: int
    cases: tuple[str, ...]


async def meant(hearing: Hearing, statement: Statement) -> Reply | None:
    """The card for all cases but some, or for what is said of cases that are only described; None for another text."""
    if reply := await exceptions.meant(hearing, statement):
        return reply
    text = numbered(statement.text).strip(" ,。.!")
    if hearing.ctx.sure or re.search(CASE_NO, text) or exceptions.is_command(hearing, statement) or is_question(text):
        return None
    tasks = await open_tasks(hearing.ctx.me)
    told = _apart(await _all_told(hearing, text, [task.case for task in tasks])) if tasks else []
    if not told:
        return None
    whole = _spelt(text, told)
    if exceptions.leaves_out(whole):
        return await exceptions.meant(hearing, replace(statement, text=whole, words=tuple(whole.split())))
    if strange := [each for each in told if not each.cases]:
        return await _told_of_none(hearing, text, strange[0])
    return await _each_its_own(hearing, text, told)


async def _told_of_none(hearing: Hearing, text: str, strange: _Told) -> Reply | None:
    """``超过1000的先放着 其他都同意``, and none is above: that is said, and what waits is offered to be looked at."""
    if not exceptions.leaves_out(f"{text[: strange.start]}{_NOBODYS}{text[strange.end :]}"):
        return None
    lead = f"等你办的单里没有“{text[strange.start : strange.end]}”，什么都没有做"
    return await hearing.offer(WHICH, lead, [_TODO]) or Reply.of(Text(lead))


async def _each_its_own(hearing: Hearing, text: str, told: Sequence[_Told]) -> Reply | None:
    """``100以下的同意 超过100的驳回 太贵了``: each case with the words behind it; None where one is told twice."""
    every = [no for each in told for no in each.cases]
    if len(told) < _LEAST or text[: told[0].start].strip(" ,") or len(set(every)) < len(every):
        return None
    ends = [each.start for each in told[1:]] + [len(text)]
    pieces = [(each, text[each.end : end].strip(" ,;")) for each, end in zip(told, ends, strict=True)]
    if not all(words for _, words in pieces):
        return None
    whole = " ".join(f"{no} {words}" for each, words in pieces for no in each.cases)
    return await several_cases.each_its_own(hearing, sentence(whole, hearing.lexicon), text)


def _spelt(text: str, told: Sequence[_Told]) -> str:
    whole, at = "", 0
    for each in told:
        if each.cases:
            whole, at = f"{whole}{text[at : each.start]} {'、'.join(each.cases)} ", each.end
    return " ".join(f"{whole}{text[at:]}".split())


def _apart(found: Sequence[_Told]) -> list[_Told]:
    """Those that do not lie within another, in their order."""
    kept: list[_Told] = []
    for each in sorted(found, key=lambda one: (one.start - one.end, one.start)):
        if all(each.end <= other.start or other.end <= each.start for other in kept):
            kept.append(each)
    return sorted(kept, key=lambda one: one.start)


async def _all_told(hearing: Hearing, text: str, cases: Sequence[Case]) -> list[_Told]:
    """Every stretch that tells some of the cases by their order, money, goods, customer, agent, kind or type."""
    words = await _words_of(hearing, cases)
    found = list(_by_amount(text, cases))
    for word, numbers in words.items():
        for match in re.finditer(rf"(?<![A-Za-z0-9]){word}(?![A-Za-z0-9])", text):
            ones = re.compile(_ONES).match(text, match.end())
            begins, points = _BEGINS.search(text[: match.start()]), _POINTS.match(text, match.end())
            if (begins or points) if len(word) >= _LEAST else (begins and points):
                found.append(_Told(match.start(), ones.end() if ones else match.end(), numbers))
    return [*found, *[_Told(*match.span(), ()) for match in _WHOSE.finditer(text) if await called(match["who"])]]


def _by_amount(text: str, cases: Sequence[Case]) -> Iterator[_Told]:
    for bound in amount_bounds(text):
        ones = re.compile(_ONES).match(text, bound.end)
        fitting = dict.fromkeys(case.no for case in cases if bound.fits(case.amount))
        yield _Told(bound.start, ones.end() if ones else bound.end, tuple(fitting))


async def _words_of(hearing: Hearing, cases: Sequence[Case]) -> dict[str, tuple[str, ...]]:
    """Each pattern of a word that tells some of the cases, and which."""
    said: dict[str, dict[str, None]] = {}
    titles: dict[int, list[str]] = {}
    for case_id, title in await CaseLine.filter(case_id__in=[case.id for case in cases]).values_list(
        "case_id", "title"
    ):
        titles.setdefault(int(str(case_id)), []).append(str(title))
    orders = {order.id: order for order in await Order.filter(id__in={case.order_id for case in cases})}
    types = hearing.ctx.desk.business.types
    for case in cases:
        kind = types.get(hearing.ctx.desk.business.present.types.called(case.return_type, case.opened_at))
        creator = hearing.ctx.staff.by_id.get(case.creator_id or 0)
        order = orders.get(case.order_id or 0)
        words = [case.order_no, order.customer_name if order else "", case.kind, case.return_type]
        words += kind.aliases if kind else ()
        goods = {part for title in titles.get(case.id, ()) for part in _parts(title)}
        patterns = [re.escape(word) for word in (*(word for word in words if len(word) >= _LEAST), *goods)]
        for pattern in [*patterns, *([f"{creator.name}[提开交报建]"] if creator else [])]:
            said.setdefault(pattern, {})[case.no] = None
    return {word: tuple(numbers) for word, numbers in said.items()}


def _parts(title: str) -> set[str]:
    """The title, and every piece of it that may be said for it."""
    sizes = range(_LEAST, min(_LONGEST, len(title)) + 1)
    parts = {title[n : n + size] for size in sizes for n in range(len(title) - size + 1)}
    return {part for part in parts | {title, title[-1:]} if part and not part.isascii()}  # 灯 of 护眼台灯
