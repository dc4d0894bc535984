"""How regular demand is: smooth, intermittent, erratic or lumpy, and how sure that is.

Two numbers decide: how many periods pass per demand (the average demand interval), and how much the sizes of demand
vary (their squared coefficient of variation). Both are estimates, so each answer says how often it would be repeated.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, NamedTuple

import numpy as np

from crmrisk.core.arguments import is_number, is_whole, random_source_problems, refuse, seeded
from crmrisk.core.errors import Problem
from crmrisk.segmentation.demand.series import DemandSeries, as_demand, series_keys

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd
    from numpy.typing import ArrayLike

    from crmrisk.core.arrays import FloatArray, IntArray, ObjectArray

__all__ = ["DEMAND_CLASSES", "REGULAR_INTERVAL", "DemandClasses", "DemandMoments", "classify_demand", "demand_moments"]

DEMAND_CLASSES = ("smooth", "intermittent", "erratic", "lumpy")
"""Regular or now and then; sizes alike or not."""

REGULAR_INTERVAL = 1.32
"""From this average demand interval on, demand comes now and then."""

ALIKE_VARIATION = 0.49
"""From this squared coefficient of variation on, sizes are not alike."""

_BLOCK = 2_000_000  # cells held at a time while resampling

_HIGHEST_CUT = 1e100

_STEPS = 2.0**20  # sizes are resampled to a millionth of the largest, so that their sums are exact in any order


class DemandMoments(NamedTuple):
    """Hold what the class of demand is decided by.

    Examples
    --------
    >>> DemandMoments(*np.ones((4, 1))).interval
    array([1.])
    """

    periods: FloatArray
    """Known periods, ``(n_series,)``."""

    demands: FloatArray
    """Periods with demand, ``(n_series,)``."""

    interval: FloatArray
    """Known periods per period with demand (ADI), ``(n_series,)``; NaN without demand."""

    variation: FloatArray
    """Squared coefficient of variation of the sizes (CV²), sample variance, ``(n_series,)``; NaN below two demands."""


@dataclass(frozen=True, eq=False, repr=False)
class DemandClasses:
    """Hold the class of each series of demand.

    Parameters
    ----------
    series
        The demand.
    codes
        Place in `DEMAND_CLASSES`, -1 where fewer than two demands leave it open, ``(n_series,)``.
    moments
        What decided.
    stability
        The share of resamples of the periods that give the same class, in 0..1, ``(n_series,)``; NaN without a class.

    Examples
    --------
    >>> classify_demand([[5, 6, 5, 6], [0, 5, 0, 6]]).labels
    array(['smooth', 'intermittent'], dtype=object)
    """

    series: DemandSeries
    codes: IntArray
    moments: DemandMoments
    stability: FloatArray

    __hash__: ClassVar[None] = None  # type: ignore[assignment]  # arrays have no hash

    def __post_init__(self) -> None:
        for array in (self.codes, self.stability, *self.moments):
            array.flags.writeable = False

    def __len__(self) -> int:
        return len(self.codes)

    def __repr__(self) -> str:
        sizes = ", ".join(f"{size:,} {name}" for name, size in self.sizes().items())
        return f"DemandClasses({len(self):,} series: {sizes})"

    @property
    def labels(self) -> ObjectArray:
        """The class of each series, ``None`` where it is open, ``(n_series,)``."""
        return np.array([*DEMAND_CLASSES, None], dtype=object)[self.codes]

    @property
    def adi(self) -> FloatArray:
        """The average demand interval [period], ``(n_series,)``."""
        return self.moments.interval

    @property
    def cv2(self) -> FloatArray:
        """The squared coefficient of variation of the sizes, ``(n_series,)``."""
        return self.moments.variation

    def sizes(self) -> dict[str, int]:
        """Count the series of each class.

        Examples
        --------
        >>> classify_demand([5, 6, 5, 6]).sizes()
        {'smooth': 1, 'intermittent': 0, 'erratic': 0, 'lumpy': 0}
        """
        counts = np.bincount(self.codes[self.codes >= 0], minlength=len(DEMAND_CLASSES))
        return dict(zip(DEMAND_CLASSES, counts.tolist(), strict=True))

    def frame(self) -> pd.DataFrame:
        """Return a pandas frame, one row per series.

        Examples
        --------
        >>> classify_demand([5, 6, 5, 6]).frame().columns.tolist()
        ['series', 'demand_class', 'adi', 'cv2', 'periods', 'demands', 'stability']
        """
        import pandas as pd  # noqa: PLC0415 - a heavy import that only this call needs

        numbers = {"adi": self.adi, "cv2": self.cv2, "periods": self.moments.periods, "demands": self.moments.demands}
        keys = series_keys(self.series)
        return pd.DataFrame({**keys, "demand_class": self.labels, **numbers, "stability": self.stability})


def classify_demand(
    demand: DemandSeries | ArrayLike | Sequence[Sequence[float | None]],
    *,
    adi_cut: float = REGULAR_INTERVAL,
    cv2_cut: float = ALIKE_VARIATION,
    replicates: int = 200,
    rng: np.random.Generator | None = None,
) -> DemandClasses:
    """Classify demand by how often it comes and how much its sizes vary.

    Smooth: ADI < 1.32 and CV² < 0.49. Intermittent: ADI not. Erratic: CV² not. Lumpy: neither.

    Parameters
    ----------
    demand
        A `DemandSeries`, or numbers ``(n_periods,)`` or ``(n_series, n_periods)``.
    adi_cut, cv2_cut
        Where the average demand interval and the squared coefficient of variation are cut; at the cut is above.
    replicates
        How many resamples of the periods measure the stability.
    rng
        Source of randomness; ``None`` starts the same way every time.

    Raises
    ------
    InvalidValueError
        If demand is none, or a setting outside its range.

    References
    ----------
    Syntetos, A. A., Boylan, J. E. and Croston, J. D. (2005). On the categorization of demand patterns. *Journal of the
    Operational Research Society* 56, 495-503.

    Examples
    --------
    >>> found = classify_demand([0, 0, 4, 0, 0, 30, 0, 5, 0, 0])
    >>> found.labels[0], round(float(found.adi[0]), 2), round(float(found.cv2[0]), 2)
    ('lumpy', 3.33, 1.28)
    """
    series = as_demand(demand)
    cuts = {"adi_cut": adi_cut, "cv2_cut": cv2_cut}
    wrong = [
        Problem(what="no cut", where=name, allowed="> 0, finite", got=repr(cut))
        for name, cut in cuts.items()
        if not is_number(cut) or not 0.0 < cut < _HIGHEST_CUT
    ]
    few = not is_whole(replicates) or replicates < 2
    allowed = "a whole number >= 2"
    odd = [Problem(what="too few", where="replicates", allowed=allowed, got=repr(replicates))] if few else []
    refuse(wrong, odd, random_source_problems(rng, optional=True))
    moments = demand_moments(series.demand)
    codes = _classes(moments, adi_cut, cv2_cut)
    generator = seeded(rng)
    length = series.demand.shape[1]
    draws = generator.multinomial(length, np.full(length, 1.0 / length), size=replicates)
    same = np.zeros(len(series))
    block = max(1, _BLOCK // replicates)
    for start in range(0, len(series), block):
        part = slice(start, start + block)
        again = _resampled(series.demand[part], draws.astype(np.float64), adi_cut, cv2_cut)
        same[part] = (again == codes[part]).mean(axis=0)
    return DemandClasses(series, codes, moments, np.where(codes >= 0, same, np.nan))


def demand_moments(demand: FloatArray) -> DemandMoments:
    """Find the average demand interval and the squared coefficient of variation of the sizes.

    Parameters
    ----------
    demand
        Demand, ``(n_series, n_periods)``; NaN before a series is known.

    Examples
    --------
    >>> demand_moments(np.array([[0.0, 2.0, 0.0, 4.0]])).interval
    array([2.])
    """
    periods, demands, total, square = np.zeros((4, len(demand)))
    for now in _scaled(demand).T:  # period by period: a series alone gives the same bits
        size = np.nan_to_num(now)
        periods += ~np.isnan(now)
        demands += now > 0.0
        total += size
        square += size**2
    unknown = np.full(len(demand), np.nan)
    interval = np.divide(periods, demands, out=unknown.copy(), where=demands > 0)
    mean = np.divide(total, demands, out=unknown.copy(), where=demands > 0)
    spread = np.maximum(square - demands * mean**2, 0.0)
    variation = np.divide(spread, (demands - 1.0) * mean**2, out=unknown, where=demands > 1)
    return DemandMoments(periods, demands, interval, variation)


def _scaled(demand: FloatArray) -> FloatArray:
    peak = np.nan_to_num(demand).max(axis=1)
    return np.asarray(demand / np.where(peak > 0.0, peak, 1.0)[:, None])


def _classes(moments: DemandMoments, adi_cut: float, cv2_cut: float) -> IntArray:
    codes = (moments.interval >= adi_cut) * 1 + (moments.variation >= cv2_cut) * 2
    return np.where(np.isnan(moments.variation), -1, codes).astype(np.int64)


def _resampled(demand: FloatArray, draws: FloatArray, adi_cut: float, cv2_cut: float) -> IntArray:
    """Classify resamples of the periods, ``(replicates, n_series)``; all sums are of whole numbers, hence exact."""
    sizes = np.ceil(_scaled(demand).T * _STEPS)
    known = np.nan_to_num(sizes)
    periods, demands = draws @ (~np.isnan(sizes)).astype(np.float64), draws @ (known > 0.0).astype(np.float64)
    total, square = draws @ known, draws @ known**2
    # the same conditions as of the moments, multiplied out
    rare = periods >= adi_cut * demands
    unlike = demands * (demands * square - total**2) >= cv2_cut * (demands - 1.0) * total**2
    return np.where(demands > 1.0, rare * 1 + unlike * 2, -1)
