"""Whose cases somebody may look up: each scope in and out, who is named instead, and the same over the wire."""

from __future__ import annotations

from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flow.access.lookup import ensure_in_scope, find_cases
from flow.access.scope import Ties, outside, within
from flow.definitions.permissions import Scope
from flow.desk import Desk
from flow.errors import NotAllowed, NotFound, Unseen
from flow.people.directory import MEMBERS, Directory, load
from flow.records.sequences import take
from flow.views.case import case_view, task_view
from models import Case, Member, MemberRole, Order, Parcel, Task
from models.views.case import Person
from tests.support.importing import NOW, opened
from tests.support.shipped import BUSINESS
from tests.support.stories import finish, inspected, news, on, play, received, role, says, submitted

if TYPE_CHECKING:
    from tests.support.stage import Stage

MATRIX = BUSINESS.matrix
ME, MATE, BELOW, DEEPER, BOSS, TOP, OTHER = 1, 2, 3, 4, 5, 6, 7


def person(number: int, name: str, role: str, boss: int | None = None, team: str = "", *shops: str) -> Person:
    houses = ("一号仓",) if shops else ()
    return Person(number, name, frozenset({role}), manager_id=boss, team=team, shops=shops, warehouses=houses)


PEOPLE = (
    person(ME, "我", "仓管员", BOSS, "一组", "天猫"),
    person(MATE, "同组", "客服", BOSS, "一组"),
    person(BELOW, "下属", "质检员", ME, "二组"),
    person(DEEPER, "下属的下属", "操作员", BELOW),
    person(BOSS, "上级", "质检员", TOP, "管理组"),
    person(TOP, "上级的上级", "运营总监"),
    person(OTHER, "别人", "客服"),
)
STAFF = Directory.of(PEOPLE)
WHO = STAFF.by_id[ME]


# -- the rule ----------------------------------------------------------------------------------------------------------

_ALL, _OWN, _TEAM, _HOUSE, _SHOP = Scope.ALL, Scope.OWN, Scope.TEAM, Scope.WAREHOUSE, Scope.SHOP
#: whose case, of which shop and warehouse -> the scopes that take it in, beside 全部
BELONGS = [
    (Ties(frozenset({ME}), "京东"), {_OWN, _TEAM, _HOUSE, _SHOP}),
    (Ties(frozenset({OTHER, ME}), "京东"), {_OWN, _TEAM, _HOUSE, _SHOP}),
    (Ties(frozenset({MATE}), "京东"), {_TEAM, _HOUSE, _SHOP}),
    (Ties(frozenset({BELOW}), "京东"), {_TEAM, _HOUSE, _SHOP}),
    (Ties(frozenset({DEEPER}), "京东"), {_TEAM, _HOUSE, _SHOP}),
    (Ties(frozenset({OTHER}), "天猫"), {_SHOP}),
    (Ties(frozenset(), "天猫"), {_SHOP}),  # imported: nobody's
    (Ties(frozenset({OTHER}), "京东", "一号仓"), {_HOUSE}),
    (Ties(frozenset({OTHER}), "天猫", "一号仓"), {_HOUSE, _SHOP}),
    (Ties(frozenset({OTHER}), "京东", "二号仓"), set()),
    (Ties(frozenset({OTHER}), "京东"), set()),
    (Ties(frozenset({BOSS, TOP}), "京东"), set()),  # who is above me is not below me
    (Ties(frozenset(), ""), set()),
]


@pytest.mark.parametrize("scope", Scope)
@pytest.mark.parametrize(("ties", "reaches"), BELONGS)
def test_a_scope_takes_in_what_it_says(scope: Scope, ties: Ties, reaches: set[Scope]) -> None:
    assert within({scope}, WHO, ties, STAFF) == (scope in reaches | {_ALL})


@pytest.mark.parametrize(("ties", "reaches"), BELONGS)
def test_of_two_roles_each_brings_its_own(ties: Ties, reaches: set[Scope]) -> None:
    assert within({_HOUSE, _SHOP}, WHO, ties, STAFF) == bool(reaches & {_HOUSE, _SHOP})


def test_without_a_scope_not_even_my_own() -> None:
    assert not within((), WHO, Ties(frozenset({ME}), "天猫"), STAFF)


def test_who_serves_no_shop_in_particular_serves_all() -> None:
    assert within({Scope.SHOP}, STAFF.by_id[OTHER], Ties(frozenset({ME}), "京东"), STAFF)


def test_two_without_a_team_are_no_team() -> None:
    assert not within({Scope.TEAM}, STAFF.by_id[OTHER], Ties(frozenset({DEEPER, TOP}), ""), STAFF)


def test_who_serves_no_warehouse_in_particular_serves_none() -> None:
    assert not within({_HOUSE}, STAFF.by_id[OTHER], Ties(frozenset({ME}), "", "一号仓"), STAFF)
    assert not within({_HOUSE}, STAFF.by_id[OTHER], Ties(frozenset({ME}), ""), STAFF)


ties_of_any = st.builds(
    Ties, st.frozensets(st.sampled_from(sorted(STAFF.by_id)), max_size=3), st.sampled_from(["", "天猫", "京东"]),
    st.sampled_from(["", "一号仓", "二号仓"]),
)  # fmt: skip


@given(st.sampled_from(PEOPLE), ties_of_any)
def test_a_wider_scope_never_loses_a_case(who: Person, ties: Ties) -> None:
    for way in ((_OWN, _TEAM, _HOUSE, _ALL), (_OWN, _TEAM, _SHOP, _ALL)):
        reached = [within({scope}, who, ties, STAFF) for scope in way]
        assert reached == sorted(reached)
        assert reached[-1]


# -- who is named ------------------------------------------------------------------------------------------------------

OUTSIDE = [
    # the nearest superior who may, past the one who may not
    (WHO, Ties(frozenset({OTHER}), "京东"), "R1 不在你能看的范围（仓库的单），可以找 运营总监 上级的上级"),
    # the direct superior, who has had a task on it
    (WHO, Ties(frozenset({BOSS}), "京东"), "R1 不在你能看的范围（仓库的单），可以找 质检员 上级"),
    (STAFF.by_id[DEEPER], Ties(frozenset({ME}), ""), "R1 不在你能看的范围（本人的单），可以找 仓管员 我"),
]


@pytest.mark.parametrize(("who", "ties", "sentence"), OUTSIDE)
def test_the_refusal_says_the_scope_and_who_may(who: Person, ties: Ties, sentence: str) -> None:
    assert outside("R1", who, ties, STAFF, MATRIX, "查") == sentence


def test_another_command_says_its_own_name() -> None:
    sentence = outside("R1", WHO, Ties(frozenset({OTHER}), "京东"), STAFF, MATRIX, "评论")
    assert sentence == "R1 不在你能评论的范围（仓库的单），可以找 运营总监 上级的上级"


def test_without_a_superior_whoever_may_is_named() -> None:
    alone = person(20, "新人", "操作员")
    few = Directory.of([alone, person(21, "钱芳", "财务"), person(22, "陈卓", "管理员")])
    assert outside("R1", alone, Ties(frozenset()), few, MATRIX, "查").endswith("可以找 财务 钱芳、管理员 陈卓")
    many = Directory.of([alone, *(person(n, f"财务{n}", "财务") for n in range(30, 34))])
    assert outside("R1", alone, Ties(frozenset()), many, MATRIX, "查").endswith("可以找 财务")
    assert outside("R1", alone, Ties(frozenset()), Directory.of([alone]), MATRIX, "查").endswith("可以找 管理员")


# -- the staff ---------------------------------------------------------------------------------------------------------


def ids(people: tuple[Person, ...]) -> list[int]:
    return [each.id for each in people]


def test_a_team_is_who_is_named_in_it() -> None:
    assert ids(STAFF.in_team("一组")) == [ME, MATE]
    assert STAFF.in_team("没有的组") == STAFF.in_team("") == ()


def test_who_is_below_and_above() -> None:
    assert ids(STAFF.reports_of(TOP)) == [BOSS, ME, MATE, BELOW, DEEPER]
    assert ids(STAFF.reports_of(OTHER)) == []
    assert ids(STAFF.above(DEEPER)) == [BELOW, ME, BOSS, TOP]
    assert ids(STAFF.above(None)) == []


@given(st.lists(st.one_of(st.none(), st.integers(1, 6)), min_size=6, max_size=6))
def test_whatever_the_circle_nobody_is_twice_or_their_own(bosses: list[int | None]) -> None:
    staff = Directory.of(person(n, f"员工{n}", "客服", boss) for n, boss in enumerate(bosses, 1))
    for number in staff.by_id:
        for found in (ids(staff.reports_of(number)), ids(staff.above(number))):
            assert len(found) == len(set(found))
            assert number not in found
        for boss in staff.above(number):
            assert number in ids(staff.reports_of(boss.id))


async def test_the_directory_knows_what_the_list_of_staff_says(desk: Stage) -> None:
    await Member.filter(name="林晓").update(
        team="售后一组", regions=["华东"], warehouses=["一号仓"], categories=["小家电"], shops=["天猫", "京东"]
    )
    lin = (await load()).named("林晓")
    assert lin is not None
    assert (lin.team, lin.regions, lin.warehouses) == ("售后一组", ("华东",), ("一号仓",))
    assert (lin.categories, lin.shops) == (("小家电",), ("天猫", "京东"))
    assert lin.roles == {"客服"}


# -- over the wire -----------------------------------------------------------------------------------------------------


async def serves(name: str, *shops: str) -> None:
    await Member.filter(name=name).update(shops=list(shops))
    await take(MEMBERS)


async def of_shop(no: str, shop: str) -> None:
    await Case.filter(no=no).update(shop=shop)


async def test_a_case_out_of_scope_is_refused_with_who_may(desk: Stage) -> None:
    no = await submitted(desk)
    ask = "，也可能不在你能看的范围（本人的单），可以找 {}"
    assert await says(desk, "黄磊", f"查 {no}") == f"没有找到售后单 {no}{ask.format('运营总监 赵卫东')}"
    await role("何佳", "操作员")
    assert await says(desk, "何佳", f"查 {no}") == f"没有找到售后单 {no}{ask.format('客服主管 李敏')}"
    away = no[:-1] + "9"
    assert await says(desk, "何佳", f"查 {away}") == f"没有找到售后单 {away}{ask.format('客服主管 李敏')}"


@pytest.mark.parametrize("asked", ["536365", "8000", "SF1234567890"])
async def test_by_another_number_it_is_as_if_it_were_not_there(desk: Stage, asked: str) -> None:
    no = await submitted(desk)
    await says(desk, "林晓", f"运单 {no} SF1234567890")
    assert f"没有找到 {asked}" in await says(desk, "黄磊", f"查 {asked}")
    assert no in await says(desk, "林晓", f"查 {asked}")


async def test_whoever_has_had_a_task_on_it_may_look_again(desk: Stage) -> None:
    no = await inspected(desk)
    assert "经过" in await says(desk, "许静", f"查 {no}")  # hers was the inspection, which is done
    assert "经过" in await says(desk, "周仓", f"查 {no}")
    await finish(desk, no)
    assert "状态：已完成" in await says(desk, "许静", f"查 {no}")


async def test_who_acted_for_somebody_and_who_was_away_both_had_it(desk: Stage) -> None:
    no = await submitted(desk)
    keeper = await Member.get(name="黄磊")
    await Task.filter(case__no=no).update(for_id=keeper.id)
    desk.honest = False  # written by hand, it does not stand in the chain
    assert "经过" in await says(desk, "黄磊", f"查 {no}")


async def test_of_several_cases_only_those_in_scope_are_listed(desk: Stage) -> None:
    first = await received(desk)
    second = await submitted(desk, "退货 536365 71053×1 质量问题")
    assert "找到 2 单：" in await says(desk, "林晓", "查 536365")
    told = await says(desk, "许静", "查 536365")
    assert told.startswith(first)  # the one that waits for her, whole, and no list
    assert second not in told


async def test_an_agent_looks_up_what_colleagues_of_the_shop_opened(desk: Stage) -> None:
    no = await submitted(desk)
    desk.honest = False
    await of_shop(no, "天猫")
    assert "经过" in await says(desk, "何佳", f"查 {no}")  # serves every shop
    await serves("何佳", "天猫", "抖音")
    assert "经过" in await says(desk, "何佳", f"查 {no}")
    await serves("何佳", "京东")
    told = f"没有找到售后单 {no}，也可能不在你能看的范围（店铺的单），可以找 客服主管 李敏"
    assert await says(desk, "何佳", f"查 {no}") == told


async def test_of_a_team_one_sees_what_another_does(desk: Stage) -> None:
    no = await received(desk)
    await role("黄磊", "仓管员")
    for name in ("周仓", "黄磊"):
        await Member.filter(name=name).update(team="仓储组", manager_id=None)
    await take(MEMBERS)
    assert "经过" in await says(desk, "黄磊", f"查 {no}")
    await Member.filter(name="黄磊").update(team="")
    await take(MEMBERS)
    assert "不在你能看的范围（仓库的单）" in await says(desk, "黄磊", f"查 {no}")


@pytest.mark.parametrize(
    ("name", "shown", "kept_back"),
    [
        pytest.param("李敏", ["客户：李雷 · 13800138000", "¥5.10"], ["李**"], id="who decides sees all"),
        pytest.param("林晓", ["客户：李** · 尾号 8000", "¥5.10"], ["李雷", "13800138000"], id="an agent recognises"),
        pytest.param("钱芳", ["客户：李雷 · 尾号 8000", "¥5.10"], ["13800138000"], id="finance knows whom it pays"),
        pytest.param("周仓", ["客户：李**\n", "¥***"], ["李雷", "8000", "5.10"], id="a keeper sees the goods"),
        pytest.param("许静", ["客户：***\n", "¥***", "烛台"], ["李", "8000", "5.10"], id="an inspector, only these"),
    ],
)
async def test_the_same_case_reads_as_the_role_may_see_it(
    desk: Stage, name: str, shown: list[str], kept_back: list[str]
) -> None:
    no = await inspected(desk)
    told = (await says(desk, name, f"查 {no}")).split("时限：")[0]  # from there on it is the staff's names
    for words in shown:
        assert words in told
    for words in kept_back:
        assert words not in told


async def test_a_list_shows_no_amount_to_whom_it_does_not_concern(desk: Stage) -> None:
    for line in ("退货 536365 85123A×2 质量问题", "退货 536365 71053×1 质量问题"):
        await received(desk, line)
    told = await says(desk, "许静", "查 536365")
    assert "找到 2 单：" in told
    assert told.count("退货 ¥***") == 2


# -- what others build on ----------------------------------------------------------------------------------------------


async def asker(desk: Stage, name: str) -> tuple[Desk, Person]:
    who = (await desk.bot.desk.staff.now()).named(name)
    assert who is not None
    return desk.bot.desk, who


async def test_a_command_of_its_own_is_held_to_its_own_scope(desk: Stage) -> None:
    no = await submitted(desk)
    case = await Case.get(no=no)
    business, lin = await asker(desk, "林晓")
    await ensure_in_scope(business, case.id, lin, "撤单")
    _, he = await asker(desk, "何佳")
    await ensure_in_scope(business, case.id, he)
    with pytest.raises(NotAllowed, match=rf"^{no} 不在你能撤单的范围（本人的单），可以找 客服组长 王建国$"):
        await ensure_in_scope(business, case.id, he, "撤单")
    _, keeper = await asker(desk, "黄磊")
    with pytest.raises(Unseen, match=rf"^没有找到售后单 {no}，也可能不在你能看的范围（本人的单），可以找 "):
        await ensure_in_scope(business, case.id, keeper, "撤单")


async def test_the_newest_within_reach_come_first_up_to_the_limit(desk: Stage) -> None:
    first = await submitted(desk)
    second = await submitted(desk, "退货 536365 71053×1 质量问题")
    cases = [(await Case.get(no=no)).id for no in (second, first)]
    business, lin = await asker(desk, "林晓")
    assert await find_cases(business, "536365", lin) == cases
    _, nobody = await asker(desk, "黄磊")
    with pytest.raises(NotFound):
        await find_cases(business, "536365", nobody)


async def test_a_phone_s_tail_needs_four_digits(desk: Stage) -> None:
    await submitted(desk)
    await Order.all().update(mobile="13800138000")
    business, lin = await asker(desk, "林晓")
    assert await find_cases(business, "8000", lin)
    for word in ("000", "138001380000", "OOOO"):
        with pytest.raises(NotFound):
            await find_cases(business, word, lin)


async def test_a_task_reads_as_its_reader_may_see_it(desk: Stage) -> None:
    no = await submitted(desk)
    await play(desk, "王建国 同意")
    task = await Task.filter(case__no=no).order_by("-id").first()
    assert task is not None
    business, chief = await asker(desk, "李敏")
    _, keeper = await asker(desk, "周仓")
    whole = await case_view(business, task.case_id)
    assert not whole.for_reader
    assert (await task_view(business, task, whole, viewer=chief)).title == "审批：退款 ¥5.10"
    assert (await task_view(business, task, whole, viewer=keeper)).title == "审批：退款 ¥***"
    masked = await case_view(business, task.case_id, viewer=keeper)
    assert (await task_view(business, task, masked)).title == "审批：退款 ¥***"


@pytest.mark.parametrize("word", ["R20261122-0001", "r20261122-0001", "536365", "sf1234567890", "8000", "13800138000"])
async def test_the_search_is_the_same_on_each_database(database_url: str, word: str) -> None:
    async with opened(database_url):
        mine, other = [await Member.create(name=name) for name in ("林晓", "黄磊")]
        await MemberRole.bulk_create(MemberRole(member=member, role="操作员") for member in (mine, other))
        order = await Order.create(no="536365", mobile="13800138000", ordered_at=NOW)
        case = await Case.create(
            no="R20261122-0001", kind="退货", order=order, order_no=order.no, creator=mine, opened_at=NOW
        )
        await Parcel.create(waybill="SF1234567890", case=case, announced_at=NOW)
        business = Desk(ZoneInfo("Asia/Shanghai"))
        people = await business.staff.now()
        lin, huang = people.by_id[mine.id], people.by_id[other.id]
        assert await find_cases(business, word, lin) == [case.id]
        with pytest.raises((NotFound, NotAllowed)):
            await find_cases(business, word, huang)
        await Task.create(case=case, node="质检", owner=other, opened_at=NOW, due_at=NOW)
        assert await find_cases(business, word, huang) == [case.id]


# -- cards are made for their owners -----------------------------------------------------------------------------------


@pytest.mark.parametrize("platform", ["wecom", "dingtalk"])
async def test_a_card_shows_its_owner_what_their_role_may_see(desk: Stage, platform: str) -> None:
    await on(desk, platform, "王建国", "李敏", "许静", "钱芳")
    no = await inspected(desk)
    assert "李雷" in news(desk, "钱芳")[-1]  # finance knows whom it pays
    agreed = next(said for said in reversed(news(desk, "王建国")) if no in said)
    assert "¥5.10" in agreed
    for name in ("周仓", "许静"):
        told = "\n".join(news(desk, name))
        assert no in told
        assert "：退货 2 件" in told  # the record of what they did
        assert "5.10" not in told
        assert "李" not in told.replace("李敏", "")


async def test_what_is_typed_instead_of_tapped_shows_no_more(desk: Stage) -> None:
    no = await received(desk)
    told = await says(desk, "许静", "待办")
    assert no in told
    assert "5.10" not in told
