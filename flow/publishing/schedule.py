"""When a change is to go live and when it is to go back: as it is said, and as it is kept."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING

from flow.definitions.calendar_text import MORNING, moment
from flow.errors import NotAllowed, PolicyRefused, StaleCase
from flow.publishing.judgement import judgement_of, with_judgement
from models import Proposal, ProposalState

if TYPE_CHECKING:
    from models.views.case import Person

AT_ONCE = ("现在", "马上", "立刻", "立即", "不定时", "取消定时")
EXAMPLE = "发布 定时 2027-06-01 00:00 到 2027-08-31"
LATEST = timedelta(days=3 * 366)  #: further on nobody plans: a slip of the year
_TIMED = re.compile(
    r"^(?P<rest>.*?)\s*(?:定时(?:发布|上线)?(?:在|于)?|定在|定到)\s*(?P<due>.+?)(?:\s*(?:到|至|~|～)\s*(?P<until>.+))?$"
)
_ENDING = re.compile(r"^(?P<rest>.*?)\s*(?:到|至)\s*(?P<until>\d{4}.+)$")
_TO = re.compile(r"到|至|~|～")
_SPOKEN = re.compile(
    r"^(?P<rest>)(?P<due>\S.*?)\s*(?:自动|准时|再|才)*(?:发布|上线|生效|换上|开始用)(?:吧|了)?"
    r"(?:[,，;；\s]*(?:到|至)?\s*(?P<until>\S.*?)\s*(?:自动|再|就)*(?:恢复|换回|改回|下线|结束|失效|为止|停用)(?:原样|原来的|来|去|吧|了)*)?$"
)
_TAIL = re.compile(r"\s*(?:为止|止|结束|起|开始|自动发布|上线|生效|换回(?:来|去)?)\s*$")
MIDNIGHT = time(0, 0)


@dataclass(frozen=True, slots=True)
class Schedule:
    """``due``: None for as soon as it is published; ``until``: None for as long as nobody changes it."""

    due: datetime | None = None
    until: datetime | None = None


def said_of(text: str, now: datetime) -> tuple[str, Schedule] | None:
    """The words before the time, and the time; None where a sentence names none. ``now`` is of the merchant's zone.

    A last day counts whole. Raises PolicyRefused for a time that cannot be read, is over, or ends before it begins.
    """
    said = " ".join(text.split())
    if said.endswith(AT_ONCE):
        word = next(word for word in AT_ONCE if said.endswith(word))
        return said.removesuffix(word).strip(), Schedule()
    bare = f"定时 {said}" if _is_time(_TO.split(said)[0].strip(), now) else said
    match = _TIMED.match(said) or _SPOKEN.match(said) or _TIMED.match(bare) or _ENDING.match(said)
    if match is None:
        return None
    due = _moment(match["due"], now, last=False) if "due" in match.groupdict() else None
    until = _moment(match["until"], now, last=True, since=due) if match["until"] else None
    if due and due <= now:
        raise PolicyRefused(f"{_clock(due)} 已经过了，定时要写以后的时间，例如：{EXAMPLE}；马上发布就说 发布")
    if until and until <= (due or now):
        raise PolicyRefused(f"结束 {_clock(until)} 不在开始以后，没有定，请核对，例如：{EXAMPLE}")
    return match["rest"].strip(), Schedule(due, until)


def _is_time(said: str, now: datetime) -> bool:
    """Whether a time is all that was said; a number alone is that of a change."""
    return bool(said) and not said.isdigit() and moment([_TAIL.sub("", said)], now) is not None


def _moment(text: str, now: datetime, *, last: bool, since: datetime | None = None) -> datetime:
    said, day = _TAIL.sub("", text).strip(" ,，:：;；"), since.date() if since else None
    found, other = (moment([said], now, hour=hour, since=day) for hour in (MIDNIGHT, MORNING))
    if found is None or other is None or found > now + LATEST:
        raise PolicyRefused(f"“{text}”看不懂是什么时候，没有定，请写成：{EXAMPLE}")
    whole = found != other  # no hour was said
    return found + timedelta(days=1) if last and whole else found


def _clock(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M}"


# -- kept --------------------------------------------------------------------------------------------------------------

_OPEN = (ProposalState.DRAFT, ProposalState.ASKED, ProposalState.TIMED)


async def put(proposal: Proposal, who: Person, schedule: Schedule) -> None:
    """Give a change its time, in the caller's transaction; consent that was given to another time is none to this.

    Raises NotAllowed for somebody else than its author, StaleCase when it is decided already.
    """
    if proposal.author_id != who.id:
        raise NotAllowed("什么时候发布由提出人定：可以请他重新定时，或者点 驳回")
    state = ProposalState.ASKED if proposal.state is ProposalState.TIMED else proposal.state
    row = Proposal.filter(id=proposal.id, version=proposal.version, state__in=_OPEN)
    fresh = replace(judgement_of(proposal), agreed=[])
    fields = {
        "items": with_judgement(proposal.items, fresh),
        "due_at": schedule.due,
        "until_at": schedule.until,
        "state": state,
    }
    if not await row.update(version=proposal.version + 1, **fields):
        raise StaleCase("这次改动刚刚已经被处理了")
    await proposal.refresh_from_db()


async def timed() -> list[Proposal]:
    """Changes that have been agreed to and wait for their moment, the first to come first."""
    return await Proposal.filter(state=ProposalState.TIMED).order_by("due_at", "id")


async def ending() -> list[Proposal]:
    """Changes that are live for a while, the first to go back first."""
    return await Proposal.filter(state=ProposalState.LIVE, until_at__not_isnull=True).order_by("until_at", "id")
