"""The same script by the table: a file out, its cells edited, and back by the chat or by the page of its link."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import aiohttp
import pytest
from openpyxl import load_workbook

from models import Definition, Proposal
from models.enums import ProposalState as State
from tests.support.owners import (
    NEW_WAY,
    OLD_WAY,
    approver,
    card_words,
    offers,
    publish,
    rows_of_everything,
    shop,
    walked,
)
from tests.support.stage import text_of
from tests.support.stories import news, role, says, stand, submitted, taps, the_cards_are_true
from tests.support.workbooks import append, column_of, edited, find, repacked

if TYPE_CHECKING:
    from openpyxl import Workbook

    from tests.support.stage import Stage

LINK = re.compile(r"http\S+/d/[\w.-]+")
OWNER = {"wecom": "李敏", "dingtalk": "赵卫东"}
SECOND = {"wecom": "赵卫东", "dingtalk": "陈卓"}
BOTH = ("wecom", "dingtalk")


async def handed_out(desk: Stage, name: str, platform: str) -> tuple[bytes, str]:
    """``流程 退货``: the picture, the file, the link; the last two."""
    items = await desk.say(desk.person(name), "流程 退货", platform)
    place = getattr(desk.sandbox, platform)
    [sheet] = [item for item in items if item.kind == "file"]
    assert any("退货流程 · 第 1 版" in text_of(item) for item in items)
    return place.media(sheet.body["media_id"])[0], LINK.findall("\n".join(text_of(item) for item in items))[0]


async def sent_back(desk: Stage, platform: str, data: bytes, link: str) -> str:
    """The way back that the platform has: a file in DingTalk's chat, the page on WeCom. What its owner then hears."""
    name = OWNER[platform]
    before = len(news(desk, name))
    if platform == "dingtalk":
        await desk.sandbox.dingtalk.phones.send_file(str(desk.person(name).dingtalk), "退货.xlsx", data)
        await desk.bot.settled()
    else:
        await posted(desk, link, data)
    return "\n".join(news(desk, name)[before:])


async def posted(desk: Stage, link: str, data: bytes | None) -> tuple[int, str]:
    """Choose a file on the page and send it: status and page."""
    form = aiohttp.FormData()
    form.add_field("file", io.BytesIO(data or b""), filename="退货.xlsx", content_type="application/octet-stream")
    async with aiohttp.ClientSession() as session, session.post(link, data=form) as answer:
        found = answer.status, await answer.text()
    await desk.bot.settled()
    return found


def the_script(book: Workbook) -> None:
    """What the sentences do, as somebody does it in cells."""
    nodes, moves, tiers, limits = book["节点"], book["流转"], book["审批表"], book["时限"]
    for name, owner, limit in (("复检", "质检员", "4小时"), ("客服补证", "客服", "15天")):
        append(nodes, 节点=name, 类型="人工", 标题=f"{name}：{{商品}}", 负责人=f"角色 {owner}", 显示="单号、备注、时限")
        append(limits, 节点=name, 时限=limit)
    append(nodes, 节点="收货分叉", 类型="分叉", 分支="仓库收货、客服补证", 汇合="资料齐")
    append(nodes, 节点="资料齐", 类型="汇合", 等="全部")
    for row in range(2, moves.max_row + 1):
        _redirected(moves.cell(row, column_of(moves, "节点")).value, moves.cell(row, column_of(moves, "去")))
    good = {"节点": "质检", "动作": "合格入库"}
    for heading, value in {"条件": "金额>1000", "规则": "贵的要复检", "去": "复检"}.items():
        find(moves, heading, **good).value = value
    append(moves, **good, 去="审批或退款")
    append(moves, 节点="复检", 动作="同意", 去="审批或退款", 结果="已同意")
    append(moves, 节点="复检", 动作="驳回", 去="质检", 结果="退回质检", 样式="危险")
    append(moves, 节点="客服补证", 动作="完成", 去="资料齐", 结果="已完成")
    append(moves, 节点="资料齐", 去="质检")
    same = dict(zip(("流程", "路由", "责任", "运费", "成本", "次品"), _strategy(book), strict=True))
    append(book["原因"], 退货类型="色差", **same)
    for rule, amount in (("小额自动通过", "<=80"), ("组长审批", "<=800"), ("总监审批", ">800")):
        find(tiers, "金额", 规则=rule).value = amount


def _strategy(book: Workbook) -> list[str]:
    """That of 质量问题."""
    return [str(cell.value) for cell in book["原因"][2][1:7]]


def _redirected(node: Any, to: Any) -> None:
    """Who led to 仓库收货 from before it leads to the fork; who led on from it, to the join."""
    if to.value == "仓库收货" and node not in ("缺件协商", "拒收处理", "未寄处理"):
        to.value = "收货分叉"
    if to.value == "质检" and node in ("仓库收货", "缺件协商"):
        to.value = "资料齐"


@pytest.mark.parametrize("platform", BOTH)
async def test_the_owners_script_in_cells(sqlite: str, platform: str) -> None:
    owner, second = OWNER[platform], SECOND[platform]
    async with shop(sqlite, platform, owner, second) as desk:
        old = await submitted(desk, "退货 901 质量问题")
        data, link = await handed_out(desk, owner, platform)
        told = await sent_back(desk, platform, edited(the_script, data), link)
        for words in ("收到改好的表格", "增加节点 复检（质检员，4小时）", "增加退货类型 色差", "请第二个人发布"):
            assert words in told
        await taps(desk, owner, "请求发布")
        await taps(desk, second, "看改动")
        await taps(desk, second, "发布")
        assert await walked(desk, old) == OLD_WAY
        assert [await approver(desk, no) for no in ("64", "700")] == ["自动", "客服组长"]
        await says(desk, second, "回滚", platform)
        assert [await approver(desk, no) for no in ("64", "700")] == ["客服组长", "运营总监"]
        await the_cards_are_true(desk)


async def test_a_new_case_walks_the_way_of_the_table(sqlite: str) -> None:
    async with shop(sqlite, "dingtalk", "赵卫东", "陈卓") as desk:
        data, link = await handed_out(desk, "赵卫东", "dingtalk")
        await sent_back(desk, "dingtalk", edited(the_script, data), link)
        await taps(desk, "赵卫东", "请求发布")
        await taps(desk, "陈卓", "看改动")
        await taps(desk, "陈卓", "发布")
        no = await submitted(desk, "退货 901 色差")
        for name, button in (("王建国", "同意"), ("赵卫东", "同意")):
            await taps(desk, name, button)
        assert await stand(no) == "处理中 仓库收货 客服补证"
        assert await walked(desk, no) == NEW_WAY[2:]


async def test_how_it_comes_back_is_said_as_the_platform_has_it(sqlite: str) -> None:
    async with shop(sqlite) as desk:
        assert "改好的表格在这里上传" in await says(desk, "李敏", "流程 退货", "wecom")
        assert "改好的表格直接发回给我" in await says(desk, "李敏", "流程 退货", "dingtalk")


# -- what is wrong with a file ---------------------------------------------------------------------------------------


def renamed(data: bytes) -> bytes:
    return edited(lambda book: setattr(book["节点"], "title", "节点表"), data)


def formula(data: bytes) -> bytes:
    return edited(lambda book: setattr(book["审批表"]["B2"], "value", "=1+1"), data)


def rows(data: bytes) -> bytes:
    def change(book: Workbook) -> None:
        for _ in range(10_000):
            book["流转"].append(["质检"])

    return edited(change, data)


def bomb(data: bytes) -> bytes:
    return repacked(data, lambda parts: parts.update({"xl/worksheets/sheet1.xml": b" " * 30_000_000}))


def unstamped(data: bytes) -> bytes:
    book = load_workbook(io.BytesIO(data))
    del book["版本"]
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def a_dead_end(data: bytes) -> bytes:
    def change(book: Workbook) -> None:
        find(book["流转"], "去", 节点="质检", 动作="合格入库").value = "没有的节点"

    return edited(change, data)


def nobodys(data: bytes) -> bytes:
    def change(book: Workbook) -> None:
        find(book["节点"], "负责人", 节点="质检").value = "人 张三"

    return edited(change, data)


WRONG = [
    (renamed, "节点：缺少这张工作表，文件里有“节点表”，要改回“节点”"),  # a sheet renamed
    (formula, "是公式"),  # a formula
    (rows, "流转：第 "),  # ten thousand rows
    (bomb, "没有打开"),  # a bomb
    (unstamped, "这不是从机器人导出的流程表"),  # no stamp
    (lambda _: b"%PDF-1.7 hello", "看内容像 PDF"),  # no workbook
    (lambda data: data[: len(data) // 2], "文件已损坏"),  # cut
    (a_dead_end, "没有的节点"),  # a way to nowhere
    (nobodys, "张三"),  # an owner whom nobody is
    (lambda data: data, "和现在用的一样，没有改动"),  # nothing changed
]


async def test_a_wrong_file_is_refused_in_the_chat_and_on_the_page(sqlite: str) -> None:
    async with shop(sqlite, "dingtalk", "赵卫东") as desk:
        data, link = await handed_out(desk, "赵卫东", "dingtalk")
        before = await rows_of_everything()
        for spoil, heard in WRONG:
            wrong = spoil(data)
            assert heard in await sent_back(desk, "dingtalk", wrong, link)
            status, page = await posted(desk, link, wrong)
            assert status == 422, heard
            assert heard.replace('"', "&quot;") in page
            assert await rows_of_everything() == before, heard


async def test_every_problem_is_said_at_once(sqlite: str) -> None:
    async with shop(sqlite, "dingtalk", "赵卫东") as desk:
        data, link = await handed_out(desk, "赵卫东", "dingtalk")
        told = await sent_back(desk, "dingtalk", formula(a_dead_end(data)), link)
        assert "表格有 2 处要改，什么都没有收下" in told


async def test_what_only_the_business_and_the_staff_know_is_said_with_the_rest_and_its_places(sqlite: str) -> None:
    def change(book: Workbook) -> None:
        find(book["流转"], "条件", 节点="分流").value = "颜色=红"
        find(book["时限"], "时限", 节点="质检").value = "很久"
        find(book["节点"], "负责人", 节点="质检").value = "人 张三"

    async with shop(sqlite, "dingtalk", "赵卫东") as desk:
        data, link = await handed_out(desk, "赵卫东", "dingtalk")
        wrong = edited(change, data)
        told = await sent_back(desk, "dingtalk", wrong, link)
        page = (await posted(desk, link, wrong))[1]
        for words in (
            "表格有 3 处要改，什么都没有收下，现在用的流程没有动：",
            "“负责人”列：节点“质检”：负责人“张三”不在员工名单里",
            "流转 第 2 行“条件”列：第 1 条去向（免审金额不排队）：条件里的“颜色”没有人知道",
            "“时限”列：时限“很久”看不懂",
        ):
            assert words in told
            assert words in page


async def test_who_may_not_change_flows_may_not_by_a_file_either(sqlite: str) -> None:
    async with shop(sqlite, "wecom", "王建国") as desk:
        data, link = await handed_out(desk, "王建国", "wecom")
        status, page = await posted(desk, link, edited(the_script, data))
        assert status == 422
        assert "可以找：客服主管 李敏" in page
        assert await Proposal.all().count() == 0


# -- somebody else was faster ----------------------------------------------------------------------------------------


def quicker(book: Workbook) -> None:
    find(book["时限"], "时限", 节点="质检").value = "6小时"


@pytest.mark.parametrize("platform", BOTH)
async def test_an_older_table_takes_along_what_was_published_meanwhile(sqlite: str, platform: str) -> None:
    async with shop(sqlite, platform, OWNER[platform]) as desk:
        data, link = await handed_out(desk, OWNER[platform], platform)
        await publish(desk, "陈卓", "李敏" if platform == "dingtalk" else "赵卫东", "流程 财务退款 时限 8小时")
        told = await sent_back(desk, platform, edited(quicker, data), link)
        assert "这份表里的流程“退货”是第 1 版，现在已经是第 2 版" in told
        assert "1. 质检 时限：48小时 → 6小时" in told
        assert "财务退款" not in told
        await taps(desk, OWNER[platform], "请求发布")
        await taps(desk, SECOND[platform], "发布")
        text = (await Definition.get(kind="flow", name="退货", active=True)).text
        assert "时限: 6小时" in text
        assert "时限: 8小时" in text


async def test_where_both_changed_one_cell_what_is_published_stands_and_the_author_is_told(sqlite: str) -> None:
    async with shop(sqlite, "dingtalk", "赵卫东") as desk:
        data, link = await handed_out(desk, "赵卫东", "dingtalk")
        await publish(desk, "陈卓", "李敏", "流程 质检 时限 8小时")
        told = await sent_back(desk, "dingtalk", edited(quicker, data), link)
        assert "质检 时限：原来 48小时，你改成 6小时，李敏 已改成 8小时" in told
        assert await Proposal.filter(state=State.DRAFT).count() == 0


async def test_a_table_takes_the_place_of_the_draft(sqlite: str) -> None:
    async with shop(sqlite, "dingtalk", "赵卫东") as desk:
        data, link = await handed_out(desk, "赵卫东", "dingtalk")
        await says(desk, "赵卫东", "流程 财务退款 时限 8小时", "dingtalk")
        told = await sent_back(desk, "dingtalk", edited(quicker, data), link)
        assert "草稿现在是这份" in told
        assert len((await Proposal.get()).words) == 1
        assert "48小时 → 6小时" in card_words(desk, "赵卫东")
        assert len(offers(desk, "赵卫东")) == 1


# -- the page --------------------------------------------------------------------------------------------------------


async def test_the_page_gives_the_text_and_the_same_file(sqlite: str) -> None:
    async with shop(sqlite) as desk:
        _, link = await handed_out(desk, "李敏", "wecom")
        async with aiohttp.ClientSession() as session:
            async with session.get(link) as answer:
                page, headers = await answer.text(), answer.headers
            async with session.get(f"{link}/xlsx") as answer:
                sheet = await answer.read()
    assert "流程: 退货" in page
    assert headers["Referrer-Policy"] == "no-referrer"
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert "xl/workbook.xml" in zipfile.ZipFile(io.BytesIO(sheet)).namelist()


async def test_a_forged_or_cut_link_opens_nothing(sqlite: str) -> None:
    async with shop(sqlite) as desk:
        _, link = await handed_out(desk, "李敏", "wecom")
        base, _, token = link.rpartition("/")
        for spoilt in (token[:-3], f"x{token}", f"伪造.{token}", token.split(".")[0]):
            for path in ("", "/xlsx"):
                told = await refused(f"{base}/{spoilt}{path}")
                assert told == (403, "这个链接不对，请回到聊天里重新要一个"), (spoilt, path)


async def test_a_link_of_yesterday_opens_nothing(sqlite: str) -> None:
    async with shop(sqlite) as desk:
        _, link = await handed_out(desk, "李敏", "wecom")
        desk.clock.advance(timedelta(hours=24, seconds=1))
        assert await refused(link) == (403, "这个链接已经过期，请回到聊天里重新要一个")
        status, _ = await posted(desk, link, b"PK")
        assert status == 403


async def test_the_link_of_somebody_who_has_left_opens_nothing(sqlite: str) -> None:
    async with shop(sqlite) as desk:
        _, link = await handed_out(desk, "李敏", "wecom")
        await role("李敏", "质检员")
        assert (await refused(link))[0] == 403


async def refused(url: str) -> tuple[int, str]:
    async with aiohttp.ClientSession() as session, session.get(url) as answer:
        return answer.status, await answer.text()


@pytest.mark.parametrize("size", [0, 2 * 1024 * 1024 + 1])
async def test_no_file_or_one_too_large_is_said(sqlite: str, size: int) -> None:
    async with shop(sqlite) as desk:
        _, link = await handed_out(desk, "李敏", "wecom")
        status, page = await posted(desk, link, b"P" * size)
        assert status == 400
        assert "没有收到文件，或者文件超过 2 MB" in page
