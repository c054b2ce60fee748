"""A level that nobody ever comes to is told, above all one for two who differ."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.written_flows import fork, join, known_problems, person, told

Levels = list[tuple[str, dict[str, str]]]
DIFFER = {"分歧": "是"}
ALONE = "“初检”一级会看，要两级看过才分得出分歧"
APART = "看过才分得出分歧，可是两边的条件合不到一起"


def levelled(levels: Levels, **actions: Any) -> dict[str, Any]:
    rows = [{"名": name} | ({"当": when} if when else {}) for name, when in levels]
    return {**person(**(actions or {"同意": "完", "驳回": "完"})), "分级": rows}


NEVER: list[tuple[str, Levels, dict[str, Any], str]] = [
    ("only one looks before it", [("初检", {}), ("终审", DIFFER)], {}, f"它前面只有{ALONE}"),
    ("the one between waits too", [("初检", {}), ("复检", DIFFER), ("终审", DIFFER)], {}, f"它前面只有{ALONE}"),
    ("there is but one thing to choose", [("初检", {}), ("复检", {}), ("终审", DIFFER)],
     {"同意": "完", "转交": {"换人": True}}, "这个节点只有“同意”一个选择，前面的人选不出不一样的"),
    ("who would differ is not asked about these", [("初检", {}), ("复检", {"金额": "<=100"}),
     ("终审", {"金额": ">1000", **DIFFER})], {}, f"要“复检”{APART}"),
    ("the word is none", [("初检", {}), ("复检", {}), ("终审", {"分歧": "有"})], {},
     "条件里的“分歧”不会是“有”，可选 否、是"),
    ("no number is both", [("初检", {}), ("复检", {"金额": "<0"})], {}, "分级“复检”的条件什么时候都不成立"),
]  # fmt: skip


@pytest.mark.parametrize(("why", "levels", "actions", "says"), NEVER)
def test_a_level_that_never_looks_is_told(why: str, levels: Levels, actions: dict[str, Any], says: str) -> None:
    found = told({"甲": levelled(levels, **actions)})
    assert any(says in problem for problem in found), (why, found)


SOMETIMES: list[tuple[str, Levels, dict[str, Any]]] = [
    ("two may differ", [("初检", {}), ("复检", {}), ("终审", DIFFER)], {}),
    ("a no is a choice like another", [("初检", {}), ("复检", {}), ("终审", DIFFER)],
     {"同意": "完", "驳回": {"去": "完", "样式": "危险"}}),
    ("where the second looks at all", [("初检", {}), ("复检", {"金额": ">100"}), ("终审", DIFFER)], {}),
    ("amounts that both have", [("初检", {}), ("复检", {"金额": ">100"}), ("终审", {"金额": ">1000", **DIFFER})], {}),
    ("one who has seen no difference yet", [("初检", {}), ("复检", {"分歧": "否"}), ("终审", DIFFER)], {}),
    ("what never differs is the same", [("初检", {}), ("终审", {"分歧": "否"})], {"同意": "完"}),
    ("either word", [("初检", {}), ("终审", {"分歧": "是|否"})], {}),
]  # fmt: skip


@pytest.mark.parametrize(("why", "levels", "actions"), SOMETIMES)
def test_a_level_that_looks_at_some_cases_is_left_in_peace(why: str, levels: Levels, actions: dict[str, Any]) -> None:
    assert told({"甲": levelled(levels, **actions)}) == [], why


def test_where_a_refusal_is_the_last_word_there_is_but_one_thing_left_to_choose() -> None:
    levels: Levels = [("初检", {}), ("复检", {}), ("终审", DIFFER)]
    node = levelled(levels, 同意="完", 驳回={"去": "完", "样式": "危险"}) | {"驳回即止": True}
    assert any("这个节点只有“同意”一个选择" in problem for problem in told({"甲": node}))


def test_what_the_form_asks_again_may_change_between_two_levels() -> None:
    score = {"名": "成色", "填": "数字", "必填": True}
    rows: Levels = [("初检", {}), ("复检", {"成色": "<60"}), ("终审", {"成色": ">=60", **DIFFER})]
    assert told({"甲": {**levelled(rows), "表单": [score]}}) == []


@pytest.mark.parametrize(("apart", "says"), [("七天无理由", APART), ("质量问题", "")])
def test_a_return_keeps_its_type_while_they_look(apart: str, says: str) -> None:
    rows: Levels = [("初检", {}), ("复检", {"类型": "质量问题"}), ("终审", {"类型": apart, **DIFFER})]
    assert says in "".join(known_problems({"甲": levelled(rows)}))
    assert bool(known_problems({"甲": levelled(rows)})) == bool(says)


def test_beside_another_branch_an_amount_may_change() -> None:
    rows: Levels = [("初检", {}), ("复检", {"金额": "<=100"}), ("终审", {"金额": ">1000", **DIFFER})]
    nodes = {
        "叉": fork("甲", "乙"),
        "甲": levelled(rows, 同意="合", 驳回="完"),
        "乙": person(同意="合"),
        "合": join("完"),
    }
    assert told(nodes) == []
