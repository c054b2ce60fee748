"""员工, 新员工, 离职: what a sentence says of a member, read forgivingly. Pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from flow.edits.sentence import clauses, one_of, plain, unnameable
from flow.errors import PolicyRefused
from flow.people.changes import ACCOUNTS, ADD, BOSS, CHARS, DROP, KEYS, LISTS, ROLES, TEAM, Change

if TYPE_CHECKING:
    from collections.abc import Collection

    from flow.people.directory import Directory

CHANGING, JOINING = "员工 王建国 加角色 客服主管", "新员工 张三 企业微信 zhangsan 角色 客服 上级 王建国"
_BETWEEN = re.compile(r"[、,;/|\s]+")
_PERSON = re.compile(r"[^\W\d_]+(?:[·.\s][^\W\d_]+)*\d?")
_BEHIND_NAME = re.compile(r"[\s,;:]+")
_NONE = ("无", "没有", "空", "不限", "全部", "所有")
_LIKE = (  #: other ways to say a key, behind a blank, a mark or the name
    (re.compile(r"(?:^|(?<=[\s,]))(?:加上|增加|添加|新增|加|给|兼任?)(?:一个)?角色"), ADD),
    (re.compile(r"(?:^|(?<=[\s,]))(?:去掉|删除|删掉|取消|拿掉|撤掉|收回|减)(?:一个)?角色"), DROP),
    (re.compile(r"(?:^|(?<=[\s,]))企微(?:账号)?"), "企业微信"),
    (re.compile(r"(企业微信|钉钉)账号"), r"\1"),
    (re.compile(r"(?:^|(?<=[\s,]))(?:领导|主管是|直属上级)"), BOSS),
)  # fmt: skip


def change_of(text: str, staff: Directory, roles: Collection[str]) -> Change:
    """``王建国 加角色 客服主管，团队 客服部``. Raises NotFound, PolicyRefused for what is not understood."""
    name, said = _read(text, CHANGING)
    person = staff.called(name)
    if ROLES in said:
        role = said[ROLES]
        raise PolicyRefused(
            f"“{ROLES} {role}”是加上，还是只留这些？加上请写 员工 {name} {ADD} {role}；"
            f"不要的请写 员工 {name} {DROP} {'、'.join(sorted(person.roles)) or '角色名'}"
        )
    return Change(name, _roles(said.get(ADD, ""), roles), _roles(said.get(DROP, ""), roles), _sets(said))


def newcomer(text: str, roles: Collection[str], buttons: Collection[str] = ()) -> Change:
    """``张三 企业微信 zhangsan 角色 客服 上级 王建国``; ``buttons``: words that are no name. Raises as that."""
    name, said = _read(text, JOINING)
    if why := unnamed(name, buttons):
        raise PolicyRefused(f"“{name}”不是姓名（{why}），什么都没有改，例如：{JOINING}")
    if DROP in said:
        raise PolicyRefused(f"新员工没有角色可以去掉，请写成：{JOINING}")
    wanted = _roles(" ".join(filter(None, (said.get(ROLES), said.get(ADD)))), roles)
    if not wanted:
        raise PolicyRefused(f"请写上 {name} 的角色，例如：{JOINING}。角色有：{'、'.join(roles)}")
    return Change(name, wanted, (), _sets(said), joins=True)


def unnamed(name: str, buttons: Collection[str]) -> str:
    """Why nobody can be called so; "" for a name."""
    if name in buttons:
        return "这是按钮上的字，打这个字要办待办"
    if not _PERSON.fullmatch(name):
        return "姓名里只写字，不写数字和符号"
    return unnameable(name)


def _read(text: str, example: str) -> tuple[str, dict[str, str]]:
    """The name, and what is said under each key. Raises PolicyRefused for words under none."""
    name, _, rest = _BEHIND_NAME.sub(" ", plain(text), count=1).partition(" ")
    rest = rest.strip(" ,;。")
    for pattern, key in _LIKE:
        rest = pattern.sub(key, rest)
    said = clauses(rest, KEYS)
    left = said.pop("")
    if not name or len(name) > CHARS or left or not said or any(not value for value in said.values()):
        why = f"“{left}”没有看懂" if left else "没有看懂"
        raise PolicyRefused(f"{why}，什么都没有改；可以写 {'、'.join(KEYS)}，例如：{example}")
    return name, said


def _roles(text: str, known: Collection[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(one_of(word, known, ROLES) for word in _BETWEEN.split(text) if word))


def _sets(said: dict[str, str]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for word, value in said.items():
        if word in (BOSS, TEAM):
            found[word] = "" if value in _NONE else _short(word, value)
        elif word in ACCOUNTS:
            found[word] = "" if value in _NONE else (value.lower() if word == "企业微信" else value)
        elif word in LISTS:
            parts = () if value in _NONE else tuple(dict.fromkeys(p for p in _BETWEEN.split(value) if p))
            found[word] = [_short(word, each) for each in parts]
    return found


def _short(word: str, value: str) -> str:
    if len(value) > CHARS:
        raise PolicyRefused(f"{word}“{value[:20]}…”太长，最多 {CHARS} 个字")
    return value
