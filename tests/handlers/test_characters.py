"""Traditional characters: read as simplified ones at the door, and kept as they were typed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from handlers.chat.characters import simplified, table
from handlers.chat.originals import as_typed
from models import Case
from tests.support.stories import says, stand, submitted, taps

if TYPE_CHECKING:
    from tests.support.stage import Stage

LIN, WANG, HE = "林晓", "王建国", "何佳"


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("退貨 536365", "退货 536365"),
        ("查詢", "查询"),
        ("駁回，圖片看不清楚", "驳回，图片看不清楚"),
        ("兩個燈壞了，後來又摔了", "两个灯坏了，后来又摔了"),
        ("李乾坤著作", "李乾坤著作"),
        ("同意 R20261122-0007", "同意 R20261122-0007"),
    ],
)
def test_one_character_is_one_character(typed: str, read: str) -> None:
    assert simplified(typed) == read
    assert len(simplified(typed)) == len(typed)


def test_no_character_of_simplified_texts_is_changed() -> None:
    """GB 2312 is what simplified texts are written in; these four of it nobody uses there."""
    written = {chr(code) for code in table() if _in_gb2312(chr(code))}
    assert written == {"後", "於", "夥", "菸"}


def _in_gb2312(character: str) -> bool:
    try:
        return bool(character.encode("gb2312"))
    except UnicodeEncodeError:
        return False


def test_names_stay_as_they_are() -> None:
    assert simplified("轉交 王建國 請審", ["王建國"]) == "转交 王建國 请审"


def test_words_that_are_kept_are_those_that_were_typed() -> None:
    typed = "駁回 R20261122-0007 圖片看不清楚,請客戶補拍"
    assert as_typed("图片看不清楚，请客户补拍", typed) == "圖片看不清楚，請客戶補拍"
    assert as_typed("别的话", typed) == "别的话"
    assert as_typed("驳回", "驳回 照片") == "驳回"


async def test_a_return_in_traditional_characters_keeps_its_note(desk: Stage) -> None:
    await says(desk, LIN, "退貨 536365 85123A×2 質量問題 客戶說燈壞了，後來又摔了")
    await taps(desk, LIN, "提交")
    case = await Case.all().first()
    assert case
    assert (case.return_type, case.note) == ("质量问题", "客戶說燈壞了，後來又摔了")


async def test_a_refusal_in_traditional_characters_keeps_its_reason(desk: Stage) -> None:
    no = await submitted(desk)
    assert f"{no} 退货" in await says(desk, HE, f"查詢 {no}")
    await says(desk, LIN, f"評論 {no} 客戶說週五寄出")
    assert f"{no} 已驳回（圖片看不清楚，請客戶補拍）" in await says(desk, WANG, f"駁回 {no} 圖片看不清楚，請客戶補拍")
    assert await stand(no) == "已关闭 拒绝"
    assert "客戶說週五寄出" in await says(desk, LIN, f"查 {no}")


async def test_goods_and_what_waits_behind_them(desk: Stage) -> None:
    await says(desk, LIN, "536365退貨 85123A 一個 質量問題 裂開了\n536365退貨 燈籠兩個 質量問題 壞了")
    await taps(desk, LIN, "提交")
    await taps(desk, LIN, "提交")
    notes = [(case.note, (await case.lines.all())[0].requested) for case in await Case.all().order_by("id")]
    assert notes == [("裂開了", 1), ("壞了", 2)]


async def test_a_guess_keeps_the_words_too(desk: Stage) -> None:
    no = await submitted(desk)
    assert "评论" in await says(desk, LIN, f"{no}客戶不要了，麻煩處理一下")
    await taps(desk, LIN, "3 评论")
    assert "客戶不要了，麻煩處理一下" in await says(desk, LIN, f"查 {no}")
