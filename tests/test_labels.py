"""A photo of a label is as good as the waybill typed."""

from __future__ import annotations

import io

import pytest
import zxingcpp
from PIL import Image

from bot.labels import read
from tests.stage import Stage, buttons, text_of
from tests.stories import play, says, submitted

pytestmark = pytest.mark.homes("both", "dingtalk")


def label(text: str, *, turned: float = 0, kind: zxingcpp.BarcodeFormat = zxingcpp.BarcodeFormat.Code128) -> bytes:
    """A photo of a label: the code on a grey table, perhaps askew."""
    code = Image.fromarray(zxingcpp.create_barcode(text, kind).to_image(scale=4)).convert("L")
    table = Image.new("L", (1600, 1200), 200)
    table.paste(code, (300, 400))
    out = io.BytesIO()
    table.rotate(turned, fillcolor=200).convert("RGB").save(out, "JPEG", quality=60)
    return out.getvalue()


@pytest.mark.parametrize("turned", [0, 12, 90])
def test_a_waybill_is_read_however_the_parcel_lies(turned: float) -> None:
    assert read(label("SF1234567890", turned=turned)) == ["SF1234567890"]


def test_a_qr_code_that_is_no_waybill_is_not_taken_for_one() -> None:
    assert read(label("https://example.com/?a=退货", kind=zxingcpp.BarcodeFormat.QRCode)) == []


@pytest.mark.parametrize("data", [b"", b"not a picture", label("SF1234567890")[:800]])
def test_what_is_no_picture_says_nothing(data: bytes) -> None:
    assert read(data) == []


async def test_a_keeper_sends_a_photo_and_gets_the_receiving_card(desk: Stage) -> None:
    no = await submitted(desk)
    await play(desk, "王建国 同意", "李敏 同意")
    await says(desk, "林晓", f"运单 {no} SF1234567890")
    [card] = await desk.photograph(desk.person("周仓"), label("SF1234567890"))
    assert "确认收货" in buttons(card)
    assert "SF1234567890" in text_of(card)


async def test_a_photo_without_a_code_is_answered_with_what_to_do(desk: Stage) -> None:
    blank = io.BytesIO()
    Image.new("RGB", (400, 300), "white").save(blank, "PNG")
    [told] = await desk.photograph(desk.person("周仓"), blank.getvalue())
    assert "没有读到运单号" in text_of(told)
