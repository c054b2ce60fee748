"""Who may say what on whose cases, and how much of a customer each role sees: roles.yaml as one frozen matrix. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from typing import TYPE_CHECKING, Any

import yaml

from flow.definitions import yamlfile
from flow.definitions.identities import doubled, id_in
from flow.definitions.schema import ID
from flow.errors import DefinitionError, Place, Problem

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from models.views.case import Person

KINDS = ("退货", "换货", "维修", "补偿", "仅退款", "补发", "拦截", "投诉")  #: commands that open a case, by its flow
WORDS = (
    "提交",
    "取消",
    "帮助",
    "上手",
    "链接",
    "作废链接",
    "稍后",
    "自动规则",
    "理由",
    "问退款",
    "核实退款",
)  #: what everybody may say, and no action may be called
#: every command that a role may be given, in the order of the table
COMMANDS = (
    *KINDS, "待办", "查", "运单", "收货", "报表", "转交",
    "加签", "退回", "撤回", "挂起", "恢复", "催办", "评论", "抄送", "撤单", "改", "重开", "合并", "拆分", "请假",
    "代人请假", "流程", "规则", "发布", "回滚", "话术", "模板", "客户", "名单", "导出", "验真", "总览",
    "审计", "清除", "员工", "演练",
)  # fmt: skip
WAY_BACK = ("发布", "回滚")  #: without anybody who may do these, a mistake in the roles could not be mended
WHOLE, SURNAME, TAIL, NOTHING = "全", "姓", "尾号", "无"
NAME, MOBILE, ACCOUNT, ADDRESS, AMOUNT = "客户姓名", "客户手机", "收货账号", "收货地址", "金额"
#: what may be masked, and how, each way showing more than the one before
FIELDS: Mapping[str, tuple[str, ...]] = {
    MOBILE: (NOTHING, TAIL, WHOLE),
    NAME: (NOTHING, SURNAME, WHOLE),
    ACCOUNT: (NOTHING, TAIL, WHOLE),
    ADDRESS: (NOTHING, WHOLE),
    AMOUNT: (NOTHING, WHOLE),
}
UNSAID = {ADDRESS: NOTHING}  #: how a role sees what it says nothing of
ROLE_CHARS = 32  #: of the column that keeps a member's role
FIRST = "先说"  #: key: what somebody with the role may type first
KEYS = ("说明", "能", "看", FIRST, ID)
MAX_FIRST = 3  #: of what somebody is told to begin with


class Scope(StrEnum):
    """Whose cases. 团队 takes in 本人, 仓库 and 店铺 each take in 团队, 全部 takes in everything."""

    OWN = "本人"  # opened by me, or with a task that is or was mine
    TEAM = "团队"  # of people of my team or below me
    WAREHOUSE = "仓库"  # whose goods go to the warehouses I serve
    SHOP = "店铺"  # of the shops I serve
    ALL = "全部"

    @property
    def width(self) -> int:
        return list(Scope).index(self)


@dataclass(frozen=True, slots=True)
class Role:
    """One role: its commands, each with the cases it reaches, and how it sees each field."""

    name: str
    about: str
    commands: Mapping[str, Scope]
    fields: Mapping[str, str]
    first: tuple[str, ...] = ()  #: what to type first


@dataclass(frozen=True, slots=True)
class Matrix:
    """All roles. Of several roles of a person the widest counts; a role that is not known gives nothing."""

    roles: Mapping[str, Role]

    def may(self, roles: Iterable[str], command: str) -> Scope | None:
        """The widest cases on which these roles may use a command; None where they may not use it at all."""
        return max(self.reach(roles, command), key=lambda scope: scope.width, default=None)

    def reach(self, roles: Iterable[str], command: str) -> frozenset[Scope]:
        """All the cases on which these roles may use a command: those of any of the scopes."""
        return frozenset(scope for role in self._known(roles) if (scope := role.commands.get(command)))

    def sees(self, roles: Iterable[str], field: str) -> str:
        """How these roles see one of FIELDS."""
        ways = FIELDS[field]
        return max((role.fields[field] for role in self._known(roles)), key=ways.index, default=ways[0])

    def who_may(self, command: str) -> tuple[str, ...]:
        """Names of the roles that may use a command."""
        return tuple(name for name, role in self.roles.items() if command in role.commands)

    def permissions(self) -> dict[str, frozenset[str]]:
        """Command -> roles that may use it; only commands that some role may use."""
        own = (command for role in self.roles.values() for command in role.commands)
        every = dict.fromkeys((*COMMANDS, *own))
        return {command: frozenset(roles) for command in every if (roles := self.who_may(command))}

    def first(self, roles: Iterable[str]) -> tuple[str, ...]:
        """What somebody with these roles may type first."""
        said = dict.fromkeys(words for role in self._known(sorted(roles)) for words in role.first)
        return tuple(said)[:MAX_FIRST]

    def title(self, person: Person, command: str) -> str:
        """``客服组长 王建国``: the role by which somebody may use a command most widely, and the name."""
        able = [role for role in self._known(sorted(person.roles)) if command in role.commands]
        role = max(able, key=lambda role: role.commands[command].width, default=None)
        return f"{role.name} {person.name}" if role else person.name

    def _known(self, roles: Iterable[str]) -> list[Role]:
        return [self.roles[name] for name in roles if name in self.roles]


# -- reading -----------------------------------------------------------------------------------------------------------


def parse_roles(text: str, source: str = "roles.yaml", kinds: Sequence[str] = ()) -> Matrix:
    """Read the roles from YAML; ``kinds`` are words of the business's own that open a case.

    Raises DefinitionError naming the role and the line of every mistake.
    """
    known = (*COMMANDS, *kinds)
    try:
        raw = {str(name): dict(role) for name, role in yamlfile.read(text)["角色"].items()}
    except yaml.YAMLError as error:
        raise DefinitionError([f"{source}：{yamlfile.trouble(error)}"]) from error
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise DefinitionError([f"{source}：要有“角色”，下面一个角色一段，写 {'、'.join(KEYS)}"]) from error
    problems = [
        problem.under(f"{source} 角色“{name}”", kind="roles", name=name)
        for name, role in raw.items() for problem in _mistakes(name, role, known)
    ]  # fmt: skip
    for first, second, id_ in doubled((name, id_in(name, role)) for name, role in raw.items()):
        words = f"编号“{id_}”和角色“{first}”的一样，是同一个角色改了名才一样；新加的请把编号去掉"
        problems.append(Problem(words).under(f"{source} 角色“{second}”：", kind="roles", name=second))
    granted = {command for role in raw.values() if isinstance(role.get("能"), dict) for command in role["能"]}
    lost = [f"没有角色能“{word}”，以后改错了没人改得回来" for word in WAY_BACK if word not in granted]
    problems += [Problem(words, Place(kind="roles")).under(f"{source}：") for words in lost]
    if problems:
        raise DefinitionError(problems)
    return Matrix({name: _role(name, role, known) for name, role in raw.items()})


def _role(name: str, raw: Mapping[str, Any], known: Sequence[str]) -> Role:
    commands = {command: Scope(raw["能"][command]) for command in known if command in raw["能"]}
    first = tuple(map(str, raw.get(FIRST) or ()))
    return Role(name, str(raw["说明"]), commands, {**UNSAID, **_seen(raw["看"])}, first)


def _seen(raw: Mapping[str, Any]) -> dict[str, str]:
    return {field: str(raw[field]) for field in FIELDS if field in raw}


def _mistakes(name: str, raw: Mapping[str, Any], known: Sequence[str]) -> list[Problem]:
    words = [f"“{key}”不认识，可选 {'、'.join(KEYS)}" for key in raw if key not in KEYS]
    if not 0 < len(name.strip()) <= ROLE_CHARS:
        words.append(f"名字要在 {ROLE_CHARS} 个字以内")
    found = [Problem(each).under("：") for each in words]
    if not str(raw.get("说明") or "").strip():
        found.append(Problem("缺少“说明”", Place(column="说明")).under("："))
    if not isinstance(raw.get(FIRST, []), list):
        found.append(Problem(f"“{FIRST}”要写成 [一句话, 一句话]").under("："))
    for key, wrong_in in (("能", partial(_wrong_commands, known)), ("看", _wrong_fields)):
        part = raw.get(key)
        found += (
            wrong_in(part) if isinstance(part, dict) else [Problem(f"“{key}”要写成 名字: 值，一行一个").under("：")]
        )
    return found


def _wrong_commands(known: Sequence[str], raw: Mapping[str, Any]) -> list[Problem]:
    scopes = tuple(Scope)
    strange = [command for command in raw if command not in known]
    found = [_of_part("能", each, f"没有“{each}”这个指令，可选 {'、'.join(known)}") for each in strange]
    for command, scope in raw.items():
        if scope not in scopes:
            words = f"范围“{scope}”不认识，可选 {'、'.join(scopes)}"
            found.append(_of_part("能", command, words, named=True))
    return found


def _of_part(part: str, column: str, words: str, *, named: bool = False) -> Problem:
    """A problem of 能 or 看; ``named``: the command or the field stands before what is said."""
    before = f" {part} {column}：" if named else f" {part}："
    return Problem(words, Place(table=part, column=column)).under(before)


def _wrong_fields(raw: Mapping[str, Any]) -> list[Problem]:
    strange = [field for field in raw if field not in FIELDS]
    found = [_of_part("看", each, f"没有“{each}”这一项，可选 {'、'.join(FIELDS)}") for each in strange]
    for field, ways in FIELDS.items():
        if field in UNSAID and field not in raw:
            continue
        if field not in raw:
            found.append(_of_part("看", field, f"缺少“{field}”，可选 {'、'.join(ways)}"))
        elif raw[field] not in ways:
            words = f"“{raw[field]}”不认识，可选 {'、'.join(ways)}"
            found.append(_of_part("看", field, words, named=True))
    return found
