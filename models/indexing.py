"""Operations of migrations that build an index of a big table without standing in anybody's way."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tortoise.migrations.operations import AddIndex, TortoiseOperation

if TYPE_CHECKING:
    from tortoise.migrations.schema_editor.base import BaseSchemaEditor
    from tortoise.migrations.schema_generator.state import State


async def _build(editor: BaseSchemaEditor, name: str, table: str, keys: str) -> None:
    """On PostgreSQL beside replicas that write; what an earlier try has left half done is built anew.

    Such a migration is not ``atomic``: PostgreSQL builds beside others outside of transactions only.
    """
    beside = "" if editor.client.capabilities.dialect == "sqlite" else "CONCURRENTLY "
    await editor._run_sql(f'DROP INDEX {beside}IF EXISTS "{name}"')
    await editor._run_sql(f'CREATE INDEX {beside}"{name}" ON "{table}" ({keys})')


class BuildIndex(AddIndex):
    """An index of columns, which the model declares too."""

    async def database_forward(
        self, app_label: str, old_state: State, new_state: State, state_editor: BaseSchemaEditor | None = None
    ) -> None:
        if state_editor is None:
            return
        model = new_state.apps.get_model(f"{app_label}.{self.model_name}")
        name = state_editor._index_name_for_model(model, self.index)
        keys = ", ".join(f'"{column}"' for column in self.index.field_names)
        await _build(state_editor, name, model._meta.db_table, keys)


class BuildExpressionIndex(TortoiseOperation):
    """An index of an expression, which no model declares."""

    def __init__(self, name: str, table: str, expression: str, *, on: str = "") -> None:
        """``on`` is the one engine that needs it."""
        self.name, self.table, self.expression, self.on = name, table, expression, on

    def describe(self) -> str:
        return f"Build index {self.name}"

    def state_forward(self, app_label: str, state: State) -> None:
        """The models know nothing of it."""

    async def database_forward(
        self, app_label: str, old_state: Any, new_state: Any, state_editor: BaseSchemaEditor | None = None
    ) -> None:
        if state_editor is not None and self.on in ("", state_editor.client.capabilities.dialect):
            await _build(state_editor, self.name, self.table, self.expression)

    async def database_backward(
        self, app_label: str, old_state: Any, new_state: Any, state_editor: BaseSchemaEditor | None = None
    ) -> None:
        if state_editor is not None:
            await state_editor._run_sql(f'DROP INDEX IF EXISTS "{self.name}"')
