"""Who may do what on whose case: every command and every payload × every role × own, team, shop and other."""

from __future__ import annotations

import itertools
import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
import pytest_asyncio

from cards.lines import ALL
from cards.payload import Act, Answer, Decide, Words
from flow import edits
from flow.definitions.permissions import KINDS, Scope
from flow.definitions.vocabulary import HAND_OVER
from flow.engine.verbs import CORRECT, GIVE_BACK, HOLD, MERGE, REOPEN, RESUME, TAKE_BACK, WITHDRAW
from handlers.chat.events import Code, Labels, Message, Scan, Tap
from handlers.chat.grammar import GRAMMAR
from handlers.commands.tasks import WHY
from handlers.root import router
from tests.support.rights import (
    COVERS,
    NONE,
    OTHER,
    OWN,
    UNKNOWN_ID,
    UNKNOWN_NO,
    WHOSE,
    Place,
    Tried,
    World,
    in_a_group,
    world,
)
from tests.support.shipped import BUSINESS, ROLES
from tests.support.stage import START, sqlite_url

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from pathlib import Path

    from handlers.chat.events import Event

pytestmark = pytest.mark.asyncio(loop_scope="module")
MATRIX = BUSINESS.matrix
LOOK = "查"
#: whose decision it is: the role's command on that case; the owner of its task; whoever may look at it; nobody's case
BY_SCOPE, BY_TASK, TO_LOOK, NO_CASE = "scope", "task", "look", "none"


@dataclass(frozen=True, slots=True)
class Row:
    """One thing to try. ``needs`` is the row of roles.yaml that it asks for, "" where everybody may ask."""

    words: str
    needs: str
    by: str = BY_SCOPE


def about_cases(names: str, rest: str = "", by: str = BY_SCOPE) -> dict[str, Row]:
    return {name: Row(f"{name} {{no}} {rest}".strip(), name, by) for name in names.split()}


COMMANDS: dict[str, Row] = {
    **{kind: Row(f"{kind} 9001 71053×1 质量问题", kind, NO_CASE) for kind in KINDS},
    **{verb: Row(example, "发布", NO_CASE) for verb, example in edits.EXAMPLES.items()},
    **about_cases("撤回 退回 恢复 催办"),
    **about_cases("挂起", "2天"),
    **about_cases("重开", "客户说少了一件"),
    **about_cases("评论", "客户在催"),
    **about_cases("抄送", "远处"),
    **about_cases("运单", "YT1234567890123"),
    **about_cases("拆分", "85123A×1"),
    **about_cases("查 验真 导出"),
    "链接": Row("链接 {no}", LOOK),
    "作废链接": Row("作废链接 {no}", LOOK),
    "问退款": Row("问退款 {no}", "待办", BY_TASK),
    "核实退款": Row("核实退款 {no} TB20261123001", "待办", BY_TASK),
    "接着开": Row("接着开", "退货", NO_CASE),
    "合并": Row("合并 {no} {no}", MERGE),
    "改": Row("改 {no} 备注 客户改了说法", CORRECT),
    "理由": Row("理由 {no} 照片看不清", LOOK, TO_LOOK),
    "转交": Row("转交 {no} 远处", HAND_OVER, BY_TASK),
    "加签": Row("加签 {no} 远处", "加签", BY_TASK),
    "稍后": Row("稍后 {no} 2小时", "待办", BY_TASK),
    "自动规则": Row("自动规则 试 {no}", "规则", TO_LOOK),
    "规则": Row("规则 为什么 {no}", "规则", TO_LOOK),
    "驳回": Row("驳回 {no} 照片看不清", "", BY_TASK),
    "作废": Row("作废", "", NO_CASE),
    "收货": Row("收货 {waybill}", "收货"),
    "待办": Row("待办", "待办", NO_CASE),
    "批量": Row("批量同意", "待办", NO_CASE),
    "请假": Row("请假 明天 到 后天 代理 远处", "请假", NO_CASE),
    "代人请假": Row("代人请假 远处 明天 到 后天 代理 远处审", "代人请假", NO_CASE),
    "报表": Row("报表 退货原因", "报表", NO_CASE),
    "名单": Row("名单", "名单", NO_CASE),
    "模板": Row("模板", "模板", NO_CASE),
    "打印模板": Row("打印模板", "发布", NO_CASE),
    "流程": Row("流程 退货", "流程", NO_CASE),
    "模拟": Row("模拟 用 上季度", "发布", NO_CASE),
    "发布": Row("发布", "发布", NO_CASE),
    "请求发布": Row("请求发布", "发布", NO_CASE),
    "看改动": Row("看改动", "发布", NO_CASE),
    "回滚": Row("回滚", "回滚", NO_CASE),
    "帮助": Row("帮助", "", NO_CASE),
    "我的单": Row("我的单", LOOK, NO_CASE),
    "总览": Row("总览", "总览", NO_CASE),
    "审计": Row("审计", "审计", NO_CASE),
    "清除": Row("清除 {no}", "清除", NO_CASE),
    "员工": Row("员工", "员工", NO_CASE),
    "新员工": Row("新员工 张三", "员工", NO_CASE),
    "离职": Row("离职 没有这个人", "员工", NO_CASE),
    "演练": Row("演练 随便", "演练", NO_CASE),
    "上手": Row("上手", "", NO_CASE),
}
#: said without being commands: the buttons of a node, and what stands in the menu of every card
SAID: dict[str, Row] = {
    "同意": Row("同意 {no}", "", BY_TASK),
    "一个不在这里的按钮": Row("确认退款 {no}", "", BY_TASK),
    "撤单": Row("撤单 {no}", WITHDRAW),
    "为什么是我": Row("为什么是我 {no}", "", TO_LOOK),
    "全部内容": Row(f"{ALL} {{no}}", "", TO_LOOK),
    "一句没看懂的话": Row("{no} 这单怎么样了嘛", "", TO_LOOK),
}


def typed(row: Row, place: Place) -> Event | Labels:
    words = row.words.replace("{no}", place.no).replace("{waybill}", place.waybill)
    return Message("e1", "wecom", "x", START, words)


def quoting(words: str) -> Callable[[Place], Event | Labels]:
    return lambda place: Message("e1", "wecom", "x", START, words, quoted=(f"{place.no} 金额审批",))


def tap(pack: Callable[[Place], str], **selected: str) -> Callable[[Place], Event | Labels]:
    return lambda place: Tap("e1", "wecom", "x", START, "card", pack(place), selected)


def act(action: str) -> Callable[[Place], Event | Labels]:
    return tap(lambda place: Act(place.case_id, 1, action).pack())


def saying(words: str) -> Callable[[Place], Event | Labels]:
    return tap(lambda place: Words(words.format(no=place.no)).pack())


PAYLOADS: dict[str, tuple[Callable[[Place], Event | Labels], Row]] = {
    **{f"tap {name}": (act(name), Row("", "", BY_TASK)) for name in ("同意", "驳回", "确认退款", HAND_OVER)},
    **{f"tap {name}": (act(name), Row("", name)) for name in (GIVE_BACK, TAKE_BACK, HOLD, RESUME, REOPEN, MERGE)},
    **{f"tap {name}": (act(name), Row("", name)) for name in (WITHDRAW, CORRECT)},
    **{f"tap {name}": (act(name), Row("", "", TO_LOOK)) for name in (WHY, ALL)},
    "a button with a choice": (
        tap(lambda place: Act(place.case_id, 1, "同意").pack(), 责任="商家", 并入="R1"), Row("", "", BY_TASK),
    ),
    "a button that says 查": (saying("查 {no}"), Row("", LOOK)),
    "a button that says 评论": (saying("评论 {no} 好"), Row("", "评论")),
    "a button that says 为什么是我": (saying("为什么是我 {no}"), Row("", "", TO_LOOK)),
    "a quotation and 查": (quoting("查"), Row("", LOOK)),
    "a quotation and 同意": (quoting("同意"), Row("", "", BY_TASK)),
    "a quotation and 评论": (quoting("评论 客户在催"), Row("", "评论")),
    "a scan": (lambda place: Scan("e1", "wecom", "x", START, place.waybill), Row("", "收货")),
    "a label": (lambda place: Labels("e1", "wecom", "x", START, (Code(place.waybill),)), Row("", "收货")),
}  # fmt: skip


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def all_of(open_template: Path, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    folder = tmp_path_factory.mktemp("rights")
    shutil.copy2(open_template, folder / "desk.db")
    async with world(sqlite_url(folder)) as found:
        yield found


# -- what the matrix says ----------------------------------------------------------------------------------------------


def covers(role: str, command: str, whose: str) -> bool:
    """Whether roles.yaml lets that role use the command on that case."""
    return any(whose in COVERS[scope] for scope in MATRIX.reach([role], command))


def expected(role: str, row: Row, whose: str) -> str:
    """How it must end: ``role`` and ``unseen`` say nothing of the case, ``refused`` may, ``open`` is up to the case."""
    if row.needs and row.needs not in MATRIX.roles[role].commands and row.needs not in (WITHDRAW, CORRECT, HAND_OVER):
        return "role"
    if row.by == NO_CASE:
        return "open"
    if row.by == BY_SCOPE and covers(role, row.needs, whose):
        return "open"
    if row.by == TO_LOOK and covers(role, LOOK, whose):
        return "open"
    if row.by == BY_TASK and (whose == OWN or (row.needs == HAND_OVER and _gives_away(role, whose))):
        return "open"
    return "refused" if whose == OWN or covers(role, LOOK, whose) else "unseen"


def _gives_away(role: str, whose: str) -> bool:
    return covers(role, HAND_OVER, whose) and MATRIX.may([role], HAND_OVER) is not Scope.OWN


def judged(tried: Tried, wanted: str, row: Row) -> bool:
    """Whether it ended so. A button that is another's, or no longer there, may be answered with what is."""
    if wanted == "open":
        return tried.ended not in ("unseen", "role") and "不在你能" not in tried.words
    if wanted == "refused":
        answered = tried.ended == "done" and row.by == BY_TASK
        return (answered or tried.ended in ("refused", "else")) and not tried.changed
    return tried.ended == wanted and not tried.changed


def told_of_none(place: Place, words: str) -> str:
    """A sentence about a case, as if it were about no case that there is."""
    return words.replace(place.no, UNKNOWN_NO).replace(place.waybill, "SF100000009999")


async def cell(desk: World, role: str, row: Row, whose: str, made: Callable[[Place], Event | Labels]) -> str:
    """What is wrong with one cell of the table; "" where it is as roles.yaml has it."""
    place, wanted = desk.place(role, whose), expected(role, row, whose)
    tried = await desk.tries(role, made(place))
    if not judged(tried, wanted, row):
        return f"{role} {whose}: {wanted}, but {tried}"
    if wanted in ("unseen", "role") and row.by != NO_CASE:
        none = Place(NONE, UNKNOWN_NO, UNKNOWN_ID, "SF100000009999")
        other = await desk.tries(role, made(none))
        if told_of_none(place, tried.words) != other.words:
            return f"{role} {whose}: {tried.words!r} tells it from {other.words!r}"
    return ""


# -- the table ---------------------------------------------------------------------------------------------------------


async def test_the_table_has_a_row_for_every_command() -> None:
    assert set(COMMANDS) == set(GRAMMAR) == set(router.commands)


@pytest.mark.parametrize("name", [*COMMANDS, *SAID])
async def test_every_command_is_held_to_the_matrix(all_of: World, name: str) -> None:
    row = (COMMANDS | SAID)[name]
    places = WHOSE if row.by != NO_CASE else (OTHER,)
    wrong = [
        await cell(all_of, role, row, whose, lambda place: typed(row, place))
        for role, whose in itertools.product(sorted(ROLES), places)
    ]
    assert [each for each in wrong if each] == []


@pytest.mark.parametrize("name", PAYLOADS)
async def test_every_payload_is_held_to_the_matrix(all_of: World, name: str) -> None:
    made, row = PAYLOADS[name]
    wrong = [await cell(all_of, role, row, whose, made) for role, whose in itertools.product(sorted(ROLES), WHOSE)]
    assert [each for each in wrong if each] == []


# -- what is about no case ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", sorted(ROLES))
async def test_anothers_question_is_answered_by_nobody_else(all_of: World, role: str) -> None:
    """Nor does the answer tell whether there is such a question."""
    told = []
    for dialog_id in (all_of.dialog_id, UNKNOWN_ID):
        payload = Answer(dialog_id, 1, "同意").pack()
        tried = await all_of.tries(role, Tap("e1", "wecom", "x", START, "card", payload))
        assert not tried.changed
        told.append(tried.words)
    assert told[0] == told[1]


PROPOSAL_ACTIONS = ("发布", "请求发布", "驳回", "作废", "回滚", "看改动", "模拟")


@pytest.mark.parametrize("action", PROPOSAL_ACTIONS)
async def test_the_rules_are_changed_by_whoever_may_publish(all_of: World, action: str) -> None:
    for role in sorted(ROLES):
        may = "发布" in MATRIX.roles[role].commands
        payload = Decide(all_of.proposal_id, 1, action).pack()
        tried = await all_of.tries(role, Tap("e1", "wecom", "x", START, "card", payload))
        assert (tried.ended == "role") == (not may), f"{role}: {tried}"
        assert may or not tried.changed


async def test_a_file_is_taken_from_whoever_may_publish(all_of: World) -> None:
    for role in sorted(ROLES):
        tried = await all_of.tries(role, Message("e1", "wecom", "x", START), upload=True)
        assert (tried.ended == "role") == ("发布" not in MATRIX.roles[role].commands), f"{role}: {tried}"
        assert not tried.changed


@pytest.mark.parametrize("kept", WHOSE)
async def test_two_cases_are_merged_by_whoever_may_merge_both(all_of: World, kept: str) -> None:
    """Naming one's own first does not open the other."""
    for role, lost in itertools.product(sorted(ROLES), WHOSE):
        keep, twin = all_of.place(role, kept), all_of.place(role, lost)
        tried = await all_of.tries(role, Message("e1", "wecom", "x", START, f"合并 {keep.no} {twin.no}"))
        both = covers(role, MERGE, kept) and covers(role, MERGE, lost)
        assert both == ("不能合并" in tried.words or "一样" in tried.words), f"{role} {kept} {lost}: {tried}"
        assert not tried.changed


@pytest.mark.parametrize("role", sorted(ROLES))
async def test_of_another_shops_order_nobody_hears(all_of: World, role: str) -> None:
    """Who serves a shop opens returns of its orders; an order of another is one that there is not."""
    if MATRIX.may([role], "退货") is None:
        return
    theirs, none = [
        await all_of.tries(role, Message("e1", "wecom", "x", START, f"退货 {no} 71053×1 质量问题"))
        for no in ("9002", "9003")
    ]
    narrow = Scope.ALL not in MATRIX.reach([role], LOOK)
    assert (theirs.words.replace("9002", "9003") == none.words) == narrow
    assert not narrow or theirs.changed == none.changed


# -- in a group --------------------------------------------------------------------------------------------------------

#: of the seeded customer: the name, the number, what the goods cost, what opens a page
PERSONAL = ("李雷", "13800138000", "8000", "2.55", "3.39", "¥", "http", "/c/", "/d/")
QUIET = {  #: said in a group with things that are one person's in them
    "a number in a comment": Row("评论 {no} 客户电话 13800138000", "评论"),
    "an amount in a reason": Row("转交 {no} 远处 他要退 25.50 元", HAND_OVER),
    "a chart of one customer": Row("报表 退货原因 客户=C1", "报表"),
    "an order": Row("查 9001", LOOK),
    "a customer": Row("查 13800138000", LOOK),
    "a waybill": Row("查 {waybill}", LOOK),
}


@pytest.mark.parametrize("name", [*COMMANDS, *SAID, *QUIET])
async def test_a_group_hears_nothing_that_is_one_persons(all_of: World, name: str) -> None:
    row = (COMMANDS | SAID | QUIET)[name]
    for role, whose in itertools.product(sorted(ROLES), (OWN, OTHER)):
        place = all_of.place(role, whose)
        event = typed(row, place)
        assert isinstance(event, Message)
        heard = await in_a_group(all_of, role, event)
        shown = " ".join(heard.group).replace(place.no, "").replace(place.waybill, "")
        assert not [word for word in PERSONAL if word in shown], f"{role} {whose}: {shown}"
        assert heard.group, "the group hears at least that somebody was answered alone"
        assert not heard.alone or "已私下发给你" in shown
