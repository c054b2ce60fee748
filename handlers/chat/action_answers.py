"""What stands behind an action and its case: counts, answers, a reason. What could be more is asked about first."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from cards.words import money
from flow.definitions.flow import REASON
from flow.definitions.permissions import AMOUNT, WHOLE
from flow.engine import form_rules
from flow.engine.verbs import GIVE_BACK, HOLD, REOPEN, RESUME, TAKE_BACK, WITHDRAW
from flow.errors import PolicyRefused
from flow.orders.lookup import Choice
from flow.views.case import about_money
from handlers.chat import arrivals, fields, glued, parse, parts, products, quantities, questions
from handlers.chat.doubts import Decision, doubts
from models import Task, TaskState
from models.fields import yuan

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from decimal import Decimal

    from flow.definitions.flow import Action, Node
    from flow.engine.values import Rules
    from handlers.chat.context import Ctx
    from models import Case, CaseLine

MAX_QUOTED = 16  #: characters of a remark that speak for themselves
MAX_ASKED = 3  #: products whose number is asked one by one; more are typed in one line
_MODES = (arrivals.CAME, arrivals.GOOD, arrivals.BAD)
_COUNTED = {arrivals.CAME: "收到", arrivals.GOOD: "合格", arrivals.BAD: "次品有"}
_COMMON = ("转交", "加签", GIVE_BACK, TAKE_BACK, HOLD, RESUME, REOPEN, WITHDRAW)
_HARMLESS = (GIVE_BACK, TAKE_BACK, HOLD, RESUME, REOPEN)  #: words with these move neither goods nor money


@dataclass(slots=True)
class Behind:
    """The answers that the words are, and what is to be asked before anything is done."""

    said: dict[str, Any] = field(default_factory=dict)
    todo: list[dict[str, Any]] = field(default_factory=list)
    rest: str = ""  #: the words that neither count nor answer
    counted: bool = False  #: goods are, and the whole of what was said is kept with them


@dataclass(frozen=True, slots=True)
class _About:
    """An action on a case, with all that the words may speak of."""

    ctx: Ctx
    case: Case
    lines: Sequence[CaseLine]
    rules: Rules
    node: Node | None
    name: str

    @property
    def action(self) -> Action | None:
        return self.node.actions.get(self.name) if self.node else None

    @property
    def amount(self) -> Decimal | None:
        """What it comes to, where that is money and the reader may see it."""
        shown = self.ctx.desk.business.matrix.sees(self.ctx.me.roles, AMOUNT) == WHOLE
        return self.case.amount if shown and about_money(self.rules.flow, self.case.nodes, self.case.facts) else None


async def read(ctx: Ctx, case: Case, name: str, words: Sequence[str]) -> Behind:
    """Tell the words behind ``name`` and the case's number apart. Raises PolicyRefused for more than can be kept."""
    if not words:
        return Behind()
    text = " ".join(words)
    if len(text) > questions.MAX_REASON:
        raise PolicyRefused(f"后面的话最多 {questions.MAX_REASON} 个字，现在有 {len(text)} 个，请写短一点")
    about = await _about(ctx, case, name)
    behind = Behind()
    rest = _counted(about, text, behind) if about.action else text
    rest = _answered(about, rest, behind) if about.action and rest == text else rest
    behind.rest = rest
    if rest:
        behind.todo += _doubted(about, rest)
    if rest and not behind.counted:
        kept = ctx.kept(parse.written(rest))
        behind.said[REASON] = "，".join(part for part in (behind.said.get(REASON), kept) if part)
    return behind


async def _about(ctx: Ctx, case: Case, name: str) -> _About:
    rules = await ctx.desk.rules(case.flow_id or 0, case.policy_id or 0)
    mine = set(await Task.filter(case_id=case.id, owner_id=ctx.me.id, state=TaskState.OPEN).values_list("node"))
    here = [
        rules.flow.nodes[at] for at in case.nodes if at in rules.flow.nodes and name in rules.flow.nodes[at].actions
    ]
    own = next((node for node in here if (node.name,) in mine), None)
    return _About(ctx, case, await case.lines.all().order_by("id"), rules, own, name)


def _counted(about: _About, text: str, behind: Behind) -> str:
    """Take the counts out of the words of an action that counts; the other words."""
    mode = next((effect for effect in (about.action.effects if about.action else ()) if effect in _MODES), "")
    if not mode:
        return text
    goods = _products(about.lines, mode)
    known = {line.sku.upper() for line in about.lines}
    counted = {word: sku for word in text.split() if (sku := parse.counted_item(word))}
    strange = [sku for word, sku in counted.items() if not quantities.read(word, known).lines]
    if strange:
        raise PolicyRefused(f"这单没有商品 {'、'.join(strange)}，有：{'、'.join(sorted(known))}")
    named = [Choice(product.sku, product.title, product.most, product.most) for product in goods]
    found = arrivals.read(glued.counted(text, named, ())[0], goods, mode)
    over = {product.sku for product in goods if found.counts.get(product.sku, 0) > product.most}
    _keep(about, behind, found, text, over)
    behind.todo += [_too_many(product, mode, found.counts[product.sku]) for product in goods if product.sku in over]
    if not found.open:
        return found.rest
    still = [product for product in goods if product.sku in found.open]
    if len(still) > MAX_ASKED and not found.strange:
        said = " ".join(f"{product.sku}×{product.most}" for product in goods)
        raise PolicyRefused(
            f"“{text}”看不出每样几件，还没有{about.name}。请写全，例如：{about.name} {about.case.no} {said}"
        )
    behind.todo += [_how_many(product, mode, found, text if n == 0 else "") for n, product in enumerate(still)]
    return "" if found.unclear or not found.counts else found.rest


def _keep(about: _About, behind: Behind, found: arrivals.Arrival, text: str, over: Collection[str]) -> None:
    """The units that are clear, and the whole sentence as typed where it says more: whoever acts next reads it."""
    behind.counted = bool(found.counts or found.open or found.beside)
    if over or found.open or found.others or found.own or found.beside or (found.counts and found.rest):
        behind.said[REASON] = about.ctx.kept(parse.written(text))
    if found.counts:
        behind.said[questions.COUNTS] = {sku: units for sku, units in found.counts.items() if sku not in over}


def _products(lines: Sequence[CaseLine], mode: str) -> list[arrivals.Product]:
    most: dict[str, int] = {}
    titles: dict[str, str] = {}
    for line in lines:
        most[line.sku] = most.get(line.sku, 0) + (line.requested if mode == arrivals.CAME else line.received)
        titles.setdefault(line.sku, line.title)
    return [arrivals.Product(sku, titles[sku], units) for sku, units in most.items() if units]


def _how_many(product: arrivals.Product, mode: str, found: arrivals.Arrival, text: str) -> dict[str, Any]:
    """The question for the units of a product, with what was heard of the words, and what a yes would mean."""
    name = " ".join(part for part in (product.sku, product.title) if part)
    of = "申请退" if mode == arrivals.CAME else "实收"
    unread = f"“{'，'.join(found.unclear) or text}”{found.why}。" if text and found.why else ""
    units = found.likely.get(product.sku)
    yes = f"就是 {units} 件、这句话记下，回复“{questions.GO_ON}”；不是就" if units is not None else ""
    unread += "报了件数收货就结束，没收到的不退款，后到的要等这单退回来才能再收。" if found.awaited and text else ""
    question = f"{unread}{name}（{of} {product.most} 件）{_COUNTED[mode]}几件？{yes or '请'}回复件数，没有就回复 0"
    likely = {questions.LIKELY: units} if units is not None else {}
    named = {questions.UNITS: product.sku, questions.TITLE: product.title, questions.MODE: mode}
    return {**named, "most": product.most, "question": question, **likely}


def _too_many(product: arrivals.Product, mode: str, units: int) -> dict[str, Any]:
    """The question where more were counted than there can be."""
    item = _how_many(product, mode, arrivals.Arrival({}), "")
    return {**item, "question": f"听到的是 {units} 件，最多 {product.most} 件，还没有办。{item['question']}"}


def _answered(about: _About, text: str, behind: Behind) -> str:
    """Take the answers out of the words: of what the action asks, and of the node's form."""
    action, node = about.action, about.node
    if action is None or node is None:
        return text
    for fact in action.asks:
        if fact == REASON:
            return text
        if (pair := parts.part_and_fee(text)) is None:
            behind.said[REASON] = about.ctx.kept(text)
            behind.todo.append({"fact": fact, "question": f"“{text}”没看懂。{action.asks[fact]}"})
            return ""
        behind.said |= {fact: about.ctx.kept(pair[0]), "扣款": str(pair[1])}
        return ""
    known = form_rules.known(about.rules, node, about.case.facts)
    form = form_rules.askable(node, action, known)
    if told := products.behind(form, text, _rows(about), about.ctx.at.date()):
        behind.said |= told
        return ""
    form = [each for each in form if not each.per_line]
    answers, rest = fields.fill(form, text.split(), about.ctx.at.date()) if form else ({}, [text])
    fields.ensure_shown(node, known, answers)
    behind.said |= answers
    return " ".join(rest)


def _rows(about: _About) -> list[list[Any]]:
    return products.merged((line.sku, line.title, line.requested) for line in about.lines)


def _doubted(about: _About, words: str) -> list[dict[str, Any]]:
    """The question about words that read like a decision that the action does not take."""
    decision = _decision(about)
    found = doubts(words, decision)
    if not found:
        return []
    which = f"“{words}”" if len(words) <= MAX_QUOTED else f"“{words}”里的“{'、'.join(found)}”"
    no, names = about.case.no, [name for name in found if name in decision.names]
    instead = [f"要换人请回复 转交 {no} {names[0]}。"] if names else []
    instead += [f"要{name}请回复 {name} {no}。" for name in found if name in decision.others]
    amount = f"，{money(about.amount)}" if about.amount is not None else ""
    units = sum(line.requested for line in about.lines)
    return [
        {
            questions.CONFIRM: f"{which}不会跟着{about.name}一起办（{no} 共 {units} 件{amount}）。{''.join(instead)}"
            f"还是照这单{about.name}、把这句话记作备注，就回复“{questions.GO_ON}”"
        }
    ]


def _decision(about: _About) -> Decision:
    action, node, case = about.action, about.node, about.case
    fee = yuan(case.facts["扣款"]) if case.facts.get("扣款") else None
    amount = about.amount
    sums = [amount, fee, amount - fee if amount is not None and fee is not None else None]
    others = {*_COMMON, *(button.name for button in (node.buttons if node else ()))} - {about.name}
    return Decision(
        case.no,
        [each for each in sums if each is not None],
        sum(line.requested for line in about.lines),
        [line.sku for line in about.lines],
        [person.name for person in about.ctx.staff.by_id.values() if person.id != about.ctx.me.id],
        others,
        stops=about.name == WITHDRAW,
        refuses=action.danger if action else about.name in _HARMLESS,
    )
