"""The files that say how people speak, read together: a slip in one of them is told before anybody is answered."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flow.definitions.feasts import feasts
from flow.definitions.waybills import couriers
from flow.errors import DefinitionError
from handlers.chat.cues import cues
from handlers.chat.lessons import lessons
from handlers.chat.manual import manual
from handlers.chat.phrases import phrases
from handlers.chat.wordings import wordings

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def problems(*folder: Path) -> Iterator[str]:
    """A sentence for each file that cannot be read, of those that ship or of another ``folder``.

    What has been read is kept for the first answer.
    """
    for read in (phrases, wordings, cues, manual, lessons):
        try:
            read(*folder)
        except DefinitionError as error:
            yield str(error)
    for ship in (feasts, couriers):
        try:
            ship()
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            yield f"{ship.__name__}.yaml：读不出来（{type(error).__name__} {error}）"
