"""行业模板: whole sets of rules for a trade, of which only what differs from the shipped ones is kept."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import yaml

from flow.definitions import yamlfile
from flow.definitions.business import CONFIG, FILES, FLOW, POLICY, Bundle, shipped
from flow.diff.differences import KINDS
from flow.errors import DefinitionError, NotFound, PolicyRefused
from flow.publishing.release import check_bundle
from flow.versions import PRESET, SHIPPED, publish, set_aside
from models import Case, Definition

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from pathlib import Path

FOLDER = CONFIG / "templates"
BY = "模板 "  #: how the publisher of what a template has put in place begins
_HEAD = "template.yaml"


@dataclass(frozen=True, slots=True)
class Template:
    """One trade. ``texts`` are only those that differ from what ships; ``preset`` is the policy of new cases."""

    name: str
    about: str
    preset: str
    texts: Bundle

    def bundle(self) -> Bundle:
        """The whole business under this template. Raises DefinitionError for what cannot be published."""
        whole = check_bundle({**shipped(), **self.texts})
        if (POLICY, self.preset) not in whole:
            raise DefinitionError([f"模板“{self.name}”：没有政策 {self.preset}"])
        return whole


@lru_cache(maxsize=4)
def templates(folder: Path = FOLDER) -> Mapping[str, Template]:
    """Every template of a folder by its name. Raises DefinitionError naming the file that is wrong."""
    found = [_read(head.parent) for head in sorted(folder.glob(f"*/{_HEAD}"))]
    return {each.name: each for each in found}


def _read(folder: Path) -> Template:
    try:
        head: dict[str, Any] = dict(yamlfile.read((folder / _HEAD).read_text(encoding="utf-8")))
        name, about, preset = (str(head[key]) for key in ("模板", "说明", "政策"))
    except (yaml.YAMLError, KeyError, TypeError, ValueError) as error:
        raise DefinitionError([f"{folder.name}/{_HEAD}：要有“模板”“说明”“政策”三项"]) from error
    return Template(name, about, preset, _texts(folder))


def _texts(folder: Path) -> Bundle:
    """What the folder holds, in places of the same names as the shipped files."""
    places = {(kind, kind): folder / f"{kind}.yaml" for kind in FILES}
    for kind, part in ((FLOW, "flows"), (POLICY, "policies")):
        places |= {(kind, path.stem): path for path in sorted(folder.glob(f"{part}/*.yaml"))}
    return {key: path.read_text(encoding="utf-8") for key, path in places.items() if path.exists()}


async def apply_template(name: str, who: str, now: datetime) -> list[str]:
    """Put a template in place by order of ``who``, in the caller's transaction; what was done, in words.

    Only before the first case and before anybody has published rules of their own; another template may be replaced.
    Raises NotFound for an unknown name, PolicyRefused where it is too late, DefinitionError for one that is wrong.
    """
    chosen = templates().get(name)
    if chosen is None:
        raise NotFound(f"没有模板“{name}”，有：{'、'.join(templates())}")
    active = {(row.kind, row.name): row for row in await Definition.filter(active=True)}
    await _refuse_late(list(active.values()))
    whole = {**chosen.bundle(), (PRESET, PRESET): chosen.preset}
    news = {key: text for key, text in whole.items() if key not in active or active[key].text != text}
    await set_aside((key for key in active if key not in whole), now)
    await publish(news, f"{BY}{name} · {who}"[:64], now)
    return _words(news, chosen)


async def _refuse_late(active: list[Definition]) -> None:
    if await Case.exists():
        raise PolicyRefused("已经有售后单了，不能再套用模板；可以照着模板一条一条改，见“规则”")
    own = [f"{KINDS.get(row.kind, row.kind)}“{row.name}”" for row in active if not _is_untouched(row)]
    if own:
        raise PolicyRefused(f"已经发布过自己的规则（{'、'.join(own[:3])}），不能再套用模板；要改哪条就改哪条，见“规则”")


def _is_untouched(row: Definition) -> bool:
    return row.kind == PRESET or row.published_by == SHIPPED or row.published_by.startswith(BY)


def _words(news: Bundle, chosen: Template) -> list[str]:
    """``退货类型``, ``流程“维修”``, ``新单用政策“家电”``."""
    named = [f"{KINDS.get(kind, kind)}“{name}”" for kind, name in sorted(news) if kind in (FLOW, POLICY)]
    plain = [KINDS.get(kind, kind) for kind, _ in sorted(news) if kind in FILES]
    return [*named, *plain, f"新单用政策“{chosen.preset}”"]
