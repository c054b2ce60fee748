"""Photos that people attach to a case: what was seen, by whom, when."""

from __future__ import annotations

from tortoise import fields
from tortoise.models import Model

from models.fields import MomentField


def place_of(digest: str) -> str:
    """Where the bytes with this SHA-256 stand once they are out of the database, as photo stores name it."""
    return f"{digest[:2]}/{digest}"


class Photo(Model):
    """A picture of a case, as our own copy: the platforms keep theirs for days only."""

    id = fields.IntField(primary_key=True)
    case_id = fields.IntField(db_index=True)
    node = fields.CharField(64, default="", db_default="")
    field = fields.CharField(32, default="", db_default="")
    member_id = fields.IntField(null=True)
    at = MomentField()
    digest = fields.CharField(64, db_index=True)  # SHA-256 of the bytes
    size = fields.IntField()
    data = fields.BinaryField()  # empty once the bytes stand elsewhere
    place = fields.CharField(255, default="", db_default="")  # where they stand then, as the photo store names it

    class Meta:
        table = "photo"
        indexes = (("place", "id"),)

    @property
    def copy(self) -> str:
        """Where the bytes stand, or may stand already while the row still has them: a move may have been cut short."""
        return self.place or place_of(self.digest)
