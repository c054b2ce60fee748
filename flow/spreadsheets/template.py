"""A workbook with places to fill: which there are, in which cell, and what keeps it from being filled."""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from xml.parsers.expat import ExpatError

from flow.spreadsheets import parts as package
from flow.spreadsheets import tree as xml
from flow.spreadsheets.door import DAMAGED
from flow.spreadsheets.parts import UnfitError, read_parts
from flow.spreadsheets.places import column_letters, column_number
from flow.spreadsheets.scanner import Book
from flow.spreadsheets.shift import rows_of
from flow.spreadsheets.stencil import Slot, StencilError, slots

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flow.spreadsheets.tree import Node, Tree

MAX_SHEETS = 5
MAX_CELLS = 20_000
MAX_HOLES = 500
FOOT = "页眉页脚"  #: in place of a cell
_PLACE = re.compile(r"([A-Z]{1,3})(\d{1,7})")
_CALLS = re.compile(r"\w\s*\(")
_BRACE = re.compile(r"[{}｛｝]")


@dataclass(frozen=True, slots=True)
class Hole:
    """One place to fill."""

    sheet: str
    cell: str
    slot: Slot

    @property
    def in_foot(self) -> bool:
        return self.cell == FOOT

    @property
    def place(self) -> str:
        """``Sheet1 B3``."""
        return f"{self.sheet} {self.cell}"


@dataclass(slots=True)
class Cell:
    """A cell of the tree; ``text`` is what its runs hold together, "" where it holds no text."""

    node: Node
    column: int
    text: str
    held: Node | None  #: the element whose runs they are: ``is``, or the ``si`` that several cells share


@dataclass(slots=True)
class Row:
    """A row of the tree."""

    node: Node
    number: int
    cells: list[Cell]

    def groups(self) -> list[str]:
        """What the row repeats for. Raises StencilError."""
        found = [slot.group for cell in self.cells for slot in slots(cell.text) if slot.group]
        return list(dict.fromkeys(found))


@dataclass(slots=True)
class Grid:
    """A sheet as a tree."""

    name: str
    path: str
    tree: Tree
    rows: list[Row]

    @property
    def root(self) -> Node:
        return xml.root_of(self.tree)

    def feet(self) -> list[Node]:
        """The texts above and below every page."""
        held = xml.child(self.root, "headerFooter")
        return xml.children(held) if held else []


@dataclass(slots=True)
class Template:
    """An open template."""

    parts: dict[str, bytes]
    book: Book
    grids: list[Grid]
    holes: list[Hole] = field(default_factory=list)


def read_template(data: bytes) -> Template:
    """Raises UnfitError with everything that is wrong, and where."""
    found = read_parts(data)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            book = Book.of(archive)
        if len(book.sheets) > MAX_SHEETS:
            raise UnfitError([f"有 {len(book.sheets)} 张工作表，最多 {MAX_SHEETS} 张"])
        shared = _shared(found)
        for name in filter(package.is_rewritten, found):
            xml.parse(found[name])
        grids = [_grid(name, path, xml.parse(found[path]), shared) for name, path in book.sheets.items()]
    except (*DAMAGED, ExpatError) as error:
        if isinstance(error, UnfitError):
            raise
        raise UnfitError(["文件坏了，打不开"]) from error
    template = Template(found, book, grids)
    problems = [problem for grid in grids for problem in _problems(grid, template.holes)]
    problems += _many(template)
    if problems:
        raise UnfitError(problems)
    return template


def _shared(parts: dict[str, bytes]) -> list[Node]:
    data = parts.get("xl/sharedStrings.xml")
    return xml.children(xml.root_of(xml.parse(data)), "si") if data else []


def _many(template: Template) -> Iterator[str]:
    cells = sum(len(row.cells) for grid in template.grids for row in grid.rows)
    if cells > MAX_CELLS:
        yield f"有 {cells:,} 个格子，最多 {MAX_CELLS:,} 个，请删掉多余的行和列"
    if len(template.holes) > MAX_HOLES:
        yield f"有 {len(template.holes)} 处占位，最多 {MAX_HOLES} 处"
    if not template.holes:
        yield "里面没有一处占位，例如 {单号}：填出来每一单都一样"


# -- a sheet -----------------------------------------------------------------------------------------------------------


def _grid(name: str, path: str, tree: Tree, shared: list[Node]) -> Grid:
    held = xml.child(xml.root_of(tree), "sheetData")
    rows: list[Row] = []
    for node in xml.children(held, "row") if held else []:
        number = int(node.getAttribute("r") or (rows[-1].number + 1 if rows else 1))
        rows.append(Row(node, number, _cells(node, shared)))
    return Grid(name, path, tree, rows)


def _cells(row: Node, shared: list[Node]) -> list[Cell]:
    found: list[Cell] = []
    for node in xml.children(row, "c"):
        match = _PLACE.fullmatch(node.getAttribute("r"))
        column = column_number(match[1]) if match else (found[-1].column + 1 if found else 1)
        held = _held(node, shared)
        text = "".join(xml.text_of(run) for run in xml.runs_of(held)) if held else ""
        found.append(Cell(node, column, text, held))
    return found


def _held(cell: Node, shared: list[Node]) -> Node | None:
    """The element that holds the text of a cell."""
    value = xml.child(cell, "v")
    if cell.getAttribute("t") == "s" and value is not None:
        return shared[int(xml.text_of(value))]
    return xml.child(cell, "is")


def _problems(grid: Grid, holes: list[Hole]) -> Iterator[str]:
    if _BRACE.search(grid.name):
        yield f"工作表“{grid.name}”的名字里有占位，名字不会填，请去掉括号"
    for row in grid.rows:
        for cell in row.cells:
            yield from _of_cell(grid, row, cell, holes)
    for foot in grid.feet():
        yield from _of_text(grid.name, FOOT, xml.text_of(foot), holes)
    yield from _of_rows(grid)
    yield from _of_looks(grid)


def _of_cell(grid: Grid, row: Row, cell: Cell, holes: list[Hole]) -> Iterator[str]:
    place = f"{column_letters(cell.column)}{row.number}"
    where = f"{grid.name} {place}"
    if (formula := xml.child(cell.node, "f")) is not None:
        picture = "DISPIMG" in xml.text_of(formula).upper()
        yield (
            f"{where} 是“嵌入单元格”的图片，请改成浮动图片"
            if picture
            else (f"{where} 是公式。手机上打开不会重算，看到的会是旧数，所以不收公式；请改成占位，例如 {{退款金额}}")
        )
        return
    yield from _of_text(grid.name, place, cell.text, holes)


def _of_text(sheet: str, cell: str, text: str, holes: list[Hole]) -> Iterator[str]:
    try:
        holes += [Hole(sheet, cell, slot) for slot in slots(text)]
    except StencilError as error:
        yield f"{sheet} {cell}：{error}"


def _of_rows(grid: Grid) -> Iterator[str]:
    """A row repeats for one thing, and nothing that is merged reaches over it."""
    again = {}
    for row in grid.rows:
        try:
            if groups := row.groups():
                again[row.number] = groups
        except StencilError:
            continue  # told with its cell
    for number, groups in again.items():
        if len(groups) > 1:
            yield f"{grid.name} 第 {number} 行里有 {'、'.join(groups)} 几样，一行只能按一样重复"
    for ref in merged(grid):
        first, last = rows_of(ref) or (0, 0)
        if first != last and any(first <= number <= last for number in again):
            yield f"{grid.name} {ref} 合并的格子跨过会重复的行，请只在一行里面合并"


def _of_looks(grid: Grid) -> Iterator[str]:
    """Conditions that call functions, and things that hold formulas of their own."""
    for held in xml.children(grid.root, "conditionalFormatting"):
        if any(_CALLS.search(xml.text_of(each)) for each in xml.every(held, "formula")):
            yield f"{grid.name} {held.getAttribute('sqref')} 的条件格式里有函数，请删掉或只比大小"
    for name, words in (("oleObjects", "里面嵌了别的文件，请删掉"), ("controls", "有控件，请删掉")):
        if xml.child(grid.root, name) is not None:
            yield f"{grid.name} {words}"


def merged(grid: Grid) -> list[str]:
    """The ranges that are merged."""
    held = xml.child(grid.root, "mergeCells")
    return [each.getAttribute("ref") for each in xml.children(held, "mergeCell")] if held else []
