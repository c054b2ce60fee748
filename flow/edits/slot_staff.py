"""What owners say of people: 林晓升组长, 王建国不当组长了, 财务是谁. Pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from flow.definitions import owner_words as w
from flow.edits import slots as s
from flow.edits.staffing import JOINING
from flow.edits.working_copy import ROLES
from flow.errors import PolicyRefused
from flow.people.changes import ADD, BOSS, DROP, TEAM
from flow.people.powers import STAFF

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flow.edits.slots import Names, Reading, Said, Slot
    from flow.edits.working_copy import Book

_TEAM = re.compile(r"(?:调到|调去|去|转到|换到|分到|加入)(?P<team>[\u4e00-\u9fff]{2,8}(?:组|部|队))(?:了|吧|去)*$")
_SHOP = re.compile(r"(?:只)(?:管|负责|看|做)(?P<shop>\S{2,12}店)的?(?:单子|单|订单)?(?:了|吧)*$")
_DOCK = re.compile(r"(?:只|改)?(?:管|负责|去|到)(?P<dock>[\u4e00-\u9fffA-Za-z]{1,8}仓)(?:了|吧)*$")
_PLACES = ("区域", "店铺", "品类")
_OF_PEOPLE = (
    s.PERSON, s.WHO, s.NODE, w.RISE, w.BECOME, w.NO_MORE, w.ADD, w.DROP, w.RIGHT, w.ROLE, w.GIVE, w.OWNER, w.CHANGE,
    w.ALSO, w.SINCE,
)  # fmt: skip
_GETTING = (w.RISE, w.BECOME, w.ADD, w.GIVE, w.OWNER, w.CHANGE)
_LOSING = (w.NO_MORE, w.DROP)


def role_of(slot: Slot, book: Book) -> str:
    """The role that a slot names; of a step the only role that is called after it: 质检 of somebody is 质检员."""
    if slot.kind == s.WHO:
        return slot.value
    found = [str(role) for role in book.table(ROLES) if slot.value[:2] in str(role)] if slot.kind == s.NODE else []
    return found[0] if len(found) == 1 else ""


def roles(said: Said, book: Book, names: Names) -> list[str]:
    """Roles that people get and lose, in one sentence for each of them."""
    people = said.values(s.PERSON)
    named = [(slot, role) for slot in said.slots if slot.kind in (s.WHO, s.NODE) and (role := role_of(slot, book))]
    steps = [slot for slot in said.slots if slot.kind == s.NODE]
    if not people or not named or not said.only(*_OF_PEOPLE) or any(not role_of(slot, book) for slot in steps):
        return []
    if steps and not said.has(w.RISE, w.BECOME, w.NO_MORE, w.ROLE) and said.slots[0].kind != s.PERSON:
        return []  # 质检 给许静做 is of the step
    if not said.has(*_GETTING, *_LOSING) or (said.slots[0].kind == s.NODE):
        return []
    gets, loses = _sorted(said, named)
    parts = [*(f"{DROP} {role}" for role in loses), *(f"{ADD} {role}" for role in gets)]
    lines = [f"{STAFF} {person} {' '.join(parts)}" for person in people]
    moved = said.has(w.RISE, w.CHANGE) or any(word in said.text for word in ("转岗", "调去", "调岗"))
    if moved and gets and not loses and len(people) == 1 and (old := sorted(set(names.people[people[0]]) - {*gets})):
        lines.append(f"{lines[0]} {' '.join(f'{DROP} {role}' for role in old)}")
    return lines


def _sorted(said: Said, named: Sequence[tuple[Slot, str]]) -> tuple[list[str], list[str]]:
    """The roles that are got and those that are lost, each by the last verb ahead of it, or else by the only one."""
    gets: list[str] = []
    loses: list[str] = []
    for slot, role in named:
        verbs = [each.kind for each in said.slots if each.kind in (*_GETTING, *_LOSING) and each.start < slot.start]
        after = [each.kind for each in said.slots if each.kind in _LOSING and each.start > slot.start]
        losing = (verbs and verbs[-1] in _LOSING) or (
            after and not any(kind in (w.RISE, w.BECOME, w.ADD) for kind in verbs)
        )
        (loses if losing else gets).append(role)
    return gets, loses


def bosses(said: Said, book: Book, _: Names) -> list[str]:
    """``何佳归王建国管``."""
    people = said.values(s.PERSON)
    if len(people) < 2 or not said.only(s.PERSON, w.OWNER) or not re.search("[归听]", said.text):
        return []
    return [f"{STAFF} {person} {BOSS} {people[-1]}" for person in people[:-1]]


def places(said: Said, book: Book, _: Names) -> list[str]:
    """``何佳调到华东组``, ``林晓只管旗舰店``."""
    first = said.slots[0] if said.slots else None
    if first is None or first.kind != s.PERSON or len(said.values(s.PERSON)) > 1:
        return []
    rest = said.text[first.end :].strip(s.ENDS)
    if match := _TEAM.fullmatch(rest):
        return [f"{STAFF} {first.value} {TEAM} {match['team']}"]
    only = said.one(s.CASES).partition("=")
    if only[0] in _PLACES and said.has(w.OWNER) and said.only(s.PERSON, s.CASES, w.ALONE_CAN, w.OWNER):
        return [f"{STAFF} {first.value} {only[0]} {only[2]}"]
    if match := _DOCK.fullmatch(rest):
        return [f"{STAFF} {first.value} 仓库 {match['dock']}"]
    match = _SHOP.fullmatch(rest)
    return [f"{STAFF} {first.value} 店铺 {match['shop']}"] if match else []


def newcomers(said: Said, book: Book, _: Names) -> list[str]:
    """Raises PolicyRefused for ``来了个新同事叫李四，做客服``, which says no account, with the sentence that does."""
    name = said.one(s.CALLED)
    if not said.has(w.NEWCOMER):
        return []
    name = name or "姓名"
    role = next((role for slot in said.slots if (role := role_of(slot, book))), "")
    said_so = f"{name} 的角色是 {role}" if role else f"还没有说 {name} 是什么角色"
    said_so = "来的人叫什么没看出来" if name == "姓名" else said_so
    raise PolicyRefused(
        f"{said_so}，还要写他的企业微信或钉钉账号，机器人才找得到人，什么都没有改。请写："
        f"新员工 {name} 企业微信 账号 角色 {role or '客服'} 上级 姓名，例如：{JOINING}"
    )


def gone(said: Said, book: Book, _: Names) -> list[str]:
    """``刘洋走了，把他号停了``: what is said of the account goes with whoever leaves."""
    name = said.one(s.PERSON)
    if not name or not said.has(w.LEAVE) or not said.only(s.PERSON, w.LEAVE, w.ACCOUNT, w.STOP, w.DROP, w.RIGHT):
        return []
    return [f"离职 {name}"]


def asked(said: Said, book: Book, _: Names) -> list[str]:
    """``财务是谁``, ``仓管都有谁``, ``李敏的权限有哪些``: what shows it."""
    if not said.has(w.ASKED):
        return []
    if said.one(s.WHO) and said.only(s.WHO, w.ASKED, w.OWNER, w.ROLE):
        return [f"{STAFF} {said.one(s.WHO)}"]
    if said.one(s.PERSON) and said.only(s.PERSON, w.ASKED, w.RIGHT, w.ROLE, w.BECOME, w.OWNER):
        return [f"{STAFF} {said.one(s.PERSON)}"]
    return []


STAFF_READINGS: Sequence[Reading] = (newcomers, gone, roles, bosses, places)
