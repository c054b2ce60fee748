"""Photos as evidence: kept with who took them and when, named by what is on them."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from flow.errors import PolicyRefused
from models import Photo

if TYPE_CHECKING:
    from datetime import datetime

    from models.values import Person

MAX_BYTES = 10 * 1024 * 1024  #: of one photo, as much as WeCom takes (D/90253)
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
