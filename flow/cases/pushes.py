"""What another system says of a case: its fields are facts for the rules of 自动规则 that wait for it, once each."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from tortoise.exceptions import IntegrityError
from tortoise.transactions import in_transaction

from flow.cases.automation import Around, carry_out, seen_now, set_off
from flow.definitions.automation import PUSHED, SENT, Trigger
from flow.errors import NotFound, PolicyRefused, StaleCase
from flow.records import outbox
from flow.records.locks import lock_cases
from models import Case, CaseState, HookCall, Parcel

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from flow.definitions.automation import Rule
    from flow.desk import Desk

NUMBER, WAYBILL, ORDER = "单号", "运单", "订单号"  #: fields that name the case, the first that is there
MOST = 60  #: messages of one system in a minute
MINUTE = timedelta(minutes=1)
UNDER_WAY = (CaseState.OPEN, CaseState.HELD)
MAX_FIELDS, MAX_TEXT = 50, 200  #: fields of a message, and characters of one
FIRED = "触发"  #: of the answer: the rules that fired


class TooManyError(PolicyRefused):
    """One system has sent too much in a minute."""


class UsedKeyError(PolicyRefused):
    """The same key came with another message before."""


@dataclass(frozen=True, slots=True)
class Push:
    """A message: whose, the key by which its sender knows it again, a digest of it, and its fields."""

    name: str
    key: str
    digest: str
    fields: Mapping[str, str] = field(default_factory=dict)

    def facts(self) -> dict[str, str]:
        return {f"{SENT}{name}": value for name, value in self.fields.items()}


def flattened(body: Mapping[str, Any], above: str = "") -> dict[str, str]:
    """The plain values of a message by name; those of an object inside are called ``外.里``. Raises PolicyRefused."""
    found: dict[str, str] = {}
    for name, value in body.items():
        if isinstance(value, dict) and not above:
            found |= flattened(value, f"{name}.")
        elif isinstance(value, list | dict):
            raise PolicyRefused(f"字段“{above}{name}”里还有列表或对象，只收一层对象里的文字、数字、是否")
        else:
            found[f"{above}{name}"] = _plain(value)
    if len(found) > MAX_FIELDS:
        raise PolicyRefused(f"有 {len(found)} 个字段，最多 {MAX_FIELDS} 个")
    if long := next((name for name, value in found.items() if len(value) > MAX_TEXT), ""):
        raise PolicyRefused(f"字段“{long}”太长，最多 {MAX_TEXT} 个字")
    return found


def _plain(value: Any) -> str:
    if isinstance(value, bool):
        return "是" if value else "否"
    return "" if value is None else str(value).strip()


async def receive(desk: Desk, push: Push, now: datetime) -> dict[str, Any]:
    """Let the rules that wait for it look at its case; what to answer. The same message is answered as it was.

    Raises NotFound where no rule waits or no case is meant, TooManyError, UsedKeyError, and StaleCase where the same
    message is in hand elsewhere at this instant.
    """
    waiting = [rule for rule in (await desk.fresh()).rules if rule.source == push.name and not rule.off]
    if not waiting:
        raise NotFound(f"没有启用的自动规则在等“{push.name}”的推送")
    if before := await HookCall.get_or_none(name=push.name, key=push.key):
        return _again(before, push)
    if await HookCall.filter(name=push.name, at__gt=now - MINUTE).count() >= MOST:
        raise TooManyError(f"“{push.name}”一分钟里已经推送 {MOST} 次，请一分钟以后再发")
    case = await _case(push.fields)
    try:
        async with in_transaction():
            return await _carried_out(desk, push, (case.id, waiting), now)
    except IntegrityError as error:
        raise StaleCase("同一条推送正在办，请稍后再发") from error


def _again(before: HookCall, push: Push) -> dict[str, Any]:
    if before.digest != push.digest:
        raise UsedKeyError("这个 Idempotency-Key 以前带过别的内容，没有办；新的内容请换一个")
    return before.answer


async def _carried_out(desk: Desk, push: Push, about: tuple[int, Iterable[Rule]], now: datetime) -> dict[str, Any]:
    case_id, waiting = about
    await lock_cases(case_id)
    case = await Case.get(id=case_id)
    around = Around(desk, await desk.staff.now(), now)
    seen, flow = await seen_now(case, around)
    known = {**seen, **push.facts()}, case.opened_at
    trigger, present = Trigger(PUSHED, source=push.name), desk.business.present
    runs = set_off(waiting, present, flow, (trigger,), known) if case.state in UNDER_WAY else ()
    answer = {NUMBER: case.no, "状态": str(case.state), FIRED: [run.rule for run in runs]}
    await HookCall.create(name=push.name, key=push.key, digest=push.digest, at=now, answer=answer)
    await outbox.put(await carry_out(case, runs, around))
    return answer


async def _case(fields: Mapping[str, str]) -> Case:
    """The case that a message names. Raises NotFound for none, and for several."""
    if no := fields.get(NUMBER):
        found, word = await Case.filter(no=no.upper()), no
    elif word := fields.get(WAYBILL, ""):
        parcels = await Parcel.filter(waybill=word.upper(), case_id__not_isnull=True).values_list("case_id", flat=True)
        found = await Case.filter(id__in=list(parcels))
    elif word := fields.get(ORDER, ""):
        found = await Case.filter(order_no=word)
    else:
        raise NotFound(f"要有字段“{NUMBER}”“{WAYBILL}”或“{ORDER}”，说是哪一张单")
    under_way = [case for case in found if case.state in UNDER_WAY] or found
    if len(under_way) != 1:
        why = f"有 {len(under_way)} 张单，请写单号" if under_way else "没有这样的单"
        raise NotFound(f"{word}：{why}")
    return under_way[0]
