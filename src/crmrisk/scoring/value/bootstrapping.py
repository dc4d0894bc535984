"""How sure a prediction is, by fitting again and again to customers simulated from the fitted model.

The delta method of `intervals` takes log-parameters as normal and a quantity as nearly linear in them. The parametric
bootstrap takes neither for granted and costs a fit per replicate; fits are kept, so that one bootstrap serves every
quantity. Intervals are the basic percentile kind: the quantiles of the quantity over the replicates.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Generic, TypeVar, cast

import numpy as np

from crmrisk.core.arguments import checked_level, is_whole, kind_problems, random_source_problems, refuse
from crmrisk.core.errors import FitError, InvalidValueError, Problem
from crmrisk.core.model import Model
from crmrisk.core.progress import progress_callback
from crmrisk.scoring.value.histories import checked_numbers, checked_weights
from crmrisk.scoring.value.intervals import PredictionInterval
from crmrisk.scoring.value.model_fit import ModelFit

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import ArrayLike

    from crmrisk.core.arrays import FloatArray
    from crmrisk.core.progress import Bar, Progress

__all__ = ["Bootstrap", "BootstrapInterval", "bootstrap", "bootstrap_interval"]

M = TypeVar("M", bound=Model)


@dataclass(frozen=True, eq=False, kw_only=True)
class BootstrapInterval(PredictionInterval):
    """Hold predictions with percentile intervals, and how the refits behind them went.

    Parameters
    ----------
    n_replicates
        How many refits the interval rests on.
    n_failed
        Simulated data sets that could not be fitted at all; they are not part of the interval.
    n_not_identified
        Refits with a parameter the simulated data do not identify; they *are* part of the interval, since leaving
        them out would make it look narrower than it is.

    Examples
    --------
    >>> BootstrapInterval(value=1, standard_error=0.1, low=0.8, high=1.2, n_replicates=200).n_failed
    0
    """

    method: str = "bootstrap percentile"
    n_replicates: int = 0
    n_failed: int = 0
    n_not_identified: int = 0


@dataclass(frozen=True, eq=False, kw_only=True)
class Bootstrap(Generic[M]):
    """Hold a model and the models fitted to customers simulated from it.

    Parameters
    ----------
    model
        The model everything was simulated from.
    replicates
        The models found in simulated data.
    n_failed
        Simulated data sets that could not be fitted at all.
    n_not_identified
        Refits with a parameter the simulated data do not identify.

    Examples
    --------
    >>> from crmrisk.scoring.value import ShiftedBetaGeometric
    >>> model = ShiftedBetaGeometric(alpha=0.7, beta=1.2)
    >>> replicates = tuple(ShiftedBetaGeometric(alpha=0.7, beta=beta) for beta in np.linspace(1, 1.4, 41))
    >>> Bootstrap(model=model, replicates=replicates).interval(lambda model: model.survival([1, 2])).low.round(3)
    array([0.588, 0.436])
    """

    model: M
    replicates: tuple[M, ...]
    n_failed: int = 0
    n_not_identified: int = 0

    def interval(self, quantity: Callable[[M], FloatArray], *, level: float = 0.95) -> BootstrapInterval:
        """Compute percentile intervals of any quantity.

        Parameters
        ----------
        quantity
            Computes predictions from a model, an array of any shape; all replicates of it are held in memory.
        level
            The level of confidence.

        Returns
        -------
        The intervals; the value is that of the model itself. NaN in any replicate leaves none, and so do replicates
        that all leave a parameter unidentified: they say nothing of how sure the value is.

        Raises
        ------
        InvalidValueError
            If the level is not within (0, 1), or there are too few replicates for it.
        """
        _check_enough(len(self.replicates), level)
        values = np.stack([np.asarray(quantity(model), dtype=np.float64) for model in self.replicates])
        # the k-th of n replicates lies at k / (n + 1): other rules make intervals of few replicates too short
        low, high = np.quantile(values, [0.5 - level / 2, 0.5 + level / 2], axis=0, method="weibull")
        known = 1.0 if self.n_not_identified < len(self.replicates) else np.nan
        return BootstrapInterval(
            value=quantity(self.model),
            standard_error=known * _deviation(values),
            low=known * low,
            high=known * high,
            level=level,
            n_replicates=len(self.replicates),
            n_failed=self.n_failed,
            n_not_identified=self.n_not_identified,
        )


def bootstrap(
    fit: ModelFit[M],
    *,
    observed: ArrayLike,
    rng: np.random.Generator,
    weights: ArrayLike | None = None,
    n_replicates: int = 200,
    refit: Callable[..., ModelFit[M]] | None = None,
    progress: Progress | Bar | None = None,
) -> Bootstrap[M]:
    """Fit again to customers simulated from a fitted model, as often as asked.

    Parameters
    ----------
    fit
        The fit.
    observed
        How long each customer was observed, as ``simulate`` of the model takes it, ``(n_rows,)``: the ages of buyers
        [time unit], opportunities or periods, repeat purchases for `GammaGamma`; one for each customer of the fit.
    rng
        The source of randomness.
    weights
        How many customers each row stands for, whole numbers, ``(n_rows,)``.
    n_replicates
        How many times.
    refit
        What fits simulated data where ``type(model).fit`` alone does not do, for instance because of a prior; there
        may then be more or fewer customers than the fit has.
    progress
        A callback, called with (done, all); ``"bar"`` for a bar.

    Returns
    -------
    The refitted models. Simulated data that cannot be fitted are counted, as are refits that do not identify every
    parameter.

    Raises
    ------
    InvalidValueError
        If weights are no whole numbers, there is less than one replicate, more or fewer customers than were fitted,
        or a model is given for a fit.
    FitError
        If not one replicate could be fitted.

    References
    ----------
    B. Efron and R. J. Tibshirani (1993), An Introduction to the Bootstrap, chapters 6.5 and 13.

    Examples
    --------
    >>> from crmrisk.scoring.value import ShiftedBetaGeometric
    >>> fit = ShiftedBetaGeometric.fit([1, 2, 3, 4], [1, 1, 1, 0], weights=[131, 126, 90, 653])
    >>> rng = np.random.default_rng(20261122)
    >>> found = bootstrap(fit, observed=[4], weights=[1000], n_replicates=40, rng=rng)
    >>> len(found.replicates), found.n_failed
    (40, 0)
    """
    refuse(_fit_problems(fit), random_source_problems(rng), _number_problems(n_replicates))
    customers = _customers(observed, weights)
    if refit is None:
        _check_total(fit, customers.size)
    fitted = refit or cast("Any", fit.model).fit
    report = progress_callback(progress)
    fits: list[ModelFit[M]] = []
    failures: list[FitError] = []
    for done in range(1, n_replicates + 1):
        sample = _sample(fit.model, customers, rng)
        try:
            fits.append(fitted(*sample))
        except FitError as error:
            failures.append(error)
        report(done, n_replicates)
    if not fits:
        raise failures[-1]
    vague = sum(1 for found in fits if found.not_identified)
    models = tuple(found.model for found in fits)
    return Bootstrap(model=fit.model, replicates=models, n_failed=len(failures), n_not_identified=vague)


def bootstrap_interval(
    fit: ModelFit[M],
    quantity: Callable[[M], FloatArray],
    *,
    observed: ArrayLike,
    rng: np.random.Generator,
    weights: ArrayLike | None = None,
    n_replicates: int = 200,
    level: float = 0.95,
    refit: Callable[..., ModelFit[M]] | None = None,
    progress: Progress | Bar | None = None,
) -> BootstrapInterval:
    """Compute intervals of one quantity by the parametric bootstrap; for several quantities keep a `bootstrap`.

    Parameters
    ----------
    fit
        The fit.
    quantity
        Computes predictions from a model, an array of any shape.
    observed, weights
        How long each customer was observed, and how many customers each row stands for; see `bootstrap`.
    n_replicates
        How many refits.
    level
        The level of confidence.
    rng
        The source of randomness.
    refit
        What fits simulated data where ``type(model).fit`` alone does not do.
    progress
        A callback, called with (done, all); ``"bar"`` for a bar.

    Returns
    -------
    Basic percentile intervals.

    Raises
    ------
    InvalidValueError
        If an argument is not what it should be.
    FitError
        If not one replicate could be fitted.

    Examples
    --------
    >>> from crmrisk.scoring.value import ShiftedBetaGeometric
    >>> fit = ShiftedBetaGeometric.fit([1, 2, 3, 4], [1, 1, 1, 0], weights=[131, 126, 90, 653])
    >>> found = bootstrap_interval(
    ...     fit, lambda model: model.survival(6),
    ...     observed=[4], weights=[1000], n_replicates=40, rng=np.random.default_rng(20261122),
    ... )
    >>> bool(found.low < found.value < found.high)
    True
    """
    _check_enough(n_replicates, level)
    found = bootstrap(
        fit, observed=observed, weights=weights, n_replicates=n_replicates, rng=rng, refit=refit, progress=progress
    )
    return found.interval(quantity, level=level)


def _customers(observed: ArrayLike, weights: ArrayLike | None) -> FloatArray:
    rows = np.atleast_1d(checked_numbers({"observed": observed})["observed"])
    counts = checked_weights(weights, rows.size)
    if counts is None:
        return rows
    if (counts != np.floor(counts)).any():
        raise InvalidValueError(Problem(what="fractional value(s)", where="weights", allowed="whole numbers"))
    return np.repeat(rows, counts.astype(np.int64))


def _fit_problems(fit: object) -> list[Problem]:
    remedy = "pass the fit itself, not the model in it" if isinstance(fit, Model) else ""
    return [replace(problem, where="fit", remedy=remedy) for problem in kind_problems(fit, ModelFit, where="fit")]


def _number_problems(n_replicates: int) -> list[Problem]:
    if is_whole(n_replicates) and n_replicates >= 1:
        return []
    got = repr(n_replicates)[:100]
    return [Problem(what="no number of refits", where="n_replicates", allowed="a whole number >= 1", got=got)]


def _check_total(fit: ModelFit[M], n_customers: int) -> None:
    """Check that samples are of the size that was fitted: an interval is about that many customers."""
    if min(abs(n_customers - fit.n), abs(n_customers - fit.n - fit.n_left_out)) < 1:
        return
    allowed = f"{fit.n:g} customers, as fitted"
    if fit.n_left_out:
        allowed += f", or {fit.n + fit.n_left_out:g} with those left out"
    remedy = "one value per customer, or weights= that count them"
    raise InvalidValueError(
        Problem(
            what="another number of customers", where="observed", allowed=allowed, got=str(n_customers), remedy=remedy
        )
    )


def _sample(model: Model, customers: FloatArray, rng: np.random.Generator) -> tuple[FloatArray, ...]:
    """Simulate customers, as ``fit`` of the model takes them: without who is alive, which nobody sees."""
    simulated = cast("Any", model).simulate(customers, rng=rng)
    if isinstance(simulated, tuple):
        seen = simulated._asdict()  # type: ignore[attr-defined]  # a named tuple
        return tuple(values for name, values in seen.items() if name != "alive")
    return customers, np.nan_to_num(simulated)  # the mean spend of so many purchases, not looked at where none


def _check_enough(n_replicates: int, level: float) -> None:
    refuse(_number_problems(n_replicates))
    needed = int(np.ceil(2 / (1 - checked_level(level)) - 1e-9)) - 1
    if n_replicates < needed:
        allowed = f">= {needed} for a level of {level:g}"
        raise InvalidValueError(Problem(what="too few replicates", allowed=allowed, got=str(n_replicates)))


def _deviation(values: FloatArray) -> FloatArray:
    """Compute the standard deviation over replicates, one after another: a row must not depend on its company."""
    mean = sum(values, start=np.zeros(values.shape[1:])) / len(values)
    squares = sum(((row - mean) ** 2 for row in values), start=np.zeros(values.shape[1:]))
    deviation: FloatArray = np.sqrt(squares / max(len(values) - 1, 1))
    return deviation
