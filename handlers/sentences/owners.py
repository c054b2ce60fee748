"""What owners say of their rules and people without a command: offered whole; what stands, where nobody read it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from cards.proposal import DROP, LOOK, ROLL_BACK
from cards.types import Text
from flow import edits
from flow.definitions import owner_words as w
from flow.definitions.patterns import CASE_NO
from flow.edits import slot_staff, slots
from flow.edits.owner_about import about, themes
from flow.edits.slots import Names, said_of
from flow.edits.working_copy import Unchanged
from flow.people.powers import STAFF
from flow.publishing import drafts, proposals
from flow.stats.values import configured
from flow.views.case import open_tasks
from handlers.chat.context import Reply
from handlers.commands import fallback
from handlers.sentences.hearing import WHICH, short

if TYPE_CHECKING:
    from flow.edits import Book
    from flow.edits.slots import Said
    from handlers.chat.statements import Statement
    from handlers.sentences.hearing import Hearing

_NUMBER = re.compile(
    rf"{CASE_NO}|(?<![\d.])\d{{6,}}|[A-Za-z]{{2}}\d{{6,}}|\d{{5}}[A-Za-z]"
)  #: of a case, an order, a parcel
_OF_CASES = re.compile(r"这单|那单|这张单|那张单|这一单|那一单|刚才|刚刚|客户说|买家说|今天的|昨天的|手上")
_MY_DRAFT = re.compile(r"(?:看看?|我的|看一下|查看)*草稿(?:呢|在哪|里有什么|有什么)?")
_DROPPED = re.compile(
    r"(?:把|将)?(?:这个|那个|我的)?(?:删除|删掉|删了|清空|作废|取消|丢掉|扔掉|不要)(?:这个|那个|我的)?草稿(?:了|吧)*|(?:把|将)?(?:这个|那个|我的)?草稿(?:删除|删掉|删了|清空|作废|取消|不要了|丢掉|扔掉)(?:了|吧)*"
)
_BACK = re.compile(
    r"(?:帮我|请|把规则|规则|流程)*(?:回到|退回到?|恢复到?|还原到?|回滚到?|撤回到?)(?:上一?个?版本?|上一次|之前的?版本|前一版)(?:去|吧|了)*"
)
_STATES = 3  #: ways to change one thing that are said


async def meant(hearing: Hearing, statement: Statement) -> Reply | None:
    """What a sentence that nobody else could mean comes to; None for any other sentence.

    Raises PolicyRefused with what is still to be said.
    """
    text = statement.text.strip(slots.ENDS)
    if not _is_mine(hearing, statement, text):
        return None
    if hearing.lexicon.is_button(text) and await open_tasks(hearing.ctx.me):
        return None
    if reply := await _of_my_draft(hearing, text):
        return reply
    book, names = await _known(hearing)
    said = said_of(text, book, names)
    if reply := await _of_staff(hearing, said, book, names):
        return reply
    lines = edits.readings(said.text, book, names) if hearing.ctx.may(proposals.PUBLISH) else []
    written = lines and edits.is_written(said.text, lines[0], book)
    return await _wished(hearing, said.text, lines) if lines and not written else None


async def _wished(hearing: Hearing, text: str, lines: list[str]) -> Reply:
    try:
        return await fallback.wished(hearing.ctx, text, (lines, ""), hearing.strictly)
    except Unchanged:
        return Reply.of(Text(f"“{short(text, 60)}”本来就是这样（{lines[0]}），没有要改的"))


async def unread(hearing: Hearing, text: str) -> Text | None:
    """Which words of what is wished of the rules nobody knows, and how that stands; None where none is left over."""
    if not _is_told_of(hearing, text):
        return None
    book, names = await _known(hearing)
    said = said_of(text.strip(slots.ENDS), book, names)
    strange, found = _unknown(said), about(said, book, names)
    if said.has(w.ASKED) or not strange or not found:
        return None
    return Text("\n".join([_lead(said, strange), *(each.stands for each in found)]))


async def stands(hearing: Hearing, text: str) -> Reply | None:
    """What stands of all that a sentence names which nobody understood, and how it is changed; None for no owner."""
    if not _is_told_of(hearing, text):
        return None
    book, names = await _known(hearing)
    plain = text.strip(slots.ENDS)
    if told := await _told(hearing, said_of(plain, book, names), book, names):
        return told
    if not (found := themes(plain, book)):
        return None
    lead = f"“{short(plain, 60)}”没看懂，什么都没有改。可以照这样说："
    lines = [f"{each.stands}：{'；'.join(each.ways[:_STATES])}" for each in found]
    looks = list(dict.fromkeys(each.look for each in found))
    return await _with_looks(hearing, Reply.of(Text("\n".join([lead, *lines]))), looks)


def _is_told_of(hearing: Hearing, text: str) -> bool:
    """Whether who may change the rules says something that is of no case, and no command of other work."""
    if not hearing.ctx.may(proposals.PUBLISH) or _NUMBER.search(text) or _OF_CASES.search(text):
        return False
    lexicon, first = hearing.lexicon, text.partition(" ")[0]
    begun = (name for name in lexicon.commands if first.startswith(name) and name not in edits.EXAMPLES)
    return not any(first == name or lexicon.is_button(first.removeprefix(name)) for name in begun)  # 批量同意


def _is_mine(hearing: Hearing, statement: Statement, text: str) -> bool:
    ctx, first = hearing.ctx, text.split(" ", 1)[0]
    if ctx.sure or not (ctx.may(proposals.PUBLISH) or ctx.may(STAFF)) or not text:
        return False
    if first in (*edits.EXAMPLES, *hearing.lexicon.commands) or _NUMBER.search(text) or _OF_CASES.search(text):
        return False
    return not statement.text.startswith("@")


async def _known(hearing: Hearing) -> tuple[Book, Names]:
    ctx = hearing.ctx
    flows, _, policy = await drafts.names()
    known = configured(ctx.desk.business, ctx.staff)
    book = await drafts.book_of((flows[0], policy, ctx.me))
    people = {person.name: person.roles for person in ctx.staff.by_id.values()} | {"我": ctx.me.roles}
    return book, Names({fact: known[fact] for fact in fallback.OF_A_CASE}, people)


async def _of_my_draft(hearing: Hearing, text: str) -> Reply | None:
    """``草稿``, ``删除草稿``, ``回到上一版``."""
    if not hearing.ctx.may(proposals.PUBLISH):
        return None
    if _MY_DRAFT.fullmatch(text):
        return await hearing.run(hearing.ctx, [LOOK])
    verb = DROP if _DROPPED.fullmatch(text) else ROLL_BACK if _BACK.fullmatch(text) else ""
    if not verb:
        return None
    lead = f"“{short(text)}”点一下才算，现在什么都没有改"
    return await hearing.offer(WHICH, lead, [verb]) or await hearing.run(hearing.ctx, [verb])


async def _of_staff(hearing: Hearing, said: Said, book: Book, names: Names) -> Reply | None:
    if not hearing.ctx.may(STAFF):
        return None
    if lines := slot_staff.asked(said, book, names):
        return await hearing.run(hearing.ctx, lines[0].split())
    lines = next((found for reading in slot_staff.STAFF_READINGS if (found := reading(said, book, names))), [])
    if not lines:
        return None
    lead = f"“{short(said.text)}”点一下才算，现在什么都没有改"
    return await hearing.offer(WHICH, lead, lines) or await hearing.run(hearing.ctx, lines[0].split())


async def _told(hearing: Hearing, said: Said, book: Book, names: Names) -> Reply | None:
    found = about(said, book, names)
    if not found:
        return None
    strange = _unknown(said)
    told = [_lead(said, strange)] if not said.has(w.ASKED) or strange else []
    for each in found:
        told += [each.stands, f"要改就写：{'；'.join(each.ways[:_STATES])}"]
    looks = list(dict.fromkeys(each.look for each in found))
    return await _with_looks(hearing, Reply.of(Text("\n".join(told))), looks)


def _unknown(said: Said) -> list[str]:
    return [word for word in said.strange() if len(word) > 1]


def _lead(said: Said, strange: list[str]) -> str:
    words = "、".join(f"“{word}”" for word in strange[:3])
    why = f"“{short(said.text, 60)}”里{words}没看懂" if strange else f"“{short(said.text, 60)}”要改成什么还没有说全"
    return f"{why}，什么都没有改。说到的现在是这样："


async def _with_looks(hearing: Hearing, reply: Reply, looks: list[str]) -> Reply:
    shown = await hearing.offer(WHICH, "看全部点一下", looks)
    return Reply(says=[*reply.says, *(shown.says if shown else ())])
