"""How single values stand in a cell: prose, words, lists, switches, conditions, limits, numbers."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from flow.definitions.conditions import NO, YES, CellError, number, parse, word
from flow.definitions.day_cells import written_out
from flow.definitions.flow_reader import read_limit
from flow.definitions.schema import Value
from flow.definitions.vocabulary import TODAY
from flow.workbook.tables import Codec
from flow.workbook.words import CLAUSES, ROWS, choices, escaped, joined, meant, names, parted, plain, unescaped

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from flow.definitions.schema import Key

TICKS = frozenset({"✓", "√", "✔", "☑", YES, "y", "Y", "yes", "1", "true", "TRUE"})
_OPERATOR = re.compile(r"(>=|<=|=<|=>|≥|≤|>|<|=|:)")
_COMPARES = (">=", "<=", "≥", "≤", ">", "<")
_EQUALS = "=＝:："


def text_of(value: Any) -> str:
    """A plain value as YAML means it: nothing is nothing, true is 是."""
    if value is None:
        return ""
    return word(value) if isinstance(value, bool) else str(value)


PROSE = Codec(text_of, str)
WORD = Codec(text_of, plain)


def one_of(known: Sequence[str]) -> Codec:
    """A word out of a short list."""

    def read(text: str) -> str:
        said = plain(text)
        if said not in known:
            raise CellError(f"“{said}”不认识{meant(said, known) or '，'}{choices(known)}")
        return said

    return Codec(text_of, read)


def _yes_no(text: str) -> bool:
    said = plain(text)
    if said in TICKS:
        return True
    if said in {NO, "✗", "×", "n", "N", "no", "0", "false", "FALSE"}:
        return False
    raise CellError(f"“{said}”看不懂，写 是 或空着")


def _list(value: Any) -> str:
    if value is None or isinstance(value, str):
        return joined([value] if value else [])
    return joined(str(item) for item in value) if isinstance(value, list | tuple) else text_of(value)


YES_NO = Codec(text_of, _yes_no)
NAMES = Codec(_list, names)


def _limit(text: str) -> str:
    said = plain(text).replace(" ", "")
    read_limit(said)
    return said


LIMIT = Codec(text_of, _limit)


def _amount(text: str) -> int | str:
    found = number(text.removeprefix("¥").removesuffix("元"))
    if found is None or found < 0:
        raise CellError(f"“{text}”不是金额，应像 1000 或 1000.50")
    return int(found) if found == found.to_integral_value() else str(found)


AMOUNT = Codec(text_of, _amount)


def _count(text: str) -> int:
    found = number(plain(text).removesuffix("人").removesuffix("位").strip())
    if found is None or found != found.to_integral_value() or found < 1:
        raise CellError(f"“{text}”要是 1 或更大的整数，例如 2")
    return int(found)


COUNT = Codec(text_of, _count)


def _condition(text: str, fact: str = "") -> str:
    said = plain(text)
    cell = parse(fact, said)
    return cell.text if cell.days else said


def condition(fact: str) -> Codec:
    """One cell of a decision table, such as ``<=50`` or ``质量问题|物流损坏``."""

    def read(text: str) -> str:
        try:
            return _condition(text, fact)
        except CellError as error:
            raise CellError(error.problem.words) from error

    return Codec(text_of, read)


def _clause(fact: Any, raw: Any) -> str:
    """``金额>1000``, ``类型=质量问题|物流损坏``."""
    text = text_of(raw)
    sign = "" if text.startswith(_COMPARES) else "="
    return escaped(str(fact), f"{CLAUSES}{_EQUALS}<>≥≤") + sign + escaped(text, CLAUSES)


def _clauses(value: Any) -> str:
    return "；".join(_clause(*item) for item in value.items()) if isinstance(value, dict) else text_of(value)


def _read_clauses(text: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for part in parted(_dated(text), CLAUSES):
        if not part.strip():
            continue
        fact, cell = _read_clause(part)
        if fact in found:
            raise CellError(f"“{fact}”写了两次；要两样都成立请写成范围，例如 {fact}=50~500")
        found[fact] = _condition(cell, fact)
    return found


def _dated(text: str) -> str:
    """With its spans of days as clauses: ``从 2027-06-01 到 2027-08-31``."""
    try:
        return written_out(text, TODAY, CLAUSES[0])
    except ValueError as error:
        raise CellError(str(error)) from error


def _read_clause(part: str) -> tuple[str, str]:
    fact, sign, cell = _split_at_sign(plain(part))
    if not fact or not sign:
        raise CellError(f"条件“{unescaped(part).strip()}”看不懂，应像 金额>1000；类型=质量问题|物流损坏")
    return fact, cell if sign in {"=", ":"} else sign + cell


def _split_at_sign(text: str) -> tuple[str, str, str]:
    """The fact, the first sign that has no backslash before it, and what follows."""
    match = _OPERATOR.search(text)
    while match and _is_escaped(text, match.start()):
        match = _OPERATOR.search(text, match.start() + 1)
    if not match:
        return "", "", ""
    return unescaped(text[: match.start()]).strip(), match[0], unescaped(text[match.end() :]).strip()


def _is_escaped(text: str, place: int) -> bool:
    before = text[:place]
    return (len(before) - len(before.rstrip("\\"))) % 2 == 1


CONDITIONS = Codec(_clauses, _read_clauses)


def _pairs(show: Callable[[Any], str], separators: str) -> Callable[[Any], str]:
    def shown(value: Any) -> str:
        if not isinstance(value, dict):
            return text_of(value)
        pairs = (f"{escaped(str(k), separators + _EQUALS)}={escaped(show(v), separators)}" for k, v in value.items())
        return separators[0].join(pairs)

    return shown


def _read_pairs(read: Callable[[str], Any], separators: str, like: str) -> Callable[[str], dict[str, Any]]:
    def pairs(text: str) -> dict[str, Any]:
        found = {}
        for part in parted(text, separators):
            if not part.strip():
                continue
            key, *rest = parted(part, _EQUALS, 1)
            if not rest or not plain(key):
                raise CellError(f"“{part.strip()}”看不懂，应像 {like}")
            found[plain(unescaped(key))] = read(unescaped(rest[0]).strip())
        return found

    return pairs


SWITCHES = Codec(_pairs(text_of, CLAUSES), _read_pairs(plain, CLAUSES, "已质检=是；质检结果=合格"))
ASKS = Codec(_pairs(text_of, ROWS), _read_pairs(str, ROWS, "缺件=缺什么、扣多少？"))


def rights(able: Sequence[str]) -> Codec:
    """Names, each with a word out of a short list: ``缺陷照片=隐藏；缺陷等级=可改``."""
    pairs = _read_pairs(one_of(able).read, CLAUSES, f"缺陷照片={able[0]}；缺陷等级={able[-1]}")
    return Codec(SWITCHES.show, pairs)


ONE_OF = frozenset({Value.KIND, Value.CHOICE, Value.STATE})
#: how values of each kind stand in a cell, but for what is made of several
BY_KIND: Mapping[Value, Codec] = {
    **dict.fromkeys((Value.PROSE, Value.AWAITED, Value.CELL), PROSE),
    **dict.fromkeys((Value.WORD, Value.ID, Value.NODE, Value.NAME, Value.ROLE, Value.APPROVER), WORD),
    **dict.fromkeys((Value.NAMES, Value.ROLES, Value.NODES, Value.EFFECTS, Value.OPTIONS, Value.BUTTONS), NAMES),
    Value.SWITCH: YES_NO, Value.SPAN: LIMIT, Value.AMOUNT: AMOUNT, Value.COUNT: COUNT,
    Value.CONDITIONS: CONDITIONS, Value.NOTED: SWITCHES, Value.ASKED: ASKS,
}  # fmt: skip


def codec_of(key: Key, by_kind: Mapping[Value, Codec] = BY_KIND) -> Codec:
    """How a value of the key is written in a cell and read from it."""
    if key.value is Value.RIGHTS:
        return rights(tuple(key.choices))
    return one_of(tuple(key.choices)) if key.value in ONE_OF else by_kind[key.value]
