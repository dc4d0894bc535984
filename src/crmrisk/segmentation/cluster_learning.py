"""From a portfolio to clusters: read the customers, choose k, solve, draw anew, describe, and say what to beware of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from crmrisk.core.errors import FitError, Problem
from crmrisk.core.measures import LABEL, Input
from crmrisk.segmentation.cluster_arguments import canonical, require_clusters
from crmrisk.segmentation.cluster_records import Cluster, Resample
from crmrisk.segmentation.clustering import Clustering, largest_first
from crmrisk.segmentation.column_scales import ColumnScale, Scaling, learn_scales
from crmrisk.segmentation.number_of_clusters import Criterion, KChoice, k_choice
from crmrisk.segmentation.points import Points
from crmrisk.segmentation.profile import Trait, label_traits, number_traits
from crmrisk.segmentation.prototypes_clustering import usual_gamma
from crmrisk.segmentation.recurrence import ClusterStability, stability_verdict
from crmrisk.segmentation.resampling import resampled
from crmrisk.segmentation.silhouettes import sampled_rows, silhouette_widths
from crmrisk.segmentation.solving import Recipe, Solved, pairwise, solve

if TYPE_CHECKING:
    from crmrisk.core.arrays import FloatArray, ObjectArray
    from crmrisk.core.portfolio import Portfolio

__all__ = ["Customers", "Learnt", "learnt_clusters", "read_customers"]

_WEAK, _MANY_MOVED = 0.25, 0.05


@dataclass(frozen=True, eq=False)
class Customers:
    """Hold the customers clusters are found among, in canonical order.

    Parameters
    ----------
    points
        What is compared.
    inputs
        What is read.
    scales
        How each column of numbers was made comparable.
    numbers
        Column to its values.
    vocabularies
        Column of names to all its names, sorted.

    Examples
    --------
    See `read_customers`.
    """

    points: Points
    inputs: tuple[Input, ...]
    scales: tuple[ColumnScale, ...]
    numbers: dict[str, FloatArray]
    vocabularies: dict[str, tuple[str, ...]]

    @property
    def usual_gamma(self) -> float:
        """The usual price of a name that differs, on the scale of the numbers."""
        return usual_gamma(self.points.numbers) if self.scales else 1.0

    def natural(self, centres: Points) -> list[dict[str, float | str]]:
        """Return centres in the units of the columns."""
        columns: dict[str, list[float] | list[str]] = {
            scale.name: [scale.natural(x) for x in centres.numbers[:, place].tolist()]
            for place, scale in enumerate(self.scales)
        }
        for place, (name, vocabulary) in enumerate(self.vocabularies.items()):
            columns[name] = [vocabulary[code] for code in centres.labels[:, place].tolist()]
        return [{each.name: columns[each.name][row] for each in self.inputs} for row in range(len(centres))]


def read_customers(
    portfolio: Portfolio,
    inputs: tuple[Input, ...],
    scaling: Scaling,
    *,
    log: tuple[str, ...] = (),
    kept: tuple[str, ...] = (),
) -> Customers:
    """Read the customers who have every input.

    Parameters
    ----------
    portfolio
        One row per customer.
    inputs
        What is read.
    scaling
        How numbers are made comparable.
    log
        Columns of which logarithms are compared.
    kept
        Columns of 0 and 1 that stay as they are.

    Raises
    ------
    FitError
        If fewer than two customers have every input, or a column cannot tell customers apart.

    Examples
    --------
    >>> from datetime import date
    >>> from crmrisk import Portfolio
    >>> book = Portfolio(["C1", "C2", "C3"], date(2026, 1, 31), {"age": [60, None, 20]})
    >>> read_customers(book, (Input("age"),), "standard").numbers
    {'age': array([20., 60.])}
    """
    rated = portfolio.require(inputs)
    if rated.sum() < 2:
        got = f"{int(rated.sum())} of {len(portfolio)} customers with {', '.join(each.name for each in inputs)}"
        raise FitError(Problem(what="fewer than two customers have every input", where="portfolio", got=got))
    numbers = {each.name: portfolio[each.name][rated] for each in inputs if each.unit != LABEL}
    names = {each.name: portfolio.label(each.name)[rated] for each in inputs if each.unit == LABEL}
    _refuse_one_name(names)
    scales = learn_scales(numbers, scaling, log=log, kept=kept)
    coded = {name: np.unique(column, return_inverse=True) for name, column in names.items()}
    n_rows = int(rated.sum())
    scaled = [scale.scaled(numbers[scale.name]) for scale in scales]
    points, order = canonical(
        Points(
            np.column_stack(scaled) if scaled else np.empty((n_rows, 0)),
            np.column_stack([codes for _, codes in coded.values()]) if coded else np.empty((n_rows, 0), dtype=np.int64),
        )
    )
    vocabularies = {name: tuple(known.tolist()) for name, (known, _) in coded.items()}
    return Customers(points, inputs, scales, {name: each[order] for name, each in numbers.items()}, vocabularies)


def _refuse_one_name(names: dict[str, ObjectArray]) -> None:
    constant = [name for name, column in names.items() if len(set(column.tolist())) == 1]
    if constant:
        remedy = "leave it out: it separates nobody"
        raise FitError(*(Problem(what="one name for all customers", where=name, remedy=remedy) for name in constant))


class Learnt(NamedTuple):
    """Hold what a fit found, by the names of the fitted segmenter's fields.

    Examples
    --------
    See `learnt_clusters`.
    """

    clusters: tuple[Cluster, ...]
    resamples: tuple[Resample, ...]
    choice: KChoice | None
    silhouette: float | None
    customers: int
    warnings: tuple[str, ...]


def learnt_clusters(
    customers: Customers, ks: tuple[int, ...], recipe: Recipe, *, criterion: Criterion, replicates: int, seed: int
) -> Learnt:
    """Find the clusters and describe them.

    Parameters
    ----------
    customers
        Among whom.
    ks
        Numbers of clusters to choose from, ascending.
    recipe
        How clusters are found.
    criterion
        What chooses.
    replicates
        How often customers are drawn anew.
    seed
        Where randomness starts.

    Raises
    ------
    FitError
        If fewer customers differ than there are clusters.

    Examples
    --------
    >>> from datetime import date
    >>> from crmrisk import Portfolio
    >>> book = Portfolio(["C1", "C2", "C3"], date(2026, 1, 31), {"age": [60, 21, 20]})
    >>> customers = read_customers(book, (Input("age"),), "standard")
    >>> learnt = learnt_clusters(customers, (2,), Recipe(), criterion="silhouette", replicates=0, seed=0)
    >>> print(learnt.clusters[0])
    cluster 1 (2 customers): age rather low (-0.7 sd)
    """
    points = customers.points
    require_clusters(points, max(ks))
    choosing, solving, drawing, looking = (np.random.default_rng([seed, stream]) for stream in range(4))
    choice = k_choice(points, ks, criterion, recipe, rng=choosing) if len(ks) > 1 else None
    found = _ordered(solve(points, ks[0] if choice is None else choice.k, recipe, solving))
    again = resampled(points, found, recipe, replicates=replicates, rng=drawing) if replicates else None
    sizes = tuple(np.bincount(found.codes, minlength=len(found.centres)).tolist())
    stability = None if again is None else again.stability(sizes)
    drawn = [] if again is None else list(zip(again.centres, again.matches, strict=True))
    width = _mean_silhouette(points, found, recipe, looking)
    return Learnt(
        clusters=_described(customers, found, sizes, stability),
        resamples=tuple(
            Resample(tuple(tuple(row.values()) for row in customers.natural(centres)), tuple(matches.tolist()))
            for centres, matches in drawn
        ),
        choice=choice,
        silhouette=width,
        customers=len(points),
        warnings=_warnings(found, stability, width, choice, n_rows=len(points), recipe=recipe),
    )


def _ordered(found: Solved) -> Solved:
    ordered = largest_first(Clustering(found.codes, found.centres, 0.0))
    return Solved(ordered.codes, ordered.centres, found.moved)


def _mean_silhouette(points: Points, found: Solved, recipe: Recipe, rng: np.random.Generator) -> float | None:
    rows = sampled_rows(len(points), recipe.sample, rng)
    if len(set(found.codes[rows].tolist())) < 2:
        return None
    return float(silhouette_widths(pairwise(points.take(rows), recipe.metric), found.codes[rows]).mean())


def _described(
    customers: Customers, found: Solved, sizes: tuple[int, ...], stability: ClusterStability | None
) -> tuple[Cluster, ...]:
    k, coded = len(sizes), enumerate(customers.vocabularies.items())
    columns = {
        each.name: number_traits(customers.numbers[each.name], found.codes, k, each) for each in customers.scales
    }
    for place, (name, vocabulary) in coded:
        columns[name] = label_traits(name, customers.points.labels[:, place], vocabulary, found.codes, k)
    return tuple(
        Cluster(
            name=f"cluster {place + 1}",
            size=sizes[place],
            centre=centre,
            traits=_traits(columns, customers.inputs, place) if sizes[place] else (),
            jaccard=None if stability is None else stability.jaccard[place],
            dissolved=None if stability is None else stability.dissolved[place],
        )
        for place, centre in enumerate(customers.natural(found.centres))
    )


def _traits(columns: dict[str, list[Trait]], inputs: tuple[Input, ...], place: int) -> tuple[Trait, ...]:
    return tuple(columns[each.name][place] for each in inputs)


def _warnings(
    found: Solved,
    stability: ClusterStability | None,
    width: float | None,
    choice: KChoice | None,
    *,
    n_rows: int,
    recipe: Recipe,
) -> tuple[str, ...]:
    notes = list(choice.warnings) if choice is not None else []
    if stability is not None:
        notes += _shaky(stability)
    if width is not None and width < _WEAK:
        notes.append(f"mean silhouette {width:.2f}: below {_WEAK} clusters are cut out of a whole")
    empty = len(found.centres) - len(set(found.codes.tolist()))
    if empty:
        notes.append(f"{empty} cluster(s) of the tree hold nobody: other centres are nearer to all their customers")
    if found.moved > _MANY_MOVED:
        notes.append(
            f"the tree puts {100.0 * found.moved:.0f} % of the customers into another cluster than its centres do"
        )
    seen_by = {"clusters": recipe.sample if recipe.by_pairs else n_rows, "the silhouette": recipe.sample}
    seen_by["stability"] = n_rows if stability is None else stability.sampled
    for seen in sorted({seen for seen in seen_by.values() if seen < n_rows}):
        what = ", ".join(name for name in seen_by if seen_by[name] == seen)
        notes.append(f"looked at {seen:,} of {n_rows:,} customers for {what}")
    return tuple(dict.fromkeys(notes))


def _shaky(stability: ClusterStability) -> list[str]:
    rows = enumerate(zip(stability.jaccard, stability.dissolved, strict=True), 1)
    return [
        f"cluster {place} is {stability_verdict(similarity)}: mean Jaccard {similarity:.2f}, not found again in "
        f"{100.0 * dissolved:.0f} % of {stability.replicates} resamples"
        for place, (similarity, dissolved) in rows
        if stability_verdict(similarity) in {"unstable", "doubtful"}
    ]
