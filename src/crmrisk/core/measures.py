"""What a number means: `Input` (what a scorer reads) and `Measure` (what it yields)."""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum
from typing import Annotated, Self

from pydantic import Field, model_validator
from pydantic.dataclasses import dataclass

from crmrisk.core.errors import InvalidValueError, Problem
from crmrisk.core.instants import TimeSpan
from crmrisk.core.model import VALUE, Value

__all__ = ["LABEL", "Input", "Measure", "Name", "Quantity"]

LABEL = "label"
"""The unit of an input that is a name (a segment, a tier) and not a number."""

Name = Annotated[str, Field(min_length=1, max_length=200, pattern=r"^\S(.*\S)?$")]


class Quantity(StrEnum):
    """Name the kind of quantity a score is.

    Examples
    --------
    >>> Quantity("money")
    <Quantity.MONEY: 'money'>
    """

    PROBABILITY = "probability"
    MONEY = "money"
    SHARE = "share"
    INDEX = "index"
    DURATION = "duration"
    COUNT = "count"


@dataclass(frozen=True, config=VALUE)
class Input(Value):
    """Declare one column a scorer reads.

    Parameters
    ----------
    name
        The column of the portfolio.
    unit
        Its unit; ``""`` for pure numbers, ``"label"`` for names such as the segment.
    ge, le
        Inclusive bounds; ``None`` is open.
    optional
        Whether a customer without it is scored all the same. A required input that is missing leaves the customer
        unrated.

    Raises
    ------
    InvalidValueError
        If the bounds are crossed or not finite.

    Examples
    --------
    >>> Input("idle_days", "day", ge=0)
    Input(name='idle_days', unit='day', ge=0.0, le=None, optional=False)
    """

    name: Name
    unit: str = ""
    ge: float | None = None
    le: float | None = None
    optional: bool = False

    @model_validator(mode="after")
    def _bounds(self) -> Self:
        _check_bounds(self.ge, self.le, f"Input({self.name!r})")
        return self


@dataclass(frozen=True, config=VALUE)
class Measure(Value):
    """Declare what a score is: quantity, unit, range, and for a probability its horizon.

    Parameters
    ----------
    quantity
        The kind of quantity.
    unit
        Currency of money, ``""`` for pure numbers.
    ge, le
        Inclusive bounds; ``None`` is open.
    horizon
        The time span a probability speaks of; every probability has one and nothing else does.

    Raises
    ------
    InvalidValueError
        If the bounds are crossed or, of a probability or share, leave [0, 1]; or if a horizon is missing, not
        positive or out of place.

    Examples
    --------
    >>> from datetime import timedelta
    >>> print(Measure.probability(horizon=timedelta(days=90)))
    probability in [0, 1] within 90 days
    >>> print(Measure.money("EUR"))
    money in EUR, [0, open]
    """

    quantity: Quantity
    unit: str = ""
    ge: float | None = None
    le: float | None = None
    horizon: TimeSpan | None = None

    @model_validator(mode="after")
    def _coherent(self) -> Self:
        where = f"Measure({self.quantity.value!r})"
        _check_bounds(self.ge, self.le, where)
        if (self.quantity is Quantity.PROBABILITY) != (self.horizon is not None):
            raise InvalidValueError(
                Problem(what="a probability has a horizon and nothing else does", where=where, got=str(self.horizon))
            )
        if self.horizon is not None and self.horizon <= timedelta(0):
            raise InvalidValueError(Problem(what="horizon", where=where, allowed="> 0", got=str(self.horizon)))
        fraction = self.quantity in {Quantity.PROBABILITY, Quantity.SHARE}
        if fraction and (self.ge is None or self.le is None or self.ge < 0 or self.le > 1):
            raise InvalidValueError(
                Problem(what="bounds", where=where, allowed="within [0, 1]", got=f"{self.ge}, {self.le}")
            )
        if self.quantity is Quantity.MONEY and not self.unit:
            raise InvalidValueError(Problem(what="money needs its currency", where=where, remedy='e.g. "EUR"'))
        return self

    @classmethod
    def probability(cls, *, horizon: timedelta) -> Self:
        """Declare a probability that something happens within a horizon.

        Parameters
        ----------
        horizon
            The time span after ``as_of``.

        Raises
        ------
        InvalidValueError
            If the horizon is not positive.

        Examples
        --------
        >>> Measure.probability(horizon=timedelta(days=30)).le
        1.0
        """
        return cls(Quantity.PROBABILITY, "", 0.0, 1.0, horizon)

    @classmethod
    def money(cls, currency: str) -> Self:
        """Declare an amount of money at stake, never negative.

        Parameters
        ----------
        currency
            The unit, for instance ``"EUR"``.

        Raises
        ------
        InvalidValueError
            If the currency is empty.

        Examples
        --------
        >>> Measure.money("GBP").unit
        'GBP'
        """
        return cls(Quantity.MONEY, currency, 0.0, None)

    @classmethod
    def index(cls, ge: float | None, le: float | None, unit: str = "") -> Self:
        """Declare an index on a stated scale, for instance NPS in [-100, 100].

        Parameters
        ----------
        ge, le
            The ends of the scale; ``None`` is open.
        unit
            The unit of the scale, if it has one.

        Raises
        ------
        InvalidValueError
            If the bounds are crossed.

        Examples
        --------
        >>> print(Measure.index(-100, 100))
        index in [-100, 100]
        """
        return cls(Quantity.INDEX, unit, ge, le)

    @classmethod
    def share(cls) -> Self:
        """Declare a fraction in [0, 1] that is no probability over time.

        Examples
        --------
        >>> print(Measure.share())
        share in [0, 1]
        """
        return cls(Quantity.SHARE, "", 0.0, 1.0)

    def __str__(self) -> str:
        bounds = "[" + ", ".join("open" if bound is None else f"{bound:g}" for bound in (self.ge, self.le)) + "]"
        unit = f" in {self.unit}," if self.unit else " in"
        within = f" within {self.horizon.total_seconds() / 86_400:g} days" if self.horizon is not None else ""
        return f"{self.quantity.value}{unit} {bounds}{within}"


def _check_bounds(ge: float | None, le: float | None, where: str) -> None:
    if ge is not None and le is not None and ge > le:
        raise InvalidValueError(Problem(what="bounds are crossed", where=where, allowed="ge <= le", got=f"{ge} > {le}"))
