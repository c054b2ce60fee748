"""Who is away, and who acts for them."""

from __future__ import annotations

from tortoise import fields
from tortoise.models import Model

from models.fields import MomentField


class Leave(Model):
    """请假: from one moment to another a delegate acts."""

    id = fields.IntField(primary_key=True)
    member_id = fields.IntField(db_index=True)
    delegate_id = fields.IntField(db_index=True)
    starts_at = MomentField()
    ends_at = MomentField(db_index=True)
    by_id = fields.IntField()  # who wrote it down: the member, or a manager
    cancelled = fields.BooleanField(default=False, db_default=False)

    class Meta:
        table = "staff_leave"
