"""What is wished of a node: how long it has, what is filled in there, which reason it wants. Pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from flow.definitions.business import FLOW
from flow.definitions.flow import CHOICE, HUMAN, MONEY, NUMBER, PHOTO, SERIAL, TEXT
from flow.definitions.vocabulary import TIME_UP
from flow.edits.form_keys import count_in
from flow.edits.quantities import duration
from flow.edits.working_copy import ROLES
from flow.errors import PolicyRefused

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from flow.edits.working_copy import Book, Data

LENGTH = r"(?:\d{1,3}|半|一个半|两个半)\s?个?半?(?:小时|钟头|分钟|天|工作日|工作小时|周)"
TURNED = (
    r"(?:改成|改为|改到|调成|调为|调到|设成|设为|变成|放宽到|放到|延长到|延到|缩短到|缩到|提到|只给|给|定为|定成"
    r"|还是|限|改)"
)
LEAST = 2  #: characters of a node's name that are said for it
#: how long a return is taken at all is no limit of a node
TAKEN = re.compile(
    r"^(?:七天|7天)?(?:无理由)?(?:退货|退换货?|退款|售后|受理|无理由|包退|包换)的?(?:受理)?"
    r"(?:期限|期|天数|时间|时限|时效)?$"
)
_OF_IT = r"的?(?:处理)?(?:时限|时效|超时|时间|期限|限时)?(?:改一下|调一下|太[长短慢久]了?)?"
_WAS = rf"(?:现在)?(?:从|由|是)?\s?{LENGTH}(?:太[长短慢久])?[,，\s]*"  #: 从24小时 改8小时
_LIMIT = re.compile(rf"^(?P<node>\S+?){_OF_IT}[,，\s]*(?:{_WAS})?{TURNED}\s?(?P<limit>{LENGTH})(?:吧|了|就行)*$")
_MOST = re.compile(
    rf"^(?P<node>\S+?)(?:时间|时限)?(?:不要|不能|不得|不许|别|最多|必须|要)?(?:不)?(?:超过|在)?(?P<limit>{LENGTH})(?:之内|以内|内)?"
    r"(?:办完|审完|批完|验完|收完|完成|处理完|办掉|搞定)?(?:吧|就行)?$"
)
_CLAUSES = re.compile(r"[\s,，;；。、]+|(?<=[天时半钟周])和(?=\S)")
_AND = re.compile(r"[和跟与、]")
_LEAD = re.compile(r"^(?:把|将|再把|还有|另外|然后|以后|也)+")
_FIELDS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    PHOTO: ("照片", ("拍照", "拍个照", "拍张照", "照片", "图片", "拍图", "传图", "上传图", "附件")),
    SERIAL: ("序列号", ("序列号", "SN码", "SN", "机身号", "串号")),
    MONEY: ("折旧金额", ("折旧金额", "折旧", "扣款金额")),
    NUMBER: ("重量", ("重量", "称重")),
    CHOICE: ("责任方", ("责任方",)),
    TEXT: ("说明", ("说明", "备注", "情况", "原因描述")),
}
_MUST = re.compile(r"必填|必须|一定要|都要|要|得|不能为空|不能不填")
_FREE = re.compile(r"选填|可填可不填|不必填|非必填|可以不填")
_FILLED = re.compile(r"加一?[个项栏]|加上|增加|拍|填|传|写|录|称")
_OWNED = re.compile(
    r"^(?:以后|今后|往后)?(?:把)?(?P<node>\S+?)(?:的)?"
    r"(?:(?:以后|今后|往后|从现在起)(?:都|就|改)?(?:让|由|给|归|交给|换)|负责人(?:改成|换成|改为|换|是|改)|改由|(?:都)?归|(?:都)?由)"
    r"(?P<who>[\u4e00-\u9fff]{2,6}?)(?:来|去|一个人)?(?:做|办|负责|处理|管|验|收|审|批|看|弄|干)?(?:吧|了)?$"
)
_NAMED_FIELD = re.compile(
    r"(?:要|必须|得|都要)(?:填上?|写上?|录入?|登记)(?P<name>[\u4e00-\u9fffA-Za-z]{2,8}(?:号|码|人|日期|名|量|价|链接))"
)
_REASON = re.compile(
    r"(?:必须|都要|一定要|要|得|不能不)\S{0,2}?(?:写|填|说明|说|有|给)\S{0,3}?(?:理由|原因|为什么)"
    r"|(?:理由|原因)\S{0,2}?(?:必填|必须填|一定要填)"
)
_UNSENT = re.compile(
    rf"(?P<limit>{LENGTH})\S{{0,2}}?(?:没|不|未|还没|没有)\S{{0,2}}?(?:寄|到货|收到)\S{{0,3}}?[,，\s]*(?:就|的|自动|直接|系统|算|给)*(?:关|取消|超期|作废|结束)"
)
_BEHIND = re.compile(
    r"^(?P<node>\S+?)(?:以后|之后|后面|后|完了?)[,，\s]*(?:再|还要|要|得)?(?:加|多|增加|设)(?:上)?一?(?:道|步|个|层|关|轮)(?:的)?"
    r"(?P<name>[\u4e00-\u9fff]{2,6}?)(?:这一?步|节点|环节|吧)?$"
)
_TOGETHER = re.compile(
    r"^(?P<node>\S+?)(?:要|得|必须|都要)(?:两个人|两人|2个人|所有人|每个人|大家|都)一?(?:起|同)?"
    r"(?:点|签|办|确认|审|批|看)(?:才行|才算|吧)?$"
)


_STRICT = re.compile(
    r"^(?P<node>\S+?)(?:里|的|时|，|,)*(?:只要)?(?:有)?(?:哪一级|任何一级|任意一级|一级|谁|一个人|有人|任何人|一票)(?:驳回|不同意|否决|拒绝)"
    r"(?:了)?(?:就|都|，|,)*(?:算数|算|结束|驳回|关闭|关|不用往下|否决|到此为止|不再往下看?)+(?:了|吧)?$"
)


def node_wishes(text: str, book: Book, people: Collection[str] = ()) -> Iterator[str]:
    """The edits of nodes that a sentence may ask for."""
    yield from _owner(text, book, people)
    for reading in (_limits, _fields, _reasons, _unsent, _behind, _together, _strict):
        yield from reading(text, book)


def nodes_called(said: str, book: Book) -> tuple[str, list[str]]:
    """The flow with nodes of a name, or whose names begin or end with a part of it, the main one first."""
    for flow in dict.fromkeys((book.flow, *book.names(FLOW))):
        nodes = {name: body for name, body in book.read(FLOW, flow)["节点"].items() if body.get("类型") == HUMAN}
        if said in nodes:
            return flow, [said]
        if part := [name for name in nodes if len(said) >= LEAST and (name.startswith(said) or name.endswith(said))]:
            return flow, part
    return "", []


def named_in(text: str, book: Book) -> tuple[str, str, Data]:
    """The only node that a text names, wholly before in part, with its flow; "" for none."""
    for flow in dict.fromkeys((book.flow, *book.names(FLOW))):
        nodes = {name: body for name, body in book.read(FLOW, flow)["节点"].items() if body.get("类型") == HUMAN}
        whole = [name for name in nodes if name in text]
        ends = [name for name in nodes if name[-LEAST:] in text and name[-LEAST:] not in ("退款", "审批", "处理")]
        found = whole or ends
        if found:
            return flow, max(found, key=len), nodes[max(found, key=len)]
    return "", "", {}


def _owner(text: str, book: Book, people: Collection[str]) -> Iterator[str]:
    """``质检以后让许静来做``: somebody by name, or a role."""
    match = _OWNED.match(text)
    flow, nodes = nodes_called(match["node"], book) if match else ("", [])
    if match is None:
        return
    roles = [role for role in book.table(ROLES) if role == match["who"]]
    who = [f"人 {name}" for name in people if name == match["who"]] or roles
    yield from (f"流程 {flow} {node} 负责人 {each}" for node in nodes for each in who)


def _limits(text: str, book: Book) -> Iterator[str]:
    """How long a node has, by its name or a part of that: 收货时限改成2天; several in one sentence are one message."""
    pieces = [piece for piece in map(_unled, _CLAUSES.split(text)) if piece]
    whole = [(text, _limit(_unled(text), book))]
    each = [(piece, _limit(piece, book)) for piece in pieces] if len(pieces) > 1 else []
    found = each if each and all(lines for _, lines in each) else whole
    if len(found) > 1:
        yield "；".join(lines[0] for _, lines in found)
    for _, lines in found:
        yield from lines


def _unled(piece: str) -> str:
    return _LEAD.sub("", piece)


def _limit(text: str, book: Book) -> list[str]:
    match = _LIMIT.match(text) or _MOST.match(text)
    if match is None or len(match["node"]) < LEAST or TAKEN.match(match["node"]):
        return []
    called = [nodes_called(said, book) for said in _AND.split(match["node"].removesuffix("都"))]
    flow = called[0][0]
    if not all(name == flow and nodes for name, nodes in called):
        return []
    nodes = [node for _, each in called for node in each]
    try:
        limit = duration(re.sub(r"\s", "", match["limit"]))
    except PolicyRefused:
        return []
    lines = [f"流程 {flow} {node} 时限 {limit or re.sub(r'[ 个]', '', match['limit'])}" for node in nodes]
    return ["；".join(lines), *lines] if len(called) > 1 else lines


def _fields(text: str, book: Book) -> Iterator[str]:
    """``质检要拍照，加一个必填的照片``: one more thing to fill in, required where it is said to be."""
    if not _FILLED.search(text):
        return
    flow, node, body = named_in(text, book)
    rest = text.replace(node, " ")
    if any(str(button) in rest for button in body.get("动作") or ()):
        return  # of one button alone: that is read by its slots
    if re.search(rf"负责|让|由|{LENGTH}|\d小时", rest) or any(str(role) in rest for role in book.table(ROLES)):
        return  # more is said than what is filled in, such as who does a further step and how long it has
    for kind, (name, words) in _FIELDS.items():
        if node and any(word in rest for word in words):
            must = " 必填" if _MUST.search(rest) and not _FREE.search(rest) else ""
            options = " 商家|供应商|物流|客户" if kind == CHOICE else ""
            of = "" if flow == book.flow else f"{flow} "
            many = count_in(rest) if kind == PHOTO else ""
            yield f"增加字段 {of}{node} {name} {kind}{options}{must}{many}"
            return
    if node and (match := _NAMED_FIELD.search(rest)):
        must = " 必填" if _MUST.search(rest) and not _FREE.search(rest) else ""
        yield f"增加字段 {'' if flow == book.flow else f'{flow} '}{node} {match['name']} {TEXT}{must}"


def _reasons(text: str, book: Book) -> Iterator[str]:
    """``驳回必须写理由``: at the node that is named, else at every node with that button."""
    if not _REASON.search(text):
        return
    flow, node, _ = named_in(text, book)
    flow = flow or book.flow
    every = book.read(FLOW, flow)["节点"]
    having = [
        (name, key) for name, body in every.items() for key in body.get("动作") or () if key in text and key != TIME_UP
    ]
    lines = [f"流程 {flow} {name} {key} 理由 必填" for name, key in having if not node or name == node]
    if len(lines) > 1:
        yield "；".join(lines)
    yield from lines


def _unsent(text: str, book: Book) -> Iterator[str]:
    """``45天没寄回来就自动关闭``: when a case is given up that nobody sends back."""
    if match := _UNSENT.search(text):
        limit = re.sub(r"[\s个]", "", match["limit"])
        flow = next((name for name in book.names(FLOW) if name in text), book.flow)
        yield from (f"流程 {flow} {node} {TIME_UP} {limit}" for node in lapsing(flow, book))


def lapsing(flow: str, book: Book) -> list[str]:
    """The nodes of a flow that wait for goods, and end by themselves."""
    every = book.read(FLOW, flow)["节点"]
    return [
        name
        for name, body in every.items()
        if TIME_UP in (actions := body.get("动作") or {})
        and any("登记收货" in ((each or {}).get("办") or ()) for each in actions.values())
    ]


def _behind(text: str, book: Book) -> Iterator[str]:
    """``质检后面再加一道复检``: by the same role and with the same limit, unless another is said."""
    match = _BEHIND.match(text)
    flow, nodes = nodes_called(match["node"], book) if match else ("", [])
    if match is None or len(nodes) != 1:
        return
    body = book.read(FLOW, flow)["节点"][nodes[0]]
    role = (body.get("负责人") or {}).get("角色")
    if role:
        of = "" if flow == book.flow else f"{flow} "
        yield f"增加节点 {of}{match['name']} 在 {nodes[0]} 之后 负责人 {role} 时限 {body.get('时限', '24小时')}"


def _together(text: str, book: Book) -> Iterator[str]:
    """``财务退款要两个人一起点``: everybody who is responsible signs."""
    match = _TOGETHER.match(text)
    flow, nodes = nodes_called(match["node"], book) if match else ("", [])
    yield from (f"流程 {flow} {node} 会签 是" for node in nodes)


def _strict(text: str, book: Book) -> Iterator[str]:
    """``金额审批哪一级驳回都结束``: of a node with levels any refusal is the last word."""
    match = _STRICT.match(text)
    flow, nodes = nodes_called(match["node"], book) if match else ("", [])
    every = book.read(FLOW, flow)["节点"] if flow else {}
    yield from (f"流程 {flow} {node} 驳回即止 是" for node in nodes if every[node].get("分级"))
