"""What sentences say of members: every key, in the words people use, and what is refused before anything is done."""

from __future__ import annotations

from typing import Any

import pytest

from flow.edits.staffing import change_of, newcomer
from flow.errors import FlowError
from flow.people.changes import Change, checked, unheard_of
from flow.people.directory import Directory
from models.views.case import Person

ROLES = ("客服", "客服组长", "客服主管", "财务", "质检员")
BOSS, LEAD, AGENT = 1, 2, 3
STAFF = Directory.of((
    Person(BOSS, "李敏", frozenset({"客服主管"}), wecom="limin", team="客服部"),
    Person(LEAD, "王建国", frozenset({"客服组长"}), wecom="wang", manager_id=BOSS, team="售后一组", shops=("旗舰店",)),
    Person(AGENT, "林晓", frozenset({"客服", "质检员"}), dingtalk="lin.x", manager_id=LEAD, team="售后一组"),
))  # fmt: skip


def sets(name: str, **kept: Any) -> Change:
    return Change(name, sets=kept)


SAID = [
    ("王建国 加角色 客服主管", Change("王建国", ("客服主管",))),
    ("王建国 增加角色 主管", Change("王建国", ("客服主管",))),  # a part of the name will do where it is one role's
    ("王建国，加角色：客服主管、财务", Change("王建国", ("客服主管", "财务"))),
    ("王建国 去掉角色 客服组长，加角色 客服", Change("王建国", ("客服",), ("客服组长",))),
    ("林晓 上级 李敏", sets("林晓", 上级="李敏")),
    ("林晓 上级 无", sets("林晓", 上级="")),
    ("林晓 团队 售后二组，店铺 旗舰店、直营店", sets("林晓", 团队="售后二组", 店铺=["旗舰店", "直营店"])),
    ("王建国 店铺 全部", sets("王建国", 店铺=[])),
    ("林晓 企微 LinXiao", sets("林晓", 企业微信="linxiao")),  # WeCom compares without regard to case
    ("林晓 钉钉账号 Lin.X2", sets("林晓", 钉钉="Lin.X2")),
    ("林晓 仓库 一号仓 区域 华东 品类 家电", sets("林晓", 仓库=["一号仓"], 区域=["华东"], 品类=["家电"])),
]


@pytest.mark.parametrize(("text", "change"), SAID)
def test_what_is_said_of_a_member(text: str, change: Change) -> None:
    assert change_of(text, STAFF, ROLES) == change


@pytest.mark.parametrize(
    ("text", "change"),
    [
        (
            "张三 企业微信 zhangsan 角色 客服 上级 王建国",
            Change("张三", ("客服",), sets={"企业微信": "zhangsan", "上级": "王建国"}, joins=True),
        ),
        (
            "张三，钉钉 zhang.san，角色 客服、质检员",
            Change("张三", ("客服", "质检员"), sets={"钉钉": "zhang.san"}, joins=True),
        ),
    ],
)
def test_somebody_new(text: str, change: Change) -> None:
    assert newcomer(text, ROLES) == change


REFUSED = [
    ("王老五 加角色 客服", "没有叫 王老五 的员工"),
    ("王建国 角色 财务", "加上请写 员工 王建国 加角色 财务"),  # all of them, or one more?
    ("王建国 加角色 会计", "没有角色“会计”"),
    ("王建国 加角色", "没有看懂"),
    ("王建国 升职", "“升职”没有看懂，什么都没有改"),
    ("王建国 加角色 客服组长", "本来就是这样"),
    ("王建国 去角色 财务", "王建国 没有角色 财务，现在的角色：客服组长"),
    ("王建国 去角色 客服组长", "一个角色都不剩"),
    ("王建国 上级 林晓", "林晓 在 王建国 下面"),
    ("王建国 上级 王建国", "在 王建国 下面（或就是本人）"),
    ("王建国 上级 王老五", "没有叫 王老五 的员工"),
    ("王建国 企业微信 无", "要有企业微信或钉钉账号"),
    ("王建国 企业微信 limin", "已经是 李敏 的"),
    ("王建国 企业微信 @all", "不是一个人的账号"),
    (f"王建国 团队 {'组' * 65}", "太长"),
]


@pytest.mark.parametrize(("text", "why"), REFUSED)
def test_what_is_refused(text: str, why: str) -> None:
    with pytest.raises(FlowError, match=why):
        checked(change_of(text, STAFF, ROLES), STAFF)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("张三 企业微信 zhangsan", "请写上 张三 的角色"),
        ("张三 角色 客服", "要有企业微信或钉钉账号"),
        ("王建国 企业微信 w2 角色 客服", "已经有员工 王建国 了"),
        ("张三 企业微信 z 角色 客服 去角色 财务", "新员工没有角色可以去掉"),
        ("13800001234 企业微信 rr 角色 客服", "“13800001234”不是姓名"),
    ],
)
def test_somebody_new_who_cannot_be(text: str, why: str) -> None:
    with pytest.raises(FlowError, match=why):
        checked(newcomer(text, ROLES), STAFF)


def test_every_difference_is_told_as_it_was_and_will_be() -> None:
    change = change_of("王建国 加角色 客服主管 去角色 客服组长 上级 无 店铺 全部 团队 售后二组", STAFF, ROLES)
    assert checked(change, STAFF).words(STAFF.named("王建国"), STAFF) == (
        "王建国 加上角色 客服主管",
        "王建国 去掉角色 客服组长",
        "王建国 上级：李敏 → 无",
        "王建国 店铺：旗舰店 → 全部",
        "王建国 团队：售后一组 → 售后二组",
    )


def test_what_is_so_already_is_left_out() -> None:
    change = checked(change_of("林晓 加角色 客服、财务 上级 王建国 团队 客服部", STAFF, ROLES), STAFF)
    assert (change.add, dict(change.sets)) == (("财务",), {"团队": "客服部"})


def test_a_change_survives_its_record() -> None:
    change = change_of("林晓 加角色 财务 店铺 旗舰店", STAFF, ROLES)
    assert Change.of(change.data()) == change


@pytest.mark.parametrize(
    ("text", "hints"),
    [
        ("林晓 团队 售后二组", ["团队“售后二组”别的员工都没有（有 售后一组、客服部），请核对"]),
        ("林晓 店铺 旗舰店、旗剑店", ["店铺“旗剑店”别的员工都没有（有 旗舰店），请核对"]),
        ("林晓 团队 客服部", []),
        ("林晓 加角色 财务", []),
    ],
)
def test_a_name_that_nobody_else_has_is_pointed_out(text: str, hints: list[str]) -> None:
    assert unheard_of(change_of(text, STAFF, ROLES), STAFF) == hints
