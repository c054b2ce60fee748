"""The errcodes this fake gives, by name, and the exception that carries one to the answer."""

from __future__ import annotations

from enum import IntEnum
from typing import Any


class Code(IntEnum):
    """Global error codes (wecom.md §4.6 and §3.1; 41005 and 60003 from the platform's error-code page)."""

    BUSY = -1
    WRONG_SECRET = 40001
    BAD_MEDIA_TYPE = 40004
    BAD_MEDIA_SIZE = 40006
    BAD_MEDIA_ID = 40007
    BAD_MSGTYPE = 40008
    BAD_CORP = 40013
    BAD_TOKEN = 40014
    BAD_AGENT = 40056
    BAD_PARAMETER = 40058
    NO_PARAMETER = 40063
    NO_TOKEN = 41001
    NO_MEDIA = 41005
    NO_TITLE = 41016
    NO_DESCRIPTION = 41033
    EXPIRED_TOKEN = 42001
    BAD_TASK = 42014
    OTHER_APP = 42015
    BAD_KEY = 42018
    NO_KEY = 42019
    NO_BUTTON_NAME = 42020
    BAD_CARD_ACTION = 42045
    NO_CALLBACK = 43012
    EMPTY_TEXT = 44004
    MEDIA_TOO_LARGE = 45001
    TOO_LONG = 45002
    TOO_OFTEN = 45009
    NO_DEPARTMENT = 60003
    NO_USER = 60111
    ALL_INVALID = 81013
    NO_RECEIVER = 82001
    BAD_WEBHOOK = 93000


class Refused(Exception):
    """The platform says no: an errcode, where in the request it hurts, and what else the answer carries."""

    def __init__(self, code: Code, why: str, **extra: Any) -> None:
        super().__init__(f"[{code:d}] {why}")
        self.code = code
        self.answer: dict[str, Any] = {"errcode": int(code), "errmsg": why, **extra}
