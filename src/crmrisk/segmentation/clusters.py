"""Clusters: customers who resemble each other, with words for what they share and a verdict on whether it lasts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Any, Self, TypeAlias

from pydantic import BeforeValidator, Field, model_validator

from crmrisk.core.arguments import is_whole
from crmrisk.core.errors import InvalidValueError, Problem
from crmrisk.core.measures import LABEL, Input, Name
from crmrisk.core.portfolio import Portfolio
from crmrisk.core.segmenters import BaseSegmenter
from crmrisk.segmentation.cluster_learning import learnt_clusters, read_customers
from crmrisk.segmentation.column_scales import Scaling
from crmrisk.segmentation.fitted_clusters import FittedClusterSegmenter
from crmrisk.segmentation.hierarchy import Linkage
from crmrisk.segmentation.means_clustering import STARTS
from crmrisk.segmentation.number_of_clusters import Criterion
from crmrisk.segmentation.points import Distance, Metric
from crmrisk.segmentation.resampling import REPLICATES
from crmrisk.segmentation.silhouettes import LARGEST_MATRIX
from crmrisk.segmentation.solving import Method, Recipe

if TYPE_CHECKING:
    from crmrisk.core.segmenters import FittedSegmenter

__all__ = ["ClusterSegmenter", "FittedClusterSegmenter"]


def _as_inputs(given: Any) -> Any:
    several = [given] if isinstance(given, str | Input) else given
    return tuple(Input(each) if isinstance(each, str) else each for each in several) if _several(several) else given


def _as_held(needed: Input, portfolio: Portfolio) -> Input:
    if needed.unit:
        return needed
    if needed.name in portfolio.columns:
        return replace(needed, unit=portfolio.units.get(needed.name, ""))
    return Input(needed.name, LABEL) if needed.name in portfolio.labels else needed


def _as_tuple(given: Any) -> Any:
    return tuple(given) if isinstance(given, range | list) else given


def _as_ks(given: Any) -> Any:
    """Read k by its own words: pydantic would complain of every kind it might have been."""
    several = tuple(given) if isinstance(given, range | list | tuple) else (given,)
    if not several or not all(is_whole(k) and k >= 1 for k in several):
        message = "k should be a whole number >= 1, or several, such as range(2, 9)"
        raise ValueError(message)
    return given if is_whole(given) else several


def _as_names(given: Any) -> Any:
    return (given,) if isinstance(given, str) else _as_tuple(given)


def _several(given: object) -> bool:
    return isinstance(given, Iterable) and not isinstance(given, str | bytes | dict)


Inputs: TypeAlias = Annotated[tuple[Input, ...], BeforeValidator(_as_inputs), Field(min_length=1)]
Names: TypeAlias = Annotated[tuple[Name, ...], BeforeValidator(_as_names)]
Count: TypeAlias = Annotated[int, Field(ge=1, strict=True)]
Ks: TypeAlias = Annotated[int | tuple[int, ...], BeforeValidator(_as_ks)]


class ClusterSegmenter(BaseSegmenter, kind="crmrisk.clusters", fitted=FittedClusterSegmenter):
    """Find customers who resemble each other.

    Numbers are brought to one scale, clusters are found, and their centres are kept: a customer, old or new, alone or
    among a million, joins the nearest centre. Customers are then drawn anew and clustered again, which shows whether
    each cluster comes back; a clustering that does not says so, in ``warnings`` and when printed. Neither the order of
    the rows nor who else is segmented changes a segment.

    Parameters
    ----------
    inputs
        What is read: text, or `Input` of numbers, and of names with the unit ``"label"``. A unit that is not stated is
        that of the portfolio, and a column that it holds as a label is one of names.
    k
        How many clusters, or several numbers to choose from, such as ``range(2, 9)``.
    method
        ``"k-means"``; ``"k-medoids"``, whose centres are customers; ``"hierarchical"``; ``"k-prototypes"``, k-means for
        numbers and names. The second and third take names as well, by Gower's distance.
    scaling
        ``"standard"`` (mean and standard deviation), ``"robust"`` (median and quartile distance) or ``"none"``; Gower's
        distance divides by the range instead.
    log
        Columns, or ``True`` for all, of which ``sign(x) log(1 + |x|)`` is compared: amounts and counts of which a few
        are very large. It depends on the unit: euros or cents.
    distance
        ``"euclidean"``, ``"manhattan"`` or ``"gower"`` of k-medoids and hierarchical clustering; by default Gower's
        where names are read, else Euclidean.
    asymmetric
        With Gower's distance, columns of 0 and 1 in which two absences say nothing.
    linkage
        Of hierarchical clustering; by default ``"ward"`` of Euclidean distances, else ``"average"``.
    gamma
        Of k-prototypes, the price of a name that differs; by default half the mean standard deviation of the numbers.
    criterion
        What chooses among several k: ``"silhouette"``, or ``"gap"`` (k-means only).
    names
        What clusters are called, the largest first; by default ``"cluster 1"``, ``"cluster 2"``, ...
    starts
        How many starts k-means and k-prototypes have.
    replicates
        How often customers are drawn anew; 0 leaves stability unknown.
    sample
        Of more customers than these, so many are drawn where work grows with the square of their number: k-medoids and
        trees, silhouettes and the gap statistic. k-means and k-prototypes start from so many and then use all; their
        stability is that of up to five times as many.
    seed
        Where randomness starts.

    Raises
    ------
    InvalidValueError
        If settings contradict each other: all contradictions are listed.
    FitError
        If a column holds one value, fewer customers differ than there are clusters, or fewer than two have every
        input.

    Notes
    -----
    Silhouettes and stability are those of the nearest centres, also of hierarchical clustering; ``warnings`` say how
    many customers the tree itself would put elsewhere. Clusters describe; whether they predict anything is for a
    back-test of what is built on them.

    References
    ----------
    Hennig, C. (2007). Cluster-wise assessment of cluster stability. Computational Statistics and Data Analysis 52.

    Kaufman, L. and Rousseeuw, P. J. (1990). *Finding Groups in Data*.

    Examples
    --------
    >>> from datetime import date
    >>> import numpy as np
    >>> from crmrisk import Portfolio
    >>> rng = np.random.default_rng(1)
    >>> days = np.concatenate([rng.normal(200, 20, 30), rng.normal(20, 5, 50)])
    >>> spend = np.concatenate([rng.normal(100, 20, 30), rng.normal(900, 90, 50)])
    >>> book = Portfolio([f"C{i}" for i in range(80)], date(2026, 1, 31), {"idle_days": days, "revenue": spend})
    >>> fitted = ClusterSegmenter(inputs=("idle_days", "revenue"), k=range(2, 5)).fit(book)
    >>> print(fitted)
    2 clusters of 80 customers by k-means, mean silhouette 0.91, highly stable
      cluster 1 (50 customers, highly stable 1.00): idle_days low (-0.8 sd), revenue high (+0.8 sd)
      cluster 2 (30 customers, highly stable 1.00): idle_days high (+1.3 sd), revenue low (-1.3 sd)
    >>> named = fitted.renamed({"cluster 1": "active", "cluster 2": "asleep"})
    >>> print(named.segment(book)["C0"].reason)
    nearest to the centre of asleep (idle_days high (+1.3 sd), revenue low (-1.3 sd)); idle_days sets it apart most
    from active, the next
    """

    inputs: Inputs  # pyright: ignore[reportIncompatibleMethodOverride]  # a field is readable too
    k: Ks = tuple(range(2, 9))
    method: Method = "k-means"
    scaling: Scaling = "standard"
    log: bool | Names = ()
    distance: Distance | None = None
    asymmetric: Names = ()
    linkage: Linkage | None = None
    gamma: Annotated[float, Field(gt=0)] | None = None
    criterion: Criterion = "silhouette"
    names: Names = ()
    starts: Count = STARTS
    replicates: Annotated[int, Field(ge=0, strict=True)] = REPLICATES
    sample: Annotated[int, Field(ge=10, strict=True)] = LARGEST_MATRIX
    seed: Annotated[int, Field(ge=0, strict=True)] = 0

    @model_validator(mode="after")
    def _coherent(self) -> Self:
        problems = [*self._input_problems(), *self._method_problems(), *self._k_problems()]
        if problems:
            raise InvalidValueError(*problems)
        return self

    def _input_problems(self) -> list[Problem]:
        names = [each.name for each in self.inputs]
        repeated = sorted({name for name in names if names.count(name) > 1})
        problems = [Problem(what="read twice", where="inputs", got=name) for name in repeated]
        chosen = {"log": () if isinstance(self.log, bool) else self.log, "asymmetric": self.asymmetric}
        for where, columns in chosen.items():
            strange = [name for name in columns if name not in self._numbers]
            if strange:
                allowed, got = ", ".join(self._numbers) or "numbers", ", ".join(strange)
                problems.append(Problem(what="no numbers that are read", where=where, allowed=allowed, got=got))
        both = sorted(set(self.asymmetric) & set(self._logged))
        if both:
            problems.append(Problem(what="0 and 1 have no use for logarithms", where="log", got=", ".join(both)))
        optional = [each.name for each in self.inputs if each.optional]
        if optional:
            got, remedy = ", ".join(optional), "a customer without it is near to nothing: leave it out, or require it"
            problems.append(Problem(what="optional", where="inputs", got=got, remedy=remedy))
        return problems

    def _method_problems(self) -> list[Problem]:
        labels, by_pairs, euclidean = self._labels, Recipe(self.method).by_pairs, self._distance == "euclidean"
        other = 'method="k-prototypes", or "k-medoids"'
        checks = (
            (self.method == "k-means" and labels, "method", "k-means has no mean of names", ", ".join(labels), other),
            (
                self.method == "k-prototypes" and not (labels and self._numbers),
                "method",
                "k-prototypes reads numbers and names",
                ", ".join(each.name for each in self.inputs),
                'say which are names: Input("region", "label"); or method="k-means", or "k-medoids"',
            ),
            (by_pairs and labels and self._distance != "gower", "distance", "names", self._distance, '"gower"'),
            (not by_pairs and not euclidean, "distance", f"{self.method} is Euclidean", self._distance, ""),
            (self.asymmetric and self._distance != "gower", "asymmetric", "of Gower's distance", "", '"gower"'),
            (self.linkage and self.method != "hierarchical", "linkage", "of hierarchical only", self.linkage, ""),
            (self.linkage == "ward" and not euclidean, "linkage", "ward is Euclidean", self._distance, '"average"'),
            (self.gamma and self.method != "k-prototypes", "gamma", "of k-prototypes only", str(self.gamma), ""),
            (self.scaling == "range" and self._distance != "gower", "scaling", "of Gower's distance", "range", ""),
        )
        return [Problem(what=w, where=f, got=str(g), remedy=r) for wrong, f, w, g, r in checks if wrong]

    def _k_problems(self) -> list[Problem]:
        problems = []
        if self.names and len(set(self.names)) != len(self.names):
            problems.append(Problem(what="repeat", where="names", got=", ".join(self.names)))
        if self.names and (len(self._ks) > 1 or len(self.names) != self._ks[0]):
            remedy = "state one k, or name clusters after the fit: fitted.renamed(...)"
            got = f"{len(self.names)} names, k {', '.join(map(str, self._ks))}"
            problems.append(Problem(what="not one per cluster", where="names", got=got, remedy=remedy))
        if len(self._ks) > 1 and self.criterion == "silhouette" and self._ks[0] < 2:
            remedy = 'criterion="gap" may say that there are no clusters'
            problems.append(Problem(what="one cluster has no silhouette", where="k", allowed=">= 2", remedy=remedy))
        if len(self._ks) > 1 and self.criterion == "gap" and self.method != "k-means":
            remedy = 'criterion="silhouette"'
            what = "the gap statistic compares k-means"
            problems.append(Problem(what=what, where="criterion", got=self.method, remedy=remedy))
        return problems

    @property
    def _ks(self) -> tuple[int, ...]:
        return (self.k,) if isinstance(self.k, int) else tuple(sorted(set(self.k)))

    @property
    def _numbers(self) -> tuple[str, ...]:
        return tuple(each.name for each in self.inputs if each.unit != LABEL)

    @property
    def _labels(self) -> tuple[str, ...]:
        return tuple(each.name for each in self.inputs if each.unit == LABEL)

    @property
    def _logged(self) -> tuple[str, ...]:
        if isinstance(self.log, bool):
            return tuple(name for name in self._numbers if self.log and name not in self.asymmetric)
        return self.log

    @property
    def _distance(self) -> Distance:
        mixed = Recipe(self.method).by_pairs and (self._labels or self.asymmetric)
        return self.distance or ("gower" if mixed else "euclidean")

    def fit(self, portfolio: Portfolio, /) -> FittedSegmenter:
        """Check the inputs, in the units of the portfolio where none is stated, then learn.

        Parameters
        ----------
        portfolio
            One row per customer.

        Raises
        ------
        MissingInputsError
            If the portfolio does not hold what is read.
        InputRangeError
            If values leave the declared range.
        FitError
            If the data cannot be segmented.
        """
        if not isinstance(portfolio, Portfolio):
            return super().fit(portfolio)  # says so
        held = tuple(_as_held(each, portfolio) for each in self.inputs)
        return super(ClusterSegmenter, self.model_copy(update={"inputs": held})).fit(portfolio)

    def learn(self, portfolio: Portfolio) -> FittedClusterSegmenter:
        """Scale the columns, choose k, find the clusters, and draw customers anew."""
        scaling: Scaling = "range" if self._distance == "gower" else self.scaling
        customers = read_customers(portfolio, self.inputs, scaling, log=self._logged, kept=self.asymmetric)
        gamma = self.gamma if self.gamma is not None else customers.usual_gamma
        places = tuple(place for place, name in enumerate(self._numbers) if name in self.asymmetric)
        metric = Metric(self._distance, gamma if self.method == "k-prototypes" else 1.0, places)
        linkage: Linkage = self.linkage or ("ward" if self._distance == "euclidean" else "average")
        recipe = Recipe(self.method, metric, linkage, self.starts, self.sample)
        learnt = learnt_clusters(
            customers, self._ks, recipe, criterion=self.criterion, replicates=self.replicates, seed=self.seed
        )
        fitted = FittedClusterSegmenter(
            inputs=self.inputs, method=self.method, metric=metric, scales=customers.scales, **learnt._asdict()
        )
        return fitted.renamed(self.names) if self.names else fitted
