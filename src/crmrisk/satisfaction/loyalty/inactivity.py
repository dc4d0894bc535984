"""When silence means lost: customers without a contract never say goodbye, they only stay away.

The empirical return curve says how likely a customer returns after so many days of silence. The inactivity threshold
is where that falls to 5 %, and non-contractual churn counts who has been silent for longer. Silences that are still
going on are counted for as long as they were seen: without them every customer seems to return.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from scipy.special import expit, logit

from crmrisk.core.arguments import is_number, refuse
from crmrisk.core.arrays import same_arrays
from crmrisk.core.charts import Chart
from crmrisk.core.errors import Problem
from crmrisk.core.estimate import Estimate
from crmrisk.core.intervals import normal_quantile
from crmrisk.satisfaction.loyalty.exposure import Exposure, LoyaltyEstimate, loyalty_estimate, whole_days
from crmrisk.satisfaction.loyalty.history import purchase_history
from crmrisk.satisfaction.survival import kaplan_meier, log_survival

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime, timedelta

    import pandas as pd

    from crmrisk.core.arrays import BoolArray, FloatArray, IntArray
    from crmrisk.satisfaction.loyalty.history import PurchaseHistory
    from crmrisk.satisfaction.survival_curve import SurvivalCurve

__all__ = ["ReturnCurve", "inactivity_threshold", "return_curve"]

_GROUPS = 200  # of customers, left out one after the other
_METHOD = "kaplan-meier jackknife"


@dataclass(frozen=True, kw_only=True, eq=False)
class ReturnCurve:
    """Hold the probability that a customer who has been silent for so many days returns.

    Parameters
    ----------
    days
        Days of silence, 0, 1, ... up to the day before ``horizon``, ``(n_days,)``.
    probability
        P(next purchase by day ``horizon`` | none for ``days``).
    low, high
        The interval; customers, not gaps, are what is independent. NaN where it is not known.
    at_risk
        Silences that lasted longer than that.
    gaps
        Kaplan-Meier of the days between purchases, silences to ``as_of`` censored.
    horizon
        The silence up to which returns could be seen [day].
    exposure
        Whose gaps they are.
    level
        Nominal coverage, point by point.

    Examples
    --------
    >>> from datetime import date
    >>> curve = return_curve(["a"] * 3 + ["b"], ["2026-01-01", "2026-01-11", "2026-01-31", "2026-01-15"],
    ...     as_of=date(2026, 3, 1))
    >>> curve.probability[[0, 15, 25]].round(4)
    array([0.5   , 0.3333, 0.    ])
    """

    days: IntArray
    probability: FloatArray
    low: FloatArray
    high: FloatArray
    at_risk: IntArray
    gaps: SurvivalCurve
    horizon: int
    exposure: Exposure
    level: float = 0.95

    def __post_init__(self) -> None:
        for name in _COLUMNS:
            getattr(self, name).flags.writeable = False

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, ReturnCurve):
            return NotImplemented
        same = (self.horizon, self.exposure, self.level) == (other.horizon, other.exposure, other.level)
        return same and all(same_arrays(getattr(self, n), getattr(other, n)) for n in _COLUMNS)

    __hash__: ClassVar[None] = None  # type: ignore[assignment]  # compared by content, so not hashable

    def __len__(self) -> int:
        return self.days.size

    def __repr__(self) -> str:
        return f"return curve up to {self.horizon} days of silence {self.exposure}"

    def chart(self) -> Chart:
        """Return the picture of the curve as data, with its intervals and the silence after which 5 % return.

        Examples
        --------
        >>> from datetime import date
        >>> curve = return_curve(["a"] * 3 + ["b"], ["2026-01-01", "2026-01-11", "2026-01-31", "2026-01-15"],
        ...     as_of=date(2026, 3, 1))
        >>> curve.chart().marks
        mappingproxy({'no more than 5 % return': 20.0})
        """
        end = self.threshold().value
        name = "return"
        return Chart.of(
            self.days,
            {name: self.probability},
            title=f"How probable it is that a silent customer returns by day {self.horizon}",
            x_label="silence so far [day]",
            y_label=f"probability, {100 * self.level:g} % interval",
            marks={} if end is None else {"no more than 5 % return": end},
            intervals={name: (self.low, self.high)},
        )

    def return_probability(self, days: int) -> LoyaltyEstimate:
        """Estimate P(return | silent for more than so many days).

        Parameters
        ----------
        days
            Days of silence, from 0.

        Raises
        ------
        InvalidValueError
            If it is no number of days below ``horizon``.

        Examples
        --------
        >>> from datetime import date
        >>> curve = return_curve(["a"] * 3 + ["b"], ["2026-01-01", "2026-01-11", "2026-01-31", "2026-01-15"],
        ...     as_of=date(2026, 3, 1))
        >>> curve.return_probability(15).quantity
        'return by day 45 after more than 15 days of silence'
        """
        ok = is_number(days) and 0 <= days < self.horizon and days == int(days)
        allowed = f"whole days, 0 to {self.horizon - 1}"
        refuse([] if ok else [Problem(what="not on the curve", where="days", allowed=allowed, got=repr(days))])
        place = int(days)
        low, high = (None if np.isnan(limit[place]) else float(limit[place]) for limit in (self.low, self.high))
        n = int(self.at_risk[place])
        value = None if np.isnan(self.probability[place]) else float(self.probability[place])
        found = Estimate(value=value, low=low, high=high, level=self.level, method=_METHOD, n=n)
        quantity = f"return by day {self.horizon} after more than {place} days of silence"
        return loyalty_estimate(found, quantity, self.exposure)

    def threshold(self, probability: float = 0.05) -> LoyaltyEstimate:
        """Find the shortest silence after which a return is no more likely than a given probability.

        Parameters
        ----------
        probability
            Between 0 and 1; 5 % by default.

        Returns
        -------
        Days of silence, ``None`` where nobody ever returned; the interval holds the days at which the limits of the
        curve cross the same line. A warning says where customers were not watched for at least twice as long: returns
        after longer silences are not seen then, and the threshold comes out too short.

        Raises
        ------
        InvalidValueError
            If the probability is not between 0 and 1.

        Examples
        --------
        >>> from datetime import date
        >>> curve = return_curve(["a"] * 3 + ["b"], ["2026-01-01", "2026-01-11", "2026-01-31", "2026-01-15"],
        ...     as_of=date(2026, 3, 1))
        >>> curve.threshold().value
        20.0
        """
        ok = is_number(probability) and 0.0 < probability < 1.0
        got, allowed = repr(probability), "0 < probability < 1"
        refuse([] if ok else [Problem(what="no probability", where="probability", allowed=allowed, got=got)])
        columns = (self.probability, self.low, self.high) if self.probability.any() else ()
        value, low, high = (self._first(column <= probability) for column in columns) if columns else (None,) * 3
        short = value is None or self.horizon < 2 * value
        warning = f"silences were seen up to {self.horizon} days only: returns after longer ones are not counted"
        warning = warning if columns else "nobody ever returned: no threshold"
        found = Estimate(
            value=value,
            low=low if value is None or low is None else min(low, value),
            high=high,
            level=self.level,
            method=_METHOD,
            n=self.exposure.n_at_risk,
            warnings=(warning,) if short else (),
        )
        return loyalty_estimate(found, f"inactivity threshold [day] at {100 * probability:g} % return", self.exposure)

    def frame(self) -> pd.DataFrame:
        """Show the curve as a data frame, one row per day of silence: what a chart needs.

        Examples
        --------
        >>> from datetime import date
        >>> curve = return_curve(["a", "a"], ["2026-01-01", "2026-01-03"], as_of=date(2026, 1, 10))
        >>> curve.frame()["at_risk"].tolist()
        [2, 2, 1, 1, 1, 1, 1]
        """
        import pandas as pd  # noqa: PLC0415 - heavy, and only this method needs it

        return pd.DataFrame({name: getattr(self, name).copy() for name in _COLUMNS})

    def _first(self, reached: BoolArray) -> float | None:
        return float(self.days[int(np.argmax(reached))]) if reached.any() else None


_COLUMNS = ("days", "probability", "low", "high", "at_risk")


def return_curve(
    transactions: Any,
    at: Any = None,
    amount: Any = None,
    *,
    as_of: date | datetime,
    horizon: timedelta | None = None,
    level: float = 0.95,
    rename: Mapping[str, str] | None = None,
) -> ReturnCurve:
    """Estimate from the gaps between purchases how likely customers return after a silence.

    With S the Kaplan-Meier estimate of the days between purchases, in which the silences that last at ``as_of`` are
    censored, ``P(return | gap > q) = 1 - S(horizon) / S(q)``.

    Parameters
    ----------
    transactions, at, amount, as_of, rename
        As for `purchase_history`.
    horizon
        Up to which silence returns are counted, in whole days; by default the longest that was seen.
    level
        Nominal coverage of the limits, which are of the delete-a-group jackknife over customers on the logit scale.

    Raises
    ------
    InvalidValueError
        If the horizon is not within what was seen, or nothing was seen for a day.

    References
    ----------
    Kott, P. S. (2001). The delete-a-group jackknife. *Journal of Official Statistics* 17.

    Examples
    --------
    >>> from datetime import date
    >>> print(return_curve(["a", "a", "b"], ["2026-01-01", "2026-01-03", "2026-01-09"], as_of=date(2026, 1, 10)))
    return curve up to 7 days of silence of 2 customers who bought, up to 2026-01-10
    """
    z = normal_quantile(level)
    history = purchase_history(transactions, at, amount, as_of=as_of, rename=rename)
    gap, returned = _gaps(history)
    longest = int(gap.max())
    last = longest if horizon is None else whole_days(horizon, where="horizon")
    allowed = f"1 to {longest} days, the longest silence" if longest else "purchases of which one is a day old"
    problem = Problem(what="not observed", where="horizon", allowed=allowed, got=f"{last} days")
    refuse([] if 1 <= last <= longest else [problem])
    events, at_risk = _by_group(history.customer, gap, returned, last)
    probability = _returns(events.sum(axis=0), at_risk.sum(axis=0))
    low, high = _jackknife_limits(probability, events, at_risk, z)
    return ReturnCurve(
        days=np.arange(last),
        probability=probability,
        low=low,
        high=high,
        at_risk=at_risk.sum(axis=0)[1:].astype(np.int64),
        gaps=kaplan_meier(gap, returned, level=level),
        horizon=last,
        exposure=Exposure(n_at_risk=len(history), cohort="customers who bought", end=history.as_of),
        level=level,
    )


def inactivity_threshold(
    transactions: Any,
    at: Any = None,
    amount: Any = None,
    *,
    as_of: date | datetime,
    probability: float = 0.05,
    level: float = 0.95,
    rename: Mapping[str, str] | None = None,
) -> LoyaltyEstimate:
    """Find the silence after which a customer hardly returns: where to draw the line of non-contractual churn.

    Parameters
    ----------
    transactions, at, amount, as_of, level, rename
        As for `return_curve`.
    probability
        How likely a return may still be.

    Returns
    -------
    Days of silence; see `ReturnCurve.threshold`.

    Raises
    ------
    InvalidValueError
        If an argument is not valid.

    Examples
    --------
    >>> from datetime import date
    >>> when = ["2026-01-01", "2026-01-11", "2026-01-31", "2026-01-15"]
    >>> inactivity_threshold(["a"] * 3 + ["b"], when, as_of=date(2026, 3, 1)).value
    20.0
    """
    return return_curve(transactions, at, amount, as_of=as_of, level=level, rename=rename).threshold(probability)


def _gaps(history: PurchaseHistory) -> tuple[IntArray, BoolArray]:
    """Give the days from each purchase to the next, and of the last one to now, which did not end so far."""
    following = np.append(history.day[1:], history.today)
    returned = np.ones(history.day.size, dtype=np.bool_)
    returned[history.lasts] = False
    return np.where(returned, following, history.today) - history.day, returned


def _by_group(customer: IntArray, gap: IntArray, returned: BoolArray, last: int) -> tuple[FloatArray, FloatArray]:
    """Count returns and silences by day, for groups of customers, ``(n_groups, last + 1)``."""
    groups = min(_GROUPS, int(customer.max()) + 1)
    width = last + 2  # one more for longer gaps
    cell = (customer % groups) * width + np.minimum(gap, width - 1)
    ended = np.bincount(cell, minlength=groups * width).reshape(groups, width)
    events = np.bincount(cell[returned], minlength=groups * width).reshape(groups, width)
    at_risk = ended[:, ::-1].cumsum(axis=1)[:, ::-1]
    return events[:, : last + 1].astype(np.float64), at_risk[:, : last + 1].astype(np.float64)


def _returns(events: FloatArray, at_risk: FloatArray) -> FloatArray:
    """Compute 1 - S(last) / S(q) for q = 0 ... last - 1, going back from the last day so that 0 / 0 cannot occur."""
    ahead = log_survival(events[..., :0:-1], at_risk[..., :0:-1])[..., ::-1]
    return -np.expm1(ahead)


def _jackknife_limits(
    probability: FloatArray, events: FloatArray, at_risk: FloatArray, z: float
) -> tuple[FloatArray, FloatArray]:
    groups = events.shape[0]
    inside = (probability > 0.0) & (probability < 1.0)
    without = _returns(events.sum(axis=0) - events, at_risk.sum(axis=0) - at_risk)
    known = inside & ((without > 0.0) & (without < 1.0)).all(axis=0) & (groups > 1)
    scores = logit(np.where(known, without, 0.5))
    spread = np.sqrt((groups - 1.0) * scores.var(axis=0))
    centre = logit(np.where(known, probability, 0.5))
    low, high = expit(centre - z * spread), expit(centre + z * spread)
    return np.where(known, low, np.nan), np.where(known, high, np.nan)
