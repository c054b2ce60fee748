"""The conditions of a flow: rows that are never reached, words that never occur, facts that nobody knows. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from flow.definitions import flow as d
from flow.definitions.conditions import NO, YES, parse, word
from flow.definitions.vocabulary import CALENDAR
from flow.engine.form_rules import is_conditional
from flow.errors import Place, Problem
from flow.validation.coverage import ANYTHING, Domain, covered
from flow.validation.form_rules import condition_problems
from flow.validation.levels import level_problems
from flow.validation.surroundings import DISAGREE, KEPT, MONEY, OWN, WHOLE, Known

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from flow.definitions.conditions import Cell, When
    from flow.definitions.flow import Branch, Field, Flow, Node

_TOLD = Known()


@dataclass(frozen=True, slots=True)
class Origins:
    """Where facts come from: what actions note of each, the form fields of each, and those that are asked for."""

    noted: dict[str, set[Any]]
    fields: dict[str, list[Field]]
    asked: set[str]

    def facts(self) -> set[str]:
        return self.noted.keys() | self.fields.keys() | self.asked


def row_problems(flow: Flow, known: Known | None) -> list[Problem]:
    """Every problem of the conditions at nodes, actions and levels."""
    domains, origins = domains_of(flow, known), origins_of(flow)
    found = []
    for node in (*flow.nodes.values(), flow.opening):
        said = [*_node_rows(node, domains), *_node_cells(node, origins, known, domains)]
        said += level_problems(node, _fixed(node, flow, known), domains)
        said += condition_problems(node, flow, domains) if is_conditional(node.form) else ()
        found += [problem.at_node(node.name) for problem in dict.fromkeys(said)]
    return found


def origins_of(flow: Flow) -> Origins:
    """Where the facts of a flow come from."""
    found = Origins({}, {}, set())
    for node in (*flow.nodes.values(), flow.opening):
        for item in node.form:
            found.fields.setdefault(item.name, []).append(item)
        for action in node.actions.values():
            found.asked.update(action.asks)
            for fact, value in action.sets.items():
                found.noted.setdefault(fact, set()).add(value if isinstance(value, bool) else word(value))
    return found


def domains_of(flow: Flow, known: Known | None) -> dict[str, Domain]:
    """What each fact can be, as far as the flow, the program and what is known around them say."""
    origins, told = origins_of(flow), known or _TOLD
    noted, fields = origins.noted, origins.fields
    kept = MONEY | WHOLE | CALENDAR
    found = {fact: domain_of(fact) for fact in kept} | {DISAGREE: Domain((True, False), always=True)}
    for fact in (noted.keys() | fields.keys() | told.words.keys()) - origins.asked - kept:
        open_ended = fact in told.facts or (fact in KEPT and fact not in told.words)
        kinds = {item.kind for item in fields.get(fact, ())}
        if any(item.per_line for item in fields.get(fact, ())):
            continue  # of several products each has its own
        if not open_ended and kinds <= {d.CHOICE} and (known or kinds):
            options = {option for item in fields.get(fact, ()) for option in item.options}
            every = noted.get(fact, set()) | options | told.words.get(fact, frozenset())
            found[fact] = Domain(tuple(sorted(every, key=str)))
        elif len(fields.get(fact, ())) == 1 and kinds <= {d.NUMBER, d.MONEY} and fact not in noted:
            found[fact] = _counted(fields[fact][0])
    return found


def domain_of(fact: str) -> Domain:
    """What a number, or a day, that the program keeps can be."""
    if fact in CALENDAR:
        return Domain(always=True)
    within = parse(fact, ">=0")
    if fact in WHOLE:
        return Domain(step=Decimal(1), within=within)
    return Domain(within=within, always=fact == "金额")


def _counted(item: Field) -> Domain:
    bounds = item.bounds or (">=0" if item.kind == d.MONEY else "")
    return Domain(within=parse(item.name, bounds))


def _node_rows(node: Node, domains: Mapping[str, Domain]) -> Iterator[Problem]:
    yield from _list_problems(node.branches, domains)
    for action in node.actions.values():
        wrong = _list_problems(action.branches, domains)
        yield from (problem.after(f"动作“{action.name}”的", action=action.name) for problem in wrong)


def _fixed(node: Node, flow: Flow, known: Known | None) -> frozenset[str]:
    """The facts that nobody changes while the levels of a node run; beside a fork's other branches that is none."""
    return frozenset() if flow.around.get(node.name) else MONEY | WHOLE | (known.fixed if known else frozenset())


def _list_problems(branches: tuple[Branch, ...], domains: Mapping[str, Domain]) -> Iterator[Problem]:
    for row in covered([branch.when for branch in branches], domains):
        is_spare = row.row == len(branches) - 1 and all(branches[n].when.cells for n in row.by)
        if is_spare and not branches[-1].when.cells:
            continue  # a last row for whatever nobody thought of is wanted, even where nothing is left for it
        masked, place = _row(branches, row.row), Place(way=row.row + 1)
        if row.by:
            yield Problem(f"{masked}永远轮不到：{'、'.join(_row(branches, n) for n in row.by)}已经包含它", place)
        else:
            yield Problem(f"{masked}的条件什么时候都不成立：{_spelt(branches[row.row].when)}", place)


def _row(branches: tuple[Branch, ...], n: int) -> str:
    name = branches[n].rule or f"去{branches[n].to}"
    return f"第 {n + 1} 条去向（{name}）"


def _spelt(when: When) -> str:
    return "、".join(f"{cell.fact} {cell.text}" for cell in when.cells)


def _node_cells(node: Node, origins: Origins, known: Known | None, domains: Mapping[str, Domain]) -> Iterator[Problem]:
    for where, cell, place in _conditions(node):
        yield from (Problem(f"{where}{words}", place) for words in _cell_problems(cell, origins, domains))
        strange = (known and not known.has_fact(cell.fact)) or (cell.fact == DISAGREE and place.way)
        if strange and cell.fact not in origins.facts():
            yield Problem(f"{where}条件里的“{cell.fact}”没有人知道：没有表单填它，也没有动作记它或问它", place)
    for action in node.actions.values():
        for fact in sorted(action.sets.keys() & OWN):
            yield Problem(f"动作“{action.name}”的“{fact}”由程序记，动作不能记它", Place(action=action.name))


def _conditions(node: Node) -> Iterator[tuple[str, Cell, Place]]:
    """Every cell with where it stands."""
    lists = {"": node.branches} | {action.name: action.branches for action in node.actions.values()}
    for action, branches in lists.items():
        where = f"动作“{action}”的" if action else ""
        for n, branch in enumerate(branches):
            place = Place(action=action, way=n + 1, of_cell=True)
            yield from ((f"{where}{_row(branches, n)}：", cell, place) for cell in branch.when.cells)
    for level in node.levels:
        place = Place(column="分级", level=level.name, of_cell=True)
        yield from ((f"分级“{level.name}”：", cell, place) for cell in level.when.cells)
    for item in node.form:
        place = Place(column="表单", of_cell=True)
        cells = (*item.when.cells, *item.required_when.cells)
        yield from ((f"表单“{item.name}”：", cell, place) for cell in cells)


def number_problem(cell: Cell) -> Iterator[str]:
    """A number that is asked for by a word: ``金额: 五十`` would never hold, and nobody would be told."""
    if cell.fact in MONEY | WHOLE and (words := sorted(cell.words - {YES, NO})):
        yield f"“{cell.fact}”是数字，要像 <=50、50~500 这样写，不能写“{'、'.join(words)}”"


def _cell_problems(cell: Cell, origins: Origins, domains: Mapping[str, Domain]) -> Iterator[str]:
    if any(item.kind == d.CHOICES for item in origins.fields.get(cell.fact, ())):
        yield f"“{cell.fact}”可以选几个，不能用在条件里，请改成单选"
    yield from number_problem(cell)
    options = {x for item in origins.fields.get(cell.fact, ()) if item.per_line for x in item.options}
    values = tuple(sorted(options)) or domains.get(cell.fact, ANYTHING).values
    if values is None:
        return
    can_be = {word(value) for value in values}
    for strange in sorted(cell.words - can_be - {NO, YES}):
        yield f"条件里的“{cell.fact}”不会是“{strange}”，可选 {'、'.join(sorted(can_be))}"
