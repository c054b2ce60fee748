"""Personal data erased on request: what a customer is called, reached by, and what was written about them.

What was done and what was paid stays, and the chain goes on verifying: see ``flow.records.audit``.
"""

from __future__ import annotations

import re
import secrets
import unicodedata
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tortoise.transactions import in_transaction

from flow.cases.photos import take_away
from flow.definitions.phones import phone
from flow.errors import NotAllowed, NotFound
from flow.imports.claims import nameless
from flow.records import access_log, audit, register
from flow.records.events import note
from flow.records.locks import lock_cases
from flow.records.verification import ERASED, STEPS, left_of
from models import (
    Case,
    CaseLine,
    CustomerEntry,
    CustomerNotice,
    Definition,
    Dialog,
    Event,
    Inbox,
    Member,
    Order,
    Outbox,
    Parcel,
    Photo,
    Refund,
    Refusal,
    SentCard,
    WorkState,
)
from models.views.case import By

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence
    from datetime import datetime

    from models.views.case import Person

BLANK = "（已清除）"  #: what stands where words were
GONE = "已清除"  #: begins the pseudonym that ties a customer's orders together
PAGE = 500
_OVER = (WorkState.DONE, WorkState.FAILED)
#: numbers, moments, reckonings, numbers of ours
_PLAIN = re.compile(r"[\d.,:%/~\-+TZ ¥×−=()（）件单退换半年月日天元]*|[RW]\d{8}-\d+(-[A-Z]\d+)?")
_CALLED = re.compile(r"(?<!\d)(?:1[3-9]\d{9}|0\d{9,11})(?!\d)")  #: a number that somebody is called by
_FILLING = re.compile(r"[\s\-‐-―－.．()（）]")  #: between the parts of a number, a name or an address
_SHORTEST = 2  #: characters of a name that is looked for in texts


@dataclass(slots=True)
class Whose:
    """All that is on record of one customer."""

    orders: list[Order]
    cases: list[Case]
    marks: frozenset[str]  #: name, number, e-mail and address: where one of them stands, it is about them
    traces: frozenset[str]  #: these, and whatever else tells a message about them: numbers and notes of their cases
    photos: int = 0
    notices: int = 0
    entries: int = 0
    inbox: list[int] = field(default_factory=list)
    outbox: list[int] = field(default_factory=list)
    dialogs: list[int] = field(default_factory=list)
    refusals: list[int] = field(default_factory=list)
    cards: list[int] = field(default_factory=list)

    def names(self) -> frozenset[str]:
        """What tells of them alone, and not of whoever else has had the same trouble: no notes."""
        return self.marks | {case.no for case in self.cases} | {order.no for order in self.orders}

    def told(self) -> str:
        """What will go, for whoever confirms it."""
        numbers = "、".join(case.no for case in self.cases[:10]) + (" 等" if len(self.cases) > 10 else "")
        return (
            f"将清除 {len(self.orders)} 个订单、{len(self.cases)} 张售后单（{numbers or '没有'}）里的姓名、手机、邮箱、"
            f"地址、客户号、收款账号、备注和流水里写的话，{self.photos} 张照片，{self.notices} 条客户通知，"
            f"{self.entries} 条名单，{len(self.inbox)} 条收件、{len(self.outbox)} 条发件、{len(self.dialogs)} 段对话、"
            f"{len(self.refusals)} 条被拒绝的操作。"
            "商品、金额、状态、谁在什么时候办的都留着，流水照样验得过。清除以后找不回来，备份里的要另外处理"
        )

    def code(self) -> str:
        """Four digits that go with what was told: whoever confirms has seen it.

        Messages are left out of them: the confirmation is one more.
        """
        counts = [self.photos, self.notices, self.entries]
        seen = audit.canonical([[o.id for o in self.orders], [[c.id, c.seq] for c in self.cases], counts])
        return f"{int(audit.digest(seen)[:8], 16) % 10000:04d}"


async def whose(word: str) -> Whose:
    """What there is of the customer of a mobile number, an order, a case or a customer number.

    Raises NotFound where nobody is meant, and NotAllowed while a case of theirs is under way.
    """
    first = await _orders(word)
    if not first:
        raise NotFound(f"没有找到 {word} 的客户，请写完整的手机号、订单号、单号或客户号")
    orders = await _all_of(first)
    ids = [order.id for order in orders]
    cases = await Case.filter(order_id__in=ids).order_by("id")
    running = [case.no for case in cases if case.goes_on]
    if running:
        raise NotAllowed(f"{'、'.join(running)} 还没办完，退款和通知还要用这些资料，办完再清除")
    marks = {text for o in orders for text in (o.customer_name, o.mobile, o.email, o.address) if len(text) >= _SHORTEST}
    marks |= {order.customer for order in orders if phone(order.customer)}
    traces = {text for case in cases for text in (case.no, case.note) if len(text) >= _SHORTEST}
    traces |= {order.no for order in orders}
    found = Whose(orders, cases, frozenset(marks), frozenset(marks | traces))
    await _look_around(found)
    return found


async def _orders(word: str) -> list[Order]:
    text = word.strip()
    case = await Case.get_or_none(no=text.upper())
    if case is not None:
        return await Order.filter(id=case.order_id or 0)
    if found := await Order.filter(no=text):
        return found
    number = phone(text)
    if number is not None and number.is_mobile:
        near = await Order.filter(mobile__contains=number.digits[-4:])
        return [order for order in near if (of := phone(order.mobile)) and of.digits == number.digits]
    return await Order.filter(customer=text) if text else []


async def _all_of(first: Sequence[Order]) -> list[Order]:
    """Those of the same customer number or mobile number, too."""
    found = {order.id: order for order in first}
    for order in first:
        if order.customer:
            found |= {each.id: each for each in await Order.filter(customer=order.customer, shop=order.shop)}
        if order.mobile:
            found |= {each.id: each for each in await Order.filter(mobile=order.mobile)}
    return [found[order_id] for order_id in sorted(found)]


async def _look_around(found: Whose) -> None:
    ids = [case.id for case in found.cases]
    found.photos = await Photo.filter(case_id__in=ids).count()
    found.notices = await CustomerNotice.filter(case_id__in=ids).count()
    found.entries = await CustomerEntry.filter(customer__in=list(_keys(found.orders))).count()
    found.inbox = await _mentioning(Inbox, "payload", found, state__in=_OVER)
    found.outbox = await _mentioning(Outbox, "payload", found, state__in=_OVER)
    found.dialogs = await _mentioning(Dialog, "data", found, found.names())
    found.refusals = await _mentioning(Refusal, "words", found)
    found.cards = await _mentioning(SentCard, "face", found, found.names(), face__isnull=False)


def _keys(orders: Sequence[Order]) -> set[str]:
    return {text for order in orders for text in (order.customer, order.mobile) if text}


async def _mentioning(table: Any, column: str, found: Whose, traces: Collection[str] = (), **where: Any) -> list[int]:
    """Rows that hold the customer's data, or are of one of their cases."""
    cases, ids, last = {case.id for case in found.cases}, [], 0
    traces = traces or found.traces
    about = "case_id" in table._meta.fields_map
    while rows := await table.filter(id__gt=last, **where).order_by("id").limit(PAGE):
        for row in rows:
            if (about and row.case_id in cases) or _texts_in(getattr(row, column), traces):
                ids.append(row.id)
        last = rows[-1].id
    return ids


def _texts_in(value: Any, marks: Collection[str]) -> set[str]:
    """Those that stand anywhere within a value, however their parts are set apart."""
    text = "\n".join(_squeezed(each) for each in _strings(value))
    return {mark for mark in marks if len(bare := _squeezed(mark)) >= _SHORTEST and bare in text}


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        yield from (text for pair in value.items() for each in pair for text in _strings(each))
    elif isinstance(value, list | tuple):
        yield from (text for each in value for text in _strings(each))


def _squeezed(text: str) -> str:
    return _FILLING.sub("", unicodedata.normalize("NFKC", text)).casefold()


async def erase(found: Whose, who: Person | None, now: datetime) -> None:
    """Do it, all or nothing."""
    async with in_transaction():
        await lock_cases(*(case.id for case in found.cases))  # before their orders, as ``flow.records.locks`` has it
        pseudonym = f"{GONE}{secrets.token_hex(6)}"
        known = await _vocabulary(found)
        for order in found.orders:
            await Order.filter(id=order.id).update(
                customer_name="", mobile="", email="", address="", customer=pseudonym if order.customer else ""
            )
        listed = CustomerEntry.filter(customer__in=list(_keys(found.orders)))
        entries = [int(str(each)) for each in await listed.values_list("id", flat=True)]
        await CustomerEntry.filter(id__in=entries).update(customer=pseudonym, why=BLANK)
        ids = [case.id for case in found.cases]
        photos = Photo.filter(case_id__in=ids)
        await take_away(await photos.only("id", "digest", "place"), pseudonym, now)
        await photos.delete()
        await CustomerNotice.filter(case_id__in=ids).update(text=BLANK, error="")
        await Refund.filter(case_id__in=ids).exclude(account="").update(account=BLANK)
        await Refund.filter(case_id__in=ids).update(error="")
        await Inbox.filter(id__in=found.inbox).update(payload={}, error="")
        await Outbox.filter(id__in=found.outbox).update(payload={}, error="")
        await SentCard.filter(id__in=found.cards).update(face=None)
        await Dialog.filter(id__in=found.dialogs).delete()
        await Refusal.filter(id__in=found.refusals).update(words=BLANK)
        for case in found.cases:
            await _erase_case(case, pseudonym, known, By(who, now))
        data = {
            access_log.CASES: [case.no for case in found.cases],
            "订单数": len(found.orders),
            "照片数": found.photos,
        }
        await register.enter(register.LIST, entries, now)
        await access_log.put_down(access_log.ERASED, who, data, now)


@dataclass(frozen=True, slots=True)
class _Known:
    """Words of the business and of its staff, which are nobody's personal data."""

    texts: str
    names: frozenset[str]
    marks: frozenset[str]
    whose: frozenset[str]  #: the same, and what the customer's orders are found by

    def keeps(self, value: Any) -> bool:
        """Whether nothing in a value was written by or about a customer."""
        if isinstance(value, dict):
            return all(self.keeps(each) for each in value.values())
        if isinstance(value, list | tuple):
            return all(self.keeps(each) for each in value)
        if not isinstance(value, str):
            return True
        if not value or value == BLANK or value in self.names:
            return True
        return not _texts_in(value, self.marks) and (value in self.texts or _is_plain(value))

    def blanked(self, value: Any) -> Any:
        """The same with what is not the business's own taken out."""
        if isinstance(value, dict):
            return {key: self.blanked(each) for key, each in value.items()}
        if isinstance(value, list | tuple):
            return [self.blanked(each) for each in value]
        return value if self.keeps(value) else BLANK


def _is_plain(value: str) -> bool:
    """A number, an amount, a moment, a number of ours; no phone number."""
    return bool(_PLAIN.fullmatch(value)) and not _CALLED.search(re.sub(r"[ \-]", "", value))


async def _vocabulary(found: Whose) -> _Known:
    texts = await Definition.all().values_list("text", flat=True)
    ids = [case.id for case in found.cases]
    lines = await CaseLine.filter(case_id__in=ids).values_list("sku", "title")
    numbers = [
        *await Parcel.filter(case_id__in=ids).values_list("waybill", flat=True),
        *await Refund.filter(case_id__in=ids).values_list("reference", flat=True),
    ]
    names = {str(name) for name in await Member.all().values_list("name", flat=True)}
    names |= {str(text) for line in lines for text in line} | set(map(str, numbers))
    names |= {order.no for order in found.orders} | {order.shop for order in found.orders}
    whose = found.marks | _keys(found.orders)
    return _Known("\n".join(str(text) for text in texts), frozenset(names), found.marks, whose)


async def _erase_case(case: Case, pseudonym: str, known: _Known, by: By[Person | None]) -> None:
    who, now = by.who, by.at
    steps: dict[str, str] = {}
    for event in await Event.filter(case_id=case.id).order_by("seq"):
        if (left := await _erase_event(case.no, event, known)) is not None:
            steps[str(event.seq)] = left
    reason = case.reason if known.keeps(case.reason) or await _is_common(case) else BLANK
    await Case.filter(id=case.id).update(
        customer=pseudonym if case.customer else "", reason=reason, note=BLANK if case.note else "",
        snapshot={**known.blanked(case.snapshot), "name": "", "mobile": "", "email": ""},
        facts=known.blanked(case.facts), undo=None, base=None, source=_unnamed(case, known.whose),
    )  # fmt: skip
    await note(case, who, {"action": ERASED, "node": "", "data": {STEPS: steps}}, now)


def _unnamed(case: Case, whose: Collection[str]) -> str | None:
    """The name of an imported row without its customer; the same file is known by what is left of it."""
    if not case.source or not (named := _texts_of(case.source, whose)):
        return case.source
    left = (nameless(case.source, case.order_no, text) for text in named)
    return next((each for each in left if each and not _texts_of(each, whose)), None)


def _texts_of(source: str, whose: Collection[str]) -> list[str]:
    return [text for text in whose if text in source]


async def _is_common(case: Case) -> bool:
    """Whether a reason is one of several cases' and so says nothing of a person."""
    return await Case.filter(reason=case.reason).exclude(customer=case.customer).exists()


async def _erase_event(no: str, event: Event, known: _Known) -> str | None:
    """Take out what was said by or about the customer, and every salt of the case's own words.

    What is left is told for events whose link had their data as it was; None where nothing was to be taken out.
    """
    if event.action == ERASED:
        return None
    gone = [key for key, value in event.data.items() if not known.keeps(value)]
    data = {key: BLANK if key in gone else value for key, value in event.data.items()}
    if audit.is_old(event):
        if not gone:
            return None
        event.erased, event.data = {audit.LEFT: True}, data
        left = left_of(no, event)
    else:
        if event.erased is not None:
            salts, taken = event.erased[audit.SALTS], event.erased[audit.GONE]
        elif gone or event.stand is not None:
            salts, taken = {key: audit.salt_of(event.salt, key) for key in event.data}, {}
        else:
            return None
        told = {key: audit.commitment(salts[key], event.data[key]) for key in gone if key in salts}
        event.erased = {
            audit.SALTS: {key: salt for key, salt in salts.items() if key not in gone},
            audit.GONE: {**taken, **told},
        }
        event.data, event.salt, left = data, "", ""
    await Event.filter(id=event.id).update(data=event.data, salt=event.salt, erased=event.erased)
    return left
