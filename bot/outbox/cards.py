"""Cards on phones: put on record before they are sent, and redrawn when what they show has changed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bot.channels.base import CardRef, ChannelError, InDoubt, Rejected
from bot.outbox.digests import told_of_many
from cards import content
from cards.case import replaced
from cards.types import Card
from flow.publishing.proposals import CARD as PROPOSAL
from flow.records import outbox
from flow.views.case import case_view
from handlers.chat import dialogs
from handlers.chat.case_cards import question_face, record_face, task_face
from handlers.commands import lapse
from handlers.commands.lessons import CARD as LESSON
from handlers.commands.overview import CARD as OVERVIEW
from handlers.commands.rehearsal_openings import CARD as REHEARSAL
from models import Case, SentCard, Task, TaskState

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from bot.outbox.definitions import Definitions
    from bot.outbox.reach import Reach
    from flow.desk import Desk
    from models import Outbox


@dataclass(slots=True)
class CardDesk:
    """Shows, records and retires cards."""

    desk: Desk
    reach: Reach
    now: Callable[[], datetime]  #: in the merchant's zone
    definitions: Definitions

    async def show_proposal(self, row: Outbox) -> None:
        """Show a proposed change of the rules to somebody, as it is now."""
        said, member = row.payload, row.member_id or 0
        face = await self.definitions.card(said["proposal"], member)
        person = (await self.desk.staff.now()).by_id.get(member)
        names = await self.reach.platforms(person) if person else []
        if not names:
            raise Rejected("nowhere", "没有可用的企业微信或钉钉账号")
        sent = await self._put_on_record(said["token"], names[0], member, f"{PROPOSAL}:{said['proposal']}", None)
        if not face.live:
            await SentCard.filter(id=sent.id).update(live=False)
        await self._send(sent, face)

    async def show_task(self, row: Outbox) -> None:
        """Show a task to its owner, unless it is over already."""
        said = row.payload
        task = await Task.get_or_none(
            case_id=row.case_id, node=said["node"], visit=said["visit"], owner_id=row.member_id
        )
        if task is None:
            await self._retire_doubtful(said["token"])
        else:
            await self._send_task(task, said["token"], None)

    async def show_named(self, row: Outbox) -> None:
        """Show a card that answers somebody: a task drawn afresh, or a question as it was asked."""
        said = row.payload
        if said["task"]:
            task = await Task.get(id=said["task"])
            await self._send_task(task, said["token"], said["platform"])
            return
        face = content.unpack(said["face"])
        if isinstance(face, Card):
            await self._ask(face, row)

    async def _ask(self, face: Card, row: Outbox) -> None:
        """Show a question, unless it has been answered, or another one has taken its place, on its way."""
        said, member = row.payload, row.member_id or 0
        if await self._is_left(row):
            await self._retire_doubtful(said["token"])
            await self._say_lapsed(row)
            return
        sent = await self._put_on_record(said["token"], said["platform"], member, said["name"], None)
        await self._send(sent, face)
        if await self._is_left(row):
            await self._retire_late(sent)

    async def _say_lapsed(self, row: Outbox) -> None:
        """Nobody could answer a question that came too late: it is not dropped in silence."""
        member, token = row.member_id or 0, row.payload["token"]
        if words := await lapse.undelivered(member, token, self.now()):
            await outbox.put([outbox.tell(f"lapsed:{token}", member, self.now(), outbox.WORDS, text=words.body)])

    async def _is_left(self, row: Outbox) -> bool:
        """Whether the dialog that asks has gone on. What is no dialog stands: a proposal, a rehearsal, …"""
        if row.payload["name"].startswith((PROPOSAL, OVERVIEW, REHEARSAL, LESSON)):
            return False
        wait = await dialogs.current(row.member_id or 0, self.now())
        return wait is None or wait.token != row.payload["token"]

    async def _send_task(self, task: Task, token: str, platform: str | None) -> None:
        if task.state is not TaskState.OPEN:
            await self._retire_doubtful(token)
            return
        person = (await self.desk.staff.now()).by_id.get(task.owner_id)
        names = [platform] if platform else await self.reach.platforms(person) if person else []
        if not names:
            raise Rejected("nowhere", "负责人没有可用的企业微信或钉钉账号")
        sent = await self._put_on_record(token, names[0], task.owner_id, "task", task)
        card = await task_face(self.desk, task, person, self.now())  # now: what changes after the record redraws it
        await self._send(sent, card)
        if not await Task.exists(id=task.id, state=TaskState.OPEN):
            await self._retire_late(sent)

    async def _retire_doubtful(self, token: str) -> None:
        """An earlier attempt to send a card may have come through, and what it asked is over: retire it if it is there.

        Its send got no answer, or we died before we wrote the answer down, or after it, with the card not retired yet.
        """
        sent = await SentCard.get_or_none(token=token)
        if sent and (sent.live or sent.code):
            await self._retire_late(sent)

    async def _retire_late(self, sent: SentCard, cause: str = "late") -> None:
        """The case moved while the card was on its way: retire it now that it has arrived."""
        await SentCard.filter(id=sent.id).update(live=False)
        key, payload = f"refresh:{sent.token}:{cause}"[:191], {"token": sent.token}
        await outbox.put([outbox.row("refresh", key, self.now(), member_id=sent.member_id, payload=payload)])

    async def _put_on_record(self, token: str, platform: str, member_id: int, name: str, task: Task | None) -> SentCard:
        """Before it is sent, so that a tap on it is known even if we die in between."""
        person = (await self.desk.staff.now()).by_id[member_id]
        sent, made = await SentCard.get_or_create(
            token=token,
            defaults={
                "platform": platform, "userid": person.userid(platform) or "", "member_id": member_id, "name": name,
                "case_id": task.case_id if task else None, "task_id": task.id if task else None,
                "sent_at": self.now(),
            },
        )  # fmt: skip
        sent.in_doubt = not made and not sent.code
        return sent

    async def _send(self, sent: SentCard, card: Card) -> None:
        try:
            to = (sent.member_id, card)
            _, receipt = await self.reach.person(*to, platform=sent.platform, token=sent.token, again=sent.in_doubt)
        except InDoubt:
            raise
        except ChannelError:
            if sent.drawn_once:  # it is on nobody's phone
                await SentCard.filter(id=sent.id).delete()
            raise
        if receipt.code:
            await SentCard.filter(id=sent.id).update(code=receipt.code, code_at=self.now())

    async def redraw(self, row: Outbox) -> None:
        """Draw the card of an open task as the task is now.

        Where it can be drawn once only (D/94888), a fresh card takes the place of the old one, which says so.
        """
        sent = await SentCard.get_or_none(token=row.payload["token"])
        if sent is None or sent.platform not in self.reach.channels or not (sent.live or sent.code):
            return
        task = await Task.get_or_none(id=sent.task_id, state=TaskState.OPEN)
        if task is None:
            if not sent.live:  # we died while it gave way, so that whoever closed its task left it alone
                await self._retire_late(sent, row.key)
        elif not sent.drawn_once:
            person = (await self.desk.staff.now()).by_id.get(task.owner_id)
            await self._draw(sent, await task_face(self.desk, task, person, self.now()))
            if not await Task.exists(id=task.id, state=TaskState.OPEN):
                await self._retire_late(sent, row.key)  # it was tapped while it was drawn: the record was drawn over
        elif not await told_of_many(row):  # else it would ring once more for what was said together a moment ago
            if row.payload["fresh"]:
                await self._send_task(task, row.payload["fresh"], sent.platform)
            await self._give_way(sent, task)

    async def _give_way(self, sent: SentCard, task: Task) -> None:
        """Say on a card that a fresh one stands in its place.

        A code that is refused the second time has drawn it before we died; one refused at first is too old, so that the
        buttons stand, and act.
        """
        person = (await self.desk.staff.now()).by_id.get(task.owner_id)
        await SentCard.filter(id=sent.id).update(live=False)
        try:
            await self._draw(sent, replaced(await case_view(self.desk, task.case_id, viewer=person)))
        except ChannelError as error:
            if sent.live:
                await SentCard.filter(id=sent.id).update(live=True)
            if not isinstance(error, Rejected):
                raise
            if not sent.live:
                await SentCard.filter(id=sent.id).update(code="")

    async def _draw(self, sent: SentCard, card: Card) -> None:
        """Draw over a card, which uses up the code of one that can be drawn once."""
        await self.reach.channels[sent.platform].update(CardRef(sent.token, sent.userid, sent.code, sent.code_at), card)
        if sent.drawn_once:
            await SentCard.filter(id=sent.id, code=sent.code).update(code=sent.spare, spare="")

    async def missed(self, row: Outbox) -> None:
        """Draw what a tap has made of a card, where the answer to the tap came too late for that.

        Where the code of the click is not kept, the next tap brings the card as it is.
        """
        sent = await SentCard.get_or_none(token=row.payload["token"])
        channel = self.reach.channels.get(sent.platform) if sent else None
        face = content.unpack(row.payload["face"])
        if sent is None or channel is None or not isinstance(face, Card) or (sent.drawn_once and not sent.code):
            return
        if sent.case_id and not face.live:  # its case may have gone on since, and the card with it
            face = await self._as_record(sent) or face
        await self._draw(sent, face)

    async def refresh(self, row: Outbox) -> None:
        """Redraw a card as the record of what it asked for."""
        sent = await SentCard.get_or_none(token=row.payload["token"])
        channel = self.reach.channels.get(sent.platform) if sent else None
        if sent is None or channel is None:
            return
        version = await self._fresh_version(sent)
        card = await self._as_record(sent) if version is not None else None
        if card is None:
            return
        await SentCard.filter(id=sent.id).update(live=False)
        if sent.drawn_once and not sent.code:
            return  # drawn already, or its code was lost with the answer: a tap on it gets the card as it is
        await self._draw(sent, card)
        if version:
            await SentCard.filter(id=sent.id).update(followed=version, followed_at=self.now())

    async def _fresh_version(self, sent: SentCard) -> int | None:
        """The version of its case that a submitter's card is about to show; None where it shows that already.

        0 for every other card.
        """
        if sent.task_id is not None or sent.case_id is None:
            return 0
        case = await Case.get(id=sent.case_id).only("id", "version")
        return case.version if case.version > sent.followed else None

    async def _as_record(self, sent: SentCard) -> Card | None:
        kind, _, number = sent.name.partition(":")
        if kind == PROPOSAL:
            return replace(await self.definitions.card(int(number), sent.member_id), buttons=())
        viewer = (await self.desk.staff.now()).by_id.get(sent.member_id)
        if sent.task_id is None:
            return await question_face(self.desk, sent, viewer, self.now())
        task = await Task.get(id=sent.task_id)
        return None if task.state is TaskState.OPEN else await record_face(self.desk, task, viewer, self.now())
