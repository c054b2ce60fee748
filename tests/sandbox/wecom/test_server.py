"""The fake WeCom's APIs as tables: what they do, and with which errcode they refuse."""

from __future__ import annotations

import base64
import hashlib
from typing import TYPE_CHECKING, Any

import aiohttp
import pytest

from tests.support.wecom_stage import AGENT, AMR, BUTTONS, CORP, PNG, SECRET, staged

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.support.wecom_stage import Stage


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    async with staged() as running:
        yield running


@pytest.mark.parametrize(
    ("query", "errcode"),
    [
        pytest.param({"corpid": CORP, "corpsecret": "x"}, 40001, id="wrong secret"),
        pytest.param({"corpid": "ww0", "corpsecret": SECRET}, 40013, id="wrong corp"),
        pytest.param({}, 40013, id="nothing given"),
    ],
)
async def test_gettoken_refuses(stage: Stage, query: dict[str, str], errcode: int) -> None:
    assert (await stage.get("gettoken", token=False, **query))["errcode"] == errcode


async def test_a_token_is_the_same_until_it_ends(stage: Stage) -> None:
    first = await stage.token()
    stage.later(seconds=7100)
    assert await stage.token() == first
    stage.later(seconds=100)
    assert (await stage.get("user/get", token=False, access_token=first, userid="lin"))["errcode"] == 42001
    assert await stage.token() != first
    assert stage.wecom.calls["/cgi-bin/gettoken"] == 3


@pytest.mark.parametrize(("query", "errcode"), [({}, 41001), ({"access_token": "guess"}, 40014)])
async def test_apis_want_a_token(stage: Stage, query: dict[str, str], errcode: int) -> None:
    assert (await stage.get("user/get", token=False, **query))["errcode"] == errcode


@pytest.mark.parametrize(
    ("payload", "errcode"),
    [
        pytest.param({"agentid": 7}, 40056, id="another app"),
        pytest.param({"msgtype": "sticker"}, 40008, id="unknown type"),
        pytest.param({"msgtype": ""}, 40008, id="no type"),
        pytest.param({"touser": ""}, 82001, id="nobody named"),
        pytest.param({"touser": "ghost|Phantom"}, 81013, id="nobody exists"),
        pytest.param({"touser": ["lin"]}, 40058, id="a list is not joined"),
        pytest.param({"touser": "|".join(f"u{n}" for n in range(1001))}, 40058, id="over 1000 receivers"),
        pytest.param({"text": {}}, 44004, id="empty text"),
        pytest.param({"text": {"content": 5}}, 40058, id="content is no string"),
        pytest.param(
            {"msgtype": "markdown", "markdown": {"content": "长" * 683}}, 45002, id="markdown over 2048 bytes"
        ),
        pytest.param({"msgtype": "textcard", "textcard": {"description": "d", "url": "u"}}, 41016, id="no title"),
        pytest.param({"msgtype": "textcard", "textcard": {"title": "t", "url": "u"}}, 41033, id="no description"),
        pytest.param({"msgtype": "news", "news": {"articles": [{"title": "t"}] * 9}}, 40058, id="over 8 articles"),
        pytest.param({"msgtype": "image", "image": {"media_id": "M"}}, 40007, id="unknown media"),
        pytest.param({"msgtype": "template_card"}, 41016, id="the card is lost"),
    ],
)
async def test_message_send_refuses(stage: Stage, payload: dict[str, Any], errcode: int) -> None:
    good = {"touser": "lin", "agentid": AGENT, "msgtype": "text", "text": {"content": "hi"}}
    answer = await stage.post("message/send", good | payload)
    assert (answer["errcode"], stage.phone("lin")) == (errcode, [])


async def test_a_body_that_is_no_json_object(stage: Stage) -> None:
    answer = await stage.post("message/send", ["text"])
    assert answer["errcode"] == 40058
    assert "Warning: wrong json format" in answer["errmsg"]


async def test_a_text_is_cut_in_silence_at_2048_bytes(stage: Stage) -> None:
    assert (await stage.send("text", {"content": "长" * 700}))["errcode"] == 0
    assert stage.last("lin").body["content"] == "长" * 682


async def test_strangers_come_back_in_lower_case(stage: Stage) -> None:
    answer = await stage.send("text", {"content": "hi"}, "WANGWU|Ghost|lin|LIN")
    assert (answer["errcode"], answer["invaliduser"]) == (0, "ghost")
    assert [len(stage.phone(userid)) for userid in ("WangWu", "lin", "zhao")] == [1, 1, 0]


async def test_departments_and_everybody_are_receivers(stage: Stage) -> None:
    answer = await stage.send("text", {"content": "组会"}, "", toparty="2|99", totag="T")
    assert (answer["invalidparty"], answer["invalidtag"]) == ("99", "t")
    await stage.send("text", {"content": "全体"}, "@all")
    assert [len(stage.phone(userid)) for userid in ("WangWu", "lin", "zhao")] == [2, 2, 1]


async def test_over_thirty_a_minute_vanishes_silently(stage: Stage) -> None:
    answers = [await stage.send("text", {"content": f"第{n}条"}) for n in range(32)]
    assert {answer["errcode"] for answer in answers} == {0}
    assert (len(stage.phone("lin")), [drop.userid for drop in stage.wecom.dropped]) == (30, ["lin", "lin"])
    stage.later(minutes=1)
    await stage.send("text", {"content": "又来"})
    assert len(stage.phone("lin")) == 31


async def test_a_thousand_an_hour_is_the_second_limit(stage: Stage) -> None:
    for _ in range(34):
        for _ in range(30):
            stage.wecom.desk.quota.spend("lin")
        stage.later(minutes=1)
    await stage.send("text", {"content": "第 1001 条"})
    assert [drop.reason for drop in stage.wecom.dropped] == ["hour"]


async def test_the_duplicate_check_swallows_the_same_words(stage: Stage) -> None:
    for minutes in (0, 10, 31):
        stage.later(minutes=minutes)
        assert (await stage.send("text", {"content": "催办"}, enable_duplicate_check=1))["errcode"] == 0
    assert len(stage.phone("lin")) == 2
    assert [drop.reason for drop in stage.wecom.dropped] == ["duplicate"]


async def test_a_message_can_be_recalled_for_a_day(stage: Stage) -> None:
    msgid = (await stage.send("text", {"content": "错了"}))["msgid"]
    assert (await stage.post("message/recall", {"msgid": msgid}))["errcode"] == 0
    assert stage.last("lin").state["recalled"] is True
    late = (await stage.send("text", {"content": "晚了"}))["msgid"]
    stage.later(hours=24)
    assert (await stage.post("message/recall", {"msgid": late}))["errcode"] == 40058


@pytest.mark.parametrize(
    ("kind", "data", "field", "errcode"),
    [
        pytest.param("image", PNG, "media", 0, id="png"),
        pytest.param("image", b"\xff\xd8\xff" + bytes(9), "media", 0, id="jpg"),
        pytest.param("voice", AMR, "media", 0, id="amr"),
        pytest.param("file", b"123456", "media", 0, id="six bytes"),
        pytest.param("file", b"12345", "media", 40006, id="not over five bytes"),
        pytest.param("image", b"GIF89a" + bytes(32), "media", 40004, id="gif"),
        pytest.param("voice", PNG, "media", 40004, id="a picture is no voice"),
        pytest.param("sticker", PNG, "media", 40004, id="unknown type"),
        pytest.param("voice", AMR + bytes(2 * 1024 * 1024), "media", 45001, id="voice over 2 MB"),
        pytest.param("image", PNG, "file", 41005, id="field not named media"),
    ],
)
async def test_media_upload(stage: Stage, kind: str, data: bytes, field: str, errcode: int) -> None:
    assert (await stage.upload(kind, data, field))["errcode"] == errcode


async def test_media_lives_three_days(stage: Stage) -> None:
    media_id = (await stage.upload("image", PNG))["media_id"]
    await stage.send("image", {"media_id": media_id})
    assert stage.last("lin").body == {"media_id": media_id, "url": f"/sandbox/media/{media_id}", "name": "图.bin"}
    assert stage.wecom.media(media_id) == (PNG, "image/png")
    stage.later(days=3)
    assert (await stage.get("media/get", media_id=media_id))["errcode"] == 40007


async def test_media_get_gives_the_bytes_back(stage: Stage) -> None:
    query = {"access_token": await stage.token(), "media_id": (await stage.upload("image", PNG))["media_id"]}
    async with stage.client.get("/cgi-bin/media/get", params=query) as answer:
        assert (answer.content_type, await answer.read()) == ("image/png", PNG)


async def test_the_address_book_knows_leaders(stage: Stage) -> None:
    lin = await stage.get("user/get", userid="LIN")
    assert (lin["name"], lin["direct_leader"], lin["department"]) == ("小林", ["WangWu"], [2])
    groups = (await stage.get("department/list"))["department"]
    assert [(each["id"], each["parentid"], each["department_leader"]) for each in groups] == [
        (1, 0, []),
        (2, 1, ["WangWu"]),
    ]
    assert (await stage.get("user/get", userid="ghost"))["errcode"] == 60111
    assert (await stage.get("user/list", department_id="9"))["errcode"] == 60003


@pytest.mark.parametrize(
    ("department", "deep", "names"),
    [
        pytest.param("2", "", ["王组长", "小林"], id="a group"),
        pytest.param("1", "", ["赵总监"], id="the root without its groups"),
        pytest.param("1", "1", ["王组长", "小林", "赵总监"], id="the root with them"),
    ],
)
async def test_user_list(stage: Stage, department: str, deep: str, names: list[str]) -> None:
    answer = await stage.get("user/list", department_id=department, fetch_child=deep)
    assert [each["name"] for each in answer["userlist"]] == names


def robot_image(data: bytes, md5: str = "") -> dict[str, str]:
    return {"base64": base64.b64encode(data).decode(), "md5": md5 or hashlib.md5(data).hexdigest()}


@pytest.mark.parametrize(
    ("msgtype", "content", "errcode"),
    [
        pytest.param("text", {"content": "告警", "mentioned_list": ["lin"]}, 0, id="text with a mention"),
        pytest.param("text", {"content": "长" * 683}, 40058, id="text over 2048 bytes"),
        pytest.param("markdown", {"content": "长" * 1365}, 0, id="markdown of 4095 bytes"),
        pytest.param("markdown_v2", {"content": "长" * 1366}, 40058, id="markdown over 4096 bytes"),
        pytest.param("image", robot_image(PNG), 0, id="image"),
        pytest.param("image", robot_image(PNG + bytes(2 * 1024 * 1024)), 45001, id="image over 2 MB"),
        pytest.param("image", robot_image(PNG, "0" * 32), 40058, id="wrong md5"),
        pytest.param("image", {"base64": "%", "md5": "0"}, 40058, id="no base64"),
        pytest.param("news", {"articles": [{"title": "t", "url": "u"}]}, 0, id="news"),
        pytest.param("textcard", {"title": "t"}, 40008, id="an app's type"),
        pytest.param("template_card", BUTTONS, 40058, id="no interaction"),
        pytest.param("file", {"media_id": "M"}, 40007, id="unknown file"),
    ],
)
async def test_webhook_send(stage: Stage, msgtype: str, content: dict[str, Any], errcode: int) -> None:
    answer = await stage.post("webhook/send", {"msgtype": msgtype, msgtype: content}, token=False, key="k-risk")
    assert answer["errcode"] == errcode
    assert len(stage.phone("group:风控群")) == (0 if errcode else 1)


async def test_a_robot_speaks_twenty_times_a_minute(stage: Stage) -> None:
    text = {"msgtype": "text", "text": {"content": "告警"}}
    codes = [(await stage.post("webhook/send", text, token=False, key="k-risk"))["errcode"] for _ in range(21)]
    assert codes == [0] * 20 + [45009]
    assert (await stage.post("webhook/send", text, token=False, key="guess"))["errcode"] == 93000


async def test_a_robots_file_is_its_own(stage: Stage) -> None:
    media_id = (await stage.upload("file", b"PK\x03\x04 report", path="webhook/upload_media"))["media_id"]
    payload = {"msgtype": "file", "file": {"media_id": media_id}}
    assert (await stage.post("webhook/send", payload, token=False, key="k-risk"))["errcode"] == 0
    assert (await stage.send("file", {"media_id": media_id}))["errcode"] == 40007


async def test_faults_answer_with_their_errcode(stage: Stage) -> None:
    faults, path = stage.wecom.faults, "/cgi-bin/user/get"
    for trouble, errcode in (("error", -1), ("rate_limit", 45009), ("token_expired", 42001)):
        await stage.token()
        faults.arm(trouble, path)  # type: ignore[arg-type]
        assert (await stage.get("user/get", userid="lin"))["errcode"] == errcode
    assert (await stage.get("user/get", token=False, access_token=await stage.token(), userid="lin"))["errcode"] == 0


async def test_an_error_may_be_a_bare_500(stage: Stage) -> None:
    stage.wecom.faults.arm("error", "/cgi-bin/gettoken:500")
    async with stage.client.get("/cgi-bin/gettoken") as answer:
        assert answer.status == 500


@pytest.mark.parametrize(
    ("where", "bubbles"), [("/cgi-bin/message/send", 0), ("/cgi-bin/message/send:after", 1)], ids=["lost", "unanswered"]
)
async def test_a_dropped_call_has_its_effect_or_not(stage: Stage, where: str, bubbles: int) -> None:
    await stage.get("user/get", userid="lin")
    stage.wecom.faults.arm("drop", where)
    with pytest.raises(aiohttp.ClientError):
        await stage.send("text", {"content": "hi"})
    assert len(stage.phone("lin")) == bubbles
    assert stage.wecom.calls["/cgi-bin/message/send"] == 1


async def test_a_slow_call(stage: Stage) -> None:
    stage.wecom.faults.arm("delay", "/cgi-bin/gettoken", seconds=0.2)
    with pytest.raises(TimeoutError):
        await stage.client.get("/cgi-bin/gettoken", timeout=aiohttp.ClientTimeout(total=0.05))
