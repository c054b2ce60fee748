"""The XML of one part as a tree that keeps its prefixes: other writers rename them, and Excel then calls it damaged."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from xml.dom import minidom  # a DOCTYPE was refused at the door

if TYPE_CHECKING:
    from collections.abc import Iterator

Node = Any  #: an element; what the standard library's stubs say of its trees helps nobody
Tree = Any  #: a document


def parse(data: bytes) -> Tree:
    """Raises xml.parsers.expat.ExpatError for what is no XML."""
    return minidom.parseString(data)  # noqa: S318


def root_of(tree: Tree) -> Node:
    return tree.documentElement


def written(tree: Tree) -> bytes:
    data: bytes = tree.toxml(encoding="UTF-8", standalone=True)
    return data


def children(node: Node, name: str = "") -> list[Node]:
    """The elements right below, all or those of a name, whatever their prefix."""
    return [
        each for each in node.childNodes if isinstance(each, minidom.Element) and (not name or each.localName == name)
    ]


def child(node: Node, name: str) -> Node | None:
    return next(iter(children(node, name)), None)


def every(node: Node, name: str) -> Iterator[Node]:
    """The elements of a name, however deep."""
    for each in children(node):
        if each.localName == name:
            yield each
        yield from every(each, name)


def text_of(node: Node) -> str:
    return "".join(each.data for each in node.childNodes if isinstance(each, minidom.Text))


def set_text(node: Node, text: str) -> None:
    """Put a text in place of all that an element holds."""
    empty(node)
    node.appendChild(node.ownerDocument.createTextNode(text))


def empty(node: Node) -> None:
    for each in list(node.childNodes):
        node.removeChild(each)


def added(node: Node, name: str) -> Node:
    """A further element below, of the same prefix and namespace."""
    tag = f"{node.prefix}:{name}" if node.prefix else name
    made = node.ownerDocument.createElementNS(node.namespaceURI, tag)
    node.appendChild(made)
    return made


def drop(node: Node) -> None:
    if node.parentNode is not None:
        node.parentNode.removeChild(node)


def runs_of(node: Node) -> list[Node]:
    """The ``t`` of a text, in one piece or in several of different looks; not the signs for its pronunciation."""
    found = [] if node.localName == "rPh" else [node] if node.localName == "t" else None
    return found if found is not None else [run for each in children(node) for run in runs_of(each)]
