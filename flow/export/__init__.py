"""What leaves as a file: the three documents of a case, and lists of cases."""

from __future__ import annotations

from flow.export.cases import EXPORT, MAX_ROWS, find, roll
from flow.export.papers import papers
from flow.export.request import Known, ListRequest, known, parse_list, resolve_list

__all__ = [
    "EXPORT", "MAX_ROWS", "Known", "ListRequest", "find", "known", "papers", "parse_list", "resolve_list", "roll",
]  # fmt: skip
