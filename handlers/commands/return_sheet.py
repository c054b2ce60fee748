"""What is known of a return so far and what is to be asked next; nothing here is written."""

from __future__ import annotations

from dataclasses import dataclass, replace
from dataclasses import field as attribute
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from cards.draft import SUBMIT
from flow.cases.assessment import Draft
from flow.definitions.eligibility import GRANTED
from flow.engine import forms
from flow.engine.partial_refunds import ONLY, WHOLE, good_of
from flow.errors import PolicyRefused
from flow.orders.lookup import TooMany
from handlers.chat import drafts, goods, kept, parse, rewording
from handlers.chat.questions import unpacked

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from flow.cases.assessment import Assessment
    from flow.orders.lookup import Bill, Choice
    from handlers.chat.corrections import Correction
    from handlers.chat.drafts import Typed

MAX_LISTED = 20
MAX_UNITS_OFFERED = 4
ASKED = -1  #: units of a product of which somebody has to say how many
UNCOUNTED = "几个"  #: behind a product in a line: how many was asked for, and nobody has answered
ORDER, GOODS, UNITS, TYPE, WISH, REMARK, FIELD = "订单", "商品", "数量", "类型", "金额", "备注", "字段"
_VERBS = {
    "退货": "退",
    "仅退款": "退",
    "换货": "换",
    "维修": "修",
    "补发": "补",
    "投诉": "投诉的是",
}  #: where a kind has a short one
_QUESTIONS = {
    ORDER: "没有这个订单号，是不是：",
    GOODS: "{}哪一件？",
    UNITS: "{}几件？",
    TYPE: "是什么原因？",
    WISH: "是件数，还是金额？",
    REMARK: "写进备注，照开吗？",
}
AS_REMARK = "写进备注"


def question(sheet: Sheet) -> str:
    """What is asked of a case of its kind, in its own verb: 退哪一件, 换哪一件."""
    if sheet.ask == FIELD:
        return forms.question(unpacked({"field": sheet.field}))
    return _QUESTIONS[sheet.ask].format(_VERBS.get(sheet.kind, sheet.kind))


@dataclass(frozen=True, slots=True)
class Sheet:
    """What an agent has said so far; ``ask`` is what the bot wants to know next."""

    kind: str
    order_no: str
    items: list[list[Any]] = attribute(default_factory=list)
    return_type: str = ""
    note: str = ""
    ask: str = ""
    options: list[list[str]] = attribute(default_factory=list)
    sku: str = ""  #: product whose number is asked for
    exception: str = ""  #: why it is to be opened against a rule
    wish: str = ""  #: yuan that were asked for, or a percentage
    bare: str = ""  #: ``20`` of 退20, until somebody has said whether it counts goods or money
    units: int = 0  #: a count that was said before its product was known
    types: list[str] = attribute(default_factory=list)  #: of several that were named, one is meant
    strange: list[str] = attribute(default_factory=list)  #: what looks like a product that the order lacks
    unheard: list[str] = attribute(default_factory=list)  #: clauses of the note that may be more than a remark
    told: list[str] = attribute(default_factory=list)  #: how the words were taken, for the card
    hint: str = ""  #: said before the question
    words: list[str] = attribute(default_factory=list)  #: as typed, until the order is known
    answers: dict[str, Any] = attribute(default_factory=dict)  #: to what the flow asks at the opening; None: left out
    field: dict[str, Any] = attribute(default_factory=dict)  #: of them, the one that is asked for now
    shop: str = ""  #: whose order, where several shops have its number
    queue: list[list[str]] = attribute(
        default_factory=list
    )  #: further returns, each as its words, that are asked for next
    at: str = ""  #: of the message that began it

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> Sheet:
        """The sheet that a dialog keeps."""
        return cls(**{key: item for key, item in data.items() if key in cls.__dataclass_fields__})

    def draft(self) -> Draft:
        told = (self.return_type, self.note, self.exception, self.wish, self.shop)
        return Draft(self.kind, self.order_no, self.pairs(), *told, answers=tuple(self.answers.items()))

    def pairs(self) -> tuple[tuple[str, int], ...]:
        return tuple((str(sku), int(units)) for sku, units in self.items)

    def with_units(self, sku: str, units: int) -> Sheet:
        """With so many of a product, which stays where it stands."""
        items = [[each, units if each == sku else had] for each, had in self.items]
        return replace(self, items=items if any(each == sku for each, _ in items) else [*items, [sku, units]])


def filled(sheet: Sheet, typed: Typed, bill: Bill) -> Sheet:
    """The sheet with what was typed. Raises PolicyRefused for a product that the order lacks, or two amounts."""
    choices = bill.choices()
    if typed.unknown:
        raise PolicyRefused(f"订单 {bill.order.no} 里没有商品 {'、'.join(typed.unknown)}，这单有：{_have(choices)}")
    titles = {choice.sku: choice.title for choice in choices}
    named = {_name_in(word, titles[sku], typed.note): titles[sku] for word, sku in typed.matched}
    told = [f"“{word}”＝{title}" for word, title in named.items() if word.casefold() != title.casefold()]
    no = f"不{_VERBS.get(sheet.kind, '退')[:1]}"
    stays, said = ("、".join(titles[sku] or sku for sku in typed.stays) or "别的") + no, "、".join(typed.kept)
    told += [stays if said == stays else f"“{said}”＝{stays}"] if typed.kept else []
    told += [f"“{word}”不算进退款，只写在备注" for word in typed.money]
    told += [f"“{typed.waits}”：好的，先不提交"] if typed.waits else []
    told += [_in_cases(choice) for choice in choices if typed.everything and 0 < choice.left < choice.bought]
    told += [f"写了几个数量，退 {typed.decided}"] if typed.decided else []
    sheet = replace(sheet, note=typed.note, told=told, strange=list(typed.strange), unheard=list(typed.doubts))
    sheet = _counted(sheet, typed, choices)
    sheet = _wished(sheet, typed, choices)
    return _typed(sheet, typed.types)


def _in_cases(choice: Choice) -> str:
    """Of everything that was bought a part is in other cases already, and stays there."""
    taken = choice.bought - choice.left
    return f"{choice.title or choice.sku}买了 {choice.bought} 件，{taken} 件在别的单里，只算其余 {choice.left} 件"


def _name_in(word: str, title: str, note: str) -> str:
    """What of a clause named a product: all of it, or the name alone where the clause is in the note as well."""
    return (goods.common(word.casefold(), title.casefold()) or word) if word in note else word


def _have(choices: Sequence[Choice]) -> str:
    return "、".join(choice.sku for choice in choices[:MAX_LISTED])


def _typed(sheet: Sheet, types: Sequence[str]) -> Sheet:
    return replace(sheet, return_type=types[0]) if len(types) == 1 else replace(sheet, types=list(types))


def _counted(sheet: Sheet, typed: Typed, choices: Sequence[Choice]) -> Sheet:
    """The products, each with its count; one of which a count is in doubt is asked for."""
    items = dict(typed.items)
    if typed.everything:
        items = (
            {c.sku: c.left for c in choices if c.left and (not items or c.sku in items)}
            if not any(items.values())
            else items
        )
    open_ones = [sku for sku, units in items.items() if units is None]
    doubt = typed.unclear or typed.rivals or len(typed.units) > 1 or (typed.units and len(items) > 1)
    if len(typed.units) == 1 and len(open_ones) == 1 and not doubt:
        items[open_ones[0]] = typed.units[0]
    units = typed.units[0] if len(typed.units) == 1 and not items else 0
    known = [[sku, (ASKED if doubt else 1) if count is None else count] for sku, count in items.items()]
    unclear = [word for word in typed.unclear if word not in {f"{choice.sku}{UNCOUNTED}" for choice in choices}]
    hint = f"“{'、'.join(unclear)}”不是整件数。" if unclear else ""
    hint = f"写了{'、'.join(typed.rivals)}。" if typed.rivals else hint
    fits = next(iter(typed.between), None)
    if fits is None:
        others = [[c.sku, offered(c, sheet.kind)] for c in choices if c.left and c.sku not in typed.stays]
        return replace(sheet, items=known, units=units, hint=hint, options=others if typed.stays and not known else [])
    name, skus, counted = fits
    options = [[c.sku, offered(c, sheet.kind)] for c in choices if c.sku in skus and c.left]
    hint = f"“{name}”没看懂。" if kept.denies(name) else f"“{name}”有 {len(options)} 种。"
    return replace(sheet, items=known, units=counted or units, options=options, hint=hint)


def _wished(sheet: Sheet, typed: Typed, choices: Sequence[Choice]) -> Sheet:
    wishes = {ask.wish for ask in typed.asks}
    if len(wishes) > 1:
        raise PolicyRefused(
            f"写了几个金额：{'、'.join(ask.text for ask in typed.asks)}。请只写一个要退的金额，再发一次"
        )
    for ask in typed.asks:
        counted = all(units is not None for _, units in typed.items) and bool(sheet.items or sheet.units)
        most = max((choice.left for choice in choices), default=0)
        if ask.bare and counted and Decimal(ask.wish) in {sheet.units, *(units for _, units in typed.items)}:
            continue  # 退俩 客户垫的运费12块: the two are the goods, and no two yuan
        if ask.bare and not counted and Decimal(ask.wish) <= most:
            return replace(sheet, bare=str(int(Decimal(ask.wish))))
        return replace(sheet, wish="" if ask.wish == WHOLE else ask.wish)
    return sheet


def asked_first(sheet: Sheet, bill: Bill, types: Sequence[str]) -> Sheet:
    """The same of a line that was just typed: of more units than there are it is asked how many, and the rest kept."""
    try:
        return asked_next(sheet, bill, types)
    except TooMany as many:
        if not many.left:
            raise
        open_one = replace(sheet.with_units(many.sku, ASKED), sku=many.sku, hint=f"{many}。")
        return _ask_units(open_one, bill.choices())


def asked_next(sheet: Sheet, bill: Bill, types: Sequence[str]) -> Sheet:
    """Decide what to ask next; what the order already says is not asked."""
    choices = bill.choices()
    sheet = sheet if sheet.items or sheet.options else _only_product(sheet, choices, bill)
    if sheet.bare:
        number, most = sheet.bare, max((choice.left for choice in choices), default=0)
        counts = [["件", f"{number} 件"]] if int(number) <= most else []
        return replace(sheet, ask=WISH, options=[*counts, ["元", f"¥{number}.00"]])
    if sheet.strange and not sheet.items:
        return _ask_goods(_said_back(sheet, choices), choices)
    if not sheet.items or sheet.options:
        return _ask_goods(sheet, choices)
    if sku := next((sku for sku, units in sheet.items if units == ASKED), ""):
        return _ask_units(replace(sheet, sku=sku), choices)
    bill.portions(sheet.pairs())
    if sheet.strange or sheet.unheard:
        told = _said_back(sheet, choices) if sheet.strange else sheet
        unheard = f"“{'、'.join(sheet.unheard)}”没有算进件数和金额。" if sheet.unheard else ""
        return replace(told, ask=REMARK, hint=told.hint + unheard, options=[[AS_REMARK, AS_REMARK]])
    if not sheet.return_type:
        hint = f"写了{'、'.join(sheet.types)}，以哪个为准？" if sheet.types else ""
        return replace(sheet, ask=TYPE, hint=hint, options=[[name, name] for name in sheet.types or types])
    return replace(sheet, ask=SUBMIT, options=[])


def _said_back(sheet: Sheet, choices: Sequence[Choice]) -> Sheet:
    """What looks like a product and is none of the order's is said back before anything else."""
    bought = "、".join(f"{choice.sku} {choice.title} ×{choice.bought}".strip() for choice in choices[:3])
    more = f" 等 {len(choices)} 种" if len(choices) > 3 else ""
    return replace(sheet, hint=f"这单没有 {'、'.join(sheet.strange)}，买的是 {bought}{more}。")


def _only_product(sheet: Sheet, choices: Sequence[Choice], bill: Bill) -> Sheet:
    free = [choice for choice in choices if choice.left]
    if not free:
        raise PolicyRefused(f"订单 {bill.order.no} 的商品都已经在退或退过了")
    if len(free) > 1 or sheet.strange:
        return sheet
    one = free[0]
    if sheet.units or one.left == 1:
        return replace(sheet, items=[[one.sku, sheet.units or 1]], units=0)
    return sheet if sheet.bare else replace(sheet, items=[[one.sku, ASKED]])


def _ask_goods(sheet: Sheet, choices: Sequence[Choice]) -> Sheet:
    options = sheet.options or [[choice.sku, offered(choice, sheet.kind)] for choice in choices if choice.left]
    counted = f"说的是 {sheet.units} 件。" if sheet.units else ""
    return replace(sheet, ask=GOODS, options=options[:MAX_LISTED], hint=sheet.hint + counted)


def offered(choice: Choice, kind: str) -> str:
    verb = _VERBS.get(kind, "")
    left = f"可{verb} {choice.left} 件" if len(verb) == 1 else f"买了 {choice.bought} 件"
    return f"{choice.sku} {choice.title}（{left}）"


def _ask_units(sheet: Sheet, choices: Sequence[Choice]) -> Sheet:
    choice = next(choice for choice in choices if choice.sku == sheet.sku)
    if not choice.left:
        raise PolicyRefused(f"{choice.sku} 买了 {choice.bought} 件，都已经在退或退过了")
    offered = list(range(1, min(choice.left, MAX_UNITS_OFFERED) + 1))
    named = f"{choice.sku} {choice.title}".strip() if len(choices) > 1 else ""
    return replace(sheet, ask=UNITS, hint=sheet.hint + named, options=[[str(n), f"{n} 件"] for n in offered])


def unchangeable(sheet: Sheet, value: str, bill: Bill) -> str:
    """What is said to words that a draft has no use for: it is to wait, or the order itself is wrong; "" for others."""
    if rewording.waits(value):
        return "好的，先不提交。"
    if sheet.ask == SUBMIT and rewording.agrees(value):
        return "好的，还没有提交。"
    if sheet.ask != GOODS and (out := rewording.kept_out(value, bill.choices(), dict(sheet.pairs()))):
        return f"草稿里没有{out}，不用去掉，草稿没有变。"
    if no := rewording.other_order(value):
        return f"草稿是订单 {sheet.order_no} 的，换不了订单；要开 {no} 的请直接说：{sheet.kind} {no} …。"
    if fixed := rewording.of_order(value):
        return f"{fixed}照订单上的写，草稿里改不了，还没有记。要让后面的人看到，请回复：备注 {value}\n"
    return ""


def again(sheet: Sheet) -> str:
    """What a draft still waits for."""
    if sheet.ask == SUBMIT:
        return "草稿还在：核对无误回复“提交”，要改就说，例如 数量 1、类型 质量问题、备注 …，回复“取消”离开"
    able = "　".join(f"{n}. {text}" for n, (_, text) in enumerate(sheet.options, 1))
    hint = f"{sheet.hint}：" if sheet.hint and sheet.hint[-1] not in "。？！：" else sheet.hint
    if sheet.ask == FIELD:
        return f"{hint}{question(sheet)}\n（回复“取消”离开）"
    return f"{hint}{question(sheet)}\n{able}\n请点卡片上的按钮或回复序号，回复“取消”离开"


def money_told(sheet: Sheet, assessment: Assessment) -> list[str]:
    """What has become of an amount that was asked for."""
    if not sheet.wish:
        return []
    if only := assessment.facts.get(ONLY):
        return [f"只退 ¥{only[0]}，这几件实付 ¥{only[1]}"]
    if good := good_of(assessment.facts):
        return [f"补偿 ¥{good}"]
    asked = sheet.wish if "%" in sheet.wish else f"¥{sheet.wish}"
    return [] if assessment.rules.flow.refunds else [f"{sheet.kind}不退钱，“{asked}”用不上，只写在备注"]


# -- as a line of its own ----------------------------------------------------------------------------------------------


def line_of(sheet: Mapping[str, Any]) -> list[str]:
    """A draft as the line that begins it."""
    said = [f"{sku}{UNCOUNTED}" if units < 1 else f"{sku}×{units}" for sku, units in sheet.get("items") or ()]
    said += [word for word in (sheet.get("return_type"), _spoken(str(sheet.get("wish") or ""))) if word]
    answers = {name: str(each) for name, each in (sheet.get("answers") or {}).items() if isinstance(each, str)}
    said += [f"{name}:{each}" for name, each in answers.items() if not set(each) & set(" ,;。")]
    said += [drafts.NOTE, str(sheet["note"])] if sheet.get("note") else []
    words = list(sheet.get("words") or ())[1:] or said
    shop = [str(sheet["shop"])] if sheet.get("shop") else []
    why = [GRANTED, str(sheet["exception"])] if sheet.get("exception") else []
    return [str(sheet["kind"]), str(sheet["order_no"]), *shop, *words, *why]


def _spoken(wish: str) -> str:
    return f"只退{wish}" if "%" in wish else f"只退{wish}元" if wish else ""


def without_exception(kind: str, words: list[str]) -> tuple[list[str], str]:
    """``例外 客户是老会员`` at the end, taken off. Raises PolicyRefused for an exception without a reason."""
    if GRANTED not in words[1:]:
        return words, ""
    place = words.index(GRANTED, 1)
    if not (why := " ".join(words[place + 1 :])):
        raise PolicyRefused(f"例外要写理由，例如：{' '.join([kind, *words[:place]])} {GRANTED} 客户等了很久")
    return words[:place], why[: parse.MAX_NOTE]


# -- corrections -------------------------------------------------------------------------------------------------------


def corrected(sheet: Sheet, change: Correction, bill: Bill, types: Sequence[str]) -> Sheet:
    """The sheet with what was said anew; what it asked is asked again where it still has to be.

    Raises PolicyRefused for a count of which nobody knows the product, or a type of another kind.
    """
    fresh = _recounted(replace(sheet, ask="", options=[], hint=""), change, bill)
    if change.return_type:
        if change.return_type not in types:
            raise PolicyRefused(f"{sheet.kind}的类型可以是：{'、'.join(types)}")
        fresh = replace(fresh, return_type=change.return_type, types=[])
    note = change.noted(sheet.note, adding=True)
    gone = [f"原来的备注“{sheet.note}”换掉了"] if change.replaces and sheet.note not in ("", note) else []
    fresh = replace(fresh, note=note, told=[*fresh.told, *gone])
    stale = {c.title for c in bill.choices() if dict(sheet.pairs()).get(c.sku) != dict(fresh.pairs()).get(c.sku)}
    fresh = replace(fresh, told=[each for each in fresh.told if each.rpartition("＝")[2] not in stale])
    return fresh if change.wish is None else replace(fresh, wish=change.wish, bare="")


def _recounted(sheet: Sheet, change: Correction, bill: Bill) -> Sheet:
    left = {choice.sku: choice.left for choice in bill.choices()}
    fresh = sheet
    if change.everything:
        fresh = replace(sheet, items=[[sku, left[sku]] for sku in [sku for sku, _ in sheet.items] or left if left[sku]])
    if change.units is not None:
        mine = [sku for sku, _ in fresh.items] or [sku for sku, free in left.items() if free]
        if len(mine) != 1:
            raise PolicyRefused(f"这单有 {len(mine)} 种商品，改哪一种的数量？例如：{mine[0]}×{change.units}")
        fresh = fresh.with_units(mine[0], change.units)
    for sku, units in change.items:
        fresh = fresh.with_units(sku, units)
    fresh = replace(fresh, items=[[sku, units] for sku, units in fresh.items if units])
    if (sheet.items or change.items) and not fresh.items:
        raise PolicyRefused("数量不能都是 0；不退了就回复“取消”")
    return fresh


def codes(note: str) -> list[str]:
    """Words of a note that may be the number of a product or an order: to be looked up."""
    return [word for word in note.split() if drafts.is_number(word)]
