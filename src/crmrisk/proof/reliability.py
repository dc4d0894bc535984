"""Reliability: bin by bin, whether what was said happened as often as it was said."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, ClassVar, get_args

import numpy as np

from crmrisk.core.arrays import FloatArray, IntArray, same_arrays
from crmrisk.core.estimate import Estimate
from crmrisk.core.intervals import wilson_limits
from crmrisk.proof.bins import Binning, bin_groups, bin_sums
from crmrisk.proof.checks import NOBODY, RatedRows, choice_problem, count_problem, fraction_problem, rated_probabilities
from crmrisk.proof.ties import tie_groups

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import ArrayLike

    from crmrisk.core.errors import Problem

__all__ = ["CalibrationTable", "calibration_table", "expected_calibration_error"]


@dataclass(frozen=True, kw_only=True, eq=False)
class CalibrationTable:
    """Hold, for each bin of probabilities, what was said and what happened.

    Parameters
    ----------
    n
        The customers in the bin, ``(n_bins,)``.
    events
        Those to whom it happened.
    lowest, highest
        The smallest and the largest probability in the bin.
    mean_probability
        What was said on average.
    observed_rate
        What happened.
    low, high
        Wilson's interval of the observed rate.
    level
        The nominal coverage of the interval.
    binning
        How the bins were made.
    n_unrated
        The rows left out.

    Examples
    --------
    >>> table = calibration_table([0.2, 0.2, 0.7, 0.8], [0, 1, 1, 1], bins=2)
    >>> table.mean_probability, table.observed_rate
    (array([0.2 , 0.75]), array([0.5, 1. ]))
    """

    n: IntArray
    events: IntArray
    lowest: FloatArray
    highest: FloatArray
    mean_probability: FloatArray
    observed_rate: FloatArray
    low: FloatArray
    high: FloatArray
    level: float
    binning: str
    n_unrated: int

    def __post_init__(self) -> None:
        for array in self._columns().values():
            array.flags.writeable = False

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, CalibrationTable):
            return NotImplemented
        same = (self.level, self.binning, self.n_unrated) == (other.level, other.binning, other.n_unrated)
        theirs = other._columns()
        return same and all(same_arrays(mine, theirs[name]) for name, mine in self._columns().items())

    __hash__: ClassVar[None] = None  # type: ignore[assignment]  # compared by content, so not hashable

    def __len__(self) -> int:
        return self.n.size

    def frame(self) -> pd.DataFrame:
        """Show the table as a data frame, one row per bin.

        Returns
        -------
        A new frame.

        Examples
        --------
        >>> calibration_table([0.2, 0.8], [0, 1], bins=2).frame()["observed_rate"].tolist()
        [0.0, 1.0]
        """
        import pandas as pd  # noqa: PLC0415 - heavy, and only this method needs it

        return pd.DataFrame({name: array.copy() for name, array in self._columns().items()})

    def _columns(self) -> dict[str, FloatArray | IntArray]:
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        return {name: value for name, value in values.items() if isinstance(value, np.ndarray)}


def calibration_table(
    probability: ArrayLike,
    outcome: ArrayLike,
    *,
    bins: int = 10,
    binning: Binning = "equal mass",
    level: float = 0.95,
) -> CalibrationTable:
    """Compare probabilities with observed rates bin by bin.

    Parameters
    ----------
    probability
        In [0, 1], ``(n_customers,)``; NaN is unrated and left out.
    outcome
        1, 0 or NaN, ``(n_customers,)``.
    bins
        The number of bins asked for; equal probabilities share a bin, so there may be fewer.
    binning
        ``"equal mass"`` or ``"equal width"``.
    level
        The nominal coverage of the intervals.

    Returns
    -------
    One row per bin that holds anybody; no row where nobody is rated.

    Raises
    ------
    InvalidValueError
        If the arrays or settings are not usable.

    Examples
    --------
    >>> calibration_table([0.1, 0.1, 0.1, 0.9], [0, 0, 0, 1], bins=2).n
    array([3, 1])
    """
    settings = [*_bin_problems(bins, binning), fraction_problem("level", level)]
    return _table(rated_probabilities(probability, outcome, settings=settings), bins, binning, level)


def expected_calibration_error(
    probability: ArrayLike, outcome: ArrayLike, *, bins: int = 10, binning: Binning = "equal mass"
) -> Estimate:
    r"""Estimate the mean distance of observed rates from probabilities.

    :math:`\sum_k \frac{n_k}{n} |\bar y_k - \bar p_k|` over bins k.

    Parameters
    ----------
    probability
        In [0, 1], ``(n_customers,)``; NaN is unrated and left out.
    outcome
        1, 0 or NaN, ``(n_customers,)``.
    bins
        The number of bins asked for; equal probabilities share a bin.
    binning
        ``"equal mass"`` or ``"equal width"``.

    Returns
    -------
    The error in [0, 1], its binning named in ``method``. Chance alone makes it positive, more so with few rows per
    bin; compare it only between equal bins and sizes.

    Raises
    ------
    InvalidValueError
        If the arrays or settings are not usable.

    References
    ----------
    Naeini, M., Cooper, G., Hauskrecht, M. (2015). Obtaining well calibrated probabilities using Bayesian binning.
    AAAI 29, 2901-2907.

    Examples
    --------
    >>> error = expected_calibration_error([0.2, 0.2, 0.7, 0.8], [0, 1, 1, 1], bins=2)
    >>> round(error.value, 4), error.method
    (0.275, '2 equal-mass bins, ties together')
    """
    rows = rated_probabilities(probability, outcome, settings=_bin_problems(bins, binning))
    table = _table(rows, bins, binning, 0.95)
    if rows.n == 0:
        return Estimate(value=None, method=table.binning, n=0, warnings=(NOBODY, *rows.notes))
    error = float(np.sum(table.n * np.abs(table.observed_rate - table.mean_probability))) / rows.n
    return Estimate(value=error, method=table.binning, n=rows.n, warnings=rows.notes)


def _bin_problems(bins: int, binning: str) -> list[Problem | None]:
    return [count_problem("bins", bins), choice_problem("binning", binning, get_args(Binning))]


def _table(rows: RatedRows, bins: int, binning: Binning, level: float) -> CalibrationTable:
    groups = tie_groups(rows.score, rows.outcome)
    bin_of = bin_groups(groups, bins, binning)
    size, events = bin_sums(bin_of, groups.n), bin_sums(bin_of, groups.events)
    first = np.searchsorted(bin_of, np.arange(size.size))
    lowest = groups.score[first]
    highest = np.maximum.reduceat(groups.score, first) if first.size else lowest.copy()
    low, high = wilson_limits(events, size, level=level)
    return CalibrationTable(
        n=size.astype(np.int64),
        events=events.astype(np.int64),
        lowest=lowest,
        highest=highest,
        # Rounding must not take a mean out of its own bin.
        mean_probability=np.clip(bin_sums(bin_of, groups.n * groups.score) / size, lowest, highest),
        observed_rate=events / size,
        low=low,
        high=high,
        level=level,
        binning=f"{bins} {binning.replace(' ', '-')} bins, ties together",
        n_unrated=rows.n_unrated,
    )
