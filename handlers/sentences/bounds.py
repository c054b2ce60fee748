"""What is to be done up to an amount: 100以下的都批了; with a button for the rest: 一百以下的都批了，剩下的给李敏."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from flow.definitions.patterns import alternatives
from flow.edits.quantities import amount_bounds
from flow.engine.verbs import WITHDRAW
from handlers.chat import names
from handlers.chat.decisions import clauses_of
from handlers.chat.lexicon import MANY
from handlers.chat.spelling import MARKS, asks_at_all, bare
from handlers.sentences.hearing import GIVE, WHICH, short

if TYPE_CHECKING:
    from handlers.chat.context import Reply
    from handlers.sentences.hearing import Hearing

_TURNED = {"<=": ">", "<": ">=", ">=": "<", ">": "<="}


@dataclass(frozen=True, slots=True)
class _Share:
    """A clause: the amounts that it is about, "" for the rest, and what is to be done with them."""

    bound: str
    words: tuple[str, ...]


async def meant(hearing: Hearing, text: str) -> Reply | None:
    """The list of those within a bound, or a button for either side of it; None for another sentence."""
    if asks_at_all(text):
        return None
    clauses = clauses_of(text.strip(MARKS))
    left_alone = [clause for clause in clauses if _is_left_alone(hearing, clause)]
    if len(left_alone) == 1 and len(clauses) == 2:  # 100以下的批了 其他不要动, 一百以上的先压着 下面的批了
        bound, _ = _bounded(hearing, left_alone[0])
        clauses.remove(left_alone[0])
        share = _share(hearing, clauses[0])
        within = share.bound or (_turned(bound) if bound else "") if share else ""
    else:
        share = _share(hearing, text.strip(MARKS))
        within = share.bound if share else ""
    if share and within:
        return await hearing.run(hearing.ctx, [MANY, *share.words, within])
    return await _parted(hearing, text)


def _is_left_alone(hearing: Hearing, clause: str) -> bool:
    """Whether a clause says that those within a bound, or the rest, stay as they are."""
    _, rest = _bounded(hearing, clause)
    words = hearing.lexicon.phrases.managing
    alone, acts = alternatives(words["不动"]), alternatives((*words["不动"], *words["动"], *words["办"]))
    said = rf"(?:{alternatives(words['都'])})*(?:(?:{alone})|(?:不要|别|不|勿)(?:{acts}))(?:了|吧|着)*"
    return rest != clause and re.fullmatch(said, rest) is not None


async def _parted(hearing: Hearing, text: str) -> Reply | None:
    """A button for those within a bound, and one for the others; None for another sentence."""
    clauses = clauses_of(text.strip(MARKS))
    if len(clauses) != 2:  # those within, and the rest
        return None
    one, other = (_share(hearing, clause) for clause in clauses)
    if one is None or other is None or bool(one.bound) == bool(other.bound):
        return None
    turned = _turned(one.bound or other.bound)
    lines = [" ".join([MANY, *share.words, share.bound or turned]) for share in (one, other)]
    lead = f"“{short(text, 60)}”是两件事，一件一个按钮，点了先列出是哪几单，现在什么都没有做"
    return await hearing.offer(WHICH, lead, lines)


def _turned(bound: str) -> str:
    sign = next(each for each in _TURNED if bound.startswith(each))
    return f"{_TURNED[sign]}{bound.removeprefix(sign)}"


def _bounded(hearing: Hearing, clause: str) -> tuple[str, str]:
    """The bound that a clause begins with, "" for the rest of the cases, and what else it says, or all of it."""
    words = hearing.lexicon.phrases.managing
    plain = re.sub(rf"^(?:{alternatives(words['按金额前'])})+的?", "", clause)
    found = next(amount_bounds(plain), None)
    if found and not found.start:
        return found.written, plain[found.end :].removeprefix("的")
    others = rf"^(?:{alternatives(words['其余前'])})*(?:{alternatives(words['其余'])})的?(?:单子|单|待办)?的?"
    return "", re.sub(others, "", clause, count=1)


def _share(hearing: Hearing, clause: str) -> _Share | None:
    bound, rest = _bounded(hearing, clause)
    if rest == clause:
        return None
    every = rf"^(?:{alternatives(hearing.lexicon.phrases.managing['都'])})+"
    words = _action(hearing, re.sub(every, "", rest))
    return _Share(bound, words) if words else None


def _action(hearing: Hearing, rest: str) -> tuple[str, ...]:
    """``批了`` as 同意, ``给李敏看`` as 转交 李敏; none for other words."""
    name, _ = names.in_text(rest, hearing.ctx.staff)
    words = hearing.lexicon.phrases.managing
    given = rf"^(?:{alternatives((*words['给'], *words['由']))})\s?"
    plain = re.sub(given, "", rest, count=1)
    by = rf"(?:来)?(?:{alternatives(words['办'])})*(?:一下|吧|了|啊)*"
    if name and plain != rest and re.fullmatch(by, _nameless(hearing, plain, name)):
        return (GIVE, name)
    known = hearing.lexicon.phrases
    every = (rest, bare(rest, hearing.lexicon), rest.rstrip("了吧掉"))  # 过掉吧
    found = {"同意", "驳回", WITHDRAW} & {name for word in every for name in known.named(word)}
    return (found.pop(),) if len(found) == 1 else ()


def _nameless(hearing: Hearing, text: str, name: str) -> str:
    called = next((said for said, whole in names.said_in(text, hearing.ctx.staff) if whole == name), name)
    return text.replace(called, "", 1)
