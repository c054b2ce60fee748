"""The card of a proposed change to the rules: for its author, for whoever publishes it, and once it is live."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Protocol

from cards.payload import Decide
from cards.types import LEAD_CHARS, TITLE_CHARS, VALUE_CHARS, Button, Card, Fact, fitted, short
from cards.words import moment
from models.enums import ProposalState

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from cards.types import Style

SIMULATE, ASK, PUBLISH, REFUSE, DROP, ROLL_BACK = "模拟", "请求发布", "发布", "驳回", "作废", "回滚"
LOOK = "看改动"
GOES_LIVE, GOES_BACK = "换上", "换回"
ELSEWHERE = "改去"  #: a way that only leads elsewhere: mostly what follows from another change, so told last
MAX_SHOWN = 3  #: differences on the card itself; LOOK tells them all
_REFUSED, _RETURNED, _FOLLOWED = "已驳回", "有冲突，没有发布", "看后面的新卡片"
_TO_COME = (ProposalState.DRAFT, ProposalState.ASKED, ProposalState.TIMED)
_LEADS = {
    ProposalState.DRAFT: "还没有发布，现在用的没有变。先模拟看影响，再请第二个人发布",
    ProposalState.ASKED: "还没有发布，现在用的没有变。发布以后新单用新版，正在办的单不变",
    ProposalState.TIMED: "已经同意，到时候自动换上，现在用的没有变。在那以前可以作废",
    ProposalState.LIVE: "新单用新版，正在办的单不变",
    ProposalState.UNDONE: "新单又用原来的版本，正在办的单不变",
    ProposalState.DROPPED: "没有发布，现在用的没有变",
}


class Timed(Protocol):
    """A change with its times: as a view, or as a row."""

    @property
    def state(self) -> ProposalState:
        """Where it stands."""
        ...

    @property
    def due_at(self) -> datetime | None:
        """When it goes live by itself."""
        ...

    @property
    def until_at(self) -> datetime | None:
        """When what was there before returns."""
        ...


@dataclass(frozen=True, slots=True)
class ProposalView:
    """A proposed change as people see it."""

    id: int
    version: int
    about: str
    words: Sequence[str]
    state: ProposalState
    author: str
    created_at: datetime
    decider: str = ""
    decided_at: datetime | None = None
    due_at: datetime | None = None  #: when it is to go live by itself
    until_at: datetime | None = None  #: when what was there before returns
    effect: str = ""  #: what the simulation found, in a few words
    cautions: Sequence[str] = ()  #: what whoever publishes it has to have seen
    conflicts: Sequence[str] = ()  #: where something else was published meanwhile, in words to its author
    last: bool = False  #: nothing has been published since, so that one tap undoes it


def card(view: ProposalView, *, mine: bool, now: datetime) -> Card:
    """What is wanted of the reader: the author asks, somebody else publishes. A record once all is done."""
    buttons = tuple(
        Button(word, Decide(view.id, view.version, word).pack(), style) for word, style in _offered(view, mine=mine)
    )
    return Card(_title(view), _lead(view), _facts(view, now), buttons, verdict=_verdict(view, mine=mine))


def _offered(view: ProposalView, *, mine: bool) -> list[tuple[str, Style]]:
    look: list[tuple[str, Style]] = [(SIMULATE, "plain"), (LOOK, "plain")]
    if view.state is ProposalState.DRAFT and mine:
        return [(ASK, "primary"), *look, (DROP, "danger")]
    if view.state is ProposalState.ASKED:
        return [*look, (DROP, "danger")] if mine else [(PUBLISH, "primary"), *look, (REFUSE, "danger")]
    if view.state is ProposalState.TIMED:
        return [*look, (DROP, "danger")]
    return [(ROLL_BACK, "danger")] if view.state is ProposalState.LIVE and view.last else []


def _title(view: ProposalView) -> str:
    verbs = {ProposalState.DRAFT: "改动草稿", ProposalState.ASKED: "请发布", ProposalState.DROPPED: _dropped(view)}
    verb = verbs.get(view.state, str(view.state))
    return fitted(f"{verb}：{view.about} {len(view.words)} 处改动", TITLE_CHARS)


def _dropped(view: ProposalView) -> str:
    return str(view.state) if view.decider == view.author else _REFUSED


def _lead(view: ProposalView) -> str:
    if view.conflicts:
        return short(f"和刚发布的改动有冲突，发布不了：{'；'.join(view.conflicts)}", LEAD_CHARS)
    if view.cautions and _is_open(view):
        more = f"（还有 {len(view.cautions) - 1} 条，点 {LOOK}）" if len(view.cautions) > 1 else ""
        return fitted(f"注意：{view.cautions[0]}", LEAD_CHARS - len(more)) + more
    if view.due_at and view.state is ProposalState.ASKED:
        return "还没有发布，现在用的没有变。点 发布 就是同意，到时候自动换上，正在办的单不变"
    return _LEADS[view.state] + ("。不对可以回滚：新单马上用回原来的版本" if view.last else "")


def _facts(view: ProposalView, now: datetime) -> tuple[Fact, ...]:
    times = _times(view, now)
    shown = MAX_SHOWN - len(times)
    more = len(view.words) - shown
    telling = sorted(view.words, key=lambda words: ELSEWHERE in words)
    rows = [("改动", short(words, VALUE_CHARS)) for words in telling[:shown]]
    rows += [("还有", f"{more} 处" + (f"，点 {LOOK}" if _is_open(view) else ""))] if more > 0 else []
    rows += times
    rows += [("提出", f"{view.author} {moment(view.created_at, now)}")]
    if view.decided_at:
        rows += [
            ("同意" if view.state is ProposalState.TIMED else "处理", f"{view.decider} {moment(view.decided_at, now)}")
        ]
    elif view.effect:
        rows += [("影响", short(view.effect, VALUE_CHARS))]
    return tuple(Fact(name, value) for name, value in rows)


def timing_words(view: Timed, now: datetime) -> str:
    """``2027-06-01 00:00 自动换上，2027-08-31 24:00 自动换回``: what is to come of it; "" for a change without."""
    return "，".join(f"{at} 自动{what}" for what, at in _times(view, now))


def _times(view: Timed, now: datetime) -> list[tuple[str, str]]:
    """What is still to come of a change by itself, and when."""
    due = view.due_at if view.state in _TO_COME else None
    until = view.until_at if view.state in (*_TO_COME, ProposalState.LIVE) else None
    found = [(GOES_LIVE, _clock(due, now))] if due else []
    return [*found, *([(GOES_BACK, _clock(until, now, last=True))] if until else [])]


def _clock(at: datetime, now: datetime, *, last: bool = False) -> str:
    """With its year, in the zone of ``now``; the end of a day as 24:00 of it."""
    local = at.astimezone(now.tzinfo)
    if last and (local.hour, local.minute) == (0, 0):
        return f"{local - timedelta(days=1):%Y-%m-%d} 24:00"
    return f"{local:%Y-%m-%d %H:%M}"


def _is_open(view: ProposalView) -> bool:
    return view.state in (ProposalState.DRAFT, ProposalState.ASKED)


def _verdict(view: ProposalView, *, mine: bool) -> str:
    """What stands in place of the buttons, where there are none."""
    if _is_open(view):
        return _FOLLOWED if mine or not view.conflicts else _RETURNED
    return _dropped(view) if view.state is ProposalState.DROPPED else str(view.state)
