"""The summary a manager wants: how many customers, how many events and how much money, by level of risk."""

from __future__ import annotations

from datetime import datetime
from html import escape
from typing import TYPE_CHECKING, Self

import numpy as np
from pydantic.dataclasses import dataclass

from crmrisk.core.levels import LEVELS, RiskLevel
from crmrisk.core.model import VALUE, Value

if TYPE_CHECKING:
    from crmrisk.assessment.assessments import Assessments

__all__ = ["AssessmentSummary", "LevelLine"]


@dataclass(frozen=True, config=VALUE)
class LevelLine(Value):
    """Add up the customers of one level of risk.

    Parameters
    ----------
    level
        The current level.
    customers
        How many.
    expected_loss
        The sum of their expected losses; 0 for the unrated, who are not in the money.

    Examples
    --------
    >>> LevelLine("high", 12, 3400.0).customers
    12
    """

    level: RiskLevel
    customers: int
    expected_loss: float


@dataclass(frozen=True, kw_only=True, config=VALUE)
class AssessmentSummary(Value):
    """Add up the assessments of a portfolio.

    Parameters
    ----------
    event
        The risk.
    as_of
        Nothing later was known.
    horizon_days
        Within how many days it may happen.
    currency
        The unit of money.
    customers, unrated
        How many, and how many of these have no rating; the sums below are over the others.
    expected_events
        The sum of the likelihoods.
    expected_loss, residual_expected_loss
        The sums of the expected losses, now and after the planned controls.
    levels
        The same by current level, the gravest first.

    Examples
    --------
    See `crmrisk.AssessmentPipeline`.
    """

    event: str
    as_of: datetime
    horizon_days: float
    currency: str
    customers: int
    unrated: int
    expected_events: float
    expected_loss: float
    residual_expected_loss: float
    levels: tuple[LevelLine, ...]

    @classmethod
    def of(cls, assessments: Assessments) -> Self:
        """Add up assessments."""
        specification = assessments.pipeline.specification
        current = assessments.current
        loss = current.expected_loss
        rated = ~np.isnan(loss)
        return cls(
            event=specification.event.name,
            as_of=assessments.portfolio.as_of,
            horizon_days=specification.event.horizon.total_seconds() / 86_400,
            currency=specification.criteria.currency,
            customers=len(assessments),
            unrated=int((~rated).sum()),
            expected_events=float(current.likelihood[rated].sum()),
            expected_loss=float(loss[rated].sum()),
            residual_expected_loss=float(assessments.residual.expected_loss[rated].sum()),
            levels=_lines(current.codes, np.where(rated, loss, 0.0)),
        )

    def __str__(self) -> str:
        head = (
            f"{self.event} within {self.horizon_days:g} days of {self.as_of:%Y-%m-%d}: {self.customers:,} customers, "
            f"{self.expected_events:,.1f} events and {self.currency} {self.expected_loss:,.0f} expected, "
            f"{self.currency} {self.residual_expected_loss:,.0f} after controls"
        )
        lines = [f"  {line.level:<9} {line.customers:>9,} {line.expected_loss:>16,.0f}" for line in self.levels]
        return "\n".join([head, *lines])

    def to_html(self) -> str:
        """Render the summary as a small HTML table, without any outside reference."""
        title, *_ = str(self).splitlines()
        rows = "".join(
            f"<tr><td>{escape(line.level)}</td><td>{line.customers:,}</td><td>{line.expected_loss:,.0f}</td></tr>"
            for line in self.levels
        )
        head = f"<tr><th>level</th><th>customers</th><th>expected loss [{escape(self.currency)}]</th></tr>"
        return f"<table><caption>{escape(title)}</caption>{head}{rows}</table>"


def _lines(
    codes: np.ndarray[tuple[int, ...], np.dtype[np.integer]], loss: np.ndarray[tuple[int, ...], np.dtype[np.float64]]
) -> tuple[LevelLine, ...]:
    customers = np.bincount(codes, minlength=len(LEVELS))
    losses = np.bincount(codes, weights=loss, minlength=len(LEVELS))
    return tuple(
        LevelLine(level, int(customers[level.code]), float(losses[level.code]))
        for level in reversed(LEVELS)
        if customers[level.code]
    )
