"""Turns the CamelCase card of a passive reply into the snake_case card of message/send (wecom.md §2.7)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sandbox.wecom.errors import Code, Refused
from sandbox.wecom.spec import Choice, Flag, Group, Many, Ratio, Spec
from sandbox.wecom.validate import APP_TYPES

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

_ODD_NAMES = {  #: D/90241 writes these in its own way, appid in two
    "KeyName": "keyname",
    "UserId": "userid",
    "AppId": "appid",
    "Appid": "appid",
    "PagePath": "pagepath",
    "CheckBox": "checkbox",
}
_FLAGS = {"true": True, "1": True, "false": False, "0": False}


def card_from_xml(node: Element) -> dict[str, Any]:
    """The ``<TemplateCard>`` as a dict. Raises Refused for a tag or a value that the page does not know."""
    spec = APP_TYPES.get(node.findtext("CardType") or "")
    if spec is None:
        raise Refused(Code.BAD_PARAMETER, "TemplateCard.CardType is missing or unknown")
    return _group(spec, node)


def _group(spec: Group, node: Element) -> dict[str, Any]:
    names = {_tag(name): name for name in spec.fields} | {
        odd: name for odd, name in _ODD_NAMES.items() if name in spec.fields
    }
    card = {}
    for tag in dict.fromkeys(child.tag for child in node):
        if tag not in names:
            raise Refused(Code.BAD_PARAMETER, f"<{tag}> does not belong into <{node.tag}>")
        card[names[tag]] = _value(spec.fields[names[tag]], node.findall(tag))
    return card


def _tag(name: str) -> str:
    return next((odd for odd, plain in _ODD_NAMES.items() if plain == name), name.title().replace("_", ""))


def _value(spec: Spec, nodes: list[Element]) -> Any:
    if isinstance(spec, Many):
        return [_group(spec.of, node) for node in nodes]
    if len(nodes) > 1:
        raise Refused(Code.BAD_PARAMETER, f"<{nodes[0].tag}> repeats")
    return _group(spec, nodes[0]) if isinstance(spec, Group) else _leaf(spec, nodes[0])


def _leaf(spec: Spec, node: Element) -> Any:
    text = node.text or ""
    try:
        if isinstance(spec, Choice):
            return int(text)
        if isinstance(spec, Ratio):
            return float(text)
        return _FLAGS[text.strip().lower()] if isinstance(spec, Flag) else text
    except (ValueError, KeyError) as error:
        raise Refused(Code.BAD_PARAMETER, f"<{node.tag}> has a value of the wrong kind") from error
