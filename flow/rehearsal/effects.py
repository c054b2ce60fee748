"""What the 办 of a step would have done: put down for the summary, where a real case books stock, money and words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flow.definitions.vocabulary import CHANGERS, INSPECTOR, LET_GO, PASSES_TO
from flow.engine.requesters import changed_by
from models.fields import yuan
from models.outside import one_line, plain

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from flow.definitions.business import Business
    from flow.engine.values import Step
    from flow.rehearsal.play import Play
    from models.views.case import Person

DONE = "已完成退款"  #: the moment of which a customer is told


@dataclass(frozen=True, slots=True)
class _Doing:
    """One step of a rehearsal that is being taken."""

    play: Play
    business: Business
    who: Person | None


def _missing_part(doing: _Doing) -> None:
    facts = doing.play.facts
    part, fee = plain(one_line(str(facts["缺件"]))), f"{yuan(facts['扣款']):.2f}".rstrip("0").rstrip(".")
    facts["话术"] = doing.business.notices["配件缺失"].format(缺件=part, 扣款=fee)
    doing.play.set_off.append(f"告警群会收到：缺件 {part}，退款已暂停")


def _inspected(doing: _Doing) -> None:
    """Goods go to the zone of their grade; what an earlier inspection had put there is taken back."""
    zones, play = doing.business.zones, doing.play
    play.facts[INSPECTOR] = doing.who.id if doing.who else None
    play.stock = [
        [line["title"] or line["sku"], zones[grade], line[units]]
        for line in play.lines
        for grade, units in (("合格", "accepted"), ("次品", "damaged"))
        if line[units]
    ]


def _pay(doing: _Doing) -> None:
    doing.play.refund, doing.play.refund_error = str(yuan(doing.play.facts["金额"])), ""


def _tell(doing: _Doing) -> None:
    doing.play.told.append(doing.business.notices[DONE])


def _made_good(doing: _Doing) -> None:
    if doing.who:
        doing.play.facts[CHANGERS] = changed_by(doing.play.facts, doing.who.id)


def _let_go(doing: _Doing) -> None:
    doing.play.facts[LET_GO] = True


def _pass_over(doing: _Doing) -> None:
    _let_go(doing)
    doing.play.set_off.append(f"会另开一张单接着办：{doing.play.facts[PASSES_TO]}")


#: those that do more than count, which the engine has done already
_WAYS: dict[str, Callable[[_Doing], None]] = {
    "登记缺件": _missing_part, "登记补偿": _made_good, "放开占用": _let_go, "转单": _pass_over, "质检合格": _inspected,
    "质检次品": _inspected, "确认退款": _pay, "通知客户": _tell,
}  # fmt: skip


def note(play: Play, business: Business, who: Person | None, steps: Iterable[Step]) -> None:
    """Put down what these steps of ``who`` would have done."""
    for effect in (effect for step in steps for effect in step.effects):
        if way := _WAYS.get(effect):
            way(_Doing(play, business, who))
