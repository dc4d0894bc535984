"""Choose a model of purchases by what it said beforehand of what customers then did."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import numpy as np

from crmrisk.core.arguments import refuse
from crmrisk.core.errors import InvalidValueError, Problem
from crmrisk.core.progress import progress_callback
from crmrisk.scoring.value.checking.asking import asked_models
from crmrisk.scoring.value.checking.choice import Judged, best_of, log_probability
from crmrisk.scoring.value.checking.holdout import Holdout
from crmrisk.scoring.value.names import PURCHASES, Family
from crmrisk.scoring.value.nbd import NBD
from crmrisk.scoring.value.pareto import ParetoNBD
from crmrisk.scoring.value.time_spans import DAY

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date, datetime

    from crmrisk.core.progress import Bar, Progress
    from crmrisk.scoring.value.buying import BuyingUntilDropout
    from crmrisk.scoring.value.checking.choice import ModelChoice

__all__ = ["choose_model"]

_MEMBERS: dict[str, type[BuyingUntilDropout]] = {NBD.__name__: NBD, **PURCHASES.members}
CANDIDATES: Family[BuyingUntilDropout] = Family(PURCHASES.what, PURCHASES.usual, _MEMBERS)
"""The family and the model without dropout."""


def choose_model(
    purchases: Any,
    calibration_end: date | datetime | None = None,
    holdout_end: date | datetime | None = None,
    *,
    models: Iterable[str | type[BuyingUntilDropout]] | None = None,
    refit: bool = False,
    time_unit: timedelta = timedelta(days=1),
    rename: Mapping[str, str] | None = None,
    progress: Progress | Bar | None = None,
) -> ModelChoice:
    """Fit the family of purchase models to a calibration period, and choose the one that foresaw the holdout best.

    Each model is judged by Σ_i ln P(Y_i(holdout) = y_i | x_i, t_x_i, T_i). Differences within two standard errors,
    paired customer by customer, are not distinguishable: then the model with fewer parameters is preferred, and of
    those with as many the faster. Where their standard error is not known (one customer, or all alike), no difference
    is distinguishable. A model with parameters the calibration does not determine is chosen only if there is no other.

    Parameters
    ----------
    purchases
        A `Holdout`; or `Evidence`, or a table of purchases, to be split as `hold_out` does.
    calibration_end, holdout_end, time_unit, rename
        How to split; not for a `Holdout`, for anything else the end of the calibration is needed.
    models
        Names or classes; all of the family and the model without dropout unless given.
    refit
        Whether to fit the best once more to everything known at the end of the holdout, newer customers included.
    progress
        Called with (done, all) after each model; ``"bar"`` shows one (extra ``progress``).

    Raises
    ------
    InvalidValueError
        If there is no end of the calibration, or anything on how to split beside a `Holdout`, no model or an unknown
        one, nothing to fit again to, or progress cannot be called.
    FitError
        If nobody has bought by the end of the calibration.
    EvidenceError
        If the table cannot be split.

    Examples
    --------
    >>> from crmrisk.scoring.value.checking import Holdout
    >>> rng = np.random.default_rng(20261122)
    >>> rate, age = rng.gamma(0.8, 1 / 5, 500), np.full(500, 40.0)  # nobody ever drops out
    >>> x = rng.poisson(rate * age)
    >>> holdout = Holdout(
    ...     x, np.where(x > 0, age * rng.random(500) ** (1 / np.maximum(x, 1)), 0), age,
    ...     purchases=rng.poisson(rate * 20), duration=20,
    ... )
    >>> choose_model(holdout, models=["BetaGeoNBD", "NBD"]).best
    'NBD'
    """
    kinds = asked_models(models, CANDIDATES)
    _refuse_uncallable(progress)
    holdout = _holdout(purchases, calibration_end, holdout_end, time_unit, rename)
    if refit and holdout.complete is None:
        what, remedy = "nothing to fit again to", "use hold_out(...), or pass complete=Histories(...)"
        raise InvalidValueError(Problem(what=what, where="refit", remedy=remedy))
    report, judged = progress_callback(progress), []
    for done, kind in enumerate(kinds, start=1):
        judged.append(_judged(kind, holdout))
        report(done, len(kinds))
    choice = best_of(judged, holdout.purchases, np.ones(len(holdout)))
    if not refit or holdout.complete is None:
        return choice
    best = next(kind for kind in kinds if kind.__name__ == choice.best)
    return replace(choice, fit=best.fit(*holdout.complete), refitted=True)


def _holdout(
    purchases: Any,
    start: date | datetime | None,
    end: date | datetime | None,
    time_unit: timedelta,
    rename: Mapping[str, str] | None,
) -> Holdout:
    if isinstance(purchases, Holdout):
        told: dict[str, object] = {"calibration_end": start, "holdout_end": end, "rename": rename}
        told |= {"time_unit": None if time_unit == DAY else time_unit}
        what, remedy = "a Holdout is split already", "leave it out, or pass the table of purchases"
        refuse([
            Problem(what=what, where=name, got=repr(value)[:100], remedy=remedy)
            for name, value in told.items()
            if value is not None
        ])  # fmt: skip
        return purchases
    if start is None:
        remedy = "pass calibration_end, or a Holdout"
        raise InvalidValueError(Problem(what="no end of the calibration", where="choose_model", remedy=remedy))
    from crmrisk.scoring.value.checking.splitting import hold_out  # noqa: PLC0415 - reads evidence, a heavy import

    return hold_out(purchases, start, end, time_unit=time_unit, rename=rename)


def _refuse_uncallable(progress: object) -> None:
    if not (progress is None or progress == "bar" or callable(progress)):
        allowed, got = "a function of (done, all), or 'bar'", repr(progress)[:100]
        raise InvalidValueError(Problem(what="cannot be called", where="progress", allowed=allowed, got=got))


def _judged(kind: type[BuyingUntilDropout], holdout: Holdout) -> Judged:
    history = {"frequency": holdout.frequency, "recency": holdout.recency, "age": holdout.age}
    fit = kind.fit(holdout.frequency, holdout.recency, holdout.age)
    probability = fit.model.probability_of_purchases(holdout.purchases, holdout.duration, **history)
    expected = fit.model.expected_purchases(holdout.duration, **history)
    return Judged(fit, log_probability(probability), expected, slow=kind is ParetoNBD)
