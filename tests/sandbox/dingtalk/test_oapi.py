"""The fake's old API, where every answer is HTTP 200: media, contacts, and messages by URL."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO
from typing import TYPE_CHECKING, Any

import pytest
from aiohttp import FormData

from sandbox.dingtalk.crypto import robot_sign
from tests.peers.dingtalk.desk import GROUP, ROBOT, Desk, open_desk

if TYPE_CHECKING:
    from collections.abc import AsyncIterator


@pytest.fixture
async def desk() -> AsyncIterator[Desk]:
    async with open_desk() as desk:
        yield desk


# -- media -------------------------------------------------------------------------------------------------------------


async def upload(desk: Desk, kind: str, name: str, data: bytes, part: str = "media") -> dict[str, Any]:
    form = FormData()
    form.add_field(part, BytesIO(data), filename=name, content_type="image/png")
    query = {"access_token": await desk.token(), "type": kind}
    async with desk.http.post(f"{desk.url}/media/upload", data=form, params=query) as response:
        answer: dict[str, Any] = await response.json()
    return answer


@pytest.mark.parametrize(
    ("kind", "name", "data", "code"),
    [
        ("", "a.png", b"1", 40004),  # the type must stand in the URL or the form
        ("image", "a.exe", b"1", 40005),
        ("image", "a.png", b"", 40006),
        ("voice", "a.amr", b"x" * (2 * 1024 * 1024 + 1), 40006),  # 2 MB
    ],
)
async def test_upload_refuses(desk: Desk, kind: str, name: str, data: bytes, code: int) -> None:
    assert (await upload(desk, kind, name, data))["errcode"] == code


async def test_upload_wants_the_part_named_media(desk: Desk) -> None:
    assert (await upload(desk, "image", "a.png", b"1", part="file"))["errcode"] == 41005


async def test_an_uploaded_picture_can_be_sent(desk: Desk) -> None:
    picture = b"\x89PNG" * 600_000  # above the server's limit for JSON bodies
    media_id = (await upload(desk, "image", "chart.png", picture))["media_id"]
    await desk.oto("sampleImageMsg", {"photoURL": media_id})
    [item] = desk.shown("lin", "image")
    assert (item.body["media_id"], item.body["url"]) == (media_id, f"/sandbox/media/{media_id}")
    assert desk.fake.media(media_id) == desk.fake.phones.media(media_id) == (picture, "image/png")


# -- people ------------------------------------------------------------------------------------------------------------


async def ask(desk: Desk, path: str, **body: Any) -> Any:
    _, answer = await desk.post(f"/topapi/v2/{path}", body)
    return answer.get("result", answer["errcode"])


async def test_a_person_and_the_manager(desk: Desk) -> None:
    lin, wang, zhao = [await ask(desk, "user/get", userid=u) for u in ("lin", "wang", "zhao")]
    assert (lin["name"], lin["manager_userid"]) == ("林晓", "wang")  # noted by name
    assert wang["manager_userid"] == "zhao"  # noted by userid
    assert ("manager_userid" in zhao, zhao["admin"]) == (False, True)


async def test_departments_lead_up_to_the_root(desk: Desk) -> None:
    below = await ask(desk, "department/listsub", dept_id=1)
    assert [d["name"] for d in below] == ["客服", "客服组长", "运营总监"]
    parents = await ask(desk, "department/listparentbyuser", userid="wang")
    assert parents == {"parent_list": [{"parent_dept_id_list": [3, 1]}]}
    assert (await ask(desk, "department/get", dept_id=3))["dept_manager_userid_list"] == ["wang"]
    assert [u["userid"] for u in (await ask(desk, "user/list", dept_id=2, cursor=0, size=10))["list"]] == ["lin"]


@pytest.mark.parametrize(
    ("path", "body", "code"),
    [
        ("user/get", {"userid": "nobody"}, 33012),
        ("user/get", {"userid": "zhou"}, 33012),  # on the other platform only
        ("department/get", {"dept_id": 99}, 60003),
        ("user/list", {"dept_id": 2, "size": 101}, 40035),
        ("user/list", {"dept_id": "x"}, 40035),
    ],
)
async def test_contacts_refuse(desk: Desk, path: str, body: dict[str, Any], code: int) -> None:
    assert await ask(desk, path, **body) == code


# -- webhooks ----------------------------------------------------------------------------------------------------------

TEXT = {"msgtype": "text", "text": {"content": "超时 3 单"}, "at": {"atUserIds": ["lin"]}}


async def hook(desk: Desk, url: str, body: dict[str, Any] = TEXT, **query: str) -> tuple[int, str]:
    async with desk.http.post(url, json=body, params=query or None) as response:
        answer = await response.json()
    return answer["errcode"], answer["errmsg"]


async def test_a_session_webhook_lives_ninety_minutes(desk: Desk) -> None:
    bot = await desk.bot()
    await desk.fake.phones.say("lin", "@回旋镖 待办", group=GROUP)
    url = bot.heard(ROBOT)[0]["sessionWebhook"]
    assert await hook(desk, url) == (0, "ok")
    assert [i.body["at"] for i in desk.shown(GROUP, "text")] == [{"atUserIds": ["lin"]}]
    assert (await hook(desk, url, {"msgtype": "image"}))[0] == 400105  # pictures go inside markdown
    desk.world.clock.advance(timedelta(minutes=91))
    assert await hook(desk, url) == (300001, "session.expired")


async def test_a_custom_robot_is_blocked_after_twenty_a_minute(desk: Desk) -> None:
    desk.fake.add_webhook("tok", GROUP)
    url = f"{desk.url}/robot/send"
    codes = [(await hook(desk, url, access_token="tok"))[0] for _ in range(21)]
    assert codes == [0] * 20 + [410100]
    desk.world.clock.advance(timedelta(minutes=9))
    assert (await hook(desk, url, access_token="tok"))[0] == 410100
    desk.world.clock.advance(timedelta(minutes=1))
    assert (await hook(desk, url, access_token="tok"))[0] == 0
    assert (await hook(desk, url, access_token="other"))[0] == 400101


async def test_a_custom_robot_checks_its_signature(desk: Desk) -> None:
    desk.fake.add_webhook("tok", GROUP, "SEC1")
    url, now = f"{desk.url}/robot/send", desk.world.clock.millis()
    old = now - 3_700_000
    assert (await hook(desk, url, access_token="tok", timestamp=str(now), sign=robot_sign("SEC1", now)))[0] == 0
    assert (await hook(desk, url, access_token="tok", timestamp=str(now), sign="x"))[0] == 310000
    assert (await hook(desk, url, access_token="tok", timestamp=str(old), sign=robot_sign("SEC1", old)))[0] == 310000


async def test_a_repeated_uuid_is_shown_once(desk: Desk) -> None:
    desk.fake.add_webhook("tok", GROUP)
    for _ in range(2):
        assert (await hook(desk, f"{desk.url}/robot/send", TEXT | {"msgUuid": "u1"}, access_token="tok"))[0] == 0
    assert len(desk.shown(GROUP, "text")) == 1
