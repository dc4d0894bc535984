"""How a tier policy behaves before it goes live: moves, reversals and the capacity that its promises need."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np

from crmrisk.core.arguments import is_number, is_whole, level_problems, random_source_problems, refuse
from crmrisk.core.charts import Chart
from crmrisk.core.errors import InvalidValueError, Problem
from crmrisk.core.estimate import Estimate
from crmrisk.core.instants import instant
from crmrisk.core.intervals import wilson_limits
from crmrisk.segmentation.customer_history import CustomerHistory
from crmrisk.segmentation.entitlements import expected_hours
from crmrisk.segmentation.tier_application import apply_policy
from crmrisk.segmentation.tier_capacity import entitlement_places

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from crmrisk.core.arrays import BoolArray, FloatArray
    from crmrisk.segmentation.tier_history import TierHistory
    from crmrisk.segmentation.tier_policy import TierPolicy

__all__ = ["PolicyBehaviour", "autoregressive_history", "compare_policies", "simulate_policy"]

_LARGEST = 1e150  # sums of a few deviations of that do not overflow


@dataclass(frozen=True)
class PolicyBehaviour:
    """Hold how a policy behaved on a history.

    Parameters
    ----------
    policy
        The rules.
    tiers
        Each customer's tier at each review.
    moves, promotions, demotions
        Share of customers who change tier, rise or fall from one review to the next.
    reversals
        Share of customers whose move at one review is undone, wholly or in part, at the next.

    Examples
    --------
    See `simulate_policy`.
    """

    policy: TierPolicy
    tiers: TierHistory
    moves: Estimate
    promotions: Estimate
    demotions: Estimate
    reversals: Estimate

    def __repr__(self) -> str:
        told = "\n".join(f"{name} {getattr(self, name)}" for name in ("moves", "promotions", "demotions", "reversals"))
        return f"customers who change tier, of {len(self.tiers)}, from one review to the next\n{told}"

    def capacity(self) -> pd.DataFrame:
        """Count customers, contacts and hours that each tier's entitlements need from each review to the next.

        Returns
        -------
        One row per review and tier; contacts and hours are NaN where the policy states no entitlements.

        Examples
        --------
        See `simulate_policy`.
        """
        import pandas as pd  # noqa: PLC0415 - a heavy import that only frames need

        return pd.DataFrame([row for review in range(len(self.tiers.reviews)) for row in self._needed(review)])

    def _needed(self, review: int) -> list[dict[str, Any]]:
        at, following = self.tiers.reviews[review], self.tiers.next_reviews[review]
        span: timedelta = (following - at).item()
        codes = self.tiers.tiers[review].astype(np.int64)
        places, kinds = entitlement_places(self.policy, codes, self.tiers.history.at(review))
        hours = np.array([*(expected_hours(each, span) for each in kinds), 0.0])[places]
        calls = np.array([*(each.contacts_per_year for each in kinds), 0.0])[places]
        rows = []
        for code, tier in enumerate(self.policy.tiers):
            here, stated = codes == code, tier.entitlements is not None
            contacts = float(calls[here].sum()) * (span / timedelta(days=365.25))
            needed = {"contacts": contacts, "hours": float(hours[here].sum())} if stated else {}
            unknown = {"contacts": np.nan, "hours": np.nan}
            rows.append({"at": at, "tier": tier.name, "customers": int(here.sum()), **unknown, **needed})
        return rows

    def frame(self) -> pd.DataFrame:
        """Return one row per review: customers with a tier, who rose, fell and went back.

        Examples
        --------
        See `simulate_policy`.
        """
        import pandas as pd  # noqa: PLC0415 - a heavy import that only frames need

        steps, back = _steps(self.tiers)
        counts = {
            "customers": self.tiers.tiers >= 0,
            "promotions": steps > 0,
            "demotions": steps < 0,
            "reversals": back,
        }
        return pd.DataFrame({"at": self.tiers.reviews} | {name: each.sum(axis=1) for name, each in counts.items()})

    def chart(self, *, title: str | None = None) -> Chart:
        """Draw how many customers rise, fall and go back at each review but the first.

        Parameters
        ----------
        title
            What it shows; unless given, the share of customers who move.

        Examples
        --------
        >>> import numpy as np
        >>> from crmrisk.segmentation.tier_policy import TierPolicy
        >>> book = autoregressive_history(500, 4, correlation=0.9, rng=np.random.default_rng(7))
        >>> chart = simulate_policy(TierPolicy.from_cuts("value", {"high": 0.8}), book).chart()
        >>> chart.title, list(chart.lines())
        ('10 % of the customers move per review', ['promotions', 'demotions', 'reversals'])
        """
        rows = self.frame().iloc[1:]
        series = {name: rows[name].to_numpy() for name in ("promotions", "demotions", "reversals")}
        said = title or f"{100 * (self.moves.value or 0.0):.0f} % of the customers move per review"
        return Chart.of(rows["at"].to_numpy(), series, title=said, x_label="review", y_label="customers")


def simulate_policy(
    policy: TierPolicy, history: CustomerHistory | Any, *, level: float = 0.95, **decisions: Any
) -> PolicyBehaviour:
    """Try a policy on a history, recorded or simulated, before it goes live.

    Rates are per customer and period, over all pairs of consecutive reviews at which the customer has a tier. Intervals
    are Wilson's on an effective number of observations, which allows for the reviews of one customer being alike.

    Parameters
    ----------
    policy
        The rules.
    history
        What `apply_policy` takes; `autoregressive_history` simulates one.
    level
        Coverage of the intervals.
    **decisions
        What else `apply_policy` takes.

    Raises
    ------
    InvalidValueError
        If the coverage is none, or the history has fewer than two reviews.
    MissingInputsError
        If the history does not hold what the criteria read.

    Examples
    --------
    >>> import numpy as np
    >>> from crmrisk.segmentation.tier_policy import TierPolicy
    >>> book = autoregressive_history(2_000, 24, correlation=0.9, rng=np.random.default_rng(7))
    >>> plain = TierPolicy.from_cuts("value", {"medium": -0.5, "high": 0.8}, base="low")
    >>> calm = plain.model_copy(update={"demotion_band": 0.3, "dwell": 2})
    >>> for policy in (plain, calm):
    ...     tried = simulate_policy(policy, book)
    ...     print(f"{tried.moves.value:.2f} moves, {tried.reversals.value:.3f} reversals")
    0.23 moves, 0.069 reversals
    0.11 moves, 0.005 reversals
    """
    refuse(level_problems(level))
    tiers = apply_policy(policy, history, **decisions)
    if len(tiers.reviews) < 2:
        what, remedy = "fewer than two reviews: nobody can move", "give a longer history"
        raise InvalidValueError(Problem(what=what, where="history", remedy=remedy))
    steps, back = _steps(tiers)
    held = (tiers.tiers[1:] >= 0) & (tiers.tiers[:-1] >= 0)
    twice = held[1:] & held[:-1]
    rates = {
        "moves": _rate(steps[1:] != 0, held, level=level),
        "promotions": _rate(steps[1:] > 0, held, level=level),
        "demotions": _rate(steps[1:] < 0, held, level=level),
        "reversals": _rate(back[2:], twice, level=level),
    }
    return PolicyBehaviour(policy, tiers, **rates)


def compare_policies(
    policies: Mapping[str, TierPolicy], history: CustomerHistory | Any, *, level: float = 0.95
) -> pd.DataFrame:
    """Try several policies on one history.

    Parameters
    ----------
    policies
        Name to rules.
    history
        What `apply_policy` takes.
    level
        Coverage of the intervals.

    Returns
    -------
    One row per policy and rate: value, ends of its interval.

    Raises
    ------
    InvalidValueError
        If there is no policy, or the history has fewer than two reviews.

    Examples
    --------
    >>> import numpy as np
    >>> from crmrisk.segmentation.tier_policy import TierPolicy
    >>> book = autoregressive_history(500, 12, correlation=0.9, rng=np.random.default_rng(7))
    >>> plain = TierPolicy.from_cuts("value", {"high": 0.8}, base="low")
    >>> compare_policies({"plain": plain, "band": plain.model_copy(update={"demotion_band": 0.3})}, book).shape
    (8, 5)
    """
    import pandas as pd  # noqa: PLC0415 - a heavy import that only frames need

    if not hasattr(policies, "items") or not policies:
        allowed, got = '{"plain": TierPolicy(...)}', repr(policies)[:100]
        raise InvalidValueError(Problem(what="no policies", where="policies", allowed=allowed, got=got))
    tried = {name: simulate_policy(policy, history, level=level) for name, policy in policies.items()}
    found = [
        (name, rate, getattr(each, rate))
        for name, each in tried.items()
        for rate in ("moves", "promotions", "demotions", "reversals")
    ]
    rows = [{"policy": n, "rate": r, "value": e.value, "low": e.low, "high": e.high} for n, r, e in found]
    return pd.DataFrame(rows)


def autoregressive_history(
    n_customers: int,
    n_reviews: int,
    *,
    correlation: float,
    rng: np.random.Generator,
    column: str = "value",
    mean: float = 0.0,
    deviation: float = 1.0,
    start: date | datetime = date(2026, 1, 1),
    every: timedelta = timedelta(days=30),
) -> CustomerHistory:
    """Simulate customers whose value wanders about a mean and remembers where it was: a stationary AR(1).

    Parameters
    ----------
    n_customers, n_reviews
        How many.
    correlation
        Between a value and the next, in (-1, 1).
    rng
        Source of randomness.
    column
        What the value is called.
    mean, deviation
        Of the values, at any review.
    start, every
        When the first review is, and the time between two.

    Raises
    ------
    InvalidValueError
        If a number is out of range, or there is no source of randomness.

    Examples
    --------
    >>> import numpy as np
    >>> autoregressive_history(100, 12, correlation=0.9, rng=np.random.default_rng(7))
    CustomerHistory(100 customers at 12 reviews: value)
    """
    counts = (("n_customers", n_customers), ("n_reviews", n_reviews))
    wrong = [
        Problem(what="no number of them", where=w, allowed=">= 1", got=repr(v)[:100])
        for w, v in counts
        if not is_whole(v) or v < 1
    ]
    if not is_number(correlation) or not -1 < correlation < 1:
        wrong.append(_out_of_range("correlation", correlation, allowed="between -1 and 1"))
    if not is_number(deviation) or not 0 <= deviation < _LARGEST or not is_number(mean) or not abs(mean) < _LARGEST:
        allowed = f"below {_LARGEST:g}, the deviation >= 0"
        wrong.append(_out_of_range("mean, deviation", (mean, deviation), allowed=allowed))
    if not isinstance(every, timedelta) or every <= timedelta(0):
        wrong.append(_out_of_range("every", every, allowed="a time span above 0"))
    refuse(wrong, random_source_problems(rng))
    values = np.empty((n_reviews, n_customers))
    values[0] = rng.standard_normal(n_customers)
    fresh = np.sqrt(1.0 - correlation**2)
    for review in range(1, n_reviews):
        values[review] = correlation * values[review - 1] + fresh * rng.standard_normal(n_customers)
    begin = np.datetime64(instant(start, where="start").replace(tzinfo=None), "us")
    reviews = begin + np.arange(n_reviews) * np.timedelta64(every)
    return CustomerHistory(
        [f"C{n:07d}" for n in range(1, n_customers + 1)], reviews, {column: mean + deviation * values}
    )


def _out_of_range(where: str, got: object, *, allowed: str = "between 0 and 1") -> Problem:
    return Problem(what="out of range", where=where, allowed=allowed, got=repr(got)[:100])


def _steps(tiers: TierHistory) -> tuple[FloatArray, BoolArray]:
    """Return the tiers each review moved a customer by, and whether that undid the move of the review before."""
    places = tiers.tiers.astype(np.float64)
    steps = np.zeros(places.shape)
    steps[1:] = np.where((places[1:] >= 0) & (places[:-1] >= 0), places[1:] - places[:-1], 0.0)
    back = np.zeros(places.shape, dtype=np.bool_)
    back[1:] = steps[1:] * steps[:-1] < 0
    return steps, back


def _rate(happened: BoolArray, exposed: BoolArray, *, level: float) -> Estimate:
    """Estimate a share of periods, with the standard error of a ratio whose units are customers."""
    events, periods = (each.sum(axis=0).astype(np.float64) for each in (happened & exposed, exposed))
    total, n = float(periods.sum()), int((periods > 0).sum())
    if not total:
        return Estimate(value=None, level=level, method="share of periods", n=0)
    rate = float(events.sum()) / total
    residual = events - rate * periods
    variance = float((residual**2).sum()) / total**2 * (n / (n - 1) if n > 1 else 1.0)
    effective = min(max(rate * (1.0 - rate) / variance, n), total) if variance else float(n)
    low, high = wilson_limits(np.array([rate * effective]), np.array([effective]), level=level)
    return Estimate(
        value=rate,
        standard_error=float(np.sqrt(variance)),
        low=float(low[0]),
        high=float(high[0]),
        level=level,
        method="Wilson, customers as clusters",
        n=total,
        effective_n=effective,
    )
