"""How people speak, from config/phrases.yaml: polite words, other names of commands and buttons, whole sentences."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import yaml

from flow.definitions import yamlfile
from flow.definitions.business import CONFIG
from flow.definitions.patterns import alternatives
from flow.errors import DefinitionError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

FILE = "phrases.yaml"
KEYS = (
    "客气", "指令", "按钮", "带话", "说法", "问法", "套话", "寒暄", "听到",
    "答话", "放弃", "不知道", "更正", "错字", "管理", "开单", "表单",
    "客户", "货况", "不是理由", "接手", "常问", "反悔", "条件", "运单", "退款合计", "货的样子", "答复", "旁话",
    "要看", "问数", "单问", "热线",
)  # fmt: skip
#: lists that a part of the file must have, because they are asked for by name
NEEDED = {
    "开单": (
        "不",
        "办",
        "除",
        "谁留",
        "外",
        "留",
        "转折",
        "其余",
        "语气",
        "半句",
        "填充",
        "要问",
        "退货不退",
        "各",
        "换的不是货",
    ),
    "条件": ("按钮", "都算", "钱", "怎么办", "不等货", "运费", "无妨", "另给", "客户"),
    "运单": ("打错",),
    "退款合计": ("问", "旁", "比", "钱"),
    "管理": ("说", "手上"),
    "货的样子": ("好", "坏", "没到", "少了", "多了", "包装", "无害", "总数", "应有", "里面", "开头", "别家", "还要来"),
    "答复": ("是", "就是它", "没有", "都到", "不补"),
    "旁话": ("凭证", "别处", "给", "想要", "也是"),
    "问数": ("不能分", "旁"),
}
SURE, NEAR = "就是", "像"
NOT, NOT_BEHIND, UNDECIDED, WAITED, PAID = "不算", "不算后", "未定", "等客户", "已付"
OPENS, ALONE, ENDS, POSTPONED, MOVED = "未定开头", "未定单说", "未定结尾", "延后", "改期"
_SPECIAL = (
    NOT,
    NOT_BEHIND,
    UNDECIDED,
    OPENS,
    ALONE,
    ENDS,
    WAITED,
    PAID,
    POSTPONED,
    MOVED,
)  #: what speaks for no button
VERBS, UNDONE, PLACES = "动词", "没成", "第几"  #: of words that take an action back: by button, and by numeral
_CALLED = re.compile(r"[\u4e00-\u9fff]{1,2}(?:哥|姐|总|工|老师|经理|主管|组长|老板|师傅)")  #: 谢谢王哥
_MARKS = " ,。.!~…、;:?^_"
_GAP, _ANYTHING = "…", r"[^,。;!?]{0,8}?"  #: some characters of the same clause


@dataclass(frozen=True, slots=True)
class Saying:
    """What a sentence may be about when it has one of these words in it."""

    commands: tuple[str, ...]
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Unknown:
    """A question that nothing on record answers: what is said to it, and the statements that come nearest."""

    words: tuple[str, ...]
    told: str
    nearest: tuple[str, ...]
    needs: str = ""  #: the command that whoever is answered may say; "" for everybody


@dataclass(frozen=True, slots=True)
class Known:
    """A question that needs no look at anything: who is answered, by a command that they may say, and what."""

    words: tuple[str, ...]
    needs: str
    told: str


@dataclass(frozen=True, slots=True)
class Phrases:
    """The file as one value; lists of words stand with the longest first."""

    before: tuple[str, ...]  #: polite words ahead of a command
    after: frozenset[str]  #: and behind it
    particles: tuple[str, ...]  #: right behind a command or button
    commands: Mapping[str, str]  #: other names of commands
    sure: Mapping[str, frozenset[str]]  #: a word -> the buttons that it can only mean
    near: Mapping[str, frozenset[str]]  #: a word -> the buttons that it may mean
    telling: frozenset[str]  #: names of commands, and words of sayings, that say why as well, and are kept
    sayings: tuple[Saying, ...]
    questions: Mapping[str, str]  #: words of a sentence without a number -> command
    filler: tuple[str, ...]
    small_talk: Mapping[str, str]  #: what asks nothing -> the kind word for it
    beside: tuple[str, ...]  #: what may stand beside it and asks nothing either
    talk: tuple[str, ...]  #: both
    corrections: Mapping[str, tuple[str, ...]]  #: how it is said what of a draft is to be different
    opening: Mapping[str, tuple[str, ...]]  #: what of an order is not to go back, and what is asked about first
    forms: Mapping[str, tuple[str, ...]]  #: a field of a pasted form -> how its label is written
    typos: Mapping[str, str]  #: a mistyped first word -> what it was meant for
    managing: Mapping[str, tuple[str, ...]]  #: how many of a colleague's are spoken of at once
    hellos: frozenset[str]  #: answered by who one is, what waits and what to say first
    answering: tuple[str, ...]  #: what may stand beside an answer, and is no remark
    heard: Mapping[str, tuple[str, ...]]  #: a button, or what it comes to -> words that speak for it
    noes: tuple[str, ...]  #: what takes a word back that stands right behind it
    noes_behind: tuple[str, ...]  #: and right ahead of it: 同意不了
    undecided: tuple[str, ...]  #: what leaves a decision for later
    postponed: tuple[str, ...]  #: those ahead of the moment to which it is left
    moved: tuple[str, ...]  #: what does so only where a moment follows
    undecided_ahead: tuple[str, ...]  #: what does so at the beginning of a clause
    undecided_behind: tuple[str, ...]  #: at its end
    undecided_alone: frozenset[str]  #: and where it is all of a clause
    unsaying: Mapping[str, tuple[str, ...]]  #: how words behind a button take it back, or only look so
    verbs: Mapping[str, tuple[str, ...]]  #: what a button does, by the words that a no goes with
    undone: Mapping[str, tuple[str, ...]]  #: why what a button does cannot have come about
    places: Mapping[str, int]  #: a numeral -> which of several cases; -1 for the last
    waited: tuple[str, ...]  #: what it may wait for that only the customer can send
    paid: tuple[str, ...]  #: says that the money has gone another way
    leaves: frozenset[str]  #: words that leave whatever is asked
    leaves_draft: frozenset[str]  #: and those that leave a draft, but may be a reason elsewhere
    leaves_change: frozenset[str]  #: and of a change of the rules that is not published
    pointing: tuple[str, ...]  #: what may stand beside them
    unknown: tuple[Unknown, ...]
    condition: tuple[str, ...]  #: what is said of goods that have come
    decisions: frozenset[str]  #: first words that are no reason for what was decided before
    known: tuple[Known, ...]
    taking: Mapping[str, tuple[str, ...]]  #: how a colleague's work is asked for
    customers: Mapping[str, tuple[str, ...]]  #: how it is asked of the customer of the case in hand
    goods: Mapping[str, tuple[str, ...]]  #: what is said of goods that have come, by what it means
    replies: Mapping[str, tuple[str, ...]]  #: how yes, none and all are said
    beside_button: Mapping[str, tuple[str, ...]]  #: what words behind a button may speak of
    refunded: Mapping[str, tuple[str, ...]]  #: how it is asked how much money has gone back
    parcels: Mapping[str, tuple[str, ...]]  #: how it is said that a waybill was mistyped
    narrowed: Mapping[str, tuple[str, ...]]  #: how figures of one product or kind are asked for, by the chart
    terms: Mapping[str, tuple[str, ...]]  #: how words behind a button make its money hang on something
    lists: re.Pattern[str]  #: asks to be shown figures, or a list
    hotlines: frozenset[str]  #: numbers that are of nothing on record
    figures: Mapping[str, tuple[str, ...]]  #: a chart -> what names it, and what it cannot tell apart

    def is_waved_off(self, text: str) -> bool:
        """Whether all that a text says is that a change of the rules is to be dropped: 刚才那条不要了，恢复原来的."""
        return self._is_made_of(text, self.leaves | self.leaves_draft | self.leaves_change)

    def is_left(self, text: str, *, draft: bool = False) -> bool:
        """Whether all that a text says is that what was asked is to be left: 不用了刚才那个."""
        return self._is_made_of(text, self.leaves | self.leaves_draft if draft else self.leaves)

    def _is_made_of(self, text: str, words: frozenset[str]) -> bool:
        """Whether a text is made of some words, and of what points to a thing beside."""
        rest, left = text.strip(_MARKS), False
        while rest:
            word = next((each for each in _longest([*words, *self.pointing]) if rest.startswith(each)), "")
            if not word:
                return False
            left = left or word in words
            rest = rest[len(word) :].strip(_MARKS)
        return left

    def asked_of_customer(self, text: str) -> frozenset[str]:
        """What a text, which is made of nothing else, asks of the customer in hand; none for another text."""
        return _made_of(text, self.customers)

    def takes_over(self, text: str) -> bool:
        """Whether all that a text says is that whoever says it wants the work: 转给我来处理."""
        return "说" in _made_of(text, self.taking)

    def says(self, command: str, text: str) -> bool:
        """Whether a text has words that speak of a command: 点错了 of 撤回."""
        return any(word in text for each in self.sayings if command in each.commands for word in each.words)

    def says_only(self, text: str, word: str) -> bool:
        """Whether a text says a word, and beside it nothing but what is polite: 好的，提交吧."""
        before, _, behind = text.strip(_MARKS).partition(word)
        return word in text and not self._beyond(before, self.before) and not self._beyond(behind, self.after)

    def _beyond(self, text: str, polite: Iterable[str]) -> str:
        known, rest = _longest([*polite, *self.talk, *self.particles]), text.strip(_MARKS)
        while word := next((each for each in known if rest.startswith(each)), ""):
            rest = rest[len(word) :].strip(_MARKS)
        return rest

    def after_leaving(self, text: str, *, draft: bool = False) -> str:
        """What is said behind a clause that leaves what was asked: 那个不要了，先看看待办; "" where nothing is."""
        head, mark, rest = text.partition(",")
        return rest.strip(_MARKS) if mark and self.is_left(head, draft=draft) else ""

    def is_hello(self, text: str) -> bool:
        """Whether a text is a greeting, whatever particles follow it."""
        said = text.lower().strip(_MARKS)
        return any(said.startswith(each) and not self._left(said.removeprefix(each)) for each in self.hellos)

    def _left(self, text: str) -> str:
        """A text without what asks nothing beside something else."""
        rest = text.strip(_MARKS)
        while word := next((each for each in self.beside if rest.startswith(each)), ""):
            rest = rest[len(word) :].strip(_MARKS)
        return rest

    def kind_word(self, text: str) -> str:
        """The answer to what asks nothing: 谢谢, 好的收到, 辛苦啦大家; "" where anything else is said."""
        rest, found = text.lower(), []
        while rest := rest.lstrip(_MARKS):
            word = next((each for each in self.talk if rest.startswith(each)), "")
            if not word and (called := _CALLED.match(rest)):
                word = called[0]
            if not word:
                return ""
            found += [word] if word in self.small_talk else []
            rest = rest[len(word) :]
        answers = list(dict.fromkeys(self.small_talk.values()))
        return min((self.small_talk[word] for word in found), key=answers.index, default="")

    def named(self, word: str) -> set[str]:
        """The word itself, and every button that it is another name of."""
        low = word.lower()
        return {word, *self.sure.get(low, ()), *self.near.get(low, ())}

    @property
    def buttons(self) -> frozenset[str]:
        """Every other name of a button."""
        return frozenset({*self.sure, *self.near})


def phrases_of(text: str) -> Phrases:
    """The phrases of a file. Raises DefinitionError where it cannot be read."""
    try:
        data = yamlfile.read(text)
        if strange := [key for key in data if key not in KEYS]:
            raise DefinitionError([f"{FILE}：不认识“{'、'.join(strange)}”，有：{'、'.join(KEYS)}"])
        if lacking := [
            f"{key} 的 {name}" for key, names in NEEDED.items() for name in names if not data[key].get(name)
        ]:
            raise DefinitionError([f"{FILE}：缺少 {'、'.join(lacking)}"])
        return _built(data)
    except (yaml.YAMLError, KeyError, TypeError, AttributeError) as error:
        raise DefinitionError([f"{FILE}：读不出来（{type(error).__name__} {error}）"]) from error


def _built(data: Mapping[str, Any]) -> Phrases:
    polite, small = data["客气"], data["寒暄"]
    return Phrases(
        before=_longest(polite["前"]),
        after=frozenset(polite["后"]),
        particles=_longest(polite["语气"]),
        commands=_turned(data["指令"]),
        telling=frozenset(data["带话"]),
        sure=_of_buttons(data["按钮"], SURE),
        near=_of_buttons(data["按钮"], NEAR),
        sayings=tuple(Saying(tuple(each["是"]), _longest(each["说"])) for each in data["说法"]),
        questions=_turned(data["问法"]),
        filler=_longest(data["套话"]),
        small_talk=_turned(small["答"]),
        beside=_longest(small["称呼"]),
        talk=_longest([*_turned(small["答"]), *small["称呼"]]),
        corrections=_lists(data["更正"]),
        opening=_lists(data["开单"]),
        forms=_lists(data["表单"]),
        typos=_turned(data["错字"]),
        managing=_lists(data["管理"]),
        known=tuple(Known(_longest(each["问"]), each["谁"], each["答"]) for each in data["常问"]),
        taking=_lists(data["接手"]),
        condition=_longest(data["货况"]),
        decisions=frozenset(data["不是理由"]),
        customers=_lists(data["客户"]),
        terms=_lists(data["条件"]),
        parcels=_lists(data["运单"]),
        goods=_lists(data["货的样子"]),
        replies=_lists(data["答复"]),
        beside_button=_lists(data["旁话"]),
        hellos=frozenset(small["问候"]),
        answering=_longest(data["答话"]),
        unknown=tuple(
            Unknown(_longest(each["问"]), each["答"], tuple(each["看"]), each.get("谁", "")) for each in data["不知道"]
        ),
        **_of_leaving(data["放弃"]),
        **_of_decisions(data["听到"], data["反悔"]),
        **_of_figures(data),
    )


def _of_figures(data: Mapping[str, Any]) -> dict[str, Any]:
    """How figures, lists and sums are asked for, and the numbers that are of nothing on record."""
    return {
        "refunded": _lists(data["退款合计"]),
        "hotlines": frozenset(map(str, data["热线"])),
        "figures": _lists(data["问数"]),
        "narrowed": _lists(data["单问"]),
        "lists": re.compile(alternatives(data["要看"]).replace(_GAP, _ANYTHING)),
    }


def _of_leaving(left: Mapping[str, Any]) -> dict[str, Any]:
    """How what was asked, a draft or a change is dropped."""
    return {
        "leaves": frozenset(left["都算"]),
        "leaves_draft": frozenset(left["草稿"]),
        "leaves_change": frozenset(left["改动"]),
        "pointing": _longest(left["旁边"]),
    }


def _of_decisions(heard: Mapping[str, Any], back: Mapping[str, Any]) -> dict[str, Any]:
    """What is heard of the buttons, and what takes one back."""
    return {
        "heard": {name: _longest(words) for name, words in heard.items() if name not in _SPECIAL},
        "noes": _longest(heard[NOT]),
        "noes_behind": _longest(heard[NOT_BEHIND]),
        "undecided": _longest([*heard[UNDECIDED], *heard[POSTPONED]]),
        "postponed": _longest(heard[POSTPONED]),
        "moved": _longest(heard[MOVED]),
        "undecided_ahead": _longest(heard[OPENS]),
        "undecided_behind": _longest(heard[ENDS]),
        "undecided_alone": frozenset(heard[ALONE]),
        "waited": _longest(heard[WAITED]),
        "paid": _longest(heard[PAID]),
        "unsaying": {name: _longest(words) for name, words in back.items() if name not in (VERBS, UNDONE, PLACES)},
        "verbs": _lists(back[VERBS]),
        "undone": _lists(back[UNDONE]),
        "places": back[PLACES],
    }


def _made_of(text: str, lists: Mapping[str, Iterable[str]]) -> frozenset[str]:
    """The lists whose words a text is made of, and of nothing else; none for another text."""
    named = {word: name for name, words in lists.items() for word in words}
    rest, found = text.strip(_MARKS), set()
    while rest:
        word = next((each for each in _longest(named) if rest.startswith(each)), "")
        if not word:
            return frozenset()
        found.add(named[word])
        rest = rest[len(word) :].strip(_MARKS)
    return frozenset(found)


def _longest(words: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(words, key=len, reverse=True))


def _lists(data: Mapping[str, Iterable[str]]) -> dict[str, tuple[str, ...]]:
    return {str(name): _longest(words) for name, words in data.items()}


def _turned(lists: Mapping[str, Iterable[str]]) -> dict[str, str]:
    return {str(word): name for name, words in lists.items() for word in words}


def _of_buttons(buttons: Mapping[str, Mapping[str, Iterable[str]]], key: str) -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for button, lists in buttons.items():
        for word in lists.get(key, ()):
            found.setdefault(str(word), set()).add(button)
    return {word: frozenset(names) for word, names in found.items()}


@lru_cache(maxsize=2)
def phrases(folder: Path = CONFIG) -> Phrases:
    """The phrases of this house, read once."""
    return phrases_of((folder / FILE).read_text(encoding="utf-8"))
