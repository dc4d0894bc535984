"""What a driver study found: one record per driver and one for the study."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from pydantic.dataclasses import dataclass

from crmrisk.core.estimate import Estimate
from crmrisk.core.listing import bounded, listed
from crmrisk.core.model import VALUE, Value
from crmrisk.satisfaction.drivers.chart import drivers_chart
from crmrisk.satisfaction.drivers.lookup import driver_named

if TYPE_CHECKING:
    import pandas as pd

    from crmrisk.core.charts import Chart

__all__ = ["DriverAnalysis", "DriverImportance"]


@dataclass(frozen=True, kw_only=True, config=VALUE)
class DriverImportance(Value):
    """Hold what one driver contributes to the outcome, how sure that is, and what may mislead.

    Parameters
    ----------
    name
        The driver.
    rank
        Its place by importance, 1 for the most important.
    importance
        Its part of R², in [0, 1].
    share
        Its importance over the sum of all, in [0, 1].
    correlation
        Its correlation with the outcome; ``sign`` is that of this number, never of the coefficient.
    coefficient
        Its standardised regression coefficient.
    first, last
        The R² of the driver alone, and the R² that is lost without it.
    variance_inflation
        How many times the other drivers inflate the variance of its coefficient, ``1/(1 - R²_j)``.
    suppression
        Whether it adds more after the others than alone, or its coefficient contradicts its correlation.
    rank_probability
        Bootstrap probability of each rank, the first first; empty without a bootstrap.
    excess_over_random
        Its importance less that of a driver of pure noise, with its percentile interval.
    significant
        Whether that interval lies above 0; ``None`` where no random predictor was tried.
    monte_carlo_error
        The standard error that sampling orders of entry adds; 0 where every subset was fitted.

    Examples
    --------
    >>> from crmrisk.satisfaction.drivers import driver_importance
    >>> study = driver_importance([[1, 0.6, 0.3], [0.6, 1, 0.5], [0.3, 0.5, 1]], names=["all", "price", "speed"])
    >>> study["price"].rank, study["price"].sign, round(study["price"].importance.value, 4)
    (1, 1, 0.315)
    """

    name: str
    rank: int
    importance: Estimate
    share: Estimate
    correlation: float
    coefficient: float
    first: float
    last: float
    variance_inflation: float
    suppression: bool = False
    rank_probability: tuple[float, ...] = ()
    excess_over_random: Estimate | None = None
    significant: bool | None = None
    monte_carlo_error: float = 0.0

    def __str__(self) -> str:
        more = ", suppression" if self.suppression else ""
        noise = ", no better than noise" if self.significant is False else ""
        part = f"{self.rank}. {self.name}: {bounded(self.importance)} of R²"
        return f"{part}, correlation {self.correlation:.2f}{more}{noise}"

    @property
    def sign(self) -> Literal[-1, 0, 1]:
        """Return the direction in which the outcome goes with the driver: 1, -1, or 0 for neither."""
        return 0 if self.correlation == 0.0 else 1 if self.correlation > 0.0 else -1

    @property
    def beta_squared(self) -> float:
        """Return the squared standardised coefficient."""
        return self.coefficient**2


@dataclass(frozen=True, kw_only=True, config=VALUE)
class DriverAnalysis(Value):
    """Hold a driver study: what drives the outcome, in the order the drivers were given.

    Parameters
    ----------
    outcome
        What is explained.
    method
        How R² was shared out.
    drivers
        One record per driver.
    r_squared
        The share of the outcome's variance that all drivers explain together.
    n
        Complete rows used; 0 where only correlations were given.
    n_missing
        Rows left out because an answer was missing.
    effective_n
        Equally weighted rows they are worth.
    common_variance
        Share of the drivers' variance along their strongest common direction, ``1/p`` for unrelated drivers; a halo
        (respondents who rate everything alike) makes it large.
    warnings
        What the reader should know before acting on it.

    Examples
    --------
    >>> from crmrisk.satisfaction.drivers import driver_importance
    >>> study = driver_importance([[1, 0.6, 0.3], [0.6, 1, 0.5], [0.3, 0.5, 1]], names=["all", "price", "speed"])
    >>> [driver.name for driver in study.ranked], round(study.r_squared.value, 4)
    (['price', 'speed'], 0.36)
    """

    outcome: str
    method: str
    drivers: tuple[DriverImportance, ...]
    r_squared: Estimate
    n: int
    n_missing: int = 0
    effective_n: float = 0.0
    common_variance: float = 0.0
    warnings: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"R² of {self.outcome} {self.r_squared}\n{listed(self.ranked)}"

    @property
    def names(self) -> tuple[str, ...]:
        """Return the names of the drivers, in the order they were given."""
        return tuple(driver.name for driver in self.drivers)

    @property
    def ranked(self) -> tuple[DriverImportance, ...]:
        """Return the drivers, the most important first."""
        return tuple(sorted(self.drivers, key=lambda driver: driver.rank))

    @property
    def adjusted_r_squared(self) -> float | None:
        """Return R² less what as many drivers of noise would explain; ``None`` where n is unknown."""
        spare = self.n - len(self.drivers) - 1
        if spare <= 0 or self.r_squared.value is None:
            return None
        return 1.0 - (1.0 - self.r_squared.value) * (self.n - 1) / spare

    def __getitem__(self, name: str) -> DriverImportance:
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
        return driver_named(self.drivers, name, where="DriverAnalysis")

    def frame(self) -> pd.DataFrame:
        """Return a pandas frame, one row per driver, the most important first."""
        import pandas as pd  # noqa: PLC0415 - a heavy import that only this call needs

        return pd.DataFrame([_row(driver) for driver in self.ranked])

    def chart(self) -> Chart:
        """Return the picture of the drivers as data, the most important first, beside what all alike would have.

        Examples
        --------
        >>> from crmrisk.satisfaction.drivers import driver_importance
        >>> study = driver_importance([[1, 0.6, 0.3], [0.6, 1, 0.5], [0.3, 0.5, 1]], names=["all", "price", "speed"])
        >>> study.chart().frame()["x"].tolist()
        ['price', 'speed']
        """
        return drivers_chart(self)


def _row(driver: DriverImportance) -> dict[str, Any]:
    return {
        "driver": driver.name,
        "rank": driver.rank,
        "importance": driver.importance.value,
        "standard_error": driver.importance.standard_error,
        "low": driver.importance.low,
        "high": driver.importance.high,
        "share": driver.share.value,
        "share_low": driver.share.low,
        "share_high": driver.share.high,
        "sign": driver.sign,
        "correlation": driver.correlation,
        "coefficient": driver.coefficient,
        "first": driver.first,
        "last": driver.last,
        "variance_inflation": driver.variance_inflation,
        "suppression": driver.suppression,
        "probability_of_rank": driver.rank_probability[driver.rank - 1] if driver.rank_probability else None,
        "significant": driver.significant,
    }
