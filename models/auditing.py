"""What stands on record beside the cases: who looked, exported, erased; and each day's anchor of all records."""

from __future__ import annotations

from typing import Any

from tortoise import fields
from tortoise.models import Model

from models.fields import MomentField


class AuditEntry(Model):
    """访问记录: one row per answer that showed, exported or erased somebody's data. A chain of its own."""

    id = fields.IntField(primary_key=True)
    seq = fields.IntField(unique=True)
    at = MomentField(db_index=True)
    actor_id = fields.IntField(null=True)  # null: the system, or whoever had the command line
    actor = fields.CharField(64)
    kind = fields.CharField(16)  # 查看, 导出, 清除, …
    data = fields.JSONField[dict[str, Any]](default=dict)  # whose: numbers of cases and orders, never what was typed
    before = fields.CharField(64)
    hash = fields.CharField(64)
    seal = fields.CharField(32)

    class Meta:
        table = "audit_entry"
        indexes = (("kind", "seq"),)


class AuditAnchor(Model):
    """审计锚: one hash over the heads of all records that have moved since the one before."""

    id = fields.IntField(primary_key=True)
    no = fields.IntField(unique=True)
    day = fields.CharField(10, unique=True)  # 2026-11-30
    at = MomentField()
    body = fields.JSONField[dict[str, Any]]()  # root of the heads, how many, the access log's head
    heads = fields.JSONField[list[list[Any]]]()  # number, seq and chain of each
    last_event = fields.IntField()  # id up to which events had been written
    before = fields.CharField(64)
    hash = fields.CharField(64)
    seal = fields.CharField(64)

    class Meta:
        table = "audit_anchor"
