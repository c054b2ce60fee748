"""Cards and texts as JSON, for rows that keep them."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from cards.types import Button, Card, Content, Fact, Select, Text


def pack(content: Content) -> dict[str, Any]:
    """Plain JSON of a card or text. Raises TypeError for pictures and files, which are drawn at delivery."""
    if isinstance(content, Card):
        return {"kind": "card", **asdict(content)}
    if isinstance(content, Text):
        return {"kind": "text", "body": content.body} | ({"links": list(content.links)} if content.links else {})
    raise TypeError(f"{type(content).__name__} is not kept in a row")


def unpack(data: dict[str, Any]) -> Card | Text:
    """What ``pack`` took apart."""
    if data["kind"] == "text":
        return Text(data["body"], tuple(data.get("links", ())))
    fields = {key: value for key, value in data.items() if key != "kind"}
    select = fields["select"]
    if select:
        options = tuple((str(key), str(text)) for key, text in select["options"])
        select = Select(select["key"], select["title"], options, select["chosen"])
    return Card(
        **fields
        | {
            "facts": tuple(Fact(**fact) for fact in fields["facts"]),
            "buttons": tuple(Button(**button) for button in fields["buttons"]),
            "menu": tuple(Button(**entry) for entry in fields.get("menu", ())),
            "select": select,
            "details": tuple(fields.get("details", ())),
        }
    )
