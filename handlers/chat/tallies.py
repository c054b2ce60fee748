"""How many units came, or passed, by all that was said of them: a total is never added to its parts. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

CAME, GOOD, BAD = "登记收货", "质检合格", "质检次品"  #: what the units are counted as, by the effect that books them
NO_PRODUCT = ""  #: in the place of a SKU, of counts that name none


class Kind(StrEnum):
    """What a count is said to be of; the values are read by people."""

    PLAIN = "写了"
    HERE = "收到"
    TOTAL = "一共"
    DUE = "应有"
    SOUND = "好的"
    HURT = "坏的"
    GONE = "没到"


_WHOLES = (Kind.PLAIN, Kind.HERE, Kind.TOTAL)


class AtOddsError(Exception):
    """The parts do not add up to what was said of the whole."""


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
    own: str = ""  #: what was said of the units that count, beside their number
    beside: str = ""  #: what was said of things that are none of the goods
    heard: tuple[str, ...] = ()  #: where something is open: the numbers that were heard, in few words
    strange: bool = False  #: goods of another house are spoken of, which are none of the case's
    likely: dict[str, int] = field(default_factory=dict)  #: where something is open: the units that a yes means
    awaited: bool = False  #: more is said to be on its way

    @property
    def why(self) -> str:
        """What was not understood of the words, or does not add up; "" where nothing is open."""
        if self.strange:
            return "说的不是这单的货，不能算进件数"
        heard = f"听到的是{'、'.join(self.heard)}" if self.heard else ""
        if self.unclear or not heard:
            return "，".join(filter(None, ["没看懂", heard])) if self.unclear else ""
        return f"{heard}，和单上的件数对不上"


@dataclass(slots=True)
class Tally:
    """What the clauses have said so far."""

    goods: Sequence[Product]
    mode: str
    said: dict[str, dict[Kind, list[int]]] = field(default_factory=dict)
    others: bool | None = None  #: whether all of what was not named counts, or none of it
    everything: bool = False
    arrived: bool = False  #: somebody said that so many parts came: 收到两件好的一件坏的
    subject: str = NO_PRODUCT  #: the product that was named last
    sticks: bool = False  #: a count that names none is of that
    rest: list[str] = field(default_factory=list)
    unclear: list[str] = field(default_factory=list)
    aside: list[str] = field(default_factory=list)  #: clauses about units of the other side
    own: list[str] = field(default_factory=list)  #: and about those that count, which say how they are
    parted: list[str] = field(default_factory=list)  #: clauses about parts, which alone do not tell how many came
    more: list[str] = field(default_factory=list)  #: clauses about what was sent beside: 多寄了一个水杯
    awaited: list[str] = field(default_factory=list)  #: clauses by which more is on its way
    loose: list[str] = field(default_factory=list)  #: counts of what is none of the goods: 电源线少一根

    def add(self, sku: str, kind: Kind, units: int) -> None:
        self.said.setdefault(sku, {}).setdefault(kind, []).append(units)

    @property
    def is_spoken(self) -> bool:
        """Whether anything was said of how many."""
        return bool(self.said or self.everything or self.others is not None)

    def settled(self) -> Arrival:
        """The units of each product; where it is not clear, the product is open."""
        goods = {product.sku: product.most for product in self.goods}
        if len(goods) == 1:
            self._onto(*goods)
        try:
            counts = {sku: self._units(sku, most) for sku, most in goods.items()}
            self._check_unnamed(counts, goods)
        except AtOddsError:
            return self._open(goods)
        if self._is_vague(counts):
            return replace(self._open(goods), likely=self._likely(counts))
        known = {sku: units for sku, units in counts.items() if units is not None}
        left = tuple(sku for sku in goods if sku not in known) if self.is_spoken else ()
        return Arrival(
            known,
            left,
            _joined(self.rest),
            others=_joined([*self.aside, *self.parted, *self.awaited]),
            own=_joined(self.own),
            beside=_joined([*self.more, *self.loose]),
            awaited=bool(self.awaited),
        )

    def _likely(self, counts: dict[str, int | None]) -> dict[str, int]:
        """The units by all that could be read, where somebody said how many came."""
        said = any(kind in kinds for kinds in self.said.values() for kind in (*_WHOLES, Kind.GONE))
        known = {sku: units for sku, units in counts.items() if units is not None}
        return known if said and self.mode == CAME and len(known) == len(counts) else {}

    # -- one product ---------------------------------------------------------------------------------------------------

    def _units(self, sku: str, most: int) -> int | None:
        """None where nothing tells. Raises AtOddsError."""
        said = self.said.get(sku, {})
        units = self._came(said, most) if self.mode == CAME else self._judged(said, most)
        named = {each for each in self.said if each}
        if units is not None:
            if self.others and named >= {each.sku for each in self.goods} and units != most and not _is_part(said):
                raise AtOddsError  # the others come to nothing
            return units
        if self.others is not None:
            return most if self.others else 0
        elsewhere = [kinds for each, kinds in self.said.items() if each and each != sku]
        lacks = any(Kind.GONE in kinds for kinds in elsewhere) if self.mode == CAME else False
        other = Kind.HURT if self.mode == GOOD else Kind.SOUND
        lacks = lacks or (self.mode != CAME and any(other in kinds for kinds in elsewhere))
        counted = any(kind in kinds for kinds in elsewhere for kind in (*_WHOLES, self._side))
        return most if self.everything or (lacks and not counted and not said) else None

    @property
    def _side(self) -> Kind:
        return Kind.HURT if self.mode == BAD else Kind.SOUND

    def _came(self, said: dict[Kind, list[int]], most: int) -> int | None:
        """How many came, by what came, what is good and broken of it, and what did not."""
        gone, parts = _sum(said, Kind.GONE), [*filter(None, (_sum(said, Kind.SOUND), _sum(said, Kind.HURT)))]
        here, plain, total = (_one(said, kind) for kind in (Kind.HERE, Kind.PLAIN, Kind.TOTAL))
        _ensure(all(each == most for each in said.get(Kind.DUE, ())))
        wholes = [each for each in (total, plain if here is not None else None) if each is not None]
        here = plain if here is None else here
        if here is None and total is not None:
            here, wholes = (total - (gone or 0) if total == most else total), []
        if here is None and len(parts) > 1:
            here = sum(parts)
            _ensure(self.arrived or here + (gone or 0) == most)
        if here is None:
            return self._of_parts(parts, gone, most)
        _ensure(all(each in (here, most) and each >= here for each in wholes))
        _ensure(gone is None or here + gone == most)
        _ensure(sum(parts) == here if len(parts) > 1 else sum(parts) <= here)
        return here

    def _of_parts(self, parts: Sequence[int], gone: int | None, most: int) -> int | None:
        """Where nobody said how many came: the rest of a number that did not, or that is broken."""
        if gone is not None:
            _ensure(gone <= most and (not parts or sum(parts) + gone == most))
            return most - gone
        if parts:
            _ensure(sum(parts) <= most)
            return most if self.others or self.everything or sum(parts) == most else None
        return None

    def _judged(self, said: dict[Kind, list[int]], most: int) -> int | None:
        """How many are good, or bad: of those that came, which is what both make together."""
        other = Kind.HURT if self._side is Kind.SOUND else Kind.SOUND
        own, rest = _sum(said, self._side), _sum(said, other)
        wholes = [each for kind in (Kind.TOTAL, Kind.HERE, Kind.DUE) for each in said.get(kind, ())]
        plain = _one(said, Kind.PLAIN)
        _ensure(Kind.GONE not in said)
        _ensure(all(each in (own, most) for each in wholes))
        if own is not None:
            _ensure(rest is None or own + rest == most)
            _ensure(plain in (None, own, most))
            return own
        if rest is not None:
            _ensure(plain in (None, most, most - rest) and rest <= most)
            return most - rest
        return plain

    # -- what names no product, and what is left -----------------------------------------------------------------------

    def _onto(self, sku: str) -> None:
        for kind, units in self.said.pop(NO_PRODUCT, {}).items():
            self.said.setdefault(sku, {}).setdefault(kind, []).extend(units)

    def _check_unnamed(self, counts: dict[str, int | None], goods: dict[str, int]) -> None:
        """Counts of nobody knows which product: fine where they are of all there is. Raises AtOddsError."""
        said = self.said.get(NO_PRODUCT)
        if not said:
            return
        every = sum(goods.values())
        if set(self.said) == {NO_PRODUCT}:
            units = self._came(said, every) if self.mode == CAME else self._judged(said, every)
            _ensure(units == every)
            counts |= goods
            return
        _ensure(Kind.GONE not in said and None not in counts.values())
        _ensure(self.mode == CAME or not {Kind.SOUND, Kind.HURT} & said.keys())
        found = sum(units or 0 for units in counts.values())
        _ensure(all(each in (found, every) for kind in (*_WHOLES, Kind.DUE) for each in said.get(kind, ())))

    def _is_vague(self, counts: dict[str, int | None]) -> bool:
        """Whether a clause could not be read, or only counts what is broken, or what is none of the goods."""
        plain = bool(counts) and None not in counts.values()
        if self.loose and not plain:
            self.unclear += self.loose
        if self.parted and not plain:
            self.unclear += self.parted
        return bool(self.unclear)

    def _open(self, goods: Iterable[str]) -> Arrival:
        unclear = tuple(self.unclear)
        rest, awaited = _joined([*self.rest, *self.more]), bool(self.awaited)
        return Arrival({}, tuple(goods), rest, unclear, heard=self._heard(), awaited=awaited)

    def _heard(self) -> tuple[str, ...]:
        """好的 2、坏的 1."""
        titles = {product.sku: product.title or product.sku for product in self.goods}
        return tuple(
            f"{titles.get(sku, '') if len(titles) > 1 else ''}{kind} {sum(units)}"
            for sku, kinds in self.said.items()
            for kind, units in kinds.items()
        )


def _is_part(said: dict[Kind, list[int]]) -> bool:
    return not any(kind in said for kind in (*_WHOLES, Kind.GONE))


def _joined(clauses: Iterable[str]) -> str:
    return "，".join(clauses)


def _sum(said: dict[Kind, list[int]], kind: Kind) -> int | None:
    return sum(said[kind]) if kind in said else None


def _one(said: dict[Kind, list[int]], kind: Kind) -> int | None:
    """The number, which is said once, or each time the same. Raises AtOddsError."""
    found = {*said.get(kind, ())}
    _ensure(len(found) < 2)
    return next(iter(found), None)


def _ensure(adds_up: bool) -> None:
    if not adds_up:
        raise AtOddsError
