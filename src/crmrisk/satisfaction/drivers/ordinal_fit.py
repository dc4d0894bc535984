"""The fit behind ordinal drivers: the likelihood of statsmodels, and what weights and designs make of it.

Without a design the likelihood is maximised and its curvature gives the standard errors. With weights, strata or
clusters it is the *weighted* likelihood that is maximised: an estimate of what a census would give. Its curvature then
says nothing of precision, so that standard errors are linearised from the score of each respondent.
"""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from crmrisk.core.errors import FitError, Problem
from crmrisk.satisfaction.survey_design import design_covariance

if TYPE_CHECKING:
    from crmrisk.core.arrays import FloatArray, IntArray
    from crmrisk.satisfaction.drivers.design import SampleDesign

__all__ = ["OrdinalFit", "fit_proportional_odds"]

_SEPARATED = 30.0  # log-odds per standard deviation that only a separated fit reaches
_SLOPE = 1e-2  # of the likelihood, per square root of the rows, below which it has settled
_MOST_STEPS = 500


class OrdinalFit(NamedTuple):
    """Hold a proportional-odds fit to standardised drivers.

    Parameters
    ----------
    beta, error
        Coefficients and their standard errors, ``(p,)``.
    cuts
        Thresholds between the steps, ``(steps - 1,)``.
    log_likelihood
        At its maximum.
    warnings
        What is to be said of the design.

    Examples
    --------
    >>> OrdinalFit(np.ones(1), np.ones(1), np.zeros(1), -3.0).warnings
    ()
    """

    beta: FloatArray
    error: FloatArray
    cuts: FloatArray
    log_likelihood: float
    warnings: tuple[str, ...] = ()


def fit_proportional_odds(codes: IntArray, X: FloatArray, design: SampleDesign | None = None) -> OrdinalFit:
    """Fit a proportional-odds logit.

    With a design, the covariance is ``H^-1 V(sum of w s) H^-1``: H the curvature of the weighted likelihood, s the
    score of a respondent, V the design variance of a total.

    Parameters
    ----------
    codes
        Steps of the outcome, 0, 1, ..., ``(n_rows,)``.
    X
        Standardised drivers, ``(n_rows, p)``.
    design
        What the rows weigh and the units they were drawn in.

    Raises
    ------
    FitError
        If there is no finite fit.

    References
    ----------
    McCullagh, P. (1980). *Journal of the Royal Statistical Society B* 42. Binder, D. A. (1983). On the variances of
    asymptotically normal estimators from complex surveys. *International Statistical Review* 51, 279-292.

    Examples
    --------
    >>> x = np.array([[-1.0], [1.0], [-1.0], [1.0], [-1.0], [1.0], [-1.0], [1.0]])
    >>> fit = fit_proportional_odds(np.array([0, 0, 1, 1, 2, 2, 0, 2]), x)
    >>> bool(fit.beta[0] > 0), fit.cuts.shape
    (True, (2,))
    """
    from statsmodels.miscmodels.ordinal_model import OrderedModel  # noqa: PLC0415 - heavy, and only this fit needs it

    p = X.shape[1]
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")  # what does not settle is refused below, in words
        model = OrderedModel(codes, X, distr="logit")
        found = _unweighted(model) if design is None else _weighted(model, design)
    settled = np.abs(found.slope).max() < _SLOPE * np.sqrt(len(codes))
    if not settled or not np.isfinite(found.error[:p]).all() or np.abs(found.params[:p]).max() > _SEPARATED:
        what = "the drivers tell the steps apart entirely, or a step is too rare: no finite fit"
        problem = Problem(what=what, where="ordinal_drivers", remedy="join rare steps, or leave drivers out")
        raise FitError(*(Problem(what=text, where="ordinal_drivers") for text in found.warnings), problem)
    cuts = np.asarray(model.transform_threshold_params(found.params))[1:-1]
    return OrdinalFit(found.params[:p], found.error[:p], cuts, found.log_likelihood, found.warnings)


class _Found(NamedTuple):
    """Where the likelihood is highest, how sure that is, the slope and the height there."""

    params: FloatArray
    error: FloatArray
    slope: FloatArray
    log_likelihood: float
    warnings: tuple[str, ...] = ()


def _unweighted(model: Any) -> _Found:
    result = model.fit(method="bfgs", disp=False, maxiter=_MOST_STEPS, gtol=1e-6)
    params = np.asarray(result.params)
    return _Found(params, np.asarray(result.bse), np.asarray(model.score(params)), float(result.llf))


def _weighted(model: Any, design: SampleDesign) -> _Found:
    """Maximise the weighted likelihood, and linearise."""
    from scipy.optimize import minimize  # noqa: PLC0415 - heavy, and only this fit needs it

    weights = design.weights

    def below(params: FloatArray) -> tuple[float, FloatArray]:
        return -float(weights @ model.loglikeobs(params)), -np.asarray(weights @ model.score_obs(params))

    start = np.asarray(model.start_params, dtype=np.float64)
    found = minimize(below, start, jac=True, method="BFGS", options={"maxiter": _MOST_STEPS, "gtol": 1e-6})
    scores = weights[:, None] * np.asarray(model.score_obs(found.x))
    error, told = _linearised(model, found.x, scores, design)
    return _Found(found.x, error, scores.sum(axis=0), -float(found.fun), told)


def _linearised(
    model: Any, params: FloatArray, scores: FloatArray, design: SampleDesign
) -> tuple[FloatArray, tuple[str, ...]]:
    from statsmodels.tools.numdiff import approx_hess  # noqa: PLC0415 - heavy, and only this fit needs it

    spread, told = design_covariance(scores, design.units)
    if spread is None:
        return np.full(params.size, np.nan), told
    curvature = -np.asarray(approx_hess(params, lambda at: float(design.weights @ model.loglikeobs(at))))
    inverse = np.linalg.pinv(curvature, hermitian=True)
    return np.sqrt(np.maximum(np.diag(inverse @ spread @ inverse), 0.0)), told
