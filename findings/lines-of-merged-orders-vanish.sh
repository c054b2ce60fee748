#!/usr/bin/env bash
# One would guess: where an order's number is merged over its lines, reading the sheet gives the number to each line, or
# a total by order shows what is missing.
# So is: openpyxl 3.1.5 has None in all but the first cell, and its read-only sheets do not know that cells are merged at
# all; pandas 2.2.3 makes NaN of it, and groupby leaves rows with a NaN key out without a word: the total is short.
# For a returns desk: of an order of three goods one can be returned, and the refund is reckoned on the first line.
# Ours: merged cells are of each row, blank ones go on with the order above, and it is said how many
# (flow/imports/table.py, continuation.py; tests/flow/imports/test_exports.py, "merged cells" and "blank cells under …").
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check pandas==2.2.3 openpyxl==3.1.5 numpy==2.4.6 2>/dev/null
"$folder/venv/bin/python" - <<'P'
import io

import openpyxl
import pandas as pd

book, file = openpyxl.Workbook(), io.BytesIO()
for row in (["no", "amount"], ["A1", 10], ["", 20], ["", 30], ["A2", 5]):
    book.active.append([cell or None for cell in row])
book.active.merge_cells("A2:A4")
book.save(file)
lazy = openpyxl.load_workbook(file, read_only=True).active
print("openpyxl 3.1.5, read-only, knows merged cells:", hasattr(lazy, "merged_cells"))
assert not hasattr(lazy, "merged_cells")
file.seek(0)
table = pd.read_excel(file)
totals = table.groupby("no")["amount"].sum().to_dict()
print("pandas 2.2.3:", totals, "of", int(table["amount"].sum()))
assert totals == {"A1": 10, "A2": 5}
assert table["amount"].sum() == 65
P
