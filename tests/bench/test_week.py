"""The simulated week in its smallest size, and that its count finds what must not be."""

from __future__ import annotations

import asyncio
import contextlib
from collections import Counter
from dataclasses import dataclass, field, replace
from decimal import Decimal
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from bench import engines
from bench.plan import quick
from bench.week import memory, run, skips
from bench.week.count import count
from bench.week.staff import errands
from bench.week.watch import GROUPS
from bot.channels.base import told_apart
from sandbox.way import Way
from tests.conftest import absent
from tests.support.ports import unused_port

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from bench.week.count import Found

WANTED = errands(2)
STEPS = (
    ("", "提交"), ("客服审核", "同意"), ("金额审批", "同意"), ("仓库收货", "确认收货"), ("质检", "合格入库"),
    ("财务退款", "确认退款"), ("退款中", "退款成功"),
)  # fmt: skip


async def test_two_hours_of_it(tmp_path: Path) -> None:
    """Two replicas, a death each hour, faults, keys that change: nothing lost, nothing doubled, paid to the cent."""
    if await engines.missing("postgres"):
        absent("PostgreSQL")
    if memory.missing():
        absent("Redis")
    plan = replace(quick(tmp_path, ("postgres",)), week_hours=2, week_cases=4, week_settle=1.0)
    rows = {row.metric: row async for row in run.measure(plan, None)}
    for name in ("丢了的", "做了两遍的", "退错的", "同一句话发了两遍的", "平台丢掉和抱怨的"):
        assert rows[name].ours == 0, rows[name].note
    assert (rows["走了的单"].ours, rows["kill -9"].ours) == (4, 3)
    assert "完整，没有改动" in rows["走了的单"].note
    assert "缩小了" in rows["走了的单"].note


# -- the count ---------------------------------------------------------------------------------------------------------


@dataclass
class Records:
    """What the phones, the shop and the audit have of two errands that went well."""

    cases: list[dict[str, Any]] = field(default_factory=lambda: [a_case(n) for n in range(len(WANTED))])
    paid: list[tuple[str, Decimal]] = field(default_factory=lambda: [(each.order, each.amount) for each in WANTED])
    texts: Counter[tuple[str, str, str]] = field(
        default_factory=lambda: Counter({("sms", each.mobile, "您的退款"): 1 for each in WANTED})
    )
    cards: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    complaints: list[str] = field(default_factory=list)

    def add(self, node: str, action: str) -> None:
        """One more event of the first case."""
        self.cases[0]["events"].append({"node": node, "action": action})

    def counted(self) -> Found:
        refunds = [SimpleNamespace(order_no=order, amount=amount) for order, amount in self.paid]
        sandbox = SimpleNamespace(
            shop=SimpleNamespace(refunds=refunds), wecom=SimpleNamespace(dropped=[], problems=self.complaints),
            dingtalk=SimpleNamespace(problems=[]),
        )  # fmt: skip
        watch = SimpleNamespace(texts=self.texts, cards=self.cards)
        walks: list[Any] = [SimpleNamespace(errand=each, failed="", no="") for each in WANTED]
        street: Any = SimpleNamespace(sandbox=sandbox, watch=watch)
        return count(street, walks, self.cases)


def a_case(n: int) -> dict[str, Any]:
    errand = WANTED[n]
    events = [{"node": node, "action": action} for node, action in STEPS]
    case = {"order_no": errand.order, "state": "已完成", "nodes": [], "amount": f"{errand.amount:.2f}"}
    return {"no": f"R20261130-000{n}", "events": events, "stands": {"case": case}}


WRONGS: dict[str, tuple[Callable[[Records], Any], str]] = {
    "a return that nobody put down": (lambda r: r.cases.pop(), "lost"),
    "a decision that is not in the audit": (lambda r: r.cases[0]["events"].pop(3), "lost"),
    "a case that stands still": (lambda r: r.cases[0]["stands"]["case"].update(state="处理中"), "lost"),
    "a customer who never heard": (lambda r: r.texts.pop(("sms", WANTED[0].mobile, "您的退款")), "lost"),
    "two cases for one return": (lambda r: r.cases.append(a_case(0)), "doubled"),
    "a case that nobody wanted": (lambda r: r.cases[0]["stands"]["case"].update(order_no="W9"), "doubled"),
    "received twice": (lambda r: r.add("仓库收货", "确认收货"), "doubled"),
    "paid twice by the audit": (lambda r: r.add("退款中", "退款成功"), "doubled"),
    "confirmed twice for nothing": (lambda r: r.add("财务退款", "确认退款"), "doubled"),
    "paid twice": (lambda r: r.paid.append(r.paid[0]), "money"),
    "paid too little": (lambda r: r.paid.__setitem__(0, (WANTED[0].order, Decimal("1.00"))), "money"),
    "not paid": (lambda r: r.paid.pop(), "money"),
    "another amount in the audit": (lambda r: r.cases[0]["stands"]["case"].update(amount="1.00"), "money"),
    "the same words twice": (lambda r: r.texts.update({("wecom", "lin", "已登记"): 2}), "twice"),
    "two texts to a customer": (lambda r: r.texts.update({("sms", WANTED[0].mobile, "又一条"): 1}), "twice"),
    "a card that stands twice": (lambda r: r.cards.update({("wecom", "lin", "R1-v1"): 2}), "twice"),
    "an answer that the platform cannot read": (lambda r: r.complaints.append("passive reply"), "complaints"),
}  # fmt: skip


@pytest.mark.parametrize(("spoil", "kind"), WRONGS.values(), ids=WRONGS)
def test_the_count_finds(spoil: Callable[[Records], Any], kind: str) -> None:
    records = Records()
    spoil(records)
    assert getattr(records.counted(), kind)


def test_the_count_finds_nothing_where_there_is_nothing() -> None:
    records = Records()
    records.add("退款中", "退款失败")
    records.add("财务退款", "确认退款")
    records.texts["wecom", "lin", told_apart("已登记", 1)] += 1
    records.texts["dingtalk", GROUPS, "机器人出了问题"] += 2
    found = records.counted()
    assert [found.lost, found.doubled, found.money, found.twice, found.complaints] == [[]] * 5
    assert found.marked == 1


# -- what it stands on -------------------------------------------------------------------------------------------------


def test_a_clock_that_is_skipped_skips_for_all(tmp_path: Path) -> None:
    path = tmp_path / "skipped"
    own = skips.Skips(path)
    clock = skips.clock({skips.PLACE: str(path)})
    assert clock
    before = clock.now()
    own.skip(run.HOUR)
    assert run.HOUR <= clock.now() - before < 2 * run.HOUR
    assert abs(clock.now().timestamp() - clock.wall()) < 60
    assert skips.clock({}) is None


async def listening(name: bytes) -> tuple[asyncio.Server, int]:
    """A server that says its name and hangs up."""

    async def answer(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(name)
        writer.close()

    port = unused_port()
    return await asyncio.start_server(answer, "127.0.0.1", port), port


async def heard(port: int) -> bytes:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    with contextlib.closing(writer):
        return await reader.read()


async def test_a_way_leads_to_whoever_listens() -> None:
    (one, first), (two, second) = await listening(b"one"), await listening(b"two")
    way = Way("127.0.0.1", first, second)
    await way.mend()
    assert {await heard(way.port), await heard(way.port)} == {b"one", b"two"}
    one.close()
    assert [await heard(way.port) for _ in range(3)] == [b"two"] * 3
    two.close()
    assert await heard(way.port) == b"", "broken off"
    await way.cut()
