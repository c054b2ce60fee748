"""The words in which owners speak of their rules, by what they say of what stands beside them: config/owners.yaml."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from config import FOLDER
from flow.definitions import yamlfile
from flow.definitions.patterns import alternatives
from flow.errors import DefinitionError

if TYPE_CHECKING:
    from collections.abc import Mapping

FILE = FOLDER / "owners.yaml"
FILLING, MISHEARD, THEMES = "填充", "听错", "主题"
CHANGE, GIVE, LIMIT, TOO, SINCE, OWNER = "改", "给", "时限", "太长", "原来", "负责"
ADD, DROP, STOP, START, BEFORE, BEHIND, STEP = "加", "删", "停", "启", "前", "后", "步"
MUST, PHOTO, LATE, TELL, UNDONE, TWO, SIGN = "必", "拍照", "超时", "告诉", "没办", "两人", "签"
MOST, PER, ALONE, CEILING, UNCHECKED, ASKED = "最多", "每", "自动", "上限", "免", "问"
PAID, CHECKED, AT_ONCE, FREIGHT, BEARS, FAULT = "退款", "验后", "马上", "运费", "承担", "责任"
BECOME, NO_MORE, RIGHT, LIKE, REASON, RISE = "当上", "不当", "权限", "像", "原因", "升"
LEAVE, NEWCOMER, REFUSED, ACCOUNT = "离职", "新人", "不退", "账号"
ALSO, ROLE, ARRIVED, TOGETHER, ADDRESS = "也", "角色", "签收", "合并", "收件"
ALONE_CAN, WRITTEN, OTHER_SET, FREE, BARRED = "只", "写", "另套", "选填", "禁"


@dataclass(frozen=True, slots=True)
class Theme:
    """What may be meant where one of some words is heard: what stands, how it is said, and what shows it."""

    heard: tuple[str, ...]
    stands: str
    ways: tuple[str, ...]
    look: str


@dataclass(frozen=True, slots=True)
class OwnerWords:
    """The file as one value."""

    classes: Mapping[str, str]  #: a word -> what it says; "" for what says nothing
    misheard: Mapping[str, str]  #: what was typed or heard -> what was meant
    themes: tuple[Theme, ...] = ()

    def righted(self, text: str) -> str:
        """A text with what was plainly misheard as it was meant."""
        if not self.misheard:
            return text
        return re.sub(alternatives(self.misheard), lambda match: self.misheard[match[0]], text)


@cache
def owner_words() -> OwnerWords:
    """The words that ship, read once."""
    return owner_words_of(FILE.read_text(encoding="utf-8"))


def owner_words_of(file: str) -> OwnerWords:
    """Raises DefinitionError for a word that stands in two classes: nobody would know what it says."""
    data = dict(yamlfile.read(file))
    misheard = {str(typed): str(meant) for meant, every in data.pop(MISHEARD, {}).items() for typed in every}
    themes = tuple(
        Theme(tuple(map(str, each["听"])), str(each["说"]), tuple(map(str, each["例"])), str(each["看"]))
        for each in data.pop(THEMES, ())
    )
    found: dict[str, str] = {}
    for kind, every in data.items():
        for word in map(str, every):
            if word in found:
                raise DefinitionError([f"owners.yaml 的“{word}”写在 {found[word] or FILLING} 和 {kind} 两类里"])
            found[word] = "" if kind == FILLING else str(kind)
    return OwnerWords(found, misheard, themes)
