"""Fills a template in its own XML: styles, merged cells, pictures, widths and the way it prints stay as they are.

A library that reads a workbook and writes it anew loses header pictures, shapes and what it does not know.
"""

from __future__ import annotations

import posixpath
import re
from bisect import bisect_right
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from itertools import accumulate
from typing import TYPE_CHECKING

from flow.spreadsheets import parts as package
from flow.spreadsheets import tree as xml
from flow.spreadsheets.formats import code_of, is_date
from flow.spreadsheets.places import column_letters
from flow.spreadsheets.shift import Shift, rows_of
from flow.spreadsheets.stencil import Slot, marked, pieces
from flow.spreadsheets.template import merged, read_template

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from flow.spreadsheets.template import Cell, Grid, Row, Template
    from flow.spreadsheets.tree import Node, Tree
    from models.views.papers import Entry

    Entries = Mapping[str, Entry]
    Find = Callable[[Slot], Entry | None]

MAX_AGAIN = 500  #: rows that one row becomes
MAX_FOOT = 255  #: characters of a header or footer, as Excel has it
PLAIN_TEXT = "@"
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_LIKE_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_DROPPED = ("dataValidations", "extLst", "ignoredErrors")  #: no paper shows them, and they name cells
_RANGED = ("conditionalFormatting", "hyperlink", "autoFilter", "dimension", "protectedRange")
_EPOCHS = {False: datetime(1899, 12, 30), True: datetime(1904, 1, 1)}  # noqa: DTZ001  a day number has no zone


@dataclass(frozen=True, slots=True)
class Filling:
    """What goes into the places: by name, and for rows that repeat by group."""

    plain: Entries
    rows: Mapping[str, Sequence[Entries]]

    def find(self, slot: Slot) -> Entry | None:
        return self.plain.get(slot.words[1:-1])

    def of(self, group: str, n: int) -> Find:
        """What goes into the places of one of the rows."""
        items = self.rows.get(group, ())

        def find(slot: Slot) -> Entry | None:
            if slot.group != group:
                return self.find(slot)
            return items[n].get(slot.name) if n < len(items) else None

        return find


def fill(data: bytes, filling: Filling) -> bytes:
    """The filled workbook. Raises UnfitError for a template that cannot be filled."""
    template = read_template(data)
    quoted = _Quoted(template)
    shifts = {grid.name: _fill_grid(grid, filling, quoted) for grid in template.grids}
    parts = dict(template.parts)
    for grid in template.grids:
        parts[grid.path] = xml.written(grid.tree)
        _move_pictures(parts, grid, shifts[grid.name])
    _rename(parts, shifts)
    quoted.save(parts)
    _without_chain(parts)
    parts[package.TYPES] = parts[package.TYPES].replace(b"spreadsheetml.template.main", b"spreadsheetml.sheet.main")
    return package.write_parts(parts)


# -- cells -------------------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Quoted:
    """Styles for texts that look like formulas, made as they are needed: Excel keeps such a text a text when edited."""

    template: Template
    tree: Tree | None = None
    made: dict[int, int] = field(default_factory=dict)

    def style(self, of: int) -> int:
        if of not in self.made:
            self.made[of] = self._add(of)
        return self.made[of]

    def _add(self, of: int) -> int:
        data = self.template.parts.get("xl/styles.xml")
        if data is None:
            return of
        self.tree = self.tree or xml.parse(data)
        held = xml.child(xml.root_of(self.tree), "cellXfs")
        known = xml.children(held, "xf") if held is not None else []
        if held is None or of >= len(known):
            return of
        fresh = known[of].cloneNode(deep=True)
        fresh.setAttribute("quotePrefix", "1")
        held.appendChild(fresh)
        held.setAttribute("count", str(len(known) + 1))
        return len(known)

    def save(self, parts: dict[str, bytes]) -> None:
        if self.tree is not None:
            parts["xl/styles.xml"] = xml.written(self.tree)


def _fill_grid(grid: Grid, filling: Filling, quoted: _Quoted) -> Shift:
    """Fill the tree of a sheet; where its rows have gone."""
    more = {}
    for row in grid.rows:
        if groups := row.groups():
            more[row.number] = max(1, min(len(filling.rows.get(groups[0], ())), MAX_AGAIN)) - 1
    shift = Shift({number: count for number, count in more.items() if count})
    own = merged(grid)
    for row in grid.rows:
        _fill_row(row, filling, (shift, more.get(row.number, 0)), quoted)
    for foot in grid.feet():
        text = xml.text_of(foot)
        if any(isinstance(piece, Slot) for piece in pieces(text)):
            xml.set_text(foot, _foot(text, filling.find))
    _place(grid, shift, own)
    return shift


def _fill_row(row: Row, filling: Filling, moved: tuple[Shift, int], quoted: _Quoted) -> None:
    shift, more = moved
    groups, at = row.groups(), shift.start(row.number)
    copies = [row.node.cloneNode(deep=True) for _ in range(more)]
    nodes = [row.node, *copies]
    for copy in reversed(copies):
        row.node.parentNode.insertBefore(copy, row.node.nextSibling)
    for n, node in enumerate(nodes):
        find = filling.of(groups[0], n) if groups else filling.find
        node.setAttribute("r", str(at + n))
        filled = False
        for cell, own in zip(xml.children(node, "c"), row.cells, strict=True):
            cell.setAttribute("r", f"{column_letters(own.column)}{at + n}")
            filled |= _fill_cell(cell, own, find, quoted)
        if filled and node.getAttribute("customHeight") not in ("1", "true") and node.hasAttribute("ht"):
            node.removeAttribute("ht")  # as high as its texts take


def _fill_cell(node: Node, own: Cell, find: Find, quoted: _Quoted) -> bool:
    """Whether there was something to fill."""
    whole = pieces(own.text)
    has_slots = any(isinstance(piece, Slot) for piece in whole)
    if own.held is None or not (has_slots or "{{" in own.text or "}}" in own.text):
        return False
    entry = find(whole[0]) if len(whole) == 1 and isinstance(whole[0], Slot) else None
    style = int(node.getAttribute("s") or 0)
    number = _number(entry, style, quoted.template) if entry is not None else None
    if number is None:
        _write_text(node, own.held, find, quoted)
        return has_slots
    xml.empty(node)
    if node.hasAttribute("t"):
        node.removeAttribute("t")
    xml.set_text(xml.added(node, "v"), number)
    return True


def _number(entry: Entry, style: int, template: Template) -> str | None:
    """The number that a cell of a style shows as its owner wants; None where it is to be a text."""
    known = template.book.formats
    shown = known[style] if style < len(known) else 0
    value, plain = entry.value, code_of(shown) in ("General", "", PLAIN_TEXT)
    if isinstance(value, datetime):
        return _day_number(value, from_1904=template.book.from_1904) if is_date(shown) else None
    if value is None or is_date(shown) or code_of(shown) == PLAIN_TEXT:
        return None
    return f"{value:f}" if isinstance(value, Decimal) and not plain else str(value) if isinstance(value, int) else None


def _day_number(value: datetime, *, from_1904: bool) -> str:
    gone = value.replace(tzinfo=None, second=0, microsecond=0) - _EPOCHS[from_1904]
    return repr(gone.days + gone.seconds / 86400)


def _write_text(node: Node, own: Node, find: Find, quoted: _Quoted) -> None:
    """The runs of a text as they looked, with what goes into them."""
    kept = [each.cloneNode(deep=True) for each in xml.children(own) if each.localName in ("t", "r")]
    xml.empty(node)
    node.setAttribute("t", "inlineStr")
    held = xml.added(node, "is")
    for each in kept:
        held.appendChild(each)
    runs = xml.runs_of(held)
    for run, said in zip(runs, _by_run([xml.text_of(run) for run in runs], find), strict=True):
        xml.set_text(run, said)
        run.setAttribute("xml:space", "preserve")
    text = "".join(xml.text_of(run) for run in runs)
    if not text:
        xml.empty(node)
        node.removeAttribute("t")
    elif text.startswith(_LIKE_FORMULA):
        node.setAttribute("s", str(quoted.style(int(node.getAttribute("s") or 0))))


def _by_run(texts: Sequence[str], find: Find) -> list[str]:
    """What each run says when it is filled.

    A slot belongs to the run in which its name begins: programs that have a font for each script put ``{`` and 退款
    into runs of their own.
    """
    ends = list(accumulate(len(text) for text in texts))
    filled = ["" for _ in texts]
    for place, piece in marked("".join(texts)):
        if isinstance(piece, Slot):
            filled[bisect_right(ends, place)] += _said(find(piece))
            continue
        for n, char in enumerate(piece, place):
            filled[min(bisect_right(ends, n), len(filled) - 1)] += char
    return filled


def _said(entry: Entry | None) -> str:
    return _ILLEGAL.sub("", entry.text) if entry else ""


def _foot(text: str, find: Find) -> str:
    """Codes such as &P are the owner's; what is filled in has none."""
    parts = (piece if isinstance(piece, str) else _said(find(piece)).replace("&", "&&") for piece in pieces(text))
    return "".join(parts)[:MAX_FOOT]


# -- what names rows ---------------------------------------------------------------------------------------------------


def _place(grid: Grid, shift: Shift, own: Sequence[str]) -> None:
    """Everything that names cells, where they are now."""
    for name in _DROPPED:
        for each in xml.children(grid.root, name):
            xml.drop(each)
    _merge(grid, shift, own)
    for each in [node for name in _RANGED for node in xml.every(grid.root, name)]:
        for key in filter(each.hasAttribute, ("ref", "sqref")):
            each.setAttribute(key, shift.ref(each.getAttribute(key)))
    for formula in xml.every(grid.root, "formula"):
        xml.set_text(formula, shift.formula(xml.text_of(formula)))
    for each in [mark for held in xml.children(grid.root, "rowBreaks") for mark in xml.children(held, "brk")]:
        each.setAttribute("id", str(shift.end(int(each.getAttribute("id") or 0))))


def _merge(grid: Grid, shift: Shift, own: Sequence[str]) -> None:
    """Cells that are merged in a row that repeats are merged in every copy."""
    held = xml.child(grid.root, "mergeCells")
    if held is None:
        return
    found = []
    for ref in own:
        first, last = rows_of(ref) or (0, 0)
        again = shift.more.get(first, 0) if first == last else 0
        one = Shift({row: more for row, more in shift.more.items() if row != first or not again})
        found += [Shift({0: n}).ref(one.ref(ref)) for n in range(again + 1)]
    xml.empty(held)
    for ref in found:
        xml.added(held, "mergeCell").setAttribute("ref", ref)
    held.setAttribute("count", str(len(found)))


def _move_pictures(parts: dict[str, bytes], grid: Grid, shift: Shift) -> None:
    """Pictures below go down with their rows, and keep their size."""
    if not shift.more:
        return
    for path in _drawings(parts, grid):
        drawn = xml.parse(parts[path])
        for anchor in xml.children(xml.root_of(drawn)):
            corners = [row for end in xml.children(anchor) if end.localName in ("from", "to")
                       for row in xml.children(end, "row")]  # fmt: skip
            rows = [int(xml.text_of(each)) for each in corners]
            for corner, row in zip(corners, rows, strict=True):
                xml.set_text(corner, str(row + shift.start(rows[0] + 1) - rows[0] - 1))
        parts[path] = xml.written(drawn)


def _drawings(parts: dict[str, bytes], grid: Grid) -> list[str]:
    folder, name = posixpath.split(grid.path)
    data = parts.get(f"{folder}/_rels/{name}.rels")
    links = xml.children(xml.root_of(xml.parse(data))) if data else []
    targets = [each.getAttribute("Target") for each in links if each.getAttribute("Type").endswith("/drawing")]
    found = [posixpath.normpath(posixpath.join("/", folder, target)).lstrip("/") for target in targets]
    return [path for path in found if path in parts]


def _rename(parts: dict[str, bytes], shifts: Mapping[str, Shift]) -> None:
    """Print areas and titles follow their rows; other names have no use without formulas."""
    tree = xml.parse(parts["xl/workbook.xml"])
    held = xml.child(xml.root_of(tree), "definedNames")
    if held is None:
        return
    for each in xml.children(held):
        if not each.getAttribute("name").startswith("_xlnm.Print_"):
            xml.drop(each)
            continue
        text = xml.text_of(each)
        for sheet, shift in shifts.items():
            text = shift.name(text, sheet)
        xml.set_text(each, text)
    if not xml.children(held):
        xml.drop(held)
    parts["xl/workbook.xml"] = xml.written(tree)


def _without_chain(parts: dict[str, bytes]) -> None:
    """The order of reckoning of formulas that there are none of."""
    if parts.pop(package.CHAIN, None) is None:
        return
    for name in (package.TYPES, "xl/_rels/workbook.xml.rels"):
        tree = xml.parse(parts[name])
        for each in xml.children(xml.root_of(tree)):
            if f"{each.getAttribute('PartName')}{each.getAttribute('Target')}".endswith("calcChain.xml"):
                xml.drop(each)
        parts[name] = xml.written(tree)
