"""The plain files of the business as one value: return types, roles, notices, zones, assignments."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import yaml

from config import FOLDER
from flow.definitions import yamlfile
from flow.definitions.assignments import parse_assignments
from flow.definitions.automation_reader import parse_rules
from flow.definitions.choices import Choices, parse_choices
from flow.definitions.flow_reader import names_in
from flow.definitions.identities import doubled, has_ids, identities_of
from flow.definitions.own_papers import parse_papers
from flow.definitions.permissions import KINDS, parse_roles
from flow.definitions.present import Present
from flow.definitions.quiet_hours import parse_quiet
from flow.definitions.schema import ID
from flow.errors import DefinitionError, Place, Problem

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from flow.definitions.assignments import Assignment
    from flow.definitions.automation import Rule
    from flow.definitions.own_papers import OwnPaper
    from flow.definitions.permissions import Matrix
    from flow.definitions.quiet_hours import Quiet

CONFIG = FOLDER
FLOW, POLICY = "flow", "policy"
FILES = ("reasons", "roles", "notices", "stock", "assignments", "choices")  #: kinds of which there is one each
#: kinds of which there may be one, and the text that stands in where there is none
SPARE = {"rules": "自动规则: []", "calendar": "免打扰: {}", "papers": "打印模板: {}"}
TITLES = {
    "reasons": "退货类型", "roles": "角色", "notices": "通知", "stock": "库区", "assignments": "分派表",
    "choices": "政策选择", "rules": "自动规则", "calendar": "免打扰", "papers": "打印模板",
}  # fmt: skip
LIKE = "种类"  #: of the return types' file: kinds of the business's own, each with the one that it is read like
Bundle = dict[tuple[str, str], str]  #: (kind, name) -> text: the whole business at one moment


@dataclass(frozen=True, slots=True)
class ReturnType:
    """A return type carries its strategy: which way, who is liable, who pays freight, where the cost goes."""

    name: str
    flows: tuple[str, ...]  #: those that a case of this type may take: the first word of a command chooses
    strategy: Mapping[str, str]
    aliases: tuple[str, ...]
    id: str = ""  #: its first name; "" where it still has that


@dataclass(frozen=True, slots=True)
class Business:
    """What is the same for every flow and policy."""

    types: Mapping[str, ReturnType]
    matrix: Matrix  #: which role may say what on whose cases, and sees what
    notices: Mapping[str, str]
    zones: Mapping[str, str]
    tables: Mapping[str, tuple[Assignment, ...]] = field(default_factory=dict)
    choices: Choices = field(default_factory=Choices)
    rules: tuple[Rule, ...] = ()  #: if … then …, from the top
    quiet: Quiet | None = None  #: the hours in which words that can wait do wait
    present: Present = field(default_factory=Present)  #: what things are called, beside what they were called
    kinds: Mapping[str, str] = field(default_factory=dict)  #: own words that open a case -> the shipped one it is like
    papers: Mapping[str, OwnPaper] = field(default_factory=dict)  #: those that have a workbook of their own

    @property
    def permissions(self) -> Mapping[str, frozenset[str]]:
        """Command -> roles that may use it."""
        return self.matrix.permissions()

    def like(self, kind: str) -> str:
        """The shipped kind that one of the business's own is read like; itself where it is shipped."""
        return self.kinds.get(kind, kind)

    def type_named(self, word: str) -> ReturnType | None:
        """The return type that somebody means: by its name, by another word for it, else by its first name."""
        found = next((t for t in self.types.values() if word == t.name or word in t.aliases), None)
        return found or next((t for t in self.types.values() if word == t.id), None)


def title(kind: str, name: str, text: str = "") -> str:
    """A text as people call it: 退货流程, 政策 标准, 退货类型. Without its text a policy goes by its code."""
    if kind == FLOW:
        return f"{name}流程"
    return f"政策 {named(text, name)}" if kind == POLICY else TITLES.get(kind, name)


def named(text: str, name: str) -> str:
    """What a policy is called, or its code where it says nothing."""
    data = yamlfile.read(text) if text else None
    return str(data.get("名称") or name) if isinstance(data, dict) else name


def shipped(folder: Path = CONFIG) -> Bundle:
    """The texts that came with the program. Raises DefinitionError for a file that is missing."""
    texts: Bundle = {}
    for kind, place in ((FLOW, "flows"), (POLICY, "policies")):
        for path in sorted((folder / place).glob("*.yaml")):
            texts[kind, path.stem] = path.read_text(encoding="utf-8")
    for kind in FILES:
        try:
            texts[kind, kind] = (folder / f"{kind}.yaml").read_text(encoding="utf-8")
        except OSError as error:
            raise DefinitionError([f"{kind}.yaml：找不到这个文件"]) from error
    for kind in SPARE:
        if (path := folder / f"{kind}.yaml").exists():
            texts[kind, kind] = path.read_text(encoding="utf-8")
    return texts


def load_business(folder: Path = CONFIG) -> Business:
    """The business of a folder of files. Raises DefinitionError naming the file that is wrong."""
    return business_of(shipped(folder))


def business_of(texts: Bundle) -> Business:
    """The business that a bundle describes. Raises DefinitionError naming the file that is wrong."""
    own = [texts[kind, kind] for kind in FILES]
    found = _built((*own, *(texts.get((kind, kind), spare) for kind, spare in SPARE.items())))
    return replace(found, present=Present(identities_of(texts), any_ids=True)) if has_ids(texts.values()) else found


@lru_cache(maxsize=8)
def _built(texts: tuple[str, ...]) -> Business:
    text = dict(zip((*FILES, *SPARE), texts, strict=True))

    def read(kind: str, key: str) -> dict[str, Any]:
        try:
            return dict(yamlfile.read(text[kind])[key])
        except (yaml.YAMLError, KeyError, TypeError, ValueError) as error:
            raise DefinitionError([Problem(f"读不出“{key}”", Place(kind=kind)).under(f"{kind}.yaml：")]) from error

    types = {name: _return_type(name, raw) for name, raw in read("reasons", "退货类型").items()}
    for first, second, id_ in doubled((name, kind.id or name) for name, kind in types.items()):
        raise _of_type(second, f"编号“{id_}”和“{first}”的一样，是同一类改了名才一样；新加的请把编号去掉")
    kinds = _own_kinds(types, yamlfile.read(text["reasons"]).get(LIKE))
    return Business(
        types,
        parse_roles(text["roles"], kinds=tuple(kinds)),
        read("notices", "通知"),
        read("stock", "库区"),
        parse_assignments(text["assignments"], "assignments.yaml"),
        parse_choices(text["choices"], "choices.yaml"),
        parse_rules(text["rules"], "rules.yaml"),
        parse_quiet(text["calendar"], "calendar.yaml"),
        kinds=kinds,
        papers=parse_papers(text["papers"], "papers.yaml"),
    )


def _own_kinds(types: Mapping[str, ReturnType], like: Any) -> dict[str, str]:
    """The flows that types lead to, or that are only put by, whose words do not ship. Raises DefinitionError."""
    said = like or {}
    if not isinstance(said, dict) or not all(isinstance(each, str) for each in said.values()):
        raise DefinitionError(
            [Problem(f"“{LIKE}”要写成 {{无理由退货: 退货}}", Place(kind="reasons")).under("reasons.yaml：")]
        )
    led = (flow for each in types.values() for flow in each.flows)
    return {flow: str(said.get(flow, flow)) for flow in dict.fromkeys((*led, *map(str, said))) if flow not in KINDS}


def _return_type(name: str, raw: dict[str, Any]) -> ReturnType:
    if not isinstance(raw, dict):
        raise _of_type(name, "要写成 {流程: 退货, 路由: 质检部, …}")
    strategy = {str(key): str(value) for key, value in raw.items() if key not in {"流程", "别名", ID}}
    if nested := [key for key, value in raw.items() if key in strategy and isinstance(value, dict | list)]:
        raise _of_type(name, f"“{'、'.join(map(str, nested))}”只能写一个词")
    flows = names_in(raw.get("流程"))
    if not flows:
        raise _of_type(name, "缺少“流程”")
    return ReturnType(name, flows, strategy, names_in(raw.get("别名")), str(raw.get(ID) or ""))


def _of_type(name: str, words: str) -> DefinitionError:
    return DefinitionError([Problem(words, Place(kind="reasons", name=name)).under(f"退货类型“{name}”：")])
