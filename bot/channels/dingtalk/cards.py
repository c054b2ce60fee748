"""A neutral card as parameters of the public markdown-and-buttons template (dingtalk.md §3.4 A)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.channels.dingtalk.text import BREAK, json_text, plain
from cards.types import MAX_BUTTONS
from models.outside import one_line, visible

if TYPE_CHECKING:
    from cards.types import Button, Card, Fact, Style

FULL = "sys_full_json_obj"  #: the one parameter that carries everything that is not a string
ROUTE_KEY = "boomerang"  #: where card callbacks go in http mode
BY_KEY = {"updateCardDataByKey": True, "updatePrivateDataByKey": True}  # else omitted keys vanish (§3.1)
MENU = "menu"  #: how the ids of the menu's entries begin
COLORS: dict[Style, str] = {"primary": "blue", "plain": "gray", "danger": "red"}


def markdown(card: Card) -> str:
    """Everything below the title: the lead and details, a line per fact, and the verdict of a record.

    The template has no drop-down, so a select is not shown: a choice that nobody saw must not travel with a tap.
    """
    lines = [plain(line) for line in visible(card.body).split("\n")] if card.body else []
    lines += [_fact(fact) for fact in card.facts]
    if card.verdict and not card.live:
        lines.append(f"**{plain(card.verdict)}**")
    return BREAK.join(lines)


def message(card: Card) -> str:
    """The whole card as one markdown text, for where no interactive card can stand."""
    return f"#### {plain(one_line(card.title))}{BREAK}\n{markdown(card)}"


def params(card: Card) -> dict[str, str]:
    """``cardParamMap``: strings only (dingtalk.md §3.1)."""
    return {
        "title": plain(one_line(card.title)),
        "markdown": markdown(card),
        "tips": plain(card.source),
        FULL: json_text({"msgButtons": _buttons(card)}),
    }


def creation(card: Card, token: str, *, template: str, stream: bool) -> dict[str, Any]:
    """The part of ``createAndDeliver`` that says what the card is and where its taps go."""
    route = {"callbackType": "STREAM"} if stream else {"callbackType": "HTTP", "callbackRouteKey": ROUTE_KEY}
    return {
        "cardTemplateId": template,
        "outTrackId": token,
        "userIdType": 1,
        "cardData": {"cardParamMap": params(card)},
        **route,
    }


def robot_space(card: Card, userid: str, robot_code: str) -> dict[str, Any]:
    """The part of ``createAndDeliver`` that puts the card into one person's chat with the robot."""
    return {
        "openSpaceId": f"dtv1.card//IM_ROBOT.{userid}",
        "imRobotOpenSpaceModel": {"supportForward": False, "lastMessageI18n": {"ZH_CN": plain(one_line(card.title))}},
        "imRobotOpenDeliverModel": {"spaceType": "IM_ROBOT", "robotCode": robot_code},
    }


def update(card: Card) -> dict[str, Any]:
    """What redraws a card: the body of an update, and of the answer to a tap (dingtalk.md §3.2)."""
    return {"cardUpdateOptions": BY_KEY, "cardData": {"cardParamMap": params(card)}}


def _buttons(card: Card) -> list[dict[str, Any]]:
    """The menu's entries stand grey after the buttons, as far as there is room; a record has neither."""
    if not card.live:
        return []
    menu = card.menu[: MAX_BUTTONS - len(card.buttons)]
    buttons = [_button(str(n), COLORS[button.style], button) for n, button in enumerate(card.buttons)]
    return buttons + [_button(f"{MENU}{n}", COLORS["plain"], entry) for n, entry in enumerate(menu)]


def _button(name: str, color: str, button: Button) -> dict[str, Any]:
    return {
        "text": plain(one_line(button.text)),
        "color": color,
        "id": name,
        "request": True,
        "params": {"action": button.payload},
    }


def _fact(fact: Fact) -> str:
    """Colour is not in the documented markdown, so bad news stands out by weight and brackets."""
    said = plain(one_line(fact.value))
    value = f"**【{said}】**" if fact.alert else said
    return f"**{plain(fact.name)}** {value}"
