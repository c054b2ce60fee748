"""``flow check``, ``show`` and ``publish``: a file of the business, what is wrong with it, and making it live."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click
import yaml
from tortoise.transactions import in_transaction

from bot.cli.serve import load_settings
from bot.cli.terminal import say
from cards.words import span
from flow.definitions import yamlfile
from flow.definitions.business import FILES, FLOW, POLICY, SPARE, TITLES, shipped, title
from flow.definitions.flow import HUMAN
from flow.definitions.renaming import completed
from flow.definitions.text import owner_words
from flow.diff.renamed import compared, touched
from flow.errors import DefinitionError
from flow.people.directory import Staff
from flow.publishing.judgement import Judgement, judge
from flow.publishing.proposals import called
from flow.publishing.release import check_bundle, publish_shipped
from flow.publishing.role_names import put_in_force
from flow.validation.cautions import cautions
from flow.validation.flows import parse_flow
from flow.validation.policies import parse_policy
from flow.versions import active_texts, active_versions, preset, take_turn
from models.database.connection import database

if TYPE_CHECKING:
    from config.settings import Settings
    from flow.definitions.business import Bundle

BY_HAND = "命令行"  #: publisher of what an operator puts in place
_FOLDERS = ("flows", "policies")  #: of the layout of config/
_FILE = click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
#: the key by which each kind of file is known, the rarer one first
_KEYS = {"审批表": POLICY, "节点": FLOW, **{words: kind for kind, words in TITLES.items()}}


def register(group: click.Group) -> None:
    """Add this file's commands."""
    group.add_command(flows)


@click.group("flow", help="流程、政策和其他业务文件")
def flows() -> None:
    """Commands about the files of the business."""


@flows.command(help="检查一个业务文件，一次说出全部问题，不碰数据库")
@_FILE
def check(file: Path) -> None:
    """Exit code 1 with a sentence per problem.

    What the file refers to is what lies beside it in the layout of ``config/``, and else what came with the program.
    """
    text = _read(file)
    key = identified(text, file.name)
    bundle = {**shipped(), **_beside(file), key: text}
    check_bundle(bundle)
    for words in cautions({}, bundle, [key]).get(key, ()):
        say(f"注意：{words}")
    nodes = f"，共 {len(parse_flow(text, file.name).nodes)} 个节点" if key[0] == FLOW else ""
    say(f"{title(*key)}没有问题{nodes}")


def _beside(file: Path) -> Bundle:
    """The files of the business in whose folder this one lies: ``reasons.yaml``, ``policies/*.yaml`` and so on.

    A folder without return types is no business, but wherever somebody keeps their files.
    """
    root = file.absolute().parent
    root = root.parent if root.name in _FOLDERS else root
    if not (root / "reasons.yaml").exists():
        return {}
    plain = [path for path in root.glob("*.yaml") if path.stem in {*FILES, *SPARE}]
    named = [path for folder in _FOLDERS for path in (root / folder).glob("*.yaml")]
    texts = {path: _read(path) for path in (*plain, *named) if path != file.absolute()}
    return {identified(text, path.name): text for path, text in texts.items()}


@flows.command(help="检查并发布一个业务文件；新单用新版，正在办的单不变，运行中的机器人不用重启")
@_FILE
def publish(file: Path) -> None:
    """Exit code 1, with nothing published, for a file that would strand a case."""
    text = _read(file)
    for line in asyncio.run(_publish(load_settings(), identified(text, file.name), text)):
        say(line)


async def _publish(settings: Settings, key: tuple[str, str], text: str) -> list[str]:
    async with database(settings.database_url), in_transaction():
        await take_turn()
        await publish_shipped(settings.policy, datetime.now(UTC))  # of a database that no bot has used yet
        active = await active_texts()
        people = await Staff().now()
        texts = completed(active, {key: text})
        there = called(people.by_id.values(), active, texts)
        check_bundle({**active, **texts}, there or None, touched(active, texts))
        chosen = {**active, **await preset()}
        judged, others = judge(chosen, {**chosen, **texts}, texts, there, Judgement())
        changes = compared(active, texts).changes
        if not changes:
            return [f"{title(*key)}和现在用的一样，没有发布"]
        await put_in_force(texts, (BY_HAND, None), datetime.now(UTC))
        version = (await active_versions())[key]
    told = [*(f"动钱：{words}" for words in judged.risks), *(f"· {change.words}" for change in changes)]
    told += [f"注意：{words}" for words in others.get(key, ())]
    return [*told, f"已发布 {title(*key)} 第 {version} 版，新单从现在起用它"]


def identified(text: str, source: str) -> tuple[str, str]:
    """The kind and the name of a file, by what it says. Raises DefinitionError."""
    try:
        data = yamlfile.read(text)
    except yaml.YAMLError as error:
        raise DefinitionError([f"{source}：{yamlfile.trouble(error)}"]) from error
    kind = next((kind for word, kind in _KEYS.items() if isinstance(data, dict) and word in data), None)
    if kind is None:
        raise DefinitionError([f"{source}：看不出是什么文件，第一层要有 {'、'.join(_KEYS)} 之一"])
    if kind == FLOW:
        return FLOW, parse_flow(text, source).name
    return kind, parse_policy(text, source).name if kind == POLICY else kind


def _read(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise DefinitionError([f"{file.name}：不是 UTF-8 编码，请另存为 UTF-8"]) from error


@flows.command(help="用文字列出流程的节点、负责人、时限和去向")
@_FILE
def show(file: Path) -> None:
    """One line per node."""
    flow = parse_flow(_read(file), file.name)
    for node in flow.nodes.values():
        owner = owner_words(node.owner) if node.owner else ""
        parts = [node.kind, owner, span(node.limit) if node.kind == HUMAN and node.limit else ""]
        about = "，".join(part for part in parts if part)
        say(f"{node.name}（{about}）→ {'、'.join(dict.fromkeys(node.targets())) or '结束'}")
