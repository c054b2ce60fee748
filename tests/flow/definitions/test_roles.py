"""The matrix of roles: every cell as the page says it, every refusal with who may, every mistake in the file named."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from cards.case import record, standing, task_card, timeline
from flow.access.masking import masked_brief, masked_view
from flow.access.permissions import ask
from flow.definitions import yamlfile
from flow.definitions.business import CONFIG
from flow.definitions.permissions import COMMANDS, FIELDS, Scope, parse_roles
from flow.desk import Desk
from flow.errors import DefinitionError, NotAllowed
from flow.people.directory import Directory
from handlers.chat.context import Ctx, Reply
from handlers.chat.router import Entry, permitted
from handlers.root import router
from models.views.case import CaseBrief, CaseView, EventView, Person, Verdict
from models.views.masks import HIDDEN, hidden, surname, tail
from tests.support.card_views import CASE, NODES, NOW, task
from tests.support.documents import read, tables
from tests.support.roles_page import matrix_markdown
from tests.support.shipped import BUSINESS, ROLES

if TYPE_CHECKING:
    from collections.abc import Callable

    from cards.types import Card

MATRIX = BUSINESS.matrix
NAMES = tuple(MATRIX.roles)
PAGE = read("docs/roles.md")
SHIPPED = (CONFIG / "roles.yaml").read_text(encoding="utf-8")
DESK = Desk(ZoneInfo("Asia/Shanghai"))
STAFF = tuple(Person(number, f"员工{number}", frozenset({role})) for number, role in enumerate(NAMES, 1))


def cells(*header: str) -> list[tuple[str, str, str]]:
    """A table of the page as (row, role, cell)."""
    return [
        (row[0], role, said) for row in tables(PAGE, *header, *NAMES) for role, said in zip(NAMES, row[1:], strict=True)
    ]


def context(who: Person, people: tuple[Person, ...] = STAFF) -> Ctx:
    return Ctx(who, datetime(2026, 11, 22, tzinfo=UTC), DESK, "wecom", people=Directory.of(people))


async def _run(ctx: Ctx, words: list[str]) -> Reply:
    return Reply()


def entry(command: str | None) -> Entry:
    return Entry(command or "帮助", _run, "", command)


# -- the page ----------------------------------------------------------------------------------------------------------


def test_the_page_is_what_the_file_says() -> None:
    assert matrix_markdown(MATRIX) == PAGE


def test_the_page_has_every_command_and_every_field() -> None:
    assert [row[0] for row in tables(PAGE, "指令")] == list(COMMANDS)
    assert [row[0] for row in tables(PAGE, "内容")] == list(FIELDS)
    assert {row[0]: row[1] for row in tables(PAGE, "角色", "说明")} == {r.name: r.about for r in MATRIX.roles.values()}


@pytest.mark.parametrize(("command", "role", "scope"), cells("指令"))
def test_a_role_may_say_what_the_page_allows_and_no_more(command: str, role: str, scope: str) -> None:
    ctx = context(STAFF[NAMES.index(role)])
    assert (ctx.scope(command) or "") == scope
    if scope:
        permitted(entry(command), ctx)
        return
    with pytest.raises(NotAllowed) as refused:
        permitted(entry(command), ctx)
    able = str(refused.value).removeprefix(f"你的角色不能用“{command}”，可以找：").split("、")
    assert {name.split(" ")[0] for name in able} == set(MATRIX.who_may(command))


@pytest.mark.parametrize(("field", "role", "way"), cells("内容"))
def test_a_role_sees_what_the_page_says(field: str, role: str, way: str) -> None:
    assert MATRIX.sees({role}, field) == way


@pytest.mark.parametrize("role", NAMES)
def test_what_everybody_may(role: str) -> None:
    assert {"待办", "查", "请假", "转交"} <= MATRIX.roles[role].commands.keys()


@pytest.mark.parametrize("role", ["仓管员", "质检员", "操作员"])
def test_who_handles_goods_sees_no_account_number_or_amount(role: str) -> None:
    assert {MATRIX.sees({role}, field) for field in ("客户手机", "收货账号", "金额")} == {"无"}


def test_every_command_of_the_bot_can_be_given_to_a_role() -> None:
    assert {entry.needs for entry in router.commands.values()} - {None} <= set(COMMANDS)


# -- several roles, and none -------------------------------------------------------------------------------------------

some_roles = st.sets(st.sampled_from([*NAMES, "离职的角色"]))


@given(some_roles, st.sampled_from(COMMANDS))
def test_of_several_roles_the_widest_counts(roles: set[str], command: str) -> None:
    each = [scope for role in roles if (scope := MATRIX.may({role}, command))]
    assert MATRIX.may(roles, command) == max(each, key=list(Scope).index, default=None)


@given(some_roles, some_roles, st.sampled_from(sorted(FIELDS)))
def test_another_role_never_shows_less(roles: set[str], more: set[str], field: str) -> None:
    ways = FIELDS[field]
    assert ways.index(MATRIX.sees(roles | more, field)) >= ways.index(MATRIX.sees(roles, field))


def test_without_a_role_there_is_nothing() -> None:
    assert MATRIX.may((), "查") is None
    assert {MATRIX.sees((), field) for field in FIELDS} == {"无"}


def test_permissions_are_the_same_matrix_by_command() -> None:
    expected = {command: frozenset(MATRIX.who_may(command)) for command in COMMANDS}
    assert BUSINESS.permissions == {command: roles for command, roles in expected.items() if roles}
    assert frozenset(NAMES) == ROLES


# -- who may -----------------------------------------------------------------------------------------------------------

CHIEF, ADMIN, KEEPER = (Person(n, name, frozenset({role})) for n, name, role in [
    (1, "李敏", "客服主管"), (2, "陈卓", "管理员"), (3, "周仓", "仓管员"),
])  # fmt: skip
AGENTS = tuple(Person(n, f"客服{n}", frozenset({"客服"})) for n in range(10, 14))
REFUSALS = [
    ("退货", (CHIEF, KEEPER), "你的角色不能用“退货”，可以找：客服主管 李敏"),
    ("退货", (CHIEF, ADMIN, KEEPER), "你的角色不能用“退货”，可以找：客服主管 李敏、管理员 陈卓"),
    ("退货", (*AGENTS, ADMIN, KEEPER), "你的角色不能用“退货”，可以找：客服、管理员"),  # too many to name
    ("退货", (KEEPER,), "你的角色不能用“退货”，可以找：管理员"),  # nobody there may
    ("合并", (*AGENTS, CHIEF, KEEPER), "你的角色不能用“合并”，可以找：客服主管 李敏"),
]


@pytest.mark.parametrize(("command", "people", "sentence"), REFUSALS)
def test_a_refusal_names_who_may(command: str, people: tuple[Person, ...], sentence: str) -> None:
    with pytest.raises(NotAllowed, match=rf"^{sentence}$"):
        permitted(entry(command), context(KEEPER, people))


def test_who_has_several_roles_is_named_once_by_the_one_that_reaches_furthest() -> None:
    both = Person(9, "赵卫东", frozenset({"运营总监", "客服", "质检员"}))
    assert ask(MATRIX, [both], "查") == "运营总监 赵卫东"
    assert ask(MATRIX, [both], "退货") == "客服 赵卫东"


def test_what_needs_no_role_is_for_everybody() -> None:
    permitted(entry(None), context(Person(99, "新来的")))


def test_without_a_fresh_directory_the_one_read_last_is_asked() -> None:
    ctx = replace(context(KEEPER), people=None)
    assert ctx.staff is DESK.staff.known


# -- mistakes in the file ----------------------------------------------------------------------------------------------


def changed(role: str, part: str | None, **values: Any) -> str:
    """The shipped file with some values of a role changed; None takes one out."""
    raw = yamlfile.read(SHIPPED)
    place = raw["角色"][role] if part is None else raw["角色"][role][part]
    place.update(values)
    for name in [name for name, value in values.items() if value is None]:
        del place[name]
    return yamlfile.write(raw)


MISTAKES = [
    (changed("客服", "能", 查="本店"), "角色“客服” 能 查：范围“本店”不认识，可选 本人、团队、仓库、店铺、全部"),
    (changed("客服", "能", 查=["本人"]), "角色“客服” 能 查：范围“['本人']”不认识，可选 本人、团队、仓库、店铺、全部"),
    (changed("客服", "能", 查单="本人"), "角色“客服” 能：没有“查单”这个指令，可选 退货、换货、"),
    (changed("财务", "看", 金额="尾号"), "角色“财务” 看 金额：“尾号”不认识，可选 无、全"),
    (changed("财务", "看", 客户姓名="大概"), "角色“财务” 看 客户姓名：“大概”不认识，可选 无、姓、全"),
    (changed("财务", "看", 客户手机=None), "角色“财务” 看：缺少“客户手机”，可选 无、尾号、全"),
    (changed("财务", "看", 地址="全"), "角色“财务” 看：没有“地址”这一项，可选 客户手机、客户姓名、收货账号、收货地址"),
    (changed("财务", None, 看=["全"]), "角色“财务”：“看”要写成 名字: 值，一行一个"),
    (changed("财务", None, 能=None), "角色“财务”：“能”要写成 名字: 值，一行一个"),
    (changed("财务", None, 说明=None), "角色“财务”：缺少“说明”"),
    (changed("财务", None, 可以={}), "角色“财务”：“可以”不认识，可选 说明、能、看"),
    (SHIPPED.replace("  操作员:", f"  {'长' * 33}:"), "：名字要在 32 个字以内"),
    (SHIPPED.replace("      发布: 全部\n", ""), "没有角色能“发布”，以后改错了没人改得回来"),
    ("角色: [客服]", "roles.yaml：要有“角色”，下面一个角色一段，写 说明、能、看"),
    ("角色: {客服: [待办, 查]}", "roles.yaml：要有“角色”，下面一个角色一段，写 说明、能、看"),
    ("", "roles.yaml：要有“角色”"),
    ("角色: {客服: {}, 客服: {}}", "roles.yaml：第 1 行第 14 列：“客服”写了两次"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "sentence"), MISTAKES, ids=[sentence[:24] for _, sentence in MISTAKES])
def test_a_mistake_is_named(text: str, sentence: str) -> None:
    with pytest.raises(DefinitionError) as refused:
        parse_roles(text)
    assert sentence in str(refused.value)


def test_every_mistake_is_named_at_once() -> None:
    raw = yaml.safe_load(SHIPPED)
    raw["角色"]["客服"]["能"]["查"] = "本店"
    raw["角色"]["财务"]["看"]["金额"] = "少"
    with pytest.raises(DefinitionError) as refused:
        parse_roles(yamlfile.write(raw), "角色表")
    assert [problem.split(" 可选")[0][:14] for problem in refused.value.problems] == [
        "角色表 角色“客服” 能 查", "角色表 角色“财务” 看 金",
    ]  # fmt: skip


def test_a_role_of_the_merchant_s_own_is_a_role() -> None:
    raw = yamlfile.read(SHIPPED)
    raw["角色"]["实习生"] = {"说明": "跟着学", "能": {"查": "本人"}, "看": dict.fromkeys(FIELDS, "无")}
    matrix = parse_roles(yamlfile.write(raw))
    assert matrix.may({"实习生"}, "查") is Scope.OWN
    assert "实习生" in matrix.who_may("查")


# -- masks -------------------------------------------------------------------------------------------------------------

MASKS: list[tuple[Callable[[str], str], str, str]] = [
    (surname, "李雷", "李**"),
    (surname, "", "未留姓名"),
    (surname, "17850", "17850"),  # a customer number says nothing of who it is
    (surname, "13800138000", "尾号 8000"),  # who gave a phone number for a name
    (tail, "13800138000", "尾号 8000"),
    (tail, "6222021234567890123", "尾号 0123"),
    (tail, "1234567", HIDDEN),  # a tail would be most of it
    (tail, "", ""),
    (hidden, "李雷", HIDDEN),
    (hidden, "", ""),
]


@pytest.mark.parametrize(("mask", "text", "shown"), MASKS)
def test_a_mask(mask: Callable[[str], str], text: str, shown: str) -> None:
    assert mask(text) == shown


@given(st.sampled_from([surname, tail, hidden]), st.text(max_size=30))
def test_masking_twice_is_masking_once(mask: Callable[[str], str], text: str) -> None:
    assert mask(mask(text)) == mask(text)


# -- a case as somebody sees it ----------------------------------------------------------------------------------------

FULL = replace(
    CASE, refund="已退款 ¥364.00", refund_error="余额不足 ¥1,364.00",
    facts={**CASE.facts, "金额": "364.00", "收货账号": "6222021234567890123", "客户手机": CASE.mobile},
    events=(*CASE.events, EventView(NOW, "系统", "", "算", {"金额": "364.00", "客户姓名": "李雷"})),
)  # fmt: skip


def seen_by(*roles: str, case: CaseView = FULL) -> CaseView:
    return masked_view(case, MATRIX, roles)


def said_of(case: CaseView) -> str:
    """Every word of the record, the timeline and the cards of a case, but the titles, which its tasks carry."""
    said = [task_card(case, replace(task(name), title="", hint=""), NOW) for name in NODES]
    said.append(record(case, Verdict("王建国", "同意", "已同意", NOW), NOW))
    return "\n".join([*map(_words, said), timeline(case, NOW).body, standing(case)])


def _words(card: Card) -> str:
    return "\n".join([card.title, card.lead, *(fact.value for fact in card.facts)])


@pytest.mark.parametrize("role", NAMES)
def test_cards_and_timelines_show_what_the_role_may_see_and_no_more(role: str) -> None:
    said = said_of(seen_by(role))
    ways = MATRIX.roles[role].fields
    assert ("李雷" in said) == (ways["客户姓名"] == "全")
    assert ("李**" in said) == (ways["客户姓名"] == "姓")
    assert ("13800138000" in said) == (ways["客户手机"] == "全")
    assert ("尾号 8000" in said) == (ways["客户手机"] == "尾号")
    assert ("364.00" in said) == (ways["金额"] == "全")
    assert ("¥***" in said) == (ways["金额"] == "无")


def test_an_account_that_a_form_asked_for_is_masked_with_the_case() -> None:
    shown = {role: seen_by(role).facts["收货账号"] for role in ("财务", "客服", "仓管员")}
    assert shown == {"财务": "6222021234567890123", "客服": "尾号 0123", "仓管员": HIDDEN}


def test_what_the_record_of_events_says_is_masked_too() -> None:
    assert seen_by("仓管员").events[-1].data == {"客户姓名": "李**"}
    assert seen_by("财务").events[-1].data == {"金额": "364.00", "客户姓名": "李雷"}


def test_who_may_not_see_amounts_sees_no_price_and_no_refund() -> None:
    view = seen_by("仓管员")
    assert view.amount is None
    assert {line.paid for line in view.lines} == {None}
    assert (view.refund, view.refund_error) == ("已退款 ¥***", "余额不足 ¥***")
    assert "金额" not in view.facts


@pytest.mark.parametrize("role", NAMES)
def test_the_record_on_a_tapped_card_is_masked_alike(role: str) -> None:
    brief = CaseBrief(CASE.no, CASE.kind, CASE.amount, CASE.lines)
    verdict = Verdict("周仓", "确认收货", "已收货", NOW)
    said = {record(masked_brief(brief, MATRIX, {role}), verdict, NOW), record(seen_by(role), verdict, NOW)}
    assert {card.title for card in said} == {
        "已收货：退货 ¥364.00" if MATRIX.sees({role}, "金额") == "全" else "已收货：退货 2 件"
    }


def test_what_the_warehouse_wrote_down_itself_it_may_read() -> None:
    assert seen_by("仓管员").facts["扣款"] == CASE.facts["扣款"]
    assert "扣 ¥35.00" in said_of(seen_by("仓管员"))


def test_where_nobody_in_particular_reads_cards_keep_back_what_identifies() -> None:
    said = said_of(FULL)
    assert "李**" in said
    assert "李雷" not in said
    assert "8000" not in said


@given(some_roles, st.text(max_size=12), st.text("0123456789", max_size=12))
def test_a_masked_case_masked_again_is_the_same(roles: set[str], name: str, mobile: str) -> None:
    once = masked_view(replace(FULL, customer=name, mobile=mobile), MATRIX, roles)
    assert masked_view(once, MATRIX, roles) == once


@given(some_roles, some_roles)
def test_nothing_comes_back_by_another_role(first: set[str], second: set[str]) -> None:
    """Who may see less has seen it before: what one mask took no other gives."""
    twice = said_of(masked_view(seen_by(*first), MATRIX, second))
    for secret in ("李雷", "13800138000", "364.00"):
        assert secret not in twice or (secret in said_of(seen_by(*first)) and secret in said_of(seen_by(*second)))
