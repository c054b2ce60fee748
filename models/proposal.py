"""Changes to flows, policies and the other files of the business, from draft to published and back."""

from __future__ import annotations

from typing import Any

from tortoise import fields
from tortoise.models import Model

from models.enums import ProposalState
from models.fields import MomentField


class Proposal(Model):
    """A change that one person makes and a second one publishes. ``items`` are what it would put in place."""

    id = fields.IntField(primary_key=True)
    about = fields.CharField(64)  # the flow or file that people named
    words = fields.JSONField[list[str]](default=list)  # the differences as people read them
    items = fields.JSONField[list[dict[str, Any]]](default=list)  # {"kind", "name", "base", "text"} each; base: version
    before = fields.JSONField[list[dict[str, Any]]](
        default=list
    )  # {"kind", "name", "version"} that publishing replaced
    state = fields.CharEnumField(ProposalState, max_length=8, default=ProposalState.DRAFT)
    version = fields.IntField(default=1, db_default=1)
    author_id = fields.IntField()
    decider_id = fields.IntField(null=True)
    created_at = MomentField()
    decided_at = MomentField(null=True)
    due_at = MomentField(null=True)  # when it is to go live; null: as soon as a second person publishes it
    until_at = MomentField(null=True)  # when what stood there before returns; null: never by itself
    simulated = fields.JSONField[dict[str, Any]](null=True)

    class Meta:
        table = "proposal"
        indexes = (("state", "created_at"),)
