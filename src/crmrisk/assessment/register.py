"""The risk register: one line per risk and segment, in the terms of ISO 31000."""

from __future__ import annotations

from datetime import datetime
from html import escape
from typing import TYPE_CHECKING, Self

import numpy as np
from pydantic.dataclasses import dataclass

from crmrisk.core.events import Category
from crmrisk.core.expecting import expect
from crmrisk.core.levels import LEVELS, RiskLevel
from crmrisk.core.model import VALUE, Value
from crmrisk.core.segments import Segments

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import pandas as pd

    from crmrisk.assessment.assessments import Assessments
    from crmrisk.core.arrays import BoolArray
    from crmrisk.core.portfolio import Portfolio

__all__ = ["RegisterLine", "RiskRegister"]

EVERYONE = "all customers"
UNKNOWN = "unrated segment"


@dataclass(frozen=True, kw_only=True, config=VALUE)
class RegisterLine(Value):
    """Record one risk of one segment.

    Parameters
    ----------
    risk, category, description
        The event, its family and what it means.
    segment
        The customers.
    customers, unrated
        How many, and how many of these have no rating; all that follows is over the others.
    expected_events
        The sum of the likelihoods.
    likelihood, consequence
        The mean probability, and the mean money at stake; ``None`` if nobody is rated.
    expected_loss, residual_expected_loss
        Sums now and after the planned controls [currency].
    inherent_expected_loss
        The sum without the controls in place; ``None`` where none is declared.
    level, residual_level
        The grade of the average customer by the criteria, now and after the planned controls.
    highest_level
        The highest grade of any customer.
    currency
        The unit of money.
    controls_in_place, treatments
        Names of the controls that run, and of those planned.
    owner
        Who answers for the risk.
    as_of, horizon_days, next_review
        When it was assessed, how far it looks, and when it is looked at again.

    Examples
    --------
    See `crmrisk.RiskProgramme`.
    """

    risk: str
    category: Category
    description: str
    segment: str
    customers: int
    unrated: int
    expected_events: float
    likelihood: float | None
    consequence: float | None
    expected_loss: float
    residual_expected_loss: float
    inherent_expected_loss: float | None
    level: RiskLevel
    residual_level: RiskLevel
    highest_level: RiskLevel
    currency: str
    controls_in_place: tuple[str, ...]
    treatments: tuple[str, ...]
    owner: str
    as_of: datetime
    horizon_days: float
    next_review: datetime | None


@dataclass(frozen=True, config=VALUE)
class RiskRegister(Value):
    """List the risks of a programme by segment, the costliest first.

    Parameters
    ----------
    lines
        One per risk and segment.

    Examples
    --------
    See `crmrisk.RiskProgramme`.
    """

    lines: tuple[RegisterLine, ...]

    @classmethod
    def of(
        cls, assessments: Sequence[Assessments], *, label: str = "segment", segments: Segments | None = None
    ) -> Self:
        """Write the register of several risks.

        Parameters
        ----------
        assessments
            One per risk.
        label
            The label that splits the customers; where a portfolio has none, they stay together.
        segments
            What splits them instead: what any segmenter says of the same customers in the same order.

        Raises
        ------
        PortfolioError
            If the segments are of other customers.
        """
        lines = [
            _line(each, segment, rows)
            for each in assessments
            for segment, rows in _segments(each.portfolio, label, segments)
        ]
        return cls(tuple(sorted(lines, key=lambda line: -line.expected_loss)))

    def __len__(self) -> int:
        return len(self.lines)

    def __iter__(self) -> Iterator[RegisterLine]:
        return iter(self.lines)

    def __str__(self) -> str:
        columns = [
            "risk",
            "segment",
            "horizon_days",
            "customers",
            "unrated",
            "likelihood",
            "expected_loss",
            "residual_expected_loss",
            "level",
        ]
        formats = {
            "expected_loss": _whole,
            "residual_expected_loss": _whole,
            "likelihood": _rate,
            "horizon_days": "{:g}".format,
        }
        return str(self.frame()[columns].to_string(index=False, formatters=formats, na_rep="-"))

    def _repr_html_(self) -> str:
        return self.to_html()

    def to_html(self) -> str:
        """Render the register as a small HTML table, without any outside reference."""
        names = ("risk", "segment", "customers", "expected_loss", "residual_expected_loss", "level")
        head = "".join(f"<th>{name.replace('_', ' ')}</th>" for name in names)
        rows = "".join(
            "<tr>" + "".join(f"<td>{_cell(getattr(line, name))}</td>" for name in names) + "</tr>"
            for line in self.lines
        )
        return f"<table><tr>{head}</tr>{rows}</table>"

    def frame(self) -> pd.DataFrame:
        """Return a pandas frame, one row per line."""
        import pandas as pd  # noqa: PLC0415 - a heavy import that only this call needs

        rows = [{name: getattr(line, name) for name in RegisterLine.__dataclass_fields__} for line in self.lines]
        texts = ("category", "level", "residual_level", "highest_level")
        return pd.DataFrame([row | {name: str(row[name]) for name in texts} for row in rows])


def _whole(value: float) -> str:
    return f"{value:,.0f}"


def _rate(value: float | None) -> str:
    return "-" if value is None or value != value else f"{value:.3f}"  # noqa: PLR0124 - NaN differs from itself


def _cell(value: object) -> str:
    return f"{value:,.0f}" if isinstance(value, float) else escape(str(value))


def _segments(portfolio: Portfolio, label: str, segments: Segments | None) -> list[tuple[str, BoolArray]]:
    expect(segments, (Segments, type(None)), where="segments", remedy="segmenter.fit(portfolio).segment(portfolio)")
    if segments is None and label not in portfolio.labels:
        return [(EVERYONE, np.ones(len(portfolio), dtype=np.bool_))]
    book = portfolio if segments is None else segments.onto(portfolio, label=label)
    labels = np.array([UNKNOWN if name is None else str(name) for name in book.label(label).tolist()])
    return [(str(name), labels == name) for name in np.unique(labels)]


def _line(assessments: Assessments, segment: str, rows: BoolArray) -> RegisterLine:
    specification = assessments.pipeline.specification
    event, controls = specification.event, specification.controls
    current, residual, inherent = assessments.current, assessments.residual, assessments.inherent
    rated = rows & ~np.isnan(current.expected_loss)
    as_of = assessments.portfolio.as_of
    any_rated = bool(rated.any())
    return RegisterLine(
        risk=event.name,
        category=event.category,
        description=event.description,
        segment=segment,
        customers=int(rows.sum()),
        unrated=int((rows & ~rated).sum()),
        expected_events=float(current.likelihood[rated].sum()),
        likelihood=float(current.likelihood[rated].mean()) if any_rated else None,
        consequence=float(current.consequence[rated].mean()) if any_rated else None,
        expected_loss=float(current.expected_loss[rated].sum()),
        residual_expected_loss=float(residual.expected_loss[rated].sum()),
        inherent_expected_loss=None if inherent is None else float(inherent.expected_loss[rated].sum()),
        level=_grade_of_mean(assessments, rated, residual=False),
        residual_level=_grade_of_mean(assessments, rated, residual=True),
        highest_level=LEVELS[int(current.codes[rows].max(initial=0))],
        currency=specification.criteria.currency,
        controls_in_place=tuple(control.name for control in controls if control.in_place),
        treatments=tuple(control.name for control in controls if not control.in_place),
        owner=specification.owner,
        as_of=as_of,
        horizon_days=event.horizon.total_seconds() / 86_400,
        next_review=None if specification.review_every is None else as_of + specification.review_every,
    )


def _grade_of_mean(assessments: Assessments, rated: BoolArray, *, residual: bool) -> RiskLevel:
    """Grade the average rated customer: mean likelihood, and the consequence that gives the mean expected loss."""
    stage = assessments.residual if residual else assessments.current
    likelihood = float(stage.likelihood[rated].mean()) if rated.any() else np.nan
    if np.isnan(likelihood) or likelihood == 0:
        return RiskLevel.UNRATED if np.isnan(likelihood) else stage.criteria.grade(0.0, 0.0)
    return stage.criteria.grade(likelihood, float(stage.expected_loss[rated].mean()) / likelihood)
