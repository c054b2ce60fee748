"""Owner rules that name nobody, or somebody who does not exist; levels that cannot be climbed. Pure."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

from flow.definitions.flow import DEALING
from flow.errors import Place, Problem
from flow.validation.surroundings import PEOPLE, Known

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flow.definitions.flow import Node, OwnerRule

CREATOR = "提交人"
MAX_LEVELS = 3
_NOTHING = Known()
_OWNER = Place(column="负责人", of_cell=True)


def owner_problems(node: Node, known: Known | None) -> list[str]:
    """Every problem of whom a node's tasks go to."""
    found = rule_problems(node.owner, known or _NOTHING) if node.owner else []
    for level in node.levels:
        if level.owner:
            wrong = map(Problem.of, rule_problems(level.owner, known or _NOTHING))
            found += [problem.after(f"分级“{level.name}”的", column="分级", level=level.name) for problem in wrong]
    return [*found, *_kept_apart(node), *_level_problems(node), *_copies(node, known or _NOTHING)]


def rule_problems(rule: OwnerRule, known: Known) -> list[str]:
    """Every problem of one owner rule."""
    found: list[str] = [Problem(words, _OWNER) for words in _named_nobody(rule, known)]
    if rule.ways() != 1:
        found.append("负责人要写“角色”，或“审批表: true”，或 人、团队、分派表、提交人上级 里的一样")
    if rule.dealing not in DEALING:
        found.append(Problem(f"派法“{rule.dealing}”不认识，可选 {'、'.join(DEALING)}", replace(_OWNER, column="派法")))
    if rule.prefer and rule.prefer not in PEOPLE:
        words = f"首选“{rule.prefer}”不是一个人，可选 {'、'.join(sorted(PEOPLE))}"
        found.append(Problem(words, replace(_OWNER, column="")))
    return found


def _named_nobody(rule: OwnerRule, known: Known) -> Iterator[str]:
    for key, role in (("角色", rule.role), ("否则的角色", rule.fallback)):
        if role and known.roles is not None and role not in known.roles:
            yield f"{key}“{role}”不存在，可选 {'、'.join(sorted(known.roles))}"
        elif role and known.held is not None and role not in known.held:
            yield f"{key}“{role}”现在没有人，先给员工加上这个角色"
    if rule.person and known.people is not None and rule.person not in known.people:
        yield f"负责人“{rule.person}”不在员工名单里"
    if rule.team and known.teams is not None and rule.team not in known.teams:
        yield f"团队“{rule.team}”里没有员工"
    if rule.table and known.tables is not None and rule.table not in known.tables:
        yield f"分派表“{rule.table}”不存在，可选 {'、'.join(sorted(known.tables)) or '（还没有分派表）'}"


def _kept_apart(node: Node) -> Iterator[str]:
    """Nobody approves what they asked for."""
    if node.owner and node.owner.by_policy and CREATOR not in node.avoids:
        yield f"按审批表决定的节点要写“回避: [{CREATOR}]”，自己不能批自己的单"
    for name in node.avoids:
        if name not in PEOPLE:
            yield Problem(f"回避“{name}”不认识，可选 {'、'.join(sorted(PEOPLE))}", Place(column="回避", of_cell=True))


def _level_problems(node: Node) -> Iterator[str]:
    names = [level.name for level in node.levels]
    if not names:
        return
    if not 2 <= len(names) <= MAX_LEVELS:
        yield f"分级要有 2 到 {MAX_LEVELS} 级，现在有 {len(names)} 级"
    if len(set(names)) < len(names):
        yield "每一级的名字不能相同"
    owners = [level.owner or node.owner for level in node.levels]
    alone = Counter(owner.person for owner in owners if owner and owner.person)
    for person, times in alone.items():
        if times > 1:
            yield f"{times} 级都是“{person}”一个人，每一级要由不同的人看，请给各级分别写负责人"
    if node.levels[0].when.cells:
        yield f"第一级“{names[0]}”不能带条件，否则可能没有人看"


def _copies(node: Node, known: Known) -> Iterator[str]:
    for role in node.copies:
        if known.roles is not None and role not in known.roles:
            words = f"抄送的角色“{role}”不存在，可选 {'、'.join(sorted(known.roles))}"
            yield Problem(words, Place(column="抄送"))
