"""Business owners: look at a flow, change it by a sentence or by its file, simulate, have it published, go back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cards import proposal as face
from cards.types import Text
from flow import amending, edits, proposals
from flow.errors import NotAllowed, NotFound, PolicyRefused, StaleCase
from flow.remarks import case_named
from flow.roles import able_to, ask
from flow.stats.errors import StatsError
from flow.stats.period import parse_period
from handlers.context import Ctx, Drawing, Named, Reply, Simulating, Workbook
from handlers.explain import why
from handlers.router import Router
from models import Proposal, ProposalState

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cards.payload import Decide
    from cards.types import Card
    from handlers.context import Say
    from models.values import Person

router = Router()
EDITING = tuple(verb for verb in edits.EXAMPLES if verb not in ("规则", "流程"))  # these two also show what there is
UNDOING = tuple(verb for verb in EDITING if verb.startswith(("删除", "停用", "启用")))
USING = "用"
RULES, THRESHOLD = "规则", "阈值"  #: 模拟 takes either word for the amounts of the policy
WHY = "为什么"
DEFAULT_PERIOD = "上季度"
MAX_NAMED = 5  #: people whom a sentence names
WORKING = "正在用过去的单子模拟，只是推算，什么都不会改；算好就发给你"
EMPTIED = "这样就和现在用的一样了：草稿已作废，没有要发布的改动"
HOW_TO_CHANGE = (
    "改一处，直接打字，例如：",
    *(f"· {example}" for verb, example in edits.EXAMPLES.items() if verb not in UNDOING),
    f"不要了：{'、'.join(UNDOING)}",
    "改得多就改表格：回复 流程 名字，改好的表格发回来",
    "改完先模拟，再请第二个人发布；发布错了回复 回滚",
)


# -- looking -----------------------------------------------------------------------------------------------------------


@router.command("流程", "流程 [名字]，例如 流程 退货；改一处：流程 质检 时限 4小时", needs="流程")
async def flows(ctx: Ctx, words: list[str]) -> Reply:
    names, policies, policy = await amending.names()
    if not words:
        lines = [f"流程：{'、'.join(names)}", f"政策：{'、'.join(policies)}（新单用 {policy}）"]
        lines += [f"看图和表格：流程 {names[0]}；看政策：规则 {policy}"]
        return Reply.of(Text("\n".join([*lines, *(HOW_TO_CHANGE if ctx.may(proposals.PUBLISH) else ())])))
    if len(words) == 1 and words[0] not in names:
        raise NotFound(f"没有流程“{words[0]}”，有：{'、'.join(names)}")
    if len(words) == 1:
        return await _shown(ctx, words[0], policy)
    return await _edit(ctx, ["流程", *words])


async def _shown(ctx: Ctx, flow: str, policy: str) -> Reply:
    sketch = await amending.picture(flow, policy, ctx.at)
    return Reply.of(
        Drawing(sketch.data(), f"{flow}流程.png", f"{sketch.title} · {sketch.subtitle}"), Workbook(flow, policy)
    )


@router.command("规则", "规则；规则 自动通过 50→80；规则 为什么 <单号>", needs="规则")
async def rules(ctx: Ctx, words: list[str]) -> Reply:
    if words[:1] == [WHY]:
        if len(words) != 2:
            raise NotFound("请写成：规则 为什么 单号")
        return Reply.of(Text(await why(ctx, await case_named(words[1]))))
    if len(words) > 1:
        return await _edit(ctx, ["规则", *words])
    _, _, policy = await amending.names()
    told = await amending.policy_words(words[0] if words else policy)
    change = "改一条：规则 规则名 50→80；" if ctx.may(proposals.PUBLISH) else ""
    return Reply.of(Text(f"{told}\n{change}看一张单为什么这么走：规则 为什么 单号"))


# -- changing ----------------------------------------------------------------------------------------------------------


def _register(verb: str) -> None:
    @router.command(verb, edits.EXAMPLES[verb], needs=proposals.PUBLISH)
    async def edit(ctx: Ctx, words: list[str]) -> Reply:
        return await _edit(ctx, [verb, *words])


for _verb in EDITING:
    _register(_verb)


async def _edit(ctx: Ctx, words: list[str]) -> Reply:
    return await offered(ctx, await _amended(ctx, words))


async def _amended(ctx: Ctx, words: list[str]) -> amending.Amended:
    await permitted_to_edit(ctx)
    names, _, policy = await amending.names()
    return await amending.amend(words, names[0], policy, (ctx.me, ctx.at), ctx.staff)


async def permitted_to_edit(ctx: Ctx) -> None:
    """Only who may publish may propose: of two such people one writes and the other publishes."""
    if not ctx.may(proposals.PUBLISH):
        people = await ctx.desk.staff.now()
        matrix = ctx.desk.business.matrix
        able = ask(matrix, able_to(matrix, people, proposals.PUBLISH), proposals.PUBLISH)
        raise NotAllowed(f"你的角色不能改流程和规则，可以找：{able}")


async def offered(ctx: Ctx, made: amending.Amended) -> Reply:
    """The draft: every difference in words, the picture with the changes marked, and the card with what to do."""
    told = [made.said, *([amending.clash_words(made.conflicts)] if made.conflicts else [])]
    if made.proposal.state is ProposalState.DROPPED:
        return Reply.of(Text("\n".join([*told, EMPTIED])))
    told += _listed(made.words)
    told += ["还没有发布，正在办的单不受影响。下一步：模拟 用 上季度，或者回复 发布 请第二个人发布"]
    if waiting := await proposals.asked_by(ctx.me):
        told += [f"你另有 {len(waiting)} 份改动在等别人发布，这一份和它们分开算"]
    says: list[Say] = [Text("\n".join(told))]
    if made.sketch:
        says.append(_drawing(made.sketch))
    return Reply(says=[*says, await _named(ctx, made.proposal)])


def _listed(words: Sequence[str]) -> list[str]:
    return ["和现在的不同：", *(f"{n}. {each}" for n, each in enumerate(words, 1))]


def _drawing(sketch: Any) -> Drawing:
    return Drawing(sketch.data(), "改动.png", f"{sketch.title}：新增、去掉、改过的都标出来了")


async def _named(ctx: Ctx, proposal: Proposal) -> Named:
    """Its card under a token that names it for ever."""
    token = await proposals.token(proposal, ctx.me.id)
    return Named(await _now(ctx, proposal), token, f"{proposals.CARD}:{proposal.id}")


async def _now(ctx: Ctx, proposal: Proposal) -> Card:
    people = (await ctx.desk.staff.now()).by_id
    view = face.ProposalView(**await amending.view_facts(proposal, people))
    return face.card(view, mine=proposal.author_id == ctx.me.id, now=ctx.at)


# -- simulating --------------------------------------------------------------------------------------------------------


@router.command("模拟", "模拟 用 上季度；模拟 规则 自动通过 50→80 用 上季度", needs=proposals.PUBLISH)
async def simulate(ctx: Ctx, words: list[str]) -> Reply:
    change, period = _change_and_period([RULES, *words[1:]] if words[:1] == [THRESHOLD] else words)
    _check_period(ctx, period)
    says: list[Say] = []
    if change:
        made = await _amended(ctx, change)
        says += (await offered(ctx, made)).says
        if made.proposal.state is ProposalState.DROPPED:
            return Reply(says=says)
    proposal = await proposals.open_draft(ctx.me)
    return Reply(says=[*says, Text(WORKING), Simulating(proposal.id, tuple(period))])


def _change_and_period(words: list[str]) -> tuple[list[str], list[str]]:
    """``规则 自动通过 50→80 用 上季度``: either may be left out, and 用 with a period alone."""
    if USING in words:
        cut = words.index(USING)
        change, period = words[:cut], words[cut + 1 :]
    else:
        edit = words[:1] and words[0] in edits.EXAMPLES
        change, period = (words, []) if edit else ([], words)
    return change, period or [DEFAULT_PERIOD]


def _check_period(ctx: Ctx, period: list[str]) -> None:
    try:
        parse_period(" ".join(period), ctx.at, ctx.desk.zone)
    except StatsError as error:
        raise NotFound(str(error)) from error


# -- publishing --------------------------------------------------------------------------------------------------------


@router.command("发布", "发布：请第二个人发布我的改动，或发布别人请我发布的", needs=proposals.PUBLISH)
async def publish(ctx: Ctx, words: list[str]) -> Reply:
    """What is meant where only one thing can be; else the cards, so that nobody publishes what they have not seen."""
    draft, mine = await proposals.draft_of(ctx.me), await proposals.asked_by(ctx.me)
    waiting = await proposals.asked_of(ctx.me)
    if draft and not waiting:
        return Reply.of(Text(await _decide(ctx, draft, face.ASK)), await _named(ctx, draft))
    if len(waiting) == 1 and not draft:
        return Reply.of(Text(await _decide(ctx, waiting[0], face.PUBLISH)))
    if draft or waiting:
        every = [*([draft] if draft else []), *waiting]
        cards = [await _named(ctx, each) for each in every]
        return Reply.of(Text(f"有 {len(every)} 份改动，请在卡片上点：自己的点 请求发布，别人的点 发布"), *cards)
    if mine:
        others = "、".join(person.name for person in (await _publishers(ctx))[:MAX_NAMED])
        raise PolicyRefused(f"你的改动已经在等发布了，可以催一下：{others}")
    raise NotFound("没有要发布的改动，先改一处，例如：流程 质检 时限 4小时")


@router.command("回滚", "回滚：撤掉最近一次发布的改动", needs=proposals.ROLL_BACK)
async def roll_back(ctx: Ctx, words: list[str]) -> Reply:
    return Reply.of(Text(await _decide(ctx, await proposals.last_published(), face.ROLL_BACK)))


async def act(ctx: Ctx, tapped: Decide) -> Reply:
    """A tap on a proposal's card: it comes back as what it is now. On a card of an earlier state it does only that."""
    proposal = await Proposal.get_or_none(id=tapped.proposal_id)
    if proposal is None:
        raise NotFound("这次改动已经不在了")
    await permitted_to_edit(ctx)
    if tapped.version != proposal.version:
        return Reply(await _now(ctx, proposal))
    if tapped.action == face.LOOK:
        return Reply(await _now(ctx, proposal), await _looked_at(ctx, proposal))
    if tapped.action == face.SIMULATE:
        return Reply(await _now(ctx, proposal), [Text(WORKING), Simulating(proposal.id, (DEFAULT_PERIOD,))])
    try:
        told = await _decide(ctx, proposal, tapped.action)
    except StaleCase:
        await proposal.refresh_from_db()
        return Reply(await _now(ctx, proposal))
    return Reply(await _now(ctx, proposal), [Text(told)] if tapped.action in (face.ASK, face.PUBLISH) else [])


async def _looked_at(ctx: Ctx, proposal: Proposal) -> list[Say]:
    """Every difference, and the picture."""
    sketch = await amending.drawing(proposal, ctx.at)
    words = Text("\n".join([proposal.about, *_listed(proposal.words)]))
    return [words, *([_drawing(sketch)] if sketch else [])]


async def _decide(ctx: Ctx, proposal: Proposal, action: str) -> str:
    """Do it, tell everybody whom it concerns, and say how it went."""
    deciders: dict[str, Any] = {
        face.ASK: _ask, face.PUBLISH: _publish, face.REFUSE: _drop, face.DROP: _drop, face.ROLL_BACK: _undo
    }  # fmt: skip
    if action not in deciders:
        raise NotFound("这个按钮已经不能用了")
    told: str = await deciders[action](ctx, proposal)
    await proposals.tell(proposal, ctx.me, ctx.at, but=ctx.card)
    if action == face.ASK:
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
    if conflicts := await proposals.publish_proposal(proposal, ctx.me, ctx.at):
        listed = "\n".join(f"· {words}" for words in conflicts)
        author = (await ctx.desk.staff.now()).by_id[proposal.author_id].name
        return f"什么都没有发布：和刚发布的改动有冲突，已退回给 {author} 重改（“你”指 {author}）\n{listed}"
    return f"已发布：{await amending.published_words(proposal)}。新单从现在起用新版，正在办的单不变；不对就回复 回滚"


async def _drop(ctx: Ctx, proposal: Proposal) -> str:
    await proposals.drop(proposal, ctx.me, ctx.at)
    return f"{proposal.about}：{proposal.state}"


async def _undo(ctx: Ctx, proposal: Proposal) -> str:
    if not ctx.may(proposals.ROLL_BACK):
        raise NotAllowed("你的角色不能回滚，请找有“回滚”权限的人")
    await proposals.undo(proposal, ctx.me, ctx.at)
    now = await amending.published_words(proposal)
    return f"已回滚：{proposal.about} 用回原来的内容{f'（{now}）' if now else ''}。新单从现在起用它，正在办的单不变"
