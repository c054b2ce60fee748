"""What one may say, from config/help.yaml: by role, by word, and the few examples that a refusal gives."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import yaml

from cards.types import Text
from flow import edits
from flow.definitions import yamlfile
from flow.definitions.business import CONFIG
from flow.definitions.permissions import KINDS
from flow.engine.verbs import WITHDRAW
from flow.errors import DefinitionError, NotFound
from flow.publishing.proposals import PUBLISH
from handlers.chat.context import Reply
from handlers.chat.router import permitted

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from handlers.chat.context import Ctx
    from handlers.chat.lexicon import Lexicon
    from handlers.chat.router import Entry

FILE = "help.yaml"
AGREE = "同意"  #: stands for all buttons
EXAMPLES = 3
_TELLING = ("待办", "退货", "收货", "查", "同意", "报表")  #: what an example is given of, if one may say it


@dataclass(frozen=True, slots=True)
class Topic:
    """One command as the manual has it."""

    name: str
    about: str
    examples: tuple[str, ...]


def manual_of(text: str) -> Mapping[str, tuple[Topic, ...]]:
    """The groups of a file with their topics. Raises DefinitionError where it cannot be read."""
    try:
        groups = yamlfile.read(text).items()
        return {
            str(group): tuple(
                Topic(str(name), str(each["讲"]), tuple(map(str, each["例"]))) for name, each in topics.items()
            )
            for group, topics in groups
        }
    except (yaml.YAMLError, KeyError, TypeError, AttributeError) as error:
        raise DefinitionError([f"{FILE}：读不出来（{type(error).__name__} {error}）"]) from error


@lru_cache(maxsize=2)
def manual(folder: Path = CONFIG) -> Mapping[str, tuple[Topic, ...]]:
    """The manual of this house, read once."""
    return manual_of((folder / FILE).read_text(encoding="utf-8"))


def topic(word: str) -> Topic | None:
    return next((each for topics in manual().values() for each in topics if each.name == word), None)


def may(ctx: Ctx, name: str, entry: Entry | None) -> bool:
    """Whether somebody may say it: by their roles, and of the kinds of case only those that can be opened."""
    if (name in KINDS or name in ctx.desk.business.kinds) and name not in {
        flow for each in ctx.desk.business.types.values() for flow in each.flows
    }:
        return False
    if entry is None:
        return ctx.may(WITHDRAW) if name == WITHDRAW else ctx.may("待办")
    return not entry.needs or ctx.may(entry.needs)


def told(ctx: Ctx, words: Sequence[str], commands: Mapping[str, Entry], lexicon: Lexicon) -> Reply:
    """Everything, or the one command that is named by any of its names. Raises NotFound for what is none."""
    if not words:
        return Reply.of(Text(overview(ctx, commands)))
    name = lexicon.meant(words[0])
    name = AGREE if topic(name) is None and lexicon.is_button(name) else name
    entry = commands.get(name)
    if (explained := explanation(name, entry)) is None:
        raise NotFound(f"没有“{words[0]}”这一句。\n{overview(ctx, commands)}")
    if entry and not may(ctx, name, entry):
        permitted(entry, ctx)
    return Reply.of(Text(explained))


def overview(ctx: Ctx, commands: Mapping[str, Entry]) -> str:
    """All that somebody may say, a line for each group."""
    own = [kind for kind in ctx.desk.business.kinds if kind in commands and may(ctx, kind, commands[kind])]
    lines = [f"{ctx.me.name}（{'、'.join(sorted(ctx.me.roles)) or '没有角色'}），你可以说："]
    for group, topics in manual().items():
        usable = [each.name for each in topics if may(ctx, each.name, commands.get(each.name))]
        lines += [f"· {group}：{' '.join(usable)}"] if usable else []
    lines += [f"· 自己的种类：{' '.join(own)}"] if own else []
    if ctx.may(PUBLISH):
        lines.append(f"· 改规矩：{' '.join(verb for verb in edits.EXAMPLES if topic(verb) is None)}")
    said = sentences(ctx)
    for_one = said[min(1, len(said) - 1)].split()[0] if said else "帮助"  # the first is 待办, and needs no manual
    told = [f"例如：{'；'.join(said)}", f"一句怎么写：回复 帮助 {for_one}", "第一次用：回复 上手，一步一步带你走"]
    return "\n".join([*lines, *told])


def explanation(word: str, entry: Entry | None) -> str | None:
    """One command: what it does, how it is written, examples; None for a word that is none."""
    found = topic(word)
    if found is None and word in edits.EXAMPLES:
        found = Topic(word, "改流程和规则的一句话，改完先看再发布", (edits.EXAMPLES[word],))
    if found is None:
        return f"写法：{entry.usage}" if entry else None
    usage = entry.usage if entry else f"{word} <单号>"
    return "\n".join([f"{found.name}：{found.about}", f"写法：{usage}", *(f"例如：{each}" for each in found.examples)])


def examples(ctx: Ctx) -> str:
    """A few sentences that this person could say, and where the rest stands."""
    return f"可以说：{'；'.join(sentences(ctx))}；全部回复 帮助"


def sentences(ctx: Ctx) -> Sequence[str]:
    """A few sentences that this person could say."""
    found = [
        each.examples[0]
        for name in _TELLING
        if (each := topic(name)) and (ctx.may(name) if name != AGREE else not ctx.may("退货"))
    ]
    return found[:EXAMPLES]
