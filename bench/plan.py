"""How much a run measures: in earnest, or as little as shows that everything still works."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent
ENGINES = ("sqlite", "postgres")
WIRES = ("wecom", "stream", "http")


@dataclass(frozen=True, slots=True)
class Plan:
    """Sizes of one run; ``folder`` is on a disk, because a commit to memory costs nothing."""

    folder: Path
    engines: tuple[str, ...] = ENGINES
    wires: tuple[str, ...] = WIRES
    quads: int = 8  #: of slices A B B A: two pairs each
    lone_quads: int = 3  #: the same with one tap at a time
    seconds: float = 1.0  #: of a slice
    clients: int = 8  #: taps under way at once
    fastest: int = 400  #: taps a second that are prepared for; a slice that runs out of them ends early
    walks: int = 14  #: two messages each to the keeper: as many as the 30 a minute of one member let through
    starts: int = 3
    import_lines: int = 60_000
    draws: int = 12
    past_cases: int = 100_000  #: that a change of rules is tried on
    past_rounds: int = 3  #: of trying it in the order A B B A, with an earlier commit
    earlier: str = "3c66276"  #: that commit; none is measured where this clone does not have it
    changes: int = 6  #: typed changes of each kind: whoever types hears at most 30 messages a minute
    rest: float = 2.0  #: seconds after the start of a bot, in which its chart worker warms up beside it
    scale_orders: int = 100_000  #: and five times as many cases: the most that is filled on both engines in ten minutes
    scale_rounds: int = 24
    week_days: int = 7
    week_hours: int = 24  #: of a day
    week_cases: int = 2_000  #: a day
    week_staff: tuple[int, int] = (12, 40)  #: people to a role, and agents
    week_rate: float = 20.0  #: callbacks a second at most
    week_troubles: int = 12  #: faults an hour
    week_seed: int = 17
    week_settle: float = 20.0  #: seconds of the morning after, in which what was held back for the night is said
    retail: Path | None = None  #: the whole sample file, where there is one

    @property
    def platforms(self) -> tuple[str, ...]:
        """Those that the wires lead to."""
        return tuple(dict.fromkeys("wecom" if wire == "wecom" else "dingtalk" for wire in self.wires))


def quick(folder: Path, engines: tuple[str, ...] = ("sqlite",)) -> Plan:
    """The smallest case of everything; its figures mean nothing."""
    return Plan(
        folder, engines, quads=1, lone_quads=1, seconds=0.2, clients=4, walks=1, starts=1, import_lines=2_000,
        draws=2, rest=0.2, past_cases=300, earlier="", changes=2, scale_orders=300, scale_rounds=1,
        week_days=1, week_cases=200, week_staff=(4, 8), week_troubles=3,
    )  # fmt: skip


def sample(environ: dict[str, str]) -> Path | None:
    """The real Online Retail file: where ``ONLINE_RETAIL`` says, or beside the checkout."""
    if named := environ.get("ONLINE_RETAIL"):
        return Path(named)
    return next(iter(sorted((ROOT.parent / "shared" / "data").glob("online-retail*.csv.xz"))), None)
