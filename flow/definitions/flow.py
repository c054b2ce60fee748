"""A flow as its owner wrote it, in frozen values: nodes, owners, actions, forms, levels, branches, limits."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from flow.definitions.conditions import When
from flow.definitions.entrances import OPTIONAL as OPTIONAL
from flow.definitions.entrances import REASON as REASON
from flow.definitions.entrances import REQUIRED as REQUIRED
from flow.definitions.entrances import Amending, Reopening
from flow.definitions.schema import ID, Column, Key, Summary, Value, entry
from flow.definitions.topology import ON_CLOSING, Topology
from flow.definitions.vocabulary import QUORUM
from models.enums import CaseState, CloseReason

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import timedelta

HUMAN, AUTOMATIC, WAIT, FORK, JOIN, END = "人工", "自动", "等待", "分叉", "汇合", "结束"
KINDS = (HUMAN, AUTOMATIC, WAIT, FORK, JOIN, END)
ALL, ANY = "全部", "任一"
EVERYONE, IN_TURN, LEAST_LOADED = "全部", "轮流", "最少待办"
DEALING = (EVERYONE, IN_TURN, LEAST_LOADED)
TEXT, NUMBER, MONEY, DATE, CHOICE, CHOICES, PHOTO, SERIAL, WAYBILL = (
    "文本", "数字", "金额", "日期", "单选", "多选", "照片", "序列号", "运单",
)  # fmt: skip
SUBMISSION = "提交"  #: the act that opens a case, and what it is asked for there is called by
HIDE, READ, WRITE = "隐藏", "只读", "可改"  #: what a node may do with a field that an earlier one has asked
DANGER = "危险"  #: 样式 of a button that is red, stands last and is no agreement
FIELD_KINDS = (TEXT, NUMBER, MONEY, DATE, CHOICE, CHOICES, PHOTO, SERIAL, WAYBILL)


@dataclass(frozen=True, slots=True)
class Branch:
    """Where to go when the conditions hold; ``rule`` is the name that goes on record."""

    when: When = entry(
        Key(
            "当", Value.CONDITIONS,
            column=Column(
                20,
                "空着：总是走这条\n金额>1000；类型=质量问题|物流损坏\n几条规则从上往下第一条符合的算数，最后一条不能带条件",
                34, heading="条件",
            ),
        ),
        When(),
    )  # fmt: skip
    to: str = entry(
        Key(
            "去", Value.NODE, needed=True,
            column=Column(30, "去哪个节点；转交这样不动单子的空着，在“样式”写 换人", 14, names_of="节点"),
        ),
        "",
    )  # fmt: skip
    rule: str = entry(Key("规则", Value.WORD, column=Column(40, "规则的名字，写进流水", 22)), "")


@dataclass(frozen=True, slots=True)
class OwnerRule:
    """Who gets the task: one way to name people, what narrows them down, and who when there is nobody."""

    role: str | None = entry(Key("角色", Value.ROLE), None)
    person: str | None = entry(Key("人", Value.NAME), None)
    team: str | None = entry(Key("团队", Value.NAME), None)
    #: an assignment table, whose rows are owner rules
    table: str | None = entry(Key("分派表", Value.NAME), None)
    region: str | None = entry(Key("区域", Value.NAME, said=14), None)  #: named outright
    prefer: str | None = entry(Key("首选", Value.NAME, said=13), None)  #: a fact that names a member, such as 提交人
    fallback: str | None = entry(Key("否则", Value.ROLE, said=3), None)
    dealing: str = entry(
        Key(
            "派法", Value.CHOICE, DEALING, said=4,
            column=Column(60, "空着：人人都收到，谁先办算谁的\n轮流：一人一件\n最少待办：给手上最少的人", 10),
        ),
        EVERYONE,
    )  # fmt: skip
    by_policy: bool = entry(Key("审批表", Value.SWITCH), False)  #: whoever the policy's amount table names
    creators_manager: bool = entry(Key("提交人上级", Value.SWITCH), False)
    #: facts that must stand in a member's own list
    same: tuple[str, ...] = entry(Key("同", Value.SAME, ("区域", "品类", "仓库"), said=15), ())

    def ways(self) -> int:
        """How many ways of naming people are used; a sound rule uses one."""
        named = (self.role, self.by_policy, self.person, self.team, self.table, self.creators_manager)
        return sum(bool(way) for way in named)


@dataclass(frozen=True, slots=True)
class Field:
    """One thing that a node's form asks for; the answer becomes the fact of that name."""

    name: str = entry(Key("名", Value.OWN_NAME))
    kind: str = entry(Key("填", Value.KIND, FIELD_KINDS))
    options: tuple[str, ...] = entry(Key("选项", Value.OPTIONS), ())
    required: bool = entry(Key("必填", Value.SWITCH, said=1), False)
    #: asked only for these; empty: for every action that is not dangerous
    actions: tuple[str, ...] = entry(Key("动作", Value.BUTTONS, said=3, spoken="在"), ())
    question: str = entry(Key("问", Value.PROSE), "")
    bounds: str = entry(Key("范围", Value.CELL, said=2), "")  #: that a number must meet, such as 0~100
    id: str = entry(Key(ID, Value.ID), "")  #: its first name; "" where it still has that
    when: When = entry(Key("当", Value.CONDITIONS, said=5), When())  #: asked only where they hold
    required_when: When = entry(Key("必填当", Value.CONDITIONS, said=6), When())  #: required only where they hold
    #: offered, and taken with one word: an answer, or {运单号} for what is known of the case and its order
    default: str = entry(Key("默认", Value.PROSE, said=7), "")
    #: answered for each product of the case; the answer is by SKU, and a condition holds where it holds of any
    per_line: bool = entry(Key("每样", Value.SWITCH, said=9), False)
    count: str = entry(Key("张数", Value.CELL, said=8), "")  #: of pictures, where it takes several, such as 3~9

    @property
    def asks_for(self) -> frozenset[str]:
        """The facts by which it is settled whether it is asked, and whether it must be answered."""
        return frozenset(cell.fact for cell in (*self.when.cells, *self.required_when.cells))

    def wanted_for(self, action: Action) -> bool:
        """Whether ``action`` needs this field."""
        return action.name in self.actions if self.actions else not (action.danger or action.hands_over or action.after)


@dataclass(frozen=True, slots=True)
class Level:
    """A sub-step of a human node: 初检, 复检, 终审. Its choice is provisional while a further level applies."""

    name: str = entry(Key("名", Value.OWN_NAME, said=9))
    owner: OwnerRule | None = entry(Key("负责人", Value.OWNER, said=1), None)  #: None: the node's own
    limit: timedelta | None = entry(Key("时限", Value.LIMIT, said=3), None)
    when: When = entry(Key("当", Value.CONDITIONS, said=2), When())
    quorum: int = entry(Key(QUORUM, Value.COUNT, said=4), 0)  #: how many of its owners must agree; 0: as the node says


@dataclass(frozen=True, slots=True)
class Action:
    """A button of a node."""

    name: str
    branches: tuple[Branch, ...] = entry(Key("去", Value.WAYS), ())
    #: of 到时 at a human node: taken by the system so long after the node was entered
    after: timedelta | None = entry(
        Key(
            "满", Value.SPAN, about=Summary.OTHER,
            column=Column(100, "只给人工节点的“到时”写：满多久没有人办就自动走，例如 30天", 10),
        ),
        None,
    )  # fmt: skip
    effects: tuple[str, ...] = entry(
        Key("办", Value.EFFECTS, about=Summary.OTHER, column=Column(50, "顺便办的事，写在动作的第一行", 18)), ()
    )
    sets: Mapping[str, Any] = entry(
        Key("记", Value.NOTED, about=Summary.OTHER, column=Column(60, "记下的事实：已质检=是；质检结果=合格", 24)), {}
    )
    asks: Mapping[str, str] = entry(  #: fact -> the question that the bot asks
        Key("问", Value.ASKED, column=Column(90, "先要问的，一行一样：缺件=缺什么、扣多少？", 34)), {}
    )
    verdict: str = entry(Key("结果", Value.PROSE, column=Column(70, "点完卡片上写什么，例如 已同意", 14)), "")
    danger: bool = entry(
        Key(
            "样式", Value.STYLE, (DANGER, "换人", f"{REASON}{REQUIRED}", f"{REASON}{OPTIONAL}"), about=Summary.OTHER,
            column=Column(
                80,
                "危险：红色，排在最后，不算同意\n换人：这是转交，单子不动\n"
                "理由必填：先问理由再办\n理由可填：办完可以补一句；几样用 、隔开",
                12,
            ),
        ),
        False,
    )  # fmt: skip
    hands_over: bool = entry(Key("换人", Value.SWITCH), False)  #: 转交: the task changes hands, the case stays
    #: REQUIRED: asked for first; OPTIONAL: may be added afterwards; else only kept where it is given
    reason: str = entry(Key(REASON, Value.REASON), "")


@dataclass(frozen=True, slots=True)
class Node:
    """A station of the flow; a new key of a node is one more entry here."""

    name: str
    kind: str = entry(
        Key(
            "类型", Value.KIND, KINDS, about=Summary.OTHER,
            column=Column(
                10,
                "人工：有人点按钮\n自动：按规则立刻走\n等待：等外面的消息\n分叉、汇合：几路同时办\n结束：不再走\n"
                "提交：开单前要填的，只写“表单”",
                8,
            ),
        )
    )  # fmt: skip
    title: str = entry(
        Key("标题", Value.PROSE, said=5, column=Column(30, "卡片的标题，可以放 {金额} {商品} {运单}", 28)), ""
    )
    hint: str = entry(Key("说明", Value.PROSE, said=6, column=Column(40, "标题下面的一句话", 36)), "")
    owner: OwnerRule | None = entry(
        Key(
            "负责人", Value.OWNER, at=(HUMAN,), said=2, line=(1, 1), about=Summary.OWNED,
            column=Column(
                50,
                "角色 客服组长；否则 客服主管\n审批表；否则 运营总监\n人 王建国／团队 华东组／"
                "分派表 维修分派／提交人上级\n再加：同区域、同品类、同仓库、区域 华东、首选 提交人",
                30, names_of="负责人", alone=True,
            ),
        ),
        None,
    )  # fmt: skip
    limit: timedelta | None = entry(
        Key("时限", Value.LIMIT, at=(HUMAN, WAIT), said=1, line=(1, 3), about=Summary.OWNED), None
    )
    actions: Mapping[str, Action] = entry(Key("动作", Value.ACTIONS, at=(HUMAN, WAIT)), {})
    branches: tuple[Branch, ...] = entry(Key("去", Value.WAYS, at=(AUTOMATIC, JOIN, FORK)), ())
    effects: tuple[str, ...] = entry(
        Key("办", Value.EFFECTS, at=(AUTOMATIC, JOIN), line=(1, 4), column=Column(150, "自动节点顺便办的事", 12)), ()
    )
    shows: tuple[str, ...] = entry(
        Key("显示", Value.NAMES, said=10, column=Column(120, "卡片上的行，用 、隔开，最多六行", 38, alone=True)), ()
    )
    avoids: tuple[str, ...] = entry(
        Key("回避", Value.NAMES, said=11, column=Column(80, "谁不能办：提交人、质检人", 10, alone=True)), ()
    )
    skips_same_approver: bool = entry(
        Key("同人免审", Value.SWITCH, at=(HUMAN,), said=9, column=Column(90, "是：刚点过同意的人不用再点一次", 8)),
        False,
    )
    waits_for: str = entry(
        Key(
            "等", Value.AWAITED, line=(1, 2), about=Summary.OTHER,
            column=Column(160, "等待节点：等什么\n汇合节点：全部 或 任一", 14),
        ),
        "",
    )  # fmt: skip
    state: CaseState | None = entry(
        Key(
            "状态", Value.STATE, CaseState, at=(END,), ignored=True, line=(1, 1), about=Summary.OTHER,
            column=Column(190, "结束节点：单子的状态", 10),
        ),
        None,
    )  # fmt: skip
    close_reason: CloseReason | None = entry(
        Key(
            "原因", Value.STATE, CloseReason, at=(END,), ignored=True, line=(1, 2), about=Summary.OTHER,
            column=Column(200, "关闭的原因", 8),
        ),
        None,
    )  # fmt: skip
    all_must_agree: bool = entry(
        Key("会签", Value.SWITCH, at=(HUMAN,), said=8, line=(2, 1), column=Column(70, "是：每个负责人都要同意", 6)),
        False,
    )
    quorum: int = entry(  #: how many of its owners must agree, any of them; 0: not written
        Key(
            QUORUM, Value.COUNT, at=(HUMAN,), said=16, line=(2, 6),
            column=Column(72, "几个负责人同意就过，例如 3 位里任意 2 位写 2；每个都要写“会签”", 8),
        ),
        0,
    )  # fmt: skip
    form: tuple[Field, ...] = entry(
        Key(
            "表单", Value.FORM, part=Field, at=(HUMAN,), line=(2, 3), about=Summary.OWNED,
            column=Column(
                100,
                "一行问一样：名字｜填法｜必填｜选项\n责任方｜单选｜必填｜商家、客户、物流｜动作=合格入库\n"
                "填法：文本 数字 金额 日期 单选 多选 照片 序列号 运单\n还可以写 问=怎么问、范围=0~100、默认=完好、"
                "当=外观=破损（这时才问）、必填当=金额>500",
                34, alone=True,
            ),
        ),
        (),
    )  # fmt: skip
    rights: Mapping[str, str] = entry(  #: fields of earlier nodes by name: HIDE, READ or WRITE
        Key(
            "字段", Value.RIGHTS, (HIDE, READ, WRITE), at=(HUMAN,), said=18, line=(2, 8),
            column=Column(
                105, "前面填的字段在这里怎么样：\n缺陷照片=隐藏；外观=只读；缺陷等级=可改\n不写的在“查”里看得到", 22,
                alone=True,
            ),
        ),
        {},
    )  # fmt: skip
    #: sub-steps, each with the last word where a further one does not apply
    levels: tuple[Level, ...] = entry(
        Key(
            "分级", Value.LEVELS, part=Level, at=(HUMAN,), line=(2, 2), about=Summary.OWNED,
            column=Column(
                110,
                "一行一级：名字｜负责人｜什么时候要这一级\n初检｜角色 质检员\n复检｜角色 质检主管｜金额>1000\n"
                "几个人同意写在中间：复检｜角色 质检主管｜同意人数=2｜金额>1000\n"
                "时限写在“时限”表",
                30, alone=True,
            ),
        ),
        (),
    )  # fmt: skip
    strict: bool = entry(  #: a refusal at any of the levels, or of any who sign, is the last word
        Key(
            "驳回即止", Value.SWITCH, at=(HUMAN,), said=13, line=(2, 5),
            column=Column(
                115, "分级的节点：是＝哪一级驳回都算数，后面的级不再看\n写了“同意人数”的：是＝一位驳回就结束", 10
            ),
        ),
        False,
    )  # fmt: skip
    copies: tuple[str, ...] = entry(  #: roles that hear of this node's decisions
        Key(
            "抄送", Value.ROLES, at=(HUMAN,), ignored=True, said=7, line=(2, 4),
            column=Column(130, "也告诉哪些角色", 12, alone=True),
        ),
        (),
    )  # fmt: skip
    forbids: tuple[str, ...] = entry(  #: common actions that this node does without
        Key("不许", Value.NAMES, said=12, column=Column(140, "这里不能用的：转交、加签、退回、撤回、挂起", 14)), ()
    )
    heads: tuple[str, ...] = entry(  #: first nodes of a fork's branches
        Key("分支", Value.NODES, at=(FORK,), ignored=True, column=Column(170, "分叉节点：同时去哪几个节点", 16)), ()
    )
    join: str = entry(  #: where a fork's branches meet
        Key("汇合", Value.NODE, at=(FORK,), column=Column(180, "分叉节点：在哪个节点会合", 12)), ""
    )
    sides: tuple[str, ...] = entry(  #: first nodes of what begins here beside the case and ends in an end of its own
        Key(
            "旁支", Value.NODES, at=(FORK,), about=Summary.OTHER,
            column=Column(184, "分叉节点：另外开始、自己结束的支路，单子自己往“去”走，不等它", 16),
        ),
        (),
    )  # fmt: skip
    on_closing: str = entry(  #: what becomes of the side branches when the case is closed
        Key(
            "关闭时", Value.CHOICE, ON_CLOSING, at=(FORK,), said=17, line=(2, 7), about=Summary.OTHER,
            column=Column(186, "有旁支的分叉：单子撤了、拒绝了、并了，旁支继续（空着也是）还是结束", 10),
        ),
        "",
    )  # fmt: skip
    id: str = entry(Key(ID, Value.ID), "")  #: its first name; "" where it still has that

    @property
    def joins_any(self) -> bool:
        """Whether the first branch to arrive goes on."""
        return self.waits_for == ANY

    @property
    def buttons(self) -> tuple[Action, ...]:
        """The actions that people take."""
        return tuple(action for action in self.actions.values() if action.after is None)

    def targets(self) -> list[str]:
        """Every node that this one can lead to."""
        return [branch.to for _, branch in self.ways()] + [*self.heads, *self.sides]

    def ways(self) -> Iterator[tuple[str, Branch]]:
        """Each branch with the action that takes it, "" for the node's own."""
        for branch in self.branches:
            yield "", branch
        for action in self.actions.values():
            for branch in action.branches:
                yield action.name, branch


@dataclass(frozen=True)
class Flow(Topology):
    """A whole definition."""

    name: str = entry(Key("流程", Value.OWN_NAME))
    start: str = entry(Key("开始", Value.NODE))
    nodes: Mapping[str, Node] = entry(Key("节点", Value.STATIONS))
    withdraw_to: str = entry(Key("撤单", Value.NODE), "")
    reopening: Reopening | None = entry(Key("重开", Value.ENTRANCE, part=Reopening), None)
    amending: Amending | None = entry(Key("退回", Value.ENTRANCE, part=Amending), None)
    about: str = entry(Key("说明", Value.PROSE), "")
    #: asked of whoever opens a case, before it is one
    submission: tuple[Field, ...] = entry(Key("提交表单", Value.FORM, part=Field), ())
    #: what of it is another flow's nodes, by the name that stands before theirs, and which flow's
    parts: Mapping[str, str] = entry(Key("子流程", Value.NOTED), {})
    #: what the goods cost is what the customer may expect back
    refunds: bool = entry(Key("预计退款", Value.SWITCH), True)

    @cached_property
    def opening(self) -> Node:
        """The opening of a case as a node of its own, at which its submitter fills in a form."""
        return Node(SUBMISSION, HUMAN, actions={SUBMISSION: Action(SUBMISSION)}, form=self.submission)

    @cached_property
    def forms(self) -> tuple[Node, ...]:
        """Whatever has a form, in its order: the opening, then the nodes."""
        return tuple(node for node in (self.opening, *self.nodes.values()) if node.form)
