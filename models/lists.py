"""Customers whom somebody has put on a list, with why and until when."""

from __future__ import annotations

from tortoise import fields
from tortoise.models import Model

from models.fields import MomentField


class CustomerEntry(Model):
    """名单: one customer by number or mobile. What was taken off, or has run out, stays for the record."""

    id = fields.IntField(primary_key=True)
    customer = fields.CharField(64, db_index=True)
    verdict = fields.CharField(8)  # 允许 or 禁止
    why = fields.CharField(255)
    by_id = fields.IntField()
    at = MomentField()
    until = MomentField(null=True)  # null: for good
    removed_at = MomentField(null=True)
    removed_by_id = fields.IntField(null=True)

    class Meta:
        table = "customer_list"
