"""What is produced on the way: inspections, refunds, parcels, stock moves, customer notices."""

from __future__ import annotations

from typing import Any

from tortoise import fields
from tortoise.models import Model

from models.case import Case
from models.enums import RefundState, WorkState
from models.fields import MomentField, MoneyField


class Parcel(Model):
    """包裹 on its way to the warehouse, without a case it is an unknown parcel (无主件)."""

    id = fields.IntField(primary_key=True)
    waybill = fields.CharField(64, db_index=True)
    case: fields.ForeignKeyNullableRelation[Case] = fields.ForeignKeyField(
        "models.Case", related_name="parcels", null=True, on_delete=fields.RESTRICT
    )
    case_id: int | None
    announced_at = MomentField()
    received_at = MomentField(null=True)
    refused = fields.BooleanField(default=False, db_default=False)
    outbound = fields.BooleanField(default=False, db_default=False)  # sent to the customer

    class Meta:
        table = "parcel"
        unique_together = (("case", "waybill"),)


class Inspection(Model):
    """质检报告单."""

    id = fields.IntField(primary_key=True)
    case: fields.ForeignKeyRelation[Case] = fields.ForeignKeyField(
        "models.Case", related_name="inspections", on_delete=fields.CASCADE, db_index=True
    )
    case_id: int
    no = fields.CharField(32, unique=True)  # R20261122-0007-Q1
    result = fields.CharField(32)
    liability = fields.CharField(32, default="", db_default="")
    advice = fields.CharField(255, default="", db_default="")
    counts = fields.JSONField[list[dict[str, Any]]](default=list)  # per line: sku, accepted, damaged
    inspector_id = fields.IntField(null=True)
    at = MomentField()

    class Meta:
        table = "inspection"


class Refund(Model):
    """退款单. ``no`` is also the key under which a shop is asked, so that asking twice pays once."""

    id = fields.IntField(primary_key=True)
    case: fields.ForeignKeyRelation[Case] = fields.ForeignKeyField(
        "models.Case", related_name="refunds", on_delete=fields.CASCADE, db_index=True
    )
    case_id: int
    no = fields.CharField(32, unique=True)  # R20261122-0007-T1
    amount = MoneyField()
    method = fields.CharField(32, default="原路退回", db_default="原路退回")
    account = fields.CharField(128, default="", db_default="")
    deductions = fields.JSONField[list[dict[str, Any]]](default=list)  # {"name", "amount"} each
    state = fields.CharEnumField(RefundState, max_length=8, default=RefundState.PENDING)
    confirmed_by = fields.IntField(null=True)
    confirmed_at = MomentField(null=True)
    paid_at = MomentField(null=True)
    reference = fields.CharField(64, default="", db_default="")  # the shop's own number
    error = fields.CharField(255, default="", db_default="")

    class Meta:
        table = "refund"
        indexes = (("paid_at",),)

    @property
    def final_reference(self) -> str:
        """The shop's number once it has paid; before that it may still name another."""
        return self.reference if self.state is RefundState.PAID else ""


class StockMove(Model):
    """库存流水: units into (+) or out of (−) a zone, the sum over rows is the stock."""

    id = fields.IntField(primary_key=True)
    key = fields.CharField(96, unique=True)
    case: fields.ForeignKeyNullableRelation[Case] = fields.ForeignKeyField(
        "models.Case", related_name="stock_moves", null=True, on_delete=fields.RESTRICT, db_index=True
    )
    case_id: int | None
    sku = fields.CharField(64, db_index=True)
    zone = fields.CharField(32)
    quantity = fields.IntField()
    at = MomentField()

    class Meta:
        table = "stock_move"


class CustomerNotice(Model):
    """通知 to the customer: what was said, by which way, and whether it arrived."""

    id = fields.IntField(primary_key=True)
    key = fields.CharField(96, unique=True)
    case: fields.ForeignKeyRelation[Case] = fields.ForeignKeyField(
        "models.Case", related_name="notices", on_delete=fields.CASCADE, db_index=True
    )
    case_id: int
    moment = fields.CharField(32)
    text = fields.CharField(500)
    way = fields.CharField(16, default="", db_default="")  # sms, email, or "" when the customer left neither
    state = fields.CharEnumField(WorkState, max_length=8, default=WorkState.NEW)
    error = fields.CharField(255, default="", db_default="")
    at = MomentField()

    class Meta:
        table = "customer_notice"


class RuleTurn(Model):
    """A rule of 自动规则 whose time has come: how far it has got through the cases, so that each is looked at once."""

    id = fields.IntField(primary_key=True)
    rule = fields.CharField(24)
    due_at = MomentField()
    version = fields.IntField()  # of the rules as they are published
    after_id = fields.IntField(default=0, db_default=0)  # the last case that was looked at
    fired = fields.IntField(default=0, db_default=0)
    failures = fields.IntField(default=0, db_default=0)  # in a row
    state = fields.CharEnumField(WorkState, max_length=8, default=WorkState.NEW)
    error = fields.CharField(255, default="", db_default="")

    class Meta:
        table = "rule_turn"
        unique_together = (("rule", "due_at"),)
        indexes = (("state", "due_at"),)


class HookCall(Model):
    """A message of another system about a case, and what it was answered: sent again, it is answered so again."""

    id = fields.IntField(primary_key=True)
    name = fields.CharField(24)  # whose message
    key = fields.CharField(128)  # by which the sender knows it again
    digest = fields.CharField(64)  # of what was in it
    at = MomentField()
    answer = fields.JSONField[dict[str, Any]](default=dict)

    class Meta:
        table = "hook_call"
        unique_together = (("name", "key"),)
        indexes = (("name", "at"),)
