"""The one door for workbooks, whoever asks: which files it lets in, which class of refusal the others get."""

from __future__ import annotations

import io
import zipfile
from contextlib import closing

import pytest

from flow.spreadsheets import door
from flow.spreadsheets.reader import Reader
from tests.support import workbooks as w

ROOM = door.Bounds(unpacked=4 * 1024 * 1024, ratio=50)


def with_part(name: str, content: bytes) -> bytes:
    return w.repacked(w.DATA, lambda parts: parts.update({name: content}))


def without(name: str) -> bytes:
    return w.repacked(w.DATA, lambda parts: parts.pop(name))


def twice() -> bytes:
    """An archive with two parts of one name."""
    out = io.BytesIO(w.DATA)
    with zipfile.ZipFile(out, "a") as archive, pytest.warns(UserWarning, match="Duplicate"):
        archive.writestr("xl/workbook.xml", b"<workbook/>")
    return out.getvalue()


@pytest.mark.parametrize(
    ("data", "refusal"),
    [
        (with_part("xl/x.bin", bytes(5 * 1024 * 1024)), door.TooBig),
        (with_part("xl/x.bin", bytes(3 * 1024 * 1024)), door.Bomb),
        (without("xl/workbook.xml"), door.NoWorkbook),
        (twice(), door.Damaged),
        (with_part("xl/x.xml", b" " * (door.BLOCK - 4) + b"<!DOCTYPE x>"), door.Damaged),  # across two blocks
        (b"PK\x03\x04", door.Damaged),
        (b"", door.Damaged),
    ],
)
def test_what_is_turned_away(data: bytes, refusal: type[door.Refused]) -> None:
    with pytest.raises(door.Refused) as refused:
        door.check(io.BytesIO(data), len(data), ROOM)
    assert type(refused.value) is refusal


def test_another_archive_is_called_what_it_is() -> None:
    data = without("xl/workbook.xml")
    with pytest.raises(door.NoWorkbook) as refused:
        door.check(io.BytesIO(data), len(data), ROOM)
    assert (refused.value.kind, str(refused.value)) == ("不是 .xlsx 工作簿", "不是 .xlsx 工作簿")
    assert "xl/styles.xml" in door.parts_of(io.BytesIO(data))
    with pytest.raises(door.Damaged):
        door.parts_of(io.BytesIO(data[:-90]))


@pytest.mark.parametrize("data", [w.DATA, w.as_strict(w.DATA)], ids=["as we write it", "the strict standard"])
def test_whoever_is_let_in_is_read_sheet_by_sheet(data: bytes) -> None:
    assert "xl/workbook.xml" in door.check(io.BytesIO(data), len(data), ROOM)
    with closing(Reader(io.BytesIO(data))) as reader:
        assert reader.names[0] == "节点"
        with reader.sheet("节点") as rows:
            heads = [raw.value for _, raw in next(cells for _, cells in rows if len(cells) > 1)]
    assert {"节点", "类型"} <= set(heads)


@pytest.mark.parametrize(
    "data",
    [b"PK\x03\x04", without("xl/_rels/workbook.xml.rels"), with_part("xl/workbook.xml", b"<workbook")],
)
def test_what_breaks_at_the_opening_is_damaged(data: bytes) -> None:
    with pytest.raises(door.Damaged):
        Reader(io.BytesIO(data))


def test_what_breaks_on_the_way_is_damaged() -> None:
    data = with_part("xl/worksheets/sheet1.xml", b'<worksheet><sheetData><row r="1"/><row')
    with closing(Reader(io.BytesIO(data))) as reader, pytest.raises(door.Damaged), reader.sheet("节点") as rows:
        assert len(list(rows)) == 1
