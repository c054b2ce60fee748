"""What is said of the goods at the dock or the bench: ``只收到84029G两件``, ``1件合格，其他破了``. Pure."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from handlers.chat import quantities
from handlers.chat.goods_clauses import clauses, pieces
from handlers.chat.goods_states import ALL, COUNT, NUMBER, VERBS, states
from handlers.chat.tallies import BAD, CAME, GOOD, NO_PRODUCT, Arrival, Kind, Product, Tally

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

__all__ = ["BAD", "CAME", "GOOD", "Arrival", "Product", "by_title", "read"]

_NONE = re.compile(r"一[件个只台套]都(?:不|没).*")  #: 一个都不行
_SIGNED = re.compile(r"[×X*✕]")  #: ``71053×1``: a list of all that came, as the card's hint writes it
_CODE = re.compile(r"(?=.*\d)[A-Za-z0-9-]{4,}")  #: a product that is none of the case's, or some other number
_ONLY = re.compile(r"^(?:但|不过)?(?:是)?(?:实际)?(?:就|只|仅|才)(?:有|是)?")
_CAME = re.compile(
    r"^(?:已经|已|今天|刚|实际|确实|有|是|客户|快递)*"
    rf"(?P<verb>(?:{VERBS}|检测|检查|验|检|测|查)(?:完|好|过)?了?)?(?:有)?"
)
_VERB = rf"(?:{VERBS})了?"
_BEHIND_CODE = re.compile(rf"(?<=[0-9A-Za-z]){_VERB}(?={NUMBER}[件个只台套])")
_TIED = re.compile(rf"^(?P<name>[\u4e00-\u9fff]{{1,12}}?)(?P<tie>{_VERB}有?|有|共|一共)(?={COUNT})")  #: 烛台到了四个
_COMING = (
    r"(?:是|都|也|全部|全)*(?:已经|已)?"
    r"(?P<verb>收到|到货|到齐|到|来|齐|在|有|回来|(?:检测|检查|验|检|测|查|看)[完好过])?(?:了|的|吧|啦)*"
)
_LACKS = re.compile(rf"(?P<name>.+?)(?:还)?(?:缺少|缺|少|差)了?(?P<units>{COUNT})")
_OTHERS = re.compile(
    r"^(?:但|可是|不过)?(?:其他|其它|其余|剩下|剩余|别|余下)的?(?:商品|几件|几个|那件|那个)*(?:都|全|也|是)*"
)
_ALL_CAME = re.compile(
    rf"{ALL}(?:已经|已|是)?(?:收到|收|到货|到齐|到|来|齐|收齐|对|在)?(?:了|的|啦|吧)*|(?:东西|货|商品|包裹)?(?:已经|都)?(?:收|到|来)?齐(?:了|全)*|数量(?:对得上|对上|对|一致|没错|没问题|相符|正确)(?:了|的)*|一[件个]不少"
)
_DESCRIBED = re.compile(rf"(?P<goods>.*?{COUNT})(?=[\u4e00-\u9fff])[^\d一二两三四五六七八九十]+$")  #: 1件外壳有划痕
_WHOSE_FAULT = re.compile(
    r"(?:都|并|其实|应该)?(?:不是|不属于|不算)(?:我们的|商品的?|产品的?)?(?:质量|做工|功能)?的?(?:问题|毛病)"
)
_NAMED_SIDE = re.compile(
    r"(?:不合格|合格|次品|良品|正常|完好|没有?问题|入库|[好坏品的了是有都:])*"
)  #: 2件次品 says no more than 次品
_THING = re.compile(rf"(?:{COUNT}[\u4e00-\u9fff]{{2,}}|[\u4e00-\u9fff]{{2,}}{COUNT})(?:了|的)?")
_PAPER = re.compile(  #: 发票1张: counted in other measures than goods are
    rf"(?:{NUMBER}[张根份封包袋本条]的?[\u4e00-\u9fff]{{2,6}}|[\u4e00-\u9fff]{{2,6}}{NUMBER}[张根份封包袋本条])(?:了|的)?"
)
#: 客户分两个包裹寄的: how the goods are sent, and no count of them
_PARCELS = re.compile(
    rf"(?:客户|是|说)*分(?:成?(?:{NUMBER}|几)(?:包裹|快递|箱子|[个件次批箱包])*|[批开次])(?:寄|发|到|来|送)?(?:过来|来)?的?了?"
    r"|[^,;]*(?:第[二三四]|另[一外]?|还有[一二两三]?)个?(?:包裹|快递)[^,;]*"
)
_FIRST = re.compile(r"先(?=到|来|收|送|寄)")
_TWICE = re.compile(r"(?P<lack>^.*还[差缺少].*?)还?没(?:到|来|收到|寄到)[呢了]*$")  #: 还差一个没到
_LATER = re.compile(
    r"(?:说是|说|估计|预计|应该|可能|要|得|还)*(?:在路上|在途中?|在后面"
    r"|(?:明天|明后天|后天|过[几两]天|下周[一二三四五六日天]?|随后|后面|晚点|下午|晚上)(?:再|才|会|能)*(?:到|来|寄|送|发)(?:货|齐|来|过来)?)(?:了|呢|吧|的)*$"
)  #: 另一个说是明天到
_VAGUE = re.compile(r"[几半些]|部分|若干")
_SIDES = {True: Kind.SOUND, False: Kind.HURT}
_TITLE = 1  #: characters of a title that name it, where no other product has them


def read(text: str, goods: Sequence[Product], mode: str) -> Arrival:
    """The units that a normalised text speaks of; where it speaks of none, no counts and nothing open."""
    if states().strange.search(text):
        told = tuple(clause for clause in clauses(text) if states().strange.search(clause)) or (text,)
        return Arrival({}, tuple(product.sku for product in goods), unclear=told, strange=True)
    tally = Tally(goods, mode)
    text = _BEHIND_CODE.sub(" ", text) if mode == CAME else text
    whole = quantities.read(text, [product.sku for product in goods])
    if whole.lines and not whole.rest and not whole.unclear and all(line.sku for line in whole.lines):
        _named(tally, whole)
        return tally.settled()
    for clause in clauses(text):
        for n, (piece, is_whole) in enumerate(pieces(clause, lambda word: by_title(word, goods) is not None)):
            tally.sticks = n > 0 or states().part.match(clause) is not None
            _take(tally, piece, is_whole=is_whole)
    tally.unclear += [] if tally.is_spoken or tally.unclear else tally.awaited
    found = tally.settled()
    if not found.open or tally.awaited or not _may_be_all(tally, found):
        return found
    return replace(found, likely={product.sku: product.most for product in goods})


def _may_be_all(tally: Tally, found: Arrival) -> bool:
    """Whether nothing was said of goods that have not come: 一件外壳裂了 of how many it does not tell."""
    kinds = {kind for said in tally.said.values() for kind in said}
    vague = any(_VAGUE.search(clause) for clause in found.unclear)
    lacks = any(_lacking(_unled(clause)) is not None or re.search("[只仅就才]", clause) for clause in found.unclear)
    return tally.mode == CAME and bool(found.unclear) and kinds <= set(_SIDES.values()) and not (vague or lacks)


def _take(tally: Tally, clause: str, *, is_whole: bool) -> None:
    """One clause into the tally; what speaks of no goods is kept as it is."""
    if not (tally.mode == CAME and states().awaited.search(clause)):
        _take_said(tally, clause, is_whole=is_whole)
        return
    tally.awaited.append(clause)
    open_before = len(tally.unclear)
    if plain := _TWICE.sub(
        r"\g<lack>", _LATER.sub("没到", _FIRST.sub("", _PARCELS.sub("", clause.rstrip("呢啊呀哦"))))
    ):
        _take_said(tally, plain, is_whole=is_whole)
    tally.unclear[open_before:] = [clause] * (len(tally.unclear) > open_before)  # as it was typed


def _take_said(tally: Tally, clause: str, *, is_whole: bool) -> None:
    match = _OTHERS.match(clause)
    if is_whole:
        _take_whole(tally, clause)
    elif _is_all(tally, clause):
        tally.everything = True
        tally.aside += [clause] if tally.mode == BAD and not quantities.is_everything(clause) else []
    elif _NONE.fullmatch(clause):
        tally.everything = tally.mode == BAD
        (tally.aside if tally.mode == BAD else tally.unclear).append(clause)
    elif tally.mode != CAME and _WHOSE_FAULT.fullmatch(clause):
        tally.rest.append(clause)
    elif match and not quantities.counts(clause):
        _take_others(tally, clause, clause[match.end() :])
    elif _CODE.fullmatch(clause) and clause.upper() not in {product.sku.upper() for product in tally.goods}:
        tally.unclear.append(clause)
    else:
        _take_counted(tally, clause)


def _is_all(tally: Tally, clause: str) -> bool:
    pattern = {CAME: _ALL_CAME, GOOD: states().all_good, BAD: states().all_bad}[tally.mode]
    return bool(pattern.fullmatch(clause)) or quantities.is_everything(clause)


def _take_others(tally: Tally, clause: str, state: str) -> None:
    good, bad = states().good.fullmatch(state), states().bad.match(state)
    if tally.mode == CAME:
        none, some = states().lacked.match(state), bool(state) and (re.fullmatch(_COMING, state) or good or bad)
        tally.parted += [clause] if some and (good or bad) else []
    else:
        some, none = (good, bad) if tally.mode == GOOD else (bad, good)
    if none:
        tally.others = False
        tally.rest += [clause] if tally.mode == GOOD else []  # how they are damaged is worth keeping
    elif some:
        tally.others = True
    else:
        tally.unclear.append(clause)


def _take_whole(tally: Tally, clause: str) -> None:
    """``烛台四个`` of ``烛台四个里面有一个裂了``."""
    found = [*_units(_came(_unled(clause))[0], tally.goods)]
    for sku, units in found:
        tally.add(_of(tally, sku), Kind.TOTAL, units)
    tally.unclear += [] if found else [clause]


# -- a clause that may count ---------------------------------------------------------------------------------------


def _take_counted(tally: Tally, clause: str) -> None:
    """``1件合格``, ``破了1件``, ``缺一个灯``, ``收到两件``, ``一共三件``, ``1件``."""
    body = _unled(clause)
    only = _ONLY.match(body)
    ahead, body = (only[0], _unled(body[only.end() :])) if only else ("", body)
    tied = _TIED.match(body)
    if tied and by_title(tied["name"], tally.goods):
        body = f"{tied['name']}{body[tied.end() :]}"
    if states().more.match(body):
        (tally.unclear if _names_goods(tally, body) else tally.more).append(clause)
    elif not (_take_gone(tally, body) or _take_state(tally, clause, body, only=bool(ahead))):
        _take_plain(tally, clause, body, only=bool(ahead))


def _take_gone(tally: Tally, body: str) -> bool:
    """So many did not come; False where a clause counts no such."""
    core = _lacking(body)
    found = [*_units(_unled(core), tally.goods)] if core else []
    for sku, units in found:
        tally.add(_of(tally, sku), Kind.GONE, units)
    return bool(found)


def _take_state(tally: Tally, clause: str, body: str, *, only: bool) -> bool:
    """So many are good, or so many are not: at the dock both have come; False where a clause says neither."""
    side, core = min(_sides(body), key=lambda each: len(each[1]), default=(tally.mode == GOOD, ""))
    core, came = _came(_unled(core))
    described = None if states().wrapping.search(core) else _DESCRIBED.match(core)
    found = [*_units(core, tally.goods)] or [*_units(described["goods"] if described else "", tally.goods)]
    for sku, units in found:
        whole = tally.mode == CAME and side and not quantities.counts(core) and not quantities.count(core)
        tally.add(_of(tally, sku), Kind.HERE if whole else _SIDES[side], units)
    if not found:
        return False
    tally.arrived = tally.arrived or came
    own = side == (tally.mode == GOOD)
    if tally.mode == CAME:
        tally.parted.append(clause)
    elif not own:
        tally.aside.append(clause)
    else:
        tally.own += [] if _NAMED_SIDE.fullmatch(body.replace(core, "", 1)) else [clause]
        tally.others = False if only else tally.others
    return True


def _sides(body: str) -> Iterator[tuple[bool, str]]:
    """Whether goods are said to be good, and the words that may count them, in every way it may be read."""
    known = states()
    for side in known.side:
        if match := known.side[side].match(body):
            yield side, match["core"] or match["after"] or ""
        if match := known.judged[side].match(body):
            yield side, match["core"]
        if (match := known.before[side].match(body)) and not known.wrapping.search(match["what"]):
            yield side, match["count"]


def _take_plain(tally: Tally, clause: str, body: str, *, only: bool) -> None:
    """A count of which nothing is said but that it came, or what it is of; else a clause that is kept, or unclear."""
    kind, core = Kind.PLAIN, body
    for each, pattern in ((Kind.TOTAL, states().total), (Kind.DUE, states().due)):
        if match := pattern.match(core):
            kind, core = each, core[match.end() :]
    core, came = _came(core)
    kind = Kind.HERE if came and kind is not Kind.DUE else kind
    if found := [*_units(core, tally.goods)]:
        for sku, units in found:
            tally.add(_of(tally, sku), kind, units)
        tally.others = False if only and kind is not Kind.DUE else tally.others
        return
    into = tally.rest
    if _is_unread(tally, body):
        into = tally.loose if _is_beside(tally, body) else tally.unclear
    into.append(clause)


def _is_unread(tally: Tally, body: str) -> bool:
    """Whether a clause speaks of the goods, or counts, and could not be read."""
    read = quantities.read(body, [product.sku for product in tally.goods])
    if read.lines or read.loose or read.unclear:
        return True
    if tally.mode == CAME:
        lacks = _lacking(body)
        return bool(lacks) and not states().harmless.match(lacks or "")
    side, core = min(_sides(body), key=lambda each: len(each[1]), default=(tally.mode == GOOD, ""))
    if (states().all_bad if tally.mode == GOOD else states().all_good).fullmatch(body):
        return True
    return bool(core) and side != (tally.mode == GOOD) and not states().wrapping.match(core)


def _is_beside(tally: Tally, body: str) -> bool:
    """``电源线少一根``, ``附了一张发票``: a count of what is none of the goods."""
    lacks = _lacking(body)
    core = lacks if lacks is not None else re.sub("^(?:附|带|夹|塞|放|送|有|了|着|还)+", "", body)
    if _names_goods(tally, core):
        return False
    return (_PAPER if core == body else _THING).fullmatch(core) is not None


def _names_goods(tally: Tally, words: str) -> bool:
    """Whether a product of the case stands in the words, by its code or by its title."""
    upper = words.upper()
    nouns = re.sub(rf"{COUNT}|{quantities.MEASURE}", " ", words).split()
    return any(product.sku.upper() in upper for product in tally.goods) or any(
        by_title(noun[-size:], tally.goods) for noun in nouns for size in range(1, len(noun) + 1)
    )


def _of(tally: Tally, sku: str) -> str:
    """The product of a count: the one before, where it is a part of that."""
    named = sku or (tally.subject if tally.sticks else NO_PRODUCT)
    tally.subject = sku or tally.subject
    return named


def _unled(clause: str) -> str:
    """A clause without what says nothing ahead of a count."""
    match = states().lead.match(clause)
    return clause[match.end() :] if match else clause


def _came(body: str) -> tuple[str, bool]:
    """The words without those by which goods come, and whether there were such."""
    ahead = _CAME.match(body)
    rest = body[ahead.end() :] if ahead else body
    behind = re.search(rf"{_COMING}$", rest)
    core = rest[: behind.start()] if behind else rest
    return core, bool((ahead and ahead["verb"]) or (behind and behind["verb"]))


def _lacking(body: str) -> str | None:
    """What a clause says is lacking: ``缺一个灯``, ``灯没到``, ``灯少一个``; None where it says no such thing."""
    if match := states().lacking.match(body):
        return body[match.end() :]
    if match := states().lacked.search(body):
        return body[: match.start()]
    match = _LACKS.fullmatch(body)
    return f"{match['units']}{match['name']}" if match else None


def _units(core: str, goods: Sequence[Product]) -> Iterator[tuple[str, int]]:
    """SKU and units; "" for a count alone. Nothing where the words are more than that."""
    if not core:
        return
    if (units := quantities.count(core)) is not None:
        yield NO_PRODUCT, units
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


def _named(tally: Tally, reading: quantities.Reading) -> None:
    most = {product.sku: product.most for product in tally.goods}
    sums: dict[str, int] = {}
    for line in reading.lines:
        sums[line.sku] = sums.get(line.sku, 0) + (most[line.sku] if line.units is None else line.units)
    for sku, units in sums.items():
        tally.add(sku, Kind.PLAIN, units)
    if all(_SIGNED.search(line.text.upper().replace(line.sku.upper(), " ")) for line in reading.lines):
        tally.others = False
