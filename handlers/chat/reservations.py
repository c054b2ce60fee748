"""Words behind an action that take it back, put it off, or speak of another outcome: asked about, never filed. Pure.

All words are those of config/phrases.yaml: ``听到`` and ``反悔``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from flow.definitions import feasts
from flow.definitions.coming import is_moment
from flow.definitions.patterns import alternatives
from handlers.chat.spelling import asks

if TYPE_CHECKING:
    from collections.abc import Iterator

    from handlers.chat.phrases import Phrases

ASKS = re.compile(r"能不能|可不可以|要不要|该不该|行不行|(?<=[了到过完好齐成])没有(?=[\s,。!~?]*$)")
_TODAY = ("今天", "今日", "现在")  #: 今天打 is no later
EVERY = "都算"  #: verbs of any button
_BREAKS = re.compile(r"[\s,;。!]+")
_DEDUCTED = re.compile(  #: 扣18再退 takes something off, and waits for nothing
    r"(?<!不)(?:扣|减)(?!着|住|下|留)[^\s,;。]{0,8}?再(?:给(?:他|她|客户)?)?(?:退款|退|打款|打|付款|付)"
)
_ENDS = "吧了啊呢哈呀嘛哦哟的!~?。"
_RECKONED = ("预", "结", "核", "计", "打", "划")  #: ahead of 算了: 超预算了 calls nothing off
_REACH = 6  #: characters within which it is said whose no it is
_BETWEEN = r"(?:急着|着急|先|再|给|予|予以|能|要|可以)?"
_AHEAD_OF_VERB = r"(?:能|要|想|可以|予)*"


@dataclass(frozen=True, slots=True)
class Reservations:
    """What in the words keeps an action from being done unasked."""

    waits: tuple[str, ...] = ()  #: it is for later, or under a condition
    denied: tuple[str, ...] = ()  #: it is said not to be
    against: tuple[str, ...] = ()  #: there was a mistake, or something else is the case
    terms: tuple[str, ...] = ()  #: its money is to be another, or to hang on something

    def __bool__(self) -> bool:
        return bool(self.words)

    @property
    def words(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys((*self.waits, *self.denied, *self.against, *self.terms)))


@dataclass(frozen=True, slots=True)
class Intent:
    """An action, as far as words may take it back."""

    name: str
    verdict: str = ""  #: what it comes to
    own: frozenset[str] = frozenset()  #: words that speak for it
    others: frozenset[str] = frozenset()  #: words that speak for another button of the node
    names: frozenset[str] = frozenset()  #: names of the other buttons, by all of which they are called
    refuses: bool = False  #: nothing goes on by it: a complaint is its reason
    pays: bool = False

    @property
    def titles(self) -> tuple[str, ...]:
        """What it is called: 再等等 waits by itself."""
        return tuple(filter(None, (self.name, self.verdict)))


def reservations(words: str, intent: Intent, known: Phrases, rest: str | None = None) -> Reservations:
    """What in ``words`` takes the action back; none for a plain remark.

    ``rest`` are those that count no goods and answer nothing, where they are fewer: of others nothing is complained.
    """
    plain = _plain(words, known)
    remark = plain if rest is None else _plain(rest, known)
    against = [*_unsaid(plain, intent, known), *_asked(plain, intent), *_complaints(remark, intent, known)]
    against += [word for word in known.paid if intent.pays and word in plain]
    return Reservations(
        tuple(_put_off(words, plain, intent, known)),
        tuple(dict.fromkeys(_denied(plain, intent, known, counted=rest == ""))),
        tuple(dict.fromkeys(against)),
    )


def _put_off(words: str, plain: str, intent: Intent, known: Phrases) -> list[str]:
    """What is for later; nothing where to wait is what the action does, or a case is refused to be opened anew."""
    anew = intent.refuses and any(word in plain for word in known.unsaying["重来"])
    if anew or any(waits(each, known) for each in intent.titles):
        return []
    return [word for word in waits(words, known) if not _speaks_for(word, intent)]


def waits(text: str, known: Phrases) -> list[str]:
    """What in a text leaves a decision for later, or makes it hang on something."""
    plain = _plain(text, known)
    found = [word for word in known.undecided if word in plain]
    for clause in _clauses(plain):
        bare = _bared(clause, known)
        alone = bare in known.undecided_alone or is_moment(bare) or feasts.moving(bare) == bare
        if bare and (alone or bare.startswith(known.undecided_ahead) or bare.endswith(known.undecided_behind)):
            found.append(clause)
    return list(dict.fromkeys(found))


def _plain(text: str, known: Phrases) -> str:
    """A text without what only looks as if it took something back; a mark stands where it was."""
    return re.sub(alternatives(known.unsaying["无妨"]), "_", _DEDUCTED.sub("_", text.lower()))


def _clauses(text: str) -> list[str]:
    return [clause for clause in _BREAKS.split(text) if clause]


def _bared(clause: str, known: Phrases) -> str:
    """A clause without what stands ahead of it and behind it and changes nothing."""
    rest = clause.rstrip(_ENDS)
    while word := next((each for each in known.unsaying["前面"] if rest.startswith(each) and rest != each), ""):
        rest = rest[len(word) :]
    return rest


def _speaks_for(word: str, intent: Intent) -> bool:
    return word in intent.own or any(word in each for each in intent.titles)


def _denied(plain: str, intent: Intent, known: Phrases, *, counted: bool) -> Iterator[str]:
    """A no to the action itself: by its own verbs alone where to do nothing is what it does, or goods are counted."""
    own = {intent.name, *known.verbs.get(intent.name, ())}
    verbs = own if intent.refuses else {*known.verbs[EVERY], *(() if counted else own)}
    no = re.compile(
        rf"(?:{alternatives(known.noes)}){_BETWEEN}(?:{alternatives(verbs)})"
        rf"|{_AHEAD_OF_VERB}(?:{alternatives(verbs)})(?:{alternatives(known.noes_behind)})"
    )
    for match in no.finditer(plain):
        undone = match[0] in known.undone.get(intent.name, ())
        if not undone and not _is_anothers(plain, match, known) and not _speaks_for(match[0], intent):
            yield match[0]
    then = re.compile(rf"(?:统一|一起|才|就)*(?:{alternatives(verbs)})$")
    for clause in _clauses(plain):
        when = then.sub("", said) if then.search(said := _bared(clause, known)) else ""
        if when and when not in _TODAY and (is_moment(when) or feasts.moving(when) == when):
            yield clause  # 月底统一打, 12月31号退
    bare = _bared(plain.strip(" ,。;!"), known)
    if bare.startswith(known.noes_behind):
        yield bare  # 同意 R… 是不可能的


def _unsaid(plain: str, intent: Intent, known: Phrases) -> Iterator[str]:
    """A change of mind."""
    for word in known.unsaying["收回"]:
        for match in re.finditer(re.escape(word), plain):
            if plain[: match.start()].endswith(_RECKONED):
                continue
            if not _is_anothers(plain, match, known) and not _speaks_for(word, intent):
                yield word


def _asked(plain: str, intent: Intent) -> list[str]:
    return [each for each in _clauses(plain) if not intent.refuses and (asks(each) or ASKS.search(each))]


def _is_anothers(plain: str, match: re.Match[str], known: Phrases) -> bool:
    """Whether it is the customer who says no: 客户不同意换货."""
    ahead = re.split(r"[\s,;。]", plain[max(match.start() - _REACH, 0) : match.start()])[-1]
    theirs = any(verb in match[0] for verb in known.unsaying["旁人的"]) or match[0] in known.unsaying["收回"]
    return theirs and any(who in ahead for who in known.unsaying["旁人"])


def _complaints(plain: str, intent: Intent, known: Phrases) -> Iterator[str]:
    """What speaks for another button, or says that what the action books has not come about."""
    undone = known.undone.get(intent.name, ())
    if intent.refuses:
        yield from (clause for clause in _clauses(plain) if _names_another(clause, intent, known))
        yield from (word for word in undone if word in plain)
        return
    excused = any(word in plain for word in known.unsaying["特批"])
    undone = (*undone, *known.unsaying["疑义"])
    words = {*undone, *(() if excused else intent.others)}
    for word in sorted(words, key=len, reverse=True):
        for match in re.finditer(re.escape(word), plain):
            turned = word not in undone and any(each in plain[match.end() :] for each in known.unsaying["转折"])
            if not turned and not any(excuse(plain, match, known) for excuse in _EXCUSES):
                yield word


def _names_another(clause: str, intent: Intent, known: Phrases) -> bool:
    return clause.rstrip(_ENDS) in intent.names or _bared(clause, known) in intent.names


def _is_denied(plain: str, match: re.Match[str], known: Phrases) -> bool:
    return plain[: match.start()].endswith(known.noes) or plain[match.end() :].startswith(known.noes_behind)


def _is_of_wrapping(plain: str, match: re.Match[str], known: Phrases) -> bool:
    """Whether a box is spoken of, and not what is in it."""
    clause = re.split(r"[\s,;。]", plain[: match.start()])[-1]
    return any(word in clause for word in known.unsaying["包装"])


_EXCUSES = (_is_denied, _is_of_wrapping, _is_anothers)
