"""What somebody hears who opens the chat: who they are here, what waits for them, what to say; three lines."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cards.types import Text
from cards.words import due

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from models.views.case import CaseView, TaskView

HELP = "帮助"


def greeting(
    name: str, roles: Sequence[str], waiting: tuple[int, tuple[CaseView, TaskView] | None], first: Sequence[str],
    now: datetime,
) -> Text:  # fmt: skip
    """``waiting`` is how many tasks there are, and the most urgent."""
    who = f"{name}（{'、'.join(roles)}）" if roles else f"{name}（还没有角色，请管理员加上）"
    begin = f"可以先说：{'；'.join(first)}。" if first else ""
    return Text(
        f"{who}，我是回旋镖，售后的事在这里说一句就办。\n{_waiting(*waiting, now)}\n{begin}还能说什么，回复“{HELP}”"
    )


def _waiting(count: int, most_urgent: tuple[CaseView, TaskView] | None, now: datetime) -> str:
    if most_urgent is None:
        return "现在没有等你办的事"
    case, task = most_urgent
    return f"{count} 件待办 · 最急：{task.title}（{case.no}），{due(task.due_at, now)}"


def stranger(keepers: Sequence[str], account: str) -> Text:
    """To somebody whom nobody has let in yet: whom to turn to, and with what."""
    whom = "、".join(keepers) or "管理员"
    tell = f"，报上你的账号 {account}" if account else ""
    return Text(f"你还没有登记为员工，请找 {whom} 登记{tell}；登记好再来说一句")
