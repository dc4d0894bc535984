"""The share of a customer's value that unmet requirements put at stake, by Kano's dissatisfaction coefficients."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Self

import numpy as np
from pydantic import Field, model_validator
from pydantic.dataclasses import dataclass

from crmrisk.core.arguments import kind_problems, refuse
from crmrisk.core.bases import StatelessScorer
from crmrisk.core.errors import CompositionError, InvalidValueError, Problem
from crmrisk.core.explanation import Explanation
from crmrisk.core.measures import Input, Measure, Name
from crmrisk.core.model import VALUE, Value
from crmrisk.core.scores import Ranged
from crmrisk.satisfaction.kano import KanoCategory, Requirement

if TYPE_CHECKING:
    from crmrisk.core.arrays import FloatArray
    from crmrisk.core.portfolio import Portfolio

__all__ = ["KanoNeed", "KanoScorer"]

Share = Annotated[float, Field(ge=0, le=1)]


@dataclass(frozen=True, kw_only=True, config=VALUE)
class KanoNeed(Value):
    """Tie a requirement of the Kano survey to what is known of each customer.

    Parameters
    ----------
    requirement
        The name of the requirement.
    category
        What the survey says it is.
    dissatisfaction
        Share of respondents whom lacking it dissatisfies, the size of Kano's *worse* coefficient (0..1).
    dissatisfaction_low, dissatisfaction_high
        Its interval; the value itself where not given.
    input
        What says how far the need is unmet: a share, or a count such as ``complaints_delivery``.
    unmet_at
        The value of the input at which the need is wholly unmet; below it the need is unmet in proportion.

    Raises
    ------
    InvalidValueError
        If the interval does not hold the coefficient, or the input may be negative or left out.

    Examples
    --------
    >>> need = KanoNeed(
    ...     requirement="delivery",
    ...     category="must_be",
    ...     dissatisfaction=0.8,
    ...     input=Input("complaints_delivery", "count", ge=0),
    ... )
    >>> need.low, need.high
    (0.8, 0.8)
    """

    requirement: Name
    category: KanoCategory
    dissatisfaction: Share
    dissatisfaction_low: Share | None = None
    dissatisfaction_high: Share | None = None
    input: Input
    unmet_at: Annotated[float, Field(gt=0)] = 1.0

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        where = f"KanoNeed({self.requirement!r})"
        checks = {
            "interval without its coefficient": not self.low <= self.dissatisfaction <= self.high,
            "input that may be negative; declare ge=0": self.input.ge is None or self.input.ge < 0,
            "input that is optional: an unknown need is not a met one": self.input.optional,
        }
        problems = [Problem(what=what, where=where) for what, wrong in checks.items() if wrong]
        if problems:
            raise InvalidValueError(*problems)
        return self

    @property
    def low(self) -> float:
        """The lower end of the coefficient's interval."""
        return self.dissatisfaction if self.dissatisfaction_low is None else self.dissatisfaction_low

    @property
    def high(self) -> float:
        """The upper end of the coefficient's interval."""
        return self.dissatisfaction if self.dissatisfaction_high is None else self.dissatisfaction_high

    def unmet(self, portfolio: Portfolio) -> FloatArray:
        """Return how far the need is unmet, 0..1, ``(n_customers,)``.

        Parameters
        ----------
        portfolio
            One row per customer.

        Examples
        --------
        See `KanoScorer`.
        """
        return np.clip(portfolio[self.input.name] / self.unmet_at, 0.0, 1.0)


class KanoScorer(StatelessScorer, kind="crmrisk.kano"):
    """Score the share of a customer's value at stake through unmet requirements.

    ``share = 1 - prod_j (1 - dissatisfaction_j * unmet_j)``: each unmet requirement keeps only those whom it does not
    dissatisfy, as if requirements acted independently. Lacking a must-be requirement costs much, lacking an attractive
    one next to nothing, because that is what their coefficients say. Multiply it by a value with `ProductScorer` to get
    money.

    Parameters
    ----------
    needs
        The requirements and where each customer's state is read.

    Raises
    ------
    CompositionError
        If there is no need, or two share a requirement.

    References
    ----------
    Berger, C. et al. (1993), Kano's methods for understanding customer-defined quality, Center for Quality of
    Management Journal 2(4): the better and worse coefficients.

    Examples
    --------
    >>> from datetime import date
    >>> from crmrisk import Portfolio
    >>> late, no_gift = Input("late", "share", ge=0), Input("no_gift", "share", ge=0)
    >>> delivery = KanoNeed(requirement="delivery", category="must_be", dissatisfaction=0.8, input=late)
    >>> gift = KanoNeed(requirement="gift", category="attractive", dissatisfaction=0.1, input=no_gift)
    >>> scorer = KanoScorer(needs=[delivery, gift])
    >>> book = Portfolio(["C1", "C2", "C3"], date(2026, 1, 31), {"late": [1, 0, None], "no_gift": [0, 1, 1]})
    >>> scorer.score(book).values
    array([0.8, 0.1, nan])
    """

    needs: tuple[KanoNeed, ...]

    @model_validator(mode="after")
    def _distinct(self) -> Self:
        names = [need.requirement for need in self.needs]
        if not names or len(set(names)) < len(names):
            raise CompositionError(
                Problem(what="needs one requirement or more, each once", where="KanoScorer.needs", got=str(names))
            )
        return self

    @classmethod
    def from_requirements(
        cls,
        requirements: Sequence[Requirement],
        inputs: Mapping[str, Input],
        *,
        unmet_at: float = 1.0,
    ) -> Self:
        """Build the scorer from a Kano survey.

        Parameters
        ----------
        requirements
            What `crmrisk.satisfaction.kano_requirements` found; those not named in `inputs` are left out.
        inputs
            Requirement to the input that says how far it is unmet.
        unmet_at
            The value of these inputs at which a need is wholly unmet.

        Raises
        ------
        CompositionError
            If a requirement named in `inputs` is not in the survey, or its *worse* coefficient is undefined.
        InvalidValueError
            If requirements are no list, or inputs no mapping.

        Examples
        --------
        >>> from crmrisk.satisfaction import kano_requirements
        >>> survey = kano_requirements(["delivery"] * 4, [2, 2, 1, 3], [5, 5, 5, 3])
        >>> KanoScorer.from_requirements(survey, {"delivery": Input("late", "share", ge=0)}).needs[0].dissatisfaction
        0.75
        """
        refuse(
            kind_problems(requirements, Sequence, where="requirements"), kind_problems(inputs, Mapping, where="inputs")
        )
        found = {requirement.name: requirement for requirement in requirements}
        problems = [
            Problem(what="no worse coefficient in the survey", where=name, allowed=", ".join(found))
            for name in inputs
            if name not in found or found[name].worse.value is None
        ]
        names = [requirement.name for requirement in requirements]
        problems += [
            Problem(what="judged in several segments", where=name, remedy="pass the requirements of one segment")
            for name in inputs
            if names.count(name) > 1
        ]
        if problems:
            raise CompositionError(*problems)
        return cls(needs=tuple(_need(found[name], each, unmet_at) for name, each in inputs.items()))

    @property
    def inputs(self) -> tuple[Input, ...]:
        """What says how far each need is unmet."""
        return tuple(dict.fromkeys(need.input for need in self.needs))

    @property
    def measure(self) -> Measure:
        """A share of value."""
        return Measure.share()

    @property
    def monotone(self) -> dict[str, int]:
        """More unmet is never less at stake."""
        return {each.name: 1 for each in self.inputs}

    def compute(self, portfolio: Portfolio) -> Ranged:
        """Return the share at stake with the interval that the survey's coefficients allow."""
        unmet = [need.unmet(portfolio) for need in self.needs]
        value, low, high = (
            _at_stake(coefficients, unmet)
            for coefficients in (
                [need.dissatisfaction for need in self.needs],
                [need.low for need in self.needs],
                [need.high for need in self.needs],
            )
        )
        return Ranged(value, low, high)

    def explain(self, portfolio: Portfolio, /) -> Explanation:
        """Explain by the logarithm of the share kept, on which unmet needs add up; wholly lost is cut off at 1e-12.

        Parameters
        ----------
        portfolio
            One row per customer.
        """
        kept = [np.maximum(1.0 - need.dissatisfaction * need.unmet(portfolio), 1e-12) for need in self.needs]
        names = tuple(need.requirement for need in self.needs)
        contributions = np.stack([-np.log(share) for share in kept], axis=1)
        return Explanation(portfolio.customer_id, names, 0.0, contributions, scale="-log(share kept)")


def _at_stake(coefficients: list[float], unmet: list[FloatArray]) -> FloatArray:
    kept = np.ones_like(unmet[0])
    for coefficient, share in zip(coefficients, unmet, strict=True):
        kept = kept * (1.0 - coefficient * share)
    return 1.0 - kept


def _need(requirement: Requirement, source: Input, unmet_at: float) -> KanoNeed:
    worse = requirement.worse
    if worse.value is None or requirement.category is None:
        raise CompositionError(Problem(what="no worse coefficient", where=requirement.name))
    return KanoNeed(
        requirement=requirement.name,
        category=requirement.category,
        dissatisfaction=-worse.value,
        dissatisfaction_low=None if worse.high is None else -worse.high,
        dissatisfaction_high=None if worse.low is None else -worse.low,
        input=source,
        unmet_at=unmet_at,
    )
