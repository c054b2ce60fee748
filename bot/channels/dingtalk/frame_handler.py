"""Frames of the Stream connection and what is acknowledged to each (dingtalk.md §1.2, §1.3)."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from bot.channels.dingtalk import frames
from bot.channels.dingtalk.frames import CARD_TOPIC, FAILED, NOT_FOUND, ROBOT_TOPIC, Frame, ack
from bot.channels.dingtalk.parse import tap_key

if TYPE_CHECKING:
    from bot.channels.dingtalk.callbacks import Callbacks

log = logging.getLogger(__name__)


class FrameHandler:
    """Acknowledges what is stored. ``answer`` never raises."""

    def __init__(self, callbacks: Callbacks) -> None:
        self._callbacks = callbacks

    async def answer(self, frame: Frame) -> str | None:
        """The acknowledgement; None where silence is the answer, so that the platform knows of no outcome."""
        try:
            return await self._route(frame)
        except frames.BadFrame:
            log.warning("dingtalk frame %s skipped: data is no object", frame.message_id)
            return ack(frame, {}, FAILED)
        except TimeoutError:
            log.warning("dingtalk frame %s not decided in time", frame.message_id)
            return None
        except Exception:
            log.exception("dingtalk frame %s failed", frame.message_id)
            return ack(frame, {}, FAILED)

    async def _route(self, frame: Frame) -> str:
        match frame.type, frame.topic:
            case "EVENT", _:
                return await self._event(frame)
            case "CALLBACK", topic if topic == ROBOT_TOPIC:
                await self._callbacks.message(frame.data())
                return ack(frame, {"response": None})
            case "CALLBACK", topic if topic == CARD_TOPIC:
                return await self._tap(frame)
        log.warning("dingtalk frame %s has an unknown topic", frame.message_id)
        return ack(frame, {}, NOT_FOUND)

    async def _event(self, frame: Frame) -> str:
        kind, event_id = frame.headers.get("eventType", ""), frame.headers.get("eventId", "")
        try:
            await self._callbacks.event(kind, event_id, frame.data())
        except Exception:
            log.exception("dingtalk event %s not stored", event_id)
            return ack(frame, {"status": "LATER", "message": "not stored"})
        return ack(frame, {"status": "SUCCESS", "message": "OK"})

    async def _tap(self, frame: Frame) -> str:
        body = frame.data()
        stamp = frame.headers.get("time", "")
        key = frame.message_id or tap_key(body, stamp)
        return ack(frame, {"response": await self._callbacks.tap(body, key, stamp)})
