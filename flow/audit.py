"""The hash chain of a case's events: each link covers the one before, so a changed row shows."""

from __future__ import annotations

import hashlib
import json
from typing import Any

GENESIS = "0" * 64


def link(before: str, facts: dict[str, Any]) -> str:
    """SHA-256 over canonical JSON of one event's facts and the hash before it, as 64 hex digits.

    ``facts`` holds case (its number), seq, at (ISO 8601 in UTC), actor_id, actor, action, node and data.
    """
    text = json.dumps({"before": before, **facts}, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
