"""McDonald's omega and the variance extracted: reliability from a factor model, where items may differ in quality."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, get_args

import numpy as np

from crmrisk.core.arguments import kind_problems, refuse
from crmrisk.core.errors import FitError
from crmrisk.satisfaction.numerics import check_method
from crmrisk.satisfaction.reliability.covariance import item_covariance
from crmrisk.satisfaction.reliability.factor_model import FactorModel, fit_factor_model
from crmrisk.satisfaction.reliability.normal_theory import coefficient, gradient, normal_theory_error, unrated

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from crmrisk.core.arrays import FloatArray
    from crmrisk.core.estimate import Estimate
    from crmrisk.satisfaction.flagging import Missing
    from crmrisk.satisfaction.reliability.covariance import ItemCovariance

__all__ = ["FactorCoefficient", "average_variance_extracted", "factor_coefficient", "mcdonald_omega"]

FactorCoefficient: TypeAlias = Literal["omega", "standardised omega", "omega3", "average variance extracted"]
"""What is read off a factor: omega in the items' own units or of standardised items, omega with the observed variance
of the sum below the line, or the average variance extracted."""

_METHOD = "maximum likelihood, delta"


def mcdonald_omega(
    items: Any = None,
    *,
    covariance: Any = None,
    n: float | None = None,
    weights: ArrayLike | None = None,
    kind: Literal["omega", "standardised omega", "omega3"] = "omega",
    level: float = 0.95,
    missing: Missing = "error",
) -> Estimate:
    """Estimate omega of a one-factor (congeneric) model fitted by maximum likelihood.

    ``(sum l)^2/((sum l)^2 + sum theta)`` with loadings l and uniquenesses theta. The interval is a delta interval of
    normal answers on the scale of the logit.

    Parameters
    ----------
    items
        A dataframe, a mapping from item to answers, or a matrix ``(n_respondents, n_items)``; or give ``covariance``.
    covariance, n
        Covariances of the items, ``(n_items, n_items)``, and how many respondents they rest on.
    weights
        Survey weights of the respondents, ``(n_respondents,)``.
    kind
        ``"omega"`` of the sum of items in their own units; ``"standardised omega"`` of standardised items;
        ``"omega3"`` divides by the observed variance of the sum ``1'S1``.
    level
        Nominal coverage.
    missing
        ``"error"`` refuses missing answers, ``"exclude"`` leaves out respondents who miss any, and says how many.

    Returns
    -------
    The estimate, in [0, 1]; ``None``, with the reason in the warnings, where the answers do not identify the model. In
    a Heywood case (a uniqueness at its bound) it has no interval, and a warning.

    Raises
    ------
    RecordError
        If answers are no finite numbers, or missing and that is an error, or weights unusable.
    InvalidValueError
        If neither or both of items and covariance are given, or covariance, n, kind or level are not valid.

    References
    ----------
    McDonald, R. P. (1999). *Test Theory*, equation 6.20b. Kelley, K. and Pornprasertmanit, S. (2016). Confidence
    intervals for population reliability coefficients. *Psychological Methods* 21.

    Examples
    --------
    >>> matrix = [[1.0, 0.56, 0.48], [0.56, 1.0, 0.42], [0.48, 0.42, 1.0]]
    >>> print(mcdonald_omega(covariance=matrix, n=100))
    0.7449 [0.6503, 0.821] (95 % maximum likelihood, delta, n 100)
    """
    kind = check_method(kind, get_args(FactorCoefficient)[:3], where="kind")
    found = item_covariance(items, covariance=covariance, n=n, weights=weights, missing=missing)
    return _of_one_factor(found, kind, level=level)


def average_variance_extracted(
    items: Any = None,
    *,
    covariance: Any = None,
    n: float | None = None,
    weights: ArrayLike | None = None,
    level: float = 0.95,
    missing: Missing = "error",
) -> Estimate:
    """Estimate the average variance extracted (AVE) of a one-factor model fitted by maximum likelihood.

    ``sum l^2/(sum l^2 + sum theta)``: how much of the items' variance is their factor's.

    Parameters
    ----------
    items, covariance, n, weights, level, missing
        As for `mcdonald_omega`.

    Returns
    -------
    The estimate, in [0, 1]; ``None``, with the reason in the warnings, where the answers do not identify the model.

    Raises
    ------
    RecordError
        If answers are no finite numbers, or missing and that is an error, or weights unusable.
    InvalidValueError
        If neither or both of items and covariance are given, or covariance, n or level are not valid.

    References
    ----------
    Fornell, C. and Larcker, D. F. (1981). *Journal of Marketing Research* 18, 39-50.

    Examples
    --------
    >>> matrix = [[1.0, 0.56, 0.48], [0.56, 1.0, 0.42], [0.48, 0.42, 1.0]]
    >>> print(round(average_variance_extracted(covariance=matrix, n=100).value, 4))
    0.4967
    """
    found = item_covariance(items, covariance=covariance, n=n, weights=weights, missing=missing)
    return _of_one_factor(found, "average variance extracted", level=level)


def _of_one_factor(found: ItemCovariance, kind: FactorCoefficient, *, level: float) -> Estimate:
    try:
        model = fit_factor_model(found, {"factor": found.names})
    except FitError as error:
        return unrated(found, tuple(problem.what for problem in error.problems), level=level, method=_METHOD)
    return factor_coefficient(model, kind, level=level)


def factor_coefficient(
    model: FactorModel, kind: FactorCoefficient = "omega", *, factor: str | None = None, level: float = 0.95
) -> Estimate:
    """Read a coefficient off a fitted factor model.

    Parameters
    ----------
    model
        The model.
    kind
        Which coefficient.
    factor
        Of which factor; may be left out where there is only one.
    level
        Nominal coverage.

    Returns
    -------
    The estimate, in [0, 1].

    Raises
    ------
    InvalidValueError
        If the model is none, there is no such factor or kind, or the level is not valid.

    Examples
    --------
    >>> from crmrisk.satisfaction.reliability.factor_model import confirmatory_factor_analysis
    >>> matrix = [[1.0, 0.56, 0.48], [0.56, 1.0, 0.42], [0.48, 0.42, 1.0]]
    >>> model = confirmatory_factor_analysis(covariance=matrix, n=100)
    >>> print(round(factor_coefficient(model, "omega3").value, 4))
    0.7449
    """
    refuse(kind_problems(model, FactorModel, where="model"))
    kind = check_method(kind, get_args(FactorCoefficient), where="kind")
    mine = model.of_factor(factor)
    place = np.concatenate([model.parameters.loadings, model.parameters.uniquenesses])
    observed = float(model.covariance.matrix[np.ix_(mine, mine)].sum())

    def value(numbers: Any) -> Any:
        loadings, uniquenesses = numbers[: mine.size][mine], numbers[mine.size :][mine]
        return _value(kind, loadings, uniquenesses, observed)

    change = np.einsum("q,qij->ij", gradient(value, place), model.influence[: place.size])
    if kind == "omega3":
        change -= np.outer(mine, mine) * float(value(place)) / observed
    return _estimate(model, float(value(place)), change, level)


def _value(kind: str, loadings: Any, uniquenesses: Any, observed: float) -> Any:
    if kind == "omega3":
        return loadings.sum() ** 2 / observed
    if kind == "average variance extracted":
        return (loadings**2).sum() / ((loadings**2).sum() + uniquenesses.sum())
    if kind == "standardised omega":
        variance = loadings**2 + uniquenesses
        loadings, uniquenesses = loadings / np.sqrt(variance), uniquenesses / variance
    return loadings.sum() ** 2 / (loadings.sum() ** 2 + uniquenesses.sum())


def _estimate(model: FactorModel, value: float, change: FloatArray, level: float) -> Estimate:
    error = normal_theory_error(model.covariance, change)
    found = coefficient(value, error, model.covariance, level=level, scale="logit", method=_METHOD)
    if model.warnings:  # at a bound, the likelihood is not flat and says nothing of errors
        found = replace(found, standard_error=None, low=None, high=None)
    return replace(found, warnings=(*found.warnings, *model.warnings))
