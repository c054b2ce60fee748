"""The tables of a policy and of the choices, as people read them: a line a row, and where to see the rest."""

from __future__ import annotations

from typing import Any

import pytest

from flow.definitions.table_text import MAX_ROWS, TABLES, overview, table_lines

ROWS: dict[str, tuple[dict[str, Any], str]] = {
    "审批表": ({"规则": "组长", "金额": "<=500", "审批": "客服组长"}, "组长：金额 ≤500 → 客服组长"),
    "资格": (
        {"规则": "太久", "签收天数": ">30", "结果": "例外", "说明": "超过三十天", "可例外": ["客服主管", "风控专员"]},
        "太久：签收天数 >30 → 例外（客服主管、风控专员）：超过三十天",
    ),
    "自主额度": ({"角色": "客服", "每单": 50, "每天": 300}, "客服：其余 → 自己定，每单 ¥50，每天 ¥300"),
    "承担": (
        {"规则": "摔坏", "类型": "物流损坏", "责任": "物流", "运费": "商家"},
        "摔坏：类型 物流损坏 → 责任 物流，运费 商家",
    ),
    "算式": ({"规则": "折旧", "算": "金额 × 10%", "签收天数": ">7"}, "折旧：签收天数 >7 → 减 金额 × 10%"),
    "政策选择": ({"规则": "天猫", "店铺": "天猫", "政策": "express"}, "天猫：店铺 天猫 → 政策 express"),
    "退货地址": (
        {"规则": "大件", "品类": "家电", "收件人": "李", "电话": "1", "地址": "杭州", "仓库": "一号仓"},
        "大件：品类 家电 → 李 1 杭州（一号仓）",
    ),
    "风险客户": ({"规则": "常退", "半年退货次数": ">=5"}, "常退：半年退货次数 ≥5"),
}


def test_every_table_has_its_words() -> None:
    assert ROWS.keys() == set(TABLES)


@pytest.mark.parametrize("table", TABLES)
def test_a_row_says_when_it_holds_and_what_it_does(table: str) -> None:
    row, line = ROWS[table]
    assert table_lines(table, [row])[1:] == [f"1. {line}"]


def test_a_long_table_says_where_the_rest_is() -> None:
    lines = list(overview({"资格": [ROWS["资格"][0]] * (MAX_ROWS + 2), "承担": []}))
    assert lines[0] == f"资格（{MAX_ROWS + 2} 行）："
    assert len(lines) == MAX_ROWS + 2
    assert lines[-1] == "……还有 2 行，看全部：规则 资格"


def test_what_every_policy_shares_is_said_to_be() -> None:
    assert table_lines("退货地址", []) == ["退货地址还没有行，所有政策共用"]
    assert table_lines("风险客户", [ROWS["风险客户"][0]])[0].startswith("风险客户（1 行，所有政策共用）")
