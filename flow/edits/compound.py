"""Several changes in one message: ``规则 组长审批 500→800，自动通过 50→80；流程 质检 时限 4小时``. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from flow.definitions.business import FLOW, POLICY
from flow.definitions.vocabulary import TIME_UP
from flow.edits.automation import rule_names
from flow.edits.nodes import LIMITS, PROSE, QUALITIES
from flow.edits.number_change import change_of
from flow.edits.policy_rows import SAID, rows_of
from flow.edits.rules import named_in, rows_like
from flow.edits.sentence import GLUED, Sentence, plain
from flow.edits.synonyms import canonical
from flow.errors import PolicyRefused

if TYPE_CHECKING:
    from collections.abc import Collection

    from flow.edits.working_copy import Book

_BREAK = re.compile(r"\s*(?:[;；。\n]+|，|(?<!\d),|,(?!\d{3}(?!\d)))\s*")  #: not the comma of 1,000
_WEAK = ",，。"  #: within words for people these are only punctuation
FOR_PEOPLE = ("通知", "增加规则")
_GLUED = re.compile(rf"^({'|'.join(LIMITS)}){GLUED}|^([^\s:：=]+)\s*[:：=]\s*")


@dataclass(frozen=True, slots=True)
class _Said:
    """A sentence as far as it goes; ``prefix`` are the words that the next one may leave out."""

    verb: str
    text: str
    prefix: str = ""
    subject: str = ""

    def only_named(self, end: int) -> bool:
        """Whether up to there it says no more than what is to change."""
        return bool(self.prefix) and len(self.text[:end].split()) <= len(self.prefix.split()) + bool(self.subject)

    @property
    def for_people(self) -> bool:
        """Whether it ends in words for people."""
        if self.verb in FOR_PEOPLE:
            return True
        words = plain(self.text).split()
        return (self.verb == "流程" and any(key in words[2:4] for key in PROSE)) or (
            self.verb in ("规则", "增加行", "增加字段") and any(word in words for word in (SAID, "地址", "问"))
        )


def sentences(text: str, book: Book, verbs: Collection[str]) -> list[str]:
    """The sentences of a message, each with what it left out because the one before says it.

    Raises PolicyRefused where a comma in words for people may also begin another change.
    """
    done: list[str] = []
    current = _begun(canonical(text, verbs), book)
    place = 0
    while match := _BREAK.search(current.text, place):
        if current.only_named(match.start()):
            current = replace(current, text=f"{current.text[: match.start()]} {current.text[match.end() :]}")
            continue
        rest = current.text[match.end() :]
        following = _following(current, rest, match[0].strip(), book, verbs) if rest else ""
        if following:
            done.append(current.text[: match.start()])
            current, place = _begun(following, book), 0
        else:
            place = match.end()
    return [*done, current.text]


def _begun(text: str, book: Book) -> _Said:
    """A sentence with the words that those after it may leave out."""
    words = plain(text).split()
    verb = words[0] if words else ""
    if verb not in ("规则", "流程"):
        return _Said(verb, text)
    rest = Sentence(tuple(words[1:]), "")
    named = book.flow_meant(rest) if verb == "流程" else book.policy_meant(rest)
    said = f"{verb} {words[1]}" if len(named[1].words) < len(rest.words) else verb
    first = _BREAK.split(named[1].words[0])[0] if named[1].words else ""
    return _Said(verb, text, said, first)


def _following(current: _Said, rest: str, mark: str, book: Book, verbs: Collection[str]) -> str:
    """The whole of what follows a mark, with its verb, if another sentence begins there; else ""."""
    if not plain(_BREAK.split(rest, maxsplit=1)[0]).strip():  # nothing stands between two marks
        return ""
    spelt = canonical(rest, verbs)
    begins = any(plain(first) in verbs for first in spelt.split(maxsplit=1)[:1])
    weak = mark in _WEAK
    if begins:
        return "" if weak and current.for_people else spelt
    carried = {"规则": _of_rules, "流程": _of_flow}.get(current.verb)
    found = carried(current, rest, book) if carried else ""
    if found and weak and current.for_people:
        raise PolicyRefused(
            f"“{rest[:20]}”是前面那句话的一部分，还是另一处改动？另一处改动请用 ； 隔开，一部分就去掉里面的空格或箭头"
        )
    return found


def _of_flow(current: _Said, rest: str, book: Book) -> str:
    """``负责人 质检员`` after ``流程 质检 时限 4小时``, or another node's."""
    tidy = _GLUED.sub(lambda match: f"{match[1] or match[2]} ", rest, count=1)
    words = plain(tidy).split()
    if len(words) > 1 and words[0] in (*QUALITIES, TIME_UP):
        return f"{current.prefix} {current.subject} {tidy}"
    nodes = {node for name in book.names(FLOW) for node in book.read(FLOW, name)["节点"]}
    keys = (*QUALITIES, TIME_UP)
    if len(words) > 1 and words[0] in nodes and any(words[1].startswith(key) for key in keys):
        return f"{current.prefix} {rest}"
    return (
        f"{current.prefix} {rest}" if any(words[0].startswith(f"{node}{key}") for node in nodes for key in keys) else ""
    )


def _of_rules(current: _Said, rest: str, book: Book) -> str:
    """``总监审批 500→800`` after ``规则 组长审批 500→800``, or another cell of the same row."""
    end = _BREAK.search(rest)
    segment = rest[: end.start()] if end else rest
    policy, _ = book.policy_meant(Sentence(tuple(plain(current.text).split()[1:]), ""))
    data = book.read(POLICY, policy)
    rows = list(rows_of(data))
    words = plain(segment).split()
    try:
        change = change_of(segment)
    except PolicyRefused:  # told where the sentence is carried out
        return f"{current.prefix} {rest}"
    name, _ = named_in(change.head, rows, data) if change and change.head else (words[0], "")
    columns = {key for row in rows_like(current.subject, rows) for key in row.cells}
    if name in columns and name in data:
        ways = f"规则 {current.subject} {segment}，或者 规则 {segment}"
        raise PolicyRefused(f"“{name}”是“{current.subject}”的，还是整个政策的？请另打一句：{ways}")
    if name in columns or (change and not change.head):
        return f"{current.prefix} {current.subject} {rest}"
    known = rows_like(name, rows) or name in data or any(name in plain(rule) for rule in rule_names(book))
    return f"{current.prefix} {rest}" if known and (change or len(words) > 1) else ""
