"""Whether somebody may say a word, and who may where they may not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flow.errors import NotAllowed

if TYPE_CHECKING:
    from collections.abc import Iterable

    from flow.definitions.permissions import Matrix
    from flow.people.directory import Directory
    from models.views.case import Person


MAX_NAMED = 3  #: people whom a refusal names; of more it names the roles


def ask(matrix: Matrix, people: Iterable[Person], command: str) -> str:
    """Whom to turn to among people who may: by name where they are few, by role where they are many."""
    able = list(people)
    if 0 < len(able) <= MAX_NAMED:
        return "、".join(matrix.title(person, command) for person in able)
    held = frozenset().union(*(person.roles for person in able))
    return "、".join(sorted(role for role in matrix.who_may(command) if role in held)) or "管理员"


def able_to(matrix: Matrix, people: Directory, command: str) -> list[Person]:
    """The staff who may use a command, each once."""
    return [person for person in people.by_id.values() if matrix.may(person.roles, command)]


def ensure_may(matrix: Matrix, who: Person, command: str, people: Directory) -> None:
    """Raises NotAllowed, naming who may, or their roles where they are many, for somebody without the command."""
    if matrix.may(who.roles, command) is None:
        able = able_to(matrix, people, command)
        raise NotAllowed(f"你的角色不能用“{command}”，可以找：{ask(matrix, able, command)}")


def keepers(matrix: Matrix, people: Directory) -> list[Person]:
    """Whoever may do the most, and so lets others in: the staff of the role with the most commands."""
    widest = max(matrix.roles.values(), key=lambda role: len(role.commands), default=None)
    return list(people.with_role(widest.name)) if widest else []
