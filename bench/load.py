"""One slice of load on one server: as many taps as a few clients bring, one after another each, in a given time."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bench.cases import Target
    from bench.engines import Backends
    from bench.programs import Program
    from bench.taps import Tapper


class NotEnough(RuntimeError):
    """The server was faster than the cases that were prepared for it."""


@dataclass(slots=True)
class Side:
    """A server under load, with the cards that have not been tapped yet."""

    program: Program
    tapper: Tapper
    backends: Backends
    targets: list[Target]
    per_slice: int  #: cards that one slice may use
    acknowledged: int = 0
    errors: int = 0

    async def tap(self, target: Target) -> float:
        """Seconds until the answer."""
        began = time.perf_counter()
        good = await self.tapper.tap(target)
        took = time.perf_counter() - began
        self.acknowledged += good
        self.errors += not good
        return took


@dataclass(frozen=True, slots=True)
class Slice:
    """What came of one slice."""

    seconds: float
    cpu: float  #: of the server, in seconds
    database_cpu: float  #: of PostgreSQL's processes
    waits: list[float] = field(default_factory=list)

    @property
    def cpu_us(self) -> float:
        """Microseconds of the server's CPU per tap."""
        return self.cpu / len(self.waits) * 1e6

    @property
    def database_us(self) -> float:
        return self.database_cpu / len(self.waits) * 1e6

    @property
    def rate(self) -> float:
        return len(self.waits) / self.seconds


async def load(side: Side, seconds: float, clients: int) -> Slice:
    """Run one slice. Raises NotEnough when there is nothing left to tap."""
    if not side.targets:
        raise NotEnough("准备的单子点完了")
    mine = [side.targets.pop() for _ in range(min(side.per_slice, len(side.targets)))]
    began, cpu, database_cpu = time.perf_counter(), side.program.cpu(), side.backends.cpu()
    waits: list[float] = []
    await asyncio.gather(*(_client(side, mine, began + seconds, waits) for _ in range(clients)))
    took = time.perf_counter() - began
    side.targets += mine
    return Slice(took, side.program.cpu() - cpu, side.backends.cpu() - database_cpu, waits)


async def _client(side: Side, mine: list[Target], until: float, waits: list[float]) -> None:
    while mine and time.perf_counter() < until:
        waits.append(await side.tap(mine.pop()))
