"""Keys that the bot has made for itself, and customers' links that were called in."""

from __future__ import annotations

from tortoise import fields
from tortoise.models import Model

from models.fields import MomentField


class LinkKey(Model):
    """A key of signed links, shared by the replicas: the newest signs, all open, until the older ones are dropped."""

    id = fields.IntField(primary_key=True)
    purpose = fields.CharField(16, default="", db_default="")  # "" makes the keys of every purpose
    value = fields.CharField(64, unique=True)  # 32 bytes in hex
    made_at = MomentField()

    class Meta:
        table = "link_key"


class CaseLink(Model):
    """How often the links of a case were revoked: one that was made earlier opens nothing."""

    case_id = fields.IntField(primary_key=True, generated=False)
    revoked = fields.IntField(default=0, db_default=0)
    revoked_at = MomentField()
    revoked_by_id = fields.IntField()

    class Meta:
        table = "case_link"
