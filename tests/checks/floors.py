"""``make coverage``: how much of each package the recorded tests have run, against the floors in pyproject.toml.

``python -m tests.checks.floors pure`` looks at the pure packages, ``all`` at every one; ``tests`` says which tests are
the pure packages' own.
"""

from __future__ import annotations

import json
import math
import sys
import tomllib
from collections import defaultdict
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from coverage import Coverage
from coverage.exceptions import NoDataError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

PROJECT = Path("pyproject.toml")
KINDS = ("语句", "分支")  #: what is counted of a file
_COUNTS = (("covered_lines", "num_statements"), ("covered_branches", "num_branches"))  #: in coverage's JSON


def floors_of(project: Path = PROJECT) -> dict[str, int]:
    """Package or module, by its dotted name -> per cent of it that the tests run at least."""
    return dict(_settings(project)["floors"])


def is_pure(floor: int, project: Path = PROJECT) -> bool:
    """Whether a package with this floor has to reach it by its own tests alone."""
    return floor >= int(_settings(project)["pure"])


def pure_tests(project: Path = PROJECT) -> list[str]:
    """The files and folders of the tests of the pure packages."""
    return [str(path) for path in _settings(project)["tests"]]


def is_among(test: str, paths: Iterable[str]) -> bool:
    """Whether a test, by pytest's own name for it, is in one of these files and folders."""
    return any(test.startswith((f"{path}/", f"{path}::")) for path in paths)


def _settings(project: Path) -> dict[str, Any]:
    return dict(tomllib.loads(project.read_text("utf-8"))["tool"]["boomerang"]["coverage"])


def reached(files: Mapping[str, Mapping[str, Any]], names: Mapping[str, int]) -> dict[str, tuple[float, float]]:
    """Per cent of the statements and of the branches of each of ``names`` that were run; all of nothing is 100.

    ``files`` is what coverage's JSON report says of each. A file counts for the longest name that holds it, and under
    its own dotted name where none does.
    """
    sums: dict[str, list[list[int]]] = defaultdict(lambda: [[0, 0], [0, 0]])
    for path, found in files.items():
        for kind, (done, of_all) in zip(sums[_owner(path, names)], _COUNTS, strict=True):
            kind[0] += found["summary"][done]
            kind[1] += found["summary"][of_all]
    return {name: (_per_cent(*kinds[0]), _per_cent(*kinds[1])) for name, kinds in sums.items()}


def shortfalls(found: Mapping[str, tuple[float, float]], floors: Mapping[str, int]) -> Iterator[str]:
    """A sentence for each package that is below its floor, has none, or of which nothing was recorded."""
    for name in sorted({*found, *floors}):
        if name not in floors:
            yield f"{name} 没有下限：请在 pyproject.toml 的 [tool.boomerang.coverage] 里写上"
        elif name not in found:
            yield f"{name} 没有记录：这个包已经不在了，或者一个文件也没有跑到"
        else:
            for kind, per_cent in zip(KINDS, found[name], strict=True):
                if per_cent < floors[name]:
                    yield f"{name} 的{kind}只跑到 {per_cent}%，下限是 {floors[name]}%"


def _owner(path: str, names: Mapping[str, int]) -> str:
    module = ".".join(PurePosixPath(path.replace("\\", "/")).with_suffix("").parts).removesuffix(".__init__")
    holders = [name for name in names if module == name or module.startswith(f"{name}.")]
    return max(holders, key=len, default=module)


def _per_cent(done: int, of_all: int) -> float:
    """Rounded down to a tenth, so that what is shown never looks like more than it is."""
    return math.floor(1000 * done / of_all) / 10 if of_all else 100.0


def recorded() -> dict[str, Any]:
    """What coverage's JSON report says of each file; the workers' records are made one. Raises NoDataError."""
    record = Coverage()
    if list(Path(record.config.data_file).parent.glob(f"{Path(record.config.data_file).name}.*")):
        record.combine()
    record.load()
    report = Path(record.config.data_file).with_suffix(".json")
    record.json_report(outfile=str(report))
    return dict(json.loads(report.read_text("utf-8"))["files"])


def main(which: str) -> int:
    """What ``make coverage`` prints; 1 where a package is below its floor."""
    if which == "tests":
        print(*pure_tests())  # noqa: T201
        return 0
    floors = floors_of()
    try:
        found = reached(recorded(), floors)
    except NoDataError:
        print("没有记录，请用 make coverage 跑", file=sys.stderr)  # noqa: T201
        return 1
    if which == "pure":
        floors = {name: floor for name, floor in floors.items() if is_pure(floor)}
        found = {name: figures for name, figures in found.items() if name in floors}
    for name, (statements, branches) in sorted(found.items()):
        print(f"{name:28} 语句 {statements:5}%  分支 {branches:5}%  下限 {floors.get(name, '没有')}")  # noqa: T201
    faults = list(shortfalls(found, floors))
    print("\n".join(faults) or "每个包都到了下限", file=sys.stderr if faults else sys.stdout)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
