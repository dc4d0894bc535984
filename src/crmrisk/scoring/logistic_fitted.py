"""A logistic regression as its parameters: it scores and explains, whether learnt here or published elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, Self

import numpy as np
from pydantic import model_validator
from pydantic.dataclasses import dataclass
from scipy.special import expit

from crmrisk.core.bases import BaseFittedScorer
from crmrisk.core.errors import InvalidValueError, Problem
from crmrisk.core.frozen_mapping import FrozenMapping
from crmrisk.core.intervals import normal_quantile
from crmrisk.core.measures import Input, Measure, Name
from crmrisk.core.model import VALUE, Value
from crmrisk.core.optional_columns import column_or_unrated
from crmrisk.core.scores import Ranged
from crmrisk.scoring.delta import is_covariance, predictor_error
from crmrisk.scoring.explaining import explain_by_input
from crmrisk.scoring.fields import Horizon, Level

if TYPE_CHECKING:
    from crmrisk.core.arrays import FloatArray
    from crmrisk.core.explanation import Explanation
    from crmrisk.core.portfolio import Portfolio

__all__ = ["INTERCEPT", "FittedLogisticScorer", "LogisticTerm", "Transform"]

INTERCEPT = "intercept"
"""The name of the intercept among the coefficients."""

Transform = Literal["log1p"]


@dataclass(frozen=True, config=VALUE)
class LogisticTerm(Value):
    """Say what one input adds to the log-odds: ``coefficient * (x - centre)``, or ``missing`` without the input.

    Parameters
    ----------
    name
        The input.
    coefficient
        Log-odds per unit of the input, after its transform.
    centre
        The input of the reference customer, after its transform.
    missing
        Log-odds of a customer without the input; ``None`` leaves the customer unrated.
    transform
        ``"log1p"`` for ``log(1 + x)``; ``None`` takes the input as it is.

    Examples
    --------
    >>> LogisticTerm("idle_days", 0.02, centre=30).deviations(np.array([40.0, np.nan]))
    [array([10., nan])]
    >>> LogisticTerm("idle_days", 0.02, centre=30, missing=0.7).deviations(np.array([40.0, np.nan]))
    [array([10.,  0.]), array([0., 1.])]
    """

    name: Name
    coefficient: float
    centre: float = 0.0
    missing: float | None = None
    transform: Transform | None = None

    @property
    def parameters(self) -> tuple[float, ...]:
        """The coefficient, and that of missing where it has one."""
        return (self.coefficient,) if self.missing is None else (self.coefficient, self.missing)

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the parameters."""
        return (self.name, f"{self.name} missing")[: len(self.parameters)]

    def deviations(self, values: FloatArray) -> list[FloatArray]:
        """Return what each parameter is multiplied by.

        Parameters
        ----------
        values
            The input, ``(n_customers,)``; NaN is missing.

        Returns
        -------
        One array per parameter, each ``(n_customers,)``.
        """
        deviation = (np.log1p(values) if self.transform == "log1p" else values) - self.centre
        if self.missing is None:
            return [deviation]
        absent = np.isnan(values)
        return [np.where(absent, 0.0, deviation), absent.astype(np.float64)]


class FittedLogisticScorer(BaseFittedScorer):
    """Score a probability by logistic regression: ``logit p = intercept + sum of terms``.

    Parameters
    ----------
    inputs
        What it reads, in the order of the terms.
    horizon
        The time span the probability speaks of.
    intercept
        The log-odds of the reference customer, whose every input is at its centre.
    terms
        What each input adds.
    covariance
        Of the intercept and the terms' parameters, ``(n_parameters, n_parameters)``; with it, scores carry intervals.
    level
        The nominal coverage of the intervals.
    n, events
        The customers learnt from, and the events among them.
    excluded_unrated, excluded_unknown
        Customers left out for want of a required input, and of a known outcome.
    log_likelihood
        At the estimate, without the penalty.
    converged
        Whether the climb to the maximum settled.
    separated
        Whether the score separates events from non-events perfectly: then only the ridge keeps it finite.

    Raises
    ------
    InvalidValueError
        If terms and inputs differ, or the covariance has another shape or is no covariance.

    Examples
    --------
    Published coefficients need no data:

    >>> from datetime import date, timedelta
    >>> from crmrisk import Portfolio
    >>> published = FittedLogisticScorer(
    ...     inputs=(Input("idle_days", "day", ge=0),),
    ...     horizon=timedelta(days=90),
    ...     intercept=-2.0,
    ...     terms=(LogisticTerm("idle_days", 0.02),),
    ... )
    >>> published.score(Portfolio(["C1"], date(2026, 1, 31), {"idle_days": [100]})).values
    array([0.5])
    """

    inputs: tuple[Input, ...]  # pyright: ignore[reportIncompatibleMethodOverride]  # a field is readable too
    horizon: Horizon
    intercept: float
    terms: tuple[LogisticTerm, ...]
    covariance: tuple[tuple[float, ...], ...] | None = None
    level: Level = 0.95
    n: int | None = None
    events: int | None = None
    excluded_unrated: int | None = None
    excluded_unknown: int | None = None
    log_likelihood: float | None = None
    converged: bool | None = None
    separated: bool = False

    @model_validator(mode="after")
    def _coherent(self) -> Self:
        read, used = [each.name for each in self.inputs], [each.name for each in self.terms]
        problems = []
        if read != used or not used:
            problems.append(Problem(what="terms are not the inputs", where="terms", allowed=str(read), got=str(used)))
        size = 1 + sum(len(each.parameters) for each in self.terms)
        if self.covariance is not None and not is_covariance(self.covariance, size):
            problems.append(
                Problem(what="no covariance of the parameters", where="covariance", allowed=f"{size} x {size}")
            )
        if problems:
            raise InvalidValueError(*problems)
        return self

    @property
    def measure(self) -> Measure:
        """A probability over the horizon."""
        return Measure.probability(horizon=self.horizon)

    @property
    def coefficients(self) -> FrozenMapping[float]:
        """The coefficients of inputs that are not centred: ``intercept``, each input, and ``"<input> missing"``.

        ``logit p = intercept + sum(coefficient x)`` over the inputs present, plus ``"<input> missing"`` of the absent.
        """
        names = (INTERCEPT, *(name for term in self.terms for name in term.names))
        centred = np.array([self.intercept, *(value for term in self.terms for value in term.parameters)])
        return FrozenMapping(dict(zip(names, (self._uncentred() @ centred).tolist(), strict=True)))

    @property
    def standard_errors(self) -> FrozenMapping[float] | None:
        """The standard errors of `coefficients`; ``None`` where no covariance is known.

        They come from the inverse of the penalised information: of maximum likelihood without ridge; with ridge, the
        spread of the posterior whose prior the ridge is, which also counts the bias that shrinking brings.
        """
        if self.covariance is None:
            return None
        turn = self._uncentred()
        variances = np.diag(turn @ np.array(self.covariance) @ turn.T)
        return FrozenMapping(dict(zip(self.coefficients, np.sqrt(variances).tolist(), strict=True)))

    @property
    def monotone(self) -> dict[str, int]:
        """The direction in which each input moves the probability: 1 up, -1 down."""
        return {term.name: 1 if term.coefficient >= 0 else -1 for term in self.terms}

    def compute(self, portfolio: Portfolio) -> FloatArray | Ranged:
        """Return the probabilities, with delta-method intervals on the log-odds where the covariance is known."""
        deviations = [term.deviations(column_or_unrated(portfolio, term.name)) for term in self.terms]
        with np.errstate(over="ignore", invalid="ignore"):  # log-odds without bound are a probability of 0 or 1
            log_odds = np.full(len(portfolio), self.intercept)
            for contribution in self._contributions(deviations):
                log_odds = log_odds + contribution
            values = expit(log_odds)
            if self.covariance is None:
                return values
            multipliers = [np.ones_like(log_odds), *(each for term in deviations for each in term)]
            reach = normal_quantile(self.level) * predictor_error(self.covariance, multipliers)
            return Ranged(values, np.fmin(expit(log_odds - reach), values), np.fmax(expit(log_odds + reach), values))

    def explain(self, portfolio: Portfolio, /) -> Explanation:
        """Explain each score on log-odds, against the reference customer.

        Parameters
        ----------
        portfolio
            One row per customer.

        Raises
        ------
        MissingInputsError
            If the portfolio does not hold what is read.
        InputRangeError
            If values leave the declared range.
        """

        def contributions(rated: Portfolio) -> list[FloatArray]:
            return self._contributions([term.deviations(column_or_unrated(rated, term.name)) for term in self.terms])

        return explain_by_input(self, portfolio, contributions, baseline=self.intercept, scale="log-odds")

    def _contributions(self, deviations: list[list[FloatArray]]) -> list[FloatArray]:
        """Return what each term adds to the log-odds."""
        pairs = [(term.parameters, parts) for term, parts in zip(self.terms, deviations, strict=True)]
        return [value[0] * parts[0] + (value[1] * parts[1] if len(parts) > 1 else 0.0) for value, parts in pairs]

    def _uncentred(self) -> FloatArray:
        """Return the matrix that turns the parameters into those of inputs that are not centred."""
        centres = [c for t in self.terms for c in ((t.centre,), (t.centre, 0.0))[len(t.parameters) - 1]]
        turn = np.eye(len(centres) + 1)
        turn[0, 1:] = -np.array(centres)
        row = 1
        for term in self.terms:
            if term.missing is not None:
                turn[row + 1, row] = term.centre
            row += len(term.parameters)
        return turn
