"""Rules as people wish for them, as the edits that they may be: 超过200的都要主管看, 客服审核改成4小时. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING

from flow.definitions.business import FLOW, POLICY
from flow.definitions.day_cells import span_in
from flow.definitions.policy import AUTOMATIC
from flow.definitions.vocabulary import TIME_UP
from flow.edits.automation import rule_names
from flow.edits.charges import charge_wishes
from flow.edits.number_change import change_of, untaken
from flow.edits.policy_rows import APPROVER, rows_of
from flow.edits.quantities import NUMERAL, digits, multiplied, numeral
from flow.edits.rules import rows_like
from flow.edits.wished_cases import KIND, cases_of
from flow.edits.wished_fields import field_wishes
from flow.edits.wished_nodes import TAKEN, TURNED, lapsing, node_wishes
from flow.edits.wished_notices import notice_wishes
from flow.edits.wished_policy import policy_wishes
from flow.edits.wished_signatures import is_bound, signature_wishes
from flow.edits.wished_steps import step_wishes
from flow.edits.working_copy import ROLES
from flow.errors import PolicyRefused

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flow.edits.number_change import Change
    from flow.edits.wished_cases import Cases
    from flow.edits.working_copy import Book

TYPE, AGE = "类型", "签收天数"
_PERIOD = re.compile(r"(?:退货|退换货?|退换)?的?(?:期限|时间|天数|时限|期)?(?:都|先)?$")
_DAYS = re.compile(r"[<>=]+(\d{1,3})")
_OF_TYPE = re.compile(
    r"(?:无理由|退货期|退换期|保修期|质保期?)\S{0,6}?(?:改成|改为|改到|延长到|延长至|缩短到|提到|放宽到|改)\s?\d{1,3}天"
)
_ACCEPTED = re.compile(rf"^(?:把)?(?P<what>\S+?)[,，\s]*{TURNED}\s?(?P<days>\d{{1,3}})天(?:吧|了|就行)*$")
_TYPES_ALONE = ("无理由", "售后", "受理", "包退", "包换")  #: of these nobody means how long the goods are waited for
TABLE, AMOUNT, TWO = "审批表", "金额", "双人金额"
_SUM = r"(?P<sum>\d[\d,]*(?:\.\d{1,2})?)(?![\d.,]*\s?(?:个?小时|个?钟头|天|分钟|个?工作|次|件))\s?(?:元|块钱|块)?"
_MORE = _SUM.replace("sum", "more")
_ABOVE = re.compile(rf"(?P<word>超过|大于|高于|多于|不低于|满){_SUM}|{_MORE}(?P<edge>及以上|以上|往上)")
_BELOW = re.compile(rf"(?P<word>低于|小于|少于|不到|不超过){_SUM}|{_MORE}(?P<edge>及以下|以下|以内|之内)")
#: 以上 and 以下 alone say not whether the number itself is meant: both are offered
_SIGNS: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(("超过", "大于", "高于", "多于"), (">",)),
    **dict.fromkeys(("不低于", "满", "及以上"), (">=",)),
    **dict.fromkeys(("低于", "小于", "少于", "不到"), ("<",)),
    **dict.fromkeys(("不超过", "及以下", "以内", "之内"), ("<=",)),
    **dict.fromkeys(("以上", "往上"), (">", ">=")),
    "以下": ("<=", "<"),
}
_ONLY = re.compile(r"才(?:需要|需|要|用|得|走|给|到|去)?(?:有?人)?(?:看|审批|审|批|签|过目)?")
_SET = re.compile(r"(?:改成|改为|改到|调成|调到|设成|设为|只[要管审批看]?)(?:金额)?$")
_FIGURES = re.compile(rf"{NUMERAL}(?=\s?(?:元|块|以上|以下|以内|之内|及以|个?小时|个?工作|天|分钟))")
_THOUSANDS = re.compile(
    rf"(?<![\d一二三四五六七八九十])(?P<units>{NUMERAL})(?P<times>[千万])(?![\d一二三四五六七八九十百千万分])"
)
_SPOKEN = re.compile(
    rf"(?P<ahead>超过|大于|高于|多于|不低于|满|低于|小于|少于|不到|不超过|改成|改为|改到|调到|提到|降到)(?P<units>{NUMERAL})(?![个点])"
)
_LOOKS = re.compile(r"(?:看|审|批|签|过目|把关|确认|同意)")
_MUST = re.compile(r"都|要|得|必须|一律|全部|才")
_BY_ITSELF = re.compile(
    r"自动(?:通过|退|批|过|审)|直接(?:退|过|通过|批)|免审|系统(?:退|过|批)"
    r"|(?:不用|不需要|不要|不必|无需|别)\S{0,8}?(?:审|批|看|签)"
)
_CLOSED = re.compile(r"(?:不收|不接|不受理|暂停|停收|停止?|不能|不给)(?:受理|收)?(?:退货|退换货|退换|退款|退|货)")
_TWO = re.compile(r"(?:两个人|两人|双人|两个主管|2个人|2人)\S{0,4}?(?:签|看|审|批|确认|同意)")
Names = Mapping[str, Collection[str]]
NOTHING: Mapping[str, Collection[str]] = MappingProxyType({})
_NODE_CHARS = 2  #: of a node's name that are said for it, at least


def wishes(text: str, book: Book, known: Names = NOTHING, people: Names = NOTHING) -> list[str]:
    """The edits that a sentence may ask for, the likeliest first; none for a sentence that wishes for no rule.

    ``known``: fact -> the values that a sentence may name without the fact, such as the regions. ``people``: everybody
    by name, and who says it as 我, with their roles. Raises PolicyRefused where a rule would be for more cases than
    were said.
    """
    if signed := signature_wishes(text, book):
        return signed
    if span := span_in(text):
        return _for_a_while(text, span, book, known, people)
    if charged := [*charge_wishes(text)]:
        return charged
    said = _plain(text)
    if of_fields := [*field_wishes(said, book)]:
        return of_fields
    below, above = _BELOW.search(said), _ABOVE.search(said)
    bounds = tuple(_bounds(above)) if above else ()
    found = [*_taken_for(said, book), *_moved(said, book, known), *notice_wishes(said, bounds, book, people)]
    if not below and not above:
        steps = [*step_wishes(said, book, people)]
        found += steps or [*node_wishes(said, book, people), *([] if found else policy_wishes(said, book, known))]
    return list(dict.fromkeys(found or _of_amounts(_by_roles(said, people), book, known)))


def _by_roles(said: str, people: Names) -> str:
    """A wish with the role of whoever is to look in place of the name: levels and rows name roles.

    Whose cases they are is another matter, which no rule asks for: 林晓提的100以下不用审.
    """
    for name, roles in people.items():
        if roles and len(name) >= _NODE_CHARS:
            said = re.sub(rf"{re.escape(name)}(?=(?:来|再|也|亲自|自己)*{_LOOKS.pattern})", sorted(roles)[0], said)
    return said


def _for_a_while(text: str, span: str, book: Book, known: Names, people: Names) -> list[str]:
    """What is wished for some days alone: no returns in them, or else what is published then and goes back after.

    Raises PolicyRefused with the two sentences that do the latter.
    """
    without = " ".join(unicodedata.normalize("NFKC", text).replace(span, " ").split())
    when = f"从 {span}" if span[0].isdigit() else span
    if _CLOSED.search(without):
        return [f"增加行 资格 停收 结果 拒绝 说明 {without} 当 {KIND}={book.flow} 且 {when}"]
    inner = wishes(without, book, known, people)
    if inner:
        ways = "，或者 ".join(inner)
        time = span.removeprefix("从").removeprefix("在").strip()
        raise PolicyRefused(
            f"只改一段时间，要分两句，什么都还没有改：先说 {ways}，"
            f"再说 发布 定时 {time}；到时候自己换上，过完自己换回来"
        )
    return []


def _of_amounts(said: str, book: Book, known: Names) -> list[str]:
    """Who looks at cases from some amount on, or that nobody does up to it."""
    below, above = _BELOW.search(said), _ABOVE.search(said)
    found: list[str] = []
    if below and _BY_ITSELF.search(said):
        _refuse_some(said, book)
        cases = cases_of(said.replace(below[0], " ", 1), book, known)
        found += [line for bound in _bounds(below) for line in _by_itself(bound, cases, book)]
    if above and (two := _TWO.search(said)):
        found.append(_signed_by_two(above, cases_of(said.replace(above[0], " ", 1).replace(two[0], " "), book, known)))
    elif above and not _roles(said, book) and _wants_no_others(said, above, book):
        cases = cases_of(_ONLY.sub(" ", said.replace(above[0], " ", 1)), book, known)
        found += [line for bound in _bounds(above) for line in _by_itself(_up_to(bound), cases, book)]
    elif above and _LOOKS.search(said) and not _BY_ITSELF.search(said):
        cases = cases_of(said.replace(above[0], " ", 1), book, known)
        found += [
            line
            for role in _roles(said, book)
            for bound in _bounds(above)
            for line in _looked_at(bound, role, cases, book)
        ]
    return found


def _refuse_some(said: str, book: Book) -> None:
    """Raises PolicyRefused for ``总监不用批一万以下的``: others may have to approve of what only that role need not."""
    rows = [row for row in rows_of(book.read(POLICY, book.policy)) if row.table == TABLE]
    first = next((str(row.cells.get(APPROVER)) for row in rows if row.cells.get(APPROVER) != AUTOMATIC), "")
    roles = _roles(said, book)
    if roles and first not in roles:
        now = "；".join(f"{row.name} {row.cells.get(AMOUNT, '其余')} {row.cells.get(APPROVER)}" for row in rows)
        raise PolicyRefused(
            f"“{said}”只说了{'、'.join(roles)}不用批，别人还批不批没有说，什么都没有改。现在是 {now}；"
            f"换人批写 规则 {rows[0].name} {APPROVER} 角色名，改界限写 规则 {rows[0].name} 改成新的数"
        )


def is_wish(text: str) -> bool:
    """Whether a sentence wishes for a rule about amounts, or for how long a type holds, whoever says it."""
    said = _plain(text)
    if _OF_TYPE.search(said) or is_bound(text):
        return True
    if _BELOW.search(said) and _BY_ITSELF.search(said):
        return True
    return bool(_ABOVE.search(said)) and bool(_LOOKS.search(said)) and bool(_MUST.search(said))


def _plain(text: str) -> str:
    text = _THOUSANDS.sub(lambda match: str(multiplied(match["units"], match["times"]) or match[0]), text)
    text = _SPOKEN.sub(lambda match: f"{match['ahead']}{numeral(match['units']) or match['units']}", text)
    figures = _FIGURES.sub(lambda match: str(numeral(match[0]) or match[0]), text.strip(" 。.!吧"))
    return untaken(re.sub(r"改(?=\d+天)", "改成", digits(figures)))


def _bounds(match: re.Match[str]) -> list[str]:
    """``>200``; two where it is not said whether the number itself is meant."""
    number = str(match["sum"] or match["more"]).replace(",", "")
    return [f"{sign}{number}" for sign in _SIGNS[match["word"] or match["edge"]]]


def _signed_by_two(above: re.Match[str], cases: Cases) -> str:
    """The one amount above which two people sign. Raises PolicyRefused for some cases alone: it is for all of them."""
    line = f"规则 {TWO} {_bounds(above)[0].lstrip('<>=')}"
    if cases.cells or cases.strange:
        said = "、".join(f"“{word}”" for word in (*cases.cells.values(), *cases.strange))
        raise PolicyRefused(f"{TWO}所有的单都一样，不能只管{said}，什么都没有改。所有的单都改就写：{line}")
    return line


def _wants_no_others(said: str, above: re.Match[str], book: Book) -> bool:
    """Whether cases above an amount alone are to be approved: 金额审批改成超过300, 超过300才要审批."""
    named = any(node in said for node in _by_amount(book.flow, book)) or "审批" in said
    return named and bool(_SET.search(said[: above.start()]) or _ONLY.search(said[above.end() :]))


def _up_to(bound: str) -> str:
    """What a lower bound leaves: ``<=300`` of ``>300``."""
    return f"<{bound[2:]}" if bound.startswith(">=") else f"<={bound[1:]}"


def _by_itself(bound: str, cases: Cases, book: Book) -> Iterator[str]:
    """Cases up to an amount pass without anybody: the row that says so moves, or there is one more."""
    name = f"{bound[2:]}元以内" if bound.startswith("<=") else f"不到{bound[1:]}元"
    line = f"增加行 {TABLE} {cases.called}{name}自动通过 {APPROVER} {AUTOMATIC} 当 {AMOUNT}{bound}{cases.when}"
    cases = cases.understood(line)
    rows = [row for row in rows_of(book.read(POLICY, book.policy)) if row.table == TABLE and cases.fits(row)]
    own = [row for row in rows if row.cells.get(APPROVER) == AUTOMATIC and AMOUNT in row.cells]
    yield from (f"规则 {row.name} {AMOUNT} {bound}" for row in own)
    if not own:
        yield line


def _looked_at(bound: str, role: str, cases: Cases, book: Book) -> Iterator[str]:
    """Cases above an amount go to a role: its row moves, or it looks after whoever does now."""
    rows = [row for row in rows_of(book.read(POLICY, book.policy)) if row.table == TABLE and cases.fits(row)]
    own = [row for row in rows if row.cells.get(APPROVER) == role and str(row.cells.get(AMOUNT, "")).startswith(">")]
    flows = cases.cells.get(KIND, book.flow).split("|")
    beside = replace(cases, cells={fact: value for fact, value in cases.cells.items() if fact != KIND})
    lines = [
        f"增加级别 {'' if flow == book.flow else f'{flow} '}{node} {role} 当 {AMOUNT}{bound}{beside.when}"
        for flow in flows
        for node in _by_amount(flow, book)
    ]
    if lines:
        cases.understood(lines[0])
    yield from (f"规则 {row.name} {AMOUNT} {bound}" for row in own)
    if not own:
        yield from lines


def _by_amount(flow: str, book: Book) -> Iterator[str]:
    """The nodes at which the table of approvers says who looks."""
    for node, body in book.read(FLOW, flow)["节点"].items():
        owner = body.get("负责人")
        if isinstance(owner, dict) and owner.get(TABLE):
            yield str(node)


def _roles(text: str, book: Book) -> list[str]:
    """The roles that a sentence names, by their whole name or by its end: 主管 is 客服主管 where that one approves."""
    roles = list(book.table(ROLES))
    said = [role for role in roles if role in text]
    named = [role for role in said if not any(role != other and role in other for other in said)]
    ended = [role for role in roles if role[-_NODE_CHARS:] in text]
    approve = {row.cells.get(APPROVER) for name in book.names(POLICY) for row in rows_of(book.read(POLICY, name))}
    return named or [role for role in ended if role in approve] or ended


def _moved(text: str, book: Book, known: Names) -> Iterator[str]:
    """A number of another policy's row, 小额自动通过改成80; where that passes cases, a new row here."""
    try:
        change = change_of(text)
    except PolicyRefused:
        return
    if change is None:
        return
    if not change.head:
        yield from _of_number(change, book)
        return
    yield from (f"规则 {name} 改成{change.new}" for name in rule_names(book) if change.head == name)
    for name in book.names(POLICY):
        if name != book.policy and rows_like(change.head, list(rows_of(book.read(POLICY, name)))):
            yield f"规则 {book.title(name).strip('“”')} {text}"
    yield from _of_period(change, book)
    here = list(rows_of(book.read(POLICY, book.policy)))
    if AUTOMATIC in change.head and not rows_like(change.head, here):
        yield from _by_itself(f"<={change.new}", cases_of(change.head, book, known), book)


def _of_number(change: Change, book: Book) -> Iterator[str]:
    """``7天改成15天``: the rows that have such a number."""
    for row in rows_of(book.read(POLICY, book.policy)):
        if change.old is not None and row.holding(change.old, ""):
            yield f"规则 {row.name} {change.old}→{change.new}"


def _taken_for(text: str, book: Book) -> Iterator[str]:
    """``退货期限改成15天``: how long returns are taken, or how long one waits for the goods; which of them is asked."""
    match = _ACCEPTED.match(text)
    if match is None or not TAKEN.match(match["what"]):
        return
    for row in rows_of(book.read(POLICY, book.policy)):
        if days := _DAYS.fullmatch(str(row.cells.get(AGE, ""))):
            yield f"规则 {row.name} {days[1]}→{match['days']}"
    if not any(word in match["what"] for word in _TYPES_ALONE):
        yield from (f"流程 {book.flow} {node} {TIME_UP} {match['days']}天" for node in lapsing(book.flow, book))


def _of_period(change: Change, book: Book) -> Iterator[str]:
    """``七天无理由改成15天``: the rows about that type that count days; a clause ahead of it is no part."""
    said = _PERIOD.sub("", re.split(r"[\s,，。;；]+", change.head)[-1])
    for row in rows_of(book.read(POLICY, book.policy)) if len(said) > _NODE_CHARS else ():
        days = _DAYS.fullmatch(str(row.cells.get(AGE, "")))
        if days and digits(_plain(str(row.cells.get(TYPE, "")))).endswith(said):
            yield f"规则 {row.name} {days[1]}→{change.new}"
