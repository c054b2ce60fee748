"""``python -m bot <command>``."""

from __future__ import annotations

if __name__ == "__main__":
    from bot.runtime.lifelong import lifelong

    with lifelong():
        from bot.cli.main import main  # not at import: the chart worker imports this module too

    main()
