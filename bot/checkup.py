"""``check``: files, database, platform credentials and fonts, every problem in words."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from pathlib import Path
from typing import TYPE_CHECKING

from tortoise import connections
from tortoise.exceptions import OperationalError

from bot.app import channels_of, make_parts
from bot.runtime.clock import start_clock
from bot.runtime.oserrors import in_words
from bot.store.fallback import FallbackStore
from bot.store.photos import StoreWatch, store_of
from flow.records import access_log, audit
from handlers.chat import language
from models import Counter, seals
from models.database.connection import database, engine_errors, trouble

if TYPE_CHECKING:
    from bot.channels.base import Channel
    from cards.types import Card
    from config.settings import Settings
    from handlers.chat.events import Event, Tap

PATIENCE, LOOK_EVERY = 15.0, 0.2  #: seconds for the platforms to take our credentials, and between looks
FONT = Path(__file__).parent.parent / "cards" / "fonts" / "NotoSansSC-subset.otf"


class ClosedDoor:
    """Takes nothing in: what arrives during a check is not acknowledged, so the platform sends it again."""

    async def accept(self, event: Event) -> None:
        raise ConnectionRefusedError("only checking")

    async def tap(self, tap: Tap) -> Card | None:
        raise ConnectionRefusedError("only checking")

    async def missed(self, tap: Tap, face: Card | None, after: float = 0.0) -> None:
        raise ConnectionRefusedError("only checking")


async def examine(settings: Settings) -> list[str]:
    """What would keep the bot from working; empty when nothing would."""
    problems = [] if await asyncio.to_thread(FONT.is_file) else [f"缺少图表字体 {FONT.name}"]
    problems += language.problems()
    if not (settings.wecom or settings.dingtalk):
        problems.append("没有配置企业微信或钉钉，机器人没有地方说话")
    try:
        async with database(settings.database_url):
            await connections.get("default").execute_query("SELECT 1")
            problems += await _key_problems(settings.database_url)
    except engine_errors() as error:
        problems.append(f"数据库打不开：{trouble(error) or f'{type(error).__name__}，请检查 DATABASE_URL'}")
    return problems + await _photo_problems(settings) + await _channel_problems(settings)


async def _key_problems(url: str) -> list[str]:
    """Whether the records were sealed with a key that is not here, as after a restore on another machine."""
    try:
        counter = await Counter.get_or_none(name=access_log.LOG)
    except OperationalError:  # there are no tables yet
        return []
    sentence = audit.keyless("流水的封印", counter.seal, seals.ring()) if counter else ""
    return [f"{sentence}，或把原来的密钥放在 {seals.key_file(url)}"] if sentence else []


async def _photo_problems(settings: Settings) -> list[str]:
    """What keeps photos from being put where they are to go."""
    try:
        photos = StoreWatch(store_of(settings))
    except OSError as error:
        return [in_words(error)]
    await photos.look()
    return [photos.problem] if photos.problem else []


async def _channel_problems(settings: Settings) -> list[str]:
    async with AsyncExitStack() as stack:
        parts = await make_parts(settings, start_clock(settings.bot_now), stack)
        if isinstance(parts.store, FallbackStore):
            await parts.store.look()
        channels = channels_of(parts, ClosedDoor())
        for channel in channels.values():
            await channel.start()
            stack.push_async_callback(channel.stop)
        waits = [_come_up(name, channel) for name, channel in channels.items()]
        redis = ["Redis 没有回答，请检查 REDIS_URL"] if parts.store.problem else []
        return redis + [problem for problem in await asyncio.gather(*waits) if problem]


async def _come_up(name: str, channel: Channel) -> str:
    """Give a channel a while; what is still wrong with it then."""
    for _ in range(int(PATIENCE / LOOK_EVERY)):
        await asyncio.sleep(LOOK_EVERY)
        if not channel.problem:
            return ""
    return f"{name}：{channel.problem}"
