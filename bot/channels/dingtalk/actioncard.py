"""A card as an ActionCard whose buttons send a text as whoever taps: what stands in when the template is refused."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import quote_plus

from bot.channels.dingtalk import cards
from bot.channels.dingtalk.messages import Bubble
from bot.channels.dingtalk.text import BREAK, plain
from models.outside import one_line

if TYPE_CHECKING:
    from cards.types import Card

SEND = "dtmd://dingtalkclient/sendMessage?content="  #: the host must be in lower case (dingtalk.md §3.4 B)
MOST = 5  #: sampleActionCard5 is the longest (dingtalk.md §4.2)
_TAPPED = re.compile(r"#(?P<token>\S+):(?P<index>\d{1,2})\s*$")


def bubble(card: Card, token: str) -> Bubble:
    """The message; buttons beyond the fifth are links in the text, a record is plain markdown."""
    links = [
        (plain(one_line(button.text)), f"{SEND}{quote_plus(f'{button.text} #{token}:{i}')}")
        for i, button in enumerate(card.buttons)
    ]
    text = BREAK.join([cards.message(card), *(f"[{name}]({url})" for name, url in links[MOST:])])
    shown = links[:MOST]
    if not shown:
        return Bubble("sampleMarkdown", _base(card, text))
    if len(shown) == 1:
        return Bubble("sampleActionCard", _base(card, text) | {"singleTitle": shown[0][0], "singleURL": shown[0][1]})
    param = _base(card, text)
    for i, (name, url) in enumerate(shown, 1):
        param |= {f"actionTitle{i}": name, f"actionURL{i}": url}
    return Bubble(f"sampleActionCard{len(shown)}", param)


def tapped(text: str) -> tuple[str, int] | None:
    """Token and button of a text that a tap has sent; None for what people type."""
    found = _TAPPED.search(text)
    return (found["token"], int(found["index"])) if found else None


def _base(card: Card, text: str) -> dict[str, str]:
    return {"title": plain(one_line(card.title)), "text": text}
