"""Names of photos outside the database."""

from __future__ import annotations

import re

_PLACE = re.compile(r"[0-9a-f]{2}/[0-9a-f]{64}")


def checked(place: str) -> str:
    """The place as it is. Raises ValueError for a name that is none of ours, and might lead anywhere."""
    if not _PLACE.fullmatch(place):
        raise ValueError(f"no place of a photo: {place!r}")
    return place
