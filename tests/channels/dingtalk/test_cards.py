"""How cards and words look on DingTalk, and what the platform's refusals mean."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from bot.channels.base import ChannelError, Rejected, Retryable
from bot.channels.dingtalk import actioncard, cards, messages, text
from bot.channels.dingtalk.errors import Shut, StaleMedia, TemplateRefused, TokenRefused, Unsure, code_of, refusal
from cards.types import Button, Card, Fact
from tests.support.dingtalk_bot import APPROVAL, RECORD

SENT = "dtmd://dingtalkclient/sendMessage?content="


def test_the_approval_card() -> None:
    assert cards.params(APPROVAL) == {
        "title": "审批：退款 ¥2,880.00",
        "markdown": "质量问题 · 开机无反应  \n  **单号** R20261122-0007  \n  **客户** 李＊＊ · 半年 9 单退 1"
        "  \n  **时限** **【已超时 2 小时】**",
        "tips": "售后中心",
        "sys_full_json_obj": json.dumps(
            {
                "msgButtons": [
                    a_button("同意", "blue", "0", "a:7:1"),
                    a_button("转交", "gray", "1", "t:7:1"),
                    a_button("驳回", "red", "2", "r:7:1"),
                ]
            },
            ensure_ascii=False,
            separators=(",", ":"),
        ),
    }


def a_button(words: str, color: str, number: str, payload: str) -> dict[str, Any]:
    return {"text": words, "color": color, "id": number, "request": True, "params": {"action": payload}}


def shown(card: Card) -> list[str]:
    return [
        f"{b['id']} {b['color']} {b['text']}" for b in json.loads(cards.params(card)["sys_full_json_obj"])["msgButtons"]
    ]


def entries(count: int) -> tuple[Button, ...]:
    return tuple(Button(f"项{n}", f"e{n}", "primary") for n in range(count))


def test_the_menu_stands_grey_after_the_buttons() -> None:
    assert shown(replace(APPROVAL, menu=(Button("为什么是我", "w:7:1"),))) == [
        "0 blue 同意", "1 gray 转交", "2 red 驳回", "menu0 gray 为什么是我",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("buttons", "menu", "kept"), [(1, 3, 3), (3, 3, 3), (4, 3, 2), (5, 1, 1), (6, 3, 0), (0, 3, 0)]
)
def test_a_card_has_six_buttons_and_leaves_menu_entries_out_first(buttons: int, menu: int, kept: int) -> None:
    found = shown(replace(options(buttons), menu=entries(menu)))
    assert found[buttons:] == [f"menu{n} gray 项{n}" for n in range(kept)]
    assert len(found) == buttons + kept


def test_a_drop_down_is_neither_shown_nor_answered_for_anybody() -> None:
    assert cards.params(APPROVAL) == cards.params(replace(APPROVAL, select=None))


def test_the_record_has_no_button_and_says_the_verdict() -> None:
    assert cards.params(RECORD) == {
        "title": "已同意：退款 ¥2,880.00",
        "markdown": "王组长 14:03 同意  \n  **单号** R20261122-0007  \n  **已同意**",
        "tips": "售后中心",
        "sys_full_json_obj": '{"msgButtons":[]}',
    }


@pytest.mark.parametrize("card", [APPROVAL, RECORD, Card("空")])
def test_every_parameter_is_a_string(card: Card) -> None:
    assert {type(value) for value in cards.params(card).values()} == {str}


def test_an_answer_replaces_by_key() -> None:
    assert cards.update(RECORD)["cardUpdateOptions"] == {"updateCardDataByKey": True, "updatePrivateDataByKey": True}


@pytest.mark.parametrize(
    ("stream", "route"),
    [
        (True, {"callbackType": "STREAM"}),
        (False, {"callbackType": "HTTP", "callbackRouteKey": "boomerang"}),
    ],
)
def test_taps_go_where_the_mode_says(stream: bool, route: dict[str, str]) -> None:
    body = cards.creation(RECORD, "t-1", template="x.schema", stream=stream)
    assert {key: body[key] for key in body if key.startswith("callback")} == route


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("[点我](http://evil)", "［点我］(http：//evil)"),  # no link
        ("李**", "李＊＊"),  # no bold
        ("<font color=red>", "＜font color=red＞"),
        ("# 标题 > `x`", "＃ 标题 ＞ ｀x｀"),
        ("SF1234567890 ×2 ¥3.5", "SF1234567890 ×2 ¥3.5"),
    ],
)
def test_peoples_words_are_no_markdown(typed: str, shown: str) -> None:
    assert text.plain(typed) == shown


# -- stand-ins ---------------------------------------------------------------------------------------------------------


def options(count: int) -> Card:
    return Card("选", "因为", buttons=tuple(Button(f"第{n}", f"p{n}") for n in range(count)))


@pytest.mark.parametrize(
    ("count", "key", "links_in_text"),
    [
        (0, "sampleMarkdown", 0),
        (1, "sampleActionCard", 0),
        (2, "sampleActionCard2", 0),
        (5, "sampleActionCard5", 0),
        (6, "sampleActionCard5", 1),
    ],
)
def test_an_action_card_for_any_number_of_buttons(count: int, key: str, links_in_text: int) -> None:
    bubble = actioncard.bubble(options(count), "t-1")
    assert (bubble.key, bubble.param["text"].count(SENT)) == (key, links_in_text)
    assert sum(value.startswith(SENT) for value in bubble.param.values()) == count - links_in_text


@pytest.mark.parametrize(
    ("said", "tap"),
    [
        ("同意 #t-1:0", ("t-1", 0)),
        ("同意 #R20261122-0007.3:u5:12 ", ("R20261122-0007.3:u5", 12)),  # a token may have colons
        ("同意 R20261122-0007", None),
        ("#t-1:", None),
        ("退货 536365 #2:x", None),
        ("", None),
    ],
)
def test_texts_that_a_tap_has_sent(said: str, tap: tuple[str, int] | None) -> None:
    assert actioncard.tapped(said) == tap


# -- words -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "limit", "found"),
    [
        ("一\n二", 100, ["一\n二"]),
        ("aaaa\nbbbb\ncccc", 10, ["aaaa\nbbbb", "cccc"]),  # the break itself takes two bytes
        ("aaaa\nbbbb", 9, ["aaaa", "bbbb"]),
        ("a" * 25, 10, ["aaaaaa", "aaaaaa", "aaaaaa", "aaaaaaa"]),  # one line too long
        ('""""', 8, ['""""']),  # quotes take two bytes each
        ("", 10, []),
        ("\n\n", 10, []),
    ],
)
def test_texts_are_cut_at_line_ends(body: str, limit: int, found: list[str]) -> None:
    assert text.pieces(body, limit) == found


@pytest.mark.parametrize("body", ["退" * 20_000, '"' * 20_000, "好\n" * 9_000, "😀" * 9_000])
def test_every_piece_fits_a_message(body: str) -> None:
    bubbles = messages.texts(body)
    assert max(len(bubble.sample()["msgParam"].encode()) for bubble in bubbles) <= text.PARAM_BYTES
    assert "".join(bubble.param["content"] for bubble in bubbles).replace("\n", "") == body.replace("\n", "")


def test_a_fact_in_alert_stands_out_by_words() -> None:
    card = Card("收货", facts=(Fact("时限", "已超时 2 小时", alert=True), Fact("件数", "2")))
    assert cards.markdown(card) == "**时限** **【已超时 2 小时】**  \n  **件数** 2"


# -- refusals ----------------------------------------------------------------------------------------------------------

SEND, CREATE = "/v1.0/robot/oToMessages/batchSend", "/v1.0/card/instances/createAndDeliver"
DENIED = "Forbidden.AccessDenied."


@pytest.mark.parametrize(
    ("path", "status", "code", "kind", "words"),
    [
        (SEND, 403, DENIED + "QpsLimitForAppkeyAndApi", Retryable, "太快"),
        (SEND, 403, DENIED + "QpmLimitForAppkeyAndApi", Retryable, "一分钟"),
        (SEND, 403, DENIED + "ApiCountLimitForOrg", Shut, "专业版"),
        (SEND, 403, DENIED + "IpNotInWhiteList", Shut, "出口 IP"),
        (SEND, 403, DENIED + "AccessTokenPermissionDenied", Rejected, "qyapi_robot_sendmsg"),
        (CREATE, 403, DENIED + "AccessTokenPermissionDenied", TemplateRefused, "Card.Instance.Write"),
        (CREATE, 400, "param.templateNotExist", TemplateRefused, "DINGTALK_CARD_TEMPLATE"),
        (CREATE, 400, "param.templateUnpublished", TemplateRefused, "发布"),
        (CREATE, 400, "param.contentUnsafe", Rejected, "安全检查"),
        (CREATE, 500, "system.busy", Retryable, "正忙"),
        (SEND, 400, "InvalidAuthentication", TokenRefused, "凭证"),
        (SEND, 401, "Unauthorized", TokenRefused, "凭证"),
        (SEND, 400, "send.too.fast", Retryable, "太快"),
        (SEND, 400, "robot.oto.notExist", Rejected, "发布机器人"),
        (SEND, 400, "resource.unavailable", StaleMedia, "素材"),
        (SEND, 504, "GatewayTimeout", Unsure, "暂时不可用"),
        (SEND, 503, "503", Unsure, "暂时不可用"),
        (SEND, 400, "something.new", Rejected, "something.new"),
        ("/media/upload", 200, "90018", Retryable, "太快"),
        ("/media/upload", 200, "15", Unsure, "超时"),
        ("/media/upload", 200, "90020", Shut, "专业版"),
        ("/media/upload", 200, "42001", TokenRefused, "凭证"),
        ("/media/upload", 200, "40006", Rejected, "太大"),
        ("/topapi/v2/user/list", 200, "60011", Rejected, "qyapi_get_department_member"),
        ("/topapi/v2/user/get", 200, "33012", Rejected, "通讯录"),
        ("/topapi/v2/user/get", 200, "-1", Retryable, "内部"),
    ],
)
def test_refusals(path: str, status: int, code: str, kind: type[ChannelError], words: str) -> None:
    error = refusal(path, status, code, "dingapp")
    assert (type(error), words in str(error)) == (kind, True)


def test_a_missing_permission_names_where_to_ask_for_it() -> None:
    error = refusal(CREATE, 403, DENIED + "AccessTokenPermissionDenied", "dingapp")
    assert "https://open-dev.dingtalk.com/appscope/apply?content=dingapp%23Card.Instance.Write" in str(error)


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"errcode": 0}, 200, ""),
        ({"errcode": "0"}, 200, ""),
        ({"errcode": 40014}, 200, "40014"),
        ({"errcode": 88, "sub_code": "60011"}, 200, "60011"),  # the cause is inside
        ({"success": True}, 200, ""),
        ({"code": "system.busy"}, 500, "system.busy"),
        ({}, 502, "502"),
    ],
)
def test_codes_of_both_dialects(body: dict[str, Any], status: int, code: str) -> None:
    assert code_of(body, status) == code
