"""Counts of one requirement's answers by category, and everything that follows from them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Self

import numpy as np
from pydantic import Field
from pydantic.dataclasses import dataclass

from crmrisk.core.errors import InvalidValueError, Problem
from crmrisk.core.model import VALUE, Value
from crmrisk.satisfaction.kano.rules import (
    ClassificationRule,
    categories_of_counts,
    exact_p_value,
    fong_critical,
    leading_two,
)
from crmrisk.satisfaction.kano.stability import CategoryProbabilities, category_probabilities
from crmrisk.satisfaction.kano.table import KanoCategory
from crmrisk.satisfaction.net_promoter import net_promoter_score
from crmrisk.satisfaction.proportions import proportion

if TYPE_CHECKING:
    from collections.abc import Iterable

    from crmrisk.core.arrays import FloatArray
    from crmrisk.core.estimate import Estimate

__all__ = ["KanoCounts", "LeadingTest"]

Count = Annotated[float, Field(ge=0, le=2.0**53)]


@dataclass(frozen=True, kw_only=True, config=VALUE)
class LeadingTest(Value):
    """Say whether the two most frequent categories can be told apart.

    Parameters
    ----------
    first, second
        The two categories.
    difference
        First count less second count.
    p_value
        Exact two-sided binomial p value.
    fong_critical
        The difference Fong (1996) asks for at 10 %, for parity with older reports only; see
        `crmrisk.satisfaction.kano.rules.fong_critical`.

    Examples
    --------
    >>> app = KanoCounts(attractive=216, one_dimensional=56, must_be=13, indifferent=275, reverse=23, questionable=24)
    >>> test = app.leading_test()
    >>> print(f"{test.p_value:.4f} {test.fong_critical:.2f} {test.fong}")
    0.0088 28.22 True
    """

    first: KanoCategory
    second: KanoCategory
    difference: float
    p_value: float
    fong_critical: float

    @property
    def fong(self) -> bool:
        """Whether Fong's test tells the two apart."""
        return self.difference >= self.fong_critical


@dataclass(frozen=True, kw_only=True, config=VALUE)
class KanoCounts(Value):
    """Count the answers about one requirement by category; sums of weights and percentages work too.

    Parameters
    ----------
    attractive, one_dimensional, must_be, indifferent, reverse, questionable
        Counts, at least 0.

    Raises
    ------
    InvalidValueError
        If a count is negative or not finite.

    Examples
    --------
    >>> secure = KanoCounts(attractive=18, one_dimensional=174, must_be=90, indifferent=42, reverse=7, questionable=27)
    >>> secure.category().value
    'one_dimensional'
    >>> print(secure.better)
    0.5926 [0.5383, 0.6447] (95 % wilson, n 324)
    >>> print(secure.worse)
    -0.8148 [-0.8533, -0.7689] (95 % wilson, n 324)
    """

    attractive: Count = 0.0
    one_dimensional: Count = 0.0
    must_be: Count = 0.0
    indifferent: Count = 0.0
    reverse: Count = 0.0
    questionable: Count = 0.0

    @classmethod
    def of(cls, categories: Iterable[str | None]) -> Self:
        """Count categories, one per respondent, as `classify_pairs` gives them.

        Parameters
        ----------
        categories
            Categories; ``None`` is unrated and not counted.

        Returns
        -------
        The counts.

        Raises
        ------
        InvalidValueError
            If something is no category.

        Examples
        --------
        >>> KanoCounts.of(["must_be", "must_be", None]).must_be
        2.0
        """
        rated = [str(category) for category in categories if category is not None]
        strange = sorted(set(rated) - set(KanoCategory))
        if strange:
            raise InvalidValueError(
                Problem(what="no category", where="KanoCounts.of", allowed=", ".join(KanoCategory), got=repr(strange))
            )
        return cls(**{category.value: rated.count(category) for category in KanoCategory})

    def array(self) -> FloatArray:
        """Return the counts in the order (A, O, M, I, R, Q).

        Returns
        -------
        Counts, ``(6,)``.

        Examples
        --------
        >>> KanoCounts(must_be=3).array()
        array([0., 0., 3., 0., 0., 0.])
        """
        return np.array([getattr(self, category.value) for category in KanoCategory], dtype=np.float64)

    @property
    def n(self) -> float:
        """All answers."""
        return float(self.array().sum())

    def category(self, rule: ClassificationRule = "mode") -> KanoCategory | None:
        """Classify the requirement.

        Parameters
        ----------
        rule
            ``"mode"``, ``"lee-newcomb"``, ``"berger"`` or ``"priority"``; see `categories_of_counts`.

        Returns
        -------
        The category, ``None`` without answers.

        Raises
        ------
        InvalidValueError
            If there is no such rule.

        Examples
        --------
        >>> KanoCounts(must_be=10, indifferent=10).category().value
        'must_be'
        """
        place = int(categories_of_counts(self.array(), rule))
        return None if place < 0 else list(KanoCategory)[place]

    @property
    def better(self) -> Estimate:
        """How much having it satisfies: ``(A + O)/(A + O + M + I)``, its value ``None`` if all four are 0."""
        return self.satisfaction_increase()

    @property
    def worse(self) -> Estimate:
        """How much lacking it dissatisfies: ``-(O + M)/(A + O + M + I)``, its value ``None`` if all four are 0."""
        return self.satisfaction_decrease()

    def satisfaction_increase(self, *, level: float = 0.95) -> Estimate:
        """Estimate Better, the coefficient of satisfaction, with its Wilson interval.

        Parameters
        ----------
        level
            Nominal coverage.

        Returns
        -------
        The estimate, in [0, 1]; reverse and questionable answers stay out.

        Raises
        ------
        InvalidValueError
            If the level is not strictly between 0 and 1.

        References
        ----------
        Timko, M., in Berger, C. et al. (1993). *Center for Quality of Management Journal* 2(4).

        Examples
        --------
        >>> KanoCounts(attractive=7, one_dimensional=33, must_be=50, indifferent=10).satisfaction_increase().value
        0.4
        """
        return proportion(self.attractive + self.one_dimensional, self._rateable, level=level)

    def satisfaction_decrease(self, *, level: float = 0.95) -> Estimate:
        """Estimate Worse, the coefficient of dissatisfaction, with its Wilson interval.

        Parameters
        ----------
        level
            Nominal coverage.

        Returns
        -------
        The estimate, in [-1, 0]; reverse and questionable answers stay out.

        Raises
        ------
        InvalidValueError
            If the level is not strictly between 0 and 1.

        References
        ----------
        Timko, M., in Berger, C. et al. (1993). *Center for Quality of Management Journal* 2(4).

        Examples
        --------
        >>> KanoCounts(attractive=7, one_dimensional=33, must_be=50, indifferent=10).satisfaction_decrease().value
        -0.83
        """
        return _negative(proportion(self.one_dimensional + self.must_be, self._rateable, level=level))

    @property
    def total_strength(self) -> Estimate:
        """The share of answers that need it, ``(A + O + M)/n``; at 60 % or more the need matters."""
        return proportion(self.attractive + self.one_dimensional + self.must_be, self.n)

    @property
    def category_strength(self) -> Estimate:
        """How far the first category leads the second, as a share of all answers; Q is neither of them.

        The interval is that of a difference of two shares of one survey (score). The two were chosen after looking,
        which makes it optimistic; a warning says so.
        """
        first, second = np.sort(self.array()[:5])[[-1, -2]].tolist()
        estimate = net_promoter_score(counts=(second, max(0.0, self.n - first - second), first))
        optimism = "the two categories were chosen after looking at the counts"
        return replace(estimate, warnings=(*estimate.warnings, optimism))

    def leading_test(self) -> LeadingTest:
        """Test whether the two most frequent categories differ.

        Returns
        -------
        Exact binomial p value and, for parity with older reports, Fong's critical difference.

        Examples
        --------
        >>> KanoCounts(must_be=20, attractive=20).leading_test().p_value
        1.0
        """
        counts = self.array()
        places = [int(place) for place in leading_two(counts)]
        first, second = counts[places]
        return LeadingTest(
            first=list(KanoCategory)[places[0]],
            second=list(KanoCategory)[places[1]],
            difference=float(first - second),
            p_value=float(exact_p_value(first, second)),
            fong_critical=float(fong_critical(first, second, counts.sum())),
        )

    def probabilities(
        self,
        rule: ClassificationRule = "mode",
        *,
        rng: np.random.Generator | None = None,
        replicates: int = 2000,
    ) -> CategoryProbabilities:
        """Return how often each category would be found if the survey were repeated.

        Parameters
        ----------
        rule
            The rule that classifies each resampled survey.
        rng
            Source of randomness; ``None`` starts the same way every time.
        replicates
            Number of bootstrap samples.

        Returns
        -------
        The probability of each category, all ``None`` without answers.

        Raises
        ------
        InvalidValueError
            If there is no such rule or fewer than two replicates are asked for.

        Examples
        --------
        >>> KanoCounts(must_be=180, indifferent=20).probabilities().must_be
        1.0
        """
        return category_probabilities(self.array(), rule, rng=rng, replicates=replicates)

    @property
    def _rateable(self) -> float:
        return self.attractive + self.one_dimensional + self.must_be + self.indifferent


def _negative(estimate: Estimate) -> Estimate:
    if estimate.value is None or estimate.low is None or estimate.high is None:
        return estimate
    # subtracting from zero, unlike a minus sign, leaves no negative zero behind
    return replace(estimate, value=0.0 - estimate.value, low=0.0 - estimate.high, high=0.0 - estimate.low)
