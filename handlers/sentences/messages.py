"""What somebody wrote: each statement of it carried out for itself, and not a word of it lost."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from cards.draft import SUBMIT
from cards.proposal import REFUSE
from cards.types import Text
from flow.definitions.permissions import KINDS
from flow.errors import FlowError, NotAllowed, NotFound, PolicyRefused
from flow.publishing import proposals
from flow.records.locks import lock_whole
from flow.views.case import open_tasks
from handlers.chat import (
    dialogs,
    forms,
    guesses,
    names,
    parse,
    positions,
    questions,
    quotes,
    refusals,
    rewording,
    tails,
    turns,
)
from handlers.chat.context import Greeting, Reply, joined, quoting
from handlers.chat.grammar import carry_out, lexicon_of
from handlers.chat.router import permitted
from handlers.chat.spelling import is_number
from handlers.chat.statements import MOST, Statement, statements
from handlers.commands import amendments, fallback, kinds, lapse, publishing, returns, tasks, upload
from handlers.commands.return_remarks import remarked, with_goods
from handlers.sentences import (
    asides,
    bounds,
    contrary,
    described,
    in_hand,
    lowered,
    managed,
    natural,
    nearest,
    order_changes,
    own_kinds,
    own_orders,
    owners,
    parcels,
    places,
    second_thoughts,
    shown,
    signatures,
    staffing,
    takebacks,
    waiting,
)
from handlers.sentences.buttons import books, buttons_known, pressed
from handlers.sentences.hearing import TAKE_BACK, Hearing
from handlers.sentences.interpretation import understood
from handlers.sentences.of_numbers import is_order
from models.pipeline import session

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping, Sequence

    from handlers.chat.context import Ctx, Say
    from handlers.chat.dialogs import Wait
    from handlers.chat.events import Message
    from handlers.chat.lexicon import Lexicon
    from handlers.chat.router import Entry, Router

    Continue = Callable[[Ctx, Wait, str], Awaitable[Reply]]

UNHEARD = "这条语音没有听清，什么都没有做。请再说一次，或者直接打字"
KEPT = "收到。图片和文件暂时只作留存；要办事请直接打字，回复“帮助”看能做什么"
TAIL = 3  #: digits from which on a number is the end of a case's, and no place in a list
OF_OTHERS = ("查", "导出")  #: commands whose first word may be something else than a case
WRONG = (tasks.NAME, amendments.AMEND)  #: dialogs that refuse what is no answer


class _HeldBackError(FlowError):
    """A further statement would ask something while an earlier one of the same message waits for its answer."""


@dataclass(frozen=True, slots=True)
class Messages:
    """The commands, the dialogs that go on, and what is promised for later."""

    router: Router
    dialogs: Mapping[str, Continue]
    not_yet: Mapping[str, str]
    takes: Mapping[str, Callable[[Wait, str], bool]] = field(default_factory=dict)  #: dialogs that take not any words
    reminders: Mapping[str, Callable[[Wait], Text]] = field(default_factory=dict)  #: what such a dialog still asks

    async def heard(self, ctx: Ctx, event: Message) -> Reply:
        """The answer to a message. Raises FlowError for what is refused."""
        lapsed = await lapse.notice(ctx, event.text)
        if lapsed and event.text.strip(" 。.!,") == SUBMIT:
            return Reply.of(lapsed)
        reply = await self._heard(ctx, event)
        return replace(reply, says=[*reply.says, lapsed], alone=True) if lapsed else reply

    async def _heard(self, ctx: Ctx, event: Message) -> Reply:
        if ctx.upload and (reply := await self._uploaded(ctx)):
            return reply
        text, about_case = await quotes.apart(ctx, event)
        people = [one.name for one in (ctx.staff.find(event.platform, userid) for userid in event.mentions) if one]
        text = names.called_by_name(text, ctx.staff, people)
        ctx, plain = replace(ctx, typed=text).reads(forms.in_one_line(text))
        try:
            return quoting(ctx, await self._taken_apart(ctx, event, (plain, about_case), people))
        except FlowError as refused:
            refused.args = (ctx.quoted(str(refused)),)
            raise

    async def _taken_apart(self, ctx: Ctx, event: Message, about: tuple[str, str], people: Sequence[str]) -> Reply:
        """The answer to a message by its text, and by the case that it quotes."""
        lexicon = await self.lexicon(ctx)
        text, about_case = about
        text, unclear = await tails.spelt_out(ctx, text, lexicon, self.run)
        if unclear:
            return unclear
        text = await places.spelt_out(ctx, text, lexicon)
        text, unclear = await own_orders.spelt_out(Hearing(ctx, lexicon, self.run, self.strictly), text)
        if unclear:
            return unclear
        said = statements(text, lexicon, lambda word: names.named(word, ctx.staff) is not None)
        found = [quotes.completed(each, about_case, lexicon) for each in said]
        found = [replace(each, words=tuple(names.respelt(each.words, ctx.staff, people))) for each in found]
        if not any(each.words for each in found) and text.strip() and not event.media:
            return Reply.of(Greeting())  # marks alone
        if not any(each.words for each in found):
            return Reply.of(Text(UNHEARD if any(item.kind == "voice" for item in event.media) else KEPT))
        if len(found) > MOST:
            raise PolicyRefused(f"一条消息最多办 {MOST} 件，这条有 {len(found)} 件，什么都没有做；请分几次发")
        if len(found) == 1:
            return await self._said(ctx, found[0], lexicon)
        return await self._each(ctx, event, found, lexicon)

    async def lexicon(self, ctx: Ctx) -> Lexicon:
        """The words that mean something to this business now."""
        return lexicon_of(frozenset(self.router.commands) | set(ctx.desk.business.kinds), await buttons_known(ctx))

    async def run(self, ctx: Ctx, words: list[str]) -> Reply:
        """Carry out statements whose words stand in their order; several are done one after the other."""
        return await turns.each(ctx, words, self._run)

    async def _run(self, ctx: Ctx, words: list[str]) -> Reply:
        ctx, text = ctx.reads(" ".join(words))
        return await self._said(ctx, Statement(text, tuple(text.split())), await self.lexicon(ctx), typed=False)

    async def strictly(self, ctx: Ctx, words: list[str]) -> Reply:
        """The same, without looking for what the words may mean. Raises NotFound where they are no statement."""
        first, *more = turns.parts(words)
        for each in more:
            await guesses.ensure(ctx, each, self.strictly)
        ctx, text = ctx.reads(" ".join(first))
        statement = Statement(text, tuple(text.split()))
        if reply := await self._carried_out(ctx, statement, await self.lexicon(ctx)):
            return reply
        raise NotFound("没听懂这句话，什么都没有做")

    async def guessed(self, ctx: Ctx, wait: Wait, value: str) -> Reply:
        """The answer to a guess."""
        return await guesses.answer(ctx, wait, value, self.run)

    async def picked(self, ctx: Ctx, wait: Wait, value: str) -> Reply:
        """The answer to which case a parcel belongs to."""
        return await parcels.picked(Hearing(ctx, await self.lexicon(ctx), self.run, self.strictly), wait, value)

    # -- several -------------------------------------------------------------------------------------------------------

    async def _each(self, ctx: Ctx, event: Message, found: Sequence[Statement], lexicon: Lexicon) -> Reply:
        """Every statement in its own savepoint, with its own answer, all in one reply."""
        says: list[Say] = []
        asked: Wait | None = None
        named = {word.upper() for each in found for word in each.words if parse.is_case_no(word)}
        await lock_whole(ctx.desk.zone, numbers=named)
        for n, statement in enumerate(found):
            before = await dialogs.current(ctx.me.id, ctx.at)
            try:
                async with session.transaction():
                    reply = await self._said(ctx, statement, lexicon, typed=not n)
                    asked = _one_question(asked, before, await dialogs.current(ctx.me.id, ctx.at))
                says += reply.says
            except FlowError as refused:
                await refusals.keep(ctx, replace(event, text=" ".join(statement.words)), refused)
                says.append(Text(f"“{statement.text}”：{refused}"))
        return Reply(says=joined(says))

    # -- one -----------------------------------------------------------------------------------------------------------

    async def _said(self, ctx: Ctx, statement: Statement, lexicon: Lexicon, *, typed: bool = True) -> Reply:
        """What one statement comes to: an answer to what was asked, a command, a button, or what it may mean."""
        waits = await dialogs.standing(ctx.me.id, ctx.at) if typed else []
        wait = next(iter(waits), None)
        behind = lexicon.phrases.after_leaving(statement.text, draft=wait.kind == returns.DRAFT) if wait else ""
        if wait and behind and not rewording.kind_in(behind, KINDS):
            hearing = Hearing(ctx, lexicon, self.run, self.strictly)
            if instead := await second_thoughts.while_asked(hearing, wait, behind):
                return instead
            left = await self.dialogs[wait.kind](ctx, wait, "取消")
            more = await self.run(ctx, behind.split())
            return replace(more, says=joined([*left.says, *more.says]))
        for each in waits:
            said = await asides.without_its_case(ctx, each, statement, lexicon)
            if await self._is_answer(ctx, each, said, lexicon):
                return await self._answered(ctx, each, said, lexicon)
        try:
            reply = await self._meant(ctx, statement, lexicon)
        except FlowError as refused:
            if still := await self._still_asked(ctx, wait) if wait else None:
                refused.add(still.body)
            raise
        return await self._with_reminder(ctx, wait, reply) if wait else reply

    async def _meant(self, ctx: Ctx, statement: Statement, lexicon: Lexicon) -> Reply:
        """What one statement comes to by itself."""
        pressed = len(statement.words) > 1 and lexicon.is_button(statement.name)
        hearing = Hearing(ctx, lexicon, self.run, self.strictly, pressed, said=statement.text)
        try:
            return await nearest.rescued(hearing, statement, self._read(hearing, statement))
        except NotAllowed as refused:
            name, no, *words = [*statement.words, "", ""]
            kept = " ".join(filter(None, words))
            if name == TAKE_BACK and kept and (reply := await second_thoughts.instead(hearing, no, kept, refused)):
                return reply
            raise

    async def _read(self, hearing: Hearing, statement: Statement) -> Reply:
        """The first reading that there is. Raises FlowError."""
        said = statement.text
        if reply := await signatures.meant(hearing, said) or await staffing.meant(hearing, said):
            return reply
        if reply := await owners.meant(hearing, statement) or await own_kinds.meant(hearing, said):
            return reply
        if reply := await described.meant(hearing, statement) or await bounds.meant(hearing, said):
            return reply
        for reading in (managed.of_a_colleague, lowered.said, order_changes.said, natural.meant):
            if reply := await reading(hearing, statement):
                return reply
        if reply := await self._carried_out(hearing.ctx, statement, hearing.lexicon):
            return reply
        if reply := await fallback.understood(hearing.ctx, parse.words(statement.text), self.strictly):
            return reply
        return await understood(hearing, statement.text)

    # -- while something is asked ----------------------------------------------------------------------------------

    async def _answered(self, ctx: Ctx, wait: Wait, statement: Statement, lexicon: Lexicon) -> Reply:
        """The answer taken; where it is none, what else was said, and what is still asked."""
        text = waiting.as_answer(wait, statement.text, lexicon, reminded=wait.kind in self.reminders)
        hearing = Hearing(ctx, lexicon, self.run, self.strictly)
        if doubted := await contrary.reason(hearing, wait, text):
            return doubted
        try:
            async with session.transaction():
                reply = await self.dialogs[wait.kind](ctx, wait, " ".join(parse.words(text)))
        except (NotFound, PolicyRefused):
            if wait.kind in WRONG and (other := await self._elsewhere(ctx, wait, statement, lexicon)):
                return other
            raise
        if not reply.unread:
            return reply
        instead = await second_thoughts.while_asked(hearing, wait, text) or await with_goods(ctx, wait, text)
        return instead or await self._aside(ctx, wait, statement, lexicon) or await remarked(ctx, wait, text) or reply

    async def _elsewhere(self, ctx: Ctx, wait: Wait, statement: Statement, lexicon: Lexicon) -> Reply | None:
        """The answer to what a card that waits for a yes cannot take; None where it means nothing by itself."""
        if (reply := await self._aside(ctx, wait, statement, lexicon)) or wait.kind != amendments.AMEND:
            return reply
        try:
            async with session.transaction():
                return await self._with_reminder(ctx, wait, await self._meant(ctx, statement, lexicon))
        except FlowError:
            return None

    async def _aside(self, ctx: Ctx, wait: Wait, statement: Statement, lexicon: Lexicon) -> Reply | None:
        """The answer to a sentence of its own, and what is still asked; None for what is none."""
        try:
            async with session.transaction():
                hearing = Hearing(ctx, lexicon, self.run, self.strictly, said=statement.text)
                reply = await asides.meant(hearing, statement.text) or await asides.elsewhere(hearing, statement.text)
        except (NotFound, PolicyRefused):
            return None
        return await self._with_reminder(ctx, wait, reply) if reply else None

    async def _with_reminder(self, ctx: Ctx, wait: Wait, reply: Reply) -> Reply:
        """The reply, with what is still asked, or what became of it where another question has taken its place."""
        more = await self._still_asked(ctx, wait)
        return replace(reply, says=joined([*reply.says, more])) if more else reply

    async def _still_asked(self, ctx: Ctx, wait: Wait) -> Text | None:
        still = await dialogs.current(ctx.me.id, ctx.at)
        if still and (still.id, still.version) == (wait.id, wait.version):
            return self.reminders[wait.kind](wait) if wait.kind in self.reminders else None
        return await lapse.set_aside(ctx, wait) if still else None

    # -- a statement -------------------------------------------------------------------------------------------------

    async def _carried_out(self, ctx: Ctx, statement: Statement, lexicon: Lexicon) -> Reply | None:
        """A command, or a button with its case; None for what is neither."""
        words = await self._placed(ctx, await shown.completed(ctx, statement.words), lexicon)
        if isinstance(words, Reply):
            return words
        if entry := await self._command(ctx, words):
            if await in_hand.is_of_mine(ctx, lexicon, entry.name, statement):
                return None
            return await carry_out(entry, ctx, words[1:])
        if len(words) > 1 and parse.is_case_no(words[1]):
            hearing = Hearing(ctx, lexicon, self.run, self.strictly)
            if reply := await takebacks.asked(hearing, words, statement) or await pressed(ctx, words, lexicon):
                return reply
        if words[0] in self.not_yet:
            raise NotFound(self.not_yet[words[0]])
        return None

    async def _is_answer(self, ctx: Ctx, wait: Wait, statement: Statement, lexicon: Lexicon) -> bool:
        takes = self.takes.get(wait.kind)
        if wait.kind in self.dialogs and lexicon.phrases.is_left(statement.text):
            return wait.kind != guesses.GUESS or not await fallback.leaves_draft(ctx, statement.text)
        if wait.kind == returns.DRAFT and rewording.is_of_draft(statement.text):
            return True
        if not waiting.answers(wait, statement, lexicon) or (takes and not takes(wait, statement.text)):
            return False
        any_words = questions.takes_any_words(wait) or wait.kind in self.takes
        if any_words and await asides.stands_alone(statement.text, lexicon):
            return False
        return not await waiting.for_itself(ctx, wait, statement, lexicon)

    async def _placed(self, ctx: Ctx, words: list[str], lexicon: Lexicon) -> list[str] | Reply:
        """With the whole number of a case that is named by its place in a list or its last digits."""
        if len(words) < 2 or not (words[0] in lexicon.about_cases | {"查"} or lexicon.is_button(words[0])):
            return words
        if parse.is_case_no(words[1]) or (words[0] == "查" and await shown.finds(ctx, words[1])):
            return words
        meant = await positions.meant(ctx, words[1])
        if is_number(words[1]) and words[0] != "查" and not (meant and meant.numbers):
            meant = await positions.of_number(ctx, words[1]) or meant
        if meant is None or (words[0] in OF_OTHERS and not meant.numbers):
            return words
        if meant.sure and meant.numbers:
            if not (words[1].isdigit() and len(words[1]) < TAIL and await books(ctx, words[0], meant.numbers[0])):
                return [words[0], meant.numbers[0], *words[2:]]
            meant = replace(meant, why=f"“{words[1]}”是待办里的第几件，还是几件货？")
        return await self._which(ctx, words, meant, lexicon)

    async def _which(self, ctx: Ctx, words: list[str], meant: positions.Meant, lexicon: Lexicon) -> list[str] | Reply:
        """Which of several cases is meant, or whose they are; the words as they stand of an order without a case."""
        if whose := await own_orders.of_others(Hearing(ctx, lexicon, self.run, self.strictly), words, meant):
            return whose
        readings = [" ".join([words[0], no, *words[2:]]) for no in meant.numbers]
        reply = await guesses.offer(ctx, (f"{words[0]} {words[1]}：是哪一单？", meant.why), readings, self.strictly)
        if reply is None and not await is_order(words[1]):
            raise NotFound(f"{meant.why}，什么都没有做；请回复“待办”看现在的，或写全单号")
        return reply or words  # 退款 536365: no case has the number, and an order does

    async def _command(self, ctx: Ctx, words: list[str]) -> Entry | None:
        """The command that the first word is; one that cases have too is one where a change waits for it."""
        entry = self.router.find(words[0]) or kinds.own_kinds(ctx).get(words[0]) if words else None
        if entry is None or words[0] not in publishing.ALSO_OF_CASES:
            return entry
        if len(words) > 1 and parse.is_case_no(words[1]):
            return None
        if await publishing.awaits(ctx, words[0]):
            return entry
        of_mine = words[0] == REFUSE and await open_tasks(ctx.me)
        return entry if ctx.may(proposals.PUBLISH) and not of_mine else None

    async def _uploaded(self, ctx: Ctx) -> Reply | None:
        """A file is a changed flow or a print template; a picture answers whoever asked for one."""
        if ctx.upload and ctx.upload.kind == "file":
            permitted(self.router.commands["发布"], ctx)
            return await upload.file(ctx, ctx.upload.name, ctx.upload.data)
        wait = await dialogs.current(ctx.me.id, ctx.at)
        return await self.dialogs[wait.kind](ctx, wait, "") if wait and wait.kind in questions.KINDS else None


def _one_question(asked: Wait | None, before: Wait | None, after: Wait | None) -> Wait | None:
    """What this message has asked so far. Raises _HeldBackError where that would be left for a further question."""
    if after is None or (before and (after.id, after.version) == (before.id, before.version)):
        return asked
    if asked and asked.kind not in guesses.OFFERS:
        raise _HeldBackError("这句也要问你，一次只能问一件：先答完上一句，再发这一句；这一句什么都没有做")
    return after
