"""The ids of what a version of a flow names. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flow.definitions.flow import Flow


def node_ids(flow: Flow) -> dict[str, str]:
    """The id of each node by its name."""
    return {name: node.id or name for name, node in flow.nodes.items()}


def field_ids(flow: Flow) -> dict[str, str]:
    """The id of each field that a form asks for, by its name."""
    return {item.name: item.id or item.name for node in flow.forms for item in node.form}


def has_own_ids(flow: Flow) -> bool:
    """Whether anything in it is called otherwise than it was first."""
    return any(node.id for node in flow.nodes.values()) or any(item.id for node in flow.forms for item in node.form)
