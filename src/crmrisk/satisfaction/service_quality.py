"""Service quality: what customers perceive, against what they expect (SERVQUAL) or by itself (SERVPERF).

A gap is perception minus expectation of the same respondent, so its interval is that of paired differences. SERVPERF
has no expectations and predicts behaviour better; `servqual` therefore reports it beside the gaps.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from crmrisk.core.arguments import checked_level, is_number
from crmrisk.core.errors import InvalidValueError, Problem, RecordError
from crmrisk.core.row_names import paired_by_position, refuse_other_order
from crmrisk.satisfaction.answered import Design, check_scale
from crmrisk.satisfaction.dimension_weights import Allocation, DimensionWeights, dimension_weights, shared_out
from crmrisk.satisfaction.indices import item_shares
from crmrisk.satisfaction.items import ItemAnswers, item_answers
from crmrisk.satisfaction.means import mean_of_column, within
from crmrisk.satisfaction.service_quality_records import (
    QualityGap,
    QualityMean,
    ServicePerformance,
    ServiceQuality,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike

    from crmrisk.core.arrays import FloatArray
    from crmrisk.core.estimate import Estimate
    from crmrisk.satisfaction.flagging import Missing
    from crmrisk.satisfaction.survey_design import PopulationSizes

__all__ = ["DIMENSIONS", "servperf", "servqual", "servqual_score"]

DIMENSIONS = ("tangibles", "reliability", "responsiveness", "assurance", "empathy")
"""The dimensions of the published questionnaire; yours may have others."""


class _Survey(NamedTuple):
    """Everything the answers are asked about: dimensions with their items and weights, design, scale, level."""

    dimensions: dict[str, tuple[str, ...]]
    weights: DimensionWeights
    design: Design
    level: float
    ends: tuple[float, float]
    notes: tuple[str, ...] = ()


def servqual(
    perceptions: Any,
    expectations: Any,
    *,
    dimensions: Mapping[str, Sequence[str]],
    allocation: Allocation = "equal",
    lowest: int = 1,
    highest: int = 7,
    weights: ArrayLike | None = None,
    strata: ArrayLike | None = None,
    clusters: ArrayLike | None = None,
    population: PopulationSizes | None = None,
    level: float = 0.95,
    missing: Missing = "error",
) -> ServiceQuality:
    """Estimate the gaps between what customers perceive and what they expect.

    An item's gap is ``G = P - E`` of each respondent, a dimension's the mean of its items' gaps, and the weighted score
    ``sum w G`` over dimensions with weights that add up to 1.

    Parameters
    ----------
    perceptions, expectations
        Two tables of the same items and respondents, in the same order of rows: a dataframe, a mapping from item to
        answers, or a matrix ``(n_respondents, n_items)``.
    dimensions
        Dimension to its items, each item in one dimension. Other items are left out.
    allocation
        ``"equal"``; points per dimension, usually 100 shared out; or a table of every respondent's own points, one
        column per dimension, whose weighted score is then that of their own points.
    lowest, highest
        Ends of the scale, inclusive.
    weights, strata, clusters, population
        The survey's design, as for `crmrisk.satisfaction.survey_design.design_mean`.
    level
        Nominal coverage.
    missing
        ``"error"`` refuses missing answers. ``"exclude"`` leaves a respondent out of every number they did not answer
        in full: an item's gap needs both answers, a dimension's all of its items, a score all dimensions.

    Returns
    -------
    The record: items, dimensions, scores weighted and unweighted, and SERVPERF of the same perceptions.

    Raises
    ------
    RecordError
        If answers are off the scale (named with item, row and count) or missing, or the tables do not match.
    InvalidValueError
        If dimensions do not share the items out, or allocation, scale, design or level are not valid.

    References
    ----------
    Parasuraman, A., Zeithaml, V. A. and Berry, L. L. (1988). SERVQUAL. *Journal of Retailing* 64. Parasuraman, A.,
    Berry, L. L. and Zeithaml, V. A. (1991). *Journal of Retailing* 67 (weights).

    Examples
    --------
    >>> seen = {"clean": [5, 6, 4, 5], "prompt": [4, 3, 5, 4]}
    >>> wanted = {"clean": [6, 6, 5, 7], "prompt": [7, 6, 6, 6]}
    >>> quality = servqual(
    ...     seen,
    ...     wanted,
    ...     dimensions={"tangibles": ["clean"], "responsiveness": ["prompt"]},
    ...     allocation={"tangibles": 30, "responsiveness": 70},
    ... )
    >>> print(quality.weighted_gap)
    -1.875 [-2.842, -0.9082] (95 % t, n 4)
    """
    refuse_other_order(perceptions=perceptions, expectations=expectations)
    seen, survey = _asked(
        perceptions,
        dimensions,
        allocation,
        scale=(lowest, highest),
        design=Design(weights, strata, clusters, population),
        level=level,
        missing=missing,
    )
    survey = survey._replace(notes=paired_by_position(perceptions, expectations))
    wanted = item_answers(expectations, lowest=lowest, highest=highest, missing=missing, where="expectations")
    _check_match(seen, wanted)
    gaps = ItemAnswers(names=seen.names, values=seen.values - wanted.columns(seen.names))
    wanted = ItemAnswers(names=seen.names, values=wanted.columns(seen.names))
    parts = {name: _by_dimension(answers, survey) for name, answers in (("p", seen), ("e", wanted), ("g", gaps))}
    return ServiceQuality(
        items=_item_gaps(seen, wanted, gaps, survey),
        dimensions=tuple(
            QualityGap(
                name=dimension,
                dimension=dimension,
                weight=weight,
                perception=_estimate(parts["p"][:, place], survey),
                expectation=_estimate(parts["e"][:, place], survey),
                gap=_estimate(parts["g"][:, place], survey, difference=True),
            )
            for place, (dimension, weight) in enumerate(zip(survey.dimensions, survey.weights.shares, strict=True))
        ),
        gap=_estimate(_mean(parts["g"]), survey, difference=True),
        weighted_gap=_estimate(survey.weights.score(parts["g"]), survey, difference=True),
        weighting=survey.weights.label,
        performance=_performance(seen, survey),
    )


def servperf(
    perceptions: Any,
    *,
    dimensions: Mapping[str, Sequence[str]],
    allocation: Allocation = "equal",
    lowest: int = 1,
    highest: int = 7,
    weights: ArrayLike | None = None,
    strata: ArrayLike | None = None,
    clusters: ArrayLike | None = None,
    population: PopulationSizes | None = None,
    level: float = 0.95,
    missing: Missing = "error",
) -> ServicePerformance:
    """Estimate service quality from perceptions only.

    Parameters
    ----------
    perceptions
        A dataframe, a mapping from item to answers, or a matrix ``(n_respondents, n_items)``.
    dimensions, allocation, lowest, highest, weights, strata, clusters, population, level, missing
        As for `servqual`.

    Returns
    -------
    The record: items, dimensions, and scores weighted and unweighted.

    Raises
    ------
    RecordError
        If answers are off the scale (named with item, row and count) or missing, or the design unusable.
    InvalidValueError
        If dimensions do not share the items out, or allocation, scale, design or level are not valid.

    References
    ----------
    Cronin, J. J. and Taylor, S. A. (1992). Measuring service quality: a reexamination and extension. *Journal of
    Marketing* 56.

    Examples
    --------
    >>> seen = {"clean": [5, 6, 4, 5], "prompt": [4, 3, 5, 4]}
    >>> parts = {"tangibles": ["clean"], "responsiveness": ["prompt"]}
    >>> print(servperf(seen, dimensions=parts).score)
    4.5 [4.5, 4.5] (95 % t, n 4)
    """
    seen, survey = _asked(
        perceptions,
        dimensions,
        allocation,
        scale=(lowest, highest),
        design=Design(weights, strata, clusters, population),
        level=level,
        missing=missing,
    )
    return _performance(seen, survey)


def servqual_score(gaps: Mapping[str, float] | Sequence[float], *, allocation: Any = "equal") -> float:
    """Combine published gaps of dimensions into one score.

    Parameters
    ----------
    gaps
        Mean gap of each dimension, by name or in order.
    allocation
        ``"equal"``, or points per dimension, by name or in the order of the gaps; they are scaled to add up to 1.

    Returns
    -------
    ``sum w G``, in points of the scale.

    Raises
    ------
    InvalidValueError
        If gaps are no finite numbers, or there is not one weight of at least 0 per gap.

    References
    ----------
    Parasuraman, A., Berry, L. L. and Zeithaml, V. A. (1991). *Journal of Retailing* 67.

    Examples
    --------
    >>> round(servqual_score([-1.2, -0.8, -0.5, -0.3, -0.1], allocation=[25, 30, 20, 15, 10]), 3)
    -0.695
    """
    names, numbers = _named(gaps)
    if not numbers or not all(is_number(gap) and abs(gap) < np.inf for gap in numbers):
        allowed, got = "one finite number per dimension", repr(gaps)[:200]
        raise InvalidValueError(Problem(what="no gaps", where="gaps", allowed=allowed, got=got))
    shares = item_shares(allocation, names, where="allocation")
    return float(sum(share * gap for share, gap in zip(shares, numbers, strict=True)))


def _named(gaps: Any) -> tuple[tuple[str, ...], list[Any]]:
    if isinstance(gaps, Mapping):
        return tuple(str(name) for name in gaps), list(gaps.values())
    try:
        numbers = list(gaps)
    except TypeError:
        numbers = []
    known = len(numbers) == len(DIMENSIONS)
    return DIMENSIONS if known else tuple(f"dimension{number + 1}" for number in range(len(numbers))), numbers


def _asked(
    perceptions: Any,
    dimensions: Mapping[str, Sequence[str]],
    allocation: Allocation,
    *,
    scale: tuple[int, int],
    design: Design,
    level: float,
    missing: Missing,
) -> tuple[ItemAnswers, _Survey]:
    check_scale(*scale)
    checked_level(level)
    rows = {"weights": design.weights, "strata": design.strata, "clusters": design.clusters}
    refuse_other_order(perceptions=perceptions, allocation=allocation, **rows)
    seen = item_answers(perceptions, lowest=scale[0], highest=scale[1], missing=missing, where="perceptions")
    parts = shared_out(dimensions, seen.names)
    asked = [item for items in parts.values() for item in items]
    seen = ItemAnswers(names=tuple(asked), values=seen.columns(asked))
    weighing = dimension_weights(allocation, tuple(parts), len(seen.values), weights=design.weights)
    return seen, _Survey(parts, weighing, design, level, scale)


def _check_match(seen: ItemAnswers, wanted: ItemAnswers) -> None:
    problems = []
    lacking = [name for name in seen.names if name not in wanted.names]
    if lacking:
        problems.append(Problem(what="items without expectations", where="expectations", got=", ".join(lacking)))
    if len(seen.values) != len(wanted.values):
        got = f"{len(seen.values)} and {len(wanted.values)} rows"
        problems.append(Problem(what="not the same respondents", where="perceptions, expectations", got=got))
    if problems:
        raise RecordError(*problems)


def _performance(seen: ItemAnswers, survey: _Survey) -> ServicePerformance:
    by_dimension = _by_dimension(seen, survey)
    of_item = {item: dimension for dimension, items in survey.dimensions.items() for item in items}
    shares = dict(zip(survey.dimensions, survey.weights.shares, strict=True))
    return ServicePerformance(
        items=tuple(
            QualityMean(
                name=item,
                dimension=of_item[item],
                weight=shares[of_item[item]] / len(survey.dimensions[of_item[item]]),
                perception=_estimate(seen.values[:, place], survey),
            )
            for place, item in enumerate(seen.names)
        ),
        dimensions=tuple(
            QualityMean(
                name=name, dimension=name, weight=shares[name], perception=_estimate(by_dimension[:, place], survey)
            )
            for place, name in enumerate(survey.dimensions)
        ),
        score=_estimate(_mean(by_dimension), survey),
        weighted_score=_estimate(survey.weights.score(by_dimension), survey),
        weighting=survey.weights.label,
    )


def _item_gaps(seen: ItemAnswers, wanted: ItemAnswers, gaps: ItemAnswers, survey: _Survey) -> tuple[QualityGap, ...]:
    of_item = {item: dimension for dimension, items in survey.dimensions.items() for item in items}
    shares = dict(zip(survey.dimensions, survey.weights.shares, strict=True))
    return tuple(
        QualityGap(
            name=item,
            dimension=of_item[item],
            weight=shares[of_item[item]] / len(survey.dimensions[of_item[item]]),
            perception=_estimate(seen.values[:, place], survey),
            expectation=_estimate(wanted.values[:, place], survey),
            gap=_estimate(gaps.values[:, place], survey, difference=True),
        )
        for place, item in enumerate(seen.names)
    )


def _by_dimension(answers: ItemAnswers, survey: _Survey) -> FloatArray:
    """Average each respondent's items of a dimension; one they miss leaves the dimension missing."""
    return np.column_stack([_mean(answers.columns(items)) for items in survey.dimensions.values()])


def _mean(columns: FloatArray) -> FloatArray:
    return np.asarray(sum(columns.T) / columns.shape[1], dtype=np.float64)


def _estimate(values: FloatArray, survey: _Survey, *, difference: bool = False) -> Estimate:
    lowest, highest = survey.ends
    reach = (lowest - highest, highest - lowest) if difference else (lowest, highest)
    found = within(mean_of_column(values, survey.design, level=survey.level), *reach)
    return replace(found, warnings=(*found.warnings, *survey.notes)) if difference and survey.notes else found
