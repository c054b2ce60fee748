"""The command line as an operator meets it: 0 done, 1 refused with one readable sentence, never a traceback."""

from __future__ import annotations

import asyncio
import errno
import os
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from bot.cli.files import whole
from bot.cli.main import main
from bot.runtime.oserrors import in_words
from models import Case, Event
from models.database.connection import SQLITE_PRAGMAS, database, migrate
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


@pytest.mark.parametrize("words", [["link-key", "new"], ["audit", "anchor"]])
def test_a_file_that_another_program_holds_is_said_to_be_held(
    left: Left, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: list[str]
) -> None:
    """Whatever way the statement goes to the engine; and not that it cannot be opened, or that the disk is full."""
    monkeypatch.setattr("models.database.connection.SQLITE_PRAGMAS", SQLITE_PRAGMAS.replace("=5000", "=50"))
    url, path = f"sqlite://{tmp_path / 'x.db'}", tmp_path / "x.db"
    asyncio.run(migrate(url))
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        code, said = left(url, *words)
    assert (code, "被别的程序占着，没有做成" in said, "Traceback" in said) == (1, True, False)


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


# -- what the system refuses -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("words", [["audit", "export", "/dev/full"], ["report", "退货原因", "-o", "/dev/full"]])
def test_a_full_disk_is_said_in_chinese(left: Left, tmp_path: Path, words: list[str]) -> None:
    url = f"sqlite://{tmp_path / 'x.db'}"
    asyncio.run(migrate(url))
    code, said = left(url, *words)
    assert (code, said) == (1, "没有做成：磁盘满了，请清出空间\n")


def _write_half(target: Path) -> None:
    with whole(target) as part:
        part.write_text("一半", encoding="utf-8")
        raise OSError(errno.ENOSPC, "full")


@pytest.mark.parametrize("before", [None, "旧的"])
def test_a_file_is_written_whole_or_not_at_all(tmp_path: Path, before: str | None) -> None:
    target = tmp_path / "e.jsonl"
    if before:
        target.write_text(before, encoding="utf-8")
    with pytest.raises(OSError, match="full"):
        _write_half(target)
    assert [each.read_text(encoding="utf-8") for each in tmp_path.iterdir()] == ([before] if before else [])
    with whole(target) as part:
        assert part.suffix == target.suffix, "what is written goes by the name's end"
        part.write_text("全部", encoding="utf-8")
    assert [each.read_text(encoding="utf-8") for each in tmp_path.iterdir()] == ["全部"]


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), "磁盘满了，请清出空间"),
        (OSError(errno.EROFS, "Read-only file system"), "磁盘是只读的"),
        (OSError(errno.EIO, "对象存储没有回答"), "对象存储没有回答"),
        (OSError(errno.EXDEV, "Invalid cross-device link"), "系统出错（EXDEV）"),
        (OSError("no number"), "系统出错（OSError）"),
    ],
)
def test_what_the_system_refuses_is_said_in_our_words(error: OSError, words: str) -> None:
    assert in_words(error) == words


def test_nobody_says_the_system_s_own_words() -> None:
    own = [path.name for path in (ROOT / "bot").rglob("*.py") if "strerror" in path.read_text(encoding="utf-8")]
    assert own == ["oserrors.py"]
