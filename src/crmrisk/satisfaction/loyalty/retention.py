"""Retention and survival of cohorts that can only shrink: contracts, subscriptions, memberships.

``r_t = N_t / N_(t-1)`` is who stayed of those who were there, ``S_t = N_t / N_0`` who is left of those who came. Both
pool counts over cohorts: the average of the rates of unequal cohorts is nobody's rate.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from crmrisk.core.arguments import checked_level, is_whole, refuse
from crmrisk.core.arrays import same_arrays
from crmrisk.core.errors import Problem, RecordError
from crmrisk.satisfaction.answers import number_answers
from crmrisk.satisfaction.loyalty.exposure import Exposure, LoyaltyEstimate, loyalty_estimate
from crmrisk.satisfaction.proportion_intervals import wilson_interval
from crmrisk.satisfaction.proportions import proportion
from crmrisk.satisfaction.survival import log_survival

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd
    from numpy.typing import ArrayLike

    from crmrisk.core.arrays import FloatArray, IntArray

__all__ = ["Retention", "retention_rates"]


@dataclass(frozen=True, kw_only=True, eq=False)
class Retention:
    """Hold pooled retention and survival by period.

    Parameters
    ----------
    period
        1, 2, ..., ``(n_periods,)``.
    at_risk, kept
        Customers there at the start of the period, and those of them still there at its end, of the cohorts that were
        observed to its end.
    size, survivors
        Customers those cohorts began with, and what is left of them: the same cohorts in both.
    level
        Nominal coverage of the intervals.

    Examples
    --------
    >>> found = retention_rates([[100, 60, 45], [1000, 900]])
    >>> found.retention.round(4), found.survival.round(4), found.product_limit.round(4)
    (array([0.8727, 0.75  ]), array([0.8727, 0.45  ]), array([0.8727, 0.6545]))
    >>> print(found.retention_at(1))
    retention in period 1 0.8727 [0.8517, 0.8911] (95 % wilson, n 1100) of 1,100 customers there at its start
    """

    period: IntArray
    at_risk: FloatArray
    kept: FloatArray
    size: FloatArray
    survivors: FloatArray
    level: float = 0.95

    def __post_init__(self) -> None:
        for name in _COLUMNS:
            getattr(self, name).flags.writeable = False

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Retention):
            return NotImplemented
        return self.level == other.level and all(same_arrays(getattr(self, n), getattr(other, n)) for n in _COLUMNS)

    __hash__: ClassVar[None] = None  # type: ignore[assignment]  # compared by content, so not hashable

    def __len__(self) -> int:
        return self.period.size

    def __repr__(self) -> str:
        return f"{self.overall()}; after {len(self)} periods {self.survival_at(len(self))}"

    @property
    def retention(self) -> FloatArray:
        """r_t, the sum of kept over the sum of at risk, ``(n_periods,)``; NaN where nobody was left."""
        return _share(self.kept, self.at_risk)

    @property
    def survival(self) -> FloatArray:
        """S_t = N_t / N_0 of the cohorts observed for t periods, ``(n_periods,)``."""
        return _share(self.survivors, self.size)

    @property
    def product_limit(self) -> FloatArray:
        """The product of r_1 ... r_t, ``(n_periods,)``: survival in which young cohorts count for what was seen."""
        return np.exp(log_survival(self.at_risk - self.kept, self.at_risk))

    def retention_at(self, period: int) -> LoyaltyEstimate:
        """Estimate r_t.

        Parameters
        ----------
        period
            t, from 1.

        Raises
        ------
        InvalidValueError
            If there is no such period.

        Examples
        --------
        >>> retention_rates([1000, 869, 743]).retention_at(2).value.__round__(4)
        0.855
        """
        at = self._place(period)
        quantity, who = f"retention in period {period}", "customers there at its start"
        return self._proportion(self.kept[at], self.at_risk[at], quantity, who)

    def survival_at(self, period: int) -> LoyaltyEstimate:
        """Estimate S_t.

        Parameters
        ----------
        period
            t, from 1.

        Raises
        ------
        InvalidValueError
            If there is no such period.

        Examples
        --------
        >>> print(retention_rates([1000, 869, 743]).survival_at(2))
        survival of period 2 0.743 [0.715, 0.7691] (95 % wilson, n 1000) of 1,000 customers of the cohorts observed \
so long
        """
        at = self._place(period)
        quantity, who = f"survival of period {period}", "customers of the cohorts observed so long"
        return self._proportion(self.survivors[at], self.size[at], quantity, who)

    def overall(self) -> LoyaltyEstimate:
        """Estimate retention per period over all periods together: all who were kept of all who were at risk.

        Examples
        --------
        >>> round(retention_rates([1000, 869, 743]).overall().value, 6)  # (869 + 743) / (1000 + 869)
        0.862493
        """
        return self._proportion(self.kept.sum(), self.at_risk.sum(), "retention per period", "customer periods")

    def frame(self) -> pd.DataFrame:
        """Show the table as a data frame, one row per period, with Wilson's intervals.

        Examples
        --------
        >>> retention_rates([10, 8]).frame()[["at_risk", "kept", "retention"]].values.tolist()
        [[10.0, 8.0, 0.8]]
        """
        import pandas as pd  # noqa: PLC0415 - heavy, and only this method needs it

        columns = {name: getattr(self, name).copy() for name in _COLUMNS}
        for name, part, whole in (("retention", self.kept, self.at_risk), ("survival", self.survivors, self.size)):
            low, high = wilson_interval(part, np.where(whole > 0.0, whole, np.nan), self.level)
            columns |= {name: _share(part, whole), f"{name}_low": low, f"{name}_high": high}
        return pd.DataFrame({**columns, "product_limit": self.product_limit})

    def _place(self, period: int) -> int:
        allowed = f"1 to {len(self)}"
        wrong = not is_whole(period) or not 1 <= period <= len(self)
        refuse([Problem(what="no such period", where="period", allowed=allowed, got=repr(period))] if wrong else [])
        return period - 1

    def _proportion(self, part: float, whole: float, quantity: str, who: str) -> LoyaltyEstimate:
        found = proportion(float(part), float(whole), level=self.level)
        return loyalty_estimate(found, quantity, Exposure(n_at_risk=float(whole), cohort=who))


_COLUMNS = tuple(field.name for field in fields(Retention) if field.name != "level")


def retention_rates(survivors: ArrayLike | Sequence[Sequence[float]], *, level: float = 0.95) -> Retention:
    """Pool retention and survival over cohorts, from how many of each were left after each period.

    Parameters
    ----------
    survivors
        Counts, ``(n_periods + 1,)`` or one row per cohort, the first the size of the cohort, never rising; young
        cohorts have shorter rows, or NaN at the end. As `crmrisk.scoring.value.ShiftedBetaGeometric` is fitted to.
        Customers who come back do not fit here: see `cohort_table`.
    level
        Nominal coverage of the intervals.

    Returns
    -------
    The table.

    Raises
    ------
    RecordError
        If counts are negative, rise, or come after a missing one; or no period was observed.
    InvalidValueError
        If the level is not strictly between 0 and 1.

    Examples
    --------
    >>> print(retention_rates([[1000, 869, 743], [500, 400]]).overall())
    retention per period 0.8493 [0.8343, 0.8631] (95 % wilson, n 2369) of 2,369 customer periods
    """
    checked_level(level)
    panel = _panel(survivors)
    seen = ~np.isnan(panel[:, 1:])
    before, after = (np.where(seen, part, 0.0) for part in (panel[:, :-1], panel[:, 1:]))
    return Retention(
        period=np.arange(1, panel.shape[1]),
        at_risk=before.sum(axis=0),
        kept=after.sum(axis=0),
        size=np.where(seen, panel[:, :1], 0.0).sum(axis=0),
        survivors=after.sum(axis=0),
        level=level,
    )


def _panel(survivors: ArrayLike | Sequence[Sequence[float]]) -> FloatArray:
    rows = [_row(row, place) for place, row in enumerate(_rows(survivors))]
    longest = max((row.size for row in rows), default=0)
    problems = [problem for place, row in enumerate(rows) for problem in _faults(row, place)]
    if longest < 2 and not problems:
        problems.append(Problem(what="no period was observed", where="survivors", allowed="a size and what was left"))
    if problems:
        raise RecordError(*problems)
    return np.array([np.append(row, np.full(longest - row.size, np.nan)) for row in rows])


def _rows(survivors: object) -> list[object]:
    values = survivors.to_numpy() if hasattr(survivors, "to_numpy") else survivors
    if not isinstance(values, np.ndarray | list | tuple):
        raise RecordError(Problem(what="no counts", where="survivors", got=type(survivors).__name__))
    rows = list(values)
    return rows if rows and all(isinstance(row, np.ndarray | list | tuple) for row in rows) else [rows]


def _row(row: object, place: int) -> FloatArray:
    """Read one cohort; what is missing at the end was not observed so far."""
    values: Any = row if isinstance(row, np.ndarray | list | tuple) else [row]
    counts = number_answers(values, missing="exclude", where=f"survivors[{place}]")
    seen = np.flatnonzero(~np.isnan(counts))
    return number_answers(counts[: seen[-1] + 1 if seen.size else 0], where=f"survivors[{place}]")


def _faults(row: FloatArray, place: int) -> list[Problem]:
    got = ", ".join(f"{count:g}" for count in row[:8])
    checks = (
        ("no size", not row.size),
        ("negative counts", bool((row < 0.0).any())),
        ("counts that rise", bool((np.diff(row) > 0.0).any())),
    )
    allowed = "a size, then counts from 0 that never rise"
    return [
        Problem(what=what, where=f"survivors[{place}]", allowed=allowed, got=got) for what, wrong in checks if wrong
    ]


def _share(part: FloatArray, whole: FloatArray) -> FloatArray:
    share: FloatArray = np.divide(part, whole, out=np.full(part.shape, np.nan), where=whole > 0.0)
    return share
