"""A change of one member: roles, team, scope, superior, accounts; somebody who comes, and somebody who leaves. Pure."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, replace
from typing import TYPE_CHECKING, Any

from flow.errors import NotFound, PolicyRefused
from models.accounts import is_account
from models.views.case import Person

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flow.people.directory import Directory

ADD, DROP, ROLES, BOSS, TEAM = "加角色", "去角色", "角色", "上级", "团队"
LISTS: Mapping[str, str] = {"店铺": "shops", "仓库": "warehouses", "区域": "regions", "品类": "categories"}
ACCOUNTS: Mapping[str, str] = {"企业微信": "wecom", "钉钉": "dingtalk"}
KEYS = (ADD, DROP, ROLES, BOSS, TEAM, *LISTS, *ACCOUNTS)  #: what a sentence can say of a member
CHARS = 64  #: of a name, a team, a shop
NOBODY = 0  #: id of somebody who is no member yet


@dataclass(frozen=True, slots=True)
class Change:
    """What is to become of one member. ``sets`` holds by its word what is written anew: a text, or a list of texts."""

    name: str
    add: tuple[str, ...] = ()
    drop: tuple[str, ...] = ()
    sets: Mapping[str, Any] = field(default_factory=dict)
    joins: bool = False
    leaves: bool = False

    def data(self) -> dict[str, Any]:
        """As plain values, for the record."""
        return {**asdict(self), "add": list(self.add), "drop": list(self.drop)}

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> Change:
        return cls(**{**data, "add": tuple(data["add"]), "drop": tuple(data["drop"])})

    def after(self, before: Person | None, staff: Directory) -> Person:
        """The member as they will be; without any power once they have left."""
        person = before or Person(NOBODY, self.name)
        if self.leaves:
            return replace(person, roles=frozenset(), wecom=None, dingtalk=None)
        wanted: dict[str, Any] = {"roles": person.roles - set(self.drop) | set(self.add)}
        for word, value in self.sets.items():
            if word == BOSS:
                boss = staff.named(value)
                wanted["manager_id"] = boss.id if boss else None
            elif word == TEAM:
                wanted["team"] = value
            elif word in ACCOUNTS:
                wanted[ACCOUNTS[word]] = value or None
            else:
                wanted[LISTS[word]] = tuple(value)
        return replace(person, **wanted)

    def words(self, before: Person | None, staff: Directory) -> tuple[str, ...]:
        """Every difference in words."""
        if self.leaves:
            held = "、".join(sorted(before.roles)) if before else ""
            return (f"{self.name} 离职（现在是 {held or '没有角色'}）",)
        told = [f"新员工 {self.name}"] if self.joins else []
        told += [f"{self.name} 加上角色 {role}" for role in self.add]
        told += [f"{self.name} 去掉角色 {role}" for role in self.drop]
        for word, value in self.sets.items():
            none = "全部" if word in LISTS else "无"
            old = "" if self.joins else f"{_said(_now(before, word, staff)) or none} → "
            told.append(f"{self.name} {word}：{old}{_said(value) or none}")
        return tuple(told)


def _now(person: Person | None, word: str, staff: Directory) -> Any:
    """What stands under a word now."""
    if person is None:
        return ""
    if word == BOSS:
        boss = staff.manager_of(person.id)
        return boss.name if boss else ""
    if word == TEAM:
        return person.team
    return getattr(person, ACCOUNTS.get(word, "") or LISTS[word]) or ""


def _said(value: Any) -> str:
    return value if isinstance(value, str) else "、".join(value)


def checked(change: Change, staff: Directory) -> Change:
    """The change without what is so already. Raises PolicyRefused for what cannot be, NotFound for who is not here."""
    before = staff.named(change.name)
    if change.joins and before:
        raise PolicyRefused(
            f"已经有员工 {change.name} 了；要改他，例如：员工 {change.name} {ADD} 客服。是另一个人就换个写法"
        )
    if before is None and not change.joins:
        staff.called(change.name)
    if change.leaves:
        return change
    if before and (strange := [role for role in change.drop if role not in before.roles]):
        held = "、".join(sorted(before.roles)) or "（没有）"
        raise PolicyRefused(f"{change.name} 没有角色 {strange[0]}，现在的角色：{held}")
    _refuse_superior(change, before, staff)
    _refuse_accounts(change, staff)
    _refuse_nobody(change.after(before, staff))
    return _fresh(change, before, staff)


def _refuse_nobody(after: Person) -> None:
    """Somebody who could do nothing, or could not be told of anything."""
    if not after.roles:
        raise PolicyRefused(f"{after.name} 一个角色都不剩，什么都不能做；人走了请写：离职 {after.name}")
    if not (after.wecom or after.dingtalk):
        raise PolicyRefused(f"{after.name} 要有企业微信或钉钉账号，机器人才找得到人，例如：企业微信 zhangsan")


def _fresh(change: Change, before: Person | None, staff: Directory) -> Change:
    """Without what is so already. Raises PolicyRefused where nothing is left."""
    add = tuple(role for role in change.add if not before or role not in before.roles)
    sets = {word: value for word, value in change.sets.items() if _said(value) != _said(_now(before, word, staff))}
    left = replace(change, add=add, sets=sets)
    if not (left.joins or left.add or left.drop or left.sets):
        raise PolicyRefused(f"{change.name} 本来就是这样，没有改动")
    return left


def _refuse_superior(change: Change, before: Person | None, staff: Directory) -> None:
    name = change.sets.get(BOSS)
    if not name:
        return
    boss = staff.named(name)
    if boss is None:
        raise NotFound(f"没有叫 {name} 的员工{staff.meant_by(name)}上级请写全名")
    if name == change.name or (before and before.id in {one.id for one in staff.above(boss.id)}):
        raise PolicyRefused(f"{name} 在 {change.name} 下面（或就是本人），不能做他的上级")


def _refuse_accounts(change: Change, staff: Directory) -> None:
    for word, column in ACCOUNTS.items():
        account = change.sets.get(word)
        if not account:
            continue
        if not is_account(account):
            raise PolicyRefused(f"{word}的“{account[:32]}”不是一个人的账号")
        holder = staff.find(column, account)
        if holder and holder.name != change.name:
            raise PolicyRefused(f"{word}账号 {account} 已经是 {holder.name} 的，请核对")


def unheard_of(change: Change, staff: Directory) -> list[str]:
    """A hint on a team, warehouse, region or category that nobody else has: it may be mistyped."""
    told = []
    others = [person for person in staff.by_id.values() if person.name != change.name]
    for word, value in change.sets.items():
        if word not in (TEAM, *LISTS):
            continue
        column = LISTS.get(word, "team")
        known = {each for one in others for each in ([one.team] if word == TEAM else getattr(one, column))} - {""}
        told += [
            f"{word}“{each}”别的员工都没有{f'（有 {_some(known)}）' if known else ''}，请核对"
            for each in ([value] if isinstance(value, str) else value)
            if each and each not in known
        ]
    return told


def _some(names: set[str]) -> str:
    return "、".join(sorted(names)[:5])
