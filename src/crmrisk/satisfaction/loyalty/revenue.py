"""What becomes of revenue: gross and net retention, and the movements between them, with intervals over customers.

Of the customers who paid in a first period: who still pays in the second (logo retention), how much of their revenue is
left without counting what grew (gross), and with it (net). Revenue is unequal, so a few large customers can decide; the
intervals resample customers, not money, and show it. Refunds, if netted, reduce the period they occur in.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias, get_args

import numpy as np
from pydantic.dataclasses import dataclass as value_dataclass

from crmrisk.core.arguments import checked_level
from crmrisk.core.errors import Problem, RecordError
from crmrisk.core.estimate import Estimate
from crmrisk.core.model import VALUE, Value
from crmrisk.core.row_names import refuse_other_order
from crmrisk.satisfaction.answers import number_answers
from crmrisk.satisfaction.bootstrap import bootstrap_means
from crmrisk.satisfaction.bootstrap_intervals import percentile_interval
from crmrisk.satisfaction.flagging import flag_answers
from crmrisk.satisfaction.loyalty.exposure import Exposure, LoyaltyEstimate, loyalty_estimate
from crmrisk.satisfaction.loyalty.movement import RevenueMovement
from crmrisk.satisfaction.loyalty.refunds import check_refunds
from crmrisk.satisfaction.numerics import check_method, student_quantile
from crmrisk.satisfaction.proportions import proportion
from crmrisk.satisfaction.survey_design import design_mean

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import ArrayLike

    from crmrisk.core.arrays import FloatArray
    from crmrisk.satisfaction.loyalty.refunds import RefundPolicy
    from crmrisk.satisfaction.survey_design import DesignMean

__all__ = [
    "RevenueInterval",
    "RevenueRetention",
    "gross_revenue_retention",
    "logo_retention",
    "net_revenue_retention",
    "revenue_retention",
]

RevenueInterval: TypeAlias = Literal["delta", "bootstrap"]
"""The delta method for a ratio of sums with Student's t, or percentiles of resampled customers."""

_WHO = "customers with revenue in the first period"
_FEW = 30


@value_dataclass(frozen=True, kw_only=True, config=VALUE)
class RevenueRetention(Value):
    """Hold what became of the revenue of the customers of a first period, as shares of it.

    ``net = 1 + expansion - contraction - churned``, ``gross = 1 - contraction - churned``.

    Parameters
    ----------
    gross, net
        Revenue kept without and with what grew.
    expansion, contraction, churned
        Revenue that customers added, took away while staying, and took with them.
    logo
        The share of customers who stayed.
    opening_revenue, closing_revenue
        Of these customers in the first and in the second period [money].
    new_revenue
        Of customers without revenue in the first period [money]: no part of retention. Below 0 where refunds are netted
        and these were given back more than they spent.

    Examples
    --------
    >>> found = revenue_retention([100, 50, 40, 10, 0], [120, 50, 30, 0, 70])
    >>> found.gross.value, found.net.value, found.logo.value, found.new_revenue
    (0.9, 1.0, 0.75, 70.0)
    """

    gross: LoyaltyEstimate
    net: LoyaltyEstimate
    expansion: LoyaltyEstimate
    contraction: LoyaltyEstimate
    churned: LoyaltyEstimate
    logo: LoyaltyEstimate
    opening_revenue: float
    closing_revenue: float
    new_revenue: float

    @property
    def exposure(self) -> Exposure:
        """Whose revenue it is."""
        return self.net.exposure

    def __str__(self) -> str:
        parts = (self.net, self.gross, self.logo)
        return f"{'; '.join(f'{part.quantity} {Estimate.__str__(part)}' for part in parts)} {self.exposure}"

    def frame(self) -> pd.DataFrame:
        """Show the estimates as a data frame, one row each: what a chart needs.

        Examples
        --------
        >>> revenue_retention([1, 3], [1, 2]).frame().loc["gross revenue retention", "value"]
        np.float64(0.75)
        """
        import pandas as pd  # noqa: PLC0415 - heavy, and only this method needs it

        estimates = [self.net, self.gross, self.expansion, self.contraction, self.churned, self.logo]
        columns = ("value", "standard_error", "low", "high", "n")
        rows = {each.quantity: [getattr(each, name) for name in columns] for each in estimates}
        return pd.DataFrame.from_dict(rows, orient="index", columns=list(columns)).astype(float)


def revenue_retention(
    opening: RevenueMovement | ArrayLike,
    closing: ArrayLike | None = None,
    *,
    refunds: RefundPolicy = "exclude",
    interval: RevenueInterval = "delta",
    level: float = 0.95,
    rng: np.random.Generator | None = None,
    replicates: int = 2000,
) -> RevenueRetention:
    """Estimate gross and net revenue retention and the movements they are made of.

    Each is a ratio of sums over the customers with revenue in the first period, for instance net = sum of closing over
    sum of opening. Its standard error is that of the linearised ratio.

    Parameters
    ----------
    opening, closing
        Each customer's revenue in the first and in the second period, ``(n_customers,)``, 0 for who had none; or a
        `RevenueMovement`.
    refunds
        ``"exclude"``: revenue is gross of refunds, and negative revenue a mistake. ``"net"``: revenue is net of the
        refunds of its period, and may be negative. Who has none above 0 in the first period is not in the base; who has
        none above 0 in the second is lost, and what is below 0 counts as revenue lost on top. A `RevenueMovement` knows
        which it is.
    interval
        ``"delta"``, or ``"bootstrap"`` where few customers hold most of the revenue; its work grows with
        customers times replicates.
    level
        Nominal coverage.
    rng, replicates
        Source of randomness and number of resamples of the bootstrap.

    Returns
    -------
    The estimates. An estimate in which no customer differs has no interval, and says so.

    Raises
    ------
    RecordError
        If revenue is missing, negative without ``refunds="net"``, not one number each per customer, or customers are in
        another order.
    InvalidValueError
        If the interval, level or policy is not valid.

    References
    ----------
    Cochran, W. G. (1977). *Sampling Techniques*, section 6.4 (variance of a ratio).

    Examples
    --------
    >>> print(revenue_retention([100, 50, 40, 10, 0], [120, 50, 30, 0, 70]).net)
    net revenue retention 1 [0.5499, 1.45] (95 % delta, n 4) of 4 customers with revenue in the first period
    >>> revenue_retention([100, 100], [100, -20], refunds="net").net.value  # 20 given back of last month's 100
    0.4
    """
    check_refunds(refunds)
    interval = check_method(interval, get_args(RevenueInterval), where="interval")
    checked_level(level)
    exposure, before, after = _columns(opening, closing, refunds)
    base = before > 0.0
    first, second = before[base], after[base]
    ratio = _ratios(first, second)
    floor, most = (None, None) if (second < 0.0).any() else (0.0, 1.0)
    lost = np.maximum(1.0 - ratio, 0.0)
    shares = {
        "gross": ("gross revenue retention", np.minimum(ratio, 1.0), (floor, 1.0)),
        "net": ("net revenue retention", ratio, (floor, None)),
        "expansion": ("expansion", np.maximum(ratio - 1.0, 0.0), (0.0, None)),
        "contraction": ("contraction", np.where(second > 0.0, lost, 0.0), (0.0, 1.0)),
        "churned": ("churned revenue", np.where(second > 0.0, 0.0, lost), (0.0, most)),
    }
    ask = _Asked(interval, level, rng, replicates)
    estimates = {
        field: loyalty_estimate(_ratio_estimate(share, first, ends, ask), quantity, exposure)
        for field, (quantity, share, ends) in shares.items()
    }
    stayed = proportion(int((second > 0.0).sum()), first.size, level=level)
    return RevenueRetention(
        **estimates,
        logo=loyalty_estimate(stayed, "logo retention", exposure),
        opening_revenue=float(first.sum()),
        closing_revenue=float(second.sum()),
        new_revenue=float(after[~base].sum()),
    )


def net_revenue_retention(
    opening: RevenueMovement | ArrayLike,
    closing: ArrayLike | None = None,
    *,
    refunds: RefundPolicy = "exclude",
    level: float = 0.95,
) -> LoyaltyEstimate:
    """Estimate the revenue kept and grown, of customers with revenue before; see `revenue_retention`.

    Parameters
    ----------
    opening, closing, refunds, level
        As for `revenue_retention`.

    Raises
    ------
    RecordError
        If revenue is missing, negative or not one number each per customer.

    Examples
    --------
    >>> net_revenue_retention([100, 50], [150, 0]).value
    1.0
    """
    return revenue_retention(opening, closing, refunds=refunds, level=level).net


def gross_revenue_retention(
    opening: RevenueMovement | ArrayLike,
    closing: ArrayLike | None = None,
    *,
    refunds: RefundPolicy = "exclude",
    level: float = 0.95,
) -> LoyaltyEstimate:
    """Estimate the revenue kept, growth not counted, of customers with revenue before; see `revenue_retention`.

    Parameters
    ----------
    opening, closing, refunds, level
        As for `revenue_retention`.

    Raises
    ------
    RecordError
        If revenue is missing, negative or not one number each per customer.

    Examples
    --------
    >>> round(gross_revenue_retention([100, 50], [150, 0]).value, 4)
    0.6667
    """
    return revenue_retention(opening, closing, refunds=refunds, level=level).gross


def logo_retention(
    opening: RevenueMovement | ArrayLike,
    closing: ArrayLike | None = None,
    *,
    refunds: RefundPolicy = "exclude",
    level: float = 0.95,
) -> LoyaltyEstimate:
    """Estimate the share of customers with revenue before who still have some; see `revenue_retention`.

    Parameters
    ----------
    opening, closing, refunds, level
        As for `revenue_retention`; 0 and 1 will do where only who stayed is known.

    Raises
    ------
    RecordError
        If revenue is missing, negative or not one number each per customer.

    Examples
    --------
    >>> logo_retention([100, 50], [150, 0]).value
    0.5
    """
    return revenue_retention(opening, closing, refunds=refunds, level=level).logo


@dataclass(frozen=True)
class _Asked:
    interval: RevenueInterval
    level: float
    rng: np.random.Generator | None
    replicates: int


def _columns(
    opening: RevenueMovement | ArrayLike, closing: ArrayLike | None, refunds: RefundPolicy
) -> tuple[Exposure, FloatArray, FloatArray]:
    start = end = None
    if isinstance(opening, RevenueMovement):
        movement: RevenueMovement = opening
        start, end, opening, closing = movement.start, movement.end, movement.opening, movement.closing
        refunds = movement.refunds
    if closing is None:
        raise RecordError(Problem(what="missing", where="closing", allowed="revenue in the second period"))
    refuse_other_order(opening=opening, closing=closing)
    before, after = number_answers(opening, where="opening"), number_answers(closing, where="closing")
    allowed = 'revenue from 0; refunds="net" takes less'
    problems = [
        problem
        for where, column in (("opening", before), ("closing", after))
        for problem in flag_answers(column, (column < 0.0) & (refunds != "net"), where=where, allowed=allowed)
    ]
    if before.size != after.size:
        got = f"{before.size} and {after.size}"
        problems.append(Problem(what="columns of different lengths", where="opening, closing", got=got))
    if problems:
        raise RecordError(*problems)
    n = int((before > 0.0).sum())
    return Exposure(n_at_risk=n, cohort=_WHO, start=start, end=end), before, after


def _ratios(first: FloatArray, second: FloatArray) -> FloatArray:
    with np.errstate(over="ignore"):  # reported below
        ratio = second / first
    problems = flag_answers(first, np.isinf(ratio), where="opening", allowed="amounts in one unit of money")
    if problems:
        raise RecordError(*problems)
    return ratio


def _ratio_estimate(
    share: FloatArray, revenue: FloatArray, ends: tuple[float | None, float | None], ask: _Asked
) -> Estimate:
    """Estimate a ratio of sums: the mean of shares weighted with the revenue they are shares of."""
    if not share.size:
        return Estimate(value=None, level=ask.level, method=ask.interval, n=0, warnings=("nobody had revenue before",))
    found = design_mean(share, weights=revenue)
    low, high = _limits(found, share, revenue, ask)
    least, most = ends
    return Estimate(
        value=found.value,
        standard_error=found.standard_error,
        low=low if low is None or least is None else max(low, least),
        high=high if high is None or most is None else min(high, most),
        level=ask.level,
        method=ask.interval,
        n=found.n,
        effective_n=found.n / (found.kish_design_effect or 1.0),
        warnings=_cautions(found),
    )


def _limits(
    found: DesignMean, share: FloatArray, revenue: FloatArray, ask: _Asked
) -> tuple[float, float] | tuple[None, None]:
    if not found.standard_error or found.value is None:
        return None, None
    if ask.interval == "bootstrap":
        rows, counts = np.unique(np.stack([share, revenue], axis=1), axis=0, return_counts=True)
        sizes = rows[:, 1] / rows[:, 1].max()
        means = bootstrap_means(rows[:, 0], sizes, counts.astype(np.float64), rng=ask.rng, replicates=ask.replicates)
        return percentile_interval(means, ask.level)
    half = student_quantile(ask.level, found.n - 1.0) * found.standard_error
    return found.value - half, found.value + half


def _cautions(found: DesignMean) -> tuple[str, ...]:
    if not found.standard_error:
        return ("no customer differs from another: no interval",)
    kish = found.n / (found.kish_design_effect or 1.0)
    return (f"most revenue is that of few customers (worth {kish:.3g} equal ones)",) if kish < _FEW else ()
