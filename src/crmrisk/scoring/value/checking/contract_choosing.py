"""Choose a model of contracts by holding out the last renewals of every cohort."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple, cast

import numpy as np

from crmrisk.core.errors import FitError, InvalidValueError, Problem
from crmrisk.scoring.value.checking.asking import asked_models
from crmrisk.scoring.value.checking.choice import Judged, best_of, log_probability
from crmrisk.scoring.value.names import CONTRACTS
from crmrisk.scoring.value.opportunities import checked_survivors

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import ArrayLike

    from crmrisk.core.arrays import FloatArray
    from crmrisk.scoring.value.checking.choice import ModelChoice
    from crmrisk.scoring.value.contract import ContractModel
    from crmrisk.scoring.value.model_fit import ModelFit

__all__ = ["choose_contract_model"]


def choose_contract_model(
    survivors: ArrayLike,
    *,
    held_out: int = 2,
    models: Iterable[str | type[ContractModel]] | None = None,
    refit: bool = False,
) -> ModelChoice:
    """Fit the models of contracts without the last renewals, and choose the one that foresaw those best.

    Each model is judged by the probability it gave to every customer's renewals among those held out, given the
    renewals before. Differences within two standard errors are not distinguishable: then the simpler model is
    preferred. A model with parameters the panel does not determine is chosen only if there is no other.

    Parameters
    ----------
    survivors
        How many customers of each cohort were left after each renewal, as for ``fit_survivors``.
    held_out
        How many renewals of each cohort, the latest, the models do not see.
    models
        Names or classes; all of them unless given.
    refit
        Whether to fit the best once more to the whole panel.

    Raises
    ------
    InvalidValueError
        If the counts are not what they should be, a model is unknown, or no renewal is to be held out.
    FitError
        If the panel is too short to hold out so many renewals.

    Examples
    --------
    >>> choice = choose_contract_model([1000, 869, 743, 653, 593, 551, 517, 491], held_out=3)  # high end, years 0-7
    >>> choice.best
    'BetaDiscreteWeibull'
    """
    kinds = asked_models(models, CONTRACTS)
    counts = checked_survivors(survivors)
    seen, coming = _calibration(counts, held_out), _held_out(counts, held_out)
    choice = best_of([_judged(kind, seen, coming) for kind in kinds], coming.renewed, coming.customers)
    if not refit:
        return choice
    best = next(kind for kind in kinds if kind.__name__ == choice.best)
    return replace(choice, fit=_fit(best, counts), refitted=True)


class _Coming(NamedTuple):
    """Customers alike: renewals before, renewals held out that happened, whether the next did not, how many."""

    done: FloatArray
    renewed: FloatArray
    lost: FloatArray
    customers: FloatArray
    horizon: int


def _last(counts: FloatArray) -> FloatArray:
    return np.asarray((~np.isnan(counts)).sum(axis=1) - 1)


def _calibration(counts: FloatArray, held_out: int) -> FloatArray:
    if not isinstance(held_out, int | np.integer) or held_out < 1:
        got = repr(held_out)
        raise InvalidValueError(Problem(what="renewals to hold out", where="held_out", allowed=">= 1", got=got))
    until = _last(counts) - held_out
    if not (until >= 1).any():
        got = f"{int(_last(counts).max())} renewals"
        raise FitError(Problem(what="too short a panel", where="survivors", allowed=f"> {held_out} renewals", got=got))
    known = until >= 0  # a cohort that began later was not known
    later = np.arange(counts.shape[1]) > until[known, np.newaxis]
    return np.where(later, np.nan, counts[known])


def _held_out(counts: FloatArray, horizon: int) -> _Coming:
    """Count those lost at each renewal held out, and those there after the last."""
    done = _last(counts) - horizon
    left = counts[done >= 0]
    done = done[done >= 0]
    kept = np.array(
        [[row[start + ahead] for ahead in range(horizon + 1)] for row, start in zip(left, done, strict=True)]
    )
    groups = np.concatenate([kept[:, :-1] - kept[:, 1:], kept[:, -1:]], axis=1)
    renewed = np.broadcast_to(np.arange(horizon + 1.0), groups.shape)
    some = groups > 0
    before = np.broadcast_to(done[:, np.newaxis], groups.shape)[some].astype(np.float64)
    lost = (renewed[some] < horizon).astype(np.float64)
    return _Coming(before, renewed[some], lost, groups[some], int(horizon))


def _fit(kind: type[ContractModel], counts: FloatArray) -> ModelFit[ContractModel]:
    fit: ModelFit[ContractModel] = cast("Any", kind).fit_survivors(counts)  # every contract model fits panels
    return fit


def _judged(kind: type[ContractModel], seen: FloatArray, coming: _Coming) -> Judged:
    fit = _fit(kind, seen)
    model: ContractModel = fit.model
    lost = model.probability_of_churn(np.minimum(coming.renewed + 1, coming.horizon), renewals=coming.done)
    stayed = model.survival(coming.horizon, renewals=coming.done)
    probability = np.where(coming.lost == 1, lost, stayed)
    expected = model.expected_lifetime(coming.horizon + 1, renewals=coming.done) - 1
    return Judged(fit, log_probability(probability), expected)
