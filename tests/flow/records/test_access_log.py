"""Who looked at which case, as a chain of its own."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from flow.records import access_log
from models import AuditEntry, Case, Counter
from tests.support.sealed_cases import BOSS, NOW, tampered, told

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.fixture
async def logged(kept: list[Case]) -> list[Case]:
    for case in kept:
        await access_log.looked(BOSS, [case.no], NOW)
    return kept


def entry(seq: int, **change: Any) -> Callable[[], Any]:
    return lambda: AuditEntry.filter(seq=seq).update(**change) if change else AuditEntry.filter(seq=seq).delete()


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (entry(7, actor="别人"), "访问记录第 7 条（别人 查看）被改动过"),
        (entry(6), "访问记录第 6 条不见了"),
        (entry(8), "访问记录第 9 条起不见了"),
        (entry(7, at=NOW + timedelta(seconds=1)), "访问记录第 7 条（李敏 查看）被改动过"),
        (entry(7, data={"售后单": ["R20261122-0009"]}), "访问记录第 7 条（李敏 查看）被改动过"),
    ],
)
async def test_the_access_log_is_a_chain_too(logged: list[Case], change: Any, sentence: str) -> None:
    assert await told() == []
    said = await tampered(change())
    assert sentence.replace("第 9 条起", "第 8 条起") in said or sentence in said


async def test_a_log_whose_end_was_cut_with_its_counter_is_missed(logged: list[Case]) -> None:
    said = await tampered(entry(8)(), Counter.filter(name=access_log.LOG).update(value=7))
    assert said == ["访问记录第 8 条起不见了"]


async def test_an_answer_is_one_entry_and_a_list_is_cut(kept: list[Case]) -> None:
    await access_log.looked(BOSS, [f"R20261122-{n:04d}" for n in range(60)], NOW)
    await access_log.looked(BOSS, [], NOW)
    [found] = await access_log.newest(5, "李敏")
    assert (len(found.data["售后单"]), found.data["另有"]) == (50, 10)
    assert [e.seq for e in await access_log.newest(5, "R20261122-0003")] == [found.seq]
    assert await access_log.newest(5, "R20261122-0059") == []
