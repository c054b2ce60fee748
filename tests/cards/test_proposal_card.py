"""The card of a proposed change: what each reader may do with it, what it warns of, and what is left of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from cards.proposal import ProposalView, card
from models.enums import ProposalState
from tests.support.card_views import NOW, seen

DRAFT = ProposalView(3, 1, "退货流程", ["质检 时限 4小时"], ProposalState.DRAFT, "王建国", NOW - timedelta(minutes=3))
ASKED = replace(DRAFT, state=ProposalState.ASKED)
LIVE = replace(DRAFT, state=ProposalState.LIVE, decider="李敏", decided_at=NOW)
DROPPED = replace(LIVE, state=ProposalState.DROPPED)


@pytest.mark.parametrize(
    ("view", "mine", "last"),
    [
        (DRAFT, True, "[请求发布*] [模拟] [看改动] [作废!]"),
        (ASKED, True, "[模拟] [看改动] [作废!]"),
        (ASKED, False, "[发布*] [模拟] [看改动] [驳回!]"),
        (replace(ASKED, untried=True), False, "[模拟] [看改动] [驳回!]"),  # nobody has seen its numbers
        (replace(LIVE, last=True), False, "[回滚!]"),
        (LIVE, True, f"({ProposalState.LIVE})"),
        (DRAFT, False, "(看后面的新卡片)"),
        (replace(DRAFT, conflicts=("质检 的时限改过了",)), False, "(有冲突，没有发布)"),
        (DROPPED, True, "(已驳回)"),
        (replace(DROPPED, decider="王建国"), True, f"({ProposalState.DROPPED})"),
    ],
)
def test_what_is_offered_or_stands_there_instead(view: ProposalView, mine: bool, last: str) -> None:
    assert seen(card(view, mine=mine, now=NOW)).splitlines()[-1] == last


TIMED = replace(
    ASKED, state=ProposalState.TIMED, decider="李敏", decided_at=NOW, due_at=NOW.replace(hour=0) + timedelta(days=1),
    until_at=NOW.replace(year=2027, hour=0, minute=0),
)  # fmt: skip
FULL = replace(
    TIMED, state=ProposalState.ASKED, decided_at=None, words=["一", "二", "三", "四"], risks=["甲", "乙", "丙"], red=2,
    effect="3 单会变", numbers=[("自动放款", "多 3 单")],
)  # fmt: skip


@pytest.mark.parametrize(
    ("view", "rows"),
    [
        (TIMED, ["换上", "换回", "提出", "同意"]),
        (FULL, ["换上", "换回", "提出", "影响"]),  # times are never left out, whatever else there is no room for
        (replace(FULL, state=ProposalState.DRAFT, due_at=None), ["换回", "提出", "影响"]),
        (replace(TIMED, state=ProposalState.LIVE), ["换回", "提出", "处理"]),
        (replace(TIMED, state=ProposalState.UNDONE), ["提出", "处理"]),
    ],
)
def test_the_times_of_a_change_stand_on_its_card(view: ProposalView, rows: list[str]) -> None:
    told = {fact.name: fact.value for fact in card(view, mine=False, now=NOW).facts}
    assert [name for name in told if name not in ("改动", "还有", "动钱", "自动放款")] == rows
    assert told.get("换回", "2027-11-21 24:00") == "2027-11-21 24:00"  # a midnight is the end of the day before


def test_whoever_sees_a_change_that_waits_may_stop_it() -> None:
    for mine in (True, False):
        assert seen(card(TIMED, mine=mine, now=NOW)).splitlines()[-1] == "[模拟] [看改动] [作废!]"


@pytest.mark.parametrize(
    ("view", "title"),
    [
        (DRAFT, "改动草稿：退货流程 1 处改动"),
        (ASKED, "请发布：退货流程 1 处改动"),
        (LIVE, f"{ProposalState.LIVE}：退货流程 1 处改动"),
        (DROPPED, "已驳回：退货流程 1 处改动"),
    ],
)
def test_the_title_says_how_far_it_is(view: ProposalView, title: str) -> None:
    assert card(view, mine=True, now=NOW).title == title


@pytest.mark.parametrize(
    ("view", "lead"),
    [
        (DRAFT, "还没有发布，现在用的没有变。先模拟看影响，再请第二个人发布"),
        (replace(LIVE, last=True), "新单用新版，正在办的单不变。不对可以回滚：新单马上用回原来的版本"),
        (replace(DRAFT, cautions=("大额不看表",)), "注意：大额不看表"),
        (replace(DRAFT, cautions=("大额不看表", "b", "c")), "注意：大额不看表（还有 2 条，点 看改动）"),
        (replace(LIVE, cautions=("大额不看表",)), "新单用新版，正在办的单不变"),  # it has been seen
        (replace(DRAFT, risks=("不用人批",), cautions=("b",)), "动钱：不用人批（还有 1 条，点 看改动）"),  # money first
        (replace(ASKED, untried=True), "这次改动动到钱，正在模拟；算好会发来带数字的卡片，看过才能发布"),
        (replace(ASKED, conflicts=("甲改过", "乙改过")), "和刚发布的改动有冲突，发布不了：甲改过；乙改过"),
    ],
)
def test_the_lead_warns_of_what_matters_most(view: ProposalView, lead: str) -> None:
    assert card(view, mine=True, now=NOW).lead == lead


@pytest.mark.parametrize(
    ("view", "rows"),
    [
        (DRAFT, ["改动 质检 时限 4小时", "提出 王建国 11-22 14:00"]),
        (
            replace(DRAFT, words=["a 改去 b", "一", "二", "三", "四"], effect="3 单会变慢"),
            ["改动 一", "改动 二", "改动 三", "还有 2 处，点 看改动", "提出 王建国 11-22 14:00", "影响 3 单会变慢"],
        ),
        (  # money first, what it would have meant, and what is left in the room that there is
            replace(
                ASKED,
                words=["钱", "二", "三"],
                red=1,
                risks=("不用人批", "货没到就退", "c"),
                effect="3 单会变",
                numbers=[("自动放款", "1 单 → 4 单"), ("货前退款", "0 单 → 1 单")],
            ),
            [
                "动钱 不用人批",
                "动钱 货没到就退",
                "改动 钱",
                "提出 王建国 11-22 14:00",
                "影响 3 单会变",
                "自动放款 1 单 → 4 单",
            ],
        ),
        (
            replace(LIVE, words=["一", "二", "三", "四"], effect="3 单会变慢"),  # what was foreseen is past
            ["改动 一", "改动 二", "改动 三", "还有 1 处", "提出 王建国 11-22 14:00", "处理 李敏 11-22 14:03"],
        ),
    ],
)
def test_the_rows_tell_the_changes_and_who_made_them(view: ProposalView, rows: list[str]) -> None:
    assert [f"{fact.name} {fact.value}" for fact in card(view, mine=True, now=NOW).facts] == rows


def test_money_is_in_red_and_time_limits_are_not() -> None:
    view = replace(ASKED, words=["审批表 金额：≤50 → ≤300", "质检 时限：4小时"], red=1, risks=("不用人批",))
    assert [fact.alert for fact in card(view, mine=False, now=NOW).facts] == [True, True, False, False]


def test_whoever_has_agreed_to_what_takes_two_has_nothing_to_publish() -> None:
    shown = card(replace(ASKED, agreed=(7,)), mine=False, now=NOW, reader=7)
    assert [button.text for button in shown.buttons] == ["模拟", "看改动", "驳回"]
    asked = card(replace(ASKED, lacks=1), mine=False, now=NOW, reader=8)
    assert (asked.title, asked.buttons[0].text) == ("请同意（要两位）：退货流程 1 处改动", "发布")
