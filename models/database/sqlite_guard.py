"""Makes Tortoise's SQLite migrations keep what they would lose: child rows, indexes and composite uniques.

Tortoise rebuilds a table for every altered or removed column. Measured on 1.1.9: with foreign keys on, dropping
the old table cascades into its children; and the new table comes back without its indexes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tortoise.migrations.schema_editor.sqlite import SqliteSchemaEditor

if TYPE_CHECKING:
    from tortoise.models import Model

_remake = SqliteSchemaEditor._remake_table


async def _kept_indexes(editor: Any, table: str) -> list[tuple[set[str], str]]:
    """Every explicit index and composite unique of ``table``: its columns, and the statement that makes it."""
    ask = editor.client.execute_query_dict
    made = await ask("SELECT name, sql FROM sqlite_master WHERE type = 'index' AND tbl_name = ?", [table])
    statements = {row["name"]: row["sql"] for row in made}
    kept = []
    for index in await ask(f'PRAGMA index_list("{table}")'):
        columns = [row["name"] for row in await ask(f'PRAGMA index_info("{index["name"]}")')]
        statement = statements.get(index["name"])
        if not statement and index["origin"] == "u" and len(columns) > 1:
            listed = ", ".join(f'"{column}"' for column in columns)
            statement = f'CREATE UNIQUE INDEX "uid_{table}_{"_".join(columns)}" ON "{table}" ({listed})'
        if statement:
            kept.append((set(columns) - {None}, statement))
    return kept


async def remake_keeping_indexes(editor: Any, model: type[Model], **changes: Any) -> None:
    """Rebuild a table and put its indexes back. Raises RuntimeError while foreign keys are on."""
    if editor.collect_sql:
        return await _remake(editor, model, **changes)
    table, ask = model._meta.db_table, editor.client.execute_query_dict
    if (await ask("PRAGMA foreign_keys"))[0]["foreign_keys"]:
        raise RuntimeError("SQLite migrations need ?foreign_keys=OFF: a rebuild would delete child rows")
    kept = await _kept_indexes(editor, table)
    await _remake(editor, model, **changes)
    left = {row["name"] for row in await ask(f'PRAGMA table_info("{table}")')}
    for columns, statement in kept:
        if columns <= left:  # SQLite would read the name of a removed column as a string constant
            await editor.client.execute_query(statement)
    return None


def install() -> None:
    """Put the guard in place of Tortoise's own rebuild."""
    SqliteSchemaEditor._remake_table = remake_keeping_indexes  # type: ignore[method-assign, assignment]
