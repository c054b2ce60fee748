"""What the fake remembers: messages and who got them, response codes, files, drops and problems."""

from __future__ import annotations

import itertools
import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from sandbox.wecom.errors import Code, Refused
from sandbox.wecom.media import MediaStore
from sandbox.wecom.quota import Quota
from sandbox.wecom.spec import Mode

if TYPE_CHECKING:
    from sandbox.wecom.config import WeComApp
    from sandbox.world import World

CODE_LIFE = timedelta(hours=72)


@dataclass(slots=True)
class Sent:
    """One message of the app; ``copies`` leads from the lower-cased userid to the item on that phone."""

    msgid: str
    at: datetime
    card_type: str = ""
    copies: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Dropped:
    """A message that never reached a phone although the API said ok."""

    userid: str
    msgtype: str
    at: datetime
    reason: str  #: "minute", "hour" or "duplicate"


class Desk:
    """The memory behind one app; ``strict_soft`` refuses texts that a phone would cut."""

    def __init__(self, world: World, app: WeComApp) -> None:
        self.world = world
        self.app = app
        self.strict_soft = True
        self.media = MediaStore(world.clock)
        self.quota = Quota(world.clock)
        self.problems: list[str] = []
        self.dropped: list[Dropped] = []
        self.sent: dict[str, Sent] = {}
        self._tasks: set[str] = set()
        self._codes: dict[str, tuple[Sent, datetime]] = {}
        self._ids = itertools.count(1)

    def mode(self, *, updating: bool = False) -> Mode:
        return Mode(strict_soft=self.strict_soft, updating=updating)

    def register(self, card: dict[str, Any] | None = None) -> Sent:
        """A new message. Raises Refused when the card's task_id was used before."""
        card = card or {}
        if (task_id := card.get("task_id")) in self._tasks:
            raise Refused(Code.BAD_TASK, "template_card.task_id was used before")
        if task_id:
            self._tasks.add(task_id)
        sent = Sent(f"MSG-{next(self._ids):08d}", self.world.clock.now(), card.get("card_type", ""))
        self.sent[sent.msgid] = sent
        return sent

    def issue_code(self, sent: Sent) -> str:
        """A response_code for one update within 72 h."""
        code = secrets.token_urlsafe(24)
        self._codes[code] = (sent, self.world.clock.now() + CODE_LIFE)
        return code

    def use_code(self, code: str) -> Sent:
        """The message it belongs to, once. Raises Refused when it is unknown, used or too old.

        No errcode is published for that (wecom.md §3.1); 40058 stands for whatever it is.
        """
        sent, ends = self._codes.pop(code, (None, self.world.clock.now()))
        if sent is None or ends <= self.world.clock.now():
            raise Refused(Code.BAD_PARAMETER, "response_code is unknown, used or expired")
        return sent
