"""The statements of one message, each with its command first; what begins none belongs to the one above it. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from flow import edits
from flow.edits.compound import FOR_PEOPLE
from handlers.chat import parse
from handlers.chat.lexicon import MANY
from handlers.chat.spelling import BETWEEN, fullstopped, is_number, numbered, spelt

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from handlers.chat.lexicon import Lexicon

MOST = 20  #: statements of one message
_WORD_CHARS = 6  #: of a word ahead of a case number, which may be a button whatever flow has it
_TIED = (
    "的",
    "时",
    "那",
    "一样",
    "之",
    "以",
    "前",
    "后",
    "而",
    "才",
    "吗",
)  #: what makes a decision a part of another clause
_ITEM = re.compile(r"^(?:\d{1,2}\s?[.、)]|[(]\d{1,2}[)]|[-•·])\s*(?=\D)")
_BUT_FOR = ("除了", "除开", "除去", "除")  #: what is said of all cases but one
_CASES = re.compile(r"\s*(?=(?<![A-Za-z0-9])[Rr]\d{8}-\d{4,})")
_SEMICOLON = re.compile(r"(\s*[;；]\s*)")
_AT = re.compile(r"第?(?:\d{1,2}|(?<=第)[一二三四五六七八九十])(?:个|条|单|件|号|项)?")
_PLACE = re.compile(r"第(?:\d{1,2}|[一二三四五六七八九十])(?:个|条|单|件|号|项)?")
_COMMA = re.compile(r"\s*[,。;]\s*(?:然后|再|并且|并|另外|还有)?\s*|\s+(?:然后|并且|另外)\s*")


@dataclass(frozen=True, slots=True)
class Statement:
    """One thing said: ``text`` as it was typed, ``words`` with the command first and its number next."""

    text: str
    words: tuple[str, ...]

    @property
    def name(self) -> str:
        return self.words[0] if self.words else ""


def statements(
    message: str, lexicon: Lexicon, is_colleague: Callable[[str], bool] = lambda _: False
) -> list[Statement]:
    """What a message says, in its order; the same command on several cases is as many statements.

    A mention at the front is the bot's, and no word, unless ``is_colleague`` knows it.
    """
    lines = (parse.normalise(line, is_colleague) for line in message.splitlines())
    segments = _segments([line for line in lines if line], lexicon)
    found = [each for segment in segments for each in _apart(_unmentioned(segment, message, lexicon), lexicon)]
    return [one for text, words in found for one in _spread(_closed(text), words, lexicon)]


def _closed(text: str) -> str:
    """Without the full stop at the end, but of what customers or colleagues will read word for word."""
    return text if edits.verb_of(text)[0] in FOR_PEOPLE else fullstopped(text)


def _segments(lines: Sequence[str], lexicon: Lexicon) -> list[str]:
    """Lines, with each that begins nothing joined to the one above; edits of the rules keep their own way."""
    groups: list[list[str]] = []
    for line in [part for each in lines for part in _halves(each, lexicon)]:
        is_edit, in_edit = _edits(line), bool(groups) and _edits(groups[-1][0])
        if groups and ((is_edit and in_edit) or not (is_edit or begins(line, lexicon))):
            groups[-1].append(line)
        else:
            groups.append([line])
    return [parse.normalise(edits.in_one_line(group)) if _edits(group[0]) else " ".join(group) for group in groups]


def _edits(line: str) -> bool:
    return bool(edits.verb_of(line)[0])


def _halves(line: str, lexicon: Lexicon) -> list[str]:
    """A line cut at each semicolon behind which a statement begins."""
    if _edits(line):
        return [line]
    first, *rest = _SEMICOLON.split(line)
    parts = [first]
    for mark, part in zip(rest[::2], rest[1::2], strict=True):
        if begins(part, lexicon):
            parts.append(part)
        else:
            parts[-1] += mark + part
    return [part for part in parts if part]


def begins(line: str, lexicon: Lexicon) -> bool:
    """Whether a line is the beginning of a statement: a command, or a button or short word with a case."""
    words = spelt(_ITEM.sub("", line), lexicon)
    if not words or words[0].startswith(_BUT_FOR):
        return False
    if words[0] in lexicon.commands or words[0].startswith("批量"):
        return True
    case = len(words) > 1 and parse.is_case_no(words[1])
    if lexicon.is_button(words[0]):
        return case or (len(words) == 2 and words[1].isdigit())  # 同意 0007
    return case and len(words[0]) <= _WORD_CHARS and not words[0].isascii()


def _unmentioned(text: str, message: str, lexicon: Lexicon) -> str:
    """Without the second half of a mention whose name has a blank: ``@回旋 镖 待办``."""
    if text.startswith("@"):
        return text  # a colleague's
    first, _, rest = text.partition(" ")
    mentioned = message.lstrip().startswith(("@", "＠")) and rest and not begins(text, lexicon)
    return rest if mentioned and begins(rest, lexicon) and not any(map(str.isdigit, first)) else text


def _apart(text: str, lexicon: Lexicon) -> list[tuple[str, list[str]]]:
    """One line that says several things in full: ``同意 A，驳回 B``, ``退货 536365 … 退货 536366 …``."""
    if _edits(text):
        return [(text, parse.words(_closed(text)))]
    for pieces in (_joined([piece for piece in _COMMA.split(text) if piece], lexicon), _by_case(text)):
        spelled = [spelt(piece, lexicon) for piece in pieces]
        if len(pieces) < 2 or not (
            all(_is_whole(each, lexicon) for each in spelled) or _each_its_own(spelled, lexicon)
        ):
            continue
        if any(_may_be(words[0], lexicon) for words in spelled):
            return [(text, parse.words(numbered(text)))]  # asked about together
        if _decides_twice(spelled, lexicon):
            return [(text, spelt(text, lexicon))]
        return list(zip(pieces, spelled, strict=True))
    if len(_by_case(text)) > 1:
        return [(text, parse.words(numbered(text)))]
    words = spelt(text, lexicon)
    if not words:
        return [(text, [])]
    cuts = [0, *_beginnings(words, lexicon), len(words)]
    parts = [words[start:end] for start, end in pairwise(cuts)]
    return [(text, words)] if len(parts) == 1 else [(" ".join(part).strip(",、 "), part) for part in parts]


def _by_case(text: str) -> list[str]:
    """``A 合格 B 次品``: each case with the words behind it; nothing where cases stand side by side."""
    pieces = [piece.strip(" ,、;和跟与") for piece in _CASES.split(numbered(text)) if piece]
    first = [parse.words(piece) for piece in pieces]
    return pieces if all(len(words) > 1 and parse.is_case_no(words[0]) for words in first) else []


def _may_be(word: str, lexicon: Lexicon) -> bool:
    """Whether a word is another name of a button, which is asked about before it is pressed."""
    return word not in lexicon.actions and word in lexicon.phrases.near and word not in lexicon.phrases.sure


def _joined(pieces: Sequence[str], lexicon: Lexicon) -> list[str]:
    """The pieces, each that is a reason behind a decision with it: ``A 同意``, ``B 驳回，超期了``."""
    found: list[str] = []
    for piece in pieces:
        words = spelt(piece, lexicon)
        begun = bool(words) and (lexicon.is_word(words[0]) or any(map(parse.is_case_no, words)))
        before = spelt(found[-1], lexicon) if found else []
        on_case = len(before) > 1 and (parse.is_case_no(before[1]) or _PLACE.fullmatch(before[1]))
        if not begun and on_case and lexicon.is_button(before[0]):
            found[-1] += f" {piece}"
        else:
            found.append(piece)
    return found


def _is_whole(words: Sequence[str], lexicon: Lexicon) -> bool:
    """``同意 A B``, with nothing else; or the whole of a return."""
    if not words or not lexicon.is_word(words[0]) or words[0] in lexicon.prose:
        return False
    if words[0] in lexicon.about_orders:
        return len(words) > 1 and is_number(words[1])
    return len(words) > 1 and all(parse.is_case_no(word) or word in BETWEEN for word in words[1:])


def _each_its_own(spelled: Sequence[Sequence[str]], lexicon: Lexicon) -> bool:
    """``A 同意，B 驳回 照片不清``: each piece one button on one case of its own, with what is said of it behind."""
    cases = [
        words[1] for words in spelled if len(words) > 1 and (parse.is_case_no(words[1]) or _PLACE.fullmatch(words[1]))
    ]
    buttons = [words[0] for words in spelled if words and lexicon.is_button(words[0])]
    plain = all(
        not any(parse.is_case_no(word) or lexicon.is_word(word) for word in words[2:])
        and not " ".join(words[2:]).startswith(_TIED)
        for words in spelled
    )
    return plain and len(buttons) == len(spelled) == len(set(cases))


def _decides_twice(spelled: Sequence[Sequence[str]], lexicon: Lexicon) -> bool:
    """``R1 R2 同意，R2 再等等``: two buttons for one case, of which the first is not to be pressed."""
    said = {
        (words[0], case) for words in spelled if lexicon.is_button(words[0]) for case in words if parse.is_case_no(case)
    }
    return len({case for _, case in said}) < len(said)


def _beginnings(words: Sequence[str], lexicon: Lexicon) -> list[int]:
    """Where in a line the next statement begins: another return, or, if there is nothing else, the next decision."""
    if words[0] in lexicon.prose:
        return []
    if words[0] in lexicon.about_orders:
        return [
            n for n in range(2, len(words) - 1) if words[n] in lexicon.about_orders and is_number(words[n + 1])
        ]  # fmt: skip
    places = [n for n, word in enumerate(words) if lexicon.is_word(word) and word not in BETWEEN]
    names = set(places)
    plain = all(n in names or parse.is_case_no(word) or word in BETWEEN for n, word in enumerate(words))
    ends = [*places[1:], len(words)]
    full = all(any(map(parse.is_case_no, words[at:end])) for at, end in zip(places, ends, strict=False))
    return places[1:] if plain and full and places[:1] == [0] else []


def _spread(text: str, words: Sequence[str], lexicon: Lexicon) -> list[Statement]:
    """One statement for each of the cases that stand side by side, all with the words behind them."""
    if not words:
        return [Statement(text, ())]
    bare = parse.is_case_no(words[0])
    name, rest = ("查", words) if bare else (words[0], words[1:])
    if name.startswith(_BUT_FOR) or (
        _may_be(name, lexicon) and len([word for word in rest if parse.is_case_no(word)]) > 1
    ):
        return [Statement(text, tuple(parse.words(numbered(text))))]  # asked about together
    if bare and not all(parse.is_case_no(word) or word in BETWEEN for word in words):
        return [Statement(text, tuple(words))]  # R… SF…: the second is said of the first
    numbers, left = _side_by_side(name, rest, lexicon)
    if left and not lexicon.is_word(name):
        return [Statement(text, tuple(words))]  # 把 R1 和 R2 退了: asked about together
    if len(numbers) < 2 or (bare and left):  # one is none
        return [Statement(text, tuple(words))]
    if left and lexicon.is_button(name):
        return [Statement(text, (name, *rest))]  # whose words they are is seen where the buttons are known
    said = [(name, number, *left) for number in dict.fromkeys(numbers)]
    return [Statement(" ".join(each), each) for each in said]


def _places(rest: Sequence[str]) -> list[str]:
    """``1和2``, ``1、3``: places in the list that one was shown, tied together; none for counts and other words."""
    parts = [part for part in re.split(r"\s*(?:[、,和跟与&]|以及|还有)\s*", " ".join(rest)) if part]
    return parts if len(parts) > 1 and all(_AT.fullmatch(part) for part in parts) else []


def _side_by_side(name: str, rest: Sequence[str], lexicon: Lexicon) -> tuple[list[str], list[str]]:
    """The numbers at the front, and what is left. In prose only those with 、 between them are meant together."""
    if name in lexicon.each:
        numbers = [word for word in rest if word not in BETWEEN]
        return (numbers, []) if all(map(is_number, numbers)) else ([], list(rest))
    if name in lexicon.commands - lexicon.about_cases - lexicon.actions:
        return [], list(rest)
    if name in lexicon.actions and (places := _places(rest)):
        return places, []
    numbers, at = [], 0
    while at < len(rest) and parse.is_case_no(rest[at]):
        numbers.append(rest[at].upper())
        between = at + 1 < len(rest) and rest[at + 1] in BETWEEN
        if name in lexicon.prose and not between:
            return numbers, list(rest[at + 1 :])
        at += 2 if between else 1
    return numbers, list(rest[at:])


def spread_out(words: Sequence[str]) -> tuple[str, ...]:
    """``批量驳回`` is 批量 of whatever action the flows have."""
    if words and words[0].startswith(MANY) and words[0] != MANY:
        return (MANY, words[0].removeprefix(MANY), *words[1:])
    return tuple(words)
