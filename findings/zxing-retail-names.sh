#!/usr/bin/env bash
# Guess: a code comes back under the name it was printed as, so "is it an article's code?" is a test for EAN13, UPCA and ITF14.
# Fact:  zxing-cpp gives a UPC-A back as EAN13 with a 0 before its twelve digits, and the ITF-14 of a carton as plain ITF, the
#        name that any Interleaved 2 of 5 number has. What holds them together is the symbology (EAN/UPC), not the format.
# Means: the carton's code on a returned box passes for a waybill of 14 digits, and one case's parcel becomes the next one's.
# Guard: bot/inbox/labels.py asks for the symbology, and for 14 digits of ITF; tests/bot/test_labels.py
#        test_what_shops_print_is_known_by_its_bars.
set -euo pipefail
tmp=$(mktemp -d) && trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install --quiet --disable-pip-version-check zxing-cpp==3.1.1 pillow==13.0.0 2>/dev/null
"$tmp/venv/bin/python" - <<'PY'
from importlib.metadata import version

import zxingcpp
from PIL import Image

Kind = zxingcpp.BarcodeFormat
print("zxing-cpp", version("zxing-cpp"))
seen = {}
for kind, text in ((Kind.EAN13, "6901234567892"), (Kind.UPCA, "012345678905"), (Kind.EAN8, "96385074"), (Kind.ITF14, "16901234567899")):
    picture = Image.fromarray(zxingcpp.create_barcode(text, kind).to_image(scale=4)).convert("L")
    [code] = zxingcpp.read_barcodes(picture)
    seen[kind.name] = (code.format.name, code.symbology.name, code.text)
    print(f"printed {kind.name:<6} {text:<14} read as {code.format.name:<6} of {code.symbology.name:<7} {code.text}")
assert seen == {
    "EAN13": ("EAN13", "EANUPC", "6901234567892"),
    "UPCA": ("EAN13", "EANUPC", "0012345678905"),
    "EAN8": ("EAN8", "EANUPC", "96385074"),
    "ITF14": ("ITF", "ITF", "16901234567899"),
}, seen
PY
