"""规则 …: one cell of a policy; where two rows share a bound, both move. Pure."""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from flow.definitions import freight
from flow.definitions.business import POLICY
from flow.definitions.charges import TABLE as CHARGES
from flow.definitions.conditions import number
from flow.definitions.day_cells import is_on_days, span_in
from flow.definitions.policy import AUTOMATIC, WINDOW
from flow.definitions.schema import Value, words_of
from flow.definitions.table_text import KEYS, TIERS
from flow.definitions.vocabulary import CALENDAR, OPENED_ON, TODAY
from flow.edits import ceilings, charges
from flow.edits.bounds import bound_moved, neighbours, sharing
from flow.edits.number_change import change_of, untaken
from flow.edits.policy_rows import COLUMNS, NAME, NO_NUMBERS, NUMBER, SAID, Row, numbers_in, rows_of, spelt
from flow.edits.quantities import cell, digits, ended, people_count, trimmed
from flow.edits.sentence import amount, conditions, dated, listed, plain, quality_of, refuse_or
from flow.errors import NotFound, PolicyRefused

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from flow.edits.number_change import Change
    from flow.edits.sentence import Sentence
    from flow.edits.working_copy import Book, Data, Edit

_BOUNDED = re.compile(r"[<>≤≥~]")
_NUMBERS = ("双人金额",)
#: values of the policy itself that need not stand there
OPTIONAL = (WINDOW, freight.KEY, "名称", "说明", "退款时机", "双人金额", "合并计算")
_DAYS = re.compile(r"(\d{1,4})\s*[天日]?")
EMPTY = ("无", "空", "没有")
_DAY_MOVED = re.compile(r"\d{4}-\d{1,2}-\d{1,2}\s*(?:→|⇒|➜|-+>|=+>|(?:改|换|变)(?:到|成|为))\s*\d{4}-\d{1,2}-\d{1,2}")
_DAY_CELL = re.compile(r"(\S*日期)=?(?=[<>=]*\d{4}-\d\d-\d\d)")  #: two words of a sentence
_TURNED = re.compile(r"^(?::|改成|改为|换成|变成|设为|设成|→|-+>|=+>)\s*")


def edit(sentence: Sentence, book: Book) -> Edit:
    """Change a number, a cell, or what holds for the whole policy."""
    policy, rest = meant(sentence, book)
    data = book.read(POLICY, policy)
    if ceilings.is_meant(rest):
        return ceilings.edit(rest, policy, data, book)
    if charge := charges.edit(rest, policy, data, book):
        return charge
    if change := asked(rest):
        return _number_moved(change, policy, data, book)
    if len(rest.words) < 2:
        raise sentence.unclear()
    if rest.words[0] in OPTIONAL or (rest.words[0] in data and not isinstance(data[rest.words[0]], list)):
        return _whole(rest, policy, data, book)
    return _cell(rest, policy, data, book)


def _dated(rest: Sentence) -> Sentence:
    """A span of days as the cell of a row. Raises PolicyRefused for a number that is to be another only for a while."""
    if SAID in rest.words[1:2]:
        return rest
    if match := _DAY_MOVED.search(rest.text):
        raise PolicyRefused(f"“{match[0]}”：日期要写整段，例如 规则 {rest.words[0]} 从 2027-06-01 到 2027-08-31")
    if not (said := span_in(rest.text)):
        return rest
    apart = rest.without(lambda text: _DAY_CELL.sub(r"\1 ", dated(text)).replace("、", " "))
    without = " ".join(word for word in plain(rest.text).replace(said, " ").split())
    if change := change_of(without):
        raise PolicyRefused(
            f"只改一段时间，要分两句：先说 规则 {without}，再说 发布 定时 {said.removeprefix('从').strip()}；"
            f"到时候自己换上，过完自己换回来。要另加一行也行：增加行 审批表 …… 当 金额<={change.new} 且 {said}"
        )
    return apart


def meant(sentence: Sentence, book: Book) -> tuple[str, Sentence]:
    """The policy, and the sentence without its name and without 把."""
    policy, rest = book.policy_meant(sentence.without(untaken))
    return policy, _dated(rest.without(untaken))


def asked(rest: Sentence) -> Change | None:
    """The number that is to become another; words for people may hold whatever they like."""
    return None if SAID in rest.words[1:2] else change_of(rest.text)


def _whole(rest: Sentence, policy: str, data: Data, book: Book) -> Edit:
    """A value of the policy itself, such as 双人金额."""
    key, text = rest.words[0], _bare(" ".join(rest.words[1:]))
    if key == "政策":
        raise PolicyRefused("政策的代号不能改，可以改它的 名称")
    if key == WINDOW:
        value: Any = _days(text)
    elif key == freight.KEY:
        value = text if text == freight.NEVER else conditions(text)
    else:
        value = written(amount(text)) if key in _NUMBERS else text
    return book.write(POLICY, policy, {**data, key: value}, f"政策 {book.title(policy)}：{key} 改为 {text}")


def _days(text: str) -> int:
    """``7``, ``7 天``, ``一周`` is asked back; 无 is none."""
    if text in EMPTY:
        return 0
    if not (match := _DAYS.fullmatch(digits(text))):
        raise PolicyRefused(f"“{text}”看不懂，{WINDOW}应像 7 或 7天，不看就写 0")
    return int(match[1])


def _cell(rest: Sentence, policy: str, data: Data, book: Book) -> Edit:
    rows = list(rows_of(data))
    row = _the_row(rest.words[0], rows, policy, book)
    rest = _apart(rest, _columns(row, book))
    if len(rest.words) < 3:
        raise _what_of(row, rest)
    key = _column(rest.words[1], row, book)
    value = _value(key, row, rest, book)
    cells = {**row.cells, key: value} if value is not None else {k: v for k, v in row.cells.items() if k != key}
    said = f"{row.table} {row.name}：{key} 改为 {'无' if value is None else _spelt(value)}"
    moved = {row: cells}
    if bounds := bound_moved(row.cells.get(key), value):
        moved |= {other: swapped(other, key, *bounds) for other in neighbours(row, key, bounds[0], rows)}
        said = f"政策 {book.title(policy)}：{_told(moved, key)}{_left(row, key, bounds[0], rows, moved)}"
    said += stale(row, cells) + (on_which_day(row.table, cells) if key == TODAY else "")
    return book.write(POLICY, policy, _with(data, moved), said)


def on_which_day(table: str, cells: Mapping[str, Any]) -> str:
    """Which day a tier looks at: a case may come to it weeks after it was opened."""
    if table != TIERS or TODAY not in cells:
        return ""
    return f"；{TODAY} 是走到审批那一步的那天，要按提交那天算就写 {OPENED_ON}"


def _spelt(value: Any) -> str:
    return "、".join(map(str, value)) if isinstance(value, list) else str(value)


def _what_of(row: Row, rest: Sentence) -> PolicyRefused:
    """Why a row and one word are not enough."""
    numbers, new = row.numbers(""), cell(" ".join(rest.words[1:]))
    if number(new) is None or len(numbers) != 1:
        return rest.unclear(f"要写把“{row.name}”的哪一样改成什么，现在是 {spelt(row)}")
    [(column, old)] = numbers
    return PolicyRefused(f"是不是要把“{row.name}”的 {column} {old} 改成 {new}？请写 规则 {row.name} {old}→{new}")


def _columns(row: Row, book: Book) -> list[str]:
    others = (key for other in _all_rows(book, row.table) for key in other.cells)
    own = {TIERS: (Value.COUNT,), CHARGES: (Value.FORMULA, Value.CHOICE)}.get(row.table, ())
    said = [word for word, key in COLUMNS.items() if key.value in own and word in words_of(KEYS[row.table])]
    return list(dict.fromkeys([*row.cells, *others, *said, *sorted(CALENDAR)]))


def _apart(rest: Sentence, columns: Sequence[str]) -> Sentence:
    """``金额<=80`` as two words."""
    word = rest.words[1]
    glued = [key for key in columns if word.startswith(key) and word != key]
    if word in columns or not glued:
        return rest
    typed = (rest.typed[0], glued[0], word.removeprefix(glued[0]), *rest.typed[2:])
    return replace(rest, typed=typed)


def _column(word: str, row: Row, book: Book) -> str:
    columns = _columns(row, book)
    if NUMBER.match(word):
        raise PolicyRefused(
            f"“{word}”不是“{row.name}”的哪一样，能改的有：{'、'.join(columns)}；改数字请写 规则 {row.name} 50→80"
        )
    return quality_of(word, columns, f"{row.table}里")


def _value(key: str, row: Row, rest: Sentence, book: Book) -> Any:
    said = ended(_TURNED.sub("", " ".join(rest.words[2:])))
    text = _bare(said)
    if key == NAME:
        return book.fresh(text, (), "规则")
    kind = COLUMNS[key].value if key in COLUMNS else Value.CELL
    if kind is Value.APPROVER:
        return _approver(text, row, book)
    if kind is Value.AMOUNT:
        return written(amount(text))
    if kind is Value.FORMULA:
        return charges.formula_said(_TURNED.sub("", rest.prose(2)).removeprefix("=").strip())
    if text in EMPTY:
        return None
    if kind is Value.COUNT:
        return people_count(text)
    if kind is Value.ROLES:
        return [book.role(each) for each in re.split(r"[、,/\s]+", text) if each]
    return rest.prose(2) if kind is Value.PROSE else cell_of(key, said, row, _all_rows(book, row.table))


def _bare(text: str) -> str:
    """Without 改成 or a sign before the value."""
    return ended(_TURNED.sub("", text)).removeprefix("=").strip()


def _approver(text: str, row: Row, book: Book) -> str:
    if text in EMPTY:
        raise PolicyRefused(f"“{row.name}”总要有人审批，请写角色，或者写 {AUTOMATIC}")
    return AUTOMATIC if text == AUTOMATIC else book.role(text)


def cell_of(key: str, text: str, row: Row, others: Sequence[Row]) -> str:
    """A condition as a cell. Raises PolicyRefused for a bare number where there was a bound: nobody knows which."""
    if is_on_days(plain(text)):
        return str(conditions(f"{key} {text}")[key])
    tidy = cell(text)
    refuse_or(key, text)
    old = next((each for each in (row, *others) if _BOUNDED.search(plain(str(each.cells.get(key, ""))))), None)
    if old is not None and not re.search(r"\d", tidy):
        raise PolicyRefused(f"“{text}”看不懂，{key} 应像 <=50、>500、50~500，数字写成 500 这样")
    if number(ended(digits(text)).replace(" ", "")) is None or old is None:
        return tidy
    span = _bounds_with(plain(str(old.cells[key])), tidy)
    ways = [f"规则 {row.name} {key} {each}" for each in (*span, f"={tidy}")]
    now = f"现在是 {row.cells[key]}" if key in row.cells else f"现在没有 {key}"
    raise PolicyRefused(f"“{row.name}”{now}，{tidy} 是 {'、'.join(span)}，还是正好 {tidy}？请写 {'，或者 '.join(ways)}")


def _bounds_with(old: str, new: str) -> list[str]:
    """What a cell may have been meant to become: the bound, or either end of the range, with another number."""
    if "~" in old:
        low, _, high = (part.strip() for part in old.partition("~"))
        return [f"{low}~{new}", f"{new}~{high}"]
    return [NUMBER.sub(new, old)]


# -- a number that moves -----------------------------------------------------------------------------------------------


def _number_moved(change: Change, policy: str, data: Data, book: Book) -> Edit:
    rows = list(rows_of(data))
    name, column = named_in(change.head, rows, data)
    if name in data and not isinstance(data[name], list):
        return _number_of_policy(name, change, policy, data, book)
    if not rows_like(name, rows):
        _ask_which(name, change, rows)
    row = _the_row(name, rows, policy, book, change.old)
    where = column and _column(column, row, book)
    old = row.old(change, where)
    if change.between:
        raise _range_or_change(row, change, where, old)
    where = column_with(row, old, where, change.new)
    moved = {each: swapped(each, where, old, change.new) for each in (row, *neighbours(row, where, old, rows))}
    said = f"政策 {book.title(policy)}：{_told(moved, where)}"
    said += "".join(stale(each, cells) for each, cells in moved.items())
    said += _left(row, where, old, rows, moved)
    return book.write(POLICY, policy, _with(data, moved), said)


def _range_or_change(row: Row, change: Change, column: str, old: Decimal) -> PolicyRefused:
    """What to write instead of ``500到5000``, which is a range as well as a number that becomes another."""
    columns = [column] if column else row.holding(old, "") or [key for key, _ in row.numbers("")][:1]
    column = columns[0] if columns else "金额"
    span = f"范围请写 规则 {row.name} {column} {old}~{change.new}"
    if not row.holding(old, column):
        return PolicyRefused(f"“{row.name}”里没有 {old}；要写{span}，什么都没有改")
    return PolicyRefused(
        f"“{old}到{change.new}”是从多少到多少，还是 {old} 改成 {change.new}？什么都没有改。{span}；"
        f"改数请写 规则 {row.name} {column} {old}→{change.new}"
    )


def _ask_which(name: str, change: Change, rows: Sequence[Row]) -> None:
    """Raises PolicyRefused where only a column, or nothing, is named, with the rows in which the number stands."""
    if name and not any(name in row.cells for row in rows):
        return
    found = [row for row in rows if change.old is not None and row.holding(change.old, name)]
    ways = "，或者 ".join(f"规则 {row.name} {change.old}→{change.new}" for row in found)
    raise PolicyRefused(f"要写是哪一条规则{f'，请写 {ways}' if ways else f'，有：{listed(row.name for row in rows)}'}")


def named_in(head: str, rows: Sequence[Row], data: Collection[str] = ()) -> tuple[str, str]:
    """The row and the column before the numbers, ``自动通过 金额`` or ``自动通过的金额``."""
    name, _, column = head.partition(" ")
    column = column.strip("的 ")
    if column or name in data or rows_like(name, list(rows)):
        return name.removesuffix("的"), column
    columns = {key for row in rows for key in row.cells}
    glued = [key for key in columns if head.endswith(key) and rows_like(head[: -len(key)].rstrip("的"), list(rows))]
    return (head[: -len(glued[0])].rstrip("的"), glued[0]) if glued else (name, column)


def stale(row: Row, cells: Mapping[str, Any]) -> str:
    """A warning where the words for people still name a number that the conditions no longer hold."""
    text, said = str(cells.get(SAID, "")), cells.get(SAID) == row.cells.get(SAID)
    facts = [key for key in row.cells if key not in NO_NUMBERS]
    gone = [n for key in facts for n in numbers_in(row.cells[key]) if n not in numbers_in(cells.get(key, ""))]
    fresh = [n for key in facts for n in numbers_in(cells.get(key, "")) if n not in numbers_in(row.cells[key])]
    old = next((n for n in gone if n in numbers_in(text)), None)
    if not said or old is None:
        return ""
    better = NUMBER.sub(lambda m: str(fresh[0]) if Decimal(m[0]) == old else m[0], text) if fresh else "……"
    return f"；注意：“{row.name}”的 {SAID} 里还写着 {old}（{text}），要一起改请写 规则 {row.name} {SAID} {better}"


def column_with(row: Row, old: Decimal, column: str = "", new: Decimal | None = None) -> str:
    """The one column in which a number stands, ``column`` if it is named. Raises PolicyRefused."""
    columns = row.holding(old, column)
    if len(columns) == 1:
        return columns[0]
    if columns:
        raise PolicyRefused(f"“{row.name}”里有几处 {old}：{listed(columns)}，请写明哪一样")
    if new is not None and row.holding(new, column):
        raise PolicyRefused(f"“{row.name}”里没有 {old}，已经是 {new} 了：{spelt(row)}，没有改动")
    if elsewhere := row.holding(old, ""):
        raise PolicyRefused(f"“{row.name}”的 {column} 里没有 {old}，{elsewhere[0]} 里才有，现在是 {spelt(row)}")
    raise PolicyRefused(f"“{row.name}”里没有 {old}，现在是 {spelt(row)}")


def _number_of_policy(key: str, change: Change, policy: str, data: Data, book: Book) -> Edit:
    old = change.old if change.old is not None else next(iter(numbers_in(data[key])), None)
    if old is None or old not in numbers_in(data[key]):
        raise PolicyRefused(f"{key} 现在是 {data[key]}，不是 {old or '数字'}")
    return book.write(
        POLICY, policy, {**data, key: written(change.new)}, f"政策 {book.title(policy)}：{key} {old} → {change.new}"
    )


def _left(row: Row, column: str, bound: Decimal, rows: list[Row], moved: Collection[Row]) -> str:
    """Rows that share the bound and stay where they are, as they are about other cases: whoever means them says so."""
    kept = [other for other in sharing(row, column, bound, rows) if other not in moved]
    if not kept:
        return ""
    return f"；没有动：{'，'.join(f'{other.name}（{spelt(other)}）' for other in kept)}，它管的是别的单，要改请另说"


def swapped(row: Row, column: str, old: Decimal, new: Decimal) -> dict[str, Any]:
    """The cells of a row with one number for another."""
    cell = row.cells[column]
    text = NUMBER.sub(lambda m: str(new) if Decimal(m[0]) == old else m[0], plain(str(cell)))
    return {**row.cells, column: text if isinstance(cell, str) else written(new)}


def _told(moved: Mapping[Row, Mapping[str, Any]], column: str) -> str:
    first, *others = (f"{row.name} {column}：{row.cells[column]} → {cells[column]}" for row, cells in moved.items())
    return f"{first}；界限相同，跟着移动：{'，'.join(others)}" if others else first


# -- rows --------------------------------------------------------------------------------------------------------------


def _all_rows(book: Book, table: str) -> list[Row]:
    """The rows of this table in every policy: what has a column in one may have it in another."""
    return [row for name in book.names(POLICY) for row in rows_of(book.read(POLICY, name)) if row.table == table]


def rows_like(word: str, rows: list[Row]) -> list[Row]:
    """The row of this name, or those with this fragment in theirs."""
    word = trimmed(word)
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
    other = book.title(elsewhere[0]) if elsewhere else ""
    hint = f"；政策 {other} 里有，请写：规则 {other.strip('“”')} {word} …" if other and word else ""
    raise NotFound(f"政策 {book.title(policy)} 里没有规则“{word}”，有：{listed(row.name for row in rows)}{hint}")


def _with(data: Data, changed: Mapping[Row, Mapping[str, Any]]) -> Data:
    """The policy with some of its rows changed."""
    fresh = {key: list(value) if isinstance(value, list) else value for key, value in data.items()}
    for row, cells in changed.items():
        fresh[row.table][row.place] = dict(cells)
    return fresh


def written(value: Decimal) -> int | str:
    """A number as a definition holds it."""
    return int(value) if value == value.to_integral_value() else str(value)
