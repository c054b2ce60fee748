"""Who a message is for: ``|``-joined members, departments and tags, without regard to case (wecom.md §4.1)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sandbox.wecom.errors import Code, Refused

if TYPE_CHECKING:
    from sandbox.wecom.contacts import Contacts

MOST = {"touser": 1000, "toparty": 100, "totag": 100}
_ANSWERS = {"touser": "invaliduser", "toparty": "invalidparty", "totag": "invalidtag"}


Reached = dict[str, Sequence[str]]  #: what was named -> the members behind it


@dataclass(slots=True)
class Receivers:
    """Members in order, each once; and what did not name anybody, as the answer gives it back."""

    userids: dict[str, None] = field(default_factory=dict)
    strangers: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, payload: dict[str, Any], contacts: Contacts) -> Receivers:
        """Raises Refused when nobody is named, or nobody who exists."""
        found = cls()
        given = {name: _split(payload, name) for name in MOST}
        if not any(given.values()):
            raise Refused(Code.NO_RECEIVER, "touser, toparty and totag are all empty")
        for name, wanted in given.items():
            found._take(name, wanted, contacts)
        if not found.userids:
            raise Refused(Code.ALL_INVALID, "user & party & tag all invalid", **found.strangers)
        return found

    def _take(self, name: str, wanted: list[str], contacts: Contacts) -> None:
        hits = _REACH[name](contacts, wanted)
        self.userids |= dict.fromkeys(userid for each in wanted for userid in hits.get(each, ()))
        if lost := [each.lower() for each in wanted if not hits.get(each)]:
            self.strangers[_ANSWERS[name]] = "|".join(lost)


def _split(payload: dict[str, Any], name: str) -> list[str]:
    value = payload.get(name) or ""
    if not isinstance(value, str):
        raise Refused(Code.BAD_PARAMETER, f"Warning: wrong json format. {name} must be str")
    parts = [part for part in value.split("|") if part]
    if len(parts) > MOST[name]:
        raise Refused(Code.BAD_PARAMETER, f"{name} exceed max count {MOST[name]}")
    return parts


def _members(contacts: Contacts, wanted: list[str]) -> Reached:
    known = contacts.userids()
    hits: Reached = {each: [known[each.lower()]] for each in wanted if each.lower() in known}
    return hits | {"@all": list(known.values())}


def _departments(contacts: Contacts, wanted: list[str]) -> Reached:
    return {str(each.id): each.members for each in contacts.departments() if str(each.id) in wanted}


def _tags(contacts: Contacts, wanted: list[str]) -> Reached:
    """This company has none."""
    return {}


_REACH = {"touser": _members, "toparty": _departments, "totag": _tags}
