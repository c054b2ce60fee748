"""Words as they were typed: with their marks, their width, and the short number of the case among them."""

from __future__ import annotations

import pytest

from handlers.chat.originals import as_typed, quoted_as_typed

TYPED = "那个，0004到了，嗯，就是说箱子里只有一件。"


@pytest.mark.parametrize(
    ("words", "typed", "kept"),
    [
        ("那个, 到了,嗯,就是说箱子里只有一件", TYPED, "那个，0004到了，嗯，就是说箱子里只有一件"),
        ("刚才 点错了,应该驳回的", "刚才0001点错了，应该驳回的", "刚才0001点错了，应该驳回的"),
        (
            "客户说昨天就寄了,快递单号帮我看一下",
            "客户说昨天就寄了，0003快递单号帮我看一下",
            "客户说昨天就寄了，快递单号帮我看一下",
        ),
        ("货架满了, 先放三天", "货架满了，尾号0004的先放三天", "货架满了，尾号0004的先放三天"),
        ("林晓 补个凭证", "0002请林晓补个凭证", "林晓 补个凭证"),  # a blank that parts a name from the words stays
        ("碎了（两个）", "碎了(两个)", "碎了(两个)"),
        ("圖看不清,請補拍", "駁回 圖看不清,請補拍", "圖看不清，請補拍"),
        ("图看不清，请补拍", "駁回 圖看不清,請補拍", "圖看不清，請補拍"),
        ("不在里面", TYPED, "不在里面"),
        ("", TYPED, ""),
        ("两个", "", "两个"),
    ],
)
def test_words_that_are_kept(words: str, typed: str, kept: str) -> None:
    assert as_typed(words, typed) == kept


@pytest.mark.parametrize(
    ("said", "typed", "shown"),
    [
        ("“到了,嗯”没看懂", "0004到了，嗯", "“0004到了，嗯”没看懂"),
        ("“就是说箱子里只…”没看懂", TYPED, "“就是说箱子里只…”没看懂"),
        ("“同意”和“运费另算”对不上", "0003同意，运费另算", "“同意”和“运费另算”对不上"),
        ("“同意 R20261123-0002”：没有", "同意 R20261123-0001 R20261123-0002", "“同意 R20261123-0002”：没有"),
        ("点“确认收货”才算", "收到了", "点“确认收货”才算"),
    ],
)
def test_words_that_are_quoted(said: str, typed: str, shown: str) -> None:
    assert quoted_as_typed(said, typed) == shown
