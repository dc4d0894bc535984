"""Parametric calibration: a logistic curve of the score (Platt) or of the logarithms of a fraction (beta)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal, Self

import numpy as np
from pydantic import Field, model_validator
from pydantic.dataclasses import dataclass
from scipy.special import expit

from crmrisk.core.errors import InvalidValueError, Problem
from crmrisk.core.intervals import normal_quantile
from crmrisk.core.model import VALUE, Value
from crmrisk.core.scores import Ranged
from crmrisk.scoring.delta import is_covariance, predictor_error
from crmrisk.scoring.newton import LogisticMaximum, logistic_maximum

if TYPE_CHECKING:
    from crmrisk.core.arrays import FloatArray

__all__ = ["CurveTerm", "SigmoidCurve", "fit_sigmoid"]

Feature = Literal["score", "log", "log_complement"]
Method = Literal["platt", "beta"]

_FEATURES: dict[Method, tuple[Feature, ...]] = {"platt": ("score",), "beta": ("log", "log_complement")}
_EDGE = 1e-6
"""Fractions closer to 0 or 1 than this are taken as this, so that logarithms stay finite."""


@dataclass(frozen=True, config=VALUE)
class CurveTerm(Value):
    """Say how one feature of the score moves the log-odds: ``coefficient * (feature - centre)``.

    Parameters
    ----------
    feature
        ``"score"`` itself, ``"log"`` for ln s, or ``"log_complement"`` for -ln(1 - s).
    coefficient
        Not negative, so that the curve never falls.
    centre
        The mean of the feature where it was learnt.

    Examples
    --------
    >>> CurveTerm("score", 0.5, 10.0).deviation(np.array([12.0]))
    array([2.])
    """

    feature: Feature
    coefficient: Annotated[float, Field(ge=0)]
    centre: float = 0.0

    def deviation(self, scores: FloatArray) -> FloatArray:
        """Return the centred feature.

        Parameters
        ----------
        scores
            Oriented scores, ``(n_customers,)``.
        """
        return _feature(self.feature, scores) - self.centre


@dataclass(frozen=True, kw_only=True, config=VALUE)
class SigmoidCurve(Value):
    """Turn scores into probabilities by a logistic curve.

    Parameters
    ----------
    method
        ``"platt"`` or ``"beta"``.
    intercept
        The log-odds where every feature is at its centre.
    terms
        What moves them; none makes the curve flat.
    covariance
        Of the intercept and the coefficients, ``(n_terms + 1, n_terms + 1)``.
    lowest, highest
        The curve is cut off here: n customers without (with) an event prove no smaller (greater) probability.
    increasing
        Whether a higher score means a higher probability; if not, the curve is of minus the score (Platt) or of one
        minus it (beta).

    Raises
    ------
    InvalidValueError
        If features do not belong to the method, or the covariance is none of the parameters.

    Examples
    --------
    >>> curve = SigmoidCurve(
    ...     method="platt",
    ...     intercept=0.0,
    ...     terms=(CurveTerm("score", 1.0, 5.0),),
    ...     covariance=((0.04, 0.0), (0.0, 0.01)),
    ...     lowest=0.01,
    ...     highest=0.99,
    ... )
    >>> curve.of(np.array([5.0, 99.0]), level=0.95).values
    array([0.5 , 0.99])
    """

    method: Method
    intercept: float
    terms: tuple[CurveTerm, ...]
    covariance: tuple[tuple[float, ...], ...]
    lowest: float
    highest: float
    increasing: bool = True

    @model_validator(mode="after")
    def _coherent(self) -> Self:
        known = all(term.feature in _FEATURES[self.method] for term in self.terms)
        if known and is_covariance(self.covariance, len(self.terms) + 1) and 0 <= self.lowest <= self.highest <= 1:
            return self
        allowed = "features of the method, a covariance of intercept and terms, 0 <= lowest <= highest <= 1"
        raise InvalidValueError(Problem(what="no curve", where="SigmoidCurve", allowed=allowed))

    def of(self, scores: FloatArray, *, level: float) -> Ranged:
        """Return the probability of each score with its delta-method interval.

        Parameters
        ----------
        scores
            ``(n_customers,)``; NaN is unrated.
        level
            The nominal coverage.
        """
        oriented = _oriented(scores, self.method, increasing=self.increasing)
        deviations = [term.deviation(oriented) for term in self.terms]
        with np.errstate(over="ignore", invalid="ignore"):  # log-odds without bound are cut off below
            log_odds = np.where(np.isnan(scores), np.nan, self.intercept)
            for term, deviation in zip(self.terms, deviations, strict=True):
                log_odds = log_odds + term.coefficient * deviation
            values = np.clip(expit(log_odds), self.lowest, self.highest)
            error = predictor_error(self.covariance, [np.ones_like(log_odds), *deviations])
            reach = normal_quantile(level) * error
            return Ranged(values, np.fmin(expit(log_odds - reach), values), np.fmax(expit(log_odds + reach), values))


def fit_sigmoid(scores: FloatArray, y: FloatArray, *, method: Method, increasing: bool) -> SigmoidCurve:
    """Fit the curve by maximum likelihood, on Platt's smoothed targets, without any falling part.

    Outcomes count as ``(events + 1) / (events + 2)`` and ``1 / (others + 2)``, so that even scores which separate
    perfectly give a finite curve. A feature whose coefficient would be negative is left out.

    Parameters
    ----------
    scores
        No NaN, ``(n_customers,)``.
    y
        1 or 0, both present, ``(n_customers,)``.
    method
        ``"platt"`` or ``"beta"``.
    increasing
        The direction.

    References
    ----------
    Platt, J. (1999), Probabilistic outputs for support vector machines, Advances in Large Margin Classifiers, section
    2.2. Kull, M., Silva Filho, T. and Flach, P. (2017), Beyond sigmoids, Electronic Journal of Statistics 11, section
    4.

    Examples
    --------
    >>> scores, y = np.array([1.0, 2.0, 3.0, 4.0]), np.array([0.0, 1.0, 0.0, 1.0])
    >>> curve = fit_sigmoid(scores, y, method="platt", increasing=True)
    >>> curve.terms[0].coefficient.__round__(4)
    0.4115
    """
    events, n = float(y.sum()), len(y)
    targets = np.where(y == 1, (events + 1) / (events + 2), 1 / (n - events + 2))
    oriented = _oriented(scores, method, increasing=increasing)
    telling: tuple[Feature, ...] = tuple(each for each in _FEATURES[method] if np.ptp(_feature(each, oriented)) > 0)
    features, found = _rising(oriented, targets, telling)
    means = [float(_feature(each, oriented).mean()) for each in features]
    scale = np.array([1.0, *(float(_feature(each, oriented).std()) for each in features)])
    beta, covariance = found.coefficients / scale, found.covariance / np.outer(scale, scale)
    return SigmoidCurve(
        method=method,
        intercept=float(beta[0]),
        terms=tuple(map(CurveTerm, features, beta[1:].tolist(), means)),
        covariance=tuple(map(tuple, ((covariance + covariance.T) / 2).tolist())),
        lowest=events / n / (n + 1),
        highest=(n + events / n) / (n + 1),
        increasing=increasing,
    )


def _rising(
    scores: FloatArray, targets: FloatArray, features: tuple[Feature, ...]
) -> tuple[tuple[Feature, ...], LogisticMaximum]:
    """Fit with all features, then without those that would make the curve fall, or tell nothing more."""
    columns = [_feature(each, scores) for each in features]
    X = np.column_stack([np.ones(len(scores)), *((each - each.mean()) / each.std() for each in columns)])
    found = logistic_maximum(X, targets, np.zeros(X.shape[1]))
    if found is None:
        return _rising(scores, targets, features[:-1])
    worst = int(np.argmin(found.coefficients[1:])) if features else 0
    if not features or found.coefficients[1 + worst] >= 0:
        return features, found
    return _rising(scores, targets, features[:worst] + features[worst + 1 :])


def _oriented(scores: FloatArray, method: Method, *, increasing: bool) -> FloatArray:
    if increasing:
        return scores
    return 1 - scores if method == "beta" else -scores


def _feature(feature: Feature, scores: FloatArray) -> FloatArray:
    if feature == "score":
        return scores
    inside = np.clip(scores, _EDGE, 1 - _EDGE)
    return np.log(inside) if feature == "log" else -np.log1p(-inside)
