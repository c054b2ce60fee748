"""A plugin of pytest that records what the tests run of the product: ``make test COVERAGE=1``.

The files are read with counters in them (probes.py): a run of statements costs a store into a list, no call. Tracing,
which is all that coverage.py has before Python 3.12, nearly doubles what the tests cost. The plugin comes by
``PYTEST_PLUGINS``, because nothing of the product may be imported before it. What only other processes run, such as a
bot that a test kills, is not recorded.
"""

from __future__ import annotations

import ast
import json
import os
import sys
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from pathlib import Path
from typing import TYPE_CHECKING

from tests import ROOT
from tests.checks import GENERATED, RECORDS, ROOMS
from tests.checks.probes import COUNTERS, plant

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import CodeType, ModuleType

_RECORD: dict[str, list[int]] = {}  # by file, its counters


class _Loader(SourceFileLoader):
    def get_code(self, fullname: str) -> CodeType:
        tree = ast.parse(self.get_data(self.path), self.path)
        _RECORD.setdefault(self.path, [0] * plant(tree).size)  # a second import counts on
        return compile(tree, self.path, "exec", dont_inherit=True)

    def exec_module(self, module: ModuleType) -> None:
        code = self.get_code(module.__name__)
        vars(module)[COUNTERS] = _RECORD[self.path]
        exec(code, vars(module))


class _Finder:
    @staticmethod
    def find_spec(name: str, path: Sequence[str] | None = None, target: ModuleType | None = None) -> ModuleSpec | None:
        if name.partition(".")[0] not in ROOMS or name.startswith(GENERATED):
            return None
        spec = PathFinder.find_spec(name, path, target)
        if spec is not None and isinstance(spec.loader, SourceFileLoader):
            spec.loader = _Loader(name, spec.loader.path)
        return spec


def leave(folder: Path) -> None:
    """Leave behind which counters of which files were reached; a file for each process."""
    folder.mkdir(parents=True, exist_ok=True)
    reached = {
        Path(path).relative_to(ROOT).as_posix(): [at for at, hit in enumerate(counters) if hit]
        for path, counters in _RECORD.items()
    }
    (folder / f"reached.{os.getpid()}.json").write_text(json.dumps(reached), "utf-8")


def pytest_unconfigure() -> None:
    """The tests of this process are over."""
    leave(RECORDS)


sys.meta_path.insert(0, _Finder)  # in front of the one that would find them without
