"""Logs as one JSON object a line: facts and ids, never secrets or what people wrote."""

from __future__ import annotations

import logging
import re
import sys
import traceback
from pathlib import Path
from typing import TYPE_CHECKING

import structlog

from models.outside import all_visible

if TYPE_CHECKING:
    from structlog.typing import EventDict, Processor, WrappedLogger

_SECRET = re.compile(r"(?i)(access_token|corpsecret|secret|ticket|session|key|sign|signature)=[^&\s\"']+")
_PHONE = re.compile(r"(?<!\d)(1[3-9]\d)\d{4}(\d{4})(?!\d)")
_HIDDEN = frozenset({"token", "access_token", "secret", "text", "body", "content", "password"})


def hide(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """Mask what must never stand in a log, whoever put it there."""
    for name, value in event.items():
        if name in _HIDDEN:
            event[name] = "***"
        elif isinstance(value, str):
            event[name] = _PHONE.sub(r"\1****\2", _SECRET.sub(r"\1=***", value))
    return event


def show(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """Without what would turn or hide a part of a line where somebody reads it."""
    return {name: all_visible(value) for name, value in event.items()}


def trace(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """Where it went wrong and of what kind, without the message: libraries put values, and so content, into theirs."""
    info = event.pop("exc_info", None)
    if info is True:
        info = sys.exc_info()
    error = info[1] if isinstance(info, tuple) else info
    if isinstance(error, BaseException):
        frames = traceback.extract_tb(error.__traceback__)
        event["error"] = type(error).__name__
        event["at"] = [f"{Path(frame.filename).name}:{frame.lineno} {frame.name}" for frame in frames[-12:]]
    return event


def set_up(level: str = "INFO") -> None:
    """Send our own and the libraries' logs through the same processors."""
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso"),
        trace,
        hide,
        show,
    ]
    render = structlog.processors.JSONRenderer(ensure_ascii=False)
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(structlog.stdlib.ProcessorFormatter(foreign_pre_chain=shared, processors=[
        structlog.stdlib.ProcessorFormatter.remove_processors_meta, render,
    ]))  # fmt: skip
    logging.basicConfig(level=level, handlers=[handler], force=True)
    logging.getLogger("apscheduler").setLevel(
        logging.ERROR
    )  # a run that is left out is told of by its worker's silence
    for noisy in ("aiosqlite", "tortoise", "aiohttp.access", "asyncio", "dingtalk", "wechatpy"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
