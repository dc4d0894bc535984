"""How sure a score is that rests on fitted models: their covariances as a saved scorer keeps them, and the intervals.

Models fitted apart, of purchases and of spend, are taken to err independently of each other, as the models themselves
take purchases and spend to be independent.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

import numpy as np

from crmrisk.core.intervals import normal_quantile
from crmrisk.core.scores import Ranged
from crmrisk.scoring.value.intervals import delta_interval

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from crmrisk.core.arrays import FloatArray

__all__ = ["LogCovariance", "Uncertain", "amount_range", "known_errors", "probability_range"]

LogCovariance: TypeAlias = tuple[tuple[float | None, ...], ...]
"""The covariance of the logarithms of a model's parameters; ``None`` for what the data do not identify."""

_FURTHEST = 700.0
"""Exponents beyond this leave the range of a float."""


class Uncertain(NamedTuple):
    """Hold a model, the covariance of its log-parameters and how scores follow from it.

    Parameters
    ----------
    model
        The model.
    log_covariance
        As `crmrisk.scoring.value.ModelFit` has it; ``None`` where the model was given and not fitted.
    scores
        Maps a model of that kind to scores, ``(n_customers,)``, all else being as estimated.

    Examples
    --------
    >>> from crmrisk.scoring.value import GammaGamma
    >>> Uncertain(GammaGamma(p=6, q=3, v=15), None, lambda model: np.array([model.p])).scores(GammaGamma(p=2, q=3, v=1))
    array([2.])
    """

    model: Any
    log_covariance: LogCovariance | None
    scores: Callable[[Any], FloatArray]


def known_errors(log_covariance: LogCovariance | None) -> bool:
    """Tell whether a covariance says how sure anything is.

    Parameters
    ----------
    log_covariance
        A covariance; ``None`` where a model was given and not fitted.

    Examples
    --------
    >>> known_errors(None), known_errors(((None,),)), known_errors(((0.1,),))
    (False, False, True)
    """
    return log_covariance is not None and any(row[place] is not None for place, row in enumerate(log_covariance))


def probability_range(part: Uncertain, *, level: float) -> FloatArray | Ranged:
    """Give probabilities their interval by the delta method on log-odds; none where nothing is known of the errors.

    Parameters
    ----------
    part
        The model, its covariance and the probabilities that follow.
    level
        The nominal coverage.

    Examples
    --------
    >>> from crmrisk.scoring.value import ShiftedBetaGeometric
    >>> model, covariance = ShiftedBetaGeometric(alpha=1, beta=2), ((0.01, 0.0), (0.0, 0.01))
    >>> part = Uncertain(model, covariance, lambda model: np.atleast_1d(model.survival(1)))
    >>> probability_range(part, level=0.95).low.round(3)
    array([0.603])
    """
    if part.log_covariance is None or not known_errors(part.log_covariance):
        return part.scores(part.model)
    found = delta_interval(part.model, part.log_covariance, part.scores, level=level, scale="logit")
    return Ranged(found.value, np.fmin(found.low, found.value), np.fmax(found.high, found.value))


def amount_range(values: FloatArray, parts: Sequence[Uncertain], *, level: float) -> FloatArray | Ranged:
    """Give amounts their interval by the delta method, on logarithms where they are positive.

    Var = Σ ∇'C∇ over the models, which err independently; ``value · exp(± z √Var / value)``, and for an amount below
    0, which only costs can make, ``value ± z √Var``.

    Parameters
    ----------
    values
        The scores, ``(n_customers,)``.
    parts
        The models whose uncertainty counts.
    level
        The nominal coverage.

    Returns
    -------
    The scores with their intervals; without, where nothing is known of the errors.

    Examples
    --------
    >>> from crmrisk.scoring.value import GammaGamma
    >>> covariance = ((0.01, 0.0, 0.0), (0.0, 0.01, 0.0), (0.0, 0.0, 0.01))
    >>> part = Uncertain(GammaGamma(p=6, q=3, v=15), covariance, lambda model: np.array([model.p]))
    >>> amount_range(np.array([6.0]), [part], level=0.95).high.round(2)
    array([7.3])
    """
    variance, known = np.zeros_like(values), False
    for model, covariance, scores in parts:
        if covariance is not None and known_errors(covariance):
            error = delta_interval(model, covariance, scores, level=level, scale="identity").standard_error
            variance, known = variance + error * error, True
    if not known:
        return values
    reach = normal_quantile(level) * np.sqrt(variance)
    positive = values > 0
    stretch = np.exp(np.minimum(reach / np.where(positive, values, 1.0), _FURTHEST))
    low = np.where(positive, values / stretch, values - reach)
    high = np.where(positive, values * stretch, values + reach)
    return Ranged(values, np.fmin(low, values), np.fmax(high, values))
