"""The hash chain of a case's events: each link covers the one before, so a changed row shows.

What was said at a step stands in its link as commitments, one per key and each with a salt of its own: a value and its
salt can be erased, and the link still verifies.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import UTC
from typing import TYPE_CHECKING, Any, Protocol

import orjson

from models import seals

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from datetime import datetime

    from models.seals import KeyRing

GENESIS = "0" * 64
SALTS, GONE, LEFT = "盐", "承诺", "余下"  #: keys of ``Event.erased``
SALT, COMMITMENT = 32, 40  #: hex digits


class Link(Protocol):
    """One event as a link, from the database or from a file."""

    seq: int
    at: datetime
    actor_id: int | None
    actor: str
    action: str
    node: str
    data: dict[str, Any]
    before: str
    hash: str
    salt: str
    stand: Any  #: a dict or None, here and below
    erased: Any
    seal: str


def canonical(value: Any) -> str:
    """JSON with sorted keys and no spaces, in UTF-8."""
    return _bytes(value).decode()


def _bytes(value: Any) -> bytes:
    try:
        return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
    except TypeError:  # a number beyond 64 bits, a key that is none
        return _encode(value).encode()


_encode = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def link(before: str, facts: dict[str, Any]) -> str:
    """SHA-256 over canonical JSON of one event's facts and the hash before it, as 64 hex digits.

    ``facts`` holds case (its number), seq, at (ISO 8601 in UTC), actor_id, actor, action, node and data; stand where
    there is one.
    """
    return hashlib.sha256(_bytes({"before": before, **facts})).hexdigest()


def link_of(case_no: str, before: str, event: Link) -> str:
    """The link that an event should have after the one before; of an old one as it was made then."""
    facts = facts_of(case_no, event)
    return digest(_encode({"before": before, **facts})) if is_old(event) else link(before, facts)


def salt_of(salt: str, name: str) -> str:
    """The salt of one value of an event: telling it tells nothing about the others."""
    return digest(f"{salt}|{name}")[:SALT]


def commitment(salt: str, value: Any) -> str:
    """SHA-256 over a value's own salt and its canonical JSON, cut to 40 hex digits."""
    return hashlib.sha256(salt.encode() + b"|" + _bytes(value)).hexdigest()[:COMMITMENT]


def commitments(salt: str, data: Mapping[str, Any]) -> dict[str, str]:
    """What stands in a link for the data of an event."""
    return {key: commitment(salt_of(salt, key), value) for key, value in data.items()}


def is_old(event: Link) -> bool:
    """Whether an event was written when data stood in the link as it was."""
    return not event.salt and (event.erased is None or LEFT in event.erased)


def facts_of(case_no: str, event: Link) -> dict[str, Any]:
    """What the link of an event is made of."""
    facts = {
        "case": case_no, "seq": event.seq, "at": event.at.astimezone(UTC).isoformat(), "actor_id": event.actor_id,
        "actor": event.actor, "action": event.action, "node": event.node,
    }  # fmt: skip
    if is_old(event):
        return facts | {"data": event.data}
    if event.erased is None:
        said = commitments(event.salt, event.data)
    else:
        salts, gone = event.erased.get(SALTS, {}), event.erased.get(GONE, {})
        said = {key: commitment(salts.get(key, ""), value) for key, value in event.data.items()} | gone
    return facts | {"data": said} | ({} if event.stand is None else {"stand": event.stand})


def head_text(no: str, seq: int, chain: str, base: Mapping[str, Any] | None) -> str:
    """What the seal of a case is of: kept for its last event alone, so that no earlier end can be put in place."""
    return f"case|{no}|{seq}|{chain}|{canonical(base) if base else ''}"


def step_text(no: str, event_hash: str) -> str:
    """What the short seal of one event is of."""
    return f"step|{no}|{event_hash}"


def keyless(what: str, seal: str, ring: KeyRing) -> str:
    """A sentence about what is sealed with a key that is not in the ring; "" where it is, and where nothing is sealed.

    Nobody can say of such a thing whether it was touched.
    """
    if not seal or ring.knows(seal):
        return ""
    return f"{what}用的是没有给出的密钥 {seal[: seals.NAME]}，请设置 AUDIT_KEY 或 AUDIT_KEY_OLD"


@dataclass(frozen=True, slots=True)
class Chain:
    """How the rows of a chain beside the cases are read, and what is said of one that does not hold."""

    number: str  #: attribute that counts from 1
    facts: Callable[[Any], dict[str, Any]]
    named: Callable[[Any], str]  #: a row in words, for a sentence about it
    missing: str  #: a sentence with ``{}`` for the number that is not there
    sealed: Callable[[Any, Any], bool]  #: whether a ring of keys holds a row's seal
    unsealed: str  #: ends a sentence about a row whose seal does not hold
    keyed: bool = False  #: a row's seal says which key made it


def first_touched(chain: Chain, rows: Iterable[Any], ring: Any = None) -> str:
    """A sentence naming the first row that does not follow from the one before; empty when all do. Pure.

    Without a ring nothing is said of seals.
    """
    before = GENESIS
    for place, row in enumerate(rows, 1):
        if getattr(row, chain.number) != place:
            return chain.missing.format(place)
        if row.before != before or row.hash != link(before, chain.facts(row)):
            return f"{chain.named(row)}被改动过"
        if ring and chain.keyed and (sentence := keyless(f"{chain.named(row)}的封印", row.seal, ring)):
            return sentence
        if ring and not chain.sealed(ring, row):
            return f"{chain.named(row)}{chain.unsealed}"
        before = row.hash
    return ""
