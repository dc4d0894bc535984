"""A portfolio: one row per customer as of a point in time, held as columns.

Numbers are columns of floats in which NaN means *unrated*; names (segment, tier, ...) are labels in which ``None``
means the same. Nothing here can be modified; what the caller passed in is copied.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, ClassVar, Self

import numpy as np

from crmrisk.core import portfolio_checks as checks
from crmrisk.core.arrays import (
    BoolArray,
    FloatArray,
    IntArray,
    ObjectArray,
    frozen_floats,
    frozen_objects,
    row_of,
)
from crmrisk.core.errors import PortfolioError, Problem
from crmrisk.core.instants import instant
from crmrisk.core.portfolio_parts import equal, widened
from crmrisk.core.requirements import check_inputs

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence
    from datetime import date, datetime

    import pandas as pd
    from numpy.typing import ArrayLike

    from crmrisk.core.arrays import Names, Numbers
    from crmrisk.core.customers import Customer
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
        Name to names (``segment``, ``tier``, ...), each ``(n_customers,)``; ``None``, NaN or empty text is unrated.
    since
        When each relationship began, ``(n_customers,)``; ``NaT`` is unknown.
    tags
        A tuple of tags for each customer, ``(n_customers,)``.
    units
        Name to unit, where known; a scorer that expects another unit is refused.

    Raises
    ------
    PortfolioError
        If ids are missing, repeated or no text, names clash, lengths differ, numbers are infinite or no numbers, or
        labels no text, or pandas columns have the customers in another order; every such problem is listed.

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
    since: checks.MomentArray | None = None
    tags: ObjectArray | None = None
    units: Mapping[str, str] = field(default_factory=dict)

    def __init__(
        self,
        customer_id: Names,
        as_of: date | datetime,
        columns: Mapping[str, Numbers],
        labels: Mapping[str, Names] | None = None,
        *,
        since: ArrayLike | Sequence[date | datetime | None] | None = None,
        tags: Sequence[Collection[str] | None] | None = None,
        units: Mapping[str, str] | None = None,
    ) -> None:
        labels, units = {} if labels is None else labels, {} if units is None else units
        collect = checks.Collector()
        collect.problems.extend(checks.name_problems(columns, labels, units))
        if not collect.problems:
            self._set(
                customer_id=collect(frozen_objects, customer_id, "customer_id"),
                as_of=instant(as_of),
                columns=MappingProxyType({name: collect(frozen_floats, v, name) for name, v in columns.items()}),
                labels=MappingProxyType({name: collect(checks.frozen_labels, v, name) for name, v in labels.items()}),
                since=None if since is None else collect(checks.frozen_moments, since, "since"),
                tags=None if tags is None else collect(checks.frozen_tags, tags, "tags"),
                units=MappingProxyType(dict(units)),
            )
            if self.customer_id is not None:
                collect.problems.extend(checks.id_problems(self.customer_id))
                collect.problems.extend(checks.length_problems(len(self), self._arrays()))
                collect.problems.extend(checks.order_problems(customer_id, self.customer_id, {**columns, **labels}))
        if collect.problems:
            raise PortfolioError(*collect.problems)

    def _set(self, **values: object) -> None:
        for name, value in values.items():
            object.__setattr__(self, name, value)

    def _arrays(self) -> Iterator[tuple[str, np.ndarray[Any, Any]]]:
        yield from self.columns.items()
        yield from self.labels.items()
        yield from ((name, array) for name, array in (("since", self.since), ("tags", self.tags)) if array is not None)

    def __len__(self) -> int:
        return len(self.customer_id)

    def __getitem__(self, name: str) -> FloatArray:
        """Return one column of numbers, ``(n_customers,)``."""
        if name not in self.columns:
            held = ", ".join(self.columns) or "none"
            raise PortfolioError(Problem(what="no such column", where=repr(name), allowed=held))
        return self.columns[name]

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Portfolio):
            return NotImplemented
        return equal(self, other)

    __hash__: ClassVar[None] = None  # type: ignore[assignment]  # arrays have no hash

    def __repr__(self) -> str:
        names = ", ".join([*self.columns, *self.labels])
        return f"Portfolio({len(self)} customers as of {self.as_of.isoformat()}: {names})"

    def __reduce__(self) -> tuple[Any, ...]:
        from crmrisk.core.portfolio_rows import restored  # noqa: PLC0415 - only copies between processes need it

        views = {name: dict(getattr(self, name)) for name in ("columns", "labels", "units")}
        return restored, (vars(self) | views,)

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
        return self.labels[name] if name in self.labels else frozen_objects(np.full(len(self), None), where=name)

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

        Raises
        ------
        PortfolioError
            If a position does not exist or repeats, or the mask has another length.

        Examples
        --------
        >>> from datetime import date
        >>> Portfolio(["C1", "C2"], date(2026, 1, 31), {}).take(slice(1)).customer_id
        array(['C1'], dtype=object)
        """
        rows = rows if isinstance(rows, slice) else checks.positions(rows, len(self))
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

    def with_columns(self, columns: Mapping[str, Numbers], units: Mapping[str, str] | None = None) -> Self:
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
            If names clash, lengths differ or numbers are infinite; every such problem is listed.

        Examples
        --------
        >>> from datetime import date
        >>> Portfolio(["C1"], date(2026, 1, 31), {"idle_days": [3]}).with_columns({"share": [0.5]})["share"]
        array([0.5])
        """
        return widened(self, columns=columns, units=units or {})

    def with_labels(self, labels: Mapping[str, Names]) -> Self:
        """Add or replace columns of names; this portfolio stays as it is.

        Parameters
        ----------
        labels
            Name to names, each ``(n_customers,)``; ``None``, NaN or empty text is unrated.

        Raises
        ------
        PortfolioError
            If names clash, lengths differ or labels are no text; every such problem is listed.

        Examples
        --------
        >>> from datetime import date
        >>> Portfolio(["C1"], date(2026, 1, 31), {}).with_labels({"tier": ["gold"]}).label("tier")
        array(['gold'], dtype=object)
        """
        return widened(self, labels=labels)

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
        return row_of(self.customer_id, customer_id)

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
        from crmrisk.core.portfolio_rows import customer_at  # noqa: PLC0415 - beside its sibling for frames

        return customer_at(self, self.row_of(customer_id))

    @classmethod
    def from_customers(cls, customers: Sequence[Customer]) -> Self:
        """Collect rows into columns; a feature that only some customers have is unrated for the others.

        A feature that is text for any of them becomes a label.

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
        >>> from crmrisk import Customer
        >>> row = Customer(customer_id="C1", as_of=date(2026, 1, 31), features={"idle_days": 3})
        >>> Portfolio.from_customers([row])["idle_days"]
        array([3.])
        """
        from crmrisk.core.portfolio_rows import read_customers  # noqa: PLC0415 - beside its sibling for frames

        parts = read_customers(customers)
        return cls(*parts[:4], since=parts.since, tags=parts.tags)

    @classmethod
    def from_frame(cls, frame: Any, as_of: date | datetime, *, units: Mapping[str, str] | None = None) -> Self:
        """Read a dataframe that has one row per customer.

        Numbers and booleans become columns, text and categories labels; ``since`` holds dates or datetimes, ``tags``
        lists of text. Whole numbers as ``customer_id`` are written as text.

        Parameters
        ----------
        frame
            Any eager frame narwhals knows (pandas, polars, pyarrow, ...) with a column ``customer_id``.
        as_of
            Nothing later than this is known.
        units
            Name to unit, where known.

        Raises
        ------
        PortfolioError
            If it is no such frame, ``customer_id`` is absent, or columns are of another type; all are named.

        Examples
        --------
        >>> from datetime import date
        >>> import pandas as pd
        >>> frame = pd.DataFrame({"customer_id": [7, 8], "idle_days": [3, None], "segment": ["retail", None]})
        >>> Portfolio.from_frame(frame, date(2026, 1, 31))
        Portfolio(2 customers as of 2026-01-31T00:00:00: idle_days, segment)
        """
        from crmrisk.core.portfolio_frames import read_frame  # noqa: PLC0415 - only frames need narwhals

        ids, columns, labels, since, tags = read_frame(frame)
        return cls(ids, as_of, columns, labels, since=since, tags=tags, units=units)

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
