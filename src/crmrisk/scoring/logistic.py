"""Logistic regression: the probability of an event over a horizon, learnt from what happened."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Self

import numpy as np
from pydantic import Field, model_validator

from crmrisk.core.bases import BaseScorer
from crmrisk.core.errors import FitError, InvalidValueError, Problem
from crmrisk.core.frozen_mapping import Frozen, FrozenMapping
from crmrisk.core.measures import LABEL, Input, Measure
from crmrisk.scoring.fields import Horizon, Level
from crmrisk.scoring.learning import aligned_outcomes, both_classes
from crmrisk.scoring.logistic_design import DesignColumn, design_columns
from crmrisk.scoring.logistic_fitted import FittedLogisticScorer, LogisticTerm, Transform
from crmrisk.scoring.newton import LogisticMaximum, logistic_maximum

if TYPE_CHECKING:
    from crmrisk.core.arrays import FloatArray
    from crmrisk.core.outcomes import Outcomes
    from crmrisk.core.portfolio import Portfolio

__all__ = ["FittedLogisticScorer", "LogisticScorer", "LogisticTerm"]

Inputs = Annotated[tuple[Input, ...], Field(min_length=1)]

_BOUNDLESS = 1e3
"""A standardised coefficient whose standard error exceeds this is not identified: one customer's worth is near 2."""


class LogisticScorer(BaseScorer, kind="crmrisk.logistic", fitted=FittedLogisticScorer):
    """Learn the probability of an event over a horizon by logistic regression with a ridge.

    Maximises ``log-likelihood - ridge / 2 * sum(b ** 2)`` over the coefficients ``b`` of inputs brought to mean 0 and
    standard deviation 1, the intercept unpenalised; so results do not depend on units. The default ridge weighs less
    than one customer and matters only where the data are few or events are perfectly separated from non-events: then
    it alone keeps the coefficients finite, and the fitted scorer says ``separated``. With ``ridge=0`` it is maximum
    likelihood.

    A customer without a required input is unrated. An optional input that some customers lack gets a coefficient for
    *missing*: a state of its own, never the average (the ridge shrinks it as all others). If nobody lacked it in
    training, nothing is known of that state, and whoever lacks it later is unrated.

    Parameters
    ----------
    inputs
        What it reads: numbers; encode names as columns of 0 and 1.
    horizon
        The time span the probability speaks of; outcomes must be of the same.
    transforms
        Input to ``"log1p"``, to read ``log(1 + x)`` of inputs that are declared not negative.
    ridge
        The penalty, the precision of a normal prior on standardised coefficients.
    level
        The nominal coverage of the intervals scores carry.

    Raises
    ------
    InvalidValueError
        If inputs repeat or are names, a transform is of no input or of one that may be negative, or the ridge is
        negative.

    References
    ----------
    Hoerl, A. E. and Kennard, R. W. (1970), Ridge regression, Technometrics 12. le Cessie, S. and van Houwelingen,
    J. C. (1992), Ridge estimators in logistic regression, Applied Statistics 41, equation 2.

    Examples
    --------
    >>> from datetime import date, timedelta
    >>> from crmrisk import Outcomes, Portfolio
    >>> day, quarter = date(2026, 1, 31), timedelta(days=90)
    >>> ids = [f"C{i}" for i in range(8)]
    >>> book = Portfolio(ids, day, {"idle_days": [5, 10, 20, 30, 40, 60, 80, 90]})
    >>> happened = Outcomes(ids, [0, 0, 1, 0, 0, 1, 1, 1], event="churn", as_of=day, horizon=quarter)
    >>> scorer = LogisticScorer(inputs=(Input("idle_days", "day", ge=0),), horizon=quarter)
    >>> fitted = scorer.fit(book, happened)
    >>> fitted.n, fitted.events, round(fitted.coefficients["idle_days"], 3)
    (8, 4, 0.062)
    >>> fitted.score(book).values.round(2)
    array([0.11, 0.14, 0.23, 0.36, 0.51, 0.78, 0.92, 0.96])
    """

    inputs: Inputs  # pyright: ignore[reportIncompatibleMethodOverride]  # a field is readable too
    horizon: Horizon
    transforms: Annotated[Mapping[str, Transform], Frozen()] = FrozenMapping({})
    ridge: Annotated[float, Field(ge=0)] = 0.1
    level: Level = 0.95

    @model_validator(mode="after")
    def _coherent(self) -> Self:
        by_name = {each.name: each for each in self.inputs}
        names = [each.name for each in self.inputs]
        repeated = sorted({name for name in names if names.count(name) > 1})
        label = [each.name for each in self.inputs if each.unit == LABEL]
        strange = [name for name in self.transforms if name not in by_name]
        negative = [each.name for each in self.inputs if each.name in self.transforms and not _never_negative(each)]
        checks = (
            (repeated, "input given twice", "each once"),
            (label, "input is a name and no number", "columns of 0 and 1"),
            (strange, "transform of what is no input", ", ".join(names)),
            (negative, "logarithm of what may be negative", "an input declared ge=0"),
        )
        problems = [Problem(what=w, where=f"LogisticScorer: {n}", allowed=a) for wrong, w, a in checks for n in wrong]
        if problems:
            raise InvalidValueError(*problems)
        return self

    @property
    def measure(self) -> Measure:
        """A probability over the horizon."""
        return Measure.probability(horizon=self.horizon)

    @property
    def learns_from_outcomes(self) -> bool:
        """Always: fitting needs to know what happened."""
        return True

    def learn(self, portfolio: Portfolio, outcomes: Outcomes | None) -> FittedLogisticScorer:
        """Climb to the maximum of the penalised likelihood."""
        reader = type(self).__name__
        rated = portfolio.require(self.inputs, reader=reader)
        answers = aligned_outcomes(portfolio, outcomes, horizon=self.horizon, reader=reader)
        used = rated & ~np.isnan(answers)
        y = answers[used]
        both_classes(y, reader=reader, counted=f"{len(y)} customers with inputs and known outcome")
        columns = design_columns(portfolio.take(used), self.inputs, self.transforms, reader=reader)
        X = np.column_stack([np.ones(len(y)), *(each.values for each in columns)])
        found = _identified(self._maximum(X, y), X, columns)
        return FittedLogisticScorer(
            inputs=self.inputs,
            horizon=self.horizon,
            intercept=float(found.coefficients[0]),
            terms=_terms(self.inputs, self.transforms, columns, found.coefficients[1:]),
            covariance=_unscaled(found.covariance, columns),
            level=self.level,
            n=len(y),
            events=int(y.sum()),
            excluded_unrated=int((~rated).sum()),
            excluded_unknown=int((rated & np.isnan(answers)).sum()),
            log_likelihood=found.log_likelihood,
            converged=found.converged,
            separated=_separates(X @ found.coefficients, y),
        )

    def _maximum(self, X: FloatArray, y: FloatArray) -> LogisticMaximum | None:
        if len(y) <= X.shape[1]:
            raise FitError(
                Problem(
                    what="fewer customers than the coefficients need",
                    where=type(self).__name__,
                    allowed=f"at least {X.shape[1] + 1} for {X.shape[1]} coefficients",
                    got=str(len(y)),
                )
            )
        return logistic_maximum(X, y, np.array([0.0] + [self.ridge] * (X.shape[1] - 1)))


def _identified(found: LogisticMaximum | None, X: FloatArray, columns: list[DesignColumn]) -> LogisticMaximum:
    """Return the maximum if it exists; else name the inputs whose coefficients the data leave open."""
    if found is None:
        values, vectors = np.linalg.eigh(X.T @ X / len(X))
        open_ended = np.any(np.abs(vectors[1:, values < 1e-10]) > 0.01, axis=1)
    else:
        open_ended = np.sqrt(np.diag(found.covariance))[1:] > _BOUNDLESS
    if found is not None and not open_ended.any():
        return found
    names = dict.fromkeys(each.name for each, is_open in zip(columns, open_ended.tolist(), strict=True) if is_open)
    raise FitError(
        Problem(
            what="coefficients not identified: inputs are collinear, or separate events from non-events perfectly",
            where="LogisticScorer",
            got=", ".join(names or dict.fromkeys(each.name for each in columns)),
            remedy="leave one of them out, or give ridge > 0",
        )
    )


def _never_negative(each: Input) -> bool:
    return each.ge is not None and each.ge >= 0


def _terms(
    inputs: tuple[Input, ...], transforms: Mapping[str, Transform], columns: list[DesignColumn], b: FloatArray
) -> tuple[LogisticTerm, ...]:
    slopes = {(each.name, each.missing): float(value) / each.scale for each, value in zip(columns, b, strict=True)}
    centres = {each.name: each.centre for each in columns if not each.missing}
    return tuple(
        LogisticTerm(
            each.name,
            slopes[each.name, False],
            centres[each.name],
            missing=slopes.get((each.name, True)),
            transform=transforms.get(each.name),
        )
        for each in inputs
    )


def _unscaled(covariance: FloatArray, columns: list[DesignColumn]) -> tuple[tuple[float, ...], ...]:
    scale = np.array([1.0, *(each.scale for each in columns)])
    symmetric = (covariance + covariance.T) / 2
    return tuple(map(tuple, (symmetric / np.outer(scale, scale)).tolist()))


def _separates(log_odds: FloatArray, y: FloatArray) -> bool:
    return bool(log_odds[y == 1].min() > log_odds[y == 0].max())
