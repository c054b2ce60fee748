#!/usr/bin/env bash
# One would guess: a Python int goes into a workbook exactly, or if it is cut, one sees it: 3.0E+17 or zeros at the end;
# and dtype=str brings back the text that was there.
# So is: openpyxl 3.1.5 and XlsxWriter 3.2.0 both write "%.16g". Two order numbers of 18 digits become one, and pandas
# reads it as 300123456789012416: 18 digits without a zero at the end, that nobody ever issued. dtype=str reads the same.
# For a returns desk: two customers' orders are one, under a number that looks right and that no platform knows.
# Ours: no rule about digits can find it, so a numeric cell of 16 digits and more is refused by its kind in each column
# that tells who is who (flow/imports/workbook.py; tests/flow/imports/test_exports.py, "an order number of 19 digits as a
# number"; tests/flow/imports/test_members.py, accounts).
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check pandas==2.2.3 openpyxl==3.1.5 XlsxWriter==3.2.0 numpy==2.4.6 \
  2>/dev/null
"$folder/venv/bin/python" - <<'P'
import io
import re
import zipfile

import pandas as pd

numbers = [300123456789012345, 300123456789012346]
for engine in ("openpyxl", "xlsxwriter"):
    book = io.BytesIO()
    pd.DataFrame({"no": numbers}).to_excel(book, index=False, engine=engine)
    written = re.findall(rb"<v>([^<]+e\+17)</v>", zipfile.ZipFile(book).read("xl/worksheets/sheet1.xml"), re.IGNORECASE)
    book.seek(0)
    read = pd.read_excel(book, dtype=str)["no"].tolist()
    print(engine, written, read)
    assert [value.lower() for value in written] == [b"3.001234567890124e+17"] * 2
    assert read == ["300123456789012416"] * 2
P
