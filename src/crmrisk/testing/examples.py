"""Made-up portfolios and outcomes: from what a scorer declares, customers that exercise it."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import product
from typing import TYPE_CHECKING

import numpy as np

from crmrisk.core.measures import LABEL, Input
from crmrisk.core.outcomes import Outcomes
from crmrisk.core.portfolio import Portfolio

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import TypeAlias

    from crmrisk.core.arrays import FloatArray, ObjectArray

    Telling: TypeAlias = Mapping[str, Sequence[float | str]]

__all__ = ["bounds_portfolio", "example_outcomes", "example_portfolio", "telling_values_of"]

AS_OF = datetime(2026, 1, 31)  # noqa: DTZ001 - a made-up moment in no zone
_SEED = 20260131
_NAMES = ("alpha", "beta", "gamma")
_TYPICAL = 10.0
_LARGE = 1e4
_WIDE = 5.0
_MOST_CROSSED = 6


def telling_values_of(component: object) -> Telling:
    """Return the values of its inputs that a component says tell customers apart: names of a label, cuts of a number.

    A component says so by a mapping ``telling_values``, as `crmrisk.segmentation.TierSegmenter` does; none has to.

    Parameters
    ----------
    component
        A scorer or a segmenter.

    Examples
    --------
    >>> from crmrisk.segmentation.thresholds import ThresholdSegmenter
    >>> telling_values_of(ThresholdSegmenter(column="assets", cuts=[50, 90])), telling_values_of("any other")
    ({'assets': (50.0, 90.0)}, {})
    """
    found: Telling = getattr(component, "telling_values", {})
    return found


def example_portfolio(
    inputs: tuple[Input, ...], *, n_customers: int = 60, telling_values: Telling | None = None
) -> Portfolio:
    """Make up customers who have, lack and share every input; the same ones each time.

    The first two lie on the declared bounds, the third lacks everything, the next two are twins, and for each input
    some customer lacks that one alone.

    Parameters
    ----------
    inputs
        What a scorer reads.
    n_customers
        How many.
    telling_values
        Input to values that tell customers apart: names of a label, which are then the only ones, and numbers, of which
        some customers get one, the others less or more.

    Examples
    --------
    >>> book = example_portfolio((Input("idle_days", "day", ge=0), Input("segment", "label")))
    >>> book["idle_days"][:5]
    array([ 0., 23., nan, 14., 14.])
    >>> book.label("segment")[2] is None
    True
    """
    rng = np.random.default_rng(_SEED)
    telling = telling_values or {}
    numbers = {
        each.name: _numbers(each, n_customers, rng, telling.get(each.name, ())) for each in inputs if each.unit != LABEL
    }
    names = {each.name: rng.choice(_names(each, telling), n_customers) for each in inputs if each.unit == LABEL}
    for column in (*numbers.values(), *names.values()):
        column[4] = column[3]
    for place, each in enumerate(inputs):
        lacking = [2, n_customers - 1 - place % max(n_customers - 5, 1)]
        if each.unit == LABEL:
            names[each.name][lacking] = None
        else:
            numbers[each.name][lacking] = np.nan
    return _portfolio(inputs, numbers, names)


def bounds_portfolio(inputs: tuple[Input, ...], *, telling_values: Telling | None = None) -> Portfolio:
    """Make up customers at the ends of what every input allows, in combination.

    Parameters
    ----------
    inputs
        What a scorer reads; an open end is taken far out.
    telling_values
        As in `example_portfolio`; the first name of a label is everyone's.

    Examples
    --------
    >>> bounds_portfolio((Input("share", ge=0, le=1), Input("age", "day", ge=0)))["age"]
    array([    0., 10000.,     0., 10000.])
    """
    measured = [each for each in inputs if each.unit != LABEL]
    ends = np.array([_ends(each) for each in measured]).reshape(len(measured), 2)
    if len(measured) <= _MOST_CROSSED:
        chosen = np.array(list(product((0, 1), repeat=len(measured))))
    else:  # too many to cross them all: every input at each end, the others at the opposite one
        chosen = np.vstack([np.eye(len(measured), dtype=int), 1 - np.eye(len(measured), dtype=int)])
    numbers = {each.name: ends[place][chosen[:, place]] for place, each in enumerate(measured)}
    telling = telling_values or {}
    names = {
        each.name: np.full(len(chosen), _names(each, telling)[0], dtype=object) for each in inputs if each.unit == LABEL
    }
    return _portfolio(inputs, numbers, names, n_customers=len(chosen))


def example_outcomes(portfolio: Portfolio, *, horizon: timedelta | None = None) -> Outcomes:
    """Make up what happened to customers: to four in ten, at random, and unknown for one; the same each time.

    Parameters
    ----------
    portfolio
        The customers; the outcomes list them in another order, because only ids may tie the two.
    horizon
        The time span; 90 days by default.

    Examples
    --------
    >>> book = example_portfolio((Input("idle_days", "day", ge=0),))
    >>> example_outcomes(book)
    Outcomes('event' within 90 days after 2026-01-31T00:00:00: 26 of 60 customers)
    """
    rng = np.random.default_rng(_SEED + 1)
    n = len(portfolio)
    occurred = (rng.permutation(n) < 0.42 * n).astype(np.float64)
    occurred[n // 2 : n // 2 + (n > 2)] = np.nan
    return Outcomes(
        portfolio.customer_id[::-1],
        occurred,
        event="event",
        as_of=portfolio.as_of,
        horizon=horizon or timedelta(days=90),
    )


def _portfolio(
    inputs: tuple[Input, ...],
    numbers: Mapping[str, FloatArray],
    names: Mapping[str, ObjectArray],
    *,
    n_customers: int | None = None,
) -> Portfolio:
    arrays = [*numbers.values(), *names.values()]
    n = len(arrays[0]) if arrays else (n_customers or 1)
    return Portfolio(
        [f"C{row:04d}" for row in range(n)],
        AS_OF,
        numbers,
        names,
        units={each.name: each.unit for each in inputs if each.unit and each.unit != LABEL},
    )


def _ends(each: Input) -> tuple[float, float]:
    low = each.ge if each.ge is not None else min(-_LARGE, (each.le or 0.0) - _LARGE)
    high = each.le if each.le is not None else max(_LARGE, low + _LARGE)
    return low, high


def _names(each: Input, telling: Telling) -> ObjectArray:
    return np.array(telling.get(each.name) or _NAMES, dtype=object)


def _numbers(each: Input, n: int, rng: np.random.Generator, telling: Sequence[float | str] = ()) -> FloatArray:
    """Draw numbers inside the bounds; whole ones on a wide range, because many inputs are counts or days."""
    if telling:
        cuts = rng.choice(np.array(telling, dtype=np.float64), n)
        drawn = cuts + rng.choice([-0.5, 0.0, 0.5], n) * np.maximum(np.abs(cuts), 1.0)
        low, high = (-np.inf if each.ge is None else each.ge), (np.inf if each.le is None else each.le)
        about: FloatArray = np.clip(drawn, low, high)
        return about
    if each.ge is not None and each.le is not None:
        drawn = rng.uniform(each.ge, each.le, n)
    elif each.ge is not None:
        drawn = each.ge + rng.exponential(_TYPICAL, n)
    elif each.le is not None:
        drawn = each.le - rng.exponential(_TYPICAL, n)
    else:
        drawn = rng.normal(0.0, _TYPICAL, n)
    low, high = _ends(each)
    whole = np.round(drawn) if high - low >= _WIDE else np.round(drawn, 2)
    drawn = np.clip(whole, low, high)
    if each.ge is not None:
        drawn[0] = each.ge
    if each.le is not None:
        drawn[1] = each.le
    return drawn
