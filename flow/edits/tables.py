"""增加行, 删除行: rows of a policy's tables and of the choices between policies, addresses and customers. Pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from flow.business import POLICY
from flow.choices import ADDRESSES, POLICIES, WAREHOUSE
from flow.edits.rules import APPROVER, NAME, written
from flow.edits.sentence import amount, clauses, conditions, new_name, one_of, plain
from flow.errors import PolicyRefused
from flow.firstfacts import RISKY
from flow.policy import AUTOMATIC, BORNE, OWN

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from flow.edits.book import Book, Data, Edit
    from flow.edits.sentence import Sentence

CHOICES, ROLE, WHEN, AT = "choices", "角色", "当", "在"
NAME_CHARS = 20
#: the columns of each table that are no conditions
TABLES: Mapping[str, tuple[str, ...]] = {
    "审批表": (APPROVER, "退款时机"), "资格": ("结果", "说明", "可例外"), "承担": BORNE,
    OWN: ("每单", "每天", "退款时机"), POLICIES: ("政策",),
    ADDRESSES: ("收件人", "电话", "地址", WAREHOUSE), RISKY: (),
}  # fmt: skip
_OF_CHOICES = (POLICIES, ADDRESSES, RISKY)
_PLACE = re.compile(r"^(?P<beside>.+?)\s*(?P<side>之前|前面|前|之后|后面|后)$")


def add(sentence: Sentence, book: Book) -> Edit:
    """A further row, looked at before the others unless the sentence says where."""
    table, kind, name, rest = _meant(sentence, book, 2)
    typed, own = rest.words[0], TABLES[table]
    rows = _rows(book, kind, name, table)
    said = clauses(rest.prose(1), (*own, WHEN, AT))
    if said[""]:
        raise sentence.unclear(f"“{said['']}”没有看懂，{table}的一行可以写 {'、'.join((*own, WHEN))}")
    called = _called(typed, table, rows, book)
    cells: Data = {_key(table): called} | (conditions(plain(said[WHEN])) if said.get(WHEN) else {})
    cells |= {column: _value(column, said[column], book) for column in own if said.get(column)}
    place = _place(said.get(AT, ""), rows, table)
    return _put(book, (kind, name, table), [*rows[:place], cells, *rows[place:]], f"{table}增加 {called}")


def remove(sentence: Sentence, book: Book) -> Edit:
    """A row less."""
    table, kind, name, rest = _meant(sentence, book, 2)
    rows = _rows(book, kind, name, table)
    gone = one_of(rest.text, (str(row[_key(table)]) for row in rows), f"{table}的行")
    kept = [row for row in rows if str(row[_key(table)]) != gone]
    return _put(book, (kind, name, table), kept, f"{table}删除 {gone}")


def _meant(sentence: Sentence, book: Book, least: int) -> tuple[str, str, str, Sentence]:
    """The table, in which definition, and the words after its name."""
    policy, rest = book.policy_meant(sentence)
    if len(rest.words) < least:
        raise sentence.unclear()
    table = one_of(rest.words[0], TABLES, "表")
    where = (CHOICES, CHOICES) if table in _OF_CHOICES else (POLICY, policy)
    return table, *where, rest.after(1)


def _key(table: str) -> str:
    """What a row of a table is called by."""
    return ROLE if table == OWN else NAME


def _rows(book: Book, kind: str, name: str, table: str) -> list[Data]:
    return [dict(row) for row in book.read(kind, name).get(table) or ()]


def _called(word: str, table: str, rows: Sequence[Data], book: Book) -> str:
    if table == OWN:
        return book.role(word)
    return new_name(word, (str(row[NAME]) for row in rows), "规则", NAME_CHARS)


def _value(column: str, text: str, book: Book) -> Any:
    """A cell as the file has it."""
    flat = plain(text)
    if column == APPROVER:
        return AUTOMATIC if flat == AUTOMATIC else book.role(flat)
    if column == "政策":
        return one_of(flat, book.names(POLICY), column)
    if column == "可例外":
        return [book.role(each) for each in re.split(r"[、,/\s]+", flat) if each]
    if column in ("每单", "每天"):
        return written(amount(flat))
    return text if column == "说明" else flat


def _place(said: str, rows: Sequence[Data], table: str) -> int:
    """Where a row goes: first, unless ``组长审批 之后`` says else."""
    if not said:
        return 0
    if not (match := _PLACE.match(plain(said))):
        raise PolicyRefused(f"“{AT} {said}”看不懂，应像 {AT} 组长审批 之后")
    names = [str(row[_key(table)]) for row in rows]
    beside = names.index(one_of(match["beside"], names, f"{table}的行"))
    return beside + (match["side"] in ("之后", "后面", "后"))


def _put(book: Book, where: tuple[str, str, str], rows: list[Data], said: str) -> Edit:
    kind, name, table = where
    before, data = (f"政策 {name}：" if kind == POLICY else ""), book.read(kind, name)
    if kind == POLICY and not rows:  # as a policy without such a table is written
        return book.write(kind, name, {key: value for key, value in data.items() if key != table}, f"{before}{said}")
    return book.write(kind, name, {**data, table: rows}, f"{before}{said}")
