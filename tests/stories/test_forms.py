"""A node with a form: asked one thing at a time, on both platforms, and nothing moves before the last answer."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pytest
from PIL import Image

from models import Case, Event, Photo
from tests.support.own_flows import FORM, single, use
from tests.support.proof import chain_holds
from tests.support.stage import text_of
from tests.support.stories import news, play, says, stand, submitted, taps, the_cards_are_true

if TYPE_CHECKING:
    from tests.support.stage import Stage

pytestmark = pytest.mark.homes("both", "dingtalk")


def picture() -> bytes:
    """A small JPEG, as a phone takes it."""
    out = io.BytesIO()
    Image.new("RGB", (8, 8), "red").save(out, "JPEG")
    return out.getvalue()


async def opened(desk: Stage) -> str:
    await use(desk, single(FORM))
    return await submitted(desk)


async def shoots(desk: Stage, name: str) -> str:
    """Send a photo; what came onto that phone since, in words."""
    return "\n".join(text_of(item) for item in await desk.photograph(desk.person(name), picture()))


async def facts() -> dict[str, object]:
    """What the form has put down."""
    asked = ("责任方", "折价", "外观照", "补充", "驳回原因")
    return {name: value for name, value in (await Case.get()).facts.items() if name in asked}


async def all_is_well(desk: Stage, no: str) -> None:
    await the_cards_are_true(desk)
    assert await chain_holds(await Case.get(no=no))


async def test_every_question_in_turn(desk: Stage) -> None:
    no = await opened(desk)
    await taps(desk, "王建国", "同意")
    first = "谁的责任？\n1. 客户　2. 物流　3. 商家\n请回复序号或文字\n（回复“取消”离开）（还有 3 项）"
    assert first in news(desk, "王建国")[-1]
    assert "折价？\n请回复金额，例如 35.50（0~100）" in await says(desk, "王建国", "2")
    assert "外观照？\n请发一张照片" in await says(desk, "王建国", "35.5")
    assert "补充？" in await shoots(desk, "王建国")
    assert f"{no} 已同意" in await says(desk, "王建国", "外箱也破了")
    photo = await Photo.get()
    assert await facts() == {
        "责任方": "物流", "折价": "35.50", "外观照": f"照片 #{photo.id}", "补充": "外箱也破了",
    }  # fmt: skip
    assert (photo.field, photo.size, bytes(photo.data)) == ("外观照", len(picture()), picture())
    assert await stand(no) == "已完成"
    await all_is_well(desk, no)


async def test_a_wrong_answer_is_said_and_the_question_stands(desk: Stage) -> None:
    no = await opened(desk)
    await taps(desk, "王建国", "同意")
    assert "责任方没有“仓库”这一项，可选：客户、物流、商家" in await says(desk, "王建国", "仓库")
    await says(desk, "王建国", "客户")
    assert "折价要在 0~100 之内，100.01 不行" in await says(desk, "王建国", "100.01")
    assert "不是数" in await says(desk, "王建国", "三十")
    await says(desk, "王建国", "0")
    assert "外观照要一张照片，请直接发图片" in await says(desk, "王建国", "拍过了")
    assert "外观照要一张照片" in await says(desk, "王建国", "跳过"), "it is required"
    await shoots(desk, "王建国")
    assert f"{no} 已同意" in await says(desk, "王建国", "跳过")
    assert (await facts())["补充"] is None
    await all_is_well(desk, no)


async def test_nothing_moves_before_the_last_answer(desk: Stage) -> None:
    no = await opened(desk)
    await taps(desk, "王建国", "同意")
    await says(desk, "王建国", "客户")
    assert (await stand(no), await facts()) == ("处理中 审核", {})
    assert "好的，没有改动" in await says(desk, "王建国", "取消")
    assert not await Event.filter(action="同意").exists()
    await all_is_well(desk, no)


@pytest.mark.homes("both")
async def test_the_choice_of_wecom_s_drop_down_is_not_asked_again(desk: Stage) -> None:
    await opened(desk)
    await desk.tap(desk.person("王建国"), "同意", selected={"责任方": "商家"})
    assert "折价？" in news(desk, "王建国")[-1]
    await says(desk, "王建国", "10")
    await shoots(desk, "王建国")
    await says(desk, "王建国", "跳过")
    assert (await facts())["责任方"] == "商家"


async def test_an_untouched_drop_down_is_no_answer(desk: Stage) -> None:
    await opened(desk)
    await taps(desk, "王建国", "同意")
    assert "谁的责任？" in news(desk, "王建国")[-1]


async def test_a_harmful_action_asks_only_what_names_it(desk: Stage) -> None:
    no = await opened(desk)
    await taps(desk, "王建国", "驳回")
    assert "驳回原因？" in news(desk, "王建国")[-1]
    assert "还有" not in news(desk, "王建国")[-1]
    assert f"{no} 已驳回" in await says(desk, "王建国", "照片对不上")
    assert (await facts(), await stand(no)) == ({"驳回原因": "照片对不上"}, "已关闭 拒绝")
    await all_is_well(desk, no)


async def test_words_ask_as_a_tap_does(desk: Stage) -> None:
    no = await opened(desk)
    assert "谁的责任？" in await says(desk, "王建国", f"同意 {no}")


async def test_an_answer_after_the_case_has_moved_finds_it_as_it_is(desk: Stage) -> None:
    no = await opened(desk)
    await taps(desk, "王建国", "驳回")
    await says(desk, "林晓", f"撤单 {no}")
    assert "这单已关闭，不用再处理" in await says(desk, "王建国", "照片对不上")
    await all_is_well(desk, no)


async def test_a_case_that_is_put_aside_asks_nothing(desk: Stage) -> None:
    no = await opened(desk)
    await taps(desk, "王建国", "驳回")
    await says(desk, "林晓", f"挂起 {no} 等客户")
    assert "先回复“恢复 单号”再驳回" in await says(desk, "王建国", "照片对不上")
    assert await stand(no) == "已挂起 审核"


async def test_several_signers_fill_one_form(desk: Stage) -> None:
    form = "表单: [{名: 责任方, 填: 文本, 必填: true}]"
    await use(desk, single(f"会签: true\n    {form}").replace("角色: 客服组长", "角色: 客服"))
    no = await submitted(desk)
    await taps(desk, "何佳", "同意")
    await says(desk, "何佳", "物流")
    await play(desk, "孙悦 同意")
    assert ((await Case.get()).facts["责任方"], await stand(no)) == ("物流", "已完成")
    await all_is_well(desk, no)
