#!/usr/bin/env bash
# One would guess: openpyxl loads a workbook, one cell is set, it saves the same workbook with that cell.
# So is: openpyxl 3.1.5 saves it without the text boxes beside its pictures, without the logo in the page header, and
# with cells of several looks in one; no error, no warning.
# For a returns desk: a letterhead that the owner has made comes out without the stamp, and with half of its head.
# Ours: a print template is filled in its own XML, and every other part goes out as it came in
# (flow/spreadsheets/filling.py; tests/flow/spreadsheets/test_filling.py, "shapes and header pictures stay").
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check openpyxl==3.1.5 pillow==12.2.0 2>/dev/null
"$folder/venv/bin/python" - <<'P'
import io
import warnings
import zipfile

import openpyxl
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.drawing.image import Image
from PIL import Image as Picture

warnings.simplefilter("error")
logo, made, drawn = io.BytesIO(), io.BytesIO(), io.BytesIO()
Picture.new("RGB", (8, 8)).save(logo, "PNG")
book = openpyxl.Workbook()
sheet = book.active
sheet.add_image(Image(logo), "A3")
sheet["A1"] = CellRichText("no ", TextBlock(InlineFont(b=True), "R1"))
book.save(made)
SHAPE = (
    b'<twoCellAnchor><from><col>0</col><colOff>0</colOff><row>5</row><rowOff>0</rowOff></from>'
    b'<to><col>3</col><colOff>0</colOff><row>9</row><rowOff>0</rowOff></to><sp macro="" textlink="">'
    b'<nvSpPr><cNvPr id="9" name="stamp"/><cNvSpPr txBox="1"/></nvSpPr><spPr/><txBody><a:bodyPr/><a:p><a:r><a:t>STAMP'
    b'</a:t></a:r></a:p></txBody></sp><clientData/></twoCellAnchor>'
)
LINK = (
    b'<Relationship Id="rIdHF" Target="../drawings/vmlDrawing1.vml" Type="http://schemas.openxmlformats.org/'
    b'officeDocument/2006/relationships/vmlDrawing"/></Relationships>'
)
with zipfile.ZipFile(made) as old, zipfile.ZipFile(drawn, "w") as new:
    for name in old.namelist():
        part = old.read(name)
        if name == "xl/drawings/drawing1.xml":
            part = part.replace(b"</wsDr>", SHAPE + b"</wsDr>")
        if name == "xl/worksheets/_rels/sheet1.xml.rels":
            part = part.replace(b"</Relationships>", LINK)
        if name == "xl/worksheets/sheet1.xml":
            held = (b'<legacyDrawingHF xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" '
                    b'r:id="rIdHF"/></worksheet>')
            part = part.replace(b"</worksheet>", held)
        new.writestr(name, part)
    new.writestr("xl/drawings/vmlDrawing1.vml", b'<xml xmlns:v="urn:schemas-microsoft-com:vml"><v:shape id="LH"/></xml>')
again = io.BytesIO()
read = openpyxl.load_workbook(drawn)
read.active["B1"] = "filled"
read.save(again)
with zipfile.ZipFile(again) as archive:
    names = archive.namelist()
    texts = b"".join(archive.read(name) for name in names)
print("openpyxl 3.1.5 saves:", names)
assert b"STAMP" not in texts, "the text box is there"
assert not any(name.endswith(".vml") for name in names), "the header picture is there"
assert b"legacyDrawingHF" not in texts
assert b"<b" not in texts.partition(b"R1")[0][-200:], "the run in bold is there"
P
