"""The keys 理由 of an action and 退回 of a flow: read, checked, shown in the workbook, changed by a sentence."""

from __future__ import annotations

from typing import Any

import pytest

from flow.definitions import yamlfile
from flow.definitions.business import shipped
from flow.definitions.entrances import OPTIONAL, REQUIRED, Amending
from flow.definitions.policy import Policy
from flow.edits import apply
from flow.engine.machine import begin, step
from flow.engine.values import Actor, Marking, Refusal, Rules, Transition
from flow.engine.verbs import GIVE_BACK, TO, decide
from flow.errors import DefinitionError
from flow.validation.flows import flow_of, parse_flow
from flow.workbook import moves, nodes
from flow.workbook.errors import Problems
from tests.support.written_flows import drawn, person

POLICY = Policy("小", "质检合格", 0, ())  # type: ignore[arg-type]
NODES = {
    "甲": person(同意="乙", 驳回={"去": "完", "样式": "危险", "理由": "必填"}),
    "乙": person(同意="完", 驳回={"去": "完", "样式": "危险", "理由": "可填"}),
    "改": person(重新提交="甲"),
}
FLOW: dict[str, Any] = drawn(NODES, 退回={"到": "改", "理由": "必填"})
OWNER = Actor(1, "员工", owns=frozenset({"甲", "乙"}))


def stands() -> tuple[Rules, Marking]:
    rules = Rules(flow_of(FLOW), POLICY)
    moved = begin(rules, {"提交人": 7})
    return rules, Marking(moved.nodes, moved.facts, moved.state)


def test_they_are_read() -> None:
    flow = flow_of(FLOW)
    assert [flow.nodes[name].actions["驳回"].reason for name in ("甲", "乙")] == [REQUIRED, OPTIONAL]
    assert flow.nodes["甲"].actions["同意"].reason == ""
    assert flow.amending == Amending("改", REQUIRED)


def test_where_it_is_required_nothing_is_done_without_it() -> None:
    rules, stand = stands()
    refused = step(rules, stand, "驳回", OWNER, {})
    assert isinstance(refused, Refusal)
    assert refused.missing == {"理由": "驳回要写理由，请直接回复一句"}
    done = step(rules, stand, "驳回", OWNER, {"理由": "照片不清"})
    assert isinstance(done, Transition)
    assert "理由" not in done.facts, "it belongs to the step"


def test_back_to_the_submitter_it_may_be_required_too() -> None:
    rules, stand = stands()
    refused = decide(rules, stand, GIVE_BACK, OWNER, {TO: "提交人"})
    assert isinstance(refused, Refusal)
    assert list(refused.missing) == ["理由"]
    moved = decide(rules, stand, GIVE_BACK, OWNER, {"理由": "缺照片"})
    assert isinstance(moved, Transition)
    assert moved.nodes == ("改",), "the first node has nobody before it but the submitter"


def test_goods_in_the_house_stay_away_from_the_submitter() -> None:
    rules, stand = stands()
    came = Marking(stand.nodes, {**stand.facts, "已收货": True}, stand.state)
    refused = decide(rules, came, GIVE_BACK, OWNER, {TO: "提交人", "理由": "缺照片"})
    assert isinstance(refused, Refusal)
    assert "货已收到" in refused.reason


WRONG = [
    (
        {"甲": person(同意="完", 驳回={"去": "完", "样式": "危险", "理由": "也许"})},
        {},
        "理由“也许”不认识，可写 必填 或 可填",
    ),
    (NODES, {"退回": {"到": "没有"}}, "退回到的节点“没有”不存在"),
    (NODES, {"退回": {"到": "完"}}, "退回到的节点“完”要是人工节点"),
    (NODES, {"退回": {"到": "改", "理由": "也许"}}, "退回的理由“也许”不认识"),
    (NODES, {"退回": {"到": "改", "谁": "客服"}}, "退回：“谁”不认识"),
]


@pytest.mark.parametrize(("drawn_nodes", "more", "sentence"), WRONG)
def test_a_slip_is_told(drawn_nodes: Any, more: dict[str, Any], sentence: str) -> None:
    with pytest.raises(DefinitionError) as caught:
        flow_of(drawn(drawn_nodes, **more))
    assert sentence in str(caught.value)


def test_the_workbook_shows_them_and_reads_them_back() -> None:
    problems = Problems()
    ways = moves.show(FLOW)
    styles = [row["样式"] for row in ways.rows if row["动作"] == "驳回"]
    assert styles == ["危险、理由必填", "危险、理由可填"]
    lines, bodies = nodes.read(nodes.show(FLOW), {}, problems)
    assert nodes.read_entries(lines, {}, problems)["退回"] == {"到": "改", "理由": "必填"}
    found = moves.read(ways, {}, bodies, problems)
    assert [found[name]["动作"]["驳回"]["理由"] for name in ("甲", "乙")] == ["必填", "可填"]
    assert not problems.found


@pytest.mark.parametrize(
    ("sentence", "reason"),
    [
        ("流程 退货 客服审核 驳回 理由 必填", "必填"),
        ("流程 退货 客服审核 同意 理由 可填", "可填"),
        ("流程 退货 客服审核 驳回 理由 无", None),
    ],
)
def test_a_sentence_changes_it(sentence: str, reason: str | None) -> None:
    texts = shipped()
    edit = apply(sentence.split(), texts, "退货", "standard")
    data = yamlfile.read(edit.texts["flow", "退货"])
    action = sentence.split()[3]
    assert data["节点"]["客服审核"]["动作"][action].get("理由") == reason
    assert parse_flow(edit.texts["flow", "退货"]).amending is not None


@pytest.mark.parametrize("name", [key[1] for key in shipped() if key[0] == "flow"])
def test_every_shipped_flow_can_ask_the_submitter(name: str) -> None:
    flow = parse_flow(shipped()["flow", name])
    assert flow.amending is not None
    assert all(node.actions["驳回"].reason == OPTIONAL for node in flow.nodes.values() if "驳回" in node.actions)
