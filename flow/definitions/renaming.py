"""New names put in place of old ones, wherever the texts of a business name nodes, fields, roles or types. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import count
from typing import TYPE_CHECKING, Any

from flow.definitions import yamlfile
from flow.definitions.automation import BLANK, NODE, NOTE, OWNERS, SAYS
from flow.definitions.automation_reader import DOES, WHEN
from flow.definitions.automation_reader import TITLE as RULES
from flow.definitions.flow import Action, Branch, Field, Level, Node
from flow.definitions.formula import with_names as with_facts
from flow.definitions.freight import KEY as FREIGHT
from flow.definitions.identities import (
    ASKED,
    FLOW,
    REASON,
    REASONS,
    ROLE,
    ROLES,
    Renames,
    has_ids,
    id_in,
    identities_of,
    renames_between,
)
from flow.definitions.policy import OWN
from flow.definitions.references import renamed
from flow.definitions.schema import ID, Value, keys_of
from flow.definitions.table_text import KEYS
from flow.definitions.vocabulary import COMMENT, COPY, PASSES_AS, PATH

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from flow.definitions.identities import Identities, Ids
    from flow.definitions.schema import Key

    Texts = Mapping[tuple[str, str], str]
    Data = dict[str, Any]

TYPE, GIVEN_BACK = "类型", "退回到"
OF_ROLES = frozenset({"审批", OWN})  #: facts that are roles
OF_NODES = frozenset({PATH, NODE, GIVEN_BACK})  #: facts that are nodes
OF_TYPES = frozenset({TYPE, PASSES_AS})  #: facts that are return types
_LISTS = {ROLES: ROLE, REASONS: REASON}
_ASSIGNED, _TO_WHOM = "分派表", "派给"
_SPOKEN = (SAYS, COMMENT, OWNERS)  #: what a rule does with words
_ROLES_HERE = (Value.ROLE, Value.ROLES, Value.APPROVER)


def applied(texts: Texts, names: Renames) -> dict[tuple[str, str], str]:
    """The texts that are otherwise under the new names; where a thing is defined its id is written along."""
    olds = {old for _, _, old, _ in names.each()}
    found = {}
    for key, text in texts.items():
        if any(old in text for old in olds):
            before = yamlfile.read(text)
            after = in_data(key, before, names, texts)
            if after != before:
                found[key] = head_of(text) + yamlfile.write(after)
    return found


def completed(active: Texts, texts: Texts) -> dict[tuple[str, str], str]:
    """A change of what is published, with all that has to follow the new names in it.

    What it leaves as it was is put under the new names; what it changes is its author's, but for a name that there no
    longer is. Something new that is called as another was first gets an id of its own.
    """
    whole = {**active, **texts}
    if not has_ids(whole.values()):
        return dict(texts)
    names = renames_between(active, whole)
    rest = {key: text for key, text in active.items() if key not in texts}
    moved = applied(whole, names)
    found = {**texts, **{key: text for key, text in moved.items() if key in rest}}
    found |= applied({**whole, **found}, _gone(names, identities_of({**whole, **found})))
    return found | settled({**whole, **found}, found)


def _gone(names: Renames, now: Identities) -> Renames:
    """Of the new names those whose old one means nothing now."""
    nodes = {flow: _without(moved, now.nodes.get(flow, {})) for flow, moved in names.nodes.items()}
    return Renames(
        nodes,
        _without(names.fields, now.fields),
        _without(names.roles, now.roles),
        _without(names.reasons, now.reasons),
    )


def _without(moved: Ids, there: Ids) -> dict[str, str]:
    return {old: new for old, new in moved.items() if old not in there}


def settled(whole: Texts, texts: Texts) -> dict[tuple[str, str], str]:
    """The texts in which something is called as another was first, each such thing with another id."""
    fields = {id_ for name, id_ in identities_of(whole).fields.items() if id_ != name}
    found = {}
    for key, text in texts.items():
        before = yamlfile.read(text)
        if key[0] == FLOW:
            nodes = _apart(before["节点"])
            after = {**before, "节点": {name: _form_apart(body, fields) for name, body in nodes.items()}}
            after = _form_apart(after, fields, ASKED)
        elif key[0] in _LISTS and ID in text:
            after = {**before, _LISTS[key[0]]: _apart(before[_LISTS[key[0]]])}
        else:
            continue
        if after != before:
            found[key] = head_of(text) + yamlfile.write(after)
    return found


def _apart(things: Mapping[str, Any]) -> dict[str, Any]:
    taken = {id_in(name, body) for name, body in things.items() if isinstance(body, dict) and body.get(ID)}
    return {name: _own_id(str(name), body, taken) for name, body in things.items()}


def _form_apart(body: Any, taken: set[str], key: str = "表单") -> Any:
    if not isinstance(body, dict) or not isinstance(body.get(key), list):
        return body
    form = [_own_id(str(item.get("名")), item, taken) if isinstance(item, dict) else item for item in body[key]]
    return {**body, key: form}


def _own_id(name: str, body: Any, taken: set[str]) -> Any:
    """A body with an id of its own where its name is another's."""
    if name not in taken or not isinstance(body, dict) or body.get(ID):
        return body
    free = next(each for n in count(2) if (each := f"{name}（{n}）") not in taken)
    return {**body, ID: free}


def head_of(text: str) -> str:
    """The lines of comment that a text begins with."""
    lines = text.splitlines(keepends=True)
    last = next((n for n, line in enumerate(lines) if not line.startswith("#")), len(lines))
    return "".join(lines[:last])


def in_data(key: tuple[str, str], data: Any, names: Renames, texts: Texts) -> Any:
    """The plain values of one text of a bundle under the new names."""
    kind, name = key
    if not isinstance(data, dict):
        return data
    if kind == FLOW:
        return _Naming(names, names.nodes.get(name, {})).flow(data)
    if kind in (ROLES, REASONS):
        title, moved = (ROLE, names.roles) if kind == ROLES else (REASON, names.reasons)
        return {**data, title: with_names(data[title], moved)} if isinstance(data.get(title), dict) else data
    of_kind = {"policy": _Naming.policy, "choices": _Naming.tables, "assignments": _Naming.assigned,
               "rules": _Naming.rules}.get(kind)  # fmt: skip
    return of_kind(_Naming(names, _anywhere(names, texts)), data) if of_kind else data


def with_names(things: Mapping[str, Any], names: Ids) -> dict[str, Any]:
    """Things by their new names, each with its id."""
    return {names.get(str(name), str(name)): _known(str(name), body, names) for name, body in things.items()}


def _known(name: str, body: Any, names: Ids) -> Any:
    if name not in names or not isinstance(body, dict):
        return body
    return with_id(body, id_in(name, body), names[name])


def with_id(body: Mapping[str, Any], id_: str, name: str) -> dict[str, Any]:
    """A body with its id, which is not written where it is the name."""
    kept = {key: value for key, value in body.items() if key != ID}
    return kept if id_ == name else {**kept, ID: id_}


def _anywhere(names: Renames, texts: Texts) -> dict[str, str]:
    """What a node is called where no flow is said; by both names where some flow keeps the old one."""
    found: dict[str, list[str]] = {}
    for flow, moved in names.nodes.items():
        for old, new in moved.items():
            found.setdefault(old, []).append(new)
            others = [name for kind, name in texts if kind == FLOW and name != flow]
            if any(old in _nodes_of(texts[FLOW, each]) and old not in names.nodes.get(each, {}) for each in others):
                found[old].insert(0, old)
    return {old: "|".join(dict.fromkeys(news)) for old, news in found.items()}


def _nodes_of(text: str) -> Any:
    return (yamlfile.read(text) or {}).get("节点") or {}


@dataclass(frozen=True, slots=True)
class _Naming:
    """One walk through one text; ``nodes`` are those that it may speak of."""

    names: Renames
    nodes: Ids

    # -- flows ---------------------------------------------------------------------------------------------------------

    def flow(self, data: Data) -> Data:
        stations = {name: self._node(str(name), body) for name, body in data["节点"].items()}
        asked = [self._field(item) if isinstance(item, dict) else item for item in _listed(data.get(ASKED))]
        return renamed({**data, "节点": stations, **({ASKED: asked} if asked else {})}, self.nodes)

    def _node(self, name: str, body: Any) -> Any:
        if not isinstance(body, dict):
            return body
        return self.part(Node, _known(name, body, self.nodes))

    def part(self, part: type, body: Any) -> Any:
        """A part of a flow, key by key as the schema has them."""
        if not isinstance(body, dict):
            return body
        keys = {word: key for key in keys_of(part) for word in key.words}
        return {word: self._value(keys[word], value) if word in keys else value for word, value in body.items()}

    def _value(self, key: Key, value: Any) -> Any:
        read = _OF_FLOWS.get(key.value)
        return read(self, key, value) if read else value

    def form(self, _: Key, value: Any) -> Any:
        return [self._field(item) if isinstance(item, dict) else item for item in _listed(value)]

    def _field(self, item: Data) -> Data:
        name = str(item.get("名"))
        fresh = _known(name, self.part(Field, item), self.names.fields)
        if name in OF_TYPES and isinstance(fresh.get("选项"), list):
            fresh = {**fresh, "选项": [self.word(name, option) for option in fresh["选项"]]}
        return {key: self.names.fields.get(name, name) if key == "名" else value for key, value in fresh.items()}

    def levels(self, _: Key, value: Any) -> Any:
        return [self.part(Level, item) for item in _listed(value)]

    def actions(self, _: Key, value: Any) -> Any:
        return {name: self.part(Action, body) for name, body in value.items()} if isinstance(value, dict) else value

    def ways(self, _: Key, value: Any) -> Any:
        return [self.part(Branch, row) for row in value] if isinstance(value, list) else value

    # -- single values -------------------------------------------------------------------------------------------------

    def cells(self, cells: Any) -> Any:
        """Conditions by their facts."""
        if not isinstance(cells, dict):
            return cells
        return {self.fact(fact): self.word(str(fact), value) for fact, value in cells.items()}

    def fact(self, fact: Any) -> Any:
        return self.names.fields.get(str(fact), fact)

    def facts(self, value: Any) -> Any:
        """The name of a fact, or of several."""
        return [self.fact(each) for each in value] if isinstance(value, list) else self.fact(value)

    def keys(self, value: Any) -> Any:
        """What stands under facts, whatever it is."""
        return {self.fact(fact): item for fact, item in value.items()} if isinstance(value, dict) else value

    def word(self, fact: str, value: Any) -> Any:
        """What a fact is, or is asked to be, where that is the name of something."""
        names = self.names.reasons if fact in OF_TYPES else self.names.roles if fact in OF_ROLES else self.nodes
        if fact not in OF_TYPES | OF_ROLES | OF_NODES or not isinstance(value, str):
            return value
        said = [part.strip() for part in value.split("|")]
        if not names.keys() & set(said):
            return value
        fresh = "|".join(names.get(part, part) for part in said)
        return "|".join(dict.fromkeys(fresh.split("|")))  # two flows may come to call it the same

    def named(self, value: Any) -> Any:
        """A role, or several."""
        if isinstance(value, list):
            return [self.names.roles.get(str(each), each) for each in value]
        return self.names.roles.get(value, value) if isinstance(value, str) else value

    def prose(self, value: Any) -> Any:
        """Words with blanks for facts."""
        fields = self.names.fields
        if not isinstance(value, str) or not fields:
            return value
        return BLANK.sub(lambda blank: f"{{{fields.get(blank[1], blank[1])}}}", value)

    def owner(self, rule: Any) -> Any:
        if not isinstance(rule, dict):
            return rule
        fresh = {key: self.named(value) if key in ("角色", "否则") else value for key, value in rule.items()}
        return {key: self.fact(value) if key == "首选" else value for key, value in fresh.items()}

    # -- the other texts -----------------------------------------------------------------------------------------------

    def policy(self, data: Data) -> Data:
        fresh = self.tables(data)
        return {**fresh, FREIGHT: self.cells(fresh[FREIGHT])} if FREIGHT in fresh else fresh

    def tables(self, data: Data) -> Data:
        """Every table that the schema knows, row by row."""
        return {
            table: [self._row(table, row) for row in rows] if table in KEYS and isinstance(rows, list) else rows
            for table, rows in data.items()
        }

    def _row(self, table: str, row: Any) -> Any:
        if not isinstance(row, dict):
            return row
        own = {word: key for key in KEYS[table] for word in key.words}
        if table == OWN:
            own = {**own, "角色": replace(own["角色"], value=Value.ROLE)}
        fresh: Data = {}
        for word, value in row.items():
            fresh |= {word: self._cell(own[word], value)} if word in own else self.cells({word: value})
        return fresh

    def _cell(self, key: Key, value: Any) -> Any:
        if key.value in _ROLES_HERE:
            return self.named(value)
        if key.value is Value.FORMULA:
            return with_facts(str(value), self.names.fields)
        return self.prose(value) if key.value is Value.PROSE else value

    def assigned(self, data: Data) -> Data:
        tables = data.get(_ASSIGNED)
        if not isinstance(tables, dict):
            return data
        return {**data, _ASSIGNED: {name: [self._assignment(row) for row in rows] for name, rows in tables.items()}}

    def _assignment(self, row: Data) -> Data:
        fresh: Data = {}
        for word, value in row.items():
            said = self.owner(value) if word == _TO_WHOM else value
            fresh |= {word: said} if word in ("规则", _TO_WHOM) else self.cells({word: value})
        return fresh

    def rules(self, data: Data) -> Data:
        rows = data.get(RULES)
        return {**data, RULES: [self._rule(row) for row in rows]} if isinstance(rows, list) else data

    def _rule(self, row: Any) -> Any:
        if not isinstance(row, dict):
            return row
        fresh = dict(row)
        if NODE in row:
            fresh[NODE] = self.word(NODE, row[NODE])
        if WHEN in row:
            fresh[WHEN] = self.cells(row[WHEN])
        if isinstance(row.get(DOES), list):
            fresh[DOES] = [self._deed(deed) if isinstance(deed, dict) else deed for deed in row[DOES]]
        return fresh

    def _deed(self, deed: Data) -> Data:
        fresh = {key: self.prose(value) if key in _SPOKEN else value for key, value in deed.items()}
        if COPY in deed:
            fresh[COPY] = self.named(deed[COPY])
        return {**fresh, NOTE: self._noted(deed[NOTE])} if NOTE in deed else fresh

    def _noted(self, notes: Any) -> Any:
        """Facts, and what they become; that may have blanks for other facts."""
        fresh = self.cells(notes)
        return {fact: self.prose(value) for fact, value in fresh.items()} if isinstance(fresh, dict) else fresh


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


#: how a value of each kind of key of a flow's parts is read; of the others none names anything
_OF_FLOWS: Mapping[Value, Callable[[_Naming, Key, Any], Any]] = {
    Value.OWNER: lambda naming, _, value: naming.owner(value),
    Value.ROLES: lambda naming, _, value: naming.named(value),
    Value.CONDITIONS: lambda naming, _, value: naming.cells(value),
    Value.NOTED: lambda naming, _, value: naming.cells(value),
    Value.ASKED: lambda naming, _, value: naming.keys(value),
    Value.RIGHTS: lambda naming, _, value: naming.keys(value),
    Value.NAMES: lambda naming, _, value: naming.facts(value),
    Value.PROSE: lambda naming, _, value: naming.prose(value),
    Value.FORM: _Naming.form,
    Value.LEVELS: _Naming.levels,
    Value.ACTIONS: _Naming.actions,
    Value.WAYS: _Naming.ways,
}
