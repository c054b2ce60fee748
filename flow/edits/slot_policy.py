"""What owners say of the policy: its rows, its ceilings, when the money goes, who bears the freight. Pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from flow.definitions import owner_words as w
from flow.definitions.business import POLICY
from flow.definitions.ceiling import KEY as CEILING
from flow.definitions.ceiling import PER_CASE, PER_CUSTOMER, PER_DAY
from flow.definitions.eligibility import BY
from flow.definitions.freight import KEY as FREIGHT
from flow.edits import slots as s
from flow.edits.policy_rows import APPROVER, rows_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flow.edits.policy_rows import Row
    from flow.edits.slots import Names, Reading, Said
    from flow.edits.working_copy import Book

TABLE, AMOUNT, AGE, TWO, LIMITS = "审批表", "金额", "签收天数", "双人金额", "资格"
_TURNS = (w.CHANGE, w.SINCE, w.LIMIT, w.TOO, w.MOST, w.CEILING, w.GIVE)
_DAYS, _FROM = re.compile(r"(\d+)天"), re.compile(r">=?(\d+(?:\.\d+)?)")
_PARTS = {"天": PER_DAY, "日": PER_DAY, "客户": PER_CUSTOMER, "人": PER_CUSTOMER}
_GOODS, _DONE = re.compile(r"(?:商品|产品|货品|东西|的货|货)$"), re.compile(r"[了过拆洗穿用坏破剪撕丢不没是买卖\d]")
_OWN_FLOW = "退货"


def _rows(book: Book) -> list[Row]:
    return list(rows_of(book.read(POLICY, book.policy)))


def _row(name: str, book: Book) -> Row | None:
    return next((row for row in _rows(book) if row.name == name), None)


# -- a row's number, its approver, its outcome -------------------------------------------------------------------------


def numbers(said: Said, book: Book, _: Names) -> list[str]:
    """``主管审批的上限从5000提到8000``, ``大额提醒 3000``, ``超过无理由期改成10天``."""
    name = said.one(s.ROW) or said.one(s.RULE)
    kinds = [kind for kind in (s.SUM, s.TIME, s.COUNT, s.BOUND) if said.has(kind)]
    if (
        not name
        or len(kinds) != 1
        or not said.only(s.ROW, s.RULE, kinds[0], *_TURNS, *([w.TELL] if said.has(s.RULE) else []))
    ):
        return []
    values = [_number(value) if value[0].isdigit() else "" for value in said.values(kinds[0])]
    if kinds == [s.BOUND] and len(said.values(s.BOUND)) == 1:  # 大额提醒改成超过2万 says its sign as well
        return [f"规则 {name} {AMOUNT} {said.one(s.BOUND)}"]
    if len(values) > 2 or not all(values) or (len(values) == 2 and said.has(w.CEILING) and not said.has(w.CHANGE)):
        return []
    return [f"规则 {name} {values[0]}→{values[1]}" if len(values) == 2 else f"规则 {name} 改成{values[0]}"]


def _number(value: str) -> str:
    """``10`` of ``10天``; "" for a time that is no number of days."""
    days = _DAYS.fullmatch(value)
    return days[1] if days else value if re.fullmatch(r"\d+(?:\.\d+)?", value) else ""


def approvers(said: Said, book: Book, _: Names) -> list[str]:
    """``经理审批交给运营总监``."""
    name, role = said.one(s.ROW), said.one(s.WHO)
    row = _row(name, book) if name else None
    if row is None or not role or row.table != TABLE or not said.only(s.ROW, s.WHO, w.OWNER, w.GIVE, w.CHANGE, w.SIGN):
        return []
    return [f"规则 {name} {APPROVER} {role}"]


def refused(said: Said, book: Book, _: Names) -> list[str]:
    """``黑名单客户的单子直接拒掉``: the row that there is says so."""
    name = said.one(s.ROW)
    row = _row(name, book) if name else None
    if row is None or row.table != LIMITS or not said.has(w.REFUSED):
        return []
    lines = [f"规则 {name} 结果 拒绝", *([f"规则 {name} {BY} 无"] if row.cells.get(BY) else [])]
    return ["；".join(lines)] if said.only(s.ROW, w.REFUSED, w.AT_ONCE, s.BEARER) else []


def up_to(said: Said, book: Book, _: Names) -> list[str]:
    """``客服组长能批500以内的``: the row of that role moves, or there is one more."""
    role, bound = said.one(s.WHO), said.one(s.BOUND)
    if not bound and said.has(s.SUM) and said.has(w.CHANGE) and said.only(s.WHO, s.SUM, w.OWNER, w.SIGN, w.CHANGE):
        return _up_to(role, f"<={said.one(s.SUM)}", book)  # 主管能批到八千
    if not role or not bound.startswith("<") or not said.only(s.WHO, s.BOUND, w.OWNER, w.SIGN, w.GIVE, w.PAID):
        return []
    return _up_to(role, bound, book)


def _up_to(role: str, bound: str, book: Book) -> list[str]:
    own = [row for row in _rows(book) if row.table == TABLE and row.cells.get(APPROVER) == role]
    own = [row for row in own if str(row.cells.get(AMOUNT, "")).startswith("<")]
    if own:
        return [f"规则 {row.name} {AMOUNT} {bound}" for row in own]
    number = bound.lstrip("<=")
    return [f"增加行 {TABLE} {role}{number}元以内 {APPROVER} {role} 当 {AMOUNT}{bound}"]


def from_on(said: Said, book: Book, _: Names) -> list[str]:
    """``大于8000的才找销售经理``: the row that begins where that of another ends moves, and the other with it."""
    role, bound = said.one(s.WHO), said.one(s.BOUND)
    if not role or not bound.startswith(">") or not said.only(s.WHO, s.BOUND, w.OWNER, w.SIGN, w.GIVE, w.PAID):
        return []
    own = [row for row in _rows(book) if row.table == TABLE and row.cells.get(APPROVER) == role]
    begins = [(row, match) for row in own if (match := _FROM.fullmatch(str(row.cells.get(AMOUNT, ""))))]
    return [f"规则 {row.name} {match[1]}→{bound.lstrip('>=')}" for row, match in begins]


# -- the policy as a whole ---------------------------------------------------------------------------------------------


def two_people(said: Said, book: Book, _: Names) -> list[str]:
    """``双人2000``, ``超过2000的退款要两个人签``."""
    number = said.one(s.SUM) or said.one(s.BOUND)
    allowed = (s.SUM, s.BOUND, w.TWO, w.SIGN, w.OWNER, w.PAID, w.MUST, w.CHANGE, w.LATE, w.CEILING)
    plain = said.text.replace(AMOUNT, "")
    if not said.has(w.TWO) or not number or number.startswith("<") or not said.only(*allowed) or len(plain) < 1:
        return []
    return [f"规则 {TWO} {number.lstrip('>=')}"]


def ceilings(said: Said, book: Book, _: Names) -> list[str]:
    """``系统自动退的每单最多300块``, ``自动退款最多500``: of each part that may be meant."""
    number = said.one(s.SUM) or said.one(s.BOUND)
    per_day = said.has(s.TIME) and said.values(s.TIME) == ["1天"]
    allowed = (
        s.SUM,
        s.BOUND,
        w.ALONE,
        w.CEILING,
        w.PER,
        w.MOST,
        w.CHANGE,
        w.PAID,
        w.GIVE,
        *([s.TIME] if per_day else []),
    )
    about = said.has(w.CEILING) or (
        said.has(w.ALONE) and (said.has(w.MOST) or said.has(w.PER) or per_day or _at_most(said))
    )
    if not number or number.startswith(">") or not about or not said.only(*allowed) or len(said.values(s.SUM)) > 1:
        return []
    parts = [PER_DAY] if per_day else [_part(each) for each in said.values(w.PER)]
    return [f"规则 {CEILING} {part} {number.lstrip('<=')}" for part in parts or (PER_CASE, PER_DAY, PER_CUSTOMER)]


def _at_most(said: Said) -> bool:
    """Whether the bound itself says 最多, and not 以内: 自动退款100以内 is which cases."""
    at = next((slot.start for slot in said.slots if slot.kind == s.BOUND), -1)
    return at >= 0 and any(said.text.startswith(word, at) for word in ("最多", "最高", "不超过", "不能超过"))


def _part(word: str) -> str:
    return next((part for end, part in _PARTS.items() if word.endswith(end)), PER_CASE)


def bare_amounts(said: Said, book: Book, _: Names) -> list[str]:
    """``免审 200``, ``自动 200``: up to that amount by itself, or no more than that by itself."""
    number = said.one(s.SUM)
    if not number or not said.has(w.UNCHECKED, w.ALONE) or not said.only(s.SUM, w.UNCHECKED, w.ALONE, w.CHANGE):
        return []
    name = f"{number}元以内自动通过"
    own = [
        row for row in _rows(book) if row.table == TABLE and row.cells.get(APPROVER) == "自动" and AMOUNT in row.cells
    ]
    rows = [f"规则 {row.name} {AMOUNT} <={number}" for row in own]
    return [
        *(rows or [f"增加行 {TABLE} {name} {APPROVER} 自动 当 {AMOUNT}<={number}"]),
        f"规则 {CEILING} {PER_CASE} {number}",
    ]


def when_paid(said: Said, book: Book, _: Names) -> list[str]:
    """``退款要等质检合格以后``."""
    if not said.has(w.PAID) or not said.has(w.CHECKED) or not said.only(w.PAID, w.CHECKED, w.MUST, w.AT_ONCE):
        return []
    return ["规则 退款时机 质检合格"]


def freight(said: Said, book: Book, _: Names) -> list[str]:
    """``质量问题退运费``."""
    types = said.values(s.TYPE)
    if not types or not said.has(w.FREIGHT) or not said.has(w.PAID):
        return []
    return [f"规则 {FREIGHT} 类型={'|'.join(types)}"] if said.only(s.TYPE, w.FREIGHT, w.PAID, w.ALSO) else []


# -- how long, and what is never taken ---------------------------------------------------------------------------------


def periods(said: Said, book: Book, _: Names) -> list[str]:
    """``无理由 15天``, ``退货期从7天改15天``: the row that counts those days."""
    times = [_number(value) for value in said.values(s.TIME)]
    kinds, flows = said.values(s.TYPE), [flow for flow in said.values(s.FLOWS) if flow != _OWN_FLOW]
    about = bool(kinds) or (said.has(s.FLOWS) and said.has(w.LIMIT))
    if not about or flows or not 1 <= len(times) <= 2 or not all(times):
        return []
    if not said.only(s.TYPE, s.FLOWS, s.TIME, s.BEARER, w.PAID, w.ARRIVED, *_TURNS):
        return []
    found = []
    for row in _rows(book):
        old = re.fullmatch(r"[<>=]+(\d+)", str(row.cells.get(AGE, "")))
        fits = not kinds or str(row.cells.get("类型", "")) in kinds
        if old and fits and (len(times) < 2 or old[1] == times[0]):
            found.append(f"规则 {row.name} {old[1]}→{times[-1]}")
    return found


def too_old(said: Said, book: Book, _: Names) -> list[str]:
    """``签收超过90天的一律不退``."""
    days = _number(said.one(s.TIME))
    if not days or not said.has(w.LATE, w.ARRIVED) or not said.has(w.REFUSED):
        return []
    if not said.only(s.TIME, s.TYPE, s.CASES, w.LATE, w.REFUSED, w.ARRIVED):
        return []
    further = "".join(f" 且 {each}" for each in said.values(s.CASES))
    of = "".join(each.partition("=")[2] for each in said.values(s.CASES))
    kind = f" 且 类型={'|'.join(said.values(s.TYPE))}" if said.has(s.TYPE) else ""
    name = f"{of}{said.one(s.TYPE)}超过{days}天不退"
    return [f"增加行 {LIMITS} {name} 结果 拒绝 说明 签收已超过 {days} 天，不能退 当 {AGE}>{days}{kind}{further}"]


def _unsold(said: Said) -> list[str]:
    """A category that nothing of has been sold yet: 特价商品; not what has been done to the goods, such as 拆封了."""
    words = [_GOODS.sub("", word) for word in said.strange()]
    fits = len(words) == 1 and 2 <= len(words[0]) <= 6 and not _DONE.search(words[0])
    return [f"品类={words[0]}"] if fits else []


def never(said: Said, book: Book, _: Names) -> list[str]:
    """``生鲜类的不支持无理由``, ``家电类不退``: a row that refuses them."""
    cases, types = said.values(s.CASES) or _unsold(said), said.values(s.TYPE)
    if (
        not cases
        or not said.has(w.REFUSED)
        or not said.only(
            s.CASES, s.TYPE, s.FLOWS, w.REFUSED, w.PAID, *([s.STRANGE] if cases and not said.has(s.CASES) else [])
        )
    ):
        return []
    what = "".join(each.partition("=")[2] for each in cases)
    when = " 且 ".join([*cases, *([f"类型={'|'.join(types)}"] if types else [])])
    of = f"{types[0]}" if types else ""
    return [f"增加行 {LIMITS} {what}不退 结果 拒绝 说明 {what}不支持{of}退货 当 {when}"]


POLICY_READINGS: Sequence[Reading] = (
    numbers, approvers, refused, two_people, ceilings, bare_amounts, when_paid, freight, periods, too_old, never,
    up_to, from_on,
)  # fmt: skip
