"""Several net promoter scores at once: do they differ at all, and which pairs do when all pairs are looked at."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from itertools import combinations
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, cast, get_args

import numpy as np
from pydantic.dataclasses import dataclass
from scipy.special import chdtrc

from crmrisk.core.arguments import check_choice
from crmrisk.core.errors import InvalidValueError, Problem
from crmrisk.core.estimate import Estimate
from crmrisk.core.listing import listed
from crmrisk.core.model import VALUE, Value
from crmrisk.core.row_names import refuse_other_order
from crmrisk.satisfaction.answered import Design
from crmrisk.satisfaction.comparison import Comparison
from crmrisk.satisfaction.effective_counts import EffectiveCounts, named_counts
from crmrisk.satisfaction.net_promoter_comparison import DifferenceMethod, compare_effective_counts
from crmrisk.satisfaction.net_promoter_counts import STANDARD_BREAKS, NpsBreaks
from crmrisk.satisfaction.net_promoter_intervals import adjusted_net_promoter
from crmrisk.satisfaction.net_promoter_split import SurveyPart, part_of_counts, split_survey

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike
    from pandas import DataFrame

    from crmrisk.satisfaction.flagging import Missing
    from crmrisk.satisfaction.sample_units import PopulationSizes

__all__ = [
    "Adjustment",
    "GroupPair",
    "HeterogeneityTest",
    "NetPromoterGroups",
    "adjusted_p_values",
    "compare_net_promoter_groups",
]

Adjustment: TypeAlias = Literal["holm", "bonferroni", "none"]
"""How p values of pairs are adjusted for each other."""


@dataclass(frozen=True, config=VALUE)
class HeterogeneityTest(Value):
    """Hold a test of whether several numbers differ at all.

    Parameters
    ----------
    statistic
        Sum of squared standardised distances from the common mean; ``None`` with fewer than two groups.
    degrees_of_freedom
        Groups less one.
    p_value
        Its chi-squared p value.

    Examples
    --------
    >>> print(HeterogeneityTest(7.4, 2, 0.025))
    heterogeneity 7.4, df 2, p 0.025
    """

    statistic: float | None
    degrees_of_freedom: int
    p_value: float | None

    def __str__(self) -> str:
        if self.statistic is None or self.p_value is None:
            return "heterogeneity: fewer than two groups"
        return f"heterogeneity {self.statistic:.4g}, df {self.degrees_of_freedom}, p {self.p_value:.2g}"


@dataclass(frozen=True, config=VALUE)
class GroupPair(Value):
    """Hold the comparison of two groups among several.

    Parameters
    ----------
    first, second
        The groups.
    comparison
        First minus second, with the p value adjusted for the other pairs.

    Examples
    --------
    >>> difference = Estimate(value=0.3, low=0.07, high=0.51, method="adjusted wald", n=200)
    >>> print(GroupPair("2018", "2017", Comparison(difference, 2.6, 0.0096, adjusted_p_value=0.03)))
    2018 v 2017: higher: 0.3 [0.07, 0.51] (95 % adjusted wald, n 200), p 0.0096 (0.03 adjusted)
    """

    first: str
    second: str
    comparison: Comparison

    def __str__(self) -> str:
        return f"{self.first} v {self.second}: {self.comparison}"


@dataclass(frozen=True, config=VALUE)
class NetPromoterGroups(Value):
    """Hold the scores of several groups, whether they differ, and which pairs do.

    Parameters
    ----------
    estimates
        Group to score.
    heterogeneity
        The test of all groups at once.
    pairs
        Every pair of groups.
    adjustment
        How the p values of pairs are adjusted.

    Examples
    --------
    >>> found = compare_net_promoter_groups(counts={"a": (20, 30, 50), "b": (35, 30, 35), "c": (30, 40, 30)})
    >>> found["a", "b"].verdict
    'higher'
    """

    estimates: dict[str, Estimate]
    heterogeneity: HeterogeneityTest
    pairs: tuple[GroupPair, ...]
    adjustment: Adjustment = "holm"

    def __str__(self) -> str:
        groups = listed(f"{name}: {estimate}" for name, estimate in self.estimates.items())
        return "\n".join([groups, str(self.heterogeneity), *([listed(self.pairs)] if self.pairs else [])])

    def __getitem__(self, names: tuple[str, str]) -> Comparison:
        first, second = names
        for pair in self.pairs:
            if (pair.first, pair.second) == (str(first), str(second)):
                return pair.comparison
        allowed = ", ".join(f"({pair.first!r}, {pair.second!r})" for pair in self.pairs[:5])
        raise InvalidValueError(Problem(what="no such pair", where="groups", allowed=allowed, got=repr(names)))

    def frame(self) -> DataFrame:
        """Return the pairs as a table.

        Returns
        -------
        One row per pair: first, second, difference, standard_error, low, high, p_value, adjusted_p_value, verdict.
        """
        from pandas import DataFrame  # noqa: PLC0415 - pandas takes long to import

        fields = ("standard_error", "low", "high")
        rows = [
            {"first": pair.first, "second": pair.second, "difference": pair.comparison.difference.value}
            | {name: getattr(pair.comparison.difference, name) for name in fields}
            | {name: getattr(pair.comparison, name) for name in ("p_value", "adjusted_p_value", "verdict")}
            for pair in self.pairs
        ]
        return DataFrame(rows)


def compare_net_promoter_groups(
    answers: ArrayLike | None = None,
    groups: ArrayLike | None = None,
    *,
    counts: Mapping[str, Sequence[float]] | None = None,
    weights: ArrayLike | None = None,
    strata: ArrayLike | None = None,
    clusters: ArrayLike | None = None,
    population: PopulationSizes | None = None,
    breaks: NpsBreaks = STANDARD_BREAKS,
    method: DifferenceMethod | None = None,
    level: float = 0.95,
    adjustment: Adjustment = "holm",
    missing: Missing = "error",
) -> NetPromoterGroups:
    """Compare the net promoter scores of several independent groups or waves.

    ``Q = sum (NPS_i - mean)^2/SE_i^2`` over groups, with adjusted Wald scores and errors, is chi-squared with one
    degree of freedom less than groups if all scores are the same. Pairs are then compared as `compare_net_promoter`
    does, and their p values adjusted so that the probability of any false verdict stays at ``1 - level``.

    Parameters
    ----------
    answers
        One answer per row, ``(n_answers,)``; or give ``counts``.
    groups
        Group of each answer, ``(n_answers,)``.
    counts
        Group to detractors, passives, promoters.
    weights, strata, clusters, population
        How the answers were drawn, as for `net_promoter_score`; groups are taken as independent samples.
    breaks
        Which answers detract, are passive and promote.
    method
        As for `compare_net_promoter`.
    level
        Nominal coverage of each interval; the verdicts are at ``1 - level`` together.
    adjustment
        ``"holm"`` steps down and is never worse than ``"bonferroni"``; ``"none"`` adjusts nothing.
    missing
        ``"error"`` refuses missing answers, ``"exclude"`` leaves them out and says how many in the warnings.

    Returns
    -------
    Scores, the overall test and all pairs, groups in order.

    Raises
    ------
    RecordError
        If answers are off the scale or missing, or groups missing or not one per answer.
    InvalidValueError
        If neither or both of answers with groups and counts are given, or a setting is not valid.

    References
    ----------
    Cochran, W. G. (1954). *Biometrics* 10. Holm, S. (1979). *Scandinavian Journal of Statistics* 6.

    Examples
    --------
    >>> found = compare_net_promoter_groups([10, 9, 3, 10, 1, 2, 8, 0], ["a", "a", "a", "a", "b", "b", "b", "b"])
    >>> print(found.pairs[0])
    a v b: not distinguishable yet: 1.25 [-0.0847, 1.513] (95 % permutation, n 8), p 0.14 (0.14 adjusted)
    """
    _check_adjustment(adjustment)
    refuse_other_order(answers=answers, groups=groups, weights=weights, strata=strata, clusters=clusters)
    design = Design(weights, strata, clusters, population)
    if _counted(answers, groups, counts, design):
        named = [(name, named_counts(each, f"counts, {name}")) for name, each in cast("Any", counts).items()]
        parts = [part_of_counts(name, each, level=level) for name, each in named]
    else:
        settings = {"design": design, "breaks": breaks, "level": level, "missing": missing}
        parts = split_survey(cast("Any", answers), cast("Any", groups), **cast("Any", settings))
    estimates = {str(part.name): part.estimate for part in parts}
    pairs = _pairs(parts, method, level, adjustment)
    return NetPromoterGroups(estimates, _heterogeneity([part.counts for part in parts]), pairs, adjustment)


def adjusted_p_values(p_values: Sequence[float | None], adjustment: Adjustment = "holm") -> list[float | None]:
    """Adjust p values for being looked at together.

    Parameters
    ----------
    p_values
        The p values; ``None`` where there was no test.
    adjustment
        Holm multiplies the smallest by the number of tests, the next by one less, and so on, never falling; Bonferroni
        multiplies all by the number of tests.

    Returns
    -------
    The adjusted p values in the same order; ``None`` stays.

    Raises
    ------
    InvalidValueError
        If there is no such adjustment.

    References
    ----------
    Holm, S. (1979). A simple sequentially rejective multiple test procedure. *Scandinavian Journal of Statistics* 6.

    Examples
    --------
    >>> adjusted_p_values([0.04, 0.01, None, 0.03])
    [0.06, 0.03, None, 0.06]
    """
    _check_adjustment(adjustment)
    known = sorted((value, place) for place, value in enumerate(p_values) if value is not None)
    adjusted: list[float | None] = [None] * len(p_values)
    least = 0.0
    for rank, (value, place) in enumerate(known):
        factor = {"holm": len(known) - rank, "bonferroni": len(known), "none": 1}[adjustment]
        least = max(least, min(1.0, factor * value))
        adjusted[place] = least
    return adjusted


def _counted(answers: object, groups: object, counts: object, design: Design) -> bool:
    if counts is None and answers is not None and groups is not None:
        return False
    if counts is None or answers is not None or groups is not None or not design.simple:
        remedy = "answers and groups, or counts={'2017': (d, m, p), ...}"
        what = "give answers with their groups, or counts by group"
        raise InvalidValueError(Problem(what=what, where="compare_net_promoter_groups", remedy=remedy))
    if not isinstance(counts, Mapping):
        allowed = "a mapping from group to detractors, passives, promoters"
        raise InvalidValueError(Problem(what="no counts", where="counts", allowed=allowed, got=repr(counts)[:200]))
    return True


def _pairs(
    parts: list[SurveyPart], method: DifferenceMethod | None, level: float, adjustment: Adjustment
) -> tuple[GroupPair, ...]:
    named = list(combinations(parts, 2))
    found = [compare_effective_counts(one.counts, two.counts, method=method, level=level) for one, two in named]
    adjusted = adjusted_p_values([each.p_value for each in found], adjustment)
    return tuple(
        GroupPair(str(one.name), str(two.name), replace(each, adjusted_p_value=p_value))
        for (one, two), each, p_value in zip(named, found, adjusted, strict=True)
    )


def _heterogeneity(samples: list[EffectiveCounts]) -> HeterogeneityTest:
    moments = [adjusted_net_promoter(*each.counts) for each in samples if each.counts.n]
    if len(moments) < 2:
        return HeterogeneityTest(None, 0, None)
    centres, squares = (np.array(column, dtype=np.float64) for column in zip(*moments, strict=True))
    common = (centres / squares).sum() / (1.0 / squares).sum()
    statistic, freedom = float(((centres - common) ** 2 / squares).sum()), len(moments) - 1
    return HeterogeneityTest(statistic, freedom, float(chdtrc(freedom, statistic)))


def _check_adjustment(adjustment: str) -> None:
    check_choice(adjustment, get_args(Adjustment), where="adjustment", what="no such adjustment")
