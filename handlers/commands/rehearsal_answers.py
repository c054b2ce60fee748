"""What stands behind an action that is typed in a rehearsal: units, answers of its form, a missing part, a reason."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flow.definitions.flow import REASON
from flow.engine import form_rules
from flow.errors import NotUnderstood
from handlers.chat import arrivals, fields, parse, parts, products, questions

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flow.definitions.flow import Action, Node
    from flow.rehearsal.play import Play
    from handlers.chat.context import Ctx

_MODES = (arrivals.CAME, arrivals.GOOD, arrivals.BAD)


def behind(ctx: Ctx, play: Play, node: Node, name: str, words: Sequence[str]) -> dict[str, Any]:
    """The answers that the words are. Raises NotUnderstood for counts that do not say how many of each."""
    action, text = node.actions[name], " ".join(words)
    if not text:
        return {}
    if mode := next((effect for effect in action.effects if effect in _MODES), ""):
        return _counted(play, name, text, mode)
    return _answered(ctx, play, node, action, text)


def _counted(play: Play, name: str, text: str, mode: str) -> dict[str, Any]:
    units = "requested" if mode == arrivals.CAME else "received"
    goods = [arrivals.Product(line["sku"], line["title"], line[units]) for line in play.lines if line[units]]
    found = arrivals.read(text, goods, mode)
    if not found.counts and not found.open:
        return {REASON: text}
    if found.open or any(found.counts[each.sku] > each.most for each in goods if each.sku in found.counts):
        said = " ".join(f"{each.sku}×{each.most}" for each in goods)
        raise NotUnderstood(f"“{text}”看不出每样几件，什么都没有办；请写成：演练 {name} {said}")
    return {questions.COUNTS: dict(found.counts), **({REASON: text} if found.rest else {})}


def _answered(ctx: Ctx, play: Play, node: Node, action: Action, text: str) -> dict[str, Any]:
    for fact in action.asks:
        if fact != REASON and (pair := parts.part_and_fee(text)):
            return {fact: pair[0], "扣款": str(pair[1])}
    form = form_rules.askable(node, action, play.facts)
    lines = products.merged((line["sku"], line["title"], line["requested"]) for line in play.lines)
    if told := products.behind(form, text, lines, ctx.at.date()):
        return told
    form = [each for each in form if not each.per_line]
    answers, rest = fields.fill(form, text.split(), ctx.at.date()) if form else ({}, [text])
    fields.ensure_shown(node, play.facts, answers)
    why = ctx.kept(parse.written(" ".join(rest)))
    return {**answers, **({REASON: why} if why else {})}
