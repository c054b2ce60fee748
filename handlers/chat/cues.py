"""What a sentence that nobody can read may be about, from config/cues.yaml: words that speak for statements. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import yaml

from flow.definitions import yamlfile
from flow.definitions.business import CONFIG
from flow.errors import DefinitionError
from handlers.chat.wordings import placed

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

FILE = "cues.yaml"
LINES, WORDS, OF, NEEDS, LACKS, TOLD, ALONE = "办", "听", "单", "要", "没", "答", "净"
KEYS = (LINES, WORDS, OF, NEEDS, LACKS, TOLD, ALONE)
LEAST, NO_NOES, HOW, BUSINESS, CUES, NAMED = "够", "不算不", "怎么", "业务", "线索", "认得"
IN_HAND, OPENED, DECIDED = "待办", "我开的", "办过"
PLACES = (
    "单", "另一单", "单的订单", "客户的订单", "客户号", "品", "人", "人2", "我", "时间", "期间", "假", "限", "钱", "界",
    "数", "订单", "运单", "手机", "节点", "流程", "规则", "类型", "角色", "尾", "全",
)  # fmt: skip
OF_CASE = {"单", "另一单", "单的订单"}
_GAP = "…"  #: some characters of the same clause
_ANYTHING = r"[^,。;!?]{0,8}?"


@dataclass(frozen=True, slots=True)
class Cue:
    """Statements with places, and the words that speak for them, each with what it counts."""

    lines: tuple[str, ...]
    words: Mapping[str, int]
    of: tuple[str, ...] = ()  #: among which cases the one is looked for that is not named
    needs: frozenset[str] = frozenset()  #: places without which it is none
    lacks: frozenset[str] = frozenset()  #: places that its statements would lose
    told: str = ""  #: what is said with it where it comes first
    alone: bool = False  #: its statements would lose whatever else is said
    pattern: re.Pattern[str] = field(default=re.compile(""), repr=False, compare=False)

    @property
    def is_of_case(self) -> bool:
        """Whether it has to do with a case, or with its order."""
        return bool(placed(self.lines) & OF_CASE)

    def score(self, text: str, noes: tuple[str, ...], exempt: tuple[str, ...]) -> int:
        """What its words in a text come to, each once, but those that a no stands ahead of."""
        found = set()
        for match in self.pattern.finditer(text):
            ahead = text[: match.start()]
            if not ahead.endswith(noes) or ahead.endswith(exempt):
                found.add(match.lastgroup)
        weights = list(self.words.values())
        return sum(weights[int(name[1:])] for name in found if name)


@dataclass(frozen=True, slots=True)
class Cues:
    """The file as one value."""

    least: int  #: below that nothing is offered
    cues: tuple[Cue, ...]
    exempt: tuple[str, ...] = ()  #: what ends with a no, and is a question
    how: tuple[str, ...] = ()  #: asks for how a thing is done
    business: tuple[str, ...] = ()  #: one of these is in all that is said of the work
    named: tuple[Cue, ...] = ()  #: what may be looked at where a sentence names something, and nothing else is heard

    def heard(self, text: str, noes: tuple[str, ...]) -> list[tuple[int, Cue]]:
        """Every cue that a text has enough of, the likeliest first; of those that are alike, as the file has them."""
        found = [(cue.score(text, noes, self.exempt), cue) for cue in self.cues]
        return sorted((each for each in found if each[0] >= self.least), key=lambda each: -each[0])

    def asks_how(self, text: str) -> bool:
        return any(word in text for word in self.how)

    def is_of_work(self, text: str) -> bool:
        return any(word in text for word in self.business)


def cues_of(text: str) -> Cues:
    """The cues of a file. Raises DefinitionError where it cannot be read."""
    try:
        data = yamlfile.read(text)
        return Cues(
            least=int(data[LEAST]),
            cues=tuple(_cue(each) for each in data[CUES]),
            exempt=tuple(map(str, data[NO_NOES])),
            how=tuple(map(str, data[HOW])),
            business=tuple(map(str, data[BUSINESS])),
            named=tuple(_cue(each) for each in data[NAMED]),
        )
    except (yaml.YAMLError, KeyError, TypeError, ValueError, AttributeError, re.error) as error:
        raise DefinitionError([f"{FILE}：读不出来（{type(error).__name__} {error}）"]) from error


def _cue(each: Mapping[str, Any]) -> Cue:
    lines = tuple(map(str, each[LINES]))
    named = {*placed(lines), *each.get(NEEDS, ()), *each.get(LACKS, ())}
    strange = [*(key for key in each if key not in KEYS), *sorted(named - set(PLACES))]
    if strange or not lines or bool(each.get(WORDS)) == bool(set(each) <= {LINES, NEEDS, OF}):
        raise DefinitionError([f"{FILE}：{lines}：不认识“{'、'.join(strange)}”"])
    words = {str(word): int(weight) for weight, words in each.get(WORDS, {}).items() for word in words}
    return Cue(
        lines=lines,
        words=words,
        of=tuple(map(str, each.get(OF, ()))),
        needs=frozenset(map(str, each.get(NEEDS, ()))),
        lacks=frozenset(map(str, each.get(LACKS, ()))),
        told=str(each.get(TOLD, "")),
        alone=bool(each.get(ALONE)),
        pattern=_pattern(list(words)),
    )


def _pattern(words: Sequence[str]) -> re.Pattern[str]:
    """Any of the words, the longest first, each under the name of its place in the list."""
    order = sorted(range(len(words)), key=lambda n: -len(words[n]))
    parts = (f"(?P<w{n}>{_ANYTHING.join(map(re.escape, words[n].split(_GAP)))})" for n in order)
    return re.compile("|".join(parts))


@lru_cache(maxsize=2)
def cues(folder: Path = CONFIG) -> Cues:
    """The cues of this house, read once."""
    return cues_of((folder / FILE).read_text(encoding="utf-8"))
