"""What answers about one requirement are worth under the survey's design: strata, clusters, known population."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from crmrisk.satisfaction.survey_design import design_mean

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from crmrisk.core.arrays import IntArray
    from crmrisk.satisfaction.survey_design import PopulationSizes

__all__ = ["design_effective_n"]

_CENSUS = 2.0**40  # stands for an endless number of respondents: nothing is left to chance


def design_effective_n(
    categories: IntArray,
    *,
    weights: ArrayLike | None = None,
    strata: ArrayLike | None = None,
    clusters: ArrayLike | None = None,
    population: PopulationSizes | None = None,
) -> float:
    """Count the independent respondents that the answers are worth.

    One number for all categories: the sum of their variances ``p (1 - p)`` over the sum of the design variances of
    their shares.

    Parameters
    ----------
    categories
        Category of each respondent, any whole numbers, ``(n_answers,)``, at least one.
    weights, strata, clusters, population
        The design; see `design_mean`.

    Returns
    -------
    The effective number of respondents, at most 2^40 (a census).

    Raises
    ------
    RecordError
        If a column of the design is not usable.
    InvalidValueError
        If a population is smaller than what was drawn from it.

    References
    ----------
    Rao, J. N. K. and Scott, A. J. (1981). The analysis of categorical data from complex sample surveys. *Journal of
    the American Statistical Association* 76.

    Examples
    --------
    >>> design_effective_n(np.array([0, 0, 1, 1, 0, 0, 1, 1]), clusters=[1, 1, 2, 2, 3, 3, 4, 4])
    3.0
    """
    means = [
        design_mean(
            (categories == category).astype(np.float64),
            weights=weights,
            strata=strata,
            clusters=clusters,
            population=population,
        )
        for category in np.unique(categories).tolist()
    ]
    spread = sum((mean.value or 0.0) * (1.0 - (mean.value or 0.0)) for mean in means)
    errors = [mean.standard_error for mean in means]
    if spread <= 0.0 or any(error is None for error in errors):
        return min(max(means[0].effective_n, 1.0), _CENSUS)
    variance = sum(error * error for error in errors if error is not None)
    return min(spread / variance, _CENSUS) if variance > 0.0 else _CENSUS
