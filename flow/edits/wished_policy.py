"""What is wished of the policy beside its amounts: 内衣不能退, 收到货就退款, 半年退五次才算风险客户. Pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from flow.definitions.business import FLOW
from flow.edits.automation import rules_asking
from flow.edits.quantities import NUMERAL, numeral
from flow.edits.wished_cases import CATEGORY, KIND, cases_of
from flow.edits.working_copy import REASONS, ROLES
from flow.errors import PolicyRefused

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from flow.edits.working_copy import Book

_NEVER = re.compile(
    r"^(?:以后|今后|往后)?(?P<what>[\u4e00-\u9fffA-Za-z]{2,8}?)(?:的|类|这类)?(?:商品|产品)?(?:一律|都|全部|统统)?(?:不能|不给|不可以|不允许|不支持|不让|不准|不)(?:再)?"
    r"(?P<kind>七天无理由|无理由|7天无理由)?(?:退货|退款|退)(?:了|的|吧)*$"
)
_NOBODY = re.compile(r"[的了过拆洗穿剪撕]|客户|买家|他|她|我|单|这|那|钱|款|现在|先|暂时|运费|邮费|货|还是|已经|收")
_AT_ONCE, _PAID = "(?:以?后)?(?:就|马上|直接|立刻)+", "(?:退款|退钱|打款|退)"
_NOT_FOR = r"(?:[,，\s]*(?:不用|不要|别|不需要|不)(?:再)?等?(?:质检|验货|验)(?:了|完)?)?"
_WHEN_PAID: Mapping[str, re.Pattern[str]] = {
    "包裹匹配": re.compile(rf"(?:收到货|货收到|到货|收了货|仓库收到|收货)\S{{0,2}}?{_AT_ONCE}{_PAID}{_NOT_FOR}"),
    "审批通过": re.compile(
        rf"(?<!用)(?<!要)(?:审批|批|审核)一?(?:通过|过|完|好)?了?{_AT_ONCE}(?:给客户|给买家)?{_PAID}{_NOT_FOR}"
    ),
    "质检合格": re.compile(rf"(?:质检|验货|验)(?:合格|通过|完|过|好)?了?(?:以?后)?(?:再|才能?){_PAID}"),
}
_FREIGHT = re.compile(
    r"(?:连|把)?(?:运费|邮费)(?:也|都|一起|一块|一并)+(?:一起|给|要)?退|(?:连|把)(?:运费|邮费)(?:一起|一块|一并)?退"
)
_NO_FREIGHT = re.compile(r"(?:运费|邮费)(?:都|一律|全部)?(?:不退|不给退)")
_ALWAYS = re.compile(r"以后|今后|往后|一律|都|政策|规矩|统一")
_TOGETHER = re.compile(
    rf"(?:同一个?|一个)客户\S{{0,3}}?(?P<days>\d{{1,3}}|{NUMERAL})天\S{{0,8}}?"
    r"(?:加起来|合起来|合并|一起|累计|合计)(?:算|看|审|批)?(?:金额|档)?"
)
_RISKY = re.compile(
    rf"(?:半年|六个月)\S{{0,4}}?退\S{{0,2}}?(?P<times>\d{{1,2}}|{NUMERAL})次\S{{0,4}}?(?:才|就|再)?"
    r"(?:算|是|标|记|当)\S{0,3}?风险(?:客户)?"
)
_OFTEN = re.compile(
    rf"(?P<span>半年|六个月|一个月|每个?月|上个月|三个月|一个?季度|一年|一周|\d{{1,3}}天)\S{{0,4}}?退\S{{0,3}}?"
    rf"(?P<times>\d{{1,2}}|{NUMERAL})次(?:以上|及以上)?\S{{0,10}}?(?:人工|风控|风险|审|盯|拦)"
)
_HALF_YEAR = ("半年", "六个月")
_GIVEN_TO = re.compile(r"(?:让|给|要|由|归|得|请)\S{0,8}?(?:看|审|批|过目|把关|签)")
_TOLD = re.compile(
    r"^(?P<when>退款|收到货|受理|发货|完成)\S{0,5}?(?:给|通知|发给|跟|告诉)客户(?:发|说|讲)?(?:一句|一条|短信)?"
    r"[:：,，\s]+(?P<words>.+)$"
)
_TEXT_CHANGED = re.compile(
    r"^(?:客户)?(?P<when>退款|收到货|受理|发货|完成)\S{0,6}?(?:短信|通知|消息|文案|话术)(?:的?内容)?(?:改成|改为|换成|写成)[:：,，\s]*(?P<words>.+)$"
)
_MOMENTS = {"退款": "已完成退款", "收到货": "已签收", "受理": "已受理", "发货": "已发货", "完成": "已完成"}


def policy_wishes(text: str, book: Book, known: Mapping[str, Collection[str]]) -> Iterator[str]:
    """The edits of the policy, and of what customers are told, that a sentence may ask for."""
    for reading in (_never, _freight, _of_reviews, _often):
        yield from reading(text, book, known)
    for timing, pattern in _WHEN_PAID.items():
        if match := pattern.search(text):
            _of_all(text.replace(match[0], " "), f"规则 退款时机 {timing}", book, known)
            yield f"规则 退款时机 {timing}"
    if match := _TOGETHER.search(text):
        line = f"规则 合并天数 {_figure(match['days'])}"
        _of_all(text.replace(match[0], " "), line, book, known)
        yield line
    if match := _RISKY.search(text):
        often = f">={_figure(match['times'])}"
        yield from (f"规则 {name} 半年退货次数 {often}" for name in rules_asking("半年退货次数", book))
    if match := _TOLD.match(text) or _TEXT_CHANGED.match(text):
        yield f"通知 {_MOMENTS[match['when']]} {match['words']}"


def _of_all(rest: str, line: str, book: Book, known: Mapping[str, Collection[str]]) -> None:
    """Raises PolicyRefused where some cases are said, or words are left over: the edit is for every case."""
    cases = cases_of(rest, book, known)
    if cases.cells or cases.strange:
        said = "、".join(f"“{word}”" for word in (*cases.cells.values(), *cases.strange))
        raise PolicyRefused(f"{line.split()[1]}所有的单都一样，不能只管{said}，什么都没有改。所有的单都改就写：{line}")


def _figure(said: str) -> str:
    return said if said.isdigit() else str(numeral(said) or said)


def _never(text: str, book: Book, known: Mapping[str, Collection[str]]) -> Iterator[str]:
    """``内衣不能退``: a row that refuses a category, or a type of one."""
    match = _NEVER.match(text)
    if match is None or _NOBODY.search(match["what"]):
        return
    cases = cases_of(match["what"], book, known)
    facts = dict(cases.cells) or {CATEGORY: match["what"]}
    kind = next((each for each in book.table(REASONS) if match["kind"] and each.endswith("无理由")), "")
    facts |= {"类型": kind} if kind else {}
    when = " 且 ".join(f"{fact}={value}" for fact, value in facts.items())
    said = f"{match['what']}不支持{'七天无理由' if kind else ''}退货"
    yield f"增加行 资格 {match['what']}不退 结果 拒绝 说明 {said} 当 {when}"


def _often(text: str, book: Book, _: Mapping[str, Collection[str]]) -> Iterator[str]:
    """``半年退三次以上的转人工审``: from which count on a customer is a risky one, whom nobody refunds unseen.

    Raises PolicyRefused for another time: returns are counted for half a year.
    """
    match = None if _RISKY.search(text) else _OFTEN.search(text)
    rules = list(rules_asking("半年退货次数", book)) if match else []
    if match is None or not rules:
        return
    line = f"规则 {rules[0]} 半年退货次数 >={_figure(match['times'])}"
    if match["span"] not in _HALF_YEAR:
        raise PolicyRefused(
            f"退货次数只按半年数，不能按“{match['span']}”数，什么都没有改。按半年就写：{line}；"
            "数到的就算风险客户，从不自动通过，总有人审"
        )
    yield line


def _freight(text: str, book: Book, known: Mapping[str, Collection[str]]) -> Iterator[str]:
    """``质量问题的连运费一起退``: of which cases the freight goes back as well."""
    if _NO_FREIGHT.search(text) and _ALWAYS.search(text):
        yield "规则 退运费 不退"
    match = _FREIGHT.search(text)
    cells = cases_of(text.replace(match[0], " "), book, known).cells if match else {}
    if cells:
        yield f"规则 退运费 {' 且 '.join(f'{fact}={value}' for fact, value in cells.items())}"


def _of_reviews(text: str, book: Book, known: Mapping[str, Collection[str]]) -> Iterator[str]:
    """``风险客户的都让风控看``: cases of a kind go to a role as well, whatever they come to."""
    match = _GIVEN_TO.search(text)
    if match is None or re.search(r"\d", text) or not _ALWAYS.search(text):
        return
    roles = [role for role in book.table(ROLES) if role in match[0]]
    roles = roles or [role for role in book.table(ROLES) if role[:2] in match[0] and role[:2] != "客服"][:1]
    cells = {
        fact: value for fact, value in cases_of(text.replace(match[0], " "), book, known).cells.items() if fact != KIND
    }
    nodes = [
        str(node)
        for node, body in book.read(FLOW, book.flow)["节点"].items()
        if (body.get("负责人") or {}).get("审批表") is True
    ]
    if cells:
        when = " 且 ".join(f"{fact}={value}" for fact, value in cells.items())
        yield from (f"增加级别 {node} {role} 当 {when}" for role in roles for node in nodes)
