"""The rules by which somebody rehearses: their own draft on top of what is published, or what is published alone."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from flow.definitions.business import FLOW, POLICY, Bundle, business_of
from flow.definitions.identities import REASONS, identities_of, table_ids
from flow.definitions.present import Eras, Present
from flow.desk import Desk, rules_of
from flow.errors import DefinitionError
from flow.publishing.catching_up import catch_up
from flow.publishing.proposals import asked_by, draft_of, state_of
from flow.versions import PRESET, active_texts
from models import Definition

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flow.engine.values import Rules
    from flow.rehearsal.play import Play
    from models.views.case import Person


@dataclass(slots=True)
class RehearsalDesk(Desk):
    """A desk at which other texts are in force, with ids below 0 for them; the cases that there are keep theirs."""

    real: Desk | None = None
    texts: Bundle = field(default_factory=dict, repr=False)
    preset: str = ""
    about: str = ""  #: of the draft; "" where the published rules are in force
    changed: tuple[tuple[str, str], ...] = ()  #: kinds and names of the texts that the draft changes

    async def current(self, flow: str, facts: Mapping[str, Any] | None = None) -> tuple[int, int]:
        """As at a real desk."""
        chosen = self.business.choices.policy(facts or {}) or self.preset
        return self.ids(flow, chosen)

    def ids(self, flow: str, policy: str) -> tuple[int, int]:
        """The ids of a flow and a policy here. Raises DefinitionError where there is none of that name."""
        keys = sorted(self.texts)
        try:
            return -1 - keys.index((FLOW, flow)), -1 - keys.index((POLICY, policy))
        except ValueError as error:
            raise DefinitionError([f"没有流程“{flow}”或政策“{policy}”"]) from error

    def names(self, flow_id: int, policy_id: int) -> tuple[str, str]:
        """The names that such ids stand for."""
        keys = sorted(self.texts)
        return keys[-1 - flow_id][1], keys[-1 - policy_id][1]

    def kept(self, flow: str, policy: str) -> list[list[str]]:
        """What a rehearsal of that flow keeps of the texts: those two, and all that the draft changes."""
        keys = {(FLOW, flow), (POLICY, policy), *self.changed}
        return [[*key, self.texts[key]] for key in sorted(keys)]

    async def rules(self, flow_id: int, policy_id: int) -> Rules:
        """Of the rehearsed texts, or of a case that there is."""
        if flow_id >= 0 and self.real is not None:
            return await self.real.rules(flow_id, policy_id)
        keys = sorted(self.texts)
        flow, policy = keys[-1 - flow_id], keys[-1 - policy_id]
        return rules_of((self.texts[flow], flow[1]), (self.texts[policy], policy[1]))


async def rehearsal_desk(desk: Desk, who: Person, *, published: bool) -> RehearsalDesk:
    """By the draft of ``who``, or by what is published where they have none or want that."""
    active, about, texts = await active_texts(), "", Bundle()
    draft = None if published else await draft_of(who) or next(iter(await asked_by(who)), None)
    if draft is not None:
        texts = (await catch_up(*state_of(draft))).texts
        about = f"{draft.about}，{len(draft.words)} 处改动"
    preset = await Definition.filter(active=True, kind=PRESET).first()
    found = _of(desk, {**active, **texts}, about, preset.text if preset else "")
    found.changed = tuple(texts)
    return found


async def same_desk(desk: Desk, play: Play) -> RehearsalDesk:
    """By the rules with which a rehearsal began, whatever has become of the draft."""
    texts = {**await active_texts(), **{(kind, name): text for kind, name, text in play.texts}}
    return _of(desk, texts, play.rules, play.policy)


def _of(desk: Desk, texts: Bundle, about: str, preset: str) -> RehearsalDesk:
    business = business_of(texts)
    if business.present.any_ids or desk.business.present.any_ids:
        eras = Eras(desk.business.present.types.versions, table_ids(REASONS, texts[REASONS, REASONS]))
        business = replace(business, present=Present(identities_of(texts), any_ids=True, types=eras))
    return RehearsalDesk(desk.zone, business, desk.staff, real=desk, texts=texts, preset=preset, about=about)
