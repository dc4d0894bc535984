"""How far off forecasts are: made again at every origin with what was known then, and compared with what came.

The mean absolute error likes a forecast of zero where most periods are empty, so no method is judged by it alone: the
errors stand beside those of the naive and of the zero forecast, and the squared ones, which like the mean, beside them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple, TypeAlias

import numpy as np

from crmrisk.core.arguments import choice_problems, is_whole, refuse
from crmrisk.core.errors import FitError, InvalidValueError, Problem
from crmrisk.core.expecting import expect
from crmrisk.core.progress import Bar, Progress, progress_callback
from crmrisk.segmentation.demand.forecast import ForecastResult, check_ahead
from crmrisk.segmentation.demand.forecasting import check_forecast_method, forecast_demand
from crmrisk.segmentation.demand.series import DemandSeries, as_demand

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import ArrayLike

    from crmrisk.core.arrays import FloatArray
    from crmrisk.segmentation.demand.seasons import Season

__all__ = ["ForecastErrors", "Forecaster", "OriginErrors", "known_mean", "rolling_origin_error"]

Forecaster: TypeAlias = Callable[[DemandSeries], ForecastResult]
"""A method of the caller's: what was known in, the forecast out, as many periods ahead as the horizon."""

_CRITERIA = ("mae", "mse", "mase", "rmsse")
_ORIGINS = 6
_USUAL = ("croston", "sba", "tsb", "needs", "mean", "naive", "zero")


class OriginErrors(NamedTuple):
    """Hold one method's errors, averaged over the periods of each forecast, ``(n_origins, n_series)`` each.

    Examples
    --------
    >>> OriginErrors(*np.zeros((4, 2, 3))).absolute.shape
    (2, 3)
    """

    absolute: FloatArray
    squared: FloatArray
    signed: FloatArray
    """Forecast minus what came."""

    covered: FloatArray
    """The share of periods inside the prediction interval; NaN where there is none."""


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class ForecastErrors:
    """Hold the errors of several methods on the same forecasts.

    Parameters
    ----------
    series
        The demand.
    origins
        How many periods were known at each origin, ``(n_origins,)``.
    horizon
        How many periods ahead each forecast looked.
    errors
        Method to its errors; NaN where some method gave no forecast, so that all are judged on the same.
    scale
        Mean absolute and mean squared difference of neighbouring periods known at each origin,
        ``(2, n_origins, n_series)``; NaN where it is 0 or unknown.
    skipped
        Method that gave no forecast at all to the reason.
    warnings
        What the reader should know.

    Examples
    --------
    >>> errors = rolling_origin_error([0, 0, 4, 0, 4, 0, 0, 4, 0, 4, 0, 0], methods=["tsb", "naive", "zero"], origins=4)
    >>> errors.frame().set_index("method")[["mae", "mae_vs_naive", "mae_vs_zero"]].round(2).loc["tsb"].tolist()
    [1.86, 0.62, 1.86]
    """

    series: DemandSeries
    origins: tuple[int, ...]
    horizon: int
    errors: Mapping[str, OriginErrors]
    scale: FloatArray
    skipped: Mapping[str, str] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()

    __hash__: ClassVar[None] = None  # type: ignore[assignment]  # arrays have no hash

    def __post_init__(self) -> None:
        for array in (self.scale, *(part for each in self.errors.values() for part in each)):
            array.flags.writeable = False
        for name in ("errors", "skipped"):
            object.__setattr__(self, name, MappingProxyType(dict(getattr(self, name))))

    def __repr__(self) -> str:
        return f"ForecastErrors({', '.join(self.errors)}; {self.n_forecasts:,} forecasts of {self.horizon} periods)"

    @property
    def n_forecasts(self) -> int:
        """How many forecasts every method was judged by."""
        return int((~np.isnan(next(iter(self.errors.values())).absolute)).sum())

    def loss(self, method: str, criterion: str) -> FloatArray:
        """Return what a criterion averages, ``(n_origins, n_series)``.

        Parameters
        ----------
        method
            Whose.
        criterion
            ``"mae"``, ``"mse"``, ``"mase"`` (absolute error over the scale) or ``"rmsse"`` (squared, over its scale).

        Raises
        ------
        InvalidValueError
            If there is no such method or criterion.

        Examples
        --------
        >>> rolling_origin_error([1, 2, 3, 4, 5], methods=["naive"], origins=1).loss("naive", "mase")
        array([[1.]])
        """
        refuse(
            choice_problems(method, self.errors, where="method", what="no errors of it"),
            choice_problems(criterion, _CRITERIA, where="criterion", what="no such criterion"),
        )
        each = self.errors[method]
        losses = {"mae": each.absolute, "mse": each.squared}
        scaled = {"mase": each.absolute / self.scale[0], "rmsse": each.squared / self.scale[1]}
        return np.asarray((losses | scaled)[criterion])

    def frame(self) -> pd.DataFrame:
        """Return a pandas frame, one row per method, the least scaled squared error first.

        ``mae_vs_naive`` and ``mae_vs_zero`` are ratios, below 1 where the method is better; ``n_scaled`` counts the
        forecasts behind ``mase`` and ``rmsse``, whose series had moved by their origin.

        Examples
        --------
        See `ForecastErrors`.
        """
        import pandas as pd  # noqa: PLC0415 - a heavy import that only this call needs

        rows = pd.DataFrame([self._row(method) for method in self.errors])
        for other in ("naive", "zero"):
            base = known_mean(self.errors[other].absolute) if other in self.errors else np.nan
            rows[f"mae_vs_{other}"] = rows["mae"] / base if base > 0.0 else np.nan
        return rows.sort_values("rmsse", kind="stable").reset_index(drop=True)

    def _row(self, method: str) -> dict[str, str | float]:
        each = self.errors[method]
        scaled = self.loss(method, "rmsse")
        return {
            "method": method,
            "n_forecasts": self.n_forecasts,
            "mae": known_mean(each.absolute),
            "rmse": float(np.sqrt(known_mean(each.squared))),
            "bias": known_mean(each.signed),
            "mase": known_mean(self.loss(method, "mase")),
            "rmsse": float(np.sqrt(known_mean(scaled))),
            "n_scaled": int((~np.isnan(scaled)).sum()),
            "coverage": known_mean(each.covered),
        }


def rolling_origin_error(
    demand: DemandSeries | ArrayLike | Sequence[Sequence[float | None]],
    *,
    methods: Sequence[str] | Mapping[str, Forecaster] = _USUAL,
    horizon: int = 1,
    origins: int | None = None,
    min_periods: int = 2,
    season: Season = "calendar",
    level: float = 0.95,
    progress: Progress | Bar | None = None,
) -> ForecastErrors:
    """Measure how far off forecasts would have been at the last origins.

    A method that gives no forecast at any origin is left out, with the reason. All others are judged on the forecasts
    that every one of them gave.

    Parameters
    ----------
    demand
        A `DemandSeries`, or numbers ``(n_periods,)`` or ``(n_series, n_periods)``.
    methods
        Names of methods as in `forecast_demand`, or name to a function of what was known.
    horizon
        How many periods ahead each forecast looks.
    origins
        How many times it is made, a period apart, the last time ``horizon`` periods before the end; by default 6, or
        as many as there are.
    min_periods
        The fewest periods of a series known at an origin.
    season
        As for `forecast_demand`.
    level
        Nominal coverage of the prediction intervals.
    progress
        A callback, or ``"bar"``.

    Raises
    ------
    InvalidValueError
        If there is no such method, the demand is too short, or no forecast can be judged.

    References
    ----------
    Hyndman, R. J. and Koehler, A. B. (2006). Another look at measures of forecast accuracy. *International Journal of
    Forecasting* 22, 679-688 (MASE).

    Examples
    --------
    >>> errors = rolling_origin_error([5, 6, 5, 6, 5, 6, 5, 6], methods=["mean", "naive"], origins=3)
    >>> errors.frame()["method"].tolist()
    ['mean', 'naive']
    """
    series = as_demand(demand)
    check_ahead(horizon, level)
    named = _forecasters(methods, horizon=horizon, season=season, level=level)
    last = len(series.periods) - horizon
    times = _checked_origins(origins, min_periods, last)
    report, steps = progress_callback(progress), range(last - times + 1, last + 1)
    made: dict[str, list[_Made]] = {name: [] for name in named}
    scales = []
    for done, origin in enumerate(steps, start=1):
        known, coming = series.until(origin), series.demand[:, origin : origin + horizon]
        unjudged = known.known.sum(axis=1) < min_periods
        for name, forecaster in named.items():
            made[name].append(_made(forecaster, known, coming, unjudged))
        scales.append(_scales(known.demand))
        report(done, times)
    errors, skipped = _judged(made)
    return ForecastErrors(
        series=series,
        origins=tuple(steps),
        horizon=horizon,
        errors=_shared(errors),
        scale=np.stack(scales, axis=1),
        skipped=skipped,
        warnings=_narrowed(errors),
    )


def _forecasters(methods: object, **settings: Any) -> dict[str, Forecaster]:
    if isinstance(methods, Mapping):
        named = dict(methods)
        if named and all(isinstance(name, str) and callable(each) for name, each in named.items()):
            return named
    elif isinstance(methods, Sequence) and not isinstance(methods, str) and methods:
        for method in methods:
            check_forecast_method(method)
        return {name: partial(forecast_demand, method=name, **settings) for name in methods}
    allowed = "a list of names, or name to function"
    raise InvalidValueError(Problem(what="no methods", where="methods", allowed=allowed, got=repr(methods)[:100]))


def _checked_origins(origins: int | None, min_periods: int, last: int) -> int:
    few = [
        Problem(what="too few", where=where, allowed="a whole number >= 1", got=repr(value))
        for where, value in (("origins", 1 if origins is None else origins), ("min_periods", min_periods))
        if not is_whole(value) or value < 1
    ]
    refuse(few)
    most = max(last - min_periods + 1, 0)
    times = min(_ORIGINS, max(most, 1)) if origins is None else origins
    if times > most:
        allowed = f"at most {most}"
        what = "more origins than the demand is long enough for"
        raise InvalidValueError(Problem(what=what, where="origins", allowed=allowed, got=str(times)))
    return times


class _Made(NamedTuple):
    errors: OriginErrors
    doubt: str
    """Why there may be no forecast."""


def _made(forecaster: Forecaster, known: DemandSeries, coming: FloatArray, unjudged: object) -> _Made:
    try:
        forecast = forecaster(known)
    except FitError as error:
        return _Made(OriginErrors(*np.full((4, len(known)), np.nan)), str(error))
    expect(forecast, ForecastResult, where="methods", remedy="a function returns what forecast_demand returns")
    return _Made(_errors(forecast, coming, unjudged), "; ".join(forecast.warnings))


def _judged(made: Mapping[str, list[_Made]]) -> tuple[dict[str, OriginErrors], dict[str, str]]:
    """Leave out methods that gave no forecast at all, unless that is every one."""
    tables = {
        name: OriginErrors(*map(np.array, zip(*(each.errors for each in times), strict=True)))
        for name, times in made.items()
    }
    silent = [name for name, each in tables.items() if np.isnan(each.absolute).all()]
    if len(silent) == len(tables):
        said = dict.fromkeys(times[-1].doubt for times in made.values() if times[-1].doubt)
        remedy = "longer series, or other methods"
        got = "; ".join(said)[:300] or "none"
        raise InvalidValueError(Problem(what="no method gave a forecast", where="methods", got=got, remedy=remedy))
    skipped = {name: made[name][-1].doubt or "no forecast of any series" for name in silent}
    return {name: each for name, each in tables.items() if name not in skipped}, skipped


def _narrowed(errors: Mapping[str, OriginErrors]) -> tuple[str, ...]:
    """Say which methods keep the others from being judged on all their forecasts."""
    given = {name: int((~np.isnan(each.absolute)).sum()) for name, each in errors.items()}
    most = max(given.values())
    return tuple(
        f"{name} gave {n:,} of {most:,} forecasts; no other is judged on more" for name, n in given.items() if n < most
    )


def _errors(forecast: ForecastResult, coming: FloatArray, unjudged: object) -> OriginErrors:
    if forecast.forecast.shape != coming.shape:
        got = str(forecast.forecast.shape)
        what = f"{forecast.method} gave another number of forecasts"
        raise InvalidValueError(Problem(what=what, where="methods", allowed=str(coming.shape), got=got))
    off = np.where(np.asarray(unjudged)[:, None], np.nan, forecast.forecast - coming)
    inside = ((coming >= forecast.low) & (coming <= forecast.high)).astype(np.float64)
    covered = np.where(np.isnan(off + forecast.low + forecast.high), np.nan, inside)
    return OriginErrors(*(_row_mean(part) for part in (np.abs(off), off**2, off, covered)))


def _row_mean(values: FloatArray) -> FloatArray:
    total = np.zeros(len(values))
    for column in values.T:  # period by period, so that a series alone gives the same bits
        total += column
    return np.asarray(total / values.shape[1])


def _scales(known: FloatArray) -> FloatArray:
    steps = np.diff(known, axis=1)
    count, absolute, square = np.zeros((3, len(known)))
    for step in steps.T:
        count += ~np.isnan(step)
        absolute += np.nan_to_num(np.abs(step))
        square += np.nan_to_num(step) ** 2
    parts = (
        np.divide(part, count, out=np.full(len(known), np.nan), where=absolute > 0.0) for part in (absolute, square)
    )
    return np.array(list(parts))


def _shared(errors: dict[str, OriginErrors]) -> dict[str, OriginErrors]:
    """Keep the forecasts that every method gave."""
    missing = np.any([np.isnan(each.absolute) for each in errors.values()], axis=0)
    if missing.all():
        remedy = "leave out the method that gives none, or pass longer series"
        raise InvalidValueError(Problem(what="no forecast that every method gave", where="methods", remedy=remedy))
    return {name: OriginErrors(*(np.where(missing, np.nan, part) for part in each)) for name, each in errors.items()}


def known_mean(values: FloatArray) -> float:
    """Average what is known, to the same bits in any order of series.

    Parameters
    ----------
    values
        Of any shape; NaN is not known.

    Examples
    --------
    >>> known_mean(np.array([[1.0, np.nan], [3.0, 2.0]]))
    2.0
    """
    known = np.sort(values[~np.isnan(values)])
    return float(known.mean()) if known.size else float("nan")
