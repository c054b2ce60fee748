"""What is said of the case that an order already has, by the number of the order: 昨天提的那个700002的单 只退一个了."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from flow.definitions.waybills import waybill
from flow.orders.near import orders_among
from handlers.chat import guesses, rewording
from handlers.chat.phones import is_phone
from handlers.chat.spelling import asks_at_all
from handlers.sentences.hearing import COMMENT, CORRECT, LOOK, OFFERED, PARCEL, WHICH, short
from models import Case, CaseState

if TYPE_CHECKING:
    from collections.abc import Sequence

    from handlers.chat.context import Reply
    from handlers.chat.sentences import Sentence
    from handlers.sentences.hearing import Hearing

_DONE = r"(?:提交|提|开|建|录|申请|报)(?:过|了)?的"
_WHEN = r"(?:昨天|前天|昨晚|今早|今天|中午|晚上|刚才|刚刚|刚|上午|下午|早上|之前|上次|上周|前面|我|们|,|\s)*"
_WRONG = r".*(?:数量|件数|金额|原因|类型)?(?:写|填|打|搞|弄|录)?(?:错|多|少|反)了"  #: said of what has been opened
_SENT = re.compile(r"快递单号|运单|快递|物流|单号|寄|发[出走]")


async def meant(hearing: Hearing, said: Sentence) -> Reply | None:
    """The answer where the case of an order is meant, and no new one; None for another sentence."""
    orders = await orders_among(said.numbers)
    if len(orders) != 1 or asks_at_all(said.text):
        return None
    order, others = orders[0], [number for number in said.numbers if number.upper() != orders[0].upper()]
    cases = Case.filter(order_no=order, state__in=(CaseState.OPEN, CaseState.HELD)).order_by("-id").limit(OFFERED)
    running = [str(no) for no in await cases.values_list("no", flat=True)]
    if not running:
        return None
    sent = [number for number in others if waybill(number) and not is_phone(number)]
    if len(sent) == len(others) == 1 and _SENT.search(said.text):
        return await _offered(hearing, said, [f"{PARCEL} {no} {sent[0].upper()}" for no in running])
    if pointed := _pointed(order).search(said.text):
        rest = f"{said.text[: pointed.start()]} {said.text[pointed.end() :]}"
        return await _carried_out(hearing, said, running, " ".join(rest.split()))
    opens = set(said.commands) & hearing.lexicon.about_orders
    words = re.sub(rf"{re.escape(order)}(?:的|这单|那单)*[\s,]*", "", said.text, count=1, flags=re.IGNORECASE)
    if rewording.of_order(words) and not opens:
        return await _offered(hearing, said, [f"{COMMENT} {no} {words}" for no in running])
    return None


def _pointed(order: str) -> re.Pattern[str]:
    """The order as that of a case which somebody has opened."""
    that, case = "(?:那个|那张|这个|这张|那|这)?", "(?:单子|单(?!号))"
    no = re.escape(order)
    return re.compile(
        rf"{_WHEN}{_DONE}{that}{case}?[\s,]*{no}的?{that}{case}?[\s,]*"
        rf"|{no}[\s,]*{_WHEN}{_DONE}{that}(?:售后单|退货单|换货单|{case})[\s,]*"
        rf"|{no}的?{that}{case}[\s,]*(?:{_WHEN}{_DONE})?(?={_WRONG})",
        re.IGNORECASE,
    )


async def _carried_out(hearing: Hearing, said: Sentence, running: Sequence[str], rest: str) -> Reply | None:
    """What is said, with the case in place of its order; of several the one that is meant is asked for."""
    if len(running) == 1:
        return await hearing.run(hearing.ctx, [running[0], *rest.split()])
    each = [[f"{CORRECT} {no} {rest}", f"{COMMENT} {no} {rest}"] for no in running]
    able = [
        line for lines in each for line in lines if await guesses.works(hearing.ctx, line.split(), hearing.strictly)
    ]
    changes = [line for line in able if line.startswith(f"{CORRECT} ")]
    return await _offered(hearing, said, changes or able)


async def _offered(hearing: Hearing, said: Sentence, lines: list[str]) -> Reply | None:
    lead = f"“{short(said.text, 60)}”点一下才算，现在什么都没有做"
    looks = [f"{LOOK} {line.split()[1]}" for line in lines]
    return await hearing.offer(WHICH, lead, [*lines, *looks])
