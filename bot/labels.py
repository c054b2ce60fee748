"""Reads the waybill off a photo of a label: barcodes and QR codes, nothing guessed."""

from __future__ import annotations

import asyncio
import io

from handlers.parse import normalise, waybill

MAX_PIXELS = 50_000_000  #: a phone's camera makes 12 to 48 million; more is no photo of a label


def read(photo: bytes) -> list[str]:
    """Waybill numbers on the photo, in reading order; empty when none can be read or it is no picture."""
    import zxingcpp  # native code, wanted only when a photo comes
    from PIL import Image, UnidentifiedImageError

    try:
        with Image.open(io.BytesIO(photo)) as picture:
            if picture.width * picture.height > MAX_PIXELS:
                return []
            grey = picture.convert("L")
    except (UnidentifiedImageError, OSError, ValueError):
        return []
    texts = [normalise(code.text) for code in zxingcpp.read_barcodes(grey)]
    return [number for text in texts if (number := waybill(text))]


async def read_aside(photo: bytes) -> list[str]:
    """The same in a thread: up to half a second for a bad photo, which must not hold up a tap."""
    return await asyncio.to_thread(read, photo)
