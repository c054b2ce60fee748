"""Template cards against the fake WeCom: what fits exactly, and every limit with the errcode of its breach."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.support.wecom_cards import DETAIL, DROP_DOWN, FULL, HEAD, JUMPS, LINK, OPTIONS, changed
from tests.support.wecom_stage import AGENT, staged

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.support.wecom_stage import Stage


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    async with staged() as running:
        yield running


@pytest.mark.parametrize("kind", FULL)
async def test_a_card_may_be_full_to_its_limits(stage: Stage, kind: str) -> None:
    answer = await stage.send("template_card", FULL[kind])
    assert (answer["errmsg"], "response_code" in answer) == ("ok", True)
    state = stage.last("lin").state
    assert (state["dead"], state["task_id"]) == (False, FULL[kind]["task_id"])
    assert state["response_code"] == answer["response_code"]


@pytest.mark.parametrize(
    ("kind", "changes", "errcode"),
    [
        ("text_notice", {"card_type": "poster"}, 40058),  # not one of the five
        ("button_interaction", {"task_id": None}, 42014),  # required to call back
        ("text_notice", {"task_id": None}, 42014),  # a menu calls back as well
        ("vote_interaction", {"task_id": "rt:7"}, 42014),  # colon
        ("vote_interaction", {"task_id": "退货7"}, 42014),  # Chinese
        ("vote_interaction", {"task_id": "t" * 129}, 42014),  # over 128 bytes
        ("text_notice", {"card_action": None}, 42045),  # a notice must open something
        ("news_notice", {"card_action": {"type": 0}}, 42045),  # type 0 opens nothing
        ("news_notice", {"card_action": {"type": 1}}, 42045),  # url is missing
        ("text_notice", {"card_action": {"type": 2, "url": "u"}}, 42045),  # appid is missing
        ("button_interaction", {"card_action": {"type": 3}}, 42045),  # no such type
        ("text_notice", {"main_title": None, "sub_title_text": None}, 41016),  # no title of either kind
        ("news_notice", {"card_image": None, "image_text_area": None}, 40063),  # neither picture
        ("news_notice", {"card_image.aspect_ratio": 2.25}, 40058),  # must be below
        ("news_notice", {"card_image.aspect_ratio": 1.3}, 40058),  # must be above
        ("text_notice", {"source.desc_color": 4}, 40058),  # four colours, 0 to 3
        ("text_notice", {"source.desc_color": "1"}, 40058),  # a string is no number
        ("text_notice", {"main_title": "标题"}, 40058),  # a string is no object
        ("text_notice", {"horizontal_content_list": [{"keyname": "行"}] * 7}, 40058),  # over six rows
        ("text_notice", {"horizontal_content_list.0.keyname": ""}, 40063),  # a row without a name
        ("text_notice", {"horizontal_content_list.0.type": 1}, 40058),  # url row without url
        ("text_notice", {"horizontal_content_list.0.type": 3}, 40058),  # member row without userid
        ("text_notice", {"horizontal_content_list.0": {"keyname": "f", "type": 2, "media_id": "M"}}, 40007),
        ("text_notice", {"jump_list": [{"title": "跳"}] * 4}, 40058),  # over three jumps
        ("text_notice", {"jump_list.0": {"type": 1, "title": "跳"}}, 40058),  # jumps nowhere
        ("news_notice", {"vertical_content_list": [{"title": "竖"}] * 5}, 40058),  # over four
        ("text_notice", {"action_menu.action_list": [{"text": f"{n}", "key": f"{n}"} for n in range(4)]}, 40058),
        ("text_notice", {"action_menu.action_list": []}, 40063),  # a menu of nothing
        ("text_notice", {"action_menu.action_list.0.key": ""}, 42019),
        ("button_interaction", {"action_menu.action_list.0.key": "k" * 1025}, 42018),  # over 1024 bytes
        ("button_interaction", {"action_menu.action_list.0.key": "1" * 1024}, 42018),  # repeats the second's
        ("button_interaction", {"action_menu.action_list.0.style": 1}, 40058),  # an entry has no style
        ("button_interaction", {"action_menu": [{"text": "项", "key": "k"}]}, 40058),  # a list is no menu
        ("vote_interaction", {"action_menu": DETAIL["action_menu"]}, 40058),  # a vote has no corner
        ("multiple_interaction", {"action_menu": DETAIL["action_menu"]}, 40058),
        ("text_notice", {"action_menu.action_list.0.text": ""}, 42020),
        ("button_interaction", {"button_list": []}, 40063),  # no button
        ("button_interaction", {"button_list": [{"text": "按", "key": f"{n}"} for n in range(7)]}, 40058),  # over six
        ("button_interaction", {"button_list.0.key": None}, 42019),
        ("button_interaction", {"button_list.0.text": None}, 42020),
        ("button_interaction", {"button_list.0.key": "k" * 1025}, 42018),  # over 1024 bytes
        ("button_interaction", {"button_list.0.key": "1" * 1024}, 42018),  # repeats the second's
        ("button_interaction", {"button_list.0.style": 5}, 40058),  # four styles
        ("button_interaction", {"button_list.5.url": None}, 40058),  # url button without url
        ("button_interaction", {"button_selection.option_list": []}, 40063),
        ("button_interaction", {"button_selection.option_list": [*OPTIONS, {"id": "x", "text": "x"}]}, 40058),  # eleven
        ("button_interaction", {"button_selection.option_list.0.id": "1" * 128}, 40058),  # repeats
        ("button_interaction", {"button_selection.option_list.0.id": "i" * 129}, 40058),  # over 128 bytes
        ("button_interaction", {"button_selection.question_key": "q" * 1025}, 40058),  # over 1024 bytes
        ("button_interaction", {"button_selection.question_key": ""}, 40063),
        ("button_interaction", {"button_selection.option_list.0.text": ""}, 40063),
        ("button_interaction", {"button_selection": [DROP_DOWN]}, 40058),  # one, not a list
        ("text_notice", {"button_selection": DROP_DOWN}, 40058),  # a notice has no drop-down
        ("button_interaction", {"checkbox": {}}, 40058),  # another type's field
        ("button_interaction", {"jump_list": JUMPS}, 40058),  # a notice's field
        ("vote_interaction", {"horizontal_content_list": []}, 40058),  # a vote shows no rows
        ("multiple_interaction", {"sub_title_text": "副"}, 40058),  # nor a sub-title
        ("vote_interaction", {"checkbox": None}, 40063),
        ("vote_interaction", {"checkbox.mode": 2}, 40058),  # single or multi
        ("vote_interaction", {"checkbox.option_list": [{"id": f"{n}", "text": "项"} for n in range(21)]}, 40058),
        ("vote_interaction", {"checkbox.option_list.0.is_checked": 1}, 40058),  # a number is no boolean
        ("multiple_interaction", {"select_list": [DROP_DOWN | {"question_key": f"{n}"} for n in range(4)]}, 40058),
        ("multiple_interaction", {"select_list.0.question_key": "q1"}, 40058),  # repeats
        ("multiple_interaction", {"submit_button": None}, 40063),
        ("vote_interaction", {"submit_button.key": None}, 42019),
        ("button_interaction", {"replace_text": "已同意"}, 40058),  # an update's field
        ("button_interaction", {"button_selection.disable": True}, 40058),  # an update's field
    ],
)
async def test_a_card_over_a_limit_is_refused(stage: Stage, kind: str, changes: dict[str, Any], errcode: int) -> None:
    answer = await stage.send("template_card", changed(FULL[kind], changes))
    assert (answer["errcode"], stage.phone("lin")) == (errcode, [])


SOFT = [
    ("text_notice", "source.desc", 20),
    ("text_notice", "main_title.title", 36),
    ("text_notice", "main_title.desc", 44),
    ("text_notice", "sub_title_text", 160),
    ("text_notice", "horizontal_content_list.0.keyname", 5),
    ("text_notice", "horizontal_content_list.0.value", 30),
    ("text_notice", "jump_list.0.title", 18),
    ("text_notice", "emphasis_content.title", 14),
    ("text_notice", "emphasis_content.desc", 22),
    ("news_notice", "vertical_content_list.0.title", 38),
    ("news_notice", "vertical_content_list.0.desc", 160),
    ("button_interaction", "button_list.0.text", 10),
    ("button_interaction", "button_selection.option_list.0.text", 16),
    ("vote_interaction", "checkbox.option_list.0.text", 17),
    ("vote_interaction", "submit_button.text", 10),
    ("multiple_interaction", "select_list.0.option_list.0.text", 16),
]


@pytest.mark.parametrize(("kind", "path", "limit"), SOFT)
async def test_a_text_that_a_phone_would_cut(stage: Stage, kind: str, path: str, limit: int) -> None:
    card = changed(FULL[kind], {path: "字" * (limit + 1)})
    assert (await stage.send("template_card", card))["errcode"] == 45002
    stage.wecom.desk.strict_soft = False
    assert (await stage.send("template_card", card))["errcode"] == 0


async def test_a_task_id_serves_once(stage: Stage) -> None:
    await stage.card()
    again = await stage.send("template_card", changed(FULL["vote_interaction"], {"task_id": "rt-7-approve-1"}))
    assert again["errcode"] == 42014


@pytest.mark.parametrize("kind", FULL)
async def test_without_a_callback_nothing_may_call_back(kind: str) -> None:
    async with staged(None) as stage:
        assert (await stage.send("template_card", FULL[kind]))["errcode"] == 43012


async def test_a_plain_notice_needs_no_callback_and_earns_no_code() -> None:
    card = changed(FULL["text_notice"], {"action_menu": None, "task_id": None})
    async with staged(None) as stage:
        answer = await stage.send("template_card", card)
        assert (answer["errcode"], "response_code" in answer) == (0, False)
        assert stage.last("lin").state["dead"] is True


@pytest.mark.parametrize(
    ("changes", "errcode"),
    [
        pytest.param({}, 45002, id="an app's title is too long for a robot"),
        pytest.param({"main_title": {"title": "题" * 26, "desc": "述" * 30}}, 0, id="a robot's limits"),
        pytest.param({"action_menu": DETAIL["action_menu"]}, 40058, id="a menu would call back"),
    ],
)
async def test_a_robots_card(stage: Stage, changes: dict[str, Any], errcode: int) -> None:
    card = {"card_type": "text_notice", "main_title": HEAD["main_title"], "card_action": LINK} | changes
    payload = {"msgtype": "template_card", "template_card": card}
    assert (await stage.post("webhook/send", payload, token=False, key="k-risk"))["errcode"] == errcode


async def test_a_response_code_serves_one_update(stage: Stage) -> None:
    code = await stage.card("lin|WangWu")
    answer = await stage.update(code, userids=["LIN", "Zhao"], button={"replace_name": "已由王组长同意"})
    assert answer == {"errcode": 0, "errmsg": "ok", "invaliduser": ["zhao"]}
    assert (stage.last("lin").body["replace_text"], stage.last("lin").state["dead"]) == ("已由王组长同意", True)
    assert stage.last("WangWu").state["dead"] is False
    assert (await stage.update(code, atall=1, button={"replace_name": "再来"}))["errcode"] == 40058


async def test_a_response_code_ends_after_72_hours(stage: Stage) -> None:
    code = await stage.card()
    stage.later(hours=72)
    assert (await stage.update(code, atall=1, button={"replace_name": "晚了"}))["errcode"] == 40058


async def test_atall_turns_every_copy_into_another_type(stage: Stage) -> None:
    code = await stage.card("lin|WangWu")
    record = {"card_type": "text_notice", "main_title": {"title": "已同意"}, "card_action": LINK}
    assert (await stage.update(code, atall=1, template_card=record))["errcode"] == 0
    for userid in ("lin", "WangWu"):
        item = stage.last(userid)
        assert (item.body, item.state["revision"], item.state["dead"]) == (record, 2, True)


@pytest.mark.parametrize(
    ("what", "errcode"),
    [
        pytest.param({"atall": 1}, 40058, id="neither button nor card"),
        pytest.param({"button": {"replace_name": "好"}}, 82001, id="for nobody"),
        pytest.param({"atall": 1, "button": {}}, 42020, id="button without a name"),
        pytest.param({"atall": 1, "button": {"replace_name": "好"}, "agentid": 7}, 42015, id="another app"),
        pytest.param({"userids": ["u"] * 1001, "button": {"replace_name": "好"}}, 40058, id="over 1000 members"),
        pytest.param({"atall": 1, "template_card": {"card_type": "text_notice"}}, 41016, id="a bad card"),
        pytest.param({"atall": 1, "template_card": FULL["vote_interaction"]}, 40058, id="task_id in an update"),
        pytest.param({"atall": 1, "response_code": "", "button": {"replace_name": "好"}}, 40063, id="no code"),
    ],
)
async def test_a_bad_update_leaves_the_code_unused(stage: Stage, what: dict[str, Any], errcode: int) -> None:
    payload = {"agentid": AGENT, "response_code": await stage.card(), **what}
    assert (await stage.post("message/update_template_card", payload))["errcode"] == errcode
    assert stage.last("lin").state["revision"] == 1


async def test_only_cards_with_buttons_have_a_button_to_replace(stage: Stage) -> None:
    code = (await stage.send("template_card", FULL["text_notice"]))["response_code"]
    assert (await stage.update(code, atall=1, button={"replace_name": "好"}))["errcode"] == 40058
