"""Reads the rules of 自动规则; what cannot be read is said with its row and column."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import yaml

from flow.definitions import schedules, yamlfile
from flow.definitions.automation import (
    ACTION,
    ALERT,
    NODE,
    NOTE,
    OWNERS,
    PUSHED,
    SAYS,
    SCHEDULED,
    SOURCE,
    TRIGGERS,
    Rule,
    RuleAction,
)
from flow.definitions.conditions import YES, CellError, When, word
from flow.definitions.vocabulary import COMMENT, COPY
from flow.errors import DefinitionError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from flow.definitions.schedules import Schedule

TITLE = "自动规则"
NAME, WHAT, TIME, WHEN, DOES, OFF = "名", "当", "时间", "条件", "做", "停用"
KEYS = (NAME, WHAT, TIME, NODE, ACTION, SOURCE, WHEN, DOES, OFF)
KINDS = (ALERT, COPY, NOTE, COMMENT, OWNERS)
MAX_NAME = 24  #: characters: a name goes into keys of the outbox
MAX_TEXT = 300  #: characters: what one message of a group is read for
MAX_RULES = 100
MAX_SOURCE = 24  #: characters of the name of a system that sends
HOOK = re.compile(rf"[\w-]{{1,{MAX_SOURCE}}}")


def parse_rules(text: str, source: str = "自动规则文件") -> tuple[Rule, ...]:
    """Read the rules from YAML. Raises DefinitionError naming the row and the column of every problem."""
    try:
        rows = list(yamlfile.read(text)[TITLE] or [])
    except yaml.YAMLError as error:
        raise DefinitionError([f"{source}：{yamlfile.trouble(error)}"]) from error
    except (KeyError, TypeError) as error:
        raise DefinitionError([f"{source}：要有“{TITLE}”，下面一条一个规则"]) from error
    problems = [f"{source} {TITLE}：有 {len(rows)} 条，最多 {MAX_RULES} 条"] if len(rows) > MAX_RULES else []
    read = [_Row(raw, f"{source} {TITLE}第 {n} 条", problems).rule() for n, raw in enumerate(rows, 1)]
    rules = tuple(rule for rule in read if rule)
    problems += [f"{source} {TITLE}：“{name}”有两条，名字不能一样" for name in _twice(rules)]
    if problems:
        raise DefinitionError(problems)
    return rules


def rule_of(raw: Any) -> Rule | None:
    """The rule that one row describes; None for a row that cannot be read."""
    return _Row(raw, TITLE, []).rule()


def _twice(rules: tuple[Rule, ...]) -> list[str]:
    names = [rule.name for rule in rules]
    return [name for n, name in enumerate(names) if name in names[:n]]


class _Row:
    """One row while it is read; each problem goes to the list with the column that it is in."""

    def __init__(self, raw: Any, where: str, problems: list[str]) -> None:
        self.raw: Mapping[str, Any] = raw if isinstance(raw, dict) else {}
        self.where, self.problems = where, problems
        if name := str(self.raw.get(NAME, "")):
            self.where += f"“{name}”"

    def wrong(self, column: str, problem: str) -> None:
        self.problems.append(f"{self.where} {column}：{problem}")

    def rule(self) -> Rule | None:
        """The rule of the row, None when it has a problem."""
        before = len(self.problems)
        self._columns()
        name, what = str(self.raw.get(NAME, "")).strip(), str(self.raw.get(WHAT, "")).strip()
        if not 0 < len(name) <= MAX_NAME:
            self.wrong(NAME, f"要有名字，最多 {MAX_NAME} 个字")
        if what not in TRIGGERS:
            self.wrong(WHAT, f"“{what}”不认识，可选 {'、'.join(TRIGGERS)}")
        node, action, source = (self._place(key, what) for key in (NODE, ACTION, SOURCE))
        if what == PUSHED and not HOOK.fullmatch(source):
            self.wrong(SOURCE, f"“{source}”不行，要写是谁推送的，最多 {MAX_SOURCE} 个字母、数字或汉字，例如 快递")
        schedule = self._schedule(what)
        when, does = self._conditions(), tuple(self._deeds())
        off = word(self.raw.get(OFF, False)) == YES
        rule = Rule(name, what, does, node, action, when, off, schedule, source)
        return rule if len(self.problems) == before else None

    def _schedule(self, what: str) -> Schedule | None:
        said = self.raw.get(TIME)
        if what != SCHEDULED:
            if TIME in self.raw:
                self.wrong(TIME, f"只有当“{SCHEDULED}”的规则有")
            return None
        try:
            return schedules.read(str(said or ""))
        except ValueError as error:
            self.wrong(TIME, str(error))
            return None

    def _columns(self) -> None:
        for key in self.raw:
            if key not in KEYS:
                self.wrong(str(key), f"不认识，可选 {'、'.join(KEYS)}")

    def _place(self, key: str, what: str) -> str:
        if key in self.raw and key not in TRIGGERS.get(what, (key,)):
            self.wrong(key, f"当“{what}”时不能写{key}")
        return str(self.raw.get(key) or "")

    def _conditions(self) -> When:
        try:
            return When.parse(self.raw.get(WHEN))
        except CellError as error:
            self.wrong(WHEN, str(error))
        except AttributeError:
            self.wrong(WHEN, '要写成 {事实: 条件}，例如 {金额: ">5000"}')
        return When()

    def _deeds(self) -> Iterator[RuleAction]:
        rows = self.raw.get(DOES)
        if not isinstance(rows, list) or not rows:
            self.wrong(DOES, f"要有一件以上的事，可选 {'、'.join(KINDS)}")
            return
        for n, row in enumerate(rows, 1):
            if do := self._deed(row, f"{DOES}第 {n} 件"):
                yield do

    def _deed(self, row: Any, column: str) -> RuleAction | None:
        kinds = [key for key in row if key in KINDS] if isinstance(row, dict) else []
        if len(kinds) != 1:
            self.wrong(column, f"要写一样：{'、'.join(KINDS)}")
            return None
        [kind] = kinds
        for key in row:
            if key not in (kind, *_ALSO.get(kind, ())):
                self.wrong(column, f"{kind}里的“{key}”不认识")
        do = _made(kind, row)
        if problem := _problem(do):
            self.wrong(column, problem)
        return do


_ALSO = {ALERT: (SAYS,), COPY: (SAYS,)}


def _made(kind: str, row: Mapping[str, Any]) -> RuleAction:
    value = row[kind]
    if kind == NOTE:
        return RuleAction(NOTE, notes=dict(value) if isinstance(value, dict) else {})
    if kind in _ALSO:
        return RuleAction(kind, str(value or ""), str(row.get(SAYS) or ""))
    return RuleAction(kind, text=str(value or ""))


def _problem(do: RuleAction) -> str:
    """What a deed lacks, in words; "" when it is whole."""
    if do.kind == NOTE:
        plain = bool(do.notes) and all(isinstance(value, str | int | bool) for value in do.notes.values())
        return "" if plain else "记要写成 {事实: 值}，例如 {紧急: 是}"
    if do.kind in _ALSO and not do.to:
        return f"{do.kind}要写给{'哪个群' if do.kind == ALERT else '哪个角色'}"
    if not do.text and do.kind != COPY:
        return f"{do.kind}要写说什么"
    return f"有 {len(do.text)} 个字，最多 {MAX_TEXT} 个" if len(do.text) > MAX_TEXT else ""
