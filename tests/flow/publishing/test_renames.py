"""New names against the database alone: the staff, changes of two people at once, what goes back."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from tortoise.transactions import in_transaction

from flow.definitions import yamlfile
from flow.errors import DefinitionError
from flow.people.directory import MEMBERS, Staff
from flow.publishing import proposals
from flow.publishing.proposals import publish_proposal
from flow.publishing.release import check_bundle, publish_shipped
from flow.publishing.staff_items import KIND, change_in
from flow.records import register
from flow.records.sequences import take
from flow.versions import active_texts
from models import Member, MemberRole, Proposal
from models.database.connection import database
from models.enums import ProposalState as State
from tests.flow.publishing.test_proposals import ALL_ROLES, CHEN, FLOW, LI, ZHAO, proposed, undone
from tests.support.stage import START

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

SWAP = "改名 角色 客服 甲；改名 角色 财务 客服；改名 角色 甲 财务"
RULES, REASONS = ("rules", "rules"), ("reasons", "reasons")


@pytest.fixture
async def business(database_url: str) -> AsyncIterator[None]:
    """The shipped business, with somebody of every role and two of one alone."""
    async with database(database_url):
        await publish_shipped("express", START)
        for name, roles in (("众人", ALL_ROLES), ("林晓", {"客服"}), ("钱芳", {"财务", "质检员"})):
            member = await Member.create(name=name)
            await MemberRole.bulk_create(MemberRole(member=member, role=role) for role in roles)
        await register.begin(START)
        await take(MEMBERS)
        yield


async def published(proposal: Proposal, hours: int = 1) -> tuple[str, ...]:
    """Some hours after everything was proposed."""
    await Proposal.filter(id=proposal.id).update(simulated={"effect": "0 单会变"})
    async with in_transaction():
        return await publish_proposal(proposal, CHEN, START + timedelta(hours=hours))


async def roles(name: str) -> set[str]:
    found = (await Staff().now()).named(name)
    return set(found.roles) if found else set()


async def nodes() -> dict[str, object]:
    found: dict[str, object] = yamlfile.read((await active_texts())[FLOW])["节点"]
    return found


async def test_two_roles_that_change_their_names_for_each_other_keep_their_people(business: None) -> None:
    proposal = await proposed(LI, SWAP)
    assert await published(proposal) == ()
    assert (await roles("林晓"), await roles("钱芳")) == ({"财务"}, {"客服", "质检员"})
    assert await register.broken() == []  # the rows are on the record, as the program wrote them
    await undone(proposal)
    assert (await roles("林晓"), await roles("钱芳")) == ({"客服"}, {"财务", "质检员"})
    assert await register.broken() == []


async def test_a_change_of_the_staff_that_waits_gives_the_role_under_its_new_name(business: None) -> None:
    text = json.dumps({"name": "林晓", "add": ["财务"], "drop": ["客服"], "sets": {}, "joins": False, "leaves": False})
    item = {"kind": KIND, "name": "林晓", "base": 0, "text": text}
    waits = await Proposal.create(about="员工 林晓", author_id=1, state=State.ASKED, created_at=START, items=[item])
    await published(await proposed(LI, "角色 财务 改名 会计"))
    change = change_in(await Proposal.get(id=waits.id))
    assert (change.add, change.drop) == (("会计",), ("客服",))


async def test_of_two_names_for_one_thing_the_published_one_stands_and_is_told(business: None) -> None:
    mine = await proposed(LI, "流程 质检 改名 验货；流程 质检 时限 4小时".replace("；流程 质检", "；流程 验货"))
    await published(await proposed(ZHAO, "流程 质检 改名 品检"))
    [told] = await published(mine)
    assert "节点 质检：你改名为 验货" in told
    assert "已改名为 品检" in told


async def test_what_somebody_else_changed_at_a_node_goes_with_its_new_name(business: None) -> None:
    mine = await proposed(LI, "流程 质检 改名 品检")
    await published(await proposed(ZHAO, "流程 质检 时限 4小时"))
    assert await published(mine) == ()
    assert (await nodes())["品检"]["时限"] == "4小时"  # type: ignore[index]


async def test_a_rule_that_was_published_meanwhile_follows_when_the_name_is(business: None) -> None:
    mine = await proposed(LI, "改名 原因 质量问题 品质问题")
    rule = "增加规则 质量抄送 当 提交 如果 类型=质量问题 就 抄送 客服主管"
    await published(await proposed(ZHAO, rule))
    assert await published(mine) == ()
    [last] = yamlfile.read((await active_texts())[RULES])["自动规则"][-1:]
    assert last["条件"] == {"类型": "品质问题"}


async def test_what_is_made_from_the_old_name_is_put_under_the_new_one(business: None) -> None:
    mine = await proposed(LI, "增加行 承担 质量的 运费 商家 当 类型=质量问题", "流程 质检 时限 4小时")
    await published(await proposed(ZHAO, "改名 原因 质量问题 品质问题；流程 质检 改名 品检"))
    assert await published(mine) == ()
    texts = await active_texts()
    assert yamlfile.read(texts["policy", "express"])["承担"][0]["类型"] == "品质问题"
    assert (await nodes())["品检"]["时限"] == "4小时"  # type: ignore[index]
    check_bundle(texts)


async def test_two_flows_that_call_one_field_by_two_names_are_refused(business: None) -> None:
    texts = await active_texts()
    data = yamlfile.read(texts[FLOW])
    data["节点"]["质检"]["表单"] = [{"名": "定责", "填": "文本", "编号": "判责"}]
    with pytest.raises(DefinitionError, match="是同一个字段，名字要一样：改名 字段 "):
        check_bundle({**texts, FLOW: yamlfile.write(data)})


async def test_by_the_clock_too_everybody_keeps_their_role(business: None) -> None:
    proposal = await proposed(LI, "角色 财务 改名 会计")
    async with in_transaction():
        await proposals.put_live(proposal, proposals.texts_of(proposal), (CHEN.name, CHEN.id), START)
    assert await roles("钱芳") == {"会计", "质检员"}
