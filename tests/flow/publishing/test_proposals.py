"""A proposal from draft to published and back, against the database alone: who may, who is first, what is merged."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest
from tortoise.transactions import in_transaction

from flow.definitions import yamlfile
from flow.errors import DefinitionError, FlowError, NotAllowed, PolicyRefused, StaleCase
from flow.people.directory import MEMBERS, Directory
from flow.publishing import proposals
from flow.publishing.catching_up import catch_up
from flow.publishing.drafts import MadeOn, amend, clash_words, names, put_file, view_facts
from flow.publishing.proposals import Change, publish_proposal, undo
from flow.publishing.release import publish_shipped
from flow.records.sequences import take
from flow.versions import active_texts, active_versions
from models import Definition, Member, MemberRole, Proposal
from models.database.connection import database
from models.enums import ProposalState as State
from models.views.case import By, Person
from tests.support.stage import START

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

LI, ZHAO, CHEN = (Person(n, name) for n, name in ((1, "李敏"), (2, "赵卫东"), (3, "陈卓")))
FLOW = ("flow", "退货")
ALL_ROLES = frozenset(
    {"客服", "客服组长", "客服主管", "仓管员", "操作员", "质检员", "财务", "运营总监", "销售经理", "管理员"}
)


@pytest.fixture
async def business(database_url: str) -> AsyncIterator[None]:
    """The shipped business, published."""
    async with database(database_url):
        await publish_shipped("express", START)
        member = await Member.create(name="众人")
        await MemberRole.bulk_create(MemberRole(member=member, role=role) for role in ALL_ROLES)
        await take(MEMBERS)
        yield


async def proposed(who: Person, *edits: str, ask: bool = True) -> Proposal:
    """``who`` types the edits, and asks."""
    for words in edits:
        async with in_transaction():
            made = await amend(words.split(), "退货", "express", By(who, START), everybody())
    if ask:
        await proposals.ask(made.proposal, who)
    return made.proposal


def everybody() -> Directory:
    """Somebody with every role that the shipped flow names."""
    return Directory.of([Person(9, "众人", ALL_ROLES)])


async def published(proposal: Proposal, who: Person = CHEN) -> tuple[str, ...]:
    """``who`` publishes it, once it has been tried on the past."""
    await Proposal.filter(id=proposal.id).update(simulated={"effect": "0 单会变"})
    async with in_transaction():
        return await publish_proposal(proposal, who, START)


async def undone(proposal: Proposal) -> None:
    async with in_transaction():
        await undo(proposal, CHEN, START)


async def limit(node: str) -> str:
    """The time limit of a node as it is published now."""
    return str(yamlfile.read((await active_texts())[FLOW])["节点"][node]["时限"])


# -- from draft to live ------------------------------------------------------------------------------------------------


async def test_a_draft_changes_nothing_and_grows(business: None) -> None:
    before = await active_texts()
    first = await proposed(LI, "流程 质检 时限 4小时", ask=False)
    second = await proposed(LI, "规则 自动通过 50→80", ask=False)
    assert (first.id, second.version) == (second.id, 2)
    assert [item["kind"] for item in second.items] == ["flow", "policy"]
    assert await active_texts() == before


async def test_each_author_has_a_draft_of_their_own(business: None) -> None:
    mine, theirs = [await proposed(who, "流程 质检 时限 4小时", ask=False) for who in (LI, ZHAO)]
    assert mine.id != theirs.id


async def test_what_is_asked_for_is_not_changed_by_the_next_draft(business: None) -> None:
    asked = await proposed(LI, "流程 质检 时限 4小时")
    draft = await proposed(LI, "流程 财务退款 时限 8小时", ask=False)
    assert asked.id != draft.id
    await asked.refresh_from_db()
    assert len(asked.words) == 1


async def test_published_it_is_the_next_version(business: None) -> None:
    proposal = await proposed(LI, "流程 质检 时限 4小时")
    assert await published(proposal) == ()
    assert (proposal.state, proposal.decider_id) == (State.LIVE, CHEN.id)
    assert (await active_versions())[FLOW] == 2
    assert await limit("质检") == "4小时"


@pytest.mark.parametrize(
    ("who", "state", "error"),
    [
        (LI, State.ASKED, NotAllowed),
        (CHEN, State.DRAFT, StaleCase),
        (CHEN, State.DROPPED, StaleCase),
        (CHEN, State.LIVE, StaleCase),
        (CHEN, State.UNDONE, StaleCase),
    ],
)
async def test_only_somebody_else_publishes_and_only_what_is_asked_for(
    business: None, who: Person, state: State, error: type[FlowError]
) -> None:
    proposal = await proposed(LI, "流程 质检 时限 4小时")
    await Proposal.filter(id=proposal.id).update(state=state)
    with pytest.raises(error):
        await published(await Proposal.get(id=proposal.id), who)
    assert (await active_versions())[FLOW] == 1


async def test_only_the_author_asks(business: None) -> None:
    draft = await proposed(LI, "流程 质检 时限 4小时", ask=False)
    with pytest.raises(NotAllowed):
        await proposals.ask(draft, ZHAO)


async def test_a_draft_is_its_authors_to_drop_and_what_is_asked_for_anybodys(business: None) -> None:
    draft = await proposed(LI, "流程 质检 时限 4小时", ask=False)
    with pytest.raises(NotAllowed):
        await proposals.drop(draft, ZHAO, START)
    await proposals.ask(draft, LI)
    await proposals.drop(draft, ZHAO, START)
    assert (draft.state, draft.decider_id) == (State.DROPPED, ZHAO.id)


async def test_nothing_changed_is_no_proposal(business: None) -> None:
    with pytest.raises(PolicyRefused, match="没有改动"):
        await proposals.propose(Change("", {}, ()), LI, START)


async def test_an_owner_whom_nobody_is_is_no_proposal(business: None) -> None:
    with pytest.raises(DefinitionError, match="张三"):
        await proposed(LI, "流程 质检 负责人 人 张三")


# -- two at one instant ------------------------------------------------------------------------------------------------


async def test_of_two_publishers_at_one_instant_one_is_first(business: None) -> None:
    proposal = await proposed(LI, "流程 质检 时限 4小时")
    copies = [await Proposal.get(id=proposal.id) for _ in range(4)]
    ends = await asyncio.gather(*(published(copy, who) for copy, who in zip(copies, [CHEN, ZHAO] * 2, strict=True)),
                                return_exceptions=True)  # fmt: skip
    assert sorted(type(end).__name__ for end in ends) == ["StaleCase", "StaleCase", "StaleCase", "tuple"]
    assert await Definition.filter(kind="flow", name="退货").count() == 2


async def test_two_changes_at_one_instant_are_both_there(business: None) -> None:
    one, two = await proposed(LI, "流程 质检 时限 4小时"), await proposed(ZHAO, "流程 财务退款 时限 8小时")
    assert [*await asyncio.gather(published(one), published(two))] == [(), ()]
    assert (await limit("质检"), await limit("财务退款")) == ("4小时", "8小时")
    assert (await active_versions())[FLOW] == 3


async def test_of_two_that_clash_at_one_instant_one_goes_back(business: None) -> None:
    one, two = await proposed(LI, "流程 质检 时限 4小时"), await proposed(ZHAO, "流程 质检 时限 8小时")
    ends = await asyncio.gather(published(one), published(two))
    assert sorted(len(end) for end in ends) == [0, 1]
    assert sorted([one.state, two.state]) == sorted([State.LIVE, State.DRAFT])
    assert (await active_versions())[FLOW] == 2


# -- what somebody else published meanwhile ----------------------------------------------------------------------------


async def test_a_clash_is_told_on_the_card_and_the_next_edit_stands_on_what_is_published(business: None) -> None:
    mine = await proposed(LI, "流程 质检 时限 4小时", "流程 财务退款 时限 8小时", ask=False)
    await published(await proposed(ZHAO, "流程 质检 时限 6小时"))
    facts = await view_facts(mine, {})
    assert [words.partition("，")[0] for words in facts["conflicts"]] == ["质检 时限：原来 48小时"]
    made = await amend(["流程", "客服审核", "时限", "12小时"], "退货", "express", By(LI, START), everybody())
    assert made.words == ("客服审核 时限：24小时 → 12小时", "财务退款 时限：24小时 → 8小时")
    assert "以已发布的为准" in clash_words(made.conflicts)
    assert (await view_facts(made.proposal, {}))["conflicts"] == ()


async def test_the_picture_comes_only_where_it_is_another_one(business: None) -> None:
    """What the words say alone, a title or a question, is no news to the eye; of a draft the last edit counts."""
    drawn = []
    for edit in ("流程 质检 标题 看看货", "流程 质检 时限 4小时", "流程 质检 标题 再看看", "流程 质检 时限 5小时",
                 "流程 质检 时限 48小时", "规则 自动通过 50→60"):  # fmt: skip
        made = await amend(edit.split(), "退货", "express", By(LI, START), everybody())
        drawn.append([box.name for box in made.sketch.boxes if box.mark] if made.sketch else None)
    assert drawn == [None, ["质检"], None, ["质检"], ["质检"], None]


async def test_a_file_of_an_older_version_only_says_what_it_changes(business: None) -> None:
    old = await active_texts()
    await published(await proposed(ZHAO, "流程 财务退款 时限 8小时"))
    head, node, rest = old[FLOW].partition("\n  质检:")
    texts = {FLOW: head + node + rest.replace("时限: 48小时", "时限: 4小时", 1)}
    made = await put_file(texts, MadeOn({FLOW: 1}), "收到", By(LI, START), everybody())
    assert made.words == ("质检 时限：48小时 → 4小时",)
    assert made.proposal.items[0]["base"] == 2


async def test_a_version_that_never_was_counts_as_the_present_one(business: None) -> None:
    texts = {FLOW: (await active_texts())[FLOW].replace("时限: 48小时", "时限: 4小时")}
    assert (await catch_up(texts, {FLOW: 99})).texts == texts


# -- back --------------------------------------------------------------------------------------------------------------


async def test_undone_it_is_a_new_version_with_the_old_words(business: None) -> None:
    before = await active_texts()
    proposal = await proposed(LI, "流程 质检 时限 4小时", "规则 自动通过 50→80")
    await published(proposal)
    await undone(proposal)
    assert await active_texts() == before
    assert (await active_versions())[FLOW] == 3
    assert proposal.state is State.UNDONE


async def test_undone_once(business: None) -> None:
    proposal = await proposed(LI, "流程 质检 时限 4小时")
    await published(proposal)
    twice = [await Proposal.get(id=proposal.id) for _ in range(2)]
    ends = await asyncio.gather(*(undone(copy) for copy in twice), return_exceptions=True)
    assert sorted(type(end).__name__ for end in ends) == ["NoneType", "StaleCase"]
    assert (await active_versions())[FLOW] == 3


async def test_what_something_newer_covers_is_not_undone(business: None) -> None:
    older = await proposed(LI, "流程 质检 时限 4小时")
    await published(older)
    newer = await proposed(LI, "流程 财务退款 时限 8小时")
    await published(newer)
    with pytest.raises(PolicyRefused, match="后来又发布过别的改动"):
        await undone(older)
    await undone(newer)
    await undone(older)
    assert (await limit("质检"), await limit("财务退款")) == ("48小时", "24小时")


async def test_what_was_new_is_gone_when_undone(business: None) -> None:
    text = (await active_texts())["policy", "express"].replace("政策: express", "政策: 夜间")
    proposal = await as_it_is({("policy", "夜间"): text})
    await published(proposal)
    assert "夜间" in (await names())[1]
    await undone(proposal)
    assert "夜间" not in (await names())[1]


async def test_what_the_rest_now_stands_on_is_not_undone(business: None) -> None:
    """A return type goes the new flow's way by now."""
    texts = await active_texts()
    flow = await as_it_is({("flow", "夜间"): texts[FLOW].replace("流程: 退货", "流程: 夜间")})
    await published(flow)
    types = texts["reasons", "reasons"] + "  夜间退货: {流程: 夜间}\n"
    await published(await as_it_is({("reasons", "reasons"): types}))
    with pytest.raises(DefinitionError, match="流程“夜间”不存在"):
        await undone(flow)
    await flow.refresh_from_db()
    assert flow.state is State.LIVE


async def as_it_is(texts: dict[tuple[str, str], str]) -> Proposal:
    """李敏 asks for whole texts."""
    async with in_transaction():
        proposal = await proposals.propose(Change("夜间", texts, ("增加",)), LI, START)
    await proposals.ask(proposal, LI)
    return proposal
