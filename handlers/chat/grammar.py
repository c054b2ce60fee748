"""What each command makes of its words: how many it takes, what the first one names, where the others are kept."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from flow import edits
from flow.definitions.permissions import KINDS
from flow.errors import NotUnderstood
from handlers.chat.lexicon import Lexicon
from handlers.chat.router import permitted
from handlers.chat.spelling import BETWEEN

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from handlers.chat.context import Ctx, Reply
    from handlers.chat.router import Entry

CASE, NUMBER, ORDER = "单", "号", "订单"  #: what the first word of a command may name
READ = "逐个读"  #: the command reads every word, and says by itself which one it does not know


@dataclass(frozen=True, slots=True)
class Grammar:
    """``takes`` is how many words a command has a use for; None where the others are kept, and ``keeps`` says where."""

    takes: int | None = None
    keeps: str = ""
    about: str = ""
    prose: bool = False  #: what is said is kept as it was typed, with its thanks and question marks
    named: int | None = None  #: from which word on people may be named
    joined: bool = False  #: 和 may stand between its words, and is none
    each: bool = False  #: several numbers are as many statements, whatever they are the numbers of


GRAMMAR: Mapping[str, Grammar] = {
    **dict.fromkeys(KINDS, Grammar(keeps="备注", about=ORDER)),
    **dict.fromkeys(edits.EXAMPLES, Grammar(keeps=READ)),
    "待办": Grammar(0),
    "查": Grammar(keeps=READ, about=NUMBER, each=True),
    "收货": Grammar(keeps=READ, about=NUMBER),
    "运单": Grammar(keeps=READ, about=CASE),
    "链接": Grammar(keeps=READ, about=CASE),
    "作废链接": Grammar(keeps=READ, about=CASE),
    "验真": Grammar(keeps=READ, about=CASE),
    "审计": Grammar(1),
    "清除": Grammar(3),
    "员工": Grammar(keeps=READ, named=0),
    "新员工": Grammar(keeps=READ),
    "离职": Grammar(keeps=READ, named=0),
    "导出": Grammar(keeps=READ, about=CASE),
    "转交": Grammar(keeps="流水", about=CASE, named=1),
    "加签": Grammar(keeps="流水", about=CASE, named=1),
    "退回": Grammar(keeps="流水", about=CASE),
    "撤回": Grammar(keeps="流水", about=CASE),
    "挂起": Grammar(keeps="流水", about=CASE),
    "恢复": Grammar(keeps="流水", about=CASE),
    "重开": Grammar(keeps="流水", about=CASE),
    "催办": Grammar(keeps="流水", about=CASE),
    "评论": Grammar(keeps="流水", about=CASE, prose=True),
    "抄送": Grammar(keeps=READ, about=CASE, named=1),
    "稍后": Grammar(keeps=READ, about=CASE),
    "拆分": Grammar(keeps=READ, about=CASE),
    "合并": Grammar(2, joined=True),
    "批量": Grammar(keeps=READ, named=1),
    "请假": Grammar(keeps=READ, named=0),
    "代人请假": Grammar(keeps=READ, named=0),
    "报表": Grammar(keeps=READ),
    "名单": Grammar(keeps="理由"),
    "模板": Grammar(keeps=READ),
    "打印模板": Grammar(keeps=READ),
    "自动规则": Grammar(2),
    "模拟": Grammar(keeps=READ),
    "发布": Grammar(keeps=READ),
    "请求发布": Grammar(keeps=READ),
    "看改动": Grammar(keeps=READ),
    "驳回": Grammar(keeps=READ),
    "作废": Grammar(keeps=READ),
    "回滚": Grammar(keeps=READ),
    "帮助": Grammar(1),
    "改": Grammar(keeps=READ, about=CASE),
    "问退款": Grammar(1, about=CASE),
    "核实退款": Grammar(2, about=CASE),
    "理由": Grammar(keeps="流水", about=CASE, prose=True),
    "我的单": Grammar(keeps=READ),
    "总览": Grammar(1, named=0),
    "接着开": Grammar(0),
    "演练": Grammar(keeps=READ),
    "上手": Grammar(1),
}


def about(what: str) -> frozenset[str]:
    """The commands whose first word names a case, an order, or a number of any kind."""
    return frozenset(name for name, grammar in GRAMMAR.items() if grammar.about == what)


@lru_cache(maxsize=4)
def lexicon_of(commands: frozenset[str], actions: frozenset[str]) -> Lexicon:
    """The words that mean something where there are these commands and buttons: made once for each publication."""
    return Lexicon(
        commands=commands,
        about_cases=about(CASE),
        about_numbers=about(NUMBER),
        about_orders=about(ORDER) | (commands - GRAMMAR.keys()),  # the business's own kinds
        each=frozenset(name for name, grammar in GRAMMAR.items() if grammar.each),
        prose=frozenset(name for name, grammar in GRAMMAR.items() if grammar.prose),
        actions=actions,
    )


async def carry_out(entry: Entry, ctx: Ctx, words: Sequence[str]) -> Reply:
    """Run a command, unless a word of it would be lost. Raises NotAllowed, and NotFound that says which word."""
    permitted(entry, ctx)
    grammar = GRAMMAR.get(entry.name, Grammar())
    words = [word for word in words if word not in BETWEEN] if grammar.joined else words
    if grammar.takes is not None:
        nothing_left(words[grammar.takes :], entry.usage)
    return await entry.run(ctx, list(words))


def nothing_left(words: Sequence[str], usage: str) -> None:
    """Raises NotFound for words that nobody would ever hear of, before anything is done."""
    if words:
        raise NotUnderstood(f"“{' '.join(words)}”没看懂，什么都没有做；请写成：{usage}")
