"""What a message may mean that begins with no command: an edit in other words, a flow to look at, or a near miss."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from flow import edits
from flow.errors import NotFound
from flow.publishing import drafts, proposals
from handlers.chat import guesses
from handlers.chat.router import permitted
from handlers.commands import flows

if TYPE_CHECKING:
    from handlers.chat.context import Ctx, Reply

_PICTURE = re.compile(r"^(?:看|查看)?(?P<before>\S*?)流程图?(?: (?P<after>\S+))?$")


async def understood(ctx: Ctx, said: list[str], run: guesses.Run) -> Reply | None:
    """The answer to what can only be meant, or the edit that may be; None where nothing is.

    Raises NotFound with the verb that was mistyped.
    """
    text = " ".join(said)
    verb, rest = edits.verb_of(text)
    if not verb and _PICTURE.match(text):
        verb, rest = await _picture(text)
    if not verb and ctx.may(proposals.PUBLISH):
        verb, rest, guess = await _edit_without_verb(ctx, text)
        if guess:
            return await guesses.offer(ctx, ("是不是要改规则？", f"“{text}”，改完先看再发布"), [guess], run)
    if not verb:
        return None
    entry = flows.router.commands[verb]
    permitted(entry, ctx)
    return await entry.run(ctx, rest)


async def _picture(text: str) -> tuple[str, list[str]]:
    """``退货流程``, ``流程图 退货`` and ``流程图``."""
    match = _PICTURE.match(text)
    named = [word for word in match.groups() if word] if match else []
    names, _, _ = await drafts.names()
    return ("流程", named) if len(named) < 2 and all(word in names for word in named) else ("", [])


async def _edit_without_verb(ctx: Ctx, text: str) -> tuple[str, list[str], str]:
    """The edit that is meant, or the sentence that may be."""
    names, _, policy = await drafts.names()
    edit, guess = await drafts.meant(text, names[0], policy, ctx.me)
    if edit:
        verb, *rest = edit.split()
        return verb, rest, ""
    if guess:
        return "", [], guess
    if near := edits.likely_verb(text):
        raise NotFound(f"没听懂“{text.split()[0]}”，{near}")
    return "", [], ""
