"""Which rules, entries and types are idle: in force for long, unchanged, and used by nothing since."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from flow.cases.disuse import RULE, Item, idle, rules_in, since, types_in
from flow.cases.review import words
from flow.definitions.choices import Choices

NOW = datetime(2027, 2, 22, 1, 0, tzinfo=UTC)
BEFORE = NOW - timedelta(days=90)


def days(count: int) -> datetime:
    return NOW - timedelta(days=count)


IDLE = [
    (Item(RULE, "旧", days(91)), True),
    (Item(RULE, "正好", days(90)), True),
    (Item(RULE, "新", days(89)), False),
    (Item(RULE, "用着", days(400), used=True), False),
]


@pytest.mark.parametrize(("item", "is_idle"), IDLE)
def test_what_is_idle(item: Item, is_idle: bool) -> None:
    assert (idle([item], BEFORE) == [item]) is is_idle


VERSIONS: list[tuple[dict[int, dict[str, Any]], datetime | None]] = [
    ({5: {"甲": 1}}, days(5)),
    ({5: {"甲": 1}, 100: {"甲": 1}}, days(100)),
    ({5: {"甲": 2}, 100: {"甲": 1}}, days(5)),  # changed: as it is now it is five days old
    ({5: {"甲": 1}, 50: {}, 100: {"甲": 1}}, days(5)),  # it was gone in between
    ({5: {"甲": 1, "乙": 1}, 100: {"甲": 1}}, days(100)),  # another one's change does not make it younger
    ({5: {}}, None),
]


@pytest.mark.parametrize(("published", "found"), VERSIONS)
def test_since_when_a_name_stands_for_the_same(published: dict[int, dict[str, Any]], found: datetime | None) -> None:
    assert since([(days(ago), names) for ago, names in published.items()], "甲") == found


TEXT = """
自动规则:
  - {名: 大额, 当: 提交, 条件: {金额: ">5000"}, 做: [{评论: 看一下}]}
  - {名: 停了的, 当: 提交, 做: [{评论: 看一下}], 停用: true}
"""


def test_a_rule_that_is_off_is_not_asked_about_and_a_type_is_what_it_is_called() -> None:
    assert list(rules_in(TEXT)) == ["大额"]
    assert rules_in("自动规则: [{名: 甲}]") == {}
    assert types_in("退货类型: {色差: {流程: 退货}}") == types_in("退货类型: {色差: {流程: 维修}}") == {"色差": True}


def test_a_message_names_so_many_and_says_how_to_see_the_others() -> None:
    items = [Item(RULE, name, days(100)) for name in ("甲", "乙", "丙")]
    told = words(items, Choices(unused_days=90, review_every=90), NOW, 2)
    assert told.startswith("规则体检：3 样 90 天以上没用过")
    assert ("停用规则 乙" in told, "停用规则 丙" in told) == (True, False)
    assert "还有 1 样，全部的回复 规则 体检" in told
    assert "停用规则 丙" in words(items, Choices(unused_days=90), NOW)
