"""A definition as a tree in which everything has a name: rows are found by their rule, not by their place. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flow.definitions import own_papers
from flow.definitions.flow import Action, Flow, Node
from flow.definitions.schema import Value, keys_of, words_of
from flow.definitions.text import OWNERS, WHEN, WHENS, cells_words

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    Path = tuple[str, ...]

TO = "去"
NAMES = ("名", "规则", "角色")  #: what a row is called by, the first that it has
WHOLE = (*OWNERS, *WHENS, *words_of(keys_of(Flow), Value.ENTRANCE))  #: values that only make sense as one
_ACTIONS = words_of(keys_of(Node), Value.ACTIONS)
[RIGHTS] = words_of(keys_of(Node), Value.RIGHTS)  #: what a node may do with fields, by their names
#: keys whose value has a named entry for each thing, such as a node or a command
ENTRIES = (
    *words_of(keys_of(Flow), Value.STATIONS), *_ACTIONS, RIGHTS, *words_of(keys_of(Action), Value.NOTED, Value.ASKED),
    "退货类型", "种类", "角色", "通知", "库区", "分派表", "能", "看", own_papers.TITLE,
)  # fmt: skip
#: mappings that people see in their order; the first button is also the one that the system presses for somebody
ORDERED = (*_ACTIONS, "退货类型")


class Gone:
    """What is not there; there is one, and it equals only itself."""

    def __bool__(self) -> bool:
        return False


GONE = Gone()


class Ordered(dict[str, Any]):
    """Named things whose order says something, unlike a mapping's."""

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self) and list(self.items()) == list(other.items())

    def __ne__(self, other: object) -> bool:
        return not self == other

    __hash__ = None


class Rows(Ordered):
    """The rows of a table by name."""


def keyed(value: Any, key: str = "") -> Any:
    """Plain values as such a tree: a list of mappings becomes Rows, ``去: 甲`` the one row that it stands for."""
    if key == TO and isinstance(value, str):
        return Rows({"": {TO: value}})
    if key in WHOLE:
        return value
    if isinstance(value, dict):
        made: type[dict[str, Any]] = Ordered if key in ORDERED else dict
        return made((str(name), keyed(item, str(name))) for name, item in value.items())
    if isinstance(value, list) and value and all(isinstance(item, dict) for item in value):
        return _rows(value, key)
    return value


def _rows(items: Sequence[Mapping[str, Any]], key: str) -> Rows:
    rows = Rows()
    for item in items:
        name = first = _name(item, len(rows))
        copies = 1
        while name in rows:
            copies += 1
            name = f"{first}（{copies}）"
        rows[name] = {str(part): value if part == TO else keyed(value, str(part)) for part, value in item.items()}
    return rows


def _name(item: Mapping[str, Any], place: int) -> str:
    for part in NAMES:
        if item.get(part):
            return str(item[part])
    if TO in item:
        return cells_words((item.get(WHEN) or {}).items())
    return f"第 {place + 1} 行"


def plain(tree: Any, key: str = "") -> Any:
    """The plain values of a tree."""
    if isinstance(tree, Rows):
        rows = [plain(row) for row in tree.values()]
        only = rows[0] if len(rows) == 1 and key == TO else {}
        return only[TO] if only.keys() == {TO} else rows
    if isinstance(tree, dict):
        return {name: plain(item, str(name)) for name, item in tree.items()}
    return tree


def divisible(tree: Any, path: Path) -> bool:
    """Whether a change inside is to be told by itself; else the whole value has changed."""
    return isinstance(tree, dict) and not (path and path[-1] in WHOLE)


def holds_entries(tree: Any, path: Path) -> bool:
    """Whether a tree is a table or a mapping of named things; where it is missing it is as good as empty."""
    return isinstance(tree, Rows) or (isinstance(tree, dict) and is_entry((*path, ""), tree))


def is_entry(path: Path, parent: Any) -> bool:
    """Whether the last of a path names a thing of its own, not a quality of the thing before it."""
    return isinstance(parent, Rows) or (len(path) % 2 == 0 and path[-2] in ENTRIES)  # a name follows each such key


def merged_order(first: Sequence[str], second: Sequence[str]) -> list[str]:
    """All of both in the order of ``first``; what only ``second`` has stands after what it follows there."""
    order = list(first)
    for n, name in enumerate(second):
        if name not in order:
            before = next((other for other in reversed(second[:n]) if other in order), None)
            order.insert(0 if before is None else order.index(before) + 1, name)
    return order
