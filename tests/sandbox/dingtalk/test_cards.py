"""Interactive cards on the phones: delivery, taps and their answers, updates, and links that speak (dingtalk.md §3)."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any

import pytest

from sandbox.dingtalk import DeadButton
from tests.peers.dingtalk.desk import (
    CARD,
    CLIENT,
    GROUP,
    ROBOT,
    Answer,
    Desk,
    buttons,
    card_answer,
    open_desk,
    polite,
    until,
)

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

IN_GROUP = {"openSpaceId": f"dtv1.card//IM_GROUP.{GROUP}"}
DEAD = {"sys_full_json_obj": "{}"}


@pytest.fixture
async def desk() -> AsyncIterator[Desk]:
    async with open_desk() as desk:
        yield desk


def replying(reply: Any) -> Callable[[dict[str, Any]], Answer]:
    return lambda frame: {"response": reply} if frame["headers"]["topic"] == CARD else polite(frame)


# -- delivery ----------------------------------------------------------------------------------------------------------


async def test_a_card_on_a_phone(desk: Desk) -> None:
    _, answer = await desk.card()
    [card] = desk.shown("lin")
    assert answer["result"]["deliverResults"][0]["success"] is True
    assert [b["text"] for b in card.body["params"]["buttons"]] == ["同意", "驳回"]
    assert (card.body["params"]["title"], card.body["template"][:8]) == ("审批", "1366a1eb")
    assert card.state == {"out_track_id": "ret-1", "revision": 1, "dead": False}


@pytest.mark.parametrize(
    ("changes", "delivered"),
    [
        ({"openSpaceId": "dtv1.card//IM_ROBOT.nobody"}, [False]),
        ({"openSpaceId": "dtv1.card//IM_GROUP.cidX"}, [False]),
        ({"openSpaceId": "dtv1.card//IM_ROBOT.lin;dtv1.card//IM_ROBOT.nobody"}, [True, False]),
        (IN_GROUP | {"imGroupOpenDeliverModel": {"robotCode": "ding-other"}}, [False]),
        (IN_GROUP | {"imGroupOpenDeliverModel": None}, [False]),  # nothing says which robot sends
    ],
)
async def test_http_200_may_deliver_nothing(desk: Desk, changes: dict[str, Any], delivered: list[bool]) -> None:
    status, answer = await desk.card(**changes)
    assert status == 200
    assert [r["success"] for r in answer["result"]["deliverResults"]] == delivered


async def test_a_reused_track_id_changes_nothing(desk: Desk) -> None:
    await desk.card()
    status, answer = await desk.card(cardData={"cardParamMap": {"title": "别的"}})
    assert (status, answer["code"]) == (400, "param.cardAlreadyExist")
    assert [c.body["params"]["title"] for c in desk.shown("lin")] == ["审批"]


# -- taps --------------------------------------------------------------------------------------------------------------


async def test_a_tap_is_told_and_its_answer_is_the_card(desk: Desk) -> None:
    bot = await desk.bot(card_answer(title="已同意", **DEAD))
    await desk.card()
    card = await desk.fake.phones.tap(desk.shown("lin")[0].id, "同意")
    [tap] = bot.heard(CARD)
    assert (tap["type"], tap["outTrackId"], tap["userId"], tap["corpId"]) == (
        "actionCallback",
        "ret-1",
        "lin",
        "dingcorp",
    )
    assert json.loads(tap["content"]) == {"cardPrivateData": {"actionIds": ["同意"], "params": {"do": "同意"}}}
    assert (card.body["params"]["title"], card.body["params"]["markdown"]) == ("已同意", "退款")
    assert (card.state["revision"], card.state["dead"]) == (2, True)


async def test_every_copy_turns_into_the_record(desk: Desk) -> None:
    await desk.bot(card_answer(title="已同意", **DEAD))
    await desk.card(openSpaceId=f"dtv1.card//IM_ROBOT.lin;dtv1.card//IM_ROBOT.wang;dtv1.card//IM_GROUP.{GROUP}")
    await desk.fake.phones.tap(desk.shown("wang")[0].id, "同意")
    assert [desk.shown(c)[0].state["dead"] for c in ("lin", "wang", GROUP)] == [True] * 3


async def test_private_data_changes_only_the_clickers_copy(desk: Desk) -> None:
    await desk.bot(replying({"userPrivateData": {"cardParamMap": {"tips": "您已同意", **DEAD}}}))
    await desk.card(openSpaceId="dtv1.card//IM_ROBOT.lin;dtv1.card//IM_ROBOT.wang")
    lin = await desk.fake.phones.tap(desk.shown("lin")[0].id, "同意")
    [wang] = desk.shown("wang")
    assert (lin.body["params"]["tips"], lin.state["dead"]) == ("您已同意", True)
    assert ("tips" in wang.body["params"], wang.state["revision"]) == (False, 1)


async def test_without_by_key_what_is_not_given_vanishes(desk: Desk) -> None:
    await desk.bot(replying({"cardData": {"cardParamMap": {"title": "已同意"}}}))
    await desk.card()
    card = await desk.fake.phones.tap(desk.shown("lin")[0].id, "同意")
    assert card.body["params"] == {"title": "已同意", "buttons": []}


async def test_a_stranger_in_the_group_may_tap(desk: Desk) -> None:
    bot = await desk.bot()
    await desk.card(**IN_GROUP)
    await desk.fake.phones.tap(desk.shown(GROUP)[0].id, "同意", by="zhao")
    assert [(t["userId"], t["spaceId"]) for t in bot.heard(CARD)] == [("zhao", GROUP)]


async def test_in_a_group_everybody_sees_what_is_private_to_them(desk: Desk) -> None:
    await desk.bot()
    await desk.card(**IN_GROUP, privateData={"wang": {"cardParamMap": {"sys_full_json_obj": buttons("转交")}}})
    [card] = desk.shown(GROUP)
    assert [b["text"] for b in card.body["private"]["wang"]["buttons"]] == ["转交"]
    await desk.fake.phones.tap(card.id, "转交", by="wang")
    with pytest.raises(DeadButton):
        await desk.fake.phones.tap(card.id, "转交", by="lin")


async def test_only_its_recipients_see_a_card(desk: Desk) -> None:
    await desk.card(**IN_GROUP, imGroupOpenDeliverModel={"robotCode": CLIENT, "recipients": ["wang"]})
    with pytest.raises(DeadButton):
        await desk.fake.phones.tap(desk.shown(GROUP)[0].id, "同意", by="lin")


@pytest.mark.parametrize(
    "full",
    [
        "{}",  # a record
        '{"msgButtons": [{"text": "同意", "id": "同意"}]}',  # no "request": it calls nobody
        '{"msgButtons": [{"text": "同意", "request": true}]}',  # no id
        buttons("驳回"),
    ],
)
async def test_a_button_that_is_not_there_cannot_be_tapped(desk: Desk, full: str) -> None:
    await desk.card(cardData={"cardParamMap": {"sys_full_json_obj": full}})
    with pytest.raises(DeadButton):
        await desk.fake.phones.tap(desk.shown("lin")[0].id, "同意")


async def test_buttons_that_no_client_can_read_are_a_problem(desk: Desk) -> None:
    await desk.card(cardData={"cardParamMap": {"sys_full_json_obj": "[Object object]"}})
    assert set(desk.fake.problems) == {"card ret-1: unreadable sys_full_json_obj"}
    assert desk.shown("lin")[0].state["dead"] is True


@pytest.mark.parametrize(
    ("answer", "problems"),
    [
        (lambda f: None, 0),  # silence
        (replying(None), 0),  # an acknowledgement without an answer
        (replying({"cardData": {"cardParamMap": {"n": 1}}}), 1),  # not a string
        (replying({"privateData": {"lin": {}}}), 1),  # the update API's word for it
    ],
)
async def test_a_bad_answer_shows_an_error(
    desk: Desk, answer: Callable[[dict[str, Any]], Answer], problems: int
) -> None:
    await desk.bot(answer)
    await desk.card()
    card = await desk.fake.phones.tap(desk.shown("lin")[0].id, "同意")
    assert (card.state["error"], card.state["dead"], len(desk.fake.problems)) == (
        "操作失败，请稍后重试",
        False,
        problems,
    )


async def test_a_tap_that_nobody_hears_shows_an_error_and_is_not_repeated(desk: Desk) -> None:
    await desk.card()
    card = await desk.fake.phones.tap(desk.shown("lin")[0].id, "同意")
    bot = await desk.bot()
    await asyncio.sleep(0.5)
    assert (card.state["error"], bot.frames) == ("操作失败，请稍后重试", [])


async def test_the_error_goes_when_the_next_tap_is_answered(desk: Desk) -> None:
    await desk.card()
    failed = await desk.fake.phones.tap(desk.shown("lin")[0].id, "同意")
    await desk.bot()
    again = await desk.fake.phones.tap(failed.id, "同意")
    assert (failed.state["error"], again.state["error"]) == ("操作失败，请稍后重试", None)


async def test_a_tap_can_arrive_twice(desk: Desk) -> None:
    bot = await desk.bot()
    await desk.card()
    desk.faults.arm("duplicate", "push:dingtalk")
    await desk.fake.phones.tap(desk.shown("lin")[0].id, "同意")
    await until(lambda: len(bot.frames) == 2)
    assert len({f["headers"]["messageId"] for f in bot.frames}) == 1


# -- updates -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("by_key", "left"), [(True, {"title", "markdown", "sys_full_json_obj", "buttons"}), (False, {"title", "buttons"})]
)
async def test_update_by_key_or_all(desk: Desk, by_key: bool, left: set[str]) -> None:
    await desk.card()
    options = {"updateCardDataByKey": by_key}
    status, _ = await desk.update(cardData={"cardParamMap": {"title": "已撤回"}}, cardUpdateOptions=options)
    [card] = desk.shown("lin")
    assert (status, card.body["params"]["title"], set(card.body["params"])) == (200, "已撤回", left)


async def test_update_of_private_data(desk: Desk) -> None:
    await desk.card(openSpaceId="dtv1.card//IM_ROBOT.lin;dtv1.card//IM_ROBOT.wang")
    await desk.update(privateData={"wang": {"cardParamMap": DEAD}})
    assert [desk.shown(u)[0].state["dead"] for u in ("lin", "wang")] == [False, True]


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"outTrackId": "ret-9"}, "param.cardNotExist"),
        ({"cardData": {"cardParamMap": {"n": 1}}}, "MissingStringValue"),
    ],
)
async def test_update_refuses(desk: Desk, body: dict[str, Any], code: str) -> None:
    await desk.card()
    assert (await desk.update(**body))[1]["code"] == code


async def test_updating_inside_the_callback_is_a_problem(desk: Desk) -> None:
    await desk.bot(lambda f: None)
    await desk.card()
    tap = asyncio.create_task(desk.fake.phones.tap(desk.shown("lin")[0].id, "同意"))
    await asyncio.sleep(0.05)
    await desk.update(cardData={"cardParamMap": DEAD})
    await tap
    assert desk.fake.problems == ["card ret-1: updated by API inside its callback"]


# -- links that speak --------------------------------------------------------------------------------------------------

SPEAK = "dtmd://dingtalkclient/sendMessage?content=%E5%90%8C%E6%84%8F+R1"


@pytest.mark.parametrize(
    ("url", "heard"),
    [
        (SPEAK, ["同意 R1"]),
        (SPEAK.replace("dingtalkclient", "dingtalkClient"), []),  # the host must be in lower case
        ("https://example.com", []),  # leaves the chat
    ],
)
async def test_tapping_a_link_card(desk: Desk, url: str, heard: list[str]) -> None:
    bot = await desk.bot()
    await desk.oto("sampleActionCard", {"title": "t", "text": "x", "singleTitle": "同意", "singleURL": url})
    await desk.fake.phones.tap(desk.shown("lin")[0].id, "同意")
    assert bot.texts() == heard


async def test_tapping_a_link_in_a_group_mentions_the_robot(desk: Desk) -> None:
    bot = await desk.bot()
    await desk.fake.phones.say("lin", "@回旋镖 待办", group=GROUP)
    text = {"msgtype": "markdown", "markdown": {"title": "t", "text": f"[同意]({SPEAK})"}}
    await desk.http.post(bot.heard(ROBOT)[0]["sessionWebhook"], json=text)
    await desk.fake.phones.tap(desk.shown(GROUP, "markdown")[0].id, "同意", by="wang")
    assert [(b["senderStaffId"], b["text"]["content"]) for b in bot.heard(ROBOT)][1:] == [("wang", " 同意 R1")]
