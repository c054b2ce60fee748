"""Finds the node that a sentence begins with, and tells its name from the words behind. Pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection

_BEFORE = re.compile(r"^(?:退?回?到|退?给|至|去|\s)+")
_PAUSE = " ,。;、:!"


def leading(words: str, names: Collection[str]) -> tuple[str, str]:
    """The node and the other words: ``给提交人,缺照片``; "" and all of the words where none is named."""
    text = _BEFORE.sub("", words)
    for name in sorted(names, key=len, reverse=True):
        if text.startswith(name) and (text == name or not text[len(name)].isalnum()):
            return name, text[len(name) :].strip(_PAUSE)
    return "", words
