"""What service quality is reported in: items, dimensions and scores, each number with its interval."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic.dataclasses import dataclass

from crmrisk.core.estimate import Estimate
from crmrisk.core.listing import bounded
from crmrisk.core.model import VALUE, Value

if TYPE_CHECKING:
    from pandas import DataFrame

__all__ = ["QualityGap", "QualityMean", "ServicePerformance", "ServiceQuality"]


@dataclass(frozen=True, kw_only=True, config=VALUE)
class QualityMean(Value):
    """Hold how an item or a dimension is perceived.

    Parameters
    ----------
    name
        The item or dimension.
    dimension
        The dimension it is or belongs to.
    weight
        Its share in the weighted score.
    perception
        The mean answer, in points of the scale.

    Raises
    ------
    InvalidValueError
        If the parts are not what they are called.

    Examples
    --------
    >>> seen = Estimate(value=5.1, method="t", n=40)
    >>> QualityMean(name="clean", dimension="tangibles", weight=0.2, perception=seen).perception.value
    5.1
    """

    name: str
    dimension: str
    weight: float
    perception: Estimate

    def __str__(self) -> str:
        return f"{self.name}: {self.perception}"


@dataclass(frozen=True, kw_only=True, config=VALUE)
class QualityGap(Value):
    """Hold how an item or a dimension is perceived, what is expected of it, and the gap.

    Parameters
    ----------
    name
        The item or dimension.
    dimension
        The dimension it is or belongs to.
    weight
        Its share in the weighted score.
    perception, expectation
        The mean answers, in points of the scale.
    gap
        Perception minus expectation, paired by respondent; negative where service falls short.

    Raises
    ------
    InvalidValueError
        If the parts are not what they are called.

    Examples
    --------
    >>> seen, wanted, gap = (Estimate(value=number, method="t", n=40) for number in (5.1, 6.3, -1.2))
    >>> QualityGap(name="a", dimension="b", weight=1, perception=seen, expectation=wanted, gap=gap).gap.value
    -1.2
    """

    name: str
    dimension: str
    weight: float
    perception: Estimate
    expectation: Estimate
    gap: Estimate

    def __str__(self) -> str:
        told = ", ".join(f"{name} {bounded(getattr(self, name))}" for name in ("gap", "perception", "expectation"))
        return f"{self.name}: {told}"


@dataclass(frozen=True, kw_only=True, config=VALUE)
class ServicePerformance(Value):
    """Hold service quality as perceived (SERVPERF).

    Parameters
    ----------
    items, dimensions
        How each is perceived.
    score, weighted_score
        Mean of the dimensions, equally weighted and by the allocation, in points of the scale.
    weighting
        Where the weights come from: ``"equal"``, ``"points"`` or ``"own points"``.

    Raises
    ------
    InvalidValueError
        If the parts are not what they are called.

    Examples
    --------
    >>> from crmrisk.satisfaction.service_quality import servperf
    >>> servperf({"clean": [5, 6], "prompt": [4, 3]}, dimensions={"all": ["clean", "prompt"]}).score.value
    4.5
    """

    items: tuple[QualityMean, ...]
    dimensions: tuple[QualityMean, ...]
    score: Estimate
    weighted_score: Estimate
    weighting: str

    def __str__(self) -> str:
        return f"performance {self.weighted_score}, weights: {self.weighting}"

    def frame(self) -> DataFrame:
        """Lay dimensions and items out as a table.

        Returns
        -------
        One row per dimension, then one per item: weight, mean, limits and n.

        Examples
        --------
        >>> from crmrisk.satisfaction.service_quality import servperf
        >>> servperf({"clean": [5, 6]}, dimensions={"tangibles": ["clean"]}).frame().index.tolist()
        [('dimension', 'tangibles'), ('item', 'clean')]
        """
        rows = [_row(part, {"": part.perception}) for part in (*self.dimensions, *self.items)]
        return _table(rows, len(self.dimensions))


@dataclass(frozen=True, kw_only=True, config=VALUE)
class ServiceQuality(Value):
    """Hold service quality as gaps (SERVQUAL), with the performance of the same perceptions (SERVPERF).

    Parameters
    ----------
    items, dimensions
        Perception, expectation and gap of each.
    gap, weighted_gap
        Mean gap of the dimensions, equally weighted and by the allocation, in points of the scale.
    weighting
        Where the weights come from: ``"equal"``, ``"points"`` or ``"own points"``.
    performance
        SERVPERF: the perceptions alone, which predict behaviour better.

    Raises
    ------
    InvalidValueError
        If the parts are not what they are called.

    Examples
    --------
    >>> from crmrisk.satisfaction.service_quality import servqual
    >>> quality = servqual({"clean": [5, 6]}, {"clean": [7, 7]}, dimensions={"tangibles": ["clean"]})
    >>> quality.gap.value, quality.performance.score.value
    (-1.5, 5.5)
    """

    items: tuple[QualityGap, ...]
    dimensions: tuple[QualityGap, ...]
    gap: Estimate
    weighted_gap: Estimate
    weighting: str
    performance: ServicePerformance

    def frame(self) -> DataFrame:
        """Lay dimensions and items out as a table.

        Returns
        -------
        One row per dimension, then one per item: weight, and mean, limits and n of perception, expectation and gap.

        Examples
        --------
        >>> from crmrisk.satisfaction.service_quality import servqual
        >>> quality = servqual({"clean": [5, 6]}, {"clean": [7, 7]}, dimensions={"tangibles": ["clean"]})
        >>> quality.frame().loc[("item", "clean"), "gap_mean"]
        np.float64(-1.5)
        """
        rows = [
            _row(part, {"perception_": part.perception, "expectation_": part.expectation, "gap_": part.gap})
            for part in (*self.dimensions, *self.items)
        ]
        return _table(rows, len(self.dimensions))

    def __str__(self) -> str:
        return f"gap {self.weighted_gap}, weights: {self.weighting}; performance {self.performance.weighted_score}"


def _row(part: QualityMean | QualityGap, estimates: dict[str, Estimate]) -> dict[str, object]:
    row: dict[str, object] = {"name": part.name, "dimension": part.dimension, "weight": part.weight}
    for prefix, estimate in estimates.items():
        numbers = {"mean": estimate.value, "low": estimate.low, "high": estimate.high, "n": estimate.n}
        row |= {prefix + name: number for name, number in numbers.items()}
    return row


def _table(rows: list[dict[str, object]], dimensions: int) -> DataFrame:
    from pandas import DataFrame  # noqa: PLC0415 - pandas takes long to import and numbers do not need it

    kinds = ["dimension"] * dimensions + ["item"] * (len(rows) - dimensions)
    return DataFrame(rows).assign(kind=kinds).set_index(["kind", "name"])
