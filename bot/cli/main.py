"""The command line: one group, a file per noun, errors as one readable sentence."""

from __future__ import annotations

import errno
import importlib
import sys

import click
from tortoise.exceptions import BaseORMException

from config.settings import SettingsError
from flow.errors import FlowError
from models.database import DatabaseError

#: command -> its file and the name in it; a file is imported only for its own commands, so that a start is not kept
#: waiting for what imports and reports need
PLACES = {
    "serve": "serve:serve", "sandbox": "serve:sandbox", "migrate": "serve:migrate", "check": "serve:check",
    "demo": "demo:demo", "import": "imports:import_file", "undo-import": "imports:undo_import",
    "refresh-members": "members:refresh_members", "report": "report:report", "flow": "flows:flows",
    "template": "templates:trades", "audit": "audit:audit",
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
        found: click.Command = getattr(importlib.import_module(f"bot.cli.{file}"), name)
        return found


@click.group(cls=Commands, help="回旋镖：住在企业微信和钉钉里的售后退货台")
def cli() -> None:
    """The commands of contract.md."""


def main() -> None:
    """Exit code 0 done, 1 refused or failed with one sentence on stderr, 2 wrong usage."""
    try:
        cli(prog_name="python -m bot", standalone_mode=False)
    except click.UsageError as error:
        error.show()
        sys.exit(2)
    except click.exceptions.Exit as done:
        sys.exit(done.exit_code)
    except (KeyboardInterrupt, click.Abort):
        sys.exit(130)
    except click.ClickException as error:
        click.echo(error.format_message(), err=True)
        sys.exit(1)
    except (SettingsError, DatabaseError, FlowError) as error:
        click.echo(str(error), err=True)
        sys.exit(1)
    except BaseORMException as error:
        click.echo(f"数据库出错：{type(error).__name__}，请检查 DATABASE_URL 和数据库服务", err=True)
        sys.exit(1)
    except OSError as error:
        click.echo(_sentence(error), err=True)
        sys.exit(1)


def _sentence(error: OSError) -> str:
    """What the operating system refused, in words."""
    if isinstance(error, FileNotFoundError):
        return f"找不到文件：{error.filename}"
    if isinstance(error, PermissionError):
        return f"没有权限：{error.filename}"
    if isinstance(error, ConnectionError):
        return "连不上数据库或 Redis，请检查 DATABASE_URL、REDIS_URL 和服务是否在运行"
    if error.errno == errno.EADDRINUSE:
        return "端口已被占用，请改 BOT_PORT 或先停下占用它的程序"
    return f"系统出错：{error.strerror or type(error).__name__}"
