"""Which of a node's buttons a sentence speaks for, by the words of config/phrases.yaml; a no takes them back. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from flow.definitions.permissions import KINDS
from flow.definitions.vocabulary import PAYS
from flow.engine.verbs import WITHDRAW
from handlers.chat.arrivals import by_title
from handlers.chat.goods_states import states
from handlers.chat.phrases import phrases
from handlers.chat.quantities import MEASURE
from handlers.chat.reservations import ASKS, Intent, waits
from handlers.chat.spelling import asks_at_all, told
from handlers.chat.tallies import GOOD

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from flow.definitions.flow import Action
    from handlers.chat.lexicon import Lexicon
    from handlers.chat.phrases import Phrases
    from handlers.chat.tallies import Product

_CLAUSES = re.compile(r"[\s,;。!、]+")
WHOLE = "="  #: ahead of a word that speaks for a button only where it is all that is said
_STILL = re.compile(r"(?:还没|没到|没收|没来|在路上|正在)[^?吗么]*呢")  #: 还没到呢 asks nothing
_SUM = r"¥?(?P<{}>\d{{1,7}}(?:\.\d{{1,2}})?)"
#: 退了50, 打了59给客户, 59块已打; 退了2个 counts goods
_PAID_SUM = re.compile(
    rf"(?:打|转|退|付|垫)(?:了|过|给[^\s\d]{{1,3}})\s?{_SUM.format('sum')}(?!\d|\s?{MEASURE}|[天次号月%])"
    rf"|{_SUM.format('done')}(?:元|块钱|块)?(?:已经|已|都)(?:打|转|退|付)(?!电话)"
)
_LONG_NAME = 4  #: characters of a button's name in which one may be mistaken, and no other word is meant
_LEAST = 2  #: characters of another name that is looked for within a sentence
_OF_REST = re.compile(r"(?:其他|其它|其余|别的|剩下)[^\s,;。!]*$")  #: 外壳都刮花了 其他没问题
_MAY = "可能给"  #: 可以退, 能退, 给退
#: how surely a word speaks for a button: the last but one only of the wrapping, the last for other buttons as well
BY_NAME, BY_OTHER_NAME, BY_HEARING, BY_WRAPPING, BY_CHANCE = range(5)


@dataclass(frozen=True, slots=True)
class Heard:
    """The buttons that are spoken for, the surest first; those that are spoken against; whether it is left open."""

    names: tuple[str, ...] = ()
    against: frozenset[str] = frozenset()
    undecided: bool = False
    paid: bool = False  #: the money is said to have gone another way

    @property
    def first(self) -> tuple[str, ...]:
        """The buttons that the sentence decides for; none where it is left open."""
        return () if self.undecided else self.names

    @property
    def is_said(self) -> bool:
        """Whether the sentence speaks of the buttons at all."""
        return bool(self.names or self.against or self.undecided)


def clauses_of(text: str) -> list[str]:
    """What stands between blanks and marks."""
    return [clause for clause in _CLAUSES.split(text) if clause]


def is_question(text: str) -> bool:
    """Whether a text asks, or wants to be shown a list, and so decides nothing."""
    plain = told(text.rstrip("呢。 ") if _STILL.search(text) else text)
    return asks_at_all(plain) or bool(ASKS.search(plain) or phrases().lists.search(plain))


def hear(text: str, buttons: Iterable[Action], lexicon: Lexicon) -> Heard:
    """What a text says of these buttons: the longest words first, each of which may speak for several."""
    known = lexicon.phrases
    low = text.lower()
    buttons = list(buttons)
    words = _words(buttons, known, low.strip())
    passing = {button.name for button in buttons if GOOD in button.effects}
    found: dict[str, tuple[int, int]] = {}
    against: set[str] = set()
    for match in re.finditer("|".join(map(re.escape, sorted(words, key=len, reverse=True))) or r"(?!)", low):
        denied = low[: match.start()].endswith(known.noes) or low[match.end() :].startswith(known.noes_behind)
        for name, rank in words[match[0]].items():
            if denied:
                against.add(name)
            else:
                sure = BY_WRAPPING if rank == BY_HEARING and _is_of_wrapping(low, match.start(), known) else rank
                sure = BY_WRAPPING if name in passing and _OF_REST.search(low[: match.start()]) else sure
                place = (sure if len(words[match[0]]) == 1 else BY_CHANCE, match.start())
                found[name] = min(found.get(name, place), place)
    plain = [name for name, (rank, _) in found.items() if rank != BY_CHANCE and name not in against]
    return Heard(
        names=tuple(sorted(plain or [name for name in found if name not in against], key=found.__getitem__)),
        against=frozenset(against),
        undecided=bool(waits(text, known)),
        paid=paid(text, known),
    )


def paid(text: str, known: Phrases) -> bool:
    """Whether a text says that the money has gone another way: 已打款, 已经打了59给客户."""
    return any(word in text for word in known.paid) or bool(paid_sum(text))


def paid_sum(text: str) -> str:
    """The sum that is said to have gone another way; "" for none."""
    match = _PAID_SUM.search(text)
    return (match["sum"] or match["done"]) if match else ""


def speaks_of_wrapping(text: str) -> bool:
    """Whether a text has a word in it for what goods come in."""
    return any(word in text for word in phrases().unsaying["包装"])


def is_whole_inside(text: str, goods: Sequence[Product]) -> bool:
    """Whether the goods are said to be good by their name, in a clause of its own: 盒子都压扁了 灯没事."""
    others = [clause for clause in clauses_of(text) if not speaks_of_wrapping(clause)]
    sound = (states().side[True].match(states().lead.sub("", clause)) for clause in others)
    return any(match and by_title((match["core"] or "").removesuffix("都"), goods) for match in sound)


def _is_of_wrapping(text: str, at: int, known: Phrases) -> bool:
    """Whether a box is spoken of, and not what is in it: 箱子压扁了 里面东西没事 收了."""
    clause = _CLAUSES.split(text[:at])[-1]
    return any(word in clause for word in known.unsaying["包装"])


def _words(buttons: Collection[Action], known: Phrases, said: str) -> Mapping[str, Mapping[str, int]]:
    """Every word that speaks for one of the buttons, and how surely for which; some only as all of the first clause."""
    found: dict[str, dict[str, int]] = {}
    clauses = clauses_of(said) or [said]
    for button in buttons:
        other = [word for names in (known.sure, known.near) for word, each in names.items() if button.name in each]
        heard = {
            word
            for word in _heard(button, known)
            if not word.startswith(WHOLE) or word[1:] in (clauses[0], clauses[0].rstrip("吧了啊"))
        }
        ranked = [
            (button.name, BY_NAME),
            *((word, BY_OTHER_NAME) for word in other),
            *((word.removeprefix(WHOLE), BY_HEARING) for word in heard),
        ]
        for word, rank in ranked:
            if len(word) >= _LEAST or rank == BY_HEARING or word.lower() == said:
                found.setdefault(word.lower(), {}).setdefault(button.name, rank)
    return found


def _heard(button: Action, known: Phrases) -> set[str]:
    return {*known.heard.get(button.name, ()), *known.heard.get(button.verdict, ())}


def _names(button: Action, known: Phrases) -> set[str]:
    """Every name of a button."""
    return {
        button.name,
        *(word for each in (known.sure, known.near) for word, names in each.items() if button.name in names),
    }


def intent(action: Action, buttons: Iterable[Action], known: Phrases) -> Intent:
    """An action among the buttons of its node, as far as words behind it may take it back."""
    own = _names(action, known) | _heard(action, known)
    rivals = [button for button in buttons if button.name != action.name and not button.hands_over]
    heard = {word for button in rivals for word in _heard(button, known)}
    names = {word for button in rivals for word in _names(button, known)}
    return Intent(
        action.name,
        action.verdict,
        frozenset(own),
        others=frozenset(
            word for word in heard | {each for each in names if len(each) >= _LEAST} if _tells(word) and word not in own
        ),
        names=frozenset(word for word in names | {each for each in heard if each[0] in _MAY} if word not in own),
        refuses=action.danger or action.name == WITHDRAW,
        pays=PAYS in action.effects,
    )


def _tells(word: str) -> bool:
    """Whether a word says something wherever it stands."""
    return not word.isascii() and not word.startswith(WHOLE)


def is_whole(text: str, name: str, known: Phrases) -> bool:
    """Whether the first clause of a text is nothing but a word for a button."""
    words = {name, *(word for each in (known.sure, known.near) for word, names in each.items() if name in names)}
    words |= {word.removeprefix(WHOLE) for word in known.heard.get(name, ())}
    first = clauses_of(text)[0]
    return not words.isdisjoint({first, first.rstrip("吧了啊")})


def remark(text: str, name: str, lexicon: Lexicon) -> str:
    """What is said beside a button, for it to keep: all clauses but one that is nothing but the button's name.

    A slip in that name is no reason either: 合格入哭.
    """
    known = lexicon.phrases
    own = {name, *(word for each in (known.sure, known.near) for word, names in each.items() if name in names)}
    own |= {word[1:] for word in known.heard.get(name, ()) if word.startswith(WHOLE)}
    own |= {wrong for wrong, right in known.typos.items() if right == name}
    kept = []
    for clause in clauses_of(text):
        bare = clause.rstrip("吧了啊哈呀").lower()
        if bare not in own and clause not in own and not _is_slip(bare, name, known):
            kept.append(clause)
    return ",".join(kept)


def _is_slip(word: str, name: str, known: Phrases) -> bool:
    """Whether a word is a button's long name with one sign mistaken, and that sign makes no other word: 确认退货."""
    wrong = [at for at, (one, other) in enumerate(zip(word, name, strict=False)) if one != other]
    if len(word) != len(name) or len(name) < _LONG_NAME or len(wrong) != 1:
        return False
    parts = {word[max(wrong[0] - 1, 0) : wrong[0] + 1], word[wrong[0] : wrong[0] + 2]}
    words = {*KINDS, *known.buttons, *known.commands, *(each for heard in known.heard.values() for each in heard)}
    return parts.isdisjoint(words)


def other_clauses(text: str, word: str, lexicon: Lexicon) -> str:
    """What else a text of several clauses says than a button's word."""
    return remark(text, word, lexicon) if len(clauses_of(text)) > 1 else ""
