"""What the stories have in common: people by name, the way up to each node, and what must be true of every card."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flow.engine.inquiry import station
from flow.people.directory import MEMBERS
from flow.records.sequences import take
from models import Case, CaseState, Dialog, Member, MemberRole, Proposal, SentCard, Task, TaskState
from models.enums import ProposalState
from tests.support.proof import token_of
from tests.support.stage import buttons, text_of

if TYPE_CHECKING:
    from sandbox.world import Item
    from tests.support.stage import Stage

LAMP = {"85123A": ("白色心形烛台", 6, "2.55"), "71053": ("金属灯笼", 6, "3.39")}
LINE = "退货 536365 85123A×2 质量问题 外壳破裂"
NO_REASON = "退货 536365 85123A×2 七天无理由"


async def says(desk: Stage, name: str, words: str, platform: str | None = None) -> str:
    """Type a message; what came onto that phone since, in words."""
    return "\n".join(text_of(item) for item in await desk.say(desk.person(name), words, platform))


async def taps(desk: Stage, name: str, button: str) -> str:
    """Tap a button on somebody's newest card that has it; the card as it reads then."""
    return text_of(await desk.tap(desk.person(name), button))


async def offered() -> list[str]:
    """The readings of the newest card that asks what was meant, with commas as people type them."""
    wait = await Dialog.filter(kind="guess").order_by("-id").first()
    return [line.replace(",", "，") for line in wait.data["readings"]] if wait else []


async def play(desk: Stage, *steps: str) -> None:
    """``play(desk, "王建国 同意", "李敏 驳回")``: each taps that button on their newest card."""
    for step in steps:
        name, button = step.split()
        await taps(desk, name, button)


def news(desk: Stage, name: str) -> list[str]:
    """Everything that the bot has ever put on somebody's phones, as it reads now, oldest first."""
    return [text_of(item) for item in desk.phone(desk.person(name)) if item.sender == "bot"]


def group_news(desk: Stage, name: str) -> list[str]:
    """What the bot has said in a group, on either platform."""
    chats = {f"group:{name}", *(chat for chat, title in desk.sandbox.world.groups.items() if title == name)}
    return [text_of(i) for i in desk.sandbox.world.items.values() if i.place.group and i.place.chat in chats]


# -- the way up to each node -------------------------------------------------------------------------------------------


async def submitted(desk: Stage, line: str = LINE, by: str = "林晓") -> str:
    """An agent types a whole return and taps 提交; the case's number."""
    await says(desk, by, line)
    await taps(desk, by, "提交")
    return (await Case.all().order_by("-id").limit(1))[0].no


async def approved(desk: Stage, line: str = LINE) -> str:
    """Reviewed and approved: the warehouse waits for the goods."""
    no = await submitted(desk, line)
    await play(desk, "王建国 同意", "李敏 同意")
    return no


async def received(desk: Stage, line: str = LINE) -> str:
    """The goods are in the house."""
    no = await approved(desk, line)
    await play(desk, "周仓 确认收货")
    return no


async def inspected(desk: Stage, line: str = LINE) -> str:
    """The goods are good: the money is finance's to confirm."""
    no = await received(desk, line)
    await play(desk, "许静 合格入库")
    return no


async def finish(desk: Stage, no: str) -> list[str]:
    """Everybody does the likely thing until nobody has anything to do; ``["李敏 金额审批", …]``."""
    passed = []
    while task := await Task.filter(case__no=no, state=TaskState.OPEN).order_by("id").prefetch_related("owner").first():
        passed.append(f"{task.owner.name} {task.node}")
        assert len(passed) < 20, f"it goes round in circles: {passed}"
        await taps(desk, task.owner.name, buttons((await _copies(desk, task))[0])[0])
    return passed


async def stand(no: str) -> str:
    """``处理中 质检`` or ``已关闭 拒绝``."""
    case = await Case.get(no=no)
    return " ".join([str(case.state), *case.nodes, *([str(case.close_reason)] if case.close_reason else [])])


# -- the staff ---------------------------------------------------------------------------------------------------------


async def on(desk: Stage, platform: str, *names: str) -> None:
    """These people have used ``platform`` last, so that is where the bot reaches them."""
    for name in names:
        await says(desk, name, "待办", platform)


async def role(name: str, *roles: str) -> None:
    """Give somebody exactly these roles."""
    member = await Member.get(name=name)
    await MemberRole.filter(member=member).delete()
    await MemberRole.bulk_create(MemberRole(member=member, role=each) for each in roles)
    await take(MEMBERS)


# -- what must be true of every card -----------------------------------------------------------------------------------


async def the_cards_are_true(desk: Stage) -> None:
    """Each live card asks its holder for an open task or answer of theirs, with its buttons; none of these has no card.

    A card that stands dead is a record to us too, so that a tap on it could do nothing.
    """
    items = {token_of(item): item for item in desk.sandbox.world.items.values() if token_of(item)}
    live = {token for token, item in items.items() if buttons(item)}
    asked = (await _tasks(desk)) | ((await _questions(desk)) & items.keys())
    assert live - await _published() == asked
    for sent in await SentCard.all():
        assert sent.live == (sent.token in live), text_of(items[sent.token])


async def _tasks(desk: Stage) -> set[str]:
    """Tokens of the live cards of open tasks, each of which has one that asks what its node asks."""
    tasks = await Task.filter(state=TaskState.OPEN).prefetch_related("case", "owner")
    found: set[str] = set()
    for task in tasks:
        copies = await _copies(desk, task)
        assert copies, f"{task.owner.name} has no card for {task.node}"
        asked = await _asked(desk, task)
        assert all(buttons(item) == asked and task.case.no in text_of(item) for item in copies)
        found |= {token_of(item) for item in copies}
    return found


async def _questions(desk: Stage) -> set[str]:
    """Tokens of the cards that ask for an answer; many a question is asked without a card."""
    waits = await Dialog.filter(kind__in=("draft", "bulk"), expires_at__gt=desk.clock.now())
    return {str(wait.data.get("card") or f"d{wait.id}-{wait.version}") for wait in waits}


async def _published() -> set[str]:
    """Tokens of the cards of changes that are live: their one button is 回滚, and nobody is asked for anything."""
    cards = [
        f"proposal:{number}" for number in await Proposal.filter(state=ProposalState.LIVE).values_list("id", flat=True)
    ]
    return {str(token) for token in await SentCard.filter(name__in=cards).values_list("token", flat=True)}


async def _copies(desk: Stage, task: Task) -> list[Item]:
    """The live cards of a task on its owner's phones."""
    tokens = [sent.token for sent in await SentCard.filter(task_id=task.id, member_id=task.owner_id)]
    return [item for item in desk.live(desk.person(task.owner.name)) if token_of(item) in tokens]


async def _asked(desk: Stage, task: Task) -> list[str]:
    if task.case.state is CaseState.HELD:
        return ["恢复"]
    rules = await desk.bot.desk.rules(task.case.flow_id or 0, task.case.policy_id or 0)
    return [action.name for action in sorted(station(rules.flow, task.node).buttons, key=lambda action: action.danger)]
