"""Changes to the business's own rules: proposed by one person, published by a second, undone with one tap."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from flow.definitions.business import title
from flow.definitions.identities import renames_between
from flow.diff.differences import differences
from flow.diff.renamed import touched
from flow.errors import NotAllowed, NotFound, PolicyRefused, StaleCase
from flow.people.directory import Staff
from flow.publishing import judgement
from flow.publishing.catching_up import catch_up
from flow.publishing.judgement import CAUTIONS, ON, Judgement, judgement_of, with_judgement
from flow.publishing.release import check_bundle
from flow.publishing.risks import raised
from flow.publishing.role_names import put_in_force
from flow.publishing.seasons import gone_by
from flow.records import outbox
from flow.versions import active_texts, active_versions, preset, set_aside, take_turn, texts_at
from models import Proposal, ProposalState, SentCard

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from flow.definitions.business import Bundle
    from flow.people.directory import Directory
    from models.views.case import Person

    Versions = Mapping[tuple[str, str], int]

PUBLISH, ROLL_BACK = "发布", "回滚"
CARD = "proposal"
OPEN = (ProposalState.DRAFT, ProposalState.ASKED, ProposalState.TIMED)


@dataclass(frozen=True, slots=True)
class Change:
    """What somebody wants to put in place: texts by kind and name, and the differences in words."""

    about: str
    texts: Mapping[tuple[str, str], str]
    words: tuple[str, ...]
    red: int = 0  #: how many of them, the first ones, are about money
    moves: bool = False  #: whether money moves


# -- from draft to published and back ----------------------------------------------------------------------------------


async def propose(change: Change, who: Person, now: datetime, staff: Directory | None = None) -> Proposal:
    """Put a change on record as its author's one draft, in the caller's transaction; nothing is published.

    With ``staff`` an owner whom nobody is is found too. Raises PolicyRefused when nothing would change,
    DefinitionError for what could not be published.
    """
    if not change.texts or not change.words:
        raise PolicyRefused("和现在用的一样，没有改动")
    active = await active_texts()
    there = called(staff.by_id.values(), active, change.texts) if staff else None
    check_bundle({**active, **change.texts}, there, touched(active, change.texts))
    chosen = {**active, **await preset()}
    whole = {**chosen, **change.texts}
    said = Judgement(red=change.red, moves=change.moves)
    judged, warned = judgement.judge(chosen, whole, change.texts, there, said)
    over = gone_by(active, dict(change.texts), now.date())
    versions = await active_versions()
    items = [
        {
            "kind": kind,
            "name": name,
            "base": versions.get((kind, name), 0),
            "text": text,
            CAUTIONS: [*warned.get((kind, name), []), *over.get((kind, name), [])],
        }
        for (kind, name), text in change.texts.items()
    ]
    items = with_judgement(items, judged)
    fields: dict[str, Any] = {"about": change.about, "words": list(change.words), "items": items, "created_at": now}
    draft = await draft_of(who)
    if draft is None:
        return await Proposal.create(author_id=who.id, **fields)
    await claim(draft, ProposalState.DRAFT, simulated=None, **fields)
    await retire(draft, now)
    return draft


def called(people: Iterable[Person], active: Bundle, texts: Mapping[tuple[str, str], str]) -> tuple[Person, ...]:
    """The staff with their roles called as a change calls them."""
    names = renames_between(active, {**active, **texts}).roles
    return tuple(replace(one, roles=frozenset(names.get(role, role) for role in one.roles)) for one in people)


async def ask(proposal: Proposal, who: Person) -> None:
    """Its author asks for publishing. Raises NotAllowed for somebody else, StaleCase when it is decided already."""
    if proposal.author_id != who.id:
        raise NotAllowed("只有提出人能请求发布")
    await claim(proposal, ProposalState.DRAFT, state=ProposalState.ASKED)


async def publish_proposal(proposal: Proposal, who: Person, now: datetime) -> tuple[str, ...]:
    """Make it live for new cases, in the caller's transaction; what was published meanwhile is taken along.

    A change with a moment to come is only agreed to: ``flow.publishing.turns`` makes it live then.

    Where the two clash nothing is published, the change is its author's draft again, and the conflicts are returned.
    Raises NotAllowed for its own author, StaleCase when it is decided already.
    """
    if proposal.author_id == who.id:
        raise NotAllowed("自己改的要请另一位有发布权限的人发布")
    await alone(proposal)
    caught = await catch_up(*state_of(proposal))
    if not caught.conflicts:
        _ensure_tried(proposal)
    if caught.conflicts:
        await claim(proposal, ProposalState.ASKED, state=ProposalState.DRAFT)
        return caught.conflicts
    active = await active_texts()
    texts = different(active, caught.texts)
    if not texts:
        raise PolicyRefused("别人已经发布过一样的改动，没有什么要发布的了，可以点 驳回")
    now_there = called((await Staff().now()).by_id.values(), active, texts)  # a role may have lost its last member
    check_bundle({**active, **texts}, now_there, touched(active, texts))
    _ensure_agreed(judgement_of(proposal), who)
    if proposal.until_at and proposal.until_at <= now:
        raise PolicyRefused("定时的结束时间已经过了，没有发布；请提出人重新定时，或者点 驳回")
    if proposal.due_at and proposal.due_at > now:
        await claim(proposal, ProposalState.ASKED, state=ProposalState.TIMED, decider_id=who.id, decided_at=now)
        return ()
    await put_live(proposal, texts, (who.name, who.id), now)
    return ()


async def put_live(proposal: Proposal, texts: Bundle, by: tuple[str, int | None], now: datetime) -> None:
    """Publish what is left of a change, checked, in the name of whoever agreed to it. In the caller's transaction."""
    versions = await active_versions()
    judged = judgement_of(proposal)
    items = [
        {**item, "text": texts[key_of(item)], "base": versions.get(key_of(item), 0)}
        for item in proposal.items
        if key_of(item) in texts
    ]
    known = {key_of(item) for item in items}
    items += [  # what follows a new name, and was published when the change was on its way already
        {"kind": kind, "name": name, "base": versions.get((kind, name), 0), "text": text, CAUTIONS: []}
        for (kind, name), text in texts.items() if (kind, name) not in known
    ]  # fmt: skip
    items = with_judgement(items, judged)
    before = [{"kind": item["kind"], "name": item["name"], "version": item["base"]} for item in items]
    decided: dict[str, Any] = {"decider_id": by[1], "decided_at": now, "before": before, "items": items}
    await claim(proposal, ProposalState.ASKED, ProposalState.TIMED, state=ProposalState.LIVE, **decided)
    await put_in_force(texts, by, now)


async def take_effect(proposal: Proposal, who: Person, now: datetime) -> None:
    """Close a change of the staff as one that is in force. Raises StaleCase when it is decided already."""
    await alone(proposal)
    await claim(proposal, ProposalState.ASKED, state=ProposalState.DONE, decider_id=who.id, decided_at=now)


def _ensure_tried(proposal: Proposal) -> None:
    """Raises PolicyRefused for a change by which money moves and that nobody has tried on the past."""
    if judgement_of(proposal).moves and not proposal.simulated:
        raise PolicyRefused("这次改动动到钱，先要模拟，看过数字才能发布；请点 模拟，算好会再发卡片")


def _ensure_agreed(judged: Judgement, who: Person) -> None:
    """Raises PolicyRefused where it takes two others, and ``who`` would be the only one."""
    if judged.lacks or who.id in judged.agreed:
        own = "你已经同意过了，" if who.id in judged.agreed else ""
        raise PolicyRefused(f"{own}还没有发布：{'；'.join(judged.lifted)}，要两位别人同意，还差一位")


async def judge_again(proposal: Proposal, now: datetime) -> list[str]:
    """What a change lets go of, and does with what was published since it was proposed; nothing where that is as said.

    Else it is put on record, what it was tried on counts no more, and whoever has agreed has not: all look again.
    """
    await alone(proposal)
    active = await active_texts()
    chosen, judged = {**active, **await preset()}, judgement_of(proposal)
    if proposal.state is not ProposalState.ASKED or judged.on == judgement.print_of(chosen):
        return []  # nothing has been published since
    caught = await catch_up(*state_of(proposal))
    texts = different(active, caught.texts)
    if caught.conflicts or not texts:
        return []
    said, warned, fresh = await judged_now(proposal, active, texts)
    over = gone_by(active, texts, now.date())
    tried = (proposal.simulated or {}).get(ON)
    stale = judged.moves and tried is not None and tried != judgement.print_of({**active, **texts})
    if not (fresh or stale):
        return []
    items = [
        {**item, CAUTIONS: [*warned.get(key_of(item), item.get(CAUTIONS, [])), *over.get(key_of(item), [])]}
        for item in proposal.items
    ]
    await claim(proposal, ProposalState.ASKED, items=with_judgement(items, said), simulated=None)
    return fresh or ["别人又发布了改动，合在一起的结果还没有模拟过"]


async def judged_now(
    proposal: Proposal, active: Bundle, texts: Bundle
) -> tuple[Judgement, dict[tuple[str, str], list[str]], list[str]]:
    """How a change of what is published now would be judged, its cautions by text, and what of both nobody was told."""
    chosen = {**active, **await preset()}
    judged, there = judgement_of(proposal), called((await Staff().now()).by_id.values(), active, texts)
    said, warned = judgement.judge(chosen, {**chosen, **texts}, texts, there, judged)
    known = {*judged.risks, *warned_of(proposal)}
    every = (*said.risks, *(each for of in warned.values() for each in of))
    return said, warned, [words for words in every if words not in known]


async def agree(proposal: Proposal, who: Person) -> int:
    """One of the two others who are needed agrees; how many are still to come before somebody may publish it."""
    if proposal.author_id == who.id:
        raise NotAllowed("自己改的要请另一位有发布权限的人发布")
    await alone(proposal)
    judged = judgement_of(proposal)
    if not judged.lacks or who.id in judged.agreed:
        return judged.lacks
    _ensure_tried(proposal)
    fresh = judgement.agreed(judged, who.id)
    await claim(proposal, ProposalState.ASKED, items=with_judgement(proposal.items, fresh))
    return 1


async def shown(proposal: Proposal, who: Person) -> None:
    """Put down that somebody was shown all of it; its version stays, as nothing has changed."""
    judged = judgement_of(proposal)
    if judged.risks and who.id not in judged.seen:
        proposal.items = with_judgement(proposal.items, judgement.seen(judged, who.id))
        await Proposal.filter(id=proposal.id, version=proposal.version).update(items=proposal.items)


async def drop(proposal: Proposal, who: Person, now: datetime) -> None:
    """Not to be published, after all: its author takes it back, or whoever was asked refuses."""
    if proposal.state is ProposalState.DRAFT and proposal.author_id != who.id:
        raise NotAllowed("这还是草稿，只有提出人能作废")
    await claim(proposal, *OPEN, state=ProposalState.DROPPED, decider_id=who.id, decided_at=now)


async def undo(proposal: Proposal, who: Person, now: datetime) -> None:
    """Publish again what this one replaced; running cases keep what they have. In the caller's transaction.

    Raises StaleCase when it is undone already, PolicyRefused when something else has been published over it since,
    DefinitionError when the rest of the business no longer fits what stood there.
    """
    await alone(proposal)
    active = await active_texts()
    if later := [title(*key_of(item)) for item in proposal.items if active.get(key_of(item)) != item["text"]]:
        raise PolicyRefused(
            f"{'、'.join(later)} 后来又发布过别的改动，不能直接回滚；请先回滚后面的那次，或者在现在的版本上改回来"
        )
    old = await texts_at({(each["kind"], each["name"]): each["version"] for each in proposal.before})
    chosen = {**active, **await preset()}
    if lifted := raised(chosen, {**chosen, **old}):
        told = "；".join(lifted)
        raise PolicyRefused(f"回滚会放宽自动上限（{told}），要两位别人同意：请在现在的版本上改，再请人发布")
    gone = [key_of(each) for each in proposal.before if key_of(each) not in old]
    check_bundle({key: text for key, text in {**active, **old}.items() if key not in gone})
    await claim(proposal, ProposalState.LIVE, state=ProposalState.UNDONE)
    await set_aside(gone, now)  # it was new: nothing stood there before
    await put_in_force(old, (who.name, who.id), now)


def different(active: Bundle, texts: Bundle) -> Bundle:
    """Those of ``texts`` that say something else than what is published; another layout says nothing else."""
    return {
        key: text for key, text in texts.items() if key not in active or differences({key: active[key]}, {key: text})
    }


async def alone(proposal: Proposal) -> None:
    """Let whoever publishes at this instant go first. Raises StaleCase when they have decided this very one."""
    seen = proposal.version
    await take_turn()
    await proposal.refresh_from_db()
    if proposal.version != seen:
        raise StaleCase("这次改动刚刚已经被处理了")


async def claim(proposal: Proposal, *states: ProposalState, **fields: Any) -> None:
    """Move on from one of ``states``; of two people at one instant one finds it moved already."""
    row = Proposal.filter(id=proposal.id, version=proposal.version, state__in=states)
    if not await row.update(version=proposal.version + 1, **fields):
        raise StaleCase("这次改动刚刚已经被处理了")
    await proposal.refresh_from_db()


# -- reading -----------------------------------------------------------------------------------------------------------


def key_of(item: Mapping[str, Any]) -> tuple[str, str]:
    return item["kind"], item["name"]


def texts_of(proposal: Proposal) -> Bundle:
    """The texts that a proposal would put in place."""
    return {key_of(item): item["text"] for item in proposal.items}


def warned_of(proposal: Proposal) -> list[str]:
    """What whoever publishes a proposal has to have seen of it."""
    return [words for item in proposal.items for words in item.get(CAUTIONS, ())]


def risks_of(proposal: Proposal) -> list[str]:
    """Ways for more money to go than before, the worst first."""
    return judgement_of(proposal).risks


def bases_of(proposal: Proposal) -> dict[tuple[str, str], int]:
    """The versions that its author worked on."""
    return {key_of(item): item["base"] for item in proposal.items}


def state_of(proposal: Proposal) -> tuple[Bundle, dict[tuple[str, str], int], datetime]:
    """What a proposal would put in place, the versions that it was made on, and when."""
    return texts_of(proposal), bases_of(proposal), proposal.created_at


async def draft_of(who: Person) -> Proposal | None:
    """My change that nobody has been asked to publish yet."""
    return await Proposal.filter(author_id=who.id, state=ProposalState.DRAFT).order_by("-id").first()


async def asked_by(who: Person) -> list[Proposal]:
    """My changes that wait for somebody to publish them, oldest first."""
    return await Proposal.filter(author_id=who.id, state=ProposalState.ASKED).order_by("id")


async def asked_of(who: Person) -> list[Proposal]:
    """Changes of others that wait for somebody to publish them, oldest first."""
    return await Proposal.filter(state=ProposalState.ASKED).exclude(author_id=who.id).order_by("id")


async def last_published() -> Proposal:
    """The newest change that is live. Raises NotFound when none is."""
    found = await Proposal.filter(state=ProposalState.LIVE).order_by("-decided_at", "-id").first()
    if found is None:
        raise NotFound("没有发布过的改动可以回滚")
    return found


# -- cards -------------------------------------------------------------------------------------------------------------


async def token(proposal: Proposal, member_id: int) -> str:
    """A fresh name for one person's card of a proposal; no card is ever sent twice under one."""
    shown = await SentCard.filter(name=f"{CARD}:{proposal.id}", member_id=member_id).count()
    return f"P{proposal.id}-v{proposal.version}-m{member_id}" + (f"-{shown}" if shown else "")


async def show_to(proposal: Proposal, members: Sequence[int], now: datetime) -> None:
    """Cards for people, drawn at delivery as the proposal is then."""
    rows = []
    for member in members:
        name = await token(proposal, member)
        payload = {"card": CARD, "token": name, "proposal": proposal.id}
        rows.append(outbox.row("proposal", f"card:{name}", now, member_id=member, payload=payload))
    await outbox.put(rows)


async def retire(proposal: Proposal, now: datetime, *, but: str | None = None) -> list[int]:
    """Every live card of it but the one just tapped becomes a record; whose they are."""
    cards = await SentCard.filter(name=f"{CARD}:{proposal.id}", live=True).exclude(token=but or "").order_by("id")
    rows = [
        outbox.row(
            "refresh", f"refresh:{card.token}:v{proposal.version}", now, member_id=card.member_id,
            payload={"token": card.token},
        )
        for card in cards
    ]  # fmt: skip
    await outbox.put(rows)
    return list(dict.fromkeys(card.member_id for card in cards))


async def show_again(proposal: Proposal, now: datetime, others: Sequence[int] = ()) -> None:
    """Whoever has a live card of it gets a new one, for there is more to see; and ``others``, who may have none yet."""
    await show_to(proposal, list(dict.fromkeys([*await retire(proposal, now), *others])), now)


async def tell(proposal: Proposal, who: Person, now: datetime, *, but: str | None) -> None:
    """Every card of an earlier state becomes a record; its author, unless they did it, hears of it by a new one."""
    await retire(proposal, now, but=but)
    if proposal.state is ProposalState.LIVE:
        for older in await Proposal.filter(state=ProposalState.LIVE).exclude(id=proposal.id):
            await retire(older, now)
    await show_to(proposal, [proposal.author_id] if proposal.author_id != who.id else [], now)
