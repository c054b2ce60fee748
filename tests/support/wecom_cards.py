"""Each of the five template cards, filled to its limits, and a way to change one field of them."""

from __future__ import annotations

import copy
from typing import Any

LINK = {"type": 1, "url": "https://example.com"}
HEAD = {
    "source": {"icon_url": "https://example.com/i.png", "desc": "源" * 20, "desc_color": 3},
    "main_title": {"title": "题" * 36, "desc": "述" * 44},
}
OPTIONS = [{"id": f"{n}" * 128, "text": "选" * 16} for n in range(10)]
DROP_DOWN = {"question_key": "reason", "title": "意见", "option_list": OPTIONS, "selected_id": "1" * 128}
DETAIL = {
    **HEAD,
    "task_id": "rt-7_approve@1".ljust(128, "0"),
    "quote_area": {**LINK, "title": "引用", "quote_text": "原话"},
    "horizontal_content_list": [
        {"keyname": "客户", "value": "李雷"},
        {"keyname": "订单", "value": "查看", "type": 1, "url": "https://example.com"},
        {"keyname": "接待客服", "value": "小林", "type": 3, "userid": "lin"},
        *({"keyname": f"行{n}", "value": "值" * 30} for n in range(3)),
    ],
    "card_action": LINK,
    "action_menu": {"desc": "更多", "action_list": [{"text": f"项{n}", "key": f"{n}" * 1024} for n in range(3)]},
}
JUMPS = [{**LINK, "title": "跳" * 18}, {"type": 2, "appid": "wx1", "title": "小程序"}, {"type": 0, "title": "无"}]
SUBMIT = {"text": "提" * 10, "key": "k" * 1024}

FULL: dict[str, dict[str, Any]] = {  #: each of the five, filled to its limits
    "text_notice": {
        **DETAIL,
        "card_type": "text_notice",
        "sub_title_text": "副" * 160,
        "emphasis_content": {"title": "数" * 14, "desc": "据" * 22},
        "jump_list": JUMPS,
    },
    "news_notice": {
        **DETAIL,
        "card_type": "news_notice",
        "card_image": {"url": "https://example.com/p.png", "aspect_ratio": 2.24},
        "image_text_area": {**LINK, "title": "图", "desc": "文", "image_url": "https://example.com/p.png"},
        "vertical_content_list": [{"title": "竖" * 38, "desc": "行" * 160}] * 4,
        "jump_list": JUMPS,
    },
    "button_interaction": {
        **DETAIL,
        "card_type": "button_interaction",
        "sub_title_text": "副" * 160,
        "button_selection": DROP_DOWN,
        "button_list": [
            *({"text": f"{n}" * 10, "style": 4, "key": f"{n}" * 1024} for n in range(5)),
            {"text": "网页", "type": 1, "url": "https://example.com"},
        ],
    },
    "vote_interaction": {
        **HEAD,
        "card_type": "vote_interaction",
        "task_id": "vote-1",
        "checkbox": {
            "question_key": "parts",
            "mode": 1,
            "option_list": [{"id": f"p{n}", "text": "项" * 17, "is_checked": n == 0} for n in range(20)],
        },
        "submit_button": SUBMIT,
    },
    "multiple_interaction": {
        **HEAD,
        "card_type": "multiple_interaction",
        "task_id": "multi-1",
        "select_list": [DROP_DOWN | {"question_key": f"q{n}"} for n in range(3)],
        "submit_button": {"key": "go"},
    },
}


def changed(card: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    """A deep copy with dotted paths set; None takes the field away."""
    card = copy.deepcopy(card)
    for path, value in changes.items():
        *way, last = path.split(".")
        place: Any = card
        for step in way:
            place = place[_step(step)]
        if value is None:
            del place[_step(last)]
        else:
            place[_step(last)] = value
    return card


def _step(name: str) -> str | int:
    return int(name) if name.isdigit() else name
