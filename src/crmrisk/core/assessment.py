"""One customer's answer: `RiskAssessment`, the row that applications and people read."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Self

from pydantic import Field, model_validator
from pydantic.dataclasses import dataclass

from crmrisk.core.customers import Identifier
from crmrisk.core.errors import InvalidValueError, Problem
from crmrisk.core.events import Category
from crmrisk.core.explanation import Driver
from crmrisk.core.instants import Moment
from crmrisk.core.levels import RiskLevel
from crmrisk.core.measures import Name
from crmrisk.core.model import VALUE, Model, Value

__all__ = ["Interval", "LevelOfRisk", "Provenance", "Recommendation", "RiskAssessment", "StrengthOfKnowledge"]

Money = Annotated[float, Field(ge=0)]


class StrengthOfKnowledge(StrEnum):
    """Say how much an assessment rests on.

    ``none``: unrated. ``weak``: rated, though some input this customer's scorers could use is missing. ``moderate``:
    every input is known, but the likelihood has no interval. ``strong``: every input is known and the likelihood
    carries its interval.

    Examples
    --------
    >>> StrengthOfKnowledge("weak")
    <StrengthOfKnowledge.WEAK: 'weak'>
    """

    NONE = "none"
    WEAK = "weak"
    MODERATE = "moderate"
    STRONG = "strong"


@dataclass(frozen=True, config=VALUE)
class Interval(Value):
    """Hold the ends of an interval.

    Parameters
    ----------
    low, high
        The ends, inclusive.

    Raises
    ------
    InvalidValueError
        If they are crossed.

    Examples
    --------
    >>> Interval(0.1, 0.3).high
    0.3
    """

    low: float
    high: float

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.low > self.high:
            got = f"[{self.low}, {self.high}]"
            raise InvalidValueError(Problem(what="ends are crossed", where="Interval", allowed="low <= high", got=got))
        return self


@dataclass(frozen=True, kw_only=True, config=VALUE)
class LevelOfRisk(Value):
    """State a level of risk: how likely, how much, and the grade.

    Parameters
    ----------
    likelihood
        Probability of the event within its horizon; ``None`` is unrated.
    consequence
        Money at stake if it happens, in `currency`; ``None`` is unrated.
    currency
        The unit of money.
    expected_loss
        Likelihood times consequence, in `currency`.
    level
        The grade by the criteria.
    likelihood_interval, consequence_interval, expected_loss_interval
        Where known.

    Examples
    --------
    >>> LevelOfRisk(likelihood=0.2, consequence=500, currency="EUR", expected_loss=100, level="moderate").level
    <RiskLevel.MODERATE: 'moderate'>
    """

    likelihood: Annotated[float, Field(ge=0, le=1)] | None
    consequence: Money | None
    currency: Name
    expected_loss: Money | None
    level: RiskLevel
    likelihood_interval: Interval | None = None
    consequence_interval: Interval | None = None
    expected_loss_interval: Interval | None = None


@dataclass(frozen=True, config=VALUE)
class Recommendation(Value):
    """Recommend one control and say what it avoids.

    Parameters
    ----------
    control
        Its name.
    expected_loss_avoided
        The reduction of the expected loss if it is the only one applied, in the assessment's currency.

    Examples
    --------
    >>> Recommendation("call within 48 h", 30.0).control
    'call within 48 h'
    """

    control: Name
    expected_loss_avoided: Money


@dataclass(frozen=True, kw_only=True, config=VALUE)
class Provenance(Value):
    """Say where an assessment comes from.

    Parameters
    ----------
    pipeline
        The name of the pipeline.
    fingerprint
        The fingerprint of the fitted pipeline.
    crmrisk_version
        The release that computed it.
    as_of
        Nothing later was known of the customer.
    fitted_as_of
        Nothing later was known to the model. Where it is after `as_of`, the model has seen the customer's future, and
        the assessment proves nothing.

    Examples
    --------
    >>> from datetime import datetime
    >>> day = datetime(2026, 1, 31)
    >>> Provenance(
    ...     pipeline="churn", fingerprint="0f", crmrisk_version="0.1.0", as_of=day, fitted_as_of=day
    ... ).pipeline
    'churn'
    """

    pipeline: Name
    fingerprint: Name
    crmrisk_version: Name
    as_of: Moment
    fitted_as_of: Moment | None = None


class RiskAssessment(Model):
    """Answer for one customer and one risk event.

    Parameters
    ----------
    customer_id
        Who.
    event, category
        Of what.
    current
        The level of risk with the controls that were running when the data were collected.
    residual
        The level after the planned controls.
    inherent
        The level without any control; only where the pipeline declares which controls to back out.
    drivers
        Why, the strongest first.
    recommendations
        Planned controls, the most effective first.
    provenance
        From which model, release and date.
    strength_of_knowledge
        How much it rests on.

    Examples
    --------
    >>> from datetime import datetime
    >>> level = LevelOfRisk(likelihood=0.2, consequence=500, currency="EUR", expected_loss=100, level="moderate")
    >>> source = Provenance(pipeline="churn", fingerprint="0f", crmrisk_version="0.1.0", as_of=datetime(2026, 1, 31))
    >>> assessment = RiskAssessment(
    ...     customer_id="C1", event="churn", category="attrition", current=level, residual=level, provenance=source
    ... )
    >>> RiskAssessment.model_validate_json(assessment.model_dump_json()) == assessment
    True
    """

    customer_id: Identifier
    event: Name
    category: Category
    current: LevelOfRisk
    residual: LevelOfRisk
    inherent: LevelOfRisk | None = None
    drivers: tuple[Driver, ...] = ()
    recommendations: tuple[Recommendation, ...] = ()
    provenance: Provenance
    strength_of_knowledge: StrengthOfKnowledge = StrengthOfKnowledge.NONE
