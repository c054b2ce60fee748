"""A case as the roles of one reader may see it: names, numbers and amounts are cut before a card is made. Pure."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from flow.definitions.freight import FREIGHT
from flow.definitions.permissions import ACCOUNT, ADDRESS, AMOUNT, MOBILE, NAME, NOTHING, SURNAME, TAIL, WHOLE
from flow.definitions.vocabulary import BESIDE, DEAR, OTHERS, SPENT
from flow.engine.group_facts import YUAN
from models.views.case import Receiver
from models.views.masks import HIDDEN, hidden, surname, tail

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from flow.definitions.permissions import Matrix
    from models.views.case import CaseBrief, CaseView, LineView

    Mask = Callable[[str], str]

_WAYS: Mapping[str, Mask] = {WHOLE: str, SURNAME: surname, TAIL: tail, NOTHING: hidden}
_PRICED = frozenset({AMOUNT, SPENT, BESIDE, OTHERS, FREIGHT, DEAR})  #: facts that are money, or hold some


def masked_view(view: CaseView, matrix: Matrix, roles: Iterable[str]) -> CaseView:
    """The view as these roles may see it. What is hidden reads ``***``, a hidden amount is None.

    What the warehouse itself writes down, such as a deduction, is no secret; what was paid and is paid back is.
    """
    held = frozenset(roles)
    masks = masks_of(matrix, held)
    shown = replace(
        view, for_reader=True, customer=masks[NAME](view.customer), mobile=masks[MOBILE](view.mobile),
        facts=_cut(view.facts, masks), events=tuple(replace(e, data=_cut(e.data, masks)) for e in view.events),
        receiver=_receiver(view.receiver, masks, whole=matrix.sees(held, ADDRESS) == WHOLE),
    )  # fmt: skip
    return shown if matrix.sees(held, AMOUNT) == WHOLE else _without_amounts(shown)


def _receiver(to: Receiver | None, masks: Mapping[str, Mask], *, whole: bool) -> Receiver | None:
    """Whoever may see where goods go sees all that a parcel's label needs; to others it is a customer like any."""
    if to is None or whole:
        return to
    return Receiver(masks[NAME](to.name), masks[MOBILE](to.mobile), hidden(to.address))


def masks_of(matrix: Matrix, roles: Iterable[str]) -> dict[str, Mask]:
    """How these roles read a customer's name, mobile and account: a way of writing for each of the fields."""
    held = frozenset(roles)
    return {field: _WAYS[matrix.sees(held, field)] for field in (NAME, MOBILE, ACCOUNT)}


def _cut(said: Mapping[str, Any], masks: Mapping[str, Mask]) -> dict[str, Any]:
    return {name: masks[name](str(value)) if name in masks else value for name, value in said.items()}


def _without_amounts(view: CaseView) -> CaseView:
    return replace(
        view, amount=None, reckoning=None, lines=_unpriced(view.lines), facts=_less(view.facts),
        events=tuple(replace(event, data=_less(event.data)) for event in view.events),
        refund=YUAN.sub(f"¥{HIDDEN}", view.refund), refund_error=YUAN.sub(f"¥{HIDDEN}", view.refund_error),
        refund_due=None,
    )  # fmt: skip


def _less(said: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in said.items() if name not in _PRICED}


def masked_brief(brief: CaseBrief, matrix: Matrix, roles: Iterable[str]) -> CaseBrief:
    """The little of a case that its record shows, as these roles may see it."""
    if matrix.sees(roles, AMOUNT) == WHOLE:
        return brief
    return replace(brief, amount=None, reckoning=None, lines=_unpriced(brief.lines))


def _unpriced(lines: tuple[LineView, ...]) -> tuple[LineView, ...]:
    return tuple(replace(line, paid=None) for line in lines)
