"""What has waited for one person over the quiet hours, in one message: a line per case."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from cards.types import Text

if TYPE_CHECKING:
    from collections.abc import Sequence

_NUMBER = re.compile(r"^R\d{8}-\d{4,} ")
MAX_CASES = 30  #: cases of one message; more are counted, and stand in 待办


def digest(said: Sequence[tuple[int, Text]]) -> Text:
    """Texts with the cases that they are about, in the order in which they came; one alone stays as it is."""
    if len(said) == 1:
        return said[0][1]
    cases: dict[int, list[str]] = {}
    for case_id, text in said:
        cases.setdefault(case_id, []).extend(text.body.splitlines())
    lines = [f"· {'，'.join(_once(each))}" for each in cases.values()]
    more = [f"……还有 {len(lines) - MAX_CASES} 单，回复 待办 看全部"] if len(lines) > MAX_CASES else []
    return Text("\n".join([f"免打扰时间里有 {len(lines)} 单有消息：", *lines[:MAX_CASES], *more]))


def _once(lines: Sequence[str]) -> list[str]:
    """Each line where it was last said: where a case stands comes after what has happened to it, its number first."""
    kept = list(dict.fromkeys(reversed(lines)))[::-1]
    return [kept[0], *(_NUMBER.sub("", line) for line in kept[1:])]
