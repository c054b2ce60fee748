"""Counters, and the published versions of flows and policies."""

from __future__ import annotations

from tortoise import fields
from tortoise.models import Model

from models.fields import MomentField


class Counter(Model):
    """A number that only grows: case numbers of a day, the revision of the members."""

    name = fields.CharField(64, primary_key=True)
    value = fields.BigIntField(default=0, db_default=0)
    seal = fields.CharField(64, default="", db_default="")  # where a number that goes back must show

    class Meta:
        table = "counter"


class Refusal(Model):
    """Somebody tried what they may not. Beside the chain of the case, which such a try leaves as it was."""

    id = fields.IntField(primary_key=True)
    at = MomentField()
    member_id = fields.IntField()
    case_id = fields.IntField(null=True, db_index=True)
    action = fields.CharField(32)
    words = fields.CharField(255)  # the sentence that was said

    class Meta:
        table = "refusal"


class Definition(Model):
    """A flow, a policy or another business file as it was published, never changed afterwards."""

    id = fields.IntField(primary_key=True)
    kind = fields.CharField(16)  # flow, policy, reasons, …
    name = fields.CharField(64)
    version = fields.IntField()
    text = fields.TextField()
    digest = fields.CharField(64)
    active = fields.BooleanField(default=False, db_default=False)  # new cases take the active version of their name
    published_at = MomentField()
    published_by = fields.CharField(64, default="", db_default="")

    class Meta:
        table = "definition"
        unique_together = (("kind", "name", "version"),)
