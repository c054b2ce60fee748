"""Every word that leaves the bot towards a platform, as it crosses the wire, and what of it a client would act on."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import orjson

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sandbox.server import Sandbox

#: keys under which, and kinds of message in which, a client reads markdown
MARKDOWN_KEYS = ("markdown", "cardParamMap", "sampleMarkdown", "sampleActionCard", "actionCard")
LINK = re.compile(r"(?:https?|dtmd|dingtalk)://|www\.\w|mailto:|(?<![A-Za-z0-9_.@-])evil\.com", re.IGNORECASE)
MENTION = re.compile(r"(?<![A-Za-z0-9_.+-])@\w|<@|<a\b|</a>")
OUR_PICTURE = re.compile(r"!\[[^\[\]()]*\]\(@[\w-]+\)")  #: a chart that was uploaded before
OUR_MEDIA = re.compile(r"\.media_?id$|phone (?:image|file)\.url$", re.IGNORECASE)
MARK = re.compile(r"\]\(|!\[|<(?:font|img|script|b)\b|\*\*恶|`恶|~~恶|^#+ 恶|^> 恶|^---$", re.MULTILINE)


@dataclass(slots=True)
class Wiretap:
    """Where something stood (the path, and the keys that lead to it), and the words."""

    words: list[tuple[str, str]] = field(default_factory=list)

    @classmethod
    def on(cls, sandbox: Sandbox) -> Wiretap:
        """Listen from now on to requests, and to whatever a phone shows: answers to taps come without a request."""
        found = cls()
        sandbox.listener = lambda path, body: found.words.extend(texts(_read(body), path))
        show = sandbox.world._tell

        def told(item: Any) -> None:
            if item.sender == "bot":
                found.words.extend(texts(item.body, f"{item.place.platform} phone {item.kind}"))
            show(item)

        sandbox.world._tell = told  # type: ignore[method-assign]
        return found

    def acting(self, ours: tuple[str, ...]) -> list[str]:
        """What a client would make a link, a mention or a mark of, but for addresses that begin with one of ours."""
        said = [(place, words) for place, words in self.words if not place.startswith("/shop/")]  # no phone shows it
        return [f"{place}: {words}" for place, words in said if _acts(place, words, ours)]


def _acts(place: str, words: str, ours: tuple[str, ...]) -> bool:
    if OUR_MEDIA.search(place):
        return False
    if re.search(r"url$|link$", place, re.IGNORECASE):
        return bool(words) and not words.startswith(ours)
    words = OUR_PICTURE.sub("", words)
    for each in ours:
        words = words.replace(each, "")
    reads_marks = any(key in place for key in MARKDOWN_KEYS)
    return bool(LINK.search(words) or MENTION.search(words) or (reads_marks and MARK.search(words)))


def _read(body: bytes) -> Any:
    try:
        return orjson.loads(body)
    except ValueError:
        return body.decode("utf-8", "replace")


def texts(value: Any, place: str) -> Iterator[tuple[str, str]]:
    """Every text within a value and where it stands; JSON within a text is read as a platform reads it."""
    if isinstance(value, dict):
        kind = next((str(value[key]) for key in ("msgKey", "msgtype") if key in value), "")
        for key, part in value.items():
            yield from texts(part, f"{place}.{kind}.{key}" if kind else f"{place}.{key}")
    elif isinstance(value, list | tuple):
        for part in value:
            yield from texts(part, place)
    elif isinstance(value, str):
        inner = _read(value.encode()) if value[:1] in ("{", "[") else value
        if isinstance(inner, dict | list):
            yield from texts(inner, place)
        else:
            yield place, value
