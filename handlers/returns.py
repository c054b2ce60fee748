"""Agents: a return from one typed line, asked only for what is missing, saved only on 提交."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, replace
from typing import TYPE_CHECKING, Any

from cards.draft import CANCEL, SUBMIT, Asked, DraftView, confirm_card, ended, question_card, submitted
from cards.types import Card, Text
from cards.words import goods, listed
from flow.errors import PolicyRefused
from flow.opening import Draft, estimate, open_case
from flow.orders import find_bill
from flow.reading import case_view
from handlers import dialogs, parse
from handlers.context import Ctx, Named, Reply
from handlers.router import Router
from models import SentCard

if TYPE_CHECKING:
    from cards.types import Content
    from flow.desk import Desk
    from flow.orders import Bill, Choice
    from handlers.dialogs import Wait

router = Router()
DRAFT = "draft"
MAX_LISTED = 20
MAX_UNITS_OFFERED = 4
USAGE = "{} <订单号> [<SKU>×数量] [类型] [备注]"


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

    def pairs(self) -> tuple[tuple[str, int], ...]:
        return tuple((str(sku), int(units)) for sku, units in self.items)


def _register(kind: str) -> None:
    @router.command(kind, USAGE.format(kind), needs="退货")
    async def open_return(ctx: Ctx, words: list[str]) -> Reply:
        return await _start(ctx, kind, words)


for _kind in parse.KINDS:
    _register(_kind)


async def _start(ctx: Ctx, kind: str, words: list[str]) -> Reply:
    if not words:
        raise PolicyRefused(f"请写上订单号，例如：{kind} 536365 85123A×2 质量问题")
    business = ctx.desk.business
    if not any(t.flow == kind for t in business.types.values()):
        raise PolicyRefused(f"“{kind}”还没有发布流程，请找管理员")
    bill = await find_bill(words[0])
    types = {word: t.name for t in business.types.values() for word in (t.name, *t.aliases)}
    typed = parse.draft(words[1:], [choice.sku for choice in bill.choices()], types)
    if typed.unknown:
        have = "、".join(choice.sku for choice in bill.choices()[:MAX_LISTED])
        raise PolicyRefused(f"订单 {bill.order.no} 里没有商品 {'、'.join(typed.unknown)}，这单有：{have}")
    sheet = Sheet(kind, bill.order.no, [list(pair) for pair in typed.items], typed.return_type, typed.note)
    sheet = _next(ctx, sheet, bill)
    wait = await dialogs.begin(ctx.me.id, DRAFT, asdict(sheet), ctx.at)
    return Reply.of(_shown(await _face(ctx, wait, sheet, bill), wait))


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
        return replace(sheet, ask="类型", options=[[name, name] for name in ctx.desk.business.types])
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
    goods = listed([(titles.get(sku) or sku, units) for sku, units in sheet.pairs()])
    refund = estimate(bill.portions(sheet.pairs())) if sheet.items else None
    approver = ""
    if refund is not None and (kind := ctx.desk.business.type_named(sheet.return_type)):
        rules = await ctx.desk.rules(*await ctx.desk.current(kind.flow))
        said = rules.policy.facts({"金额": str(refund), "类型": sheet.return_type, "风险客户": False})
        approver = f"{said['审批']}（{said['审批规则']}）"
    customer = bill.order.customer_name or bill.order.customer
    return DraftView(sheet.kind, bill.order.no, customer, goods, sheet.return_type, sheet.note, refund, approver)


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
    bill = await find_bill(filled.order_no)
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
    draft = Draft(sheet.kind, sheet.order_no, sheet.pairs(), sheet.return_type, sheet.note)
    case, _ = await open_case(ctx.desk, draft, ctx.me, ctx.at)
    await dialogs.leave(ctx.me.id, ctx.at, but=ctx.card)
    card = await as_submitted(ctx.desk, case.id)
    if not ctx.card:
        return Reply.of(card)
    await SentCard.filter(token=ctx.card).update(case_id=case.id)
    return Reply(card)


async def as_submitted(desk: Desk, case_id: int) -> Card:
    """What a draft's card says once it is a case, and says again to whoever taps it later."""
    case = await case_view(desk, case_id)
    where = "、".join(case.nodes) or case.stand
    names = "、".join(dict.fromkeys(owner.name for owner in case.owners))
    draft = DraftView(
        case.kind, case.order_no, case.customer, goods(case.lines), case.return_type, case.note, case.amount
    )
    return submitted(case.no, draft, f"{where} · {names}" if names else where)
