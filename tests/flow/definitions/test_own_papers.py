"""打印模板 as data: which papers have a workbook of their own, and how a change of that reads."""

from __future__ import annotations

import re

import pytest

from flow.definitions import yamlfile
from flow.definitions.business import business_of, shipped
from flow.definitions.own_papers import OwnPaper, data_of, parse_papers
from flow.diff.differences import differences
from flow.errors import DefinitionError

ONE, TWO = "a" * 64, "b" * 64
KEY = ("papers", "papers")


def text(**papers: OwnPaper) -> str:
    return yamlfile.write(data_of(papers))


def test_what_is_written_is_read() -> None:
    own = {"退款单": OwnPaper("抬头.xlsx", ONE), "质检报告单": OwnPaper("质检.xlsx", TWO)}
    assert parse_papers(text(**own)) == own


@pytest.mark.parametrize("said", ["", "打印模板: {}", "打印模板:", "别的: 1"])
def test_nothing_is_what_ships(said: str) -> None:
    assert parse_papers(said) == {}


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ("打印模板: [", "papers.yaml："),
        ("- 打印模板", "papers.yaml：要有“打印模板”"),
        ("打印模板: 退款单", "下面要一张单据一项"),
        (f"打印模板: {{退款: {{文件: a, 指纹: {ONE}}}}}", "没有单据“退款”，是不是“退款单”"),
        ("打印模板: {退款单: a.xlsx}", "退款单：要写“文件”和“指纹”两项"),
        (f"打印模板: {{退款单: {{文件: a, 指纹: {ONE}, 多: 1}}}}", "退款单：要写“文件”和“指纹”两项"),
        (f"打印模板: {{退款单: {{文件: '', 指纹: {ONE}}}}}", "退款单 文件：要有文件名"),
        (f"打印模板: {{退款单: {{文件: {'长' * 81}, 指纹: {ONE}}}}}", "最多 80 个字"),
        ("打印模板: {退款单: {文件: a, 指纹: 12}}", "退款单 指纹：要是 64 位的 SHA-256"),
    ],
)
def test_what_cannot_be_read_is_said(said: str, why: str) -> None:
    with pytest.raises(DefinitionError, match=re.escape(why)):
        parse_papers(said, "papers.yaml")


def test_the_business_knows_them_and_ships_none() -> None:
    texts = shipped()
    assert business_of(texts).papers == {}
    assert business_of({**texts, KEY: text(退款单=OwnPaper("a.xlsx", ONE))}).papers["退款单"].file == "a.xlsx"
    assert business_of({key: said for key, said in texts.items() if key != KEY}).papers == {}


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ({}, {"退款单": OwnPaper("a.xlsx", ONE)}, ["增加打印模板 退款单（a.xlsx）"]),
        ({"退款单": OwnPaper("a.xlsx", ONE)}, {}, ["删除打印模板 退款单（a.xlsx）"]),
        (
            {"退款单": OwnPaper("a.xlsx", ONE)},
            {"退款单": OwnPaper("b.xlsx", TWO)},
            ["打印模板 退款单 文件：a.xlsx → b.xlsx", "打印模板 退款单 指纹：aaaaaaaa → bbbbbbbb"],
        ),
    ],
)
def test_a_change_reads_as_one(old: dict[str, OwnPaper], new: dict[str, OwnPaper], words: list[str]) -> None:
    assert [each.words for each in differences({KEY: text(**old)}, {KEY: text(**new)})] == words
