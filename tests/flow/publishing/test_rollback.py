"""Which publication somebody means who wants to go back: by a name, by a version, by what it changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tortoise.transactions import in_transaction

from flow.people.directory import MEMBERS
from flow.publishing import proposals
from flow.publishing.drafts import amend
from flow.publishing.proposals import publish_proposal
from flow.publishing.release import publish_shipped
from flow.publishing.rollback import Meant, Publication, meant, publications
from flow.records.sequences import take
from models import Member, MemberRole, Proposal
from models.database.connection import database
from models.views.case import By, Person
from tests.flow.publishing.test_proposals import ALL_ROLES, everybody
from tests.support.stage import START

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

LI, CHEN = Person(1, "李敏"), Person(3, "陈卓")


@pytest.fixture
async def found(ready: str) -> AsyncIterator[list[Publication]]:
    """Three publications, the newest first: two of the flow, and between them one of the policy."""
    async with database(ready):
        await publish_shipped("express", START)
        member = await Member.create(name="众人")
        await MemberRole.bulk_create(MemberRole(member=member, role=role) for role in ALL_ROLES)
        await take(MEMBERS)
        for edit in ("流程 质检 时限 2天", "规则 双人金额 2000", "流程 客服审核 时限 3天"):
            async with in_transaction():
                made = await amend(edit.split(), "退货", "express", By(LI, START), everybody())
            await proposals.ask(made.proposal, LI)
            await Proposal.filter(id=made.proposal.id).update(simulated={"effect": "0 单会变"})
            async with in_transaction():
                await publish_proposal(made.proposal, CHEN, START)
        yield await publications()


SAID: list[tuple[str, int | None]] = [
    ("退货流程", 0), ("退货", 0), ("流程 退货", 0),  # the newest that touched it
    ("退货流程 第 3 版", 0), ("退货流程 v3", 0), ("退货流程 到第3版", 0),
    ("退货流程 第 2 版", None),  # no longer the newest
    ("政策 express", 1), ("express", 1), ("规则 express", 1),
    ("双人金额", 1), ("客服审核 时限", 0), ("质检", 2), ("流程 质检 时限", 2),  # by what is different
    ("第 3 版", None), ("仓库收货", None), ("改", None), ("", None),  # by nothing that is known
]  # fmt: skip


async def test_which_one_is_meant(found: list[Publication]) -> None:
    assert [each.name for each in found] == ["退货流程 第 3 版", "政策 快速 第 2 版", "退货流程 第 2 版"]
    assert [each.covered for each in found] == [False, False, True]
    for words, which in SAID:
        chosen = await meant(words.split(), found)
        assert chosen == (None if which is None else Meant(found[which], whole=True)), words
    assert await meant(["退货流程"], found[1:2]) is None, "nothing of it is live"
