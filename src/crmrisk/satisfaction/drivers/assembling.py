"""From correlations and what the bootstrap adds to the records of a driver study."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from crmrisk.core.arrays import or_none
from crmrisk.core.estimate import Estimate
from crmrisk.satisfaction.drivers.diagnosis import (
    common_variance,
    diagnosis_warnings,
    halo_warnings,
    suppressed,
    variance_inflation,
)
from crmrisk.satisfaction.drivers.records import DriverAnalysis, DriverImportance
from crmrisk.satisfaction.drivers.shares import last_importance, standardised_coefficients

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from crmrisk.core.arrays import FloatArray

__all__ = ["Basis", "Uncertainty", "assemble", "driver_statistics", "estimates_of"]


@dataclass(frozen=True, eq=False, kw_only=True)
class Basis:
    """Hold what a study rests on.

    Parameters
    ----------
    outcome
        What is explained.
    names
        The drivers.
    correlations
        Of the drivers and, last, the outcome, ``(p + 1, p + 1)``.
    method
        How R² is shared out.
    n, effective_n, n_missing
        Complete rows, what they are worth, and rows left out.
    monte_carlo_error
        One per driver.
    warnings
        What is known already.

    Examples
    --------
    >>> Basis(outcome="all", names=("price",), correlations=np.eye(2), method="shapley", monte_carlo_error=[0.0]).n
    0
    """

    outcome: str
    names: Sequence[str]
    correlations: FloatArray
    method: str
    monte_carlo_error: Sequence[float]
    n: int = 0
    effective_n: float = 0.0
    n_missing: int = 0
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False, kw_only=True)
class Uncertainty:
    """Hold what resampling says of a study.

    Parameters
    ----------
    standard_error, low, high
        Of the statistics, ``(2 p + 1,)``.
    level
        Nominal coverage.
    interval
        How the limits were found.
    rank_probability
        Of each driver at each rank, ``(p, p)``.
    excess
        Importance over that of noise, one estimate per driver; empty where it was not tried.

    Examples
    --------
    >>> one = np.zeros(3)
    >>> rank = np.eye(1)
    >>> known = Uncertainty(standard_error=one, low=one, high=one, level=0.9, interval="bca", rank_probability=rank)
    >>> known.excess
    ()
    """

    standard_error: FloatArray
    low: FloatArray
    high: FloatArray
    level: float
    interval: str
    rank_probability: FloatArray
    excess: tuple[Estimate, ...] = ()


def driver_statistics(correlations: FloatArray, share: Callable[[FloatArray, FloatArray], FloatArray]) -> FloatArray:
    """Compute every importance, its share of their sum, and R².

    Parameters
    ----------
    correlations
        Of the drivers and, last, the outcome, ``(..., p + 1, p + 1)``.
    share
        The function that shares out R².

    Returns
    -------
    Statistics, ``(..., 2 p + 1)``; shares are NaN where nothing is explained.

    Examples
    --------
    >>> from crmrisk.satisfaction.drivers.shares import first_importance
    >>> driver_statistics(np.array([[1.0, 0.5], [0.5, 1.0]]), first_importance)
    array([0.25, 1.  , 0.25])
    """
    R, r = correlations[..., :-1, :-1], correlations[..., :-1, -1]
    importance = share(R, r)
    total = importance.sum(axis=-1, keepdims=True)
    shares = np.divide(importance, total, out=np.full_like(importance, np.nan), where=total > 0.0)
    explained = (r * standardised_coefficients(R, r)).sum(axis=-1, keepdims=True)
    return np.concatenate([importance, shares, np.clip(explained, 0.0, 1.0)], axis=-1)


def assemble(basis: Basis, statistics: FloatArray, uncertainty: Uncertainty | None = None) -> DriverAnalysis:
    """Build the records of a study.

    Parameters
    ----------
    basis
        What it rests on.
    statistics
        As `driver_statistics` computes them, ``(2 p + 1,)``.
    uncertainty
        What resampling says, if it was asked.

    Returns
    -------
    The study.

    Examples
    --------
    >>> basis = Basis(outcome="all", names=("price",), correlations=np.eye(2), method="first", monte_carlo_error=[0.0])
    >>> assemble(basis, np.array([0.0, np.nan, 0.0]))["price"].sign
    0
    """
    R, r = basis.correlations[:-1, :-1], basis.correlations[:-1, -1]
    beta, last, inflation = standardised_coefficients(R, r), last_importance(R, r), variance_inflation(R)
    told = suppressed(R, r, basis.effective_n)
    p = len(basis.names)
    estimates = estimates_of(basis, statistics, uncertainty)
    rank = np.argsort(np.argsort(-statistics[:p], kind="stable"), kind="stable") + 1
    excess = uncertainty.excess if uncertainty is not None else ()
    drivers = [
        DriverImportance(
            name=name,
            rank=int(rank[j]),
            importance=estimates[j],
            share=estimates[p + j],
            correlation=float(r[j]),
            coefficient=float(beta[j]),
            first=float(r[j] ** 2),
            last=float(last[j]),
            variance_inflation=float(inflation[j]),
            suppression=bool(told[j]),
            monte_carlo_error=basis.monte_carlo_error[j],
            rank_probability=() if uncertainty is None else tuple(uncertainty.rank_probability[j].tolist()),
            excess_over_random=excess[j] if excess else None,
            significant=_beats_noise(excess[j]) if excess else None,
        )
        for j, name in enumerate(basis.names)
    ]
    return DriverAnalysis(
        outcome=basis.outcome,
        method=basis.method,
        drivers=tuple(drivers),
        r_squared=estimates[-1],
        n=basis.n,
        n_missing=basis.n_missing,
        effective_n=basis.effective_n,
        common_variance=common_variance(R),
        warnings=basis.warnings + halo_warnings(R) + diagnosis_warnings(basis.names, r, beta, inflation, told),
    )


def estimates_of(basis: Basis, statistics: FloatArray, uncertainty: Uncertainty | None) -> list[Estimate]:
    """Pair statistics with their uncertainty.

    Parameters
    ----------
    basis
        What the study rests on.
    statistics
        The values, ``(k,)``; NaN where there is none.
    uncertainty
        What resampling says, if it was asked.

    Returns
    -------
    One estimate per statistic.

    Examples
    --------
    >>> basis = Basis(outcome="all", names=("price",), correlations=np.eye(2), method="first", monte_carlo_error=[0.0])
    >>> print(estimates_of(basis, np.array([0.5]), None)[0])
    0.5 (first, n 0)
    """
    if uncertainty is None:
        return [
            Estimate(value=or_none(value), method=basis.method, n=basis.n, effective_n=basis.effective_n)
            for value in statistics
        ]
    return [
        Estimate(
            value=or_none(value),
            standard_error=or_none(error),
            low=or_none(low),
            high=or_none(high),
            level=uncertainty.level,
            method=f"{basis.method}, {uncertainty.interval} bootstrap",
            n=basis.n,
            effective_n=basis.effective_n,
        )
        for value, error, low, high in zip(
            statistics, uncertainty.standard_error, uncertainty.low, uncertainty.high, strict=True
        )
    ]


def _beats_noise(excess: Estimate) -> bool:
    return excess.low is not None and excess.low > 0.0
