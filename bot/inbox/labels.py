"""Reads the codes off a photo of a label: barcodes and QR codes, dark on light and light on dark, nothing guessed."""

from __future__ import annotations

import asyncio
import io
import re
import struct
import zlib
from typing import TYPE_CHECKING, Any

from handlers.chat.events import Code
from handlers.chat.parse import normalise

if TYPE_CHECKING:
    from PIL.Image import Image

MAX_PIXELS = 50_000_000  #: a phone's camera makes 12 to 48 million; more is no photo of a label
FORMATS = ("JPEG", "MPO", "PNG", "WEBP", "GIF", "BMP")  #: what phones send; not what reads other files or programs
#: what Pillow and its plugins raise for a picture that is broken or none
BROKEN = (OSError, ValueError, TypeError, LookupError, SyntaxError, EOFError, MemoryError, struct.error, zlib.error)
SHIPPING_UNIT = re.compile(r"00\d{18}")  #: an SSCC behind its identifier (GS1 General Specifications, 3.3.1)
CARTON_DIGITS = 14  #: of a GTIN-14, which cartons of articles carry as ITF (GS1 General Specifications, 5.3)


def read(photo: bytes) -> list[Code]:
    """The codes on the photo from top to bottom, each text once; empty when none can be read or it is no picture."""
    from PIL import Image

    Image.MAX_IMAGE_PIXELS = None  # ours is lower, and asked before anything is decoded; Pillow's raises beyond its own
    try:
        with Image.open(io.BytesIO(photo), formats=FORMATS) as picture:
            if picture.width * picture.height > MAX_PIXELS:
                return []
            grey = picture.convert("L")
    except BROKEN:
        return []
    return list(dict.fromkeys(Code(normalise(code.text), _is_retail(code)) for code in _found(grey)))


def _found(grey: Image) -> list[Any]:
    """zxing-cpp 3.1 looks for light codes on dark among the two-dimensional kinds only: the bars need a second look.

    It adds brackets to a GS1 code unless it is told to give what the code holds, which is what a scanner types.
    """
    import zxingcpp  # native code, wanted only when a photo comes
    from PIL import ImageOps

    plain = zxingcpp.TextMode.Plain
    codes = [code for each in (grey, ImageOps.invert(grey)) for code in zxingcpp.read_barcodes(each, text_mode=plain)]
    return sorted(codes, key=lambda code: (code.position.top_left.y, code.position.top_left.x))


def _is_retail(code: Any) -> bool:
    """Whether it is an article's or a carton's code: a UPC-A is read as EAN-13, an ITF-14 as ITF of 14 digits.

    Of GS1's own codes only the number of a shipping unit, the SSCC, is a parcel's.
    """
    kind = code.symbology.name
    if code.content_type.name == "GS1":
        return not SHIPPING_UNIT.fullmatch(code.text)
    return kind == "EANUPC" or (kind == "ITF" and len(code.text) == CARTON_DIGITS)


async def read_aside(photo: bytes) -> list[Code]:
    """The same in a thread: up to a second for a bad photo, which must not hold up a tap."""
    return await asyncio.to_thread(read, photo)
