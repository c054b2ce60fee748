"""A case as documents, and cases as a list: what goes into files, as one reader may see it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from models.views.case import CaseView

Value = str | int | Decimal | datetime | None  #: of a cell; moments are aware
APPLICATION, INSPECTION, REFUND = "退货申请单", "质检报告单", "退款单"
PAPERS = (APPLICATION, INSPECTION, REFUND)


@dataclass(frozen=True, slots=True)
class Entry:
    """What goes into a place of a print template: in words, and as a number or a moment where it is one."""

    text: str
    value: Value = None


@dataclass(frozen=True, slots=True)
class Checked:
    """What an inspection found of one product."""

    sku: str
    title: str
    accepted: int
    damaged: int


@dataclass(frozen=True, slots=True)
class InspectionPaper:
    """质检报告单."""

    no: str
    result: str
    liability: str
    advice: str
    goods: tuple[Checked, ...]
    inspector: str
    at: datetime


@dataclass(frozen=True, slots=True)
class RefundPaper:
    """退款单."""

    no: str
    amount: Decimal | None  #: None where the reader may not see amounts
    method: str
    account: str
    state: str
    deductions: tuple[tuple[str, Decimal], ...]
    confirmed_by: str
    confirmed_at: datetime | None
    paid_at: datetime | None
    reference: str
    error: str


@dataclass(frozen=True, slots=True)
class Papers:
    """退货申请单 with what followed from it."""

    case: CaseView
    shop: str
    region: str
    answers: tuple[tuple[str, str], ...]  #: what the forms have asked for and heard
    inspections: tuple[InspectionPaper, ...]
    refunds: tuple[RefundPaper, ...]
    made_by: str
    made_at: datetime  #: in the merchant's zone
    other_names: Mapping[str, str] = field(default_factory=dict)  #: what a form's field is called, or was -> in answers


@dataclass(frozen=True, slots=True)
class Roll:
    """A list of cases, the newest first."""

    title: str  #: the period and the filters in words
    heads: tuple[str, ...]
    rows: tuple[tuple[Value, ...], ...]
    cut: bool  #: there are more than fit
