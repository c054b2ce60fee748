"""Refuses a template card as the platform does: by the table, then by what the fields mean together."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sandbox.wecom.card_schema import APP, INTERACTIVE, card_types, webhook_types
from sandbox.wecom.errors import Code, Refused

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sandbox.wecom.spec import Group, Mode

Card = dict[str, Any]

APP_TYPES = card_types(APP)
WEBHOOK_TYPES = webhook_types()


def check_card(card: Any, mode: Mode, types: Mapping[str, Group] = APP_TYPES) -> None:
    """Raises Refused with the errcode of the first fault (wecom.md §3)."""
    if not isinstance(card, dict) or not card:
        raise Refused(Code.NO_TITLE, "template_card is missing")
    spec = types.get(str(card.get("card_type")))
    if spec is None:
        raise Refused(Code.BAD_PARAMETER, "template_card.card_type is not one of " + ", ".join(types))
    spec.check(card, "template_card", mode)
    _check_title(card)
    _check_picture(card)
    _check_card_action(card)
    _check_links(card)
    _check_rows(card)
    _check_buttons(card)
    _check_task(card, mode)


def can_call_back(card: Card) -> bool:
    """Whether a tap on it can reach the app: then it needs a callback URL and earns a response_code."""
    return card["card_type"] in INTERACTIVE or bool(card.get("action_menu"))


def _check_title(card: Card) -> None:
    if card["card_type"] == "text_notice" and not (
        card.get("main_title", {}).get("title") or card.get("sub_title_text")
    ):
        raise Refused(Code.NO_TITLE, "template_card needs main_title.title or sub_title_text")


def _check_picture(card: Card) -> None:
    if card["card_type"] == "news_notice" and not (card.get("card_image") or card.get("image_text_area")):
        raise Refused(Code.NO_PARAMETER, "template_card needs card_image or image_text_area")


def _check_card_action(card: Card) -> None:
    action = card.get("card_action") or {}
    if card["card_type"] in ("text_notice", "news_notice") and action.get("type") not in (1, 2):
        raise Refused(Code.BAD_CARD_ACTION, "template_card.card_action must open a url or a mini program")
    if not _has_target(action):
        raise Refused(Code.BAD_CARD_ACTION, "template_card.card_action opens nothing")


def _check_links(card: Card) -> None:
    links = [card.get("quote_area") or {}, card.get("image_text_area") or {}, *card.get("jump_list", [])]
    if not all(_has_target(link) for link in links):
        raise Refused(Code.BAD_PARAMETER, "template_card has a link that opens nothing")


def _has_target(link: Card) -> bool:
    wanted = {1: "url", 2: "appid"}.get(link.get("type", 0))
    return wanted is None or bool(link.get(wanted))


def _check_rows(card: Card) -> None:
    wanted = {1: "url", 2: "media_id", 3: "userid"}
    for row in card.get("horizontal_content_list", []):
        field = wanted.get(row.get("type", 0))
        if field and not row.get(field):
            raise Refused(Code.BAD_PARAMETER, f"horizontal_content_list needs {field} for its type")


def _check_buttons(card: Card) -> None:
    for button in card.get("button_list", []):
        if button.get("type", 0) == 0 and not button.get("key"):
            raise Refused(Code.NO_KEY, "button_list.key is missing")
        if button.get("type", 0) == 1 and not button.get("url"):
            raise Refused(Code.BAD_PARAMETER, "button_list.url is missing")


def _check_task(card: Card, mode: Mode) -> None:
    if mode.updating and "task_id" in card:
        raise Refused(Code.BAD_PARAMETER, "template_card.task_id is no part of an update")
    if not mode.updating and can_call_back(card) and not card.get("task_id"):
        raise Refused(Code.BAD_TASK, "template_card.task_id is missing")
