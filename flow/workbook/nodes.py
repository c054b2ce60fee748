"""The sheet 节点: one row a node, without its ways (流转) and its limits (时限)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from flow.definitions.conditions import YES, CellError
from flow.definitions.flow import ALL, ANY, DEALING, JOIN, KINDS, OPTIONAL, REASON, REQUIRED
from flow.workbook import owners
from flow.workbook.forms import FORM
from flow.workbook.tables import Head, merged, spelling, table, unique
from flow.workbook.values import LIMIT, NAMES, PROSE, WORD, YES_NO, one_of, text_of
from flow.workbook.words import meant, plain
from models.enums import CaseState, CloseReason

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from flow.workbook.errors import Problems
    from flow.workbook.tables import Codec, Line, Table

SHEET = "节点"
NAME, KIND, ENTRY, OWNER, WAIT = "节点", "类型", "入口", "负责人", "等"
START, WITHDRAW, REOPEN, AMEND = "开始", "撤单", "重开", "退回"
CODECS: dict[str, Codec] = {
    KIND: one_of(KINDS), "标题": PROSE, "说明": PROSE, OWNER: owners.OWNER, "会签": YES_NO, "回避": NAMES,
    "同人免审": YES_NO, "表单": FORM, "分级": owners.LEVELS, "显示": NAMES, "抄送": NAMES, "不许": NAMES, "办": NAMES,
    WAIT: PROSE, "分支": NAMES, "汇合": WORD, "状态": one_of(list(CaseState)), "原因": one_of(list(CloseReason)),
}  # fmt: skip
HEADS = (
    Head(NAME, "名字。别的表用它指这个节点；改名要连“流转”“时限”里的一起改", 14),
    Head(
        KIND,
        "人工：有人点按钮\n自动：按规则立刻走\n等待：等外面的消息\n分叉、汇合：几路同时办\n结束：不再走",
        8,
        KINDS,
        True,
    ),
    Head(
        ENTRY,
        "开始：新单从这里开始（只能有一个）\n撤单：提交人撤单后来这里\n重开 7天：结束后几天内可以重开到这里\n"
        "退回：退给提交人改的到这里；一定要写理由就写 退回 必填",
        12,
        (START, WITHDRAW, f"{REOPEN} 7天", AMEND),
    ),
    Head("标题", "卡片的标题，可以放 {金额} {商品} {运单}", 28),
    Head("说明", "标题下面的一句话", 36),
    Head(
        OWNER,
        "角色 客服组长；否则 客服主管\n审批表；否则 运营总监\n人 王建国／团队 华东组／分派表 维修分派／提交人上级\n"
        "再加：同区域、同品类、同仓库、区域 华东、首选 提交人",
        30,
        names_of=OWNER,
    ),
    Head(owners.DEALING, "空着：人人都收到，谁先办算谁的\n轮流：一人一件\n最少待办：给手上最少的人", 10, DEALING, True),
    Head("会签", "是：每个负责人都要同意", 6, (YES,)),
    Head("回避", "谁不能办：提交人、质检人", 10),
    Head("同人免审", "是：刚点过同意的人不用再点一次", 8, (YES,)),
    Head(
        "表单",
        "一行问一样：名字｜填法｜必填｜选项\n责任方｜单选｜必填｜商家、客户、物流｜动作=合格入库\n"
        "填法：文本 数字 金额 日期 单选 多选 照片 序列号 运单\n还可以写 问=怎么问 和 范围=0~100",
        34,
    ),
    Head(
        "分级",
        "一行一级：名字｜负责人｜什么时候要这一级\n初检｜角色 质检员\n复检｜角色 质检主管｜金额>1000\n时限写在“时限”表",
        30,
    ),
    Head("显示", "卡片上的行，用 、隔开，最多六行", 38),
    Head("抄送", "也告诉哪些角色", 12),
    Head("不许", "这里不能用的：转交、加签、退回、撤回、挂起", 14),
    Head("办", "自动节点顺便办的事", 12),
    Head(WAIT, "等待节点：等什么\n汇合节点：全部 或 任一", 14),
    Head("分支", "分叉节点：同时去哪几个节点", 16),
    Head("汇合", "分叉节点：在哪个节点会合", 12),
    Head("状态", "结束节点：单子的状态", 10, tuple(CaseState), True),
    Head("原因", "关闭的原因", 8, tuple(CloseReason), True),
)
HEADINGS = frozenset(head.name for head in HEADS)
_REOPEN = re.compile(rf"{REOPEN}\s*(.*)")
_AMEND = re.compile(rf"{AMEND}(?:\s*({REQUIRED}|{OPTIONAL}))?")
_DEALING = one_of(DEALING)
_JOINS = one_of((ALL, ANY))


def show(flow: Mapping[str, Any]) -> Table:
    """The sheet of a flow."""
    entries = _entries(flow)
    return table(SHEET, HEADS, (_cells(name, raw, entries) for name, raw in flow.get("节点", {}).items()))


def _cells(name: Any, raw: Mapping[str, Any], entries: Mapping[str, str]) -> dict[str, str]:
    owner = raw.get(OWNER)
    cells = {key: codec.show(raw.get(key)) for key, codec in CODECS.items()}
    dealing = text_of(owner.get(owners.DEALING)) if isinstance(owner, dict) else ""
    return {NAME: str(name), ENTRY: entries.get(str(name), ""), owners.DEALING: dealing, **cells}


def _entries(flow: Mapping[str, Any]) -> dict[str, str]:
    """What each node is to the flow as a whole."""
    reopening = flow.get(REOPEN)
    words = [(flow.get(START), START), (flow.get(WITHDRAW), WITHDRAW)]
    if isinstance(reopening, dict):
        words.append((reopening.get("到"), f"{REOPEN} {text_of(reopening.get('期限'))}"))
    if isinstance(amending := flow.get(AMEND), dict):
        words.append((amending.get("到"), f"{AMEND} {text_of(amending.get(REASON))}".strip()))
    found: dict[str, list[str]] = {}
    for name, entry in words:
        found.setdefault(text_of(name), []).append(entry)
    return {name: NAMES.show(entries) for name, entries in found.items()}


def read(
    sheet: Table, flow: Mapping[str, Any], problems: Problems
) -> tuple[dict[str, Line], dict[str, dict[str, Any]]]:
    """The rows by the node's name, and the nodes: as they were, with what the sheet says now."""
    old = {str(name): raw for name, raw in flow.get("节点", {}).items()}
    lines = unique(sheet.lines(problems), NAME, spelling(old))
    spelled = spelling(lines)
    nodes = {name: _node(line, old.get(name, {}), spelled) for name, line in lines.items()}
    return lines, nodes


def _node(line: Line, old: Mapping[str, Any], spelled: Mapping[str, str]) -> dict[str, Any]:
    new = {
        key: line.value(key, codec, old.get(key)) for key, codec in CODECS.items() if key not in {OWNER, "分支", "汇合"}
    }
    if not line[KIND]:
        line.wrong(KIND, "空着，写 " + "、".join(KINDS))
    if new[KIND] == JOIN:
        new[WAIT] = line.value(WAIT, _JOINS, old.get(WAIT))
    new |= _fork(line, old, spelled)
    new[OWNER] = _owner(line, old.get(OWNER))
    for key in ("分级", "表单"):
        new[key] = _kept(new[key], old.get(key))
    return merged(old, new)


def _fork(line: Line, old: Mapping[str, Any], spelled: Mapping[str, str]) -> dict[str, Any]:
    """Branches and join, each of which must be a node."""
    heads, join = line.value("分支", NAMES, old.get("分支")), line.value("汇合", WORD, old.get("汇合"))
    if heads is not None and heads is not old.get("分支"):
        heads = [spelled.get(name, name) for name in heads]
    if join is not None:
        join = spelled.get(plain(str(join)), join)
    for heading, names in (
        ("分支", [heads] if isinstance(heads, str) else heads or []),
        ("汇合", [join] if join else []),
    ):
        for name in names:
            if name not in spelled.values():
                line.wrong(heading, f"没有节点“{name}”{meant(str(name), spelled.values())}")
    return {"分支": heads, "汇合": join}


def _owner(line: Line, old: Any) -> Any:
    """Two cells make an owner rule; the column 派法 wins over the word in the other one."""
    rule = line.value(OWNER, owners.OWNER, old)
    before = old.get(owners.DEALING) if isinstance(old, dict) else None
    dealing = line.value(owners.DEALING, _DEALING, before)
    if not isinstance(rule, dict):
        if dealing:
            line.wrong(OWNER, f"空着，可是“{owners.DEALING}”写了{dealing}")
        return rule
    said = None if rule is old else rule.get(owners.DEALING)
    return rule if dealing == rule.get(owners.DEALING) else merged(rule, {owners.DEALING: dealing or said})


def _kept(new: Any, old: Any) -> Any:
    """Fields and levels with what their cells cannot show, taken from those of the same name."""
    if not isinstance(new, list) or not isinstance(old, list) or new is old:
        return new
    before = {item.get("名"): item for item in old if isinstance(item, dict)}
    shown = {"填", "选项", "必填", "动作", "问", "范围", "负责人", "当"}
    hidden = {name: {k: v for k, v in item.items() if k not in shown} for name, item in before.items()}
    return [item | hidden.get(item["名"], {}) for item in new]


def read_entries(lines: Mapping[str, Line], flow: Mapping[str, Any], problems: Problems) -> dict[str, Any]:
    """The flow's own keys 开始, 撤单, 重开 and 退回; those are left as they were whose cells say what they said."""
    before = _entries(flow)
    if all(plain(line[ENTRY]) == plain(before.get(name, "")) for name, line in lines.items()) and set(before) <= {
        *lines,
        "",
    }:
        return {}
    found: dict[str, Any] = {START: None, WITHDRAW: None, REOPEN: None, AMEND: None}
    for name, line in lines.items():
        for key, value in _entry(line, name):
            if found[key] is not None:
                line.wrong(ENTRY, f"“{key}”已经写在别的节点上，只能有一个")
            found[key] = value
    if found[START] is None:
        problems.at(SHEET, 0, ENTRY, f"没有一个节点写着“{START}”")
    return found


def _entry(line: Line, name: str) -> Iterator[tuple[str, Any]]:
    for word in NAMES.read(line[ENTRY]):
        if word in {START, WITHDRAW}:
            yield word, name
        elif match := _AMEND.fullmatch(word):
            yield AMEND, {"到": name} | ({REASON: match[1]} if match[1] else {})
        elif match := _REOPEN.fullmatch(word):
            try:
                yield REOPEN, {"到": name, "期限": LIMIT.read(match[1] or "空着")}
            except CellError as error:
                line.wrong(ENTRY, str(error))
        else:
            line.wrong(ENTRY, f"“{word}”看不懂，可写 {START}、{WITHDRAW}、{REOPEN} 7天、{AMEND}")
