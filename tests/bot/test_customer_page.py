"""The customer's own page: what it says while a case walks, what it never says, and who does not get in."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape
from typing import TYPE_CHECKING, Any

import aiohttp
import pytest

from bot.outbox.keyring import Keyring, make_key, open_keyring
from bot.outbox.links import CaseLinks, Links, Ticket
from bot.store.memory import MemoryStore
from bot.web.customer_page import CustomerPage
from config.settings import Settings
from flow.definitions.business import CONFIG
from flow.records.verification import broken_cases
from flow.versions import publish
from models import Case, CustomerNotice, Event, Member
from tests.support.proof import MOBILE
from tests.support.published import publish_choices
from tests.support.stage import START, sell, stage
from tests.support.stories import LAMP, approved, inspected, play, received, says, submitted

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.support.stage import Stage

LIN = "林晓"
ADDRESS = "退货组 021-66660000 上海市嘉定区 2 号"
CHOICES, NOTICES = ((CONFIG / f"{name}.yaml").read_text(encoding="utf-8") for name in ("choices", "notices"))
WITH_ADDRESS = CHOICES.replace(
    "退货地址: []", "退货地址:\n  - {规则: 都寄这里, 收件人: 退货组, 电话: 021-66660000, 地址: 上海市嘉定区 2 号}"
)


async def fetch(url: str, method: str = "GET", **headers: str) -> tuple[int, str, Mapping[str, str]]:
    """Status, body and headers, as a stranger's browser gets them."""
    async with aiohttp.ClientSession() as session, session.request(method, url, headers=headers) as answer:
        return answer.status, await answer.text(), answer.headers


def read(html: str) -> str:
    """What a page says."""
    body = html.partition("<body>")[2]
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", body)).split())


async def link_of(desk: Stage, no: str) -> str:
    """The link that an agent is given."""
    told = await says(desk, LIN, f"链接 {no}")
    assert f"您的退货（{no}，" in told
    assert "办到哪一步" in told
    return told.split()[-1]


async def looks(url: str) -> str:
    """The customer opens their link."""
    status, html, _ = await fetch(url)
    assert status == 200
    return read(html)


async def values(url: str) -> dict[str, Any]:
    async with aiohttp.ClientSession() as session, session.get(f"{url}.json") as answer:
        return dict(await answer.json())


# -- what it says ------------------------------------------------------------------------------------------------------


async def test_the_page_goes_along_with_the_case(desk: Stage) -> None:
    await publish_choices(WITH_ADDRESS)
    no = await submitted(desk)
    url = await link_of(desk, no)
    shown = await looks(url)
    assert f"退货单 {no} 已提交 已收到您的申请，正在审核。 商品 白色心形烛台 ×2" in shown
    assert ADDRESS not in shown, "nothing is to be sent before it is asked for"
    await play(desk, "王建国 同意")
    assert "处理中 正在为您办理" in await looks(url)
    await play(desk, "李敏 同意")
    shown = await looks(url)
    assert "等您寄回 请把商品寄回，寄出后把运单号告诉客服。" in shown
    assert f"寄到这里 {ADDRESS}" in shown
    await says(desk, LIN, f"运单 {no} SF1234567890")
    assert "寄回途中 已登记您的运单，等仓库签收。 运单 SF1234567890" in await looks(url)
    await play(desk, "周仓 确认收货")
    assert "质检中 仓库已收到您寄回的商品，正在检查。" in await looks(url)
    await play(desk, "许静 合格入库")
    shown = await looks(url)
    assert "退款中" in shown
    assert "¥" not in shown, "an amount that nobody has confirmed yet"
    await play(desk, "钱芳 确认退款")
    shown = await looks(url)
    assert "已完成 已经办完，感谢您的耐心。 退款 ¥5.10 11-23 09:00 已原路退回" in shown


async def test_its_way_is_told_the_newest_first(desk: Stage) -> None:
    no = await received(desk)
    url = await link_of(desk, no)
    await play(desk, "许静 合格入库", "钱芳 确认退款")
    told = (await looks(url)).partition("进度 ")[2].replace(" 11-23 09:00", "").split(" 更新于")[0]
    assert told == "已完成 已退款 ¥5.10 已提交退款 质检完成 仓库已收到商品 请您寄回商品 已提交申请"


async def test_programs_read_the_same(desk: Stage) -> None:
    no = await received(desk)
    url = await link_of(desk, no)
    await play(desk, "许静 合格入库", "钱芳 确认退款")
    said = await values(url)
    assert said["refund"].pop("paid_at").endswith("+08:00")
    assert [each["words"] for each in said.pop("timeline")][::5] == ["已提交申请", "已退款 ¥5.10"]
    assert said == {
        "no": no, "kind": "退货", "stage": "已完成", "words": "已经办完，感谢您的耐心。", "question": "",
        "goods": [{"title": "白色心形烛台", "units": 2, "received": 2}], "waybill": "", "sent": [],
        "return_address": "", "merged_from": "",
        "refund": {"amount": "5.10", "method": "原路退回", "deductions": [], "reckoned": "¥5.10 = ¥2.55 × 2 件"},
    }  # fmt: skip
    assert (await fetch(url, Accept="application/json"))[1] == (await fetch(f"{url}.json"))[1]


async def test_a_missing_part_is_asked_about_and_what_it_cost_is_said(desk: Stage) -> None:
    no = await approved(desk, "退货 536365 71053×6 质量问题")
    url = (await says(desk, LIN, f"链接 {no}")).split()[-1]
    await play(desk, "周仓 配件缺失")
    await says(desk, "周仓", "灯罩 3.5")
    assert "等您确认" in (shown := await looks(url))
    assert "您退回的设备缺少灯罩，是否需要我们补发？若确认遗失，可扣除3.5元配件费后完成退款。" in shown
    await play(desk, f"{LIN} 同意", "许静 合格入库", "钱芳 确认退款")
    assert "退款 ¥16.84 11-23 09:00 已原路退回 已扣 灯罩 ¥3.50" in await looks(url)


@pytest.mark.parametrize(
    ("steps", "words"),
    [
        pytest.param(("王建国 驳回",), "已关闭 申请没有通过，有疑问请联系客服。", id="refused"),
        pytest.param((f"撤单 {LIN}",), "已关闭 申请已经撤销", id="withdrawn"),
    ],
)
async def test_how_it_ended_is_said_without_who_ended_it(desk: Stage, steps: tuple[str, ...], words: str) -> None:
    no = await submitted(desk)
    url = await link_of(desk, no)
    for step in steps:
        await (says(desk, LIN, f"撤单 {no}") if step.startswith("撤单") else play(desk, step))
    assert words in await looks(url)


async def test_the_link_of_a_duplicate_shows_what_it_became_part_of(desk: Stage) -> None:
    kept, twin = await submitted(desk), await submitted(desk, "退货 536365 71053×1 质量问题")
    url = (await says(desk, LIN, f"链接 {twin}")).split()[-1]
    await says(desk, "王建国", f"合并 {kept} {twin}")
    shown = await looks(url)
    assert f"退货单 {kept} 已提交" in shown
    assert f"{twin} 已并入这一单。" in shown


# -- what it never says ------------------------------------------------------------------------------------------------


async def test_nobody_and_nothing_inner_is_on_the_page(desk: Stage) -> None:
    no = await submitted(desk)
    url = await link_of(desk, no)
    await says(desk, LIN, f"评论 {no} 这个客户难缠")
    await play(desk, "王建国 同意", "李敏 同意", "周仓 确认收货", "许静 合格入库", "钱芳 确认退款")
    both = await looks(url) + str(await values(url))
    people = [str(name) for name in await Member.all().values_list("name", flat=True)]
    customer = ["李雷", MOBILE, MOBILE[-4:], "536365"]
    inner = ["外壳破裂", "质量问题", "难缠", "规则", "审批", "财务", "系统"]
    assert [word for word in [*people, *customer, *inner] if word in both] == []


async def test_what_people_have_typed_stays_words(desk: Stage) -> None:
    evil = '"><script>alert(1)</script>\u202e'
    await sell("777777", {"EV1": (evil, 2, "5.00")})
    no = await submitted(desk, "退货 777777 EV1×1 质量问题 <img src=x onerror=alert(1)>")
    url = (await says(desk, LIN, f"链接 {no}")).split()[-1]
    await says(desk, LIN, f"运单 {no} SF1234567890")
    _, html, _ = await fetch(url)
    assert "<script" not in html
    assert "<img" not in html
    assert "<bdi>&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;" in html


async def test_it_goes_to_no_cache_no_engine_and_no_other_site(desk: Stage) -> None:
    url = await link_of(desk, await submitted(desk))
    _, html, headers = await fetch(url)
    assert headers["Cache-Control"] == "no-store"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["X-Robots-Tag"] == "noindex"
    assert headers["Content-Security-Policy"].startswith("default-src 'none'; style-src 'sha256-")
    assert re.findall(r"(?:src|href|action)=|<script|<form| style=", html) == []


# -- who does not get in -----------------------------------------------------------------------------------------------


def spoilt(url: str) -> list[str]:
    """Links that somebody may try beside their own."""
    base, _, token = url.rpartition("/")
    body, _, signature = token.partition(".")
    other = "B" if signature[0] == "A" else "A"
    tries = [f"{int(body) + 1}.{signature}", f"0{token}", f"{body}.{other}{signature[1:]}", f"%E5%8D%95.{signature}"]
    return [f"{base}/{each}" for each in (*tries, token[:-1], f"{token}x", body, f"{body}.", "", "x/y")]


async def test_every_bad_link_gets_the_same_answer(desk: Stage) -> None:
    url = await link_of(desk, await submitted(desk))
    links = Links.of(desk.bot.settings, await open_keyring(desk.bot.settings, START))
    other = links.token(Ticket("退货", "standard", 1), START)
    gone = [*spoilt(url), f"{url.rpartition('/')[0]}/{other}"]
    found = [(await fetch(each))[:2] for each in gone]
    assert {status for status, _ in found} == {404}
    assert {read(html) for _, html in found} == {"没有找到这个页面：链接不完整、不对，或者已经过期，请联系客服。"}
    assert (await fetch(url.replace("/c/", "/d/")))[0] == 403, "nor does it open a flow"


@pytest.mark.parametrize("method", ["HEAD", "POST", "PUT", "DELETE", "OPTIONS"])
async def test_it_can_only_be_read(desk: Stage, method: str) -> None:
    url = await link_of(desk, await submitted(desk))
    assert (await fetch(url, method))[0] == 405


async def test_it_stands_as_long_as_the_business_says(desk: Stage) -> None:
    await publish_choices(CHOICES.replace("进度页天数: 90", "进度页天数: 2"))
    no = await submitted(desk)
    url = await link_of(desk, no)
    await play(desk, "王建国 驳回")
    desk.clock.advance(timedelta(days=2, minutes=-1))
    assert "已关闭" in await looks(url)
    desk.clock.advance(timedelta(minutes=2))
    assert (await fetch(url))[0] == 404
    assert "这单的进度页已经不开了" in await says(desk, LIN, f"链接 {no}")


async def test_one_address_looks_so_often_and_no_more(desk: Stage) -> None:
    url = await link_of(desk, await submitted(desk))
    seen = [(await fetch(url))[0] for _ in range(61)]
    assert seen == [200] * 60 + [429]
    assert (await fetch(url, **{"X-Forwarded-For": "203.0.113.9"}))[0] == 200, "another customer, through our proxy"
    assert (await fetch(url, **{"X-Forwarded-For": "203.0.113.9, 127.0.0.1"}))[0] == 429, "what one claims to be"


# -- in the chat -------------------------------------------------------------------------------------------------------


async def test_who_talks_to_customers_is_told_of_the_link(desk: Stage) -> None:
    no = await submitted(desk)
    assert f"发给客户自己看：回复 链接 {no}" in await says(desk, LIN, f"查 {no}")
    assert "链接" not in await says(desk, "许静", f"查 {no}")


async def test_a_link_is_given_within_what_one_may_look_up(desk: Stage) -> None:
    no = await submitted(desk)
    assert "没有找到售后单 R20261123-0099" in await says(desk, LIN, "链接 R20261123-0099")
    assert "请写上单号，例如：链接 R20261122-0007" in await says(desk, LIN, "链接")
    assert f"没有找到售后单 {no}，也可能不在你能看的范围" in await says(desk, "许静", f"链接 {no}")


async def test_of_several_cases_one_is_to_be_named(desk: Stage) -> None:
    first, second = await submitted(desk), await submitted(desk, "退货 536365 71053×1 质量问题")
    asked = await says(desk, LIN, "链接 536365")
    assert "536365 有 2 单，是哪一单？" in asked
    assert all(f"链接 {no}" in asked for no in (first, second))


async def never() -> bool:
    return False


async def test_without_a_public_address_there_is_no_link_to_give(desk: Stage) -> None:
    await submitted(desk)
    page = CustomerPage(desk.bot.desk, CaseLinks("", Keyring.fixed(b"k")), MemoryStore(), desk.bot.clock.now, never)
    [words] = await page.invitation((await Case.get()).id)
    assert words.body == "现在给不了客户链接：机器人还没有外网地址，请管理员设置 BOT_PUBLIC_URL"


async def test_a_notice_can_carry_the_link_which_is_not_put_on_record(desk: Stage) -> None:
    await publish({("notices", "notices"): NOTICES.replace("请注意查收", "经过见 {链接}")}, "李敏", START)
    no = await inspected(desk)
    url = await link_of(desk, no)
    await play(desk, "钱芳 确认退款")
    [told] = desk.sandbox.world.phone("sms", MOBILE)
    assert told.body["content"] == f"您的退款已处理完成，经过见 {url}"
    assert (await CustomerNotice.get()).text == "您的退款已处理完成，经过见 {链接}"
    assert url not in str(await Event.all().values_list("data", flat=True))


# -- keys and links that are called in ---------------------------------------------------------------------------------


async def test_a_link_that_was_called_in_opens_nothing_and_a_new_one_does(desk: Stage) -> None:
    no = await submitted(desk)
    old = await link_of(desk, no)
    answer = await says(desk, LIN, f"作废链接 {no}")
    assert "没有找到这个页面" in answer
    assert f"要给客户新的：回复 链接 {no}" in answer
    assert (await fetch(old))[0] == 404
    new = await link_of(desk, no)
    assert new != old
    assert no in await looks(new)
    await says(desk, LIN, f"作废链接 {no}")
    assert [(await fetch(url))[0] for url in (old, new)] == [404, 404]
    assert no in await looks(await link_of(desk, no))


async def test_only_links_of_that_case_are_called_in(desk: Stage) -> None:
    first, second = await submitted(desk), await submitted(desk, "退货 536365 71053×1 质量问题")
    links = [await link_of(desk, no) for no in (first, second)]
    await says(desk, LIN, f"作废链接 {first}")
    assert [(await fetch(url))[0] for url in links] == [404, 200]


async def test_a_duplicates_link_shows_the_case_no_longer_either(desk: Stage) -> None:
    first, second = await submitted(desk), await submitted(desk, "退货 536365 71053×1 质量问题")
    links = [await link_of(desk, no) for no in (first, second)]
    kept, gone = await Case.get(no=first), await Case.get(no=second)
    desk.honest = False
    await Case.filter(id=gone.id).update(merged_into_id=kept.id)
    await says(desk, LIN, f"作废链接 {first}")
    assert [(await fetch(url))[0] for url in links] == [404, 404]


async def test_calling_in_stands_in_the_record_and_takes_the_right_to_look(desk: Stage) -> None:
    no = await submitted(desk)
    assert f"没有找到售后单 {no}，也可能不在你能看的范围" in await says(desk, "许静", f"作废链接 {no}")
    await says(desk, LIN, f"作废链接 {no}")
    assert "作废链接" in await says(desk, LIN, f"查 {no}")
    assert [sentence async for sentence in broken_cases()] == []


async def test_a_key_that_another_replica_has_made_opens_here_too(desk: Stage) -> None:
    no = await submitted(desk)
    await make_key(START)
    links = CaseLinks.of(desk.bot.settings, await open_keyring(desk.bot.settings, START))
    assert no in await looks(links.url((await Case.get(no=no)).id))


async def test_turning_a_platform_off_and_on_again_changes_no_link(sqlite: str) -> None:
    async with stage(sqlite, home="wecom") as desk:
        await sell("536365", LAMP)
        no = await submitted(desk)
        url = await link_of(desk, no)
        dingtalk = Settings.load(desk.sandbox.bot_environ({"DATABASE_URL": sqlite})).dingtalk
        desk.bot.settings = desk.bot.settings.model_copy(update={"dingtalk": dingtalk})
        await desk.restart()
        assert no in await looks(url)
        assert await link_of(desk, no) == url
