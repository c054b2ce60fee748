"""Fills in managers from the platforms' address books; who is a member, and in which role, stays with the import."""

from __future__ import annotations

from typing import TYPE_CHECKING

import structlog
from tortoise.transactions import in_transaction

from bot.channels.base import ChannelError
from flow.people.directory import MEMBERS
from flow.records import register
from flow.records.sequences import take
from models import Member
from models.accounts import is_account

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from bot.channels.base import Channel, Contact

log = structlog.get_logger("roster")


def managers(members: Iterable[Member], contacts: Iterable[Contact], platform: str) -> dict[int, int]:
    """Member id -> manager id, for members whose file named no manager and whose address book does. Pure.

    The manager is taken over only when they are a member too; nobody becomes their own.
    """
    known = {getattr(member, platform): member for member in members if getattr(member, platform)}
    found = {}
    for contact in contacts:
        member, manager = known.get(contact.userid), known.get(contact.manager or "")
        if member and manager and member.manager_id is None and manager.id != member.id:
            found[member.id] = manager.id
    return found


async def refresh(channels: Mapping[str, Channel], now: datetime) -> int:
    """Ask every platform and write what was missing; how many members changed. One that does not answer is skipped."""
    found: dict[int, int] = {}
    for platform, channel in channels.items():
        try:
            contacts = [each for each in await channel.contacts() if is_account(each.userid)]
        except ChannelError as error:
            log.warning("address book not read", platform=platform, reason=str(error))
            continue
        found = managers(await Member.filter(active=True), contacts, platform) | found
    if found:
        await _write(found, now)
    return len(found)


async def _write(found: Mapping[int, int], now: datetime) -> None:
    async with in_transaction():
        for member_id, manager_id in found.items():
            await Member.filter(id=member_id, manager_id=None).update(manager_id=manager_id)
        await register.enter(register.MEMBERS, found, now)
        await take(MEMBERS)
    log.info("members refreshed", members=len(found))
