#!/usr/bin/env bash
# Guess: a code's text is what its bars hold, so the same label gives the same number to a photo and to a hand scanner.
# Fact:  of a GS1 code zxing-cpp gives a reading for people unless told otherwise: brackets around each identifier, which are
#        not in the bars, while what separates two fields, which is, is left out. A scanner types the digits without any.
#        Only TextMode.Plain and .bytes give what the code holds.
# Means: a pallet or a parcel from abroad with an SSCC is one number typed and another one photographed: never the same case;
#        and the GS1 code of an article, being no EAN, passes for a number of a parcel.
# Guard: bot/inbox/labels.py reads plainly, and takes of GS1's codes the SSCC only; tests/bot/test_labels.py
#        test_a_gs1_code_is_what_a_scanner_types.
set -euo pipefail
tmp=$(mktemp -d) && trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install --quiet --disable-pip-version-check zxing-cpp==3.1.1 pillow==13.0.0 numpy==2.4.6 2>/dev/null
"$tmp/venv/bin/python" - <<'PY'
from importlib.metadata import version

import zxingcpp
from PIL import Image

print("zxing-cpp", version("zxing-cpp"))
seen = []
for printed in ("(00)123456789012345675", "(01)06901234567892(10)AB12(21)SN9"):
    bars = zxingcpp.create_barcode(printed, zxingcpp.BarcodeFormat.Code128, gs1=True).to_image(scale=4)
    picture = Image.fromarray(bars).convert("L")
    [code], [plain] = (zxingcpp.read_barcodes(picture, **how) for how in ({}, {"text_mode": zxingcpp.TextMode.Plain}))
    print(f"without a word {code.text!r}, plainly {plain.text!r}, bytes {bytes(code.bytes)!r}, {code.content_type.name}")
    seen.append((code.text, plain.text, bytes(code.bytes)))
assert seen == [
    ("(00)123456789012345675", "00123456789012345675", b"00123456789012345675"),
    ("(01)06901234567892(10)AB12(21)SN9", "010690123456789210AB12\x1d21SN9", b"010690123456789210AB12\x1d21SN9"),
], seen
PY
