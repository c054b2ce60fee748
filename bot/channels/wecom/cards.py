"""The neutral card as WeCom shows it: template_card for people, markdown where nothing can be tapped."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from bot.channels.base import Rejected
from models.outside import one_line, plain, unmarked, visible

if TYPE_CHECKING:
    from cards.types import Button, Card, Fact, Select, Style

Template = dict[str, Any]

STYLES: dict[Style, int] = {"primary": 1, "plain": 3, "danger": 4}  #: wecom.md §3: emphasised, neutral, negative
GREY, RED = 0, 2  #: source.desc_color; rows have no colour of their own
DONE = "已处理"  #: in place of the buttons when a record has no verdict
MORE = "更多"  #: over the entries of the corner menu
TASK_ID = re.compile(r"[0-9A-Za-z_\-@]{1,128}")


def to_send(card: Card, token: str) -> Template:
    """The card for message/send (D/90236). Raises Rejected when ``token`` can't be a task_id."""
    if not TASK_ID.fullmatch(token):
        raise Rejected("42014", "卡片编号只能用 128 个以内的字母、数字和 _-@")
    return _template(card) | {"task_id": token}


def to_update(card: Card) -> Template:
    """The card for an update, passive or by API: a record is greyed (D/94888, D/90241)."""
    template = _template(card)
    if card.live:
        return template
    if selection := template.get("button_selection"):
        selection["disable"] = True
    return template | {"replace_text": _line(card.verdict) or DONE}


def to_markdown(card: Card) -> str:
    """The card as words, at most 2048 bytes for any card that can be built."""
    lines = [f"**{_plain(one_line(card.title))}**"]
    lines += [f"> {_plain(line)}" for line in visible(card.body).split("\n") if line]
    lines += [f"> {_plain(fact.name)}：{_value(fact)}" for fact in card.facts]
    lines += [_plain(card.verdict)] if card.verdict else []
    return "\n".join(lines)


def _template(card: Card) -> Template:
    colour = RED if any(fact.alert for fact in card.facts) else GREY
    template: Template = {
        "card_type": "button_interaction",
        "source": {"desc": _line(card.source), "desc_color": colour},
        "main_title": {"title": _line(card.title)},
    }
    if card.body:
        template["sub_title_text"] = plain(card.body)
    if card.facts:
        template["horizontal_content_list"] = [
            {"keyname": _line(fact.name), "value": _line(fact.value)} for fact in card.facts
        ]
    if card.select:
        template["button_selection"] = _selection(card.select)
    if card.menu and card.live:
        template["action_menu"] = _menu(card.menu)
    return template | {"button_list": _buttons(card)}


def _buttons(card: Card) -> list[Template]:
    """A record needs one too: the platform takes no card of this type without."""
    if not card.live:
        return [{"text": _line(card.verdict) or DONE, "style": STYLES["plain"], "key": "done"}]
    return [{"text": _line(each.text), "style": STYLES[each.style], "key": each.payload} for each in card.buttons]


def _menu(entries: tuple[Button, ...]) -> Template:
    """The corner menu, which a button_interaction may carry beside its buttons; it has no styles (D/90236)."""
    return {
        "desc": MORE,
        "action_list": [{"text": _line(each.text), "key": each.payload} for each in entries],
    }


def _selection(select: Select) -> Template:
    options = [{"id": option, "text": _line(text) or option} for option, text in select.options]
    chosen = {"selected_id": select.chosen} if select.chosen else {}
    return {"question_key": select.key, "title": _line(select.title), "option_list": options} | chosen


def _value(fact: Fact) -> str:
    value = _plain(one_line(fact.value))
    return f'<font color="warning">{value}</font>' if fact.alert else value


def _line(text: str) -> str:
    """For a field of a template card, which knows no markdown, and takes none of the fields empty."""
    return plain(one_line(text)) or ("…" if text else "")


def _plain(text: str) -> str:
    return unmarked(text)
