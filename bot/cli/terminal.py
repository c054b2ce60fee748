"""The one exit to a terminal: names and words from outside turn, hide and colour nothing there."""

from __future__ import annotations

import click

from models.outside import visible


def say(words: object, *, err: bool = False) -> None:
    """A line on standard output, or on standard error."""
    click.echo(visible(str(words)), err=err)
