"""One file per run: what a figure in a document points to."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from bench.machine import facts

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from pathlib import Path

    from bench.rows import Row


def write(folder: Path, rows: Sequence[Row], at: datetime, *, quick: bool) -> Path:
    """``<date>-<commit>.json`` in ``folder``, with a number behind it when there is one of that name; its path."""
    told = {"at": at.isoformat(timespec="seconds"), "quick": quick, **facts()}
    folder.mkdir(parents=True, exist_ok=True)
    path = _free(folder, f"{at:%Y-%m-%d}-{told['commit']}")
    rows_json = [row.as_json() for row in rows]
    path.write_text(json.dumps({**told, "rows": rows_json}, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return path


def _free(folder: Path, name: str) -> Path:
    names = [name, *(f"{name}-{n}" for n in range(2, 1000))]
    return next(path for each in names if not (path := folder / f"{each}.json").exists())
