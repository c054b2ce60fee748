"""Which thing a name stands for: nodes, fields, roles and return types have ids, which no new name changes. Pure.

The id is the name under which a thing was first published; it is written, as 编号, only where it differs from the name.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import yaml

from flow.definitions import yamlfile
from flow.definitions.schema import ID

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    Ids = Mapping[str, str]  #: name -> id
    Texts = Mapping[tuple[str, str], str]

FLOW, ROLES, REASONS = "flow", "roles", "reasons"
NODE, FIELD, ROLE, REASON = "节点", "字段", "角色", "退货类型"
ASKED = "提交表单"  #: of a flow: what a case is asked for when it is opened
_TABLES = {ROLES: ROLE, REASONS: REASON}  #: kind of text -> the key that its things stand under


@dataclass(frozen=True, slots=True)
class Identities:
    """The id of each name of a bundle; those of nodes by their flow."""

    nodes: Mapping[str, Ids] = field(default_factory=dict)
    fields: Ids = field(default_factory=dict)
    roles: Ids = field(default_factory=dict)
    reasons: Ids = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Renames:
    """Old name -> new name, of all that is called otherwise than it was; nodes by their flow."""

    nodes: Mapping[str, Ids] = field(default_factory=dict)
    fields: Ids = field(default_factory=dict)
    roles: Ids = field(default_factory=dict)
    reasons: Ids = field(default_factory=dict)

    def __bool__(self) -> bool:
        return any((*self.nodes.values(), self.fields, self.roles, self.reasons))

    def each(self) -> Iterator[tuple[str, str, str, str]]:
        """Noun, flow, old and new name of every one; without a flow but for a node."""
        for flow, names in self.nodes.items():
            yield from ((NODE, flow, old, new) for old, new in names.items())
        for noun, names in ((FIELD, self.fields), (ROLE, self.roles), (REASON, self.reasons)):
            yield from ((noun, "", old, new) for old, new in names.items())


def one(noun: str, old: str, new: str, flow: str = "") -> Renames:
    """The one new name of one thing."""
    names = {old: new}
    if noun == NODE:
        return Renames(nodes={flow: names})
    return {FIELD: Renames(fields=names), ROLE: Renames(roles=names), REASON: Renames(reasons=names)}[noun]


def has_ids(texts: Iterable[str]) -> bool:
    """Whether anything may have another id than its name; most bundles have no such thing, and are read no further."""
    return any(ID in text for text in texts)


def identities_of(texts: Texts) -> Identities:
    """The ids of all names of a bundle. A text that is no YAML has none."""
    nodes = {name: _of_flow(text)[0] for (kind, name), text in texts.items() if kind == FLOW}
    fields: dict[str, str] = {}
    for (kind, _), text in texts.items():
        fields |= _of_flow(text)[1] if kind == FLOW else {}
    return Identities(nodes, fields, *(_of_table(kind, texts.get((kind, kind), "")) for kind in (ROLES, REASONS)))


def renames_between(old: Texts, new: Texts) -> Renames:
    """What is called otherwise in ``new`` than in ``old``, by the ids: what has none in common came and went."""
    if not has_ids((*old.values(), *new.values())):
        return Renames()
    before, after = identities_of(old), identities_of(new)
    nodes = {flow: moved(ids, after.nodes[flow]) for flow, ids in before.nodes.items() if flow in after.nodes}
    return Renames(
        {flow: names for flow, names in nodes.items() if names},
        moved(before.fields, after.fields), moved(before.roles, after.roles), moved(before.reasons, after.reasons),
    )  # fmt: skip


def moved(old: Ids, new: Ids) -> dict[str, str]:
    """Old name -> new name, of one kind of thing."""
    now = names_by_id(new)
    return {name: now[id_] for name, id_ in old.items() if now.get(id_, name) != name}


def names_by_id(ids: Ids) -> dict[str, str]:
    """Name by id; where an id is written out it is that one's, whatever else is called so."""
    plain = {id_: name for name, id_ in ids.items() if id_ == name}
    return plain | {id_: name for name, id_ in ids.items() if id_ != name}


def doubled(ids: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str, str]]:
    """Two names with one id, and the id."""
    seen: dict[str, str] = {}
    for name, id_ in ids:
        if seen.setdefault(id_, name) != name:
            yield seen[id_], name, id_


def table_ids(kind: str, text: str) -> Ids:
    """Name -> id of the roles or of the return types that a text lists."""
    return _of_table(kind, text)


def id_in(name: str, body: Any) -> str:
    """The id of a thing by its name and what stands under it."""
    found = body.get(ID) if isinstance(body, Mapping) else None
    return str(found) if found not in (None, "") else str(name)


@lru_cache(maxsize=256)
def _of_flow(text: str) -> tuple[Ids, Ids]:
    """The ids of a flow's nodes, and of the fields of its forms."""
    nodes = _under(text, NODE)
    fields: dict[str, str] = {}
    forms = [body.get("表单") if isinstance(body, dict) else None for body in nodes.values()]
    for form in (_value(text, ASKED), *forms):
        for item in form if isinstance(form, list) else ():
            if isinstance(item, dict) and item.get("名"):
                fields[str(item["名"])] = id_in(str(item["名"]), item)
    return {str(name): id_in(str(name), body) for name, body in nodes.items()}, fields


@lru_cache(maxsize=64)
def _of_table(kind: str, text: str) -> Ids:
    return {str(name): id_in(str(name), body) for name, body in _under(text, _TABLES[kind]).items()}


def _value(text: str, key: str) -> Any:
    """What stands under a key of a text, None where it cannot be read."""
    try:
        return (yamlfile.read(text) or {}).get(key) if text else None
    except (yaml.YAMLError, AttributeError):
        return None


def _under(text: str, key: str) -> dict[Any, Any]:
    found = _value(text, key)
    return found if isinstance(found, dict) else {}
