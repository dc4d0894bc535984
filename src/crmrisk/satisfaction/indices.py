"""A satisfaction index in the manner of the ACSI: three ten-point questions on a scale of 0 to 100.

The questions are overall satisfaction, satisfaction against expectations, and against the ideal. The American Customer
Satisfaction Index weights them by the outer weights of a PLS model of six constructs, which nothing here estimates: the
first principal component of the three items alone is not that model, so it is not offered in its name. Published or
own weights can be given, with what they are called; without them items count equally. The record says which it was,
because indices of different weights must not be compared.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, TypeAlias

import numpy as np
from pydantic.dataclasses import dataclass

from crmrisk.core.arguments import is_number
from crmrisk.core.errors import InvalidValueError, Problem
from crmrisk.core.estimate import Estimate
from crmrisk.core.model import VALUE, Value
from crmrisk.core.row_names import refuse_other_order
from crmrisk.satisfaction.answered import Design, check_scale
from crmrisk.satisfaction.answers import survey_weights
from crmrisk.satisfaction.bootstrap import bootstrap_means
from crmrisk.satisfaction.bootstrap_intervals import percentile_interval
from crmrisk.satisfaction.items import item_answers
from crmrisk.satisfaction.means import mean_of_column, within
from crmrisk.satisfaction.numerics import check_method

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike
    from pandas import DataFrame

    from crmrisk.core.arrays import FloatArray
    from crmrisk.satisfaction.flagging import Missing
    from crmrisk.satisfaction.survey_design import PopulationSizes

__all__ = ["ItemWeights", "SatisfactionIndex", "index_of_means", "item_shares", "satisfaction_index"]

ItemWeights: TypeAlias = "Literal['equal'] | Mapping[str, float] | Sequence[float]"
"""How much each item counts: equally, or as given by item or in the order of the items."""


@dataclass(frozen=True, kw_only=True, config=VALUE)
class SatisfactionIndex(Value):
    """Hold a satisfaction index, and what it was made of.

    Parameters
    ----------
    index
        The index, 0 to 100.
    weighting
        What the weights of the items are: ``"equal"``, ``"given"``, or what the caller called them.
    items
        The items.
    item_weights
        Their weights, which add up to 1.
    item_means
        The mean answer to each, in points of the scale.
    lowest, highest
        Ends of the scale.

    Raises
    ------
    InvalidValueError
        If the parts are not what they are called.

    Examples
    --------
    >>> print(satisfaction_index({"overall": [9, 7, 10, 6], "expected": [8, 7, 9, 5], "ideal": [8, 6, 9, 6]}))
    72.22 [43.15, 100] (95 % t, n 4), equal weights of overall, expected, ideal
    """

    index: Estimate
    weighting: str
    items: tuple[str, ...]
    item_weights: tuple[float, ...]
    item_means: tuple[Estimate, ...]
    lowest: int
    highest: int

    def frame(self) -> DataFrame:
        """Lay the items out as a table.

        Returns
        -------
        One row per item: weight, mean answer with its interval, and what it adds to the index.

        Examples
        --------
        >>> satisfaction_index({"overall": [9, 7, 10, 5], "ideal": [8, 6, 9, 4]}).frame()["weight"].tolist()
        [0.5, 0.5]
        """
        from pandas import DataFrame, Index  # noqa: PLC0415 - pandas takes long to import and numbers do not need it

        rows = [
            {"weight": weight, "mean": mean.value, "low": mean.low, "high": mean.high}
            for weight, mean in zip(self.item_weights, self.item_means, strict=True)
        ]
        table = DataFrame(rows, index=Index(self.items, name="item"), dtype="float64")
        span = self.highest - self.lowest
        return table.assign(points=100.0 * table["weight"] * (table["mean"] - self.lowest) / span)

    def __str__(self) -> str:
        return f"{self.index}, {self.weighting} weights of {', '.join(self.items)}"


class _Resampling(NamedTuple):
    rng: np.random.Generator | None
    replicates: int


def satisfaction_index(
    items: Any,
    *,
    item_weights: ItemWeights = "equal",
    weighting: str | None = None,
    lowest: int = 1,
    highest: int = 10,
    weights: ArrayLike | None = None,
    strata: ArrayLike | None = None,
    clusters: ArrayLike | None = None,
    population: PopulationSizes | None = None,
    method: Literal["t", "bootstrap"] = "t",
    level: float = 0.95,
    missing: Missing = "error",
    rng: np.random.Generator | None = None,
    replicates: int = 2000,
) -> SatisfactionIndex:
    """Estimate a satisfaction index of 0 to 100 from answers to several questions.

    ``100 sum w (mean - lowest)/(highest - lowest)``, where the weights w add up to 1. It is the mean of the same index
    of each respondent, and has that mean's interval; weights of items count as known.

    Parameters
    ----------
    items
        A dataframe, a mapping from item to answers, or a matrix ``(n_respondents, n_items)``.
    item_weights
        ``"equal"``, or a weight per item: by name, or in the order of the items. They are scaled to add up to 1.
    weighting
        What given weights are called in the record, such as ``"PLS outer"``.
    lowest, highest
        Ends of the scale, inclusive.
    weights, strata, clusters, population
        The survey's design, as for `crmrisk.satisfaction.survey_design.design_mean`.
    method
        ``"t"`` (delta method, exact for a weighted sum) or ``"bootstrap"`` (percentiles of resampled respondents, for
        samples without strata, clusters or population).
    level
        Nominal coverage.
    missing
        ``"error"`` refuses missing answers, ``"exclude"`` leaves out respondents who miss any, and says how many.
    rng
        Source of randomness of the bootstrap; ``None`` starts the same way every time.
    replicates
        Number of bootstrap samples.

    Returns
    -------
    The record; its index is unrated without complete respondents.

    Raises
    ------
    RecordError
        If answers are off the scale (named with item, row and count) or missing, or the design unusable.
    InvalidValueError
        If scale, weights of items, method or level are not valid.

    References
    ----------
    Fornell, C., Johnson, M. D., Anderson, E. W., Cha, J. and Bryant, B. E. (1996). The American Customer Satisfaction
    Index: nature, purpose, and findings. *Journal of Marketing* 60, appendix.

    Examples
    --------
    >>> answers = [[9, 8, 8], [7, 7, 6], [10, 9, 9], [6, 6, 5], [8, 8, 7]]
    >>> print(satisfaction_index(answers, item_weights=[0.4, 0.3, 0.3], weighting="PLS outer").weighting)
    PLS outer
    """
    check_scale(lowest, highest)
    method = check_method(method, ("t", "bootstrap"))
    answers = item_answers(items, lowest=lowest, highest=highest, missing=missing)
    shares = item_shares(item_weights, answers.names)
    refuse_other_order(items=items, weights=weights, strata=strata, clusters=clusters)
    design = Design(weights, strata, clusters, population)
    respondents = _index(answers.values, shares, lowest, highest)
    index = mean_of_column(respondents, design, level=level)
    if method == "bootstrap":
        index = _resampled(index, respondents, design, _Resampling(rng, replicates))
    complete = np.where(answers.complete[:, None], answers.values, np.nan)
    means = tuple(within(mean_of_column(column, design, level=level), lowest, highest) for column in complete.T)
    named = weighting or ("equal" if isinstance(item_weights, str) else "given")
    return SatisfactionIndex(
        index=within(index, 0.0, 100.0),
        weighting=named,
        items=answers.names,
        item_weights=tuple(shares.tolist()),
        item_means=means,
        lowest=lowest,
        highest=highest,
    )


def index_of_means(
    means: Sequence[float], *, item_weights: ItemWeights = "equal", lowest: int = 1, highest: int = 10
) -> float:
    """Compute a satisfaction index of 0 to 100 from published means.

    Parameters
    ----------
    means
        The mean answer to each item, ``(n_items,)``.
    item_weights
        ``"equal"``, or a weight per item; they are scaled to add up to 1.
    lowest, highest
        Ends of the scale.

    Returns
    -------
    The index.

    Raises
    ------
    InvalidValueError
        If means lie off the scale, or scale or weights are not valid.

    References
    ----------
    Fornell, C. et al. (1996). *Journal of Marketing* 60, appendix.

    Examples
    --------
    >>> round(index_of_means([8.0, 7.5, 7.0]), 3)
    72.222
    """
    check_scale(lowest, highest)
    try:
        values = np.asarray(means, dtype=np.float64)
    except (TypeError, ValueError, OverflowError):
        values = np.array(np.nan)
    if values.ndim != 1 or not values.size or not ((values >= lowest) & (values <= highest)).all():
        allowed, got = f"one mean per item, {lowest} to {highest}", repr(means)[:200]
        raise InvalidValueError(Problem(what="no means", where="means", allowed=allowed, got=got))
    shares = item_shares(item_weights, tuple(f"item{number + 1}" for number in range(values.size)))
    return float(_index(values[None, :], shares, lowest, highest)[0])


def item_shares(item_weights: ItemWeights, items: tuple[str, ...], *, where: str = "item_weights") -> FloatArray:
    """Read weights of items and scale them to add up to 1.

    Parameters
    ----------
    item_weights
        ``"equal"``, or a weight per item: by name, or in their order.
    items
        The items.
    where
        What the weights are called in an error.

    Returns
    -------
    Shares, ``(n_items,)``.

    Raises
    ------
    InvalidValueError
        If there is not one finite weight of at least 0 per item, or all are 0.

    Examples
    --------
    >>> item_shares({"ideal": 1, "overall": 3}, ("overall", "ideal"))
    array([0.75, 0.25])
    """
    if isinstance(item_weights, str) and item_weights == "equal":
        return np.full(len(items), 1.0 / len(items))
    named = isinstance(item_weights, Mapping)
    given = _in_order(item_weights, items)
    numbers = [float(weight) for weight in given if is_number(weight) and 0.0 <= weight < np.inf]
    if len(numbers) != len(items) or len(given) != len(items) or max(numbers) <= 0.0:
        allowed = f"'equal', or one number of at least 0 for each of {', '.join(items)}, not all 0"
        what = "not one weight per item" if named else "no weights"
        raise InvalidValueError(Problem(what=what, where=where, allowed=allowed, got=repr(item_weights)[:200]))
    relative = np.array(numbers) / max(numbers)  # so that no sum overflows
    return np.asarray(relative / relative.sum(), dtype=np.float64)


def _in_order(item_weights: Any, items: tuple[str, ...]) -> list[Any]:
    if isinstance(item_weights, Mapping):
        return [item_weights[item] for item in items] if set(item_weights) == set(items) else []
    if isinstance(item_weights, str):
        return []
    try:
        return list(item_weights)
    except TypeError:
        return []


def _index(values: FloatArray, shares: FloatArray, lowest: int, highest: int) -> FloatArray:
    columns = [share * (column - lowest) for share, column in zip(shares, values.T, strict=True)]
    return np.asarray(100.0 * sum(columns) / (highest - lowest), dtype=np.float64)


def _resampled(index: Estimate, respondents: FloatArray, design: Design, how: _Resampling) -> Estimate:
    if design.strata is not None or design.clusters is not None or design.population is not None:
        remedy = "method='t' uses them"
        raise InvalidValueError(Problem(what="the bootstrap draws single respondents", where="method", remedy=remedy))
    if index.value is None:
        return replace(index, method="bootstrap")
    weighing = survey_weights(np.ones(respondents.size) if design.weights is None else design.weights, respondents.size)
    used = ~np.isnan(respondents) & (weighing > 0.0)
    samples = bootstrap_means(
        respondents[used], weighing[used], np.ones(int(used.sum())), rng=how.rng, replicates=how.replicates
    )
    low, high = percentile_interval(samples, index.level)
    error = float(samples.std(ddof=1))
    return replace(index, standard_error=error, low=low, high=high, method="bootstrap")
