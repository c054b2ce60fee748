"""What the documents say of links, settings, commands, words and dependencies is what the program does."""

from __future__ import annotations

import functools
import operator
import re
import shlex
import sqlite3
import tomllib
from typing import TYPE_CHECKING

import aiohttp
import click
import pytest

from bot.channels.dingtalk.errors import PERMISSION, REASONS, SCOPES, WAITS
from bot.channels.wecom.errors import failure
from bot.cli.main import cli
from config.settings import (
    DingTalkSettings,
    KeepSettings,
    S3Settings,
    Section,
    Settings,
    SettingsError,
    ShopSettings,
    WeComSettings,
)
from flow.definitions.business import CONFIG
from flow.validation.flows import parse_flow
from handlers.commands.bulk import MANY
from handlers.root import router
from models import Case
from models.database.connection import sqlite_path
from sandbox.shop import sign
from tests import ROOT
from tests.support import stories
from tests.support.documents import DOCUMENTS, anchors, blocks, links, read, spans, tables
from tests.support.mermaid import flow_mermaid
from tests.support.stage import stage, text_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sandbox.world import Person
    from tests.support.stage import Stage

PACKAGES = ("config", "models", "flow", "cards", "connectors", "handlers", "bot", "sandbox", "bench", "tests")
_OURS = re.compile(rf"(?:{'|'.join(PACKAGES)})/[\w/.-]+")
_MODULE = re.compile(rf"``((?:{'|'.join(PACKAGES)})(?:\.\w+)+)``")


README, OPERATORS = read("README.md"), read("docs/operators.md")
BOT = "python -m bot "
by_document = pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))


# -- links and pictures ------------------------------------------------------------------------------------------------


@by_document
def test_every_link_leads_somewhere(document: Path) -> None:
    for target in links(document.read_text(encoding="utf-8")):
        path, _, anchor = target.partition("#")
        place = document.parent / path if path else document
        assert place.exists(), target
        assert not anchor or anchor in anchors(place.read_text(encoding="utf-8")), target


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_files_of_ours_that_a_document_names_are_there(document: Path) -> None:
    named = [span for span in spans(document.read_text(encoding="utf-8")) if _OURS.fullmatch(span)]
    assert [span for span in named if not (ROOT / span).exists()] == []


def test_modules_that_docstrings_name_are_there() -> None:
    """``flow.engine.machine.step`` is a module, or something in one."""
    lost = []
    for top in PACKAGES:
        for path in (ROOT / top).rglob("*.py"):
            for name in _MODULE.findall(path.read_text(encoding="utf-8")):
                if not _is_there(name):
                    lost.append(f"{path.relative_to(ROOT)}: {name}")
    assert lost == []


def _is_there(name: str) -> bool:
    place = ROOT / name.replace(".", "/")
    if place.is_dir() or any(each.with_suffix(".py").exists() for each in (place, place.parent, place.parent.parent)):
        return True
    shown = place.parent / "__init__.py"
    return shown.exists() and place.name in shown.read_text(encoding="utf-8")


def test_the_index_names_every_document() -> None:
    named = {(ROOT / "docs" / target).resolve() for target in links(read("docs/README.md"))}
    assert {path.resolve() for path in DOCUMENTS} - {ROOT / "docs" / "README.md"} <= named


def test_the_diagram_shows_the_flow_that_runs() -> None:
    text = (CONFIG / "flows" / "退货.yaml").read_text(encoding="utf-8")
    assert blocks(README, "mermaid") == [flow_mermaid(parse_flow(text)) + "\n"]


# -- settings ----------------------------------------------------------------------------------------------------------

REQUIRED = {
    "WECOM_CORP_ID": "ww1", "WECOM_AGENT_ID": "1", "WECOM_SECRET": "s", "WECOM_TOKEN": "t", "WECOM_AES_KEY": "a" * 43,
    "DINGTALK_CLIENT_ID": "DINGTALK_CLIENT_ID", "DINGTALK_CLIENT_SECRET": "s",
    "SHOP_API_BASE": "https://shop.example", "SHOP_API_KEY": "k", "SHOP_API_SECRET": "s",
    "S3_API_BASE": "https://oss.example", "S3_ACCESS_KEY": "k", "S3_SECRET_KEY": "s",
}  # fmt: skip
SECTIONS: dict[str, type[Section]] = {
    "WECOM_": WeComSettings, "DINGTALK_": DingTalkSettings, "SHOP_": ShopSettings, "KEEP_": KeepSettings,
    "S3_": S3Settings,
}  # fmt: skip


def defaults() -> Iterator[tuple[str, str]]:
    """Every key with the value that it has when nobody sets it, as the table writes it."""
    settings = Settings.load(REQUIRED)
    names = {prefix.rstrip("_").lower(): prefix for prefix in SECTIONS}
    for name in Settings.model_fields:
        if prefix := names.get(name):
            section = getattr(settings, name)
            yield from (
                (prefix + key.upper(), _written(getattr(section, key))) for key in SECTIONS[prefix].model_fields
            )
        else:
            yield name.upper(), _written(getattr(settings, name))


def _written(value: object) -> str:
    return "无" if value in (None, {}) else str(value)


def test_every_setting_is_documented_with_its_default() -> None:
    rows = {spans(row[0])[0]: (spans(row[1]) or [row[1]])[0] for row in tables(OPERATORS, "键", "默认")}
    assert rows == dict(defaults()) | dict.fromkeys(REQUIRED, "必填")


@pytest.mark.parametrize("key", REQUIRED)
def test_what_is_called_required_is(key: str) -> None:
    with pytest.raises(SettingsError, match=key):
        Settings.load({name: value for name, value in REQUIRED.items() if name != key})


# -- what a proxy lets through -----------------------------------------------------------------------------------------

PRIVATE = {"/healthz", "/readyz", "/metrics"}  #: for the operator's own tools, never from outside
LOCATION = re.compile(r"location\s+(=\s+)?(\S+)\s*\{(.*?)\}", re.DOTALL)


def locations() -> list[tuple[bool, str, str]]:
    """Those of the documented nginx: whether exact, the path, and what it says."""
    [config] = blocks(OPERATORS, "nginx")
    return [(bool(exact), path, body) for exact, path, body in LOCATION.findall(config)]


def location_of(path: str) -> str:
    """What nginx does with a path: the exact location, else the longest that begins it."""
    exact = [body for is_exact, place, body in locations() if is_exact and place == path]
    begun = sorted((place, body) for is_exact, place, body in locations() if not is_exact and path.startswith(place))
    return exact[0] if exact else max(begun, key=lambda each: len(each[0]))[1]


async def test_the_documented_proxy_passes_all_that_is_served(sqlite: str) -> None:
    async with stage(sqlite, mode="http") as desk:
        served = {route.resource.canonical for route in desk.bot.web.router.routes() if route.resource}
    passed = {path for path in served if "proxy_pass" in location_of(re.sub(r"\{.*?\}", "x", path))}
    assert served - passed == PRIVATE
    exact = {place for is_exact, place, _ in locations() if is_exact}
    assert exact <= served, "nor is anything passed that is not served"
    assert "client_max_body_size 3m" in location_of("/d/x"), "a workbook may have 2 MB"


# -- commands ----------------------------------------------------------------------------------------------------------


def leaves(command: click.Command, path: str = "") -> Iterator[str]:
    """Every command that does something, by the words that call it."""
    if isinstance(command, click.Group):
        for name in command.list_commands(click.Context(command)):
            child = command.get_command(click.Context(command), name)
            assert child, name
            yield from leaves(child, f"{path} {name}".strip())
    else:
        yield path


def find(words: list[str]) -> tuple[click.Command, list[str]]:
    """The command that ``words`` call, and the words left for it."""
    command: click.Command = cli
    while isinstance(command, click.Group):
        found = command.get_command(click.Context(command), words[0])
        assert found, words[0]
        command, words = found, words[1:]
    return command, words


def test_every_command_is_documented() -> None:
    documented = [spans(row[0])[0].removeprefix(BOT) for row in tables(OPERATORS, "命令", "作用")]
    assert sorted(documented) == sorted(leaves(cli))


@by_document
def test_commands_in_text_exist(document: Path) -> None:
    for span in spans(document.read_text(encoding="utf-8")):
        if span.startswith(BOT) and "<" not in span:
            find(shlex.split(span.removeprefix(BOT)))


@by_document
def test_commands_to_copy_are_taken_by_the_command_line(document: Path) -> None:
    for line in "\n".join(blocks(document.read_text(encoding="utf-8"))).splitlines():
        if line.strip().startswith(BOT):
            command, words = find(shlex.split(line.strip().removeprefix(BOT), comments=True))
            command.make_context(line, words)


@by_document
def test_targets_of_make_that_a_document_names_are_there(document: Path) -> None:
    there = re.findall(r"^([a-z]+):", read("Makefile"), re.MULTILINE)
    text = document.read_text(encoding="utf-8")
    named = re.findall(r"\bmake ([a-z]+)", "\n".join([*spans(text), *blocks(text)]))
    assert set(named) - set(there) == set()


def test_names_of_the_code_in_the_contributing_page_are_there() -> None:
    """Identifiers in backticks, plain or dotted: a class, a constant, a variable of the tests' surroundings."""
    code = "\n".join(path.read_text("utf-8") for top in PACKAGES for path in (ROOT / top).rglob("*.py"))
    known = {*re.findall(r"\w+", code), *re.findall(r"[\w-]+", read("pyproject.toml") + read("Makefile"))}
    named = [span for span in spans(read("docs/contributing.md")) if re.fullmatch(r"[A-Za-z_][\w.]*", span)]
    assert len(named) > 60
    assert [span for span in named if not {*span.split(".")} <= known] == []


def test_statements_to_copy_run_on_the_schema(sqlite: str) -> None:
    found = re.findall(r'^ *sqlite3 \S+ "((?:select|update) .+)"$', OPERATORS, re.MULTILINE)
    with sqlite3.connect(str(sqlite_path(sqlite))) as database:
        assert [database.execute(statement).fetchall() for statement in found] == [[]] * 2
    database.close()


# -- what people type --------------------------------------------------------------------------------------------------


def test_every_word_is_in_the_readme() -> None:
    said = {span.split()[0] for row in tables(README, "打字", "作用") for span in spans(row[0])}
    listed = {MANY if word.startswith(MANY) else word for word in said}
    assert listed == set(router.commands) | {"同意", "取消"}


async def test_the_walk_of_the_readme_ends_as_it_says(desk: Stage) -> None:
    for _, name, place, act, expected in tables(README, "步", "谁"):
        platform = {"企业微信": "wecom", "钉钉": "dingtalk"}[place]
        [seen], [words] = spans(expected), spans(act)
        shown = await step(desk, desk.person(name), platform, (act.partition(" ")[0], words))
        assert seen in shown, act


async def test_the_story_in_the_guide_runs(desk: Stage) -> None:
    [story] = blocks(read("docs/contributing.md"), "python")
    names = dict(vars(stories))
    exec(story, names)
    await names["test_the_approver_refuses"](desk)


async def step(desk: Stage, who: Person, platform: str, act: tuple[str, str]) -> str:
    """Type or tap what a row of the walk says; what is on the phone then."""
    verb, words = act
    if verb == "点":
        item = await desk.tap(who, words)
        assert item.place.platform == platform
        return text_of(item)
    newest = await Case.all().order_by("-id").first()
    said = words.replace("<单号>", newest.no if newest else "")
    return " ".join(text_of(item) for item in await desk.say(who, said, platform))


# -- the operator's page -----------------------------------------------------------------------------------------------


async def test_addresses_and_metrics_are_documented(desk: Stage) -> None:
    async with aiohttp.ClientSession() as session, session.get(f"{desk.bot.settings.public_url}/metrics") as answer:
        lines = (await answer.text()).splitlines()
    shown = {re.split(r"[{ ]", line)[0] for line in lines if not line.startswith("#")}
    assert {span.partition("{")[0] for row in tables(OPERATORS, "指标") for span in spans(row[0])} == shown
    paths = {resource.canonical for resource in desk.bot.web.router.resources()}
    rows = tables(OPERATORS, "地址", "谁来访问")
    assert paths <= {word for row in rows for word in re.findall(r"/[a-z0-9/{}]+", row[0])}


def codes(heading: str) -> list[str]:
    """The error codes of the table under a heading."""
    section = OPERATORS.partition(heading)[2].partition("\n###")[0]
    return [code.strip("`") for row in tables(section, "错误码") for code in row[0].split("、")]


@pytest.mark.parametrize("code", codes("### 企业微信的错误码"))
def test_a_wecom_code_has_a_meaning_of_its_own(code: str) -> None:
    assert "拒绝了这个请求" not in str(failure("send", {"errcode": int(code)}))


@pytest.mark.parametrize("code", codes("### 钉钉的错误码"))
def test_a_dingtalk_code_has_a_meaning_of_its_own(code: str) -> None:
    assert code in WAITS | REASONS or code in {PERMISSION, "60011"}


def test_every_permission_is_named() -> None:
    named = {span for row in tables(OPERATORS, "权限", "用来") for span in spans(row[0])}
    assert named == set(SCOPES.values())


# -- connectors and dependencies ---------------------------------------------------------------------------------------


def test_the_signature_of_the_example_is_right() -> None:
    body = '{"key":"R20261122-0007-T1"}'
    assert f"`{sign('s3cret', '1700000000', body)}`" in read("docs/connectors.md")


def test_every_direct_dependency_has_a_reason() -> None:
    project = tomllib.loads(read("pyproject.toml"))["project"]
    wanted = [*project["dependencies"], *functools.reduce(operator.iadd, project["optional-dependencies"].values(), [])]
    given = [spans(row[0])[0] for row in tables(read("docs/dependencies.md"), "包", "用来")]
    assert sorted(given) == sorted(re.split(r"[<>=\[]", name)[0] for name in wanted)
