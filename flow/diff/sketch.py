"""A flow, or the difference between two, as boxes and arrows that a painter can draw. Pure."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import fields, is_dataclass, replace
from typing import TYPE_CHECKING, Any

from flow.definitions import flow as d
from flow.definitions.conditions import When
from flow.definitions.flow import Node
from flow.definitions.flow_ids import node_ids
from flow.definitions.identities import moved
from flow.definitions.schema import Value, keys_of
from flow.definitions.text import limit_words, owner_words, when_words
from flow.diff.renames import ALIKE, renames
from flow.diff.tree import merged_order
from models.views.sketch import ADDED, CHANGED, REMOVED, Arrow, Box, Sketch

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from flow.definitions.flow import Branch, Field, Flow, Level
    from flow.definitions.policy import Policy, Tier

MAX_TIERS, MAX_FIELDS = 4, 3  #: what fits under a name; of more the first are told
MAX_WHEN = 14  #: characters of conditions on an arrow; more is called by the name of its rule
_SEEN = {d.HIDE: "看不到", d.READ: "看得到"}  #: what a field's right is called in a box, where not by itself
_MORE, BETWEEN = "…", " · "
SIDE = "旁支"  #: on the arrow to what begins beside the case
_ARROWS = frozenset({Value.WAYS, Value.NODES, Value.NODE})  #: kinds of values that arrows show
_PARTLY = frozenset({Value.OWNER, Value.EFFECTS, Value.FORM, Value.LEVELS})  #: of which a line does not tell all
_KEYS = keys_of(Node)
#: shown by the box's name and by arrows
_ELSEWHERE = ("name", "id", *(key.attribute for key in _KEYS if key.value in _ARROWS))
#: what changed where the lines of a box may not show it, the actions last
_PARTS = sorted(
    (key for key in _KEYS if key.value not in {*_ARROWS, Value.ID} and (not key.line[0] or key.value in _PARTLY)),
    key=lambda key: key.value is Value.ACTIONS,
)


def sketch(flow: Flow, policy: Policy | None, *, title: str, subtitle: str) -> Sketch:
    """The flow as it is; with ``policy`` the approvers by amount stand where the flow leaves them to it."""
    boxes = tuple(Box(node.name, node.kind, _lines(node, flow, policy)) for node in _from_start(flow))
    return Sketch(title, subtitle, boxes, _arrows(flow), legend=True)


def sketch_difference(
    old: Flow, new: Flow, *, title: str, subtitle: str, policies: tuple[Policy | None, Policy | None] = (None, None)
) -> Sketch:
    """Both flows in one drawing: what came, went and changed is marked; a node with a new name has changed."""
    known = moved(node_ids(old), node_ids(new))
    bodies = {known.get(name, name): body for name, body in _bodies(old).items()}
    guessed = renames(bodies, _bodies(new), ALIKE)
    again = {name: guessed.get(known.get(name, name), known.get(name, name)) for name in old.nodes}
    before = {again.get(name, name): node for name, node in old.nodes.items()}
    order = merged_order(
        [node.name for node in _from_start(new)], [again.get(n.name, n.name) for n in _from_start(old)]
    )
    boxes = tuple(_marked_box(name, (before.get(name), old), (new.nodes.get(name), new), policies) for name in order)
    was = [replace(a, source=again.get(a.source, a.source), target=again.get(a.target, a.target)) for a in _arrows(old)]
    return Sketch(title, subtitle, boxes, tuple(_marked_arrows(was, _arrows(new))), legend=True)


def _from_start(flow: Flow) -> list[Node]:
    """Every node, the start first."""
    return [flow.nodes[flow.start], *(node for node in flow.nodes.values() if node.name != flow.start)]


# -- boxes -------------------------------------------------------------------------------------------------------------


def _lines(node: Node, flow: Flow, policy: Policy | None) -> tuple[str, ...]:
    lines = [_who(node, policy), _joined(*_drawn(node, 2, policy)), _entrance(node, flow)]
    return tuple(line for line in lines if line)


def _who(node: Node, policy: Policy | None) -> str:
    """Whom a node waits for and for how long, or what it does or is."""
    if node.kind == d.JOIN:
        return "任一办完就继续" if node.joins_any else "全部办完才继续"
    if node.kind == d.END and node.state is None:
        return "只是旁支结束"
    return _joined(*_drawn(node, 1, policy))


def _drawn(node: Node, line: int, policy: Policy | None) -> Iterator[str]:
    """What the keys of a node say in one line of its box; of an end only what ends alone have."""
    shown = sorted((key for key in _KEYS if key.line[0] == line), key=lambda key: key.line)
    for key in shown:
        value = getattr(node, key.attribute)
        if line == 1 and (node.kind == d.END) != (d.END in key.at):
            continue
        if key.value is Value.OWNER and value and value.by_policy and policy:
            yield tier_words(policy)
        elif value:
            yield from _DRAWN.get(key.value, _with_key)(key.word, value)


def _with_key(key: str, value: Any) -> list[str]:
    return [f"{key} {'、'.join(value) if isinstance(value, tuple) else value}"]


def tier_words(policy: Policy) -> str:
    """``≤50 自动 · ≤500 客服组长 · >500 运营总监``."""
    more = [_MORE] if len(policy.tiers) > MAX_TIERS else []
    return _joined(*(_tier(tier) for tier in policy.tiers[:MAX_TIERS]), *more)


def _tier(tier: Tier) -> str:
    amounts = [cell.text for cell in tier.when.cells if cell.fact == "金额" and cell.text]
    days = "、".join(cell.text for cell in tier.when.cells if cell.days)
    text = f"{amounts[0] if amounts else tier.rule}{_in_brackets(days)}".replace("<=", "≤").replace(">=", "≥")
    return f"{text} {tier.approver}{_quorum(tier.quorum)}"


def _quorum(people: int) -> str:
    return f" {people} 人同意" if people else ""


def _levels(key: str, value: Sequence[Level]) -> list[str]:
    told = (f"{level.name}{_quorum(level.quorum)}{_in_brackets(when_words(level.when))}" for level in value)
    return [f"{key} {'→'.join(told)}"]


def _rights(_: str, value: Mapping[str, str]) -> list[str]:
    """``看不到 缺陷照片``, ``可改 缺陷等级``."""
    ways: dict[str, list[str]] = {}
    for name, right in value.items():
        ways.setdefault(_SEEN.get(right, right), []).append(name)
    return [f"{right} {'、'.join(names)}" for right, names in ways.items()]


def _asked(_: str, value: Sequence[Field]) -> list[str]:
    asked = [f"{item.name}{_in_brackets(when_words(item.when))}" for item in value]
    return [f"填 {'、'.join(asked[:MAX_FIELDS])}{_MORE if len(asked) > MAX_FIELDS else ''}"]


def _in_brackets(words: str) -> str:
    return f"（{words}）" if words else ""


def _entrance(node: Node, flow: Flow) -> str:
    """Ways in that no arrow shows."""
    again = flow.reopening
    return _joined(
        "撤单到这里" if node.name == flow.withdraw_to else "",
        f"{limit_words(again.within)}内重开到这里" if again and again.to == node.name else "",
        "退给提交人到这里" if flow.amending and flow.amending.to == node.name else "",
    )


#: what a box says of a value of each kind, where not the key and the value
_DRAWN: Mapping[Value, Callable[[str, Any], list[str]]] = {
    Value.OWNER: lambda _, rule: [owner_words(rule)],
    Value.AWAITED: lambda key, event: [f"{key}{event}"],
    Value.LIMIT: lambda _, limit: [limit_words(limit)],
    Value.SPAN: lambda key, span: [f"{key} {limit_words(span)}"],
    Value.EFFECTS: lambda key, effects: [f"{key} {effect}" for effect in effects],
    Value.STATE: lambda _, state: [state],
    Value.SWITCH: lambda key, _: [key],
    Value.COUNT: lambda _, people: [f"{people} 人同意"],
    Value.LEVELS: _levels,
    Value.FORM: _asked,
    Value.RIGHTS: _rights,
}


def _joined(*parts: object) -> str:
    return BETWEEN.join(str(part) for part in parts if part)


# -- arrows ------------------------------------------------------------------------------------------------------------


def _arrows(flow: Flow) -> tuple[Arrow, ...]:
    return tuple(arrow for node in flow.nodes.values() for arrow in _leaving(node))


def _leaving(node: Node) -> Iterator[Arrow]:
    """One arrow for each node that this one leads to; it is dangerous when every action along it is."""
    whys: Mapping[str, dict[str, list[str]]] = defaultdict(dict)
    dangers: Mapping[str, list[bool]] = defaultdict(list)
    for action, branch in node.ways():
        whys[branch.to].setdefault(action, []).append(_why(branch))
        dangers[branch.to].append(bool(action) and node.actions[action].danger)
    for to, found in whys.items():
        text = "／".join(word for action, all_of in found.items() if (word := _label(node, action, all_of)))
        yield Arrow(node.name, to, text, danger=all(dangers[to]))
    yield from (Arrow(node.name, head) for head in node.heads)
    yield from (Arrow(node.name, head, SIDE) for head in node.sides)


def _label(node: Node, action: str, whys: Iterable[str]) -> str:
    """``同意（金额 <=50）``: the action, and the conditions under which it leads here; ``满30天`` for people's time."""
    why = "／".join(dict.fromkeys(why for why in whys if why))
    if action and (after := node.actions[action].after):
        action = f"满{limit_words(after)}"
    return f"{action}（{why}）" if action and why else action or why


def _why(branch: Branch) -> str:
    """The conditions of one way, or their name where they are long."""
    when = when_words(branch.when).replace("|", "或")
    return when if when and (len(when) <= MAX_WHEN or not branch.rule) else branch.rule


# -- marks -------------------------------------------------------------------------------------------------------------


def _marked_box(
    name: str,
    was: tuple[Node | None, Flow],
    now: tuple[Node | None, Flow],
    policies: tuple[Policy | None, Policy | None],
) -> Box:
    (old, before), (new, after) = was, now
    then = _lines(old, before, policies[0]) if old else ()
    if new is None:
        return Box(name, old.kind if old else d.END, then, mark=REMOVED)
    lines = _lines(new, after, policies[1])
    if old is None:
        return Box(name, new.kind, lines, mark=ADDED)
    note = _note(old, new, then, lines)
    return Box(name, new.kind, lines, mark=CHANGED if note else "", note=note)


def _note(old: Node, new: Node, then: tuple[str, ...], lines: tuple[str, ...]) -> str:
    """What a changed box was before, or which of its parts changed where its lines do not show it; else nothing."""
    if old.name != new.name:
        return f"原名 {old.name}"
    was, now = _joined(*then).split(BETWEEN), _joined(*lines).split(BETWEEN)
    if was != now:
        gone = _joined(*(part for part in was if part not in now))
        return f"原 {gone}" if gone else f"新加 {_joined(*(part for part in now if part not in was))}"
    first, second = _plain(old), _plain(new)
    changed = [key.word for key in _PARTS if first.get(key.attribute) != second.get(key.attribute)]
    return f"改了{'、'.join(changed)}" if changed else ""


def _bodies(flow: Flow) -> dict[str, Any]:
    """What makes each node that node, whatever it is called."""
    ways = {
        name: {f"{action} {n}": way.to for n, (action, way) in enumerate(x.ways())} for name, x in flow.nodes.items()
    }
    return {name: {**_plain(node), "ways": ways[name]} for name, node in flow.nodes.items()}


def _plain(value: Any) -> Any:
    """A node as values that can be compared, without what says nothing."""
    if isinstance(value, When):
        return when_words(value)
    if is_dataclass(value):
        parts = {part.name: getattr(value, part.name) for part in fields(value)}
        return {key: _plain(part) for key, part in parts.items() if part and key not in _ELSEWHERE}
    if hasattr(value, "items"):
        return {key: _plain(item) for key, item in value.items()}
    return [_plain(item) for item in value] if isinstance(value, tuple) else value


def _marked_arrows(old: list[Arrow], new: tuple[Arrow, ...]) -> Iterator[Arrow]:
    was = {(arrow.source, arrow.target): arrow for arrow in old}
    now = {(arrow.source, arrow.target) for arrow in new}
    for arrow in new:
        before = was.get((arrow.source, arrow.target))
        changed = CHANGED if arrow != before else ""
        yield replace(arrow, mark=changed if before else ADDED)
    yield from (replace(arrow, mark=REMOVED) for ends, arrow in was.items() if ends not in now)
