"""Which units were drawn into a sample, from which strata, and what an answer of each represents."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

import numpy as np

from crmrisk.core.arguments import is_number
from crmrisk.core.errors import InvalidValueError, Problem, RecordError
from crmrisk.satisfaction.answers import distinct_answers, survey_weights

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from crmrisk.core.arrays import BoolArray, FloatArray, IntArray

__all__ = ["PopulationSizes", "SampleUnits", "drawn_sample", "sample_units"]

PopulationSizes: TypeAlias = "float | Mapping[Any, float]"
"""Units in the population: one number, or one per stratum. Units are clusters where there are clusters."""


class SampleUnits(NamedTuple):
    """Hold the drawn units: which unit an answer belongs to, which stratum a unit does, and how much was drawn.

    Parameters
    ----------
    unit
        Number of the unit of each answer, ``(n_answers,)``.
    stratum
        Number of the stratum of each unit, ``(n_units,)``.
    drawn
        Units drawn in each stratum, ``(n_strata,)``.
    fraction
        Share of the stratum's units that were drawn, ``(n_strata,)``; 0 where the population is endless.
    names
        The strata.

    Examples
    --------
    >>> sample_units(3, clusters=["a", "b", "a"]).unit
    array([0, 1, 0])
    """

    unit: IntArray
    stratum: IntArray
    drawn: IntArray
    fraction: FloatArray
    names: tuple[Any, ...]


def drawn_sample(
    values: FloatArray,
    *,
    weights: ArrayLike | None = None,
    strata: ArrayLike | None = None,
    clusters: ArrayLike | None = None,
    population: PopulationSizes | None = None,
) -> tuple[FloatArray, FloatArray, SampleUnits]:
    """Read a sample: what is answered, what each answer weighs, and the units they were drawn in.

    Parameters
    ----------
    values
        One finite number per answer, ``(n_answers,)``.
    weights, strata, clusters, population
        As for `crmrisk.satisfaction.survey_design.design_mean`.

    Returns
    -------
    Values, positive weights and units; answers of weight zero are left out.

    Raises
    ------
    RecordError
        If weights, strata or clusters are missing, not one per answer or not usable.
    InvalidValueError
        If a population is smaller than what was drawn from it, or not given for every stratum.

    Examples
    --------
    >>> values, weights, units = drawn_sample(np.array([1.0, 0.0, 1.0]), weights=[2, 0, 1])
    >>> values, weights
    (array([1., 1.]), array([1. , 0.5]))
    """
    units = sample_units(values.size, strata=strata, clusters=clusters, population=population)
    weighing = _weights(weights, units, sampled=population is not None)
    used = weighing > 0.0
    return (values, weighing, units) if used.all() else (values[used], weighing[used], _without(units, used))


def sample_units(
    n_answers: int,
    *,
    strata: ArrayLike | None = None,
    clusters: ArrayLike | None = None,
    population: PopulationSizes | None = None,
) -> SampleUnits:
    """Give numbers to the units of a sample and to its strata.

    Parameters
    ----------
    n_answers
        Number of answers.
    strata, clusters, population
        As for `design_mean`.

    Raises
    ------
    RecordError
        If strata or clusters are missing or not one per answer, or a cluster lies in several strata.
    InvalidValueError
        If a population is smaller than what was drawn from it, or not given for every stratum.

    Examples
    --------
    >>> sample_units(4, strata=["a", "a", "b", "b"], population={"a": 4, "b": 20}).fraction
    array([0.5, 0.1])
    """
    of_answer, names = _codes(strata, n_answers, "strata")
    unit, clustered = _codes(clusters, n_answers, "clusters")
    if clusters is None:
        unit, stratum = np.arange(n_answers), of_answer
    else:
        stratum = np.zeros(len(clustered), dtype=np.int64)
        stratum[unit] = of_answer
        _refuse_crossing(stratum[unit] != of_answer, unit, clustered)
    drawn = np.bincount(stratum, minlength=len(names))
    known = _population(population, names, drawn, stratified=strata is not None)
    return SampleUnits(unit, stratum, drawn, drawn / known, names)


def _weights(weights: ArrayLike | None, units: SampleUnits, *, sampled: bool) -> FloatArray:
    if weights is not None:
        return survey_weights(weights, units.unit.size)
    if not sampled:
        return np.ones(units.unit.size)
    represents = 1.0 / units.fraction[units.stratum[units.unit]]
    return represents / represents.max() if represents.size else represents


def _without(units: SampleUnits, used: BoolArray) -> SampleUnits:
    """Leave out answers of weight zero, and units that hold nothing else; what was drawn keeps its share."""
    kept, unit = np.unique(units.unit[used], return_inverse=True)
    stratum = units.stratum[kept]
    drawn = np.bincount(stratum, minlength=len(units.names))
    share = np.divide(drawn, units.drawn, out=np.zeros(drawn.size), where=units.drawn > 0)
    return units._replace(unit=unit, stratum=stratum, drawn=drawn, fraction=units.fraction * share)


def _codes(labels: ArrayLike | None, n_answers: int, where: str) -> tuple[IntArray, tuple[Any, ...]]:
    if labels is None:
        return np.zeros(n_answers, dtype=np.int64), ("all",)
    column, codes, names = distinct_answers(labels, where)
    problems = []
    if column.size != n_answers:
        problems.append(Problem(what="not one per answer", where=where, allowed=str(n_answers), got=str(column.size)))
    if (codes < 0).any():
        first = int(np.flatnonzero(codes < 0)[0])
        what = f"{int((codes < 0).sum())} missing, the first in row {first}"
        problems.append(Problem(what=what, where=where, remedy="give them a name of their own, such as 'unknown'"))
    if problems:
        raise RecordError(*problems)
    return codes, tuple(names)


def _refuse_crossing(crossing: BoolArray, unit: IntArray, names: tuple[Any, ...]) -> None:
    if crossing.any():
        found = np.unique(unit[crossing])
        shown = ", ".join(repr(names[each]) for each in found[:5].tolist())
        remedy = "name clusters by stratum if they only share a name, or leave out the strata"
        what = f"{found.size} clusters lie in several strata"
        raise RecordError(Problem(what=what, where="clusters", got=shown, remedy=remedy))


def _population(
    population: PopulationSizes | None, names: tuple[Any, ...], drawn: IntArray, *, stratified: bool
) -> FloatArray:
    if population is None:
        return np.full(drawn.size, math.inf)
    if isinstance(population, Mapping) != stratified:
        allowed = "a mapping from stratum to number with strata, one number without"
        raise InvalidValueError(Problem(what="does not fit the strata", where="population", allowed=allowed))
    sizes = [population.get(name) for name in names] if isinstance(population, Mapping) else [population]
    problems = [
        Problem(
            what=f"no population of stratum {name!r}" if stratified else "no population",
            where="population",
            allowed=f"at least the {count} drawn",
            got=repr(size),
        )
        for name, size, count in zip(names, sizes, drawn.tolist(), strict=True)
        if not is_number(size) or not max(count, 1) <= size < math.inf  # type: ignore[operator] # a number by then
    ]
    if problems:
        raise InvalidValueError(*problems)
    return np.array(sizes, dtype=np.float64)
