"""Changes whose moment has come: what goes live by itself, and what goes back to what it was."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tortoise.transactions import in_transaction

from flow.definitions.business import title
from flow.diff.merge import three_way
from flow.diff.renamed import touched
from flow.errors import DefinitionError, StaleCase
from flow.people.directory import Staff
from flow.publishing.catching_up import catch_up
from flow.publishing.proposals import (
    alone,
    called,
    claim,
    different,
    judged_now,
    key_of,
    put_live,
    retire,
    show_to,
    state_of,
    texts_of,
)
from flow.publishing.release import check_bundle
from flow.publishing.role_names import put_in_force
from flow.records import outbox
from flow.versions import active_texts, set_aside, texts_at
from models import Proposal, ProposalState

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from datetime import datetime

    from flow.definitions.business import Bundle
    from flow.diff.merge import Conflict

    Turn = Callable[[Proposal, datetime], Awaitable[str]]
    Key = tuple[str, str]

BY_CLOCK = "定时"  #: who publishes what goes back by itself


async def take_turns(now: datetime) -> int:
    """Carry out what is due, each in a transaction of its own; how many. ``now`` is of the merchant's zone."""
    turned = 0
    for proposal in await Proposal.filter(state=ProposalState.TIMED, due_at__lte=now).order_by("due_at", "id"):
        turned += await _turned(proposal, _go_live, now)
    for proposal in await Proposal.filter(state=ProposalState.LIVE, until_at__lte=now).order_by("until_at", "id"):
        turned += await _turned(proposal, _go_back, now)
    return turned


async def _turned(proposal: Proposal, turn: Turn, now: datetime) -> int:
    """Whether it was ours to do: of several replicas one does it."""
    try:
        async with in_transaction():
            await alone(proposal)
            told = await turn(proposal, now)
            await _tell(proposal, told, now)
    except StaleCase:
        return 0
    return 1


async def _go_live(proposal: Proposal, now: datetime) -> str:
    """In the caller's transaction. What was published meanwhile stays; where the two clash its author has it again."""
    caught = await catch_up(*state_of(proposal))
    active = await active_texts()
    texts = different(active, caught.texts)
    if caught.conflicts:
        return await _given_back(proposal, "别人已经发布了同一处的改动：" + "；".join(caught.conflicts))
    if not texts:
        await claim(proposal, ProposalState.TIMED, state=ProposalState.DROPPED)
        return f"定时发布 {proposal.about}：别人已经发布过一样的，没有什么要换上的"
    try:
        there = called((await Staff().now()).by_id.values(), active, texts)
        check_bundle({**active, **texts}, there, touched(active, texts))
    except DefinitionError as error:
        return await _given_back(proposal, "；".join(error.problems[:3]))
    _, _, fresh = await judged_now(proposal, active, texts)
    if fresh:
        return await _given_back(proposal, "和后来发布的合在一起，有没有人看过的：" + "；".join(fresh))
    publisher = (await Staff().now()).by_id.get(proposal.decider_id or 0)
    await put_live(proposal, texts, (publisher.name if publisher else BY_CLOCK, proposal.decider_id), now)
    return f"定时到了，已发布：{proposal.about} {len(proposal.words)} 处改动。新单从现在起用新版，正在办的单不变"


async def _given_back(proposal: Proposal, why: str) -> str:
    await claim(proposal, ProposalState.TIMED, state=ProposalState.DRAFT, due_at=None, until_at=None)
    return f"定时到了，但 {proposal.about} 没有发布，现在用的没有变，已退回给提出人：{why}"


async def _go_back(proposal: Proposal, now: datetime) -> str:
    """Put back what stood there before, under what has been published over it since. In the caller's transaction."""
    active, before = await active_texts(), {key_of(each): each["version"] for each in proposal.before}
    old = await texts_at(before)
    back, kept = _put_back(texts_of(proposal), old, active)
    gone = [key for key, text in texts_of(proposal).items() if key not in old and active.get(key) == text]
    back = different(active, back)
    try:
        whole = {key: text for key, text in {**active, **back}.items() if key not in gone}
        check_bundle(whole)
    except DefinitionError as error:
        await claim(proposal, ProposalState.LIVE, until_at=None)
        why = "；".join(error.problems[:3])
        return f"到期了，但 {proposal.about} 换不回原来的，还用着改过的：{why}；请在现在的版本上改"
    await claim(proposal, ProposalState.LIVE, state=ProposalState.UNDONE)
    await set_aside(gone, now)
    await put_in_force(back, (BY_CLOCK, None), now)
    done = f"到期了，已换回：{proposal.about} 用回原来的内容。新单从现在起用它，正在办的单不变"
    return "\n".join([done, *(f"没有换回：{each}" for each in kept)])


def _put_back(texts: Bundle, old: Bundle, active: Bundle) -> tuple[Bundle, list[str]]:
    """The texts without this change, and what stays of it because somebody has changed the same place since."""
    there = [key for key in texts if key in old and key in active]
    old_here, now_here = {key: old[key] for key in there}, {key: active[key] for key in there}
    merged = three_way({key: texts[key] for key in there}, old_here, now_here)
    lost = [key for key, text in texts.items() if key not in old and active.get(key) not in (None, text)]
    kept = [f"{title(*key, texts[key])} 后来又改过" for key in lost]
    return dict(merged.texts), [*(_clash(each) for each in merged.conflicts), *kept]


def _clash(clash: Conflict) -> str:
    """``金额审批 时限 后来又改成 4小时（原来是 24小时）``."""
    return f"{clash.place} 后来又改成 {clash.theirs}（原来是 {clash.mine}）"


async def _tell(proposal: Proposal, told: str, now: datetime) -> None:
    """Who proposed it and who agreed hear of it, with its card as it is now."""
    members = list(dict.fromkeys(each for each in (proposal.author_id, proposal.decider_id) if each))
    key = f"turn:{proposal.id}:v{proposal.version}"
    rows: list[Any] = [outbox.tell(f"{key}:m{one}", one, now, outbox.WORDS, text=told) for one in members]
    await retire(proposal, now)
    await outbox.put(rows)
    await show_to(proposal, members, now)
