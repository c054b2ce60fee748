"""What the whole business and the staff say of an edited workbook, led back to its cells.

The checks go layer by layer and stop at the first that finds something. So they run again with what is wrong put back
as it was, until nothing new is said: the rest of the file is told at once.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from flow.definitions import yamlfile
from flow.definitions.policy import AUTOMATIC
from flow.workbook import limits, moves, nodes, notices, problem_places, reasons, sheets, tiers
from flow.workbook.errors import Problem, Problems
from flow.workbook.words import plain

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from flow.workbook.sheets import Key, Source
    from flow.workbook.stamp import Stamp
    from flow.workbook.tables import Row, Table

Check = Callable[[dict["Key", str]], list[str]]
PASSES = 4
ELSEWHERE = "别处"  #: what other flows and tables say of it: they are not in the file
_FLOW_SHEETS = (nodes.SHEET, moves.SHEET, limits.SHEET)
_NODE = re.compile(r"节点“([^”]+)”(?:的“[^”]+”)?：")
_CONDITION = re.compile(r"条件里的“([^”]+)”(?:不会是“([^”]+)”)?|“([^”]+)”是数字|“([^”]+)”可以选几个")
_OWNER = re.compile(r"^(分级“[^”]+”的)?(?:负责人|团队|角色|否则的角色|分派表|首选|派法)“")
_SHOWN = re.compile(r"^(显示|抄送|回避)(?:里的)?“")
_TYPE = re.compile(r"退货类型(里)?“([^”]+)”(的流程)?")
_NOTICE = re.compile(r"通知“([^”]+)”")
_QUOTED = re.compile(r"“([^”]+)”")
_KEYS = {nodes.OWNER: nodes.OWNER, "派法": nodes.OWNER} | {key: key for key in ("分级", "表单", "显示", "抄送", "回避")}
_NAMED = re.compile(r"^（[^）]*）：")


@dataclass(frozen=True, slots=True)
class Edition:
    """An edited workbook: what it was made from, what it says now, and where that stands."""

    old: Source
    new: Source
    stamp: Stamp
    tables: Mapping[str, Table]
    rows: Sequence[int]  #: of the tiers


def complain(edition: Edition, bundle: Mapping[Key, str], check: Check, problems: Problems) -> None:
    """Add what ``check`` finds and nothing in the file has said already."""
    current, is_mended = edition.new, False
    for _ in range(PASSES):
        changed = sheets.changed(edition.old, current, edition.stamp.flow, edition.stamp.policy)
        if not changed:
            return
        said = check({**bundle, **{key: yamlfile.write(data) for key, data in changed.items()}})
        fresh = [place for words in said for place in _places(words, edition)]
        _add(fresh, edition, problems, is_mended=is_mended)
        before, current, is_mended = current, _mended(edition, problems), True
        if repr(before) == repr(current):
            return


def _add(fresh: Sequence[Problem], edition: Edition, problems: Problems, *, is_mended: bool) -> None:
    """Without what follows from something that has been told."""
    told, faulty = list(problems.found), _faulty(edition, problems)
    any_wrong = bool(faulty) or any(problem.sheet in _FLOW_SHEETS for problem in told)
    lost = faulty - edition.old.flow.get("节点", {}).keys() if is_mended else faulty  # nothing stands in for these
    for problem in fresh:
        if any_wrong and problem_places.is_of_all(problem.words):
            continue
        if _node_at(problem, edition) in lost and not _is_of_one_cell(problem):
            continue
        if not _is_told(problem, told):
            problems.at(problem.sheet, problem.row, problem.heading, problem.words)


def _is_of_one_cell(problem: Problem) -> bool:
    words = _NODE.sub("", problem.words, count=1)
    return any(pattern.search(words) for pattern in (_OWNER, _CONDITION, _SHOWN))


def _is_told(problem: Problem, told: Sequence[Problem]) -> bool:
    """The cell has been told of, or the same word of the sheet."""
    if problem.row:
        cells = [each for each in told if (each.sheet, each.row) == (problem.sheet, problem.row)]
        return any(not each.heading or not problem.heading or each.heading == problem.heading for each in cells)
    said = " ".join(each.words for each in told if each.sheet == problem.sheet)
    word = _QUOTED.search(problem.words)
    return problem.words in said or bool(word and word[0] in said)


# -- putting back ------------------------------------------------------------------------------------------------------


def _faulty(edition: Edition, problems: Problems) -> set[str]:
    """The nodes with a row that is wrong."""
    found = set()
    for name in _FLOW_SHEETS:
        wrong = problems.rows_of(name)
        found |= {plain(row[nodes.NAME]) for row in edition.tables[name].rows if row.number in wrong}
    return found


def _mended(edition: Edition, problems: Problems) -> Source:
    """The new definition with what the old one said where the new one is wrong."""
    old, new = edition.old, edition.new
    was = old.flow.get("节点", {})
    wrong = _wrong_parts(edition, problems)
    bodies = {name: _with_old(raw, was.get(name), wrong.get(name, set())) for name, raw in new.flow["节点"].items()}
    return replace(
        new,
        flow={**new.flow, "节点": bodies},
        policy={**new.policy, tiers.SHEET: _mended_tiers(edition, problems)},
        **{
            part: getattr(old, part)
            for part, name in (("reasons", reasons.SHEET), ("roles", "角色"), ("notices", notices.SHEET))
            if problems.rows_of(name)
        },
    )


def _wrong_parts(edition: Edition, problems: Problems) -> dict[str, set[str]]:
    """The keys of each node that are wrong; "" for all that the sheet 节点 says."""
    found: dict[str, set[str]] = {}
    for problem in problems.found:
        if node := _node_at(problem, edition):
            keys = {moves.SHEET: {"去", "动作"}, limits.SHEET: {limits.LIMIT_OF, "分级"}}.get(problem.sheet)
            found.setdefault(node, set()).update(keys or {_KEYS.get(problem.heading, "")})
    return found


def _with_old(new: Mapping[str, Any], old: Mapping[str, Any] | None, wrong: set[str]) -> Mapping[str, Any]:
    if not wrong or old is None:
        return new
    keys = ({*new, *old} - {"去", "动作"} if "" in wrong else set()) | wrong
    kept = {key: value for key, value in new.items() if key not in keys}
    return {**kept, **{key: value for key, value in old.items() if key in keys}}


def _mended_tiers(edition: Edition, problems: Problems) -> list[Any]:
    """Old tiers in place of wrong ones, and one for all amounts that nobody answers for."""
    wrong = problems.rows_of(tiers.SHEET)
    was = {tier.get(tiers.RULE): tier for tier in edition.old.policy.get(tiers.SHEET, [])}
    found = [
        was.get(tier.get(tiers.RULE), tier) if row in wrong else tier
        for row, tier in zip(edition.rows, edition.new.policy.get(tiers.SHEET, []), strict=True)
    ]
    return [*found, {tiers.RULE: "其余", tiers.APPROVER: AUTOMATIC}] if 0 in wrong else found


# -- places ------------------------------------------------------------------------------------------------------------


def _places(words: str, edition: Edition) -> Iterator[Problem]:
    """Where in the workbook a sentence of the check belongs."""
    flow, policy = edition.stamp.flow, edition.stamp.policy
    for start in (f"流程“{flow}” ", f"{flow}.yaml "):
        if words.startswith(start):
            yield from _of_flow(words.removeprefix(start), edition)
            return
    for start in (f"政策“{policy}”", f"{policy}.yaml"):
        if words.startswith(start):
            yield from _of_policy(words, start, edition)
            return
    yield _of_shared(words, edition)


def _of_flow(words: str, edition: Edition) -> Iterator[Problem]:
    alone = Problems()
    problem_places.flow_problems([words], edition.tables, alone)
    for problem in alone.found:
        node = _NODE.match(words)
        if node and not problem.heading:
            problem = _refined(problem, node[1], words[node.end() :], edition.tables)
        yield problem


def _refined(problem: Problem, node: str, words: str, tables: Mapping[str, Table]) -> Problem:
    """The very cell that names somebody or asks for something."""
    if owner := _OWNER.match(words):
        return replace(problem, heading="分级" if owner[1] else nodes.OWNER)
    if shown := _SHOWN.match(words):
        return replace(problem, heading=shown[1])
    if asked := _CONDITION.search(words):
        fact, strange = next(group for group in (asked[1], asked[3], asked[4]) if group), asked[2] or ""
        ways = [row for row in tables[moves.SHEET].rows if plain(row[moves.NODE]) == node]
        if row := next((row for row in ways if _asks(row[moves.WHEN], fact, strange)), None):
            return Problem(moves.SHEET, row.number, moves.WHEN, words)
        at = next((row.number for row in tables[nodes.SHEET].rows if plain(row[nodes.NAME]) == node), problem.row)
        return Problem(nodes.SHEET, at, "分级", f"节点“{node}”：{words}")
    return problem


def _asks(cell: str, fact: str, strange: str) -> bool:
    said = plain(cell)
    return fact in said and strange in said


def _of_policy(words: str, start: str, edition: Edition) -> Iterator[Problem]:
    alone = Problems()
    problem_places.policy_problems([words], edition.rows, start, alone)
    headings = edition.tables[tiers.SHEET].headings
    for problem in alone.found:
        text = _NAMED.sub("", problem.words)
        fact = _QUOTED.search(text)
        asked = fact[1] if fact and fact[1] in headings else ""
        heading = problem.heading if problem.heading in headings else asked
        yield replace(problem, heading=heading, words=text)


def _of_shared(words: str, edition: Edition) -> Problem:
    if found := _TYPE.match(words):
        sheet = edition.tables[reasons.SHEET]
        rows = [row for row in sheet.rows if found[2] in _names(row)]
        own = next((row for row in rows if plain(row[reasons.TYPE]) == found[2]), rows[0] if rows else None)
        heading = reasons.FLOW if found[3] else reasons.TYPE if own and plain(own[reasons.TYPE]) == found[2] else "别名"
        return Problem(sheet.name, own.number if own else 0, heading, words + _where_else(found, rows))
    if found := _NOTICE.match(words):
        sheet = edition.tables[notices.SHEET]
        row = next((row.number for row in sheet.rows if plain(row[notices.MOMENT]) == found[1]), 0)
        return Problem(sheet.name, row, "", words)
    return Problem(ELSEWHERE, 0, "", words)


def _where_else(found: re.Match[str], rows: Sequence[Row]) -> str:
    """Where a word stands that is written twice."""
    if not found[1]:
        return ""
    listed = "、".join(str(row.number) for row in rows)
    return f"（第 {listed} 行）" if len(rows) > 1 else "（同一行的“别名”列也写了它）"


def _names(row: Row) -> list[str]:
    """What a return type is called, its aliases too."""
    return [plain(row[reasons.TYPE]), *(plain(each) for each in re.split("[、,，;；]", row[reasons.ALIASES]))]


def _node_at(problem: Problem, edition: Edition) -> str:
    """The node of the row that is told of; none where it is not one of a flow's sheets."""
    if problem.sheet not in _FLOW_SHEETS:
        return ""
    rows = edition.tables[problem.sheet].rows
    return next((plain(row[nodes.NAME]) for row in rows if row.number == problem.row), "")
