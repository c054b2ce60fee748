"""XML as WeCom reads and writes it, safe for whatever people typed and strangers send."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, NoReturn
from xml.etree.ElementTree import Element, ParseError, TreeBuilder, XMLParser

_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")  #: XML 1.0 has no way to say these
MOST = 2000  #: elements of a callback; a visit to the page of a long menu has some dozens
_ODD_TAGS = {"keyname": "KeyName", "userid": "UserId"}  #: D/90241 writes these apart from the rule


class _Plain(TreeBuilder):
    """Takes no document type, and with it none of the entities that blow a small document up."""

    def __init__(self, most: int) -> None:
        super().__init__()
        self._left = most

    def start(self, tag: Any, attrs: Any) -> Element:
        """What has too many elements is read no further: each costs as much as a thousand letters."""
        self._left -= 1
        if self._left < 0:
            raise ValueError("too many elements")
        return super().start(tag, attrs)

    def doctype(self, name: str, pubid: str | None, system: str | None) -> NoReturn:
        raise ValueError("a document type is never sent")


def root_of(text: str | bytes, most: int = MOST) -> Element:
    """The ``<xml>`` element. Raises ValueError for anything else, and for more than ``most`` elements."""
    parser = XMLParser(target=_Plain(most))  # noqa: S314 - without document types there is nothing to attack with
    try:
        parser.feed(text)
        root = parser.close()
    except ParseError as error:
        raise ValueError("not well-formed") from error
    if root.tag != "xml":
        raise ValueError("another root")
    return root


def fields_of(element: Element) -> dict[str, Any]:
    """What stands under an element: text stripped, None where there is none, repeated siblings as a list."""
    found: dict[str, Any] = {}
    for child in element:
        value = fields_of(child) if len(child) else (child.text or "").strip() or None
        if child.tag not in found:
            found[child.tag] = value
        elif isinstance(found[child.tag], list):
            found[child.tag].append(value)
        else:
            found[child.tag] = [found[child.tag], value]
    return found


def document(fields: Mapping[str, Any]) -> str:
    """``fields`` under an ``<xml>`` root, their names turned from snake_case to CamelCase."""
    return f"<xml>{_inside(fields)}</xml>"


def _element(name: str, value: Any) -> str:
    """A list becomes repeated siblings, numbers and booleans stand bare, text in CDATA."""
    if isinstance(value, Sequence) and not isinstance(value, str):
        return "".join(_element(name, each) for each in value)
    tag = _tag(name)
    return f"<{tag}>{_inside(value)}</{tag}>"


def _inside(value: Any) -> str:
    if isinstance(value, Mapping):
        return "".join(_element(name, each) for name, each in value.items())
    return _cdata(value) if isinstance(value, str) else str(value).lower()


def _cdata(text: str) -> str:
    """A ``]]>`` inside would end the section early, so it is split over two."""
    inner = _UNWRITABLE.sub("", text).replace("]]>", "]]]]><![CDATA[>")
    return f"<![CDATA[{inner}]]>"


def _tag(name: str) -> str:
    return _ODD_TAGS.get(name) or "".join(word[:1].upper() + word[1:] for word in name.split("_"))
