"""Levels of a node that no case ever comes to, above all those for two who differ. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flow.definitions.conditions import When
from flow.engine.signatures import decides_alone
from flow.errors import Place, Problem
from flow.validation.coverage import covered
from flow.validation.surroundings import DISAGREE

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from flow.definitions.flow import Level, Node
    from flow.validation.coverage import Domain


def level_problems(node: Node, fixed: frozenset[str], domains: Mapping[str, Domain]) -> Iterator[Problem]:
    """A sentence for each level whose condition never holds; ``fixed`` are facts that stay while the levels run."""
    come_to: list[Level] = []
    for level in node.levels:
        if covered([level.when], domains):
            yield Problem(f"分级“{level.name}”的条件什么时候都不成立", _at(level))
        elif why := _never_differ(level, come_to, node, fixed, domains):
            yield Problem(f"分级“{level.name}”的条件“{_spelt(level)}”什么时候都不成立：{why}", _at(level))
        else:
            come_to.append(level)


def _at(level: Level) -> Place:
    return Place(column="分级", level=level.name)


def _never_differ(
    level: Level, before: list[Level], node: Node, fixed: frozenset[str], domains: Mapping[str, Domain]
) -> str:
    """Why the two who looked before cannot have chosen differently; nothing where they can, or need not."""
    asks = [cell for cell in level.when.cells if cell.fact == DISAGREE]
    if all(cell({DISAGREE: False}) for cell in asks):
        return ""
    choices = [a.name for a in node.actions.values() if not (a.hands_over or decides_alone(node, a, {}))]
    if len(choices) < 2:
        return f"这个节点只有“{'”“'.join(choices)}”一个选择，前面的人选不出不一样的"
    if len(before) < 2:
        return f"它前面只有“{before[0].name}”一级会看，要两级看过才分得出分歧" if before else "它前面没有人看"
    seconds = before[1:]
    if all(covered([_both(level, second, fixed)], domains) for second in seconds):
        return f"要“{'”“'.join(second.name for second in seconds)}”看过才分得出分歧，可是两边的条件合不到一起"
    return ""


def _both(one: Level, other: Level, fixed: frozenset[str]) -> When:
    return When(tuple(cell for level in (one, other) for cell in level.when.cells if cell.fact in fixed))


def _spelt(level: Level) -> str:
    return "、".join(f"{cell.fact} {cell.text}" for cell in level.when.cells)
