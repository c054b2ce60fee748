"""The documents as tests read them: tables, code, links and headings."""

from __future__ import annotations

import re

from tests import ROOT

DOCUMENTS = tuple(sorted((*ROOT.glob("*.md"), *ROOT.glob("docs/*.md"))))
_SPAN = re.compile(r"`([^`\n]+)`")
_LINK = re.compile(r"\]\(([^)\s]+)\)")
_FENCE = re.compile(r"^ *```(\w*)\n(.*?)^ *```$", re.MULTILINE | re.DOTALL)
_CELL_END = re.compile(r"(?<!\\)\|")


def read(name: str) -> str:
    """A document by its path from the root."""
    return (ROOT / name).read_text(encoding="utf-8")


def tables(text: str, *header: str) -> list[list[str]]:
    """The rows of every table whose header begins with ``header``, cell by cell."""
    found: list[list[str]] = []
    wanted = False
    for line in text.splitlines():
        cells = [cell.strip().replace("\\|", "|") for cell in _CELL_END.split(line.strip())[1:-1]]
        if not cells:
            wanted = False
        elif tuple(cells[: len(header)]) == header:
            wanted = True
        elif wanted and set("".join(cells)) - set("-: "):
            found.append(cells)
    assert found, f"no table with the columns {header}"
    return found


def spans(text: str) -> list[str]:
    """What stands between backticks, outside fenced blocks."""
    return _SPAN.findall(_FENCE.sub("", text))


def blocks(text: str, language: str = "") -> list[str]:
    """Fenced blocks of that language; those without one by default."""
    return [body for name, body in _FENCE.findall(text) if name == language]


def links(text: str) -> list[str]:
    """Targets that are not on the web."""
    return [target for target in _LINK.findall(_FENCE.sub("", text)) if "://" not in target]


def anchors(text: str) -> set[str]:
    """What a link may name behind ``#``: headings in lower case, without punctuation, with hyphens for blanks."""
    headings = re.findall(r"^#+ (.+)$", _FENCE.sub("", text), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}
