"""Corrections as people say them, put in the words that a correction takes: ``再加一个遥控器`` is ``HD-09×1``. Pure."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from flow.definitions.patterns import CASE_NO
from flow.edits.quantities import NUMERAL
from handlers.chat import drafts, further, goods, quantities, rivals
from handlers.chat.phones import is_phone
from handlers.chat.phrases import phrases

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from flow.orders.lookup import Choice

    Goods = Mapping[str, int]

_MARKS = " ,;。!、"
_CLAUSE = re.compile(r"[,;。!]+|(?<=就行)(?=\S)|(?<=就好)(?=\S)|(?<=即可)(?=\S)|(?<=就可以)(?=\S)")
_NOT_BUT = re.compile(
    r"(?:不是|不要|不退)(?P<this>[^,;\s]+?)(?:了)?[,\s]*(?:而|应该|应|就)?(?:(?<!不)是|换成|改成|改退|要退|退)(?P<that>[^,;\s]+)"
)
_STAYS_BUT = re.compile(
    r"(?P<this>[^,;\s]+?)(?:不退|不要|不换|不用退)了?[,\s]*(?:就|而是)?(?:改成|改为|换成|改|换|要)?(?:退|换|修)?(?P<that>[^,;\s]+)"
)
_BUT_NOT = re.compile(r"(?:应该)?(?:是|要|退)?(?P<that>[^,;\s]+?)[,\s]*(?:而|可|并)?(?:不是|不要)(?P<this>[^,;\s]+)")
_SOME_STAY = re.compile(
    r"[^,;\s]+的(?:那|这)?(?:一?[个件只台条双盏套])?(?:要)?退[,;\s]*[^,;\s]+的(?:那|这)?(?:一?[个件只台条双盏套])?(?:都)?(?:留着|留下|不退|不用退)(?:了|吧)?"
)
_END = r"(?:了|吧|啦|的|就行|就好|即可|就够|够|就可以|的钱)*"
_FIELD = re.compile(
    r"^(?P<field>数量|件数|个数|类型|原因|理由|金额)(?:[填写报搞弄输选点勾挑]?错|不对|有误)了?[啊呀吧哦]?[,\s]*(?:应该|应|实际|其实)*(?:是|为|退)?\s*(?=\S)"
)
_OTHER_ORDER = re.compile(
    r"订单号?(?:写|填|打|搞|弄)?(?:错|不对)?了?[,\s]*(?:应该|应)?(?:是|为|换成|改成|改为)\s*(?P<no>(?=\S*\d)[A-Za-z0-9-]{4,})"
)
#: 写错单号了 应该是700004, 不对 是700003那单
_WRONG_ORDER = re.compile(
    r"(?:(?:订单号|单号)(?:[写填打搞弄报])?(?:不对|有误|错了?)|(?:写|填|打|搞|弄|发|看|报)错了?(?:订单号|单号|订单|单|号)?了?|不对|错了)[,\s]*(?:应该|应|其实|实际)?(?:是|为|换成|改成)"
    r"\s*(?:订单)?(?P<no>(?=[A-Za-z]*\d)[A-Za-z]{0,4}\d{5,20})(?:的?(?:那|这)?(?:个|张)?(?:单子|单|订单))?[的吧啊]?"
)
_SUM_ALONE = re.compile(
    r"[就只先再]?(?:退款|退|赔|补偿|补|给)¥?[1-9]\d{0,3}(?:\.\d{1,2})?(?:元|块钱|块)?(?:就行|就好|就够|即可|吧|了)*"
)
_THAT_ORDER = re.compile(r"(?P<no>(?=[A-Za-z]*\d)[A-Za-z]{0,4}\d{5,20})的(?P<goods>[^\s,;。]{1,20})")
_ASKING_FIRST = (
    r"[,\s]*(?:(?:我|让我|等我|我先|我再)?(?:问|确认|核实|联系)(?:一下|下|问|清楚)*"
    r"(?:客户|买家|顾客|仓库|主管|组长)?(?:再说|再提交|再定)?)?"
)
_ASKS = re.compile(r"什么|多少|[吗么谁哪几?]")
_SO_MANY = re.compile(
    rf"(?P<what>\S+?)(?:改成|改为|变成|换成|调成|改|只要|只|就|退|换|修|要|是)*(?P<units>(?:\d{{1,4}}|{NUMERAL}){quantities.MEASURE}){_END}"
)


def reworded(text: str, choices: Sequence[Choice], items: Goods) -> tuple[str, str]:
    """The text with each clause that is said in relation to ``items``, the goods so far, made absolute; and remarks.

    A clause that nothing is known of stays as it is, but for one that tells what somebody else says: that is a remark.
    """
    plain = rivals.instead(_FIELD.sub(r"\g<field> ", _begun(text.strip(_MARKS))))
    for pattern in (_STAYS_BUT, _BUT_NOT):
        if (match := pattern.fullmatch(plain)) and _named(match["this"], choices) and _named(match["that"], choices):
            return _instead(match, choices, items), ""
    plain = _NOT_BUT.sub(lambda match: _instead(match, choices, items), plain)
    if drafts.NOTE in plain or not plain:
        return plain, ""
    goods = dict(items)
    clauses: list[str] = []
    told: list[str] = []
    for clause in (each.strip(_MARKS) for each in _CLAUSE.split(plain)):
        if (change := _relative(clause, choices, goods)) is not None:
            goods |= change
            clauses += [f"{sku}×{units}" for sku, units in change.items()]
        elif clauses and clause.startswith(_words("旁人")) and not _ASKS.search(clause):
            told.append(clause)
        elif clause:
            clauses.append(clause)
    return " ".join(clauses), ",".join(told)


def of_order(text: str) -> str:
    """What of an order a text wants to be different, which no draft can change: 地址, 电话; "" for none."""
    if drafts.NOTE in text:
        return ""
    match = _pattern("订单上的").search(_begun(text.strip(_MARKS)).removeprefix("改").strip())
    match = match or next(filter(None, (pattern.search(text) for pattern in _of_another_place())), None)
    return (match["what"] or "地址") if match else ""


def is_of_draft(text: str) -> bool:
    """Whether words are surely said of the draft that stands, whatever number is in them: 换地址了 …, 备注 …."""
    if re.search(CASE_NO, text):
        return False
    if _SUM_ALONE.fullmatch(text.strip(_MARKS)):
        return True
    number = re.match(rf"{drafts.NOTE}[\s:,]*[A-Za-z0-9-]{{4,}}", text)
    return bool(of_order(text)) or (text.startswith(drafts.NOTE) and number is None)


def other_order(text: str) -> str:
    """The number of the order that was meant: 订单号错了,是700104; "" for another text."""
    begun = _begun(text.strip(_MARKS))
    if match := _OTHER_ORDER.fullmatch(begun) or _WRONG_ORDER.fullmatch(text.strip(_MARKS)):
        return "" if is_phone(match["no"]) else match["no"]
    match = _THAT_ORDER.fullmatch(begun) if begun != text.strip(_MARKS) else None
    return f"{match['no']} {match['goods']}" if match else ""


def agrees(text: str) -> bool:
    """Whether all that is said of a draft is that it is right: 没问题."""
    return (
        re.fullmatch(rf"(?:(?:{'|'.join(map(re.escape, _words('认可')))})[了吧的呀啊,\s]*)+", text.strip(_MARKS))
        is not None
    )


def kept_out(text: str, choices: Sequence[Choice], items: Goods) -> str:
    """The title of a product that is not to go back, and isn't in the draft; "" for another text."""
    match = _pattern("不退").fullmatch(_begun(text.strip(_MARKS)))
    sku = _named(match["what"], choices) if match else ""
    return (
        next((choice.title or sku for choice in choices if choice.sku == sku), "") if sku and sku not in items else ""
    )


def waits(text: str) -> bool:
    """Whether a draft is to be left as it is for now: 先别提交; 退货还是换货我再问问，等我一下."""
    led = "|".join(map(re.escape, _words("先放着")))
    whom = rf"(?:(?:{'|'.join(map(re.escape, _words('旁人')))})(?:再说|再提)?)?"
    if re.fullmatch(rf"(?:{led}){_END}{_ASKING_FIRST}", text.strip(_MARKS)):
        return True
    clauses = [part for each in _CLAUSE.split(text) for part in each.strip(_MARKS).split()]
    waiting = re.compile(rf"(?:{led}){_END}{whom}$|^算了{_END}$")
    return bool(clauses) and all(map(waiting.search, clauses)) and not re.search(r"\d", text)


def submits(text: str) -> bool:
    """Whether all that is said is that the draft is to go up: 没问题，交上去."""
    known = phrases()
    led = "|".join(map(re.escape, (*_words("认可"), *_words("提交前"))))
    plain = re.sub(rf"^(?:(?:{led})[了吧的呀啊,。!\s]*)+(?=\S)", "", text.strip(_MARKS))
    return any(known.says_only(said, word) for word in _words("提交") for said in (text, plain))


def before_submitting(text: str) -> str:
    """What is to be changed first: 改成一个 of 改成一个再提交; "" for another text."""
    word = "|".join(map(re.escape, _words("提交")))
    match = re.fullmatch(
        rf"(?P<first>.*?\S)[,;\s]*(?:以后|之后|完|好)?(?:再|然后|就|后)(?:{word}){_END}", text.strip(_MARKS)
    )
    return match["first"].rstrip(_MARKS) if match else ""


def some_stay(text: str) -> bool:
    """Whether some of the goods are to go back, nobody says how many: 坏的那个退，好的那个留着."""
    return _SOME_STAY.fullmatch(text.strip(_MARKS)) is not None


def kind_in(text: str, kinds: Iterable[str]) -> str:
    """``换成换货``: another kind that a draft is to become; "" for another text."""
    spelt = "|".join(map(re.escape, kinds))
    led = "|".join(map(re.escape, _words("换成")))
    plain = text.strip(_MARKS)
    if match := re.fullmatch(rf"(?P<kind>{spelt})(?:吧|算了)?[,，]?不[退换修](?:货)?了?", plain):
        return match["kind"]
    match = re.fullmatch(
        rf"(?:算了|不对|要不|那)*[,，\s]*(?:不是\S{{1,4}}[,，]?|不[退换修补]了?[,，]?)?(?:{spelt})?(?:{led})+\s*(?P<kind>{spelt})单?{_END}",
        text.strip(_MARKS),
    )
    return match["kind"] if match else _turned(plain, kinds)


def _turned(text: str, kinds: Iterable[str]) -> str:
    """``不退了 换吧``, ``还是换货吧``: another kind by any of its names; "" for another text."""
    names = {name: kind for name, kind in further.kind_words().items() if kind in kinds}
    if text in names:
        return ""  # the beginning of a line of its own
    match = re.fullmatch(
        rf"(?:算了|不对|要不|那|还是|客户|说|又)*[,，\s]*(?:(?:先)?(?:不要?|不想|别)[退换修补](?:货|掉)?了?[,，\s]*)?"
        rf"(?:那|就|还是|给他|给她|客户|改成|改为|改|直接|要|想|先)*"
        rf"(?P<kind>{'|'.join(map(re.escape, names))}){_END}(?:算了|得了|好了)?"
        rf"(?:[,，\s]*(?:{'|'.join(map(re.escape, _words('旁人')))})?(?:又|说)*不(?:想|要|用)?[退换修补]货?了?)?",
        text,
    )
    return names[match["kind"]] if match else ""


@lru_cache(1)
def _of_another_place() -> tuple[re.Pattern[str], ...]:
    """换个地址, 改寄到杭州…: the goods are to go to somebody, or somewhere, else than the order says."""
    what = "|".join(map(re.escape, _words("订单上的")))
    led = rf"(?:^|[,;。!\s]|{'|'.join(map(re.escape, _words('旁人')))}|要|想|说|又|也|得|把|帮我|麻烦|请)"
    sent = "|".join(map(re.escape, _words("寄往")))
    return (
        re.compile(
            rf"{led}(?:更换|换|修改|更改|变更|更新|改)(?:了|一下|下|一个|个|新|成|为|的|收货|收件)*(?P<what>{what})"
        ),
        re.compile(rf"(?P<what>新(?:的)?(?:收货|收件)?(?:{what}))"),
        re.compile(
            rf"(?:{sent})(?!了|没|吗|过|仓|我们|你们|店)(?=.*(?:[省市区县镇乡村路街巷弄栋幢]|\d号|\d{{11}}))(?P<what>)"
        ),
        re.compile(r"[寄发]\S*?[省市区县镇]\S*?(?:[路街巷村乡弄栋幢]|\d号)(?P<what>)"),
        re.compile(r"(?=.*(?<!\d)1\d{10}(?!\d))(?=.*(?:[省市区县镇乡村路街巷弄栋幢]|\d号))(?P<what>)"),
    )


def _words(name: str) -> tuple[str, ...]:
    return phrases().corrections[name]


@lru_cache(16)
def _pattern(name: str) -> re.Pattern[str]:
    spelt = "|".join(map(re.escape, _words(name)))
    if name == "订单上的":
        return re.compile(
            rf"^(?:把|客户|买家|收货|收件|寄件|寄回|的|人)*(?P<what>{spelt})(?:也|又|都|填|写|给|弄|搞)*(?:错|改|换|是|不对|变|要|$)"
        )
    if name in ("不退", "也退"):
        return re.compile(rf"(?P<what>\S+?)(?:{spelt}){_END}")
    return re.compile(rf"(?:{spelt})(?P<what>\S.*?){_END}")


def _begun(text: str) -> str:
    """Without 不对 and 应该是 in front."""
    led = sorted((*_words("开头"), *_words("是")), key=len, reverse=True)
    before, rest = "", text
    while rest != before:
        before = rest
        word = next((word for word in led if rest.startswith(word)), "")
        left = rest.removeprefix(word).lstrip(_MARKS)
        denies = word == "不是" and ("是" in left or rivals.instead(rest) != rest)  # 不是一个 换两个
        rest = left if left and not denies else rest
    return rest


def _instead(match: re.Match[str], choices: Sequence[Choice], items: Goods) -> str:
    """``不是床头灯是落地灯`` changes the goods, with their count; of anything else the right word is enough."""
    wrong, right = _named(match["this"], choices), _named(match["that"], choices)
    if wrong in items and right and wrong != right:
        left = next(choice.left for choice in choices if choice.sku == right)
        return f"{wrong}×0 {right}×{_count(match['that']) or min(items[wrong], left)}"
    return match["that"]


def _relative(clause: str, choices: Sequence[Choice], items: Goods) -> dict[str, int] | None:
    """What a clause makes of the goods: the units anew of each that it changes; None where it changes none."""
    for sign, name in ((1, "多"), (-1, "少")):
        if (match := _pattern(name).fullmatch(clause)) and (units := quantities.count(match["what"])):
            only = next(iter(items)) if len(items) == 1 else ""
            return {only: max(items[only] + sign * units, 0)} if only else None
    if (match := _pattern("加").fullmatch(clause) or _pattern("也退").fullmatch(clause)) and (
        sku := _named(match["what"], choices)
    ):
        return {sku: items.get(sku, 0) + (_count(match["what"]) or 1)}
    if changed := _exchanged(clause, choices, items):
        return changed
    match = _pattern("去掉").fullmatch(clause) or _pattern("不退").fullmatch(clause)
    if match and (sku := _named(match["what"], choices)) in items:
        return {sku: 0}
    if (match := _pattern("只").fullmatch(clause)) and (sku := _named(match["what"], choices)):
        return {**dict.fromkeys(items, 0), sku: _count(match["what"]) or items.get(sku) or 1}
    return _recounted(clause, choices, items)


def swapped(text: str, choices: Sequence[Choice], items: Goods) -> dict[str, int]:
    """``改成牵引绳``, all that is said: another product in place of the only one; nothing for another text."""
    return _exchanged(_begun(text.strip(_MARKS)), choices, items)


def not_the_reason(text: str, reason: str) -> str:
    """What is said in its place where the reason is said to be none: 客户手滑 of 不是质量问题，是客户手滑."""
    match = re.fullmatch(
        rf"(?:原因|类型)?(?:不是|不算){re.escape(reason)}[,;\s]*(?:而)?(?:是)?(?P<that>.*)", text.strip(_MARKS)
    )
    return (match["that"] or text) if match and reason else ""


def _exchanged(clause: str, choices: Sequence[Choice], items: Goods) -> dict[str, int]:
    """``换成落地灯``: another product in place of the only one; nothing for another clause."""
    match = _pattern("换成").fullmatch(clause) if len(items) == 1 else None
    sku = _named(match["what"], choices) if match else ""
    if match is None or not sku or sku in items:
        return {}
    (before, units), left = next(iter(items.items())), {choice.sku: choice.left for choice in choices}
    return {before: 0, sku: _count(match["what"]) or min(units, left[sku])}


def _recounted(clause: str, choices: Sequence[Choice], items: Goods) -> dict[str, int] | None:
    """The units anew of the product that a clause names, or of the only one there is."""
    if (match := _SO_MANY.fullmatch(clause)) and (sku := _named(match["what"], choices)):
        return {sku: quantities.count(match["units"]) or 0}
    if clause.isdigit() and len(items) == 1 and (sku := next(iter(items))):
        left = next((choice.left for choice in choices if choice.sku == sku), 0)
        return {sku: int(clause)} if 0 < int(clause) <= left else None
    plain = re.fullmatch(rf"(?P<units>\S+?{quantities.MEASURE})(?:全都|都|全)?(?:要)?[退换修]?{_END}", clause)
    if plain and len(items) == 1 and (units := quantities.count(plain["units"])):
        return {next(iter(items)): units}
    return None


def _count(text: str) -> int | None:
    found = quantities.counts(text)
    return found[0][2] if len(found) == 1 else None


def _named(text: str, choices: Sequence[Choice]) -> str:
    """The one product that a text names, and nothing beside but its count; "" for none."""
    counted = quantities.read(text, [choice.sku for choice in choices])
    if len(counted.lines) == 1 and counted.lines[0].sku and not counted.rest:
        return counted.lines[0].sku
    beside = quantities.beside(text)
    name = (beside[0] if beside else text).strip("的那这个 ")
    found = goods.called(name, choices, loosely=False)
    return found[0].sku if len(found) == 1 else ""
