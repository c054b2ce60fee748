"""What is wished of a form's fields: 缺陷等级默认好, 外观破损的时候才要拍照, 财务看不到缺陷照片. Pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from flow.definitions.business import FLOW
from flow.definitions.flow import CHOICE, HIDE, HUMAN, READ, SUBMISSION, TEXT, WRITE
from flow.edits.form_keys import DEFAULT, EACH, FORM, MUST, REQUIRED, WHEN, fields_of
from flow.edits.opening_form import opened

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flow.edits.working_copy import Book, Data

_DEFAULT = re.compile(r"(?:一律|都)?(?:先)?(?:默认|缺省)(?:就)?(?:是|为|填|选|写|成)?\s*(?P<said>\S.*?)(?:吧|就行)?$")
_ONLY = re.compile(
    r"^(?:只有|只在|仅在|当|如果|要是)?\s*(?P<when>\S.*?)\s*(?:的时候|时候|的话|时|的单子?|的)?[,，\s]*"
    r"(?:才|就|再)(?:要|需要|用|得|让|显示|出现|问|必须)?(?P<must>必填|一定要填|必须填)?(?:填|写|拍|问|显示|传)?$"
)
_MUST_FILL = re.compile(
    r"^(?P<when>\S.*?)\s*(?:的时候|时候|的话|时|的单子?|的)?[,，\s]*(?:就|都|才)?(?:必填|必须填|一定要填|要必填|不能为空|不能不填)$"
)
_OPTIONAL = re.compile(r"^(?:不用必填|不必填|不是必填|可以不填|改成选填|改成非必填|选填)(?:了|吧)?$")
_NEEDED = re.compile(
    r"^(?:是|改成|改为|设为|要|得|一定要|必须)?(?:必填|必须填|一定要填|不能为空|不能不填)(?:的|了|吧)?$"
)
_EACH = re.compile(
    r"^(?:要|得|请|改成|改为)?(?:每样|每件|每种|每个|逐样|逐件|按)(?:商品)?(?:都|单独|分开)?(?:要|得)?(?:填|写|选|打|评|记)?(?:一次|一个)?(?:吧|了)?$"
)
_OPENING = re.compile(
    r"^(?:以后|今后)?(?P<flow>退货|换货|维修|补偿|仅退款|补发|拦截|投诉)?(?:开单|提交|填单|建单|申请)(?:的时候|时候|时|前|之前|那里)?"
    r"(?:都)?(?:要|必须|得|一定要)?(?:先)?(?:问一下|填上|填写|选择|写上|问|填|选|写)(?:客户|客户的)?"
    r"(?P<name>[\u4e00-\u9fffA-Za-z]{2,10})(?:[，,:：\s是有]+(?P<rest>\S.*))?$"
)
_OF_EVERY_CASE = (
    "理由",
    "原因",
    "退货原因",
    "备注",
    "数量",
    "商品",
    "金额",
    "订单号",
    "类型",
)  #: a draft has them anyway
_FILLERS = re.compile(r"可以选|可选|选项|选一个|单选|选填|必填|必须填|可填|可以不填|不必填|[。.！!：:]")
_LEAD = re.compile(r"^(?:以后|今后|把|将|让|给|从现在起)+")
_HIDDEN = re.compile(r"(?:看不到|不能看|不让看|别让看|不许看|不给看|不要看|不用看|看不见|不显示|隐藏)")
_WRITTEN = re.compile(r"(?:可以改|能改|可以修改|能修改|改得了|可以更正|能更正)")
_READ = re.compile(r"(?:只能看|只读|看得到|可以看|能看)")
_ABOVE = re.compile(r"^(?P<fact>金额|件数)\s*(?:超过|大于|高于)\s*(?P<number>\d+(?:\.\d+)?)(?:元|块|件)?$")
_FROM = re.compile(r"^(?P<fact>金额|件数)\s*(?P<number>\d+(?:\.\d+)?)(?:元|块|件)?(?:以上|及以上)$")


def field_wishes(text: str, book: Book) -> Iterator[str]:
    """The edits of fields that a sentence may ask for: of a field that there is, at the node that asks it."""
    if asked := _at_opening(text, book):
        yield asked
        return
    for flow in dict.fromkeys((book.flow, *book.names(FLOW))):
        nodes = {
            name: body for name, body in opened(book.read(FLOW, flow))["节点"].items() if body.get("类型") == HUMAN
        }
        found = [*_of_flow(text, nodes)]
        if found:
            yield from (f"流程 {'' if flow == book.flow else f'{flow} '}{line}" for line in found)
            return


def _at_opening(text: str, book: Book) -> str:
    """``开单要选购买渠道，直播间、店铺、门店``: what is to be asked before a case is one; "" for any other sentence."""
    match = _OPENING.match(text)
    if match is None or match["name"] in _OF_EVERY_CASE:
        return ""
    flow = match["flow"] or ""
    if flow and flow not in book.names(FLOW):
        return ""
    if match["name"] in fields_of(opened(book.read(FLOW, flow or book.flow))["节点"].get(SUBMISSION, {})):
        return ""
    rest = match["rest"] or ""
    able = [part for part in re.split(r"[、|/，,\s]+|或者?", _FILLERS.sub(" ", rest)) if part]
    kind = f"{CHOICE} {'|'.join(able)}" if len(able) > 1 else TEXT
    must = "" if re.search(r"选填|可填|不必填|可以不填", text) else f" {REQUIRED}"
    return f"增加字段 {f'{flow} ' if flow else ''}{SUBMISSION} {match['name']} {kind}{must}"


def _of_flow(text: str, nodes: Data) -> Iterator[str]:
    asked = {field: node for node, body in nodes.items() for field in fields_of(body)}
    field = max((name for name in asked if name in text), key=len, default="")
    if not field:
        yield from _of_option(text, nodes)
        return
    head, _, tail = text.partition(field)
    yield from _rights(head, tail, field, nodes, asked[field])
    yield from _of_keys(head, tail.strip(" ,，"), field, nodes, asked[field])


def _of_option(text: str, nodes: Data) -> Iterator[str]:
    """``质检默认好``: of the only field of the node that can be answered so."""
    node = max((name for name in nodes if text.startswith(name)), key=len, default="")
    match = _DEFAULT.match(text.removeprefix(node).lstrip("的 ,，"))
    if not node or not match:
        return
    able = [str(each["名"]) for each in nodes[node].get(FORM, ()) if match["said"] in (each.get("选项") or ())]
    if len(able) == 1:
        yield f"{node} {able[0]} {DEFAULT} {match['said']}"


def _of_keys(head: str, tail: str, field: str, nodes: Data, node: str) -> Iterator[str]:
    """By what stands behind the field's name, or before it: 外观破损才要拍缺陷照片."""
    before = _LEAD.sub("", re.sub(rf"^(?:{re.escape(node)})?(?:的|里|那里|时)?", "", head)).strip(" ,，")
    if not before and (said := _alone(tail)):
        yield f"{node} {field} {said}"
        return
    wanted = _MUST_FILL.match(tail) or (_MUST_FILL.match(f"{before}{tail}") if before else None)
    shown = _ONLY.match(tail) or (_ONLY.match(before) if before and not tail else None)
    for match, key in ((wanted, MUST), (shown, WHEN)):
        if match and (when := _condition(match["when"], nodes)):
            yield f"{node} {field} {key} {when}"
            return


def _alone(tail: str) -> str:
    """What is said of a field in every case."""
    if match := _DEFAULT.match(tail):
        return f"{DEFAULT} {match['said']}"
    if _EACH.match(tail):
        return f"{EACH} 是"
    return f"{REQUIRED} 否" if _OPTIONAL.match(tail) else f"{REQUIRED} 是" if _NEEDED.match(tail) else ""


def _condition(said: str, nodes: Data) -> str:
    """``外观破损`` and ``金额超过500`` as a condition; "" for words of which none is."""
    said = re.sub(r"\s+", "", said).removeprefix("只有").removeprefix("在")
    if match := _ABOVE.match(said):
        return f"{match['fact']}>{match['number']}"
    if match := _FROM.match(said):
        return f"{match['fact']}>={match['number']}"
    if re.search(r"[<>=]", said):
        return said
    for body in nodes.values():
        for field in body.get(FORM, ()):
            for option in field.get("选项") or ():
                if re.fullmatch(rf"{re.escape(str(field['名']))}(?:是|为|选了?|填了?)?{re.escape(str(option))}", said):
                    return f"{field['名']}={option}"
    return ""


def _rights(head: str, tail: str, field: str, nodes: Data, asked: str) -> Iterator[str]:
    """``财务看不到缺陷照片``: at every node of the role, or at the node, that is named, behind the one that asks."""
    said = f"{head} {tail}"
    ways = ((_HIDDEN, HIDE), (_WRITTEN, WRITE), (_READ, READ))
    right = next((way for pattern, way in ways if pattern.search(said)), "")
    if not right:
        return
    named = [name for name in nodes if name in said and name != asked]
    roles = {name: str((body.get("负责人") or {}).get("角色") or "") for name, body in nodes.items()}
    of_role = [name for name, role in roles.items() if role and role in said and name != asked]
    lines = [f"{name} {field} {right}" for name in named or of_role]
    if len(lines) > 1:
        yield "；流程 ".join(lines)
    elif lines:
        yield lines[0]
