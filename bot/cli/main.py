"""The command line: one group, a file per noun, errors as one readable sentence."""

from __future__ import annotations

import importlib
import sys

import click
from tortoise.exceptions import BaseORMException

from bot.cli.terminal import say
from bot.runtime.lifelong import lifelong
from bot.runtime.oserrors import in_words
from config.settings import SettingsError
from flow.errors import FlowError
from models.database.connection import DatabaseError, trouble

#: command -> its file and the name in it; a file is imported only for its own commands, so that a start is not kept
#: waiting for what imports and reports need
PLACES = {
    "serve": "serve:serve", "sandbox": "serve:sandbox", "migrate": "serve:migrate", "check": "serve:check",
    "demo": "demo:demo", "import": "imports:import_file", "undo-import": "imports:undo_import",
    "refresh-members": "members:refresh_members", "report": "report:report", "flow": "flows:flows",
    "template": "templates:trades", "audit": "audit:audit",
    "backup": "backups:backup", "restore": "backups:restore", "link-key": "link_keys:link_key", "hook": "hooks:hook",
    "erase": "erase:erase",
}  # fmt: skip


class Commands(click.Group):
    """Finds a command's file when it is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(PLACES)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        place = PLACES.get(cmd_name)
        if place is None:
            return None
        file, _, name = place.partition(":")
        with lifelong():
            found: click.Command = getattr(importlib.import_module(f"bot.cli.{file}"), name)
        return found


@click.group(cls=Commands, help="回旋镖：住在企业微信和钉钉里的售后退货台")
def cli() -> None:
    """The commands of contract.md."""


def main() -> None:
    """Exit code 0 done, 1 refused or failed with one sentence on stderr, 2 wrong usage."""
    try:
        sys.exit(cli(prog_name="python -m bot", standalone_mode=False))  # what ``Exit`` carried comes back as a value
    except click.UsageError as error:
        error.show()
        sys.exit(2)
    except (KeyboardInterrupt, click.Abort):
        sys.exit(130)
    except Exception as error:
        if not (words := _sentence(error)):
            raise
        say(words, err=True)
        sys.exit(1)


def _sentence(error: Exception) -> str:
    """What went wrong, for whoever typed the command; "" for a fault of ours."""
    if isinstance(error, click.ClickException):
        return error.format_message()
    if isinstance(error, SettingsError | DatabaseError | FlowError):
        return str(error)
    if words := trouble(error):
        return words
    if isinstance(error, BaseORMException):
        return f"数据库出错：{type(error).__name__}，请检查 DATABASE_URL 和数据库服务"
    return _of_system(error) if isinstance(error, OSError) else ""


def _of_system(error: OSError) -> str:
    """What the operating system refused, in words."""
    if isinstance(error, FileNotFoundError):
        return f"找不到文件：{error.filename}"
    if isinstance(error, IsADirectoryError):
        return f"{error.filename} 是文件夹，请写上文件名"
    if isinstance(error, PermissionError):
        return f"没有权限：{error.filename}"
    if isinstance(error, ConnectionError):
        return "连不上数据库或 Redis，请检查 DATABASE_URL、REDIS_URL 和服务是否在运行"
    return f"没有做成：{in_words(error)}{f'（{error.filename}）' if error.filename else ''}"
