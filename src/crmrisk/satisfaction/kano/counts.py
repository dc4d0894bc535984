"""Counts of one requirement's answers by category, and everything that follows from them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Self

import numpy as np
from pydantic import Field
from pydantic.dataclasses import dataclass

from crmrisk.core.arrays import LARGEST_COUNT
from crmrisk.core.errors import InvalidValueError, Problem
from crmrisk.core.model import VALUE, Value
from crmrisk.satisfaction.answers import effective_sample_size, survey_weights
from crmrisk.satisfaction.bootstrap import resampled_counts
from crmrisk.satisfaction.kano.leading import LeadingTest, leading_test
from crmrisk.satisfaction.kano.position import (
    KanoPosition,
    ReverseCounting,
    better_estimate,
    position_of,
    worse_estimate,
)
from crmrisk.satisfaction.kano.rules import ClassificationRule, categories_of_counts
from crmrisk.satisfaction.kano.stability import CategoryProbabilities, category_probabilities
from crmrisk.satisfaction.kano.table import KanoCategory
from crmrisk.satisfaction.net_promoter import net_promoter_score
from crmrisk.satisfaction.proportions import proportion

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import ArrayLike

    from crmrisk.core.arrays import FloatArray
    from crmrisk.core.estimate import Estimate

__all__ = ["KanoCounts", "LeadingTest"]

Count = Annotated[float, Field(ge=0, le=LARGEST_COUNT)]
Worth = Annotated[float, Field(gt=0, le=LARGEST_COUNT)]


@dataclass(frozen=True, kw_only=True, config=VALUE)
class KanoCounts(Value):
    """Count the answers about one requirement by category; sums of weights and percentages work too.

    Parameters
    ----------
    attractive, one_dimensional, must_be, indifferent, reverse, questionable
        Counts, at least 0.
    effective_n
        How many equally weighted answers they are worth, where they are sums of weights; their sum by default.

    Raises
    ------
    InvalidValueError
        If a count is negative or not finite, or the effective n not positive.

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
    effective_n: Worth | None = None

    @classmethod
    def of(cls, categories: Iterable[str | None], *, weights: ArrayLike | None = None) -> Self:
        """Count categories, one per respondent, as `classify_pairs` gives them.

        Parameters
        ----------
        categories
            Categories; ``None`` is unrated and not counted.
        weights
            Survey weight of each respondent.

        Returns
        -------
        The counts; under weights they add up to the respondents whose weight is not zero, and know Kish's effective n.

        Raises
        ------
        InvalidValueError
            If something is no category.
        RecordError
            If weights are not one usable number per respondent.

        Examples
        --------
        >>> KanoCounts.of(["must_be", "must_be", None]).must_be
        2.0
        """
        names = [None if category is None else str(category) for category in categories]
        strange = sorted({name for name in names if name is not None} - set(KanoCategory))
        if strange:
            raise InvalidValueError(
                Problem(what="no category", where="KanoCounts.of", allowed=", ".join(KanoCategory), got=repr(strange))
            )
        if weights is None:
            return cls(**{category.value: names.count(category) for category in KanoCategory})
        order = {category.value: place for place, category in enumerate(KanoCategory)}
        places = np.array([-1 if name is None else order[name] for name in names], dtype=np.int64)
        weighing = survey_weights(weights, places.size)
        used = (places >= 0) & (weighing > 0.0)
        sums = np.bincount(places[used], weights=weighing[used], minlength=6).astype(np.float64)
        return cls.weighted(sums, n=float(np.count_nonzero(used)), effective_n=effective_sample_size(weighing[used]))

    @classmethod
    def weighted(cls, sums: FloatArray, *, n: float, effective_n: float) -> Self:
        """Make counts from sums of weights.

        Parameters
        ----------
        sums
            Sums of weights by category (A, O, M, I, R, Q), ``(6,)``.
        n
            Number of respondents; the counts add up to it.
        effective_n
            How many equally weighted respondents they are worth.

        Returns
        -------
        The counts, all 0 without respondents.

        Examples
        --------
        >>> KanoCounts.weighted(np.array([0.5, 0.5, 1.0, 0.0, 0.0, 0.0]), n=8, effective_n=6).must_be
        4.0
        """
        total = float(sums.sum())
        if total <= 0.0:
            return cls()
        scaled = (sums * (n / total)).tolist()
        return cls(**dict(zip(KanoCategory, scaled, strict=True)), effective_n=effective_n)

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
        place = int(categories_of_counts(self.worth(), rule))
        return None if place < 0 else list(KanoCategory)[place]

    @property
    def better(self) -> Estimate:
        """How much having it satisfies: ``(A + O)/(A + O + M + I)``, its value ``None`` if all four are 0."""
        return self.satisfaction_increase()

    @property
    def worse(self) -> Estimate:
        """How much lacking it dissatisfies: ``-(O + M)/(A + O + M + I)``, its value ``None`` if all four are 0."""
        return self.satisfaction_decrease()

    def satisfaction_increase(self, *, level: float = 0.95, reverse: ReverseCounting = "exclude") -> Estimate:
        """Estimate Better, the coefficient of satisfaction, with its Wilson interval.

        Parameters
        ----------
        level
            Nominal coverage.
        reverse
            ``"exclude"``: reverse answers stay out; ``"net"``: they count against it, ``(A + O - R)/(A + O + M + I +
            R)``, with the score interval.

        Returns
        -------
        The estimate, in [0, 1], or [-1, 1] where net; questionable answers stay out.

        Raises
        ------
        InvalidValueError
            If the level is not strictly between 0 and 1, or there is no such policy.

        References
        ----------
        Timko, M., in Berger, C. et al. (1993). *Center for Quality of Management Journal* 2(4).

        Examples
        --------
        >>> KanoCounts(attractive=7, one_dimensional=33, must_be=50, indifferent=10).satisfaction_increase().value
        0.4
        """
        return better_estimate(self.array(), scale=self._scale, level=level, reverse=reverse)

    def satisfaction_decrease(self, *, level: float = 0.95, reverse: ReverseCounting = "exclude") -> Estimate:
        """Estimate Worse, the coefficient of dissatisfaction, with its Wilson interval.

        Parameters
        ----------
        level
            Nominal coverage.
        reverse
            ``"exclude"``: reverse answers stay out; ``"net"``: they count in the base.

        Returns
        -------
        The estimate, in [-1, 0]; questionable answers stay out.

        Raises
        ------
        InvalidValueError
            If the level is not strictly between 0 and 1, or there is no such policy.

        Examples
        --------
        >>> KanoCounts(attractive=7, one_dimensional=33, must_be=50, indifferent=10).satisfaction_decrease().value
        -0.83
        """
        return worse_estimate(self.array(), scale=self._scale, level=level, reverse=reverse)

    @property
    def total_strength(self) -> Estimate:
        """The share of answers that need it, ``(A + O + M)/n``; at 60 % or more the need matters."""
        return self.strength()

    def strength(self, *, level: float = 0.95) -> Estimate:
        """Estimate the total strength with its Wilson interval.

        Parameters
        ----------
        level
            Nominal coverage.

        Returns
        -------
        The share of all answers that need it, ``(A + O + M)/n``.

        Raises
        ------
        InvalidValueError
            If the level is not strictly between 0 and 1.

        Examples
        --------
        >>> print(KanoCounts(attractive=216, one_dimensional=56, must_be=13, indifferent=322).strength())
        0.4695 [0.4301, 0.5093] (95 % wilson, n 607)
        """
        return proportion(
            self.attractive + self.one_dimensional + self.must_be, self.n, level=level, effective_n=self.effective_n
        )

    @property
    def category_strength(self) -> Estimate:
        """How far the first category leads the second, a share of all answers; Q is neither of them."""
        first, second = np.sort(self.array()[:5])[[-1, -2]].tolist()
        parts = (second, max(0.0, self.n - first - second), first)
        estimate = net_promoter_score(counts=parts, effective_n=self.effective_n)
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
        return leading_test(self.array(), self._scale)

    def position(
        self,
        *,
        level: float = 0.95,
        reverse: ReverseCounting = "exclude",
        rng: np.random.Generator | None = None,
        replicates: int = 2000,
    ) -> KanoPosition:
        """Put the requirement on the map of better and worse, respondents resampled.

        Parameters
        ----------
        level
            Nominal coverage of the intervals.
        reverse
            ``"exclude"`` or ``"net"``; see `satisfaction_increase`.
        rng
            Source of randomness; ``None`` starts the same way every time.
        replicates
            Number of bootstrap samples.

        Returns
        -------
        Better and worse with their covariance and the probability of each quadrant.

        Raises
        ------
        InvalidValueError
            If level or policy are not valid or fewer than two replicates are asked for.

        Examples
        --------
        >>> KanoCounts(must_be=180, indifferent=20).position().quadrant_probabilities.must_be
        1.0
        """
        better = self.satisfaction_increase(level=level, reverse=reverse)
        worse = self.satisfaction_decrease(level=level, reverse=reverse)
        if not self.n:
            return KanoPosition(better=better, worse=worse)
        samples = resampled_counts(self.worth(), rng=rng, replicates=replicates).astype(np.float64)
        return position_of(better, worse, self.worth(), samples, reverse)

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
        return category_probabilities(self.worth(), rule, rng=rng, replicates=replicates)

    @property
    def _scale(self) -> float:
        return 1.0 if self.effective_n is None or not self.n else self.effective_n / self.n

    def worth(self) -> FloatArray:
        """Return the counts (A, O, M, I, R, Q) in equally weighted answers, ``(6,)``."""
        return self.array() * self._scale
