"""Records in a file: somebody outside checks them with nothing but the file and an anchor that was posted."""

from __future__ import annotations

import json
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner

from bot.cli.main import cli
from flow.errors import PolicyRefused
from flow.records import access_log, anchors, audit_file
from flow.records.events import note
from models import AuditAnchor, Case, seals
from models.database.connection import database, migrate
from tests.support.sealed_cases import BOSS, NO, NOW, ZONE, written

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

Lines = list[dict[str, Any]]


@pytest.fixture
async def whole(database_url: str) -> tuple[Lines, str]:
    """Everything of three cases and two anchors, and the first anchor."""
    await migrate(database_url)
    async with database(database_url):
        await anchors.begin(NOW)
        cases = [await written() for _ in range(3)]
        await access_log.looked(BOSS, [cases[0].no], NOW)
        first = await anchors.cast(NOW, ZONE)
        await note(
            await Case.get(id=cases[1].id), BOSS, {"action": "评论", "data": {"说": "客户电话 13800138000"}}, NOW
        )
        await anchors.cast(NOW + timedelta(days=1), ZONE)
        found = [json.loads(line) async for line in audit_file.lines([], NOW)]
    return found, first.hash if first else ""


def said(lines: Lines, *given: str, keyed: bool = True) -> list[str]:
    text = "\n".join(json.dumps(line, ensure_ascii=False) for line in lines)
    return audit_file.check(audit_file.read(text), given, seals.ring() if keyed else None)


def case_in(lines: Lines, no: str = NO) -> dict[str, Any]:
    return next(line for line in lines if line["record"] == "case" and line["no"] == no)


def test_a_file_verifies_by_itself_and_against_the_anchor(whole: tuple[Lines, str]) -> None:
    lines, anchor = whole
    assert said(lines, anchor) == []
    assert said(lines, anchor, keyed=False) == []
    assert said(lines, "f" * 64, keyed=False) == [
        "给出的审计锚 ffffffffffff… 不在文件里：文件比它旧，或它之前的记录被换过"
    ]


def test_a_file_holds_no_personal_data_unless_it_is_asked_for(whole: tuple[Lines, str]) -> None:
    text = json.dumps(whole[0], ensure_ascii=False)
    for private in ("13800138000", "请快一点", "6222 0001"):
        assert private not in text


def _amount(lines: Lines) -> None:
    case_in(lines)["stands"]["refunds"][0][1] = "3.29"


def _actor(lines: Lines) -> None:
    case_in(lines)["events"][1]["actor"] = "陈卓"


def _tail(lines: Lines) -> None:
    case = case_in(lines)
    case["events"] = case["events"][:3]
    case["seq"], case["chain"] = 3, case["events"][-1]["hash"]


def _case(lines: Lines) -> None:
    lines.remove(case_in(lines))


def _log(lines: Lines) -> None:
    lines.remove([line for line in lines if line["record"] == "log"][-1])


def _anchor(lines: Lines) -> None:
    lines.remove(next(line for line in lines if line["record"] == "anchor"))


def _heads(lines: Lines) -> None:
    anchor = next(line for line in lines if line["record"] == "anchor")
    anchor["heads"] = [head for head in anchor["heads"] if head[0] != NO]


CHANGED: list[tuple[Callable[[Lines], None], str]] = [
    (_amount, f"{NO} 第 5 步（李敏 评论）记的退款 {NO}-T1 金额是 329.00，现在是 3.29"),
    (_actor, f"{NO} 第 2 步（陈卓 同意）被改动过"),
    (_tail, f"{NO} 第 4 步起的流水不见了：审计锚 2026-11-22 时它有 4 步"),
    (_case, f"{NO} 不见了：审计锚 2026-11-22 时它有 4 步"),
    (_log, "访问记录第 6 条和审计锚 2026-11-22 对不上"),
    (_anchor, "第 1 个审计锚不见了"),
    (_heads, "第 1 个审计锚（2026-11-22）的内容被改动过"),
]


@pytest.mark.parametrize(("change", "sentence"), CHANGED)
def test_what_was_changed_in_a_file_is_named_without_key_and_database(
    whole: tuple[Lines, str], change: Callable[[Lines], None], sentence: str
) -> None:
    lines, anchor = whole
    change(lines)
    assert sentence in said(lines, anchor, keyed=False)


async def test_a_few_cases_carry_their_way_to_the_anchors(database_url: str) -> None:
    await migrate(database_url)
    async with database(database_url):
        for _ in range(3):
            await written()
        anchor = await anchors.cast(NOW, ZONE)
        assert anchor is not None
        lines = [json.loads(line) async for line in audit_file.lines([NO.lower()], NOW, told=True)]
        with pytest.raises(PolicyRefused, match="没有售后单 R20261122-0099"):
            _ = [line async for line in audit_file.lines(["R20261122-0099"], NOW)]
    assert [line["no"] for line in lines if line["record"] == "case"] == [NO]
    assert "R20261122-0001" not in json.dumps(lines)
    assert said(lines, anchor.hash, keyed=False) == []
    case_in(lines)["snapshot"]["paid"] = "1.00"
    assert said(lines) == [f"{NO} 第 4 步（钱芳 确认退款）之后，下单时的订单内容被改动过"]
    case_in(lines)["snapshot"]["paid"] = "329.00"
    _tail(lines)
    assert f"{NO} 第 4 步起的流水不见了：审计锚 2026-11-22 时它有 4 步" in said(lines, keyed=False)


@pytest.mark.parametrize("text", ["", "你好", '{"record": "case"}', '{"record": "file", "format": "x"}', "[1]"])
def test_what_is_no_such_file_is_said_so(text: str) -> None:
    with pytest.raises(PolicyRefused, match=r"审计文件"):
        audit_file.read(text)


def test_anchors_are_found_in_what_was_kept_of_the_group() -> None:
    one, other = "a" * 64, "0123456789abcdef" * 4
    text = f"审计锚 2026-11-22 第 1 号：{one}\n它锁住了…\n{other.upper()}，{one}；{'b' * 65}"
    assert audit_file.hashes_in(text) == [one, other]


# -- the commands ------------------------------------------------------------------------------------------------------


async def _made(url: str) -> str:
    async with database(url):
        await written()
        anchor = await anchors.cast(NOW, ZONE)
        return anchor.hash if anchor else ""


def run(monkeypatch: pytest.MonkeyPatch, url: str, *words: str) -> tuple[int, str]:
    monkeypatch.setenv("DATABASE_URL", url)
    result = CliRunner().invoke(cli, ["audit", *words])
    return result.exit_code, result.output


def test_the_commands_write_check_and_refuse(ready: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import asyncio

    monkeypatch.chdir(tmp_path)
    anchor = asyncio.run(_made(ready))
    assert run(monkeypatch, ready, "verify") == (0, "全部流水完整，没有改动\n")
    assert run(monkeypatch, ready, "verify", "--anchor", anchor)[0] == 0
    assert run(monkeypatch, ready, "export", "a.jsonl")[0] == 0
    code, words = run(monkeypatch, "postgres://nobody@127.0.0.1:1/none", "verify", "a.jsonl", "--anchor", anchor)
    assert (code, words) == (0, "文件里 1 张单、1 个审计锚完整，没有改动，1 个给出的审计锚都对得上\n")
    (tmp_path / "kept.txt").write_text(f"审计锚：{'b' * 64}", encoding="utf-8")
    code, words = run(monkeypatch, ready, "verify", "a.jsonl", "--anchors", "kept.txt")
    assert code == 1
    assert "给出的审计锚 bbbbbbbbbbbb… 不在文件里" in words
    asyncio.run(_spoil(ready))
    code, words = run(monkeypatch, ready, "verify")
    assert code == 1
    assert "R20261122-0001 第 4 步（钱芳 确认退款）记的金额是 329.00，现在是 1.00" in words
    assert anchor in run(monkeypatch, ready, "anchor")[1] or asyncio.run(_anchors(ready)) == 2
    assert "没有访问记录" not in run(monkeypatch, ready, "log")[1]


async def _spoil(url: str) -> None:
    async with database(url):
        await Case.all().update(amount=Decimal("1.00"))


async def _anchors(url: str) -> int:
    async with database(url):
        return await AuditAnchor.all().count()
