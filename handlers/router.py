"""Sends an event to the one coroutine that means it; a command's permission is checked before it runs."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from flow.errors import NotAllowed
from flow.roles import able_to, ask
from handlers.context import Ctx, Reply

Command = Callable[[Ctx, list[str]], Awaitable[Reply]]


@dataclass(frozen=True, slots=True)
class Entry:
    """A command: what it needs, how it is typed, what it is good for."""

    name: str
    run: Command
    usage: str
    needs: str | None


@dataclass(slots=True)
class Router:
    """Commands by their first word."""

    commands: dict[str, Entry] = field(default_factory=dict)

    def command(self, name: str, usage: str, *, needs: str | None = None) -> Callable[[Command], Command]:
        """Register a coroutine under a word; ``needs`` is its row in roles.yaml, None for everybody."""

        def register(run: Command) -> Command:
            self.commands[name] = Entry(name, run, usage, needs)
            return run

        return register

    def include(self, *others: Router) -> None:
        for other in others:
            self.commands |= other.commands

    def find(self, word: str) -> Entry | None:
        return self.commands.get(word)


def permitted(entry: Entry, ctx: Ctx) -> None:
    """Raises NotAllowed, naming the people who may, or their roles where they are many."""
    if entry.needs and not ctx.may(entry.needs):
        matrix = ctx.desk.business.matrix
        able = able_to(matrix, ctx.staff, entry.needs)
        raise NotAllowed(f"你的角色不能用“{entry.name}”，可以找：{ask(matrix, able, entry.needs)}")
