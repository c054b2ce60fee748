"""What must not work: one sentence to the person or a bare refusal to a stranger, nothing changed, nothing quoted."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest
import pytest_asyncio
from structlog.testing import capture_logs

from models import Case, Dialog, SentCard
from sandbox.dingtalk.frames import ROBOT_TOPIC
from tests.support.proof import live, rows, token_of
from tests.support.stage import sell, sqlite_url, stage, text_of
from tests.support.stories import LAMP, LINE
from tests.support.walk import QUICK, Walk, key_of
from tests.support.wire import (
    dingtalk_message,
    stream_tap,
    stream_text,
    streamed,
    wecom_tap,
    wecom_text,
)

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator
    from pathlib import Path

    from tests.support.stage import Stage

MARK = "不可外传"  #: stands in everything that is typed here, and must stand in no log
NO = "R20261123-0001"
pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def desk(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stage]:
    """A case at 客服审核; one desk for all tests, for what is refused leaves it as it was."""
    folder = tmp_path_factory.mktemp("desk")
    shutil.copy2(sqlite_template, folder / "desk.db")
    async with stage(sqlite_url(folder), QUICK) as found:
        await sell("536365", LAMP)
        await sell("536366", {"71053": ("金属灯笼", 99, "3.39")})
        await Walk(found, "wecom").opened()
        yield found


@pytest.fixture
def logged(caplog: pytest.LogCaptureFixture) -> Iterator[Callable[[], str]]:
    """Everything that was logged, by us and by libraries."""
    with capture_logs() as ours, caplog.at_level("INFO"):
        yield lambda: f"{ours} {caplog.text}"


# -- what people type --------------------------------------------------------------------------------------------------

TYPED = [
    pytest.param("周仓", "退货 536365 85123A×1 质量问题", "你的角色不能用“退货”", id="a keeper opens no case"),
    pytest.param("许静", "报表 退货原因", "你的角色不能用“报表”", id="an inspector sees no figures"),
    pytest.param("林晓", "收货 SF1234567890", "你的角色不能用“收货”", id="an agent receives nothing"),
    pytest.param("何佳", f"同意 {NO}", "由 王建国 处理", id="not her task: it says whose"),
    pytest.param("林晓", f"同意 {NO}", "由 王建国 处理", id="nobody approves what they created"),
    pytest.param("李敏", f"驳回 {NO}", "由 王建国 处理", id="not before it is her turn"),
    pytest.param("钱芳", f"确认退款 {NO}", "不能确认退款", id="no money before its time"),
    pytest.param("周仓", f"确认收货 {NO}", "没有找到售后单", id="no goods before their time: not hers to know of yet"),
    pytest.param("孙悦", f"撤单 {NO}", "只有提交人林晓能撤单", id="only who asked takes it back"),
    pytest.param("孙悦", f"转交 {NO} 何佳", "不是你的待办", id="what is not mine I can't hand over"),
    pytest.param("王建国", f"转交 {NO} 林晓", "不能转给 林晓", id="not to who asked for it"),
    pytest.param("王建国", f"转交 {NO} 查无此人", "没有叫 查无此人 的员工", id="not to nobody"),
    pytest.param("孙悦", f"放飞 {NO}", "没看懂", id="an action that there is not"),
    pytest.param("王建国", "同意 R20261123-9999", "没有找到售后单", id="a case that there is not"),
    pytest.param("林晓", "退货 999999 85123A×1 质量问题", "没有找到订单 999999", id="an unknown order"),
    pytest.param("林晓", "退货 536365 85123A×7 质量问题", "最多还能退 4 件", id="more than is left"),
    pytest.param("林晓", "退货 536365 85123B×1 质量问题", "没有商品 85123B", id="a product of another order"),
    pytest.param("林晓", "退货 536365 85123A×0 质量问题", "至少要退 1 件", id="nothing at all"),
    pytest.param("林晓", "退货 536365 85123A×999999 质量问题", "最多还能退 4 件", id="a warehouse full"),
    pytest.param("孙悦", f"退货 536365 85123A×{'9' * 30} 质量问题", "退几件", id="more than atoms: asked again"),
    pytest.param("林晓", "运单 R20261123-0001 不是运单号", "运单 单号 运单号", id="no waybill"),
    pytest.param("林晓", "维修 536365 85123A×1 七天无理由", "走的是退货、换货流程", id="a type of another kind"),
    pytest.param("林晓", f"退货 {'5' * 500} 质量问题", "有一段太长了", id="an order number of a hundred lines"),
    pytest.param("林晓", f"查 {'5' * 300}", "有一段太长了", id="a number that no column takes"),
    pytest.param("林晓", "退货", "请写上订单号", id="nothing but the command"),
    pytest.param("林晓", "查", "请写上要查的号", id="look up what?"),
    pytest.param("林晓", "\u202e\u200b\x07", "还能说什么，回复“帮助”", id="only control characters"),
    pytest.param("林晓", "' OR 1=1; DROP TABLE task; --", "没听懂", id="SQL"),
    pytest.param("林晓", "]]></Content><Event>x</Event>", "没听懂", id="XML"),
    pytest.param("林晓", "卖" * 3400, "没听懂", id="ten kilobytes"),
]


@pytest.mark.parametrize("platform", ["wecom", "dingtalk"])
@pytest.mark.parametrize(("name", "words", "sentence"), TYPED)
async def test_one_sentence_and_nothing_changed(
    desk: Stage, logged: Callable[[], str], name: str, words: str, sentence: str, platform: str
) -> None:
    who, before = desk.person(name), await rows()
    place = platform if getattr(who, platform) else desk.home(who)[0]
    answer, *more = await desk.say(who, f"{words} {MARK}" if "退货 5" in words else words, place)
    await Dialog.all().delete()  # what one row is asked, the next one does not answer
    assert sentence in text_of(answer)
    assert not more or "备注" in text_of(more[0]), "a card's note that is too long for it follows whole"
    assert await rows() == before
    assert MARK not in logged()


NOTES = [
    pytest.param("]]><a href='x'>", id="the end of a CDATA section"),
    pytest.param('<font color="warning">红</font>', id="markup"),
    pytest.param("**粗** [点我](https://evil.example) `x`", id="markdown"),
    pytest.param("=cmd|'/C calc'!A0", id="a formula"),
    pytest.param("{金额} {0} %s ${x}", id="placeholders"),
    pytest.param("😀\u202e倒\u0000序", id="signs that cannot be written"),
    pytest.param("很" * 600, id="longer than any column"),
]


@pytest.mark.parametrize(("agent", "platform"), [("何佳", "wecom"), ("孙悦", "dingtalk")])
@pytest.mark.parametrize("note", NOTES)
async def test_a_hostile_note_is_only_words(desk: Stage, note: str, agent: str, platform: str) -> None:
    who, wang, cases = desk.person(agent), desk.person("王建国"), await Case.all().count()
    await desk.say(wang, "待办", platform)
    await desk.say(who, f"退货 536366 71053×1 质量问题 {note}", platform)
    await desk.tap(who, "提交")
    assert await Case.all().count() == cases + 1
    card = await desk.tap(wang, "驳回")
    assert desk.sandbox.wecom.problems == desk.sandbox.dingtalk.problems == []
    assert "已驳回" in text_of(card)
    shown = [item.body["params"]["markdown"] for item in desk.phone(wang) if "params" in item.body]
    assert not any(bad in text for text in shown for bad in ("<font", "](https://evil", "**粗"))


# -- taps that no thumb could make -------------------------------------------------------------------------------------


async def test_somebody_elses_card_does_nothing_on_wecom(desk: Stage) -> None:
    card, before = desk.card(desk.person("王建国"), "同意"), await rows()
    hejia = desk.person("何佳")
    bubbles = len(desk.phone(hejia))
    status, _ = await wecom_tap(desk, "hejia", token_of(card), key_of(card, "同意")).to(desk)
    assert (status, await rows(), len(desk.phone(hejia))) == (200, before, bubbles + 1)
    assert desk.last(hejia).startswith("这张卡片已经失效")


async def test_somebody_elses_card_does_nothing_on_dingtalk(desk: Stage) -> None:
    card, before = desk.card(desk.person("王建国"), "同意"), await rows()
    await stream_tap(desk, "sun.yue", token_of(card), key_of(card, "同意"))
    assert await rows() == before
    assert desk.last(desk.person("孙悦")).startswith("这张卡片已经失效")


PAYLOADS = [
    pytest.param("zzz", id="not ours"),
    pytest.param("a1|1|1", id="a part is missing"),
    pytest.param("a1|x|1|同意", id="no number"),
    pytest.param("a1|77|1|同意", id="no such case"),
    pytest.param(f"a1|{'9' * 40}|1|同意", id="a number beyond every column"),
    pytest.param("a1|1|1|放飞", id="no such action"),
    pytest.param("d1|99|1|提交", id="no such question"),
    pytest.param(f"d1|{'9' * 40}|1|提交", id="a question beyond every column"),
]


@pytest.mark.parametrize("payload", PAYLOADS)
async def test_an_unknown_button_does_nothing(desk: Stage, payload: str) -> None:
    card, before = desk.card(desk.person("王建国"), "同意"), await rows()
    status, _ = await wecom_tap(desk, "wangjianguo", token_of(card), payload).to(desk)
    assert (status, await rows()) == (200, before)
    attempt = await stream_tap(desk, "wang.jianguo", token_of(card), payload)
    assert (attempt.code, await rows()) == (200, before)


async def test_an_old_card_is_answered_with_its_record(desk: Stage) -> None:
    wang = desk.person("王建国")
    await desk.say(desk.person("何佳"), "退货 536366 71053×1 质量问题")
    await desk.tap(desk.person("何佳"), "提交")
    card = desk.card(wang, "同意")
    key = key_of(card, "同意")
    await desk.tap(wang, "驳回", card)
    before = await rows()
    status, answer = await wecom_tap(desk, "wangjianguo", token_of(card), key).to(desk)
    assert (status, await rows()) == (200, before)
    assert "Encrypt" in answer


async def test_a_card_that_we_never_sent_does_nothing(desk: Stage) -> None:
    before = await rows()
    status, _ = await wecom_tap(desk, "wangjianguo", "made-up", "a1|1|1|同意").to(desk)
    assert (status, await rows()) == (200, before)
    assert await SentCard.filter(token="made-up").count() == 0


# -- people who are not staff ------------------------------------------------------------------------------------------


async def test_a_member_of_the_company_who_is_not_staff_is_told_so(desk: Stage, logged: Callable[[], str]) -> None:
    before = await rows()
    await wecom_text(desk, "stranger", f"{LINE} {MARK}").to(desk)
    await stream_text(desk, "stranger", f"{LINE} {MARK}")
    card = desk.card(desk.person("王建国"), "同意")
    await wecom_tap(desk, "stranger", token_of(card), key_of(card, "同意")).to(desk)
    assert await rows() == before
    assert MARK not in logged()
    assert card in live(desk.sandbox)


async def test_a_dingtalk_message_without_a_sender_is_dropped(desk: Stage) -> None:
    before = await rows()
    body = dingtalk_message(desk, "", LINE)
    attempt = await streamed(desk, ROBOT_TOPIC, body)
    assert (attempt.code, await rows()) == (200, before)
