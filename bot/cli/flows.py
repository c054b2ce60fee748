"""``flow check`` and ``flow show``: read a flow or policy file and say what is wrong with it."""

from __future__ import annotations

import re
from pathlib import Path

import click

from bot.vocabulary import unknown_words
from cards.words import span
from flow.definition import HUMAN, parse_flow
from flow.errors import DefinitionError
from flow.policy import parse_policy

POLICY_KEY = re.compile(r"^审批表\s*:", re.MULTILINE)


def register(group: click.Group) -> None:
    """Add this file's commands."""
    group.add_command(flows)


@click.group("flow", help="流程文件")
def flows() -> None:
    """Commands about flow files."""


@flows.command(help="检查流程或政策文件，一次说出全部问题")
@click.argument("file", type=click.Path(path_type=Path))
def check(file: Path) -> None:
    """Exit code 1 with a sentence per problem."""
    text = file.read_text(encoding="utf-8")
    if POLICY_KEY.search(text):
        click.echo(f"政策“{parse_policy(text, file.name).name}”没有问题")
        return
    flow = parse_flow(text, file.name)
    if problems := unknown_words(flow):
        raise DefinitionError([f"{file.name} {problem}" for problem in problems])
    click.echo(f"流程“{flow.name}”没有问题，共 {len(flow.nodes)} 个节点")


@flows.command(help="用文字列出流程的节点、负责人、时限和去向")
@click.argument("file", type=click.Path(path_type=Path))
def show(file: Path) -> None:
    """One line per node."""
    flow = parse_flow(file.read_text(encoding="utf-8"), file.name)
    for node in flow.nodes.values():
        owner = (node.owner.role or "按审批表") if node.owner else ""
        parts = [node.kind, owner, span(node.limit) if node.kind == HUMAN and node.limit else ""]
        about = "，".join(part for part in parts if part)
        click.echo(f"{node.name}（{about}）→ {'、'.join(dict.fromkeys(node.targets())) or '结束'}")
