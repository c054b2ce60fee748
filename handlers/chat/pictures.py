"""Several pictures for one field: they come one after the other, are counted aloud, and are done with one word."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from flow.cases.photos import keep_photo
from flow.engine import pictures
from flow.engine.forms import SKIP, question
from flow.errors import PolicyRefused

if TYPE_CHECKING:
    from flow.definitions.flow import Field
    from handlers.chat.context import Ctx

TAKEN = "taken"  #: in what is asked: the name and the digest of each picture so far


async def sent(ctx: Ctx, case_id: int, field: Field, taken: list[list[str]]) -> tuple[list[list[str]], str]:
    """The pictures with those that came along, each kept with the case once, and what is said of them."""
    fewest, most = pictures.several(field) or (1, 1)
    found, notes, surplus = list(taken), [], 0
    for upload in ctx.uploads:
        digest = hashlib.sha256(upload.data).hexdigest()
        if any(digest == known for _, known in found):
            notes.append("有一张发过了，只算一次")
        elif len(found) >= most:
            surplus += 1
        else:
            try:
                found.append([await keep_photo(case_id, field.name, upload.data, ctx.me, ctx.at), digest])
            except PolicyRefused as refused:
                notes.append(str(refused))
    notes += [pictures.surplus(surplus, most)] if surplus else []
    return found, "。".join([*dict.fromkeys(notes), pictures.so_far(len(found), fewest, most)])


def ends(field: Field, text: str) -> bool:
    """Whether a word says that there are no more, be they enough or not."""
    return pictures.several(field) is not None and _plain(text) in (*pictures.ENOUGH, SKIP)


def _plain(text: str) -> str:
    return text.strip(" 。.!,，！")


def finished(field: Field, taken: list[list[str]], text: str) -> Any:
    """The answer that a word ends: the names of the pictures, or None for what is left out.

    Raises PolicyRefused where there are too few, or the word is none that ends it.
    """
    fewest, most = pictures.several(field) or (1, 1)
    said = _plain(text)
    if said == SKIP and not field.required:
        return None
    if said == SKIP:
        raise PolicyRefused(f"{field.name}一定要有，不能跳过。{pictures.so_far(len(taken), fewest, most)}")
    if said not in pictures.ENOUGH:
        raise PolicyRefused(pictures.so_far(len(taken), fewest, most) if taken else question(field))
    if len(taken) < fewest:
        raise PolicyRefused(pictures.too_few(len(taken), fewest))
    return [name for name, _ in taken]
