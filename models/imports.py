"""Imported batches, so that each can be explained and undone."""

from __future__ import annotations

from typing import Any

from tortoise import fields
from tortoise.models import Model

from models.fields import MomentField


class ImportBatch(Model):
    """One run of ``import``: the file, what went in, and what is needed to take it out again."""

    id = fields.IntField(primary_key=True)
    kind = fields.CharField(16)  # members, orders, products, cases
    file = fields.CharField(255)
    digest = fields.CharField(64)
    counts = fields.JSONField[dict[str, Any]](default=dict)
    before = fields.JSONField[list[dict[str, Any]]](default=list)  # rows as they were, where the import changed rows
    started_at = MomentField()
    undone_at = MomentField(null=True)
    cleared_at = MomentField(null=True)  # when ``before`` was dropped for its age: it can't be undone since

    class Meta:
        table = "import_batch"
