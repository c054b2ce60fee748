"""What came in, what must go out, and what stands on people's phones."""

from __future__ import annotations

from typing import Any

from tortoise import fields
from tortoise.models import Model

from models.case import Case, Task
from models.enums import WorkState
from models.fields import MomentField
from models.people import Member


class Inbox(Model):
    """A verified callback, stored before it is acknowledged, ``event_id`` makes a re-delivery harmless."""

    id = fields.IntField(primary_key=True)
    event_id = fields.CharField(191, unique=True)
    kind = fields.CharField(16)
    payload = fields.JSONField[dict[str, Any]]()
    state = fields.CharEnumField(WorkState, max_length=8, default=WorkState.NEW)
    attempts = fields.IntField(default=0, db_default=0)
    received_at = MomentField()
    run_at = MomentField()
    error = fields.CharField(255, default="", db_default="")
    lane = fields.CharField(96, default="", db_default="")  # whose messages stay in order; "": on its own
    holder = fields.CharField(32, default="", db_default="")  # the replica that has it in hand, while it is taken

    class Meta:
        table = "inbox"
        indexes = (("state", "run_at"), ("lane", "state"))


class Outbox(Model):
    """Something to say or do outside, committed with the change that asked for it, ``key`` makes it once."""

    id = fields.IntField(primary_key=True)
    key = fields.CharField(191, unique=True)
    kind = fields.CharField(16)  # card, refresh, text, image, group, refund, notice
    member_id = fields.IntField(null=True)
    case_id = fields.IntField(null=True)
    payload = fields.JSONField[dict[str, Any]](default=dict)
    state = fields.CharEnumField(WorkState, max_length=8, default=WorkState.NEW)
    attempts = fields.IntField(default=0, db_default=0)
    run_at = MomentField()
    error = fields.CharField(255, default="", db_default="")
    created_at = MomentField()
    lane = fields.CharField(96, default="", db_default="")  # what is said in turn; "": on its own
    holder = fields.CharField(32, default="", db_default="")  # the replica that has it in hand, while it is taken
    in_doubt = fields.BooleanField(default=False, db_default=False)  # an earlier attempt may have come through

    class Meta:
        table = "outbox"
        indexes = (("state", "run_at"), ("lane", "state"))


class Replica(Model):
    """A process of the bot that is at work, ``beats`` grows for as long as it lives, whatever its clock says."""

    name = fields.CharField(32, primary_key=True)
    beats = fields.BigIntField(default=0, db_default=0)

    class Meta:
        table = "replica"


class SentCard(Model):
    """A card on somebody's phone. ``token`` is WeCom's task_id and DingTalk's outTrackId."""

    id = fields.IntField(primary_key=True)
    token = fields.CharField(64, unique=True)
    platform = fields.CharField(16)
    userid = fields.CharField(64)
    member: fields.ForeignKeyRelation[Member] = fields.ForeignKeyField(
        "models.Member", related_name="cards", on_delete=fields.CASCADE
    )
    member_id: int
    name = fields.CharField(32)  # which card; see cards.CARDS
    case: fields.ForeignKeyNullableRelation[Case] = fields.ForeignKeyField(
        "models.Case", related_name="cards", null=True, on_delete=fields.CASCADE
    )
    case_id: int | None
    task: fields.ForeignKeyNullableRelation[Task] = fields.ForeignKeyField(
        "models.Task", related_name="cards", null=True, on_delete=fields.CASCADE, db_index=True
    )
    task_id: int | None
    live = fields.BooleanField(default=True, db_default=True)  # shows a button that would act
    code = fields.CharField(255, default="", db_default="")  # WeCom response_code: one use, 72 h (D/94888)
    code_at = MomentField(null=True)
    spare = fields.CharField(255, default="", db_default="")  # a second code: of the sending, where a tap brought one
    face = fields.JSONField[dict[str, Any]](null=True)  # what a tap made of a question, as it stands or should stand
    # the version of its case that it shows, where it follows one; of a task, the oldest that may still be acted on
    followed = fields.IntField(default=0, db_default=0)
    followed_at = MomentField(null=True)
    sent_at = MomentField()
    in_doubt = False  #: while it is being sent: an earlier attempt got no answer

    @property
    def drawn_once(self) -> bool:
        """Whether only a fresh card can show what is new: WeCom's code is good once, and the end will need it."""
        return self.platform == "wecom"

    class Meta:
        table = "sent_card"
        indexes = (("case_id", "live"),)


class CallMeter(Model):
    """Platform calls of a calendar month, per API: DingTalk's free edition has 5,000 (KB 1431)."""

    id = fields.IntField(primary_key=True)
    month = fields.CharField(7)  # 2026-11
    api = fields.CharField(96)
    calls = fields.IntField(default=0, db_default=0)
    counted = fields.BooleanField(default=True, db_default=True)  # against the month's quota

    class Meta:
        table = "call_meter"
        unique_together = (("month", "api"),)
