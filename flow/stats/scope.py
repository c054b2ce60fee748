"""Which cases and which sales a figure counts: the filters people may name, as conditions with bound values."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from flow.definitions.nearest import nearest
from flow.stats.errors import StatsError
from flow.stats.period import normal
from models.enums import CloseReason

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    from flow.stats.reader import Param

UNNAMED = "未注明"  # how a column left empty is read and asked for
RETURN = "退货"
TYPE = "退货类型"
RETURN_TYPE = "COALESCE(NULLIF(c.return_type, ''), c.reason)"


def counted(case: str = "c") -> str:
    """Of a case by that alias: somebody did want it."""
    void = f"'{CloseReason.WITHDRAWN}', '{CloseReason.DUPLICATE}'"
    return f"({case}.close_reason IS NULL OR {case}.close_reason NOT IN ({void}))"


class Condition(NamedTuple):
    """SQL with ``?`` marks, and what stands for each."""

    sql: str
    params: list[Param]


def _among(column: str, values: list[str]) -> Condition:
    empty = [""] if UNNAMED in values else []
    return Condition(f"{column} IN ({', '.join('?' * len(values + empty))})", [*values, *empty])


def _of_products(column: str, values: list[str]) -> Condition:
    """``|| ''`` keeps SQLite from seeking every order once for each product of a category."""
    named = f"(l.sku || '') IN (SELECT p.sku FROM product p WHERE p.{column} IN ({', '.join('?' * len(values))}))"  # noqa: S608
    if UNNAMED in values:
        named = f"({named} OR l.sku NOT IN (SELECT p.sku FROM product p WHERE p.{column} <> ''))"  # noqa: S608
    return Condition(named, list(values))


class _Filter(NamedTuple):
    """The column on the side of returns, and on the side of sales: "" when a sale has no such property."""

    returned: str
    sold: str = ""
    among: Callable[[str, list[str]], Condition] = _among

    @property
    def of_lines(self) -> bool:
        """Whether it is the goods that have the property, not the case."""
        return self.among is _of_products or self.returned.startswith("l.")


FILTERS = {
    "类型": _Filter("c.kind"),
    TYPE: _Filter(RETURN_TYPE),
    "原因": _Filter("c.reason"),
    "SKU": _Filter("l.sku", "l.sku"),
    "品类": _Filter("category", "category", _of_products),
    "产品线": _Filter("line", "line", _of_products),
    "供应商": _Filter("supplier", "supplier", _of_products),
    "区域": _Filter("c.region", "o.region"),
    "店铺": _Filter("c.shop", "o.shop"),
    "客户": _Filter("c.customer", "o.customer"),
}
_COMPARED = re.compile(r"(?P<name>[^<>≤≥=]+)(?P<sign>[<>≤≥]=?|=(?=$))(?P<value>.*)")
_SYNONYMS = {"地区": "区域", "商品": "SKU", "类别": "品类", "售后类型": "类型", "退货原因": "原因", "门店": "店铺"}
NAMES = (*FILTERS, *_SYNONYMS)


@dataclass(frozen=True, slots=True)
class Scope:
    """Filters by their names; a line passes when each filter has its value among those named."""

    where: Mapping[str, tuple[str, ...]]
    types: str = RETURN_TYPE  #: SQL for the return type of a case, as ``flow.stats.types`` has it

    @classmethod
    def of(cls, where: Mapping[str, str]) -> Scope:
        """Several values stand apart by ``、``. Raises StatsError for a filter that there isn't."""
        return cls({filter_name(name): _values(name, text) for name, text in where.items()})

    def returned(self, kinds: Sequence[str] = ()) -> Condition:
        """On ``return_case c`` and ``case_line l``, without the time; ``kinds`` hold unless 类型 is named."""
        wanted = ({"类型": tuple(kinds)} if kinds else {}) | dict(self.where)
        return _all([Condition(counted(), []), *(self._side(n, v) for n, v in wanted.items())])

    def cases(self) -> Condition:
        """On ``return_case c`` alone, without the time: a case passes when one of its lines does."""
        by_line = [self._side(n, v) for n, v in self.where.items() if FILTERS[n].of_lines]
        of_case = [self._side(n, v) for n, v in self.where.items() if not FILTERS[n].of_lines]
        found = _all([Condition(counted(), []), *of_case])
        if not by_line:
            return found
        lines = _all(by_line)
        sought = f"EXISTS (SELECT 1 FROM case_line l WHERE l.case_id = c.id AND {lines.sql})"  # noqa: S608
        return _all([found, Condition(sought, lines.params)])

    def _side(self, name: str, values: Sequence[str]) -> Condition:
        return _side(self.types if name == TYPE else FILTERS[name].returned, name, values)

    def sold(self) -> Condition:
        """On ``shop_order o`` and ``order_line l``, without the time."""
        wanted = ((FILTERS[n].sold, n, v) for n, v in self.where.items() if FILTERS[n].sold)
        return _all([Condition("l.quantity > 0", []), *(_side(*each) for each in wanted)])


def conditions(words: Sequence[str], names: Collection[str], taken: Callable[[str], bool]) -> list[str]:
    """``店铺 拼多多`` as ``店铺=拼多多``: the name of a filter, and the word behind it that is nothing else by itself.

    Raises StatsError for a name without a value, and for a condition that compares, or was cut off.
    """
    found: list[str] = []
    left = list(words)
    while left:
        word, *left = left
        if match := _COMPARED.fullmatch(word):
            raise StatsError(_uncomparable(word, match))
        if word not in names or taken(word):
            found.append(word)
        elif left and "=" not in left[0] and left[0] not in names and not taken(left[0]):
            found.append(f"{word}={left.pop(0)}")
        else:
            raise StatsError(f"筛选“{word}”没有写值，例如 区域=华东")
    return found


def _uncomparable(word: str, match: re.Match[str]) -> str:
    if not match["value"]:
        return f"“{word}”后面没有写值，什么都没有做；请写成 名字=值，例如 区域=华东"
    return f"“{word}”：这里不能比大小，没有查；筛选写成 名字=值，可以用：{' '.join(FILTERS)}"


def filter_name(word: str) -> str:
    """The filter that ``word`` means. Raises StatsError naming those there are."""
    name = normal(word)
    name = next((known for known in FILTERS if known.lower() == name), _SYNONYMS.get(name, ""))
    if not name:
        near = nearest(word, [*FILTERS, *_SYNONYMS], 1)
        guess = f"，是不是“{near[0]}”？" if near else "，"
        raise StatsError(f"没有“{word}”这个筛选{guess}可以用：{' '.join(FILTERS)}")
    return name


def _values(name: str, text: str) -> tuple[str, ...]:
    values = tuple(dict.fromkeys(value.strip() for value in text.split("、") if value.strip()))
    if not values:
        raise StatsError(f"筛选“{name}”没有写值，例如 区域=华东")
    return values


def _side(column: str, name: str, values: Sequence[str]) -> Condition:
    return FILTERS[name].among(column, list(values))


def _all(conditions: list[Condition]) -> Condition:
    return Condition(" AND ".join(c.sql for c in conditions), [param for c in conditions for param in c.params])
