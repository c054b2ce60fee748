"""Files and the card's menu on the phones of the page: what reaches the bot, what can be fetched, what is refused."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import aiohttp
import pytest

from sandbox.server import demo_dingtalk
from tests.support.page import CARD, Page, open_page

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from sandbox.world import Item

XLSX = b"PK\x03\x04" + b"rows" * 10


@pytest.fixture
async def page() -> AsyncIterator[Page]:
    async with open_page() as page:
        yield page


async def fetched(page: Page, item: Item) -> tuple[bytes, str, str]:
    """What a click on a file brings: its bytes, how the browser is to take it, and the name it shows."""
    async with page.session.get(item.body["url"]) as answer:
        return await answer.read(), answer.headers["Content-Disposition"], item.body["name"]


# -- files that people send --------------------------------------------------------------------------------------------


async def test_a_file_of_dingtalk_stands_in_the_chat_and_can_be_fetched(page: Page) -> None:
    sent = await page.attach("file", "7月退货.xlsx", XLSX, platform="dingtalk", userid="lin.xiao")
    assert sent == (200, {"answered": False})  # no bot is on the line
    (item,) = page.chat("dingtalk", "lin.xiao")
    assert (item.kind, item.sender) == ("file", "lin.xiao")
    assert await fetched(page, item) == (XLSX, "attachment", "7月退货.xlsx")


@pytest.mark.parametrize(
    ("fields", "status", "words"),
    [
        pytest.param(
            {"platform": "wecom", "userid": "linxiao"}, 400, "企业微信", id="no page documents files for apps"
        ),
        pytest.param(
            {"platform": "dingtalk", "userid": "lin.xiao", "group": "cidRiskDesk0001"}, 400, "单聊", id="from a group"
        ),
        pytest.param({"platform": "dingtalk", "userid": "nobody"}, 404, "没有这个人", id="from nobody"),
        pytest.param({"userid": "lin.xiao"}, 400, "platform", id="from nowhere"),
    ],
)
async def test_files_that_reach_no_bot(page: Page, fields: dict[str, str], status: int, words: str) -> None:
    got, answer = await page.attach("file", "7月退货.xlsx", XLSX, **fields)
    assert (got, words in answer["message"]) == (status, True)
    assert page.sandbox.world.items == {}


@pytest.mark.parametrize("what", ["file", "photo"])
async def test_a_form_without_a_file(page: Page, what: str) -> None:
    form = aiohttp.FormData({"platform": "dingtalk", "userid": "lin.xiao", "file": "words"})
    async with page.session.post(f"/sandbox/api/{what}", data=form) as answer:
        assert (answer.status, await answer.json()) == (400, {"message": "缺少图片或文件"})


# -- files that the bot sends ------------------------------------------------------------------------------------------


async def test_a_file_of_the_bot_on_wecom_has_its_name(page: Page) -> None:
    form = aiohttp.FormData(quote_fields=False)
    form.add_field("media", XLSX, filename="流程 退货.xlsx")
    query = {"access_token": await page.wecom_token(), "type": "file"}
    async with page.session.post("/cgi-bin/media/upload", params=query, data=form) as answer:
        media_id = (await answer.json())["media_id"]
    item = await page.wecom("linxiao", "file", {"media_id": media_id})
    assert await fetched(page, item) == (XLSX, "attachment", "流程 退货.xlsx")


async def test_a_file_of_the_bot_on_dingtalk_has_its_name(page: Page) -> None:
    token = await page.dingtalk_token()
    form = aiohttp.FormData({"type": "file"}, quote_fields=False)
    form.add_field("media", XLSX, filename="流程.xlsx")
    async with page.session.post("/media/upload", params={"access_token": token}, data=form) as answer:
        media_id = (await answer.json())["media_id"]
    param = json.dumps({"mediaId": media_id, "fileName": "流程 退货.xlsx", "fileType": "xlsx"})
    message = {"robotCode": demo_dingtalk("").robot_code, "userIds": ["lin.xiao"], "msgKey": "sampleFile"}
    headers = {"x-acs-dingtalk-access-token": token}
    path = "/v1.0/robot/oToMessages/batchSend"
    async with page.session.post(path, headers=headers, json=message | {"msgParam": param}) as answer:
        assert answer.status == 200
    assert await fetched(page, page.chat("dingtalk", "lin.xiao")[-1]) == (XLSX, "attachment", "流程 退货.xlsx")


# -- the card's menu ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "given",
    [
        pytest.param({"button": "为什么是我"}, id="by its text"),
        pytest.param({"button": "why"}, id="by its key"),
        pytest.param({"button": "why", "menu": True}, id="as the page taps it"),
    ],
)
async def test_an_entry_of_the_menu_is_tapped(page: Page, given: dict[str, object]) -> None:
    item = await page.wecom_card("wangjianguo")
    assert await page.act("tap", item=item.id, **given) == (200, {"answered": True})
    assert page.bot.heard == {"/wecom/callback": 1}


async def test_a_button_is_no_entry_of_the_menu(page: Page) -> None:
    item = await page.wecom_card("wangjianguo")
    assert (await page.act("tap", item=item.id, button="agree", menu=True))[0] == 409


async def test_a_card_that_is_replaced_may_lose_its_menu(page: Page) -> None:
    item = await page.wecom_card("wangjianguo")
    body = {key: part for key, part in CARD.items() if key not in ("action_menu", "task_id")}
    page.sandbox.world.change(item.id, body=body)
    assert (await page.act("tap", item=item.id, button="为什么是我"))[0] == 409
