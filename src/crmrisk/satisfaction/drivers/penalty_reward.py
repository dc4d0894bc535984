"""Penalty-reward contrast analysis: which drivers only disappoint, which only delight, which work both ways.

The outcome is regressed on two dummies per driver, one for its best and one for its worst answers, so that the middle
is the reference. Beware of reading the result as Kano's categories: what the contrast measures is how overall
satisfaction goes along with good and bad *performance*, while Kano asks about presence and absence of a feature.
Mikulic and Prebezac (2011) show that mapping one onto the other is questionable, so nothing here does.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, TypeAlias

import numpy as np
from pydantic.dataclasses import dataclass

from crmrisk.core.arguments import check_choice, checked_level, is_number, seeded
from crmrisk.core.errors import InvalidValueError, Problem
from crmrisk.core.estimate import Estimate
from crmrisk.core.listing import bounded, listed
from crmrisk.core.model import VALUE, Value
from crmrisk.core.row_names import refuse_other_order
from crmrisk.satisfaction.drivers.coefficients import coefficients_of
from crmrisk.satisfaction.drivers.contrasts import Effects, contrast_columns, explained_share, robust_coefficients
from crmrisk.satisfaction.drivers.impact_asymmetry import (
    ASYMMETRY_CUTS,
    AsymmetryClass,
    Factor,
    asymmetry_class,
    factor_of,
    impact_asymmetry,
)
from crmrisk.satisfaction.drivers.lookup import driver_named
from crmrisk.satisfaction.drivers.resampling import resampled_moments, resampling_plan
from crmrisk.satisfaction.drivers.table import DriverTable, driver_table

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from crmrisk.core.arrays import IntArray
    from crmrisk.satisfaction.flagging import Missing

__all__ = ["PenaltyReward", "PenaltyRewardAnalysis", "penalty_reward"]

AsymmetryInterval: TypeAlias = Literal["bootstrap", "delta"]
"""How the interval of an asymmetry is found."""

CAUTION = "these are contrasts of performance, not Kano categories (Mikulic and Prebezac 2011)"


@dataclass(frozen=True, kw_only=True, config=VALUE)
class PenaltyReward(Value):
    """Hold what the best and the worst answers to one driver do to the outcome.

    Parameters
    ----------
    name
        The driver.
    reward
        How much higher the outcome is with a best answer than with a middle one, other drivers equal.
    penalty
        How much lower it is with a worst answer than with a middle one.
    range_of_impact
        Reward and penalty together (RIOCS), [unit of the outcome].
    impact_asymmetry
        Reward less penalty over their sum, in [-1, 1].
    factor
        Basic, performance or excitement; ``"unclassified"`` where the interval crosses a cut.
    asymmetry_class
        The finer name, with the same proviso.
    factor_probability
        Bootstrap probability of basic, performance and excitement, in this order.
    n_best, n_middle, n_worst
        Answers behind each contrast.

    Examples
    --------
    >>> found = penalty_reward([8, 9, 8, 8, 5, 6], {"food": [5, 5, 3, 3, 1, 1]}, best=5, worst=1, replicates=50)
    >>> round(found["food"].reward.value, 6), found["food"].penalty.value
    (0.5, 2.5)
    """

    name: str
    reward: Estimate
    penalty: Estimate
    range_of_impact: Estimate
    impact_asymmetry: Estimate
    factor: Factor
    asymmetry_class: AsymmetryClass
    factor_probability: tuple[float, float, float]
    n_best: int
    n_middle: int
    n_worst: int

    def __str__(self) -> str:
        effects = f"reward {bounded(self.reward)}, penalty {bounded(self.penalty)}"
        return f"{self.name}: {effects}, impact asymmetry {bounded(self.impact_asymmetry)}: {self.factor}"


@dataclass(frozen=True, kw_only=True, config=VALUE)
class PenaltyRewardAnalysis(Value):
    """Hold a penalty-reward contrast analysis.

    Parameters
    ----------
    drivers
        One record per driver, in the order given.
    r_squared
        The share of the outcome's variance that the contrasts explain together.
    n, n_missing
        Complete rows, and rows left out.
    warnings
        What the reader should know; that these are no Kano categories comes first.

    Examples
    --------
    >>> found = penalty_reward([8, 9, 8, 8, 5, 6], {"food": [5, 5, 3, 3, 1, 1]}, best=5, worst=1, replicates=50)
    >>> found.n, found.warnings[0]
    (6, 'these are contrasts of performance, not Kano categories (Mikulic and Prebezac 2011)')
    """

    drivers: tuple[PenaltyReward, ...]
    r_squared: float
    n: int
    n_missing: int = 0
    warnings: tuple[str, ...] = ()

    def __str__(self) -> str:
        level = f"{100 * self.drivers[0].reward.level:g} % " if self.drivers else ""
        heading = (
            f"penalty-reward contrasts, no Kano categories; R² {self.r_squared:.4g} ({level}intervals, n {self.n})"
        )
        return f"{heading}\n{listed(self.drivers)}"

    def __getitem__(self, name: str) -> PenaltyReward:
        """Return the driver of that name.

        Parameters
        ----------
        name
            The driver.

        Raises
        ------
        InvalidValueError
            If there is none.
        """
        return driver_named(self.drivers, name, where="penalty_reward")

    def frame(self) -> pd.DataFrame:
        """Return a pandas frame, one row per driver."""
        import pandas as pd  # noqa: PLC0415 - a heavy import that only this call needs

        return pd.DataFrame(
            {
                "driver": driver.name,
                "reward": driver.reward.value,
                "penalty": driver.penalty.value,
                "range_of_impact": driver.range_of_impact.value,
                "impact_asymmetry": driver.impact_asymmetry.value,
                "low": driver.impact_asymmetry.low,
                "high": driver.impact_asymmetry.high,
                "factor": driver.factor,
                "asymmetry_class": driver.asymmetry_class,
            }
            for driver in self.drivers
        )


def penalty_reward(
    outcome: Any,
    drivers: Any,
    *,
    best: float,
    worst: float,
    names: Sequence[str] | None = None,
    weights: Any = None,
    strata: Any = None,
    clusters: Any = None,
    missing: Missing = "error",
    scale: tuple[int, int] | None = None,
    cuts: tuple[float, float, float, float] = ASYMMETRY_CUTS,
    interval: AsymmetryInterval = "bootstrap",
    level: float = 0.95,
    replicates: int = 1000,
    rng: np.random.Generator | None = None,
) -> PenaltyRewardAnalysis:
    """Contrast the best and the worst answers to every driver with those in the middle.

    ``y = b0 + sum(r_j [x_j >= best] - q_j [x_j <= worst])`` by weighted least squares over all drivers together;
    standard errors are robust to unequal variance.

    Parameters
    ----------
    outcome
        One number per respondent, ``(n_rows,)``, or the name of a column of ``drivers``.
    drivers
        A dataframe of any engine, a mapping of names to columns, or an array ``(n_rows, n_drivers)``.
    best, worst
        Answers of at least ``best`` are a driver's best, of at most ``worst`` its worst.
    names
        What the columns of an array are called; which columns to take where they have names.
    weights, strata, clusters
        How the sample was drawn, ``(n_rows,)`` each.
    missing
        ``"error"`` refuses missing answers, ``"exclude"`` leaves the whole row out and counts it.
    scale
        Lowest and highest answer to the drivers.
    cuts
        The cuts of the asymmetry between the classes.
    interval
        ``"bootstrap"`` percentiles, or ``"delta"`` from the standard errors.
    level
        Nominal coverage.
    replicates
        Number of bootstrap samples.
    rng
        Source of randomness; ``None`` starts the same way every time.

    Returns
    -------
    The analysis.

    Raises
    ------
    RecordError
        If answers are no numbers, off the scale or missing, or weights, strata or clusters unusable.
    SchemaError
        If columns are unknown, named twice or not of one length.
    FitError
        If rows are too few, or a driver has no best, middle or worst answers, each named.
    InvalidValueError
        If cuts, interval, level, replicates or rng are not valid.

    References
    ----------
    Brandt, R. D. (1987). A procedure for identifying value-enhancing service components using customer satisfaction
    survey data. *Add Value to Your Service*. Mikulic, J. and Prebezac, D. (2011). A critical review of techniques for
    classifying quality attributes in the Kano model. *Managing Service Quality* 21, 46-66.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> clean = rng.integers(1, 6, size=2000)
    >>> overall = 8 - 2.0 * (clean == 1) + 0.2 * (clean == 5) + rng.normal(size=2000)
    >>> found = penalty_reward(overall, {"clean": clean}, best=5, worst=1, replicates=200)
    >>> found["clean"].factor, found["clean"].asymmetry_class
    ('basic', 'frustrator')
    """
    _check_settings(best, worst, cuts, interval, level)
    refuse_other_order(drivers=drivers, weights=weights, strata=strata, clusters=clusters)
    table = driver_table(outcome, drivers, names=names, weights=weights, missing=missing, scale=scale)
    plan = resampling_plan(table.n_read, strata=strata, clusters=clusters, kept=table.kept)
    columns, boxes = contrast_columns(table, best, worst)
    beta, spread = robust_coefficients(columns, table.weights, plan)
    samples = np.concatenate(
        [
            coefficients_of(found.covariances)
            for found in resampled_moments(columns, table.weights, plan, replicates=replicates, rng=seeded(rng))
        ]
    )
    effects = Effects(beta, spread, samples, interval, level, cuts)
    drivers_found = tuple(_record(table, boxes, effects, j) for j in range(len(table.names)))
    return PenaltyRewardAnalysis(
        drivers=drivers_found,
        r_squared=explained_share(columns, table.weights, beta),
        n=table.n,
        n_missing=table.n_missing,
        warnings=(CAUTION, *table.warnings, *(text for found in drivers_found for text in _doubts(found))),
    )


def _record(table: DriverTable, boxes: IntArray, effects: Effects, j: int) -> PenaltyReward:
    p, sizes = len(table.names), (table.n, table.effective_n)
    unit = np.eye(2 * p)
    asymmetry = effects.asymmetry(j, p, *sizes)
    low, high = (np.nan if bound is None else bound for bound in (asymmetry.low, asymmetry.high))
    samples = impact_asymmetry(effects.samples[:, j], effects.samples[:, p + j])
    place = np.searchsorted(effects.cuts[1:-1], samples[~np.isnan(samples)], side="right")
    share = np.bincount(place, minlength=3) / max(place.size, 1)
    return PenaltyReward(
        name=table.names[j],
        reward=effects.estimate(unit[j], *sizes),
        penalty=effects.estimate(unit[p + j], *sizes),
        range_of_impact=effects.estimate(unit[j] + unit[p + j], *sizes),
        impact_asymmetry=asymmetry,
        factor=factor_of(low, high, effects.cuts),
        asymmetry_class=asymmetry_class(low, high, effects.cuts),
        factor_probability=(float(share[0]), float(share[1]), float(share[2])),
        n_best=int(boxes[j, 0]),
        n_middle=int(boxes[j, 1]),
        n_worst=int(boxes[j, 2]),
    )


def _doubts(found: PenaltyReward) -> list[str]:
    effects = {"reward": found.reward, "penalty": found.penalty}
    return [
        f"{found.name}: {name} of the wrong sign ({effect.value:.2g}) counts as none in the asymmetry"
        for name, effect in effects.items()
        if effect.value is not None and effect.value < 0.0
    ]


def _check_settings(best: float, worst: float, cuts: Sequence[float], interval: str, level: float) -> None:
    check_choice(interval, ("bootstrap", "delta"), where="interval", what="no such method")
    checked_level(level)
    problems = []
    if not (is_number(best) and is_number(worst) and worst < best):
        allowed, got = "worst < best", f"worst={worst!r}, best={best!r}"
        problems.append(Problem(what="no middle", where="best, worst", allowed=allowed, got=got))
    numbers = list(cuts) if isinstance(cuts, tuple | list | np.ndarray) and all(map(is_number, cuts)) else []
    if len(numbers) != 4 or numbers != sorted(set(numbers)):
        problems.append(
            Problem(what="not four rising cuts", where="cuts", allowed=str(ASYMMETRY_CUTS), got=str(cuts)[:100])
        )
    if problems:
        raise InvalidValueError(*problems)
