"""Money that nobody approved, shortages that nobody decided on, refunds that never come: on every way. Pure."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from itertools import chain
from typing import TYPE_CHECKING

from flow.definitions.flow_reader import read_flow
from flow.errors import Place as At
from flow.errors import Problem
from flow.validation.graph import spelt
from flow.validation.monitors import (
    MARKS,
    UNAPPROVED,
    UNDECIDED,
    UNPAID,
    Watch,
    at_table,
    has_table,
    pays,
)
from flow.validation.partial_order import Beside
from flow.validation.prepayment import EARLY, UNDEDUCTED, GoodsWatch, takes_goods, waiting
from flow.validation.prepayment import MARKS as OF_GOODS
from flow.validation.soundness import MAX_PLACES, TooMany, came, explore, named
from flow.validation.state_space import space_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from flow.definitions.flow import Flow
    from flow.validation.monitors import Wrong
    from flow.validation.state_space import Place, Space
    from flow.validation.surroundings import Known

    Way = tuple[Place, ...]

MANY = 4 * MAX_PLACES  #: places, each of which may stand there with several marks
MAX_TOLD = 3  #: ways of one kind
TEXTS = 100  #: flows that are remembered


def money_problems(flow: Flow, known: Known | None = None) -> list[Problem]:
    """The ways on which money goes that must not. For a flow that is otherwise sound."""
    return _told(flow, known, UNAPPROVED, UNDECIDED)


@lru_cache(maxsize=TEXTS)
def cautions_of(text: str, name: str, known: Known, *, ships: bool) -> tuple[str, ...]:
    """``money_cautions`` of a text, remembered: a change is looked at when it is made, asked for and published."""
    return tuple(money_cautions(read_flow(text, name), known, ships=ships))


def money_cautions(flow: Flow, known: Known | None = None, *, ships: bool = False) -> list[str]:
    """What may be meant so, and whoever publishes it has to see. ``ships``: goods came back in the version before."""
    if not pays(flow):
        return []
    bare = [] if has_table(flow) else ["退款不看审批表：多大的金额都不按档找人批，只要路上有人点过同意"]
    return [*bare, *_told(flow, known, UNPAID), *_goods(flow, known, ships=ships)]


def _goods(flow: Flow, known: Known | None, *, ships: bool) -> list[Problem]:
    """The first way on which money goes before the goods, and the first that drops a deduction."""
    strict = waiting(flow)
    found = _wrongs(strict, known, GoodsWatch(strict, ships or takes_goods(flow)), OF_GOODS)
    firsts = [next(((wrong, way) for wrong, way in found.items() if wrong.what == kind), None) for kind in _OF_GOODS]
    return [_sentence(flow, *first) for first in firsts if first]


def _told(flow: Flow, known: Known | None, *kinds: str) -> list[Problem]:
    """Of each kind of wrong, in their order, the first few."""
    if not pays(flow):
        return []
    found = _wrongs(flow, known, Watch(flow), MARKS)
    ways = [[(wrong, way) for wrong, way in found.items() if wrong.what == kind][:MAX_TOLD] for kind in kinds]
    return [_sentence(flow, wrong, way) for wrong, way in chain.from_iterable(ways)]


def _wrongs(flow: Flow, known: Known | None, watch: Watch | GoodsWatch, marks: tuple[str, ...]) -> dict[Wrong, Way]:
    """Everything wrong with the first way that leads to it; the facts are followed as far as there is room."""
    followed = (known.fixed, known.of_types) if known else ()
    for constant in (*followed, frozenset[str]()):
        plain, watch = space_of(flow, known, constant), replace(watch, wrongs=set())
        facts = (*plain.facts, *marks)
        try:
            return _found(replace(plain, facts=facts, beside=Beside(flow, frozenset(facts)), watch=watch), watch)
        except TooMany:
            continue
    return {}


def _found(space: Space, watch: Watch | GoodsWatch) -> dict[Wrong, Way]:
    found: dict[Wrong, Way] = {}

    def look(place: Place | None, parents: dict[Place, Place | None]) -> None:
        for wrong in sorted(watch.wrongs - found.keys(), key=lambda each: (each.what, each.node, each.action)):
            found[wrong] = (*came(place, parents), place) if place else ()

    explore(space, most=MANY, after_each=look)
    return found


def _sentence(flow: Flow, wrong: Wrong, way: Way) -> Problem:
    stops = [named(place) for place in way]
    path = spelt([*stops, *([wrong.node] if not stops or stops[-1] != wrong.node else [])])
    words = f"{_WORDS[wrong.what](flow)}：{path}{_then(flow, wrong)}"
    return Problem(words, At(of_whole=wrong.what in (UNAPPROVED, UNDECIDED))).at_node(wrong.node, wrong.action)


def _unapproved(flow: Flow) -> str:
    tables = "、".join(_tables(flow))
    return f"没有按审批表批过就会退款，要先经过 {tables}" if tables else "没有人点过同意就会退款，要先有人审批"


def _tables(flow: Flow) -> Iterator[str]:
    return (node.name for node in flow.nodes.values() if at_table(node))


def _then(flow: Flow, wrong: Wrong) -> str:
    return "" if wrong.what != UNPAID else "；不退钱就结束请去已关闭的结束节点（写原因），或者写 预计退款: 否"


_WORDS: Mapping[str, Callable[[Flow], str]] = {
    UNAPPROVED: _unapproved,
    UNDECIDED: lambda flow: "登记了缺件或拒收，没有人决定就会退款，要先有人点 确认扣款 或 取消扣款 那样的动作",
    UNPAID: lambda flow: "没有退款就会“已完成”，客户拿不到钱",
    EARLY: lambda flow: "政策写质检合格才退，这条路货没到就退款",
    UNDEDUCTED: lambda flow: "登记了缺件，没有扣款也没有取消扣款就退全款",
}
_OF_GOODS = (EARLY, UNDEDUCTED)
