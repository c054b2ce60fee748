"""Sends an event to the one coroutine that means it; a command's permission is checked before it runs."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from functools import wraps

from flow.access.permissions import able_to, ask
from flow.errors import FlowError, NotAllowed
from handlers.chat.context import Ctx, Reply

Command = Callable[[Ctx, list[str]], Awaitable[Reply]]


@dataclass(frozen=True, slots=True)
class Entry:
    """A command: what it needs, how it is typed, what it is good for, and who may read its answer."""

    name: str
    run: Command
    usage: str
    needs: str | None
    private: bool = True  #: the answer is for the asker alone, also where the question was asked in a group


@dataclass(slots=True)
class Router:
    """Commands by their first word."""

    commands: dict[str, Entry] = field(default_factory=dict)

    def command(
        self, name: str, usage: str, *, needs: str | None = None, private: bool = True
    ) -> Callable[[Command], Command]:
        """Register a coroutine under a word; ``needs`` is its row in roles.yaml, None for everybody.

        Only what names no customer, amount, link or file may be ``private=False``: a group hears the answer.
        """

        def register(run: Command) -> Command:
            heard = run if private else _aloud(run)
            self.commands[name] = Entry(name, heard, usage, needs, private)
            return heard

        return register

    def include(self, *others: Router) -> None:
        for other in others:
            self.commands |= other.commands

    def find(self, word: str) -> Entry | None:
        return self.commands.get(word)


def _aloud(run: Command) -> Command:
    """The same command, answered and refused where it was asked."""

    @wraps(run)
    async def aloud(ctx: Ctx, words: list[str]) -> Reply:
        try:
            return replace(await run(ctx, words), alone=False)
        except FlowError as error:
            error.alone = False
            raise

    return aloud


def permitted(entry: Entry, ctx: Ctx) -> None:
    """Raises NotAllowed, naming the people who may, or their roles where they are many."""
    if entry.needs and not ctx.may(entry.needs):
        matrix = ctx.desk.business.matrix
        able = able_to(matrix, ctx.staff, entry.needs)
        raise NotAllowed(f"你的角色不能用“{entry.name}”，可以找：{ask(matrix, able, entry.needs)}")
