"""The command line: one group, a file per noun, errors as one readable sentence."""

from __future__ import annotations

import sys

import click

from bot.cli import demo, imports, members, report, serve
from config.settings import SettingsError
from flow.errors import FlowError
from models.database import DatabaseError


@click.group(help="回旋镖：住在企业微信和钉钉里的售后退货台")
def cli() -> None:
    """The commands of contract.md."""


for part in (serve, demo, imports, members, report):
    part.register(cli)


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
    except (SettingsError, DatabaseError, FlowError, OSError) as error:
        click.echo(str(error), err=True)
        sys.exit(1)
