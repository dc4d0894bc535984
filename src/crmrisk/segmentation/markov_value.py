"""Markov customer lifetime value: what a customer of each segment will bring, moving as customers were seen to move."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from crmrisk.core.arguments import is_number, is_whole, refuse
from crmrisk.core.errors import Problem
from crmrisk.core.estimate import Estimate
from crmrisk.core.listing import listed
from crmrisk.segmentation.markov_chain import MarkovChain, numbers_by_state, place_of
from crmrisk.segmentation.migration import Migration
from crmrisk.segmentation.transition_draws import DrawMethod, check_drawing, drawn_matrices, limits_of_draws

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd
    from numpy.typing import ArrayLike

    from crmrisk.core.arrays import FloatArray

__all__ = ["MarkovValue", "markov_lifetime_value"]

_LOWEST = 1e-9  # below, rounding of 1 plus the rate would show in the value


@dataclass(frozen=True, eq=False)
class MarkovValue:
    """Hold the lifetime value of a customer of each segment.

    Parameters
    ----------
    names
        The segments.
    values
        Present value of the cash flows from now on [money], ``(n_segments,)``.
    low, high
        Limits from the uncertainty of the transitions, ``(n_segments,)``; ``None`` where probabilities were given.
    departures
        Customers the transitions of each segment were seen of, ``(n_segments,)``.
    level
        Nominal coverage.
    method
        How the limits were found.
    discount_rate
        Per period.
    horizon
        Periods after this one that count; ``None`` is for ever.

    Examples
    --------
    >>> from crmrisk.segmentation.transitions import transition_matrix
    >>> moved = transition_matrix(counts=[[80, 20], [0, 0]], names=("active", "gone"), absorbing=("gone",))
    >>> found = markov_lifetime_value(moved, {"active": 100, "gone": 0}, discount_rate=0.1)
    >>> print(found["active"])
    366.7 [286.7, 474.6] (95 % dirichlet, n 100)
    """

    names: tuple[str, ...]
    values: FloatArray
    low: FloatArray | None
    high: FloatArray | None
    departures: FloatArray | None
    level: float
    method: str
    discount_rate: float
    horizon: int | None

    def __repr__(self) -> str:
        return listed(f"{name}: {self[name]}" for name in self.names)

    def __post_init__(self) -> None:
        for array in (self.values, self.low, self.high):
            if array is not None:
                array.flags.writeable = False

    def __getitem__(self, name: str) -> Estimate:
        """Return the value of a customer of one segment."""
        place = place_of(self.names, name)
        value = float(self.values[place])
        if self.low is None or self.high is None or self.departures is None:
            return Estimate(value=value, level=self.level, method=self.method, n=0)
        limits = float(self.low[place]), float(self.high[place])
        n = float(self.departures[place])
        return Estimate(value=value, low=limits[0], high=limits[1], level=self.level, method=self.method, n=n)

    def frame(self) -> pd.DataFrame:
        """Return a pandas frame, one row per segment.

        Examples
        --------
        >>> markov_lifetime_value([[0.8, 0.2], [0, 1]], [100, 0], discount_rate=0.1).frame().round(1)
           segment  lifetime_value
        0  state 1           366.7
        1  state 2             0.0
        """
        import pandas as pd  # noqa: PLC0415 - a heavy import that only this call needs

        limits = {"low": self.low, "high": self.high}
        columns = {"segment": list(self.names), "lifetime_value": self.values.copy()}
        return pd.DataFrame(columns | {name: limit.copy() for name, limit in limits.items() if limit is not None})


def markov_lifetime_value(
    transitions: Migration | MarkovChain | ArrayLike,
    cash_flows: Mapping[str, float] | ArrayLike,
    *,
    discount_rate: float,
    horizon: int | None = None,
    level: float = 0.95,
    method: DrawMethod = "dirichlet",
    prior: float = 0.5,
    draws: int = 1000,
    rng: np.random.Generator | None = None,
) -> MarkovValue:
    """Value a customer of each segment by where customers of it go.

    For ever ``V = (I − P / (1 + d))⁻¹ R``; over a horizon of T periods ``V = Σ_{t=0}^{T} P^t R / (1 + d)^t``. The first
    cash flow is now and not discounted. It assumes that only the present segment matters and that the matrix stays:
    `crmrisk.segmentation.migration_tests` tests both.

    Parameters
    ----------
    transitions
        A `Migration`, whose counts give intervals too; or a `MarkovChain` or matrix, ``(n_segments, n_segments)``.
    cash_flows
        ``R``: what a customer of each segment brings in a period [money], by name or in order; taken as known.
    discount_rate
        ``d`` per period of the transitions.
    horizon
        ``T``: periods after this one; ``None`` is for ever.
    level
        Nominal coverage.
    method
        ``"dirichlet"``: matrices drawn from the posterior of each row; ``"bootstrap"``: departures drawn again, which
        knows no move that was not seen. Intervals reach at least to the value.
    prior
        What Dirichlet adds to each cell: moves that were not seen are possible, the more so the fewer customers were.
    draws
        How many matrices.
    rng
        Source of randomness; ``None`` starts the same way every time.

    Raises
    ------
    InvalidValueError
        If transitions or cash flows are none, the rate is below 0, or 0 for ever, or a setting is not valid.
    FitError
        If nobody was seen in a segment.

    References
    ----------
    Pfeifer, P. E. and Carraway, R. L. (2000), Modeling customer relationships as Markov chains, *Journal of Interactive
    Marketing* 14(2).

    Examples
    --------
    >>> chain = [[0.3, 0.7, 0, 0, 0], [0.2, 0, 0.8, 0, 0], [0.15, 0, 0, 0.85, 0], [0.05, 0, 0, 0, 0.95],
    ...     [0, 0, 0, 0, 1]]
    >>> markov_lifetime_value(chain, [36, -4, -4, -4, 0], discount_rate=0.2).values.round(2)
    array([52.32,  5.55,  1.25, -1.82,  0.  ])
    """
    check_drawing(level=level, method=method, prior=prior, draws=draws, rng=rng)
    refuse(_time_problems(discount_rate, horizon))
    counted = transitions if isinstance(transitions, Migration) else None
    chain = transitions.chain if isinstance(transitions, Migration) else _chain(transitions)
    flows = numbers_by_state(cash_flows, chain.names, where="cash_flows")
    values = _valued(chain.probabilities, flows, float(discount_rate), horizon)
    low = high = None
    if counted is not None:
        drawn = drawn_matrices(counted.counts, counted.fixed, rng=rng, draws=draws, method=method, prior=prior)
        low, high = limits_of_draws(_valued(drawn, flows, float(discount_rate), horizon), values, level=level)
    return MarkovValue(
        names=chain.names,
        values=values,
        low=low,
        high=high,
        departures=None if counted is None else counted.departures,
        level=level,
        method="probabilities as given" if counted is None else method,
        discount_rate=float(discount_rate),
        horizon=horizon,
    )


def _chain(transitions: MarkovChain | ArrayLike) -> MarkovChain:
    return transitions if isinstance(transitions, MarkovChain) else MarkovChain(transitions)


def _valued(matrices: FloatArray, flows: FloatArray, rate: float, horizon: int | None) -> FloatArray:
    """Value one matrix or a stack of them, ``(..., n_segments)``."""
    kept = matrices / (1.0 + rate)
    if horizon is None:
        right = np.broadcast_to(flows[:, None], (*matrices.shape[:-1], 1))
        return np.asarray(np.linalg.solve(np.eye(len(flows)) - kept, right)[..., 0], dtype=np.float64)
    values = np.broadcast_to(flows, matrices.shape[:-1]).astype(np.float64)
    for _ in range(horizon):  # from the last period backwards
        values = flows + np.einsum("...ij,...j->...i", kept, values)
    return values


def _time_problems(rate: object, horizon: object) -> list[Problem]:
    problems = []
    if not is_number(rate) or not 0.0 <= float(str(rate)) < np.inf:
        problems.append(Problem(what="not a rate", where="discount_rate", allowed=">= 0", got=repr(rate)[:100]))
    elif horizon is None and float(str(rate)) < _LOWEST:
        what, remedy = "value for ever is infinite without discounting", f"a rate of at least {_LOWEST:g}, or a horizon"
        allowed = f">= {_LOWEST:g}"
        problems.append(Problem(what=what, where="discount_rate", allowed=allowed, got=f"{rate:g}", remedy=remedy))
    if horizon is not None and (not is_whole(horizon) or not 0 <= int(str(horizon)) <= 10_000):
        allowed = "whole periods, 0 to 10,000, or None for ever"
        problems.append(Problem(what="no horizon", where="horizon", allowed=allowed, got=repr(horizon)[:100]))
    return problems
