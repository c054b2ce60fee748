"""A shop of three tables with every kind of index and of child, for migrations that rebuild its main table."""

from __future__ import annotations

from tortoise import fields
from tortoise.models import Model


class Shop(Model):
    """The parent whose table is rebuilt."""

    id = fields.IntField(primary_key=True)
    name = fields.CharField(100)
    code = fields.CharField(10, unique=True)
    region = fields.CharField(10, db_index=True)
    rank = fields.IntField()

    class Meta:
        table = "tiny_shop"
        unique_together = (("name", "region"),)
        indexes = (("region", "rank"),)


class Item(Model):
    """A child that would go with a dropped parent."""

    id = fields.IntField(primary_key=True)
    shop: fields.ForeignKeyRelation[Shop] = fields.ForeignKeyField("tiny.Shop", on_delete=fields.CASCADE)

    class Meta:
        table = "tiny_item"


class Remark(Model):
    """A child that would forget a dropped parent."""

    id = fields.IntField(primary_key=True)
    shop: fields.ForeignKeyNullableRelation[Shop] = fields.ForeignKeyField(
        "tiny.Shop", null=True, on_delete=fields.SET_NULL
    )

    class Meta:
        table = "tiny_remark"
