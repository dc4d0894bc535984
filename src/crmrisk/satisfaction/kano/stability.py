"""How stable a classification is: the bootstrap probability of each category."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from pydantic.dataclasses import dataclass

from crmrisk.core.errors import InvalidValueError, Problem
from crmrisk.core.model import VALUE, Value
from crmrisk.satisfaction.bootstrap import resampled_counts
from crmrisk.satisfaction.kano.rules import ClassificationRule, categories_of_counts
from crmrisk.satisfaction.kano.table import KanoCategory

if TYPE_CHECKING:
    from crmrisk.core.arrays import FloatArray

__all__ = ["CategoryProbabilities", "category_probabilities", "probabilities_in"]


@dataclass(frozen=True, kw_only=True, config=VALUE)
class CategoryProbabilities(Value):
    """Hold the probability of each category, ``None`` where nothing was answered.

    Parameters
    ----------
    attractive, one_dimensional, must_be, indifferent, reverse, questionable
        Probabilities that sum to 1.

    Examples
    --------
    >>> CategoryProbabilities(must_be=0.8, indifferent=0.2)["must_be"]
    0.8
    """

    attractive: float | None = 0.0
    one_dimensional: float | None = 0.0
    must_be: float | None = 0.0
    indifferent: float | None = 0.0
    reverse: float | None = 0.0
    questionable: float | None = 0.0

    def __getitem__(self, category: str) -> float | None:
        if category not in set(KanoCategory):
            raise InvalidValueError(
                Problem(
                    what="no category", where="CategoryProbabilities", allowed=", ".join(KanoCategory), got=category
                )
            )
        probability: float | None = getattr(self, str(category))
        return probability


def category_probabilities(
    counts: FloatArray,
    rule: ClassificationRule = "mode",
    *,
    rng: np.random.Generator | None = None,
    replicates: int = 2000,
) -> CategoryProbabilities:
    """Resample the respondents of one requirement and count how often each category is found.

    Parameters
    ----------
    counts
        Counts (A, O, M, I, R, Q), ``(6,)``.
    rule
        The rule that classifies each resampled survey.
    rng
        Source of randomness; ``None`` starts the same way every time.
    replicates
        Number of bootstrap samples.

    Returns
    -------
    The probability of each category.

    Raises
    ------
    InvalidValueError
        If there is no such rule or fewer than two replicates are asked for.

    References
    ----------
    Chapman, C. and Callegaro, M. (2022). Kano analysis: a critical survey science review. *Sawtooth Software
    Conference*.

    Examples
    --------
    >>> import numpy as np
    >>> category_probabilities(np.array([0.0, 0.0, 9.0, 0.0, 0.0, 0.0])).must_be
    1.0
    """
    if counts.sum() <= 0.0:
        return CategoryProbabilities(**dict.fromkeys(KanoCategory))
    drawn = resampled_counts(counts, rng=rng, replicates=replicates).astype(np.float64)
    return probabilities_in(drawn, rule)


def probabilities_in(samples: FloatArray, rule: ClassificationRule = "mode") -> CategoryProbabilities:
    """Count how often each category is found in resampled surveys.

    Parameters
    ----------
    samples
        Counts (A, O, M, I, R, Q) of each resampled survey, ``(replicates, 6)``, none empty.
    rule
        The rule that classifies each.

    Returns
    -------
    The probability of each category.

    Raises
    ------
    InvalidValueError
        If there is no such rule.

    Examples
    --------
    >>> import numpy as np
    >>> probabilities_in(np.eye(6)[[0, 2, 2, 2]]).must_be
    0.75
    """
    found = np.bincount(categories_of_counts(samples, rule), minlength=len(KanoCategory)) / len(samples)
    return CategoryProbabilities(**dict(zip(KanoCategory, found.tolist(), strict=True)))
