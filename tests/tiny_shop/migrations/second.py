"""Names become longer and the city goes: SQLite can do either only by rebuilding the table."""

from __future__ import annotations

from tortoise import fields, migrations
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    """Rebuilds the parent twice."""

    dependencies = [("tiny", "first")]  # noqa: RUF012
    operations = [  # noqa: RUF012  # as the loader reads it
        ops.AlterField(model_name="Shop", name="name", field=fields.CharField(max_length=100)),
        ops.RemoveField(model_name="Shop", name="city"),
    ]
