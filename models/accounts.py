"""What may be somebody's account on a platform: a name that means one person wherever it is sent."""

from __future__ import annotations

import re

from models.outside import visible

ACCOUNT_CHARS = 64  #: of WeCom's and DingTalk's userids (D/90195)
_NAME = re.compile(r"[^\s|@,;][^\s|,;]*")


def is_account(name: str) -> bool:
    """Whether it names one member. WeCom joins receivers with ``|``, and ``@all`` is everybody (D/90236)."""
    return 0 < len(name) <= ACCOUNT_CHARS and bool(_NAME.fullmatch(name)) and visible(name) == name
