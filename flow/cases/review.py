"""规则体检: what nothing has used is told to whoever may publish, once in so many days, and what they keep is kept."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from tortoise.transactions import in_transaction

from flow.access.permissions import able_to
from flow.cases.disuse import ENTRY, RULE, TYPE, unused
from flow.definitions.nearest import nearest
from flow.desk import heard_at
from flow.errors import NotFound
from flow.publishing.proposals import PUBLISH
from flow.records import access_log, outbox
from flow.records.sequences import take
from models import AuditEntry

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence
    from datetime import datetime

    from flow.cases.disuse import Item
    from flow.definitions.choices import Choices
    from flow.desk import Desk
    from models.views.case import Person

REVIEWED, KEPT = "规则体检", "保留规则"  #: kinds of entries of the access log
ABOUT = "规则"  #: key of what such an entry names
REVIEW, KEEP = "体检", "保留"
#: what is said to be rid of one
RID = {RULE: "停用规则 {}", ENTRY: "名单 移除 {}", TYPE: "删除原因 {}"}
IDLE = {RULE: "没有触发过", ENTRY: "这个客户没有下单，也没有退货", TYPE: "没有开过这个类型的单"}


@dataclass(frozen=True, slots=True)
class Review:
    """What is idle, without what somebody has lately said is to stay."""

    items: Sequence[Item]
    kept: Collection[str]

    def left(self) -> list[Item]:
        return [item for item in self.items if item.key not in self.kept]


async def review(desk: Desk, now: datetime) -> Review:
    """Look through everything; ``now`` is of any zone."""
    every = desk.business.choices.review_every or desk.business.choices.unused_days
    kept = AuditEntry.filter(kind=KEPT, at__gt=now - timedelta(days=every)).order_by("seq")
    said = [key for data in await kept.values_list("data", flat=True) for key in dict(data).get(ABOUT, ())]
    return Review(await unused(desk, now), frozenset(said))


def visible(items: Iterable[Item], desk: Desk, who: Person) -> list[Item]:
    """Those that somebody may know of: entries of the list are for whoever may say 名单."""
    may = desk.business.matrix.may(who.roles, ENTRY) is not None
    return [item for item in items if may or item.kind != ENTRY]


def words(items: Sequence[Item], choices: Choices, now: datetime, most: int = 0) -> str:
    """One message about all of them, each with what can be said to be rid of it; ``most`` 0 names all. Pure."""
    days, shown = choices.unused_days, items[: most or None]
    lines = [f"规则体检：{len(items)} 样 {days} 天以上没用过，看看还要不要："]
    for n, item in enumerate(shown, 1):
        at = item.since.astimezone(now.tzinfo)
        lines.append(f"{n}. {item.kind}“{item.name}”（{at:%Y-%m-%d} 起）：{IDLE[item.kind]}")
        lines.append(f"   不要了：{RID[item.kind].format(item.name)}；要留：规则 {KEEP} {item.name}")
    if len(shown) < len(items):
        lines.append(f"还有 {len(items) - len(shown)} 样，全部的回复 规则 {REVIEW}")
    again = f"，{choices.review_every} 天里不再提" if choices.review_every else ""
    return "\n".join([*lines, f"什么都没有改。保留的记下是谁看过{again}"])


async def tell_of_idle(desk: Desk, now: datetime) -> int:
    """Tell whoever may publish, when the days from the last time are over; how many people are told.

    Each time is an entry of the access log, and of several replicas one writes it.
    """
    choices = desk.business.choices
    if not (choices.review_every and choices.unused_days):
        return 0
    last = await AuditEntry.filter(kind=REVIEWED).order_by("-seq").first()
    if last and last.at > now - timedelta(days=choices.review_every):
        return 0
    found = (await review(desk, now)).left()
    people = await desk.staff.now()
    told = [(one, visible(found, desk, one)) for one in able_to(desk.business.matrix, people, PUBLISH)]
    turn, at = f"review:{last.seq if last else 0}", heard_at(desk, {}, now)
    rows = [
        outbox.tell(
            f"{turn}:m{one.id}", one.id, now, outbox.WORDS, run_at=at,
            text=words(items, choices, now.astimezone(desk.zone), choices.review_most),
        )
        for one, items in told if items
    ]  # fmt: skip
    async with in_transaction():
        if await take(turn) != 1:
            return 0
        await access_log.put_down(REVIEWED, None, {ABOUT: [item.key for item in found] or ["都在用"]}, now)
        await outbox.put(rows)
    return len(rows)


async def keep(desk: Desk, names: Sequence[str], who: Person, now: datetime) -> list[Item]:
    """Put down that somebody has looked at these and that they stay. Raises NotFound for one that is not idle."""
    items = visible((await review(desk, now)).items, desk, who)
    kept = [item for name in names for item in _named(items, name)]
    await access_log.put_down(KEPT, who, {ABOUT: [item.key for item in kept]}, now)
    return kept


def _named(items: Sequence[Item], name: str) -> list[Item]:
    if found := [item for item in items if item.name == name]:
        return found
    near = nearest(name, [item.name for item in items], 1)
    guess = f"，是不是“{near[0]}”？" if near else "，"
    raise NotFound(f"没用过的里面没有“{name}”{guess}什么都没有记；回复 规则 {REVIEW} 看有哪些")
