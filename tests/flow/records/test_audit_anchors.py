"""The anchors of a day, keys that change, and a database older than the audit."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from flow.records import anchors, resealing
from flow.records.events import note
from models import AuditAnchor, Case, Counter, Event, Refund, seals
from models.database.connection import database, migrate
from models.seals import KeyRing
from tests.support.sealed_cases import BOSS, NOW, ZONE, made_old, removed, rewritten, tampered, told, written


async def test_the_anchor_of_a_day_is_cast_once_and_holds_what_moved(kept: list[Case]) -> None:
    first = await anchors.cast(NOW, ZONE)
    assert first is not None
    assert first.body["heads"] == 3
    assert await anchors.cast(NOW + timedelta(hours=1), ZONE) is None
    await note(await Case.get(id=kept[0].id), BOSS, {"action": "评论", "data": {"说": "好"}}, NOW)
    second = await anchors.cast(NOW + timedelta(days=1), ZONE)
    assert second is not None
    assert (second.before, second.no) == (first.hash, 2)
    said = await tampered(AuditAnchor.filter(no=1).delete())
    assert said == ["第 1 个审计锚不见了"]
    said = await tampered(AuditAnchor.filter(no=2).update(heads=[]))
    assert said == ["第 2 个审计锚（2026-11-23）的内容被改动过"]


@given(st.lists(st.tuples(st.text(max_size=4), st.integers(0, 9), st.text(max_size=4)), min_size=1, max_size=40))
def test_every_head_has_a_way_to_the_root_and_no_other_head_has_it(heads: list[Any]) -> None:
    top = anchors.root(heads)
    for place, head in enumerate(heads):
        way = anchors.path(heads, place)
        assert anchors.climbed(head, way) == top
        assert anchors.climbed((*head[:2], f"{head[2]}x"), way) != top


# -- keys --------------------------------------------------------------------------------------------------------------


async def test_an_old_key_holds_beside_a_new_one_and_can_then_be_laid_aside(kept: list[Case]) -> None:
    old = seals.ring().current
    await anchors.cast(NOW, ZONE)
    held = seals._HELD
    held.ring = KeyRing(b"new" * 12, (old,))
    assert await told() == []
    later = await written()
    assert await told() == []
    assert (await resealing.reseal(NOW))[1] == 0
    held.ring = KeyRing(b"new" * 12)
    assert await told() == []
    await Case.filter(id=later.id).update(amount=1)
    assert len(await told()) == 1
    held.ring = KeyRing(b"strange" * 6)
    assert (await told())[0].startswith("R20261122-0001 的封印用的是没有给出的密钥")


async def test_without_the_key_nothing_is_called_touched(kept: list[Case]) -> None:
    """As after a restore on another machine: every sentence says that the key is missing, and none accuses anybody."""
    await anchors.cast(NOW, ZONE)
    seals._HELD.ring = KeyRing(b"strange" * 6)
    said = await told()
    assert len(said) > 4
    assert [sentence for sentence in said if "用的是没有给出的密钥" not in sentence] == []
    await Case.filter(id=kept[0].id).update(amount=1)
    assert "记的金额是 329.00，现在是 1.00" in " ".join(await told()), "what a hash shows is still said"


# -- an older database -------------------------------------------------------------------------------------------------


async def old_case(no: str) -> Case:
    """As it was written before there were seals."""
    case = await written(case_no=no)
    await made_old(case)
    return case


async def test_an_older_database_goes_on_verifying_and_is_taken_down_as_it_stands(database_url: str) -> None:
    await migrate(database_url)
    async with database(database_url):
        await Counter.create(name="case:20261122", value=4)
        first, second, third = [await old_case(f"R20261122-000{n}") for n in (1, 2, 3)]
        broken = await old_case("R20261122-0004")
        await Event.filter(case_id=broken.id, seq=2).update(actor="别人")
        assert await told() == [f"{broken.no} 第 2 步（别人 同意）被改动过"]
        assert await anchors.begin(NOW) == 3
        assert await anchors.begin(NOW) == 0
        assert await told() == [f"{broken.no} 第 2 步（别人 同意）被改动过"]
        await removed(broken)
        assert await told() == [f"{broken.no} 不见了"]
        said = await tampered(Refund.filter(case_id=second.id).update(amount=Decimal("1.00")))
        assert said[0] == f"{second.no} 审计起点记的退款 {second.no}-T1 金额是 329.00，现在是 1.00"
        said = await tampered(rewritten(third, 2, actor="陈卓"))
        assert said[0].startswith(f"{third.no} ")
        await note(await Case.get(id=first.id), BOSS, {"action": "评论", "data": {"说": "好"}}, NOW)
        assert await told() == [f"{broken.no} 不见了"]
