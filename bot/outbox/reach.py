"""Which platform reaches a person: the one they last used, else WeCom, which no quota counts."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from bot.channels.base import Rejected, Sent
from handlers.chat.events import Message, ReplyTo

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from bot.channels.base import Channel
    from bot.outbox.batches import Ticket
    from bot.store.base import Store
    from cards.types import Content
    from flow.desk import Desk
    from handlers.chat.events import Event
    from models.views.case import Person

PREFERENCE = ("wecom", "dingtalk")
REMEMBERED = 30 * 86400  # seconds that a habit lasts


@dataclass(frozen=True, slots=True)
class Reach:
    """Knows the channels, the alert groups, and what people used last."""

    desk: Desk
    channels: Mapping[str, Channel]
    groups: Mapping[str, str]  #: alert group's name -> platform
    store: Store
    places: Collection[tuple[str, str]] = ()  #: platform and alert group's name, of a group on both twice

    async def seen(self, event: Event) -> None:
        """Remember where somebody was, and where an answer to them costs no counted call."""
        await self.store.set(f"last:{event.platform}:{event.userid}", event.at.isoformat(), REMEMBERED)
        if isinstance(event, Message) and event.reply:
            place = f"chat:{event.chat}" if event.chat else event.userid
            value = json.dumps([event.reply.url, event.reply.until.isoformat()])
            left = (event.reply.until - event.at).total_seconds()
            await self.store.set(f"reply:{event.platform}:{place}", value, max(left, 1))

    async def handle(self, platform: str, place: str) -> ReplyTo | None:
        """Where an answer is free, if that still lives; the channel checks the hour."""
        kept = await self.store.get(f"reply:{platform}:{place}")
        if kept is None:
            return None
        url, until = json.loads(kept)
        return ReplyTo(url, datetime.fromisoformat(until))

    async def platforms(self, person: Person) -> list[str]:
        """The platforms on which this person can be reached, the best first."""
        usable = [name for name in PREFERENCE if name in self.channels and person.userid(name)]
        last = {name: await self.store.get(f"last:{name}:{person.userid(name)}") or "" for name in usable}
        return sorted(usable, key=lambda name: last[name], reverse=True)

    async def person(
        self,
        member_id: int,
        what: Content,
        *,
        platform: str | None = None,
        token: str = "",
        again: int = 0,
        ticket: Ticket | None = None,
    ) -> tuple[str, Sent]:
        """Deliver to a member, on ``platform`` or the best one; the platform that took it. ``again`` as in a channel.

        With a ``ticket``, in one call with others who are to hear the same, where a call costs and an answer does.
        Raises Rejected when no platform reaches them, Retryable when one would.
        """
        person = (await self.desk.staff.now()).by_id.get(member_id)
        if person is None:
            raise Rejected("gone", "已经不是在职员工")
        names = [platform] if platform else await self.platforms(person)
        refusal = Rejected("nowhere", f"{person.name}没有可用的企业微信或钉钉账号")
        for name in names:
            userid = person.userid(name) or ""
            try:
                reply, circular = await self.handle(name, userid), self.channels[name].circular
                if ticket and circular and reply is None:
                    await ticket.send(circular, userid, what, again)
                    return name, Sent()
                if ticket:
                    ticket.leave()
                return name, await self.channels[name].send(userid, what, token=token, reply=reply, again=again)
            except Rejected as error:
                refusal = error
        raise refusal

    def group_channel(self, name: str, platform: str = "") -> Channel | None:
        """The channel that has an alert group of that name; with ``platform``, if that one has it."""
        if platform:
            return self.channels.get(platform) if (platform, name) in self.places else None
        return self.channels.get(self.groups.get(name, ""))
