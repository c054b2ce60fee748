"""Several photos for one field: one message each, counted aloud, the same one once, done with one word."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pytest
from PIL import Image

from models import Case, Photo
from tests.support.own_flows import single, use
from tests.support.proof import chain_holds
from tests.support.stage import text_of
from tests.support.stories import news, says, submitted

if TYPE_CHECKING:
    from tests.support.stage import Stage

pytestmark = pytest.mark.homes("both", "dingtalk")

FORM = """表单:
      - {名: 全景, 填: 照片, 必填: true, 张数: 2~3}
      - {名: 细节, 填: 照片, 张数: <=2}"""


def picture(shade: int) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (8, 8), (shade, 0, 0)).save(out, "PNG")
    return out.getvalue()


async def shoots(desk: Stage, shade: int) -> str:
    return "\n".join(text_of(item) for item in await desk.photograph(desk.person("王建国"), picture(shade)))


async def test_photos_come_one_by_one_and_none_is_lost(desk: Stage) -> None:
    await use(desk, single(FORM))
    no = await submitted(desk)
    assert "请发照片，要 2 到 3 张" in await says(desk, "王建国", f"同意 {no}")
    assert "收到 1 张，还要 1 张；发完回复“好了”" in await shoots(desk, 10)
    assert "至少要 2 张，现在 1 张，还差 1 张" in await says(desk, "王建国", "好了")
    assert "有一张发过了，只算一次。收到 1 张，还要 1 张" in await shoots(desk, 10)
    assert "不能跳过" in await says(desk, "王建国", "跳过")
    assert "收到 2 张，最多还能发 1 张" in await shoots(desk, 90)
    assert "收到 3 张，够 3 张了" in await shoots(desk, 170)
    assert "最多 3 张，后面的 1 张没有收。收到 3 张" in await shoots(desk, 250)
    assert "细节？" in await says(desk, "王建国", "好了")
    await says(desk, "王建国", "跳过")
    case = await Case.get(no=no)
    photos = await Photo.filter(case_id=case.id, field="全景").order_by("id")
    assert case.facts["全景"] == [f"照片 #{photo.id}" for photo in photos]
    assert (len(photos), case.facts["细节"]) == (3, None)
    assert f"全景：{'、'.join(case.facts['全景'])}" in await says(desk, "林晓", f"查 {no}")
    assert await chain_holds(case)


@pytest.mark.homes("dingtalk")
async def test_several_in_one_message_are_all_kept(desk: Stage) -> None:
    await use(desk, single(FORM))
    no = await submitted(desk)
    await says(desk, "王建国", f"同意 {no}")
    who = desk.person("王建国")
    await desk.sandbox.dingtalk.phones.send_pictures(str(who.dingtalk), [picture(10), picture(90), picture(10)])
    await desk.bot.settled()
    assert "有一张发过了，只算一次。收到 2 张，最多还能发 1 张" in "\n".join(news(desk, "王建国"))
    await says(desk, "王建国", "发完了")
    await says(desk, "王建国", "跳过")
    assert len((await Case.get(no=no)).facts["全景"]) == 2
