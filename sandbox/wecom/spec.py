"""A small vocabulary for what a JSON object may hold, each word knowing which errcode its breach earns."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sandbox.wecom.errors import Code, Refused

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Mode:
    """How strictly to read: soft limits refuse too unless switched off; some fields exist in updates only."""

    strict_soft: bool = True
    updating: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Spec:
    """One field. ``missing`` is the errcode when it is absent or empty; None makes it optional."""

    missing: Code | None = None
    update_only: bool = False

    def check(self, value: Any, at: str, mode: Mode) -> None:
        """Raises Refused naming the path ``at``."""
        raise NotImplementedError


@dataclass(frozen=True, slots=True, kw_only=True)
class Text(Spec):
    """A string: ``soft`` is characters before a phone cuts it, ``hard`` is bytes before the server refuses it."""

    soft: int | None = None
    hard: int | None = None
    pattern: str | None = None
    refusal: Code = Code.BAD_PARAMETER

    def check(self, value: Any, at: str, mode: Mode) -> None:
        _typed(value, at, str)
        if self.hard is not None and len(value.encode()) > self.hard:
            raise Refused(self.refusal, f"{at} exceed max length {self.hard}")
        if self.pattern and not re.fullmatch(self.pattern, value):
            raise Refused(self.refusal, f"{at} has characters that are not allowed")
        if mode.strict_soft and self.soft is not None and len(value) > self.soft:
            raise Refused(Code.TOO_LONG, f"{at} is cut on a phone after {self.soft} characters")


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice(Spec):
    """A whole number out of a few."""

    of: tuple[int, ...]
    refusal: Code = Code.BAD_PARAMETER

    def check(self, value: Any, at: str, mode: Mode) -> None:
        _typed(value, at, int)
        if value not in self.of:
            raise Refused(self.refusal, f"{at} must be one of {self.of}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Ratio(Spec):
    """A number between ``low`` and ``high``, both excluded."""

    low: float
    high: float

    def check(self, value: Any, at: str, mode: Mode) -> None:
        _typed(value, at, int, float)
        if not self.low < value < self.high:
            raise Refused(Code.BAD_PARAMETER, f"{at} must lie between {self.low} and {self.high}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Flag(Spec):
    """True or false."""

    def check(self, value: Any, at: str, mode: Mode) -> None:
        if not isinstance(value, bool):
            raise Refused(Code.BAD_PARAMETER, f"Warning: wrong json format. {at} must be a boolean")


@dataclass(frozen=True, slots=True, kw_only=True)
class Names(Spec):
    """A list of at most ``most`` strings."""

    most: int

    def check(self, value: Any, at: str, mode: Mode) -> None:
        _typed(value, at, list)
        if len(value) > self.most:
            raise Refused(Code.BAD_PARAMETER, f"{at} exceed max count {self.most}")
        for name in value:
            _typed(name, at, str)


@dataclass(frozen=True, slots=True, kw_only=True)
class Group(Spec):
    """An object with these fields and no others."""

    fields: Mapping[str, Spec]

    def check(self, value: Any, at: str, mode: Mode) -> None:
        _typed(value, at, dict)
        for name in value.keys() - self.fields.keys():
            raise Refused(Code.BAD_PARAMETER, f"{at}.{name} does not belong here")
        for name, spec in self.fields.items():
            _field(spec, value.get(name), f"{at}.{name}", mode)


@dataclass(frozen=True, slots=True, kw_only=True)
class Many(Spec):
    """A list of at most ``most`` groups whose ``unique`` field does not repeat."""

    of: Group
    most: int
    unique: str | None = None
    clash: Code = Code.BAD_PARAMETER

    def check(self, value: Any, at: str, mode: Mode) -> None:
        _typed(value, at, list)
        if len(value) > self.most:
            raise Refused(Code.BAD_PARAMETER, f"{at} exceed max count {self.most}")
        for index, each in enumerate(value):
            self.of.check(each, f"{at}[{index}]", mode)
        names = [each[self.unique] for each in value if self.unique and each.get(self.unique)]
        if len(set(names)) < len(names):
            raise Refused(self.clash, f"{at}.{self.unique} repeats")


def _field(spec: Spec, value: Any, at: str, mode: Mode) -> None:
    if value in (None, "", [], {}) and spec.missing is not None:
        raise Refused(spec.missing, f"{at} is missing")
    if value in (None, "", []):
        return
    if spec.update_only and not mode.updating and value:
        raise Refused(Code.BAD_PARAMETER, f"{at} is valid in an update only")
    spec.check(value, at, mode)


def _typed(value: Any, at: str, *kinds: type) -> None:
    if not isinstance(value, kinds) or isinstance(value, bool):
        raise Refused(Code.BAD_PARAMETER, f"Warning: wrong json format. {at} must be {kinds[0].__name__}")
