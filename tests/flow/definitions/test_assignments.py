"""Assignment tables as they are read: the rows in their order, and every mistake named with its table and its row."""

from __future__ import annotations

import pytest

from flow.definitions import yamlfile
from flow.definitions.assignments import parse_assignments
from flow.errors import DefinitionError

SHAPE = "分派表文件：要有“分派表”，下面一张表一个名字，一行一条规则"
ROW = "分派表文件 分派表“甲”第 1 行："


def table(*rows: str) -> str:
    return "分派表:\n  甲:\n" + "".join(f"    - {row}\n" for row in rows)


def test_rows_are_read_in_their_order_with_who_and_when() -> None:
    text = table("{规则: 急, 紧急: 是, 派给: {角色: 组长}}", "{规则: 其余, 派给: {人: 王建国}}")
    first, second = parse_assignments(text)["甲"]
    assert (first.rule, first.owner.role, second.rule, second.owner.person) == ("急", "组长", "其余", "王建国")
    assert (first.when({"紧急": True}), first.when({"紧急": False}), second.when({})) == (True, False, True)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("别的: 1", SHAPE),
        ("分派表: [甲]", SHAPE),
        ("分派表:\n  甲: [1]", SHAPE),
        ("分派表:\n  甲: []", "分派表文件 分派表“甲”：一行都没有"),
        (table("{派给: {角色: 组长}}"), f"{ROW}缺少“规则”"),
        (table("{规则: 急}"), f"{ROW}缺少“派给”"),
        (table("{规则: 急, 派给: 组长}"), f"{ROW}派给要写成 {{角色: 客服}}，或 人、团队、提交人上级 里的一样"),
        (table("{规则: 急, 派给: {}}"), f"{ROW}派给要写一样：角色、人、团队、提交人上级"),
        (table("{规则: 急, 派给: {角色: 组长, 人: 王建国}}"), f"{ROW}派给要写一样：角色、人、团队、提交人上级"),
        (
            table("{规则: 急, 派给: {分派表: 乙}}"),
            f"{ROW}派给要写一样：角色、人、团队、提交人上级",
        ),
    ],
)
def test_a_mistake_is_named_with_its_table_and_its_row(text: str, problem: str) -> None:
    with pytest.raises(DefinitionError) as refused:
        parse_assignments(text)
    assert [str(each) for each in refused.value.problems] == [problem]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("分派表: {甲: [", "第 2 行第 1 列：格式不对"),
        ("分派表: {}\n分派表: {}", "写了两次"),
        ("甲: &a 1\n乙: *a", "不能用 * 引用别处"),
        ("日: 2026-13-45", "里面有写不成的日期或数字"),
    ],
)
def test_a_file_that_is_no_yaml_of_ours_says_where(text: str, words: str) -> None:
    assert yamlfile.read("甲: 1") == {"甲": 1}
    with pytest.raises(DefinitionError, match=r"^分派表文件：") as refused:
        parse_assignments(text)
    assert words in str(refused.value)
