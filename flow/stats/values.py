"""The values that a filter has: what is none of them is said to be unknown, with the nearest, and never counted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flow.definitions.nearest import suggestion
from flow.definitions.permissions import KINDS
from flow.stats.errors import StatsError
from flow.stats.reader import rows
from flow.stats.scope import UNNAMED

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from flow.definitions.business import Business
    from flow.people.directory import Directory

Values = "Mapping[str, Collection[str]]"
MOST = 3000  #: values of a filter that are looked through for the nearest
#: filter -> where its values stand; a word without a filter's name is looked for in this order
COLUMNS: Mapping[str, tuple[tuple[str, str], ...]] = {
    "类型": (("return_case", "kind"),),
    "退货类型": (("return_case", "return_type"),),
    "原因": (("return_case", "reason"),),
    "区域": (("return_case", "region"), ("shop_order", "region")),
    "店铺": (("return_case", "shop"), ("shop_order", "shop")),
    "品类": (("product", "category"),),
    "产品线": (("product", "line"),),
    "供应商": (("product", "supplier"),),
    "SKU": (("product", "sku"), ("order_line", "sku")),
    "客户": (("return_case", "customer"), ("shop_order", "customer")),
}
#: where a filter looks beside, which a loose word does not: imported cases have a reason and no type
ALSO: Mapping[str, tuple[tuple[str, str], ...]] = {"退货类型": (("return_case", "reason"),)}
NAMELESS = ("客户",)  #: whose values no loose word means, and none of which is told


def configured(business: Business, staff: Directory) -> dict[str, frozenset[str]]:
    """What the published rules and the staff's own list name, though nothing may have come of it yet."""
    people = staff.by_id.values()
    return {
        "类型": frozenset(
            {*KINDS, *business.kinds, *(flow for each in business.types.values() for flow in each.flows)}
        ),
        "退货类型": frozenset(business.types),
        "店铺": frozenset(shop for person in people for shop in person.shops),
        "区域": frozenset(region for person in people for region in person.regions),
        "品类": frozenset(category for person in people for category in person.categories),
    }


async def is_value(name: str, word: str, *, loose: bool = False) -> bool:
    """Whether the data have a word as a value of a filter; ``loose`` where the filter was not named."""
    places = COLUMNS[name] + (() if loose else ALSO.get(name, ()))
    probe = " UNION ALL ".join(f"SELECT 1 FROM {table} WHERE {column} = ?" for table, column in places)  # noqa: S608
    return bool(await rows(f"{probe} LIMIT 1", [word] * len(places)))


async def values_of(name: str, known: Mapping[str, Collection[str]]) -> set[str]:
    """The values of a filter, those that the rules name among them."""
    if name in NAMELESS:
        return set()
    found = set(known.get(name, ()))
    for table, column in (*COLUMNS[name], *ALSO.get(name, ())):
        named = f"SELECT DISTINCT {column} FROM {table} WHERE {column} <> '' LIMIT {MOST}"  # noqa: S608
        found |= {str(row[0]) for row in await rows(named)}
    return found


async def check(where: Mapping[str, Iterable[str]], known: Mapping[str, Collection[str]]) -> None:
    """Raises StatsError for a value that its filter does not have."""
    for name, values in where.items():
        for value in values:
            if value == UNNAMED or value in known.get(name, ()) or await is_value(name, value):
                continue
            raise StatsError(f"{name}里没有“{value}”{suggestion(value, await values_of(name, known))}")


async def any_near(word: str, known: Mapping[str, Collection[str]], more: Collection[str]) -> str:
    """What a word that no filter has may have meant, of all filters' values and ``more``."""
    found = set(more)
    for name in COLUMNS:
        found |= await values_of(name, known)
    return suggestion(word, found - {word}) if word else ""
