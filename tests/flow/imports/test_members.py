"""The staff list: one human is one member, whatever the order of the rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from flow.imports import undo
from flow.imports.members import known_roles
from flow.people.directory import load
from models import Counter, ImportBatch, Member, MemberRole
from tests.support import exported as x
from tests.support.importing import NOW, opened, reasons, table, take_in

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

HEADER = "姓名,角色,企业微信,钉钉,上级,团队,区域,仓库,品类"
CONTRACT_ROLES = {
    "管理员", "客服", "客服组长", "客服主管", "销售经理", "运营总监", "风控专员", "仓管员", "质检员", "财务",
    "维修主管", "操作员",
}  # fmt: skip


@pytest.fixture
async def desk(sqlite: str) -> AsyncIterator[None]:
    async with opened(sqlite):
        yield


@pytest.fixture
async def engine(database_url: str) -> AsyncIterator[None]:
    """Each database in turn."""
    async with opened(database_url):
        yield


def staff(folder: Path, *rows: str) -> Path:
    return table(folder, HEADER, *rows, name="成员.csv")


async def roles_of(name: str) -> set[str]:
    rows = await MemberRole.filter(member__name=name).values_list("role", flat=True)
    return {str(role) for role in rows}


def test_the_roles_are_those_of_the_contract() -> None:
    assert set(known_roles()) == CONTRACT_ROLES


async def test_a_member_with_everything(engine: None, tmp_path: Path) -> None:
    rows = ["李雷,客服、客服组长,LiLei,ding1,韩梅,售后组,华东、华南,一号仓,餐具、家纺", "韩梅,客服主管,HanMei,,,,,,"]
    report = await take_in("members", staff(tmp_path, *rows))
    assert report.good == {"新成员": 2}
    member = await Member.get(name="李雷").prefetch_related("manager")
    assert (member.wecom, member.dingtalk, member.team) == ("lilei", "ding1", "售后组")  # WeCom ids in lower case
    assert (member.regions, member.warehouses, member.categories) == (["华东", "华南"], ["一号仓"], ["餐具", "家纺"])
    assert member.manager is not None
    assert member.manager.name == "韩梅"  # who comes later in the file
    assert await roles_of("李雷") == {"客服", "客服组长"}


async def test_which_shops_somebody_serves_may_be_said(engine: None, tmp_path: Path) -> None:
    path = table(tmp_path, "姓名,角色,企业微信,店铺", "李雷,客服,a,天猫、京东、天猫", "韩梅,客服,b,", name="成员.csv")
    assert (await take_in("members", path)).good == {"新成员": 2}
    people = await load()
    shops = {name: person.shops for name in ("李雷", "韩梅") if (person := people.named(name))}
    assert shops == {"李雷": ("天猫", "京东"), "韩梅": ()}
    assert (await take_in("members", path)).good == {"没有变化": 2}
    other = table(tmp_path, "姓名,角色,企业微信,店铺", "李雷,客服,a,抖音", name="成员二.csv")
    changed = await take_in("members", other)
    assert changed.good == {"更新成员": 1}
    assert (await Member.get(name="李雷")).shops == ["抖音"]
    await undo(changed.batch_id or 0, now=NOW)
    assert (await Member.get(name="李雷")).shops == ["天猫", "京东"]


async def test_a_member_there_is_is_updated(desk: None, tmp_path: Path) -> None:
    await take_in("members", staff(tmp_path, "李雷,客服,a,,,,,,", "韩梅,财务,b,,,,,,"))
    report = await take_in("members", staff(tmp_path, "李雷,客服组长,a,d1,韩梅,,,,", "韩梅,财务,b,,,,,,"))
    assert report.good == {"更新成员": 1, "没有变化": 1}
    assert await roles_of("李雷") == {"客服组长"}
    assert (await Member.get(name="李雷")).dingtalk == "d1"


async def test_two_members_may_swap_accounts(engine: None, tmp_path: Path) -> None:
    await take_in("members", staff(tmp_path, "李雷,客服,a,,,,,,", "韩梅,财务,b,,,,,,"))
    await take_in("members", staff(tmp_path, "李雷,客服,b,,,,,,", "韩梅,财务,a,,,,,,"))
    assert dict(await Member.all().values_list("name", "wecom")) == {"李雷": "b", "韩梅": "a"}


async def test_who_left_and_is_in_the_list_again_is_back(desk: None, tmp_path: Path) -> None:
    path = staff(tmp_path, "李雷,客服,a,,,,,,")
    await take_in("members", path)
    await Member.all().update(active=False)
    assert (await take_in("members", path)).good == {"更新成员": 1}
    assert (await Member.get(name="李雷")).active


async def revision() -> int:
    counter = await Counter.get_or_none(name="members")
    return counter.value if counter else 0


async def test_every_change_is_told_once_and_no_change_is_not(desk: None, tmp_path: Path) -> None:
    path = staff(tmp_path, "李雷,客服,a,,,,,,", "韩梅,财务,b,,,,,,")
    await take_in("members", path)
    assert await revision() == 1
    await take_in("members", path)
    assert (await revision(), await ImportBatch.all().count()) == (1, 2)


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([",客服,a,,,,,,"], {"没有姓名": [2]}),
        (["李雷,,a,,,,,,"], {"没有角色": [2]}),
        (["李雷,客服、店长,a,,,,,,"], {"不认识的角色 店长": [2]}),
        (["李雷,客服,,,,,,,"], {"企业微信和钉钉都没有填": [2]}),
        (["李雷,客服,a,,,,,,", "李雷,财务,b,,,,,,"], {"姓名重复": [3]}),
        (["李雷,客服,a,,,,,,", "韩梅,财务,A,,,,,,"], {"企业微信账号重复": [3]}),  # WeCom compares without case
        (["李雷,客服,,d,,,,,", "韩梅,财务,,d,,,,,"], {"钉钉账号重复": [3]}),
        (["李雷,客服,a,,王五,,,,"], {"上级不认识": [2]}),
        (["李雷,客服,a,,李雷,,,,"], {"上级成环": [2]}),
        (["甲,客服,a,,乙,,,,", "乙,客服,b,,丙,,,,", "丙,客服,c,,甲,,,,"], {"上级成环": [2, 3, 4]}),
        (["李雷,客服,a,,韩梅,,,,", "韩梅,店长,b,,,,,,"], {"上级不认识": [2], "不认识的角色 店长": [3]}),
        (["李雷,客服,x,,,,,,"], {"企业微信账号重复": [2]}),  # held by somebody who is not in the file
        (["李雷,客服,a,,老王,,,,", "老张,客服,x,,李雷,,,,"], {"上级成环": [2, 3]}),  # 老王 reports to 老张 already
    ],
)
async def test_rows_that_cannot_be_members(
    desk: None, tmp_path: Path, rows: list[str], expected: dict[str, list[int]]
) -> None:
    await take_in("members", staff(tmp_path, "老张,客服,x,,,,,,", "老王,客服,y,,老张,,,,"))
    assert reasons(await take_in("members", staff(tmp_path, *rows))) == expected


async def test_a_manager_who_is_not_in_the_file_is_found(desk: None, tmp_path: Path) -> None:
    await take_in("members", staff(tmp_path, "韩梅,客服主管,b,,,,,,"))
    assert (await take_in("members", staff(tmp_path, "李雷,客服,a,,韩梅,,,,"))).good == {"新成员": 1}


async def test_a_manager_who_has_left_is_not(desk: None, tmp_path: Path) -> None:
    await take_in("members", staff(tmp_path, "韩梅,客服主管,b,,,,,,"))
    await Member.all().update(active=False)
    assert reasons(await take_in("members", staff(tmp_path, "李雷,客服,a,,韩梅,,,,"))) == {"上级不认识": [2]}


async def test_a_dry_run_reports_the_same_and_writes_nothing(desk: None, tmp_path: Path) -> None:
    path = staff(tmp_path, "李雷,客服,a,,,,,,", "韩梅,店长,b,,,,,,")
    dry = await take_in("members", path, dry_run=True)
    assert (await Member.all().count(), await revision(), await ImportBatch.all().count()) == (0, 0, 0)
    wet = await take_in("members", path)
    assert (wet.good, wet.bad) == (dry.good, dry.bad)


@pytest.mark.parametrize(
    "roles",
    ["客服、客服组长", '"客服,客服组长"', "客服；客服组长", "客服/客服组长", "客服|客服组长", '"客服\n客服组长"'],
)
async def test_roles_are_parted_by_whatever_people_type(desk: None, tmp_path: Path, roles: str) -> None:
    report = await take_in("members", staff(tmp_path, f"李雷,{roles},a,,,,,,"))
    assert (report.good, report.bad) == ({"新成员": 1}, [])
    assert await roles_of("李雷") == {"客服", "客服组长"}


async def test_an_unknown_role_is_told_with_the_nearest(desk: None, tmp_path: Path) -> None:
    [bad] = (await take_in("members", staff(tmp_path, "李雷,客服主官,a,,,,,,"))).bad
    assert bad.fix.startswith("客服主官 是不是 客服主管？")


async def test_signs_for_nothing_are_nothing(desk: None, tmp_path: Path) -> None:
    assert (await take_in("members", staff(tmp_path, "李雷,客服,a,-,无,—,N/A,,"))).good == {"新成员": 1}
    member = await Member.get()
    assert (member.dingtalk, member.manager_id, member.team, member.regions) == (None, None, "", [])


async def test_accounts_that_a_spreadsheet_has_shortened_are_refused(desk: None, tmp_path: Path) -> None:
    """Two people's 钉钉 accounts are one number in the file by now."""
    rows = [["姓名", "角色", "钉钉"], *([who, "客服", x.number("1234567890123456")] for who in ("李雷", "韩梅"))]
    report = await take_in("members", x.workbook(tmp_path / "成员.xlsx", rows))
    assert reasons(report) == {"钉钉被表格软件改成了数字": [2, 3]}
    assert {bad.fix for bad in report.bad} == {"C 列“钉钉”的数字丢了后面几位，把这一列设成文本再导出"}
    assert not await Member.exists()


async def test_what_is_merged_is_of_each(desk: None, tmp_path: Path) -> None:
    rows = [["成员表"], ["姓名", "角色", "钉钉", "团队"], ["李雷", "客服", "d1", "售后组"], ["韩梅", "客服", "d2", ""]]
    report = await take_in("members", x.workbook(tmp_path / "成员.xlsx", rows, merged=["A1:D1", "D3:D4"], strict=True))
    assert report.good == {"新成员": 2}
    assert [member.team for member in await Member.all()] == ["售后组", "售后组"]
