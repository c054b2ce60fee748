"""How much a run measures: in earnest, or as little as shows that everything still works."""

from __future__ import annotations

from dataclasses import dataclass, field
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
    walks: int = 20
    starts: int = 3
    import_lines: int = 60_000
    small_lines: int = 3_000  #: orders behind the charts of a small shop
    draws: int = 12
    retail: Path | None = field(default=None)  #: the whole sample file, where there is one


def quick(folder: Path, engines: tuple[str, ...] = ("sqlite",)) -> Plan:
    """The smallest case of everything; its figures mean nothing."""
    return Plan(
        folder, engines, quads=1, lone_quads=1, seconds=0.2, clients=4, walks=1, starts=1, import_lines=2_000,
        small_lines=500, draws=2,
    )  # fmt: skip


def sample(environ: dict[str, str]) -> Path | None:
    """The real Online Retail file: where ``ONLINE_RETAIL`` says, or beside the checkout."""
    if named := environ.get("ONLINE_RETAIL"):
        return Path(named)
    return next(iter(sorted((ROOT.parent / "shared" / "data").glob("online-retail*.csv.xz"))), None)
