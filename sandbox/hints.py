"""What the demo's page tells of the shop's own files: what each role may begin with, and when the bot is silent."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

CONFIG = Path(__file__).resolve().parent.parent / "config"
ROLES, FIRST = "角色", "先说"
QUIET, FROM, TO = "免打扰", "从", "到"


def first_words() -> dict[str, list[str]]:
    """By role; as shipped, whatever has been published since."""
    return {name: [str(each) for each in role.get(FIRST) or []] for name, role in _read("roles.yaml")[ROLES].items()}


def quiet_hours() -> dict[str, str] | None:
    """From when to when, ``22:00`` and ``08:00``; None where there are none."""
    hours = _read("calendar.yaml").get(QUIET) or {}
    return {"from": str(hours[FROM]), "to": str(hours[TO])} if hours else None


def _read(name: str) -> dict[str, Any]:
    return dict(yaml.safe_load((CONFIG / name).read_text("utf-8")))
