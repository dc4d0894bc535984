"""One model for all customers, or one for each cohort: fits side by side, and whether they differ by more than chance.

Customers who came in different months, through different channels or in different countries may differ in how they buy
and leave. `fit_cohorts` fits each group by itself and all together, and tests one against the other. Where groups are
small, `pool_segments` lets them borrow from each other instead.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, TypeVar, cast

import numpy as np

from crmrisk.core.errors import FitError, InvalidValueError, Problem
from crmrisk.core.model import Model
from crmrisk.scoring.value.comparing import LikelihoodRatio, likelihood_ratio
from crmrisk.scoring.value.fit_task import check_model
from crmrisk.scoring.value.histories import checked_weights
from crmrisk.scoring.value.model_fit import ModelFit

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pandas as pd
    from numpy.typing import ArrayLike

    from crmrisk.core.arrays import FloatArray, IntArray
    from crmrisk.scoring.value.prior import Prior

__all__ = ["CohortFits", "Groups", "fit_cohorts", "grouped"]

F = TypeVar("F", bound=ModelFit[Any])


class CohortFits(Model, Generic[F]):
    """Hold the fits of cohorts, the fit of all customers together, and the test of one against the other.

    Parameters
    ----------
    cohorts
        Cohort to its fit.
    pooled
        The fit of all customers together.
    test
        Whether cohorts differ by more than chance; ``None`` with one cohort, or with a prior.
    failed
        Cohorts that could not be fitted at all, and why.

    Raises
    ------
    InvalidValueError
        If a field is not what it should be.

    Examples
    --------
    >>> from crmrisk.scoring.value import ShiftedBetaGeometric
    >>> duration, churned, weights = [1, 2, 3, 3, 1, 2, 3, 3], [1, 1, 1, 0] * 2, [369, 163, 86, 382, 131, 126, 90, 653]
    >>> found = fit_cohorts(ShiftedBetaGeometric, duration, churned, cohort=["regular"] * 4 + ["high end"] * 4,
    ...                     weights=weights)
    >>> list(found.cohorts), found.test.degrees_of_freedom, found.test.p_value < 0.001
    (['high end', 'regular'], 2, True)
    >>> CohortFits[ModelFit[ShiftedBetaGeometric]].model_validate_json(found.model_dump_json()) == found
    True
    """

    cohorts: dict[str, F]
    pooled: F
    test: LikelihoodRatio | None
    failed: dict[str, str]

    def frame(self) -> pd.DataFrame:
        """Give the estimates as a pandas frame, one row per cohort and one for all, with ``n`` and ``log_likelihood``.

        Examples
        --------
        >>> from crmrisk.scoring.value import ShiftedBetaGeometric
        >>> fit_cohorts(ShiftedBetaGeometric, [1, 2, 2], [1, 1, 0], cohort=["a", "a", "a"]).frame().index.tolist()
        ['a', 'all']
        """
        import pandas as pd  # noqa: PLC0415 - only who wants a frame pays for pandas

        fits = {**self.cohorts, "all": self.pooled}
        lines = [{**fit.estimates, "n": fit.n, "log_likelihood": fit.log_likelihood} for fit in fits.values()]
        return pd.DataFrame(lines, index=pd.Index(list(fits), name="cohort"))


def fit_cohorts(
    model: type[Any],
    *columns: ArrayLike,
    cohort: ArrayLike,
    weights: ArrayLike | None = None,
    prior: Prior | None = None,
) -> CohortFits[ModelFit[Any]]:
    """Fit a model to each cohort and to all customers, and test whether one model serves all.

    Parameters
    ----------
    model
        The kind of model.
    *columns
        The data as its ``fit`` takes them, ``(n_rows,)`` each.
    cohort
        To which cohort each row belongs: text, numbers or dates, ``(n_rows,)``.
    weights
        How many customers each row stands for, ``(n_rows,)``.
    prior
        As for ``fit``, the same for every cohort; there is no test then.

    Returns
    -------
    The fits. A cohort without anything to fit is named in ``failed`` and takes no part in the test.

    Raises
    ------
    FitError
        If there is nothing to fit at all, or the model has no likelihood to climb.
    InvalidValueError
        If arguments are not what they should be, or a row has no cohort.

    Examples
    --------
    >>> from crmrisk.scoring.value import BetaGeoNBD
    >>> rng = np.random.default_rng(4)
    >>> x, last, end, _ = BetaGeoNBD(r=0.5, alpha=5, a=0.8, b=2.5).simulate(rng.uniform(20, 60, 600), rng=rng)
    >>> found = fit_cohorts(BetaGeoNBD, x, last, end, cohort=np.where(end > 40, "early", "late"))
    >>> list(found.cohorts), found.test.degrees_of_freedom, found.test.p_value > 0.05
    (['early', 'late'], 4, True)
    """
    check_model(model, columns)
    groups = grouped(columns, cohort, weights, where="cohort")
    pooled: ModelFit[Any] = model.fit(*groups.columns, weights=groups.weights, prior=prior)
    fits: dict[str, ModelFit[Any]] = {}
    failed: dict[str, str] = {}
    for name, rows, of_rows in groups:
        try:
            fits[name] = model.fit(*rows, weights=of_rows, prior=prior)
        except FitError as error:
            failed[name] = str(error)
    test = likelihood_ratio(pooled, list(fits.values())) if len(fits) > 1 and prior is None else None
    of_this_fit = cast("type[CohortFits[ModelFit[Any]]]", CohortFits.__class_getitem__(type(pooled)))
    return of_this_fit(cohorts=fits, pooled=pooled, test=test, failed=failed)


@dataclass(frozen=True, eq=False)
class Groups:
    """Hold rows of data by the group they belong to.

    Parameters
    ----------
    columns
        The data, ``(n_rows,)`` each.
    weights
        How many customers each row stands for, ``(n_rows,)``.
    names
        The groups in order.
    place
        The group of each row, ``(n_rows,)``.

    Examples
    --------
    >>> groups = Groups((np.array([1.0, 2.0]),), None, ("a", "b"), np.array([1, 0]))
    >>> [(name, rows[0].tolist()) for name, rows, _ in groups]
    [('a', [2.0]), ('b', [1.0])]
    """

    columns: tuple[Any, ...]
    weights: FloatArray | None
    names: tuple[str, ...]
    place: IntArray

    def __iter__(self) -> Iterator[tuple[str, tuple[Any, ...], FloatArray | None]]:
        """Yield name, rows and weights of every group that holds a customer."""
        for index, name in enumerate(self.names):
            rows = np.flatnonzero(self.place == index)
            weights = None if self.weights is None else self.weights[rows]
            if weights is None or weights.sum() > 0:
                yield name, tuple(column[rows] for column in self.columns), weights


def grouped(columns: tuple[ArrayLike, ...], labels: ArrayLike, weights: ArrayLike | None, *, where: str) -> Groups:
    """Group rows by their labels.

    Parameters
    ----------
    columns
        The data, ``(n_rows,)`` each.
    labels
        Text, numbers or dates, ``(n_rows,)``; groups are named by their text, in the order of the labels.
    weights
        How many customers each row stands for, ``(n_rows,)``.
    where
        What the labels are called in an error.

    Raises
    ------
    InvalidValueError
        If a label is missing, or there is not one per row.

    Examples
    --------
    >>> grouped(([1, 2, 3],), [2026, 2025, 2026], None, where="cohort").names
    ('2025', '2026')
    """
    arrays = tuple(np.asarray(column) for column in columns)
    raw, n_rows = np.asarray(labels), arrays[0].shape[0] if arrays and arrays[0].ndim else 0
    if raw.shape != (n_rows,):
        allowed, got = f"one per row, ({n_rows},)", str(raw.shape)
        raise InvalidValueError(Problem(what="wrong shape", where=where, allowed=allowed, got=got))
    missing = _missing(raw)
    if missing:
        raise InvalidValueError(Problem(what=f"{missing} row(s) without one", where=where, allowed="one for every row"))
    distinct, place = np.unique(raw.astype(str) if raw.dtype.kind == "O" else raw, return_inverse=True)
    return Groups(arrays, checked_weights(weights, n_rows), tuple(str(each) for each in distinct), place)


def _missing(raw: Any) -> int:
    if raw.dtype.kind == "O":
        return sum(each is None or type(each).__name__ == "NAType" or each != each for each in raw)  # noqa: PLR0124 - NaN is not itself
    if raw.dtype.kind in "fmM":
        return int(np.count_nonzero(np.isnat(raw) if raw.dtype.kind in "mM" else np.isnan(raw)))
    return 0
