"""The owner's print templates: kept under what is in them, checked before they are proposed."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from flow.definitions.business import FLOW
from flow.definitions.flow_reader import read_flow
from flow.definitions.nearest import suggestion
from flow.spreadsheets.parts import UnfitError
from flow.spreadsheets.template import read_template
from flow.versions import active_texts
from models import PrintFile

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence
    from datetime import datetime

    from flow.spreadsheets.template import Hole


async def keep(data: bytes, now: datetime) -> str:
    """Keep a file, in the caller's transaction; the digest that names it from now on."""
    digest = hashlib.sha256(data).hexdigest()
    if not await PrintFile.exists(digest=digest):
        await PrintFile.create(digest=digest, data=data, kept_at=now)
    return digest


async def kept(digest: str) -> bytes | None:
    """The file of a digest, as long as it still is what the digest says."""
    row = await PrintFile.get_or_none(digest=digest)
    return row.data if row and hashlib.sha256(row.data).hexdigest() == digest else None


async def asked_for() -> list[str]:
    """What the forms of the published flows ask for."""
    texts = await active_texts()
    flows = [read_flow(text, name) for (kind, name), text in texts.items() if kind == FLOW]
    return list(dict.fromkeys(field.name for flow in flows for node in flow.forms for field in node.form))


def holes_of(data: bytes) -> list[Hole]:
    """The places of a template. Raises UnfitError."""
    return read_template(data).holes


def check(data: bytes, plain: Collection[str], rows: Mapping[str, Sequence[str]]) -> list[str]:
    """Everything that is wrong with a template whose places may have these names, a sentence each."""
    try:
        holes = holes_of(data)
    except UnfitError as error:
        return error.problems
    return list(dict.fromkeys(problem for hole in holes for problem in _problems(hole, plain, rows)))


def _problems(hole: Hole, plain: Collection[str], rows: Mapping[str, Sequence[str]]) -> Iterator[str]:
    slot, where = hole.slot, f"{hole.place} 的 {hole.slot.words}"
    if not slot.group:
        if slot.name not in plain:
            yield f"{where} 不认识{suggestion(slot.name, plain)}"
    elif slot.group not in rows:
        yield f"{where} 不认识：这张单据没有一行一行的“{slot.group}”{suggestion(slot.group, rows)}"
    elif slot.name not in rows[slot.group]:
        yield f"{where} 不认识{suggestion(slot.name, rows[slot.group])}"
    elif hole.in_foot:
        yield f"{where} 不能写在页眉页脚里，一行一行的要写在格子里"
