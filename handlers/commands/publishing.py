"""A draft on its way: asked for, looked at, published or refused by a second person, taken back; by tap or by word."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cards import proposal as face
from cards.types import Text
from cards.words import moment
from flow.access.permissions import able_to, ask
from flow.errors import NotAllowed, NotFound, PolicyRefused, StaleCase
from flow.people.powers import STAFF
from flow.publishing import drafts, proposals, rollback, schedule, staff_changes, staff_items
from flow.publishing.judgement import judgement_of
from flow.tasks.absences import hand_round
from flow.tasks.roles_lost import hand_on
from handlers.chat.context import Ctx, Drawing, Named, Reply, Simulating
from handlers.chat.router import Router
from handlers.commands.standing import standing, waiting
from models import Proposal, ProposalState
from models.views.case import By

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cards.payload import Decide
    from cards.types import Card
    from flow.people.changes import Change
    from handlers.chat.context import Say
    from models.views.case import Person

router = Router()
DEFAULT_PERIOD = "上季度"
WORKING = "正在用过去的单子模拟，只是推算，什么都不会改；算好就发给你"
NOT_YOURS = "什么时候发布由提出人定；你可以 发布（同意）、看改动 或 驳回"
NO_CHANGE = "先改一处，例如：流程 质检 时限 4小时"
MAX_NAMED = 5  #: people whom a sentence names
MAX_LISTED = 5  #: publications that a refusal offers
MAX_TOLD = 10  #: differences of one publication
#: words that also answer a question or are an action of a case; meant for a change only where one waits
ALSO_OF_CASES = (face.REFUSE, face.DROP)

OWN_WORDS = {
    ProposalState.DRAFT: f"{face.ASK}、{face.SIMULATE} 或 {face.DROP}",
    ProposalState.ASKED: f"{face.SIMULATE} 或 {face.DROP}",
    ProposalState.TIMED: f"{face.DROP}；要换时间由提出人再说一次 {schedule.EXAMPLE}",
}


# -- what people see ---------------------------------------------------------------------------------------------------


async def permitted_to_edit(ctx: Ctx) -> None:
    """Only who may publish may propose: of two such people one writes and the other publishes."""
    if not ctx.may(proposals.PUBLISH):
        people = await ctx.desk.staff.now()
        matrix = ctx.desk.business.matrix
        able = ask(matrix, able_to(matrix, people, proposals.PUBLISH), proposals.PUBLISH)
        raise NotAllowed(f"你的角色不能改流程和规则，可以找：{able}")


def trial(proposal: Proposal) -> list[Say]:
    """Where money moves and nobody has tried it on the past: that is under way."""
    untried = judgement_of(proposal).moves and not proposal.simulated
    return [Text(WORKING), Simulating(proposal.id, (DEFAULT_PERIOD,))] if untried else []


def listed(words: Sequence[str]) -> list[str]:
    return ["和现在的不同：", *(f"{n}. {each}" for n, each in enumerate(words, 1))]


def warned(proposal: Proposal) -> list[str]:
    """What nobody may publish without having seen it, money first."""
    risks = [f"动钱：{words}" for words in proposals.risks_of(proposal)]
    return [*risks, *(f"注意：{words}" for words in proposals.warned_of(proposal))]


def drawing(sketch: Any) -> Drawing:
    return Drawing(sketch.data(), "改动.png", f"{sketch.title}：新增、去掉、改过的都标出来了")


async def named(ctx: Ctx, proposal: Proposal) -> Named:
    """Its card under a token that names it for ever."""
    token = await proposals.token(proposal, ctx.me.id)
    return Named(await face_now(ctx, proposal), token, f"{proposals.CARD}:{proposal.id}")


async def face_now(ctx: Ctx, proposal: Proposal) -> Card:
    people = (await ctx.desk.staff.now()).by_id
    view = face.ProposalView(**await drafts.view_facts(proposal, people))
    return face.card(view, mine=proposal.author_id == ctx.me.id, now=ctx.at, reader=ctx.me.id)


# -- which is meant ----------------------------------------------------------------------------------------------------


async def mine(ctx: Ctx) -> list[Proposal]:
    """My changes that are not decided: the draft, and those that wait for somebody else."""
    draft = await proposals.draft_of(ctx.me)
    return [*([draft] if draft else []), *await proposals.asked_by(ctx.me)]


async def awaits(ctx: Ctx, word: str) -> bool:
    """Whether 驳回 or 作废 can mean a change."""
    if not ctx.may(proposals.PUBLISH):
        return False
    if word == face.REFUSE:
        return bool(await proposals.asked_of(ctx.me))
    return bool(await mine(ctx) or await schedule.timed())


async def _one(ctx: Ctx, every: Sequence[Proposal], words: Sequence[str], verb: str) -> Proposal:
    """The only one, or the one that ``words`` name. Raises NotFound, PolicyRefused where several are meant."""
    people = (await ctx.desk.staff.now()).by_id
    said = "".join(words)
    found = [each for each in every if said in _names(each, people)]
    if len(found) == 1:
        return found[0]
    start = f"没有叫“{' '.join(words)}”的改动，有" if words and not found else f"有 {len(found)} 份改动"
    listed = _lines(found or every, people)
    raise PolicyRefused("\n".join([f"{start}：", *listed, f"请写上是哪一份，例如：{verb} {(found or every)[0].id}"]))


def _names(proposal: Proposal, people: Mapping[int, Person]) -> str:
    """Everything by which a change may be called, without spaces."""
    author = people.get(proposal.author_id)
    return f"{proposal.id} {proposal.about.replace(' ', '')} {author.name if author else ''}"


def _lines(every: Sequence[Proposal], people: Mapping[int, Person]) -> list[str]:
    authors = [people.get(each.author_id) for each in every]
    return [
        f"· {each.id} 号：{each.about} {len(each.words)} 处改动"
        f"（{author.name if author else '已离职的人'} 提出，{each.state}）"
        for each, author in zip(every, authors, strict=True)
    ]


# -- by word -----------------------------------------------------------------------------------------------------------


@router.command(face.PUBLISH, "发布：请第二个人发布我的改动，或发布别人请我发布的", needs=proposals.PUBLISH)
async def publish(ctx: Ctx, words: list[str]) -> Reply:
    """What is meant where only one thing can be; else the cards, so that nobody publishes what they have not seen."""
    draft = await proposals.draft_of(ctx.me)
    every = [*([draft] if draft else []), *await proposals.asked_of(ctx.me)]
    if (said := schedule.said_of(" ".join(words), ctx.at)) is not None:
        return await _timed(ctx, *said)
    if len(every) > 1 and not words:
        cards = [await named(ctx, each) for each in every]
        lines = _lines(every, (await ctx.desk.staff.now()).by_id)
        told = [f"有 {len(every)} 份改动，请在卡片上点：自己的点 请求发布，别人的点 发布", *lines]
        return Reply.of(Text("\n".join([*told, f"或者写上是哪一份，例如：发布 {every[0].id}"])), *cards)
    if every:
        return await _published(ctx, await _one(ctx, every, words, face.PUBLISH))
    if await proposals.asked_by(ctx.me):
        others = "、".join(person.name for person in (await _publishers(ctx))[:MAX_NAMED])
        raise PolicyRefused(f"你的改动已经在等发布了，可以催一下：{others}")
    raise NotFound(f"没有要发布的改动，{NO_CHANGE}")


async def _timed(ctx: Ctx, words: str, when: schedule.Schedule) -> Reply:
    """My change with its time, and whoever is to agree to it asked. Raises NotAllowed for that of somebody else."""
    draft = await proposals.draft_of(ctx.me)
    mine = [*([draft] if draft else []), *await proposals.asked_by(ctx.me), *await waiting(ctx, own=True)]
    every = [each for each in mine if not staff_items.is_of_staff(each)]  # a role is given at once
    if not every:
        asked = await proposals.asked_of(ctx.me)
        raise NotAllowed(NOT_YOURS) if asked else NotFound(f"没有要定时的改动，{NO_CHANGE}")
    proposal = await _one(ctx, every, words.split(), face.PUBLISH)
    await schedule.put(proposal, ctx.me, when)
    timing = face.timing_words(proposal, ctx.at)
    note = Text(f"定时：{timing}" if timing else "不定时了，同意以后马上用")
    if proposal.state is ProposalState.DRAFT:
        return Reply(says=[note, *(await _published(ctx, proposal)).says])
    await proposals.tell(proposal, ctx.me, ctx.at, but=None)
    others = await _publishers(ctx)
    await proposals.show_to(proposal, [person.id for person in others], ctx.at)
    told = f"时间改了，要再请人同意：{'、'.join(person.name for person in others[:MAX_NAMED])}"
    return Reply.of(note, Text(told), await named(ctx, proposal))


async def _published(ctx: Ctx, proposal: Proposal) -> Reply:
    """My own is asked for, that of somebody else goes live."""
    if proposal.author_id != ctx.me.id:
        told = Text(await _decide(ctx, proposal, face.PUBLISH))
        return Reply(says=[told, *(trial(proposal) if proposal.state is ProposalState.ASKED else [])])
    told = Text(await _decide(ctx, proposal, face.ASK))
    return Reply(says=[told, await named(ctx, proposal), *trial(proposal)])


@router.command(face.ASK, "请求发布：请第二个人发布我的草稿", needs=proposals.PUBLISH)
async def request(ctx: Ctx, words: list[str]) -> Reply:
    draft = await proposals.draft_of(ctx.me)
    if draft is None:
        raise NotFound(f"你没有草稿要请人发布，{NO_CHANGE}")
    return await _published(ctx, await _one(ctx, [draft], words, face.ASK))


@router.command(face.LOOK, "看改动：草稿或等发布的改动，逐条的不同和图", needs=proposals.PUBLISH)
async def look(ctx: Ctx, words: list[str]) -> Reply:
    every = [*await mine(ctx), *await proposals.asked_of(ctx.me), *await waiting(ctx)]
    if not every:
        raise NotFound("\n".join([f"没有等发布的改动，{NO_CHANGE}", *await standing(ctx)]))
    proposal = await _one(ctx, every, words, face.LOOK)
    own = proposal.author_id == ctx.me.id or proposal.state is ProposalState.TIMED
    can = OWN_WORDS[proposal.state] if own else f"{face.PUBLISH} 或 {face.REFUSE}"
    return Reply(says=[*await _looked_at(ctx, proposal), Text(f"可以回复：{can}")])


@router.command(face.REFUSE, "驳回：别人请我发布的改动不发布；驳回 <单号> 是售后单", needs=proposals.PUBLISH)
async def refuse(ctx: Ctx, words: list[str]) -> Reply:
    every = await proposals.asked_of(ctx.me)
    if not every:
        raise NotFound("没有别人的改动等你发布；驳回一张售后单请写：驳回 单号，自己的改动不要了请写：作废")
    return Reply.of(Text(await _decide(ctx, await _one(ctx, every, words, face.REFUSE), face.REFUSE)))


@router.command(face.DROP, "作废：我的草稿或等发布的改动不要了", needs=proposals.PUBLISH)
async def withdraw(ctx: Ctx, words: list[str]) -> Reply:
    every = [*await mine(ctx), *await waiting(ctx)]
    if not every:
        raise NotFound("你没有草稿，也没有等发布的改动；别人的改动不发布请写：驳回")
    return Reply.of(Text(await _decide(ctx, await _one(ctx, every, words, face.DROP), face.DROP)))


# -- going back --------------------------------------------------------------------------------------------------------


@router.command(
    face.ROLL_BACK, "回滚：撤掉最近一次发布的改动；回滚 退货流程：撤掉最近改它的那次", needs=proposals.ROLL_BACK
)
async def roll_back(ctx: Ctx, words: list[str]) -> Reply:
    """Words name a publication; what it changed beside that is said before anything goes back."""
    if not words:
        return Reply.of(Text(await _decide(ctx, await proposals.last_published(), face.ROLL_BACK)))
    found = await rollback.publications()
    meant = await rollback.meant(words, found)
    if meant is None or meant.publication.covered:
        raise PolicyRefused(await _refusal(ctx, " ".join(words), meant, found))
    proposal = meant.publication.proposal
    if not meant.whole:
        told = f"最近改“{' '.join(words)}”的那次发布还改了别的，要撤就一起撤，现在还没有撤："
        raise PolicyRefused("\n".join([told, *_told(proposal), f"都要撤就回复 回滚 {_first_name(meant.publication)}"]))
    return Reply.of(Text("\n".join([await _decide(ctx, proposal, face.ROLL_BACK), "撤掉的改动：", *_told(proposal)])))


def _told(proposal: Proposal) -> list[str]:
    more = len(proposal.words) - MAX_TOLD
    lines = [f"{n}. {words}" for n, words in enumerate(proposal.words[:MAX_TOLD], 1)]
    return [*lines, *([f"……还有 {more} 处"] if more > 0 else [])]


def _first_name(publication: rollback.Publication) -> str:
    return publication.name.partition("、")[0]


async def _refusal(ctx: Ctx, said: str, meant: rollback.Meant | None, found: Sequence[rollback.Publication]) -> str:
    """Why it is not that one, what could go back instead, and how."""
    why = f"没有能撤掉的发布叫“{said}”，什么都没有撤"
    if meant:
        why = f"{meant.publication.name} 后来又发布过别的改动，不能直接撤，什么都没有撤；请先撤后面的那次"
    if not found:
        return f"{why}：没有发布过的改动可以回滚"
    people = (await ctx.desk.staff.now()).by_id
    lines = [_publication(each, people, ctx) for each in found[:MAX_LISTED]]
    free = next((_first_name(each) for each in found if not each.covered), "")
    how = (
        f"撤最近的一次：回滚；撤其中一次：回滚 {free}" if free else "现在用的都是后来另外发布的，请在现在的版本上改回来"
    )
    return "\n".join([f"{why}。最近的发布：", *lines, how])


def _publication(each: rollback.Publication, people: Mapping[int, Person], ctx: Ctx) -> str:
    proposal = each.proposal
    decider = people.get(proposal.decider_id or 0)
    when = moment(proposal.decided_at, ctx.at) if proposal.decided_at else ""
    covered = "，后面的改动盖在上面" if each.covered else ""
    more = f" 等 {len(proposal.words)} 处" if len(proposal.words) > 1 else ""
    by = decider.name if decider else "已离职的人"
    return f"· {each.name}（{when} {by} 发布{covered}）：{proposal.words[0]}{more}"


# -- by tap ------------------------------------------------------------------------------------------------------------


async def act(ctx: Ctx, tapped: Decide) -> Reply:
    """A tap on a proposal's card: it comes back as what it is now. On a card of an earlier state it does only that."""
    proposal = await Proposal.get_or_none(id=tapped.proposal_id)
    if proposal is None:
        raise NotFound("这次改动已经不在了")
    if not (staff_items.is_of_staff(proposal) and ctx.may(STAFF)):
        await permitted_to_edit(ctx)
    if tapped.version != proposal.version:
        return Reply(await face_now(ctx, proposal))
    if tapped.action == face.LOOK:
        return Reply(await face_now(ctx, proposal), await _looked_at(ctx, proposal))
    if tapped.action == face.SIMULATE:
        return Reply(await face_now(ctx, proposal), [Text(WORKING), Simulating(proposal.id, (DEFAULT_PERIOD,))])
    try:
        told = await _decide(ctx, proposal, tapped.action)
    except StaleCase:
        await proposal.refresh_from_db()
        return Reply(await face_now(ctx, proposal))
    if tapped.action not in (face.ASK, face.PUBLISH):
        return Reply(await face_now(ctx, proposal))
    more = trial(proposal) if proposal.state is ProposalState.ASKED else []
    return Reply(await face_now(ctx, proposal), [Text(told), *more])


async def _looked_at(ctx: Ctx, proposal: Proposal) -> list[Say]:
    """Every difference, and the picture."""
    sketch = await drafts.drawing(proposal, ctx.at)
    timing = face.timing_words(proposal, ctx.at)
    head = [proposal.about, *([f"定时：{timing}"] if timing else [])]
    await proposals.shown(proposal, ctx.me)
    words = Text("\n".join([*head, *warned(proposal), *listed(proposal.words)]))
    return [words, *([drawing(sketch)] if sketch else [])]


async def _decide(ctx: Ctx, proposal: Proposal, action: str) -> str:
    """Do it, tell everybody whom it concerns, and say how it went."""
    deciders: dict[str, Any] = {
        face.ASK: _ask, face.PUBLISH: _publish, face.REFUSE: _drop, face.DROP: _drop, face.ROLL_BACK: _undo
    }  # fmt: skip
    if action not in deciders:
        raise NotFound("这个按钮已经不能用了")
    told: str = await deciders[action](ctx, proposal)
    await proposals.tell(proposal, ctx.me, ctx.at, but=ctx.card)
    if proposal.state is ProposalState.ASKED and not trial(proposal):  # else its numbers come with the card
        await proposals.show_to(proposal, [person.id for person in await _publishers(ctx)], ctx.at)
    return told


async def _ask(ctx: Ctx, proposal: Proposal) -> str:
    """Raises NotAllowed when there is nobody else who may publish."""
    others = await _publishers(ctx)
    if not others:
        raise NotAllowed("除了你没有人有发布权限，请管理员先给第二个人“发布”的权限，草稿先留着")
    await proposals.ask(proposal, ctx.me)
    return f"已请 {'、'.join(person.name for person in others[:MAX_NAMED])} 发布，谁先点算谁的；发布以前现在用的不变"


async def _publishers(ctx: Ctx) -> list[Person]:
    """Everybody else who may publish."""
    people = able_to(ctx.desk.business.matrix, await ctx.desk.staff.now(), proposals.PUBLISH)
    return [person for person in people if person.id != ctx.me.id]


async def _publish(ctx: Ctx, proposal: Proposal) -> str:
    if staff_items.is_of_staff(proposal):
        change, words = await staff_changes.publish_change(ctx.desk, proposal, By(ctx.me, ctx.at))
        return "\n".join(["已生效，记进了审计：", *words, *await handed_on(ctx, change)])
    if fresh := await proposals.judge_again(proposal, ctx.at):
        told = "\n".join(f"· {words}" for words in fresh)
        return f"还没有发布：提出以后规矩变了，要再看一遍、再模拟一次，算好会发来新卡片\n{told}"
    _ensure_seen(ctx, proposal)
    if lacks := await proposals.agree(proposal, ctx.me):
        return (
            f"记下你同意了，还没有发布：放宽自动上限要两位别人同意，还差 {lacks} 位\n{chr(10).join(warned(proposal))}"
        )
    if conflicts := await proposals.publish_proposal(proposal, ctx.me, ctx.at):
        listed = "\n".join(f"· {words}" for words in conflicts)
        author = (await ctx.desk.staff.now()).by_id[proposal.author_id].name
        return f"什么都没有发布：和刚发布的改动有冲突，已退回给 {author} 重改（“你”指 {author}）\n{listed}"
    timing = face.timing_words(proposal, ctx.at)
    if proposal.state is ProposalState.TIMED:
        done = f"已同意，现在用的没有变：{proposal.about} {timing}。在那以前不要了就回复 作废"
        return "\n".join([done, *warned(proposal)])
    done = f"已发布：{await drafts.published_words(proposal)}。新单从现在起用新版，正在办的单不变；不对就回复 回滚"
    done += f"。{timing}" if timing else ""
    return "\n".join([done, *warned(proposal)])


async def handed_on(ctx: Ctx, change: Change) -> list[str]:
    """What became of the tasks of whoever has left, or has a role no longer."""
    moved = await hand_round(ctx.desk, ctx.at) if change.leaves else 0
    moved += await hand_on(ctx.desk, change.name, change.drop, ctx.at)
    return [f"{change.name} 手上 {moved} 件待办已按规则给别人"] if moved else []


def _ensure_seen(ctx: Ctx, proposal: Proposal) -> None:
    """Raises PolicyRefused, with all of it, where the card had no room for every risk and nobody has shown the rest."""
    judged = judgement_of(proposal)
    if len(judged.risks) > face.risks_shown(proposal) and ctx.me.id not in judged.seen:
        told = "\n".join(warned(proposal))
        raise PolicyRefused(f"还没有发布：卡片上写不下，请先点 {face.LOOK}（或回复 {face.LOOK}），看过再发布\n{told}")


async def _drop(ctx: Ctx, proposal: Proposal) -> str:
    await proposals.drop(proposal, ctx.me, ctx.at)
    return f"{proposal.about}：{proposal.state if proposal.author_id == ctx.me.id else '已驳回'}，现在用的没有变"


async def _undo(ctx: Ctx, proposal: Proposal) -> str:
    if not ctx.may(proposals.ROLL_BACK):
        raise NotAllowed("你的角色不能回滚，请找有“回滚”权限的人")
    await proposals.undo(proposal, ctx.me, ctx.at)
    now = await drafts.published_words(proposal)
    return f"已回滚：{proposal.about} 用回原来的内容{f'（{now}）' if now else ''}。新单从现在起用它，正在办的单不变"
