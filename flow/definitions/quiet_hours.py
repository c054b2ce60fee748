"""免打扰: the hours in which words that can wait do wait. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

import yaml

from flow.definitions import yamlfile
from flow.definitions.conditions import YES, word
from flow.errors import DefinitionError

TITLE = "免打扰"
FROM, TO, URGENT_TOO = "从", "到", "紧急照发"
URGENT = "紧急"  #: fact: a case that does not wait
_CLOCK = re.compile(r"([01]?\d|2[0-3])[:：]([0-5]\d)")


@dataclass(frozen=True, slots=True)
class Quiet:
    """From ``since`` up to, but not at, ``until``, every day; over midnight where ``until`` is the earlier one."""

    since: time
    until: time
    urgent_too: bool = True  #: whether words about an urgent case go out all the same

    def holds(self, at: time) -> bool:
        if self.since < self.until:
            return self.since <= at < self.until
        return at >= self.since or at < self.until


def wakes(now: datetime, quiet: Quiet) -> datetime:
    """``now`` itself outside the quiet hours, else the moment at which they end; in the zone of ``now``."""
    at = now.time()
    if not quiet.holds(at):
        return now
    end = datetime.combine(now.date(), quiet.until, now.tzinfo)
    return end if at < quiet.until else end + timedelta(days=1)


def parse_quiet(text: str, source: str = "日历文件") -> Quiet | None:
    """Read the quiet hours from YAML; None where there are none. Raises DefinitionError for each problem."""
    try:
        raw = dict(yamlfile.read(text) or {}).get(TITLE) or {}
    except yaml.YAMLError as error:
        raise DefinitionError([f"{source}：{yamlfile.trouble(error)}"]) from error
    except (TypeError, ValueError) as error:
        raise DefinitionError([f'{source}：要有“{TITLE}”，例如 {TITLE}: {{从: "22:00", 到: "08:00"}}']) from error
    return _quiet(raw, f"{source} {TITLE}") if raw else None


def _quiet(raw: Any, where: str) -> Quiet:
    if not isinstance(raw, dict):
        raise DefinitionError([f'{where}：要写成 {{从: "22:00", 到: "08:00"}}，不要免打扰就写 {{}}'])
    known = (FROM, TO, URGENT_TOO)
    problems = [f"{where}：“{key}”不认识，可选 {'、'.join(known)}" for key in raw if key not in known]
    since, until = (_clock(raw.get(key)) for key in (FROM, TO))
    for key, at in ((FROM, since), (TO, until)):
        if at is None:
            problems.append(f'{where} {key}：“{raw.get(key, "")}”不是时刻，应像 "22:00"')
    if since is not None and since == until:
        problems.append(f"{where}：从和到都是 {since:%H:%M}，那就是整天；不要免打扰就写 {{}}")
    if problems or since is None or until is None:
        raise DefinitionError(problems)
    return Quiet(since, until, word(raw.get(URGENT_TOO, True)) == YES)


def _clock(raw: Any) -> time | None:
    """``"22:00"``; without the quotes YAML makes 1320 of it, which is meant as well."""
    if isinstance(raw, int) and not isinstance(raw, bool):
        return time(*divmod(raw, 60)) if 0 <= raw < 24 * 60 else None
    match = _CLOCK.fullmatch(str(raw).strip())
    return time(int(match[1]), int(match[2])) if match else None
