"""改 <单号> 缺陷等级 轻微: an earlier node's answer put right by whoever has a task that lets them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from cards.types import Text
from flow.access.field_rights import unseen
from flow.cases.advance import advance
from flow.cases.command import Asks, Command
from flow.engine import form_rules
from flow.engine.field_changes import FIELDS, PUT_RIGHT, writable
from flow.engine.values import Actor, Marking
from flow.errors import NotAllowed, PolicyRefused
from handlers.chat import fields, products, questions
from handlers.chat.context import Reply
from models import Case, Task, TaskState

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flow.definitions.flow import Field, Flow
    from handlers.chat.context import Ctx

_TO = r"\s*(?:改成|改为|改到|换成|应该是|应为|[:：=是])?\s*"


async def put_right(ctx: Ctx, no: str, text: str) -> Reply | None:
    """Do it where the words name a field that one of my tasks lets me change; None for any other correction."""
    case = await Case.get_or_none(no=no.upper())
    if case is None or case.flow_id is None or not text:
        return None
    flow = (await ctx.desk.rules(case.flow_id, case.policy_id or 0)).flow
    mine = await Task.filter(case_id=case.id, owner_id=ctx.me.id, state=TaskState.OPEN).values_list("node", flat=True)
    actor = Actor(ctx.me.id, ctx.me.name, ctx.me.roles, frozenset(map(str, mine)))
    able = writable(flow, Marking(tuple(case.nodes), case.facts, case.state), actor)
    name = _named(flow, text)
    if name not in able:
        _ensure_none_meant(ctx, case, flow, (list(map(str, mine)), able), text)
        return None
    value = re.sub(rf"^{_TO}", "", text.removeprefix(name)) or text.removeprefix(name).strip()
    field = _field(flow, name)
    answer = await _each(ctx, case, field, value) if field.per_line else _read(ctx, field, value)
    if answer == case.facts.get(name):
        raise PolicyRefused(f"{case.no} 的{name}本来就是{value}，没有改动")
    return await _done(ctx, case, {FIELDS: {name: answer}})


def _ensure_none_meant(ctx: Ctx, case: Case, flow: Flow, here: tuple[list[str], Mapping[str, str]], text: str) -> None:
    """Raises NotAllowed where the words name a field that whoever has the case now sees and may not change."""
    nodes, able = here
    name = _named(flow, text)
    if nodes and name and name not in unseen(flow, ctx.me.roles):
        more = f"；这一步能改的有：{'、'.join(able)}" if able else ""
        raise NotAllowed(f"{case.no} 的{name}在{nodes[0]}不能改{more}；要改请退回填它的那一步")


def _named(flow: Flow, text: str) -> str:
    """The field with which the words begin: 情况说明, where one is called so, and not 情况; "" for none."""
    names = (each.name for node in flow.forms for each in node.form if text.startswith(each.name))
    return max(names, key=len, default="")


def _field(flow: Flow, name: str) -> Field:
    found = next(each for node in flow.forms for each in node.form if each.name == name)
    return form_rules.as_it_is(found, {})


async def _each(ctx: Ctx, case: Case, field: Field, value: str) -> dict[str, Any]:
    """The answers product by product, with those that the words leave as they are."""
    known = case.facts.get(field.name)
    item = products.asked(field, await products.of_case(case.id)) | {products.KNOWN: known or {}}
    return products.answered(field, item, value, ctx.at.date()) or {}


def _read(ctx: Ctx, field: Field, value: str) -> Any:
    answer, more = fields.answer(field, value, ctx.at.date())
    if more:
        raise PolicyRefused(f"“{more}”没看懂，{field.name}没有改")
    return answer


async def _done(ctx: Ctx, case: Case, said: dict[str, Any]) -> Reply:
    try:
        done = await advance(ctx.desk, Command(case.id, PUT_RIGHT, ctx.me, ctx.at, said, people=ctx.people))
    except Asks as asks:
        if (question := await questions.ask(ctx, case.id, PUT_RIGHT, asks, said)) is None:
            raise
        return question
    return Reply.of(Text(f"{case.no} {done.verdict.text}，现在：{done.verdict.next_step}"))
