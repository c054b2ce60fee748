"""The edited workbook of a flow that comes back, by chat or by its page."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from flow import workbook as book
from flow.diff.renamed import touched
from flow.errors import DefinitionError, PolicyRefused
from flow.publishing import drafts
from flow.publishing.proposals import called
from flow.publishing.release import bundle_problems
from flow.versions import active_texts, active_versions, house, texts_at
from flow.workbook import ensure_ours, outdated
from handlers.commands import print_templates
from handlers.commands.flows import offered
from models.views.case import By

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from flow.definitions.business import Bundle
    from flow.errors import Problem
    from flow.people.directory import Directory
    from handlers.chat.context import Ctx, Reply

MAX_SAID = 20  #: problems that one message lists; the file has the rest when these are mended
RECEIVED = "收到改好的表格，草稿现在是这份"


async def file(ctx: Ctx, name: str, data: bytes) -> Reply:
    """A print template or a changed flow, as the draft of a change. Raises PolicyRefused with what is wrong with it."""
    return await print_templates.taken(ctx, name, data) or await workbook(ctx, data)


async def workbook(ctx: Ctx, data: bytes) -> Reply:
    """Read it whole into the draft of a change. Raises PolicyRefused with everything that is wrong, and where."""
    try:
        stamp = await asyncio.to_thread(book.read_stamp, data)
        ensure_ours(stamp, await house())
        base = versions_of(stamp.versions)
        bundle = {**await active_texts(), **await texts_at(base)}
        edited = await asyncio.to_thread(book.read_workbook, data, bundle, _checker(bundle, ctx.staff))
        old = outdated(stamp, {f"{kind}:{name}": n for (kind, name), n in (await active_versions()).items()})
        said = "\n".join([RECEIVED, *(f"{words}，没有冲突的已经合在一起" for words in old)])
        return await offered(
            ctx, await drafts.put_file(edited.texts, drafts.MadeOn(base, stamp.at), said, By(ctx.me, ctx.at), ctx.staff)
        )
    except DefinitionError as wrong:  # also of what was put together with what others published meanwhile
        raise PolicyRefused(refused(wrong.problems)) from wrong


def _checker(bundle: Bundle, staff: Directory) -> Callable[[Bundle], list[Problem]]:
    """What the whole business and the staff have to say of other texts than ``bundle`` has."""

    def check(texts: Bundle) -> list[Problem]:
        changed = [key for key, text in texts.items() if bundle.get(key) != text]
        return bundle_problems(
            texts, called(staff.by_id.values(), bundle, texts), touched(bundle, {key: texts[key] for key in changed})
        )

    return check


def versions_of(stamped: Mapping[str, int]) -> dict[tuple[str, str], int]:
    """``flow:退货`` -> 3 as (flow, 退货) -> 3."""
    return {(kind, name): n for key, n in stamped.items() for kind, _, name in [key.partition(":")]}


def refused(problems: Sequence[str]) -> str:
    """Everything that is wrong with a file, one line each."""
    lines = [f"{n}. {problem}" for n, problem in enumerate(problems[:MAX_SAID], 1)]
    more = [f"……还有 {len(problems) - MAX_SAID} 处，改完这些再发一次"] if len(problems) > MAX_SAID else []
    return "\n".join([f"表格有 {len(problems)} 处要改，什么都没有收下，现在用的流程没有动：", *lines, *more])
