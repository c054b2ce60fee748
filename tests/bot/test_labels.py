"""A photo of a label is as good as the waybill typed, whatever else is printed on it."""

from __future__ import annotations

import io

import pytest
import zxingcpp
from PIL import Image, ImageOps

from bot.inbox.labels import read
from handlers.chat.events import Code
from models import Parcel, Product
from tests.support.stage import Stage, buttons, text_of
from tests.support.stories import approved, play, says, submitted

pytestmark = pytest.mark.homes("both", "dingtalk")
Kind = zxingcpp.BarcodeFormat
EAN, ROUTE, WAYBILL = "6901234567892", "571-A05-02", "SF1234567890123"


def label(text: str, *, turned: float = 0, kind: zxingcpp.BarcodeFormat = Kind.Code128) -> bytes:
    """A photo of a label: the code on a grey table, perhaps askew."""
    return photo((text, kind), turned=turned)


def photo(
    *codes: tuple[str, zxingcpp.BarcodeFormat], turned: float = 0, light: bool = False, gs1: bool = False
) -> bytes:
    """A photo with several codes one below the other; ``light`` on dark as thermal stickers have them."""
    table = Image.new("L", (1600, 1200), 200)
    top = 60 if len(codes) > 1 else 400
    for text, kind in codes:
        code = Image.fromarray(zxingcpp.create_barcode(text, kind, gs1=gs1).to_image(scale=4)).convert("L")
        table.paste(ImageOps.invert(code) if light else code, (300, top))
        top += code.height + 60
    out = io.BytesIO()
    table.rotate(turned, fillcolor=200).convert("RGB").save(out, "JPEG", quality=60)
    return out.getvalue()


def crowded(waybill: str = WAYBILL) -> bytes:
    """As shops' boxes come: the goods' EAN and a routing code above the waybill."""
    return photo((EAN, Kind.EAN13), (ROUTE, Kind.Code128), (waybill, Kind.Code128))


@pytest.mark.parametrize("turned", [0, 12, 90])
def test_a_waybill_is_read_however_the_parcel_lies(turned: float) -> None:
    assert read(label("SF1234567890", turned=turned)) == [Code("SF1234567890")]


@pytest.mark.parametrize("kind", [Kind.Code128, Kind.Code39, Kind.QRCode])
def test_light_bars_on_dark_are_read(kind: zxingcpp.BarcodeFormat) -> None:
    assert read(photo(("SF1234567890", kind), light=True)) == [Code("SF1234567890")]


def test_codes_are_told_apart_and_come_from_top_to_bottom() -> None:
    assert read(crowded()) == [Code(EAN, retail=True), Code(ROUTE), Code(WAYBILL)]


@pytest.mark.parametrize(
    ("text", "kind"), [("012345678905", Kind.UPCA), ("96385074", Kind.EAN8), ("16901234567899", Kind.ITF14)]
)
def test_what_shops_print_is_known_by_its_bars(text: str, kind: zxingcpp.BarcodeFormat) -> None:
    assert [code.retail for code in read(photo((text, kind)))] == [True]


@pytest.mark.parametrize("kind", [Kind.Code128, Kind.DataMatrix])
@pytest.mark.parametrize(
    ("printed", "code"),
    [
        ("(00)123456789012345675", Code("00123456789012345675")),
        ("(01)06901234567892", Code("0106901234567892", retail=True)),
    ],
)
def test_a_gs1_code_is_what_a_scanner_types(printed: str, code: Code, kind: zxingcpp.BarcodeFormat) -> None:
    assert read(photo((printed, kind), gs1=True)) == [code]


@pytest.mark.parametrize("data", [b"", b"not a picture", label("SF1234567890")[:800]])
def test_what_is_no_picture_says_nothing(data: bytes) -> None:
    assert read(data) == []


# -- at the dock -------------------------------------------------------------------------------------------------------


async def announced(desk: Stage, waybill: str = WAYBILL) -> str:
    """A case whose parcel is on its way under a waybill; its number."""
    no = await approved(desk)
    await says(desk, "林晓", f"运单 {no} {waybill}")
    return no


async def seen(desk: Stage, picture: bytes) -> str:
    """What the keeper is answered to a photo."""
    return "\n".join(text_of(item) for item in await desk.photograph(desk.person("周仓"), picture))


async def waybills() -> list[str]:
    return [parcel.waybill for parcel in await Parcel.all().order_by("id")]


async def test_a_keeper_sends_a_photo_and_gets_the_receiving_card(desk: Stage) -> None:
    no = await submitted(desk)
    await play(desk, "王建国 同意", "李敏 同意")
    await says(desk, "林晓", f"运单 {no} SF1234567890")
    [card] = await desk.photograph(desk.person("周仓"), label("SF1234567890"))
    assert "确认收货" in buttons(card)
    assert "SF1234567890" in text_of(card)


@pytest.mark.parametrize("picture", [crowded(), photo((WAYBILL, Kind.Code128), light=True)])
async def test_only_the_announced_waybill_of_a_label_is_taken(desk: Stage, picture: bytes) -> None:
    no = await announced(desk)
    [card] = await desk.photograph(desk.person("周仓"), picture)
    assert no in text_of(card)
    assert "确认收货" in buttons(card)
    assert await waybills() == [WAYBILL]


async def test_the_next_parcel_of_the_same_goods_is_not_the_first_ones_case(desk: Stage) -> None:
    await announced(desk)
    await seen(desk, crowded())
    assert "SF7777777777777 没有登记过，是哪一单？" in await seen(desk, crowded("SF7777777777777"))
    assert "已登记" not in await says(desk, "周仓", "取消")
    assert await waybills() == [WAYBILL]


@pytest.mark.parametrize(
    "picture", [photo((EAN, Kind.EAN13)), photo(("4006381333931", Kind.EAN13)), photo((EAN, Kind.Code128))]
)
async def test_a_photo_of_the_goods_alone_is_no_parcel(desk: Stage, picture: bytes) -> None:
    await announced(desk)
    told = await seen(desk, picture)
    assert "是商品条码，不是运单号，没有收货" in told
    assert await waybills() == [WAYBILL]


async def test_of_several_unknown_codes_the_keeper_says_which_it_is(desk: Stage) -> None:
    no = await approved(desk)
    told = await seen(
        desk, photo((ROUTE, Kind.Code128), ("SF1111111111111", Kind.Code128), ("YT2222222222222", Kind.Code128))
    )
    assert "读到 2 个号，都没有登记过" in told
    assert ROUTE not in told
    assert "请回复 1 到 2" in await says(desk, "周仓", "3")
    assert "YT2222222222222 没有登记过，是哪一单？" in await says(desk, "周仓", "2")
    assert "确认收货" in buttons((await desk.say(desk.person("周仓"), no))[-1])
    assert await waybills() == ["YT2222222222222"]


async def test_two_announced_parcels_on_one_photo_are_two_cards(desk: Stage) -> None:
    first = await announced(desk)
    await says(desk, "林晓", "退货 536365 71053 质量问题")
    await desk.tap(desk.person("林晓"), "提交")
    await play(desk, "王建国 同意", "李敏 同意")
    second = f"{first[:-1]}{int(first[-1]) + 1}"
    await says(desk, "林晓", f"运单 {second} YT2222222222222")
    told = await seen(desk, photo((WAYBILL, Kind.Code128), ("YT2222222222222", Kind.Code128)))
    assert first in told
    assert second in told


async def test_what_is_unknown_beside_an_announced_parcel_is_said(desk: Stage) -> None:
    await announced(desk)
    told = await seen(desk, photo((WAYBILL, Kind.Code128), ("YT2222222222222", Kind.Code128)))
    assert "YT2222222222222 没有登记过，没有收" in told
    assert await waybills() == [WAYBILL]


@pytest.mark.parametrize(
    "code", ["JDVA00012345678-1-1-", "JDVA00012345678-2-3-", "JDVA00012345678N1S1H3", "jdva00012345678"]
)
async def test_the_code_of_a_box_is_its_waybill_typed_and_photographed(desk: Stage, code: str) -> None:
    no = await announced(desk, "JDVA00012345678-3-3-")
    assert await waybills() == ["JDVA00012345678"]
    assert no in await says(desk, "周仓", f"收货 {code}")
    assert no in await seen(desk, label(code.upper()))


async def test_a_number_typed_in_groups_is_one_number(desk: Stage) -> None:
    no = await announced(desk)
    assert no in await says(desk, "周仓", "收货 SF1234 5678 90123")


@pytest.mark.parametrize(("code", "what"), [(EAN, "商品条码"), (ROUTE, "面单上分拣用的码"), ("LS-002", "商品条码")])
async def test_what_is_no_waybill_is_not_put_on_a_case(desk: Stage, code: str, what: str) -> None:
    await Product.create(sku="LS-002", title="灯")
    no = await approved(desk)
    assert f"{code} 是{what}，不是运单号，没有登记" in await says(desk, "林晓", f"运单 {no} {code}")
    assert await waybills() == []


async def test_what_was_typed_beside_a_number_is_asked_about(desk: Stage) -> None:
    no = await announced(desk)
    told = await says(desk, "周仓", f"收货 {WAYBILL} 外箱破了")
    assert f"确认收货 {no} 外箱破了" in told
    assert "为什么是我" not in told, "the card of all the goods stands beside no words"


async def test_a_shipping_units_code_is_its_waybill_scanned_and_photographed(desk: Stage) -> None:
    no = await announced(desk, "00123456789012345675")
    assert no in await says(desk, "周仓", "收货 00123456789012345675")
    assert no in await seen(desk, photo(("(00)123456789012345675", Kind.Code128), gs1=True))


async def test_a_photo_without_a_code_is_answered_with_what_to_do(desk: Stage) -> None:
    blank = io.BytesIO()
    Image.new("RGB", (400, 300), "white").save(blank, "PNG")
    [told] = await desk.photograph(desk.person("周仓"), blank.getvalue())
    assert "没有读到运单号" in text_of(told)
