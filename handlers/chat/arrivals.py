"""What is said of the goods at the dock or the bench: ``只收到84029G两件``, ``1件合格，其他破了``. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from handlers.chat import quantities
from handlers.chat.goods_states import ALL, states

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

CAME, GOOD, BAD = "登记收货", "质检合格", "质检次品"  #: what the units are counted as, by the effect that books them
_BREAKS = re.compile(
    r"[,、;。!\s]+|(?:^|(?<=[件个只台套到好格了]))(?:和|及|还有|以及|另外)(?=\S)"
    r"|(?<=[^\s,、;。!不])(?=但是|但|不过|可是)"
)
_SHORT = re.compile(r"(好|坏|破|合格|次品)的?\s?:?(\d{1,3})(?=$|[\s,;。]|好|坏|破|合格|次品)")  #: 好2坏1
_SIDES = re.compile(r"(?:(?<=[好坏破]的)|(?<=[件个只台套][好坏破]))(?=(?:\d+|[一二两三四五六七八九十]+)[件个只台套])")
_NUMERAL = r"(?:\d{1,3}|[一二两三四五六七八九十]{1,3})"
_SHORT_SIDES = re.compile(rf"(?<!\w)(?:{_NUMERAL}[好坏])+(?=$|[\s,;。])")  #: 两好一坏
_SHORT_SIDE = re.compile(rf"({_NUMERAL})([好坏])")
_STATED = re.compile(rf"([件个只台套](?:不?合格|完好|次品|良品|没问题|[好坏破])(?:的|了)?)(?={_NUMERAL}[件个只台套])")
_NONE = re.compile(r"一[件个只台套]都(?:不|没).*")  #: 一个都不行
_SIGNED = re.compile(r"[×X*✕]")  #: ``71053×1``: a list of all that came, as the card's hint writes it
_CODE = re.compile(r"(?=.*\d)[A-Za-z0-9-]{4,}")  #: a product that is none of the case's, or some other number
_ONLY = re.compile(r"^(?:但|不过)?(?:是)?(?:实际)?(?:就|只|仅|才)(?:有|是)?")
_CAME = (
    r"(?:已经|已|今天|刚|实际|一共|总共|共|确实|其中|有|是|客户|快递)*"
    r"(?:实收|收到|签收|收|到货|到|来|寄来|寄回|送来)?了?(?:有)?"
)
_VERB = rf"(?:实收|收到|签收|到货|收|到|来|寄来|寄回|送来)了?(?={_NUMERAL}[件个只台套])"
_BEHIND_CODE, _INNER = re.compile(rf"(?<=[0-9A-Za-z]){_VERB}"), re.compile(rf"(?<=[\u4e00-\u9fff]){_VERB}")
_COMING = r"(?:是|都|也)?(?:已经|已)?(?:收到|到货|到齐|到|来|齐|在|有)?(?:了|的|吧|啦)*"
_LACKS = re.compile(r"(?P<name>.+?)(?:还)?(?:缺少|缺|少|差)了?(?P<units>(?:\d+|[一两二三四五六七八九十]+)[件个只台套])")
_OTHERS = re.compile(
    r"^(?:但|可是|不过)?(?:其他|其它|其余|剩下|剩余|别|余下)的?(?:商品|几件|几个|那件|那个)*(?:都|全|也|是)*"
)
_ALL_CAME = re.compile(
    rf"{ALL}(?:已经|已|是)?(?:收到|收|到货|到齐|到|来|齐|收齐|对|在)?(?:了|的|啦|吧)*|(?:东西|货|商品|包裹)?(?:已经|都)?(?:收|到|来)?齐(?:了|全)*|数量(?:对|一致|没错|相符)|一[件个]不少"
)
_DESCRIBED = re.compile(
    rf"(?P<goods>.*?{_NUMERAL}[件个只台套])(?=[\u4e00-\u9fff])[^\d一两二三四五六七八九十]+$"
)  #: 1件外壳有划痕
_WHOSE_FAULT = re.compile(
    r"(?:都|并|其实|应该)?(?:不是|不属于|不算)(?:我们的|商品的?|产品的?)?(?:质量|做工|功能)?的?(?:问题|毛病)"
)
_TITLE = 1  #: characters of a title that name it, where no other product has them


@dataclass(frozen=True, slots=True)
class Product:
    """A product of the case, with the units that can be counted of it."""

    sku: str
    title: str
    most: int


@dataclass(frozen=True, slots=True)
class Arrival:
    """Units by SKU; ``open`` are the products of which that is not clear; ``rest`` is what was said beside."""

    counts: dict[str, int]
    open: tuple[str, ...] = ()
    rest: str = ""
    unclear: tuple[str, ...] = ()  #: clauses that speak of goods and could not be read
    others: str = ""  #: what was said of the units on the other side: good ones of bad, bad ones of good


@dataclass(slots=True)
class _Tally:
    """What the clauses have said so far."""

    goods: Sequence[Product]
    mode: str
    units: dict[str, int] = field(default_factory=dict)
    lacking: dict[str, int] = field(default_factory=dict)
    alone: list[int] = field(default_factory=list)  #: counts that name no product
    alone_lacking: list[int] = field(default_factory=list)
    others: bool | None = None  #: whether all of what was not named counts, or none of it
    everything: bool = False
    rest: list[str] = field(default_factory=list)
    unclear: list[str] = field(default_factory=list)
    aside: list[str] = field(default_factory=list)  #: clauses about units of the other side
    hurt: list[str] = field(default_factory=list)  #: at the dock: so many are damaged, of however many that came


def read(text: str, goods: Sequence[Product], mode: str) -> Arrival:
    """The units that a normalised text speaks of; where it speaks of none, no counts and nothing open."""
    tally = _Tally(goods, mode)
    text = _INNER.sub("", _BEHIND_CODE.sub(" ", text)) if mode == CAME else text
    whole = quantities.read(text, [product.sku for product in goods])
    if whole.lines and not whole.rest and not whole.unclear and all(line.sku for line in whole.lines):
        _named(tally, whole)
    else:
        for clause in filter(None, _BREAKS.split(_joined(text))):
            _take(tally, clause)
    return _settled(tally)


def _joined(text: str) -> str:
    """``85123A 两个`` and ``85123A x 2`` as one clause."""
    close = re.sub(r"\s*([×xX*✕])\s*(?=\d|[A-Z])", r"\1", text) if re.search(r"\d\s*[×*✕]|[×*✕]\s*\d", text) else text
    close = _SHORT_SIDES.sub(lambda match: _SHORT_SIDE.sub(r"\1件\2的,", match[0]), close)
    close = _STATED.sub(r"\1,", _SHORT.sub(r"\2件\1的,", close))
    close = _SIDES.sub(",", close)
    return re.sub(r"(?<=[0-9A-Za-z])\s+(?=(?:\d+|[一二两三四五六七八九十]+)\s?[件个只台套])", "", close)


def _take(tally: _Tally, clause: str) -> None:
    """One clause into the tally; what speaks of no goods is kept as it is."""
    if _is_all(tally, clause):
        tally.everything = True
        tally.aside += [clause] if tally.mode == BAD and not quantities.is_everything(clause) else []
    elif _NONE.fullmatch(clause):
        tally.everything = tally.mode == BAD
        (tally.aside if tally.mode == BAD else tally.unclear).append(clause)
    elif tally.mode != CAME and _WHOSE_FAULT.fullmatch(clause):
        tally.rest.append(clause)
    elif match := _OTHERS.match(clause):
        _take_others(tally, clause, clause[match.end() :])
    elif _CODE.fullmatch(clause) and clause.upper() not in {product.sku.upper() for product in tally.goods}:
        tally.unclear.append(clause)
    elif tally.mode == CAME:
        _take_came(tally, clause)
    else:
        _take_judged(tally, clause)


def _is_all(tally: _Tally, clause: str) -> bool:
    pattern = {CAME: _ALL_CAME, GOOD: states().all_good, BAD: states().all_bad}[tally.mode]
    return bool(pattern.fullmatch(clause)) or quantities.is_everything(clause)


def _take_others(tally: _Tally, clause: str, state: str) -> None:
    if tally.mode == CAME:
        none, some = states().lacked.match(state), re.fullmatch(_COMING, state) if state else None
    else:
        good, bad = states().good.fullmatch(state), states().bad.match(state)
        some, none = (good, bad) if tally.mode == GOOD else (bad, good)
    if none:
        tally.others = False
        tally.rest += [clause] if tally.mode == GOOD else []  # how they are damaged is worth keeping
    elif some:
        tally.others = True
    else:
        tally.unclear.append(clause)


def _take_came(tally: _Tally, clause: str) -> None:
    only = _ONLY.match(clause)
    body = clause[only.end() :] if only else clause
    if _is_hurt(tally, body):
        tally.hurt.append(clause)
    elif (core := _lacking(body)) is not None:
        _note(tally, clause, core, lacks=True)
    elif _note(tally, clause, re.sub(rf"{_COMING}$", "", re.sub(rf"^{_CAME}", "", body)), lacks=False) and only:
        tally.others = False


def _is_hurt(tally: _Tally, body: str) -> bool:
    """Whether so many of what came are damaged: ``一件坏了``, ``有一件外壳裂了``."""
    if (match := states().side[False].match(body)) is None:
        return False
    core = re.sub("^(?:其中|有)+", "", match["core"] or match["after"] or "")
    described = None if states().wrapping.search(core) else _DESCRIBED.match(core)
    return any(_units(core, tally.goods)) or bool(described and any(_units(described["goods"], tally.goods)))


def _lacking(body: str) -> str | None:
    """What a clause says is lacking: ``缺一个灯``, ``灯没到``, ``灯少一个``; None where it says no such thing."""
    if match := states().lacking.match(body):
        return body[match.end() :]
    if match := states().lacked.search(body):
        return body[: match.start()]
    match = _LACKS.fullmatch(body)
    return f"{match['units']}{match['name']}" if match else None


def _take_judged(tally: _Tally, clause: str) -> None:
    """``1件合格``, ``破了1件``, ``1件``: what it says is good or bad, or else what the button says."""
    only = _ONLY.match(clause)
    body = re.sub(r"^(?:其中|有)", "", clause[only.end() :] if only else clause)
    sides = [
        (match["core"] or match["after"] or "", good)
        for good, each in states().side.items()
        if (match := each.match(body))
    ]
    core, side = min(sides, key=lambda found: len(found[0]), default=(body, tally.mode == GOOD))  # 都没问题 is good
    own = side == (tally.mode == GOOD)
    if not side and (described := _DESCRIBED.match(core)) and not states().wrapping.search(core):
        core = described["goods"]
    if not own and (states().all_bad if tally.mode == GOOD else states().all_good).fullmatch(body):
        tally.unclear.append(clause)
    elif core and _note(tally, clause, core, lacks=not own):
        tally.others = False if only and own else tally.others
        tally.aside += [] if own else [clause]
    elif not core:
        tally.rest.append(clause)


def _note(tally: _Tally, clause: str, core: str, *, lacks: bool) -> bool:
    """Whether ``core`` counts goods; then it is counted, else the clause is kept or is unclear."""
    into, alone = (tally.lacking, tally.alone_lacking) if lacks else (tally.units, tally.alone)
    found = list(_units(core, tally.goods))
    if not found:
        speaks = lacks and not _is_remark(tally, core)
        (tally.unclear if speaks or _counts(core, tally.goods) else tally.rest).append(clause)
        return False
    for sku, units in found:
        if sku:
            into[sku] = into.get(sku, 0) + units
        else:
            alone.append(units)
    return True


def _is_remark(tally: _Tally, core: str) -> bool:
    """Whether what is said to be lacking, or not to be good, is none of the goods: ``没有破损``, ``外箱破了``."""
    return not core or bool((states().harmless if tally.mode == CAME else states().wrapping).match(core))


def _counts(core: str, goods: Sequence[Product]) -> bool:
    found = quantities.read(core, [product.sku for product in goods])
    return bool(found.lines or found.loose or found.unclear)


def _units(core: str, goods: Sequence[Product]) -> Iterator[tuple[str, int]]:
    """SKU and units; "" for a count alone. Nothing where the words are more than that."""
    if not core:
        return
    if (units := quantities.count(core)) is not None:
        yield "", units
        return
    found = quantities.read(core, [product.sku for product in goods])
    if found.lines and not found.rest.strip("的 ") and not found.unclear and not found.loose:
        most = {product.sku: product.most for product in goods}
        yield from ((line.sku, most.get(line.sku, 0) if line.units is None else line.units) for line in found.lines)
        return
    beside = quantities.beside(core)
    name, units = beside or (core, None)
    if (product := by_title(name, goods)) is not None and (beside or len(name) > 1):
        yield product.sku, product.most if units is None else units


def by_title(words: str, goods: Sequence[Product]) -> Product | None:
    """The one product whose title has these words in it."""
    whole = words.strip().removeprefix("那").strip("的 ")
    for name in dict.fromkeys((whole, whole.lstrip("个只件台"))):  # 台灯, and 那台灯
        found = [each for each in goods if name and (name in each.title or name.upper() == each.sku.upper())]
        if len({product.sku for product in found}) == 1 and len(name) >= _TITLE:
            return found[0]
    return None


def _named(tally: _Tally, reading: quantities.Reading) -> None:
    most = {product.sku: product.most for product in tally.goods}
    for line in reading.lines:
        units = most[line.sku] if line.units is None else line.units
        tally.units[line.sku] = tally.units.get(line.sku, 0) + units
    if all(_SIGNED.search(line.text.upper().replace(line.sku.upper(), " ")) for line in reading.lines):
        tally.others = False


def _settled(tally: _Tally) -> Arrival:
    """The units of each product; where it is not clear, the product is open."""
    goods = {product.sku: product.most for product in tally.goods}
    if len(goods) == 1:
        [sku] = goods
        _onto(tally.units, tally.alone, sku)
        _onto(tally.lacking, tally.alone_lacking, sku)
    elif tally.alone == [sum(goods.values())] and not tally.units:
        tally.everything, tally.alone = True, []
    spoken = bool(tally.units or tally.lacking or tally.everything or tally.others is not None)
    into = tally.rest if spoken or tally.alone or tally.alone_lacking else tally.unclear
    if into is tally.rest:
        tally.aside += tally.hurt  # of those that came
    else:
        into += tally.hurt
    rest, unclear = "，".join(tally.rest), tuple(tally.unclear)
    if unclear or tally.alone or tally.alone_lacking or _at_odds(tally, goods):
        return Arrival({}, tuple(goods), rest, unclear)
    if not spoken:
        return Arrival({}, (), rest)
    counts = {sku: _of(tally, sku, most) for sku, most in goods.items()}
    known = {sku: units for sku, units in counts.items() if units is not None}
    return Arrival(known, tuple(sku for sku in goods if sku not in known), rest, others="，".join(tally.aside))


def _onto(units: dict[str, int], alone: list[int], sku: str) -> None:
    if alone:
        units[sku] = units.get(sku, 0) + sum(alone)
        alone.clear()


def _at_odds(tally: _Tally, goods: dict[str, int]) -> bool:
    """Whether what is there and what is not do not add up."""
    both = set(tally.units) & set(tally.lacking)
    if any(tally.units[sku] + tally.lacking[sku] != goods.get(sku) for sku in both):
        return True
    named = tally.units.keys() | tally.lacking.keys()
    if tally.others and named >= goods.keys() and any(goods.get(sku) != units for sku, units in tally.units.items()):
        return True  # the others come to nothing
    return any(units > goods.get(sku, 0) for sku, units in tally.lacking.items())


def _of(tally: _Tally, sku: str, most: int) -> int | None:
    if sku in tally.units:
        return tally.units[sku]
    if sku in tally.lacking:
        return most - tally.lacking[sku]
    if tally.others is not None:
        return most if tally.others else 0
    return most if tally.everything or (tally.lacking and not tally.units) else None
