"""打印模板: an owner's own workbook from the file to a paper in an agent's hand, and back, on the phones."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pytest
from openpyxl import load_workbook

from flow.definitions.business import shipped
from flow.versions import publish
from models import Case, PrintFile, Proposal
from tests.stories.test_owner_file import LINK, OWNER, SECOND, posted
from tests.support.print_templates import GOODS_ROW, letterhead
from tests.support.stage import text_of
from tests.support.stories import finish, inspected, news, says, submitted

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from openpyxl import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

    from sandbox.world import Item
    from tests.support.stage import Stage

MAY_EXPORT = ("      查: 仓库\n      运单", "      导出: 全部\n      查: 仓库\n      运单")
pytestmark = pytest.mark.homes("both", "dingtalk")


def platform_of(desk: Stage) -> str:
    return desk.home(desk.person("李敏"))[0]


def opened(desk: Stage, item: Item) -> tuple[Workbook, str]:
    """A file that came onto a phone, and its name."""
    media_id = item.body["media_id"]
    if item.place.platform == "wecom":
        kept = desk.sandbox.wecom.desk.media.peek(media_id)
        return load_workbook(io.BytesIO(kept.data)), kept.filename
    return load_workbook(io.BytesIO(desk.sandbox.dingtalk.media(media_id)[0])), str(item.body["name"])


async def files(desk: Stage, name: str, words: str) -> dict[str, Workbook]:
    """Say something; the files that come onto that phone, by name."""
    items = await desk.say(desk.person(name), words)
    found = [opened(desk, item) for item in items if item.kind == "file"]
    return {called: book for book, called in found}


async def sent(desk: Stage, name: str, data: bytes, link: str, called: str = "抬头.xlsx") -> str:
    """The way back that the platform has; what its owner then hears."""
    before = len(news(desk, name))
    if platform_of(desk) == "dingtalk":
        await desk.sandbox.dingtalk.phones.send_file(str(desk.person(name).dingtalk), called, data)
        await desk.bot.settled()
    else:
        await posted(desk, link, data)
    return "\n".join(news(desk, name)[before:])


def with_cells(cells: Mapping[str, str], *, goods: bool = True) -> Callable[[Worksheet], None]:
    """The letterhead with other texts in some cells, and without its row of goods."""

    def change(sheet: Worksheet) -> None:
        for place, text in cells.items():
            sheet[place] = text
        if not goods:
            sheet.delete_rows(GOODS_ROW)

    return change


async def published(desk: Stage, data: bytes, words: str) -> None:
    """A template from the file to live, by its owner and a second person."""
    owner = OWNER[platform_of(desk)]
    told = await says(desk, owner, words)
    assert "增加打印模板 " in await sent(desk, owner, data, LINK.findall(told)[0])
    await says(desk, owner, "发布")
    await desk.tap(desk.person(SECOND[platform_of(desk)]), "发布")


async def test_an_owner_gets_a_file_to_begin_with_and_sees_it_filled_before_it_is_live(desk: Stage) -> None:
    owner = OWNER[platform_of(desk)]
    no = await inspected(desk)
    await finish(desk, no)
    items = await desk.say(desk.person(owner), "打印模板 退款单")
    [kit] = [item for item in items if item.kind == "file"]
    told = "\n".join(text_of(item) for item in items)
    assert {"{退款金额}", "{商品.名称}"} <= {*told.split()}
    assert "{退款金额}" in [cell.value for row in opened(desk, kit)[0].worksheets[0].iter_rows() for cell in row]
    link = LINK.findall(told)[0]
    await sent(desk, owner, letterhead(with_cells({"B6": "{退款金}"})), link)
    assert not await PrintFile.exists(), "what is refused is not kept"
    assert "收到退款单的打印模板" in await sent(desk, owner, letterhead(), link)
    [(name, book)] = (await files(desk, owner, f"打印模板 退款单 预览 {no}")).items()
    assert name.startswith(f"预览 {no} 退款单")
    assert book.worksheets[0]["E3"].value == 5.1
    assert (await files(desk, "王建国", f"导出 {no}")).keys() == {f"{no} 单据.xlsx"}, "nothing is published yet"


async def test_an_own_paper_is_printed_and_taken_back(desk: Stage) -> None:
    owner = OWNER[platform_of(desk)]
    no = await inspected(desk)
    await finish(desk, no)
    await published(desk, letterhead(), "打印模板 退款单")
    found = await files(desk, "王建国", f"导出 {no}")
    shipped, own = sorted(found, key=len)
    assert found[shipped].sheetnames == ["退货申请单", "质检报告单"]
    sheet = found[own].worksheets[0]
    assert [sheet["A8"].value, sheet["B8"].value, sheet["D8"].value] == [1, "85123A", 2]
    assert "· 退款单：自己的 " in await says(desk, owner, "打印模板")
    assert "删除打印模板 退款单（" in await says(desk, owner, "打印模板 退款单 恢复")
    await says(desk, owner, "作废")
    assert "已回滚" in await says(desk, owner, "回滚")
    assert (await files(desk, "王建国", f"导出 {no}")).keys() == {f"{no} 单据.xlsx"}


async def test_what_a_reader_may_not_see_is_not_printed_either(desk: Stage) -> None:
    no = await submitted(desk)
    data = letterhead(with_cells({"A1": "{单号}", "E3": "{金额}"}), "抬头")
    await published(desk, data, "打印模板 退货申请单")
    roles = shipped()["roles", "roles"].replace(*MAY_EXPORT)
    await publish({("roles", "roles"): roles}, "测试", desk.clock.now())
    for name, amount in (("王建国", 5.1), ("周仓", "¥***")):
        [own] = [book for called, book in (await files(desk, name, f"导出 {no}")).items() if "退货申请单" in called]
        assert own.worksheets[0]["E3"].value == amount


async def test_of_a_file_that_may_be_any_paper_one_is_asked(desk: Stage) -> None:
    place = platform_of(desk)
    told = await says(desk, OWNER[place], "流程 退货")
    plain = letterhead(with_cells({"A1": "{单号}", "E3": "{单号}"}, goods=False), "抬头")
    asked = await sent(desk, OWNER[place], plain, LINK.findall(told)[0])
    assert "看不出是哪一张单据的，先没有改动" in asked
    assert not await Proposal.exists()
    assert "增加打印模板 质检报告单（" in await says(desk, OWNER[place], "打印模板 质检报告单")
    assert not await Case.exists()


SAID = (
    ("李敏", "打印模板", "· 退款单：随安装的"),
    ("李敏", "打印模板 发票", "没有单据“发票”"),
    ("李敏", "打印模板 退款单 恢复", "退款单本来就是随安装的样子，没有改动"),
    ("李敏", "打印模板 退款单 预览 R20261123-0001", "没有找到售后单 R20261123-0001"),
    ("李敏", "打印模板 退款单 放大", "打印模板后面看不懂“放大”"),
    ("李敏", "模板 退款单 恢复", "退款单本来就是随安装的样子"),
    ("林晓", "打印模板", "你的角色不能用“打印模板”"),
    ("林晓", "模板 退款单", "你的角色不能"),
)


@pytest.mark.homes("both")  # the words are the same everywhere
async def test_what_cannot_be_is_said(desk: Stage) -> None:
    for who, words, told in SAID:
        assert told in await says(desk, who, words)
