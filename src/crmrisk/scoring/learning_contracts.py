"""Fitting models of contracts to a portfolio of everybody who ever had one, and to a panel of renewals."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from crmrisk.core.errors import FitError, Problem
from crmrisk.core.measures import Input
from crmrisk.scoring.histories import learnable
from crmrisk.scoring.learning import unidentified
from crmrisk.scoring.learning_value import Learnt
from crmrisk.scoring.value.names import CONTRACTS

if TYPE_CHECKING:
    from crmrisk.core.portfolio import Portfolio
    from crmrisk.scoring.value.contract import ContractModel
    from crmrisk.scoring.value.model_fit import ModelFit

__all__ = ["CHURNED", "RENEWALS", "fitted_contracts"]

RENEWALS = Input("renewals", "count", ge=0, le=100_000)
"""How many times a customer has renewed so far."""

CHURNED = Input("churned", "share", ge=0, le=1, optional=True)
"""1 of a customer who has left, at the renewal after the last one made; whoever lacks it is still there."""


def fitted_contracts(portfolio: Portfolio, model: ContractModel | str = CONTRACTS.usual) -> Learnt[ContractModel]:
    """Fit a model of contracts to the lifetimes in a portfolio, or take the one given.

    Parameters
    ----------
    portfolio
        One row for everybody who ever had a contract, those who left included.
    model
        The name of the model to fit, or a model in periods.

    Returns
    -------
    The model, how sure its parameters are, and what the data could not tell.

    Raises
    ------
    FitError
        If the portfolio does not say who left, nobody has faced a renewal, or renewals identify no parameter at all. A
        parameter that runs to infinity is a finding and a warning: nobody is lost, or all are alike.
    InvalidValueError
        If no model has the name, or renewals are no whole numbers.

    Examples
    --------
    >>> from datetime import date
    >>> from crmrisk import Portfolio
    >>> columns = {"renewals": [0, 0, 0, 1, 2, 3, 3, 3] * 25, "churned": [1, 1, 1, 1, 1, 0, 0, 0] * 25}
    >>> book = Portfolio([f"C{row}" for row in range(200)], date(2026, 1, 31), columns)
    >>> fitted_contracts(book).model.retention_rate([1, 2]).round(2)
    array([0.64, 0.74])
    """
    if not isinstance(model, str):
        return Learnt(model)
    if CHURNED.name not in portfolio.columns:
        raise FitError(
            Problem(
                what="nobody says who left",
                where=model,
                allowed="a column `churned`, 1 of those who left and 0 of the others",
                remedy="keep those who left in the portfolio that is learnt from, or pass a model of known parameters",
            )
        )
    (renewals,) = learnable(portfolio, (RENEWALS,), reader=model)
    rated = ~np.isnan(portfolio[RENEWALS.name])
    churned = np.nan_to_num(portfolio[CHURNED.name][rated]) > 0
    kind: Any = CONTRACTS.named(model)  # every model of contracts has a `fit`, of its own kind
    fit: ModelFit[ContractModel] = kind.fit(renewals + churned, churned)
    _refuse_unidentified(fit, model)
    return Learnt.by(fit)


def _refuse_unidentified(fit: ModelFit[ContractModel], model: str) -> None:
    bounds = {each.bound for each in fit.unidentified}
    if len(fit.unidentified) < len(fit.parameters) or "infinity" in bounds:
        return
    raise unidentified(fit, model, records="renewals", more="customers and renewals")
