#!/usr/bin/env bash
# One would guess: a reader that turns date cells into dates does so for every date that Excel or WPS shows.
# So is: Chinese Excel and WPS give 2026年4月5日 the format 31 and 4月5日 the format 58, and write no code for them, for
# both are built in there. openpyxl 3.1.5 and python-calamine 0.3.1 know the built-in dates of English programs only:
# the cell is 46117, to the one and to the other.
# For a returns desk: an order without a day, or whose day is a bare number, so that no return window can be told.
# Ours: 27–36 and 50–58 are days (flow/spreadsheets/formats.py; tests/flow/imports/test_files.py, a day in one of the formats
# that Chinese programs only number), and a bare 46117 under 下单时间 is that day.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check openpyxl==3.1.5 python-calamine==0.3.1 2>/dev/null
"$folder/venv/bin/python" - <<'P'
import datetime
import io
import zipfile

import openpyxl
from python_calamine import CalamineWorkbook

book, plain = openpyxl.Workbook(), io.BytesIO()
book.active["A1"] = 46117
book.active["A1"].number_format = "mm-dd-yy"  # built-in format 14
book.save(plain)
found = {}
for number in (14, 31, 58):
    file = io.BytesIO()
    with zipfile.ZipFile(plain) as old, zipfile.ZipFile(file, "w") as new:
        for name in old.namelist():
            new.writestr(name, old.read(name).replace(b'numFmtId="14"', b'numFmtId="%d"' % number))
    file.seek(0)
    value = openpyxl.load_workbook(file).active["A1"].value
    file.seek(0)
    [[other]] = CalamineWorkbook.from_filelike(file).get_sheet_by_index(0).to_python()
    found[number] = [isinstance(each, datetime.date) for each in (value, other)]
print("is a day, by openpyxl 3.1.5 and python-calamine 0.3.1:", found)
assert found == {14: [True, True], 31: [False, False], 58: [False, False]}
P
