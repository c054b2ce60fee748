#!/usr/bin/env bash
# One would guess: on_bad_lines="error" stops at a row whose quote was never closed, or at least the columns do not match.
# So is: the quote takes in all rows up to the next quote anywhere in the file, and where that one stands in the same
# column (the inches of a screen in a title) the columns match: pandas 2.2.3 and Python's own csv, strict too, give one
# good row with the number of the first order and the quantity and price of another; the orders between are gone.
# For a returns desk: A2 bought what A4 paid for, A3 and A4 never were.
# Ours: a line inside an open quote that has as many delimiters as a row is a row, and the quote costs only its own
# (flow/imports/delimited.py; tests/flow/imports/test_files.py, a quote that does not pair costs its row).
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check pandas==2.2.3 numpy==2.4.6 2>/dev/null
"$folder/venv/bin/python" - <<'P'
import csv
import io

import pandas as pd

TEXT = 'no,title,units,price\nA1,cup,1,10\nA2,"screen,1,900\nA3,plate,1,20\nA4,screen 24",2,30\nA5,spoon,1,5\n'
table = pd.read_csv(io.StringIO(TEXT), on_bad_lines="error")
rows = [[row.no, row.units, row.price] for row in table.itertuples()]
strict = [[row[0], int(row[2]), int(row[3])] for row in list(csv.reader(io.StringIO(TEXT), strict=True))[1:]]
print("pandas 2.2.3:", rows, "csv, strict:", strict)
assert rows == strict == [["A1", 1, 10], ["A2", 2, 30], ["A5", 1, 5]]
P
