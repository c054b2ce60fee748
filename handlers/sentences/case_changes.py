"""What is to be otherwise about a case that I opened: other goods, reason or count, another kind, money besides."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from cards.guess import THEN
from flow.access.permissions import able_to, ask
from flow.definitions.permissions import KINDS
from flow.edits.quantities import NUMERAL, numeral
from flow.engine.verbs import HOLD, MERGE, WITHDRAW
from handlers.chat import guesses
from handlers.chat.quantities import MEASURE
from handlers.chat.spelling import asks_at_all
from handlers.sentences.hearing import COMMENT, CORRECT, LOOK, OFFERED, WHICH, short
from models import Case, CaseLine, CaseState, Task, TaskState

if TYPE_CHECKING:
    from collections.abc import Sequence

    from handlers.chat.context import Reply
    from handlers.sentences.hearing import Hearing

PAY = "补偿"
_N = rf"\d{{1,3}}|{NUMERAL}"
_ACCOUNT = re.compile(r"账[户号]|帐[户号]|支付宝|微信|银行卡|卡号|收款")
_SO_MANY = re.compile(
    rf"(?P<n>{_N})\s?{MEASURE}[,\s]*(?:而|并)?不是(?:{_N})\s?{MEASURE}"
    rf"|不是(?:{_N})\s?{MEASURE}[,\s]*(?:而|应该)?是(?P<m>{_N})\s?{MEASURE}"
)  #: 坏了三个不是两个
_TOTAL = re.compile(rf"(?:一共|总共|合计|共)(?:是|要|退)?(?P<n>{_N})\s?{MEASURE}")
_ONLY = re.compile(
    rf"(?:只|就|仅)(?:想|要|肯|需要)?(?:退货|换货|退|换|修)(?:了|货|掉)*(?P<n>{_N})\s?{MEASURE}"
)  #: 只想退一个了
_OTHERWISE = re.compile(r"加|补上|带上|改|换成|错|不是|应该|还有|也要?退|一起退|只|就|仅|共")
_ADDED = re.compile(r"加|补上|带上")  #: one product more
_ENDS = re.compile(
    r"[,，\s]*(?:(?:一起|一块儿?|一并|一同)(?:退货|退|换货|换|修)?|也(?:一起)?(?:退|换)|(?:麻烦|请)?(?:你|您)?帮(?:我|忙)改(?:一下|下)?"
    r"|(?:麻烦|请)?改(?:一下|下)|谢谢|吧|了)+$"
)
_REASON = re.compile(r"原因|类型|理由|选错|写错|填错|不是")
_SWAPPED = re.compile(
    r"^(?:把|将)?(?P<old>[\u4e00-\u9fffA-Za-z0-9-]{2,12}?)(?:改成|改为|换成|换为|变成)(?:了)?(?P<new>[\u4e00-\u9fffA-Za-z0-9-]{2,12}?)(?:吧|了)*$"
)
_KIND_OF = {
    "退货": "退货",
    "退": "退货",
    "换货": "换货",
    "换": "换货",
    "维修": "维修",
    "修": "维修",
    "补发": "补发",
    "仅退款": "仅退款",
}
_VERB = r"退货|换货|维修|仅退款|补发|退|换|修"
_NOT_SO = r"(?:不要|不想|不用|不|别|先别)(?:再)?"
_SO = r"(?:要|想|改成|改为|改|变成|直接|就|给他|给她|给客户)+"
_TURNED = (
    re.compile(rf"(?<![不别]){_SO}(?P<new>{_VERB})(?:了)?[,，\s]*{_NOT_SO}(?P<old>{_VERB})"),
    re.compile(rf"{_NOT_SO}(?P<old>{_VERB})(?:了)?[,，\s]*(?:客户)?{_SO}(?P<new>{_VERB})"),
)
_MONEY = re.compile(
    rf"(?:补|赔|便宜|返|贴|退差价|差价)\S{{0,4}}?(?P<n>\d{{1,6}}(?:\.\d{{1,2}})?|{NUMERAL})\s?(?:元|块钱|块)(?!{NUMERAL}|\d)"
)
_AND = re.compile(r"^[和跟与及、,，\s]+")
_TOGETHER = re.compile(r"合一起|合在一起|合并|合成|并成|并到|合到|合单|并单|并一起")
_MONEY_ALONE = re.compile(r"(?:补|赔|便宜)(?:他|她|客户)?(?P<n>\d{1,4})(?=就|算|吧|得了|[,，\s]|$)")  #: 补20就算了
NO_RETURN = re.compile(rf"{_NOT_SO}(?:退货|退|换货|换|修)(?!差|运费|邮费|款)|(?:想|自己|就)留(?:着|下)")


async def meant(hearing: Hearing, no: str, text: str) -> Reply | None:
    """The statements for what is said of a case of mine, the likeliest first; None for other words."""
    case = await Case.get_or_none(no=no)
    if case is None or case.creator_id != hearing.ctx.me.id or not text or asks_at_all(text):
        return None
    if await Task.exists(case_id=case.id, owner_id=hearing.ctx.me.id, state=TaskState.OPEN):
        return None  # it waits for me: what is said there answers its form
    lines = await _lines(hearing, case, text)
    able = [line for line in lines if await guesses.works(hearing.ctx, line.split(), hearing.strictly)]
    if not able:
        return None
    lead = f"“{short(text)}”点一下才算，现在什么都没有做"
    return await hearing.offer(WHICH, lead, [*able[: OFFERED - 1], f"{COMMENT} {no} {text}", f"{LOOK} {no}"])


async def _lines(hearing: Hearing, case: Case, text: str) -> list[str]:
    """Another kind with what it replaces, money besides, then every correction that the words may be."""
    if (kind := turned(text)) and kind != case.kind:
        goods = await CaseLine.filter(case_id=case.id).order_by("id")
        items = " ".join(f"{line.sku}×{line.requested}" for line in goods)
        anew = f"{WITHDRAW} {case.no} {text} {THEN} {kind} {case.order_no} {items}"
        able = await guesses.works(hearing.ctx, [*anew.split(), case.return_type], hearing.strictly)
        return [f"{anew} {case.return_type}" if able else anew, f"{WITHDRAW} {case.no} {text}"]
    if sum_ := money_in(text):
        pays = f"{PAY} {case.order_no} 备注 补{sum_}元，{text}"
        return [f"{WITHDRAW} {case.no} {text} {THEN} {pays}", pays] if NO_RETURN.search(text) else [pays]
    if _ACCOUNT.search(text):
        return [f"{COMMENT} {case.no} {text}"]
    return [f"{CORRECT} {case.no} {change}" for change in await _changes(hearing, case, text)]


def turned(text: str) -> str:
    """The kind that is wanted in place of another: 要换不要退, 不退了改换货; "" for none."""
    found = next((match for shape in _TURNED if (match := shape.search(text))), None)
    kinds = (_KIND_OF[found["new"]], _KIND_OF[found["old"]]) if found else ("", "")
    return kinds[0] if kinds[0] != kinds[1] and kinds[0] in KINDS else ""


def money_in(text: str) -> str:
    """The yuan that are to be paid beside goods: 补他5块, 便宜二十块; "" for none."""
    match = _MONEY.search(text) or _MONEY_ALONE.search(text)
    return (match["n"] if match["n"][0].isdigit() else str(numeral(match["n"]) or "")) if match else ""


async def _changes(hearing: Hearing, case: Case, text: str) -> list[str]:
    """What stands behind 改: a count that was wrong, another reason, other goods, and the words as they are."""
    if not _OTHERWISE.search(text):
        return []
    plain = _ENDS.sub("", text)
    found: list[str] = []
    if count := _SO_MANY.search(text):
        found.append(f"数量 {_figure(count['n'] or count['m'])}")
    elif only := _TOTAL.search(text) or _ONLY.search(text):
        found.append(f"数量 {_figure(only['n'])}")
    if _REASON.search(text) and (kind := _reason(hearing, text, case.return_type)):
        found.append(f"类型 {kind}")
    if swapped := _SWAPPED.match(plain):
        units = sum(line.requested for line in await CaseLine.filter(case_id=case.id))
        found.append(f"{swapped['new']}×{units} {swapped['old']}不退")
    return found or ([plain] if _ADDED.search(plain) else [])


def _figure(units: str) -> str:
    return units if units.isdigit() else str(numeral(units) or units)


def _reason(hearing: Hearing, text: str, now: str) -> str:
    """The only type that is said to be right; "" for none, and for two."""
    said = {
        each.name
        for each in hearing.ctx.desk.business.types.values()
        for word in (each.name, *each.aliases)
        if re.search(rf"(?<!不是)(?<!并非){re.escape(word)}", text)
    }
    said.discard(now)
    return said.pop() if len(said) == 1 else ""


async def of_several(hearing: Hearing, cases: Sequence[str], text: str) -> Reply | None:
    """``0001和0002先别审 客户在考虑``: mine put aside by one tap, or the words kept; None for others' cases."""
    text = _AND.sub("", text)
    mine = Case.filter(no__in=cases, creator_id=hearing.ctx.me.id, state__in=(CaseState.OPEN, CaseState.HELD))
    if await mine.count() != len(cases):
        return None
    merged = _TOGETHER.search(text) is not None and not hearing.ctx.may(MERGE)
    undecided = any(word in text for word in hearing.lexicon.phrases.undecided) and not asks_at_all(text)
    if not merged and not undecided:
        return None
    aside = [] if merged else [f" {THEN} ".join(f"{HOLD} {no} {text}" for no in cases)]
    kept = f" {THEN} ".join(f"{COMMENT} {no} {text}" for no in cases)
    matrix = hearing.ctx.desk.business.matrix
    who = f"“{MERGE}”可以找：{ask(matrix, able_to(matrix, hearing.ctx.staff, MERGE), MERGE)}；" if merged else ""
    lead = f"“{short(text)}”{who}点一下才算，现在什么都没有做"
    return await hearing.offer(WHICH, lead, [*aside, kept, *(f"{LOOK} {no}" for no in cases)])
