"""The business as it stands: published flows and policies, the files beside them, and the staff."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from flow import yamlfile
from flow.definition import parse_flow
from flow.directory import Staff
from flow.errors import DefinitionError
from flow.machine import Rules
from flow.policy import parse_policy
from models import Definition

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from zoneinfo import ZoneInfo

CONFIG = Path(__file__).parent.parent / "config"
PRESET = "preset"  #: kind of the row that says which policy new cases take
SHIPPED = "随安装"  #: publisher of what came with the program


@dataclass(frozen=True, slots=True)
class ReturnType:
    """A return type carries its strategy: which way, who is liable, who pays freight, where the cost goes."""

    name: str
    flow: str
    strategy: Mapping[str, str]
    aliases: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Business:
    """The plain files of the business."""

    types: Mapping[str, ReturnType]
    permissions: Mapping[str, frozenset[str]]  #: command -> roles that may use it
    notices: Mapping[str, str]
    zones: Mapping[str, str]

    def type_named(self, word: str) -> ReturnType | None:
        return next((t for t in self.types.values() if word == t.name or word in t.aliases), None)


def load_business(folder: Path = CONFIG) -> Business:
    """Read reasons, roles, notices and zones. Raises DefinitionError naming the file that is wrong."""

    def read(name: str, key: str) -> dict[str, Any]:
        try:
            return dict(yamlfile.read((folder / name).read_text(encoding="utf-8"))[key])
        except (OSError, yaml.YAMLError, KeyError, TypeError, ValueError) as error:
            raise DefinitionError([f"{name}：读不出“{key}”"]) from error

    permissions: dict[str, set[str]] = {}
    for role, commands in read("roles.yaml", "角色").items():
        for command in commands:
            permissions.setdefault(command, set()).add(role)
    return Business(
        {name: _return_type(name, raw) for name, raw in read("reasons.yaml", "退货类型").items()},
        {command: frozenset(roles) for command, roles in permissions.items()},
        read("notices.yaml", "通知"),
        read("stock.yaml", "库区"),
    )


def _return_type(name: str, raw: dict[str, Any]) -> ReturnType:
    strategy = {key: str(value) for key, value in raw.items() if key not in {"流程", "别名"}}
    return ReturnType(name, str(raw["流程"]), strategy, tuple(str(alias) for alias in raw.get("别名", ())))


@dataclass(slots=True)
class Desk:
    """What every verb of the business needs beside the case: built once per process."""

    zone: ZoneInfo
    business: Business = field(default_factory=load_business)
    staff: Staff = field(default_factory=Staff)
    _rules: dict[tuple[int, int], Rules] = field(default_factory=dict)

    async def rules(self, flow_id: int, policy_id: int) -> Rules:
        """The flow and policy that a case keeps; published versions never change, so they are read once."""
        key = (flow_id, policy_id)
        if key not in self._rules:
            flow, policy = await Definition.get(id=flow_id), await Definition.get(id=policy_id)
            self._rules[key] = Rules(parse_flow(flow.text, flow.name), parse_policy(policy.text, policy.name))
        return self._rules[key]

    async def current(self, flow: str) -> tuple[int, int]:
        """Ids of the flow and policy that a new case takes."""
        rows = await Definition.filter(active=True).values("id", "kind", "name", "text")
        chosen = next((row["text"] for row in rows if row["kind"] == PRESET), "")
        found = {(row["kind"], row["name"]): row["id"] for row in rows}
        try:
            return found["flow", flow], found["policy", chosen]
        except KeyError as error:
            raise DefinitionError([f"没有已发布的流程“{flow}”或政策“{chosen}”"]) from error


async def publish_shipped(policy: str, now: datetime, folder: Path = CONFIG) -> None:
    """Publish the files that came with the program, unless the merchant has published own versions since.

    ``policy`` is the preset that a new database starts with; a database that has chosen keeps its choice.
    """
    for kind, parse, place in (("flow", parse_flow, "flows"), ("policy", parse_policy, "policies")):
        for path in sorted((folder / place).glob("*.yaml")):
            text = path.read_text(encoding="utf-8")
            await _publish(kind, parse(text, path.name).name, text, now)
    if not await Definition.exists(kind=PRESET):
        await _publish(PRESET, PRESET, policy, now)


async def _publish(kind: str, name: str, text: str, now: datetime) -> None:
    digest = hashlib.sha256(text.encode()).hexdigest()
    active = await Definition.get_or_none(kind=kind, name=name, active=True)
    if active and (active.digest == digest or active.published_by != SHIPPED):
        return
    await Definition.filter(kind=kind, name=name).update(active=False)
    await Definition.create(
        kind=kind, name=name, version=(active.version if active else 0) + 1, text=text, digest=digest,
        active=True, published_at=now, published_by=SHIPPED,
    )  # fmt: skip
