"""What leaves as a file: the three documents of a case, by the owner's templates too, and lists of cases."""

from __future__ import annotations

from flow.export.cases import EXPORT, MAX_ROWS, Found, find, roll
from flow.export.papers import papers
from flow.export.request import CREATOR, EVER, OWNER, Known, ListRequest, known, of_asker, parse_list, resolve_list

__all__ = [
    "CREATOR", "EVER", "EXPORT", "MAX_ROWS", "OWNER", "Found", "Known", "ListRequest", "find", "known", "of_asker",
    "papers", "parse_list", "resolve_list", "roll",
]  # fmt: skip
