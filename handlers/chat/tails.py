"""The last digits of a case's number, wherever they stand in a sentence, as the whole number: 0001合格 0002次品."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from flow import edits
from handlers.chat import dialogs, guesses, positions
from models import Order

if TYPE_CHECKING:
    from collections.abc import Mapping

    from handlers.chat.context import Ctx, Reply
    from handlers.chat.lexicon import Lexicon
    from handlers.chat.positions import Meant

_MARK = r"(?:尾号|末尾|末四位|后四位|尾数|单号)(?:是|为)?\s?#?"
_UNIT = (
    r"(?![A-Za-z0-9.%×*/:-]"
    r"|\s?(?:元(?!旦)|块|圆|¥|件|个|只(?![退收补换赔付要能有来到剩寄是发见])|台|套|月(?!底)|年(?![后底初前])|日|天|点(?![错多击开到])|以下|以上|以内|之内))"
)
_OF_CASE = r"(?:号单|号|那单|这单|那张单|那张|这张|单子|单(?!号))?的?"
_TAIL = re.compile(rf"(?<![A-Za-z0-9.¥×*/:-])(?:{_MARK}(?P<any>\d{{3,8}})|(?P<digits>\d{{4}})){_UNIT}{_OF_CASE}")
_SUM = re.compile(r"(?:到|至|满|过|于|低|高|退|赔|付|补|扣|价|额|共|成|为|只|收|¥|<|>|=)\s?$")  #: ahead of an amount


async def spelt_out(ctx: Ctx, text: str, lexicon: Lexicon, run: guesses.Run) -> tuple[str, Reply | None]:
    """A message with whole numbers for the tails of cases; the question where one of them means several."""
    wait = await dialogs.current(ctx.me.id, ctx.at)
    if wait and wait.kind not in guesses.OFFERED:
        return text, None
    plain, several = await whole(ctx, text, lexicon)
    for digits, meant in several.items():
        each = [spelt(plain, {digits: no}) for no in meant.numbers]
        return plain, await guesses.offer(ctx, (f"{digits} 是哪一单？", meant.why), each, run)
    return plain, None


async def whole(ctx: Ctx, text: str, lexicon: Lexicon) -> tuple[str, Mapping[str, Meant]]:
    """The text with every tail that means one running case spelt out; those of which several cases are meant."""
    if not _may_have(text, lexicon):
        return text, {}
    found: dict[str, str] = {}
    several: dict[str, Meant] = {}
    for match in _TAIL.finditer(text):
        digits = match["any"] or match["digits"]
        if digits in found or digits in several or _is_sum(match) or await Order.exists(no=digits):
            continue
        meant = await positions.meant(ctx, digits)
        if meant and meant.sure and meant.numbers:
            found[digits] = meant.numbers[0]
        elif meant and meant.numbers:
            several[digits] = meant
    return spelt(text, found), several


def spelt(text: str, found: Mapping[str, str]) -> str:
    """A text with those tails as whole numbers."""

    def number(match: re.Match[str]) -> str:
        digits = match["any"] or match["digits"]
        return f" {found[digits]} " if digits in found and not _is_sum(match) else match[0]

    return " ".join(_TAIL.sub(number, text).split()) if found else text


def _may_have(text: str, lexicon: Lexicon) -> bool:
    """Whether a text may name a case so: no number alone, and no command that takes other numbers."""
    if text.strip(" 。.!#").isdigit() or not _TAIL.search(text) or edits.verb_of(text)[0]:
        return False
    first = next((name for name in sorted(lexicon.commands, key=len, reverse=True) if text.startswith(name)), "")
    return not first or first in lexicon.about_cases or first in lexicon.actions


def _is_sum(match: re.Match[str]) -> bool:
    """Whether the digits are an amount; one never begins with a nought."""
    digits = match["digits"] or ""
    return bool(digits) and not digits.startswith("0") and bool(_SUM.search(match.string[: match.start()]))
