"""How far a model was off in the holdout: customer by customer, and in all."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from pydantic.dataclasses import dataclass

from crmrisk.core.arguments import refuse
from crmrisk.core.errors import InvalidValueError, Problem
from crmrisk.core.model import VALUE, Value
from crmrisk.scoring.value.checking.asking import expect_holdout, expect_model
from crmrisk.scoring.value.gamma_gamma import GammaGamma

if TYPE_CHECKING:
    from crmrisk.core.arrays import FloatArray
    from crmrisk.scoring.value.buying import BuyingUntilDropout
    from crmrisk.scoring.value.checking.holdout import Holdout

__all__ = ["HoldoutErrors", "errors_between", "holdout_errors", "standard_error_of_sum"]


@dataclass(frozen=True, kw_only=True, config=VALUE)
class HoldoutErrors(Value):
    """Hold how far a model was off in the holdout.

    Parameters
    ----------
    customers
        How many customers were judged.
    actual, expected
        Their purchases in all, or their spend [money].
    bias
        Expected minus actual, in all.
    bias_standard_error
        How far off the total may be by the chance of single customers alone; ``None`` for one customer.
    mean_absolute_error, root_mean_squared_error
        Per customer.

    Examples
    --------
    >>> errors = errors_between(np.array([1.0, 3.0]), np.array([2.0, 3.0]))
    >>> errors.bias, errors.mean_absolute_error, errors.relative_bias
    (1.0, 0.5, 0.25)
    """

    customers: int
    actual: float
    expected: float
    bias: float
    bias_standard_error: float | None
    mean_absolute_error: float
    root_mean_squared_error: float

    @property
    def relative_bias(self) -> float | None:
        """Give the bias as a share of what happened; ``None`` where nothing did."""
        return self.bias / self.actual if self.actual else None


def holdout_errors(
    model: BuyingUntilDropout, holdout: Holdout, *, spend_model: GammaGamma | None = None
) -> HoldoutErrors:
    """Compute how far a model was off in the holdout, in purchases or in spend.

    Parameters
    ----------
    model
        The model of purchases fitted to the calibration; its time unit is the holdout's.
    holdout
        What was known, and what came.
    spend_model
        A model of spend fitted to the calibration: then E[Y(t)] E[spend | x, z̄] is compared with the holdout's spend.

    Raises
    ------
    InvalidValueError
        If a model or the holdout is none, or spend is asked for and the holdout does not know it of every customer, or
        the model of spend has no mean (q of 1 or less).

    Examples
    --------
    >>> from crmrisk.scoring.value import BetaGeoNBD
    >>> from crmrisk.scoring.value.checking import Holdout
    >>> holdout = Holdout([0, 2], [0, 30.43], [39, 38.86], purchases=[0, 1], duration=39)
    >>> errors = holdout_errors(BetaGeoNBD(r=0.243, alpha=4.414, a=0.793, b=2.426), holdout)
    >>> round(errors.mean_absolute_error, 3), round(errors.bias, 3)
    (0.21, 0.421)
    """
    expect_holdout(model, holdout)
    history = {"frequency": holdout.frequency, "recency": holdout.recency, "age": holdout.age}
    expected = model.expected_purchases(holdout.duration, **history)
    if spend_model is None:
        return errors_between(holdout.purchases, expected)
    return errors_between(holdout.spend, expected * _expected_spend(spend_model, holdout))


def _expected_spend(model: GammaGamma, holdout: Holdout) -> FloatArray:
    expect_model(model, GammaGamma, where="spend_model")
    mean = np.where(holdout.frequency > 0, holdout.mean_spend, 0.0)
    unknown = {"spend": np.isnan(holdout.spend).sum(), "mean_spend": np.isnan(mean).sum()}
    remedy = "split a table with amounts, or leave those customers out"
    refuse([
        Problem(what="spend is not known", where=f"holdout.{name}", got=f"{n} customers without", remedy=remedy)
        for name, n in unknown.items()
        if n
    ])  # fmt: skip
    spend = model.expected_spend(frequency=holdout.frequency, mean_spend=mean)
    if np.isnan(spend).any():
        what, got = "spend has no mean", f"q={model.q:g}"
        raise InvalidValueError(Problem(what=what, where="spend_model", allowed="q > 1", got=got))
    return spend


def errors_between(actual: FloatArray, expected: FloatArray, weights: FloatArray | None = None) -> HoldoutErrors:
    """Summarise the differences between what happened and what was expected.

    Parameters
    ----------
    actual, expected
        One value per row, ``(n_rows,)``.
    weights
        How many customers each row stands for, ``(n_rows,)``; one unless given.

    Examples
    --------
    See `HoldoutErrors`.
    """
    weight = np.ones(actual.size) if weights is None else weights
    n, off = float(weight.sum()), expected - actual
    bias = float((weight * off).sum())
    return HoldoutErrors(
        customers=round(n),
        actual=float((weight * actual).sum()),
        expected=float((weight * expected).sum()),
        bias=bias,
        bias_standard_error=standard_error_of_sum(off, weight) if n > 1 else None,
        mean_absolute_error=float((weight * np.abs(off)).sum() / n),
        root_mean_squared_error=float(np.sqrt((weight * off**2).sum() / n)),
    )


def standard_error_of_sum(values: FloatArray, weights: FloatArray) -> float:
    """Estimate how much a sum over customers would vary if others of their kind had been drawn: √n times the spread.

    Parameters
    ----------
    values
        One per row, ``(n_rows,)``.
    weights
        How many customers each row stands for, more than one in all, ``(n_rows,)``.

    Examples
    --------
    >>> standard_error_of_sum(np.array([1.0, 3.0]), np.array([2.0, 2.0])) ** 2
    5.333...
    """
    n = float(weights.sum())
    spread = float((weights * (values - (weights * values).sum() / n) ** 2).sum()) / (n - 1)
    return float(np.sqrt(n * spread))
