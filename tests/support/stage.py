"""The script language of stories: people say and tap on the sandbox's phones, and see what the bot makes of it."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Literal

from tortoise.transactions import in_transaction

from bot.app import Bot, listening, running
from bot.channels.dingtalk.cards import MENU
from bot.channels.dingtalk.text import BREAK
from bot.outbox.renderer import ChartRenderer
from bot.runtime.clock import Clock
from config.settings import Settings
from flow.people.directory import MEMBERS
from flow.records import register
from flow.records.sequences import take
from flow.records.verification import broken_cases
from models import Member, MemberRole, Order, OrderLine
from sandbox.clock import Clock as SandboxClock
from sandbox.people import staff
from sandbox.server import Sandbox, demo_dingtalk, demo_wecom
from tests.support.ports import unused_port

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Mapping
    from pathlib import Path

    from sandbox.dingtalk import Timing
    from sandbox.people import Cast
    from sandbox.world import Item, Person

Home = Literal["both", "wecom", "dingtalk"]  #: where the staff of a shop are: the demo's cast, or all in one place
OFF: Mapping[Home, Mapping[str, str]] = {
    "both": {},
    "wecom": {"DINGTALK_CLIENT_ID": "", "DINGTALK_CLIENT_SECRET": ""},
    "dingtalk": {"WECOM_CORP_ID": "", "WECOM_AGENT_ID": "", "WECOM_SECRET": ""},
}
START = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)  #: a Monday, 9 in the morning in Shanghai
PAINTER = ChartRenderer()  #: one for all shops of a run: each of its own takes two seconds to come up


@dataclass(slots=True, repr=False)
class Stage:
    """A shop with its staff, their phones, and the bot, all over the real wire."""

    sandbox: Sandbox
    bot: Bot
    clock: SandboxClock
    up: AsyncExitStack = field(default_factory=AsyncExitStack)  #: what the bot runs in
    honest: bool = True  #: nothing but the bot writes its rows, so that in the end every record must hold

    async def restart(self) -> None:
        """Stop the bot as an upgrade does, and start it again on what it has written down."""
        settings = self.bot.settings
        await self.up.aclose()
        self.bot = await self.up.enter_async_context(_up(settings, self.sandbox, self.clock))

    def person(self, name: str) -> Person:
        return next(p for p in self.sandbox.world.people if p.name == name)

    def with_role(self, role: str, platform: str | None = None) -> Person:
        """Somebody with a role, on ``platform`` if one is named."""
        people = [p for p in self.sandbox.world.people if role in p.roles]
        return next(p for p in people if platform is None or getattr(p, platform))

    def home(self, who: Person) -> tuple[str, str]:
        """The platform where the bot reaches somebody first, and their userid there."""
        return ("wecom", who.wecom) if who.wecom else ("dingtalk", str(who.dingtalk))

    async def say(self, who: Person, text: str, platform: str | None = None) -> list[Item]:
        """Type a message and wait; what came onto that phone since."""
        place = platform or self.home(who)[0]
        userid = getattr(who, place)
        before = len(self.phone(who, place))
        phones = self.sandbox.wecom.phones if place == "wecom" else self.sandbox.dingtalk.phones
        await phones.say(userid, text)
        await self.bot.settled()
        return self.phone(who, place)[before + 1 :]

    async def photograph(self, who: Person, picture: bytes, platform: str | None = None) -> list[Item]:
        """Send a picture and wait; what came onto that phone since."""
        place = platform or self.home(who)[0]
        userid = getattr(who, place)
        before = len(self.phone(who, place))
        if place == "wecom":
            await self.sandbox.wecom.phones.send_image(userid, picture)
        else:
            await self.sandbox.dingtalk.phones.send_picture(userid, picture)
        await self.bot.settled()
        return self.phone(who, place)[before + 1 :]

    async def tap(
        self, who: Person, button: str, item: Item | None = None, selected: Mapping[str, str] | None = None
    ) -> Item:
        """Tap a button or menu entry on the newest card that has it; the card as it stands then.

        ``selected`` is what was picked in the drop-down before, which only WeCom's cards have.
        """
        found = item or self.card(who, button)
        await self.press(found, button, selected)
        await self.bot.settled()
        return self.sandbox.world.items[found.id]

    async def press(self, card: Item, button: str, selected: Mapping[str, str] | None = None) -> None:
        """Tap, and do not wait for what comes of it."""
        if card.place.platform == "wecom":
            await self.sandbox.wecom.phones.tap(card.id, button, selected)
        else:
            await self.sandbox.dingtalk.phones.tap(card.id, button)

    def phone(self, who: Person, platform: str | None = None) -> list[Item]:
        """All bubbles of somebody's 1:1 chat with the bot, oldest first."""
        names = [platform] if platform else ["wecom", "dingtalk"]
        chats = [(name, getattr(who, name)) for name in names if getattr(who, name)]
        items = [item for name, chat in chats for item in self.sandbox.world.phone(name, chat)]  # type: ignore[arg-type]
        return sorted(items, key=lambda item: item.id)

    def card(self, who: Person, button: str) -> Item:
        """The newest live card of somebody that offers ``button``."""
        cards = [item for item in self.phone(who) if button in buttons(item) + menu(item)]
        assert cards, f"{who.name} sees no live card with {button}: {[text_of(i) for i in self.phone(who)][-3:]}"
        return cards[-1]

    def live(self, who: Person) -> list[Item]:
        """Cards that still offer something."""
        return [item for item in self.phone(who) if buttons(item)]

    def last(self, who: Person) -> str:
        """The words of the newest bubble."""
        return text_of(self.phone(who)[-1])

    async def later(self, by: timedelta) -> None:
        """Let time pass, with the reminders that fall due."""
        self.clock.advance(by)
        await self.bot.ticks.remind()
        self.bot.outbox.wake()  # which else looks at its clock once a second of ours
        self.bot.inbox.wake()
        await self.bot.settled()


def buttons(item: Item) -> list[str]:
    """Texts of the buttons that can be tapped on a bubble."""
    if "params" in item.body:
        return [str(each["text"]) for each in _pressable(item) if not str(each.get("id")).startswith(MENU)]
    return [str(each["text"]) for each in _pressable(item)]


def menu(item: Item) -> list[str]:
    """Texts of what stands behind 更多, which DingTalk has not: there it follows the buttons."""
    if "params" in item.body:
        return [str(each["text"]) for each in _pressable(item) if str(each.get("id")).startswith(MENU)]
    return [str(each["text"]) for each in item.body.get("action_menu", {}).get("action_list", []) if _pressable(item)]


def _pressable(item: Item) -> list[dict[str, Any]]:
    if item.kind != "card" or item.state.get("dead") or item.body.get("replace_text"):
        return []
    found = item.body["params"].get("buttons", []) if "params" in item.body else item.body.get("button_list", [])
    return list(found)


def text_of(item: Item) -> str:
    """Every word that a bubble shows, in reading order."""
    return " ".join(_words(item.body))


def _words(value: Any) -> list[str]:
    if isinstance(value, dict):
        hidden = {"key", "url", "task_id", "type", "style", "card_type", "template", "sys_full_json_obj", "id"}
        shown = {key: part for key, part in value.items() if key not in hidden}
        return [word for key, part in shown.items() for word in (_read(part) if key == "markdown" else _words(part))]
    if isinstance(value, list | tuple):
        return [word for part in value for word in _words(part)]
    return [str(value)] if isinstance(value, str) else []


def _read(markdown: str) -> list[str]:
    """A card's markdown as a reader sees it: bold is no word, and a new line ends one."""
    return [markdown.replace("**", "").replace(BREAK, " ")]


async def hire(people: list[Person]) -> None:
    """Put the sandbox's staff into the database, managers included."""
    async with in_transaction():
        made: dict[str, Member] = {}
        for person in people:
            if not person.roles:
                continue
            wecom = person.wecom.lower() if person.wecom else None
            made[person.name] = await Member.create(name=person.name, wecom=wecom, dingtalk=person.dingtalk)
            await MemberRole.bulk_create(MemberRole(member=made[person.name], role=role) for role in person.roles)
        for person in people:
            if person.name in made and person.manager in made:
                await Member.filter(id=made[person.name].id).update(manager_id=made[person.manager].id)
        await register.enter(register.MEMBERS, [one.id for one in made.values()], START)
    await take(MEMBERS)


async def sell(no: str, goods: Mapping[str, tuple[str, int, str]], **fields: Any) -> Order:
    """An order: SKU -> (title, units, unit price)."""
    said: dict[str, Any] = {
        "customer": "C1",
        "customer_name": "李雷",
        "mobile": "13800138000",
        "ordered_at": START - timedelta(days=9),
    }
    async with in_transaction():
        order = await Order.create(no=no, **said | fields)
        for sku, (title, units, price) in goods.items():
            await OrderLine.create(order=order, sku=sku, title=title, quantity=units, unit_price=Decimal(price))
    return order


async def until(is_so: Callable[[], bool], seconds: float = 120.0) -> None:
    """Wait for what has no event to wait for. Raises TimeoutError."""
    async with asyncio.timeout(seconds):
        while not is_so():  # noqa: ASYNC110
            await asyncio.sleep(0.01)


@asynccontextmanager
async def _up(settings: Settings, sandbox: Sandbox, clock: SandboxClock) -> AsyncIterator[Bot]:
    """The bot, listening, and on line with DingTalk."""
    now = clock.now
    async with (
        running(settings, Clock(now, lambda: now().timestamp()), PAINTER) as bot,
        listening(bot, settings.bot_host, settings.bot_port),
    ):
        streams = settings.dingtalk is not None and settings.dingtalk.mode == "stream"
        await until(lambda: bool(sandbox.dingtalk.connections) or not streams)
        yield bot


@asynccontextmanager
async def outside(
    port: int, timing: Timing | None = None, mode: Literal["stream", "http"] = "stream", home: Home = "both"
) -> AsyncIterator[tuple[Sandbox, SandboxClock]]:
    """The sandbox around a bot at ``port`` of this machine, at START; DingTalk brings its pushes in ``mode``."""
    clock, at = SandboxClock(START), f"http://127.0.0.1:{port}"
    world = cast_of(home).world(clock)
    sandbox = Sandbox(
        world, wecom_app=demo_wecom(at), dingtalk_app=replace(demo_dingtalk(at), mode=mode), timing=timing
    )
    sandbox.wecom.push.retry_pause = 0.05
    await sandbox.start()
    try:
        yield sandbox, clock
    finally:
        await sandbox.close()


@asynccontextmanager
async def stage(
    url: str,
    timing: Timing | None = None,
    mode: Literal["stream", "http"] = "stream",
    home: Home = "both",
    **environ: str,
) -> AsyncIterator[Stage]:
    """Sandbox and bot on a database in which the staff is hired, if nobody is yet; closed in reverse."""
    port = unused_port()
    environ = {"DATABASE_URL": url, "BOT_PORT": str(port), **OFF[home], **environ}
    async with outside(port, timing, mode, home) as (sandbox, clock), AsyncExitStack() as up:
        settings = Settings.load(sandbox.bot_environ(environ))
        bot = await up.enter_async_context(_up(settings, sandbox, clock))
        if not await Member.exists():
            await hire(sandbox.world.people)
        found = Stage(sandbox, bot, clock, up)
        yield found
        if found.honest:
            said = [sentence async for sentence in broken_cases()]
            said += await register.broken((register.DEFINITIONS, register.LEAVES, register.LIST))
            assert not said, said


def cast_of(home: Home) -> Cast:
    """The demo's staff; where a shop has one platform alone, everybody is on it."""
    cast = staff()
    moved = [replace(each, person=_moved(each.person, home)) for each in cast.members]
    return replace(cast, members=tuple(moved))


def _moved(person: Person, home: Home) -> Person:
    if home == "wecom":
        return replace(person, wecom=person.wecom or person.dingtalk, dingtalk=None)
    return person if home == "both" else replace(person, wecom=None, dingtalk=person.dingtalk or person.wecom)


def sqlite_url(folder: Path) -> str:
    """A fresh SQLite file."""
    return f"sqlite://{folder / 'desk.db'}"
