"""A mapping says which column is what; a wrong one is refused with file, key and reason."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from flow.imports.choosing import choose
from flow.imports.mapping import FOLDER, Mapping, load_mapping
from flow.imports.names import NAMES
from flow.imports.report import ImportRefused
from tests.support.importing import ORDER_HEADER

if TYPE_CHECKING:
    from pathlib import Path

RETAIL = ["InvoiceNo", "StockCode", "Description", "Quantity", "InvoiceDate", "UnitPrice", "CustomerID", "Country"]


def mapped(folder: Path, text: str) -> Mapping:
    (folder / "我的.yaml").write_text(text, encoding="utf-8")
    return load_mapping(folder / "我的.yaml")


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.yaml")), ids=lambda path: path.stem)
def test_every_shipped_mapping_loads(path: Path) -> None:
    assert load_mapping(path).columns


@pytest.mark.parametrize(
    ("kind", "header", "name"),
    [
        ("orders", ORDER_HEADER.split(","), "default"),  # the contract's own names
        ("orders", ["订单编号", "商品编码", "购买数量", "商品单价", "创建时间"], "default"),  # their usual aliases
        ("orders", RETAIL, "online-retail"),
        ("cases", RETAIL, "online-retail"),  # the return lines among the order lines
        ("cases", ["订单号", "SKU", "数量", "申请时间"], "cases"),
        ("members", ["姓名", "角色", "企业微信"], "members"),
        ("products", ["SKU", "名称"], "products"),
        ("products", ["商品编号", "名称", "可退"], "products"),
    ],
)
def test_the_mapping_is_recognised_by_the_header(kind: str, header: list[str], name: str) -> None:
    assert choose(kind, header, None).name == name


def test_optional_columns_are_understood_in_every_mapping() -> None:
    positions = load_mapping(FOLDER / "online-retail.yaml").positions([*RETAIL, "客户手机", "签收时间", "别的"])
    assert (positions["订单号"], positions["客户手机"], positions["签收时间"]) == (0, 8, 9)
    assert set(positions) <= set(NAMES)


def test_an_unknown_header_is_refused_naming_what_is_there_and_what_is_missing() -> None:
    with pytest.raises(ImportRefused, match=r"a、b；按映射 default 还缺 订单号、SKU、数量、单价、下单时间.*--mapping"):
        choose("orders", ["a", "b"], None)


def test_a_constant_stands_in_for_a_column(tmp_path: Path) -> None:
    mapping = mapped(tmp_path, "列: {订单号: 单}\n常量: {数量: 1, 店铺: 天猫}")
    assert choose("orders", ["单", "SKU", "单价", "下单时间"], mapping) is mapping


def test_a_column_that_stands_twice_is_refused() -> None:
    with pytest.raises(ImportRefused, match="重复的列：SKU"):
        choose("products", ["SKU", "名称", "SKU"], None)


def test_a_repeated_column_that_nobody_reads_does_no_harm() -> None:
    assert choose("products", ["SKU", "名称", "备用", "备用"], None).name == "products"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("列: [", "不是有效的 YAML：第 "),  # broken YAML, with its place
        ("只是一句话", "应是一组"),
        ("日期格式: '%Y-%m-%d'", "的 列：应是一组"),  # nothing says what the columns are
        ("列: {订单号: a}\n日期: x", "的 日期：没有这个键，能用的是 列、"),
        ("列: {单据: a}", "的 列：不认识 单据"),
        ("列: {订单号: }", "的 列：应是文字"),
        ("列: {订单号: [a, '']}", "的 列：应是文字"),
        ("列: {订单号: a}\n日期格式: '%H:%M'", "的 日期格式：日期格式 %H:%M 要有年、月、日"),
        ("列: {订单号: a}\n日期格式: '%Y-%m-%d %'", "的 日期格式：日期格式"),
        ("列: {订单号: a}\n商品编码: '('", "的 商品编码：正则写法不对"),
        ("列: {订单号: a}\n退货行: '^C'", "的 退货行：应写成"),
        ("列: {订单号: a}\n退货行: {列: 订单, 正则: '^C'}", "的 退货行：应写成"),
        ("列: {订单号: a}\n删去: {客户: '['}", "的 删去：正则写法不对"),
        ("列: {订单号: a}\n大写: [编码]", "的 大写：不认识 编码"),
        ("列: {订单号: a}\n金额: 全部", "的 金额：应是 每行 或 整单"),
        ("列: {订单号: a}\n售后类型: {退货: 也许}", "的 售后类型：应写成"),
    ],
)
def test_a_wrong_mapping_is_refused_with_key_and_reason(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(ImportRefused, match=r"映射文件 .*我的\.yaml") as refused:
        mapped(tmp_path, text)
    assert words in str(refused.value)


def test_a_missing_mapping_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ImportRefused, match="没有这个文件"):
        load_mapping(tmp_path / "没有.yaml")
