"""What an importance-performance map rests on: ratings of performance, stated importance and an outcome, row by row."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from crmrisk.core.arguments import is_number
from crmrisk.core.errors import Problem, SchemaError
from crmrisk.satisfaction.drivers.columns import driver_columns, read_columns, split_outcome
from crmrisk.satisfaction.drivers.resampling import correlations_of
from crmrisk.satisfaction.drivers.table import DriverTable, check_variation, driver_table

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from crmrisk.core.arrays import FloatArray
    from crmrisk.satisfaction.flagging import Missing

__all__ = ["MapAxes", "MapSurvey", "joined_axes", "map_survey"]


class MapAxes(NamedTuple):
    """Hold where every driver lies, one row per resample.

    Parameters
    ----------
    performance
        Mean ratings, ``(b, p)``.
    derived, stated
        Importance, ``(b, p)``; ``None`` where nobody asked for it.

    Examples
    --------
    >>> MapAxes(np.ones((1, 2)), None, None).derived is None
    True
    """

    performance: FloatArray
    derived: FloatArray | None
    stated: FloatArray | None


@dataclass(frozen=True, eq=False, kw_only=True)
class MapSurvey:
    """Hold complete rows: performance, then stated ratings and the outcome where there are any.

    Parameters
    ----------
    names
        The drivers, ``(p,)``.
    table
        The rows.
    derives
        Whether the last column is an outcome.
    rated
        Whether the columns after the drivers are their stated importance.
    fixed
        Stated importance given as one number per driver.
    midpoint, stated_midpoint
        The middle of the scales, where they are known.

    Examples
    --------
    >>> survey = map_survey(None, {"food": [2, 3], "staff": [5, 4]}, {"food": 5, "staff": 3})
    >>> survey.names, survey.fixed
    (('food', 'staff'), array([5., 3.]))
    """

    names: tuple[str, ...]
    table: DriverTable
    derives: bool = False
    rated: bool = False
    fixed: FloatArray | None = None
    midpoint: float | None = None
    stated_midpoint: float | None = None

    def axes(
        self,
        means: FloatArray,
        covariances: FloatArray,
        share: Callable[[FloatArray, FloatArray], FloatArray] | None,
    ) -> MapAxes:
        """Compute performance and importance from moments of the standardised columns.

        Parameters
        ----------
        means, covariances
            ``(b, q)`` and ``(b, q, q)``.
        share
            The function that shares out R²; ``None`` without an outcome.

        Returns
        -------
        Where every driver lies.
        """
        p = len(self.names)
        size = np.maximum(np.abs(self.table.values).max(axis=0), np.finfo(np.float64).tiny)
        largest = np.exp2(np.floor(np.log2(size)))  # a power of 2 changes no digit
        scaled = self.table.values / largest  # so that no square overflows
        centre = np.average(scaled, axis=0, weights=self.table.weights)
        spread = np.sqrt(np.average((scaled - centre) ** 2, axis=0, weights=self.table.weights))
        natural = largest * (centre + means * spread)
        stated = natural[:, p : 2 * p] if self.rated else None
        if self.fixed is not None:
            stated = np.tile(self.fixed, (len(means), 1))
        if share is None:
            return MapAxes(natural[:, :p], None, stated)
        correlations = correlations_of(covariances)
        return MapAxes(natural[:, :p], share(correlations[:, :p, :p], correlations[:, :p, -1]), stated)


def joined_axes(blocks: Sequence[MapAxes]) -> MapAxes:
    """Put blocks of resamples under each other.

    Parameters
    ----------
    blocks
        At least one.

    Examples
    --------
    >>> joined_axes([MapAxes(np.ones((2, 1)), None, None)]).performance.shape
    (2, 1)
    """

    def whole(parts: list[FloatArray | None]) -> FloatArray | None:
        present = [part for part in parts if part is not None]
        return np.concatenate(present) if present else None

    performance = np.concatenate([block.performance for block in blocks])
    return MapAxes(performance, whole([b.derived for b in blocks]), whole([b.stated for b in blocks]))


def map_survey(
    outcome: Any,
    drivers: Any,
    stated: Any,
    *,
    names: Sequence[str] | None = None,
    weights: Any = None,
    missing: Missing = "error",
    scale: tuple[int, int] | None = None,
    stated_scale: tuple[int, int] | None = None,
) -> MapSurvey:
    """Read performance, stated importance and an outcome.

    Parameters
    ----------
    outcome, drivers, stated, names, weights, missing, scale, stated_scale
        As for `crmrisk.satisfaction.drivers.importance_performance`.

    Returns
    -------
    The complete rows.

    Raises
    ------
    RecordError
        If answers are no numbers, off the scale or missing, or weights are unusable.
    SchemaError
        If there is neither outcome nor stated importance, or columns do not fit.
    FitError
        If an outcome is given and the drivers cannot explain it.

    Examples
    --------
    >>> map_survey([1, 2, 4, 3], {"food": [2, 3, 5, 4], "staff": [5, 4, 4, 5]}, None).derives
    True
    """
    answers, performance = split_outcome(outcome, drivers, names=names)
    if answers is None and stated is None:
        what = "no importance: neither an outcome to derive it from nor stated importance"
        raise SchemaError(Problem(what=what, where="importance_performance"))
    read = read_columns(performance, scale=scale)
    if len(read.names) < 2:
        raise SchemaError(Problem(what="one driver makes no map", where="drivers", allowed="at least two"))
    fixed = _fixed(stated, read.names)
    rated = {} if stated is None or fixed is not None else _rated(stated, read.names, stated_scale)
    columns = dict(zip(read.names, read.values.T, strict=True)) | rated
    last = columns.popitem()[1] if answers is None else answers  # the table wants a last column, whatever it is
    table = driver_table(last, columns, weights=weights, missing=missing, varying=False)
    if answers is not None:
        check_variation(table.values[:, [*range(len(read.names)), -1]], [*read.names, "outcome"])
    return MapSurvey(
        names=read.names,
        table=table,
        derives=answers is not None,
        rated=bool(rated),
        fixed=fixed,
        midpoint=_middle(scale),
        stated_midpoint=_middle(stated_scale),
    )


def _fixed(stated: Any, names: tuple[str, ...]) -> FloatArray | None:
    if not isinstance(stated, Mapping) or not all(is_number(value) for value in stated.values()):
        return None
    _refuse_other_names(stated, names)
    return read_columns({"stated": [stated[name] for name in names]}).values[:, 0]


def _rated(stated: Any, names: tuple[str, ...], scale: tuple[int, int] | None) -> dict[str, FloatArray]:
    named = isinstance(stated, Mapping) or hasattr(stated, "columns")
    ratings = driver_columns(stated) if named else driver_columns(stated, names=names)
    _refuse_other_names(ratings, names)
    read = read_columns({f"{name} (stated)": ratings[name] for name in names}, scale=scale)
    return dict(zip(read.names, read.values.T, strict=True))


def _refuse_other_names(stated: Mapping[str, Any], names: tuple[str, ...]) -> None:
    lacking = [name for name in names if name not in stated]
    if lacking:
        got = ", ".join(map(str, stated))[:200]
        raise SchemaError(Problem(what=f"no stated importance of {', '.join(lacking)[:200]}", where="stated", got=got))


def _middle(scale: tuple[int, int] | None) -> float | None:
    return None if scale is None else (scale[0] + scale[1]) / 2.0
