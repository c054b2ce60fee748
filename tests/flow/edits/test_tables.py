"""Sentences that put rows into a policy's tables and the choices, and take them out."""

from __future__ import annotations

from typing import Any

import pytest

from flow.definitions import yamlfile
from flow.errors import NotFound, PolicyRefused
from tests.support.editing import BUNDLE, POLICY, said, words

ADDED: list[tuple[str, list[str]]] = [
    ("增加行 资格 三十天不退 结果 拒绝 说明 超过三十天，不能退 当 签收天数>30",
     ["资格 增加 三十天不退（签收天数>30，结果 拒绝，说明 超过三十天，不能退）"]),
    ("增加行 资格 贵的先问 结果 例外 可例外 客服组长、客服主管 当 金额>3,000元",
     ["资格 增加 贵的先问（金额>3000，结果 例外，可例外 客服组长、客服主管）"]),
    ("增加行 审批表 特大额 审批 运营总监 当 金额>２００００元", ["审批表 增加 特大额（金额>20000，审批 运营总监）"]),
    ("增加行 审批 快办 审批 自动 退款时机 审批通过 当 金额<=9.9 且 风险客户=否",
     ["审批表 增加 快办（金额<=9.9，风险客户 否，审批 自动，退款时机 审批通过）"]),
    ("增加行 标准 审批表 特大额 审批 运营总监 当 金额>20000", ["审批表 增加 特大额（金额>20000，审批 运营总监）"]),
    ("增加行 自主额度 客服 每单 50 元 每天 300", ["自主额度 增加 客服（每单 50，每天 300）"]),
    ("增加行 承担 破损 责任 物流 运费 商家 当 类型=物流损坏",
     ["承担 增加 破损（类型 物流损坏，责任 物流，运费 商家）"]),
    ("增加行 政策选择 天猫快办 政策 express 当 店铺=天猫", ["政策选择 增加 天猫快办（店铺 天猫，政策 express）"]),
    ("增加行 退货地址 家电仓 收件人 大件组 电话 0571-88880000 地址 杭州市余杭区 仓前街道 1 号 仓库 杭州仓 当 品类=家电",
     ["退货地址 增加 家电仓（品类 家电，收件人 大件组，电话 0571-88880000，地址 杭州市余杭区 仓前街道 1 号，"
      "仓库 杭州仓）"]),
    ("增加行 资格 三十天不退 结果 拒绝，说明 超过三十天，不能退，当 签收天数大于30天。",
     ["资格 增加 三十天不退（签收天数>30，结果 拒绝，说明 超过三十天，不能退）"]),
    ("增加行 审批表 特大额，审批 运营总监，当 金额>2万", ["审批表 增加 特大额（金额>20000，审批 运营总监）"]),
    ("增加行 政策选择 天猫快办 政策 快速 当 店铺=天猫", ["政策选择 增加 天猫快办（店铺 天猫，政策 express）"]),
    ("加一行 风险客户 退得多 当 半年退货次数不少于5次", ["风险客户 增加 退得多（半年退货次数>=5）"]),
    ("增加行 风险客户 退得多 当 半年退货次数>=5", ["风险客户 增加 退得多（半年退货次数>=5）"]),
]  # fmt: skip


@pytest.mark.parametrize(("sentence", "told"), ADDED)
def test_a_row_is_added_as_it_was_said(sentence: str, told: list[str]) -> None:
    assert words(BUNDLE, said(sentence)) == told


def rules(texts: Any, table: str = "审批表") -> list[str]:
    return [row["规则"] for row in yamlfile.read(texts[POLICY])[table]]


NOW = rules(BUNDLE)


@pytest.mark.parametrize(
    ("where", "order"),
    [
        ("", ["中额", *NOW]),  # the first row that fits decides: what is special comes before what is common
        (" 在 组长审批 之前", [NOW[0], "中额", *NOW[1:]]),
        (" 在 组长审批 之后", [*NOW[:2], "中额", *NOW[2:]]),
        (" 在 组长 后面", [*NOW[:2], "中额", *NOW[2:]]),
        (" 在组长审批之后", [*NOW[:2], "中额", *NOW[2:]]),
    ],
)
def test_a_row_stands_where_it_was_said(where: str, order: list[str]) -> None:
    made = said(f"增加行 审批表 中额 审批 客服主管 当 金额=300~800 且 区域=华东{where}")
    assert rules(made) == order


def test_a_row_that_was_added_is_taken_away() -> None:
    for table, row in (
        ("政策选择", "甲 政策 express"),
        ("退货地址", "甲 收件人 乙 电话 1 地址 丙"),
        ("资格", "甲 结果 允许"),
    ):
        made = said(f"增加行 {table} {row} 当 店铺=天猫")
        back = said(f"删除行 {table} 甲", texts=made)
        assert words(BUNDLE, back) == []


REFUSED: list[tuple[str, str]] = [
    ("增加行", "例如：增加行 资格 三十天以上不退"),
    ("增加行 资格", "例如：增加行 资格 三十天以上不退"),
    ("增加行 天书 甲 结果 拒绝", "没有表“天书”，有：审批表、资格、承担、自主额度、算式、政策选择、退货地址、风险客户"),
    ("增加行 资格 甲", "结果：“”不认识，可选 允许、例外、拒绝"),
    ("增加行 资格 甲 结果 拒绝", "没有写“当”，所有的单都会拒绝"),
    ("增加行 风险客户 甲", "没有写“当”，所有的单都会是风险客户"),
    ("增加行 审批表 甲 审批 客服主管 当 金额 800", "请写 金额>800、金额<=800，正好就写 金额=800"),
    ("增加行 资格 甲 很好 结果 拒绝", "“很好”没有看懂，资格的一行可以写 结果、说明、可例外、当"),
    ("增加行 资格 甲 结果 拒绝 当 天气=晴", "天气：没有这一列"),
    ("增加行 资格 甲 结果 拒绝 当 晴天", "条件“晴天”看不懂"),
    ("增加行 审批表 组长审批 审批 客服主管 当 金额>3", "已经有规则“组长审批”了"),
    ("增加行 审批表 甲 审批 火星人 当 金额>3", "没有角色“火星人”"),
    ("增加行 审批表 甲 审批 客服主管 在 天边", "“在 天边”看不懂，应像 在 组长审批 之后"),
    ("增加行 审批表 甲 审批 客服主管 在 天边 之后", "没有审批表的行“天边”"),
    ("增加行 自主额度 客服 每单 五十", "“五十”"),
    ("增加行 政策选择 甲 政策 没有的", "没有政策“没有的”"),
    ("增加行 退货地址 甲 收件人 乙", "电话：没有写"),
    ("增加行 审批表 中额 审批 客服主管 当 金额=300~800 在 总监审批 之后", "永远轮不到"),
    ("删除行 资格 甲", "没有资格的行“甲”"),
    ("删除行 审批表 总监审批", "没有人审批"),
]  # fmt: skip


@pytest.mark.parametrize(("sentence", "why"), REFUSED)
def test_what_cannot_be_is_refused_with_what_could(sentence: str, why: str) -> None:
    with pytest.raises((PolicyRefused, NotFound)) as refused:
        said(sentence)
    assert why in str(refused.value)
