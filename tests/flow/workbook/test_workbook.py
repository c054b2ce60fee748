"""The definition as a workbook and back: unchanged it says nothing new, changed it says what was changed."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from flow.definitions import yamlfile
from flow.definitions.business import load_business
from flow.definitions.flow import AUTOMATIC, FORK, HUMAN, JOIN, WAIT
from flow.validation.flows import parse_flow
from flow.validation.policies import parse_policy
from flow.workbook import Stamp, flows, notices, outdated, read_stamp, read_workbook, reasons, roles, tiers
from flow.workbook.errors import Problems
from flow.workbook.tables import merged
from tests.support import workbooks as w
from tests.support.workbook_values import CONDITION_ROWS, FIELDS, LINES, OWNERS, WORDS

if TYPE_CHECKING:
    from collections.abc import Callable

    from openpyxl import Workbook

# ---- there and back


@pytest.mark.parametrize(("kind", "policy"), [key for key in w.SHIPPED if key[0] == "policy"])
@pytest.mark.parametrize("flow", [name for kind, name in w.SHIPPED if kind == "flow"])
def test_what_ships_comes_back_as_it_was(flow: str, kind: str, policy: str) -> None:
    stamp = Stamp(flow, policy, {f"flow:{flow}": 1}, w.AT)
    found = read_workbook(w.written(stamp=stamp), w.SHIPPED)
    assert found.texts == {}
    assert found.stamp == stamp


BRANCHES = st.lists(
    st.fixed_dictionaries({"去": WORDS, "规则": LINES}, optional={"当": CONDITION_ROWS}), min_size=1, max_size=3
)
ACTIONS = st.fixed_dictionaries(
    {"去": WORDS | BRANCHES},
    optional={
        "办": st.just(["登记收货"]), "记": st.dictionaries(WORDS, WORDS, min_size=1, max_size=2), "结果": LINES,
        "问": st.dictionaries(WORDS, LINES, min_size=1, max_size=2), "样式": st.just("危险"), "换人": st.just(True),
    },
) | st.just({"换人": True})  # fmt: skip
LIMITS = st.sampled_from(["24小时", "30分钟", "7天"])
NAMES = st.lists(WORDS, min_size=1, max_size=3)
LEVELS = st.lists(
    st.fixed_dictionaries({"名": WORDS}, optional={"负责人": OWNERS, "当": CONDITION_ROWS, "时限": LIMITS}),
    min_size=1, max_size=3, unique_by=lambda level: level["名"],
)  # fmt: skip
FORMS = st.lists(FIELDS, max_size=2, min_size=1, unique_by=lambda field: field["名"])
NODES = st.one_of(
    st.fixed_dictionaries(
        {"类型": st.just(HUMAN)},
        optional={
            "标题": LINES, "说明": LINES, "负责人": OWNERS, "会签": st.just(True), "回避": NAMES, "时限": LIMITS,
            "同人免审": st.just(True), "显示": NAMES, "表单": FORMS,
            "字段": st.dictionaries(WORDS, st.sampled_from(["隐藏", "只读", "可改"]), min_size=1, max_size=2),
            "分级": LEVELS, "抄送": NAMES, "不许": NAMES,
            "动作": st.dictionaries(WORDS, ACTIONS, min_size=1, max_size=3),
        },
    ),
    st.fixed_dictionaries({"类型": st.just(AUTOMATIC), "去": WORDS | BRANCHES}, optional={"办": NAMES}),
    st.fixed_dictionaries({"类型": st.just(JOIN), "等": st.sampled_from(["全部", "任一"]), "去": WORDS | BRANCHES}),
    st.fixed_dictionaries({"类型": st.just(FORK), "分支": NAMES, "汇合": WORDS}),
    st.fixed_dictionaries(
        {"类型": st.just(FORK), "旁支": NAMES, "去": WORDS | BRANCHES},
        optional={"关闭时": st.sampled_from(["继续", "结束"])},
    ),
    st.just({"类型": "结束"}),
    st.fixed_dictionaries({"类型": st.just(WAIT), "等": LINES}, optional={"时限": LIMITS}),
    st.just({"类型": "结束", "状态": "已关闭", "原因": "拒绝"}),
)  # fmt: skip


@st.composite
def drawn_flows(draw: st.DrawFn, names: list[str]) -> dict[str, Any]:
    """A flow of these nodes, whole in its references if not in its sense."""
    nodes = {name: draw(NODES) for name in names}
    for place in [place for node in nodes.values() for place in _references(node)]:
        place(draw(st.sampled_from(names)))
    flow = {"流程": "退货", "开始": draw(st.sampled_from(names)), "节点": nodes}
    if draw(st.booleans()):
        flow |= {"撤单": draw(st.sampled_from(names)), "重开": {"到": draw(st.sampled_from(names)), "期限": "7天"}}
    return flow


def _references(node: dict[str, Any]) -> list[Callable[[str], None]]:
    """Setters of everything in a node that names another."""
    holders = [node, *(node.get("动作") or {}).values()]
    rows = [row for holder in holders if isinstance(holder.get("去"), list) for row in holder["去"]]
    plain = [holder for holder in holders if isinstance(holder.get("去"), str)]
    found = [_setter(holder, "去") for holder in (*rows, *plain)]
    found += [_setter(node, "旁支", twice=True)] if "旁支" in node else []
    return [*found, _setter(node, "汇合"), _setter(node, "分支", twice=True)] if "汇合" in node else found


def _setter(holder: dict[str, Any], key: str, *, twice: bool = False) -> Callable[[str], None]:
    def put(name: str) -> None:
        holder[key] = [name, name] if twice else name

    return put


NODE_NAMES = st.lists(WORDS, min_size=1, max_size=4, unique=True)


@settings(max_examples=60)
@given(st.data())
def test_any_flow_comes_back_whatever_stood_there_before(data: st.DataObject) -> None:
    names = data.draw(NODE_NAMES)
    flow, other = data.draw(drawn_flows(names)), data.draw(drawn_flows(names))
    for old in ({}, other, flow):
        problems = Problems()
        found = flows.read(flows.show(flow), old, problems)
        assert [str(problem) for problem in problems.found] == []
        about = {"流程": "退货"} if not old else {}
        assert {**about, **found} == flow
    assert repr(found) == repr(flow)


CELLS = st.sampled_from(["<=50", ">1000", "50~500", "甲|乙", "是"])
TIERS = st.lists(
    st.fixed_dictionaries(
        {"规则": LINES, "审批": WORDS},
        optional={"金额": CELLS, "类型": CELLS, "退款时机": st.sampled_from(["审批通过", "质检合格"])},
    ),
    max_size=4,
)
POLICIES = st.fixed_dictionaries(
    {"退款时机": st.just("质检合格"), "双人金额": st.integers(0, 9999), "审批表": TIERS}, optional={"名称": LINES}
)
TYPES = st.fixed_dictionaries({"流程": WORDS}, optional={"路由": WORDS, "责任": WORDS, "别名": NAMES})
REASONS = st.fixed_dictionaries({"退货类型": st.dictionaries(WORDS, TYPES, max_size=3)})
COMMANDS = st.dictionaries(st.sampled_from(["退货", "查", "报表"]), st.sampled_from(["本人", "团队", "店铺", "全部"]))
SEES = st.dictionaries(st.sampled_from(["客户手机", "金额"]), st.sampled_from(["全", "无"]), min_size=1)
RIGHTS = st.fixed_dictionaries({"能": COMMANDS}, optional={"看": SEES, "说明": LINES})
ROLES = st.fixed_dictionaries({"角色": st.dictionaries(WORDS, RIGHTS, max_size=3)})
NOTICES = st.fixed_dictionaries({"通知": st.dictionaries(WORDS, LINES, max_size=3)})
NOUNS: list[tuple[Any, st.SearchStrategy[dict[str, Any]]]] = [
    (reasons, REASONS), (roles, ROLES), (notices, NOTICES),
]  # fmt: skip


@given(st.data())
def test_any_table_comes_back_as_it_was(data: st.DataObject) -> None:
    noun, values = data.draw(st.sampled_from(NOUNS))
    value = data.draw(values)
    problems = Problems()
    assert repr(noun.read(noun.show(value), value, problems)) == repr(value)
    assert problems.found == []


@settings(max_examples=300)
@given(POLICIES)
def test_any_policy_comes_back_as_it_was(policy: dict[str, Any]) -> None:
    problems = Problems()
    found, rows = tiers.read(tiers.show(policy), policy, problems)
    assert repr(found) == repr(policy)
    assert rows == list(range(3, 3 + len(policy["审批表"])))
    assert problems.found == []


# ---- edits


def test_one_cell_changes_one_text_and_nothing_else_in_it() -> None:
    def faster(book: Workbook) -> None:
        w.find(book["时限"], "时限", 节点="质检").value = "４ 小时"

    expected = w.plain("flow", w.FLOW)
    expected["节点"]["质检"]["时限"] = "4小时"
    assert w.changes(w.edited(faster)) == {"flow": expected}


def test_the_comment_above_a_text_stays() -> None:
    data = w.edited(lambda book: setattr(w.find(book["审批表"], "金额", 规则="小额自动通过"), "value", "<=80"))
    text = read_workbook(data, w.SHIPPED).texts["policy", w.POLICY]
    assert text.splitlines()[0] == w.SHIPPED["policy", w.POLICY].splitlines()[0]
    assert parse_policy(text).tier({"金额": "80", "风险客户": False}).approver == "自动"  # type: ignore[union-attr]


def inspection_twice(book: Workbook) -> None:
    """The person who owns the flow adds 复检 between 质检 and what follows it."""
    w.append(
        book["节点"], 节点="复检", 类型="人工", 标题="复检：{商品}", 负责人="角色 质检员；同仓库；否则 仓管员",
        表单="责任方｜单选｜必填｜商家、客户｜动作=通过", 分级="初级\n高级｜角色 仓管员｜金额>1000",
        显示="单号、实收", 抄送="客服主管", 会签="✓",
    )  # fmt: skip
    w.append(book["流转"], 节点="复检", 动作="通过", 条件="金额＞1000", 去="金额审批", 规则="贵的再批", 记="复检=过")
    w.append(book["流转"], 节点="复检", 动作="通过", 去="审批或退款", 规则="照旧", 结果="已复检")
    w.append(book["流转"], 节点="复检", 动作="打回", 去="质检", 样式="危险", 问="理由=为什么打回？")
    w.append(book["流转"], 节点="复检", 动作="转交", 样式="换人")
    w.append(book["时限"], 节点="复检", 时限="4小时")
    w.append(book["时限"], 节点="复检", 分级="高级", 时限="1天")
    w.find(book["流转"], "去", 节点="质检", 动作="合格入库").value = "复检"


def test_a_node_is_added_with_all_that_a_node_can_have() -> None:
    found = w.changes(w.edited(inspection_twice))
    expected = w.plain("flow", w.FLOW)
    expected["节点"]["质检"]["动作"]["合格入库"]["去"] = "复检"
    expected["节点"]["复检"] = {
        "类型": "人工", "标题": "复检：{商品}", "会签": True, "抄送": ["客服主管"], "时限": "4小时",
        "显示": ["单号", "实收"],
        "负责人": {"角色": "质检员", "同仓库": True, "否则": "仓管员"},
        "表单": [{"名": "责任方", "填": "单选", "必填": True, "选项": ["商家", "客户"], "动作": ["通过"]}],
        "分级": [{"名": "初级"}, {"名": "高级", "负责人": {"角色": "仓管员"}, "当": {"金额": ">1000"}, "时限": "1天"}],
        "动作": {
            "通过": {
                "去": [
                    {"当": {"金额": ">1000"}, "去": "金额审批", "规则": "贵的再批"},
                    {"去": "审批或退款", "规则": "照旧"},
                ],
                "记": {"复检": "过"}, "结果": "已复检",
            },
            "打回": {"去": "质检", "样式": "危险", "问": {"理由": "为什么打回？"}},
            "转交": {"换人": True},
        },
    }  # fmt: skip
    assert found == {"flow": expected}


def test_an_edited_workbook_written_again_says_nothing_new() -> None:
    first = read_workbook(w.edited(inspection_twice), w.SHIPPED).texts
    bundle = {**w.SHIPPED, **first}
    assert read_workbook(w.written(bundle), bundle).texts == {}


def rename(book: Workbook) -> None:
    for sheet, heading in (("节点", "节点"), ("流转", "节点"), ("流转", "去"), ("时限", "节点")):
        column = w.column_of(book[sheet], heading)
        for row in book[sheet].iter_rows(min_row=2, min_col=column, max_col=column):
            if row[0].value == "分流":
                row[0].value = "起点"


def test_a_renamed_start_stays_the_start() -> None:
    flow = w.changes(w.edited(rename))["flow"]
    assert flow["开始"] == "起点"
    assert next(iter(flow["节点"])) == "起点"
    assert flow["撤单"] == "撤销"


EDITS: list[tuple[str, dict[str, str], str, Any, str, Callable[[Any], Any], Any]] = [
    # sheet, where, heading, typed, kind, what to look at, what it is now
    ("节点", {"节点": "质检"}, "派法", "轮流", "flow", lambda f: f["节点"]["质检"]["负责人"],
     {"角色": "质检员", "同仓库": True, "否则": "仓管员", "派法": "轮流"}),
    ("节点", {"节点": "质检"}, "负责人", "分派表 客服分派；派法 最少待办", "flow",
     lambda f: f["节点"]["质检"]["负责人"], {"分派表": "客服分派", "派法": "最少待办"}),
    ("节点", {"节点": "质检"}, "标题", "=质检", "flow", lambda f: f["节点"]["质检"]["标题"], "=质检"),
    ("节点", {"节点": "客服审核"}, "入口", "重开 3天", "flow", lambda f: f["重开"], {"到": "客服审核", "期限": "3天"}),
    ("节点", {"节点": "财务退款"}, "说明", None, "flow", lambda f: "说明" in f["节点"]["财务退款"], False),
    ("流转", {"节点": "分流", "去": "仓库收货"}, "条件", "路由=仓库；金额<=50", "flow",
     lambda f: f["节点"]["分流"]["去"][1]["当"], {"路由": "仓库", "金额": "<=50"}),
    ("流转", {"节点": "仓库收货", "动作": "到时"}, "满", "45天", "flow",
     lambda f: f["节点"]["仓库收货"]["动作"]["到时"]["满"], "45天"),
    ("流转", {"节点": "质检", "动作": "次品处理"}, "样式", None, "flow",
     lambda f: "样式" in f["节点"]["质检"]["动作"]["次品处理"], False),
    ("审批表", {"规则": "小额自动通过"}, "风险客户", None, "policy", lambda p: "风险客户" in p["审批表"][0], False),
    ("审批表", {"规则": "组长审批"}, "审批", "客服主管", "policy", lambda p: p["审批表"][1]["审批"], "客服主管"),
    ("审批表", {"规则": "整份政策"}, "双人金额", 50.0, "policy", lambda p: p["双人金额"], 50),
    ("审批表", {"规则": "整份政策"}, "自动上限 每单", 300, "policy", lambda p: p["自动上限"]["每单"], 300),
    ("审批表", {"规则": "整份政策"}, "退款时机", "包裹匹配", "policy", lambda p: p["退款时机"], "包裹匹配"),
    ("原因", {"退货类型": "质量问题"}, "别名", "坏了，不转", "reasons",
     lambda r: r["退货类型"]["质量问题"]["别名"], ["坏了", "不转"]),
    ("原因", {"退货类型": "质量问题"}, "次品", "协商", "reasons", lambda r: r["退货类型"]["质量问题"]["次品"], "协商"),
    ("通知", {"时刻": "已完成退款"}, "原文", "钱已退，\n请查收", "notices",
     lambda n: n["通知"]["已完成退款"], "钱已退，\n请查收"),
]  # fmt: skip


@pytest.mark.parametrize(("sheet", "where", "heading", "typed", "kind", "look", "now"), EDITS)
def test_an_edit(
    sheet: str, where: dict[str, str], heading: str, typed: Any, kind: str, look: Callable[[Any], Any], now: Any
) -> None:
    def change(book: Workbook) -> None:
        cell = w.find(book[sheet], heading, **where)
        cell.value = typed
        if isinstance(typed, str):
            cell.data_type = "s"

    found = w.changes(w.edited(change))
    assert list(found) == [kind]
    assert look(found[kind]) == now


def test_a_new_type_a_new_strategy_and_a_new_condition_are_columns_and_rows() -> None:
    def change(book: Workbook) -> None:
        w.append(book["原因"], 退货类型="色差", 流程="退货", 路由="质检部", 次品="退款", 别名="颜色不对")
        book["原因"].cell(1, book["原因"].max_column + 1, "复核")
        w.find(book["原因"], "复核", 退货类型="色差").value = "是"
        book["审批表"].cell(1, book["审批表"].max_column + 1, "类型")
        w.find(book["审批表"], "类型", 规则="小额自动通过").value = "色差|质量问题"

    found = w.changes(w.edited(change))
    assert found["reasons"]["退货类型"]["色差"] == {
        "流程": "退货", "路由": "质检部", "次品": "退款", "复核": "是", "别名": ["颜色不对"],
    }  # fmt: skip
    assert found["policy"]["审批表"][0]["类型"] == "色差|质量问题"


# ---- what the sheets cannot show, and the matrix of the roles


def test_keys_that_no_sheet_shows_are_kept() -> None:
    flow = w.plain("flow", w.FLOW)
    flow["备忘"] = ["给自己看的"]
    flow["节点"]["质检"]["备忘"] = {"底": "蓝"}
    flow["节点"]["质检"]["动作"]["合格入库"]["备忘"] = "✓"
    policy = w.plain("policy", w.POLICY) | {"资格": [{"规则": "超过退货期", "签收天数": ">7", "结果": "拒绝"}]}
    bundle = {
        **w.SHIPPED, ("flow", w.FLOW): yamlfile.write(flow), ("policy", w.POLICY): yamlfile.write(policy),
    }  # fmt: skip
    place = w.find(load_workbook(io.BytesIO(w.DATA))["流转"], "结果", 节点="质检", 动作="合格入库").coordinate
    data = w.put({f"流转!{place}": "入库了", "审批表!B3": "<=80"}, w.written(bundle))
    flow["节点"]["质检"]["动作"]["合格入库"]["结果"] = "入库了"
    policy["审批表"][0]["金额"] = "<=80"
    assert w.changes(data, bundle) == {"flow": flow, "policy": policy}


@pytest.mark.parametrize(
    ("heading", "typed", "part", "now"),
    [
        ("退货", "团队", "能", {"退货": "团队"}),
        ("发布", "全部", "能", {"发布": "全部"}),
        ("查", None, "能", {"查": None}),
        ("看 客户手机", "全", "看", {"客户手机": "全"}),
    ],
)
def test_the_matrix_of_roles(heading: str, typed: str | None, part: str, now: dict[str, str | None]) -> None:
    data = w.edited(lambda book: setattr(w.find(book["角色"], heading, 角色="质检员"), "value", typed))
    expected = w.plain("roles")
    expected["角色"]["质检员"][part] = merged(expected["角色"]["质检员"][part], now)
    assert w.changes(data) == {"roles": expected}


def test_a_new_role() -> None:
    cells = {"角色": "店长", "说明": "管一家店", "查": "店铺", "看 客户手机": "尾号", "看 客户姓名": "姓"}
    cells |= {"看 收货账号": "无", "看 收货地址": "全", "看 金额": "全"}
    role = w.changes(w.edited(lambda book: w.append(book["角色"], **cells)))["roles"]["角色"]["店长"]
    assert role["说明"] == "管一家店"
    assert role["能"] == {"查": "店铺"}
    assert role["看"] == {"客户手机": "尾号", "客户姓名": "姓", "收货账号": "无", "收货地址": "全", "金额": "全"}


# ---- older versions


def test_the_stamp_says_what_the_workbook_was_made_from() -> None:
    assert read_stamp(w.DATA) == w.STAMP
    assert outdated(w.STAMP, {"flow:退货": 3, "policy:express": 2, "roles:roles": 9}) == []
    assert outdated(w.STAMP, {"flow:退货": 4, "policy:express": 3}) == [
        "这份表里的流程“退货”是第 3 版，现在已经是第 4 版",
        "这份表里的政策“express”是第 2 版，现在已经是第 3 版",
    ]


def test_every_shipped_business_still_reads_after_a_round_through_the_sheets() -> None:
    text = yamlfile.write(flows.read(flows.show(w.plain("flow", w.FLOW)), {}, Problems()) | {"流程": w.FLOW})
    assert parse_flow(text).nodes.keys() == parse_flow(w.SHIPPED["flow", w.FLOW]).nodes.keys()
    assert load_business().notices.keys() == w.plain("notices")["通知"].keys()


def test_formulas_stand_beside_the_amount_table_and_are_kept() -> None:
    text = w.SHIPPED["policy", "express"].replace(
        "审批表:", "算式:\n- {规则: 折旧, 算: 金额 × 10%, 签收天数: '>7'}\n审批表:"
    )
    bundle = {**w.SHIPPED, ("policy", "express"): text}
    note = load_workbook(io.BytesIO(w.written(bundle)))["审批表"]["A1"].comment
    assert "存这张表不会动它，看和改请在聊天里回复“规则 算式”：\n1. 折旧：签收天数 >7 → 减 金额 × 10%" in note.text
    changed = w.put({"审批表!A3": "改了名"}, w.written(bundle))
    found = yamlfile.read(read_workbook(changed, bundle).texts["policy", "express"])
    assert found["算式"] == yamlfile.read(text)["算式"]
