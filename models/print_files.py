"""The owner's workbooks that papers are printed by, each kept under what is in it."""

from __future__ import annotations

from tortoise import fields
from tortoise.models import Model

from models.fields import MomentField


class PrintFile(Model):
    """A workbook under its SHA-256: published versions name it by that, so it is never changed."""

    digest = fields.CharField(64, primary_key=True)
    data = fields.BinaryField()
    kept_at = MomentField()

    class Meta:
        table = "print_file"
