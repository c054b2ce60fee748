"""增加规则, 停用规则, 启用规则, 删除规则: 自动规则 typed as ``flow.definitions.automation_text`` prints them. Pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from flow.definitions import schedules, yamlfile
from flow.definitions.automation import ACTION, ALERT, NODE, NOTE, SAYS, SCHEDULED, SOURCE, TRIGGERS
from flow.definitions.automation_reader import DOES, KINDS, MAX_NAME, NAME, OFF, TIME, TITLE, WHAT, WHEN, rule_of
from flow.definitions.automation_text import body_words
from flow.definitions.business import POLICY
from flow.definitions.text import cells_words
from flow.definitions.vocabulary import COPY
from flow.edits import reasons, rules
from flow.edits.policy_rows import Row, rows_of
from flow.edits.quantities import trimmed
from flow.edits.rules import EMPTY, asked, cell_of, column_with, meant, named_in, rows_like, swapped
from flow.edits.sentence import clauses, conditions, one_of, plain
from flow.edits.working_copy import RULES, Edit
from flow.errors import PolicyRefused

if TYPE_CHECKING:
    from flow.edits.number_change import Change
    from flow.edits.sentence import Sentence
    from flow.edits.working_copy import Book, Data

NOUN = "自动规则"
WHATS = tuple(what for what in TRIGGERS if what != SCHEDULED)  #: said as they are; a schedule is said by its time
_KINDS = "|".join(sorted(KINDS, key=len, reverse=True))
_SHAPE = re.compile(
    r"^(?P<name>[^\s:：]+?)(?P<off>[(（]已停用[)）])?(?: ?[:：] ?| )(?:当 ?)?"
    rf"(?:(?P<what>{'|'.join(WHATS)})时?|(?P<time>{schedules.PATTERN}))(?P<place>.*?)"
    rf"(?:[,， ]*如果 ?(?P<when>.+?))?[,， ]*就 ?(?P<does>(?:{_KINDS})(?:[\s:：].*)?)$"
)
_AT = re.compile(rf"(?:{TIME} ?)?(?:改成|改为|改到)? ?({schedules.PATTERN})")
_NEXT_DEED = re.compile(rf"\s*[;；]\s*(?=(?:{_KINDS})[\s:：])")
_DEED = re.compile(rf"^(?P<kind>{_KINDS})\s*[:：]?\s*(?P<rest>.*)$")
_TO = re.compile(r"^(?P<to>[^\s:：]+)\s*[:：]?\s*(?P<text>.*)$")
_NEXT_NOTE = re.compile(r"[、,，;；]\s*(?=[^\s=、,，]+\s*=)")
_BRACKETS = re.compile(r"[()（）,，]")


def add(sentence: Sentence, book: Book) -> Edit:
    """A further rule, below those that there are."""
    if not (match := _SHAPE.match(sentence.prose(0))):
        raise sentence.unclear(
            f"没有看懂，“当”可选 {'、'.join(WHATS)}，或者写时间，例如 {schedules.EXAMPLES[0]}；"
            f"“就”后面可选 {'、'.join(KINDS)}"
        )
    rows = _rows(book)
    row: Data = {NAME: book.fresh(plain(match["name"]), _names(rows), NOUN, MAX_NAME), WHAT: match["what"] or SCHEDULED}
    row |= _time(match["time"]) if match["time"] else {}
    row |= _place(match["place"], sentence)
    if match["when"]:
        row[WHEN] = conditions(plain(match["when"]))
    row[DOES] = [_deed(part, sentence, book) for part in _NEXT_DEED.split(match["does"])]
    if match["off"]:
        row[OFF] = True
    return _put(book, [*rows, row], f"增加{NOUN} {row[NAME]}{_strange(row, rows)}")


def _time(text: str) -> Data:
    try:
        return {TIME: schedules.read(text).words()}
    except ValueError as error:
        raise PolicyRefused(str(error)) from error


def _strange(row: Data, rows: list[Data]) -> str:
    """A hint on a group that no rule has alerted so far: which groups there are the definitions do not say."""
    used, asked = _groups(rows), _groups([row])
    fresh = [group for group in asked if group not in used]
    return f"；群“{'、'.join(fresh)}”以前的规则没有用过（用过 {'、'.join(used)}），请核对群名" if fresh and used else ""


def _groups(rows: list[Data]) -> list[str]:
    return list(dict.fromkeys(str(do[ALERT]) for row in rows for do in row[DOES] if ALERT in do))


def _place(text: str, sentence: Sentence) -> dict[str, str]:
    """``（节点 质检，动作 次品处理）``, with or without the brackets."""
    said = clauses(plain(_BRACKETS.sub(" ", text)), (NODE, ACTION, SOURCE))
    if strange := said.pop(""):
        raise sentence.unclear(f"“{strange}”没有看懂，哪个节点、哪个动作要写成 {NODE} 质检 {ACTION} 次品处理")
    return said


def _deed(text: str, sentence: Sentence, book: Book) -> Data:
    """``告警 管理群：…``, ``抄送 财务``, ``记 紧急=是``, ``评论：…``."""
    match = _DEED.match(text)
    kind, rest = (match["kind"], match["rest"].strip()) if match else ("", "")
    if kind == NOTE:
        return {NOTE: _notes(rest)}
    if kind not in (ALERT, COPY):
        return {kind: rest}
    if not (found := _TO.match(rest)):
        raise sentence.unclear(f"{kind}要写给{'哪个群' if kind == ALERT else '哪个角色'}")
    to = book.role(plain(found["to"])) if kind == COPY else found["to"]
    return {kind: to, **({SAYS: found["text"]} if found["text"] else {})}


def _notes(text: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for part in _NEXT_NOTE.split(text):
        fact, _, value = (piece.strip() for piece in part.partition("="))
        if not fact or not value or fact in found:
            raise PolicyRefused(f"“{NOTE} {text}”看不懂，应像 {NOTE} 紧急=是、风险客户=是")
        found[fact] = value
    return found


# -- rules that there are ----------------------------------------------------------------------------------------------


def stop(sentence: Sentence, book: Book) -> Edit:
    """Keep a rule, unused."""
    row = _meant(sentence, book)
    return _put(book, _with(book, {**row, OFF: True}), f"停用{NOUN} {row[NAME]}，要用回来写：启用规则 {row[NAME]}")


def start(sentence: Sentence, book: Book) -> Edit:
    """Use a rule again."""
    row = _meant(sentence, book)
    kept = {key: value for key, value in row.items() if key != OFF}
    return _put(book, _with(book, kept), f"启用{NOUN} {row[NAME]}")


def remove(sentence: Sentence, book: Book) -> Edit:
    """Take a rule away."""
    row = _meant(sentence, book)
    kept = [each for each in _rows(book) if each[NAME] != row[NAME]]
    return _put(book, kept, f"删除{NOUN} {row[NAME]}；已经做过的事不变")


def edit(sentence: Sentence, book: Book) -> Edit:
    """规则 …: of a policy; where it has no such row, the number or the condition of one of 自动规则."""
    if reasons.is_meant(sentence, book):
        return reasons.edit(sentence, book)
    policy, rest = meant(sentence, book)
    data, change = book.read(POLICY, policy), asked(rest)
    mine = [Row(NOUN, n, str(row[NAME]), dict(row.get(WHEN) or {})) for n, row in enumerate(_rows(book))]
    name, column = named_in(change.head, mine) if change else (rest.text.partition(" ")[0], "")
    found = rows_like(name, mine)
    more = len(rest.words) > 1
    if len(found) == 1 and (time := _AT.fullmatch(plain(rest.after(1).text))):
        return _retimed(found[0], time[1], book)
    if len(found) != 1 or not (change or more) or name in data or rows_like(name, list(rows_of(data))):
        return rules.edit(sentence, book)
    [row] = found
    cells = _moved(row, change, column) if change else _asking(row, rest)
    rows = _rows(book)
    bare = {key: value for key, value in rows[row.place].items() if key != WHEN}
    fresh = {**rows[row.place], WHEN: cells} if cells else bare
    rule = rule_of(fresh)
    return _put(book, _with(book, fresh), f"{NOUN} {row.name}：{body_words(rule) if rule else ''}")


def _retimed(row: Row, said: str, book: Book) -> Edit:
    """Another time for a rule that has one. Raises PolicyRefused for one that looks when something happens."""
    rows = _rows(book)
    old = rows[row.place]
    if old[WHAT] != SCHEDULED:
        raise PolicyRefused(
            f"“{row.name}”是{old[WHAT]}时看的，没有时间；要定时请另写一条：增加规则 {row.name}2 {said} …"
        )
    fresh = {**old, **_time(said)}
    return _put(book, _with(book, fresh), f"{NOUN} {row.name}：改为 {fresh[TIME]}")


def _moved(row: Row, change: Change, column: str) -> Data:
    if column and column not in row.cells:
        raise PolicyRefused(f"“{row.name}”的条件里没有“{column}”，现在是 {cells_words(row.cells.items())}")
    old = row.old(change, column)
    return swapped(row, column_with(row, old, column, change.new), old, change.new)


def _asking(row: Row, rest: Sentence) -> Data:
    """The conditions with another on one fact, or without it."""
    fact, *cell = rest.after(1).words
    if trimmed(" ".join(cell)) in EMPTY:
        return {each: value for each, value in row.cells.items() if each != fact}
    if cell:
        cell_of(fact, " ".join(cell), row, ())
    return {**row.cells, **conditions(rest.after(1).text)}


def _rows(book: Book) -> list[Data]:
    there = (RULES, RULES) in book.bundle
    return [dict(row) for row in book.read(RULES, RULES)[TITLE] or ()] if there else []


def rule_names(book: Book) -> list[str]:
    return _names(_rows(book))


def rules_asking(fact: str, book: Book) -> list[str]:
    """The rules with a condition on a fact."""
    return [str(row[NAME]) for row in _rows(book) if fact in (row.get(WHEN) or {})]


def _names(rows: list[Data]) -> list[str]:
    return [str(row[NAME]) for row in rows]


def _meant(sentence: Sentence, book: Book) -> Data:
    """The rule that is named. Raises NotFound."""
    rows = _rows(book)
    if not sentence.words:
        raise sentence.unclear()
    name = one_of(sentence.text, _names(rows), NOUN)
    return next(row for row in rows if row[NAME] == name)


def _with(book: Book, fresh: Data) -> list[Data]:
    """All rules with one changed."""
    return [fresh if row[NAME] == fresh[NAME] else row for row in _rows(book)]


def _put(book: Book, rows: list[Data], said: str) -> Edit:
    data: dict[str, Any] = {TITLE: rows}
    if (RULES, RULES) not in book.bundle:
        return Edit({(RULES, RULES): yamlfile.write(data)}, said)
    return book.write(RULES, RULES, data, said)
