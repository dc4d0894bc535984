"""An estimate with its uncertainty: what every estimator of one number returns."""

from __future__ import annotations

from typing import Self

from pydantic import model_validator
from pydantic.dataclasses import dataclass

from crmrisk.core.errors import InvalidValueError, Problem
from crmrisk.core.model import VALUE, Value

__all__ = ["Estimate"]


@dataclass(frozen=True, kw_only=True, config=VALUE)
class Estimate(Value):
    """Hold one estimated number, how sure it is and how that was found.

    Parameters
    ----------
    value
        The estimate in natural units (shares 0..1, NPS -1..1); ``None`` where the data say nothing.
    standard_error
        Its standard error, where the method has one.
    low, high
        The interval; ``None`` where the method gives none.
    level
        The nominal coverage of the interval.
    method
        The name of the method.
    n
        The number of observations used.
    effective_n
        The number of independent observations they are worth; ``n`` when unweighted.
    warnings
        What the reader should know before relying on it.

    Raises
    ------
    InvalidValueError
        If the ends of the interval are crossed, its coverage is not between 0 and 1, or ``n`` is negative.

    Examples
    --------
    >>> print(Estimate(value=0.3, low=0.14, high=0.44, method="score", n=100))
    0.3 [0.14, 0.44] (95 % score, n 100)
    """

    value: float | None
    standard_error: float | None = None
    low: float | None = None
    high: float | None = None
    level: float = 0.95
    method: str
    n: float
    effective_n: float | None = None
    warnings: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _coherent(self) -> Self:
        crossed = self.low is not None and self.high is not None and self.low > self.high
        checks = (
            ("low", "above high", "low <= high", f"[{self.low}, {self.high}]", crossed),
            ("level", "no coverage", "between 0 and 1", str(self.level), not 0 < self.level < 1),
            ("n", "negative", ">= 0", str(self.n), self.n < 0),
        )
        problems = [Problem(what=w, where=f"Estimate.{f}", allowed=a, got=g) for f, w, a, g, wrong in checks if wrong]
        if problems:
            raise InvalidValueError(*problems)
        return self

    def __str__(self) -> str:
        if self.value is None:
            return f"unrated ({self.method}, n {self.n:g})"
        if self.low is None or self.high is None:
            return f"{self.value:.4g} ({self.method}, n {self.n:g})"
        coverage = f"{100 * self.level:g} %"
        return f"{self.value:.4g} [{self.low:.4g}, {self.high:.4g}] ({coverage} {self.method}, n {self.n:g})"
