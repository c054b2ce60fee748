"""Which publication somebody means who wants to go back: by what it changed, or by the version that it made."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from flow.definitions import yamlfile
from flow.definitions.business import FLOW, POLICY, title
from flow.edits import EXAMPLES
from flow.publishing.proposals import key_of, texts_of
from flow.versions import active_texts
from models import Definition, Proposal, ProposalState

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    Key = tuple[str, str]

MAX_LOOKED_AT = 50  #: publications, the newest first
_VERSION = re.compile(r"到?\s*(?:第\s*|[vV])(\d+)\s*版?")


@dataclass(frozen=True, slots=True)
class Publication:
    """A change that is live, and the versions that publishing it made."""

    proposal: Proposal
    versions: Mapping[Key, int]
    covered: bool  #: something newer stands on it

    @property
    def name(self) -> str:
        """``退货流程 第 3 版、政策 快速 第 2 版``."""
        texts = texts_of(self.proposal)
        return "、".join(f"{title(*key, texts.get(key, ''))} 第 {n} 版" for key, n in self.versions.items())


@dataclass(frozen=True, slots=True)
class Meant:
    """The newest publication that touched what was named; ``whole`` where it changed nothing but that."""

    publication: Publication
    whole: bool


async def publications() -> list[Publication]:
    """What is live, the newest first."""
    live = await Proposal.filter(state=ProposalState.LIVE).order_by("-decided_at", "-id").limit(MAX_LOOKED_AT)
    rows = await Definition.all().order_by("version").values_list("kind", "name", "version")
    active = await active_texts()
    found = []
    for proposal in live:
        before = {key_of(each): each["version"] for each in proposal.before}
        made = {
            key: next((n for kind, name, n in rows if (kind, name) == key and n > version), version)
            for key, version in before.items()
        }
        covered = any(active.get(key_of(item)) != item["text"] for item in proposal.items)
        found.append(Publication(proposal, made, covered))
    return found


async def meant(words: Sequence[str], found: Sequence[Publication]) -> Meant | None:
    """The publication that ``words`` name: ``退货流程``, ``退货流程 第 3 版``, ``自动通过``. None for none of them.

    A version names the publication that made it, and only while it is the newest of its text.
    """
    text = " ".join(words)
    version = _VERSION.search(text)
    said = _VERSION.sub(" ", text).split()
    key = await _key_named("".join(said))
    if key is None:
        return None if version else _by_difference(said, found)
    newest = next((each for each in found if key in each.versions), None)
    if newest is None or (version and newest.versions[key] != int(version[1])):
        return None
    return Meant(newest, whole=bool(version) or len(newest.versions) == 1)


async def _key_named(word: str) -> Key | None:
    """The text that is called so: 退货流程, 流程退货 or 退货; 政策 express, express or 快速."""
    for key, text in (await active_texts()).items():
        kind, name = key
        names = {title(kind, name).replace(" ", "")}
        if kind == FLOW:
            names |= {name, f"流程{name}"}
        elif kind == POLICY:
            called = str(yamlfile.read(text).get("名称", name))
            names |= {name, called, f"政策{called}", f"规则{called}", f"规则{name}"}
        if word in names:
            return key
    return None


def _by_difference(said: Sequence[str], found: Sequence[Publication]) -> Meant | None:
    """The newest with a difference that has all these words; the verb of a sentence is not one of them."""
    asked = [word for word in said if word not in EXAMPLES]
    if not asked:
        return None
    for each in found:
        lines = each.proposal.words
        if hits := [line for line in lines if all(word in line for word in asked)]:
            return Meant(each, whole=len(hits) == len(lines))
    return None
