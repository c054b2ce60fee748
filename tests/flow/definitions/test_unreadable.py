"""What stands in a file where something else should: one sentence says what, and where."""

from __future__ import annotations

import shutil
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from flow.definitions import yamlfile
from flow.definitions.business import CONFIG, load_business, shipped
from flow.definitions.calendar_text import NoSuchDay, day_of
from flow.definitions.conditions import parse
from flow.definitions.flow_reader import flow_from
from flow.definitions.policy import read_policy
from flow.errors import DefinitionError
from tests.support.editing import BUNDLE, FLOW, POLICY

if TYPE_CHECKING:
    from pathlib import Path


def flow(**changes: Any) -> Any:
    """The small shop's flow with keys of its node 客服审核 changed, or, in capitals, keys of its own."""
    data = yamlfile.read(BUNDLE[FLOW])
    data["节点"]["客服审核"] |= changes
    return data


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (flow(动作=["同意"]), "动作要写成 名字: {去: 节点}，一个动作一行"),
        (flow(动作={"同意": "质检"}), "动作“同意”要写成 同意: {去: 节点}"),
        (flow(动作={"同意": {"去": 3}}), "去要写一个节点名，或一串 {当: {…}, 去: 节点}"),
        (flow(动作={"同意": {"去": ["质检"]}}), "去要写一个节点名，或一串 {当: {…}, 去: 节点}"),
        (flow(负责人="客服"), "负责人要写成 {角色: 客服}，或 人、团队、分派表 里的一样"),
        (flow(负责人={"职位": "客服"}), "负责人里的“职位”不认识"),
        ({**flow(), "重开": {"期限": "7天"}}, "重开"),
        ({**flow(), "节点": []}, "要有“流程”“开始”“节点”三项"),
        ({"节点": {}}, "要有“流程”“开始”“节点”三项"),
    ],
)
def test_a_flow(data: Any, words: str) -> None:
    with pytest.raises(DefinitionError) as refused:
        flow_from(data)
    assert words in str(refused.value)


def policy(**changes: Any) -> str:
    return yamlfile.write(yamlfile.read(BUNDLE[POLICY]) | changes)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "要有“政策”和“审批表”两项，审批表一行一档"),
        ("政策: a", "要有“政策”和“审批表”两项，审批表一行一档"),
        (policy(颜色="红"), "“颜色”不认识"),
        (policy(退款时机="明天"), "退款时机“明天”不认识"),
        (policy(双人金额="很多"), "双人金额要是数字"),
    ],
)
def test_a_policy(text: str, words: str) -> None:
    with pytest.raises(DefinitionError) as refused:
        read_policy(text)
    assert words in str(refused.value)


@pytest.mark.parametrize(("called", "title"), [("快速", "快速"), ("", "express")])
def test_a_policy_is_called_by_its_name_or_its_code(called: str, title: str) -> None:
    assert read_policy(policy(名称=called)).title == title


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        ("退货", "要写成 {流程: 退货, 路由: 质检部, …}"),
        ({"流程": "退货", "路由": ["质检部"]}, "“路由”只能写一个词"),
        ({"路由": "质检部"}, "缺少“流程”"),
    ],
)
def test_a_return_type(tmp_path: Path, raw: Any, words: str) -> None:
    folder = tmp_path / "config"
    shutil.copytree(CONFIG, folder)
    reasons = yamlfile.read((folder / "reasons.yaml").read_text("utf-8"))
    reasons["退货类型"]["色差"] = raw
    (folder / "reasons.yaml").write_text(yamlfile.write(reasons), "utf-8")
    with pytest.raises(DefinitionError) as refused:
        load_business(folder)
    assert words in str(refused.value)


def test_a_file_that_is_missing_is_named(tmp_path: Path) -> None:
    folder = tmp_path / "config"
    shutil.copytree(CONFIG, folder)
    (folder / "calendar.yaml").unlink(missing_ok=True)  # without it there are no quiet hours
    assert load_business(folder).quiet is None
    (folder / "notices.yaml").write_text("别的: {}", "utf-8")
    with pytest.raises(DefinitionError, match="读不出“通知”"):
        load_business(folder)
    (folder / "notices.yaml").unlink()
    with pytest.raises(DefinitionError, match=r"notices\.yaml：找不到这个文件"):
        shipped(folder)


TODAY = date(2026, 11, 22)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026-11-25", date(2026, 11, 25)),
        ("明年1月5日", date(2027, 1, 5)),
        ("明天", date(2026, 11, 23)),
        ("明天下午", None),  # more than a day
        ("随便", None),
    ],
)
def test_a_day(text: str, day: date | None) -> None:
    assert day_of(text, TODAY) == day


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("2026-02-30", "没有 2026-02-30 这一天"),
        ("1026-02-03", "“1026”不是合理的年份"),
        ("13月5日", "没有13月5日这一天"),
        ("2月30日", "没有2月30日这一天"),
    ],
)
def test_a_day_that_there_is_not(text: str, words: str) -> None:
    with pytest.raises(NoSuchDay, match=words):
        day_of(text, TODAY)


@pytest.mark.parametrize(("value", "fits"), [(["破损", "缺件"], True), (["缺件"], False), ("破损", True), ([], False)])
def test_of_several_choices_one_is_enough(value: Any, fits: bool) -> None:
    assert parse("选", "破损").test(value) == fits
