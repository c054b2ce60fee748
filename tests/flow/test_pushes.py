"""What another system sends: the fields of its message as facts."""

from __future__ import annotations

import re
from typing import Any

import pytest

from flow.cases.pushes import MAX_FIELDS, MAX_TEXT, Push, flattened
from flow.errors import PolicyRefused


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        ({}, {}),
        ({"单号": " R1 ", "数": 3, "价": 2.5, "好": True, "坏": False, "空": None}, {
            "单号": "R1", "数": "3", "价": "2.5", "好": "是", "坏": "否", "空": "",
        }),
        ({"运单": {"号": "SF1", "重": 2}}, {"运单.号": "SF1", "运单.重": "2"}),
    ],
)  # fmt: skip
def test_the_plain_values_of_a_message(body: dict[str, Any], fields: dict[str, str]) -> None:
    assert flattened(body) == fields


@pytest.mark.parametrize(
    ("body", "why"),
    [
        ({"货": [1]}, "字段“货”里还有列表或对象"),
        ({"甲": {"乙": {"丙": 1}}}, "字段“甲.乙”里还有列表或对象"),
        ({"话": "长" * (MAX_TEXT + 1)}, "字段“话”太长，最多 200 个字"),
        ({str(n): n for n in range(MAX_FIELDS + 1)}, "有 51 个字段，最多 50 个"),
    ],
)
def test_what_is_no_plain_message_is_said(body: dict[str, Any], why: str) -> None:
    with pytest.raises(PolicyRefused, match=re.escape(why)):
        flattened(body)


def test_its_fields_are_facts_of_their_own() -> None:
    assert Push("顺丰", "k", "d", {"状态": "签收"}).facts() == {"推送.状态": "签收"}
