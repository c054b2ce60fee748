"""A whole sentence taken apart: the numbers in it, what it is about, and what else it says. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from flow.definitions.feasts import without_coming
from flow.definitions.patterns import alternatives
from flow.edits.quantities import NUMERAL
from handlers.chat import parse
from handlers.chat.phrases import phrases
from handlers.chat.spelling import ASKING, MARKS, bare, numbered, polite, said_in, unasked

if TYPE_CHECKING:
    from collections.abc import Iterable

    from handlers.chat.lexicon import Lexicon
    from handlers.chat.phrases import Saying

_NUMBER = re.compile(
    r"(?<![A-Za-z0-9-])(?!\d{1,2}-\d{1,2}(?![\dA-Za-z-]))(?=[A-Za-z0-9-]*\d)[A-Za-z0-9][A-Za-z0-9-]{3,}(?![A-Za-z0-9])"
)
_NO = re.compile(r"(?:不|别|没|未|无需)(?:用|需要|要|想|能|可以|给|再|是|必|让|肯|会|打算|说要|说)*$")
_INSIDE = re.compile(r"[\u4e00-\u9fff](?<![的要想请来再可该都])$")  #: a word of one sign behind it is part of another
_CLAUSE = " ,;。\n"
_PRICED = re.compile(
    r"(?:给?(?:他|她|客户)?)(?:¥|\d{1,5}(?:\.\d+)?\s?(?:$|[,;。\s元块])|一半|半价|\d+%|[一二两三四五六七八九]成)"
)
_OF_SUM = 5  #: digits of a number that may be money; longer ones are of orders
_LONGER = re.compile(rf"换(?:成|为)|[退换修补](?:\d{{1,3}}|{NUMERAL})留(?:\d|{NUMERAL})")  #: 换成蓝色的, 退一留二
_ONE = re.compile(r"一[个件]$")  #: 换一个 says how many as well
_ANOTHER_SORT = re.compile(r"(?:别的|其他|另外|不同|颜色|尺寸|尺码|型号|款|大|小|同款|新款|地址|电话|快递)")
_OF_ORDER = re.compile(r"地址|电话|手机|人|信息|方式|姓名")
_NEW = re.compile(r"全?新|好的|同样|一样|一模一样")
_ALL_BUT = re.compile(r"(?:除|不算|不包括|不含|留|不退|不要)[^\n]*(?:都|全)(?:要|想)?$")
_ALL_AHEAD = re.compile(r"(?<=都|全)\w*[\s,]*(?:但是?|就|只有)?(?:除|不算|不包括|不含|留)")  #: 都退，除了灯笼
_LED = re.compile(r"^[\s,。:;、]*(?:里面|里边|里|中|这单|那单)?的?")  #: what ties a piece to the number ahead of it


@dataclass(frozen=True, slots=True)
class Sentence:
    """``commands`` are what it may be about, by ``phrase``; neither that nor the cases are in ``left`` any more."""

    text: str
    cases: tuple[str, ...]
    numbers: tuple[str, ...]  #: others than of cases
    commands: tuple[str, ...]
    phrase: str
    left: str
    lexicon: Lexicon

    @property
    def rest(self) -> list[str]:
        """What else it says, without any number."""
        return self._pieces(_NUMBER.sub(lambda match: " " if match[0] in self.numbers else match[0], self.left))

    def about(self, number: str) -> list[str]:
        """What else it says, in its order, but for one of the numbers: the others may be products."""
        return self._pieces(self.left.replace(number, " ", 1))

    def whole(self, number: str) -> list[str]:
        """All that it says beside the number, with what it may be about."""
        words = " ".join(word for word in parse.words(self.text) if not parse.is_case_no(word))
        return self._pieces(words.replace(number, " ", 1))

    def _pieces(self, text: str) -> list[str]:
        return [_LED.sub("", piece).strip(MARKS) for piece in text.split() if bare(piece, self.lexicon)]


def sentence(text: str, lexicon: Lexicon) -> Sentence:
    """The sentence in its parts."""
    plain = numbered(polite(text, lexicon))
    words = parse.words(plain)
    cases = tuple(dict.fromkeys(word.upper() for word in words if parse.is_case_no(word)))
    left = " ".join("\n" if parse.is_case_no(word) else word for word in words)
    numbers = tuple(dict.fromkeys(match[0] for match in _NUMBER.finditer(left) if not _is_sum(left, match)))
    left = _not_but(left, lexicon)
    saying, phrase = _saying(without_coming(_NUMBER.sub("\n", left)), lexicon.phrases.sayings)
    commands = saying.commands if saying else ()
    if commands == (ASKING,):
        left = unasked(left, lexicon)
    elif phrase and not _tells(left, phrase, commands, lexicon):
        left = _without(left, phrase, lexicon)
    return Sentence(plain, cases, numbers, commands, phrase, left, lexicon)


def _is_sum(text: str, match: re.Match[str]) -> bool:
    """Whether a number is money by the words beside it, or a hotline: 超过3000, 8000以上, 批8000的单, 投诉到12315."""
    if match[0] in phrases().hotlines:
        return True
    if not match[0].isdigit() or len(match[0]) > _OF_SUM:
        return False
    known, before, behind = phrases().opening, text[: match.start()].rstrip(), text[match.end() :].lstrip()
    return before.endswith(known["钱数前"]) or behind.startswith(known["钱数后"])


def denied(text: str, number: str) -> bool:
    """Whether a number is said to be the wrong one: 不是SF1 是SF2, SF1写错了，应该是SF2."""
    told = re.escape(number)
    wrong = rf"(?:不是|不对的?是|写错成|错写成)\s*{told}(?![A-Za-z0-9])"
    righted = rf"{told}[,\s]*(?:写错了?|错了?|不对|是错的)?[,\s]*(?:应该是|应该|改成|改为|换成|才是|是)\s*[A-Za-z0-9]"
    return re.search(f"{wrong}|{righted}", text, re.IGNORECASE) is not None


def _not_but(text: str, lexicon: Lexicon) -> str:
    """``不是退货是换货`` as 换货."""
    kinds = "|".join(map(re.escape, sorted(lexicon.about_orders, key=len, reverse=True)))
    return re.sub(rf"(?:不是|不要)(?:{kinds})[,\s]*(?:而|应该)?(?:是|要)(?={kinds})", "", text)


def _is_meant(word: str, text: str) -> bool:
    """Whether a word stands anywhere without a no right before it: 不退了, 不要换 ask for neither."""
    places = [match for match in re.finditer(re.escape(word), text) if not _NO.search(text[: match.start()])]
    if word == "收货":
        places = [match for match in places if not _OF_ORDER.match(text, match.end())]  # 收货地址, 收货人
    return any(not (word.startswith("换") and _is_of_no_goods(text, match.start())) for match in places)


def _is_of_no_goods(text: str, at: int) -> bool:
    ahead = text[:at].rstrip("也都又要想已经了").endswith(phrases().corrections["订单上的"])
    return ahead or _of_no_goods().match(text, at) is not None


@lru_cache(1)
def _of_no_goods() -> re.Pattern[str]:
    """换个地址, 换了快递: nothing that was bought is to be exchanged."""
    others = alternatives((*phrases().corrections["订单上的"], *phrases().opening["换的不是货"]))
    return re.compile(rf"换(?:了|一下|下|个|一个|成|新|别的|的|收货|收件|退款)*(?:{others})")


def _without(text: str, phrase: str, lexicon: Lexicon) -> str:
    """The text without a phrase, and without what is left of its clause where that is nothing by itself."""
    at = _place(text, phrase)
    counted = _ONE.search(phrase)
    if counted and not _ANOTHER_SORT.match(text, at + len(phrase)):
        phrase = phrase.removesuffix(counted[0])
        behind = text[at + len(phrase) + len(counted[0]) :]
        apart = " " if _NEW.match(behind) else ""  # 一个台灯 is one word
        text = f"{text[: at + len(phrase)]} {counted[0]}{apart}{behind}"
    start = max(text.rfind(mark, 0, at) for mark in _CLAUSE) + 1
    end = min((found for mark in _CLAUSE if (found := text.find(mark, at)) >= 0), default=len(text))
    if start and text[start - 1] != "\n" and not bare(text[start:end].replace(phrase, ""), lexicon):
        return f"{text[: start - 1]} {text[end:]}"
    behind, bare_head = text[at + len(phrase) :], _ended(text[:at], start)
    ends_clause = not text[at + len(phrase) : end].strip("了吧的啊呢")
    head = bare_head if ends_clause or not bare_head[start:] else text[:at]
    return f"{head} {behind}"


def _ended(head: str, start: int) -> str:
    """The text before a phrase that ended its clause, without the words that led to it: 客户想 of 客户想换货."""
    led = phrases().opening["半句"]
    while word := next((each for each in led if head[start:].endswith(each)), ""):
        head = head[: -len(word)]
    return head


def _place(text: str, phrase: str) -> int:
    """Where a phrase stands without a no right before it."""
    places = [match.start() for match in re.finditer(re.escape(phrase), text)]
    return next((at for at in places if not _NO.search(text[:at])), places[0])


def _tells(text: str, phrase: str, commands: Iterable[str], lexicon: Lexicon) -> bool:
    """Whether what a case is opened for is said by that very word, or cannot do without it: 少发了一个灯罩."""
    if not set(commands) <= lexicon.about_orders:
        return False
    at = _place(text, phrase)
    behind = text[at + len(phrase) :]
    if _PRICED.match(behind) or _LONGER.match(text, at):
        return True  # 退50
    if text[:at].endswith("全") or _ALL_BUT.search(text[:at]) or _ALL_AHEAD.match(text, at):
        return True  # 全退, 除了灯笼都退
    if len(phrase) == 1 and _INSIDE.search(text[:at]) and behind[:1] not in _CLAUSE + "了":
        return True  # 少退点
    return phrase in lexicon.phrases.telling or (
        behind.startswith("了") and behind[1:2] not in MARKS and bool(bare(behind[1:], lexicon))
    )


def _saying(text: str, sayings: Iterable[Saying]) -> tuple[Saying | None, str]:
    for saying in sayings:
        for word in saying.words:
            if said_in(word, text) and _is_meant(word, text):
                return saying, word
    return None, ""
