"""自动规则: what they are in words, and what they would do on a case, with nothing done."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cards.types import Text
from flow.access.lookup import case_of
from flow.cases.automation import look
from flow.cases.scheduled import again, halted, stood
from flow.definitions.automation import NUMBER
from flow.definitions.automation_text import moment_words, sentence
from flow.definitions.vocabulary import TODAY
from flow.edits import EXAMPLES
from flow.engine.automation import filled, tried
from flow.engine.opening_facts import today_of
from flow.errors import NotFound
from flow.publishing.proposals import PUBLISH
from flow.versions import active_versions
from handlers.chat.context import Ctx, Reply
from handlers.chat.router import Router
from handlers.commands.publishing import permitted_to_edit

if TYPE_CHECKING:
    from collections.abc import Iterable

    from flow.definitions.automation import Rule
    from flow.engine.automation import Trial

router = Router()
RULES, TRY, AGAIN = "自动规则", "试", "重试"
HOW_TO_CHANGE = (
    f"加一条，照上面的样子写：{EXAMPLES['增加规则']}",
    "改数字：规则 名字 5000→8000；不用了：停用规则 名字、删除规则 名字",
)
USAGE = "自动规则；自动规则 试 <单号>：看哪些会触发、会做什么"


@router.command(RULES, USAGE, needs="规则")
async def rules(ctx: Ctx, words: list[str]) -> Reply:
    if not words:
        change = HOW_TO_CHANGE if ctx.may(PUBLISH) else ()
        stopped = await halted((await active_versions()).get(("rules", "rules"), 0))
        lines = [f"停下了：{name}（{why}）。不用改就回复 自动规则 {AGAIN} {name}" for name, why in stopped.items()]
        return Reply.of(Text("\n".join([listed(ctx.desk.business.rules), *lines, *change])))
    if words[0] == AGAIN and len(words) == 2:
        await permitted_to_edit(ctx)
        await again(words[1])
        return Reply.of(Text(f"自动规则“{words[1]}”从停下的地方接着办"))
    if words[0] != TRY or len(words) != 2:
        raise NotFound("请写成：自动规则，自动规则 试 单号，或 自动规则 重试 规则的名字")
    return await _try(ctx, words[1])


async def _try(ctx: Ctx, no: str) -> Reply:
    """Every rule as if its moment came now."""
    case = await case_of(ctx.desk, no, ctx.me)
    kept = await ctx.desk.rules(case.flow_id or 0, case.policy_id or 0)
    seen = look(case, kept, ctx.staff, ctx.me.name) | {TODAY: today_of(ctx.at, ctx.desk.zone)}
    present, flow = ctx.desk.business.present, kept.flow
    nodes = (await stood([case], ctx.at))[case.id]
    trials = tried(
        ctx.desk.business.rules, present.facts(flow, seen, case.opened_at),
        [present.node(flow, name) for name in flow.nodes],
        {present.node(flow, name): known for name, known in nodes.items()},
    )  # fmt: skip
    lines = [line for trial in trials for line in _trial(trial, case.no)]
    return Reply.of(Text("\n".join([f"{case.no} 试算自动规则，什么都没有做：", *(lines or ["还没有自动规则"])])))


def listed(every: Iterable[Rule]) -> str:
    """All rules, each as a sentence."""
    lines = [f"{n}. {sentence(rule)}" for n, rule in enumerate(every, 1)]
    return "\n".join([f"自动规则 {len(lines)} 条，从上往下：", *lines, "看一张单会触发哪些：自动规则 试 单号"])


def _trial(trial: Trial, no: str) -> list[str]:
    head = f"· {trial.rule.name}（{moment_words(trial.rule)}）"
    if trial.run is None:
        return [f"{head}：不会，{trial.why}"]
    return [f"{head}：会触发", *(f"  {filled(do.words(), {NUMBER: no})}" for do in trial.run.does)]
