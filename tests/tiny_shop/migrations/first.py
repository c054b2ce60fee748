"""The tables as they were: short names, and a column that will go."""

from __future__ import annotations

from tortoise import fields, migrations
from tortoise.fields.base import OnDelete
from tortoise.indexes import Index
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    """Makes them."""

    initial = True
    operations = [  # noqa: RUF012  # as the loader reads it
        ops.CreateModel(
            name="Shop",
            fields=[
                ("id", fields.IntField(generated=True, primary_key=True)),
                ("name", fields.CharField(max_length=10)),
                ("code", fields.CharField(max_length=10, unique=True)),
                ("region", fields.CharField(max_length=10, db_index=True)),
                ("rank", fields.IntField()),
                ("city", fields.CharField(max_length=10, db_index=True)),
            ],
            options={
                "table": "tiny_shop", "app": "tiny", "pk_attr": "id", "unique_together": (("name", "region"),),
                "indexes": [Index(fields=["region", "rank"])],
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Item",
            fields=[
                ("id", fields.IntField(generated=True, primary_key=True)),
                ("shop", fields.ForeignKeyField("tiny.Shop", source_field="shop_id", on_delete=OnDelete.CASCADE)),
            ],
            options={"table": "tiny_item", "app": "tiny", "pk_attr": "id"},
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Remark",
            fields=[
                ("id", fields.IntField(generated=True, primary_key=True)),
                (
                    "shop",
                    fields.ForeignKeyField(
                        "tiny.Shop", source_field="shop_id", null=True, on_delete=OnDelete.SET_NULL
                    ),
                ),
            ],
            options={"table": "tiny_remark", "app": "tiny", "pk_attr": "id"},
            bases=["Model"],
        ),
    ]  # fmt: skip
