"""The regression behind penalty-reward contrast analysis: dummies of best and worst answers, and their effects."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from crmrisk.core.arrays import or_none
from crmrisk.core.errors import FitError, Problem
from crmrisk.core.estimate import Estimate
from crmrisk.core.intervals import normal_quantile
from crmrisk.satisfaction.bootstrap_intervals import percentile_intervals
from crmrisk.satisfaction.drivers.coefficients import coefficient_influences, coefficients_of
from crmrisk.satisfaction.drivers.impact_asymmetry import impact_asymmetry

if TYPE_CHECKING:
    from crmrisk.core.arrays import FloatArray, IntArray
    from crmrisk.satisfaction.drivers.resampling import ResamplingPlan
    from crmrisk.satisfaction.drivers.table import DriverTable

__all__ = ["Effects", "contrast_columns", "explained_share", "robust_coefficients"]


class Effects(NamedTuple):
    """Hold rewards and penalties: the estimates, their covariance and their resamples.

    Parameters
    ----------
    beta
        Rewards, then penalties, ``(2 p,)``.
    covariance
        Of these, ``(2 p, 2 p)``.
    samples
        Their resamples, ``(replicates, 2 p)``.
    interval
        ``"bootstrap"`` or ``"delta"``.
    level
        Nominal coverage.
    cuts
        Of the asymmetry.

    Examples
    --------
    >>> cuts = (-0.4, -0.1, 0.1, 0.4)
    >>> effects = Effects(np.array([0.5, 2.5]), np.eye(2) / 100, np.empty((0, 2)), "delta", 0.95, cuts)
    >>> print(effects.estimate(np.array([1.0, 1.0]), 100, 100.0))
    3 [2.723, 3.277] (95 % contrast, delta, n 100)
    """

    beta: FloatArray
    covariance: FloatArray
    samples: FloatArray
    interval: str
    level: float
    cuts: tuple[float, float, float, float]

    def estimate(self, weights: FloatArray, n: int, effective_n: float) -> Estimate:
        """Estimate a weighted sum of effects.

        Parameters
        ----------
        weights
            Weight of each effect, ``(2 p,)``.
        n, effective_n
            Rows behind them, and what they are worth.

        Returns
        -------
        The estimate.
        """
        value, error = float(weights @ self.beta), float(np.sqrt(weights @ self.covariance @ weights))
        if self.interval == "delta":
            half = normal_quantile(self.level) * error
            low, high = value - half, value + half
        else:
            bounds = percentile_intervals((self.samples @ weights)[:, None], self.level)
            low, high = float(bounds[0][0]), float(bounds[1][0])
        return Estimate(
            value=value,
            standard_error=or_none(error),
            low=or_none(low),
            high=or_none(high),
            level=self.level,
            method=f"contrast, {self.interval}",
            n=n,
            effective_n=effective_n,
        )

    def asymmetry(self, j: int, p: int, n: int, effective_n: float) -> Estimate:
        """Estimate the impact asymmetry of one driver.

        Parameters
        ----------
        j, p
            Which of how many drivers.
        n, effective_n
            Rows behind them, and what they are worth.

        Returns
        -------
        The estimate, its value ``None`` where there is neither reward nor penalty.
        """
        r, q = float(self.beta[j]), float(self.beta[p + j])
        value, error = float(impact_asymmetry(r, q)), self._asymmetry_error(j, p)
        if self.interval == "delta":
            half = np.nan if error is None else normal_quantile(self.level) * error
            low, high = max(value - half, -1.0), min(value + half, 1.0)
        else:
            samples = impact_asymmetry(self.samples[:, j], self.samples[:, p + j])
            low, high = (float(bound[0]) for bound in percentile_intervals(samples[:, None], self.level))
        return Estimate(
            value=or_none(value),
            standard_error=error,
            low=or_none(low),
            high=or_none(high),
            level=self.level,
            method=f"impact asymmetry, {self.interval}",
            n=n,
            effective_n=effective_n,
        )

    def _asymmetry_error(self, j: int, p: int) -> float | None:
        r, q = self.beta[j], self.beta[p + j]
        if r <= 0.0 or q <= 0.0:  # at the edge of its range the asymmetry has no slope
            return None
        slope = np.zeros(self.beta.size)
        slope[j], slope[p + j] = 2.0 * q / (r + q) ** 2, -2.0 * r / (r + q) ** 2
        return or_none(float(np.sqrt(slope @ self.covariance @ slope)))


def contrast_columns(table: DriverTable, best: float, worst: float) -> tuple[FloatArray, IntArray]:
    """Code best and worst answers as dummies against the middle.

    Parameters
    ----------
    table
        The answers.
    best, worst
        Answers of at least ``best`` are best, of at most ``worst`` worst.

    Returns
    -------
    Centred columns, ``(n_rows, 2 p + 1)``: best answers, minus worst answers, outcome; and the number of best, middle
    and worst answers of each driver, ``(p, 3)``.

    Raises
    ------
    FitError
        If a driver has no best, middle or worst answers, rows are too few, or dummies repeat each other.

    Examples
    --------
    >>> from crmrisk.satisfaction.drivers.table import driver_table
    >>> contrast_columns(driver_table([9, 8, 5], {"food": [5, 3, 1]}), 5, 1)[1]
    array([[1, 1, 1]])
    """
    top, bottom = table.drivers >= best, table.drivers <= worst
    boxes = np.stack([top.sum(axis=0), (~top & ~bottom).sum(axis=0), bottom.sum(axis=0)], axis=1)
    problems = [
        Problem(what=f"no {name} answers", where=table.names[j], remedy="other cuts, or leave the driver out")
        for j in range(len(boxes))
        for name, count in zip(("best", "middle", "worst"), boxes[j], strict=True)
        if not count
    ]
    if problems:
        raise FitError(*problems)
    columns = np.column_stack([top, -bottom.astype(np.float64), table.outcome])  # minus: a penalty is what is lost
    if len(columns) < columns.shape[1]:
        what = f"{len(columns)} complete rows for {columns.shape[1] - 1} contrasts and an intercept"
        raise FitError(Problem(what=what, where="drivers", allowed=f"at least {columns.shape[1]}"))
    contrasts = columns[:, :-1] - columns[:, :-1].mean(axis=0)
    if np.linalg.matrix_rank(contrasts) < contrasts.shape[1]:
        what = "the best and worst answers of some drivers always go together"
        raise FitError(Problem(what=what, where="drivers", remedy="leave one of them out"))
    return columns - np.average(columns, axis=0, weights=table.weights), boxes


def robust_coefficients(
    columns: FloatArray, weights: FloatArray, plan: ResamplingPlan
) -> tuple[FloatArray, FloatArray]:
    """Fit the contrasts by weighted least squares.

    Parameters
    ----------
    columns
        As `contrast_columns` codes them, ``(n_rows, q)``.
    weights
        Weights of mean 1, ``(n_rows,)``.
    plan
        Whose units are independent.

    Returns
    -------
    Coefficients, ``(q - 1,)``, and their covariance whatever the variance of the rows, NaN where no row is to spare.

    References
    ----------
    MacKinnon, J. G. and White, H. (1985). *Journal of Econometrics* 29 (HC1).

    Examples
    --------
    >>> from crmrisk.satisfaction.drivers.resampling import resampling_plan
    >>> columns = np.array([[-1.0, -1.0], [1.0, 1.0], [0.0, 0.0]])
    >>> robust_coefficients(columns, np.ones(3), resampling_plan(3))[0]
    array([1.])
    """
    n, q = columns.shape
    beta = coefficients_of((columns * weights[:, None]).T @ columns / n)
    moved = np.zeros((int(plan.units.max()) + 1, q - 1))
    np.add.at(moved, plan.units, coefficient_influences(columns, weights))
    inflation = n / (n - q) if n > q else np.nan
    return beta, moved.T @ moved * inflation


def explained_share(columns: FloatArray, weights: FloatArray, beta: FloatArray) -> float:
    """Return the share of the outcome's variance that the contrasts explain.

    Parameters
    ----------
    columns
        Centred columns, the outcome last, ``(n_rows, q)``.
    weights
        Weights, ``(n_rows,)``.
    beta
        Coefficients, ``(q - 1,)``.

    Returns
    -------
    R², in [0, 1].

    Examples
    --------
    >>> explained_share(np.array([[-1.0, -1.0], [1.0, 1.0]]), np.ones(2), np.ones(1))
    1.0
    """
    y = columns[:, -1]
    left = y - columns[:, :-1] @ beta
    return float(np.clip(1.0 - (weights * left * left).sum() / (weights * y * y).sum(), 0.0, 1.0))
