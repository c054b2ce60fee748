"""``make coverage``: how much of each package the recorded tests have run, against the floors in pyproject.toml.

With names of packages or modules it shows the lines that were not run, and the branches of which a way was not gone.
"""

from __future__ import annotations

import ast
import json
import math
import sys
import tomllib
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests import ROOT
from tests.checks import GENERATED, RECORDS, ROOMS
from tests.checks.probes import plant

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping
    from pathlib import Path

PROJECT = ROOT / "pyproject.toml"
KINDS = ("语句", "分支")  #: what is counted of a file


@dataclass(frozen=True, slots=True)
class Reach:
    """What was run of a file."""

    statements: int
    branches: int  #: the ways out of all of them
    missing_lines: tuple[int, ...] = ()
    missing_branches: tuple[int, ...] = ()  #: their lines, once for each way that was not gone

    @property
    def counts(self) -> tuple[tuple[int, int], tuple[int, int]]:
        """Run and of how many, for each of KINDS."""
        return (
            (self.statements - len(self.missing_lines), self.statements),
            (self.branches - len(self.missing_branches), self.branches),
        )


def floors_of(project: Path = PROJECT) -> dict[str, int]:
    """Package or module, by its dotted name -> per cent of it that the tests run at least."""
    return dict(tomllib.loads(project.read_text("utf-8"))["tool"]["boomerang"]["coverage"])


def reached(modules: Mapping[str, Reach], names: Mapping[str, int]) -> dict[str, tuple[float, float]]:
    """Per cent of the statements and of the branches of each of ``names`` that were run; all of nothing is 100.

    A module counts for the longest name that holds it, and under its own dotted name where none does.
    """
    sums: dict[str, list[list[int]]] = defaultdict(lambda: [[0, 0], [0, 0]])
    for module, reach in modules.items():
        for kind, (done, of_all) in zip(sums[_owner(module, names)], reach.counts, strict=True):
            kind[0] += done
            kind[1] += of_all
    return {name: (_per_cent(*kinds[0]), _per_cent(*kinds[1])) for name, kinds in sums.items()}


def shortfalls(found: Mapping[str, tuple[float, float]], floors: Mapping[str, int]) -> Iterator[str]:
    """A sentence for each package that is below its floor, has none, or is there no more."""
    for name in sorted({*found, *floors}):
        if name not in floors:
            yield f"{name} 没有下限：请在 pyproject.toml 的 [tool.boomerang.coverage] 里写上"
        elif name not in found:
            yield f"{name} 已经不在了：请把它的下限删掉"
        else:
            for kind, per_cent in zip(KINDS, found[name], strict=True):
                if per_cent < floors[name]:
                    yield f"{name} 的{kind}只跑到 {per_cent}%，下限是 {floors[name]}%"


def _owner(module: str, names: Mapping[str, int]) -> str:
    holders = [name for name in names if module == name or module.startswith(f"{name}.")]
    return max(holders, key=len, default=module)


def _per_cent(done: int, of_all: int) -> float:
    """Rounded down to a tenth, so that what is shown never looks like more than it is."""
    return math.floor(1000 * done / of_all) / 10 if of_all else 100.0


def recorded(folder: Path = RECORDS) -> dict[str, Reach]:
    """What was run of each module of the product by all processes of the tests; a file that none imported is in it too.

    Raises FileNotFoundError where nothing is recorded, or where a file was changed since.
    """
    paths = [path for room in ROOMS for path in sorted((ROOT / room).rglob("*.py"))]
    paths = [path for path in paths if not _module(path).startswith(GENERATED)]
    records = sorted(folder.glob("reached.*.json"))
    if not records or max(map(_changed, paths)) > min(map(_changed, records)):
        raise FileNotFoundError(folder)
    reached = [json.loads(path.read_text("utf-8")) for path in records]
    return {
        _module(path): _reach(path, {at for each in reached for at in each.get(path.relative_to(ROOT).as_posix(), ())})
        for path in paths
    }


def _changed(path: Path) -> float:
    return path.stat().st_mtime


def _module(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def _reach(path: Path, counters: Collection[int]) -> Reach:
    probes = plant(ast.parse(path.read_bytes(), str(path)))
    return Reach(sum(map(len, probes.runs)), len(probes.arms), *map(tuple, probes.missing(counters)))


def _show(modules: Mapping[str, Reach], names: Collection[str]) -> None:
    for module, reach in modules.items():
        if any(f"{module}.".startswith(f"{name}.") for name in names) and (
            reach.missing_lines or reach.missing_branches
        ):
            print(f"{module}：没跑到的语句 {reach.missing_lines}，只走了一边的分支 {reach.missing_branches}")  # noqa: T201


def main(names: Collection[str] = ()) -> int:
    floors = floors_of()
    try:
        modules = recorded()
    except FileNotFoundError:
        print("没有记录，或者记录以后程序又改过，请先跑 make test COVERAGE=1", file=sys.stderr)  # noqa: T201
        return 1
    found = reached(modules, floors)
    for name, (statements, branches) in sorted(found.items()):
        print(f"{name:28} 语句 {statements:5}%  分支 {branches:5}%  下限 {floors.get(name, '没有')}")  # noqa: T201
    _show(modules, names)
    faults = list(shortfalls(found, floors))
    print("\n".join(faults) or "每个包都到了下限", file=sys.stderr if faults else sys.stdout)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
