#!/usr/bin/env bash
# One would guess: a cell with #N/A or #REF! is read as an error, or as the text of one, so that whoever reads can refuse.
# So is: python-calamine 0.9.1 gives the same '' for it as for a cell with nothing in it, and openpyxl 3.1.5 gives the
# text '#N/A'; pandas 2.2.3 makes NaN of every error by either engine, as of a blank.
# For a returns desk: an order number that a lookup did not find looks like a blank under the order above, whose it is
# then; a quantity that is an error looks like none.
# Ours: an error is named with its column and keeps its row out, where somebody reads that column
# (flow/spreadsheets/scanner.py, flow/imports/columns.py; tests/flow/imports/test_exports.py, "a formula that came to nothing good").
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check python-calamine==0.9.1 pandas==2.2.3 openpyxl==3.1.5 \
  numpy==2.4.6 2>/dev/null
"$folder/venv/bin/python" - <<'P'
import io

import openpyxl
import pandas as pd
import python_calamine

book, file = openpyxl.Workbook(), io.BytesIO()
for row in (["no", "sku"], ["A1", "S1"], ["#N/A", "S2"], ["A3", "#REF!"], [None, "S4"]):
    book.active.append(row)
assert [book.active[place].data_type for place in ("A3", "B4")] == ["e", "e"]
book.save(file)
file.seek(0)
read = python_calamine.CalamineWorkbook.from_filelike(file).get_sheet_by_index(0).to_python()
print("python-calamine 0.9.1:", read)
assert [read[2][0], read[3][1], read[4][0]] == ["", "", ""]
file.seek(0)
cells = [list(row) for row in openpyxl.load_workbook(file, data_only=True).active.values]
print("openpyxl 3.1.5:", cells)
assert [cells[2][0], cells[3][1], cells[4][0]] == ["#N/A", "#REF!", None]
for engine in ("openpyxl", "calamine"):
    file.seek(0)
    table = pd.read_excel(file, engine=engine)
    print(f"pandas 2.2.3 with {engine}:", table.isna().to_numpy().tolist())
    assert table.isna().to_numpy().tolist() == [[False, False], [True, False], [False, True], [True, False]]
P
