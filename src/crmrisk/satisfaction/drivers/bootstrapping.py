"""What resampling says of a driver study: intervals, the probability of every rank, and whether drivers beat noise."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from crmrisk.core.estimate import Estimate
from crmrisk.satisfaction.bootstrap_intervals import (
    BootstrapInterval,
    acceleration,
    bca_intervals,
    percentile_intervals,
)
from crmrisk.satisfaction.drivers.assembling import Basis, Uncertainty, driver_statistics
from crmrisk.satisfaction.drivers.resampling import ResamplingPlan, correlations_of, influences, resampled_moments

if TYPE_CHECKING:
    from collections.abc import Callable

    from crmrisk.core.arrays import FloatArray

    Share: TypeAlias = Callable[[FloatArray, FloatArray], FloatArray]

__all__ = ["Resampler", "rank_probabilities", "uncertainty_of"]


@dataclass(frozen=True, eq=False, kw_only=True)
class Resampler:
    """Hold a survey ready to be resampled.

    Parameters
    ----------
    columns
        Standardised drivers and, last, the outcome, ``(n_rows, p + 1)``.
    weights
        Weights of mean 1, ``(n_rows,)``.
    plan
        What is drawn.
    replicates
        Number of resamples.
    interval
        How limits are read off them.
    level
        Nominal coverage.

    Examples
    --------
    >>> from crmrisk.satisfaction.drivers.resampling import resampling_plan
    >>> Resampler(columns=np.array([[-1.0], [1.0]]), weights=np.ones(2), plan=resampling_plan(2)).correlations()
    array([[1.]])
    """

    columns: FloatArray
    weights: FloatArray
    plan: ResamplingPlan
    replicates: int = 1000
    interval: BootstrapInterval = "bca"
    level: float = 0.95

    def correlations(self) -> FloatArray:
        """Return the correlations of the survey itself, ``(p + 1, p + 1)``."""
        return correlations_of((self.columns * self.weights[:, None]).T @ self.columns / self.weights.sum())

    def limits(
        self, samples: FloatArray, values: FloatArray, statistics: Callable[[FloatArray], FloatArray]
    ) -> tuple[FloatArray, FloatArray]:
        """Read intervals off resampled statistics.

        Near the least a statistic can be, resamples nearly all lie above it: the correction of BCa then leaves its own
        ground, and the interval may not even hold the value. There percentiles, widened to hold it, take its place.

        Parameters
        ----------
        samples
            One row per resample, ``(replicates, k)``.
        values
            Those of the survey itself, ``(k,)``.
        statistics
            Function of covariances ``(..., p + 1, p + 1)`` to them.

        Returns
        -------
        Lower and upper limits, ``(k,)``.
        """
        plain = percentile_intervals(samples, self.level)
        if self.interval == "percentile":
            return plain
        moved = influences(statistics, self.columns, self.weights, self.plan)
        low, high = bca_intervals(samples, values, acceleration(np.nan_to_num(moved)), self.level)
        lost = (values < low) | (values > high)
        widened = np.fmin(plain[0], values), np.fmax(plain[1], values)
        return np.where(lost, widened[0], low), np.where(lost, widened[1], high)


def uncertainty_of(
    resampler: Resampler,
    basis: Basis,
    statistics: FloatArray,
    share: Share,
    *,
    noise_share: Share | None,
    rng: np.random.Generator,
) -> Uncertainty:
    """Resample a study.

    Parameters
    ----------
    resampler
        The survey.
    basis
        What the study rests on.
    statistics
        Its `driver_statistics`, ``(2 p + 1,)``.
    share
        The function that shares out R².
    noise_share
        The same for one driver more; ``None`` to try no random predictor.
    rng
        Source of randomness.

    Returns
    -------
    What the resamples say.

    Examples
    --------
    >>> from crmrisk.satisfaction.drivers.resampling import resampling_plan
    >>> from crmrisk.satisfaction.drivers.shares import first_importance
    >>> columns = np.array([[-1.0, -1.0], [1.0, 1.0]])
    >>> survey = Resampler(columns=columns, weights=np.ones(2), plan=resampling_plan(2), interval="percentile")
    >>> same = np.ones((2, 2))
    >>> basis = Basis(outcome="all", names=("x",), correlations=same, method="first", monte_carlo_error=[0.0])
    >>> found = uncertainty_of(
    ...     survey, basis, np.ones(3), first_importance, noise_share=None, rng=np.random.default_rng(0)
    ... )
    >>> found.rank_probability
    array([[1.]])
    """
    samples, excess = _resample(resampler, share, noise_share, rng)
    p = len(basis.names)
    low, high = resampler.limits(samples, statistics, lambda found: driver_statistics(correlations_of(found), share))
    return Uncertainty(
        standard_error=_spread(samples),
        low=low,
        high=high,
        level=resampler.level,
        interval=resampler.interval,
        rank_probability=rank_probabilities(samples[:, :p]),
        excess=_excess_estimates(excess, basis, resampler.level),
    )


def rank_probabilities(importance: FloatArray) -> FloatArray:
    """Count how often each driver took each rank.

    Parameters
    ----------
    importance
        Resampled importances, ``(replicates, p)``.

    Returns
    -------
    Probabilities, ``(p, p)``: drivers by ranks; ties go to the driver named first.

    Examples
    --------
    >>> rank_probabilities(np.array([[0.2, 0.1], [0.3, 0.4]]))
    array([[0.5, 0.5],
           [0.5, 0.5]])
    """
    ranks = np.argsort(np.argsort(-importance, axis=1, kind="stable"), axis=1, kind="stable")
    return np.stack([(ranks == place).mean(axis=0) for place in range(importance.shape[1])], axis=1)


def _resample(
    resampler: Resampler, share: Share, noise_share: Share | None, rng: np.random.Generator
) -> tuple[FloatArray, FloatArray | None]:
    statistics, excess = [], []
    for found in resampled_moments(
        resampler.columns,
        resampler.weights,
        resampler.plan,
        replicates=resampler.replicates,
        rng=rng,
        noise=noise_share is not None,
    ):
        correlations = correlations_of(found.covariances)
        if noise_share is not None:
            importance = noise_share(correlations[:, :-1, :-1], correlations[:, :-1, -1])
            excess.append(importance[:, 1:] - importance[:, :1])
            correlations = correlations[:, 1:, 1:]
        statistics.append(driver_statistics(correlations, share))
    return np.concatenate(statistics), np.concatenate(excess) if excess else None


def _excess_estimates(excess: FloatArray | None, basis: Basis, level: float) -> tuple[Estimate, ...]:
    if excess is None:
        return ()
    low, high = percentile_intervals(excess, level)
    rows = zip(excess.mean(axis=0).tolist(), _spread(excess).tolist(), low.tolist(), high.tolist(), strict=True)
    method = f"{basis.method} less that of noise, percentile bootstrap"
    return tuple(
        Estimate(
            value=value,
            standard_error=error,
            low=below,
            high=above,
            level=level,
            method=method,
            n=basis.n,
            effective_n=basis.effective_n,
        )
        for value, error, below, above in rows
    )


def _spread(samples: FloatArray) -> FloatArray:
    present = ~np.isnan(samples)
    count = np.maximum(present.sum(axis=0), 1)
    mean = np.where(present, samples, 0.0).sum(axis=0) / count
    square = np.where(present, (samples - mean) ** 2, 0.0).sum(axis=0)
    spread: FloatArray = np.sqrt(square / np.maximum(count - 1, 1))
    return spread
