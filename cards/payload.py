"""What a button carries: frozen, checked when packed, never guessed at when unpacked."""

from __future__ import annotations

from dataclasses import dataclass

_SEPARATOR = "|"
MAX_NUMBER = 2**31 - 1  #: of the columns that ids and versions stand in


class PayloadError(ValueError):
    """Not a payload of ours, or one that could be read two ways."""


def _join(*parts: str | int) -> str:
    texts = [str(part) for part in parts]
    if any(_SEPARATOR in text or not text for text in texts):
        raise PayloadError(f"a part is empty or holds {_SEPARATOR!r}: {texts}")
    return _SEPARATOR.join(texts)


def _split(text: str, prefix: str, parts: int) -> list[str]:
    found = text.split(_SEPARATOR)
    if len(found) != parts + 1 or found[0] != prefix:
        raise PayloadError(f"not a {prefix} payload of {parts} parts")
    return found[1:]


def _number(text: str) -> int:
    value = int(text)
    if not 0 <= value <= MAX_NUMBER:
        raise PayloadError("a number that no row has")
    return value


@dataclass(frozen=True, slots=True)
class Act:
    """Do ``action`` on a case. ``version`` is the one that the card showed."""

    case_id: int
    version: int
    action: str

    def pack(self) -> str:
        return _join("a1", self.case_id, self.version, self.action)

    @classmethod
    def unpack(cls, text: str) -> Act:
        case_id, version, action = _split(text, "a1", 3)
        return cls(_number(case_id), _number(version), action)


@dataclass(frozen=True, slots=True)
class Answer:
    """Give ``value`` to what a dialog asks; ``version`` tells this question from the one before."""

    dialog_id: int
    version: int
    value: str

    def pack(self) -> str:
        return _join("d1", self.dialog_id, self.version, self.value)

    @classmethod
    def unpack(cls, text: str) -> Answer:
        dialog_id, version, value = _split(text, "d1", 3)
        return cls(_number(dialog_id), _number(version), value)


@dataclass(frozen=True, slots=True)
class Decide:
    """Do ``action`` on a proposed change of the rules; ``version`` is the one that the card showed."""

    proposal_id: int
    version: int
    action: str

    def pack(self) -> str:
        return _join("p1", self.proposal_id, self.version, self.action)

    @classmethod
    def unpack(cls, text: str) -> Decide:
        proposal_id, version, action = _split(text, "p1", 3)
        return cls(_number(proposal_id), _number(version), action)


@dataclass(frozen=True, slots=True)
class Words:
    """Say these words: the button stands for typing them, by whoever taps, with their own rights."""

    words: str

    def pack(self) -> str:
        return _join("w1", self.words)

    @classmethod
    def unpack(cls, text: str) -> Words:
        return cls(*_split(text, "w1", 1))


Payload = Act | Answer | Decide | Words


def unpack(text: str) -> Payload:
    """Read any payload. Raises PayloadError for one that is not ours, to the letter."""
    for kind in (Act, Answer, Decide, Words):
        try:
            payload: Payload = kind.unpack(text)
            if payload.pack() == text:
                return payload
        except ValueError:
            continue
    raise PayloadError("unknown payload")
