"""``规则 折旧 = 金额 × 10% 当 签收天数 > 7``: a line of the refund by its formula, new or another than before. Pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from flow.definitions import formula
from flow.definitions.business import POLICY
from flow.definitions.charges import FORMULA, LESS, MORE, SIGN, TABLE
from flow.definitions.conditions import CellError
from flow.edits.sentence import conditions
from flow.errors import PolicyRefused

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flow.edits.sentence import Sentence
    from flow.edits.working_copy import Book, Data, Edit

RULE, NAME_CHARS = "规则", 20
_SAID = re.compile(
    rf"^(?:{TABLE}\s*)?(?P<name>[^\s=<>≥≤]+)\s*=\s*(?P<sign>[{LESS}{MORE}扣补])?\s*(?P<formula>[^<>≥≤]+?)"
    r"(?:[\s,，]+(?:当|如果|只要)\s*(?P<when>.+))?$"
)
_WISHED = re.compile(
    r"^(?:以后|今后|往后|每单|一律|都|退货|退款)*(?:时|的时候)?[,，]?(?:都|要|得)*(?P<verb>扣|减|收|补)(?:掉|除|去|客户)?"
    r"(?P<number>\d+(?:\.\d{1,2})?)\s*(?:元|块钱|块)?的?(?P<name>[\u4e00-\u9fff]{1,5}?费|折旧)(?:吧)?$"
)
_NAMED = re.compile(
    r"^(?:以后|今后|往后|每单|一律|都|退货|退款)*(?P<name>[\u4e00-\u9fff]{1,5}?费|折旧)(?:都|要|得|统一|按|每单)*(?P<verb>扣|减|收|补)"
    r"(?:掉|除)?(?P<number>\d+(?:\.\d{1,2})?)\s*(?P<unit>%|元|块钱|块)?(?:吧)?$"
)
_SHARE = re.compile(
    r"^(?:以后|今后|往后|每单|一律|都|退货|退款)*(?P<name>[\u4e00-\u9fff]{1,5}?费|折旧)(?:都|要|得|统一)*"
    r"按(?:金额|货款|退款)?的?(?P<number>\d+(?:\.\d{1,2})?%)(?:算|扣|收|减)*(?:吧)?$"
)


def formula_said(text: str) -> str:
    """A formula as the file has it. Raises PolicyRefused for what is none."""
    try:
        return formula.read(text).text
    except CellError as error:
        raise PolicyRefused(f"{error}，什么都没有改") from error


def edit(rest: Sentence, policy: str, data: Data, book: Book) -> Edit | None:
    """The edit of such a sentence; None for another.

    Raises PolicyRefused for a formula that cannot be read, and for conditions that cannot.
    """
    match = _SAID.match(rest.prose(0))
    rows = [dict(row) for row in data.get(TABLE) or ()]
    known = {str(row.get(RULE)): row for row in rows}
    if match is None or _is_other(match["name"], data, known):
        return None
    name = match["name"] if match["name"] in known else book.fresh(match["name"], (), RULE, NAME_CHARS)
    row = {**known.get(name, {RULE: name}), FORMULA: formula_said(match["formula"])}
    if match["sign"]:
        row = {key: value for key, value in row.items() if key != SIGN}
        row |= {SIGN: MORE} if match["sign"] in (MORE, "补") else {}
    if match["when"]:
        row = {key: value for key, value in row.items() if key in (RULE, FORMULA, SIGN)} | conditions(match["when"])
    fresh = [row if old.get(RULE) == name else old for old in rows] + ([] if name in known else [row])
    told = f"政策 {book.title(policy)}：{TABLE} {name} = {row[FORMULA]}{_when(row)}，{_sign(row)}"
    return book.write(POLICY, policy, _placed(data, fresh), told)


def _placed(data: Data, rows: list[Data]) -> Data:
    """The policy with these rows, ahead of the amount table where there were none."""
    if TABLE in data:
        return {**data, TABLE: rows}
    fresh: Data = {}
    for key, value in data.items():
        fresh |= {TABLE: rows} if key == "审批表" else {}
        fresh[key] = value
    return fresh


def _is_other(name: str, data: Data, known: Data) -> bool:
    """Whether the name is another thing of the policy: a key, or a row of another table."""
    others = [row for key, rows in data.items() if isinstance(rows, list) and key != TABLE for row in rows]
    names = {str(row.get(RULE)) for row in others if isinstance(row, dict)}
    return name not in known and (name in data or name in names)


def _when(row: Data) -> str:
    asks = "，".join(f"{fact} {cell}" for fact, cell in row.items() if fact not in (RULE, FORMULA, SIGN))
    return f"（{asks}）" if asks else ""


def _sign(row: Data) -> str:
    what = "加在退款上，最多加到实付" if row.get(SIGN) == MORE else "从退款里减，最多减到 0"
    return f"{what}；金额是货款，先算这些，再减手工的扣款"


def charge_wishes(text: str) -> Iterator[str]:
    """``运费扣12``, ``退货时扣12元运费``, ``折旧按10%扣``: the line of a refund that they wish for."""
    said = text.strip(" 。.!！")
    for pattern in (_WISHED, _NAMED, _SHARE):
        if match := pattern.match(said):
            parts = match.groupdict()
            number = parts["number"] + ("%" if parts.get("unit") == "%" else "")
            sign = f"{MORE} " if parts.get("verb") == "补" else ""
            yield f"规则 {parts['name']} = {sign}{f'金额 × {number}' if '%' in number else number}"
            return
