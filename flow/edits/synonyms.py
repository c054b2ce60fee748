"""Edits in other words than the verbs: 新增原因：色差, 去掉节点 复检, 质检 时限 4小时, 自动通过 50→80. Pure."""

from __future__ import annotations

import re
from difflib import get_close_matches
from typing import TYPE_CHECKING

from flow.definitions.business import FLOW, POLICY
from flow.edits import form_keys
from flow.edits.automation import rule_names
from flow.edits.nodes import QUALITIES, respelt
from flow.edits.other_rows import tables_of
from flow.edits.policy_rows import rows_of
from flow.edits.renamed_words import renamed
from flow.edits.rules import asked, named_in, rows_like
from flow.edits.sentence import Sentence, plain
from flow.edits.settings import SETTINGS
from flow.errors import PolicyRefused

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from flow.edits.working_copy import Book

_ADDING = "增加|新增|添加|新建|增设|加上|加"
_DROPPING = "删除|删掉|删去|去掉|移除|取消|删"
_OF: Mapping[str, str] = {
    **dict.fromkeys(("退货类型", "退货原因", "原因", "类型"), "原因"),
    **dict.fromkeys(("节点", "步骤", "环节"), "节点"),
    **dict.fromkeys(("表单项", "字段"), "字段"),
    **dict.fromkeys(("自动规则", "规则"), "规则"),
    **dict.fromkeys(("按钮", "动作"), "按钮"),
    "分支": "分支", "旁支": "分支", "级别": "级别", "一行": "行", "行": "行",
}  # fmt: skip
_NOUNS = "|".join(sorted(_OF, key=len, reverse=True))
_COMPOUND = re.compile(
    rf"^(?P<do>{_ADDING}|{_DROPPING})\s?(?:一?个|一?条|一?种|一?类|一?项)?\s?(?P<noun>{_NOUNS})(?P<cut>\s*[:：,，]\s*|\s+|\s*(?:名叫|叫做|叫|名为)\s*|$|(?=\S))(?P<rest>.*)$",
    re.DOTALL,
)
_CALLED = re.compile(r"^(?:叫做|叫作|名叫|名为|叫)\s*(?=\S)")  #: 增加个原因叫色差
_SWITCHED = re.compile(
    r"^(?P<do>停用|停掉|暂停|关闭|关掉|启用|开启|打开|恢复)(?:自动)?规则(?:\s*[:：]\s*|\s+)(?P<rest>.*)$", re.DOTALL
)
_MADE = re.compile(
    r"^(?:新建|新增|增加|添加|加|建立|建|复制|开)\s?(?:一?条|一?个|一?份|一?套)?\s?(?:新的?)?(?P<noun>流程|政策|角色)"
    r"(?:\s*[:：,，]\s*|\s+|\s*(?:名叫|叫做|叫|名为)\s*)(?P<rest>\S.*)$",
    re.DOTALL,
)  #: 新增一条流程叫无理由退货 照 退货
_ENDED = re.compile(r"^(?:停用|停掉|关闭|关掉|删除|删掉|去掉)\s?流程(?:\s*[:：]\s*|\s+)(?P<rest>\S.*)$", re.DOTALL)
_SETTING = re.compile(
    rf"^(?:把|将)?\s*(?P<what>{'|'.join(SETTINGS)})(?:时间段?|的时间段?)?\s*"
    r"(?:改成|改为|改到|设为|设成|换成|调成|[:：=]|\s|(?=加|去掉|删掉|\d))\s*(?P<rest>\S.*)$",
    re.DOTALL,
)  #: 免打扰改成晚上11点到早上7点
_FREE = re.compile(
    r"^(?:节假?日|假期)?\s*[:：]?\s*(?P<name>[\u4e00-\u9fff]{2,8})\s*(?:从)?\s*(?P<days>\d{4}\s*[-年./].*?\d\s*日?)"
    r"\s*[,，]?\s*(?:都)?(?:不算|不计|不计入|不算进|不算在)(?:签收)?(?:天数|内|时间|里)?$"
)  #: 春节 2027-02-05到2027-02-13 不算天数
_BEHIND = re.compile(r"(之后|以后|后面)(?!\s*[,，]?\s*(?:自己|单独|独立|不))")  #: 增加旁支 退供应商 在 质检 之后
_LEADING = re.compile(r"^(?:请|帮我|麻烦|请帮我)\s*")
_LATER_ADDED = re.compile(
    r"^(?:退货)?(?:原因|类型)(?:里|里面)?(?:再|还要|要)?(?:增加|加|添|新增)(?:上)?(?:一个|一种|一条|个|种|条)?(?:叫)?[:：,，\s]*(?=\S)(?!一下|点|几|些)"
)  #: 退货原因再加一个:颜色发错
_LONG = ("增加", "新增", "添加", "删除", "删掉", "去掉")
_LATE = re.compile(
    r"(?P<node>\S+?)(?:超过|超出|超)(?P<limit>\d{1,3}(?:个)?(?:小时|分钟|天|工作日|工作小时))(?:没办|没处理|不办|还没办)?(?:就|要|才|再)?"
    r"(?:提醒|催办|催|告警|算超时)(?:一下|吧|我)?"
)
_ROW_MOVED = re.compile(
    r"(?:把|将)?\s*(?P<row>\S+?)(?:这一?[行条])?\s*(?:移到|挪到|放到|排到|调到|移至|放在|排在)\s*(?P<beside>\S*?)(?:的)?"
    r"(?P<side>之前|前面|之后|后面|最前|最后)(?:面)?"
)
_BUTTON = re.compile(
    r"(?:给|在)?(?P<node>\S+?)(?:那?里|那边|上|节点)?(?:再)?(?:加|增加|添加)(?:上)?(?:一?个)?按钮(?:叫做|名叫|叫|[:：\s])?\s*"
    r"(?P<name>[^\s,，]+?)\s*(?:[,，\s]|(?=点了|点完))\s*(?:点了|点完|点)?(?:就|要)?(?:回到|退回到|退回|转到|去到|走到|去|到|回)\s*(?P<to>\S+)"
)
NEAR = 0.6  #: of four characters one or two may be mistyped


def canonical(text: str, verbs: Collection[str]) -> str:
    """The sentence with the verb as the manual writes it; as it is where it means none."""
    said = text.strip()
    verb = plain(said.split(maxsplit=1)[0]) if said else ""
    if verb in verbs:
        return said
    said = _LATER_ADDED.sub(r"增加原因 ", _LEADING.sub("", said))
    said = f"增加{said}" if said.startswith("旁支 ") else said
    if named := (_new(said) or renamed(said)):
        return named
    if (match := _FREE.match(said)) and "增加行" in verbs:
        return f"增加行 不计天数 {match['name']} {match['days']}"
    if match := _SETTING.match(said):
        return f"设置 {match['what']} {match['rest']}"
    if match := _ENDED.match(said):
        return f"停用流程 {match['rest']}"
    if match := _SWITCHED.match(said):
        return f"{'停用' if match['do'][0] in '停暂关' else '启用'}规则 {match['rest']}"
    if match := re.match(rf"^({'|'.join(sorted(verbs, key=len, reverse=True))})\s*[:：,，]\s*(.*)$", said, re.DOTALL):
        return f"{match[1]} {match[2]}"
    return _compound(said, verbs) or said


def _new(said: str) -> str:
    match = _MADE.match(said)
    return f"新建{match['noun']} {match['rest']}" if match else ""


def _compound(said: str, verbs: Collection[str]) -> str:
    """增加 and 删除 with what, in any of their words; glued to the rest only where both words are long."""
    match = _COMPOUND.match(said)
    if match is None:
        return ""
    do, noun = match["do"], match["noun"]
    glued = not match["cut"] and bool(match["rest"])
    if (glued and (do not in _LONG or len(noun) < 2)) or (do == "取消" and _OF[noun] == "原因"):
        return ""
    adding = do in _ADDING.split("|")
    verb = f"增加{_OF[noun]}" if adding else f"删除{_OF[noun]}"
    verb = "删除节点" if verb == "删除分支" else verb
    rest = _CALLED.sub("", match["rest"])
    if noun == "旁支" and adding:
        rest = _BEHIND.sub(r"\1 自己结束 ", rest, count=1)
    return f"{verb} {rest}".strip() if verb in verbs else ""


def near_verb(text: str, verbs: Collection[str]) -> str:
    """The verb that a mistyped first word may be; "" where none is near."""
    word = plain(text.split(maxsplit=1)[0]) if text.strip() else ""
    near = get_close_matches(word, [verb for verb in verbs if len(verb) > 2], 1, cutoff=NEAR)
    return near[0] if near and len(word) > 2 else ""


def as_edit(text: str, book: Book) -> str:
    """``质检 时限 4小时``: an edit of a node without 流程 before it; "" for anything else."""
    if moved := _moved(text, book) or _button(text, book):
        return moved
    sentence = Sentence(tuple(text.split()), "")
    if not any(key in text for key in (*QUALITIES, *form_keys.SAID, *form_keys.RIGHTS_SAID)):
        return ""
    for flow in dict.fromkeys((book.flow, *book.names(FLOW))):
        data = book.read(FLOW, flow)
        rest = respelt(sentence, data)
        of_node = len(rest.words) > 2 and rest.words[0] in data["节点"] and rest.words[1] in QUALITIES
        if of_node or form_keys.is_about(rest.words, data):
            return f"流程 {' '.join(rest.typed)}"
    return ""


def _moved(text: str, book: Book) -> str:
    """``把超过无理由期移到禁止名单前面``: a row of a table that has both; "" for anything else."""
    match = _ROW_MOVED.fullmatch(text.strip(" 。"))
    if match is None:
        return ""
    for table, names in tables_of(book).items():
        if match["row"] in names and (match["beside"] in names or not match["beside"]):
            return f"移动行 {table} {match['row']} 在 {match['beside']}{' ' if match['beside'] else ''}{match['side']}"
    return ""


def _button(text: str, book: Book) -> str:
    """``质检加个按钮叫返修，去仓库收货``: a button of a node that there is; "" for anything else."""
    match = _BUTTON.fullmatch(text.strip(" 。"))
    flows = dict.fromkeys((book.flow, *book.names(FLOW)))
    if match and any(match["node"] in book.read(FLOW, flow)["节点"] for flow in flows):
        return f"增加按钮 {match['node']} {match['name']} 去 {match['to']}"
    return ""


def _limit(text: str, book: Book) -> str:
    """``客服审核超过12小时就提醒``: the limit of a node; "" for anything else."""
    match = _LATE.fullmatch(_LEADING.sub("", text.strip(" 。")))
    known = match and any(match["node"] in book.read(FLOW, flow)["节点"] for flow in book.names(FLOW))
    return f"流程 {match['node']} 时限 {match['limit'].replace('个', '')}" if match and known else ""


def guess(text: str, book: Book) -> str:
    """``自动通过 50→80``: what may have been meant, to be written out by the person; "" where nothing is likely."""
    if limit := _limit(text, book):
        return limit
    try:
        change = asked(Sentence(tuple(text.split()), ""))
    except PolicyRefused:
        return ""
    if change is None or not change.head:
        return ""
    data = book.read(POLICY, book.policy)
    rows = list(rows_of(data))
    name, _ = named_in(change.head, rows, data)
    known = name in data or bool(rows_like(name, rows)) or any(name in plain(rule) for rule in rule_names(book))
    return f"规则 {text}" if known else ""
