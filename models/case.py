"""A case, its lines, the work it asks of people, and the chained record of what happened."""

from __future__ import annotations

from typing import Any

from tortoise import fields
from tortoise.models import Model

from models.catalog import Order
from models.enums import CaseState, CloseReason, TaskState
from models.fields import MomentField, MoneyField, PriceField
from models.ledger import Definition
from models.people import Member


class Case(Model):
    """售后单. Only ``flow``'s ``advance()`` writes its state, claiming ``version``."""

    id = fields.IntField(primary_key=True)
    no = fields.CharField(24, unique=True)  # R20261122-0007
    kind = fields.CharField(16)  # 售后类型: 退货, 换货, …
    return_type = fields.CharField(32, default="", db_default="")  # carries the strategy
    reason = fields.CharField(64, default="", db_default="", db_index=True)
    note = fields.CharField(500, default="", db_default="")
    shop = fields.CharField(32, default="", db_default="")
    order: fields.ForeignKeyNullableRelation[Order] = fields.ForeignKeyField(
        "models.Order", related_name="cases", null=True, on_delete=fields.RESTRICT, db_index=True
    )
    order_id: int | None
    order_no = fields.CharField(64, default="", db_default="", db_index=True)
    snapshot = fields.JSONField[dict[str, Any]](default=dict)  # the order as it was when the case was opened
    customer = fields.CharField(64, default="", db_default="", db_index=True)
    region = fields.CharField(64, default="", db_default="")
    flow: fields.ForeignKeyNullableRelation[Definition] = fields.ForeignKeyField(
        "models.Definition", related_name="flow_cases", null=True, on_delete=fields.RESTRICT
    )
    flow_id: int | None  # the definition it started with, whatever is published since
    policy: fields.ForeignKeyNullableRelation[Definition] = fields.ForeignKeyField(
        "models.Definition", related_name="policy_cases", null=True, on_delete=fields.RESTRICT
    )
    policy_id: int | None
    state = fields.CharEnumField(CaseState, max_length=8, default=CaseState.OPEN)
    close_reason = fields.CharEnumField(CloseReason, max_length=8, null=True)
    nodes = fields.JSONField[list[str]](default=list)  # where it stands; several after a fork
    facts = fields.JSONField[dict[str, Any]](default=dict)  # what forms and rules have said so far
    amount = MoneyField(default=0, db_default=0)  # the refund asked for, re-estimated as goods are counted
    version = fields.IntField(default=1, db_default=1)
    seq = fields.IntField(default=0, db_default=0)  # events so far
    chain = fields.CharField(64, default="", db_default="")  # hash of the last event
    seal = fields.CharField(64, default="", db_default="")  # of number, seq, chain and base; see flow.audit
    base = fields.JSONField[dict[str, Any]](null=True)  # how it stood when the audit began, if it is older
    creator: fields.ForeignKeyNullableRelation[Member] = fields.ForeignKeyField(
        "models.Member", related_name="created", null=True, on_delete=fields.RESTRICT
    )
    creator_id: int | None
    opened_at = MomentField(db_index=True)
    closed_at = MomentField(null=True)
    answered_at = MomentField(null=True)  # the first decision by somebody other than its creator; see flow.marks
    reworked_at = MomentField(null=True)  # when work on it was first done again
    resume_at = MomentField(null=True)  # when a case that was put aside is taken up by itself
    merged_into_id = fields.IntField(null=True)  # the case that a duplicate became part of
    parent_id = fields.IntField(null=True)  # the case that this one was split off
    undo = fields.JSONField[dict[str, Any]](null=True)  # where it stood before the last decision, for 撤回
    source = fields.CharField(96, null=True, unique=True)  # names an imported row, so that a second import skips it
    batch_id = fields.IntField(null=True, db_index=True)

    lines: fields.ReverseRelation[CaseLine]
    tasks: fields.ReverseRelation[Task]
    events: fields.ReverseRelation[Event]

    @property
    def goes_on(self) -> bool:
        """Whether something of it is still to be done: the case itself, or a side branch that has outlived it."""
        return not self.state.ended or bool(self.nodes)

    class Meta:
        table = "return_case"
        indexes = (("resume_at",), ("merged_into_id",), ("parent_id",), ("state",))


class CaseLine(Model):
    """明细: one product of a case with what was asked, came, and passed."""

    id = fields.IntField(primary_key=True)
    case: fields.ForeignKeyRelation[Case] = fields.ForeignKeyField(
        "models.Case", related_name="lines", on_delete=fields.CASCADE, db_index=True
    )
    case_id: int
    order_line_id = fields.IntField(null=True, db_index=True)
    sku = fields.CharField(64, db_index=True)
    title = fields.CharField(255, default="", db_default="")
    unit_price = PriceField()
    paid = MoneyField()  # what the customer paid for the requested units
    requested = fields.IntField()
    received = fields.IntField(default=0, db_default=0)
    accepted = fields.IntField(default=0, db_default=0)
    damaged = fields.IntField(default=0, db_default=0)

    class Meta:
        table = "case_line"


class Task(Model):
    """待办 of one person at one node, the due moment is a row, so that a sweep costs what is due."""

    id = fields.IntField(primary_key=True)
    case: fields.ForeignKeyRelation[Case] = fields.ForeignKeyField(
        "models.Case", related_name="tasks", on_delete=fields.CASCADE
    )
    case_id: int
    node = fields.CharField(64)
    visit = fields.IntField(default=1, db_default=1)  # the case version that opened the node
    owner: fields.ForeignKeyRelation[Member] = fields.ForeignKeyField(
        "models.Member", related_name="tasks", on_delete=fields.RESTRICT
    )
    owner_id: int
    why = fields.CharField(255, default="", db_default="")  # the rule that chose this owner
    state = fields.CharEnumField(TaskState, max_length=8, default=TaskState.OPEN)
    opened_at = MomentField()
    due_at = MomentField()
    remind_at = MomentField(null=True, db_index=True)  # when somebody must be told, null: never
    closed_at = MomentField(null=True)
    action = fields.CharField(32, default="", db_default="")
    level = fields.IntField(default=0, db_default=0)  # of a node in levels: 0 初检, 1 复检, …
    after_id = fields.IntField(null=True)  # a held task opens when that one has agreed
    added = fields.BooleanField(default=False, db_default=False)  # by 加签
    for_id = fields.IntField(null=True)  # the member on leave in whose place the owner acts
    seen_at = MomentField(null=True)  # when the owner first looked, which ends the time for 撤回
    snoozed_until = MomentField(null=True)  # put off by its owner
    snoozed_for = fields.CharField(16, default="", db_default="")  # what brings it back sooner: 客户回复

    class Meta:
        table = "task"
        indexes = (("owner_id", "state", "due_at"), ("case_id", "state"), ("state",))


class Event(Model):
    """流水: one row per thing that happened, each carrying the hash of the one before in its case."""

    id = fields.IntField(primary_key=True)
    case: fields.ForeignKeyRelation[Case] = fields.ForeignKeyField(
        "models.Case", related_name="events", on_delete=fields.CASCADE
    )
    case_id: int
    seq = fields.IntField()
    at = MomentField()
    actor_id = fields.IntField(null=True)  # null: the system
    actor = fields.CharField(64)
    action = fields.CharField(64)
    node = fields.CharField(64, default="", db_default="")
    data = fields.JSONField[dict[str, Any]](default=dict)
    before = fields.CharField(64)
    hash = fields.CharField(64)
    salt = fields.CharField(32, default="", db_default="")  # of the commitments to its data; "" before there were any
    stand = fields.JSONField[dict[str, Any]](null=True)  # the case's rows as this step has left them; see flow.stand
    erased = fields.JSONField[dict[str, Any]](null=True)  # what is left of commitments to data that was erased
    seal = fields.CharField(32, default="", db_default="")  # a short one of its hash

    class Meta:
        table = "case_event"
        unique_together = (("case", "seq"),)
