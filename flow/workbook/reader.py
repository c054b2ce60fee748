"""Reads an edited workbook back: everything that is wrong at once, or the texts that changed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from flow.definitions import yamlfile
from flow.definitions.business import FLOW, POLICY, business_of
from flow.definitions.renaming import applied
from flow.errors import DefinitionError
from flow.validation.flows import flow_of
from flow.validation.policies import parse_policy
from flow.workbook import (
    business_check,
    flows,
    identity,
    notices,
    problem_places,
    reasons,
    references,
    roles,
    sheets,
    tiers,
)
from flow.workbook import stamp as stamps
from flow.workbook.errors import Problems, WorkbookError
from flow.workbook.file import opened
from flow.workbook.headings import to_table

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from flow.workbook.business_check import Check
    from flow.workbook.file import Sheet
    from flow.workbook.sheets import Key, Source
    from flow.workbook.stamp import Stamp
    from flow.workbook.tables import Table

_POLICY_SOURCE = "政策"
_COPY = re.compile(r"(.+?)[ _]*(?:\d+|[(（]\d+[)）])")  #: 时限 (2), 时限_2
_SHARED = {sheets.REASONS: reasons.SHEET, sheets.NOTICES: notices.SHEET}


@dataclass(frozen=True, slots=True)
class Edited:
    """What an edited workbook changes: only the texts whose data are not what they were."""

    texts: dict[Key, str]
    stamp: Stamp


def read_stamp(data: bytes) -> Stamp:
    """What a workbook was made from. Raises WorkbookError for a file that is none of ours."""
    found, _ = opened(data, {stamps.SHEET}, Problems())
    return stamps.read(found.get(stamps.SHEET))


def read_workbook(data: bytes, bundle: Mapping[Key, str], check: Check | None = None) -> Edited:
    """The changes of a workbook against the ``bundle`` that it was made from; ``check`` knows the whole business.

    Raises WorkbookError with every problem of the file, its cells, its references and the definition as a whole.
    """
    problems = Problems()
    found, names = opened(data, {*sheets.NAMES, stamps.SHEET}, problems)
    stamp = stamps.read(found.pop(stamps.SHEET, None))
    _check_names(stamp, bundle)
    old = sheets.source(bundle, stamp.flow, stamp.policy)
    shown = sheets.show(old)
    tables = _tables(found, names, shown, problems)
    moved = identity.renames(tables, old, stamp.flow, problems)
    bundle_now = {**bundle, **applied(bundle, moved)} if moved else bundle
    before = sheets.source(bundle_now, stamp.flow, stamp.policy) if moved else old
    tables = identity.followed(tables, moved)
    new, rows = _source(tables, before, problems)
    new = identity.in_source(new, moved, stamp) if moved else new
    references.check(tables, sheets.show(before), [name for kind, name in bundle if kind == FLOW], problems)
    texts = _changed(old, new, stamp, bundle)
    _check_flow_and_policy(new, tables, rows, problems)
    _check_business(bundle_now, texts, tables, problems)
    if check:
        edition = business_check.Edition(before, new, stamp, tables, rows, bool(moved))
        business_check.complain(edition, bundle_now, check, problems)
    problems.raise_any(sheets.NAMES)
    return Edited(texts, stamp)


def _check_names(stamp: Stamp, bundle: Mapping[Key, str]) -> None:
    wanted = ((FLOW, stamp.flow, "流程"), (POLICY, stamp.policy, "政策"))
    gone = [
        f"这份表是{what}“{name}”的，现在没有它了；请重新导出"
        for kind, name, what in wanted
        if (kind, name) not in bundle
    ]
    if gone:
        raise WorkbookError(gone)


def _tables(
    found: Mapping[str, Sheet], names: Sequence[str], shown: Mapping[str, Table], problems: Problems
) -> dict[str, Table]:
    """Every sheet under its headings; for one that cannot be read the old one stands in."""
    strange = [name for name in names if name not in (*sheets.NAMES, *sheets.HIDDEN)]
    _check_copies(strange, found, problems)
    tables = {}
    for name, table in shown.items():
        read = _table(found.get(name), table, strange, problems)
        if read is None:
            problems.closed.add((name, 0))
        tables[name] = read or table
    return tables


def _check_copies(strange: Iterable[str], found: Collection[str], problems: Problems) -> None:
    """Somebody may have edited the copy, and would hear that nothing has changed."""
    for copy in strange:
        match = _COPY.fullmatch(copy)
        if match and match[1] in found:
            problems.at(match[1], 0, "", f"还有一张副本“{copy}”，不知道看哪张；改动写在“{match[1]}”里，副本请删掉")


def _table(sheet: Sheet | None, shown: Table, strange: Sequence[str], problems: Problems) -> Table | None:
    name = shown.name
    if sheet is None:
        there = f"文件里有“{'”“'.join(strange)}”，要改回“{name}”" if strange else "请从机器人重新导出"
        problems.at(name, 0, "", f"缺少这张工作表，{there}")
        return None
    for place in sheet.merged:
        problems.at(name, 0, "", f"{place} 合并了，请取消合并，每个格子都写上")
    table = to_table(sheet, shown, problems, may_add=name in sheets.MAY_ADD)
    return None if sheet.merged else table


def _source(tables: Mapping[str, Table], old: Source, problems: Problems) -> tuple[Source, list[int]]:
    """The definition as the sheets say it, and the row of each tier."""
    policy, rows = tiers.read(tables[tiers.SHEET], old.policy, problems)
    source = sheets.Source(
        flows.read(tables, old.flow, problems),
        policy,
        reasons.read(tables[reasons.SHEET], old.reasons, problems),
        roles.read(tables[roles.SHEET], old.roles, problems),
        notices.read(tables[notices.SHEET], old.notices, problems),
    )
    return source, rows


def _check_flow_and_policy(new: Source, tables: Mapping[str, Table], rows: Sequence[int], problems: Problems) -> None:
    """What the parsers say of the definition as a whole."""
    try:
        flow_of(new.flow, "")
    except DefinitionError as error:
        problem_places.flow_problems(error.problems, tables, problems)
    try:
        parse_policy(yamlfile.write(new.policy), _POLICY_SOURCE)
    except DefinitionError as error:
        problem_places.policy_problems(error.problems, rows, tables[tiers.SHEET], problems)


def _check_business(
    bundle: Mapping[Key, str], texts: Mapping[Key, str], tables: Mapping[str, Table], problems: Problems
) -> None:
    """What the parsers say of the texts that are the same for every flow, where they changed."""
    readable = {sheets.ROLES} | {key for key, name in _SHARED.items() if not problems.rows_of(name)}
    fresh = {key: text for key, text in texts.items() if key in readable}
    try:
        if fresh:
            business_of({**bundle, **fresh})
    except DefinitionError as error:
        problem_places.business_problems(error.problems, tables, problems)


def _changed(old: Source, new: Source, stamp: Stamp, bundle: Mapping[Key, str]) -> dict[Key, str]:
    found = sheets.changed(old, new, stamp.flow, stamp.policy)
    return {key: _comment(bundle.get(key, "")) + yamlfile.write(data) for key, data in found.items()}


def _comment(text: str) -> str:
    """The lines of comment that a text begins with."""
    lines = text.splitlines(keepends=True)
    last = next((n for n, line in enumerate(lines) if not line.startswith("#")), len(lines))
    return "".join(lines[:last])
