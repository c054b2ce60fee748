"""What the return type of a case is called today, as SQL: rows keep the name of the day on which they were written."""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING

from flow.definitions.identities import REASONS, names_by_id, table_ids
from flow.definitions.present import Eras
from flow.definitions.schema import ID
from flow.stats.reader import moment, rows
from flow.stats.scope import RETURN_TYPE

if TYPE_CHECKING:
    from collections.abc import Iterator

_EVER = "SELECT 1 FROM definition WHERE kind = ? AND name = ? AND text LIKE ? LIMIT 1"
_VERSIONS = "SELECT published_at, text, active FROM definition WHERE kind = ? AND name = ? ORDER BY version"


async def type_eras() -> Eras:
    """The names that the return types have had; none where none was ever changed."""
    if not await rows(_EVER, [REASONS, REASONS, f"%{ID}%"]):
        return Eras()
    found = await rows(_VERSIONS, [REASONS, REASONS])
    versions = [(at, table_ids(REASONS, str(text))) for at, text, _ in found]
    now = next((table_ids(REASONS, str(text)) for _, text, active in found if active), {})
    return Eras(tuple((since, ids) for at, ids in versions if (since := moment(at)) is not None), now)


def column(eras: Eras) -> str:
    """The return type of ``c`` by today's name."""
    whens = list(_whens(eras))
    return f"CASE {' '.join(whens)} ELSE {RETURN_TYPE} END" if whens else RETURN_TYPE


def _whens(eras: Eras) -> Iterator[str]:
    """Where a name has meant one thing only, it is that whenever the case was opened."""
    now = names_by_id(eras.now)
    meant: dict[str, set[str]] = {}
    for _, ids in eras.versions:
        for name, id_ in ids.items():
            meant.setdefault(name, set()).add(now.get(id_, name))
    plain = {name: news for name, news in meant.items() if len(news) == 1 and news != {name}}
    yield from (f"WHEN {RETURN_TYPE} = {_quoted(name)} THEN {_quoted(*news)}" for name, news in plain.items())
    for name, since, until, new in eras.spans():
        if name in plain:
            continue
        after = f" AND c.opened_at >= {_quoted(since.astimezone(UTC).isoformat(' '))}" if since else ""
        before = f" AND c.opened_at < {_quoted(until.astimezone(UTC).isoformat(' '))}" if until else ""
        yield f"WHEN {RETURN_TYPE} = {_quoted(name)}{after}{before} THEN {_quoted(new)}"


def _quoted(word: str) -> str:
    return "'" + word.replace("'", "''") + "'"
