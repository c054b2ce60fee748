"""The sandbox as one server: its page, the page's API, the feed, the cast, and the settings that lead a bot there."""

from __future__ import annotations

import asyncio
import json
import re
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin

import aiohttp
import pytest

from config.settings import Settings
from sandbox.people import staff
from sandbox.server import WEB, Sandbox, demo_dingtalk, demo_wecom, run
from sandbox.world import Place
from tests.support.page import JPEG, START, Page, open_page

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path


@pytest.fixture
async def page() -> AsyncIterator[Page]:
    async with open_page() as page:
        yield page


# -- the page itself ---------------------------------------------------------------------------------------------------


async def test_the_page_and_everything_it_loads_are_served(page: Page) -> None:
    wanted, seen = ["/"], set[str]()
    while wanted:
        path = wanted.pop()
        async with page.session.get(path) as answer:
            assert answer.status == 200, path
            text = await answer.text()
        seen.add(path)
        found = re.findall(r'(?:src|href)="([^"]+)"', text) if path == "/" else re.findall(r'from "(\./[^"]+)"', text)
        wanted += [each for each in (urljoin(path, name) for name in found) if each not in seen]
    assert {f"/sandbox/web/{file.name}" for file in WEB.iterdir()} - {"/sandbox/web/index.html"} == seen - {"/"}


async def test_the_page_may_load_nothing_from_elsewhere(page: Page) -> None:
    async with page.session.get("/") as answer:
        policy = answer.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'self';")
    assert "unsafe" not in policy


@pytest.mark.parametrize("file", sorted(WEB.iterdir()), ids=lambda file: file.name)
def test_no_file_of_the_page_turns_text_into_markup_or_names_a_host(file: Path) -> None:
    text = file.read_text("utf-8").replace("http://www.w3.org/2000/svg", "")
    assert not re.findall(
        r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function|DOMParser", text
    )
    assert not re.findall(r"https?://[a-z]", text)
    assert len(text.splitlines()) < 400


# -- who is there ------------------------------------------------------------------------------------------------------


async def test_the_state_shows_people_groups_and_empty_phones(page: Page) -> None:
    state = await page.state()
    assert len(state["people"]) == len(staff().people)
    assert {(group["platform"], group["name"]) for group in state["groups"]} == {
        (platform, name) for platform in ("wecom", "dingtalk") for name in ("风控群", "管理群", "售后群")
    }
    assert (state["items"], state["faults"], state["meters"]["problems"]) == ([], [], [])


async def test_an_empty_phone_can_say_what_to_type_first_and_the_page_when_the_bot_is_silent(page: Page) -> None:
    state = await page.state()
    assert state["first"].keys() >= {role for person in staff().people for role in person.roles}
    assert state["first"]["客服"] == ["退货 <订单号> <商品>×<数量> <原因>", "我的单"]
    assert state["quiet"] == {"from": "22:00", "to": "08:00"}


# -- on the phones -----------------------------------------------------------------------------------------------------


async def test_what_is_typed_on_wecom_reaches_the_bot(page: Page) -> None:
    assert await page.act("say", platform="wecom", userid="linxiao", text="待办") == (200, {"answered": True})
    assert page.bot.heard == {"/wecom/callback": 1}
    assert [item.body["content"] for item in page.chat("wecom", "linxiao")] == ["待办"]


async def test_a_bot_that_is_down_is_reported_as_silent(page: Page) -> None:
    page.sandbox.wecom.push.retry_pause = 0.01
    await page.bot.server.close()
    assert await page.act("say", platform="wecom", userid="linxiao", text="待办") == (200, {"answered": False})


async def test_a_dingtalk_without_a_line_to_the_bot_is_reported_as_silent(page: Page) -> None:
    said = await page.act("say", platform="dingtalk", userid="lin.xiao", text="待办")
    assert said == (200, {"answered": False})
    assert (await page.state())["meters"]["dingtalk"]["cut_off"] is True


async def test_a_group_of_dingtalk_shows_who_spoke(page: Page) -> None:
    await page.act("say", platform="dingtalk", userid="zheng.rui", text="@回旋镖 待办", group="cidRiskDesk0001")
    (item,) = page.chat("dingtalk", "cidRiskDesk0001")
    assert (item.sender, item.place.group) == ("zheng.rui", True)


async def test_a_tap_with_a_choice_reaches_the_bot(page: Page) -> None:
    item = await page.wecom_card("wangjianguo")
    tapped = await page.act("tap", item=item.id, button="agree", selected={"reason": "ok"})
    assert tapped == (200, {"answered": True})
    assert page.bot.heard == {"/wecom/callback": 1}


async def test_a_dead_button_cannot_be_tapped(page: Page) -> None:
    item = await page.wecom_card("wangjianguo")
    page.sandbox.world.change(item.id, body=item.body | {"replace_text": "已同意"}, dead=True)
    assert await page.act("tap", item=item.id, button="agree") == (409, {"message": "这个按钮已经不能点了"})


async def test_a_dingtalk_tap_without_an_answer_is_marked_on_the_card(page: Page) -> None:
    item = await page.dingtalk_card("IM_ROBOT", "zheng.rui")
    assert await page.act("tap", item=item.id, button="agree") == (200, {"answered": False})
    assert page.chat("dingtalk", "zheng.rui")[0].state["error"]


async def test_in_a_group_somebody_must_tap(page: Page) -> None:
    item = await page.dingtalk_card("IM_GROUP", "cidRiskDesk0001")
    assert (await page.act("tap", item=item.id, button="agree"))[0] == 404
    assert (await page.act("tap", item=item.id, button="agree", by="sun.yue"))[0] == 200


@pytest.mark.parametrize(("platform", "userid"), [("wecom", "zhoucang"), ("dingtalk", "liu.yang")])
async def test_a_photo_is_shown_and_served(page: Page, platform: str, userid: str) -> None:
    assert await page.photo(JPEG, platform=platform, userid=userid) == 200
    (item,) = page.chat(platform, userid)
    async with page.session.get(item.body["url"]) as answer:
        assert (await answer.read(), answer.content_type) == (JPEG, "image/jpeg")


async def test_a_file_that_is_no_picture_is_no_photo(page: Page) -> None:
    assert await page.photo(b"GIF89a" * 5, platform="wecom", userid="zhoucang") == 400
    assert await page.photo(JPEG + bytes(10 * 1024 * 1024), platform="wecom", userid="zhoucang") == 400  # too large
    assert page.chat("wecom", "zhoucang") == []


async def test_a_scan_reaches_the_bot(page: Page) -> None:
    scanned = await page.act("scan", userid="zhoucang", code="SF1234567890", barcode=True)
    assert scanned == (200, {"answered": True})
    assert page.bot.heard == {"/wecom/callback": 1}


@pytest.mark.parametrize(
    ("name", "given", "status"),
    [
        ("say", {"platform": "wecom", "userid": "nobody", "text": "待办"}, 404),
        ("say", {"platform": "sms", "userid": "13800001234", "text": "退货"}, 404),  # customers do not write here
        ("say", {"platform": "wecom", "userid": "linxiao", "text": " "}, 400),
        ("say", {"platform": "wecom", "userid": "linxiao", "text": "长" * 5001}, 400),
        ("say", {"platform": "wecom", "userid": "linxiao", "text": "在", "group": "group:风控群"}, 400),  # send only
        ("say", {"platform": "dingtalk", "userid": "lin.xiao", "text": "在", "group": "cidNowhere"}, 404),
        ("tap", {"item": 99, "button": "同意"}, 404),
        ("tap", {"item": "1", "button": "同意"}, 400),
        ("scan", {"userid": "liu.yang", "code": "SF1"}, 404),  # DingTalk has no scan menu
        ("fault", {"trouble": "earthquake", "where": "*"}, 400),
        ("fault", {"trouble": "delay", "where": "*", "seconds": 601}, 400),
        ("fault", {"trouble": "delay", "where": "*", "times": True}, 400),
        ("clock", {"minutes": -60}, 400),  # time runs one way
        ("clock", {}, 400),
    ],
)
async def test_what_the_page_may_not_ask(page: Page, name: str, given: dict[str, Any], status: int) -> None:
    got, answer = await page.act(name, **given)
    assert (got, list(answer)) == (status, ["message"])
    assert page.sandbox.world.items == {}


async def test_an_unknown_picture_is_not_found(page: Page) -> None:
    async with page.session.get("/sandbox/media/nothing") as answer:
        assert answer.status == 404


# -- behind the scenes -------------------------------------------------------------------------------------------------


async def test_a_fault_is_shown_strikes_and_is_gone(page: Page) -> None:
    await page.act("fault", trouble="error", where="/sms", times=2)
    async with page.session.post("/sms", json={}) as answer:
        assert answer.status == 500
    assert [(fault["trouble"], fault["times"]) for fault in (await page.state())["faults"]] == [("error", 1)]
    await page.session.delete("/sandbox/api/faults")
    assert (await page.state())["faults"] == []


async def test_the_clock_of_the_platforms_can_be_pushed(page: Page) -> None:
    _, answer = await page.act("clock", minutes=24 * 60)
    ahead = datetime.fromisoformat(answer["now"]) - START
    assert timedelta(days=1) <= ahead < timedelta(days=1, minutes=1)


async def test_calls_are_metered(page: Page) -> None:
    await page.wecom_card("linxiao")
    await page.dingtalk_card("IM_ROBOT", "lin.xiao")
    meters = (await page.state())["meters"]
    assert meters["wecom"]["calls"] == {"/cgi-bin/gettoken": 1, "/cgi-bin/message/send": 1}
    assert (meters["dingtalk"]["counted"], meters["dingtalk"]["monthly_calls"]) == (1, 5000)
    assert meters["shop"] == {"calls": {}, "refunds": 0, "amount": "0.00"}


async def heard(feed: aiohttp.ClientResponse) -> tuple[str, dict[str, Any]]:
    """The next event of a feed."""
    lines = [(await feed.content.readline()).decode().strip() for _ in range(3)]
    assert lines[2] == ""
    return lines[0].removeprefix("event: "), json.loads(lines[1].removeprefix("data: "))


async def test_the_feed_tells_the_state_then_every_change(page: Page) -> None:
    first = page.sandbox.world.put(Place("wecom", "linxiao"), "text", {"content": "早"})
    async with page.session.get("/sandbox/api/feed") as feed:
        name, state = await heard(feed)
        assert (name, [item["id"] for item in state["items"]]) == ("state", [first.id])
        page.sandbox.world.change(first.id, recalled=True)
        name, item = await heard(feed)
        assert (name, item["id"], item["chat"], item["state"]) == ("item", first.id, "linxiao", {"recalled": True})


async def test_the_feed_tells_when_a_fault_is_armed(page: Page) -> None:
    async with page.session.get("/sandbox/api/feed") as feed:
        await heard(feed)
        page.sandbox.faults.arm("delay", "/sms", seconds=3)
        name, pulse = await asyncio.wait_for(heard(feed), 5)
    assert (name, pulse["faults"][0]["where"], "items" in pulse) == ("pulse", "/sms", False)


async def test_closing_ends_open_feeds(page: Page) -> None:
    async with page.session.get("/sandbox/api/feed") as feed:
        await heard(feed)
        await asyncio.wait_for(page.sandbox.close(), 3)
        assert await feed.content.read() == b""


# -- the bot's way in --------------------------------------------------------------------------------------------------


async def test_the_settings_lead_a_bot_here(page: Page) -> None:
    settings = Settings.load(page.sandbox.bot_environ({"BOT_NOW": START.isoformat()}))
    assert settings.wecom
    assert settings.dingtalk
    assert settings.shop
    assert settings.wecom.api_base == settings.dingtalk.oapi_base == page.sandbox.url
    assert set(settings.wecom_group_webhooks) == set(settings.dingtalk_groups) == {"风控群", "管理群", "售后群"}
    assert settings.shop.api_base == f"{page.sandbox.url}/shop"


async def test_the_group_robots_of_the_settings_work(page: Page) -> None:
    robots = Settings.load(page.sandbox.bot_environ()).wecom_group_webhooks
    async with page.session.post(robots["风控群"], json={"msgtype": "text", "text": {"content": "高额退款"}}) as answer:
        assert (await answer.json())["errcode"] == 0
    assert [item.body["content"] for item in page.chat("wecom", "group:风控群")] == ["高额退款"]


async def test_a_taken_port_is_an_error_that_leaves_nothing_open(page: Page) -> None:
    port = int(page.sandbox.url.rpartition(":")[2])
    second = Sandbox(staff().world(), wecom_app=demo_wecom(""), dingtalk_app=demo_dingtalk(""), port=port)
    with pytest.raises(OSError, match="address already in use"):
        await second.start()


async def test_the_command_prints_the_address_and_serves_until_cancelled(capsys: pytest.CaptureFixture[str]) -> None:
    serving = asyncio.create_task(run("127.0.0.1", 0, "http://127.0.0.1:8080", START))
    await asyncio.sleep(0.2)
    lines = capsys.readouterr().out.splitlines()
    async with aiohttp.ClientSession() as session, session.get(lines[0].partition("：")[2]) as answer:
        assert "演练台" in await answer.text()
    assert any(line.startswith("WECOM_CORP_ID=") for line in lines)
    serving.cancel()
    with pytest.raises(asyncio.CancelledError):
        await serving


async def test_the_page_brings_its_own_letters(page: Page) -> None:
    """A server, or a browser without a screen, may have no Chinese font of its own."""
    assert 'url("/sandbox/font.otf")' in (WEB / "page.css").read_text("utf-8")
    async with page.session.get("/sandbox/font.otf") as answer:
        assert (answer.status, answer.headers["Content-Type"]) == (200, "font/otf")
        assert (await answer.read())[:4] == b"OTTO"
