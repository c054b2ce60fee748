"""Fault switches: what the outside world does to us on a bad day, set by tests and from the page."""

from __future__ import annotations

import fnmatch
import itertools
from dataclasses import dataclass, field
from typing import Literal

Trouble = Literal[
    "delay", "drop", "error", "rate_limit", "token_expired", "duplicate", "reorder", "disconnect", "too_large"
]


@dataclass(slots=True)
class Fault:
    """``trouble`` happens to calls or pushes whose name matches ``where``, ``times`` more times (-1: until cleared)."""

    trouble: Trouble
    where: str = (
        "*"  #: fnmatch pattern on an API path such as ``/cgi-bin/message/send``, or ``push:wecom`` / ``push:dingtalk``
    )
    times: int = 1
    seconds: float = 0.0
    id: int = 0


@dataclass(slots=True)
class Faults:
    """The switchboard. A server asks ``take(trouble, where)`` at the point where that trouble would strike."""

    armed: list[Fault] = field(default_factory=list)
    _ids: itertools.count[int] = field(default_factory=lambda: itertools.count(1))

    def arm(self, trouble: Trouble, where: str = "*", *, times: int = 1, seconds: float = 0.0) -> Fault:
        fault = Fault(trouble, where, times, seconds, next(self._ids))
        self.armed.append(fault)
        return fault

    def take(self, trouble: Trouble, where: str) -> Fault | None:
        """The first armed fault that fits, used up once."""
        for fault in self.armed:
            if fault.trouble == trouble and fault.times and fnmatch.fnmatch(where, fault.where):
                fault.times -= fault.times > 0
                return fault
        return None

    def clear(self) -> None:
        self.armed.clear()
