"""Fitting the models of value to a portfolio, and refusing what the data do not tell."""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, NamedTuple, Self, TypeVar

from crmrisk.core.errors import FitError, Problem
from crmrisk.core.measures import Input
from crmrisk.core.model import Model
from crmrisk.scoring.histories import HISTORY, MEAN_SPEND, learnable
from crmrisk.scoring.learning import unidentified
from crmrisk.scoring.value import GammaGamma
from crmrisk.scoring.value.names import PURCHASES

if TYPE_CHECKING:
    from crmrisk.core.portfolio import Portfolio
    from crmrisk.scoring.uncertain import LogCovariance
    from crmrisk.scoring.value.buying import BuyingUntilDropout
    from crmrisk.scoring.value.model_fit import ModelFit

__all__ = ["Learnt", "fitted_purchases", "fitted_spend"]

M = TypeVar("M", bound=Model)


class Learnt(NamedTuple, Generic[M]):
    """Hold a model and how it came about: fitted, or given and taken as known.

    Parameters
    ----------
    model
        The model.
    log_covariance
        How sure its parameters are; ``None`` of one that was given.
    warnings
        What the fit could not tell.

    Examples
    --------
    >>> Learnt(GammaGamma(p=6, q=3, v=15)).log_covariance is None
    True
    """

    model: M
    log_covariance: LogCovariance | None = None
    warnings: tuple[str, ...] = ()

    @classmethod
    def by(cls, fit: ModelFit[M]) -> Self:
        """Take from a fit what a saved scorer keeps."""
        return cls(fit.model, fit.log_covariance, fit.warnings)


def fitted_purchases(
    portfolio: Portfolio, model: BuyingUntilDropout | str = PURCHASES.usual
) -> Learnt[BuyingUntilDropout]:
    """Fit a model of purchases to the histories of a portfolio, or take the one given.

    Parameters
    ----------
    portfolio
        One row per customer.
    model
        The name of the model to fit, or a model in days.

    Returns
    -------
    The model, how sure its parameters are, and what the data could not tell.

    Raises
    ------
    FitError
        If nobody has a history, or the rate of purchases is not identified. Dropout alone may be unidentified: where
        nobody seems to leave, that is a finding and a warning.
    InvalidValueError
        If no model has the name.

    Examples
    --------
    >>> from datetime import date
    >>> from crmrisk import Portfolio
    >>> book = Portfolio(["C1"], date(2026, 1, 31), {"frequency": [2], "recency": [9], "age": [30]})
    >>> fitted_purchases(book)
    Traceback (most recent call last):
    crmrisk.core.errors.FitError: BetaGeoNBD: the histories do not identify r, alpha, a, b; got: 1 customers; ...
    """
    if not isinstance(model, str):
        return Learnt(model)
    fit = PURCHASES.named(model).fit(*learnable(portfolio, HISTORY, reader=model))
    if {"r", "alpha"} <= set(fit.not_identified):
        raise unidentified(fit, model, records="histories")
    return Learnt.by(fit)


def fitted_spend(portfolio: Portfolio, model: GammaGamma | None = None) -> Learnt[GammaGamma]:
    """Fit Gamma-Gamma to the mean spend of a portfolio's repeat customers, or take the one given.

    Parameters
    ----------
    portfolio
        One row per customer.
    model
        A model to use as it is; ``None`` fits one.

    Returns
    -------
    The model, how sure its parameters are, and what the data could not tell.

    Raises
    ------
    FitError
        If nobody bought twice, or spend has no finite mean. Where everybody spends alike, the spread of spend is not
        identified; that does little harm and is a warning.

    Examples
    --------
    >>> from datetime import date
    >>> from crmrisk import Portfolio
    >>> book = Portfolio(["C1"], date(2026, 1, 31), {"frequency": [2], "mean_spend": [9]})
    >>> learnt = fitted_spend(book)
    >>> round(learnt.model.population_mean, 3), len(learnt.warnings)
    (9.0, 2)
    """
    if model is not None:
        return Learnt(model)
    known = Input(MEAN_SPEND.name, MEAN_SPEND.unit, MEAN_SPEND.ge, MEAN_SPEND.le)
    fit = GammaGamma.fit(*learnable(portfolio, (HISTORY[0], known), reader="GammaGamma"))
    if fit.model.population_mean is None:
        raise FitError(
            Problem(
                what="spend has no finite mean (q <= 1)",
                where="GammaGamma",
                got=str(fit.model),
                remedy="pass spend=GammaGamma(p=, q=, v=) from a larger population, or trim extreme spenders",
            )
        )
    return Learnt.by(fit)
