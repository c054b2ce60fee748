"""A command on a case is decided of what was looked at alone: no database, no clock, and the file stays as it is."""

from __future__ import annotations

import copy
from datetime import timedelta
from decimal import Decimal
from functools import cache
from typing import Any

import pytest

from flow.cases.case_file import CaseFile
from flow.cases.command import Asks, Command
from flow.cases.decision import Decision, decide
from flow.definitions.business import shipped
from flow.edits import apply
from flow.engine.field_changes import FIELDS, IS, PUT_RIGHT, WAS
from flow.engine.machine import begin
from flow.engine.values import Rules, Transition
from flow.errors import FlowError, NotAllowed, StaleCase
from flow.people.directory import Directory
from flow.validation.flows import parse_flow
from flow.validation.policies import parse_policy
from models import Case, CaseLine, CaseState, Task, TaskState
from models.pipeline import session
from models.views.case import Person
from tests.support.sales import at
from tests.support.shipped import BUSINESS, CREATOR, Play, opening

NOW = at("2026-11-22")
LIN, WANG = Person(CREATOR, "林晓", frozenset({"客服"})), Person(1, "王建国", frozenset({"客服组长"}))
ZHOU, CHEN = Person(2, "周敏", frozenset({"仓管员"})), Person(3, "陈强", frozenset({"客服主管"}))
STAFF = Directory.of([LIN, WANG, ZHOU, CHEN])
OWNERS = {"客服审核": WANG, "金额审批": CHEN, "仓库收货": ZHOU}


def file_at(*done: str, sealed: bool = True, **columns: Any) -> CaseFile:
    """A return of 22.00 that came through these actions, two units of one product, with a task at every node."""
    play = Play.open("standard", "22.00")
    for action in done:
        play.does(action)
    return file_of(play, sealed=sealed, **columns)


def file_of(play: Play, *, sealed: bool = True, **columns: Any) -> CaseFile:
    """The file of a case that stands where this one does."""
    case = session.unsaved(
        Case, id=9, no="R20261122-0001", kind="退货", opened_at=NOW, creator_id=CREATOR, nodes=list(play.now.nodes),
        facts=dict(play.now.facts), seal="印" if sealed else "", **{"amount": Decimal("22.00"), **columns},
    )  # fmt: skip
    tasks = [
        session.unsaved(
            Task, id=n, case_id=9, node=name, owner_id=OWNERS[name].id, opened_at=NOW, due_at=NOW, state=TaskState.OPEN
        )
        for n, name in enumerate(play.now.nodes, 1)
    ]
    line = session.unsaved(CaseLine, id=5, case_id=9, sku="W1", title="滤网", paid=Decimal("22.00"), requested=2)
    return CaseFile(case, tasks, [line], play.rules, STAFF, BUSINESS)


def decided(file: CaseFile, who: Person | None, action: str, **more: Any) -> Decision:
    said = more.pop("answers", {})
    return decide(file, Command(9, action, who, NOW, said, **more))


@pytest.mark.parametrize(
    ("done", "who", "action", "nodes", "alone"),
    [
        ((), WANG, "同意", ["金额审批"], True),
        (("同意",), CHEN, "同意", ["仓库收货"], True),
        (("同意", "同意"), ZHOU, "确认收货", ["质检"], False),  # goods are written down
        (("同意",), CHEN, "退回", ["客服审核"], True),
        ((), WANG, "挂起", ["客服审核"], True),
    ],
)
def test_where_a_command_leads(done: tuple[str, ...], who: Person, action: str, nodes: list[str], alone: bool) -> None:
    decision = decided(file_at(*done), who, action, answers={"理由": "再看看"})
    assert (decision.columns["nodes"], decision.alone, decision.reclaims) == (nodes, alone, False)


def test_a_case_older_than_the_seals_is_written_whole() -> None:
    assert not decided(file_at(sealed=False), WANG, "同意").alone


def test_goods_are_counted_before_the_amount_is_looked_at() -> None:
    decision = decided(file_at("同意", "同意"), ZHOU, "确认收货", answers={"件数": {"W1": 1}})
    assert [(line.sku, line.received) for line in decision.count.lines] == [("W1", 1)]
    assert decision.columns["amount"] == Decimal("11.00")


def test_what_has_changed_since_the_opening_counts() -> None:
    file = file_at()
    changed = CaseFile(file.case, file.tasks, file.lines, file.rules, STAFF, BUSINESS, news={"风险客户": True})
    assert decided(changed, WANG, "同意").marking.facts["风险客户"] is True
    assert decided(changed, WANG, "同意").columns["facts"]["风险客户"] is True


def test_the_moments_that_figures_ask_for_are_set_and_nothing_else_is_touched() -> None:
    file = file_at()
    before = copy.deepcopy(vars(file.case)), [copy.deepcopy(vars(task)) for task in file.tasks]
    decision = decided(file, WANG, "同意")
    assert (decision.columns["answered_at"], decision.columns["undo"]["by"]) == (NOW, WANG.id)
    assert (vars(file.case), [vars(task) for task in file.tasks]) == before
    assert decided(file, WANG, "同意") == decision


def test_whoever_acts_for_somebody_absent_says_so_on_record() -> None:
    file = file_at()
    file.tasks[0].for_id = CHEN.id
    assert decided(file, WANG, "同意", answers={"理由": None}).data == {"代": "陈强"}


@pytest.mark.parametrize(
    ("done", "who", "action", "more", "kind", "words"),
    [
        ((), LIN, "同意", {}, NotAllowed, "由 王建国 处理"),
        ((), ZHOU, "挂起", {}, NotAllowed, "现在的负责人是 王建国"),
        ((), ZHOU, "挂起", {"card": "t"}, StaleCase, "现在的负责人是 王建国"),
        ((), WANG, "同意", {"task_id": 8}, StaleCase, "R20261122-0001 这张卡片已经处理过了"),
        ((), WANG, "确认收货", {}, StaleCase, None),  # not here any more, or not yet
        ((), LIN, "驳回", {}, NotAllowed, "由 王建国 处理"),
        (("同意", "同意"), ZHOU, "配件缺失", {}, Asks, None),
        (
            ("同意", "同意"),
            ZHOU,
            "确认收货",
            {"answers": {"件数": {"W1": 3}}},
            FlowError,
            "W1 最多收 2 件，不能是 3 件",
        ),
    ],
)
def test_why_not(
    done: tuple[str, ...], who: Person, action: str, more: dict[str, Any], kind: type[FlowError], words: str | None
) -> None:
    with pytest.raises(kind) as refused:
        decided(file_at(*done), who, action, **more)
    assert type(refused.value) is kind or kind is FlowError
    assert (words or "") in str(refused.value)


@pytest.mark.parametrize(("card", "kind"), [("", NotAllowed), ("t", StaleCase)])
def test_of_a_case_that_was_put_aside_nothing_is_decided(card: str, kind: type[FlowError]) -> None:
    with pytest.raises(kind, match=r"R20261122-0001 .*恢复") as refused:
        decided(file_at(state=CaseState.HELD), WANG, "同意", card=card)
    assert type(refused.value) is kind


def test_a_case_that_ended_long_ago_stays_so() -> None:
    file = file_at(state=CaseState.CLOSED, closed_at=NOW - timedelta(days=400))
    with pytest.raises(NotAllowed, match="不能重开"):
        decided(file, LIN, "重开")


def test_a_case_that_ended_lately_is_taken_up_with_its_units() -> None:
    file = file_at(state=CaseState.CLOSED, closed_at=NOW)
    file.tasks.clear()
    decision = decided(file, LIN, "重开", answers={"理由": "客户补了照片"})
    assert (decision.reclaims, decision.columns["state"], decision.columns["closed_at"]) == (True, CaseState.OPEN, None)


# -- a refund that goes by an answer -----------------------------------------------------------------------------------

EDITS = (
    "增加字段 客服审核 磨损度 数字 必填", "增加字段 客服审核 哪里磨损 文本 当 磨损度>5", "流程 金额审批 磨损度 可改",
    "规则 磨损 = 磨损度 × 0.5",
)  # fmt: skip


@cache
def worn_rules() -> Rules:
    """The shipped rules where half a yuan goes off for each degree of wear."""
    texts = shipped()
    for words in EDITS:
        texts = {**texts, **apply(words.split(), texts, "退货", "standard").texts}
    return Rules(parse_flow(texts["flow", "退货"]), parse_policy(texts["policy", "standard"]))


def worn(degrees: str, **answers: str) -> tuple[CaseFile, Decision]:
    """The file after the first approval, who said how worn the goods are, and that decision."""
    play = Play(worn_rules(), begin(worn_rules(), opening("22.00", "质量问题")))
    decision = decided(file_of(play), WANG, "同意", answers={"磨损度": degrees, **answers})
    after = Transition((), "", tuple(decision.columns["nodes"]), (), decision.columns["facts"])
    return file_of(Play(worn_rules(), after), amount=decision.columns["amount"]), decision


def put_right(file: CaseFile, degrees: str) -> Decision:
    return decided(file, CHEN, PUT_RIGHT, answers={FIELDS: {"磨损度": degrees}})


def test_a_number_that_is_answered_is_reckoned_with() -> None:
    _, decision = worn("2")
    assert decision.columns["amount"] == Decimal("21.00")


def test_what_an_answer_hides_was_not_asked_and_is_not_kept() -> None:
    assert worn("2", 哪里磨损="边上")[1].data == {"磨损度": "2"}
    assert worn("6", 哪里磨损="边上")[1].data == {"磨损度": "6", "哪里磨损": "边上"}


def test_a_correction_that_makes_the_refund_smaller_is_reckoned_at_once() -> None:
    decision = put_right(worn("2")[0], "4")
    assert decision.columns["amount"] == Decimal("20.00")
    assert (decision.data[WAS], decision.data[IS]) == ("磨损度 2", "磨损度 4")


def test_a_correction_that_would_make_it_larger_is_refused() -> None:
    with pytest.raises(NotAllowed, match=r"会从 ¥21\.00 变成 ¥21\.50，没有改；请退回去重填"):
        put_right(worn("2")[0], "1")
