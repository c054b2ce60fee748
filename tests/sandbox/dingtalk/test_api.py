"""The fake's API refuses what DingTalk refuses, counts what it counts, and breaks where it is told to."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from aiohttp import ServerDisconnectedError

from sandbox.dingtalk import Limits
from tests.peers.dingtalk.desk import CLIENT, GROUP, ROBOT, Desk, a_card, open_desk

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from sandbox.faults import Trouble

BATCH = "/v1.0/robot/oToMessages/batchSend"
CREATE = "/v1.0/card/instances/createAndDeliver"
USER = "/topapi/v2/user/get"


@pytest.fixture
async def desk() -> AsyncIterator[Desk]:
    async with open_desk() as desk:
        yield desk


def a_text(**changes: Any) -> dict[str, Any]:
    body = {"robotCode": CLIENT, "userIds": ["lin"], "msgKey": "sampleText", "msgParam": '{"content": "好"}'}
    return body | {"openConversationId": GROUP} | changes


# -- the gate ----------------------------------------------------------------------------------------------------------


async def test_a_token_is_the_same_until_it_ends(desk: Desk) -> None:
    first = await desk.token()
    desk.world.clock.advance(timedelta(hours=1))
    assert await desk.token() == first  # and renewed
    desk.world.clock.advance(timedelta(hours=1, minutes=59))
    assert await desk.token() == first
    desk.world.clock.advance(timedelta(hours=2))
    assert await desk.token() != first


async def test_a_wrong_secret_gets_no_token(desk: Desk) -> None:
    status, answer = await desk.post("/v1.0/oauth2/accessToken", {"appKey": CLIENT, "appSecret": "?"}, token="")
    assert (status, answer["code"]) == (400, "invalidClientIdOrSecret")


@pytest.mark.parametrize(("path", "refusal"), [(BATCH, (400, "InvalidAuthentication")), (USER, (200, 40014))])
async def test_without_a_token_nothing_goes(desk: Desk, path: str, refusal: tuple[int, str | int]) -> None:
    status, answer = await desk.post(path, {}, token="made-up")
    assert (status, answer.get("code", answer.get("errcode"))) == refusal


@pytest.mark.parametrize(("path", "refusal"), [(BATCH, (400, "InvalidAuthentication")), (USER, (200, 42001))])
async def test_an_expired_token_is_told(desk: Desk, path: str, refusal: tuple[int, str | int]) -> None:
    token = await desk.token()
    desk.world.clock.advance(timedelta(hours=2))
    status, answer = await desk.post(path, {}, token=token)
    assert (status, answer.get("code", answer.get("errcode"))) == refusal


async def test_twenty_calls_a_second_and_no_more() -> None:
    async with open_desk(limits=Limits(qps=3)) as desk:
        statuses = [(await desk.oto("sampleText", {"content": "好"}))[0] for _ in range(4)]
        assert statuses == [200, 200, 200, 403]
        status, _answer = await desk.post("/v1.0/robot/groupMessages/send", a_text())
        assert status == 200  # another API has its own measure
        desk.world.clock.advance(timedelta(seconds=1))
        assert (await desk.oto("sampleText", {"content": "好"}))[0] == 200


async def test_the_month_is_used_up() -> None:
    async with open_desk(limits=Limits(monthly_calls=1)) as desk:
        await desk.oto("sampleText", {"content": "好"})
        status, answer = await desk.oto("sampleText", {"content": "好"})
        assert (status, answer["code"]) == (403, "Forbidden.AccessDenied.ApiCountLimitForOrg")
        assert (await desk.post(USER, {"userid": "lin"}))[1]["errcode"] == 0  # contacts are exempt
        desk.world.clock.advance(timedelta(days=32))
        assert (await desk.oto("sampleText", {"content": "好"}))[0] == 200


async def test_meters_tell_calls_counted_calls_and_webhooks_apart(desk: Desk) -> None:
    bot = await desk.bot()
    await desk.fake.phones.say("lin", "待办")
    [message] = bot.heard(ROBOT)
    async with desk.http.post(
        message["sessionWebhook"], json={"msgtype": "text", "text": {"content": "好"}}
    ) as response:
        assert (await response.json())["errcode"] == 0
    await desk.post(USER, {"userid": "lin"})
    await desk.oto("sampleText", {"content": "好"})
    assert (desk.fake.calls[BATCH], desk.fake.calls[USER], desk.fake.calls["/robot/sendBySession"]) == (1, 1, 1)
    assert (desk.fake.counted, desk.fake.webhook_uses) == (1, 2)


@pytest.mark.parametrize(
    ("trouble", "where", "status", "code", "shown"),
    [
        ("error", BATCH, 500, "system.error", 0),
        ("error", BATCH + ":after", 504, "GatewayTimeout", 1),  # it was sent all the same
        ("rate_limit", BATCH, 403, "Forbidden.AccessDenied.QpsLimitForAppkeyAndApi", 0),
        ("token_expired", BATCH, 400, "InvalidAuthentication", 0),
        ("delay", BATCH, 200, None, 1),
        ("delay", BATCH + ":after", 200, None, 1),
    ],
)
async def test_faults_of_calls(
    desk: Desk, trouble: Trouble, where: str, status: int, code: str | None, shown: int
) -> None:
    desk.faults.arm(trouble, where, seconds=0.01)
    got, answer = await desk.oto("sampleText", {"content": "好"})
    assert (got, answer.get("code"), len(desk.shown("lin", "text"))) == (status, code, shown)


@pytest.mark.parametrize(("where", "shown"), [(BATCH, 0), (BATCH + ":after", 1)])
async def test_an_answer_can_be_dropped_before_or_after_its_effect(desk: Desk, where: str, shown: int) -> None:
    desk.faults.arm("drop", where)
    with pytest.raises(ServerDisconnectedError):
        await desk.oto("sampleText", {"content": "好"})
    assert len(desk.shown("lin", "text")) == shown


async def test_an_expired_token_is_followed_by_a_new_one(desk: Desk) -> None:
    before = await desk.token()
    desk.faults.arm("token_expired", BATCH)
    await desk.oto("sampleText", {"content": "好"})
    assert await desk.token() != before


# -- robot messages ----------------------------------------------------------------------------------------------------

BIG = json.dumps({"content": "x" * 15_000})


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"robotCode": "ding-other"}, "invalidParameter.robotCode.auth"),
        ({"userIds": []}, "invalidParameter.userIds.empty"),
        ({"userIds": [str(n) for n in range(21)]}, "invalidParameter.userIds.overMax"),
        ({"msgKey": "sampleCard"}, "invalidParameter.msgKey.invalid"),
        ({"msgParam": {"content": "好"}}, "invalidParameter.msgParam.invalid"),  # an object instead of its text
        ({"msgParam": "好"}, "invalidParameter.msgParam.invalid"),  # not JSON
        ({"msgParam": "{}"}, "invalidParameter.msgParam.invalid"),  # content is missing
        ({"msgParam": BIG}, "invalidParameter.msgParam.tooLong"),
        ({"msgKey": "sampleImageMsg", "msgParam": '{"photoURL": "@gone"}'}, "resource.unavailable"),
    ],
)
async def test_batch_send_refuses(desk: Desk, changes: dict[str, Any], code: str) -> None:
    status, answer = await desk.post(BATCH, a_text(**changes))
    assert (status, answer["code"]) == (400, code)


async def test_http_200_still_names_who_got_nothing(desk: Desk) -> None:
    desk.fake.robot.flow_controlled.add("wang")
    _, answer = await desk.oto("sampleText", {"content": "好"}, ("lin", "wang", "nobody", "LIN"))
    assert answer["invalidStaffIdList"] == ["nobody", "LIN"]  # userids are compared with case
    assert answer["flowControlledStaffIdList"] == ["wang"]
    assert [len(desk.shown(u, "text")) for u in ("lin", "wang")] == [1, 0]


@pytest.mark.parametrize(
    ("key", "param", "kind", "body"),
    [
        ("sampleText", {"content": "好"}, "text", {"content": "好"}),
        ("sampleMarkdown", {"title": "a", "text": "**b**"}, "markdown", {"title": "a", "text": "**b**"}),
        ("sampleImageMsg", {"photoURL": "http://x/y.png"}, "image", {"media_id": None, "url": "http://x/y.png"}),
    ],
)
async def test_messages_on_the_phone(desk: Desk, key: str, param: Any, kind: str, body: dict[str, Any]) -> None:
    await desk.oto(key, param)
    assert [i.body for i in desk.shown("lin", kind)] == [body]


@pytest.mark.parametrize(
    ("key", "param", "texts"),
    [
        ("sampleActionCard", {"singleTitle": "看", "singleURL": "u"}, ["看"]),
        (
            "sampleActionCard2",
            {"actionTitle1": "a", "actionURL1": "u", "actionTitle2": "b", "actionURL2": "u"},
            ["a", "b"],
        ),
        (
            "sampleActionCard6",
            {"buttonTitle1": "a", "buttonUrl1": "u", "buttonTitle2": "b", "buttonUrl2": "u"},
            ["a", "b"],
        ),
        ("sampleLink", {"picUrl": "p", "messageUrl": "u"}, ["查看详情"]),
    ],
)
async def test_link_cards_on_the_phone(desk: Desk, key: str, param: dict[str, str], texts: list[str]) -> None:
    status, _ = await desk.oto(key, {"title": "t", "text": "x"} | param)
    [card] = desk.shown("lin")
    assert (status, [b["text"] for b in card.body["params"]["buttons"]]) == (200, texts)


async def test_group_messages(desk: Desk) -> None:
    path = "/v1.0/robot/groupMessages/send"
    assert (await desk.post(path, a_text(openConversationId="cidX")))[1]["code"] == "invalid.openConversationId"
    assert (await desk.post(path, a_text()))[0] == 200
    assert [i.body["content"] for i in desk.shown(GROUP, "text")] == ["好"]


async def test_a_foreign_robot_cannot_download(desk: Desk) -> None:
    bot = await desk.bot()
    await desk.fake.phones.send_picture("lin", b"jpeg")
    code = bot.heard(ROBOT)[0]["content"]["downloadCode"]
    for body in ({"downloadCode": code, "robotCode": "ding-other"}, {"downloadCode": "?", "robotCode": CLIENT}):
        status, answer = await desk.post("/v1.0/robot/messageFiles/download", body)
        assert (status, answer["code"]) == (400, "invalidParameter.robotCode.downloadCode")


# -- what the card API refuses -----------------------------------------------------------------------------------------


def params(**values: Any) -> dict[str, Any]:
    return {"cardData": {"cardParamMap": values}}


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"cardTemplateId": "mine.schema"}, "param.templateNotExist"),
        ({"cardTemplateId": ""}, "param.empty"),
        ({"outTrackId": ""}, "param.empty"),
        ({"openSpaceId": "IM_ROBOT.lin"}, "param.openSpaceIdInvalid"),
        ({"openSpaceId": "dtv1.card//ONE_BOX.lin"}, "param.openSpaceIdInvalid"),
        (params(count=1), "MissingStringValue"),
        (params(done=True), "MissingStringValue"),
        (params(rows=[]), "MissingStringValue"),
        ({"privateData": {"lin": {"cardParamMap": {"count": 1}}}}, "MissingStringValue"),
        (params(**{"k" * 101: "v"}), "param.tooLong"),
        (params(title="好" * 342), "param.tooLong"),  # 1,026 bytes
    ],
)
async def test_cards_refused(desk: Desk, changes: dict[str, Any], code: str) -> None:
    status, answer = await desk.post(CREATE, a_card(**changes))
    assert (status, answer["code"], desk.shown("lin")) == (400, code, [])


async def test_long_markdown_passes_until_a_limit_is_set(desk: Desk) -> None:
    assert (await desk.card(**params(markdown="x" * 3000)))[0] == 200
    desk.fake.cards.card_value_limit = 1024
    assert (await desk.card(outTrackId="ret-2", **params(markdown="x" * 3000)))[1]["code"] == "param.tooLong"


async def test_an_admins_own_template_can_be_known(desk: Desk) -> None:
    desk.fake.cards.templates.add("mine.schema")
    assert (await desk.card(cardTemplateId="mine.schema"))[0] == 200
