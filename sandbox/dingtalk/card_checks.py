"""What the card API refuses before it looks at a card (dingtalk.md §3.1)."""

from __future__ import annotations

import json
from typing import Any

from sandbox.dingtalk.refusals import Refusal

FULL = "sys_full_json_obj"  #: the one parameter that carries everything that is not a string
KEY_BYTES = 100
VALUE_BYTES = 1024
LONG_VALUES = frozenset({"markdown", FULL})  #: longer ones are seen in production although 1 KB is documented
SPACES = frozenset({"IM_GROUP", "IM_ROBOT"})
SPACE_PREFIX = "dtv1.card//"


def param_map(holder: Any, limit: int | None) -> dict[str, str]:
    """The ``cardParamMap`` inside ``holder``; ``limit`` bounds the LONG_VALUES in bytes, None leaves them free.

    The codes for lengths are not documented.
    """
    params = holder.get("cardParamMap", {}) if isinstance(holder, dict) else None
    if not isinstance(params, dict):
        raise Refusal("param.error", "cardParamMap is not a map")
    for key, value in params.items():
        if not isinstance(value, str):
            raise Refusal("MissingStringValue", f"cardParamMap.{key} is not a string")
        most = limit if key in LONG_VALUES else VALUE_BYTES
        if len(key.encode()) > KEY_BYTES or (most is not None and len(value.encode()) > most):
            raise Refusal("param.tooLong", f"cardParamMap.{key}")
    return params


def private_maps(body: dict[str, Any], limit: int | None) -> dict[str, dict[str, str]]:
    return {user: param_map(holder, limit) for user, holder in (body.get("privateData") or {}).items()}


def required(body: dict[str, Any], *names: str) -> None:
    """Each of these must be a text with something in it."""
    for name in names:
        if not isinstance(body.get(name), str) or not body[name]:
            raise Refusal("param.empty", name)


def spaces(open_space_id: str) -> list[tuple[str, str]]:
    """``dtv1.card//IM_GROUP.cid;dtv1.card//IM_ROBOT.user`` as pairs of space type and id."""
    found = []
    for part in open_space_id.split(";"):
        kind, dot, where = part.removeprefix(SPACE_PREFIX).partition(".")
        if kind not in SPACES or not dot or not where or not open_space_id.startswith(SPACE_PREFIX):
            raise Refusal("param.openSpaceIdInvalid", part)
        found.append((kind, where))
    return found


def buttons(params: dict[str, str]) -> list[dict[str, Any]]:
    """The ``msgButtons`` of ``sys_full_json_obj``; ValueError when a client could not read them."""
    full = json.loads(params.get(FULL) or "{}")
    found = full.get("msgButtons", []) if isinstance(full, dict) else None
    if not isinstance(found, list) or not all(isinstance(b, dict) and b.get("text") for b in found):
        raise ValueError("msgButtons")
    return found


def is_live(button: dict[str, Any]) -> bool:
    """A button does something when it calls back under an id, or opens a link."""
    return bool((button.get("request") is True and button.get("id")) or button.get("url"))
