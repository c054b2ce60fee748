#!/usr/bin/env bash
# One would guess: a CSV that guards its order numbers with Excel's text trick, ="3001…", survives a script that turns it
# into a workbook, for to the script the cell is a text like any other.
# So is: pandas hands it to the writer, which makes a formula of whatever begins with "=", and no writer computes one.
# With openpyxl the cell comes back as nothing, with XlsxWriter as 0: every order of the file has the number 0.
# For a returns desk: one order of all customers, with everybody's goods on it.
# Ours: a formula that is only a quoted text is that text (flow/imports/workbook.py; tests/flow/imports/test_exports.py,
# "a formula that is only a text"), whatever result the file holds for it.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check pandas==2.2.3 openpyxl==3.1.5 XlsxWriter==3.2.0 numpy==2.4.6 \
  2>/dev/null
"$folder/venv/bin/python" - <<'P'
import io

import pandas as pd

table = pd.read_csv(io.StringIO('no,amount\n="300123456789012345",10\n="300123456789012346",20\n'))
assert list(table["no"]) == ['="300123456789012345"', '="300123456789012346"']
found = {}
for engine in ("openpyxl", "xlsxwriter"):
    book = io.BytesIO()
    table.to_excel(book, index=False, engine=engine)
    book.seek(0)
    found[engine] = pd.read_excel(book, engine="openpyxl", dtype={"no": str})["no"].fillna("nothing").tolist()
print("pandas 2.2.3:", found)
assert found == {"openpyxl": ["nothing", "nothing"], "xlsxwriter": ["0", "0"]}
P
