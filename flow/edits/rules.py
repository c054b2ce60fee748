"""规则 …: one cell of a policy; where two rows share a bound, both move. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from flow.business import POLICY
from flow.edits.sentence import amount, listed, new_name, one_of, plain
from flow.errors import NotFound, PolicyRefused
from flow.policy import AUTOMATIC

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from flow.edits.book import Book, Data, Edit
    from flow.edits.sentence import Sentence

CHANGE = re.compile(r"^(?P<head>.*?)\s*(?P<old>[\d.,]+)\s*(?:→|-+>|=+>|到|至|改成|改为)\s*(?P<new>[\d.,]+)\s*[元块]?$")
_ODD = re.compile(r"^.*?[\d.,]+\s*(?:→|->|=>)\s*(?P<new>\S+)$")  #: an amount is to become what is none
_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_UPPER = re.compile(r"(?:<=|<|≤|~)\s*(\d+(?:\.\d+)?)")
_LOWER = re.compile(r"(?:>=|>|≥)\s*(\d+(?:\.\d+)?)|(\d+(?:\.\d+)?)\s*~")
NAME, APPROVER = "规则", "审批"
_NAMES = (NAME, "角色")
_NO_NUMBERS = (*_NAMES, APPROVER, "退款时机", "结果", "说明")
_NUMBERS = ("双人金额", "每单", "每天")
EMPTY = ("无", "空")


@dataclass(frozen=True, slots=True, eq=False)
class Row:
    """A row of one of a policy's tables."""

    table: str
    place: int
    name: str
    cells: Mapping[str, Any]

    def holding(self, value: Decimal, column: str) -> list[str]:
        """The columns in which a number stands."""
        columns = [key for key in self.cells if key not in _NO_NUMBERS and (not column or key == column)]
        return [key for key in columns if value in _numbers(self.cells[key])]


def edit(sentence: Sentence, book: Book) -> Edit:
    """Change a number, a cell, or what holds for the whole policy."""
    policy, rest = book.policy_meant(sentence)
    data = book.read(POLICY, policy)
    if match := CHANGE.match(rest.text):
        return _number_moved(match, policy, data, book)
    if odd := _ODD.match(rest.text):
        raise PolicyRefused(f"“{odd['new']}”不是金额，要写成数字，例如：规则 自动通过 50→80")
    if len(rest.words) < 2:
        raise sentence.unclear()
    if rest.words[0] in data and not isinstance(data[rest.words[0]], list):
        return _whole(rest, policy, data, book)
    return _cell(rest, policy, data, book)


def _whole(rest: Sentence, policy: str, data: Data, book: Book) -> Edit:
    """A value of the policy itself, such as 双人金额."""
    key, text = rest.words[0], " ".join(rest.words[1:])
    if key == "政策":
        raise PolicyRefused("政策的代号不能改，可以改它的 名称")
    value = written(amount(text)) if key in _NUMBERS else text
    return book.write(POLICY, policy, {**data, key: value}, f"政策 {policy}：{key} 改为 {text}")


def _cell(rest: Sentence, policy: str, data: Data, book: Book) -> Edit:
    row = _the_row(rest.words[0], list(rows_of(data)), policy, book)
    if len(rest.words) < 3:
        raise rest.unclear(f"要写把“{row.name}”的哪一样改成什么")
    columns = list(dict.fromkeys([*row.cells, *(key for other in _all_rows(book, row.table) for key in other.cells)]))
    key = one_of(rest.words[1], columns, "这一列", f"{row.table}里")
    value = _value(key, rest, book)
    cells = {**row.cells, key: value} if value is not None else {k: v for k, v in row.cells.items() if k != key}
    said = f"{row.table} {row.name}：{key} 改为 {rest.prose(2)}"
    return book.write(POLICY, policy, _with(data, {row: cells}), said)


def _value(key: str, rest: Sentence, book: Book) -> Any:
    text = " ".join(rest.words[2:])
    if key == APPROVER:
        return AUTOMATIC if text == AUTOMATIC else book.role(text)
    if key == NAME:
        return new_name(text, (), "规则")
    if key in _NUMBERS:
        return written(amount(text))
    if text in EMPTY:
        return None
    return rest.prose(2) if key == "说明" else text.replace(" ", "")


# -- a number that moves -----------------------------------------------------------------------------------------------


def _number_moved(match: re.Match[str], policy: str, data: Data, book: Book) -> Edit:
    old, new = old_and_new(match)
    name, _, column = match["head"].partition(" ")
    rows = list(rows_of(data))
    if name in data and not isinstance(data[name], list):
        return _number_of_policy(name, (old, new), policy, data, book)
    row = _the_row(name, rows, policy, book, old)
    where = column_with(row, old, column)
    moved = {each: swapped(each, where, old, new) for each in (row, *_neighbours(row, where, old, rows))}
    return book.write(POLICY, policy, _with(data, moved), f"政策 {policy}：{_told(moved, where)}")


def column_with(row: Row, old: Decimal, column: str = "") -> str:
    """The one column in which a number stands, ``column`` if it is named. Raises PolicyRefused."""
    columns = row.holding(old, column)
    if len(columns) != 1:
        where = f"有几处 {old}：{listed(columns)}，请写明哪一样" if columns else f"没有 {old}，现在是 {spelt(row)}"
        raise PolicyRefused(f"“{row.name}”里{where}")
    return columns[0]


def old_and_new(match: re.Match[str]) -> tuple[Decimal, Decimal]:
    """The two numbers of ``50→80``. Raises PolicyRefused."""
    old, new = (amount(match[side].replace(",", "")) for side in ("old", "new"))
    return old, new


def _number_of_policy(key: str, numbers: tuple[Decimal, Decimal], policy: str, data: Data, book: Book) -> Edit:
    old, new = numbers
    if old not in _numbers(data[key]):
        raise PolicyRefused(f"{key} 现在是 {data[key]}，不是 {old}")
    return book.write(POLICY, policy, {**data, key: written(new)}, f"政策 {policy}：{key} {old} → {new}")


def _neighbours(row: Row, column: str, bound: Decimal, rows: list[Row]) -> Iterator[Row]:
    """Rows of the table that begin where this one ends, or end where it begins."""
    upper, lower = _ends(row.cells[column])
    for other in rows:
        if other.table == row.table and other.place != row.place and column in other.cells:
            ends, begins = _ends(other.cells[column])
            if (bound in upper and bound in begins) or (bound in lower and bound in ends):
                yield other


def _ends(cell: Any) -> tuple[set[Decimal], set[Decimal]]:
    """The numbers up to which, and from which, a cell holds."""
    text = plain(str(cell))
    lower = {Decimal(a or b) for a, b in _LOWER.findall(text)}
    return {Decimal(found) for found in _UPPER.findall(text)}, lower


def _numbers(cell: Any) -> list[Decimal]:
    return [Decimal(found) for found in _NUMBER.findall(plain(str(cell)))]


def swapped(row: Row, column: str, old: Decimal, new: Decimal) -> dict[str, Any]:
    """The cells of a row with one number for another."""
    cell = row.cells[column]
    text = _NUMBER.sub(lambda m: str(new) if Decimal(m[0]) == old else m[0], plain(str(cell)))
    return {**row.cells, column: text if isinstance(cell, str) else written(new)}


def _told(moved: Mapping[Row, Mapping[str, Any]], column: str) -> str:
    first, *others = (f"{row.name} {column}：{row.cells[column]} → {cells[column]}" for row, cells in moved.items())
    return f"{first}；界限相同，跟着移动：{'，'.join(others)}" if others else first


# -- rows --------------------------------------------------------------------------------------------------------------


def rows_of(data: Data) -> Iterator[Row]:
    """Every named row of every table of a policy."""
    for table, items in data.items():
        for place, cells in enumerate(items if isinstance(items, list) else ()):
            name = next((str(cells[key]) for key in _NAMES if isinstance(cells, dict) and cells.get(key)), "")
            if name:
                yield Row(table, place, name, cells)


def _all_rows(book: Book, table: str) -> list[Row]:
    """The rows of this table in every policy: what has a column in one may have it in another."""
    return [row for name in book.names(POLICY) for row in rows_of(book.read(POLICY, name)) if row.table == table]


def rows_like(word: str, rows: list[Row]) -> list[Row]:
    """The row of this name, or those with this fragment in theirs."""
    return [row for row in rows if plain(row.name) == word] or [row for row in rows if word and word in plain(row.name)]


def _the_row(word: str, rows: list[Row], policy: str, book: Book, holding: Decimal | None = None) -> Row:
    """The row that is meant; of several with a fragment the one in which the old number stands."""
    found = rows_like(word, rows)
    if len(found) > 1 and holding is not None:
        found = [row for row in found if row.holding(holding, "")] or found
    if len(found) == 1:
        return found[0]
    if found:
        raise PolicyRefused(f"“{word}”可以是：{listed(f'{row.name}（{spelt(row)}）' for row in found)}，请写全名")
    elsewhere = [
        name for name in book.names(POLICY) if any(word in row.name for row in rows_of(book.read(POLICY, name)))
    ]
    hint = f"；政策 {elsewhere[0]} 里有，请写：规则 {elsewhere[0]} {word} …" if elsewhere and word else ""
    raise NotFound(f"政策 {policy} 里没有规则“{word}”，有：{listed(row.name for row in rows)}{hint}")


def spelt(row: Row) -> str:
    return "，".join(f"{key} {value}" for key, value in row.cells.items() if key not in _NAMES)


def _with(data: Data, changed: Mapping[Row, Mapping[str, Any]]) -> Data:
    """The policy with some of its rows changed."""
    fresh = {key: list(value) if isinstance(value, list) else value for key, value in data.items()}
    for row, cells in changed.items():
        fresh[row.table][row.place] = dict(cells)
    return fresh


def written(value: Decimal) -> int | str:
    """A number as a definition holds it."""
    return int(value) if value == value.to_integral_value() else str(value)
