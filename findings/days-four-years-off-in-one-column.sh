#!/usr/bin/env bash
# One would guess: what a library reads from a column of days is right or wrong for all of its rows, and a number that is
# left in it can be made a day by the epoch of spreadsheets.
# So is: in a workbook that counts from 1904 (Excel for the Mac, and what was made from it) openpyxl 3.1.5 and
# python-calamine 0.9.1 turn a cell with a format of days into the right day and leave one without as its number; only
# openpyxl tells the epoch, and pandas 2.2.3 hands on neither. By the usual one, 1899-12-30, these rows are 1,462 days early.
# For a returns desk: an order of last week was bought four years ago, and no return of it is in time.
# Ours: numbers in columns of moments count by the workbook's own epoch, which is said, and the rows that are given back
# to be mended hold days (flow/imports/workbook.py, table.py; tests/flow/imports/test_shops.py, "… counted from 1904").
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check python-calamine==0.9.1 pandas==2.2.3 openpyxl==3.1.5 \
  numpy==2.4.6 2>/dev/null
"$folder/venv/bin/python" - <<'P'
import io
from datetime import datetime

import openpyxl
import pandas as pd
import python_calamine
from openpyxl.utils.datetime import CALENDAR_MAC_1904, to_excel

day, book, file = datetime(2026, 11, 1, 12), openpyxl.Workbook(), io.BytesIO()
book.epoch = CALENDAR_MAC_1904
for row in (["at"], [day], [to_excel(day, CALENDAR_MAC_1904)]):
    book.active.append(row)
book.save(file)


def kinds(read):
    return [type(cell).__name__ for cell in read]


file.seek(0)
there = openpyxl.load_workbook(file)
print("openpyxl 3.1.5:", [row[0] for row in there.active.values], "epoch", there.epoch.date())
assert [row[0] for row in there.active.values] == ["at", day, 44865.5]
file.seek(0)
calamine = python_calamine.CalamineWorkbook.from_filelike(file)
read = [row[0] for row in calamine.get_sheet_by_index(0).to_python()]
print("python-calamine 0.9.1:", read, "tells the epoch:", any("epoch" in name or "1904" in name for name in dir(calamine)))
assert read == ["at", day, 44865.5]
assert not any("epoch" in name or "1904" in name for name in dir(calamine))
file.seek(0)
column = pd.read_excel(file)["at"]
late = day - pd.to_datetime(column[1], unit="D", origin="1899-12-30")
print("pandas 2.2.3:", kinds(column), "the second is early by", late)
assert column[0] == day
assert late.days == 1462
P
