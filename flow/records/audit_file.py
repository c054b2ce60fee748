"""The records of cases as a file for somebody outside: one JSON object a line, checked without our database.

What was said stands in it as commitments; with ``told`` also as it was said.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from flow.errors import PolicyRefused
from flow.records import access_log, anchors, audit, snapshot
from flow.records.verification import Record, faults, record_of
from models import AuditAnchor, AuditEntry, Case, Event

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Collection, Iterable, Iterator

    from models.seals import KeyRing

FORMAT = "boomerang-audit"
HASH = re.compile(r"(?<![0-9a-f])[0-9a-f]{64}(?![0-9a-f])")


# -- written -----------------------------------------------------------------------------------------------------------


async def lines(nos: Collection[str], now: datetime, *, told: bool = False) -> AsyncIterator[str]:
    """The file's lines: of the cases named, or of all. Raises PolicyRefused for a number that there is not."""
    wanted = [no.upper() for no in nos]
    known = {str(no) for no in await Case.filter(no__in=wanted).values_list("no", flat=True)} if wanted else set()
    if strange := [no for no in wanted if no not in known]:
        raise PolicyRefused(f"没有售后单 {'、'.join(strange)}")
    made = now.astimezone(UTC).isoformat()
    yield _line({"record": "file", "format": FORMAT, "version": 1, "at": made, "cases": wanted or "all", "told": told})
    cast = await AuditAnchor.all().order_by("no")
    for anchor in cast:
        heads = {} if wanted else {"heads": anchor.heads}
        yield _line({"record": "anchor", **_anchor(anchor), **heads})
    proofs = _proofs(cast, set(wanted))
    query = Case.filter(no__in=wanted) if wanted else Case.all()
    for case_id in await query.order_by("id").values_list("id", flat=True):
        case = await Case.get(id=case_id)
        events = await Event.filter(case_id=case.id).order_by("seq")
        record = record_of(case, events, await snapshot.rows_of(case.id))
        yield _line({"record": "case", **_case(record, told=told), "proofs": proofs.get(case.no, [])})
    if not wanted:
        for entry in await AuditEntry.all().order_by("seq"):
            yield _line({"record": "log", **access_log.facts_of(entry), "before": entry.before, "hash": entry.hash})


def _line(value: dict[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False)


def _anchor(anchor: AuditAnchor) -> dict[str, Any]:
    return {**anchors.facts_of(anchor), "before": anchor.before, "hash": anchor.hash, "seal": anchor.seal}


def _proofs(cast: Iterable[AuditAnchor], wanted: set[str]) -> dict[str, list[dict[str, Any]]]:
    """For the cases that are named, the way from each of their anchored heads to the anchor's root."""
    found: dict[str, list[dict[str, Any]]] = {}
    for anchor in cast if wanted else ():
        for place, head in enumerate(anchor.heads):
            if head[0] in wanted:
                way = {"anchor": anchor.no, "head": head, "path": anchors.path(anchor.heads, place)}
                found.setdefault(head[0], []).append(way)
    return found


def _case(record: Record, *, told: bool) -> dict[str, Any]:
    words = {"words": record.words, "snapshot": record.snapshot, "facts": record.facts, "accounts": record.accounts}
    kept = words if told else {}
    return {
        "no": record.no, "seq": record.seq, "chain": record.chain, "seal": record.seal, "base": record.base,
        "events": [_event(event, told=told) for event in record.events], "stands": record.stands, **kept,
    }  # fmt: skip


def _event(event: audit.Link, *, told: bool) -> dict[str, Any]:
    found = {
        "seq": event.seq, "at": event.at.astimezone(UTC).isoformat(), "actor_id": event.actor_id, "actor": event.actor,
        "action": event.action, "node": event.node, "before": event.before, "hash": event.hash, "stand": event.stand,
        "seal": event.seal,
    }  # fmt: skip
    if told:
        return found | {"data": event.data, "salt": event.salt, "erased": event.erased}
    if audit.is_old(event):
        return found | {"data": {}, "salt": "", "erased": {audit.LEFT: True}}
    said = audit.facts_of("", event)["data"]
    return found | {"data": {}, "salt": "", "erased": {audit.SALTS: {}, audit.GONE: said}}


# -- read --------------------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class File:
    """What a file says."""

    head: dict[str, Any] = field(default_factory=dict)
    anchors: list[Any] = field(default_factory=list)
    cases: list[tuple[Record, list[dict[str, Any]]]] = field(default_factory=list)
    log: list[Any] = field(default_factory=list)


def read(text: str) -> File:
    """A file's parts. Raises PolicyRefused, naming the line that cannot be one."""
    found = File()
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        try:
            _take(found, json.loads(line))
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise PolicyRefused(f"第 {number} 行不是审计文件的内容，可能被改动或截断过") from error
    if found.head.get("format") != FORMAT:
        raise PolicyRefused("这不是 python -m bot audit export 写出的审计文件")
    return found


def _take(found: File, value: dict[str, Any]) -> None:
    kind = value.pop("record")
    if kind == "file":
        found.head = value
    elif kind == "anchor":
        found.anchors.append(SimpleNamespace(**value | {"at": datetime.fromisoformat(value["at"])}))
    elif kind == "case":
        found.cases.append((_record(value, whole=bool(found.head.get("told"))), value.get("proofs") or []))
    elif kind == "log":
        found.log.append(SimpleNamespace(**value | {"at": datetime.fromisoformat(value["at"]), "seal": ""}))
    else:
        raise ValueError(kind)


def _record(value: dict[str, Any], *, whole: bool) -> Record:
    events: list[Any] = [
        SimpleNamespace(**event | {"at": datetime.fromisoformat(event["at"])}) for event in value["events"]
    ]
    return Record(
        value["no"], value["seq"], value["chain"], value["seal"], value["base"], events, value["stands"],
        value.get("words"), value.get("snapshot"), value.get("facts"), value.get("accounts"), whole=whole,
    )  # fmt: skip


def check(found: File, given: Collection[str], ring: KeyRing | None) -> list[str]:
    """A sentence for everything in a file that does not hold, or that the anchors given say otherwise. Pure."""
    said = [sentence for record, _ in found.cases if (sentence := faults(record, ring))]
    if sentence := anchors.broken_anchors(found.anchors, ring):
        return [*said, sentence]
    known = {anchor.hash for anchor in found.anchors}
    said += [
        f"给出的审计锚 {each[:12]}… 不在文件里：文件比它旧，或它之前的记录被换过" for each in given if each not in known
    ]
    hashes = {record.no: [event.hash for event in record.events] for record, _ in found.cases}
    tellings: dict[str, str] = {}
    for no, sentence in [*_against_heads(found, hashes), *_against_proofs(found, hashes)]:
        tellings.setdefault(no, sentence)
    if found.log and (sentence := access_log.broken_entries(found.log, None)):
        said.append(sentence)
    return [*said, *tellings.values(), *_log_short(found)]


def _against_heads(found: File, hashes: dict[str, list[str]]) -> Iterator[tuple[str, str]]:
    for anchor in found.anchors:
        heads = getattr(anchor, "heads", None)
        if heads is None:
            continue
        if anchor.body["root"] != anchors.root(heads):
            yield f"#{anchor.no}", f"第 {anchor.no} 个审计锚（{anchor.day}）的内容被改动过"
            continue
        for no, seq, chain in heads:
            if (sentence := _missing(hashes.get(no), (no, seq, chain), anchor)) and not _undone(found, no):
                yield no, sentence


def _against_proofs(found: File, hashes: dict[str, list[str]]) -> Iterator[tuple[str, str]]:
    by_no = {anchor.no: anchor for anchor in found.anchors}
    for record, proofs in found.cases:
        for proof in proofs:
            anchor, head = by_no.get(proof["anchor"]), proof["head"]
            if anchor is None or head[0] != record.no or anchors.climbed(head, proof["path"]) != anchor.body["root"]:
                yield record.no, f"{record.no} 到第 {proof['anchor']} 个审计锚的证明不成立"
            elif sentence := _missing(hashes[record.no], head, anchor):
                yield record.no, sentence


def _missing(there: list[str] | None, head: Any, anchor: Any) -> str:
    no, seq, chain = head
    if there is None:
        return f"{no} 不见了：审计锚 {anchor.day} 时它有 {seq} 步"
    if seq > len(there):
        return f"{no} 第 {len(there) + 1} 步起的流水不见了：审计锚 {anchor.day} 时它有 {seq} 步"
    return f"{no} 第 {seq} 步被改动过：和审计锚 {anchor.day} 对不上" if seq and there[seq - 1] != chain else ""


def _undone(found: File, no: str) -> bool:
    day, _, number = no.removeprefix("R").partition("-")
    gaps = [gap for entry in found.log for gap in (entry.data.get("缺号") or {}).get(day, ())]
    return number.isdigit() and any(one <= int(number) <= two for one, two in gaps)


def _log_short(found: File) -> Iterator[str]:
    """An anchor names the end of the access log as it was then."""
    if found.head.get("cases") != "all":
        return
    for anchor in found.anchors:
        seq, value = anchor.body["log"]
        if seq and (seq > len(found.log) or found.log[seq - 1].hash != value):
            yield f"访问记录第 {min(seq, len(found.log) + 1)} 条和审计锚 {anchor.day} 对不上"
            return


def hashes_in(text: str) -> list[str]:
    """The anchors that somebody has typed, or kept with the messages around them."""
    return list(dict.fromkeys(HASH.findall(text.lower())))
