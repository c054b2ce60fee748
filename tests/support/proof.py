"""What must hold after a return has been walked, however bad the day was: each thing once, and nothing forgotten."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from typing import TYPE_CHECKING

from flow.records.outbox import task_token
from flow.records.verification import broken
from models import (
    Case,
    CaseLine,
    CaseState,
    CustomerNotice,
    Event,
    Inspection,
    OrderLine,
    Refund,
    RefundState,
    SentCard,
    StockMove,
    Task,
    TaskState,
)
from tests.support.stage import buttons

if TYPE_CHECKING:
    from sandbox.server import Sandbox
    from sandbox.world import Item, Person

NOTICE = "您的退款已处理完成，请注意查收"
MOBILE = "13800138000"
DECISIONS = ("提交", "同意", "确认收货", "合格入库", "确认退款", "退款成功")
TABLES = (Case, CaseLine, Task, Event, Refund, StockMove, Inspection, CustomerNotice)


async def rows() -> dict[str, int]:
    """How much there is of everything that a refused request must leave alone."""
    found = {table.__name__: await table.all().count() for table in TABLES}
    claimed = sum(line.claimed for line in await OrderLine.all())
    return found | {"claimed": claimed, "open": await Task.filter(state=TaskState.OPEN).count()}


async def decisions(case_id: int) -> Counter[tuple[str, str]]:
    """(node, action) of every step that moved the case; what merely was noted is left out."""
    found = await Event.filter(case_id=case_id, action__in=DECISIONS).values_list("node", "action")
    return Counter((str(node), str(action)) for node, action in found)


async def chain_holds(case: Case) -> bool:
    """Whether every event is as it was written and follows the one before, and the rows are as the last one says."""
    count, sentence = await broken(case.id)
    assert count == await Event.filter(case_id=case.id).count()
    assert not sentence, sentence
    return True


async def done_once(sandbox: Sandbox) -> Case:
    """The one case of the walk is done; each decision, the money, the goods and the customer's notice came once."""
    case = await Case.get()
    assert (case.state, await Task.filter(state=TaskState.OPEN).count()) == (CaseState.DONE, 0)
    steps = await decisions(case.id)
    assert set(steps.values()) == {1}, steps
    assert len(steps) == 7, steps
    assert await chain_holds(case)
    await paid_once(sandbox, case)
    assert await StockMove.all().values_list("sku", "zone", "quantity") == [("85123A", "待售区", 2)]
    assert [item.body["content"] for item in sandbox.world.phone("sms", MOBILE)] == [NOTICE]
    assert (await OrderLine.get(sku="85123A")).claimed == 2
    return case


async def paid_once(sandbox: Sandbox, case: Case) -> None:
    """The shop has paid exactly one refund, and the case knows."""
    assert [(paid.key, paid.amount) for paid in sandbox.shop.refunds] == [(f"{case.no}-T1", Decimal("5.10"))]
    refund = await Refund.get()
    assert (refund.state, refund.reference) == (RefundState.PAID, sandbox.shop.refunds[0].refund_no)


def cards(sandbox: Sandbox) -> list[Item]:
    """Every card on any phone that names its task or question."""
    return [item for item in sandbox.world.items.values() if token_of(item)]


def token_of(item: Item) -> str:
    """WeCom's task_id or DingTalk's outTrackId."""
    return str(item.state.get("task_id") or item.state.get("out_track_id") or "") if item.kind == "card" else ""


async def one_card_each(sandbox: Sandbox) -> None:
    """No card stands on a phone twice, and none that we do not know of."""
    shown = Counter(token_of(item) for item in cards(sandbox))
    known = await SentCard.all().values_list("token", flat=True)
    assert not [token for token, copies in shown.items() if copies > 1]
    assert shown.keys() <= set(known)


async def one_card_per_task(sandbox: Sandbox) -> None:
    """Whoever had to decide was asked, once; cards that people called for themselves are not counted."""
    tasks = await Task.all().prefetch_related("case")
    asked = {task_token(task.case.no, task) for task in tasks}
    assert asked <= {token_of(item) for item in cards(sandbox)}
    await one_card_each(sandbox)


def live(sandbox: Sandbox) -> list[Item]:
    """Bubbles with a button that can be tapped."""
    return [item for item in sandbox.world.items.values() if buttons(item)]


def phones_of(sandbox: Sandbox, who: Person) -> list[Item]:
    """Everything on all phones of one person, oldest first."""
    places = {("wecom", who.wecom), ("dingtalk", who.dingtalk)}
    return [item for item in sandbox.world.items.values() if (item.place.platform, item.place.chat) in places]
