"""Rows of what is no policy: days that do not count, tables of who gets the work; and the order of any rows. Pure."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING, Any

from flow.definitions.automation_reader import NAME as RULE_NAME
from flow.definitions.automation_reader import TITLE as RULES_TITLE
from flow.definitions.business import POLICY
from flow.definitions.choices import PAUSES
from flow.definitions.conditions import CellError
from flow.definitions.table_text import COLUMNS, OF_ALL
from flow.edits.sentence import clauses, conditions, listed, new_name, one_of, plain
from flow.edits.working_copy import ASSIGNMENTS, RULES
from flow.errors import PolicyRefused
from flow.workbook.owners import FLAGS, NAMED, read_owner

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flow.edits.sentence import Sentence
    from flow.edits.working_copy import Book, Edit

CHOICES, WHEN, AT, TO_WHOM = "choices", "当", "在", "派给"
NAME, RULE, ASSIGNMENT = "名", "规则", "分派表"
CHARS = 20
_ENDS = ("最前", "最后")
_DATE = r"(\d{4})\s*[-年./]\s*(\d{1,2})\s*[-月./]\s*(\d{1,2})\s*日?"
_SPAN = re.compile(rf"(?:从\s*)?{_DATE}(?:\s*(?:到|至|~)\s*{_DATE})?")
_AT = re.compile(r"(?<=\s)在(?=[^\s,，]+(?:之前|之后|前面|后面)(?:[\s,，]|$))")
_PLACE = re.compile(r"^(?P<beside>.+?)\s*(?P<side>之前|以前|前面|前|之后|以后|后面|后)$")


def is_table(word: str, book: Book) -> bool:
    """Whether a word names the days that do not count, or a table of who gets the work."""
    return word in (PAUSES, ASSIGNMENT, *book.table(ASSIGNMENTS))


def add(sentence: Sentence, book: Book) -> Edit:
    """A further row of one of them."""
    if sentence.words[0] == PAUSES:
        return _pause(sentence.after(1), book)
    table, rest = _assignment(sentence)
    if len(rest.words) < 2:
        raise _unclear_row()
    tables = book.table(ASSIGNMENTS)
    rows = [dict(row) for row in tables.get(table) or ()]
    said = clauses(_AT.sub(f"{AT} ", rest.prose(1)), (TO_WHOM, WHEN, AT))
    if said[""] or not said.get(TO_WHOM):
        raise _unclear_row(said[""])
    name = new_name(rest.words[0], (str(row[RULE]) for row in rows), RULE, CHARS)
    when = conditions(plain(said[WHEN])) if said.get(WHEN) else {}
    row = {RULE: name, **when, TO_WHOM: owner_said(plain(said[TO_WHOM]), book)}
    place = placed(said.get(AT, ""), [str(each[RULE]) for each in rows], table, last=not when)
    told = f"分派表 {table}：增加 {name}" + ("" if when else f"；没有写“{WHEN}”，别的行都不符合的就归它，放在最后")
    if table not in tables:
        told += f"；这是一张新的分派表，用它请写：流程 节点 负责人 分派表 {table}"
    return book.with_table(ASSIGNMENTS, {**tables, table: [*rows[:place], row, *rows[place:]]}, told)


def _unclear_row(word: str = "") -> PolicyRefused:
    why = f"“{word}”没有看懂" if word else "没有看懂"
    return PolicyRefused(f"{why}，例如：增加行 维修分派 夜班 派给 维修主管 同区域 派法 轮流 当 紧急=是")


def _assignment(sentence: Sentence) -> tuple[str, Sentence]:
    """The table, which is new where 分派表 stands before its name."""
    explicit = sentence.words[0] == ASSIGNMENT
    rest = sentence.after(1) if explicit else sentence
    if not rest.words:
        raise _unclear_row()
    return new_name(rest.words[0], (), ASSIGNMENT, CHARS), rest.after(1)


def owner_said(text: str, book: Book) -> dict[str, Any]:
    """``维修主管 同区域 派法 轮流 否则 客服主管``: an owner rule; a bare role is one. Raises PolicyRefused."""
    said = clauses(text, (*NAMED, *FLAGS))
    bare = said.pop("")
    parts = [f"角色 {book.role(bare)}"] if bare else []
    for key, value in said.items():
        role = key in ("角色", "否则")
        parts.append(key if key in FLAGS and not value else f"{key} {book.role(value) if role else value}")
    try:
        return read_owner("；".join(parts))
    except CellError as error:
        raise PolicyRefused(f"{TO_WHOM}“{text}”：{error}") from error


def _pause(rest: Sentence, book: Book) -> Edit:
    """``春节 2027-02-05 到 2027-02-13``: both ends belong to it."""
    words = rest.words
    match = _SPAN.fullmatch(" ".join(words[1:])) if len(words) > 1 else None
    if match is None:
        raise PolicyRefused(f"请写成：增加行 {PAUSES} 春节 2027-02-05 到 2027-02-13；年份要写")
    data = book.read(CHOICES, CHOICES)
    rows = [dict(row) for row in data.get(PAUSES) or ()]
    name = new_name(words[0], (str(row[NAME]) for row in rows), "名字", CHARS)
    first = _day(match, 1)
    last = _day(match, 4) if match[4] else first
    if last < first:
        raise PolicyRefused(f"{last} 在 {first} 之前，什么都没有改")
    fresh = [*rows, {NAME: name, "从": first, "到": last}]
    told = f"{PAUSES}增加 {name}：{first} 到 {last}，不算进签收天数"
    return book.write(CHOICES, CHOICES, {**data, PAUSES: fresh}, told)


def _day(match: re.Match[str], n: int) -> date:
    try:
        return date(*(int(match[i]) for i in range(n, n + 3)))
    except ValueError:
        raise PolicyRefused(f"没有 {match[n]}-{match[n + 1]}-{match[n + 2]} 这一天") from None


def remove(sentence: Sentence, book: Book) -> Edit:
    """A row less of one of them; the last row of a table of work takes the table along."""
    if sentence.words[0] == PAUSES:
        data = book.read(CHOICES, CHOICES)
        rows = list(data.get(PAUSES) or ())
        gone = one_of(sentence.after(1).text, (str(row[NAME]) for row in rows), f"{PAUSES}的行")
        kept = [row for row in rows if str(row[NAME]) != gone]
        return book.write(CHOICES, CHOICES, {**data, PAUSES: kept}, f"{PAUSES}删除 {gone}")
    table, rest = _assignment(sentence)
    tables = book.table(ASSIGNMENTS)
    table = one_of(table, tables, ASSIGNMENT)
    rows = [dict(row) for row in tables[table]]
    gone = one_of(rest.text, (str(row[RULE]) for row in rows), f"{table}的行")
    kept = [row for row in rows if str(row[RULE]) != gone]
    fresh = {name: body for name, body in tables.items() if name != table} | ({table: kept} if kept else {})
    ordered = {name: fresh[name] for name in tables if name in fresh}
    return book.with_table(
        ASSIGNMENTS, ordered, f"分派表 {table}：删除 {gone}{'' if kept else '，这张表没有行了，一起去掉'}"
    )


# -- order -------------------------------------------------------------------------------------------------------------


def move(sentence: Sentence, book: Book) -> Edit:
    """A row before or behind another, first or last, in any table that is read from the top."""
    policy, rest = book.policy_meant(sentence)
    rest = rest.without(lambda text: _AT.sub(f"{AT} ", text))
    said = clauses(rest.after(1).text, (AT, "到"))
    if len(rest.words) < 3 or not (place := said.get(AT) or said.get("到")):
        raise sentence.unclear()
    table = one_of(rest.words[0], (*COLUMNS, *book.table(ASSIGNMENTS), RULES_TITLE), "表")
    kind, name, key = _where(table, policy)
    data = book.read(kind, name)
    held = dict(data[ASSIGNMENT]) if kind == ASSIGNMENTS else data
    rows = [dict(row) for row in held.get(table) or ()]
    names = [str(row[key]) for row in rows]
    moved = one_of(said[""], names, f"{table}的行")
    left = [row for row in rows if str(row[key]) != moved]
    at = placed(place, [each for each in names if each != moved], table, last=False)
    fresh = [*left[:at], rows[names.index(moved)], *left[at:]]
    changed = {**data, ASSIGNMENT: {**held, table: fresh}} if kind == ASSIGNMENTS else {**data, table: fresh}
    told = f"{table}：{moved} 移到{'第 1' if not at else f'第 {at + 1}'} 行，从上往下第一条符合的算数"
    return book.write(kind, name, changed, told)


def tables_of(book: Book) -> dict[str, list[str]]:
    """Every table of rows with what its rows are called, in the policy that is meant where none is named."""
    found: dict[str, list[str]] = {}
    for table in (*COLUMNS, *book.table(ASSIGNMENTS), RULES_TITLE):
        kind, name, key = _where(table, book.policy)
        if (kind, name) in book.bundle:
            data = book.read(kind, name)
            held = dict(data[ASSIGNMENT]) if kind == ASSIGNMENTS else data
            found[table] = [str(row[key]) for row in held.get(table) or ()]
    return found


def _where(table: str, policy: str) -> tuple[str, str, str]:
    """The file of a table, and the column that its rows are called by."""
    if table == RULES_TITLE:
        return RULES, RULES, RULE_NAME
    if table not in COLUMNS:
        return ASSIGNMENTS, ASSIGNMENTS, RULE
    return (CHOICES, CHOICES, COLUMNS[table][0]) if table in OF_ALL else (POLICY, policy, COLUMNS[table][0])


def placed(said: str, names: Sequence[str], table: str, *, last: bool) -> int:
    """Where a row goes: first, or ``last``, unless ``组长审批 之后`` says else. Raises PolicyRefused, NotFound."""
    if not said:
        return len(names) if last else 0
    if said in _ENDS:
        return _ENDS.index(said) and len(names)
    if not (match := _PLACE.match(plain(said))):
        raise PolicyRefused(f"“{AT} {said}”看不懂，应像 {AT} 组长审批 之后、{AT} 最前；有：{listed(names)}")
    beside = names.index(one_of(match["beside"], names, f"{table}的行"))
    return beside + ("后" in match["side"])
