"""Business owners: look at a flow, change it by a sentence or by its file, simulate, have it published, go back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cards.types import Text
from flow import edits
from flow.access.lookup import case_of
from flow.definitions import ceiling
from flow.definitions.table_text import TABLES
from flow.edits.number_change import change_of
from flow.errors import NotFound, PolicyRefused
from flow.publishing import drafts, proposals
from flow.publishing.staff_items import is_of_staff
from flow.stats.errors import StatsError
from flow.stats.period import is_time, normal, parse_period
from handlers.chat.context import Ctx, Drawing, Reply, Simulating, Workbook
from handlers.chat.router import Router
from handlers.commands.explain import why
from handlers.commands.publishing import (
    DEFAULT_PERIOD,
    NO_CHANGE,
    WORKING,
    drawing,
    listed,
    mine,
    named,
    permitted_to_edit,
    warned,
)
from handlers.commands.rule_review import is_of_review, of_review
from handlers.commands.standing import standing
from models import Proposal, ProposalState
from models.views.case import By

if TYPE_CHECKING:
    from handlers.chat.context import Say

router = Router()
EDITING = tuple(verb for verb in edits.EXAMPLES if verb not in ("规则", "流程"))  # these two also show what there is
UNDOING = tuple(verb for verb in EDITING if verb.startswith(("删除", "停用", "启用")))
USING, SET = "用", "设置"
RULES, THRESHOLD = "规则", "阈值"  #: 模拟 takes either word for the amounts of the policy
WHY = "为什么"
EMPTIED = "这样就和现在用的一样了：草稿已作废，没有要发布的改动"
HOW_TO_CHANGE = (
    "改一处，直接打字，例如：",
    *(f"· {example}" for verb, example in edits.EXAMPLES.items() if verb not in UNDOING),
    f"不要了：{'、'.join(UNDOING)}",
    "改得多就改表格：回复 流程 名字，改好的表格发回来",
    "改完先模拟，再请第二个人发布；发布错了回复 回滚",
)


# -- looking -----------------------------------------------------------------------------------------------------------


@router.command("流程", "流程 [名字]，例如 流程 退货；改一处：流程 质检 时限 4小时", needs="流程", private=False)
async def flows(ctx: Ctx, words: list[str]) -> Reply:
    names, policies, policy = await drafts.names()
    if not words:
        called = await drafts.policy_titles()
        every = "、".join(called[each] for each in policies)
        lines = [f"流程：{'、'.join(names)}", f"政策：{every}（新单用 {called[policy]}）"]
        lines += [f"看图和表格：流程 {names[0]}；看政策：规则 {called[policy].strip('“”')}"]
        lines += await standing(ctx)
        return Reply.of(Text("\n".join([*lines, *(HOW_TO_CHANGE if ctx.may(proposals.PUBLISH) else ())])))
    if len(words) == 1 and words[0] not in names:
        raise NotFound(f"没有流程“{words[0]}”，有：{'、'.join(names)}")
    if len(words) == 1:
        return await _shown(ctx, words[0], policy)
    return await _edit(ctx, ["流程", *words])


async def _shown(ctx: Ctx, flow: str, policy: str) -> Reply:
    sketch = await drafts.picture(flow, policy, ctx.at)
    timed = await standing(ctx)
    return Reply.of(
        *([Text("\n".join(timed))] if timed else []),
        Drawing(sketch.data(), f"{flow}流程.png", f"{sketch.title} · {sketch.subtitle}"),
        Workbook(flow, policy),
    )


@router.command("规则", "规则；规则 资格；规则 自动通过 50→80；规则 为什么 <单号>；规则 体检", needs="规则")
async def rules(ctx: Ctx, words: list[str]) -> Reply:
    if words[:1] == [WHY]:
        if len(words) != 2:
            raise NotFound("请写成：规则 为什么 单号")
        return Reply.of(Text(await why(ctx, await case_of(ctx.desk, words[1], ctx.me))))
    if is_of_review(words):
        return await of_review(ctx, words)
    _, _, policy = await drafts.names()
    if words and len(words) <= 2 and words[-1] in TABLES:
        return Reply.of(Text(await drafts.table_words(words[-1], words[0] if len(words) > 1 else policy)))
    if len(words) > 1 or change_of("".join(words)):
        return await _edit(ctx, ["规则", *words])
    told = await drafts.policy_words(words[0] if words and words != [ceiling.KEY] else policy)
    told = "\n".join([told, *await standing(ctx)])
    change = "改一条：规则 规则名 50→80；" if ctx.may(proposals.PUBLISH) else ""
    return Reply.of(Text(f"{told}\n{change}看一张单为什么这么走：规则 为什么 单号"))


# -- changing ----------------------------------------------------------------------------------------------------------


def _register(verb: str) -> None:
    @router.command(verb, edits.EXAMPLES[verb], needs=proposals.PUBLISH)
    async def edit(ctx: Ctx, words: list[str]) -> Reply:
        if verb == SET and not words:
            return Reply.of(Text(await drafts.settings_words()))
        if verb == edits.TO_CUSTOMERS and len(words) > 1:
            words = [words[0], ctx.kept_whole(" ".join(words[1:]))]
        return await _edit(ctx, [verb, *words])


for _verb in EDITING:
    _register(_verb)


async def _edit(ctx: Ctx, words: list[str]) -> Reply:
    return await offered(ctx, await _amended(ctx, words))


async def _amended(ctx: Ctx, words: list[str]) -> drafts.Amended:
    await permitted_to_edit(ctx)
    names, _, policy = await drafts.names()
    return await drafts.amend(words, names[0], policy, By(ctx.me, ctx.at), ctx.staff)


async def offered(ctx: Ctx, made: drafts.Amended) -> Reply:
    """The draft: every difference in words, the picture with the changes marked, and the card with what to do."""
    told = [made.said, *([drafts.clash_words(made.conflicts)] if made.conflicts else [])]
    if made.proposal.state is ProposalState.DROPPED:
        return Reply.of(Text("\n".join([*told, EMPTIED])))
    told += [*warned(made.proposal), *listed(made.words)]
    told += ["还没有发布，正在办的单不受影响。下一步：模拟 用 上季度，或者回复 发布 请第二个人发布"]
    if waiting := await proposals.asked_by(ctx.me):
        told += [f"你另有 {len(waiting)} 份改动在等别人发布，这一份和它们分开算"]
    says: list[Say] = [Text("\n".join(told))]
    if made.sketch:
        says.append(drawing(made.sketch))
    return Reply(says=[*says, await named(ctx, made.proposal)])


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
    proposal = await _to_simulate(ctx)
    return Reply(says=[*says, Text(WORKING), Simulating(proposal.id, tuple(period))])


async def _to_simulate(ctx: Ctx) -> Proposal:
    """My draft, else the only change that waits. Raises NotFound, PolicyRefused where several wait."""
    every = await mine(ctx)
    if every and every[0].state is ProposalState.DRAFT:
        return every[0]
    every += await proposals.asked_of(ctx.me)
    every = [each for each in every if not is_of_staff(each)]
    if not every:
        raise NotFound(f"你没有待发布的改动，{NO_CHANGE}")
    if len(every) > 1:
        waiting = "、".join(each.about for each in every)
        raise PolicyRefused(f"有 {len(every)} 份改动在等发布：{waiting}；要模拟哪一份，请在它的卡片上点 模拟")
    return every[0]


def _change_and_period(words: list[str]) -> tuple[list[str], list[str]]:
    """``规则 自动通过 50→80 用 上季度``: either may be left out, and 用 with a period alone."""
    cut, period = _period_said(words)
    change = words[:cut]
    if cut == len(words) and not period and not edits.verb_of(" ".join(words))[0]:
        change, period = [], words
    return change, [word.strip("。,!") for word in period] or [DEFAULT_PERIOD]


def _period_said(words: list[str]) -> tuple[int, list[str]]:
    """Where the change ends, and the words after 用, which may be glued to them: 用上季度."""
    for n, word in enumerate(words):
        if word == USING or (word.startswith(USING) and is_time(normal(word[1:].strip("。,!")))):
            return n, [*filter(None, [word[1:]]), *words[n + 1 :]]
    return len(words), []


def _check_period(ctx: Ctx, period: list[str]) -> None:
    try:
        parse_period(" ".join(period), ctx.at, ctx.desk.zone)
    except StatsError as error:
        raise NotFound(str(error)) from error
