"""What people do on their phones: speak, send pictures, tap; every act becomes a push to the bot."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote_plus

from sandbox.dingtalk.card_checks import is_live
from sandbox.dingtalk.courier import new_id
from sandbox.dingtalk.inbound import conversation
from sandbox.dingtalk.messages import medium, webhook_bubble
from sandbox.dingtalk.refusals import DeadButton, Refusal
from sandbox.world import Place

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sandbox.dingtalk.cards import Card, Cards
    from sandbox.dingtalk.courier import Courier
    from sandbox.dingtalk.inbound import Inbound
    from sandbox.dingtalk.media import Media
    from sandbox.world import Item, World

SEND_MESSAGE = "dtmd://dingtalkclient/sendMessage?content="  #: the host must be in lower case (dingtalk.md §3.4 B)
MARKDOWN_LINK = re.compile(r"\[([^\]]*)\]\(([^)\s]+)\)")
MENTION = re.compile(r"^@(\S+)")
EVERYBODY = "所有人"
FAILED = "操作失败，请稍后重试"


class DingTalkPhones:
    """The phones of everybody who is on DingTalk."""

    def __init__(self, world: World, inbound: Inbound, cards: Cards, media: Media, courier: Courier) -> None:
        self._world, self._inbound, self._cards, self._media, self._courier = world, inbound, cards, media, courier

    def media(self, media_id: str) -> tuple[bytes, str]:
        """Bytes and content type; KeyError for an unknown id."""
        return self._media.get(media_id)

    async def say(self, userid: str, text: str, *, group: str | None = None) -> Item:
        """Type a text; returns its bubble once the first try to bring it to the bot is over.

        In a group only a text that begins with @ and the robot's name reaches the bot, whatever that name is;
        @ and a colleague's name, or everybody, does not.
        """
        place = Place("dingtalk", group or userid, group=group is not None)
        bubble = self._world.put(place, "text", {"content": text}, sender=userid)
        mention = MENTION.match(text)
        if group is None:
            await self._bring(place, self._inbound.text(userid, place, text))
        elif mention and mention[1] not in {EVERYBODY, *(p.name for p in self._world.people)}:
            # The client takes the mention out and leaves the blank that followed it.
            await self._bring(place, self._inbound.text(userid, place, f" {text[mention.end() :].lstrip()}"))
        return bubble

    async def say_rich(
        self, userid: str, runs: Sequence[str], *, group: str | None = None, colleagues: Sequence[str] = ()
    ) -> Item:
        """Send text in runs, as the client does with bold words or a picture; mentions are runs that begin with @."""
        place = Place("dingtalk", group or userid, group=group is not None)
        bubble = self._world.put(place, "text", {"content": "".join(runs)}, sender=userid)
        await self._bring(place, self._inbound.rich(userid, place, runs, colleagues))
        return bubble

    async def reply(self, userid: str, quoted: Item, text: str) -> Item:
        """Answer a bubble of the 1:1 chat by quoting it."""
        place = Place("dingtalk", userid)
        bubble = self._world.put(place, "text", {"content": text}, sender=userid)
        await self._bring(place, self._inbound.reply(userid, place, text, quoted))
        return bubble

    async def send_picture(self, userid: str, data: bytes, *, group: str | None = None) -> Item:
        """Send a photo; in a group it goes beside a mention of the robot."""
        place = Place("dingtalk", group or userid, group=group is not None)
        kind = "image/png" if data.startswith(b"\x89PNG") else "image/jpeg"
        media_id = self._media.keep(data, kind)
        bubble = self._world.put(place, "image", medium(media_id), sender=userid)
        await self._bring(place, self._inbound.picture(userid, place, self._media.code(media_id)))
        return bubble

    async def send_pictures(self, userid: str, pictures: Sequence[bytes]) -> Item:
        """Send several photos as one message."""
        place = Place("dingtalk", userid)
        ids = [self._media.keep(data, "image/png") for data in pictures]
        bubble = self._world.put(place, "image", medium(ids[0]), sender=userid)
        await self._bring(place, self._inbound.pictures(userid, place, [self._media.code(each) for each in ids]))
        return bubble

    async def send_voice(self, userid: str, recognition: str | None) -> Item:
        """Speak; ``recognition`` is what the platform understood, None for nothing.

        Voice never reaches a robot from a group.
        """
        place = Place("dingtalk", userid)
        media_id = self._media.keep(b"#!AMR\n", "audio/amr")
        bubble = self._world.put(place, "voice", medium(media_id, recognition=recognition), sender=userid)
        await self._bring(place, self._inbound.audio(userid, place, self._media.code(media_id), recognition))
        return bubble

    async def send_file(self, userid: str, name: str, data: bytes) -> Item:
        """Send a file. Files never reach a robot from a group."""
        place = Place("dingtalk", userid)
        media_id = self._media.keep(data, "application/octet-stream")
        bubble = self._world.put(place, "file", medium(media_id, name=name), sender=userid)
        await self._bring(place, self._inbound.file(userid, place, self._media.code(media_id), name))
        return bubble

    async def tap(self, item_id: int, button: str, *, by: str | None = None) -> Item:
        """Tap a button or link by its id or text; in a group ``by`` says who taps, and anybody may.

        Returns the bubble as it is after the answer; its state has ``error`` when no answer came in time.
        Raises DeadButton when this person sees no such live button.
        """
        item = self._world.items[item_id]
        if by is None and item.place.group:
            raise ValueError("in a group somebody must tap: by=userid")
        who = by or item.place.chat
        card = self._cards.of(item)
        found = self._find(item, card, who, button)
        if found.get("url"):
            await self._follow(found["url"], who, item.place)
        elif card is not None:
            await self._call_back(card, item, who, found)
        return self._world.items[item_id]

    async def event(self, event_type: str, data: dict[str, Any]) -> str:
        """Something happened in the organisation, e.g. ``user_modify_org``; returns the event's id."""
        event_id = new_id("event")
        await self._courier.event(event_type, data, event_id, str(self._world.clock.millis()))
        return event_id

    async def check_url(self) -> bool:
        """What the console does when the event URL is saved (HTTP mode): whether the bot answered rightly."""
        return await self._courier.check_url()

    # -- inside a phone ----------------------------------------------------------------------------------------------

    async def _bring(self, place: Place, body: dict[str, Any]) -> None:
        await self._courier.message(body, lambda answer: self._show_reply(place, answer))

    def _show_reply(self, place: Place, answer: Any) -> None:
        """The body of an HTTP answer may be a message."""
        if answer is None or answer == {} or answer == {"msgtype": "empty"}:
            return
        bubble = webhook_bubble(answer) if isinstance(answer, dict) else None
        if bubble is None:
            self._courier.problems.append("robot: the answer is not a message")
            return
        self._world.put(place, bubble.kind, bubble.body)

    def _find(self, item: Item, card: Card | None, who: str, wanted: str) -> dict[str, Any]:
        only = item.state.get("recipients")
        buttons = [] if only and who not in only else self._buttons(item, card, who)
        for button in buttons:
            if wanted in (button.get("id"), button.get("text")) and is_live(button):
                return button
        raise DeadButton(wanted)

    def _buttons(self, item: Item, card: Card | None, who: str) -> list[dict[str, Any]]:
        if card is not None:
            return self._cards.buttons(card, who)
        if item.kind == "card":
            return list(item.body["params"]["buttons"])
        return [{"text": text, "url": url} for text, url in MARKDOWN_LINK.findall(item.body.get("text", ""))]

    async def _follow(self, url: str, who: str, place: Place) -> None:
        """A dtmd link sends its text as the person, in groups with the robot mentioned; others leave the chat."""
        if not url.startswith(SEND_MESSAGE):
            return
        text = unquote_plus(url.removeprefix(SEND_MESSAGE))
        if place.group:
            await self.say(who, f"@机器人 {text}", group=place.chat)
        else:
            await self.say(who, text)

    async def _call_back(self, card: Card, item: Item, who: str, button: dict[str, Any]) -> None:
        content = {"cardPrivateData": {"actionIds": [button["id"]], "params": button.get("params", {})}}
        body = {
            "type": "actionCallback",
            "outTrackId": card.out_track_id,
            "corpId": self._inbound.corp_id,
            "userId": who,
            "spaceType": "IM",
            "spaceId": conversation(item.place),
            "extension": "{}",
            "content": json.dumps(content, ensure_ascii=False),
        }
        card.taps += 1
        try:
            reply = await self._courier.tap(card, body)
        finally:
            card.taps -= 1
        self._apply(card, item, who, reply)

    def _apply(self, card: Card, item: Item, who: str, reply: Any) -> None:
        if not isinstance(reply, dict):
            self._world.change(item.id, error=FAILED)
            return
        try:
            self._cards.answered(card, who, reply)
            if self._world.items[item.id].state.get("error"):
                self._world.change(item.id, error=None)
        except Refusal as refusal:
            self._courier.problems.append(f"card {card.out_track_id}: {refusal}")
            self._world.change(item.id, error=FAILED)
