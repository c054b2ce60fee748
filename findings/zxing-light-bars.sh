#!/usr/bin/env bash
# Guess: zxing-cpp tries a picture inverted as well (try_invert is on unless switched off), so light bars on dark are read.
# Fact:  it does so for matrix codes only. A Code 128 or Code 39 waybill printed light on dark gives no result and no error,
#        while a QR code beside it is read, so the picture looks as if it had no waybill. Inverting the pixels by hand reads it.
# Means: a keeper's photo of such a label would be answered "no number found", or worse with what else is printed there.
# Guard: bot/inbox/labels.py looks at the picture both ways; tests/bot/test_labels.py test_light_bars_on_dark_are_read.
set -euo pipefail
tmp=$(mktemp -d) && trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install --quiet --disable-pip-version-check zxing-cpp==3.1.1 pillow==13.0.0 2>/dev/null
"$tmp/venv/bin/python" - <<'PY'
from importlib.metadata import version

import zxingcpp
from PIL import Image, ImageOps

Kind = zxingcpp.BarcodeFormat


def drawn(text, kind, light):
    code = Image.fromarray(zxingcpp.create_barcode(text, kind).to_image(scale=4)).convert("L")
    paper = Image.new("L", (code.width + 200, code.height + 200), 0 if light else 255)
    paper.paste(ImageOps.invert(code) if light else code, (100, 100))
    return paper


def read(picture):
    return [code.text for code in zxingcpp.read_barcodes(picture, try_invert=True)]


print("zxing-cpp", version("zxing-cpp"))
seen = {}
for kind in (Kind.Code128, Kind.Code39, Kind.ITF, Kind.QRCode, Kind.DataMatrix):
    text = "12345678901234" if kind == Kind.ITF else "SF1234567890"
    light = drawn(text, kind, light=True)
    seen[kind.name] = (read(drawn(text, kind, light=False)) == [text], read(light) == [text], read(ImageOps.invert(light)) == [text])
    print(f"{kind.name:<11} dark on light {seen[kind.name][0]}, light on dark {seen[kind.name][1]}, inverted by hand {seen[kind.name][2]}")
bars = (True, False, True)
assert seen == {"Code128": bars, "Code39": bars, "ITF": bars, "QRCode": (True, True, True), "DataMatrix": (True, True, True)}, seen
PY
