"""What a flow asks for at the opening: named in the line, asked for in the draft, put right until it is submitted."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from cards.draft import SUBMIT
from flow.cases.assessment import assess
from flow.cases.prefilled import offered_at_opening
from flow.definitions.flow import CHOICE, CHOICES, TEXT
from flow.engine import forms
from flow.engine.forms import SKIP
from flow.errors import DefinitionError, PolicyRefused
from flow.export.answers import worded
from handlers.chat import fields
from handlers.chat.phrases import phrases
from handlers.chat.questions import packed, unpacked
from handlers.commands.return_sheet import FIELD

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flow.cases.assessment import Assessment
    from flow.definitions.flow import Field
    from handlers.chat.context import Ctx
    from handlers.commands.return_sheet import Sheet


async def asked_of(ctx: Ctx, kind: str) -> tuple[Field, ...]:
    """The fields that the flow of a kind asks for at the opening."""
    try:
        return (await ctx.desk.rules(*await ctx.desk.current(kind))).flow.submission
    except DefinitionError:
        return ()


async def taken(ctx: Ctx, sheet: Sheet, words: list[str]) -> tuple[Sheet, list[str]]:
    """The sheet with the answers that the words of a line name, and the other words."""
    form = await asked_of(ctx, sheet.kind)
    if not form:
        return sheet, words
    answers, told, rest = dict(sheet.answers), list(sheet.told), " ".join(words)
    for field, said, whole in _named(form, rest):
        rest = rest.replace(whole, " ", 1)
        try:
            answers[field.name] = _read(ctx, field, said)
        except PolicyRefused as refused:
            told.append(str(refused))
    return replace(sheet, answers=answers, told=told), rest.split()


def _named(form: Sequence[Field], text: str) -> list[tuple[Field, str, str]]:
    """``购买渠道:直播间`` for each field that is named: it, what is said of it, and the words that say so."""
    found = []
    for field in form:
        name, more = re.escape(field.name), r"(?:[、,]\s?[^\s,;。、:]+)*" if field.kind == CHOICES else ""
        pattern = rf"(?:^|(?<=[\s,;。]))(?:{name}\s*(?::|=|是|为)\s*|{name} )(?P<said>[^\s,;。]+{more})[,;。]?"
        if match := re.search(pattern, text):
            found.append((field, match["said"], match[0]))
    return found


def _read(ctx: Ctx, field: Field, said: str) -> Any:
    """An answer; the rest of a text is as it was typed. Raises PolicyRefused for none."""
    return forms.read(field, ctx.kept(said) if field.kind == TEXT else said, ctx.at.date())


async def asked_next(ctx: Ctx, sheet: Sheet, *, only_needed: bool = False) -> Sheet:
    """A draft that is whole but for what the flow asks for: the first of that is asked, or of what it needs."""
    if sheet.ask != SUBMIT or not await asked_of(ctx, sheet.kind):
        return sheet
    assessment = await assess(ctx.desk, sheet.draft(), ctx.at, who=ctx.me)
    open_ones = [field for field in assessment.lacking if field.required or not only_needed]
    found = offered_at_opening(ctx.desk, assessment, open_ones, ctx.me, ctx.at.date())
    if not found:
        return sheet
    field = found[0]
    options = [field.default] if field.default and field.kind == CHOICE else []
    options += [option for option in field.options if option not in options] if field.kind == CHOICE else []
    options += [SKIP] if options and not field.required else []
    return replace(sheet, ask=FIELD, field=packed(field), options=[[each, each] for each in options], hint="")


def answered(ctx: Ctx, sheet: Sheet, value: str) -> Sheet:
    """The sheet with the answer to the field that is asked for. Raises PolicyRefused for none."""
    field = unpacked({"field": sheet.field})
    if forms.takes_default(field, value, phrases().replies["是"]):
        answer: Any = forms.read(field, field.default, ctx.at.date())
    else:
        typed = ctx.kept(value) if field.kind == TEXT else _without_name(field, value)
        answer, more = fields.answer(field, typed, ctx.at.date())
        if more:
            raise PolicyRefused(f"“{more}”没看懂。{forms.question(field)}")
    return replace(sheet, answers={**sheet.answers, field.name: answer}, ask=SUBMIT, field={}, options=[])


def _without_name(field: Field, value: str) -> str:
    return re.sub(rf"^{re.escape(field.name)}\s*(?::|=|是|为)?\s*", "", value) or value


def named(ctx: Ctx, form: Sequence[Field], text: str) -> tuple[dict[str, Any], str]:
    """The answers that a correction names, and its other words. Raises PolicyRefused for what is no answer."""
    rest = re.sub(r"^(?:把|将)", "", re.sub(r"\s*(?:改成|改为|换成|应该是|应为)\s*", ":", text.strip()))
    found = _named(form, rest)
    if not found:
        return {}, text
    for _, _, whole in found:
        rest = rest.replace(whole, " ", 1)
    return {field.name: _read(ctx, field, said) for field, said, _ in found}, rest.strip(" ,;。")


async def corrected(ctx: Ctx, sheet: Sheet, value: str) -> Sheet | None:
    """The draft with an answer said anew, ``购买渠道 改成 门店``; None for words about anything else."""
    form = await asked_of(ctx, sheet.kind)
    if not any(field.name in value for field in form):
        return None
    fresh, rest = named(ctx, form, value)
    if not fresh or rest:
        return None
    return replace(sheet, answers={**sheet.answers, **fresh}, ask="", options=[], hint="")


def shown(assessment: Assessment) -> tuple[tuple[str, str], ...]:
    """The answers that count, by name, as the draft shows them."""
    known = ((field.name, worded(assessment.facts.get(field.name))) for field in assessment.rules.flow.submission)
    return tuple((name, words) for name, words in known if words)
