"""The five template cards as a table: which type carries what, and how much of it (wecom.md §3, D/90236)."""

from __future__ import annotations

from dataclasses import dataclass

from sandbox.wecom.errors import Code
from sandbox.wecom.spec import Choice, Flag, Group, Many, Ratio, Spec, Text


@dataclass(frozen=True, slots=True)
class Limits:
    """Characters that fit on a phone."""

    source: int = 20
    title: int = 36
    desc: int = 44
    sub_title: int = 160
    row_value: int = 30
    jump: int = 18
    emphasis: tuple[int, int] = (14, 22)
    vertical: tuple[int, int] = (38, 160)


APP = Limits()
WEBHOOK = Limits(13, 26, 30, 112, 26, 13, (10, 15), (26, 112))  #: wecom.md §5

INTERACTIVE = ("button_interaction", "vote_interaction", "multiple_interaction")

_KEY = 1024  #: bytes of a button's key or a question's
_ID = 128  #: bytes of an option's id or a task's
_LINK: dict[str, Spec] = {"type": Choice(of=(0, 1, 2)), "url": Text(), "appid": Text(), "pagepath": Text()}
_KEY_FIELD = Text(hard=_KEY, refusal=Code.BAD_KEY, missing=Code.NO_KEY)
_QUESTION = Text(hard=_KEY, missing=Code.NO_PARAMETER)


def _options(soft: int, **more: Spec) -> Group:
    text = Text(soft=soft, missing=Code.NO_PARAMETER)
    return Group(fields={"id": Text(hard=_ID, missing=Code.NO_PARAMETER), "text": text, **more})


_TASK = Text(hard=_ID, pattern=r"[0-9A-Za-z_\-@]+", refusal=Code.BAD_TASK)
_MENU = Group(
    fields={
        "desc": Text(),
        "action_list": Many(
            of=Group(fields={"text": Text(missing=Code.NO_BUTTON_NAME), "key": _KEY_FIELD}),
            most=3,
            unique="key",
            clash=Code.BAD_KEY,
            missing=Code.NO_PARAMETER,
        ),
    }
)
_BUTTONS = Many(
    of=Group(
        fields={
            "type": Choice(of=(0, 1)),
            "text": Text(soft=10, missing=Code.NO_BUTTON_NAME),
            "style": Choice(of=(1, 2, 3, 4)),
            "key": Text(hard=_KEY, refusal=Code.BAD_KEY),
            "url": Text(),
        }
    ),
    most=6,
    unique="key",
    clash=Code.BAD_KEY,
    missing=Code.NO_PARAMETER,
)
_DROP_DOWN = Group(
    fields={
        "question_key": _QUESTION,
        "title": Text(),
        "option_list": Many(of=_options(16), most=10, unique="id", missing=Code.NO_PARAMETER),
        "selected_id": Text(hard=_ID),
        "disable": Flag(update_only=True),
    }
)
_CHECKBOX = Group(
    fields={
        "question_key": _QUESTION,
        "mode": Choice(of=(0, 1)),
        "option_list": Many(of=_options(17, is_checked=Flag()), most=20, unique="id", missing=Code.NO_PARAMETER),
        "disable": Flag(update_only=True),
    },
    missing=Code.NO_PARAMETER,
)
_SELECTS = Many(of=_DROP_DOWN, most=3, unique="question_key", missing=Code.NO_PARAMETER)
_SUBMIT = Group(fields={"text": Text(soft=10), "key": _KEY_FIELD}, missing=Code.NO_PARAMETER)
_REPLACED = Text(update_only=True)
_IMAGE = Group(fields={"url": Text(missing=Code.NO_PARAMETER), "aspect_ratio": Ratio(low=1.3, high=2.25)})
_IMAGE_TEXT = Group(fields={**_LINK, "title": Text(), "desc": Text(), "image_url": Text(missing=Code.NO_PARAMETER)})
_ROWS = {"keyname": Text(soft=5, missing=Code.NO_PARAMETER), "type": Choice(of=(0, 1, 2, 3))}
_ROW_TARGETS = {"url": Text(), "media_id": Text(), "userid": Text()}


def _titled(title: int, desc: int, missing: Code | None = None) -> Group:
    return Group(fields={"title": Text(soft=title, missing=missing), "desc": Text(soft=desc)})


def card_types(limits: Limits) -> dict[str, Group]:
    """``card_type`` -> what such a card may carry."""
    detail = _detail(limits)
    jumps = Many(of=Group(fields={**_LINK, "title": Text(soft=limits.jump, missing=Code.NO_PARAMETER)}), most=3)
    vertical = Many(of=_titled(*limits.vertical, missing=Code.NO_PARAMETER), most=4)
    sub_title = {"sub_title_text": Text(soft=limits.sub_title)}
    picture = {"card_image": _IMAGE, "image_text_area": _IMAGE_TEXT, "vertical_content_list": vertical}
    chosen = {**_head(limits), "submit_button": _SUBMIT, "replace_text": _REPLACED}
    pressed = {"button_selection": _DROP_DOWN, "button_list": _BUTTONS, "replace_text": _REPLACED}
    carried: dict[str, dict[str, Spec]] = {
        "text_notice": {**detail, **sub_title, "emphasis_content": _titled(*limits.emphasis), "jump_list": jumps},
        "news_notice": {**detail, **picture, "jump_list": jumps},
        "button_interaction": {**detail, **sub_title, **pressed},
        "vote_interaction": {**chosen, "checkbox": _CHECKBOX},
        "multiple_interaction": {**chosen, "select_list": _SELECTS},
    }
    return {name: Group(fields=fields) for name, fields in carried.items()}


def webhook_types() -> dict[str, Group]:
    """A group robot sends the two notices, and nothing on them that would call back (wecom.md §5)."""
    return {
        name: Group(fields={key: spec for key, spec in group.fields.items() if key not in ("action_menu", "task_id")})
        for name, group in card_types(WEBHOOK).items()
        if name not in INTERACTIVE
    }


def _head(limits: Limits) -> dict[str, Spec]:
    source = {"icon_url": Text(), "desc": Text(soft=limits.source), "desc_color": Choice(of=(0, 1, 2, 3))}
    return {
        "card_type": Text(missing=Code.NO_PARAMETER),
        "source": Group(fields=source),
        "main_title": _titled(limits.title, limits.desc),
        "task_id": _TASK,
    }


def _detail(limits: Limits) -> dict[str, Spec]:
    rows = Group(fields={**_ROWS, "value": Text(soft=limits.row_value), **_ROW_TARGETS})
    action = {**_LINK, "type": Choice(of=(0, 1, 2), refusal=Code.BAD_CARD_ACTION)}
    return {
        **_head(limits),
        "action_menu": _MENU,
        "quote_area": Group(fields={**_LINK, "title": Text(), "quote_text": Text()}),
        "horizontal_content_list": Many(of=rows, most=6),
        "card_action": Group(fields=action),
    }
