"""增加行, 删除行: rows of a policy's tables and of the choices between policies, addresses and customers. Pure."""

from __future__ import annotations

import re
from itertools import chain
from typing import TYPE_CHECKING, Any

from flow.definitions.business import POLICY
from flow.definitions.charges import TABLE as CHARGES
from flow.definitions.policy import AUTOMATIC, OWN
from flow.definitions.schema import Value, words_of
from flow.definitions.table_text import COLUMNS, KEYS, OF_ALL
from flow.definitions.vocabulary import RISKY
from flow.edits import other_rows
from flow.edits.charges import formula_said
from flow.edits.policy_rows import NAME
from flow.edits.quantities import people_count
from flow.edits.rules import on_which_day, written
from flow.edits.sentence import amount, clauses, conditions, one_of, plain
from flow.errors import PolicyRefused

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flow.definitions.schema import Key
    from flow.edits.sentence import Sentence
    from flow.edits.working_copy import Book, Data, Edit

CHOICES, WHEN, AT = "choices", "当", "在"
NAME_CHARS = 20
FOR_PEOPLE = words_of(chain.from_iterable(KEYS.values()), Value.PROSE)
_AFTER_NAME = re.compile(r"^([^\s,，;；]+)\s*[,，;；]\s*")
_AT = re.compile(r"(?<=\s)在(?=[^\s,，]+(?:之前|之后|前面|后面)(?:[\s,，]|$))")


def add(sentence: Sentence, book: Book) -> Edit:
    """A further row, looked at before the others unless the sentence says where."""
    if sentence.words and other_rows.is_table(sentence.words[0], book):
        return other_rows.add(sentence, book)
    table, kind, name, rest = _meant(sentence, book, 2)
    rest = rest.without(lambda text: _AFTER_NAME.sub(r"\1 ", text))
    typed, own = rest.words[0], COLUMNS[table][1:]
    rows = _rows(book, kind, name, table)
    said = clauses(_AT.sub(f"{AT} ", rest.prose(1)), (*own, WHEN, AT), FOR_PEOPLE)
    if said[""]:
        raise sentence.unclear(f"“{said['']}”没有看懂，{table}的一行可以写 {'、'.join((*own, WHEN))}")
    called = _called(typed, table, rows, book)
    cells: Data = {COLUMNS[table][0]: called} | (conditions(plain(said[WHEN])) if said.get(WHEN) else {})
    cells |= {
        column: _value(key, said[column], book) for key in KEYS[table][1:] for column in key.words if said.get(column)
    }
    bare = table != OWN and not said.get(WHEN)
    names = [str(row[COLUMNS[table][0]]) for row in rows]
    place = other_rows.placed(said.get(AT, ""), names, table, last=bare or table == CHARGES)
    _refuse_all(cells, table, bare=bare)
    rest_of_them = "" if not bare else f"；没有写“{WHEN}”，{_without_conditions(table)}"
    told = f"{table}增加 {called}{rest_of_them}"
    told += on_which_day(table, cells)
    return _put(book, (kind, name, table), [*rows[:place], cells, *rows[place:]], told)


def _refuse_all(cells: Data, table: str, *, bare: bool) -> None:
    """A row without conditions fits every case: as a limit or a suspicion it would stop them all."""
    outcome = f"{cells.get('结果')}" if table == "资格" else "是风险客户"
    if bare and (table == RISKY or (table == "资格" and "结果" in cells)):
        raise PolicyRefused(f"没有写“{WHEN}”，所有的单都会{outcome}；请写上条件，例如 {WHEN} 签收天数>30")


def _without_conditions(table: str) -> str:
    return "每张单都算" if table == CHARGES else "别的行都不符合的单就归它，放在最后"


def remove(sentence: Sentence, book: Book) -> Edit:
    """A row less."""
    if sentence.words and other_rows.is_table(sentence.words[0], book):
        return other_rows.remove(sentence, book)
    table, kind, name, rest = _meant(sentence, book, 2)
    rows = _rows(book, kind, name, table)
    gone = one_of(rest.text, (str(row[COLUMNS[table][0]]) for row in rows), f"{table}的行")
    kept = [row for row in rows if str(row[COLUMNS[table][0]]) != gone]
    return _put(book, (kind, name, table), kept, f"{table}删除 {gone}")


def _meant(sentence: Sentence, book: Book, least: int) -> tuple[str, str, str, Sentence]:
    """The table, in which definition, and the words after its name."""
    policy, rest = book.policy_meant(sentence)
    if len(rest.words) < least:
        raise sentence.unclear()
    table = one_of(rest.words[0], COLUMNS, "表")
    where = (CHOICES, CHOICES) if table in OF_ALL else (POLICY, policy)
    return table, *where, rest.after(1)


def _rows(book: Book, kind: str, name: str, table: str) -> list[Data]:
    return [dict(row) for row in book.read(kind, name).get(table) or ()]


def _called(word: str, table: str, rows: Sequence[Data], book: Book) -> str:
    if table == OWN:
        return book.role(word)
    return book.fresh(word, (str(row[NAME]) for row in rows), "规则", NAME_CHARS)


def _value(key: Key, text: str, book: Book) -> Any:
    """A cell as the file has it."""
    flat = plain(text)
    if key.value is Value.APPROVER:
        return AUTOMATIC if flat == AUTOMATIC else book.role(flat)
    if key.value is Value.POLICY:
        return book.policy_called(flat)
    if key.value is Value.ROLES:
        return [book.role(each) for each in re.split(r"[、,/\s]+", flat) if each]
    if key.value is Value.AMOUNT:
        return written(amount(flat))
    if key.value is Value.COUNT:
        return people_count(flat)
    if key.value is Value.FORMULA:
        return formula_said(text)
    return text if key.value is Value.PROSE else flat


def _put(book: Book, where: tuple[str, str, str], rows: list[Data], said: str) -> Edit:
    kind, name, table = where
    before, data = (f"政策 {book.title(name)}：" if kind == POLICY else ""), book.read(kind, name)
    if kind == POLICY and not rows:  # as a policy without such a table is written
        return book.write(kind, name, {key: value for key, value in data.items() if key != table}, f"{before}{said}")
    return book.write(kind, name, {**data, table: rows}, f"{before}{said}")
