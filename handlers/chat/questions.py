"""What an action needs to know first, asked one thing at a time: the node's form, a missing part, a name."""

from __future__ import annotations

import re
from dataclasses import fields as attributes
from typing import TYPE_CHECKING, Any

from cards.types import Text
from flow.cases.photos import keep_photo
from flow.definitions.flow import PHOTO, REASON, TEXT, Field
from flow.engine import forms
from flow.engine.pictures import several
from flow.errors import PolicyRefused
from flow.views.prefills import offered
from handlers.chat import arrivals, dialogs, fields, parse, parts, pictures, products, quantities
from handlers.chat.context import Reply
from handlers.chat.phrases import phrases
from models import CaseLine, Task, TaskState

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from flow.cases.command import Asks
    from handlers.chat.context import Ctx
    from handlers.chat.dialogs import Wait

ASK = "ask"
REHEARSED = "rehearsed"  #: the same of a rehearsal, whose answers change no case
KINDS = (ASK, REHEARSED)
CANCEL = "取消"
LEAVE = "（回复“取消”离开）"
CONFIRM, UNITS = "confirm", "units"  #: kinds of questions: whether it is meant so, and how many of a product
TITLE, MODE = "title", "mode"  #: of a product whose units are asked for: its name, and what they are counted as
LIKELY = "likely"  #: the units that are meant where somebody says no more than yes
GOODS = "goods"  #: in the data: what the case asked for when the question was put
COUNTS = "件数"  #: answer: units by SKU
GO_ON = "照办"
CONDITIONS = ("when", "required_when")  #: of a field: settled when it is asked
MAX_REASON = 500
_NAMED = re.compile(rf"^{REASON}(?:是|就是)?[\s:,]+(?=\S)")  #: 理由：照片不清
Answers = dict[str, Any]


async def ask(ctx: Ctx, case_id: int, action: str, asks: Asks, said: Answers) -> Reply | None:
    """Begin to ask; None when the asker's task is over. ``said`` are the answers that are there already."""
    if not await Task.exists(case_id=case_id, owner_id=ctx.me.id, state=TaskState.OPEN):
        return None
    fields = await offered(ctx.desk, case_id, asks.fields, ctx.me, ctx.at.date())
    lines = await products.of_case(case_id) if any(field.per_line for field in fields) else []
    return await begin(ctx, (case_id, action), asked_by(asks.questions, fields, lines), said)


async def begin(ctx: Ctx, of: tuple[int, str], todo: list[dict[str, Any]], said: Answers) -> Reply:
    """Ask one thing after the other; then the action is done with ``said`` and the answers."""
    data = {"case_id": of[0], "action": of[1], "todo": todo, "said": said, "card": "", GOODS: await _goods(of[0])}
    await dialogs.begin(ctx.me.id, ASK, data, ctx.at)
    return Reply.of(Text(asking(todo)))


async def changed(wait: Wait) -> str:
    """What the case asks for now and did when this was asked: it was split, or changed, since; "" where it was not."""
    before, now = wait.data.get(GOODS), await _goods(wait.data["case_id"])
    return f"原来是 {_listed(before)}，现在是 {_listed(now)}" if before is not None and before != now else ""


async def again(ctx: Ctx, wait: Wait) -> Reply | None:
    """The same question of the case as it is now; None where the goods are counted, which are others now."""
    todo, said = wait.data["todo"], wait.data["said"]
    if COUNTS in said or any(UNITS in item or CONFIRM in item for item in todo):
        await dialogs.leave(ctx.me.id, ctx.at)
        return None
    lines = await products.of_case(wait.data["case_id"])
    todo = [{**item, products.LINES: lines} if item.get(products.LINES) else item for item in todo]
    return await begin(ctx, (wait.data["case_id"], wait.data["action"]), todo, said)


async def _goods(case_id: int) -> list[list[Any]]:
    rows = await CaseLine.filter(case_id=case_id).order_by("id").values_list("sku", "requested")
    return [[sku, units] for sku, units in rows]


def _listed(goods: list[list[Any]]) -> str:
    return "、".join(f"{sku} ×{units}" for sku, units in goods)


def asked_by(
    questions: Mapping[str, str], fields: Sequence[Field], lines: Sequence[products.Row] = ()
) -> list[dict[str, Any]]:
    """What an action wants to know, a thing each; ``fields`` as they hold for the case, with what is offered."""
    todo: list[dict[str, Any]] = [{"fact": fact, "question": question} for fact, question in questions.items()]
    todo += [{"field": packed(field), **products.asked(field, lines)} for field in fields]
    return todo


def packed(field: Field) -> dict[str, Any]:
    """A field as a dialog keeps it."""
    return {each.name: getattr(field, each.name) for each in attributes(field) if each.name not in CONDITIONS}


def asking(todo: list[dict[str, Any]]) -> str:
    """The first of the questions, and how to leave."""
    first = todo[0]
    words = str(first.get("question") or first.get(CONFIRM) or "") or _question(first)
    more = f"（还有 {len(todo) - 1} 项）" if len(todo) > 1 else ""
    return f"{words}\n{LEAVE}{more}"


def _question(item: dict[str, Any]) -> str:
    field = unpacked(item)
    return products.question(field, item) if item.get(products.LINES) else forms.question(field)


def unpacked(item: dict[str, Any]) -> Field:
    """The field of one of the things that are asked."""
    raw = item["field"]
    return Field(**{**raw, "options": tuple(raw["options"]), "actions": tuple(raw["actions"])})


async def take(ctx: Ctx, wait: Wait, text: str) -> Answers | Reply:
    """Take one answer: all of them when this was the last, else the next question."""
    first, *rest = wait.data["todo"]
    try:
        if is_for_photo(first) and several(unpacked(first)) and ctx.uploads:
            return await _counted_aloud(ctx, wait)
        if first.get(products.LINES) and (still := products.begun(unpacked(first), first, text, ctx.at.date())):
            return await _one_by_one(ctx, wait, still)
        if UNITS in first:
            answer, rest = _counted(ctx, wait, text)
        else:
            answer = await _read(ctx, wait, first, text)
    except PolicyRefused as refused:
        ends = is_for_photo(first) and pictures.ends(unpacked(first), text)
        return Reply(says=[Text(f"{refused}\n{LEAVE}")], unread=not ends)
    said = {**wait.data["said"], **answer}
    if not rest:
        return said
    await dialogs.proceed(wait, {**wait.data, "todo": rest, "said": said}, ctx.at)
    return Reply.of(Text(asking(rest)))


async def _counted_aloud(ctx: Ctx, wait: Wait) -> Reply:
    """Keep the pictures that came, and go on waiting for more, or for the word that there are none."""
    first, *rest = wait.data["todo"]
    taken, told = await pictures.sent(ctx, wait.data["case_id"], unpacked(first), first.get(pictures.TAKEN, []))
    await dialogs.proceed(wait, {**wait.data, "todo": [{**first, pictures.TAKEN: taken}, *rest]}, ctx.at)
    return Reply.of(Text(f"{told}\n{LEAVE}"))


async def _one_by_one(ctx: Ctx, wait: Wait, item: dict[str, Any]) -> Reply:
    """Some of the products have their answer, and the others are asked for."""
    todo = [item, *wait.data["todo"][1:]]
    await dialogs.proceed(wait, {**wait.data, "todo": todo}, ctx.at)
    return Reply.of(Text(f"记下了，还差 {'、'.join(products.lacking(item))}\n{LEAVE}"))


async def _read(ctx: Ctx, wait: Wait, item: dict[str, Any], text: str) -> Answers:
    if "field" in item and (field := unpacked(item)).kind == PHOTO and ctx.upload and ctx.upload.kind == "image":
        return {field.name: await keep_photo(wait.data["case_id"], field.name, ctx.upload.data, ctx.me, ctx.at)}
    return answered(ctx, wait.data["said"], item, text)


def answered(ctx: Ctx, said: Answers, item: dict[str, Any], text: str) -> Answers:
    """One answer as the facts that it is, beside what was ``said`` before. Raises PolicyRefused for none."""
    if CONFIRM in item:
        return _confirmed(item, text)
    if item.get("fact") == REASON:
        return {REASON: ctx.kept(_reason(item, text))}
    if "fact" in item:
        pair = parts.part_and_fee(text)
        if pair is None:
            raise PolicyRefused(_no_part(text))
        return {item["fact"]: ctx.kept(pair[0]), "扣款": str(pair[1])}
    field = unpacked(item)
    if item.get(products.LINES):
        return {field.name: products.answered(field, item, text, ctx.at.date())}
    if several(field):
        return {field.name: pictures.finished(field, item.get(pictures.TAKEN, []), text)}
    if forms.takes_default(field, text, phrases().replies["是"]):
        return {field.name: forms.read(field, field.default, ctx.at.date())}
    typed = ctx.kept(text) if field.kind == TEXT else text
    value, more = fields.answer(field, typed, ctx.at.date())
    why = "，".join(filter(None, [said.get(REASON), ctx.kept(parse.written(more))]))
    return {field.name: value, **({REASON: why} if more else {})}


def _no_part(text: str) -> str:
    """What a missing part still lacks, or that several were named."""
    if parts.are_several(text):
        return f"“{text}”是几样，一次只记一样：请合成一句，例如：灯罩和螺丝 30"
    return "请回复“部件 金额”，例如：滤网组件 35"


def _confirmed(item: dict[str, Any], text: str) -> Answers:
    if text.strip(" 。!,") in phrases().replies["是"]:
        return {}
    raise PolicyRefused(f"还没有办。{item[CONFIRM]}")


def _counted(ctx: Ctx, wait: Wait, text: str) -> tuple[Answers, list[dict[str, Any]]]:
    """How many of the product, and of the others that are still to be asked for; and what is left to be asked.

    Raises PolicyRefused for what counts nothing, or more than there can be.
    """
    first, *rest = wait.data["todo"]
    units, said = _number(first, text), wait.data["said"]
    if units is not None:
        if not 0 <= units <= first["most"]:
            raise PolicyRefused(_how_many(first))
        return {COUNTS: {**said.get(COUNTS, {}), first[UNITS]: units}}, rest
    asked = [item for item in (first, *rest) if UNITS in item]
    if text.strip(" 。!,") in phrases().replies["是"] and LIKELY in first:
        found = {item[UNITS]: item[LIKELY] for item in asked if LIKELY in item}
        return {COUNTS: {**said.get(COUNTS, {}), **found}}, [item for item in rest if item.get(UNITS) not in found]
    goods = [arrivals.Product(item[UNITS], item.get(TITLE, ""), item["most"]) for item in asked]
    read = arrivals.read(text, goods, first.get(MODE, arrivals.CAME))
    if first[UNITS] not in read.counts or any(
        read.counts[each.sku] > each.most for each in goods if each.sku in read.counts
    ):
        raise PolicyRefused(f"“{text}”{read.why or '没看懂'}。{_how_many(first)}")
    told = ctx.kept(parse.written(text)) if read.rest or read.others or read.own or read.beside else ""
    why = "，".join(filter(None, [said.get(REASON), told]))
    answers = {COUNTS: {**said.get(COUNTS, {}), **read.counts}, **({REASON: why} if told else {})}
    return answers, [item for item in rest if item.get(UNITS) not in read.counts]


def _number(item: dict[str, Any], text: str) -> int | None:
    """How many units, said as a number, or as none or all; None for other words."""
    if text.strip(" 。!") in phrases().replies["没有"]:
        return 0
    if quantities.is_everything(text) or text.strip(" 。!") in phrases().replies["都到"]:
        return int(item["most"])
    return quantities.count(text)


def _how_many(item: dict[str, Any]) -> str:
    return f"请回复 0 到 {item['most']} 的件数。{item['question']}"


def _reason(item: dict[str, Any], text: str) -> str:
    said = _NAMED.sub("", text.strip())
    if not said:
        raise PolicyRefused(str(item["question"]))
    if len(said) > MAX_REASON:
        raise PolicyRefused(f"理由最多 {MAX_REASON} 个字，现在有 {len(said)} 个")
    return said


def reminder(wait: Wait) -> Text:
    """What is still to be answered."""
    return Text(f"还在等你回答：{asking(wait.data['todo'])}")


def confirms(wait: Wait) -> bool:
    """Whether what is asked is no more than whether an action is to be taken as it stands."""
    return wait.kind == ASK and CONFIRM in wait.data["todo"][0]


def takes_any_words(wait: Wait) -> bool:
    """Whether what is asked for now is told in words of one's own: a reason, a text of a form."""
    first = wait.data["todo"][0] if wait.kind in KINDS else {}
    return first.get("fact") == REASON or first.get("field", {}).get("kind") == TEXT


async def wants_photo(member_id: int, now: Any) -> bool:
    """Whether the bot waits for a picture from somebody, so that theirs is no label to be scanned."""
    wait = await dialogs.current(member_id, now)
    return wait is not None and wait.kind in KINDS and is_for_photo(wait.data["todo"][0])


def is_for_photo(item: dict[str, Any]) -> bool:
    """Whether a question is answered by a picture."""
    return bool(item.get("field", {}).get("kind") == PHOTO)
