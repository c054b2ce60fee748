"""Agents: a return from one typed line, asked only for what is missing, saved only on 提交."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, replace
from typing import TYPE_CHECKING, Any

from cards.draft import CANCEL, SUBMIT, Asked, DraftView, confirm_card, ended, question_card, submitted
from cards.types import Card, Text
from cards.words import goods, listed, money
from flow import firstfacts
from flow.choices import ADDRESSES
from flow.duplicates import under_way
from flow.eligibility import GRANTED, GRANTED_RULE
from flow.errors import PolicyRefused
from flow.opening import Draft, open_case
from flow.orders import SeveralShops, find_bill
from flow.outlook import alone, look_ahead, permitted
from flow.proposals import PUBLISH
from flow.reading import case_view
from flow.roles import KINDS, able_to, ask
from handlers import dialogs, parse
from handlers.context import Ctx, Named, Reply
from handlers.order_shop import which_shop, with_shop
from handlers.router import Router
from models import SentCard

if TYPE_CHECKING:
    from cards.types import Content
    from flow.business import ReturnType
    from flow.desk import Desk
    from flow.orders import Bill, Choice
    from handlers.dialogs import Wait
    from models.values import Person

router = Router()
DRAFT = "draft"
MAX_LISTED = 20
MAX_UNITS_OFFERED = 4
USAGE = "{} <订单号> [<SKU>×数量] [类型] [备注] [例外 <理由>]"


@dataclass(frozen=True, slots=True)
class Sheet:
    """What an agent has said so far; ``ask`` is what the bot wants to know next."""

    kind: str
    order_no: str
    items: list[list[Any]] = field(default_factory=list)
    return_type: str = ""
    note: str = ""
    ask: str = ""
    options: list[list[str]] = field(default_factory=list)
    sku: str = ""  #: product whose number is asked for
    exception: str = ""  #: why it is to be opened against a rule
    shop: str = ""  #: whose order, where several shops have its number

    def draft(self) -> Draft:
        return Draft(self.kind, self.order_no, self.pairs(), self.return_type, self.note, self.exception, self.shop)

    def pairs(self) -> tuple[tuple[str, int], ...]:
        return tuple((str(sku), int(units)) for sku, units in self.items)


def _register(kind: str) -> None:
    @router.command(kind, USAGE.format(kind), needs="退货")
    async def open_return(ctx: Ctx, words: list[str]) -> Reply:
        return await _start(ctx, kind, words)


for _kind in KINDS:
    _register(_kind)


async def run(ctx: Ctx, line: list[str]) -> Reply:
    """A return that begins with the line's first word."""
    return await _start(ctx, line[0], line[1:])


async def _start(ctx: Ctx, kind: str, words: list[str]) -> Reply:
    if not words:
        raise PolicyRefused(f"请写上订单号，例如：{kind} 536365 85123A×2 质量问题")
    business = ctx.desk.business
    if not _types(ctx, kind):
        able = ask(business.matrix, able_to(business.matrix, ctx.staff, PUBLISH), PUBLISH)
        raise PolicyRefused(f"现在没有退货类型走“{kind}”，开不了这样的单；要开请找 {able} 加一个")
    words, exception = _without_exception(kind, words)
    words, shop = await with_shop(words)
    try:
        bill = await find_bill(words[0], shop)
    except SeveralShops as several:
        return await which_shop(ctx, [kind, *words], several, run)
    types = {word: t.name for t in business.types.values() for word in (t.name, *t.aliases)}
    typed = parse.draft(words[1:], [choice.sku for choice in bill.choices()], types)
    if typed.return_type and typed.return_type not in _types(ctx, kind):
        raise PolicyRefused(_elsewhere(business.types[typed.return_type], words))
    if typed.unknown:
        have = "、".join(choice.sku for choice in bill.choices()[:MAX_LISTED])
        raise PolicyRefused(f"订单 {bill.order.no} 里没有商品 {'、'.join(typed.unknown)}，这单有：{have}")
    sheet = Sheet(
        kind,
        bill.order.no,
        [list(pair) for pair in typed.items],
        typed.return_type,
        typed.note,
        exception=exception,
        shop=shop,
    )
    sheet = _next(ctx, sheet, bill)
    wait = await dialogs.begin(ctx.me.id, DRAFT, asdict(sheet), ctx.at)
    return Reply.of(_shown(await _face(ctx, wait, sheet, bill), wait))


def _types(ctx: Ctx, kind: str) -> list[str]:
    """The return types whose flow is that of the command."""
    return [name for name, each in ctx.desk.business.types.items() if kind in each.flows]


def _elsewhere(kind: ReturnType, words: list[str]) -> str:
    ways = "或 ".join(" ".join([flow, *words]) for flow in kind.flows)
    return f"“{kind.name}”走的是{'、'.join(kind.flows)}流程，请写：{ways}"


def _without_exception(kind: str, words: list[str]) -> tuple[list[str], str]:
    """``例外 客户是老会员`` at the end, taken off. Raises PolicyRefused for an exception without a reason."""
    if GRANTED not in words[1:]:
        return words, ""
    place = words.index(GRANTED, 1)
    if not (why := " ".join(words[place + 1 :])):
        raise PolicyRefused(f"例外要写理由，例如：{' '.join([kind, *words[:place]])} {GRANTED} 客户等了很久")
    return words[:place], why[: parse.MAX_NOTE]


def _shown(face: Content, wait: Wait) -> Content | Named:
    return Named(face, wait.token, DRAFT) if isinstance(face, Card) else face


def _next(ctx: Ctx, sheet: Sheet, bill: Bill) -> Sheet:
    """Decide what to ask next; what the order already says is not asked."""
    choices = bill.choices()
    if sheet.items:
        bill.portions(sheet.pairs())
    else:
        sheet = _only_product(sheet, choices, bill)
    if not sheet.items:
        return _ask_goods(sheet, choices)
    if not sheet.return_type:
        return replace(sheet, ask="类型", options=[[name, name] for name in _types(ctx, sheet.kind)])
    return replace(sheet, ask=SUBMIT, options=[])


def _only_product(sheet: Sheet, choices: list[Choice], bill: Bill) -> Sheet:
    free = [choice for choice in choices if choice.left]
    if not free:
        raise PolicyRefused(f"订单 {bill.order.no} 的商品都已经在退或退过了")
    if len(free) == 1 and free[0].left == 1:
        return replace(sheet, items=[[free[0].sku, 1]])
    return replace(sheet, sku=free[0].sku) if len(free) == 1 else sheet


def _ask_goods(sheet: Sheet, choices: list[Choice]) -> Sheet:
    if sheet.sku:
        left = next(choice.left for choice in choices if choice.sku == sheet.sku)
        offered = list(range(1, min(left, MAX_UNITS_OFFERED) + 1))
        return replace(sheet, ask="数量", options=[[str(n), f"{n} 件"] for n in offered])
    free = [choice for choice in choices if choice.left][:MAX_LISTED]
    return replace(
        sheet,
        ask="商品",
        options=[[choice.sku, f"{choice.sku} {choice.title}（可退 {choice.left} 件）"] for choice in free],
    )


_QUESTIONS = {"商品": "退哪一件？", "数量": "退几件？", "类型": "是什么原因？"}


async def _face(ctx: Ctx, wait: Wait, sheet: Sheet, bill: Bill) -> Content:
    view = await _view(ctx, sheet, bill)
    if sheet.ask == SUBMIT:
        return confirm_card(view, wait.id, wait.version)
    options = [(value, text) for value, text in sheet.options]
    return question_card(view, Asked(wait.id, wait.version, _QUESTIONS[sheet.ask], options))


async def _view(ctx: Ctx, sheet: Sheet, bill: Bill) -> DraftView:
    titles = {choice.sku: choice.title for choice in bill.choices()}
    named = listed([(titles.get(sku) or sku, units) for sku, units in sheet.pairs()])
    customer = bill.order.customer_name or bill.order.customer
    view = DraftView(sheet.kind, bill.name, customer, named, sheet.return_type, sheet.note)
    return await _judged(ctx, sheet, view) if sheet.ask == SUBMIT else view


async def _judged(ctx: Ctx, sheet: Sheet, view: DraftView) -> DraftView:
    """With who approves and what was let through. Raises PolicyRefused where the return may not be opened."""
    outlook = permitted(await look_ahead(ctx.desk, sheet.draft(), ctx.at), sheet.draft(), ctx.me)
    facts = {**outlook.facts, **await alone(ctx.desk, outlook, ctx.me, ctx.at, taking=False)}
    said = outlook.rules.policy.facts(facts)
    notes = [f"例外：{facts[GRANTED_RULE]}，{sheet.exception}"] if facts.get(GRANTED) else []
    if outlook.rules.policy.counts_days(facts) and facts[firstfacts.ESTIMATED]:
        notes.append(firstfacts.said(facts))
    doubles = await under_way(outlook.bill.order.id, [sku for sku, _ in sheet.pairs()])
    view = replace(view, notes=tuple(notes), doubles=tuple(doubles))
    if not outlook.rules.flow.refunds:
        return view
    why = f"{money(outlook.amount)} = {outlook.bill.reason(outlook.portions)}"
    return replace(
        view, notes=(why, *view.notes), refund=outlook.amount, approver=f"{said['审批']}（{said['审批规则']}）"
    )


async def answer(ctx: Ctx, wait: Wait, value: str) -> Reply:
    """Take an answer, tapped or typed, and go on: the next question, the estimate, or the case itself."""
    sheet = Sheet(**{key: item for key, item in wait.data.items() if key in Sheet.__dataclass_fields__})
    if value == CANCEL:
        await dialogs.leave(ctx.me.id, ctx.at, but=ctx.card)
        return _left(ctx, sheet)
    if sheet.ask == SUBMIT:
        return await _submit(ctx, wait, sheet) if value == SUBMIT else Reply.of(_hint())
    filled = _fill(sheet, value)
    if filled is None:
        return Reply.of(_hint())
    bill = await find_bill(filled.order_no, filled.shop)
    filled = _next(ctx, replace(filled, ask="", options=[]), bill)
    data = asdict(filled) | ({"card": ctx.card} if ctx.card else {})
    after = await dialogs.proceed(wait, data, ctx.at)
    face = await _face(ctx, after, filled, bill)
    if ctx.card and isinstance(face, Card):
        return Reply(face)
    await dialogs.retire(wait.token, ctx.me.id, ctx.at)
    return Reply.of(_shown(face, after))


def _left(ctx: Ctx, sheet: Sheet) -> Reply:
    card = ended(sheet.kind, "已取消")
    return Reply(card) if ctx.card else Reply.of(card)


def _hint() -> Content:
    return Text("没看懂这个回答。请点卡片上的按钮或回复序号，回复“取消”离开")


def _fill(sheet: Sheet, value: str) -> Sheet | None:
    """Put an answer into the sheet; None when it is no answer to what was asked."""
    if sheet.ask == "商品":
        got = parse.item(value, [option[0] for option in sheet.options]) or _by_number(sheet, value)
        return replace(sheet, items=[list(got)]) if got else None
    if sheet.ask == "数量":
        units = value.removesuffix("件").strip()
        return replace(sheet, items=[[sheet.sku, int(units)]]) if units.isdigit() and int(units) > 0 else None
    names = [option[0] for option in sheet.options]
    if value in names:
        return replace(sheet, return_type=value)
    number = _by_number(sheet, value)
    return replace(sheet, return_type=number[0]) if number else None


def _by_number(sheet: Sheet, value: str) -> tuple[str, int] | None:
    """``2`` or ``2×3``: the second option, three units."""
    places = {str(n): option[0] for n, option in enumerate(sheet.options, 1)}
    got = parse.item(value, places)
    return (places[got[0]], got[1]) if got else None


async def _submit(ctx: Ctx, wait: Wait, sheet: Sheet) -> Reply:
    case, _ = await open_case(ctx.desk, sheet.draft(), ctx.me, ctx.at)
    await dialogs.leave(ctx.me.id, ctx.at, but=ctx.card)
    card = await as_submitted(ctx.desk, case.id, ctx.me)
    where_to = [Text(f"退货地址，可以直接转发给客户：\n{place}")] if (place := case.facts.get(ADDRESSES)) else []
    if not ctx.card:
        return Reply.of(card, *where_to)
    await SentCard.filter(token=ctx.card).update(case_id=case.id)
    return Reply(card, where_to)


async def as_submitted(desk: Desk, case_id: int, viewer: Person) -> Card:
    """What a draft's card says once it is a case, and says again to whoever taps it later."""
    case = await case_view(desk, case_id, viewer=viewer)
    where = "、".join(case.nodes) or case.stand
    names = "、".join(dict.fromkeys(owner.name for owner in case.owners))
    draft = DraftView(
        case.kind, case.order_no, case.customer, goods(case.lines), case.return_type, case.note,
        case.amount if case.pays else None,
    )  # fmt: skip
    next_step = f"{where} · {names}" if names else where
    return submitted(case.no, draft, next_step, str(case.facts.get(ADDRESSES) or ""))
