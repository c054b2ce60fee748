"""Where in a definition something is different, and what a person calls that place and that difference. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flow.definitions import own_papers
from flow.definitions.automation_reader import TITLE, rule_of
from flow.definitions.automation_text import body_words
from flow.definitions.flow import Action, Node
from flow.definitions.references import TO, rows_of
from flow.definitions.schema import Summary, Value, keys_of
from flow.definitions.text import NOTHING, OWNER, WHEN, cells_words, value_words
from flow.diff.tree import ENTRIES, GONE, NAMES, RIGHTS, Rows, divisible, plain

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from flow.diff.tree import Path

ORDER = "顺序"
_HIDDEN = ("节点", "动作", "表单", "分级", "退货类型", "角色", "能")  #: containers that a person does not name
_NOUNS = {"表单": "表单项", "能": "指令"}  #: what one of a container's things is called, where not as the container
AS_USUAL = "照常"  #: of a field that a node says nothing about
_REST = "其余"  #: the row without a condition, among others


@dataclass(frozen=True, slots=True)
class Difference:
    """A place at which two definitions differ; what is in only one of them is GONE in the other."""

    path: Path
    old: Any
    new: Any
    entry: bool = False  #: a thing of its own came or went, such as a node or a row
    before: str = ""  #: what it was called, where only its name is new
    alone: bool = True  #: for a row: there is no other in its table


def place_words(path: Path) -> str:
    """``质检 时限``; containers in between go without saying, but for the one whose order it is."""
    ends = path[-2:-1] if path[-1:] == (ORDER,) else ()
    kept = [part for n, part in enumerate(path) if part and not (part in _HIDDEN and n % 2 == 0 and part not in ends)]
    return " ".join(part for part in kept if part != TO)


def change_words(found: Difference) -> str:
    """The difference in one sentence."""
    if found.before:
        return _renamed(found)
    if found.path[-1] == ORDER:
        return f"{place_words(found.path).removesuffix(ORDER).rstrip()}：{ORDER}改为 {value_words(found.new)}"
    if found.path[-1] == TO and isinstance(found.old, Rows) and isinstance(found.new, Rows):
        return _all_ways(found)
    if len(found.path) > 1 and found.path[-2] == TO and found.entry:
        return _way(found)
    if len(found.path) > 2 and found.path[-3] == TO:
        return _way_part(found)
    if words := _of_name(found):
        return words
    if found.entry:
        return _entry(found)
    old, new = _both(found)
    return f"{place_words(found.path)}：{old} → {new}"


def _of_name(found: Difference) -> str:
    """What is told of a name and its word, such as a field's right or a role's command; "" for anything else."""
    if len(found.path) > 1 and found.path[-2] == RIGHTS:
        return _right(found)
    if found.path[0] == "角色" and len(found.path) == 4 and found.path[2] == "能":
        return _command(found)
    return ""


def _right(found: Difference) -> str:
    """``财务退款 缺陷照片：照常 → 隐藏``."""
    *place, _, name = found.path
    old, new = (AS_USUAL if value is GONE else value for value in (found.old, found.new))
    return f"{_prefix(tuple(place))}{name}：{old} → {new}"


def _both(found: Difference) -> tuple[str, str]:
    """The two values; a switch that is not written is off."""
    if found.path[-1] == own_papers.PRINT and found.path[0] == own_papers.TITLE:
        return str(found.old)[: own_papers.SHOWN], str(found.new)[: own_papers.SHOWN]
    lacking = value_words(False) if isinstance(found.old, bool) or isinstance(found.new, bool) else NOTHING
    old, new = (lacking if value is GONE else value_words(value, found.path[-1]) for value in (found.old, found.new))
    return old, new


def _renamed(found: Difference) -> str:
    *place, container, name = found.path
    noun = _NOUNS.get(container, container)
    return f"{_prefix(tuple(place))}{noun} {found.before} 改名为 {name}"


def _prefix(place: Path) -> str:
    words = place_words(place)
    return f"{words} " if words else ""


def _entry(found: Difference) -> str:
    """``增加节点 复检（质检员，4小时）``, ``审批表 删除 总监审批（金额>500，审批 运营总监）``."""
    *place, container, name = found.path
    verb, body = ("增加", found.new) if found.old is GONE else ("删除", found.old)
    about = _about(plain(body, name), container)
    noun = _NOUNS.get(container, container)
    known = container in ENTRIES or container in _HIDDEN  # a table of rows is a place, not the name of a row
    said = f"{_prefix(tuple(place))}{verb}{noun}" if known else f"{_prefix(found.path[:-1])}{verb}"
    return f"{said} {name}{f'（{about}）' if about else ''}"


def side_words(value: Any, path: Path) -> str:
    """A value as it stands on one side; of a thing of its own only what it is."""
    if value is GONE:
        return NOTHING
    whole = divisible(value, path) and len(path) > 1
    value = plain(value, path[-1])
    return (_about(value, path[-2]) or path[-1]) if whole else value_words(value, path[-1])


def _about(body: Any, container: str) -> str:
    """What a thing is, in a few words."""
    if not isinstance(body, dict):
        return value_words(body)
    if container == "节点":
        return _node(body)
    if container == "动作":
        return _leads(body)
    if container in ("退货类型", "角色"):
        return ""
    if container == own_papers.TITLE:
        return str(body[own_papers.FILE])
    if container == TITLE and (rule := rule_of(body)):
        return body_words(rule)
    cells = {key: value for key, value in body.items() if key not in NAMES}
    return value_words(cells) if cells else ""


def _node(body: Mapping[str, Any]) -> str:
    kind = Summary.OWNED if OWNER in body else Summary.OTHER
    return "，".join(_in_few_words(Node, body, kind))


def _in_few_words(part: type, body: Mapping[str, Any], kind: Summary) -> Iterator[str]:
    """What the keys that say what a thing is say of it."""
    for key in keys_of(part):
        if key.about is kind and body.get(key.word):
            yield _FEW_WORDS.get(key.value, _with_key)(key.word, body[key.word])


def _with_key(key: str, value: Any) -> str:
    return f"{key} {value_words(value, key)}"


def _alone(_: str, value: Any) -> str:
    return str(value)


def _owner(key: str, value: Mapping[str, Any]) -> str:
    return value_words({**value, "否则": None, "首选": None}, key)


def _names(rows: Any) -> str:
    return "、".join(str(row.get("名", "")) for row in rows or () if isinstance(row, dict))


def _leads(body: Mapping[str, Any]) -> str:
    """Where an action goes, what it does on the way, and when it is taken by itself."""
    to = list(dict.fromkeys(str(row[TO]) for row in rows_of(body.get(TO))))
    parts = [f"去 {'、'.join(to)}"] if to else []
    return "，".join([*parts, *_in_few_words(Action, body, Summary.OTHER)])


#: how a value is told beside the name of its thing, where not with its key
_FEW_WORDS: Mapping[Value, Callable[[str, Any], str]] = {
    **dict.fromkeys((Value.KIND, Value.LIMIT, Value.AWAITED, Value.STATE, Value.STYLE), _alone),
    Value.OWNER: _owner,
    Value.FORM: lambda _, value: f"填 {_names(value)}",
    Value.LEVELS: lambda key, value: f"{key} {_names(value)}",
}


def _all_ways(found: Difference) -> str:
    """Ways that have nothing in common with those before."""
    old, new = ("、".join(dict.fromkeys(row[TO] for row in rows.values())) for rows in (found.old, found.new))
    before = f"（原来去 {old}）" if old else ""
    return f"{place_words(found.path)}：{f'改去 {new}' if new else '不再去别处'}{before}"


def _way(found: Difference) -> str:
    """``金额审批 同意：金额>1000 改去 复检``."""
    where = place_words(found.path[:-1])
    row = found.new if found.old is GONE else found.old
    when = cells_words((row.get(WHEN) or {}).items()) or ("" if found.alone else _REST)
    verb = "改去" if found.old is GONE else "不再去"
    return f"{where}：{when} {verb} {row[TO]}" if when else f"{where}：{verb} {row[TO]}"


def _way_part(found: Difference) -> str:
    """One part of a row: its target, its conditions, or the name on record."""
    *place, row, part = found.path
    where, name = place_words(tuple(place)), row or ("" if found.alone else _REST)
    old, new = _both(found)
    if part == TO:
        return f"{where}：{f'{name} ' if name else ''}改去 {new}（原来去 {old}）"
    noun = "条件" if part == WHEN else part
    return f"{where} {name or TO} {noun}：{old} → {new}"


def _command(found: Difference) -> str:
    """``客服 可用 报表（本人）``."""
    role, command = found.path[1], found.path[3]
    if found.new is GONE:
        return f"{role} 不再可用 {command}"
    if found.old is GONE:
        return f"{role} 可用 {command}（{found.new}）"
    return f"{role} 可用 {command}：{found.old} → {found.new}"
