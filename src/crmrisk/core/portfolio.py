"""A portfolio: one row per customer as of a point in time, held as columns.

Numbers are columns of floats in which NaN means *unrated*; names (segment, tier, ...) are labels in which ``None``
means the same. Nothing here can be modified; what the caller passed in is copied.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Self, cast

import numpy as np

from crmrisk.core.arrays import BoolArray, FloatArray, IntArray, ObjectArray, frozen_floats, frozen_objects, same_arrays
from crmrisk.core.customers import Customer
from crmrisk.core.errors import PortfolioError, Problem, UnknownCustomerError
from crmrisk.core.instants import instant
from crmrisk.core.requirements import check_inputs

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import date, datetime

    import pandas as pd
    from numpy.typing import ArrayLike

    from crmrisk.core.measures import Input

__all__ = ["Portfolio"]


@dataclass(frozen=True, eq=False, repr=False)
class Portfolio:
    """Hold one row per customer as of a point in time.

    Parameters
    ----------
    customer_id
        Unique identifiers, ``(n_customers,)``.
    as_of
        Nothing later than this is known.
    columns
        Name to numbers, each ``(n_customers,)``; NaN or ``None`` is unrated, infinity an error.
    labels
        Name to names (``segment``, ``tier``, ...), each ``(n_customers,)``; ``None`` is unrated.
    since
        When each relationship began, ``(n_customers,)``; ``NaT`` is unknown.
    tags
        A tuple of tags for each customer, ``(n_customers,)``.
    units
        Name to unit, where known; a scorer that expects another unit is refused.

    Raises
    ------
    PortfolioError
        If ids are missing, repeated or no text, lengths differ, or a number is infinite.

    Examples
    --------
    >>> from datetime import date
    >>> portfolio = Portfolio(["C1", "C2"], date(2026, 1, 31), {"idle_days": [3, None]})
    >>> len(portfolio), portfolio["idle_days"]
    (2, array([ 3., nan]))
    """

    customer_id: ObjectArray
    as_of: datetime
    columns: Mapping[str, FloatArray]
    labels: Mapping[str, ObjectArray] = field(default_factory=dict)
    since: np.ndarray[Any, np.dtype[np.datetime64]] | None = None
    tags: ObjectArray | None = None
    units: Mapping[str, str] = field(default_factory=dict)

    def __init__(
        self,
        customer_id: ArrayLike,
        as_of: date | datetime,
        columns: Mapping[str, ArrayLike],
        labels: Mapping[str, ArrayLike] | None = None,
        *,
        since: ArrayLike | None = None,
        tags: Sequence[tuple[str, ...]] | None = None,
        units: Mapping[str, str] | None = None,
    ) -> None:
        ids = frozen_objects(customer_id, where="customer_id")
        self._set(
            customer_id=ids,
            as_of=instant(as_of),
            columns=MappingProxyType({name: frozen_floats(v, where=name) for name, v in columns.items()}),
            labels=MappingProxyType({name: frozen_objects(v, where=name) for name, v in (labels or {}).items()}),
            since=None if since is None else _moments(since),
            tags=None if tags is None else _rows_of_tags(tags),
            units=MappingProxyType(dict(units or {})),
        )
        problems = [*_id_problems(ids), *self._length_problems()]
        if problems:
            raise PortfolioError(*problems)

    def _set(self, **values: object) -> None:
        for name, value in values.items():
            object.__setattr__(self, name, value)

    def _arrays(self) -> Iterator[tuple[str, np.ndarray[Any, Any]]]:
        yield from self.columns.items()
        yield from self.labels.items()
        yield from ((name, array) for name, array in (("since", self.since), ("tags", self.tags)) if array is not None)

    def _length_problems(self) -> list[Problem]:
        n = len(self.customer_id)
        return [
            Problem(what="length differs from customer_id", where=name, allowed=str(n), got=str(len(array)))
            for name, array in self._arrays()
            if len(array) != n
        ]

    def __len__(self) -> int:
        return len(self.customer_id)

    def __getitem__(self, name: str) -> FloatArray:
        """Return one column of numbers, ``(n_customers,)``."""
        if name not in self.columns:
            raise PortfolioError(
                Problem(what="no such column", where=repr(name), allowed=", ".join(self.columns) or "none")
            )
        return self.columns[name]

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Portfolio):
            return NotImplemented
        mine, theirs = dict(self._arrays()), dict(other._arrays())
        return (
            self.as_of == other.as_of
            and mine.keys() == theirs.keys()
            and same_arrays(self.customer_id, other.customer_id)
            and all(same_arrays(array, theirs[name]) for name, array in mine.items())
        )

    __hash__ = None  # type: ignore[assignment]  # arrays have no hash

    def __repr__(self) -> str:
        names = ", ".join([*self.columns, *self.labels])
        return f"Portfolio({len(self)} customers as of {self.as_of.isoformat()}: {names})"

    def label(self, name: str) -> ObjectArray:
        """Return one column of names, ``(n_customers,)``; all ``None`` where the portfolio has no such label.

        Parameters
        ----------
        name
            ``"segment"``, ``"tier"`` or another label.

        Examples
        --------
        >>> from datetime import date
        >>> Portfolio(["C1"], date(2026, 1, 31), {}).label("segment")
        array([None], dtype=object)
        """
        if name in self.labels:
            return self.labels[name]
        return frozen_objects(np.full(len(self), None), where=name)

    def require(self, inputs: tuple[Input, ...], *, reader: str = "") -> BoolArray:
        """Check that the inputs are here, in their units and ranges, and find the customers that have them all.

        Parameters
        ----------
        inputs
            What is read.
        reader
            Who reads it, for the error.

        Returns
        -------
        Whether each customer has every required input, ``(n_customers,)``.

        Raises
        ------
        MissingInputsError
            If required inputs are absent or have another unit; all are named.
        InputRangeError
            If values leave the declared range; all such inputs are named.

        Examples
        --------
        >>> from datetime import date
        >>> from crmrisk import Input
        >>> from crmrisk import Input
        >>> portfolio = Portfolio(["C1", "C2"], date(2026, 1, 31), {"idle_days": [3, None]})
        >>> portfolio.require((Input("idle_days", "day", ge=0),))
        array([ True, False])
        """
        return check_inputs(self, inputs, reader=reader)

    def take(self, rows: IntArray | BoolArray | slice) -> Self:
        """Select customers by position.

        Parameters
        ----------
        rows
            Positions, a mask, or a slice.

        Examples
        --------
        >>> from datetime import date
        >>> Portfolio(["C1", "C2"], date(2026, 1, 31), {}).take(slice(1)).customer_id
        array(['C1'], dtype=object)
        """
        part = object.__new__(type(self))
        part._set(
            customer_id=_frozen(self.customer_id[rows]),
            as_of=self.as_of,
            columns=MappingProxyType({name: _frozen(array[rows]) for name, array in self.columns.items()}),
            labels=MappingProxyType({name: _frozen(array[rows]) for name, array in self.labels.items()}),
            since=None if self.since is None else _frozen(self.since[rows]),
            tags=None if self.tags is None else _frozen(self.tags[rows]),
            units=self.units,
        )
        return part

    def with_columns(self, columns: Mapping[str, ArrayLike], units: Mapping[str, str] | None = None) -> Self:
        """Add or replace columns of numbers; this portfolio stays as it is.

        Parameters
        ----------
        columns
            Name to numbers, each ``(n_customers,)``; NaN or ``None`` is unrated.
        units
            Name to unit of the new columns, where known.

        Raises
        ------
        PortfolioError
            If lengths differ or a number is infinite.

        Examples
        --------
        >>> from datetime import date
        >>> Portfolio(["C1"], date(2026, 1, 31), {"idle_days": [3]}).with_columns({"share": [0.5]})["share"]
        array([0.5])
        """
        added = {name: frozen_floats(values, where=name) for name, values in columns.items()}
        known = {name: unit for name, unit in self.units.items() if name not in added}
        wider = object.__new__(type(self))
        wider._set(**vars(self))
        wider._set(
            columns=MappingProxyType({**self.columns, **added}), units=MappingProxyType(known | dict(units or {}))
        )
        problems = wider._length_problems()
        if problems:
            raise PortfolioError(*problems)
        return wider

    def row_of(self, customer_id: str) -> int:
        """Find the position of a customer.

        Parameters
        ----------
        customer_id
            The identifier.

        Raises
        ------
        UnknownCustomerError
            If the portfolio does not hold it.

        Examples
        --------
        >>> from datetime import date
        >>> Portfolio(["C1", "C2"], date(2026, 1, 31), {}).row_of("C2")
        1
        """
        found = np.flatnonzero(self.customer_id == customer_id)
        if not len(found):
            raise UnknownCustomerError(Problem(what="no such customer", where=repr(customer_id)))
        return int(found[0])

    def customer(self, customer_id: str) -> Customer:
        """Build the row of one customer.

        Parameters
        ----------
        customer_id
            The identifier.

        Raises
        ------
        UnknownCustomerError
            If the portfolio does not hold it.

        Examples
        --------
        >>> from datetime import date
        >>> Portfolio(["C1"], date(2026, 1, 31), {"idle_days": [3]}).customer("C1").features
        {'idle_days': 3.0}
        """
        row = self.row_of(customer_id)
        since = None if self.since is None else cast("datetime | None", self.since[row].item())
        if since is not None and self.as_of.tzinfo is not None:
            since = since.replace(tzinfo=self.as_of.tzinfo)
        return Customer(
            customer_id=customer_id,
            as_of=self.as_of,
            since=since,
            segment=self.label("segment")[row],
            tier=self.label("tier")[row],
            tags=() if self.tags is None else self.tags[row],
            features={
                name: None if np.isnan(array[row]) else float(array[row]) for name, array in self.columns.items()
            },
        )

    @classmethod
    def from_customers(cls, customers: Sequence[Customer]) -> Self:
        """Collect rows into columns; a feature that only some customers have is unrated for the others.

        Parameters
        ----------
        customers
            Rows that share one ``as_of``.

        Raises
        ------
        PortfolioError
            If there are none, ids repeat, or points in time differ.

        Examples
        --------
        >>> from datetime import date
        >>> row = Customer(customer_id="C1", as_of=date(2026, 1, 31), features={"idle_days": 3})
        >>> Portfolio.from_customers([row])["idle_days"]
        array([3.])
        """
        moments = {customer.as_of for customer in customers}
        if len(moments) != 1:
            raise PortfolioError(
                Problem(what="customers of one point in time expected", where="as_of", got=f"{len(moments)} of them")
            )
        names = dict.fromkeys(name for customer in customers for name in customer.features)
        known_since = [customer.since and customer.since.replace(tzinfo=None) for customer in customers]
        return cls(
            [customer.customer_id for customer in customers],
            moments.pop(),
            {name: np.array([customer.features.get(name) for customer in customers], dtype=float) for name in names},
            {name: [getattr(customer, name) for customer in customers] for name in ("segment", "tier")},
            since=np.array(known_since, dtype="datetime64[us]") if any(known_since) else None,
            tags=[customer.tags for customer in customers] if any(row.tags for row in customers) else None,
        )

    def frame(self) -> pd.DataFrame:
        """Return a pandas copy, one row per customer.

        Examples
        --------
        >>> from datetime import date
        >>> Portfolio(["C1"], date(2026, 1, 31), {"idle_days": [3]}).frame().shape
        (1, 2)
        """
        import pandas as pd  # noqa: PLC0415 - a heavy import that only this call needs

        return pd.DataFrame({"customer_id": self.customer_id.copy()} | {n: a.copy() for n, a in self._arrays()})


def _frozen(array: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    array.flags.writeable = False
    return array


def _moments(since: ArrayLike) -> np.ndarray[Any, np.dtype[np.datetime64]]:
    try:
        return _frozen(np.array(since, dtype="datetime64[us]"))
    except (TypeError, ValueError) as error:
        raise PortfolioError(Problem(what="not points in time", where="since", got=str(error))) from None


def _rows_of_tags(tags: Sequence[tuple[str, ...]]) -> ObjectArray:
    rows = np.empty(len(tags), dtype=object)
    rows[:] = [tuple(row) for row in tags]
    return _frozen(rows)


def _id_problems(ids: ObjectArray) -> list[Problem]:
    values = ids.tolist()
    strange = [value for value in values if not isinstance(value, str) or not value]
    if strange:
        got = ", ".join(repr(value) for value in strange[:3])
        return [Problem(what=f"{len(strange)} id(s) missing or no text", where="customer_id", got=got)]
    repeated = len(values) - len(set(values))
    return [Problem(what=f"{repeated} duplicate id(s)", where="customer_id")] if repeated else []
