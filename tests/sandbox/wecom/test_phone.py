"""People on the fake WeCom's phones: what the app hears of it, how often, and in which order."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest

from sandbox.wecom import DeadButton
from sandbox.wecom.copies import answers
from tests.support.wecom_cards import FULL
from tests.support.wecom_stage import AGENT, AMR, CORP, PNG, START, staged

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.support.wecom_stage import Stage


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    async with staged() as running:
        yield running


async def test_words_arrive_with_everything_a_message_has(stage: Stage) -> None:
    delivery = await stage.wecom.phones.say("LIN", "退货 😀 ]]> 1")
    (heard,) = stage.bot.heard
    assert (delivery.attempts, heard["Content"], heard["FromUserName"]) == (1, "退货 😀 ]]> 1", "lin")
    assert (heard["ToUserName"], heard["AgentID"], heard["MsgType"]) == (CORP, str(AGENT), "text")
    assert int(heard["CreateTime"]) - START.timestamp() < 60
    assert stage.last("lin").sender == "lin"


async def test_every_message_has_its_own_msgid(stage: Stage) -> None:
    await stage.wecom.phones.say("lin", "一")
    await stage.wecom.phones.say("lin", "二")
    assert len({heard["MsgId"] for heard in stage.bot.heard}) == 2


async def test_a_photo_can_be_fetched_by_its_media_id(stage: Stage) -> None:
    await stage.wecom.phones.send_image("lin", PNG)
    query = {"access_token": await stage.token(), "media_id": stage.bot.heard[0]["MediaId"]}
    async with stage.client.get("/cgi-bin/media/get", params=query) as answer:
        assert await answer.read() == PNG


async def test_a_voice_is_amr(stage: Stage) -> None:
    await stage.wecom.phones.send_voice("lin", AMR)
    assert (stage.bot.heard[0]["MsgType"], stage.bot.heard[0]["Format"]) == ("voice", "amr")


async def test_events_of_the_app_itself(stage: Stage) -> None:
    phones = stage.wecom.phones
    await phones.enter("lin")
    await phones.menu("lin", "todo")
    await phones.scan("lin", "dock", "CODE_128,SF1234567890", "barcode")
    enter, click, scan = stage.bot.heard
    assert (enter["Event"], enter["EventKey"]) == ("enter_agent", None)
    assert (click["Event"], click["EventKey"], "MsgId" in click) == ("click", "todo", False)
    assert scan["Event"] == "scancode_waitmsg"
    assert scan["ScanCodeInfo"] == {"ScanType": "barcode", "ScanResult": "CODE_128,SF1234567890"}


async def test_somebody_without_an_account_has_no_phone(stage: Stage) -> None:
    with pytest.raises(LookupError):
        await stage.wecom.phones.say("ghost", "hi")


async def test_the_console_verifies_the_url(stage: Stage) -> None:
    assert await stage.wecom.phones.verify_url() is True
    assert stage.wecom.problems == []


async def test_the_console_says_what_is_wrong_with_the_url() -> None:
    async with staged("/nowhere") as stage:
        assert await stage.wecom.phones.verify_url() is False
        assert stage.wecom.problems == ["URL verification answered 404"]


@pytest.mark.parametrize(
    ("script", "attempts"),
    [
        pytest.param([], 1, id="answered at once"),
        pytest.param([500, 403], 3, id="any status but 200 is a failure"),
        pytest.param([0.4], 2, id="silence past the deadline"),
    ],
)
async def test_an_unanswered_callback_comes_again(stage: Stage, script: list[int | float], attempts: int) -> None:
    stage.wecom.push.deadline = 0.2
    stage.bot.script.extend(script)
    delivery = await stage.wecom.phones.say("lin", "hi")
    assert (delivery.answered, delivery.attempts) == (True, attempts)
    assert [heard["MsgId"] for heard in stage.bot.heard] == [stage.bot.heard[0]["MsgId"]] * attempts


async def test_after_three_retries_a_callback_is_lost(stage: Stage) -> None:
    stage.bot.script.extend([500] * 9)
    delivery = await stage.wecom.phones.say("lin", "hi")
    assert (delivery.answered, len(stage.bot.heard)) == (False, 4)
    assert stage.wecom.push.lost == [delivery]


async def test_a_late_answer_is_not_read(stage: Stage) -> None:
    stage.wecom.push.deadline = 0.1
    stage.bot.script.extend([0.3] * 4)
    await stage.wecom.phones.say("lin", "hi")
    assert [item.sender for item in stage.phone("lin")] == ["lin"]


async def test_fault_duplicate_delivers_twice(stage: Stage) -> None:
    stage.wecom.faults.arm("duplicate", "push:wecom")
    await stage.wecom.phones.say("lin", "hi")
    await stage.wecom.phones.say("lin", "again")
    assert [heard["Content"] for heard in stage.bot.heard] == ["hi", "hi", "again"]


async def test_fault_reorder_lets_the_next_overtake(stage: Stage) -> None:
    stage.wecom.faults.arm("reorder", "push:wecom")
    assert (await stage.wecom.phones.say("lin", "一")).held is True
    await stage.wecom.phones.say("lin", "二")
    assert [heard["Content"] for heard in stage.bot.heard] == ["二", "一"]


async def test_fault_drop_loses_the_first_attempt(stage: Stage) -> None:
    stage.wecom.faults.arm("drop", "push:wecom")
    assert (await stage.wecom.phones.say("lin", "hi")).attempts == 2
    assert len(stage.bot.heard) == 1


async def test_fault_delay_keeps_it_waiting(stage: Stage) -> None:
    stage.wecom.faults.arm("delay", "push:wecom", seconds=0.1)
    saying = asyncio.create_task(stage.wecom.phones.say("lin", "hi"))
    await asyncio.sleep(0.03)
    assert stage.bot.heard == []
    assert (await saying).answered is True


async def test_a_tap_carries_key_task_and_a_fresh_code(stage: Stage) -> None:
    await stage.card()
    for button in ("同意", "no:7"):
        await stage.wecom.phones.tap(stage.last("lin").id, button)
    yes, no = stage.bot.heard
    assert (yes["Event"], yes["EventKey"], no["EventKey"]) == ("template_card_event", "yes:7", "no:7")
    assert (yes["TaskId"], yes["CardType"]) == ("rt-7-approve-1", "button_interaction")
    assert yes["ResponseCode"] != no["ResponseCode"]
    assert "SelectedItems" not in yes


async def test_a_clicks_code_updates_everybody(stage: Stage) -> None:
    await stage.card("lin|WangWu")
    await stage.wecom.phones.tap(stage.last("lin").id, "同意")
    await stage.update(stage.bot.heard[0]["ResponseCode"], atall=1, button={"replace_name": "已同意"})
    assert [stage.last(userid).state["dead"] for userid in ("lin", "WangWu")] == [True, True]


async def test_what_was_selected_comes_with_the_tap(stage: Stage) -> None:
    await stage.send("template_card", FULL["multiple_interaction"])
    await stage.wecom.phones.tap(stage.last("lin").id, "提交", {"q1": "3" * 128})
    items = stage.bot.heard[0]["SelectedItems"]["SelectedItem"]
    assert [item["QuestionKey"] for item in items] == ["q0", "q1", "q2"]
    assert [item["OptionIds"]["OptionId"][0] for item in items] == ["1", "3", "1"]


async def test_several_ticks_come_as_several_options(stage: Stage) -> None:
    await stage.send("template_card", FULL["vote_interaction"])
    await stage.wecom.phones.tap(stage.last("lin").id, "k" * 1024, {"parts": ["p2", "p5"]})
    assert stage.bot.heard[0]["SelectedItems"]["SelectedItem"]["OptionIds"]["OptionId"] == ["p2", "p5"]


async def test_the_corner_menu_is_an_event_of_its_own(stage: Stage) -> None:
    await stage.send("template_card", FULL["text_notice"])
    await stage.wecom.phones.tap_menu(stage.last("lin").id, "项1")
    heard = stage.bot.heard[0]
    assert (heard["Event"], heard["EventKey"]) == ("template_card_menu_event", "1" * 1024)
    assert (heard["CardType"], "SelectedItems" in heard) == ("text_notice", False)


@pytest.mark.parametrize("name", ["项1", "1" * 1024])
async def test_a_tap_finds_an_entry_of_the_menu(stage: Stage, name: str) -> None:
    await stage.send("template_card", FULL["text_notice"])
    await stage.wecom.phones.tap(stage.last("lin").id, name)
    assert [heard["Event"] for heard in stage.bot.heard] == ["template_card_menu_event"]


async def test_a_button_goes_before_a_menu_entry_of_its_name(stage: Stage) -> None:
    await stage.card(action_menu={"action_list": [{"text": "同意", "key": "why"}]})
    await stage.wecom.phones.tap(stage.last("lin").id, "同意")
    await stage.wecom.phones.tap(stage.last("lin").id, "why")
    assert [heard["EventKey"] for heard in stage.bot.heard] == ["yes:7", "why"]


async def test_a_menu_tap_carries_key_task_and_a_fresh_code_but_no_selection(stage: Stage) -> None:
    await stage.send("template_card", FULL["button_interaction"])
    for _ in range(2):
        await stage.wecom.phones.tap(stage.last("lin").id, "项1", {"reason": "3" * 128})
    first, second = stage.bot.heard
    assert (first["EventKey"], first["TaskId"]) == ("1" * 1024, FULL["button_interaction"]["task_id"])
    assert (first["CardType"], "SelectedItems" in first) == ("button_interaction", False)
    assert first["ResponseCode"] != second["ResponseCode"]


async def test_a_button_carries_what_the_drop_down_says(stage: Stage) -> None:
    await stage.send("template_card", FULL["button_interaction"])
    await stage.wecom.phones.tap(stage.last("lin").id, "0" * 10, {"reason": "3" * 128})
    item = stage.bot.heard[0]["SelectedItems"]["SelectedItem"]
    assert (item["QuestionKey"], item["OptionIds"]["OptionId"]) == ("reason", "3" * 128)


DROP_DOWN = {"question_key": "q", "option_list": [{"id": "a", "text": "甲"}, {"id": "b", "text": "乙"}]}
CHECKBOX = DROP_DOWN | {"option_list": [{"id": "a", "text": "甲", "is_checked": True}, {"id": "b", "text": "乙"}]}


@pytest.mark.parametrize(
    ("card", "chosen"),
    [
        pytest.param({}, [], id="no selector"),
        pytest.param({"button_selection": DROP_DOWN}, [("q", ["a"])], id="the first of a drop-down"),
        pytest.param({"button_selection": DROP_DOWN | {"selected_id": "b"}}, [("q", ["b"])], id="the preset one"),
        pytest.param({"checkbox": CHECKBOX}, [("q", ["a"])], id="what is ticked"),
        pytest.param({"checkbox": DROP_DOWN}, [("q", [])], id="nothing ticked"),
    ],
)
def test_selectors_left_alone(card: dict[str, Any], chosen: list[tuple[str, list[str]]]) -> None:
    assert answers(card, None) == chosen


@pytest.mark.parametrize(
    ("card", "selected"),
    [
        pytest.param({}, {"q": "a"}, id="no such selector"),
        pytest.param({"button_selection": DROP_DOWN}, {"q": "c"}, id="no such option"),
        pytest.param({"button_selection": DROP_DOWN}, {"q": ["a", "b"]}, id="two in a drop-down"),
        pytest.param({"checkbox": CHECKBOX | {"mode": 0}}, {"q": ["a", "b"]}, id="two of a single choice"),
        pytest.param({"checkbox": CHECKBOX | {"disable": True}}, {"q": "b"}, id="greyed"),
    ],
)
def test_a_choice_that_the_screen_does_not_offer(card: dict[str, Any], selected: dict[str, str | list[str]]) -> None:
    with pytest.raises(DeadButton):
        answers(card, selected)
