"""Fit the models of regular timing: the number of stages by profile, everything else as for BG/NBD.

k is a whole number, so the likelihood is climbed at each k and the highest top wins. Given k the model is a BG/NBD
with another likelihood, which is how it is fitted.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, ClassVar, Generic, TypeVar, cast

import numpy as np
from scipy import special

from crmrisk.core.errors import InvalidValueError, Problem
from crmrisk.core.model import Model
from crmrisk.scoring.value.beta_geo import BetaGeoNBD
from crmrisk.scoring.value.beta_geo_cnbd_likelihood import BetaGeoCNBDLikelihood, log_timing
from crmrisk.scoring.value.counted_histories import CountedHistories
from crmrisk.scoring.value.histories import checked_columns, checked_weights
from crmrisk.scoring.value.model_fit import ModelFit

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from crmrisk.core.arrays import FloatArray
    from crmrisk.scoring.value.fitting import LogLikelihood
    from crmrisk.scoring.value.prior import Prior

__all__ = ["LARGEST", "TRIED", "RegularFit", "fit_regular"]

TRIED = tuple(range(1, 13))
"""The numbers of stages that are compared, as the literature does."""
LARGEST = 40
"""The most stages a model may have: gaps that vary by a sixth of their mean."""
LEVEL = 1e-5
"""Log-likelihoods this close are the same; the smaller number of stages is taken."""

M = TypeVar("M", bound=Model)


class RegularFit(ModelFit[M], Generic[M]):
    """Hold a fitted model of regular timing, and what the data say about the number of stages.

    Everything is as in `ModelFit`, given the number of stages; ``k`` has no standard error, and intervals take it as
    known. It counts as a parameter of ``aic`` and ``bic`` if it was chosen by the data.

    Parameters
    ----------
    log_likelihood_by_k
        The top of the log-likelihood at each number of stages tried: that of the histories, or that of the single gaps
        where their logarithms were given. Comparable with each other, and at k = 1 with BG/NBD.

    Raises
    ------
    InvalidValueError
        If a field is not what it should be.

    Examples
    --------
    >>> from crmrisk.scoring.value import BetaGeoCNBD
    >>> histories = [0, 2, 1, 0, 6], [0, 20, 9, 0, 30], [38, 38, 36, 35, 31]
    >>> fit = BetaGeoCNBD.fit(*histories, weights=[60, 12, 9, 40, 3], regularity=2)
    >>> {k: round(value, 3) for k, value in fit.log_likelihood_by_k.items()}
    {2: -250.977}
    """

    log_likelihood_by_k: dict[int, float]

    @property
    def aic(self) -> float:
        """Give Akaike's information criterion."""
        return 2 * self._n_free - 2 * self.log_likelihood

    @property
    def bic(self) -> float:
        """Give the Bayesian information criterion, one observation per customer."""
        return self._n_free * float(np.log(self.n)) - 2 * self.log_likelihood

    @property
    def _n_free(self) -> int:
        return len(self.parameters) - (len(self.log_likelihood_by_k) == 1)


def fit_regular(
    model: type[M],
    columns: tuple[ArrayLike, ArrayLike, ArrayLike, ArrayLike | None],
    *,
    early: int,
    regularity: int | None,
    log_gaps: ArrayLike | None,
    prior: Prior | None,
) -> RegularFit[M]:
    """Fit a model of regular timing.

    Parameters
    ----------
    model
        BG/CNBD-k or MBG/CNBD-k.
    columns
        Frequency, recency, age and weights.
    early
        How many chances to drop out come before the first repeat purchase.
    regularity
        The number of stages; ``None`` chooses the best of `TRIED`.
    log_gaps
        The sum of the logarithms of each customer's gaps, to choose by; ``None`` chooses by the histories.
    prior
        What is believed of the other parameters.

    Raises
    ------
    FitError
        If there is no customer.
    InvalidValueError
        If values are not what they should be.

    Examples
    --------
    >>> from crmrisk.scoring.value import BetaGeoCNBD
    >>> columns = [0, 2, 1, 0, 6], [0, 20, 9, 0, 30], [38, 38, 36, 35, 31], [60, 12, 9, 40, 3]
    >>> fit_regular(BetaGeoCNBD, columns, early=0, regularity=1, log_gaps=None, prior=None).model.k
    1
    """
    surplus, instant = _timing(columns, log_gaps)
    tried = TRIED if regularity is None else (_checked(regularity),)
    problem = f"{instant:g} customer(s) have repeat purchases at recency 0, which no regular timing can produce"
    if instant and max(tried) > 1:
        if regularity is not None:
            remedy = "take a finer time unit, or count one purchase per time unit"
            raise InvalidValueError(Problem(what=problem, where="recency", remedy=remedy))
        tried = (1,)
    fits = {k: _given(early, k).fit(*columns, prior=prior) for k in tried}
    by_k = {k: fit.log_likelihood + surplus(k) for k, fit in fits.items()}
    heights = {k: by_k[k] + fits[k].log_prior for k in tried}
    best = min(k for k in tried if heights[k] >= max(heights.values()) - LEVEL)
    notes = _notes(best, by_k, problem if regularity is None and instant else None)
    return _regular(model, best, fits[best], by_k, notes)


@lru_cache(maxsize=2 * LARGEST)
def _given(early: int, k: int) -> type[BetaGeoNBD]:
    """Make the model that is left once the number of stages is known."""

    class Given(BetaGeoNBD):
        _early: ClassVar[int] = early

        @classmethod
        def _likelihood(cls, x: FloatArray, last: FloatArray, end: FloatArray, weight: FloatArray) -> LogLikelihood:
            return BetaGeoCNBDLikelihood.of(k, CountedHistories.of(x, last, end, weight, early))

        @classmethod
        def _starts(cls, rate: float) -> list[FloatArray]:
            return super()._starts(k * rate)

    return Given


def _checked(regularity: int) -> int:
    whole = isinstance(regularity, int | np.integer) and not isinstance(regularity, bool)
    if not (whole and 1 <= regularity <= LARGEST):
        allowed = f"a whole number from 1 to {LARGEST}, or None"
        raise InvalidValueError(
            Problem(what="number of stages", where="regularity", allowed=allowed, got=repr(regularity))
        )
    return int(regularity)


def _timing(
    columns: tuple[ArrayLike, ArrayLike, ArrayLike, ArrayLike | None], log_gaps: ArrayLike | None
) -> tuple[_Surplus, float]:
    """Give what single gaps add to the likelihood of histories, and how many histories no regularity can produce."""
    checked = checked_columns(dict(zip(("frequency", "recency", "age"), columns[:3], strict=True)))
    x, last = checked["frequency"], checked["recency"]
    given = checked_weights(columns[3], x.size)
    weight = np.ones(x.size) if given is None else given
    instant = float(weight[(x > 0) & (last == 0)].sum())
    if log_gaps is None or instant:
        return _Surplus(x, last, weight, None), instant
    return _Surplus(x, last, weight, _checked_gaps(x, last, log_gaps)), instant


class _Surplus:
    """Say how much more likely single gaps are than the moment of the last purchase alone, at each k."""

    def __init__(self, x: FloatArray, last: FloatArray, weight: FloatArray, log_gaps: FloatArray | None) -> None:
        self._x, self._last, self._weight, self._log_gaps = x, last, weight, log_gaps

    def __call__(self, k: int) -> float:
        if self._log_gaps is None:
            return 0.0
        gaps = (k - 1) * self._log_gaps - self._x * special.gammaln(float(k))
        return float(self._weight @ (gaps - log_timing(self._x, self._last, k)))


def _checked_gaps(x: FloatArray, last: FloatArray, log_gaps: ArrayLike) -> FloatArray:
    allowed = "one sum of logarithms per customer"
    try:
        gaps = np.array(log_gaps, dtype=np.float64)
    except (TypeError, ValueError):
        got = repr(log_gaps)[:100]
        raise InvalidValueError(Problem(what="not numbers", where="log_gaps", allowed=allowed, got=got)) from None
    if gaps.shape != x.shape:
        got = str(gaps.shape)
        raise InvalidValueError(Problem(what="wrong shape", where="log_gaps", allowed=allowed, got=got))
    some = x > 0
    gaps[~some] = 0.0
    # equal gaps have the largest product
    most = x[some] * np.log(last[some] / x[some])
    wrong = ~(gaps[some] <= most + 1e-6 * (1 + np.abs(most))) | np.isinf(gaps[some])
    if wrong.any():
        first = int(np.flatnonzero(some)[np.argmax(wrong)])
        what = f"{int(wrong.sum())} impossible value(s), the first in row {first}"
        allowed, got = "finite, at most frequency * ln(recency / frequency)", str(gaps[first])
        raise InvalidValueError(Problem(what=what, where="log_gaps", allowed=allowed, got=got))
    return gaps


def _notes(best: int, by_k: dict[int, float], instant: str | None) -> tuple[str, ...]:
    if instant is not None:
        return (f"{instant}: only k = 1 was tried",)
    if len(by_k) == 1:
        return ()
    second = max((value, -k) for k, value in by_k.items() if k != best)
    lead = by_k[best] - second[0]
    if lead <= LEVEL:
        return (f"k is not identified: its log-likelihood at {best} is that at {-second[1]}",)
    notes = [f"k = {best} was chosen by profile: its log-likelihood is {lead:.2f} above that of k = {-second[1]}"]
    if best == max(by_k):
        notes.append(f"k is the largest tried: gaps may be more regular still; regularity=... goes to {LARGEST}")
    return tuple(notes)


def _regular(
    model: type[M], k: int, fit: ModelFit[BetaGeoNBD], by_k: dict[int, float], notes: tuple[str, ...]
) -> RegularFit[M]:
    """Turn a fit given k into one of the model with k."""
    fields = {name: getattr(fit, name) for name in ModelFit.model_fields}
    known = (None,) * (1 + len(fit.parameters))
    level = sum(value >= by_k[k] - LEVEL for value in by_k.values()) > 1
    fields |= {
        "model": model(**{"k": k, **fit.estimates}),
        "parameters": ("k", *fit.parameters),
        "log_covariance": (known, *((None, *row) for row in fit.log_covariance)),
        "not_identified": (*(["k"] if level else []), *fit.not_identified),
        "warnings": (*fit.warnings, *notes),
        "log_likelihood_by_k": by_k,
    }
    fits_of_this_model = cast("type[RegularFit[M]]", RegularFit.__class_getitem__(model))
    return fits_of_this_model(**fields)
