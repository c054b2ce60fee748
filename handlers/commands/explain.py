"""为什么是我: the rule, the tier and the time limit behind every open task of a case, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cards.words import due, priced, stopped
from flow.definitions import ceiling
from flow.definitions.permissions import AMOUNT, WHOLE
from flow.definitions.text import limit_words
from flow.definitions.vocabulary import INSPECTOR
from flow.engine import standstill
from flow.engine.inquiry import station
from flow.tasks.assignment import limit_of
from flow.views.case import case_view
from models import Task, TaskState

if TYPE_CHECKING:
    from flow.definitions.flow import Flow
    from flow.engine.values import Rules
    from handlers.chat.context import Ctx
    from models import Case

ON_THE_CLOCK = "按钟表算"


async def why(ctx: Ctx, case: Case) -> str:
    """Whose each open task is, by which rule, until when, and what made the case come here; amounts as I may see."""
    rules = await ctx.desk.rules(case.flow_id or 0, case.policy_id or 0)
    tasks = await Task.filter(case_id=case.id, state=TaskState.OPEN).order_by("id")
    view = await case_view(ctx.desk, case.id, viewer=ctx.me)
    lines = [f"{case.no} {priced(view)}"]
    for task in tasks:
        lines += await _task(ctx, case, task, rules)
    if not tasks:
        lines.append(f"现在没有人的待办：{'、'.join(case.nodes) or case.state}")
    return "\n".join([*lines, *_amounts(ctx, case, rules), *_path(case)])


async def _task(ctx: Ctx, case: Case, task: Task, rules: Rules) -> list[str]:
    owner = (await ctx.desk.staff.now()).by_id.get(task.owner_id)
    name = "你" if task.owner_id == ctx.me.id else owner.name if owner else "已离职的人"
    node = station(rules.flow, task.node)
    level = f"（{node.levels[task.level].name}）" if node.levels else ""
    limit = limit_of(node, task.level)
    still = standstill.stopped(case, task, ctx.desk.zone)
    allowed = f"时限 {limit_words(limit)}，{ON_THE_CLOCK}；" if limit else ""
    return [
        f"· {task.node}{level}：{name}",
        f"  因为 {task.why}",
        f"  {allowed}{due(task.due_at, ctx.at) if still is None else stopped(still)}",
    ]


def _amounts(ctx: Ctx, case: Case, rules: Rules) -> list[str]:
    """The tier of the policy, where the flow asks for it; nothing for whoever may not see what it is about."""
    said, asked = rules.policy.facts(case.facts), _asked(rules.flow)
    if not said.get("审批规则") or ctx.desk.business.matrix.sees(ctx.me.roles, AMOUNT) != WHOLE:
        return []
    parts = [f"由 {said['审批']} 审批"] if "审批" in asked else []
    parts += [f"{said['退款时机']}后退款"] if "退款时机" in asked else []
    over = ceiling.over_words(said)
    tier = [f"金额档：{said['审批规则']}（政策 {rules.policy.title}），{'，'.join(parts)}{over}"] if parts else []
    return [*tier, *(["金额超过双人金额：质检和退款要两个人"] if said.get("双人") and "双人" in asked else [])]


def _asked(flow: Flow) -> set[str]:
    """What of the policy's say on amounts the flow goes by."""
    found: set[str] = set()
    for node in flow.nodes.values():
        owners = [node.owner, *(level.owner for level in node.levels)]
        found |= {"审批"} if any(owner and owner.by_policy for owner in owners) else set()
        found |= {"双人"} if INSPECTOR in node.avoids else set()
        whens = [branch.when for _, branch in node.ways()] + [level.when for level in node.levels]
        whens += [when for item in node.form for when in (item.when, item.required_when)]
        found |= {cell.fact for when in whens for cell in when.cells}
    return found | ({"审批"} if "审批规则" in found else set())


def _path(case: Case) -> list[str]:
    path = case.facts.get("经过") or []
    return [f"走过：{' → '.join(path)}"] if path else []
