"""Words behind an action that read like a decision of their own are asked about; a plain remark is none."""

from __future__ import annotations

from decimal import Decimal

import pytest

from handlers.chat import names, parse, parts, places
from handlers.chat.doubts import Decision, doubts

NAMES = ("王建国", "李敏", "李敏华", "郑瑞")
AGREE = Decision("R20261122-0007", [Decimal("49.90")], 2, ["85123A"], NAMES, ["驳回", "转交", "挂起"])
REFUSE = Decision("R20261122-0007", [], 2, ["85123A"], NAMES, ["同意", "转交"], refuses=True)

ASKED = [
    "只退20元", "退20", "退款 30.5", "¥20", "二十块", "退一半", "打八折", "退50%", "只退一件", "退一个", "85123A 一件",
    "只退灯", "少退点", "李敏", "转给李敏", "@李敏", "给李敏看",
    "驳回", "R20261122-0008 也一样", "几个", "金额改成20", "改成20吧", "按20退", "金额应该是20",
    "退到银行卡", "打给客户支付宝", "按8折退", "8.5折", "另一单也同意", "剩下的两单也同意", "和 3，2 先不要",
    "3", "1、2",
]  # fmt: skip


@pytest.mark.parametrize("words", ASKED)
def test_it_is_asked_about(words: str) -> None:
    assert doubts(parse.normalise(words), AGREE)


PLAIN = [
    "客户已补图", "已走支付宝", "照片看得清", "49.90元没问题", "退49.9", "两件都退", "2件", "全部", "客户说3天没回",
    "用了两个月", "补了3张图", "李敏已确认", "王建国说可以", "老客户", "凭证 2026112200012345", "电话里同意了",
    "包装完好", "金额改成49.9", "按规定退", "地址改成2号楼", "不影响二次销售", "第2次申请", "3天没回复", "2 号仓",
    "其他没问题", "客户也同意",
]  # fmt: skip


@pytest.mark.parametrize("words", PLAIN)
def test_it_is_a_remark(words: str) -> None:
    assert not doubts(parse.normalise(words), AGREE)


@pytest.mark.parametrize("words", ["超过500元要主管批", "只有一件坏", "照片看不出破损", "应该退20元", "不能退"])
def test_with_a_refusal_amounts_and_counts_are_reasons(words: str) -> None:
    assert not doubts(parse.normalise(words), REFUSE)


@pytest.mark.parametrize("words", ["R20261122-0008", "同意", "转给李敏"])
def test_with_a_refusal_too_another_decision_is_asked_about(words: str) -> None:
    assert doubts(words, REFUSE)


LEADING = [
    ("王建国 你来审吧", ("王建国", "你来审吧")),
    ("@王建国,看不懂", ("王建国", "看不懂")),
    ("王建国你来审吧", ("王建国", "你来审吧")),
    ("给王建国", ("王建国", "")), ("王建国", ("王建国", "")), ("转给@王建国 帮看下发票", ("王建国", "帮看下发票")),
    ("李敏华 帮看", ("李敏华", "帮看")),
    ("李敏芳 帮看", None),
    ("李雷", None),
    ("王建国经理 看下", ("王建国", "看下")),
]  # fmt: skip


@pytest.mark.parametrize(("words", "found"), LEADING)
def test_whose_name_comes_first(words: str, found: tuple[str, str] | None) -> None:
    assert names.leading(words, NAMES) == found


LISTED = [
    ("李敏、王建国 帮看一下", (["李敏", "王建国"], "帮看一下", "")), ("李敏 王建国", (["李敏", "王建国"], "", "")),
    ("李敏和郑瑞", (["李敏", "郑瑞"], "", "")),
    ("李敏、张三 帮看", (["李敏"], "张三 帮看", "张三")),
    ("张三", ([], "张三", "")),
]  # fmt: skip


@pytest.mark.parametrize(("words", "found"), LISTED)
def test_several_names(words: str, found: tuple[list[str], str, str]) -> None:
    assert names.listed(words, NAMES) == found


PARTS = [
    ("滤网组件 35", ("滤网组件", "35.00")),
    ("滤网组件35元", ("滤网组件", "35.00")),
    ("缺滤网组件,扣35", ("滤网组件", "35.00")),
    ("少了一个滤网 扣 35.5 元", ("滤网", "35.50")),
    ("滤网组件 ¥35", ("滤网组件", "35.00")),
    # a buckle is a part, and takes nothing off
    ("挂扣 5", ("挂扣", "5.00")),
    ("挂扣5元", ("挂扣", "5.00")),
    ("挂扣扣5", ("挂扣", "5.00")),
    ("少个卡扣,扣 8", ("卡扣", "8.00")),
    ("安全带扣 5", ("安全带扣", "5.00")),
    ("扣子 5", ("扣子", "5.00")),
    ("盖扣 5", ("盖扣", "5.00")),
    ("盖子扣5", ("盖子", "5.00")),
    ("灯罩扣 35", ("灯罩", "35.00")),
    ("绳子 扣 10", ("绳子", "10.00")),
    ("滤网组件", None),
    ("35", None),
]  # fmt: skip


@pytest.mark.parametrize(("text", "found"), PARTS)
def test_a_missing_part_with_its_price(text: str, found: tuple[str, str] | None) -> None:
    got = parts.part_and_fee(text)
    assert (got and (got[0], str(got[1]))) == found


PLACES = [
    ("提交人 缺照片", ("提交人", "缺照片")),
    ("给提交人,缺照片", ("提交人", "缺照片")),
    ("客服审核", ("客服审核", "")),
    ("到客服审核 理由不足", ("客服审核", "理由不足")),
    ("客服审核得太快", ("", "客服审核得太快")),
    ("缺照片", ("", "缺照片")),
]  # fmt: skip


@pytest.mark.parametrize(("words", "found"), PLACES)
def test_the_node_that_is_meant(words: str, found: tuple[str, str]) -> None:
    assert places.leading(words, ["客服审核", "金额审批", "提交人"]) == found
