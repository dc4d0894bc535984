"""Migration: how customers move between segments, counted; with intervals, never more certain than the counts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, get_args

import numpy as np

from crmrisk.core.arguments import choice_problems, level_problems, refuse
from crmrisk.core.arrays import LARGEST_COUNT, same_arrays
from crmrisk.core.errors import FitError, InvalidValueError, Problem
from crmrisk.core.estimate import Estimate
from crmrisk.core.intervals import normal_quantile, wilson_limits
from crmrisk.segmentation.markov_chain import MarkovChain, place_of, state_names
from crmrisk.segmentation.migration_flow import flow_of
from crmrisk.segmentation.plain_numbers import plain_numbers
from crmrisk.segmentation.transition_draws import CellMethod, cell_limits

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd
    from numpy.typing import ArrayLike

    from crmrisk.core.arrays import FloatArray
    from crmrisk.core.charts import FlowChart

__all__ = ["Migration"]


@dataclass(frozen=True, eq=False, repr=False)
class Migration:
    """Hold how many customers went from which segment to which, period by period.

    `crmrisk.segmentation.transitions.transition_matrix` counts them from `Segments`, a history or counts.

    Parameters
    ----------
    names
        The segments, the lowest first where they are ordered.
    ordered
        Whether later names are higher.
    periods
        What each period is called, ``n_periods``.
    by_period
        Transitions from each period to the next, ``(n_periods - 1, n_segments, n_segments)``.
    sizes
        Customers of each segment in each period, ``(n_periods, n_segments)``.
    entries
        Customers of each segment who were not in the book the period before, ``(n_periods - 1, n_segments)``.
    exits
        Customers of each segment who are not in the book the period after, ``(n_periods - 1, n_segments)``.
    triples
        Transitions of two periods in a row, ``(n_segments, n_segments, n_segments)``; ``None`` where not known.
    absorbing
        Segments that nobody leaves, whatever was counted.

    Examples
    --------
    >>> from crmrisk.segmentation.transitions import transition_matrix
    >>> moved = transition_matrix(counts=[[80, 20], [10, 90]], names=("basic", "gold"), ordered=True)
    >>> moved
    Migration(200 transitions between basic, gold; 1 period to the next)
    >>> print(moved.estimate("basic", "gold"))
    0.2 [0.1334, 0.2888] (95 % wilson, n 100)
    >>> print(moved.up_down_ratio())
    2 [0.9524, 4.2] (95 % up and down moves as a binomial share, n 30)
    """

    names: tuple[str, ...]
    ordered: bool
    periods: tuple[str, ...]
    by_period: FloatArray
    sizes: FloatArray
    entries: FloatArray
    exits: FloatArray
    triples: FloatArray | None = None
    absorbing: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        k, t = len(self.names), len(self.periods)
        object.__setattr__(self, "names", state_names(self.names, k))
        object.__setattr__(self, "absorbing", _several(self.absorbing))
        shapes = {"by_period": (t - 1, k, k), "sizes": (t, k), "entries": (t - 1, k), "exits": (t - 1, k)}
        for name in (*shapes, *(() if self.triples is None else ("triples",))):
            object.__setattr__(self, name, _counts(getattr(self, name), shapes.get(name, (k, k, k)), name))
        refuse(_absorbing_problems(self))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Migration):
            return NotImplemented
        plain = ("names", "ordered", "periods", "absorbing")
        arrays = ("by_period", "sizes", "entries", "exits", "triples")
        return all(getattr(self, name) == getattr(other, name) for name in plain) and all(
            same_arrays(getattr(self, name), getattr(other, name)) for name in arrays
        )

    __hash__: ClassVar[None] = None  # type: ignore[assignment]  # arrays have no hash

    def __repr__(self) -> str:
        steps = len(self.by_period)
        times = "1 period to the next" if steps == 1 else f"{steps} steps from {self.periods[0]} to {self.periods[-1]}"
        return f"Migration({self.counts.sum():,.0f} transitions between {', '.join(self.names)}; {times})"

    @property
    def counts(self) -> FloatArray:
        """Transitions of all periods together, ``(n_segments, n_segments)``."""
        return np.asarray(self.by_period.sum(axis=0), dtype=np.float64)

    @property
    def departures(self) -> FloatArray:
        """How often a customer was seen in each segment with a period to follow, ``(n_segments,)``."""
        return np.asarray(self.counts.sum(axis=1), dtype=np.float64)

    @property
    def fixed(self) -> FloatArray:
        """The rows of absorbing segments, NaN in all others, ``(n_segments, n_segments)``."""
        known = np.array([name in self.absorbing for name in self.names])
        return np.where(known[:, None], np.eye(len(self.names)), np.nan)

    @property
    def probabilities(self) -> FloatArray:
        """``P = n_ij / n_i.``, ``(n_segments, n_segments)``; NaN in the rows of segments nobody was seen in."""
        n = self.departures[:, None]
        shares = np.divide(self.counts, n, out=np.full_like(self.counts, np.nan), where=n > 0.0)
        return np.where(np.isnan(self.fixed), shares, self.fixed)

    @property
    def chain(self) -> MarkovChain:
        """The Markov chain of the probabilities: k steps, the long run, absorption.

        Raises
        ------
        FitError
            If nobody was seen in a segment, so that it is not known where its customers go.
        """
        matrix = self.probabilities
        empty = [name for name, row in zip(self.names, matrix, strict=True) if np.isnan(row).any()]
        if empty:
            remedy = f"leave it out, or say that nobody leaves it: absorbing=({empty[0]!r},)"
            raise FitError(Problem(what="nobody was seen leaving or staying", where=", ".join(empty), remedy=remedy))
        return MarkovChain(matrix, self.names)

    def steps(self, k: int) -> MarkovChain:
        """Find where customers are after k periods, if they move as they did.

        Parameters
        ----------
        k
            Periods, at least 0.

        Raises
        ------
        FitError
            If nobody was seen in a segment.
        InvalidValueError
            If ``k`` is no whole number of at least 0.

        Examples
        --------
        >>> from crmrisk.segmentation.transitions import transition_matrix
        >>> transition_matrix(counts=[[80, 20], [10, 90]]).steps(2).probabilities.round(2)
        array([[0.66, 0.34],
               [0.17, 0.83]])
        """
        return self.chain.steps(k)

    def estimate(
        self, source: str, target: str, *, level: float = 0.95, method: CellMethod = "wilson", prior: float = 0.5
    ) -> Estimate:
        """Estimate one transition probability.

        Parameters
        ----------
        source, target
            Segments.
        level
            Nominal coverage.
        method
            ``"wilson"``, or ``"dirichlet"``: the marginal of the posterior of the row.
        prior
            What Dirichlet adds to each cell.

        Raises
        ------
        InvalidValueError
            If a segment is unknown, or level, method or prior are not valid.

        Examples
        --------
        See `Migration`.
        """
        row, column = place_of(self.names, source), place_of(self.names, target)
        value, n = float(self.probabilities[row, column]), float(self.departures[row])
        if source in self.absorbing:
            return Estimate(value=value, low=value, high=value, level=level, method="declared absorbing", n=n)
        low, high = (float(limit[row, column]) for limit in self.limits(level=level, method=method, prior=prior))
        if not n:
            return Estimate(value=None, level=level, method=method, n=0, warnings=(f"nobody was seen in {source}",))
        error = float(np.sqrt(value * (1.0 - value) / n))
        return Estimate(value=value, standard_error=error, low=low, high=high, level=level, method=method, n=n)

    def limits(
        self, *, level: float = 0.95, method: CellMethod = "wilson", prior: float = 0.5
    ) -> tuple[FloatArray, FloatArray]:
        """Bound every transition probability.

        Parameters
        ----------
        level, method, prior
            As for `estimate`.

        Returns
        -------
        Lower and upper limits, ``(n_segments, n_segments)``; NaN in the rows of segments nobody was seen in.

        Raises
        ------
        InvalidValueError
            If level, method or prior are not valid.

        Examples
        --------
        >>> from crmrisk.segmentation.transitions import transition_matrix
        >>> low, high = transition_matrix(counts=[[80, 20], [10, 90]]).limits()
        >>> low.round(3)
        array([[0.711, 0.133],
               [0.055, 0.826]])
        """
        _check_limits(level, method, prior)
        fixed = self.fixed
        limits = cell_limits(self.counts, level=level, method=method, prior=prior)
        low, high = (np.where(np.isnan(fixed), limit, fixed) for limit in limits)
        return low, high

    def mobility(self, *, level: float = 0.95) -> Estimate:
        """Estimate how much customers move: ``(K − tr P) / (K − 1)``; 1 if the last segment says nothing.

        Parameters
        ----------
        level
            Nominal coverage.

        Raises
        ------
        FitError
            If nobody was seen in a segment.
        InvalidValueError
            If the level is not valid.

        References
        ----------
        Shorrocks, A. F. (1978), The measurement of mobility, *Econometrica* 46.

        Examples
        --------
        >>> from crmrisk.segmentation.transitions import transition_matrix
        >>> print(transition_matrix(counts=[[80, 20], [10, 90]]).mobility())
        0.3 [0.202, 0.398] (95 % trace of P, delta method, n 200)
        """
        refuse(level_problems(level))
        value, n = self.chain.mobility, self.departures
        stay = np.diag(self.probabilities)
        variance = np.where(n > 0.0, stay * (1.0 - stay) / np.maximum(n, 1.0), 0.0)  # 0 in absorbing rows
        error = float(np.sqrt(variance.sum()) / max(len(n) - 1, 1))
        half = error * normal_quantile(level)
        top = len(n) / max(len(n) - 1, 1)
        return Estimate(
            value=value,
            standard_error=error,
            low=max(value - half, 0.0),
            high=min(value + half, top),
            level=level,
            method="trace of P, delta method",
            n=float(n.sum()),
        )

    def up_down_ratio(self, *, level: float = 0.95) -> Estimate:
        """Estimate how many customers move up for each who moves down.

        Parameters
        ----------
        level
            Nominal coverage.

        Raises
        ------
        InvalidValueError
            If the segments are not ordered, or the level is not valid.

        Examples
        --------
        See `Migration`.
        """
        refuse(level_problems(level), _order_problems(self))
        up, down = float(np.triu(self.counts, 1).sum()), float(np.tril(self.counts, -1).sum())
        method = "up and down moves as a binomial share"
        if not up + down:
            return Estimate(value=None, level=level, method=method, n=0, warnings=("nobody moved",))
        if not down:
            return Estimate(value=None, level=level, method=method, n=up, warnings=("nobody moved down",))
        low, high = (float(limit) for limit in wilson_limits(np.array(up), np.array(up + down), level=level))
        ends = (low / (1.0 - low), high / (1.0 - high))
        return Estimate(value=up / down, low=ends[0], high=ends[1], level=level, method=method, n=up + down)

    def flow(
        self, *, title: str = "Migration", unit: str = "customers", outside: str | None = "not in the book"
    ) -> FlowChart:
        """Lay the transitions out as a flow: from, to, how many, step by step; the chart draws itself.

        Parameters
        ----------
        title, unit, outside
            As for `crmrisk.segmentation.migration_flow.flow_of`.

        Examples
        --------
        >>> from crmrisk.segmentation.transitions import transition_matrix
        >>> transition_matrix(counts=[[80, 20], [0, 90]], names=("basic", "gold")).flow().frame()
          step source target  count
        0    1   gold   gold   90.0
        1    1  basic   gold   20.0
        2    1  basic  basic   80.0
        """
        return flow_of(self, title=title, unit=unit, outside=outside)

    chart = flow

    def frame(self, *, level: float = 0.95, method: CellMethod = "wilson") -> pd.DataFrame:
        """Return a pandas frame, one row per pair of segments.

        Parameters
        ----------
        level, method
            As for `estimate`.

        Raises
        ------
        InvalidValueError
            If level or method are not valid.

        Examples
        --------
        >>> from crmrisk.segmentation.transitions import transition_matrix
        >>> transition_matrix(counts=[[80, 20], [10, 90]], names=("basic", "gold")).frame().round(2).head(2)
          source target  count  probability   low  high
        0  basic  basic   80.0          0.8  0.71  0.87
        1  basic   gold   20.0          0.2  0.13  0.29
        """
        import pandas as pd  # noqa: PLC0415 - a heavy import that only this call needs

        low, high = self.limits(level=level, method=method)
        pairs = [(source, target) for source in self.names for target in self.names]
        columns: dict[str, Any] = {"source": [pair[0] for pair in pairs], "target": [pair[1] for pair in pairs]}
        tables = {"count": self.counts, "probability": self.probabilities, "low": low, "high": high}
        return pd.DataFrame(columns | {name: table.ravel() for name, table in tables.items()})


def _counts(given: ArrayLike, shape: Sequence[int], where: str) -> FloatArray:
    counts = plain_numbers(given)
    if counts.shape != tuple(shape) or not ((counts >= 0.0) & (counts <= LARGEST_COUNT)).all():
        allowed, got = f"finite counts of at least 0, shape {tuple(shape)}", repr(given)[:200]
        raise InvalidValueError(Problem(what="no counts", where=f"Migration.{where}", allowed=allowed, got=got))
    counts.flags.writeable = False
    return counts


def _several(names: Any) -> tuple[str, ...]:
    return (names,) if isinstance(names, str) or not hasattr(names, "__iter__") else tuple(names)


def _absorbing_problems(migration: Migration) -> list[Problem]:
    strange = [str(name) for name in migration.absorbing if name not in migration.names]
    if strange:
        allowed, got = ", ".join(migration.names), ", ".join(strange)
        return [Problem(what="no such segment", where="absorbing", allowed=allowed, got=got[:200])]
    counts = migration.counts - np.diag(np.diag(migration.counts))
    return [
        Problem(what=f"{left:.0f} customers left it", where=f"absorbing: {name}", allowed="a segment nobody leaves")
        for name in migration.absorbing
        if (left := counts[migration.names.index(name)].sum())
    ]


def _order_problems(migration: Migration) -> list[Problem]:
    if migration.ordered:
        return []
    return [Problem(what="segments are not ordered", where="up_down_ratio", remedy="ordered=True, the lowest first")]


def _check_limits(level: object, method: object, prior: object) -> None:
    methods = choice_problems(method, get_args(CellMethod), where="method", what="no such method")
    problems = [*level_problems(level), *methods]
    if not isinstance(prior, int | float) or not 0.0 < prior < np.inf:
        problems.append(Problem(what="not above 0", where="prior", allowed="a number > 0", got=repr(prior)[:100]))
    refuse(problems)
