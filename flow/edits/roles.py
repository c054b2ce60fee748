"""角色, 新建角色: what a role may say on whose cases, what it sees, and a role like another. Pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from flow.definitions.permissions import COMMANDS, FIELDS, FIRST, ROLE_CHARS, Scope
from flow.definitions.schema import ID
from flow.edits import renaming
from flow.edits.quantities import ended, trimmed
from flow.edits.sentence import listed, one_of
from flow.edits.working_copy import ROLES
from flow.errors import PolicyRefused

if TYPE_CHECKING:
    from flow.edits.sentence import Sentence
    from flow.edits.working_copy import Book, Data, Edit

ABOUT, MAY, SEES, CANNOT = "说明", "能", "看", "不能"
_AS = re.compile(r"[\s,]+(?:照着|按照|照|像|按)\s*(?=\S)")
_KEYS = (CANNOT, MAY, SEES, FIRST, ABOUT)
_BETWEEN = re.compile(r"[、,;；|]+\s*")


def edit(sentence: Sentence, book: Book) -> Edit:
    """``客服 能 导出 团队``, ``客服 不能 导出``, ``客服 看 金额 无``, ``客服 先说 待办、我的单``, ``客服 说明 …``."""
    words = sentence.words
    if renaming.VERB in words[1:2]:
        return renaming.of_role(sentence, book)
    if len(words) < 3 or words[1] not in _KEYS:
        raise sentence.unclear()
    roles = book.table(ROLES)
    role, key = book.role(words[0]), words[1]
    body = dict(roles[role])
    if key == ABOUT:
        fresh = {**body, ABOUT: sentence.prose(2)}
    elif key == FIRST:
        fresh = {**body, FIRST: [part.strip() for part in _BETWEEN.split(sentence.prose(2)) if part.strip()]}
    elif key == SEES:
        fresh = {**body, SEES: _seen(dict(body[SEES]), sentence)}
    else:
        fresh = {**body, MAY: _may(dict(body[MAY]), sentence, book, role)}
    return book.with_table(ROLES, {**roles, role: fresh}, f"角色 {role}：{key} {sentence.prose(2)}")


def _seen(fields: Data, sentence: Sentence) -> Data:
    """Raises PolicyRefused for what is no way to see it."""
    if len(sentence.words) != 4:
        raise sentence.unclear("要写看什么、看到多少")
    field = one_of(sentence.words[2], FIELDS, "看得到的内容")
    return {**fields, field: one_of(ended(sentence.words[3]), FIELDS[field], f"{field}的看法")}


def _may(commands: Data, sentence: Sentence, book: Book, role: str) -> Data:
    """``导出 团队``: that command on those cases; after 不能 no longer."""
    words = sentence.words
    own = (command for body in book.table(ROLES).values() for command in body.get(MAY) or {})
    command = one_of(ended(words[2]), dict.fromkeys((*COMMANDS, *own)), "指令")
    if words[1] == CANNOT:
        if command not in commands:
            raise PolicyRefused(f"{role} 本来就不能 {command}，没有改动")
        return {each: scope for each, scope in commands.items() if each != command}
    if len(words) != 4:
        raise sentence.unclear(f"要写“{command}”能对哪些单：{listed(Scope)}")
    return {**commands, command: str(one_of(ended(words[3]), [str(scope) for scope in Scope], "范围"))}


def new(sentence: Sentence, book: Book) -> Edit:
    """A role like another, for people who get it then."""
    name, *behind = _AS.split(sentence.text, maxsplit=1)
    if not behind:
        raise sentence.unclear("要写名字，也要写照哪一个")
    roles = book.table(ROLES)
    like, name = book.role(trimmed(behind[0])), book.fresh(trimmed(name), roles, "角色", ROLE_CHARS)
    told = f"新建角色 {name}，照“{like}”；发布以后给人：员工 姓名 加角色 {name}"
    body = {key: value for key, value in roles[like].items() if key != ID}
    return book.with_table(ROLES, {**roles, name: body}, told)
