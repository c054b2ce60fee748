"""``python -m bot flow …``: what it says, its exit codes, and a running bot that takes what was published."""

from __future__ import annotations

import asyncio
import os
import sys
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest
from click.testing import CliRunner, Result

from bot.cli.flows import identified
from bot.cli.main import cli, main
from flow.definitions.business import CONFIG, shipped
from flow.desk import Desk
from flow.errors import DefinitionError
from flow.publishing.release import publish_shipped
from models import Definition
from models.database.connection import database
from tests.support.owners import approver, shop
from tests.support.stage import START
from tests.support.stories import says, stand, submitted, taps

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Run = Callable[..., Result]

FLOW = CONFIG / "flows" / "退货.yaml"
EXPRESS = CONFIG / "policies" / "express.yaml"
REASONS = CONFIG / "reasons.yaml"
QUICKER, HIGHER = ("时限: 48小时", "时限: 4小时"), ('"<=50"', '"<=80"')
NEW_TYPE = ("  质量问题:", "  色差: {流程: 退货, 路由: 仓库}\n  质量问题:")
GOOD = [(FLOW, "退货流程没有问题"), (EXPRESS, "政策 express没有问题"), (REASONS, "退货类型没有问题")]


@pytest.fixture
def run(sqlite: str) -> Run:
    """The command on a database in which the shipped files are published."""

    async def filled() -> None:
        async with database(sqlite):
            await publish_shipped("express", START)

    asyncio.run(filled())
    return lambda *words: CliRunner().invoke(cli, ["flow", *words], env={"DATABASE_URL": sqlite})


def changed(folder: Path, source: Path, old: str, new: str) -> str:
    """A copy of a shipped file with one thing changed."""
    text = source.read_text(encoding="utf-8")
    assert old in text
    copy = folder / source.name
    copy.write_text(text.replace(old, new, 1), encoding="utf-8")
    return str(copy)


PUBLISHED = [
    pytest.param(
        FLOW, "时限: 48小时", "时限: 4小时", ["· 质检 时限：48小时 → 4小时", "已发布 退货流程 第 2 版"], id="flow"
    ),
    pytest.param(EXPRESS, '"<=50"', '"<=80"', ["小额自动通过 金额", "已发布 政策 express 第 2 版"], id="policy"),
    pytest.param(
        REASONS,
        "  质量问题:",
        "  色差: {流程: 退货}\n  质量问题:",
        ["增加退货类型 色差", "退货类型 第 2 版"],
        id="types",
    ),
]


@pytest.mark.parametrize(("source", "old", "new", "heard"), PUBLISHED)
def test_a_file_is_published_with_its_differences(
    run: Run, tmp_path: Path, source: Path, old: str, new: str, heard: list[str]
) -> None:
    done = run("publish", changed(tmp_path, source, old, new))
    assert done.exit_code == 0, done.output
    assert all(words in done.output for words in heard)


def test_the_same_again_is_not_published(run: Run) -> None:
    done = run("publish", str(FLOW))
    assert (done.exit_code, done.output) == (0, "退货流程和现在用的一样，没有发布\n")


BROKEN = [
    pytest.param(FLOW, "去: 审批或退款}", "去: 没有的节点}", "没有的节点", id="a way to nowhere"),
    pytest.param(FLOW, "角色: 质检员", "角色: 质检元", "质检元", id="a role nobody has"),
    pytest.param(FLOW, "流程: 退货\n", "流程: 退货\n流程: 换货\n", "“流程”写了两次", id="a key twice"),
    pytest.param(EXPRESS, '金额: ">500"', '金额: ">600"', "500", id="a gap between tiers"),
    pytest.param(REASONS, "流程: [退货", "流程: [退火", "流程“退火”不存在", id="a flow that is none"),
]


@pytest.mark.parametrize("command", ["check", "publish"])
@pytest.mark.parametrize(("source", "old", "new", "heard"), BROKEN)
def test_a_broken_file_is_refused_and_nothing_is_published(
    run: Run, tmp_path: Path, source: Path, old: str, new: str, heard: str, command: str
) -> None:
    refused = run(command, changed(tmp_path, source, old, new))
    assert isinstance(refused.exception, DefinitionError)
    assert heard in str(refused.exception)


@pytest.mark.parametrize(("source", "heard"), GOOD)
def test_what_ships_is_found_good(run: Run, source: Path, heard: str) -> None:
    assert heard in run("check", str(source)).output


def test_every_shipped_file_is_known_by_what_it_says() -> None:
    assert all(identified(text, kind)[0] == kind for (kind, _), text in shipped().items())


@pytest.mark.parametrize("text", ["说明: 别的", "- 一\n- 二", "只有字"])
def test_a_file_of_another_kind_is_refused_with_what_it_should_say(text: str) -> None:
    with pytest.raises(DefinitionError, match="看不出是什么文件，第一层要有 审批表、节点、退货类型"):
        identified(text, "别的.yaml")


def test_a_flow_in_words(run: Run) -> None:
    shown = run("show", str(FLOW)).output
    assert "质检（人工，质检员" in shown
    assert "→ 审批或退款、次品去向" in shown


@pytest.mark.parametrize(
    ("words", "code", "heard"),
    [
        (["publish"], 2, "FILE"),
        (["check", "没有这个文件.yaml"], 1, "找不到文件"),
        (["nonsense"], 2, "nonsense"),
    ],
)
def test_exit_codes(
    words: list[str], code: int, heard: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.argv", ["bot", "flow", *words])
    with pytest.raises(SystemExit) as left:
        main()
    assert left.value.code == code
    assert heard in capsys.readouterr().err


def test_a_broken_file_leaves_with_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    file = changed(tmp_path, FLOW, "去: 审批或退款}", "去: 没有的节点}")
    monkeypatch.setattr("sys.argv", ["bot", "flow", "check", file])
    with pytest.raises(SystemExit) as left:
        main()
    assert left.value.code == 1
    assert "没有的节点" in capsys.readouterr().err


# -- beside a running bot ----------------------------------------------------------------------------------------------


async def test_a_running_bot_takes_it_without_a_restart(sqlite: str, tmp_path: Path) -> None:
    async with shop(sqlite) as desk:
        assert await approver(desk, "64") == "客服组长"
        await beside(sqlite, "publish", changed(tmp_path, EXPRESS, *HIGHER))
        assert await approver(desk, "64") == "自动"
        await beside(
            sqlite,
            "publish",
            changed(tmp_path, REASONS, "  质量问题:", "  色差: {流程: 退货, 路由: 仓库}\n  质量问题:"),
        )
        assert await stand(await submitted(desk, "退货 901 色差")) == "处理中 仓库收货"


async def beside(url: str, *words: str) -> None:
    """The command in a process of its own, as an operator runs it."""
    command = [sys.executable, "-m", "bot", "flow", *words]
    process = await asyncio.create_subprocess_exec(*command, env={**os.environ, "DATABASE_URL": url})
    assert await process.wait() == 0


async def test_a_second_replica_takes_what_the_first_published(postgres: str) -> None:
    """Each keeps what it has read until the counter of publishings moves."""
    async with shop(postgres) as desk:
        other = Desk(ZoneInfo("Asia/Shanghai"))
        assert "色差" not in (await other.fresh()).types
        await says(desk, "李敏", "增加原因 色差 像 质量问题")
        await says(desk, "李敏", "发布")
        await taps(desk, "赵卫东", "发布")
        assert "色差" in (await other.fresh()).types
        assert await Definition.filter(kind="reasons", active=True).count() == 1


async def test_going_back_over_what_an_operator_published_is_refused(sqlite: str, tmp_path: Path) -> None:
    async with shop(sqlite) as desk:
        for words in ("流程 质检 时限 4小时", "发布"):
            await says(desk, "李敏", words)
        await taps(desk, "赵卫东", "发布")
        await beside(sqlite, "publish", changed(tmp_path, FLOW, "时限: 48小时", "时限: 6小时"))
        assert "后来又发布过别的改动，不能直接回滚" in await says(desk, "李敏", "回滚")
