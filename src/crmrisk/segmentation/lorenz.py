"""The Lorenz curve of a book: the share of the total that customers hold, those with least first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from crmrisk.core.arguments import is_number
from crmrisk.core.arrays import LARGEST_NUMBER, FloatArray, frozen_floats
from crmrisk.core.charts import Chart
from crmrisk.core.errors import InvalidValueError, PortfolioError, Problem
from crmrisk.core.row_names import refuse_other_order
from crmrisk.segmentation.plain_numbers import plain_numbers

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import ArrayLike

    from crmrisk.core.arrays import Numbers

__all__ = ["NO_TOTAL", "LorenzCurve", "SortedValues", "lorenz_curve", "sorted_values"]

NO_TOTAL = "the total is not above 0: there are no shares of it"
"""Why a book has no curve."""
_DRAWN = 501  # points of a picture, however many customers
_SMALLEST = 1e-140  # so that squares can be added up


@dataclass(frozen=True, eq=False, repr=False)
class LorenzCurve:
    """Hold the share of the total that the customers with least hold, by their share of all customers.

    Parameters
    ----------
    customers
        Cumulative share of customers, those with least first, from 0 to 1, ``(n_points,)``.
    total
        Cumulative share of the total, from 0 to 1; below 0 while customers below 0 come first, ``(n_points,)``.

    Examples
    --------
    See `lorenz_curve`.
    """

    customers: FloatArray
    total: FloatArray

    def __post_init__(self) -> None:
        for array in (self.customers, self.total):
            array.flags.writeable = False

    def __repr__(self) -> str:
        return f"LorenzCurve({len(self.customers)} points)"

    @property
    def whale(self) -> tuple[FloatArray, FloatArray]:
        """The same from the other end: shares of customers, the best first, and of the total they hold together."""
        return 1.0 - self.customers[::-1], 1.0 - self.total[::-1]

    def at(self, customers: ArrayLike) -> FloatArray:
        """Read the curve, straight between its points.

        Parameters
        ----------
        customers
            Shares of customers, those with least first, in 0..1.

        Raises
        ------
        InvalidValueError
            If they are no such shares.

        Examples
        --------
        >>> lorenz_curve([1, 1, 1, 7]).at(0.75)
        array(0.3)
        """
        shares = plain_numbers(customers)
        if not ((shares >= 0.0) & (shares <= 1.0)).all():
            got = repr(customers)[:100]
            raise InvalidValueError(Problem(what="not shares", where="customers", allowed="0 to 1", got=got))
        return np.asarray(np.interp(shares, self.customers, self.total))

    def frame(self) -> pd.DataFrame:
        """Return a pandas copy, one row per point.

        Examples
        --------
        >>> lorenz_curve([1, 3]).frame()
           customers  total
        0        0.0   0.00
        1        0.5   0.25
        2        1.0   1.00
        """
        import pandas as pd  # noqa: PLC0415 - a heavy import that only this call needs

        return pd.DataFrame({"customers": self.customers.copy(), "total": self.total.copy()})

    def chart(self, *, top: float = 0.1, title: str | None = None, label: str = "share of the total") -> Chart:
        """Put the curve beside that of a book in which all hold the same, and mark the best customers.

        Parameters
        ----------
        top
            Which share of the customers is marked.
        title
            What it shows; unless given, what the best hold.
        label
            What the total is made of.

        Raises
        ------
        InvalidValueError
            If ``top`` is no share between 0 and 1.

        Examples
        --------
        >>> chart = lorenz_curve([1, 1, 1, 7]).chart(top=0.25)
        >>> chart.title
        'The best 25 % of the customers hold 70 % of the total'
        >>> chart.frame().query("x == 0.75")["y"].tolist()
        [0.3, 0.75]
        """
        if not is_number(top) or not 0.0 < top < 1.0:
            problem = Problem(what="no share of customers", where="top", allowed="0 < top < 1", got=repr(top)[:100])
            raise InvalidValueError(problem)
        held = 1.0 - float(self.at(1.0 - top))
        places = self.customers if len(self.customers) <= _DRAWN else np.linspace(0.0, 1.0, _DRAWN)
        best = f"The best {100 * top:g} % of the customers"
        return Chart.of(
            places,
            {"this book": self.at(places), "all alike": places},
            title=title or f"{best} hold {100 * held:.0f} % of the total",
            x_label="share of the customers, those with least first",
            y_label=label,
            marks={best[0].lower() + best[1:]: 1.0 - top},
        )


def lorenz_curve(values: Numbers, *, counts: ArrayLike | None = None) -> LorenzCurve:
    """Draw the Lorenz curve of a book as data; ``.whale`` is the same from the best customer down.

    Parameters
    ----------
    values, counts
        As for `concentration`.

    Raises
    ------
    PortfolioError
        If values are no finite numbers, or nobody's is known, or their total is not above 0.
    InvalidValueError
        If counts are not valid.

    Examples
    --------
    >>> curve = lorenz_curve([60, 50, 10, -20])
    >>> curve.total
    array([ 0. , -0.2, -0.1,  0.4,  1. ])
    >>> curve.whale[1].round(2)
    array([0. , 0.6, 1.1, 1.2, 1. ])
    """
    sample, _ = sorted_values(values, counts)
    held, money = np.cumsum(sample.counts), np.cumsum(sample.values * sample.counts)
    if not money[-1] > 0.0:
        raise PortfolioError(Problem(what=NO_TOTAL, where="values", got=f"total {money[-1]:g}"))
    return LorenzCurve(np.append(0.0, held / held[-1]), np.append(0.0, money / money[-1]))


class SortedValues(NamedTuple):
    """Hold distinct values in ascending order and how many customers hold each.

    Examples
    --------
    See `sorted_values`.
    """

    values: FloatArray
    counts: FloatArray


def sorted_values(values: Numbers, counts: ArrayLike | None = None) -> tuple[SortedValues, int]:
    """Sort values and join equal ones.

    Parameters
    ----------
    values
        Money of each customer, ``(n_customers,)``; NaN is not known.
    counts
        How many customers hold each.

    Returns
    -------
    The values, and the number of customers whose value is not known.

    Raises
    ------
    PortfolioError
        If values are no finite numbers, or nobody's is known.
    InvalidValueError
        If counts are not valid.

    Examples
    --------
    >>> sorted_values([3, 1, None, 3])
    (SortedValues(values=array([1., 3.]), counts=array([1., 2.])), 1)
    """
    given = frozen_floats(values, where="values")
    refuse_other_order(values=values, counts=counts)
    held = np.ones(len(given)) if counts is None else _counts(counts, len(given))
    known = ~np.isnan(given)
    some = known & (held > 0.0)
    if not some.any():
        raise PortfolioError(Problem(what="nobody's value is known", where="values", got=f"{len(given)} customers"))
    largest = float(np.abs(given[some]).max())
    if largest and not _SMALLEST <= largest <= LARGEST_NUMBER:
        allowed = f"{_SMALLEST:g} to {LARGEST_NUMBER:g}"
        raise PortfolioError(Problem(what="no money: squares cannot be added up", where="values", allowed=allowed))
    distinct, place = np.unique(given[some], return_inverse=True)
    together = np.bincount(place, weights=held[some]).astype(np.float64)
    return SortedValues(distinct, together), int(held[~known].sum())


def _counts(counts: ArrayLike, n: int) -> FloatArray:
    held = plain_numbers(counts)
    if held.shape != (n,) or not ((held >= 0.0) & (held == np.round(held)) & (held <= 2.0**31)).all():
        allowed = f"{n} whole numbers of at least 0"
        raise InvalidValueError(Problem(what="no counts", where="counts", allowed=allowed, got=repr(counts)[:200]))
    return held
