"""Who gets a task, by each owner rule that a node may have: on whose phones the card stands, and on no other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from flow.people.directory import MEMBERS
from flow.records.sequences import take
from models import Member, Order, Product, Task
from tests.support.own_flows import owned, use
from tests.support.published import publish_choices
from tests.support.stage import sell
from tests.support.stories import LAMP, approved, group_news, play, role, says, submitted, the_cards_are_true

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.support.stage import Stage

    Staff = Mapping[str, Mapping[str, Any]]  #: name -> what the staff file says of them

pytestmark = pytest.mark.homes("both", "dingtalk")

RETURN = "退货 536365 85123A×1 质量问题"  #: lamps from 华东, which go to 一号仓
NORTHERN = "536366"
LINE_UP = ["周仓", "刘洋", "黄磊"]
TWO_HEADS: Staff = {
    "马宏伟": {"roles": ["维修主管"], "regions": ["华东"]},
    "何佳": {"roles": ["维修主管"], "regions": ["华北"]},
}


def keepers(field: str, mine: str, others: str) -> Staff:
    """Two keepers, each with a region, a category or a warehouse of their own; ``""`` serves all."""
    return {"周仓": {field: [mine] if mine else []}, "刘洋": {field: [others] if others else []}}


def repair(order: str, note: str = "不通电") -> str:
    return f"维修 {order} 85123A×1 保修维修 {note}"


@pytest.fixture(autouse=True)
async def goods(desk: Stage) -> None:
    """What is known of the two orders: a region each, and for both the category and the warehouse."""
    await sell(NORTHERN, LAMP, region="华北")
    await Order.filter(no="536365").update(region="华东")
    await Product.create(sku="85123A", title="白色心形烛台", category="灯具")
    await publish_choices(
        "退货地址: [{规则: 都寄一号仓, 收件人: 收货组, 电话: 0571-1, 地址: 杭州, 仓库: 一号仓}]\n紧急用语: [紧急]"
    )


async def staffed(staff: Staff) -> None:
    for name, known in staff.items():
        if "roles" in known:
            await role(name, *known["roles"])
        await Member.filter(name=name).update(**{field: value for field, value in known.items() if field != "roles"})
    await take(MEMBERS)


async def asked(desk: Stage, rule: str, line: str = RETURN, by: str = "林晓", avoids: str = "[]") -> set[str]:
    """Publish a flow with that owner rule and open a case of it by typing: everybody whose phone shows a card."""
    await use(desk, owned(rule, line.split()[0], avoids))
    await submitted(desk, line, by)
    await the_cards_are_true(desk)
    return holders(desk)


def holders(desk: Stage) -> set[str]:
    return {person.name for person in desk.sandbox.world.people if desk.live(person)}


# -- by the rule -------------------------------------------------------------------------------------------------------

RULES = [
    pytest.param("{角色: 仓管员}", {}, RETURN, {"周仓", "刘洋"}, id="角色: everybody who has it"),
    pytest.param("{人: 何佳}", {}, RETURN, {"何佳"}, id="人"),
    pytest.param(
        "{团队: 售后二组}",
        {"何佳": {"team": "售后二组"}, "马宏伟": {"team": "售后二组"}, "孙悦": {"team": "售后一组"}},
        RETURN,
        {"何佳", "马宏伟"},
        id="团队: whatever their roles",
    ),
    pytest.param("{提交人上级: true}", {}, RETURN, {"王建国"}, id="提交人上级"),
    pytest.param("{首选: 提交人, 角色: 客服}", {}, RETURN, {"林晓"}, id="首选 提交人: before the role"),
    pytest.param("{角色: 仓管员, 同区域: true}", keepers("regions", "华东", "华北"), RETURN, {"周仓"}, id="同区域"),
    pytest.param(
        "{角色: 仓管员, 同区域: true}",
        keepers("regions", "华北", ""),
        RETURN,
        {"刘洋"},
        id="同区域: nobody by name, so who serves all",
    ),
    pytest.param("{角色: 仓管员, 同品类: true}", keepers("categories", "餐具", "灯具"), RETURN, {"刘洋"}, id="同品类"),
    pytest.param(
        "{角色: 仓管员, 同仓库: true}", keepers("warehouses", "一号仓", "二号仓"), RETURN, {"周仓"}, id="同仓库"
    ),
    pytest.param(
        "{分派表: 维修分派}", TWO_HEADS, repair("536365", "紧急 不通电"), {"马宏伟"}, id="分派表: 紧急维修 且 华东"
    ),
    pytest.param(
        "{分派表: 维修分派}", TWO_HEADS, repair(NORTHERN, "紧急 不通电"), {"何佳"}, id="分派表: 紧急, but 华北"
    ),
    pytest.param("{分派表: 客服分派}", {"何佳": {"regions": ["华东"]}}, RETURN, {"何佳"}, id="分派表: any other"),
]


@pytest.mark.parametrize(("rule", "staff", "line", "who"), RULES)
async def test_the_card_is_on_these_phones_and_on_no_other(
    desk: Stage, rule: str, staff: Staff, line: str, who: set[str]
) -> None:
    await staffed(staff)
    assert await asked(desk, rule, line) == who


async def test_the_urgent_repair_of_the_east_says_by_which_row_it_went_to_its_head(desk: Stage) -> None:
    await staffed(TWO_HEADS)
    await asked(desk, "{分派表: 维修分派}", repair("536365", "紧急 不通电"))
    assert "华东紧急维修：角色 维修主管（区域 华东）" in await says(desk, "李敏", "规则 为什么 R20261123-0001")


# -- one of several ----------------------------------------------------------------------------------------------------


async def test_in_turn_everybody_gets_as_much(desk: Stage) -> None:
    await staffed({"黄磊": {"roles": ["仓管员"]}})
    await use(desk, owned("{角色: 仓管员, 派法: 轮流}"))
    for dealt in range(1, 7):
        await submitted(desk, RETURN)
        hands = [len(desk.live(desk.person(name))) for name in LINE_UP]
        assert (sum(hands), max(hands) - min(hands)) == (dealt, 1 if dealt % 3 else 0)


async def test_whoever_has_least_to_do_gets_the_next(desk: Stage) -> None:
    await use(desk, owned("{角色: 仓管员, 派法: 最少待办}"))
    await submitted(desk, RETURN)
    assert holders(desk) == {"周仓"}
    await submitted(desk, RETURN)
    await play(desk, "周仓 同意")
    assert holders(desk) == {"刘洋"}
    await submitted(desk, RETURN)
    assert [len(desk.live(desk.person(name))) for name in ("周仓", "刘洋")] == [1, 1]


# -- by somebody else --------------------------------------------------------------------------------------------------

ALONE: Staff = {"李敏": {"manager_id": None}}
STAND_INS = [
    pytest.param(
        "{角色: 销售经理, 否则: 客服主管}", {"吴强": {"roles": []}}, "林晓", "没有可用的销售经理，转给了李敏", id="否则"
    ),
    pytest.param(
        "{角色: 客服组长}", {}, "王建国", "没有可用的客服组长，转给了李敏", id="the sole one asks: their manager"
    ),
    pytest.param("{提交人上级: true}", ALONE, "李敏", "没有可用的提交人上级，转给了陈卓", id="nobody above"),
    pytest.param("{人: 何佳}", {"何佳": {"active": False}}, "林晓", "没有可用的何佳，转给了王建国", id="人 has left"),
]


@pytest.mark.parametrize(("rule", "staff", "by", "alert"), STAND_INS)
async def test_where_the_rule_finds_nobody_somebody_else_has_the_card_and_the_group_hears_of_it(
    desk: Stage, rule: str, staff: Staff, by: str, alert: str
) -> None:
    await staffed(staff)
    assert await asked(desk, rule, by=by, avoids="[提交人]") == {alert.partition("转给了")[2]}
    assert group_news(desk, "管理群") == [f"R20261123-0001 审核{alert}"]


# -- away --------------------------------------------------------------------------------------------------------------

AWAY = [
    pytest.param("{角色: 客服组长}", "王建国", id="of a role"),
    pytest.param("{人: 何佳}", "何佳", id="by name"),
    pytest.param("{提交人上级: true}", "王建国", id="the creator's superior"),
    pytest.param("{首选: 提交人, 角色: 客服}", "林晓", id="the creator"),
]


@pytest.mark.parametrize(("rule", "absent"), AWAY)
async def test_who_is_away_is_stood_in_for_and_the_case_says_by_whom(desk: Stage, rule: str, absent: str) -> None:
    await says(desk, absent, "请假 今天 到 11-25 代理 郑瑞")
    assert await asked(desk, rule) == {"郑瑞"}
    assert f"郑瑞 代 {absent}" in await says(desk, "林晓", "查 536365")


# -- 仓库 --------------------------------------------------------------------------------------------------------------


async def test_a_keeper_sees_what_goes_to_their_warehouse(desk: Stage) -> None:
    """The row of the return address names the warehouse: its keepers get the parcel, and may look it up."""
    await publish_choices(
        "退货地址:\n  - {规则: 都寄一号仓, 收件人: 收货组, 电话: 0571-1, 地址: 杭州 1 号, 仓库: 一号仓}\n"
    )
    await role("黄磊", "仓管员")
    for name, house in {"周仓": "一号仓", "黄磊": "二号仓"}.items():
        await Member.filter(name=name).update(team="", manager_id=None, warehouses=[house])
    await take(MEMBERS)
    no = await approved(desk)
    assert [task.owner.name for task in await Task.filter(node="仓库收货").prefetch_related("owner")] == ["周仓"]
    assert "经过" in await says(desk, "周仓", f"查 {no}")
    assert "不在你能看的范围（仓库的单）" in await says(desk, "黄磊", f"查 {no}")
    await Member.filter(name="黄磊").update(warehouses=["二号仓", "一号仓"])
    await take(MEMBERS)
    assert "经过" in await says(desk, "黄磊", f"查 {no}")
