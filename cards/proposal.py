"""The card of a proposed change to the rules: for its author, for whoever publishes it, and once it is live."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

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
ELSEWHERE = "改去"  #: a way that only leads elsewhere: mostly what follows from another change, so told last
MAX_SHOWN = 3  #: differences on the card itself; LOOK tells them all
_REFUSED, _RETURNED, _FOLLOWED = "已驳回", "有冲突，没有发布", "看后面的新卡片"
_LEADS = {
    ProposalState.DRAFT: "还没有发布，现在用的没有变。先模拟看影响，再请第二个人发布",
    ProposalState.ASKED: "还没有发布，现在用的没有变。发布以后新单用新版，正在办的单不变",
    ProposalState.LIVE: "新单用新版，正在办的单不变",
    ProposalState.UNDONE: "新单又用原来的版本，正在办的单不变",
    ProposalState.DROPPED: "没有发布，现在用的没有变",
}
_OF_STAFF = {
    ProposalState.ASKED: "还没有生效，他现在的角色和待办没有变。发布以后马上生效",
    ProposalState.DONE: "已经生效，记进了审计；不对就再改一次",
    ProposalState.DROPPED: "没有生效，他现在的角色和待办没有变",
}


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
    effect: str = ""  #: what the simulation found, in a few words
    cautions: Sequence[str] = ()  #: what whoever publishes it has to have seen
    conflicts: Sequence[str] = ()  #: where something else was published meanwhile, in words to its author
    of_staff: bool = False  #: who works here, and no rule: nothing to simulate, in force at once and for all cases
    last: bool = False  #: nothing has been published since, so that one tap undoes it


def card(view: ProposalView, *, mine: bool, now: datetime) -> Card:
    """What is wanted of the reader: the author asks, somebody else publishes. A record once all is done."""
    buttons = tuple(
        Button(word, Decide(view.id, view.version, word).pack(), style) for word, style in _offered(view, mine=mine)
    )
    return Card(_title(view), _lead(view), _facts(view, now), buttons, verdict=_verdict(view, mine=mine))


def _offered(view: ProposalView, *, mine: bool) -> list[tuple[str, Style]]:
    look: list[tuple[str, Style]] = [(LOOK, "plain")] if view.of_staff else [(SIMULATE, "plain"), (LOOK, "plain")]
    if view.state is ProposalState.DRAFT and mine:
        return [(ASK, "primary"), *look, (DROP, "danger")]
    if view.state is ProposalState.ASKED:
        return [*look, (DROP, "danger")] if mine else [(PUBLISH, "primary"), *look, (REFUSE, "danger")]
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
    leads = _OF_STAFF if view.of_staff else _LEADS
    return leads[view.state] + ("。不对可以回滚：新单马上用回原来的版本" if view.last else "")


def _facts(view: ProposalView, now: datetime) -> tuple[Fact, ...]:
    more = len(view.words) - MAX_SHOWN
    telling = sorted(view.words, key=lambda words: ELSEWHERE in words)
    rows = [("改动", short(words, VALUE_CHARS)) for words in telling[:MAX_SHOWN]]
    rows += [("还有", f"{more} 处" + (f"，点 {LOOK}" if _is_open(view) else ""))] if more > 0 else []
    rows += [("提出", f"{view.author} {moment(view.created_at, now)}")]
    if view.decided_at:
        rows += [("处理", f"{view.decider} {moment(view.decided_at, now)}")]
    elif view.effect:
        rows += [("影响", short(view.effect, VALUE_CHARS))]
    return tuple(Fact(name, value) for name, value in rows)


def _is_open(view: ProposalView) -> bool:
    return view.state in (ProposalState.DRAFT, ProposalState.ASKED)


def _verdict(view: ProposalView, *, mine: bool) -> str:
    """What stands in place of the buttons, where there are none."""
    if _is_open(view):
        return _FOLLOWED if mine or not view.conflicts else _RETURNED
    return _dropped(view) if view.state is ProposalState.DROPPED else str(view.state)
