"""Where a case comes into a flow again: closed, or given back to whoever submitted it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flow.definitions.schema import Key, Value, entry

if TYPE_CHECKING:
    from datetime import timedelta

#: answer: why somebody took an action, in their own words; and the key that says whether it must be given
REASON = "理由"
REQUIRED, OPTIONAL = "必填", "可填"


@dataclass(frozen=True, slots=True)
class Reopening:
    """Where a closed case may be taken up again, and for how long after its end."""

    within: timedelta = entry(Key("期限", Value.SPAN))
    to: str = entry(Key("到", Value.NODE))


@dataclass(frozen=True, slots=True)
class Amending:
    """Where a case goes that is given back to whoever submitted it, and whether that needs a reason."""

    to: str = entry(Key("到", Value.NODE))
    reason: str = entry(Key(REASON, Value.REASON), OPTIONAL)
