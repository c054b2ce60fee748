"""闲置: rules, entries of the list and return types that are in force and that nothing has used for days."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from flow.cases.automation import FIRED
from flow.cases.customer_lists import MOBILE_DIGITS, current, is_mobile, plain
from flow.definitions import yamlfile
from flow.definitions.automation_reader import parse_rules
from flow.definitions.identities import REASONS
from flow.errors import DefinitionError
from flow.versions import active_texts, eras
from models import AuditAnchor, Case, Definition, Event, Order
from models.tails import orders_by_phone
from models.views.masks import TAIL_CHARS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from datetime import datetime

    from flow.desk import Desk
    from models import CustomerEntry

RULE, ENTRY, TYPE = "自动规则", "名单", "退货类型"
WINDOW = 1000  #: events that are looked through at once
NEWEST = 200  #: orders of phones with one tail
VERSIONS = 500  #: of a file that are read back

Version = tuple["datetime", "Mapping[str, Any]"]  #: when it was published, and what each name stood for


@dataclass(frozen=True, slots=True)
class Item:
    """Something in force: what people call it, what the record calls it, since when it is so, whether it was used."""

    kind: str
    name: str
    since: datetime
    used: bool = False
    record: str = ""  #: where the name would say whose number it is

    @property
    def key(self) -> str:
        return self.record or f"{self.kind} {self.name}"


def idle(items: Iterable[Item], before: datetime) -> list[Item]:
    """Those that were in force before a moment, as they are now, and that nothing has used since. Pure."""
    return [item for item in items if item.since <= before and not item.used]


def since(versions: Iterable[Version], name: str) -> datetime | None:
    """From when on a name has stood for what it stands for in the first of these, the newest first. Pure."""
    found, stands = None, None
    for published, names in versions:
        if name not in names or (found and names[name] != stands):
            break
        found, stands = published, names[name]
    return found


def rules_in(text: str) -> dict[str, Any]:
    """The rules that are on; none of a text that is read no more. Pure."""
    try:
        return {rule.name: rule for rule in parse_rules(text) if not rule.off}
    except DefinitionError:
        return {}


def types_in(text: str) -> dict[str, Any]:
    """The return types: one that is only routed anew stays what it is. Pure."""
    return dict.fromkeys((yamlfile.read(text) or {}).get(TYPE) or {}, True)


async def unused(desk: Desk, now: datetime) -> list[Item]:
    """All that is in force and idle, rules first; nothing where no days are set."""
    if not (days := desk.business.choices.unused_days):
        return []
    before = now - timedelta(days=days)
    return [*await _rules(before), *await _entries(before, now), *await _types(before)]


async def _in_force(kind: str, names_in: Callable[[str], dict[str, Any]], before: datetime) -> list[Item]:
    """What a file of the business names now, as far as it did so before."""
    active = await Definition.filter(kind=kind, active=True).order_by("-version").first()
    if active is None:
        return []
    rows = Definition.filter(kind=kind, name=active.name, version__lte=active.version).order_by("-version")
    versions = [(row.published_at, names_in(row.text)) for row in await rows.limit(VERSIONS)]
    kind_of = RULE if names_in is rules_in else TYPE
    found = [(name, since(versions, name)) for name in versions[0][1]]
    return idle([Item(kind_of, name, at) for name, at in found if at], before)


async def _rules(before: datetime) -> list[Item]:
    old = await _in_force("rules", rules_in, before)
    silent = await _silent({item.name for item in old}, before)
    return [item for item in old if item.name in silent]


async def _silent(names: set[str], before: datetime) -> set[str]:
    """Those rules that have not fired since: the newest events are looked through first, until all were seen.

    The day's anchor knows up to which event had been written: moments of events have no index.
    """
    anchor = await AuditAnchor.filter(at__lte=before).order_by("-no").first()
    newest = await Event.filter(id__gt=0).order_by("-id").only("id").first()  # by its key, not through the table
    top, bottom, left = newest.id if newest else 0, anchor.last_event if anchor else 0, set(names)
    while left and top > bottom:
        window = Event.filter(id__lte=top, id__gt=max(bottom, top - WINDOW), action=FIRED)
        fired = await window.values_list("at", "data")
        left -= {str(dict(data).get("rule", "")) for at, data in fired if at > before}
        top -= WINDOW
    return left


async def _entries(before: datetime, now: datetime) -> list[Item]:
    """Entries whose customer has bought and sent back nothing since."""
    found = []
    for entry in await current(now):
        if entry.at <= before and not await _seen(entry, before):
            name = f"尾号{entry.customer[-TAIL_CHARS:]}" if is_mobile(entry.customer) else entry.customer
            found.append(Item(ENTRY, name, entry.at, record=f"{ENTRY} 第 {entry.id} 条"))
    return found


async def _seen(entry: CustomerEntry, before: datetime) -> bool:
    name = entry.customer
    if await Order.exists(customer=name, ordered_at__gt=before):
        return True
    if await Case.exists(customer=name, opened_at__gt=before):
        return True
    if not is_mobile(name):
        return False
    phones = await orders_by_phone(name[-TAIL_CHARS:], NEWEST)
    ids = [key for key, mobile in phones if plain(mobile)[-MOBILE_DIGITS:] == name]
    return bool(ids) and (
        await Order.exists(id__in=ids, ordered_at__gt=before)
        or await Case.exists(order_id__in=ids, opened_at__gt=before)
    )


async def _types(before: datetime) -> list[Item]:
    old = await _in_force("reasons", types_in, before)
    spans = (await eras(REASONS, await active_texts())).spans()
    names = {now: [was for was, _, _, new in spans if new == now] for now in (item.name for item in old)}
    return [
        item for item in old
        if not await Case.exists(return_type__in=[item.name, *names[item.name]], opened_at__gt=before)
    ]  # fmt: skip
