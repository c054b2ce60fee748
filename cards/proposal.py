"""The card of a proposed change to the rules: for its author, for whoever publishes it, and once it is live."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Protocol

from cards.payload import Decide
from cards.types import LEAD_CHARS, MAX_FACTS, TITLE_CHARS, VALUE_CHARS, Button, Card, Fact, fitted, short
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
MAX_RISKS = 2  #: risks in rows of their own; the lead says the first in full
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
_OF_STAFF = {
    ProposalState.ASKED: "还没有生效，他现在的角色和待办没有变。发布以后马上生效",
    ProposalState.DONE: "已经生效，记进了审计；不对就再改一次",
    ProposalState.DROPPED: "没有生效，他现在的角色和待办没有变",
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
    risks: Sequence[str] = ()  #: ways for more of the money to go than before, the worst first
    red: int = 0  #: how many of the words, the first ones, are about money
    untried: bool = False  #: money moves, and nobody has seen yet what it would have meant
    numbers: Sequence[tuple[str, str]] = ()  #: what the simulation says of money: a name and a value each
    lacks: int = 0  #: how many others have to agree before one of them publishes
    agreed: Sequence[int] = ()  #: members who have, where it takes two
    conflicts: Sequence[str] = ()  #: where something else was published meanwhile, in words to its author
    of_staff: bool = False  #: who works here, and no rule: nothing to simulate, in force at once and for all cases
    last: bool = False  #: nothing has been published since, so that one tap undoes it


def card(view: ProposalView, *, mine: bool, now: datetime, reader: int = 0) -> Card:
    """What is wanted of the reader: the author asks, somebody else publishes. A record once all is done."""
    view = replace(view, untried=view.untried or reader in view.agreed)
    buttons = tuple(
        Button(word, Decide(view.id, view.version, word).pack(), style) for word, style in _offered(view, mine=mine)
    )
    return Card(_title(view), _lead(view), _facts(view, now), buttons, verdict=_verdict(view, mine=mine))


def _offered(view: ProposalView, *, mine: bool) -> list[tuple[str, Style]]:
    look: list[tuple[str, Style]] = [(LOOK, "plain")] if view.of_staff else [(SIMULATE, "plain"), (LOOK, "plain")]
    if view.state is ProposalState.DRAFT and mine:
        return [(ASK, "primary"), *look, (DROP, "danger")]
    if view.state is ProposalState.ASKED:
        publish: list[tuple[str, Style]] = [] if view.untried else [(PUBLISH, "primary")]
        return [*look, (DROP, "danger")] if mine else [*publish, *look, (REFUSE, "danger")]
    if view.state is ProposalState.TIMED:
        return [*look, (DROP, "danger")]
    return [(ROLL_BACK, "danger")] if view.state is ProposalState.LIVE and view.last else []


def _title(view: ProposalView) -> str:
    verbs = {ProposalState.DRAFT: "改动草稿", ProposalState.ASKED: "请发布", ProposalState.DROPPED: _dropped(view)}
    verb = verbs.get(view.state, str(view.state))
    if view.lacks and view.state is ProposalState.ASKED:
        verb = "请同意（要两位）"
    return fitted(f"{verb}：{view.about} {len(view.words)} 处改动", TITLE_CHARS)


def _dropped(view: ProposalView) -> str:
    return str(view.state) if view.decider == view.author else _REFUSED


def _lead(view: ProposalView) -> str:
    if view.conflicts:
        return short(f"和刚发布的改动有冲突，发布不了：{'；'.join(view.conflicts)}", LEAD_CHARS)
    if (view.cautions or view.risks) and _is_open(view):
        told = [*(f"动钱：{words}" for words in view.risks), *(f"注意：{words}" for words in view.cautions)]
        more = f"（还有 {len(told) - 1} 条，点 {LOOK}）" if len(told) > 1 else ""
        return fitted(told[0], LEAD_CHARS - len(more)) + more
    if view.untried and not view.effect and view.state is ProposalState.ASKED:
        return "这次改动动到钱，正在模拟；算好会发来带数字的卡片，看过才能发布"
    if view.due_at and view.state is ProposalState.ASKED:
        return "还没有发布，现在用的没有变。点 发布 就是同意，到时候自动换上，正在办的单不变"
    leads = _OF_STAFF if view.of_staff else _LEADS
    return leads[view.state] + ("。不对可以回滚：新单马上用回原来的版本" if view.last else "")


def _facts(view: ProposalView, now: datetime) -> tuple[Fact, ...]:
    times = [Fact(name, at) for name, at in _times(view, now)]
    last = [*times, Fact("提出", f"{view.author} {moment(view.created_at, now)}")]
    first: list[Fact] = []
    if view.decided_at:
        how = "同意" if view.state is ProposalState.TIMED else "处理"
        last.append(Fact(how, f"{view.decider} {moment(view.decided_at, now)}"))
    else:
        first = [Fact("动钱", short(words, VALUE_CHARS), alert=True) for words in view.risks[: risks_shown(view)]]
        last += [Fact("影响", short(view.effect, VALUE_CHARS))] if view.effect else []
        last += [Fact(name, short(value, VALUE_CHARS)) for name, value in view.numbers[: _room(first, last) - 1]]
    return (*first, *_changes(view, _room(first, last)), *last)


def _room(*taken: Sequence[Fact]) -> int:
    return MAX_FACTS - sum(map(len, taken))


def _changes(view: ProposalView, room: int) -> list[Fact]:
    """The differences nearest to money, as many as there is room for, and how many there are beside."""
    red = dict.fromkeys(view.words[: view.red])
    telling = sorted(view.words, key=lambda words: (words not in red, ELSEWHERE in words))
    most = min(MAX_SHOWN, room if len(telling) <= room else room - 1)
    shown = [Fact("改动", short(words, VALUE_CHARS), alert=words in red) for words in telling[: max(most, 1)]]
    more = len(telling) - len(shown)
    rest = Fact("还有", f"{more} 处" + (f"，点 {LOOK}" if _is_open(view) else ""))
    return [*shown, *([rest] if more > 0 and len(shown) < room else [])]


def timing_words(view: Timed, now: datetime) -> str:
    """``2027-06-01 00:00 自动换上，2027-08-31 24:00 自动换回``: what is to come of it; "" for a change without."""
    return "，".join(f"{at} 自动{what}" for what, at in _times(view, now))


def risks_shown(view: Timed) -> int:
    """How many risks have a row of their own; the lead says the first in full."""
    return MAX_RISKS - bool(view.due_at or view.until_at)


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
