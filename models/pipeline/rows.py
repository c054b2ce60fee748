"""Models of the hot path, without Tortoise's checks of every attribute: they cost more than the SQL."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from operator import itemgetter
from typing import TYPE_CHECKING, Any, TypeVar

from tortoise.fields.base import Field
from tortoise.fields.data import CharEnumFieldInstance, CharField, JSONField
from tortoise.models import Model

from models.fields import MomentField
from models.pipeline.statement import Kind, Outcome, Statement

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

M = TypeVar("M", bound=Model)
_STRUCTURES = (dict, list)


def reading(model: type[Model], where: str, *params: Any) -> Statement:
    """Whole rows of a table; ``made`` turns them into models."""
    names, sql = _select(model)
    return Statement(sql + where, params, Kind.READ, names=names)


def to_models(model: type[M], outcome: Outcome) -> list[M]:
    """The models that a ``reading`` found."""
    return [_made(model, row) for row in outcome.rows]


def unsaved(model: type[M], **values: Any) -> M:
    """An unsaved model of values that have the fields' own types; the rest gets its defaults."""
    row = model.__new__(model)
    row.__dict__.update(_partial=False, _saved_in_db=False, _custom_generated_pk=False, _await_when_save={})
    row.__dict__.update({name: make() if make else plain for name, plain, make in _defaults(model)})
    row.__dict__.update(values)
    return row


def inserts(new: Sequence[Model], *, ignore: bool = False) -> list[Statement]:
    """Unsaved models of one table; none for none. ``ignore`` leaves rows alone whose unique key is there already."""
    if not new:
        return []
    plan = _insert(type(new[0]), ignore=ignore)
    return [Statement(plan.sql, plan.values(row), where="", tail=plan.tail) for row in new]


@dataclass(frozen=True, slots=True)
class _Insert:
    """An INSERT, and how a model's attributes become its parameters."""

    sql: str
    tail: str
    read: Callable[[dict[str, Any]], tuple[Any, ...]]
    checks: tuple[tuple[int, Callable[[Any, Model], Any]], ...]  #: by place, where anything is to be done

    def values(self, row: Model) -> tuple[Any, ...]:
        found = list(self.read(row.__dict__))
        for place, check in self.checks:
            found[place] = check(found[place], row)
        return tuple(found)


def _made(model: type[M], found: dict[str, Any]) -> M:
    row = model.__new__(model)
    row.__dict__.update(_partial=False, _saved_in_db=True, _custom_generated_pk=False, _await_when_save={})
    row.__dict__.update(found)
    for name, convert in _converted(model):
        row.__dict__[name] = convert(found[name])
    return row


@lru_cache(maxsize=32)
def _select(model: type[Model]) -> tuple[tuple[str, ...], str]:
    """Field names of a table in a fixed order, and the SELECT that reads them all."""
    names = tuple(model._meta.fields_db_projection)
    listed = ", ".join(f'"{model._meta.fields_db_projection[name]}" AS "{name}"' for name in names)
    return names, f'SELECT {listed} FROM "{model._meta.db_table}" WHERE '  # noqa: S608  # names of ours


@lru_cache(maxsize=64)
def _insert(model: type[Model], *, ignore: bool) -> _Insert:
    fields = model._meta.fields_map
    names = tuple(name for name in model._meta.fields_db_projection if not fields[name].generated)
    checks = tuple((place, check) for place, name in enumerate(names) if (check := _check(fields[name])))
    listed = ", ".join(f'"{model._meta.fields_db_projection[name]}"' for name in names)
    marks = ", ".join("?" for _ in names)
    tail = " ON CONFLICT DO NOTHING" if ignore else ""
    sql = f'INSERT INTO "{model._meta.db_table}" ({listed}) SELECT {marks}'
    return _Insert(sql, tail, itemgetter(*names), checks)


def _check(field: Field[Any]) -> Callable[[Any, Model], Any] | None:
    """What Tortoise does to a value on its way into the field's column, by a shorter way for the usual value."""
    slow = field.to_db_value
    if isinstance(field, CharEnumFieldInstance):
        members = {member: str(member.value) for member in field.enum_type}
        return lambda value, row: members[value] if value.__class__ is field.enum_type else slow(value, row)
    if isinstance(field, MomentField) and not (field.auto_now or field.auto_now_add or field.validators):
        return lambda value, row: value.astimezone(UTC) if _is_aware(value) else slow(value, row)
    if isinstance(field, JSONField):
        encode = field.encoder
        return lambda value, row: encode(value) if value.__class__ in _STRUCTURES else slow(value, row)
    if type(field).to_db_value is not Field.to_db_value:
        return slow
    if field.field_type is int and not field.validators:
        return None
    if isinstance(field, CharField):
        longest = field.max_length
        return lambda value, row: value if type(value) is str and len(value) <= longest else slow(value, row)
    return slow


def _is_aware(value: Any) -> bool:
    return value.__class__ is datetime and value.tzinfo is not None


@lru_cache(maxsize=32)
def _converted(model: type[Model]) -> tuple[tuple[str, Callable[[Any], Any]], ...]:
    """The columns that do not come from both engines as they are wanted."""
    fields = model._meta.fields_map
    return tuple((name, convert) for name in model._meta.fields_db_projection if (convert := _converter(fields[name])))


def _converter(field: Field[Any]) -> Callable[[Any], Any] | None:
    if isinstance(field, MomentField):
        return _moment
    if isinstance(field, CharEnumFieldInstance):
        members = {str(member.value): member for member in field.enum_type}
        return lambda value: None if value is None else members[value]
    if isinstance(field, JSONField):
        decode, slow = field.decoder, field.to_python_value
        return lambda value: decode(value) if value.__class__ is str else slow(value)
    plain = field.field_type in (int, str) and type(field).to_python_value is Field.to_python_value
    return None if plain else field.to_python_value


def _moment(value: Any) -> datetime | None:
    """SQLite gives text, PostgreSQL a moment; both in UTC, as ``MomentField`` wrote them."""
    if isinstance(value, str):
        value = datetime.fromisoformat(value)
    return value.astimezone(UTC) if value else None


@lru_cache(maxsize=32)
def _defaults(model: type[Model]) -> tuple[tuple[str, Any, Callable[[], Any] | None], ...]:
    return tuple(_default(name, model._meta.fields_map[name]) for name in model._meta.fields_db_projection)


def _default(name: str, field: Field[Any]) -> tuple[str, Any, Callable[[], Any] | None]:
    if callable(field.default):
        return name, None, field.default
    if field.default is None and field.has_db_default():
        return name, field.get_db_default_value(), None
    return name, field.default, None
