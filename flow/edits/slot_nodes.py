"""What owners say of the steps of a flow, read from its slots in whatever order they stand. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import TYPE_CHECKING

from flow.definitions import owner_words as w
from flow.definitions.business import FLOW
from flow.definitions.flow import HUMAN, PHOTO, TEXT
from flow.edits import slots as s
from flow.edits.form_keys import count_in
from flow.edits.slots import Said, said_of
from flow.edits.wished_notices import ME, notice_wishes, rule_name, targets

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from flow.edits.slots import Names, Reading, Slot
    from flow.edits.working_copy import Book, Data

LIMIT = "24小时"
_SIDES = {w.BEFORE: "之前", w.BEHIND: "之后", w.CHECKED: "之后"}
_ADDED = r"(?:再|还|要|得|都|先|给)*(?:加上|加个|加入|加|增加|新增|添加|插入|插|多设|多|设|来)一?\s*"
_ADDED += r"(?:[个道层关轮条]|步(?!骤))?的?"
_STEP = re.compile(
    rf"^[\s,，]*{_ADDED}(?:节点|步骤|环节|工序)?(?:名字叫|名叫|叫做|叫|[:：\s])*(?P<name>[\u4e00-\u9fff]{{2,8}}?)"
    r"(?:这?一?步|节点|环节|工序|步骤)?(?=[\s,，。;；]|让|由|负责|给|归|交给|限|时限|$)(?P<more>.*)$"
)
_NAME = re.compile(
    r"[\s,，:：]*(?:填写|填上|填一下|填|写上|写一下|写|录入|录一下|录|登记一下|登记|选一下|选)(?P<name>[\u4e00-\u9fff]{2,8}?)(?:必填|必须填|吧|了|[,，\s]*不填不(?:让|能|给|许)\S{1,3})*$"
)


@dataclass(slots=True)
class _Step:
    """A stretch of a sentence about the same nodes."""

    nodes: list[str]
    times: list[str] = field(default_factory=list)
    owners: list[str] = field(default_factory=list)


def flows_of(node: str, said: Said, book: Book) -> list[str]:
    """The flows that a node is meant in: those named, else the one that is meant, else every one that has it."""
    having = [flow for flow in book.names(FLOW) if node in book.read(FLOW, flow)["节点"]]
    if named := said.values(s.FLOWS):
        return [flow for flow in named if flow in having]  # 维修质检: there is none, and no other is meant
    return [book.flow] if book.flow in having else having


def _body(node: str, flow: str, book: Book) -> Data:
    return dict(book.read(FLOW, flow)["节点"][node])


def _of(flow: str, book: Book) -> str:
    """The name of a flow ahead of its node, where it is not the one that is meant anyway."""
    return "" if flow == book.flow else f"{flow} "


# -- how long, and who -------------------------------------------------------------------------------------------------


def qualities(said: Said, book: Book, _: Names) -> list[str]:
    """``质检给48小时太长了改一天``, ``客服审核六小时 质检一天``, ``钱芳负责财务退款``: how long, and who."""
    allowed = (
        s.NODE, s.TIME, s.WHO, s.PERSON, s.FLOWS, w.CHANGE, w.GIVE, w.LIMIT, w.TOO, w.SINCE, w.OWNER, w.STEP, w.ALSO,
        w.AT_ONCE, w.MOST, w.MUST,
    )  # fmt: skip
    said = _with_nodes(said, book)
    if not said.has(s.NODE) or not said.only(*allowed) or _adds_somebody(said) or len(said.values(s.FLOWS)) > 1:
        return []
    steps = list(_steps(said))
    if not all(step.times or step.owners for step in steps) or any(len(step.owners) > 1 for step in steps):
        return []
    each = [_lines(step, node, said, book) for step in steps for node in step.nodes]
    if not all(each):
        return []
    turned = said.has(w.CHANGE, w.SINCE, w.TOO, w.GIVE)
    if not each or any(len(step.times) > (2 if turned else 1) for step in steps):
        return []
    flows = {flow for step in steps for node in step.nodes for flow in flows_of(node, said, book)}
    if len(each) == 1:
        return each[0]
    if len(flows) > 1 and any(len(lines) > 1 for lines in each):
        return []
    first = [lines[0] for lines in each]
    return ["；".join(first), *first]


def _adds_somebody(said: Said) -> bool:
    """Whether somebody is to do it beside whoever does: 许静也能做质检, and not 换货的质检也交给许静."""
    return any(one.kind in (s.PERSON, s.WHO) and behind.kind == w.ALSO for one, behind in pairwise(said.slots))


def _with_nodes(said: Said, book: Book) -> Said:
    """A role that a time stands behind is the step that is called after it: 财务半天 is of 财务退款."""
    slots = list(said.slots)
    nodes = [str(name) for name, body in book.read(FLOW, book.flow)["节点"].items() if body.get("类型") == HUMAN]
    for n, (slot, behind) in enumerate(pairwise(said.slots)):
        called = [name for name in nodes if slot.kind == s.WHO and name.startswith(slot.value)]
        if behind.kind == s.TIME and len(called) == 1 and (n == 0 or slots[n - 1].kind not in (w.OWNER, w.GIVE)):
            slots[n] = replace(slot, kind=s.NODE, value=called[0])
    return Said(said.text, tuple(slots))


def _steps(said: Said) -> Iterator[_Step]:
    """The nodes that stand together with what is said behind them; what stands ahead of all goes to the first."""
    step, led = _Step([]), _Step([])
    for slot in said.slots:
        if slot.kind == s.NODE:
            if step.times or step.owners:
                yield step
                step = _Step([])
            step.nodes += [slot.value] if slot.value not in step.nodes else []
            step.times, step.owners = [*led.times, *step.times], [*led.owners, *step.owners]
            led = _Step([])
        elif slot.kind in (s.TIME, s.WHO, s.PERSON):
            to = step if step.nodes else led
            (to.times if slot.kind == s.TIME else to.owners).append(_value(slot))
    if step.nodes:
        yield step


def _value(slot: Slot) -> str:
    return f"人 {slot.value}" if slot.kind == s.PERSON else slot.value


def _lines(step: _Step, node: str, said: Said, book: Book) -> list[str]:
    """What is said of one node as a message, for each flow that may be meant."""
    lines = []
    for flow in flows_of(node, said, book):
        parts = [f"时限 {step.times[-1]}"] if step.times else []
        parts += [f"负责人 {step.owners[0]}"] if step.owners else []
        lines.append("；".join(f"流程 {flow} {node} {part}" for part in parts))
    return lines


# -- steps more and less -----------------------------------------------------------------------------------------------


def dropped(said: Said, book: Book, _: Names) -> list[str]:
    """``客服审核那一步不要了``."""
    node = said.one(s.NODE)
    if not node or not said.has(w.DROP) or not said.only(s.NODE, w.DROP, w.STEP, s.FLOWS):
        return []
    return [f"删除节点 {_of(flow, book)}{node}" for flow in flows_of(node, said, book)]


def added(said: Said, book: Book, names: Names) -> list[str]:
    """``在质检后面加一个节点复核，负责人质检员``: what is not said is as at the node beside it."""
    side = next((slot for slot in said.slots if slot.kind in _SIDES), None)
    ahead = said.part(0, side.start) if side else said
    node = "质检" if side and side.kind == w.CHECKED and not ahead.slots else ahead.one(s.NODE)
    if side is None or not node or not ahead.only(s.NODE, s.FLOWS, w.STEP):
        return []
    match = _STEP.match(said.text[side.end :])
    more = said_of(match["more"], book, names) if match else said
    if match is None or not more.only(s.WHO, s.PERSON, s.TIME, s.BOUND, w.OWNER, w.GIVE, w.LIMIT, w.CHANGE, w.STEP):
        return []
    return [
        line for flow in flows_of(node, said, book) for line in _added(match["name"], (flow, node, side), more, book)
    ]


def _added(name: str, place: tuple[str, str, Slot], more: Said, book: Book) -> list[str]:
    flow, node, side = place
    body = _body(node, flow, book) if node in book.read(FLOW, flow)["节点"] else {}
    own = (body.get("负责人") or {}).get("角色")
    person, role = more.one(s.PERSON), more.one(s.WHO) or (own if not more.has(s.PERSON) else "")
    if not (person or role) or len(more.values(s.TIME)) > 1:
        return []
    limit = more.one(s.TIME) or (body.get("时限", LIMIT) if _SIDES[side.kind] == "之后" else LIMIT)
    when = f" 当 金额{more.one(s.BOUND)}" if more.has(s.BOUND) else ""
    who = f"人 {person}" if person else role
    return [f"增加节点 {_of(flow, book)}{name} 在 {node} {_SIDES[side.kind]} 负责人 {who} 时限 {limit}{when}"]


def seen_by(said: Said, book: Book, names: Names) -> list[str]:
    """``质检完了还得客服主管再看一遍``: a step of whoever is to look."""
    side = next((slot for slot in said.slots if slot.kind in _SIDES), None)
    mine = sorted(names.people.get(ME, ()))[:1] if re.search(r"[给让由]我(?!们)", said.text) else []
    role = said.one(s.WHO) or "".join(mine)
    one_more = side is None and said.has(w.ADD) and said.has(w.STEP) and said.has(w.SIGN, w.OWNER)
    allowed = (s.NODE, s.WHO, s.BOUND, w.OWNER, w.SIGN, w.GIVE, w.PAID, *((w.ADD, w.STEP) if one_more else _SIDES))
    if not (side or one_more) or not role or not said.only(*allowed):
        return []
    node = said.one(s.NODE) if side is None else _beside(said, side)
    if not node or len(said.values(s.NODE)) > 1:
        return []
    when = f" 当 金额{said.one(s.BOUND)}" if said.has(s.BOUND) else ""
    where = f"在 {node} {_SIDES[side.kind] if side else '之后'} 负责人 {role} 时限 {LIMIT}{when}"
    return [f"增加节点 {_of(flow, book)}{role}复核 {where}" for flow in flows_of(node, said, book)]


def _beside(said: Said, side: Slot) -> str:
    return "质检" if side.kind == w.CHECKED else said.part(0, side.start).one(s.NODE)


# -- what is done there ------------------------------------------------------------------------------------------------


def together(said: Said, book: Book, _: Names) -> list[str]:
    """``财务退款两个人都要点才行``."""
    node = said.one(s.NODE)
    if not node or not said.has(w.TWO) or not said.only(s.NODE, s.FLOWS, w.TWO, w.SIGN, w.MUST, w.OWNER, w.STEP):
        return []
    return [f"流程 {flow} {node} 会签 是" for flow in flows_of(node, said, book)]


def photographed(said: Said, book: Book, _: Names) -> list[str]:
    """``次品处理之前必须拍照``, ``质检要拍照``, ``质检 照片``: of a button only where that is pressed."""
    if not said.has(w.PHOTO) or not said.only(
        s.NODE, s.BUTTON, s.FLOWS, w.PHOTO, w.MUST, w.BEFORE, w.BEHIND, w.ADD, w.STEP, w.FREE, w.ALSO, s.STRANGE
    ):
        return []
    if any(word != "先" for word in said.strange()):
        return []
    button, node = said.one(s.BUTTON), said.one(s.NODE)
    if said.has(w.BEHIND) and not button:  # 收货完了先拍个照再质检 is of the first
        node = next((slot.value for slot in said.slots if slot.kind == s.NODE), "")
    must = f"{'' if said.has(w.FREE) else ' 必填'}{count_in(said.text)}"
    if button:
        places = [(flow, name) for flow, name in _having(button, book) if not node or name == node]
        return [f"增加字段 {_of(flow, book)}{name} 照片 {PHOTO}{must} 在 {button}" for flow, name in places]
    return (
        [f"增加字段 {_of(flow, book)}{node} 照片 {PHOTO}{must}" for flow in flows_of(node, said, book)] if node else []
    )


def _having(button: str, book: Book) -> list[tuple[str, str]]:
    """The nodes of the flow that is meant with a button, else those of any flow."""
    every = [
        (flow, str(name))
        for flow in dict.fromkeys((book.flow, *book.names(FLOW)))
        for name, body in book.read(FLOW, flow)["节点"].items()
        if body.get("类型") == HUMAN and button in (body.get("动作") or {})
    ]
    return [each for each in every if each[0] == book.flow] or every


def filled_in(said: Said, book: Book, _: Names) -> list[str]:
    """``收货的时候让仓管员填一下快递公司``: whoever else is named than who works there is no part of it."""
    first = said.slots[0] if said.slots else None
    if first is None or first.kind not in (s.NODE, s.BUTTON):
        return []
    match = re.search(_NAME, said.text[first.end :])
    if match is None:
        return []
    between = said.part(first.end, first.end + match.start())
    button = first.value if first.kind == s.BUTTON else ""
    flows = flows_of(first.value, said, book) if not button else [""]
    if not flows:
        return []
    flow, node = _having(button, book)[0] if button else (flows[0], first.value)
    own = (_body(node, flow, book).get("负责人") or {}).get("角色")
    if not between.only(w.OWNER, s.WHO, w.MUST, w.STEP, w.AT_ONCE) or any(who != own for who in between.values(s.WHO)):
        return []
    must = " 必填" if between.has(w.MUST) or "必" in match[0] or re.search(r"要|得", said.text) else ""
    return [f"增加字段 {_of(flow, book)}{node} {match['name']} {TEXT}{must}{f' 在 {button}' if button else ''}"]


def reasoned(said: Said, book: Book, _: Names) -> list[str]:
    """``质检次品必须写原因``: of a button, at the node that is named or wherever it is in the flow."""
    button, node = said.one(s.BUTTON), said.one(s.NODE)
    if not button or not said.has(w.MUST, w.WRITTEN) or not said.has(w.REASON):
        return []
    if not said.only(s.BUTTON, s.NODE, s.FLOWS, w.MUST, w.WRITTEN, w.REASON, w.ALSO):
        return []
    lines = [
        f"流程 {flow} {name} {button} 理由 必填" for flow, name in _having(button, book) if not node or name == node
    ]
    return ["；".join(lines), *lines] if len(lines) > 1 else lines


def told_when_late(said: Said, book: Book, names: Names) -> list[str]:
    """``客服审核超24小时没人管就告诉李敏``."""
    node = said.one(s.NODE)
    whom = [*said.values(s.PERSON), *said.values(s.WHO), *said.values(s.GROUP)]
    if not node or not whom or not said.has(w.LATE, w.UNDONE) or not said.has(w.TELL):
        return []
    if not said.only(s.NODE, s.TIME, s.PERSON, s.WHO, s.GROUP, w.LATE, w.UNDONE, w.TELL, w.GIVE, w.STEP, s.FLOWS):
        return []
    text = f"{node}超过{said.one(s.TIME)}提醒{'和'.join(whom)}"
    return list(notice_wishes(text, (), book, names.people))


def told_of(said: Said, book: Book, names: Names) -> list[str]:
    """``提交超过一万的单子发消息给管理群``, ``超时的单都抄送给李敏``."""
    whom = [*said.values(s.PERSON), *said.values(s.WHO), *said.values(s.GROUP)]
    whom = whom or (["我"] if "我" in said.text and "我们" not in said.text else [])
    if not whom or not said.has(w.TELL):
        return []
    who = (s.PERSON, s.WHO, s.GROUP, w.TELL, w.GIVE)
    bound = said.one(s.BOUND)
    if bound.startswith(">") and said.only(s.BOUND, w.PAID, *who):
        about = "的退款" if said.has(w.PAID) else "的"
        text = f"超过{bound.lstrip('>=')}{about}通知{'和'.join(whom)}"
        return list(notice_wishes(text, (bound,), book, names.people))
    if said.has(w.LATE) and said.only(w.LATE, *who):
        does = "；".join(f"{to} {{单号}} 超时" for to in targets("和".join(whom), book, names.people))
        return [f"增加规则 {rule_name('超时告知', book)} 当 超时 就 {does}"] if does else []
    return []


NODE_READINGS: Sequence[Reading] = (
    reasoned,
    added,
    seen_by,
    dropped,
    together,
    photographed,
    filled_in,
    told_when_late,
    told_of,
    qualities,
)
