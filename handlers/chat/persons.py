"""Who is meant where a task goes to somebody, and what is said to them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from flow.access.lookup import case_of
from flow.definitions.vocabulary import COUNTERSIGN
from flow.errors import NotFound, PolicyRefused
from flow.tasks.handover import AFTER, BEFORE, Handing
from handlers.chat import names, parse
from handlers.chat.doubts import Decision, doubts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from handlers.chat.context import Ctx

MAX_WORDS = 500
_SO = re.compile(r"^(?:就|先|那|还是|吧|[\s,])+")  #: what an answer may begin with and says nothing more
_GIVEN = re.compile(r"(?:就|先|那|还是|给|转给|交给|转|让|请|找|@|[\s,])*")
FROM = "从"  #: whose task, where it is somebody else's


async def handing(ctx: Ctx, verb: str, no: str, words: Sequence[str]) -> Handing:
    """``王建国 你来审吧`` as a request. Raises NotFound for nobody, PolicyRefused where two could be meant."""
    case = await case_of(ctx.desk, no, ctx.me)
    rules = await ctx.desk.rules(case.flow_id or 0, case.policy_id or 0)
    name, rest = named(ctx, words)
    side, node = BEFORE, ""
    said = rest.split()
    if verb == COUNTERSIGN and said and said[0].rstrip("签面") in (BEFORE, AFTER):
        side, said = said[0][0], said[1:]
    if said and said[0] in rules.flow.nodes:
        node, said = said[0], said[1:]
    of = said[1] if said[:1] == [FROM] and len(said) > 1 and is_name(ctx, said[1]) else ""
    why = remark(ctx, case.no, verb, " ".join(said[2:] if of else said), name)
    return Handing(name, ctx.me, ctx.at, why, node, side, of=of)


def named(ctx: Ctx, words: Sequence[str]) -> tuple[str, str]:
    """The member that the words name, and the other words. Raises NotFound."""
    staff = [person.name for person in ctx.staff.by_id.values()]
    text = " ".join(words)
    found = names.leading(text, staff) or names.somewhere(text, staff)
    if found is None:
        raise nobody(ctx, words[0].strip("@,。、") if words else "")
    return found


def listed(ctx: Ctx, words: Sequence[str]) -> tuple[list[str], str]:
    """``李敏、王建国 帮看一下``: the members, and the other words. Raises NotFound for a name that is nobody's."""
    staff = [person.name for person in ctx.staff.by_id.values()]
    found, rest, strange = names.listed(" ".join(words), staff)
    if strange or not found:
        raise nobody(ctx, strange or words[0].strip("@,。、"))
    return found, rest


def answered(ctx: Ctx, text: str) -> list[str]:
    """The words of an answer to 给谁, the colleague by their full name first: 就给敏姐吧她熟."""
    said = names.said_in(text, ctx.staff)
    ahead, _, behind = text.partition(said[0][0]) if len({name for _, name in said}) == 1 else ("-", "", "")
    if not _GIVEN.fullmatch(ahead) or said[0][0] == said[0][1]:
        return _SO.sub("", text).split()
    return [said[0][1], *_SO.sub("", behind).split()]


def nobody(ctx: Ctx, word: str) -> NotFound:
    """That a word names no member, or which of several it may mean."""
    if several := names.alike(word, ctx.staff):
        return NotFound(f"“{word}”是哪一位：{'、'.join(several)}？什么都没有做，请写全名")
    return NotFound(f"没有叫 {word} 的员工，请写全名")


def is_name(ctx: Ctx, words: str) -> bool:
    """Whether all that is said is somebody's name, which is no reason for anything."""
    return ctx.staff.named(words.strip("@ ,。")) is not None


def remark(ctx: Ctx, no: str, verb: str, words: str, name: str = "") -> str:
    """Words that go with a task to somebody. Raises PolicyRefused for more than a remark: nothing is done then."""
    if len(words) > MAX_WORDS:
        raise PolicyRefused(f"后面的话最多 {MAX_WORDS} 个字，现在有 {len(words)} 个，请写短一点")
    if not name and is_name(ctx, words):
        raise NotFound(f"“{words}”没看懂，什么都没有做；要给谁请说 转交 {no} {words}，是{verb}的理由就多写几个字")
    others = names.alone(words, [person.name for person in ctx.staff.by_id.values() if person.name != name])
    if name and others:
        raise PolicyRefused(f"{verb}一次只能给一个人：{'、'.join([name, *others])} 里是谁？还没有{verb}，请只写一位")
    if strange := doubts(words, Decision(no, refuses=True)):
        raise PolicyRefused(
            f"“{'、'.join(strange)}”是另一张单，还没有{verb}；几张单请写在前面：{verb} {no} {strange[0]} {name}"
        )
    return ctx.kept(parse.written(words))
