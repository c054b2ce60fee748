"""Text that came from outside as words and nothing else: no link, no mention, no markup, nothing that can't be seen.

No exit has an escape that every client honours, so what would act becomes its full-width twin, which reads the same.
"""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Collection

#: what turns the reading direction, has no width, or fills a line with nothing; a joiner within an emoji stays
_UNSEEN = re.compile(
    "[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b\u200c\u200e"
    "\u200f\u202a-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb\ud800-\udfff\U000e0000-\U000e007f]"
)
_PICTURE = "\u2190-\u2bff\U0001f000-\U0001faff"
_JOINER = re.compile(f"(?<![{_PICTURE}\ufe0f])\u200d|\u200d(?![{_PICTURE}])")
_NO_NAME = re.compile(r'[\\/:*?"<>|]')  #: what Windows has in no file name
_BREAKS = re.compile("\r\n?|[\u0085\u2028\u2029]")
_ODD = re.compile(f"{_UNSEEN.pattern[:-1]}\t\u2028\u2029\u200d]")  #: without one of these all of a text is visible
#: an address ends where a character of Chinese begins, and begins behind one: clients know no word but of ASCII
_ASCII = "A-Za-z0-9_"
_LINK = re.compile(
    rf"(?<=[A-Za-z]):(?=//)|(?<=(?<![{_ASCII}])www)\.(?=\w)|(?<=(?<![{_ASCII}])mailto):|(?<=(?<![{_ASCII}])tel):",
    re.IGNORECASE,
)
_ENDINGS = "com|cn|net|org|top|xyz|io|cc|vip|shop|me|info|link|site|app|dev|hk|tw|co|ru"
_DOMAIN = re.compile(
    rf"(?<![{_ASCII}.-])(?<![{_ASCII}.+-]@)(?:[A-Za-z0-9-]+\.)+(?=(?:{_ENDINGS})(?![{_ASCII}-]))", re.IGNORECASE
)
_ACTING = re.compile("[.:@<]")  #: without one of these nothing is a link, a mention or a tag
_MENTION = re.compile(rf"(?<![{_ASCII}.+-])@(?=\w)")  #: one that begins a word; an address of mail is none
_TAG = re.compile(r"<(?=[A-Za-z/!?@])")
_ENTITY = re.compile(r"&(?=#?\w{1,32};)")
_MARKS = str.maketrans({char: chr(ord(char) + 0xFEE0) for char in "*[]<>`#\\~|"})
_BOUND = re.compile(r"[<>]=")  #: which is of one width as well
_MARKING = re.compile(r"[&*\[\]<>`#\\~|_=+-]")  #: without one of these nothing is a mark
_EMPHASIS = re.compile(r"(?<![^\W_])_|_(?![^\W_])")  #: but within a word, such as a product's number
_RULER = re.compile(r"^[ \t]*([-=_ \t]{2,})$", re.MULTILINE)  #: turns the line above into a heading, or is a rule
_ITEM = re.compile(r"^([ \t]*)([-+])(?=[ \t])", re.MULTILINE)


def visible(text: str) -> str:
    """What a reader sees of a text: lines apart by ``\\n``, without characters that only turn or hide others."""
    if not _ODD.search(text):
        return text
    return _JOINER.sub("", _UNSEEN.sub("", _BREAKS.sub("\n", text).replace("\t", " ")))


def all_visible(value: Any) -> Any:
    """The same of every text within a value but the keys of dictionaries."""
    if isinstance(value, str):
        return visible(value)
    if isinstance(value, Mapping):
        return {key: all_visible(part) for key, part in value.items()}
    return type(value)(map(all_visible, value)) if isinstance(value, list | tuple) else value


def one_line(text: str) -> str:
    """The same where a new line would begin something else."""
    return " ".join(visible(text).split("\n"))


def page(text: str) -> str:
    """For a page of HTML, within an element or a quoted attribute."""
    return html.escape(visible(text))


def file_name(text: str) -> str:
    """For the name of a file: none that shows another ending than it has, or leads anywhere."""
    return _NO_NAME.sub("_", one_line(text)).lstrip(". ")


def plain(text: str, links: Collection[str] = ()) -> str:
    """For a place that knows links, mentions and tags, but no markdown; ``links`` are addresses of ours that stay."""
    if not links:
        return _plain(text)
    parts = re.split(f"({'|'.join(map(re.escape, links))})", text)
    return "".join(part if part in links else _plain(part) for part in parts)


def _plain(text: str) -> str:
    shown = visible(text)
    if not _ACTING.search(shown):
        return shown
    bare = _DOMAIN.sub(lambda m: m[0].replace(".", "．"), _LINK.sub(_wide, shown))
    return _TAG.sub(_wide, _MENTION.sub(_wide, bare))


def unmarked(text: str) -> str:
    """For a place that reads markdown: ``plain``, and no character of it begins a mark."""
    bare = plain(text)
    if not _MARKING.search(bare):
        return bare
    bare = _BOUND.sub(lambda m: "".join(map(_twin, m[0])), _ENTITY.sub(_wide, bare)).translate(_MARKS)
    return _RULER.sub(
        lambda m: "".join(map(_twin, m[0])), _EMPHASIS.sub(_wide, _ITEM.sub(lambda m: m[1] + _twin(m[2]), bare))
    )


def _wide(found: re.Match[str]) -> str:
    return _twin(found[0])


def _twin(char: str) -> str:
    """The full-width form of an ASCII sign."""
    return chr(ord(char) + 0xFEE0) if "!" <= char <= "~" else char
