"""Clusters that were found: customers join the nearest centre, with the reason and how often resamples agree."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple, Self

import numpy as np
from pydantic import Field, model_validator

from crmrisk.core.charts import Chart
from crmrisk.core.errors import InputRangeError, InvalidValueError, Problem
from crmrisk.core.measures import LABEL, Input
from crmrisk.core.segmenters import BaseFittedSegmenter
from crmrisk.core.segments import Assigned
from crmrisk.segmentation.cluster_records import Cluster, Resample
from crmrisk.segmentation.column_scales import ColumnScale
from crmrisk.segmentation.number_of_clusters import KChoice
from crmrisk.segmentation.points import FAR, Metric, Points, column_costs, squared
from crmrisk.segmentation.profile import words_of
from crmrisk.segmentation.recurrence import Stability, stability_verdict
from crmrisk.segmentation.solving import Method

if TYPE_CHECKING:
    import pandas as pd

    from crmrisk.core.arrays import FloatArray, IntArray, ObjectArray
    from crmrisk.core.portfolio import Portfolio

__all__ = ["FittedClusterSegmenter"]

_ROWS = 4096
_SAID = 3  # traits in a reason; the profile has them all
_MATTER = ("unstable", "doubtful")


class _Agreement(NamedTuple):
    """Centres of all resamples in one row, and the cluster each stands for, ``(replicates, k)``."""

    centres: Points
    clusters: IntArray


class FittedClusterSegmenter(BaseFittedSegmenter):
    """Put each customer into the cluster whose centre is nearest.

    Reasons name what is typical of the cluster and the column that sets the customer apart from the next one. The
    stability of a customer is the share of resamples whose nearest centre stands for the same cluster.

    Parameters
    ----------
    inputs
        What is read: numbers, and names (unit ``"label"``).
    method
        How clusters were found.
    metric
        How far apart two customers are.
    scales
        How each column of numbers is made comparable, in the order of the inputs.
    clusters
        The clusters, the largest first.
    resamples
        What customers drawn anew gave.
    choice
        How the number of clusters was chosen, where it was.
    silhouette
        The mean silhouette width, -1 to 1; ``None`` of a single cluster.
    customers
        How many customers the clusters were found among.
    warnings
        What the reader should know before relying on it.

    Raises
    ------
    InvalidValueError
        If scales or centres do not fit the inputs.

    Examples
    --------
    See `ClusterSegmenter`.
    """

    inputs: tuple[Input, ...]  # pyright: ignore[reportIncompatibleMethodOverride]  # a field is readable too
    method: Method
    metric: Metric
    scales: tuple[ColumnScale, ...]
    clusters: Annotated[tuple[Cluster, ...], Field(min_length=1)]
    resamples: Annotated[tuple[Resample, ...], Field(repr=False)] = ()
    choice: KChoice | None = None
    silhouette: float | None = None
    customers: int = 0
    warnings: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        names = {each.name for each in self.inputs}
        numbers = [each.name for each in self.inputs if each.unit != LABEL]
        problems = []
        if [scale.name for scale in self.scales] != numbers:
            problems.append(Problem(what="not one per number", where="scales", allowed=", ".join(numbers)))
        wrong = [each.name for each in self.clusters if set(each.centre) != names]
        if wrong:
            allowed, got = ", ".join(sorted(names)), ", ".join(wrong)
            problems.append(Problem(what="a centre of other columns", where="clusters", allowed=allowed, got=got))
        if len(set(self.names)) != len(self.names):
            problems.append(Problem(what="names repeat", where="clusters", got=", ".join(self.names)))
        if problems:
            raise InvalidValueError(*problems)
        return self

    @property
    def names(self) -> tuple[str, ...]:
        """The clusters, the largest first."""
        return tuple(cluster.name for cluster in self.clusters)

    @property
    def k(self) -> int:
        """The number of clusters."""
        return len(self.clusters)

    @property
    def stability(self) -> Stability | None:
        """What is to be thought of the clustering: as of its least stable cluster; ``None`` if that is unknown."""
        known = [cluster.jaccard for cluster in self.clusters if cluster.jaccard is not None]
        return stability_verdict(min(known)) if known else None

    def __str__(self) -> str:
        shaky = self.stability in _MATTER
        stability = f", {str(self.stability).upper() if shaky else self.stability}" if self.stability else ""
        width = "" if self.silhouette is None else f", mean silhouette {self.silhouette:.2f}"
        found = f"{self.k} cluster{'s' if self.k > 1 else ''} of {self.customers:,} customers"
        head = f"{found} by {self.method}{width}{stability}"
        return "\n  ".join([head, *map(str, self.clusters), *(f"note: {warning}" for warning in self.warnings)])

    def _repr_pretty_(self, printer: Any, _: object) -> None:
        """Show notebooks what `str` says, not all that resamples found."""
        printer.text(str(self))

    def profile(self) -> pd.DataFrame:
        """Return the profile table, one row per cluster: sizes, typical values, stability, and all that in words.

        Examples
        --------
        See `ClusterSegmenter`.
        """
        import pandas as pd  # noqa: PLC0415 - a heavy import that only this call needs

        return pd.DataFrame(
            [
                {"cluster": each.name, "size": each.size, "share": each.size / max(self.customers, 1)}
                | {trait.name: trait.typical for trait in each.traits}
                | {"jaccard": each.jaccard, "stability": each.verdict, "words": each.words}
                for each in self.clusters
            ]
        )

    def chart(self, *, title: str | None = None) -> Chart:
        """Draw the profile: how far each cluster's numbers are from those of all customers, in standard deviations.

        Parameters
        ----------
        title
            What it shows; unless given, how many clusters there are and how stable they are.

        Raises
        ------
        InvalidValueError
            If only names are read.

        Examples
        --------
        >>> from datetime import date
        >>> from crmrisk import Portfolio
        >>> from crmrisk.segmentation.clusters import ClusterSegmenter
        >>> book = Portfolio([f"C{n}" for n in range(6)], date(2026, 1, 31), {"spend": [1, 2, 3, 101, 102, 103]})
        >>> chart = ClusterSegmenter(inputs=["spend"], k=2, replicates=20).fit(book).chart()
        >>> chart.frame()["y"].round(1).tolist()
        [-1.0, 1.0]
        """
        columns = [scale.name for scale in self.scales]
        if not columns:
            what, remedy = "no numbers to draw", "profile() is the table"
            raise InvalidValueError(Problem(what=what, where="FittedClusterSegmenter.chart", remedy=remedy))
        heights = [{trait.name: trait.deviations for trait in each.traits} for each in self.clusters]
        series = {
            f"{cluster.name} ({cluster.size:,})": [float(found[name] or 0.0) for name in columns]
            for cluster, found in zip(self.clusters, heights, strict=True)
        }
        said = title or f"{self.k} clusters of {self.customers:,} customers, {self.stability or 'stability unknown'}"
        label = "above or below all customers [standard deviation]"
        return Chart.of(columns, series, title=said, kind="bar", x_label="", y_label=label)

    def renamed(self, names: Mapping[str, str] | Sequence[str]) -> Self:
        """Give clusters the names people use, after a look at the profile.

        Parameters
        ----------
        names
            Old name to new, of some or all; or all new names, of the largest cluster first.

        Raises
        ------
        InvalidValueError
            If there is no such cluster, names repeat, or there are too few or too many.

        Examples
        --------
        See `ClusterSegmenter`.
        """
        if isinstance(names, str) or not isinstance(names, Mapping | Sequence):
            allowed, got = "old name -> new, or all names", repr(names)[:100]
            raise InvalidValueError(Problem(what="no names", where="names", allowed=allowed, got=got))
        given = names if isinstance(names, Mapping) else dict(enumerate(names))
        held = self.names if isinstance(names, Mapping) else tuple(range(self.k))
        unknown = [str(name) for name in given if name not in held]
        if unknown or (not isinstance(names, Mapping) and len(given) != self.k):
            allowed = f"new names of {', '.join(self.names)}"
            raise InvalidValueError(Problem(what="no such names", where="names", allowed=allowed, got=str(names)[:200]))
        fields = [name for name in Cluster.__dataclass_fields__ if name != "name"]
        clusters = tuple(
            Cluster(given.get(old, cluster.name), **{name: getattr(cluster, name) for name in fields})  # type: ignore[call-overload]  # either kind of key
            for old, cluster in zip(held, self.clusters, strict=True)
        )
        return self.model_copy(update={"clusters": clusters})

    def assign(self, portfolio: Portfolio) -> Assigned:
        """Return the nearest centre of each customer, why, and how many resamples agree."""
        points = self._points(portfolio)
        costs = squared(points, self._centres, self.metric)
        codes = costs.argmin(axis=1)
        return Assigned(codes, self._reasons(points, codes, costs), self._agreeing(points, codes))

    def _points(self, portfolio: Portfolio) -> Points:
        numbers = [scale.scaled(portfolio[scale.name]) for scale in self.scales]
        far = [_far(portfolio, scale, x) for scale, x in zip(self.scales, numbers, strict=True) if (abs(x) > FAR).any()]
        if far:
            raise InputRangeError(*far)
        names = [self._coded(place, portfolio.label(name)) for place, name in enumerate(self._labels)]
        return _stacked(numbers, names, len(portfolio))

    @property
    def _labels(self) -> list[str]:
        return [each.name for each in self.inputs if each.unit == LABEL]

    @cached_property
    def _codes(self) -> list[dict[object, int]]:
        """The code of every name that some centre has, per column of names; a name no centre has differs from all."""
        places = [place for place, each in enumerate(self.inputs) if each.unit == LABEL]
        rows = [[each.centre[name] for name in self._order] for each in self.clusters]
        rows += [list(row) for each in self.resamples for row in each.centres]
        return [{name: code for code, name in enumerate(sorted({str(row[p]) for row in rows}))} for p in places]

    @property
    def _order(self) -> list[str]:
        return [each.name for each in self.inputs]

    def _coded(self, place: int, names: Sequence[object] | ObjectArray) -> IntArray:
        codes = self._codes[place]
        return np.array([codes.get(name, -1) for name in names], dtype=np.int64)

    @cached_property
    def _centres(self) -> Points:
        return self._points_of([tuple(each.centre[name] for name in self._order) for each in self.clusters])

    def _points_of(self, rows: Sequence[tuple[float | str, ...]]) -> Points:
        columns = dict(zip(self._order, zip(*rows, strict=True), strict=True))
        numbers = [scale.scaled(np.array(columns[scale.name], dtype=np.float64)) for scale in self.scales]
        names = [self._coded(place, columns[name]) for place, name in enumerate(self._labels)]
        return _stacked(numbers, names, len(rows))

    @cached_property
    def _agreement(self) -> _Agreement:
        """Line up the resamples; one with fewer clusters repeats its first, which is then found first anyway."""
        rows: list[tuple[float | str, ...]] = []
        clusters = np.empty((len(self.resamples), self.k), dtype=np.int64)
        for place, each in enumerate(self.resamples):
            lacking = self.k - len(each.centres)
            rows += [*each.centres, *each.centres[:1] * lacking]
            clusters[place] = [*each.clusters, *each.clusters[:1] * lacking]
        return _Agreement(self._points_of(rows), clusters)

    def _agreeing(self, points: Points, codes: IntArray) -> FloatArray | None:
        if not self.resamples:
            return None
        shares = np.empty(len(points))
        for start in range(0, len(points), _ROWS):
            rows = slice(start, start + _ROWS)
            shares[rows] = self._share(points.take(rows), codes[rows])
        return shares

    def _share(self, points: Points, codes: IntArray) -> FloatArray:
        centres, clusters = self._agreement
        costs = squared(points, centres, self.metric).reshape(len(points), *clusters.shape)
        found = clusters[np.arange(len(clusters)), costs.argmin(axis=2)]
        agreeing: FloatArray = np.count_nonzero(found == codes[:, None], axis=1) / len(clusters)
        return agreeing

    def _reasons(self, points: Points, codes: IntArray, costs: FloatArray) -> ObjectArray:
        if self.k == 1:
            return np.full(len(codes), f"the only cluster ({self.clusters[0].words})", dtype=object)
        costs[np.arange(len(codes)), codes] = np.inf
        second = costs.argmin(axis=1)
        apart = column_costs(points, self._centres.take(second), self.metric)
        apart -= column_costs(points, self._centres.take(codes), self.metric)
        reasons: ObjectArray = self._sentences[codes, second, apart.argmax(axis=1)]
        return reasons

    @cached_property
    def _sentences(self) -> ObjectArray:
        """Every reason there can be, by cluster, next cluster and the column that sets them apart."""
        columns = [*(scale.name for scale in self.scales), *self._labels]
        texts = np.empty((self.k, self.k, len(columns)), dtype=object)
        for place, cluster in enumerate(self.clusters):
            for other, name in enumerate(self.names):
                head = f"nearest to the centre of {cluster.name} ({words_of(cluster.traits, most=_SAID)}); "
                texts[place, other] = [
                    head + f"{column} sets it apart most from {name}, the next" for column in columns
                ]
        return texts


def _far(portfolio: Portfolio, scale: ColumnScale, scaled: FloatArray) -> Problem:
    row = int(np.abs(scaled).argmax())
    got = f"{portfolio[scale.name][row]:g} for customer {portfolio.customer_id[row]!r}"
    allowed = f"within {FAR:g} spreads of the others"
    return Problem(what="too far from every cluster to be measured", where=scale.name, allowed=allowed, got=got)


def _stacked(numbers: Sequence[FloatArray], names: Sequence[IntArray], n_rows: int) -> Points:
    return Points(
        np.column_stack(numbers) if numbers else np.empty((n_rows, 0)),
        np.column_stack(names) if names else np.empty((n_rows, 0), dtype=np.int64),
    )
