#!/usr/bin/env bash
# Guess: a calendar of China that is asked for one year says whether that year's make-up workdays are known: it holds some,
#        or it holds none and says so.
# Fact:  holidays gives a year that the State Council has not announced yet like any other: the statutory days, and every
#        Saturday and Sunday off; nothing marks it. Its weekend_workdays is not empty for such a year either, for six days
#        of years that nobody asked for stand in it from the start, so the obvious test finds a year known that is not.
# Means: a deadline over next year's National Day is computed as if it were settled, and is a day or two wrong when the list
#        comes. What is known has to be asked day by day: is there a make-up day of this very year?
set -euo pipefail
tmp=$(mktemp -d) && trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install --quiet --disable-pip-version-check holidays==0.109 2>/dev/null
"$tmp/venv/bin/python" - <<'PY'
import warnings
from importlib.metadata import version

import holidays

print("holidays", version("holidays"))
warnings.simplefilter("error")  # nothing is said that way either
seen = {}
for year in (2026, 2027, 2030):
    china = holidays.country_holidays("CN", years=year)
    made_up = sorted(china.weekend_workdays)
    seen[year] = (len(china), len(made_up), sum(day.year == year for day in made_up))
    print(f"{year}: {len(china)} days off, {len(made_up)} weekend workdays, {seen[year][2]} of them in {year}: {made_up[:2]} …")
assert seen == {2026: (22, 12, 6), 2027: (19, 6, 0), 2030: (15, 6, 0)}, seen
PY
