"""The assessments of a whole portfolio: columns to compute with, rows built when asked for."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from crmrisk.assessment.controls import Remaining, remaining
from crmrisk.assessment.level_columns import LevelColumns
from crmrisk.assessment.strength import strengths
from crmrisk.assessment.summary import AssessmentSummary
from crmrisk.core.assessment import Provenance, Recommendation, RiskAssessment
from crmrisk.core.errors import Problem, UnknownCustomerError
from crmrisk.core.instants import days
from crmrisk.core.levels import levels_from_codes
from crmrisk.core.scorers import explains

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pandas as pd

    from crmrisk.assessment.pipeline import FittedAssessmentPipeline
    from crmrisk.core.arrays import ObjectArray
    from crmrisk.core.explanation import Driver, Explanation
    from crmrisk.core.portfolio import Portfolio
    from crmrisk.core.scores import Scores

__all__ = ["Assessments", "RiskExplanation"]

_BLOCK = 1024
_DRIVERS = 3


@dataclass(frozen=True)
class RiskExplanation:
    """Say why one customer's likelihood and consequence are what they are.

    Parameters
    ----------
    customer_id
        Who.
    likelihood, consequence
        Drivers, the strongest first; empty where the scorer does not explain, or the customer is unrated.

    Examples
    --------
    >>> print(RiskExplanation("C1", (), ()))
    C1: no drivers known
    """

    customer_id: str
    likelihood: tuple[Driver, ...]
    consequence: tuple[Driver, ...]

    @property
    def drivers(self) -> tuple[Driver, ...]:
        """Both, likelihood first."""
        return (*self.likelihood, *self.consequence)

    def __str__(self) -> str:
        return f"{self.customer_id}: {', '.join(map(str, self.drivers)) or 'no drivers known'}"


class _Explanations(NamedTuple):
    """Explanations of a block of customers, computed together because one by one costs a call per customer."""

    customer_id: ObjectArray
    likelihood: Explanation | None
    consequence: Explanation | None

    def of(self, row: int, *, most: int) -> RiskExplanation:
        likelihood, consequence = (
            () if explanation is None else explanation.drivers(row, most=most)
            for explanation in (self.likelihood, self.consequence)
        )
        return RiskExplanation(self.customer_id[row], likelihood, consequence)


@dataclass(frozen=True, eq=False, repr=False)
class Assessments:
    """Hold the assessment of every customer of a portfolio.

    Look at it through `frame`, `summary`, ``assessments["C0007"]`` and `explain`; iterating builds rows one by one.

    Parameters
    ----------
    pipeline
        What assessed them.
    portfolio
        Whom.
    likelihood, consequence
        The scores, ``(n_customers,)``.

    Examples
    --------
    See `crmrisk.AssessmentPipeline`.
    """

    pipeline: FittedAssessmentPipeline
    portfolio: Portfolio
    likelihood: Scores
    consequence: Scores

    @property
    def customer_id(self) -> ObjectArray:
        """Identifiers, ``(n_customers,)``."""
        return self.portfolio.customer_id

    @cached_property
    def current(self) -> LevelColumns:
        """The level of risk with the controls that run."""
        return LevelColumns.from_scores(self.likelihood, self.consequence, self.pipeline.specification.criteria)

    @cached_property
    def residual(self) -> LevelColumns:
        """The level of risk after the planned controls."""
        specification = self.pipeline.specification
        planned = remaining(control for control in specification.controls if not control.in_place)
        kept = 1.0 - specification.event.share_avoidable
        return self.current.scaled(Remaining(planned.likelihood, planned.consequence * kept))

    @cached_property
    def inherent(self) -> LevelColumns | None:
        """The level of risk without the controls in place; ``None`` where none is declared."""
        in_place = [control for control in self.pipeline.specification.controls if control.in_place]
        if not in_place:
            return None
        share = remaining(in_place)
        return self.current.scaled(Remaining(1.0 / share.likelihood, 1.0 / share.consequence))

    @cached_property
    def levels(self) -> ObjectArray:
        """The current `RiskLevel` of every customer, ``(n_customers,)``."""
        return levels_from_codes(self.current.codes)

    @cached_property
    def _strengths(self) -> ObjectArray:
        return strengths(self)

    @cached_property
    def _rows(self) -> dict[str, int]:
        return {customer: row for row, customer in enumerate(self.customer_id.tolist())}

    def __len__(self) -> int:
        return len(self.portfolio)

    def __iter__(self) -> Iterator[RiskAssessment]:
        for start in range(0, len(self), _BLOCK):
            block = range(start, min(start + _BLOCK, len(self)))
            explained = self._explanations(block, asked=False)
            yield from (self._row(row, explained.of(row - start, most=_DRIVERS)) for row in block)

    def __contains__(self, customer_id: object) -> bool:
        return customer_id in self._rows

    def __getitem__(self, customer_id: str) -> RiskAssessment:
        """Build the row of one customer."""
        return self.row(self._row_of(customer_id))

    def __repr__(self) -> str:
        return f"Assessments of {self.pipeline.name!r}: {self.summary()}"

    def _repr_html_(self) -> str:
        return self.summary().to_html()

    def _row_of(self, customer_id: str) -> int:
        try:
            return self._rows[customer_id]
        except (KeyError, TypeError):
            raise UnknownCustomerError(
                Problem(what="no such customer", where=repr(customer_id), allowed=f"one of {len(self)} customers")
            ) from None

    def row(self, row: int) -> RiskAssessment:
        """Build the assessment at a position, with the drivers that cost little; `explain` has them all.

        Parameters
        ----------
        row
            The position, from 0.
        """
        return self._row(row, self._explanations(range(row, row + 1), asked=False).of(0, most=_DRIVERS))

    def _row(self, row: int, explanation: RiskExplanation) -> RiskAssessment:
        event = self.pipeline.specification.event
        current = self.current.row(row)
        return RiskAssessment(
            customer_id=self.customer_id[row],
            event=event.name,
            category=event.category,
            current=current,
            residual=self.residual.row(row),
            inherent=None if self.inherent is None else self.inherent.row(row),
            drivers=explanation.drivers,
            recommendations=self._recommendations(current.expected_loss),
            provenance=self.provenance,
            strength_of_knowledge=self._strengths[row],
        )

    @cached_property
    def provenance(self) -> Provenance:
        """From which pipeline, release and date these assessments come."""
        from crmrisk import __version__  # noqa: PLC0415 - the package imports this module lazily

        return Provenance(
            pipeline=self.pipeline.name,
            fingerprint=self.pipeline.fingerprint,
            crmrisk_version=__version__,
            as_of=self.portfolio.as_of,
            fitted_as_of=self.pipeline.fitted_as_of,
        )

    def explain(self, customer_id: str, /) -> RiskExplanation:
        """Say why one customer's risk is what it is; computed for this customer when asked.

        Parameters
        ----------
        customer_id
            The identifier.

        Raises
        ------
        UnknownCustomerError
            If the portfolio does not hold it.
        """
        row = self._row_of(customer_id)
        return self._explanations(range(row, row + 1), asked=True).of(0, most=len(self.pipeline.inputs))

    def _explanations(self, rows: range, *, asked: bool) -> _Explanations:
        block = slice(rows.start, rows.stop)
        scorers = (self.pipeline.likelihood, self.pipeline.consequence)
        wanted = [asked or not _on_request(scorer) for scorer in scorers]
        if not any(want and explains(scorer) for want, scorer in zip(wanted, scorers, strict=True)):
            return _Explanations(self.customer_id[block], None, None)
        customers = self.portfolio.take(block)
        likelihood, consequence = (
            scorer.explain(customers) if want and explains(scorer) else None
            for want, scorer in zip(wanted, scorers, strict=True)
        )
        return _Explanations(customers.customer_id, likelihood, consequence)

    def _recommendations(self, expected_loss: float | None) -> tuple[Recommendation, ...]:
        """Rank the planned controls by what each avoids alone; a customer at no loss needs none."""
        if not expected_loss:
            return ()
        planned = [control for control in self.pipeline.specification.controls if not control.in_place]
        avoided = [Recommendation(each.name, expected_loss * (1.0 - each.share_remaining)) for each in planned]
        return tuple(sorted(avoided, key=lambda each: -each.expected_loss_avoided))

    def summary(self) -> AssessmentSummary:
        """Add the portfolio up: customers, events and losses expected, by level."""
        return AssessmentSummary.of(self)

    def frame(self) -> pd.DataFrame:
        """Return a pandas frame, one row per customer, in the portfolio's order.

        Levels are text; an unrated customer has NaN numbers and the level ``"unrated"``.
        """
        import pandas as pd  # noqa: PLC0415 - a heavy import that only this call needs

        columns: dict[str, object] = {"customer_id": self.customer_id.copy(), **self._segments()}
        event = self.pipeline.specification.event
        columns |= {"as_of": self.portfolio.as_of, "event": event.name, "horizon_days": days(event.horizon)}
        stages = {"": self.current, "residual_": self.residual}
        if self.inherent is not None:
            stages["inherent_"] = self.inherent
        for prefix, stage in stages.items():
            columns |= _stage_columns(prefix, stage)
        columns["strength_of_knowledge"] = self._strengths.copy()
        columns["currency"] = self.pipeline.specification.criteria.currency
        return pd.DataFrame(columns)

    def _segments(self) -> dict[str, ObjectArray]:
        return {
            name: self.portfolio.labels[name].copy() for name in ("segment", "tier") if name in self.portfolio.labels
        }

    def json_lines(self) -> Iterator[str]:
        """Write every assessment as one line of JSON, lazily."""
        return (assessment.model_dump_json() for assessment in self)


def _on_request(scorer: object) -> bool:
    """Tell whether explaining takes longer than scoring, so that rows are built without."""
    return bool(getattr(scorer, "explains_on_request", False))


def _stage_columns(prefix: str, stage: LevelColumns) -> dict[str, object]:
    columns: dict[str, object] = {
        f"{prefix}likelihood": np.array(stage.likelihood),
        f"{prefix}consequence": np.array(stage.consequence),
        f"{prefix}expected_loss": stage.expected_loss,
    }
    spans = {
        "likelihood": stage.likelihood_span,
        "consequence": stage.consequence_span,
        "expected_loss": stage.expected_loss_span,
    }
    for name, span in spans.items():
        if span is not None:
            columns[f"{prefix}{name}_low"], columns[f"{prefix}{name}_high"] = np.array(span.low), np.array(span.high)
    columns[f"{prefix}level"] = np.array([str(level) for level in levels_from_codes(np.arange(5))], dtype=object)[
        stage.codes
    ]
    return columns
