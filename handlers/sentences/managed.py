"""What somebody says of colleagues' work: whose cases to withdraw, whose tasks to give away, whom to hurry."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from cards.guess import THEN
from flow.definitions.patterns import alternatives
from flow.engine.verbs import WITHDRAW
from flow.errors import NotFound
from flow.stats.period import is_time, normal
from flow.views.overview import OVERVIEW
from handlers.chat import guesses, names, readings
from handlers.chat.lexicon import MANY
from handlers.chat.persons import FROM
from handlers.chat.spelling import asks_at_all, bare
from handlers.sentences.hearing import GIVE, HURRY, LOOK, WHICH, short
from models import Task, TaskState

if TYPE_CHECKING:
    from collections.abc import Mapping

    from handlers.chat.context import Reply
    from handlers.chat.statements import Statement
    from handlers.sentences.hearing import Hearing

_EVERY = re.compile(r"全部|所有|统统|一起|全都|全|都|的|单子|单|把|给我")
_ONE = re.compile(r"刚才|刚刚|刚|上面|前面|上一|最新|最后|那个|这个|错")  #: points to one case, and to nobody
_ME = ("我", "自己", "我自己")
MOST = 3  #: cases of a colleague that one message hurries
_GONE = re.compile(
    r"(?P<why>(?P<who>[\u4e00-\u9fff·]{2,4}?)(?:要|已经|今天|昨天|刚|下周)?(?:离职|辞职|离开|走人|走|退休|调走|调岗|转岗|不干)了?)"
    r"[,\s]*(?:把)?(?:[他她](?:的|手上的?|手里的?|名下的?))(?P<rest>.+)"
)  #: 他的 is the work of whoever is gone
_NAME = r"[\u4e00-\u9fff·]{1,8}?"


async def meant(hearing: Hearing, text: str) -> Reply | None:
    """The command for many that a sentence is; None for another sentence, and for a question."""
    words = hearing.lexicon.phrases.managing
    if asks_at_all(text):
        return None
    for reading in (_withdrawn, _given, _taken, _hurried, _told):
        if reply := await reading(hearing, text, words):
            return reply
    return None


async def of_a_colleague(hearing: Hearing, statement: Statement) -> Reply | None:
    """``何佳离职了 他的单都转给林晓``, where both are known: their work, and none that waits for me."""
    text, words = statement.text.strip(" ,。.!~"), hearing.lexicon.phrases.managing
    if asks_at_all(text):
        return None
    gone = _GONE.fullmatch(text)
    plain = f"{gone['who']}的{gone['rest']}" if gone else text
    match = re.fullmatch(_handing(words), plain)
    people = [names.named(match[end], hearing.ctx.staff) for end in ("of", "to")] if match else [None]
    if not all(people) or people[0] == hearing.ctx.me.name:
        return None
    return await _given(hearing, plain, words, (gone["why"] if gone else "", text))


async def _withdrawn(hearing: Hearing, text: str, words: Mapping[str, tuple[str, ...]]) -> Reply | None:
    """``撤销林晓今天开的单``: what would be withdrawn is listed, and asked."""
    verb, opened = _in(text, words["撤"]), _in(text, words["开的"])
    if not verb or not opened or not text.startswith((verb, "把", "帮", "麻烦", "请")):
        return None
    left = text.replace(opened, " ", 1).replace(verb, " ", 1)
    who, left = names.in_text(left, hearing.ctx.staff)
    rest = [bare(piece, hearing.lexicon) for word in _EVERY.sub(" ", left).split() for piece in readings.timed(word)]
    rest = [word for word in rest if word and word not in _ME]
    if any(map(_ONE.search, rest)):
        return await _newest(hearing, text)
    if not who and (strange := next((word for word in rest if word not in words["撤"] and not _is_time(word)), "")):
        raise NotFound(f"没有叫“{strange}”的员工，什么都没有做；请写全名，例如：{MANY}{WITHDRAW} 姓名 今天")
    return await hearing.run(hearing.ctx, [MANY, WITHDRAW, *([who] if who else []), *rest])


async def _newest(hearing: Hearing, text: str) -> Reply | None:
    """``撤了刚才开的单``: what I have opened last, by a tap."""
    mine = (await readings.opened_lately(hearing.ctx))[:1]
    lead = f"“{short(text)}”点一下才算，现在什么都没有做"
    return await hearing.offer(WHICH, lead, [f"{WITHDRAW} {case.no}" for case in mine])


async def _taken(hearing: Hearing, text: str, words: Mapping[str, tuple[str, ...]]) -> Reply | None:
    """``晓晓的单我接手``: a colleague's tasks for me, which are listed, and asked."""
    mine = rf"(?:{_NAME})?(?:{alternatives(hearing.lexicon.phrases.taking['说'])})(?:吧|了|来|处理|办|审|批)*"
    match = re.fullmatch(rf"(?:把)?(?P<of>{_NAME})(?:{alternatives(words['的'])})+(?:全部|全都|全|都|先)*{mine}", text)
    who = names.named(match["of"], hearing.ctx.staff) if match else None
    return await _handed(hearing, text, who, hearing.ctx.me.name) if who and who != hearing.ctx.me.name else None


async def _handed(hearing: Hearing, text: str, of: str, to: str, why: str = "") -> Reply | None:
    """The tasks of one for another; where none can go, why not, and what the one has to do with."""
    line = [MANY, GIVE, to, FROM, of, *(["理由", why] if why else [])]
    refused = await guesses.refusal(hearing.ctx, line, hearing.strictly)
    if refused is None:
        return await hearing.run(hearing.ctx, line)
    lead = f"“{short(text)}”办不了，什么都没有做。{refused}；{of} 开的单可以看"
    if reply := await hearing.offer(WHICH, lead, [f"{LOOK} 提交人={of}", f"总览 {of}"]):
        return reply
    raise refused


async def _given(
    hearing: Hearing, text: str, words: Mapping[str, tuple[str, ...]], gone: tuple[str, str] = ("", "")
) -> Reply | None:
    """``把王建国的都转给李敏``: what would go is listed, and asked. ``gone`` is why, and the whole sentence."""
    match = re.fullmatch(_handing(words), text)
    if match is None:
        return None
    of = match["of"]
    if "把" not in text[: match.start("of")] and of not in _ME and not names.named(of, hearing.ctx.staff):
        return None
    to = hearing.ctx.me.name if match["to"] in _ME else _known(hearing, match["to"])
    if of in _ME:
        return await hearing.run(hearing.ctx, [MANY, GIVE, to])
    return await _handed(hearing, gone[1] or text, _known(hearing, of), to, gone[0])


def _handing(words: Mapping[str, tuple[str, ...]]) -> str:
    return (
        rf"(?:请|麻烦|帮我|帮忙)?(?:把)?(?P<of>{_NAME})(?:{alternatives(words['的'])})+(?:全部|所有|统统|全都|全|都|一起|先)*"
        rf"(?:{alternatives(words['给'])})(?P<to>{_NAME})(?:吧|了|办|处理|来办|来审|审|批)*"
    )


def _known(hearing: Hearing, word: str) -> str:
    """The full name of a colleague. Raises NotFound."""
    if name := names.named(word, hearing.ctx.staff):
        return name
    raise NotFound(f"没有叫“{word}”的员工，什么都没有做；请写全名，例如：{MANY}{GIVE} 姓名 {FROM} 姓名")


async def _hurried(hearing: Hearing, text: str, words: Mapping[str, tuple[str, ...]]) -> Reply | None:
    """``催一下王建国所有超时的``: hurrying is heard by others at once, so it is offered."""
    verb, late = _in(text, words["催"]), _in(text, words["超时"])
    if not verb or not late:
        return None
    who, _ = names.in_text(text, hearing.ctx.staff)
    word = _EVERY.sub("", text.replace(verb, "", 1).replace(late, "", 1)).strip()
    who = who or names.named(word, hearing.ctx.staff) or ""
    lead = f"“{short(text)}”点一下才算，现在什么都没有做；超时的合成一条发过去"
    if not who or (reply := await hearing.offer(WHICH, lead, [f"{HURRY} {who}"])):
        return reply if who else None
    return await hearing.run(hearing.ctx, [HURRY, who])  # which says why there is nothing to hurry


async def _told(hearing: Hearing, text: str, words: Mapping[str, tuple[str, ...]]) -> Reply | None:
    """``给王建国说一声，把手上的都处理了``: each of their cases hurried with these words, by a tap."""
    name, left = names.in_text(text, hearing.ctx.staff)
    if not name or name == hearing.ctx.me.name or not _in(text, words["说"]) or not _in(text, words["手上"]):
        return None
    said = left.strip(" ,。")
    for word in ("给", "跟", "和", *words["说"]):
        said = said.removeprefix(word).strip(" ,。")
    tasks = Task.filter(owner__name=name, state=TaskState.OPEN).order_by("due_at").limit(MOST)
    numbers = dict.fromkeys([str(no) for no in await tasks.values_list("case__no", flat=True)])
    lines = [f"{HURRY} {no} {said}".rstrip() for no in numbers]
    able = [line for line in lines if await guesses.works(hearing.ctx, line.split(), hearing.strictly)]
    together = [f" {THEN} ".join(able)] if len(able) > 1 else []
    more = "" if await Task.filter(owner__name=name, state=TaskState.OPEN).count() <= MOST else f"，先急的 {MOST} 单"
    lead = f"“{short(text)}”：话不能只捎给人，跟着单子催{more}，点一下才算，现在什么都没有做"
    return await hearing.offer(WHICH, lead, [*together, *able, f"{OVERVIEW} {name}"]) if able else None


def _in(text: str, words: tuple[str, ...]) -> str:
    return next((word for word in words if word in text), "")


def _is_time(word: str) -> bool:
    return is_time(normal(word))
