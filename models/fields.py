"""Money, prices and moments as the database keeps them: whole numbers, and UTC, so that every engine compares alike."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, Any

from tortoise import fields

if TYPE_CHECKING:
    from tortoise.models import Model

CENT = Decimal("0.01")
PRICE_PLACES = 6
MILLIONTH = Decimal(1).scaleb(-PRICE_PLACES)  #: of a yuan: how finely the price of a unit is kept


def yuan(value: Decimal | int | str) -> Decimal:
    """An amount in yuan with two decimals, half up as on an invoice. Floats are refused: they are not exact."""
    if isinstance(value, float):
        raise TypeError("money is never a float")
    return Decimal(value).quantize(CENT, ROUND_HALF_UP)


def fen(value: Decimal | int | str) -> int:
    """The same amount as whole 分."""
    return int(yuan(value) * 100)


class MoneyField(fields.Field[Decimal]):
    """Decimal yuan outside, integer 分 in the column."""

    SQL_TYPE = "BIGINT"
    field_type = Decimal

    def to_db_value(self, value: Any, instance: type[Model] | Model) -> int | None:
        return None if value is None else fen(value)

    def to_python_value(self, value: Any) -> Decimal | None:
        if value is None or isinstance(value, Decimal):
            return value
        return Decimal(value) / 100 if isinstance(value, int) else yuan(value)


def micro(price: Decimal | int | str) -> int:
    """The price of a unit as whole millionths of a yuan, half up. Floats are refused."""
    if isinstance(price, float):
        raise TypeError("money is never a float")
    return int(Decimal(price).quantize(MILLIONTH, ROUND_HALF_UP).scaleb(PRICE_PLACES))


class PriceField(fields.Field[Decimal]):
    """Decimal yuan outside, integer millionths of it in the column: a unit may cost less than a 分, or part of one."""

    SQL_TYPE = "BIGINT"
    field_type = Decimal

    def to_db_value(self, value: Any, instance: type[Model] | Model) -> int | None:
        return None if value is None else micro(value)

    def to_python_value(self, value: Any) -> Decimal | None:
        if value is None or isinstance(value, Decimal):
            return value
        return Decimal(value).scaleb(-PRICE_PLACES) if isinstance(value, int) else Decimal(value)


class MomentField(fields.DatetimeField[Any]):
    """An aware moment, written in UTC: SQLite compares moments as text, so one zone must serve for all."""

    def to_db_value(self, value: Any, instance: type[Model] | Model) -> Any:
        if isinstance(value, datetime):
            if value.tzinfo is None:
                raise TypeError(f"{self.model_field_name} needs an aware moment")
            value = value.astimezone(UTC)
        return super().to_db_value(value, instance)
