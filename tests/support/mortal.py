"""A bot in a process of its own that is killed in the middle of things, and people who carry on as people do."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import re
import signal
import subprocess
import sys
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from subprocess import PIPE
from typing import TYPE_CHECKING, Any

from aiohttp import ClientError, ClientSession, ClientTimeout

from models.database.connection import database
from sandbox.dingtalk import DeadButton as DeadOnDingTalk
from sandbox.wecom.copies import DeadButton as DeadOnWeCom
from tests import ROOT
from tests.support.crash_bot import LOG
from tests.support.ports import unused_port
from tests.support.proof import phones_of
from tests.support.stage import buttons, hire, outside, sell, text_of, until
from tests.support.stories import LAMP
from tests.support.walk import QUICK

if TYPE_CHECKING:
    import random
    from collections.abc import AsyncIterator, Callable, Iterator

    from sandbox.clock import Clock
    from sandbox.server import Sandbox
    from sandbox.world import Item, Person

    Nursery = subprocess.Popen[str]

PATIENCE = 300.0  #: seconds after which it is said that something never came; on any machine it comes much sooner
GLANCE = 1.5  #: seconds after which somebody whose message may not have gone out looks again
A_WHILE = timedelta(seconds=61)  #: more than any try that a death has broken off is put off for


@dataclass(slots=True)
class Mortal:
    """One bot after the other on one database, each until it is killed."""

    sandbox: Sandbox
    clock: Clock
    environ: dict[str, str]
    nursery: Nursery
    session: ClientSession
    pid: int = 0
    kills: list[float] = field(default_factory=list)  #: seconds into a step, in order

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.environ['BOT_PORT']}"

    async def start(self) -> None:
        """Fork a bot; it is not ready yet."""
        assert self.nursery.stdin
        assert self.nursery.stdout
        self.nursery.stdin.write(json.dumps(self.environ | {"BOT_NOW": self.clock.now().isoformat()}) + "\n")
        self.nursery.stdin.flush()
        self.pid = int(self.nursery.stdout.readline())

    def kill(self) -> None:
        """As the kernel does when memory is short: no signal handler, no farewell."""
        os.kill(self.pid, signal.SIGKILL)

    def _is_dead(self) -> bool:
        """Gone for good, and the lock on the database with it."""
        try:
            os.kill(self.pid, 0)
        except ProcessLookupError:
            return True
        return False

    async def die(self, after: float, again: float | None = None) -> None:
        """Kill the bot ``after`` seconds and start the next; kill that one too, ``again`` seconds into its life."""
        await asyncio.sleep(after)
        await self._replace(after)
        if again is not None:
            await asyncio.sleep(again)
            await self._replace(again)
        await self.ready()

    async def _replace(self, moment: float) -> None:
        gone = list(self.sandbox.dingtalk.connections)
        self.kill()
        self.kills.append(round(moment, 3))
        await until(lambda: self._is_dead() and not set(gone) & set(self.sandbox.dingtalk.connections))
        await self.start()

    async def ready(self) -> None:
        """Until the bot answers and is on line with DingTalk."""
        async with asyncio.timeout(PATIENCE):
            while not (self.sandbox.dingtalk.connections and await self._answers()):  # noqa: ASYNC110
                await asyncio.sleep(0.02)

    async def _answers(self) -> bool:
        try:
            async with self.session.get(f"{self.url}/healthz", timeout=ClientTimeout(total=2)) as answer:
                return answer.status == 200
        except (ClientError, TimeoutError):
            return False

    @property
    def log(self) -> str:
        """Everything that all of them have written."""
        return Path(self.environ[LOG]).read_text(encoding="utf-8")


@contextmanager
def nursery() -> Iterator[Nursery]:
    """The warm process behind the bots; it and all of them end with the block."""
    command = [sys.executable, "-m", "tests.support.crash_bot"]
    with subprocess.Popen(command, cwd=ROOT, start_new_session=True, stdin=PIPE, stdout=PIPE, text=True) as process:
        yield process
        assert process.stdin
        process.stdin.close()


@asynccontextmanager
async def mortal(process: Nursery, url: str, log: Path) -> AsyncIterator[Mortal]:
    """A sandbox with staff and one order, and the first bot at work on an empty database that is up to date."""
    port = unused_port()
    async with outside(port, QUICK) as (sandbox, clock), ClientSession() as session:
        async with database(url):
            await hire(sandbox.world.people)
            await sell("536365", LAMP)
        environ = sandbox.bot_environ({"DATABASE_URL": url, "BOT_PORT": str(port), LOG: str(log)})
        bot = Mortal(sandbox, clock, environ, process, session)
        await bot.start()
        await bot.ready()
        try:
            yield bot
        finally:
            bot.kill()


@dataclass(slots=True)
class People:
    """What people see and do. They type again only when nothing came, and tap again only what is still live."""

    bot: Mortal
    chance: random.Random | None  #: draws when the bot dies; None: it does not
    typed: int = 0  #: messages beyond the first of each step

    def person(self, name: str) -> Person:
        return next(person for person in self.bot.sandbox.world.people if person.name == name)

    def sees(self, name: str, pattern: str) -> re.Match[str] | None:
        """The newest words on somebody's phones that match."""
        found = [re.search(pattern, text_of(item)) for item in phones_of(self.bot.sandbox, self.person(name))]
        return next((match for match in reversed(found) if match), None)

    def card(self, name: str, button: str) -> Item | None:
        """The newest card that still offers ``button``."""
        found = [i for i in phones_of(self.bot.sandbox, self.person(name)) if button in buttons(i)]
        return found[-1] if found else None

    async def say(self, name: str, platform: str, words: str, seen: Callable[[], Any]) -> None:
        """Type until the answer is there. What the bot has acknowledged must never be typed again."""
        async with self._doom():
            taken = await self._type(name, platform, words)
        async with asyncio.timeout(PATIENCE):
            while not await _soon(seen, PATIENCE if taken else GLANCE):
                taken = await self._type(name, platform, words)
                self.typed += 1

    async def _type(self, name: str, platform: str, words: str) -> bool:
        """Whether the platform has an acknowledgement, or goes on bringing the message by itself."""
        sandbox, who = self.bot.sandbox, self.person(name)
        if platform == "wecom":
            return (await sandbox.wecom.phones.say(str(who.wecom), words)).answered
        lost = len(sandbox.dingtalk.lost)
        await sandbox.dingtalk.phones.say(str(who.dingtalk), words)
        return len(sandbox.dingtalk.lost) == lost

    async def tap(self, name: str, button: str) -> None:
        """Wait for the card, and tap until it is a record."""
        await until(lambda: self.card(name, button) is not None, PATIENCE)
        async with self._doom():
            await self._press(name, button)
        async with asyncio.timeout(PATIENCE):
            while not await _soon(lambda: self.card(name, button) is None, 0.3):
                await self._press(name, button)

    async def press(self, name: str, button: str) -> None:
        """Tap once what may stay as it is."""
        await self._press(name, button)

    async def _press(self, name: str, button: str) -> None:
        sandbox = self.bot.sandbox
        item = self.card(name, button)
        if item is None:
            return
        with contextlib.suppress(DeadOnWeCom, DeadOnDingTalk):
            phones = sandbox.wecom.phones if item.place.platform == "wecom" else sandbox.dingtalk.phones
            await phones.tap(item.id, button)

    @asynccontextmanager
    async def _doom(self) -> AsyncIterator[None]:
        """The bot dies before, during or after what happens inside, and sometimes once more while it comes back."""
        if self.chance is None:
            yield
            return
        before = self.chance.random() < 0.15
        after = 0.0 if before else self.chance.uniform(0.0, 0.1)
        again = self.chance.uniform(0.02, 0.4) if self.chance.random() < 0.2 else None
        dying = asyncio.create_task(self.bot.die(after, again))
        try:
            await asyncio.sleep(0.02 if before else 0)
            yield
        finally:
            await dying


async def _soon(seen: Callable[[], Any], seconds: float) -> bool:
    try:
        await until(lambda: bool(seen()), seconds)
    except TimeoutError:
        return False
    return True
