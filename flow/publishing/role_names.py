"""A role that is called otherwise from now on: whoever has it has it still, under the new name, and on the record."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flow.definitions.identities import ROLES, renames_between
from flow.people.changes import Change
from flow.people.directory import MEMBERS, Staff
from flow.publishing.staff_items import KIND, change_in, is_of_staff, text_of
from flow.records import access_log, register
from flow.records.sequences import take
from flow.versions import active_texts, publish
from models import MemberRole, Proposal, ProposalState

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from flow.definitions.business import Bundle

    Ids = Mapping[str, str]

KEY = (ROLES, ROLES)


async def put_in_force(texts: Bundle, by: tuple[str, int | None], now: datetime) -> None:
    """Publish texts, and call the roles of the staff as they do, in the caller's transaction."""
    active = await active_texts()
    names = renames_between(active, {**active, **texts}).roles if KEY in texts else {}
    await publish(texts, by[0], now)
    if names:
        await _follow(names, by[1], now)


async def _follow(names: Ids, by: int | None, now: datetime) -> None:
    """Every name at once: two roles may have changed theirs for each other's."""
    staff = await Staff().now()
    held: dict[int, set[str]] = {}
    holding = MemberRole.filter(role__in=list(names)).values_list("member_id", flat=True)
    ids = sorted({int(str(each)) for each in await holding})
    for member, role in await MemberRole.filter(member_id__in=ids).values_list("member_id", "role"):
        held.setdefault(int(str(member)), set()).add(str(role))
    await MemberRole.filter(member_id__in=ids).delete()
    await MemberRole.bulk_create(
        MemberRole(member_id=member, role=role)
        for member, roles in held.items() for role in sorted({names.get(role, role) for role in roles})
    )  # fmt: skip
    await register.enter(register.MEMBERS, ids, now)
    await take(MEMBERS)
    known = [staff.by_id[each].name for each in ids if each in staff.by_id]
    words = [f"角色 {old} 改名为 {new}" for old, new in names.items()]
    told: dict[str, Any] = {access_log.STAFF: known, "改动": words}
    await access_log.put_down(access_log.STAFFED, staff.by_id.get(by or 0), told, now)
    await _in_waiting(names)


async def _in_waiting(names: Ids) -> None:
    """Changes of the staff that somebody still has to put in force."""
    for proposal in await Proposal.filter(state=ProposalState.ASKED).order_by("id"):
        if is_of_staff(proposal):
            change = _called(change_in(proposal), names)
            proposal.items = [
                {**item, "text": text_of(change)} if item["kind"] == KIND else item for item in proposal.items
            ]
            await proposal.save(update_fields=["items"])


def _called(change: Change, names: Ids) -> Change:
    data = change.data()
    return Change.of({**data, **{key: [names.get(role, role) for role in data[key]] for key in ("add", "drop")}})
