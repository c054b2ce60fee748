"""自动规则 as sentences, such as ``flow.edits.automation`` reads back. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flow.definitions.automation import ACTION, NODE, SOURCE
from flow.definitions.text import when_words

if TYPE_CHECKING:
    from collections.abc import Iterable

    from flow.definitions.automation import Rule, RuleAction


def sentence(rule: Rule) -> str:
    """``大额提醒：提交时，如果 金额>5000，就 告警 管理群：…``."""
    off = "（已停用）" if rule.off else ""
    return f"{rule.name}{off}：{body_words(rule)}"


def body_words(rule: Rule) -> str:
    """The sentence without the name."""
    asked = when_words(rule.when)
    condition = f"，如果 {asked}" if asked else ""
    return f"{moment_words(rule)}{condition}，就 {_deeds(rule.does)}"


def moment_words(rule: Rule) -> str:
    """``提交时``, ``办理时（节点 质检，动作 次品处理）``, ``每天 09:00（节点 仓库收货）``."""
    places = ((NODE, rule.node), (ACTION, rule.action), (SOURCE, rule.source))
    place = "，".join(f"{key} {name}" for key, name in places if name)
    what = rule.schedule.words() if rule.schedule else f"{rule.what}时"
    return f"{what}（{place}）" if place else what


def _deeds(does: Iterable[RuleAction]) -> str:
    return "；".join(do.words() for do in does)
