"""The recorder: what a process imports is counted and left behind; nothing else is touched."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

from tests import ROOT
from tests.checks.floors import recorded

if TYPE_CHECKING:
    from pathlib import Path

PROCESS = """
import pathlib, sys
from tests.checks import recorder
from flow.errors import NotFound
import tests.support
assert "_ran_" not in vars(tests.support)
recorder.leave(pathlib.Path(sys.argv[1]))
"""


def test_what_a_process_has_imported_is_left_behind(tmp_path: Path) -> None:
    subprocess.run([sys.executable, "-c", PROCESS, str(tmp_path)], cwd=ROOT, check=True)
    found = recorded(tmp_path)
    (run, of_all), _ = found["flow.errors"].counts
    assert 0 < run <= of_all
    assert found["flow.desk"].counts[0][0] == 0
