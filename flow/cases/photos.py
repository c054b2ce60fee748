"""Photos as evidence: kept with who took them and when, named by what is on them."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from flow.errors import PolicyRefused
from flow.records import outbox
from models import Photo

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from datetime import datetime

    from models.views.case import Person

MAX_BYTES = 10 * 1024 * 1024  #: of one photo, as much as WeCom takes (D/90253)
FILES, PLACES = "erased", "places"  #: kind of the row that has files of photos taken away, and where they stand
_KINDS = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")  #: JPEG, PNG


async def keep_photo(case_id: int, field: str, data: bytes, who: Person, at: datetime) -> str:
    """Keep a picture of a case; ``照片 #12``, by which it is found again. Raises PolicyRefused for no picture."""
    if not data.startswith(_KINDS):
        raise PolicyRefused("这不是 JPG 或 PNG 图片，请直接拍照或从相册里选")
    if len(data) > MAX_BYTES:
        raise PolicyRefused("照片超过 10 MB，请发小一点的")
    photo = await Photo.create(
        case_id=case_id, field=field, member_id=who.id, at=at, size=len(data), data=data,
        digest=hashlib.sha256(data).hexdigest(),
    )  # fmt: skip
    return f"照片 #{photo.id}"


async def take_away(photos: Iterable[Photo], key: str, now: datetime) -> None:
    """Have the files of photos whose rows go in the caller's transaction taken away by the worker, kill or no kill."""
    if places := sorted({photo.copy for photo in photos}):
        await outbox.put([outbox.row(FILES, f"{FILES}:{key}", now, payload={PLACES: places})])


async def unnamed(places: Collection[str]) -> tuple[str, ...]:
    """Of the places of photos those that no row names."""
    named = set(await Photo.filter(place__in=list(places)).values_list("place", flat=True))
    return tuple(sorted(set(places) - named - {""}))
