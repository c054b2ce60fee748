"""What the business owners' stories have in common: a shop, the script they type, and what their phones then show."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from models import SentCard, Task, TaskState
from tests.support.proof import token_of
from tests.support.stage import buttons, sell, stage, text_of
from tests.support.stories import LAMP, _copies, _questions, _tasks, finish, on, says, submitted

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from sandbox.world import Item
    from tests.support.stage import Home, Stage

FEEDER = "自动喂食器"
DEAR = {"W1": (FEEDER, 1, "2880.00")}
OLD_WAY = ["王建国 客服审核", "赵卫东 金额审批", "周仓 仓库收货", "许静 质检", "钱芳 财务退款"]
NEW_WAY = [*OLD_WAY[:3], "林晓 客服补证", "许静 质检", "许静 复检", "钱芳 财务退款"]


@asynccontextmanager
async def shop(url: str, platform: str = "wecom", *owners: str, home: Home = "both") -> AsyncIterator[Stage]:
    """A shop under the express policy with three dear things sold, and its owners at work on ``platform``."""
    async with stage(url, home=home, POLICY="express") as desk:
        await sell("536365", LAMP)
        for no in ("901", "902", "903"):
            await sell(no, DEAR, customer=f"C-{no}", mobile="")
        for no, price in (("64", "64.00"), ("700", "700.00")):
            await sell(no, {"W1": (FEEDER, 1, price)}, customer=f"C-{no}", mobile="")
        await on(desk, platform, *owners)
        yield desk


async def a_past_case(desk: Stage) -> str:
    """Something to simulate on."""
    no = await submitted(desk)
    await finish(desk, no)
    return no


async def walked(desk: Stage, no: str) -> list[str]:
    """Everybody does the likely thing, on the very card of this case, until it ends: ``["李敏 金额审批", …]``.

    After each step every card of every phone is true.
    """
    passed = []
    while task := await Task.filter(case__no=no, state=TaskState.OPEN).order_by("id").prefetch_related("owner").first():
        passed.append(f"{task.owner.name} {task.node}")
        assert len(passed) < 20, f"it goes round in circles: {passed}"
        [card, *_] = await _copies(desk, await Task.get(id=task.id).prefetch_related("owner", "case"))
        await desk.tap(desk.person(task.owner.name), buttons(card)[0], card)
        await the_other_cards_are_true(desk)
    return passed


async def the_other_cards_are_true(desk: Stage) -> None:
    """``the_cards_are_true`` of everything but proposals, whose cards offer something without being a task."""
    items = {token_of(item): item for item in desk.sandbox.world.items.values() if token_of(item)}
    of_proposals = set(await SentCard.filter(name__startswith="proposal:").values_list("token", flat=True))
    live = {token for token, item in items.items() if buttons(item)} - of_proposals
    assert live == (await _tasks(desk)) | ((await _questions(desk)) & items.keys())


async def approver(desk: Stage, order: str) -> str:
    """Whom the draft of a return names: ``自动`` or a role. 何佳 asks: the limit of messages a minute is real."""
    told = await says(desk, "何佳", f"退货 {order} 质量问题", "wecom")
    assert "审批 " in told, told
    return told.partition("审批 ")[2].partition("（")[0]


async def since(desk: Stage, name: str, words: str, platform: str) -> list[Item]:
    """Type something; what came onto that phone."""
    return await desk.say(desk.person(name), words, platform)


def offers(desk: Stage, name: str) -> list[list[str]]:
    """The buttons of somebody's live proposal cards, oldest first."""
    return [buttons(item) for item in proposals_of(desk, name) if buttons(item)]


def proposals_of(desk: Stage, name: str) -> list[Item]:
    """Somebody's cards of proposals, oldest first."""
    items = [item for item in desk.phone(desk.person(name)) if item.kind == "card"]
    return [item for item in items if token_of(item).startswith("P")]


def card_words(desk: Stage, name: str) -> str:
    """The newest of them, in words."""
    return text_of(proposals_of(desk, name)[-1])


async def publish(desk: Stage, author: str, second: str, *edits: str) -> None:
    """From the sentences to live."""
    for words in edits:
        await says(desk, author, words)
    await says(desk, author, "发布")
    await desk.tap(desk.person(second), "发布")


async def rows_of_everything() -> dict[str, Any]:
    """Every row of the business; not what is to be said and what has been."""
    from tortoise import Tortoise

    spared = {"Outbox", "Inbox", "SentCard", "Counter", "CallMeter", "Refusal"}
    models = {name: model for name, model in Tortoise.apps["models"].items() if name not in spared}
    return {name: await model.all().order_by(model._meta.pk_attr).values() for name, model in models.items()}
