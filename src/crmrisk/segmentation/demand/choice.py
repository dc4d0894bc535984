"""Which forecast to use: the one that was least far off, and whether the others were distinguishably worse."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Literal, TypeAlias, get_args

import numpy as np
from scipy.special import stdtrit

from crmrisk.core.arguments import check_choice
from crmrisk.core.errors import InvalidValueError, Problem
from crmrisk.core.estimate import Estimate
from crmrisk.segmentation.demand.rolling_origin import ForecastErrors, known_mean, rolling_origin_error

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd
    from numpy.typing import ArrayLike

    from crmrisk.core.arrays import FloatArray
    from crmrisk.core.progress import Bar, Progress
    from crmrisk.segmentation.demand.rolling_origin import Forecaster
    from crmrisk.segmentation.demand.seasons import Season
    from crmrisk.segmentation.demand.series import DemandSeries

__all__ = ["Criterion", "ForecastChoice", "choose_forecast"]

Criterion: TypeAlias = Literal["rmsse", "mse", "mase", "mae"]
"""What is compared: squared errors (the best forecast is the mean) or absolute ones (it is the median)."""

_USUAL = ("croston", "sba", "tsb", "needs", "mean", "naive", "zero")


@dataclass(frozen=True, kw_only=True, eq=False)
class ForecastChoice:
    """Hold the forecast that was least far off, and how the others compare.

    Parameters
    ----------
    method
        The winner.
    verdict
        ``"better"`` where every other method is distinguishably worse, else ``"not distinguishable yet"``.
    behind
        Other method to how much higher its loss is, in the unit of the criterion (squared where that is a root).
    criterion
        What was compared.
    errors
        The errors behind it.

    Examples
    --------
    >>> rng = np.random.default_rng(3)
    >>> demand = rng.poisson(20, (40, 16))
    >>> choice = choose_forecast(demand, methods=["mean", "naive", "zero"])
    >>> choice.method, choice.verdict
    ('mean', 'better')
    """

    method: str
    verdict: Literal["better", "not distinguishable yet"]
    behind: Mapping[str, Estimate]
    criterion: Criterion
    errors: ForecastErrors

    __hash__: ClassVar[None] = None  # type: ignore[assignment]  # arrays have no hash

    @property
    def winner(self) -> str:
        """The method that was least far off."""
        return self.method

    @property
    def skipped(self) -> Mapping[str, str]:
        """Method that gave no forecast to the reason: too short for a season, too irregular to smooth."""
        return self.errors.skipped

    @property
    def indistinguishable(self) -> tuple[str, ...]:
        """The other methods that may be as good."""
        return tuple(name for name, each in self.behind.items() if not _worse(each))

    @property
    def reason(self) -> str:
        """Why, in words.

        Examples
        --------
        >>> choose_forecast([[1, 2, 1, 2, 1, 2]], methods=["mean", "naive"], origins=2).reason
        'mean has the lowest rmsse over 2 forecasts; not distinguishable yet from naive'
        """
        told = f"{self.method} has the lowest {self.criterion} over {self.errors.n_forecasts:,} forecasts"
        doubt = f"; not distinguishable yet from {', '.join(self.indistinguishable)}" if self.indistinguishable else ""
        left = f"; left out: {', '.join(self.skipped)}" if self.skipped else ""
        return told + doubt + left

    def __str__(self) -> str:
        return self.reason

    def frame(self) -> pd.DataFrame:
        """Return a pandas frame, one row per method, with how much higher its loss is than the winner's.

        Examples
        --------
        >>> choice = choose_forecast([1, 2, 1, 2, 1, 2], methods=["mean", "naive"], origins=2)
        >>> choice.frame()["distinguishable"].tolist()
        [False, False]
        """
        frame = self.errors.frame()
        parts = {"behind": "value", "behind_low": "low", "behind_high": "high"}
        for column, name in parts.items():
            frame[column] = [getattr(self.behind.get(method), name, None) for method in frame["method"]]
        frame["distinguishable"] = [_worse(self.behind.get(method)) for method in frame["method"]]
        return frame


def choose_forecast(
    demand: DemandSeries | ArrayLike | Sequence[Sequence[float | None]],
    *,
    methods: Sequence[str] | Mapping[str, Forecaster] = _USUAL,
    criterion: Criterion = "rmsse",
    horizon: int = 1,
    origins: int | None = None,
    min_periods: int = 2,
    season: Season = "calendar",
    level: float = 0.95,
    progress: Progress | Bar | None = None,
) -> ForecastChoice:
    """Choose the method that was least far off at the last origins, for all series together.

    The others are compared forecast by forecast. The standard error is the larger of the one over series and the one
    over origins, because a bad month is bad for all series at once; with a single origin it is that over series.

    Parameters
    ----------
    demand, methods, horizon, origins, min_periods, season, progress
        As for `rolling_origin_error`.
    criterion
        What is compared: ``"rmsse"`` by default, because absolute errors (``"mase"``, ``"mae"``) prefer a forecast of
        zero wherever most periods are empty.
    level
        Nominal coverage of the differences and of the prediction intervals.

    Raises
    ------
    InvalidValueError
        If there is no such criterion or method, or the demand is too short.

    Examples
    --------
    >>> choose_forecast([[0, 0, 5, 0, 5, 0, 0, 0]] * 3, methods=["tsb", "zero"], origins=2, criterion="mae").method
    'zero'
    """
    check_choice(criterion, get_args(Criterion), where="criterion", what="no such criterion")
    errors = rolling_origin_error(
        demand,
        methods=methods,
        horizon=horizon,
        origins=origins,
        min_periods=min_periods,
        season=season,
        level=level,
        progress=progress,
    )
    losses = {name: errors.loss(name, criterion) for name in errors.errors}
    if np.isnan(next(iter(losses.values()))).all():
        what, remedy = "no series moved before its origin, so nothing can be scaled", 'criterion="mse"'
        raise InvalidValueError(Problem(what=what, where="demand", remedy=remedy))
    best = min(losses, key=lambda name: known_mean(losses[name]))
    behind = {name: _behind(loss - losses[best], level, criterion) for name, loss in losses.items() if name != best}
    decided = bool(behind) and all(_worse(each) for each in behind.values())
    verdict: Literal["better", "not distinguishable yet"] = "better" if decided else "not distinguishable yet"
    return ForecastChoice(method=best, verdict=verdict, behind=behind, criterion=criterion, errors=errors)


def _behind(difference: FloatArray, level: float, criterion: str) -> Estimate:
    value, n = known_mean(difference), int((~np.isnan(difference)).sum())
    spreads = [_spread(difference, level), _spread(difference.T, level)]
    known = [each for each in spreads if each is not None]
    method = f"paired difference of {criterion}, by series or origin"
    if not known:
        doubt = ("one forecast only: nothing to judge the difference by",)
        return Estimate(value=value, level=level, method=method, n=n, warnings=doubt)
    half, error = max(known)
    return Estimate(
        value=value, standard_error=error, low=value - half, high=value + half, level=level, method=method, n=n
    )


def _spread(difference: FloatArray, level: float) -> tuple[float, float] | None:
    """Return half the width of Student's interval of the mean over columns, and the standard error."""
    count = (~np.isnan(difference)).sum(axis=0)
    means = np.nansum(np.sort(difference, axis=0), axis=0)[count > 0] / count[count > 0]
    weights = count[count > 0] / count.sum()
    if means.size < 2:
        return None
    order = np.lexsort((weights, means))  # the same bits in any order of series
    means, weights = means[order], weights[order]
    centre = float((weights * means).sum())
    error = float(np.sqrt((weights**2 * (means - centre) ** 2).sum() * means.size / (means.size - 1)))
    return float(stdtrit(means.size - 1, (1.0 + level) / 2.0)) * error, error


def _worse(behind: Estimate | None) -> bool:
    return behind is not None and behind.low is not None and behind.low > 0.0
