"""Importance against performance: what to improve first, what to keep up, what can wait, where effort is wasted.

Derived importance (what drives the outcome) stands next to stated importance (what respondents say matters); the two
often disagree, and both are shown. Every quadrant comes with the bootstrap probability of being there, because a driver
near a cut is in neither.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, get_args

import numpy as np
from pydantic.dataclasses import dataclass

from crmrisk.core.arguments import checked_level, seeded
from crmrisk.core.estimate import Estimate
from crmrisk.core.listing import bounded, listed
from crmrisk.core.model import VALUE, Value
from crmrisk.core.row_names import refuse_other_order
from crmrisk.satisfaction.bootstrap_intervals import percentile_intervals
from crmrisk.satisfaction.drivers.chart import map_chart
from crmrisk.satisfaction.drivers.diagnosis import refuse_repetition
from crmrisk.satisfaction.drivers.lookup import driver_named
from crmrisk.satisfaction.drivers.map_survey import MapAxes, MapSurvey, joined_axes, map_survey
from crmrisk.satisfaction.drivers.methods import ImportanceMethod, check_importance_method, sharing
from crmrisk.satisfaction.drivers.quadrants import Centre, Quadrant, centre_of, quadrant_codes, quadrant_of_code
from crmrisk.satisfaction.drivers.resampling import (
    correlations_of,
    resampled_moments,
    resampling_plan,
    standardised,
)
from crmrisk.satisfaction.numerics import check_method

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from crmrisk.core.arrays import FloatArray, IntArray
    from crmrisk.core.charts import PointChart
    from crmrisk.satisfaction.drivers.table import DriverTable
    from crmrisk.satisfaction.flagging import Missing

__all__ = ["ImportancePerformance", "MappedDriver", "importance_performance"]

_ORDERS = 200  # of entry, sampled for more than 12 drivers


@dataclass(frozen=True, kw_only=True, config=VALUE)
class MappedDriver(Value):
    """Hold one driver's place on the map.

    Parameters
    ----------
    name
        The driver.
    performance
        Its mean rating, [unit of the scale].
    derived
        Its part of R²; ``None`` without an outcome.
    stated
        Its mean stated importance; ``None`` where nobody was asked.
    quadrant
        Its place by derived importance, or by stated where there is no other.
    probability
        Bootstrap probability of each quadrant, by the same importance.
    stated_quadrant
        Its place by stated importance; ``None`` where nobody was asked.
    covariance
        The bootstrap variance of performance, that of the importance the quadrant is by, and their covariance.

    Examples
    --------
    >>> found = importance_performance(None, {"food": [2, 3, 2], "staff": [5, 4, 5]}, stated={"food": 5, "staff": 3})
    >>> str(found["food"].quadrant), found["food"].probability["concentrate here"]
    ('concentrate here', 1.0)
    """

    name: str
    performance: Estimate
    derived: Estimate | None
    stated: Estimate | None
    quadrant: Quadrant
    probability: dict[Quadrant, float]
    stated_quadrant: Quadrant | None = None
    covariance: tuple[float, float, float] | None = None

    def __str__(self) -> str:
        importance = [f"{name} {bounded(each)}" for name in ("derived", "stated") if (each := getattr(self, name))]
        axes = ", ".join([f"performance {bounded(self.performance)}", *importance])
        return f"{self.name}: {self.quadrant} (probability {self.certainty:.2g}), {axes}"

    @property
    def certainty(self) -> float:
        """Return the bootstrap probability of the quadrant the driver is in."""
        return self.probability[self.quadrant]


@dataclass(frozen=True, kw_only=True, config=VALUE)
class ImportancePerformance(Value):
    """Hold an importance-performance map.

    Parameters
    ----------
    drivers
        One record per driver, in the order given.
    centre
        Where the cuts lie.
    performance_cut, derived_cut, stated_cut
        The cuts; ``None`` where there is no such importance.
    n, n_missing
        Complete rows, and rows left out.
    warnings
        What the reader should know.

    Examples
    --------
    >>> found = importance_performance(None, {"food": [2, 3, 2], "staff": [5, 4, 5]}, stated={"food": 5, "staff": 3})
    >>> found.performance_cut, found.stated_cut
    (3.5, 4.0)
    """

    drivers: tuple[MappedDriver, ...]
    centre: Centre
    performance_cut: float
    derived_cut: float | None
    stated_cut: float | None
    n: int
    n_missing: int = 0
    warnings: tuple[str, ...] = ()

    def __str__(self) -> str:
        given = (("performance", self.performance_cut), ("derived", self.derived_cut), ("stated", self.stated_cut))
        cuts = [f"{name} {cut:.4g}" for name, cut in given if cut is not None]
        return f"importance-performance map, cut at {', '.join(cuts)} (n {self.n})\n{listed(self.drivers)}"

    def __getitem__(self, name: str) -> MappedDriver:
        """Return the driver of that name.

        Parameters
        ----------
        name
            The driver.

        Raises
        ------
        InvalidValueError
            If there is none.
        """
        return driver_named(self.drivers, name, where="map")

    def frame(self) -> pd.DataFrame:
        """Return a pandas frame, one row per driver."""
        import pandas as pd  # noqa: PLC0415 - a heavy import that only this call needs

        return pd.DataFrame(
            {
                "driver": driver.name,
                "performance": driver.performance.value,
                "derived": driver.derived.value if driver.derived else None,
                "stated": driver.stated.value if driver.stated else None,
                "quadrant": str(driver.quadrant),
                "certainty": driver.certainty,
                "stated_quadrant": None if driver.stated_quadrant is None else str(driver.stated_quadrant),
            }
            for driver in self.drivers
        )

    def chart(self) -> PointChart:
        """Return the picture of the map as data: importance over performance, coloured by how sure the quadrant is.

        Examples
        --------
        >>> found = importance_performance(
        ...     None, {"food": [2, 3, 2], "staff": [5, 4, 5]}, stated={"food": 5, "staff": 3}
        ... )
        >>> found.chart().title
        'Concentrate on food; the quadrant is sure for 2 of 2'
        """
        return map_chart(self)


def importance_performance(
    outcome: Any,
    drivers: Any,
    *,
    stated: Any = None,
    method: ImportanceMethod = "shapley",
    centre: Centre = "mean",
    names: Sequence[str] | None = None,
    weights: Any = None,
    strata: Any = None,
    clusters: Any = None,
    missing: Missing = "error",
    scale: tuple[int, int] | None = None,
    stated_scale: tuple[int, int] | None = None,
    level: float = 0.95,
    replicates: int = 1000,
    rng: np.random.Generator | None = None,
) -> ImportancePerformance:
    """Set how important drivers are against how well they are done.

    Each resample finds its own means, importances and cuts, so that a quadrant's probability holds all three.

    Parameters
    ----------
    outcome
        What the drivers are to explain, ``(n_rows,)``, or the name of a column; ``None`` to use stated importance only.
    drivers
        Ratings of performance: a dataframe of any engine, a mapping of names to columns, or an array.
    stated
        Stated importance of the same drivers: ratings by the same respondents as a table, or one number per name.
    method
        How derived importance is found, as for `key_drivers`.
    centre
        ``"mean"`` and ``"median"`` of the drivers, or the ``"midpoint"`` of the scales; derived importance has no scale
        and is then cut at its mean.
    names
        What the columns of an array are called; which columns to take where they have names.
    weights, strata, clusters
        How the sample was drawn, ``(n_rows,)`` each.
    missing
        ``"error"`` refuses missing answers, ``"exclude"`` leaves the whole row out and counts it.
    scale, stated_scale
        Lowest and highest rating of performance and of stated importance.
    level
        Nominal coverage of the percentile intervals.
    replicates
        Number of bootstrap samples.
    rng
        Source of randomness; ``None`` starts the same way every time.

    Returns
    -------
    The map.

    Raises
    ------
    RecordError
        If answers are no numbers, off the scale or missing, or weights, strata or clusters unusable.
    SchemaError
        If there is neither outcome nor stated importance, or columns do not fit.
    FitError
        If an outcome is given and the drivers cannot explain it.
    InvalidValueError
        If method, centre, level, replicates or rng are not valid.

    References
    ----------
    Martilla, J. A. and James, J. C. (1977). *Journal of Marketing* 41, 77-79.

    Examples
    --------
    >>> rng = np.random.default_rng(2)
    >>> food, staff = rng.normal(3, 1, size=500), rng.normal(4, 1, size=500)
    >>> found = importance_performance(food + rng.normal(size=500), {"food": food, "staff": staff}, replicates=200)
    >>> [(driver.name, str(driver.quadrant), driver.certainty) for driver in found.drivers]
    [('food', 'concentrate here', 1.0), ('staff', 'possible overkill', 1.0)]
    """
    method = check_importance_method(method)
    centre = check_method(centre, get_args(Centre))
    checked_level(level)
    generator = seeded(rng)
    refuse_other_order(drivers=drivers, stated=stated, weights=weights, strata=strata, clusters=clusters)
    survey = map_survey(
        outcome,
        drivers,
        stated,
        names=names,
        weights=weights,
        missing=missing,
        scale=scale,
        stated_scale=stated_scale,
    )
    p = len(survey.names)
    share = sharing(method, p, permutations=_ORDERS, rng=generator) if survey.derives else None
    weight = survey.table.weights
    columns = standardised(survey.table.values, weight)
    plan = resampling_plan(survey.table.n_read, strata=strata, clusters=clusters, kept=survey.table.kept)
    itself = (columns * weight[:, None]).T @ columns / survey.table.n
    if share is not None:
        refuse_repetition(correlations_of(itself)[:p, :p], survey.names)
    blocks = resampled_moments(columns, weight, plan, replicates=replicates, rng=generator)
    samples = [survey.axes(block.means, block.covariances, share) for block in blocks]
    return _map(
        survey,
        survey.axes(np.zeros((1, len(itself))), itself[None], share),
        joined_axes(samples),
        centre=centre,
        level=level,
    )


def _map(
    survey: MapSurvey, itself: MapAxes, samples: MapAxes, *, centre: Centre, level: float
) -> ImportancePerformance:
    codes, resampled = _codes(survey, itself, centre)[0], _codes(survey, samples, centre)
    estimate = _Estimator(survey.table, level)
    performance = estimate("mean rating", itself.performance, samples.performance)
    derived = estimate("derived importance", itself.derived, samples.derived)
    stated = estimate("stated importance", itself.stated, samples.stated)
    spread = _spread(samples)
    second = None if itself.stated is None else _stated_codes(survey, itself, centre)[0]
    return ImportancePerformance(
        drivers=tuple(
            MappedDriver(
                name=name,
                performance=performance[j],
                derived=derived[j] if derived else None,
                stated=stated[j] if stated else None,
                quadrant=quadrant_of_code(int(codes[j])),
                probability={quadrant_of_code(code): float((resampled[:, j] == code).mean()) for code in range(4)},
                stated_quadrant=None if second is None else quadrant_of_code(int(second[j])),
                covariance=spread[j],
            )
            for j, name in enumerate(survey.names)
        ),
        centre=centre,
        performance_cut=float(centre_of(itself.performance, centre, survey.midpoint)[0, 0]),
        derived_cut=_cut(itself.derived, centre, None),
        stated_cut=_cut(itself.stated, centre, survey.stated_midpoint),
        n=survey.table.n,
        n_missing=survey.table.n_missing,
        warnings=survey.table.warnings,
    )


def _spread(samples: MapAxes) -> list[tuple[float, float, float] | None]:
    """Find how performance and importance vary together; ``None`` where that is not finite."""
    across, up = samples.performance, samples.stated if samples.derived is None else samples.derived
    columns = zip(across.T, (np.zeros_like(across) if up is None else up).T, strict=True)
    with np.errstate(over="ignore", invalid="ignore"):  # ratings near the largest number have no finite square
        found = [np.cov(one, two) for one, two in columns]
    return [(float(c[0, 0]), float(c[1, 1]), float(c[0, 1])) if np.isfinite(c).all() else None for c in found]


class _Estimator(NamedTuple):
    """Turn an axis of the map into estimates."""

    table: DriverTable
    level: float

    def __call__(self, method: str, values: FloatArray | None, samples: FloatArray | None) -> list[Estimate]:
        if values is None or samples is None:
            return []
        low, high = percentile_intervals(samples, self.level)
        largest = max(float(np.abs(samples).max()), 1e-300)  # so that no square overflows
        error = (samples / largest).std(axis=0, ddof=1) * largest
        rows = zip(values[0].tolist(), error.tolist(), low.tolist(), high.tolist(), strict=True)
        return [
            Estimate(
                value=value,
                standard_error=spread,
                low=below,
                high=above,
                level=self.level,
                method=f"{method}, percentile bootstrap",
                n=self.table.n,
                effective_n=self.table.effective_n,
            )
            for value, spread, below, above in rows
        ]


def _cut(values: FloatArray | None, centre: Centre, midpoint: float | None) -> float | None:
    return None if values is None else float(centre_of(values, centre, midpoint)[0, 0])


def _codes(survey: MapSurvey, axes: MapAxes, centre: Centre) -> IntArray:
    if axes.derived is None:
        return _stated_codes(survey, axes, centre)
    return quadrant_codes(
        axes.derived,
        axes.performance,
        centre_of(axes.derived, centre),
        centre_of(axes.performance, centre, survey.midpoint),
    )


def _stated_codes(survey: MapSurvey, axes: MapAxes, centre: Centre) -> IntArray:
    stated = np.zeros_like(axes.performance) if axes.stated is None else axes.stated
    return quadrant_codes(
        stated,
        axes.performance,
        centre_of(stated, centre, survey.stated_midpoint),
        centre_of(axes.performance, centre, survey.midpoint),
    )
