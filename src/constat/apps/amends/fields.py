"""Columns that hold amounts exactly on both databases. SQLite would keep a decimal column as a binary fraction."""

from decimal import Decimal
from typing import Any

from django.db import models
from django.db.models.expressions import Combinable

PLACES = (
    4  # enough for every currency of ISO 4217; kept as whole ten-thousandths in 64 bits: up to 9e14 units
)


class AmountField(models.BigIntegerField):  # type: ignore[type-arg]
    """A Decimal with at most four decimals. Compared, summed and constrained by the database as a whole number."""

    # For the type checker only: what may be set and what is read.
    _pyi_private_set_type: Decimal | Combinable  # type: ignore[assignment]
    _pyi_private_get_type: Decimal  # type: ignore[assignment]
    _pyi_lookup_exact_type: Decimal  # type: ignore[assignment]

    def from_db_value(self, value: int | None, *_: Any) -> Decimal | None:
        return None if value is None else _plain(Decimal(value).scaleb(-PLACES))

    def to_python(self, value: Any) -> Any:
        return value if value is None or isinstance(value, Decimal) else Decimal(value)

    def get_prep_value(self, value: Any) -> Any:
        if value is None or hasattr(value, "resolve_expression"):
            return value
        if isinstance(value, float):
            raise TypeError("An amount is a Decimal, never a float.")
        scaled = Decimal(value).scaleb(PLACES)
        if scaled != int(scaled):
            raise ValueError(f"{value} has more than {PLACES} decimals.")
        return int(scaled)

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        # The parent would make an int of the Decimal by cutting it.
        return value if prepared else self.get_prep_value(value)

    def value_to_string(self, obj: models.Model) -> str:
        return str(self.value_from_object(obj))

    @property
    def validators(self) -> list[Any]:
        return []  # those of the parent speak of the scaled whole number

    def formfield(self, **kwargs: Any) -> Any:
        raise NotImplementedError("Forms of amends ask for decimals themselves.")


def _plain(value: Decimal) -> Decimal:
    """2500.0000 as 2500, 0.5000 as 0.5: one amount, one way to write it."""
    return value.quantize(Decimal(1)) if value == value.to_integral() else value.normalize()
