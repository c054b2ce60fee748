"""A return as somebody types it, sorted: products and counts, type, money, note, and what nobody can place. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from flow.definitions.waybills import couriers
from flow.edits.quantities import NUMERAL
from handlers.chat import amounts, forms, glued, goods, happened, kept, parse, quantities, rivals
from handlers.chat.goods import LEAD, called, common
from handlers.chat.phrases import phrases

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from flow.orders.lookup import Choice
    from handlers.chat.amounts import Ask

NOTE = "备注"
_PAUSE = re.compile(r"[,;。!、]+(?!\d)|[.]+(?=\s|$)")
_BECAUSE = re.compile(r"^(?:退货)?(?:原因|类型|因为|由于|理由)?(?:是因为|都是|全是|是|为|:|改成|改为|换成)?")
_CODE = re.compile(r"(?=[^\d]*\d)(?=.*[A-Za-z])(?:(?=.*\d.*\d)|(?=.*-))[A-Za-z0-9][A-Za-z0-9_/-]{2,23}(?<![/_-])")
_CHINESE = re.compile(r"[\u4e00-\u9fff]+")
_MEASURED = re.compile(
    r"\d+(?:\.\d+)?(?:kg|g|mg|cm|mm|m|km|l|ml|v|w|kw|hz|gb|tb|mb|mah|h|min|s|k|xl|寸)", re.IGNORECASE
)
_COUNT = re.compile(rf"\d{{1,3}}|(?:\d{{1,3}}|{NUMERAL}){quantities.MEASURE}")
#: 茶杯5个灯1个 is two words
_COUNT_AND_NEXT = re.compile(
    rf"((?<=[\u4e00-\u9fff])(?:\d{{1,4}}|{NUMERAL}){quantities.MEASURE})(?=[\u4e00-\u9fff]{{1,8}}?(?:\d{{1,4}}|{NUMERAL}){quantities.MEASURE})"
)
_SPACED = re.compile(rf"(?<![\w.-])(\d{{1,3}}) (?={quantities.MEASURE}(?:$|[\s,。、]|[全都退换只坏破]))")  #: 10 条
_EVERY = re.compile(r"(?:全都|全部|都|全)(?:要|想)?(?:(?:退|换)(?:了|掉|吧)*)?$")
_MINUS = re.compile(r"[-−]\d+[个件只]?")
_WHOLE_REASON = 3  #: characters of a type that is no part of another word
_NOT_SO = r"(?<!不是)(?<!没有)(?<!不算)(?<!并非)"
MAX_CODE = 16  #: a longer one is a waybill or a serial number


@dataclass(frozen=True, slots=True)
class Typed:
    """A return as typed. What is in none of the first fields is in ``note``, as it stands."""

    items: tuple[tuple[str, int | None], ...] = ()  #: SKU and units, None where no count was said
    everything: bool = False  #: all that is left, of each product
    units: tuple[int, ...] = ()  #: counts without a product
    types: tuple[str, ...] = ()
    asks: tuple[Ask, ...] = ()
    note: str = ""
    unknown: tuple[str, ...] = ()  #: products with a count that the order lacks
    strange: tuple[str, ...] = ()  #: words of the note that look like a product
    unclear: tuple[str, ...] = ()  #: counts that are none: 半个, 几个
    matched: tuple[tuple[str, str], ...] = ()  #: words that were taken for a product by its title, and its SKU
    between: tuple[tuple[str, tuple[str, ...], int | None], ...] = ()  #: words that fit several products; their count
    money: tuple[str, ...] = ()  #: words of the note that speak of money, and were not taken
    rivals: tuple[str, ...] = ()  #: counts of which nobody knows which one goes back
    decided: str = ""  #: the count that was taken, where others stand beside it
    stays: tuple[str, ...] = ()  #: products that are not to go back
    kept: tuple[str, ...] = ()  #: the words that said so
    doubts: tuple[str, ...] = ()  #: clauses of the note that may be more than a remark
    waits: str = ""  #: the words by which it is not to be submitted yet


@dataclass(slots=True)
class _Sorting:
    """The same while it is made."""

    choices: Sequence[Choice]
    types: Mapping[str, str]
    items: dict[str, int | None] = field(default_factory=dict)
    everything: bool = False
    units: list[int] = field(default_factory=list)
    found: list[str] = field(default_factory=list)  #: types
    note: list[str] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    strange: list[str] = field(default_factory=list)
    unclear: list[str] = field(default_factory=list)
    matched: list[tuple[str, str]] = field(default_factory=list)
    between: list[tuple[str, tuple[str, ...], int | None]] = field(default_factory=list)
    money: list[str] = field(default_factory=list)
    stays: dict[str, None] = field(default_factory=dict)
    kept: list[str] = field(default_factory=list)
    held: list[str] = field(default_factory=list)  #: clauses by which some units stay
    said: dict[str, int] = field(default_factory=dict)  #: units in the middle of a clause about a product
    rivals: tuple[str, ...] = ()
    decided: str = ""

    def add(self, sku: str, units: int | None) -> None:
        before = self.items.get(sku)
        self.items[sku] = units if before is None else before + (units or 1)


def read(words: Sequence[str], choices: Sequence[Choice], types: Mapping[str, str]) -> Typed:
    """Sort the words behind an order number. ``types``: word -> type name.

    Whatever follows the word 备注 is note, unread.
    """
    said, told = before_note(words)
    sorting = _Sorting(choices, types)
    said, waits = unready(said)
    plain = rivals.instead(forms.without_labels(_SPACED.sub(r"\1", " ".join(said))))
    plain, sorting.unclear = glued.counted(plain, choices, types)
    plain = _without_kept(sorting, _COUNT_AND_NEXT.sub(r"\1 ", _parted_reasons(plain, types)))
    plain, all_or_one = goods.each_for_itself(plain, choices)
    text = _with_counts(plain.split(), choices)
    wishes = amounts.asks(text)
    reading = quantities.read(text, [choice.sku for choice in choices])
    for line in reading.lines:
        _take(sorting, line, wishes)
    sorting.unclear += reading.unclear
    for word in reading.rest.split():
        _word(sorting, word, wishes, counted=any(line.sku for line in reading.lines))
    if not sorting.units and not sorting.unclear:
        sorting.items |= {sku: units for sku, units in sorting.said.items() if sorting.items[sku] is None}
    _decide(sorting, plain)
    _without_what_stays(sorting, all_or_one, plain)
    doubts = _doubts(sorting, wishes)
    note = parse.written(" ".join([*sorting.note, *([told] if told else [])]))
    note = note if len(note) <= parse.MAX_NOTE else note[: parse.MAX_NOTE - 1] + "…"
    return Typed(
        tuple(sorting.items.items()), sorting.everything, tuple(sorting.units), tuple(dict.fromkeys(sorting.found)),
        tuple(wishes), note, tuple(sorting.unknown), tuple(sorting.strange), tuple(sorting.unclear),
        tuple(sorting.matched), tuple(sorting.between), tuple(sorting.money),
        sorting.rivals, sorting.decided, tuple(sorting.stays), tuple(sorting.kept), doubts, waits,
    )  # fmt: skip


def staying(words: Sequence[str]) -> str:
    """The clause by which the goods are not to come back, though money may go: 客户同意不退货; "" for none."""
    said, _ = before_note(words)
    clauses = re.split(r"[\s,;。!]+", " ".join(said))
    return next((clause for clause in clauses if any(word in clause for word in phrases().opening["退货不退"])), "")


def unready(words: Sequence[str]) -> tuple[list[str], str]:
    """The words without the clause that says it is not to be submitted yet, and that clause; "" for none."""
    led = sorted(phrases().corrections["先放着"], key=len, reverse=True)
    pattern = rf"(?:^|(?<=[\s,;。!]))(?:{'|'.join(re.escape(word) for word in led if '提交' in word)})[^\s,;。!]*"
    text = " ".join(words)
    match = re.search(pattern, text)
    return (f"{text[: match.start()]} {text[match.end() :]}".split(), match[0]) if match else (list(words), "")


def _decide(sorting: _Sorting, text: str) -> None:
    """Of several counts the one that is said to go back; where that is not said, none of them."""
    said = rivals.counts(text)
    if sorting.everything or sorting.unclear or not said.texts:
        return
    skus = list(sorting.items)
    if len(skus) > 1:
        told = {*sorting.items.values(), sum(units or 1 for units in sorting.items.values())}
        if set(said.back) - told:
            sorting.items, sorting.rivals = dict.fromkeys(skus), said.texts
        return
    units = sorting.items[skus[0]] if skus else None
    if said.decided is not None:
        sorting.decided = (
            f"{said.decided} 件" if len({*said.back, *said.bought, *said.others, units} - {None}) > 1 else ""
        )
        sorting.items = dict.fromkeys(skus, said.decided)
        sorting.units = [] if skus else [said.decided]
    elif skus and not rivals.said_plainly(text, skus[0], units) and said.contest(units, *sorting.units):
        sorting.items, sorting.rivals = dict.fromkeys(skus), said.texts


def _doubts(sorting: _Sorting, wishes: Sequence[Ask]) -> tuple[str, ...]:
    """Clauses of the note that say of goods or money what nothing else has taken."""
    settled = {
        *(word for word in sorting.money if "每" not in word),
        *sorting.unclear,
        *sorting.held,
        *(name for name, _, _ in sorting.between),
    }
    clauses = [clause for word in sorting.note if word not in settled for clause in re.split("[,;。!]", word)]
    taken = [ask.text for ask in wishes]
    taken += [match[0] for each in clauses if (match := _ALL_LEFT.search(each)) and _are_all_left(sorting)]
    asked = phrases().opening["要问"]
    return tuple(
        each for each in clauses if any(word in each for word in asked) and not any(text in each for text in taken)
    )


def _are_all_left(sorting: _Sorting) -> bool:
    """Whether of every product that was named all that is left was taken: 烛台剩下的全部 says no more."""
    left = {choice.sku: choice.left for choice in sorting.choices}
    return bool(sorting.items) and all(units == left[sku] for sku, units in sorting.items.items())


def reason_in(note: str, types: Mapping[str, str]) -> str:
    """The one type that a remark says among other words: 客户说发错货了; "" for none, for two, and behind a no."""
    known = sorted((word for word in types if len(word) >= _WHOLE_REASON), key=len, reverse=True)
    said = {types[word] for word in known if re.search(rf"(?<![不没无非]){_NOT_SO}{re.escape(word)}", note)}
    return said.pop() if len(said) == 1 else ""


def _parted_reasons(text: str, types: Mapping[str, str]) -> str:
    """``一个质量问题`` is two words: how many, and why."""
    known = [re.escape(word) for word in types if len(word) >= _WHOLE_REASON]
    if not known:
        return text
    return re.sub(rf"(?<={quantities.MEASURE})的?(?={'|'.join(sorted(known, key=len, reverse=True))})", " ", text)


def _without_kept(sorting: _Sorting, text: str) -> str:
    """The text without what names the goods that stay; the others are taken where all but those go back."""
    found = kept.apart(text, sorting.choices)
    sorting.stays = dict.fromkeys(found.skus)
    sorting.kept, sorting.held = list(found.words), list(found.units)
    if found.unknown:
        sorting.note += found.unknown
        sorting.between.append((found.unknown[0], tuple(choice.sku for choice in sorting.choices), None))
    elif found.others:
        sorting.everything = True
    return found.rest


def _contested(sorting: _Sorting, text: str) -> tuple[str, ...]:
    """The counts that were said, and the words by which some of them stay."""
    said = rivals.counts(text).texts
    return (*(each for each in said if not any(each in clause for clause in sorting.held)), *sorting.held)


def _without_what_stays(sorting: _Sorting, all_or_one: Collection[str], plain: str) -> None:
    """Everything is everything but what stays; a product that is said to go back and to stay is asked about."""
    several = {choice.sku for choice in sorting.choices if choice.left > 1} & set(all_or_one)
    if sorting.held or (several and not sorting.everything and any(sorting.items[sku] is None for sku in several)):
        sorting.items = dict.fromkeys(sorting.items) if sorting.held else sorting.items
        sorting.units = [] if sorting.held else sorting.units
        sorting.rivals = _contested(sorting, plain) if sorting.held else ("都退",)
    if not sorting.stays:
        return
    both = [sku for sku in sorting.items if sku in sorting.stays]
    if both:
        sorting.items |= dict.fromkeys(both)
        sorting.rivals = (*sorting.rivals, *sorting.kept)
    elif sorting.everything and not sorting.items:
        left = {choice.sku: choice.left for choice in sorting.choices if choice.left}
        sorting.items |= {sku: units for sku, units in left.items() if sku not in sorting.stays}
        sorting.everything = False


def _with_counts(words: Sequence[str], choices: Sequence[Choice]) -> str:
    """The words with each count behind the title that it belongs to: 茶杯 4个 is 茶杯4个."""
    joined: list[str] = []
    for word in (part for each in words for part in _parted(each)):
        if joined and _COUNT.fullmatch(word) and len(called(joined[-1], choices, loosely=False)) == 1:
            joined[-1] += f"{word}个" if word.isdigit() else word
        else:
            joined.append(word)
    return " ".join(joined)


def _parted(word: str) -> list[str]:
    """``4个,茶壶`` is two words."""
    head, comma, rest = word.partition(",")
    return [head, *([rest] if rest else [])] if comma and _COUNT.fullmatch(head) else [word]


_ALL_LEFT = re.compile(r"(?:剩下|剩余|余下)的?(?:全部|全|都|所有)")
_TIES = re.compile(r"^是?(?:[:,]+|$)")  #: 备注是: ties the note on, which 备注是老客户 does not


def before_note(words: Sequence[str]) -> tuple[list[str], str]:
    """The words before 备注, and what follows it."""
    for place, word in enumerate(words):
        if word == NOTE or word.startswith((f"{NOTE}:", f"{NOTE}是", f"{NOTE},")):
            rest = [_TIES.sub("", word.removeprefix(NOTE)), *words[place + 1 :]]
            return list(words[:place]), " ".join(filter(None, rest)).lstrip(":, ")
    return list(words), ""


def _take(sorting: _Sorting, line: quantities.Line, wishes: Sequence[Ask]) -> None:
    """A line of counts. ``退20`` is no line, and ``20个`` of an amount none either."""
    if line.everything and not line.sku:
        sorting.everything = True
    elif line.everything:
        sorting.add(line.sku, next(choice.left for choice in sorting.choices if choice.sku == line.sku))
    elif line.sku:
        sorting.add(line.sku, line.units)
    elif line.units is not None:
        sorting.units.append(line.units)


def _word(sorting: _Sorting, word: str, wishes: Sequence[Ask], *, counted: bool) -> None:
    """One word that no count has taken; what of it is a type, a product or money is taken off."""
    if _MINUS.fullmatch(word):
        sorting.unclear.append(word)
        return
    sku = None if sorting.note else parse.counted_item(word)
    if sku and not called(sku, sorting.choices, loosely=False):
        sorting.unknown.append(sku)
        return
    pieces = [piece for piece in _PAUSE.split(word) if piece]
    asked = [piece for piece in pieces if any(piece in ask.text or ask.text in piece for ask in wishes)]
    asked = asked or pieces if any(ask.text in word for ask in wishes) else asked
    left = [piece for piece in pieces if piece in asked or not _placed(sorting, piece, counted=counted)]
    left = [piece for piece in left if piece not in phrases().opening["填充"]]
    if left:
        whole = word if len(left) == len(pieces) else ",".join(left)
        sorting.note.append(whole)
        others = [piece for piece in left if piece not in asked] if asked else [whole]
        sorting.money += [each for each in others if amounts.is_money(each)]
        sorting.strange += [whole] if is_code(whole) else []


def _placed(sorting: _Sorting, piece: str, *, counted: bool) -> bool:
    """Whether a piece says a type or a product, and nothing beside."""
    reason = _BECAUSE.sub("", piece, count=1)
    if name := sorting.types.get(piece) or sorting.types.get(reason) or sorting.types.get(reason.rstrip("的了")):
        if not sorting.found or name not in sorting.found:
            sorting.found.append(name)
            return True
        return False  # said twice, by its name and in other words: those are a remark
    if led := next((word for word in sorting.types if len(word) > 3 and reason.startswith(word)), ""):
        inside = [name for word, name in sorting.types.items() if len(word) >= _WHOLE_REASON and word in reason]
        sorting.found += [sorting.types[led], *inside]  # of two, one is asked for
        return False
    if goods_lost := None if sorting.items or counted else happened.counted(piece, sorting.choices):
        sorting.add(*goods_lost)
        return False  # why as well: 碎了两个烛台
    return _by_title(sorting, piece, counted=counted)


def _by_title(sorting: _Sorting, piece: str, *, counted: bool) -> bool:
    """Whether a piece names a product by its title, and says nothing beside."""
    beside = quantities.beside(piece) or quantities.beside(LEAD.sub("", piece, count=1))
    name = LEAD.sub("", beside[0] if beside else piece, count=1).strip("的")
    every = beside is None and bool(_EVERY.search(name))
    name = _EVERY.sub("", name) if every or beside else name
    inside = () if beside else quantities.read(piece, ()).loose
    units = beside[1] if beside else None
    whole = [c for c in sorting.choices if c.title and c.title.casefold() in name.casefold()]
    named_already = bool(sorting.items) or counted
    found = whole or called(name, sorting.choices, loosely=units is not None)
    if inside and not found:
        found = called(LEAD.sub("", piece.partition(inside[0].text)[0]), sorting.choices, loosely=True)
    found = found or ([] if units is not None or named_already else _headed(name, sorting.choices))
    if not found:
        sorting.units += [units] if units is not None else []
        return units is not None and not name
    if units is None and named_already and (not whole or (not every and _is_taken(sorting, found))):
        return False  # the products are named already: a word of a title is a remark, and 台灯外箱破了 no further one
    if len(found) > 1:
        sorting.between.append((name, tuple(choice.sku for choice in found), units))
        return True
    if kept.denies(piece):
        sorting.between.append((piece, tuple(choice.sku for choice in sorting.choices), None))
        return False
    sorting.add(found[0].sku, found[0].left if every else units)
    _count_inside(sorting, piece, found[0].sku, inside)
    sorting.matched.append((piece, found[0].sku))
    title = found[0].title.casefold()
    rest = name.casefold().replace(common(name.casefold(), title), "", 1)
    return (
        not rest
        or rest in phrases().opening["填充"]
        or (rest in sorting.types and _placed(sorting, rest, counted=True))
    )


def _is_taken(sorting: _Sorting, found: Sequence[Choice]) -> bool:
    return len(found) == 1 and found[0].sku in sorting.items


def _count_inside(sorting: _Sorting, piece: str, sku: str, inside: Sequence[quantities.Line]) -> None:
    if len(inside) == 1 and inside[0].units is not None:
        sorting.said[sku] = inside[0].units
    elif inside:
        sorting.unclear.append(piece)


def _headed(name: str, choices: Sequence[Choice]) -> list[Choice]:
    """The one product with a piece of whose title a clause begins: 套娃掉色."""
    sku, _ = goods.at_start(name, [choice for choice in choices if _CHINESE.search(choice.title)])
    return [choice for choice in choices if choice.sku == sku]


def is_code(word: str) -> bool:
    """Whether a word looks like a product's number, and not like a measure, a date, a phone or a waybill."""
    plain = word.strip("()[]#")
    return (
        bool(_CODE.fullmatch(plain))
        and len(plain) <= MAX_CODE
        and not (_MEASURED.fullmatch(plain) or couriers().headed.fullmatch(plain) or parse.is_case_no(plain))
    )


def is_number(word: str) -> bool:
    """Whether a word may be the number of some product or order, which only the database can tell."""
    return bool(re.fullmatch(r"(?=.*\d)[A-Za-z0-9][A-Za-z0-9_/-]{2,31}", word)) and not _MEASURED.fullmatch(word)
