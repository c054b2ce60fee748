"""What every verb of the business needs beside the case: the published definitions, the staff, the zone."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from flow.definitions import yamlfile
from flow.definitions.business import FLOW, POLICY, Business, business_of, load_business
from flow.definitions.conditions import YES, word
from flow.definitions.flow_reader import read_flow
from flow.definitions.identities import Renames
from flow.definitions.policy import read_policy
from flow.definitions.present import Eras
from flow.definitions.quiet_hours import URGENT, wakes
from flow.definitions.renaming import in_data
from flow.engine.values import Rules
from flow.errors import DefinitionError
from flow.people.directory import Staff
from flow.versions import PRESET, PUBLISHED, active_texts, present, role_eras
from models import Definition
from models.pipeline import session

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from flow.definitions.flow import Flow
    from flow.definitions.policy import Policy

#: what is published, with the text of the choice alone: those of the flows are long, and asked for with every case
_ACTIVE = "SELECT id, kind, name, CASE WHEN kind = ? THEN text ELSE '' END AS text FROM definition WHERE active = ?"


@dataclass(slots=True)
class Desk:
    """Built once per process; what it keeps is read again when a revision in the database has moved."""

    zone: ZoneInfo
    business: Business = field(default_factory=load_business, repr=False)
    staff: Staff = field(default_factory=Staff, repr=False)
    _revision: int = -1
    _rules: dict[tuple[int, int], Rules] = field(default_factory=dict, repr=False)
    _roles: Eras = field(default_factory=Eras, repr=False)
    _buttons: tuple[int, frozenset[str]] = field(default=(-1, frozenset()), repr=False)

    async def fresh(self, revision: int | None = None) -> Business:
        """The business as it is published now; ``revision`` where the caller has just read it."""
        if revision is None:
            found = await session.rows("SELECT value FROM counter WHERE name = ?", PUBLISHED)
            revision = int(found[0]["value"]) if found else 0
        if revision != self._revision:
            texts = await active_texts()
            self.business = replace(business_of(texts), present=await present(texts))
            roles = await role_eras(texts) if self.business.present.any_ids else Eras()
            if roles != self._roles:
                self._roles = roles
                self._rules.clear()
            self._revision = revision
        return self.business

    async def rules(self, flow_id: int, policy_id: int) -> Rules:
        """The flow and policy that a case keeps; published versions never change, so they are read once.

        Roles are called there as they are today: people have them under no other name.
        """
        key = (flow_id, policy_id)
        if key not in self._rules:
            flow, policy = await Definition.get(id=flow_id), await Definition.get(id=policy_id)
            self._rules[key] = rules_of((self._with_roles(flow), flow.name), (self._with_roles(policy), policy.name))
        return self._rules[key]

    def _with_roles(self, version: Definition) -> str:
        """The text of a version with its roles called as they are today."""
        names = self._roles.moved(version.published_at)
        if not any(name in version.text for name in names):
            return version.text
        key = (version.kind, version.name)
        data = in_data(key, yamlfile.read(version.text), Renames(roles=names), {})
        return yamlfile.write(data)

    async def buttons(self) -> frozenset[str]:
        """Every button of the published flows, as of the last look at what is published."""
        if self._buttons[0] != self._revision:
            rows = await Definition.filter(active=True, kind=FLOW).values("name", "text")
            nodes = [node for row in rows for node in _flow(row["text"], row["name"]).nodes.values()]
            self._buttons = self._revision, frozenset(action.name for node in nodes for action in node.buttons)
        return self._buttons[1]

    async def current(self, flow: str, facts: Mapping[str, Any] | None = None) -> tuple[int, int]:
        """Ids of the flow and policy that a new case takes: by the choices, else the database's own policy."""
        rows = await session.rows(_ACTIVE, PRESET, True)
        preset = next((row["text"] for row in rows if row["kind"] == PRESET), "")
        chosen = self.business.choices.policy(facts or {}) or preset
        found = {(row["kind"], row["name"]): row["id"] for row in rows}
        try:
            return found[FLOW, flow], found[POLICY, chosen]
        except KeyError as error:
            raise DefinitionError([f"没有已发布的流程“{flow}”或政策“{chosen}”"]) from error


@lru_cache(maxsize=64)
def _flow(text: str, name: str) -> Flow:
    return read_flow(text, name)


@lru_cache(maxsize=64)
def _policy(text: str, name: str) -> Policy:
    return read_policy(text, name)


def rules_of(flow: tuple[str, str], policy: tuple[str, str]) -> Rules:
    """A flow under a policy, each of its text and its name; what was read before is not read again."""
    return Rules(_flow(*flow), _policy(*policy))


def heard_at(desk: Desk, facts: Mapping[str, Any], now: datetime) -> datetime:
    """When people may hear of a case with these facts."""
    quiet = desk.business.quiet
    if quiet is None or (quiet.urgent_too and word(facts.get(URGENT)) == YES):
        return now
    return wakes(now.astimezone(desk.zone), quiet)
