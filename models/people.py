"""Members, the groups the bot knows, and unfinished conversations."""

from __future__ import annotations

from typing import Any

from tortoise import fields
from tortoise.models import Model

from models.fields import MomentField


class Member(Model):
    """One human of the staff, on either platform or on both."""

    id = fields.IntField(primary_key=True)
    name = fields.CharField(64, unique=True)
    wecom = fields.CharField(64, null=True, unique=True)  # lower case: WeCom compares userids so (D/90236)
    dingtalk = fields.CharField(64, null=True, unique=True)
    manager: fields.ForeignKeyNullableRelation[Member] = fields.ForeignKeyField(
        "models.Member", related_name="reports", null=True, on_delete=fields.SET_NULL
    )
    manager_id: int | None
    team = fields.CharField(64, default="", db_default="")
    regions = fields.JSONField[list[str]](default=list, db_default="[]")
    warehouses = fields.JSONField[list[str]](default=list, db_default="[]")
    categories = fields.JSONField[list[str]](default=list, db_default="[]")
    shops = fields.JSONField[list[str]](default=list, db_default="[]")  # 店铺, none: all of them
    active = fields.BooleanField(default=True, db_default=True)  # leavers stay, for the record
    batch_id = fields.IntField(null=True)

    class Meta:
        table = "member"


class MemberRole(Model):
    """A role that a member holds."""

    id = fields.IntField(primary_key=True)
    member: fields.ForeignKeyRelation[Member] = fields.ForeignKeyField(
        "models.Member", related_name="role_rows", on_delete=fields.CASCADE
    )
    member_id: int
    role = fields.CharField(32, db_index=True)

    class Meta:
        table = "member_role"
        unique_together = (("member", "role"),)


class Group(Model):
    """A group chat that settings name or that somebody has @-ed the bot in."""

    id = fields.IntField(primary_key=True)
    platform = fields.CharField(16)
    chat = fields.CharField(128)
    name = fields.CharField(64, default="", db_default="")

    class Meta:
        table = "chat_group"
        unique_together = (("platform", "chat"),)


class Dialog(Model):
    """What the bot is waiting for from one person: the answers so far, and when it stops waiting."""

    id = fields.IntField(primary_key=True)
    member: fields.ForeignKeyRelation[Member] = fields.ForeignKeyField(
        "models.Member", related_name="dialogs", on_delete=fields.CASCADE
    )
    member_id: int
    kind = fields.CharField(32)
    data = fields.JSONField[dict[str, Any]](default=dict)
    version = fields.IntField(default=1, db_default=1)
    expires_at = MomentField()

    class Meta:
        table = "dialog"
        unique_together = (("member", "kind"),)
