"""What of one line is about a further order, or is to be done with other goods in another way. Pure."""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING

from flow.definitions.permissions import KINDS
from flow.edits.quantities import NUMERAL, numeral
from handlers.chat import drafts, goods, parse, quantities
from handlers.chat.phrases import phrases
from handlers.chat.quantities import MEASURE

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from flow.orders.lookup import Choice

_NO = re.compile(r"(?<![A-Za-z0-9.¥×*_-])(?=[A-Za-z-]*\d)[A-Za-z0-9][A-Za-z0-9-]{3,}(?![A-Za-z0-9.×*_-])")
_SUM_DIGITS = 5  #: of an amount; longer numbers are of orders
WITHOUT_GOODS = ("仅退款", "补偿")  #: kinds by which money goes and no goods come
_SHORT_KINDS = {"退货": "退", "仅退款": "退", "换货": "换", "维修": "修", "补发": "补"}
_MARKS = " ,;。、"
_JOINT = r"(?:[\s,;。、/+&]|和|跟|与|及|以及|还有|另外|然后|加上|订单号?|单号)*"
_SHORT = {"退": "退货", "换": "换货", "修": "维修", "补": "补发"}
_BEHIND = re.compile(
    r"^(?:的|号|也|都|要|想|两单|[二三四五]单|这[两几]单|各自?|一起|全部|[,、;。\s]|和|跟|与|及)*(?:全|退|换|修|补|都|[两二三四五]单|$)"
)
_LED = re.compile(
    r"^[\s,、;。:]*(?:的|号|也|[两二三四五]单|这[两几]单|一起|各自?|都(?:是|要|想)?|要|想)*(?:退货|换货|(?:退|换|修|补)(?!款|差|一半|\d+元))?[\s,、:]*"
)
_TIED = re.compile(r"(?:[、和跟与及&]|还有|加上)\s*(?:订单号?|单号)?$")
_CLAUSE = re.compile(r"[,;。!\s]+")
_ONLY_VERB = re.compile(r"(?:只|就|直接)*(?<![不没别未已])(?P<verb>[退换修补])(?!款|差|回|过)货?")
_THEN = re.compile(r"[\s,;。、]*(?:再|然后|还有|另外|并且|顺便|同时|和)*(?:把|将|给)?[\s,;。、]*$")
_ALL_OF_THEM = re.compile(
    r"[,;。!\s]+(?P<all>[^\s,;。!\d退换修补]{0,4}(?:全部|全都|都|全|均|统一)[^\s,;。!\d退换修补]+)[\s,;。!]*$"
)
_WHAT = r"(?P<what>[^\s,;。!\d退换修补]{1,12}?)"
_COUNT = rf"(?P<units>\d{{1,3}}|{NUMERAL})(?P<measure>{MEASURE})?"
_CHANGED_FOR = re.compile(
    rf"(?:要|想)?(?:换成|换为|换到)[^\s,;。!]+|(?<={MEASURE})[,\s]*(?:要|想)?换(?!货)(?:\d{{1,3}}|{NUMERAL})[^\s,;。!]+"
)  #: 台灯1个 换成猫抓板, 台灯1个换2个猫抓板
#: 换两个新的, 换两个一样的: the same goods anew, so many of them
_ANEW = re.compile(
    rf"(?:要|想)?换(?:(?:\d{{1,3}}|{NUMERAL}){MEASURE}|[俩仨]个?)(?:全?新的?|好的|同样的?|一模一样的?|一样的?|同款的?)?(?:过来|回来|来|给他|给她|给客户|吧|的|了)*"
)
_VERB_UNITS = re.compile(rf"(?P<verb>退货|换货|退|换|修|补)[了掉]*{_COUNT}")
#: 猫抓板5个退2个换3个: of one product so many each
_SEVERAL_VERBS = re.compile(
    rf"{_WHAT}(?:(?:\d{{1,3}}|{NUMERAL}){MEASURE}?)?(?P<each>(?:(?:退货|换货|退|换|修|补)[了掉]*(?:\d{{1,3}}|{NUMERAL}){MEASURE}?){{2,}})"
)
_UNITS_AND_VERB = re.compile(rf"{_WHAT}{_COUNT}(?P<verb>退货|换货|退|换|修|补)[了掉吧]*")
_VERB_AHEAD = re.compile(rf"(?P<verb>退货|换货|补发|退|换|修|补)[了掉]*{_WHAT}{_COUNT}")  #: 补发灯笼2个
_VERB_AND_UNITS = re.compile(rf"{_WHAT}(?P<verb>退货|换货|退|换|修|补)[了掉]*{_COUNT}")


def numbers(words: Sequence[str]) -> list[str]:
    """Whatever among the words before 备注 may be the number of an order."""
    said, _ = drafts.before_note(words)
    return [match[0] for match in _NO.finditer(" ".join(said))]


def groups(line: Sequence[str], orders: Collection[str]) -> list[list[str]]:
    """The words of each order, behind the kind that was said of it, which is that of the one before.

    A number that stands in the middle of other words, 上次800300也坏了, begins none.
    """
    kind, *words = line
    said, told = drafts.before_note(words)
    text, found, start = " ".join(said), [], 0
    kinds = [kind]
    behind = _are_behind(text, [0, *(each.start() for each in _NO.finditer(text) if each[0].upper() in orders)])
    for match in _NO.finditer(text):
        segment = text[start : match.start()]
        head, led = (_THEN.sub("", segment), "") if behind else _head(segment)
        if match[0].upper() not in orders or not (led or behind or _begins(head, text, match)):
            continue
        found.append(head)
        kinds.append(led or kinds[-1])
        start = match.start()
    found.append(text[start:])
    kinds, found, shared = _each_its_own(kinds, found)
    texts = [found[0], *(_tidy(each) for each in found[1:])] if len(found) > 1 else found
    noted = [drafts.NOTE, told] if told else []
    lines = [[each, *parse.words(own), *shared] for each, own in zip(kinds, texts, strict=True)]
    return [*lines[:-1], [*lines[-1], *noted]]


def own_verbs(text: str, orders: Collection[str]) -> bool:
    """Whether several orders have each its own verb right behind it: 700003退一个，700004换一个."""
    starts = [match.start() for match in _NO.finditer(text) if match[0].upper() in orders]
    return len(starts) > 1 and all(map(_verb_of, _cut(text, starts)))


def verb_behind(text: str, number: str) -> str:
    """The kind of the verb that stands right behind an order; "" for none."""
    own = _own_verb().match(text, text.find(number)) if number in text else None
    return kind_words()[own["verb"]] if own else ""


def _are_behind(text: str, starts: Sequence[int]) -> bool:
    """Whether each verb is of the order ahead of it, and not of the one behind: 700003全退，700004换一个."""
    return len(starts) > 1 and bool(_own_verb().match(text, starts[-1]) or all(map(_verb_of, _cut(text, starts))))


def _cut(text: str, starts: Sequence[int]) -> list[str]:
    return [text[start:end] for start, end in pairwise([*starts, len(text)])]


def _verb_of(text: str) -> str:
    """The kind that is said of the order that a text begins with; "" for none, and for two."""
    own = _own_verb().match(text)
    return kind_words()[own["verb"]] if own else _only_verb(text)


def _each_its_own(kinds: list[str], texts: list[str]) -> tuple[list[str], list[str], list[str]]:
    """The kinds by the verb behind each order, the texts without it, and why all of them come back: 都是质量问题."""
    if len(texts) < 2:
        return kinds, texts, []
    shared = _ALL_OF_THEM.search(texts[-1])
    texts = [*texts[:-1], texts[-1][: shared.start()]] if shared else texts
    if not any(map(_own_verb().match, texts)) and not all(map(_verb_of, texts)):
        return kinds, texts, [shared["all"]] if shared else []
    kinds = [_verb_of(text) or kind for text, kind in zip(texts, kinds, strict=True)]
    texts = [_without_verb(text) for text in texts]
    return kinds, texts, [shared["all"]] if shared else []


def _without_verb(text: str) -> str:
    own = _own_verb().match(text)
    if own is None:
        return _ONLY_VERB.sub(" ", text, count=1) if _only_verb(text) else text
    return f"{own['no']} {'全部' if own['every'] else ''}{text[own.end() :]}"


def reason_of_all(words: Sequence[str]) -> list[str]:
    """The clause at the end of a line by which all of its orders come back: 都是质量问题."""
    said, _ = drafts.before_note(words)
    shared = _ALL_OF_THEM.search(" ".join(said))
    return [shared["all"]] if shared else []


def _only_verb(text: str) -> str:
    """The kind of the only verb that a text has anywhere without a no; "" for none, and for two."""
    found = {_SHORT[match["verb"]] for match in _ONLY_VERB.finditer(text)}
    return found.pop() if len(found) == 1 else ""


@lru_cache(1)
def _own_verb() -> re.Pattern[str]:
    verbs = "|".join(map(re.escape, kind_words()))
    behind = rf"\d|{NUMERAL}|[全都]|$|[\s,;。!、]"
    return re.compile(
        rf"(?P<no>{_NO.pattern})[\s:,]*(?:的|号|这单|那单|那个|客户|买家|顾客|客人|说|也|就|只|仅|直接|得|还|先|要|想|申请|给[他她]|给客户|给)*"
        rf"(?:(?:不要?|不想|别)[退换修补](?:货|掉)?了?[\s,]*(?:要|就|改|那就)?)?(?P<every>全部|全)?(?:都)?(?:要|想)?"
        rf"(?P<verb>{verbs})(?:了|掉)?(?={behind})"
    )


def _begins(head: str, text: str, match: re.Match[str]) -> bool:
    """Whether a number is joined to what goes before, stands alone, or says itself what is to be done."""
    before, behind = text[: match.start()], text[match.end() :]
    tied = before.rstrip().endswith(("和", "跟", "与", "及", "还有", "、", "加上")) or before.endswith(
        ("和订单", "还有订单")
    )
    alone = before[-1:] in ("", *_MARKS) and behind[:1] in ("", *_MARKS)
    joined = before.rstrip(_MARKS) != head or before[-1:] in _MARKS
    return tied or alone or (joined and _BEHIND.match(behind) is not None)


def _head(text: str) -> tuple[str, str]:
    """What goes before a further number, without what joins the two, and the kind that stands right before it."""
    head = re.sub(rf"{_JOINT}$", "", text)
    word = next((word for word in kind_words() if head.endswith(word)), "")
    if not word or _NO.fullmatch(head):
        return head, ""
    return re.sub(rf"{_JOINT}$", "", head.removesuffix(word)), kind_words()[word]


def _tidy(text: str) -> str:
    number = _NO.match(text)
    return f"{number[0]} {_LED.sub('', text[number.end() :], count=1)}" if number else text


def bare_sum(kind: str, words: Sequence[str], choices: Collection[Choice]) -> tuple[list[str], str]:
    """``遥控器 10`` of a kind by which money goes: the words, and apart the number that is more than was bought."""
    said, told = drafts.before_note(words)
    most = max((choice.bought for choice in choices), default=0)
    sums = [n for word in said if (n := _number(word)) > most and word not in {choice.sku for choice in choices}]
    if kind not in WITHOUT_GOODS or len(sums) != 1:
        return list(words), ""
    left = [word for word in said if _number(word) != sums[0]]
    return [*left, *([drafts.NOTE, told] if told else [])], str(sums[0])


def _number(word: str) -> int:
    """A word that is a number and nothing else; 0 for others."""
    if word.isdecimal() and len(word) <= _SUM_DIGITS:
        return int(word)
    return (numeral(word) or 0) if re.fullmatch(NUMERAL, word) else 0


# -- kinds -------------------------------------------------------------------------------------------------------------


@lru_cache(1)
def kind_words() -> dict[str, str]:
    """Every word for a kind of case, the longest first."""
    told = phrases().telling
    names = {word: name for word, name in phrases().commands.items() if name in KINDS and word not in told}
    names |= {kind: kind for kind in KINDS} | _SHORT
    return dict(sorted(names.items(), key=lambda pair: -len(pair[0])))


def verbs_last(words: Sequence[str]) -> list[str]:
    """``台灯1退遥控器1换`` and ``台灯退一个,遥控器换一个`` with each verb behind its goods; other words as they are."""
    said, told = drafts.before_note(words)
    pieces = re.split(r"([\s,;。!]+)", " ".join(said))
    verbs: set[str] = set()
    for at in range(0, len(pieces), 2):
        if several := _SEVERAL_VERBS.fullmatch(pieces[at]):
            each = list(_VERB_UNITS.finditer(several["each"]))
            verbs |= {match["verb"][0] for match in each}
            pieces[at] = " ".join(f"{several['what']}{m['units']}{m['measure'] or '个'}{m['verb']}" for m in each)
            continue
        for shape in (_UNITS_AND_VERB, _VERB_AND_UNITS, _VERB_AHEAD):
            found = list(shape.finditer(pieces[at]))
            if found and "".join(match[0] for match in found) == pieces[at]:
                verbs |= {match["verb"][0] for match in found}
                pieces[at] = " ".join(f"{m['what']}{m['units']}{m['measure'] or '个'}{m['verb']}" for m in found)
                break
    return [*"".join(pieces).split(), *([drafts.NOTE, told] if told else [])] if len(verbs) > 1 else list(words)


def exchanged(words: Sequence[str]) -> list[str]:
    """The words of an exchange with what the goods are changed for as a remark: it does not come back."""
    said, told = drafts.before_note(words)
    text = " ".join(said)
    wanted = [match[0].strip(" ,") for match in _CHANGED_FOR.finditer(text)]
    note = " ".join([*wanted, *([told] if told else [])])
    rest = _CHANGED_FOR.sub(" ", text)
    if not wanted or (all(map(_ANEW.fullmatch, wanted)) and not quantities.counts(rest)):
        return list(words)  # 烛台换两个新的: 台 is no measure there, and so many go back
    return [*rest.split(), *([drafts.NOTE, note] if note else [])]


def has_kinds(words: Sequence[str], kind: str) -> bool:
    """Whether another kind than that of the line is said at the end of a clause."""
    said, _ = drafts.before_note(words)
    return any(_other(clause, kind) for clause in _CLAUSE.split(" ".join(said)))


def kinds(kind: str, words: Sequence[str], choices: Sequence[Choice]) -> list[tuple[str, list[str]]]:
    """Each kind with the words of its goods; the line as it stands where it is not clear which goods are whose.

    A clause without a kind belongs to the one before it; the last one's reason holds for all.
    """
    said, told = drafts.before_note(words)
    found: list[tuple[str, list[str]]] = []
    for clause in filter(None, _CLAUSE.split(" ".join(said))):
        name, rest = _kind_of(clause)
        if name and not goods.at_start(goods.LEAD.sub("", rest), choices)[0]:
            return [(kind, list(words))]
        if name:
            found.append((name, [rest]))
        elif found:
            found[-1][1].append(clause)
        else:
            return [(kind, list(words))]
    if len({name for name, _ in found}) < 2:
        return [(kind, list(words))]
    *_, (_, last) = found
    shared, behind = last[1:], [drafts.NOTE, told] if told else []
    return [(name, [*own, *(shared if len(own) == 1 and own is not last else []), *behind]) for name, own in found]


def _other(clause: str, kind: str) -> bool:
    """Whether a clause ends with another kind; 退 alone is said of money too: 全额退."""
    name, rest = _kind_of(clause)
    money = kind in WITHOUT_GOODS and name == _SHORT["退"] and clause.startswith(f"{rest}退") and "退货" not in clause
    return name not in ("", kind) and not money


def _kind_of(clause: str) -> tuple[str, str]:
    """The kind that a clause ends with, and what it is to be done with; a kind of one sign only behind a name."""
    plain = clause.rstrip("了吧的")
    word = next((word for word in kind_words() if plain.endswith(word) and plain != word), "")
    rest = plain.removesuffix(word).rstrip("要想就用能")
    return (kind_words()[word], rest) if word and rest and rest[-1] not in "不别没再已是" else ("", clause)


def in_doubt(doubts: Sequence[str], note: str, kind: str, orders: Collection[str]) -> tuple[str, ...]:
    """What of a remark may be more than one: its ``doubts``, and clauses that ask for another kind or name an order.

    That the goods stay is no doubt where only money goes.
    """
    stay = phrases().opening["退货不退"] if kind in WITHOUT_GOODS else ()
    clauses = [clause for clause in _CLAUSE.split(note.replace("，", ",").replace("；", ";")) if clause]
    others = [each for each in clauses if _other(each, kind) or any(no in each for no in orders)]
    return tuple(dict.fromkeys(each for each in (*doubts, *others) if not any(word in each for word in stay)))


def several_kinds(words: Sequence[str]) -> bool:
    """Whether clauses of a sentence have kinds that differ: 喂食器退货，滤网换货; 烛台退两个 灯笼换一个."""
    return len({name for clause in _CLAUSE.split(" ".join(verbs_last(words))) if (name := _kind_of(clause)[0])}) > 1


def other_verb(kind: str, word: str) -> bool:
    """Whether words about a product ask for another kind: 茶杯退3个, in an exchange."""
    said = {name for name, verb in _SHORT_KINDS.items() if re.search(rf"{verb}(?:\d|[一两二三四五六七八九十])", word)}
    return bool(said) and kind not in said
