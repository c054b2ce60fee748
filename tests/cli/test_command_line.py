"""The command line as an operator meets it: 0 done, 1 refused with one readable sentence, never a traceback."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from bot.cli.main import main
from models import Case, Event
from models.database.connection import database
from tests import ROOT
from tests.support.ports import unused_port
from tests.support.stories import submitted

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.support.stage import Stage

    Left = Callable[..., tuple[int, str]]


@pytest.fixture
def left(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Left:
    """Run a command on a database; its exit code and what it said on stderr."""

    def run(url: str, *words: str) -> tuple[int, str]:
        monkeypatch.setenv("DATABASE_URL", url)
        monkeypatch.setattr("sys.argv", ["bot", *words])
        with pytest.raises(SystemExit) as gone:
            main()
        return int(gone.value.code or 0), capsys.readouterr().err

    return run


WORDS = [["migrate"], ["audit", "verify"], ["report", "退货原因"], ["undo-import", "1"], ["check"]]


@pytest.mark.parametrize("words", WORDS)
def test_a_file_that_is_no_database_is_said_to_be_none(left: Left, tmp_path: Path, words: list[str]) -> None:
    (tmp_path / "x.db").write_text("这不是数据库" * 100, encoding="utf-8")
    code, said = left(f"sqlite://{tmp_path / 'x.db'}", *words)
    assert code == 1
    assert "不是 SQLite 数据库" in said
    assert "Traceback" not in said


@pytest.mark.parametrize("words", WORDS)
def test_a_folder_is_no_database(left: Left, tmp_path: Path, words: list[str]) -> None:
    code, said = left(f"sqlite://{tmp_path}", *words)
    assert code == 1
    assert "打不开" in said
    assert "Traceback" not in said


@pytest.mark.parametrize("words", WORDS)
def test_a_database_that_postgres_has_not_is_said(left: Left, postgres: str, words: list[str]) -> None:
    code, said = left(postgres.rpartition("/")[0] + "/no_such_database", *words)
    assert code == 1
    assert "没有这个数据库" in said
    assert "Traceback" not in said


def test_check_without_a_platform_fails(left: Left, tmp_path: Path) -> None:
    code, said = left(f"sqlite://{tmp_path / 'x.db'}", "check")
    assert (code, "没有配置企业微信或钉钉" in said) == (1, True)


BROKEN = {"phrases.yaml": ("客气:", "客气气:"), "cues.yaml": ("够: 3", "够: 三"), "feasts.yaml": ("每年一样:", "每年:")}
ELSEWHERE = "import sys; sys.path.insert(0, sys.argv.pop(1)); from bot.cli.main import main; main()"


@pytest.mark.parametrize("word", ["serve", "check"])
def test_a_file_of_words_with_a_slip_is_named_before_anybody_is_answered(tmp_path: Path, word: str) -> None:
    shutil.copytree(ROOT / "config", tmp_path / "config")
    for name, (right, wrong) in BROKEN.items():
        file = tmp_path / "config" / name
        assert right in file.read_text("utf-8")
        file.write_text(file.read_text("utf-8").replace(right, wrong, 1), "utf-8")
    environ = os.environ | {"DATABASE_URL": f"sqlite://{tmp_path / 'x.db'}", "BOT_PORT": str(unused_port())}
    command = [sys.executable, "-c", ELSEWHERE, str(tmp_path), word]
    done = subprocess.run(command, cwd=ROOT, env=environ, capture_output=True, text=True, timeout=60)
    assert done.returncode == 1
    assert [name in done.stderr for name in BROKEN] == [True] * len(BROKEN), done.stderr
    assert "Traceback" not in done.stderr


def test_a_chart_is_not_written_over_a_folder(left: Left, tmp_path: Path) -> None:
    url = f"sqlite://{tmp_path / 'x.db'}"
    sqlite3.connect(tmp_path / "x.db").close()
    code, said = left(url, "report", "退货原因", "--format", "csv", "-o", str(tmp_path))
    assert (code, "是文件夹，请写上文件名" in said) == (1, True)


async def test_a_record_that_was_touched_fails_the_audit(desk: Stage, left: Left) -> None:
    await submitted(desk)
    url = desk.bot.settings.database_url
    desk.honest = False
    await Event.filter(case_id=(await Case.get()).id, seq=1).update(actor="李敏")
    await desk.up.aclose()
    async with database(url):
        assert await Event.filter(actor="李敏").exists()
    import asyncio

    code, said = await asyncio.to_thread(left, url, "audit", "verify")
    assert (code, "第 1 步（李敏 提交）被改动过" in said) == (1, True)
