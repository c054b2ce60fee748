#!/usr/bin/env bash
# One would guess: a library that does not know Strict Open XML (a choice in Excel's own save dialogue) says so.
# So is: openpyxl 3.1.5 opens it without an error and finds no sheets; .active is None, and pandas says "Worksheet index
# 0 is invalid". python-calamine reads the same bytes.
# For a returns desk: "the file is empty" or a traceback, for a file that Excel shows in full.
# Ours: one scanner tells tags by their names, whatever the namespace (flow/spreadsheets/scanner.py;
# tests/flow/imports/test_exports.py, "the strict standard"; tests/flow/workbook/test_programs.py).
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check openpyxl==3.1.5 python-calamine==0.3.1 2>/dev/null
"$folder/venv/bin/python" - <<'P'
import io
import warnings
import zipfile

import openpyxl
from python_calamine import CalamineWorkbook

warnings.simplefilter("ignore")
SPACES = {
    b"http://schemas.openxmlformats.org/spreadsheetml/2006/main": b"http://purl.oclc.org/ooxml/spreadsheetml/main",
    b"http://schemas.openxmlformats.org/officeDocument/2006/relationships":
        b"http://purl.oclc.org/ooxml/officeDocument/relationships",
}
book, plain, strict = openpyxl.Workbook(), io.BytesIO(), io.BytesIO()
book.active.append(["no"])
book.active.append(["A1"])
book.save(plain)
with zipfile.ZipFile(plain) as old, zipfile.ZipFile(strict, "w") as new:
    for name in old.namelist():
        part = old.read(name)
        for transitional, iso in SPACES.items():
            part = part.replace(transitional, iso)
        new.writestr(name, part)
read = openpyxl.load_workbook(strict)
print("openpyxl 3.1.5:", read.sheetnames, read.active)
assert read.sheetnames == []
assert read.active is None
strict.seek(0)
rows = CalamineWorkbook.from_filelike(strict).get_sheet_by_index(0).to_python()
print("python-calamine 0.3.1:", rows)
assert rows == [["no"], ["A1"]]
P
