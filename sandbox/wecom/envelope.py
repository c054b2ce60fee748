"""The XML of callbacks: written with CDATA that survives any text, read into elements."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, TypeAlias
from xml.etree import ElementTree

if TYPE_CHECKING:
    from collections.abc import Sequence
    from xml.etree.ElementTree import Element

Fields: TypeAlias = "Sequence[tuple[str, str | int | Fields]]"  #: tags and values in order; a sequence nests

_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")  #: no way to write these in XML 1.0


class EnvelopeError(ValueError):
    """Not the XML that the platform reads."""


def cdata(text: str) -> str:
    """``text`` as CDATA; a ``]]>`` inside is split over two sections."""
    safe = _UNPRINTABLE.sub("", text).replace("]]>", "]]]]><![CDATA[>")
    return f"<![CDATA[{safe}]]>"


def build(fields: Fields) -> str:
    """The ``<xml>`` document: strings as CDATA, numbers bare."""
    return _element("xml", fields)


def _element(tag: str, value: str | int | Fields) -> str:
    if isinstance(value, int):
        return f"<{tag}>{value}</{tag}>"
    inner = cdata(value) if isinstance(value, str) else "".join(_element(*field) for field in value)
    return f"<{tag}>{inner}</{tag}>"


def parse(document: str) -> Element:
    """The root element. Raises EnvelopeError for what is not one ``<xml>`` document."""
    try:
        root = ElementTree.fromstring(document)  # noqa: S314 - loopback only; expat itself caps entity expansion
    except ElementTree.ParseError as error:
        raise EnvelopeError("not well-formed XML") from error
    if root.tag != "xml":
        raise EnvelopeError("the root is not <xml>")
    return root


def text_of(root: Element, tag: str) -> str:
    """The text of a child that must be there. Raises EnvelopeError."""
    child = root.find(tag)
    if child is None:
        raise EnvelopeError(f"<{tag}> is missing")
    return child.text or ""
