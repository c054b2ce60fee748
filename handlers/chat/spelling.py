"""One spelling for each statement, however hands and voices put it: 请把：R…同意吧。 is 同意 R…. Pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from handlers.chat import parse
from handlers.chat.phones import respelt

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from handlers.chat.lexicon import Lexicon

_DAY = r"20\d\d(?:0[1-9]|1[0-2])(?:[0-2]\d|3[01])"
_CASE = re.compile(rf"(?<![A-Za-z0-9])[Rr]\s?({_DAY})\s?[-–—_]?\s?(\d{{4,}})(-[TtQq]\d+)?(?![A-Za-z0-9])")
_NEXT_CASE = re.compile(rf"(?<=\d)(?=[Rr]\s?{_DAY}-\d{{4}})")
_ENDING = re.compile(r"[\s。.!~…,、·?]+$")
_POINT = re.compile(r"^(?:\d{1,2}\s?[.、)]|[(]\d{1,2}[)]|[-•·])\s*(?=\D)")
_NUMBER = re.compile(r"#?(?=[A-Za-z0-9-]*\d)[A-Za-z0-9][A-Za-z0-9-]{3,}")
MARKS = " ,。.:;!?~、…\"'“”‘’()<>"
_GLUED = re.compile(r"^([A-Za-z0-9-]{4,})(?:[,:、]\s*|(?=[^\x00-\x7f×、]))(?:的|里的|里面的|这单的)?(.+)$")
_BOTH = re.compile(r"^(?:两单|两个|这些|这几单|几单)?(?:都|全部|全|一起|统统)\s?")  #: behind several cases
_QUESTION = ("?", "吗", "么", "没", "呢")
_STATED = re.compile(r"还[少差缺][^?谁哪几什啥多]*呢$")  #: 还少一台呢 tells, and asks nothing
_INTERROGATIVE = re.compile(r"[谁哪几咋]|什么|啥|怎|多少|多久|是不是|有没有")
_THEM = "(?:客户|客人|买家|顾客|对方|他|她)"
_UNTOLD = re.compile(
    rf"(?:(?<!请)问问?(?:一?下)?{_THEM}|[跟和同与找]{_THEM}(?:再|先)?(?:确认|核实|核对|问清|问)(?:一?下)?)"
    r"[^,。;?？\s]{0,6}?(?:是不是|有没有|要不要|能不能|会不会|可不可以|愿不愿意?|什么|啥|怎么?|多少|多久|[谁哪几])|"
    r"(?:(?:说|讲|分|看)不清楚?|(?:看|查|验|测)不出来?|没(?:说|写|讲)(?:清楚?|明白?)?|没[标填])[^,。;?？\s]{0,4}?(?:什么|啥|怎么?|多少|多久|[谁哪几])"
)  #: 说不清哪里坏 and 问问客户是不是要换 ask nobody here
_LEAVE = re.compile(
    r"请(?:[一二两三四五六七八九十半几\d个]{1,3}(?:天半?|周|星期|下午|上午)的?)?(?:年|病|事|婚|产|丧|陪产)?假"
)  #: 请两天假
_PLACE_FIRST = re.compile(r"^(?P<place>第(?:\d{1,2}|[一二三四五六七八九十])(?:个|条|单|件|号|项))\s*(?P<rest>.+)$")
_PAYING = ("退", "赔", "补")
_AMOUNT = re.compile(r"¥|\d+(?:\.\d+)?(?:$|元|块|%)")
_SUM_FIRST = re.compile(r"¥?\d{1,5}(?:\.\d{1,2})?(?:元|块钱|块)|¥\d{1,5}(?:\.\d{1,2})?")  #: 赔30块 880002
_TAIL = 4  #: digits of a case's number that are said for it
_SHORT = 6  #: characters of a question that asks nothing but how far a thing is: 签收没
ASKING = "查"  #: the command that is all a question about how far a thing is can mean
BETWEEN = ("、", ",", "和", "跟", "与", "及", "以及", "还有", "/", "&", "+", ";")  #: what may stand between two numbers


_WHETHER = re.compile(
    r"(?:收|到|寄|退|打|批|审|验|换|修|发|好|完)(?:了|到|完|过|好|出)?没有?[啊呀呢啦]*$|能\S{1,3}不[啊呀呢]*$"
)


def fullstopped(text: str) -> str:
    """A text without the full stop that speech ends every sentence with."""
    return text.rstrip("。 ") or text


def is_number(word: str) -> bool:
    """Whether a word may be the number of an order, a waybill or a customer."""
    return _NUMBER.fullmatch(word) is not None


_SPOKEN = re.compile(r"[零〇一二三四五六七八九幺]{5,}")  #: 七零零一零二, as speech comes
_FIGURES = str.maketrans("零〇一二三四五六七八九幺", "001234567891")


def numbered(text: str) -> str:
    """A text with its phone and case numbers as the books have them, the latter apart from the words around them."""
    said = _SPOKEN.sub(lambda match: match[0].translate(_FIGURES), text)
    apart = _NEXT_CASE.sub(" ", respelt(said))
    return " ".join(_CASE.sub(_whole, apart).split())


def _whole(match: re.Match[str]) -> str:
    return f" R{match[1]}-{match[2]}{(match[3] or '').upper()} "


def spelt(text: str, lexicon: Lexicon) -> list[str]:
    """The words of one statement: the command first, then its number; as they stand where it begins with neither.

    Only what a command keeps as prose keeps its question mark and its thanks; a button that is asked about is no
    statement.
    """
    plain = numbered(polite(text, lexicon))
    words = _ordered(_ENDING.sub("", plain) or plain, lexicon)
    if words and words[0] in lexicon.prose:
        return _ordered(fullstopped(plain), lexicon)
    words = _said_once(words, lexicon)
    if words and lexicon.is_button(words[0]) and asks(plain):
        return [*words[1:2], f"{words[0]}?", *words[2:]]
    return _unthanked(words, lexicon) if words and lexicon.is_word(words[0]) else words


def _said_once(words: list[str], lexicon: Lexicon) -> list[str]:
    """``可以 R… 同意``: a button behind another name of it says the same once more, and which one it is."""
    again = words[2].strip(MARKS) if len(words) > 2 else ""
    if again in lexicon.actions and again in lexicon.phrases.named(words[0]) - {words[0]}:
        return [again, words[1], *words[3:]]
    return words


def asks(text: str) -> bool:
    """Whether a text is a question, which decides nothing: 同意了吗, 同意 R…？"""
    plain = text.rstrip(" 。.!~…")
    return plain.endswith(_QUESTION) and not _STATED.search(plain)


def told(text: str) -> str:
    """A text without what others are to be asked, or nobody can say: 问问客户是不是要换, 说不清哪里坏."""
    return _UNTOLD.sub("", text)


def asks_whether(text: str) -> bool:
    """The same, also of a clause that ends with a no and asks so: 货收到没有啊, 还能退不."""
    clauses = re.split(r"[\s,，;；。!！]+", text.rstrip("?？"))
    return asks_at_all(text) or any(map(_WHETHER.search, clauses))


def asks_at_all(text: str) -> bool:
    """Whether a text asks: by its last word, or by what it asks for, such as 谁 and 什么时候."""
    plain = told(text)
    return asks(plain) or bool(_INTERROGATIVE.search(plain))


def polite(text: str, lexicon: Lexicon) -> str:
    """Without the polite words ahead; 请假 and 请求发布 are commands."""
    rest = _POINT.sub("", text.strip())
    while not lexicon.phrases.kind_word(rest):
        lower = rest.lower()
        found = next((word for word in lexicon.phrases.before if lower.startswith(word)), "")
        after = rest[len(found) :].lstrip(" ,:，。!~、")
        if not found or not after or (lexicon.head.match(rest) and not lexicon.head.match(after)):
            return rest
        if any(name.startswith(found) and rest.startswith(name) for name in lexicon.commands) or _LEAVE.match(rest):
            return rest
        rest = after
    return rest


def _ordered(text: str, lexicon: Lexicon) -> list[str]:
    """The words with the command first, by its own name, and the case or number that it is about next."""
    text = _without_both(text, lexicon)
    if said := _place_first(text, lexicon):
        return said
    if (match := lexicon.head.match(text)) and not _looks_at_no_number(match, lexicon):
        name = _named(match["name"], lexicon)
        return [name, *_told(match["name"], _arranged(name, _words(match["rest"]), lexicon), lexicon)]
    words = _words(text)
    run = _run(words, case=True)
    behind = " ".join(words[run:]).lstrip(",:.。、 ")
    behind = _BOTH.sub("", behind, count=1) if run > 1 else behind
    if run and (match := lexicon.on_case.match(behind)):
        return [_named(match["name"], lexicon), *words[:run], *_words(match["rest"])]
    if not run and (said := _number_first(text, lexicon)):
        return said
    if not run and len(words) > 1 and is_number(words[0]) and _decides(words[1], lexicon):
        return [_named(words[1], lexicon), words[0], *words[2:]]
    return words


def _without_both(text: str, lexicon: Lexicon) -> str:
    """两个都同意 A B as 同意 A B; any other text as it is."""
    both = _BOTH.sub("", text, count=1)
    match = lexicon.head.match(both) if both != text else None
    return both if match and lexicon.is_button(match["name"]) and _CASE.search(both) else text


def _place_first(text: str, lexicon: Lexicon) -> list[str]:
    """``第一个同意``, the button first; none for another text."""
    first = _PLACE_FIRST.match(text)
    behind = lexicon.on_case.match(first["rest"]) if first else None
    if first is None or behind is None or not lexicon.is_button(behind["name"]):
        return []
    return [_named(behind["name"], lexicon), first["place"], *_words(behind["rest"])]


def _number_first(text: str, lexicon: Lexicon) -> list[str]:
    """``536366退货 …`` and ``0006同意``, the command first; none for another text."""
    match = re.match(rf"^({_NUMBER.pattern})\s?(.+)$", text)
    if match is None or parse.is_case_no(match[1]):
        return []
    decided = match[2].rstrip("吧了啊。! ")
    if match[1].isdigit() and len(match[1]) <= _TAIL and _decides(decided, lexicon):
        return [_named(decided, lexicon), match[1]]
    after = lexicon.on_number.match(match[2])
    if after is None:
        return []
    rest = _words(after["rest"])
    if rest and after["name"] in _PAYING and _AMOUNT.match(rest[0]):
        rest[0] = after["name"] + rest[0]  # 536365 退20%
    return [_named(after["name"], lexicon), *_told(after["name"], [match[1], *rest], lexicon)]


def _looks_at_no_number(match: re.Match[str], lexicon: Lexicon) -> bool:
    """看看12月的报表: another name of 查, and behind it no number but a sentence."""
    word = _named(match["name"], lexicon)
    rest = _words(match["rest"])
    return word == ASKING != match["name"] and len(rest) == 1 and rest[0][-1:] > "\x7f" and "报表" in rest[0]


def _told(name: str, words: list[str], lexicon: Lexicon) -> list[str]:
    """The words behind a command, with its other name where that says why: 漏发 536365 is 补发 536365 漏发."""
    if name in lexicon.phrases.telling and name not in lexicon.commands:
        return [*words[:1], name, *words[1:]]
    return words


def _decides(word: str, lexicon: Lexicon) -> bool:
    """Whether a word is a button, or another name that can only be one."""
    return word in lexicon.actions or word in lexicon.phrases.sure


def _arranged(name: str, words: list[str], lexicon: Lexicon) -> list[str]:
    if name in lexicon.about_cases | lexicon.actions:
        return _case_first(words, lexicon)
    if name in lexicon.about_numbers:
        words = [part for word in words for part in _listed(word)]
    if name in lexicon.about_orders | lexicon.about_numbers and words and (match := _GLUED.match(words[0])):
        words = [match[1], match[2], *words[1:]]
    if name in lexicon.about_orders and len(words) > 1 and _SUM_FIRST.fullmatch(words[0]) and is_number(words[1]):
        words = [words[1], *words[2:], f"{name[-1:] if name[-1:] in _PAYING else name[:1]}{words[0]}"]
    return words[:1] if name == ASKING and only_asks(words[1:], lexicon) else words


def _listed(word: str) -> list[str]:
    """``536365、536366`` is two words; any other word is one."""
    parts = [part for part in re.split("[、,]", word) if part]
    return parts if len(parts) > 1 and all(map(is_number, parts)) else [word]


def _case_first(words: list[str], lexicon: Lexicon) -> list[str]:
    """``王建国 R…`` and ``这单 R…``: the only case ahead of what else is said."""
    places = [n for n, word in enumerate(words) if parse.is_case_no(word)]
    if len(places) != 1 or not 0 < places[0] <= 2 or words[0].lstrip("#").isdigit():
        return words
    before = [word for word in words[: places[0]] if word not in lexicon.phrases.filler]
    return [words[places[0]], *before, *words[places[0] + 1 :]]


def _run(words: Sequence[str], *, case: bool) -> int:
    """How many words at the front are numbers, with what stands between them."""
    n = 0
    while n < len(words) and (parse.is_case_no(words[n]) if case else is_number(words[n])):
        n += 1
        while n + 1 < len(words) and words[n] in BETWEEN and (not case or parse.is_case_no(words[n + 1])):
            n += 1
    return n


def _named(name: str, lexicon: Lexicon) -> str:
    known = {word.lower(): word for word in (*lexicon.commands, *lexicon.actions)}
    return lexicon.meant(known.get(name.lower(), name))


def _words(text: str) -> list[str]:
    """The words; a mark that stands alone, or right behind a number, is no word."""
    return [word for word in parse.words(text) if word.strip(",.。:;!?~") or word in BETWEEN]


def _unthanked(words: list[str], lexicon: Lexicon) -> list[str]:
    """Without thanks and particles as last words of their own."""
    while len(words) > 1 and words[-1].lower().strip(",。!~") in lexicon.phrases.after:
        words = words[:-1]
    thanks = next((word for word in ("谢谢", "多谢", "麻烦了", "辛苦了") if words[-1].endswith(word)), "")
    return [*words[:-1], words[-1].removesuffix(thanks)] if len(words) > 1 and thanks != words[-1] else words


def bare(text: str, lexicon: Lexicon) -> str:
    """A piece without the filler and the marks at its ends; "" where it is nothing else."""
    said = text.strip(MARKS)
    while said:
        found = next((word for word in lexicon.phrases.filler if said.startswith(word)), "")
        ended = "" if found else next((word for word in lexicon.phrases.filler if said.endswith(word)), "")
        if not found and not ended:
            return said
        said = (said[len(found) :] if found else said[: -len(ended)]).strip(MARKS)
    return said


def only_asks(words: Iterable[str], lexicon: Lexicon) -> bool:
    """Whether words say nothing but how far a thing is: 到哪了, 怎么样了, 的进度."""
    left = [piece for piece in unasked(" ".join(words), lexicon).split() if bare(piece, lexicon)]
    return all(len(piece) <= _SHORT and piece.endswith(_QUESTION) for piece in left)


def unasked(text: str, lexicon: Lexicon) -> str:
    """A text without every phrase that asks how far a thing is."""
    for saying in lexicon.phrases.sayings:
        for word in saying.words if saying.commands == (ASKING,) else ():
            if said_in(word, text):
                text = text.replace(word, " ")
    return text


def said_in(word: str, text: str) -> bool:
    """Whether a text has a word; one that asks at its end, such as 了没, only where a clause ends: not 买了没几天."""
    if not word.endswith(_QUESTION):
        return word in text
    return re.search(rf"{re.escape(word)}(?=$|[\s,。!?~、]|[啊呀呢哦])", text) is not None
