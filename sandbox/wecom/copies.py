"""A card as it stands on one phone: what can still be tapped, what is chosen, and how updates redraw it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sandbox.wecom.card_schema import INTERACTIVE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sandbox.world import Item, Place, World

Card = dict[str, Any]
Answers = list[tuple[str, list[str]]]  #: question_key and the ids chosen

SUBMIT = "提交"  #: what a submit button says when the card gives it no text


class DeadButton(Exception):
    """There is nothing to tap: greyed, replaced, never there, or a link that reaches no app."""


def put_card(world: World, place: Place, card: Card, **state: Any) -> Item:
    """A fresh copy in one chat."""
    return world.put(place, "card", card, revision=1, dead=is_dead(card), **state)


def redraw(world: World, item_id: int, card: Card) -> None:
    """One copy changes; a message that was taken back stays gone."""
    state = world.items[item_id].state
    if not state.get("recalled"):
        world.change(item_id, body=card, revision=state["revision"] + 1, dead=is_dead(card))


def greyed(card: Card, name: str) -> Card:
    """The same card with one grey button in place of its own."""
    return card | {"replace_text": name} if card["card_type"] in INTERACTIVE else card


def buttons(card: Card) -> dict[str, str]:
    """Text -> key of what a thumb can press now; a button that opens a page is not among them."""
    if card.get("replace_text") or card["card_type"] not in INTERACTIVE:
        return {}
    if submit := card.get("submit_button"):
        return {submit.get("text") or SUBMIT: submit["key"]}
    return {each["text"]: each["key"] for each in card["button_list"] if each.get("type", 0) == 0}


def menu(card: Card) -> dict[str, str]:
    """Text -> key of the menu in the card's corner."""
    return {each["text"]: each["key"] for each in (card.get("action_menu") or {}).get("action_list", [])}


def is_dead(card: Card) -> bool:
    """Whether no tap on it reaches the app any more, or ever did."""
    return not buttons(card) and not menu(card)


def offers(choices: dict[str, str], wanted: str) -> bool:
    """Whether ``wanted`` is the key or the text of one of them."""
    return wanted in choices or wanted in choices.values()


def pick(choices: dict[str, str], wanted: str) -> str:
    """The key that ``wanted`` names by key or by text. Raises DeadButton."""
    if wanted in choices.values():
        return wanted
    if wanted in choices:
        return choices[wanted]
    raise DeadButton(f"no live button {wanted!r}, only {list(choices)}")


def answers(card: Card, selected: Mapping[str, str | list[str]] | None) -> Answers:
    """What the selectors say on submission. Raises DeadButton for a choice that the screen does not offer."""
    wanted, presets = dict(selected or {}), [*_drop_downs(card), *_checkboxes(card)]
    if strange := wanted.keys() - {question["question_key"] for question, _ in presets}:
        raise DeadButton(f"no selector {sorted(strange)}")
    return [
        (question["question_key"], _chosen(question, wanted.get(question["question_key"]), preset))
        for question, preset in presets
    ]


def _drop_downs(card: Card) -> list[tuple[Card, list[str]]]:
    """Each with the id it shows untouched: the preset one, or the first."""
    found = [card["button_selection"]] if card.get("button_selection") else card.get("select_list", [])
    return [(each, [_preselected(each)]) for each in found]


def _preselected(question: Card) -> str:
    offered: list[str] = _offered(question)
    return question["selected_id"] if question.get("selected_id") in offered else offered[0]


def _checkboxes(card: Card) -> list[tuple[Card, list[str]]]:
    """The one there may be, with the ids that are ticked untouched."""
    if not (question := card.get("checkbox")):
        return []
    return [(question, [option["id"] for option in question["option_list"] if option.get("is_checked")])]


def _offered(question: Card) -> list[str]:
    return [option["id"] for option in question["option_list"]]


def _chosen(question: Card, wanted: str | list[str] | None, preset: list[str]) -> list[str]:
    if wanted is None:
        return preset
    ids = [wanted] if isinstance(wanted, str) else wanted
    if question.get("disable"):
        raise DeadButton("the selector is greyed")
    if not set(ids) <= set(_offered(question)) or (len(ids) != 1 and question.get("mode") != 1):
        raise DeadButton(f"the selector offers {_offered(question)}")
    return ids
