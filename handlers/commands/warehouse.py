"""The dock: waybills that are typed, scanned or photographed become the receiving cards of their cases."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from cards.types import Text
from flow.access.lookup import case_of
from flow.cases.parcels import ANNOUNCING, announce, announced, arrived, expecting, is_all_in, live, renumber
from flow.cases.shipments import articles
from flow.definitions.waybills import couriers, sort_codes, waybill
from flow.edits.quantities import NUMERAL, numeral
from flow.errors import FlowError, NotAllowed, NotFound, NotUnderstood
from flow.views.case import case_view, goods, open_tasks
from handlers.chat import dialogs, guesses, readings
from handlers.chat.arrivals import CAME
from handlers.chat.case_cards import task_copy
from handlers.chat.context import Ctx, Named, Reply
from handlers.chat.parse import is_case_no
from handlers.chat.phrases import phrases
from handlers.chat.router import Router
from handlers.commands import tasks
from handlers.commands.verbs import remark
from models import CaseState, Parcel, Task

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flow.definitions.waybills import LabelCodes
    from handlers.chat.context import Say
    from handlers.chat.dialogs import Wait
    from handlers.chat.events import Code

router = Router()
PICK = "pick"  #: dialog: which code of a label is the waybill, then which case its parcel belongs to
SAID = "words"  #: in the data: what was said of the parcel beside its number
MAX_LISTED = 20
CANCEL = "取消"
AGAIN = "请拍近、拍正一点再发，或直接输入，例如：收货 SF1234567890"
HOW = "运单号是 6 到 40 位字母数字，例如：收货 SF1234567890"


INSTEAD = "替换"  #: ahead of the number that was mistyped
FURTHER = "另一件"  #: says that one more parcel comes, though the goods are in
LONG = 10  #: signs of a waybill that is whole
_CHINESE = re.compile(r"[\u4e00-\u9fff]+")
_CODE = re.compile(r"[A-Za-z0-9-]{6,}")
_TAIL = re.compile(r"\d{3,6}")
ONE_TAP = "点一下才算，现在什么都没有做"
SHOWN = 4  #: tasks that are offered at once
_MARKS = " ,、;:。.+&/()#"
_PLACE = re.compile(rf"(?:第)?(?P<place>\d{{1,2}}|(?<=第){NUMERAL})(?:[个单条号件项])?")
_PAUSES = re.compile(r"[\s,、;。]+")


@router.command("运单", "运单 <单号> <运单号> [替换 <打错的运单号>]", needs="运单", private=False)
async def register_parcel(ctx: Ctx, words: list[str]) -> Reply:
    if INSTEAD in words:
        return await _renumbered(ctx, words)
    numbers, strange = _waybills([word for word in words[1:] if word != FURTHER])
    if strange and numbers:
        raise NotFound(f"“{strange}”没看懂，还没有登记；请写成：运单 {words[0]} {' '.join(numbers)}")
    if not numbers:
        raise NotUnderstood("请写成：运单 单号 运单号（运单号是 6 到 40 位字母数字）")
    if FURTHER not in words and (asked := await _one_more(ctx, words[0], numbers)):
        return asked
    cases = [await announce(ctx.desk, words[0], number, ctx.me, ctx.at) for number in numbers]
    return Reply.of(Text(f"已登记：{cases[0].no} 的退货包裹 {'、'.join(numbers)}{await _beside(cases[0].id, numbers)}"))


async def _beside(case_id: int, numbers: Sequence[str]) -> str:
    """That the case has another parcel on its way as well, of which this may be the right number."""
    others = [(no, number) for no, number in await live([case_id]) if number not in numbers]
    if not others or len(numbers) > 1:
        return ""
    no, old = others[-1]
    return f"。{no} 还有包裹 {old} 在路上；要是 {old} 打错了，回复 运单 {no} {numbers[0]} {INSTEAD} {old}"


async def _renumbered(ctx: Ctx, words: Sequence[str]) -> Reply:
    """``运单 R… SF… 替换 YT…``: the right number in the place of the mistyped one."""
    place = list(words).index(INSTEAD)
    new, strange = _waybills(words[1:place])
    old, more = _waybills(words[place + 1 :])
    if len(new) != 1 or len(old) != 1 or strange or more:
        raise NotFound(f"请写成：运单 {words[0]} 对的运单号 {INSTEAD} 打错的运单号；什么都没有改")
    parcel = await renumber(ctx.desk, words[0], (old[0], new[0]), ctx.me, ctx.at)
    told = "；客户收到过旧号的，请告诉客户" if parcel.outbound else ""
    return Reply.of(Text(f"{words[0].upper()} 的运单已改成 {new[0]}，{old[0]} 不再算{told}"))


async def _one_more(ctx: Ctx, no: str, numbers: Sequence[str]) -> Reply | None:
    """Ask before another parcel is put on a case whose goods are in; None where they are not."""
    case = await case_of(ctx.desk, no, ctx.me, ANNOUNCING)
    sent = await Parcel.filter(case_id=case.id, outbound=False).values_list("waybill", flat=True)
    had = [str(each) for each in sent]
    running = case.state in (CaseState.OPEN, CaseState.HELD)
    if set(numbers) <= set(had) or not running or not await is_all_in(ctx.desk, case):
        return None
    before = f"（运单 {'、'.join(had)}）" if had else ""
    lead = f"{case.no} 已经收过货{before}，现在在{'、'.join(case.nodes)}；{'、'.join(numbers)} 还没有登记"
    readings = [" ".join(["运单", case.no, *numbers, FURTHER]), f"查 {case.no}"]
    return await guesses.offer(ctx, ("还有一个包裹吗？", lead), readings, _try)


async def _try(ctx: Ctx, words: list[str]) -> Reply:
    return await register_parcel(ctx, words[1:]) if words[0] == "运单" else Reply()


def _waybills(words: Sequence[str]) -> tuple[list[str], str]:
    """The waybills that were typed, and what else was said; blanks within one are none, and two are not one."""
    whole = len(words) > 1 and all(len(word) >= LONG and waybill(word) for word in words)
    if not whole and (one := waybill("".join(words))):
        return [one], ""
    pieces = [piece for word in words for piece in _CHINESE.split(word) if piece.strip(_MARKS)]
    numbers = [
        number for piece in pieces if len(piece.strip(_MARKS)) >= LONG and (number := waybill(piece.strip(_MARKS)))
    ]
    left = [*(piece for piece in pieces if not waybill(piece.strip(_MARKS)) or len(piece.strip(_MARKS)) < LONG)]
    left += [said for word in words for said in _CHINESE.findall(word) if not couriers().spoken.fullmatch(said)]
    return list(dict.fromkeys(numbers)), " ".join(left)


@router.command("收货", "收货 <运单号>", needs="收货")
async def receive(ctx: Ctx, words: list[str]) -> Reply:
    """The cards of the parcels that were typed or scanned; a number typed in groups of digits is one number."""
    whole = "".join(words)
    if not _CODE.search(whole) and (asked := await _in_words(ctx, " ".join(words))):
        return asked
    texts = words if any(waybill(word) for word in words) else [whole]
    return await _received(ctx, sort_codes(texts, await articles(texts)))


async def _in_words(ctx: Ctx, text: str) -> Reply | None:
    """``收货，都齐了`` without a waybill, or with its last figures: which of the goods that wait for me."""
    tasks = [task for task in await open_tasks(ctx.me) if await _button(ctx, task)]
    if tail := _TAIL.fullmatch(couriers().spoken.sub("", text).strip(_MARKS)):
        mine = [task.case_id for task in tasks]
        parcels = Parcel.filter(case_id__in=mine, outbound=False, waybill__endswith=tail[0]).order_by("id")
        lines = [f"收货 {number}" for number in await parcels.values_list("waybill", flat=True)]
        return await guesses.offer(ctx, (f"尾号 {tail[0]}：收哪个包裹？", ONE_TAP), lines, _press)
    counted = await readings.counted(ctx, text, tasks) if text else []
    if any(map(str.isdigit, text)) and counted:
        told = "；".join(each.told for each in counted)
        lines = [each.reading for each in counted][:SHOWN]
        return await guesses.offer(ctx, ("收的是哪一单？", f"没有写运单号。{told}。{ONE_TAP}"), lines, _press)
    if any(map(str.isdigit, text)):
        return None
    lines = [f"{await _button(ctx, task)} {task.case.no} {text}".rstrip() for task in tasks[:SHOWN]]
    return await guesses.offer(ctx, ("收的是哪一单？", f"没有写运单号。{ONE_TAP}"), lines, _press)


async def _button(ctx: Ctx, task: Task) -> str:
    """The button of a task that books goods as having come; "" for none."""
    node = (await readings.nodes_of(ctx, task.case))[task.node]
    return next((button.name for button in node.buttons if CAME in button.effects), "")


async def photographed(ctx: Ctx, codes: Sequence[Code]) -> Reply:
    """The cards of the parcels on a photo: every code is looked up, and only an announced one is taken unasked."""
    texts = [code.text for code in codes]
    goods_codes = {code.text for code in codes if code.retail} | await articles(texts)
    return await _received(ctx, sort_codes(texts, goods_codes), seen=True)


async def _received(ctx: Ctx, codes: LabelCodes, *, seen: bool = False) -> Reply:
    known = await announced(codes.waybills)
    if not known and not codes.waybills:
        raise NotFound(_none(codes, seen=seen))
    if not known:
        words = "" if seen else " ".join(codes.unread)
        return await (
            _whose(ctx, codes.likely[0], words) if len(codes.likely) == 1 else _which(ctx, codes.likely, words)
        )
    alone = not seen and len(known) == len(codes.waybills) == 1
    if alone and codes.unread and (asked := await _counted(ctx, known[0], codes.unread)):
        return asked
    says = await _cards(ctx, known)
    looked_like = codes.likely if set(codes.likely) & set(known) else ()
    left = [number for number in (looked_like if seen else codes.waybills) if number not in known]
    aside = [f"{number} 没有登记过，没有收；要收请回复 收货 {number}" for number in left]
    aside += [] if seen else [f"“{word}”没看懂，没有记下" for word in codes.unread]
    return Reply.of(*says, *([Text("\n".join(aside))] if aside else []))


async def _counted(ctx: Ctx, number: str, words: Sequence[str]) -> Reply | None:
    """``SF… 到了，少一个``: the button that books the goods as they were counted, or with the words behind it.

    No card of all the goods stands beside words that may say that not all of them have come.
    """
    task = await Task.get(id=(await arrived(ctx.desk, number, ctx.me)).id).prefetch_related("case")
    text = " ".join(words)
    found = await readings.counted(ctx, text, [task])
    told = "；".join(each.told for each in found) or "没写件数就按全部收到，写了没看清的会再问；这句话会记下"
    kept = f"评论 {task.case.no} {text}"
    undecided = any(word in text for word in phrases().undecided)
    booked = [each.reading for each in found] or [f"{await _button(ctx, task)} {task.case.no} {text}"]
    apart = not found or any(each.short for each in found)
    lines = [kept] if undecided and not found else [*booked, *([kept] if apart else [])]
    lead = f"“{text}”要点一下才算，现在什么都没有做。{told}"
    return await guesses.offer(ctx, (f"运单 {number}：这样收货吗？", lead), [*lines, f"收货 {number}"], _press)


async def _press(ctx: Ctx, words: list[str]) -> Reply:
    if words[0] == "评论":
        return await remark(ctx, words[1:])
    return await tasks.say_action(ctx, words[0], words[1:]) if words[0] != "收货" else await receive(ctx, words[1:])


def _none(codes: LabelCodes, *, seen: bool) -> str:
    """Why there is nothing to receive."""
    how = AGAIN if seen else HOW
    no_parcels = [f"{code} 是商品条码" for code in codes.articles] + [f"{code} 是分拣用的码" for code in codes.routes]
    if no_parcels:
        return f"{'、'.join(no_parcels)}，不是运单号，没有收货。{how}"
    words = [] if seen else [word for word in codes.unread if word]
    return f"“{' '.join(words)}”不是运单号，没有收货。{how}" if words else f"没有读到运单号。{AGAIN}"


async def _cards(ctx: Ctx, waybills: Sequence[str]) -> list[Say]:
    """The receiving card of each parcel's case, once; of the others why not."""
    if len(waybills) == 1:  # what is refused then is the whole answer
        return [await _card(ctx, waybills[0])]
    says: dict[int | str, Say] = {}
    for number in waybills:
        try:
            card = await _card(ctx, number)
        except FlowError as refused:
            says[number] = Text(str(refused))
        else:
            says.setdefault(card.case_id or 0, card)
    return list(says.values())


async def _card(ctx: Ctx, number: str) -> Named:
    task = await arrived(ctx.desk, number, ctx.me)
    return await task_copy(ctx, task)


# -- a parcel that nobody has announced --------------------------------------------------------------------------------


async def _which(ctx: Ctx, numbers: Sequence[str], words: str) -> Reply:
    """Several codes, none of them known: the keeper says which is the waybill."""
    shown = list(numbers[:MAX_LISTED])
    await dialogs.begin(ctx.me.id, PICK, {"codes": shown, SAID: words, "card": ""}, ctx.at)
    lines = [f"读到 {len(numbers)} 个号，都没有登记过，哪个是运单号？回复序号："]
    lines += [f"{n}. {number}" for n, number in enumerate(shown, 1)]
    return Reply.of(Text("\n".join([*lines, "都不是就回复“取消”"])))


async def _whose(ctx: Ctx, number: str, words: str) -> Reply:
    """Nobody has announced this waybill: let the keeper say which case it is; nothing is guessed.

    ``words`` are what was said of the parcel beside, which goes along to the case.
    """
    waiting = await expecting(ctx.desk, ctx.me)
    if not waiting:
        raise NotAllowed(f"运单 {number} 没有登记过，也没有等你收货的售后单，请找客服核对")
    lines = [f"运单 {number} 没有登记过，是哪一单？回复序号或单号："]
    for n, task in enumerate(waiting[:MAX_LISTED], 1):
        case = await case_view(ctx.desk, task.case_id, viewer=ctx.me)
        lines.append(f"{n}. {case.no} {goods(case.lines)}")
    more = [f"还有 {len(waiting) - MAX_LISTED} 单没有列出来，请直接回复单号"] if len(waiting) > MAX_LISTED else []
    data = {"waybill": number, "tasks": [task.id for task in waiting], SAID: words, "card": ""}
    await dialogs.begin(ctx.me.id, PICK, data, ctx.at)
    kept = [f"“{words}”还没有记，选了哪一单再问怎么办"] if words else []
    return Reply.of(Text("\n".join([*lines, *more, *kept, "都不是就回复“取消”"])))


def is_elsewhere(wait: Wait, text: str) -> bool:
    """Whether words behind the question speak of another parcel: they are a statement of their own."""
    asked = {wait.data.get("waybill"), *wait.data.get("codes", ())}
    numbers = [number for code in _CODE.findall(text) if len(code) >= LONG and (number := waybill(code))]
    return any(number not in asked for number in numbers) and not any(map(is_case_no, numbers))


def parted(wait: Wait, text: str) -> tuple[str, str]:
    """An answer and what more it says: ``1 空的``; ``嗯，就是这个，空的`` where there is only one case."""
    first, *more = _PAUSES.split(text.strip(_MARKS), maxsplit=1)
    if place := _PLACE.fullmatch(first):
        said = place["place"]
        return said if said.isdigit() else str(numeral(said)), " ".join(more)
    if is_case_no(first):
        return first, " ".join(more)
    if len(wait.data.get("tasks", ())) != 1:
        return text, ""
    rest, known = text.strip(_MARKS), phrases().replies["就是它"]
    while word := next((each for each in known if rest.startswith(each)), ""):
        rest = rest[len(word) :].lstrip(_MARKS)
    return (str(1), rest) if rest != text.strip(_MARKS) else (text, "")


async def answer(ctx: Ctx, wait: Wait, text: str) -> Reply:
    """Which code is the waybill, or which case an unannounced parcel belongs to."""
    if text == CANCEL:
        await dialogs.leave(ctx.me.id, ctx.at)
        what = f"运单 {wait.data['waybill']} " if "waybill" in wait.data else ""
        lost = f"；“{wait.data[SAID]}”没有记到任何一单" if wait.data.get(SAID) else ""
        return Reply.of(Text(f"好的，{what}没有收货{lost}"))
    if "codes" in wait.data:
        return await _code_picked(ctx, wait.data["codes"], text, wait.data.get(SAID) or "")
    offered = await Task.filter(id__in=wait.data["tasks"]).prefetch_related("case")
    by_answer = {
        str(n): task for n, task in enumerate(sorted(offered, key=lambda task: wait.data["tasks"].index(task.id)), 1)
    }
    by_answer |= {task.case.no: task for task in offered}
    task = by_answer.get(text.upper())
    if task is None:
        last = min(len(offered), MAX_LISTED)
        which = f"1 到 {last} 的序号" if last > 1 else "1"
        return _unread(f"请回复 {which}或单号，或回复“取消”")
    await announce(ctx.desk, task.case.no, wait.data["waybill"], ctx.me, ctx.at, answered=True)
    await dialogs.leave(ctx.me.id, ctx.at)
    return Reply.of(*await _cards(ctx, [wait.data["waybill"]]))


async def _code_picked(ctx: Ctx, codes: Sequence[str], text: str, words: str) -> Reply:
    number = codes[int(text) - 1] if text.isdigit() and 1 <= int(text) <= len(codes) else text.upper()
    if number not in codes:
        return _unread(f"请回复 1 到 {len(codes)} 的序号，或回复“取消”")
    return await _whose(ctx, number, words)


def _unread(how: str) -> Reply:
    return Reply(says=[Text(how)], unread=True)


def reminder(wait: Wait) -> Text:
    """What is still to be answered."""
    number = wait.data.get("waybill")
    asked = f"运单 {number} 是哪一单？回复序号或单号" if number else "哪个是运单号？回复序号"
    return Text(f"还在等你回答：{asked}，都不是就回复“取消”")
