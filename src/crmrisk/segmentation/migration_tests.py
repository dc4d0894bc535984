"""May one matrix stand for all periods? Does only the present segment matter? Two likelihood-ratio tests.

A Markov chain assumes both. `stationarity_test` asks whether customers moved in every period as in the others;
`momentum_test` whether the last move says something about the next one.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated

import numpy as np
from pydantic.dataclasses import dataclass

from crmrisk.core.arguments import level_problems, refuse
from crmrisk.core.errors import FitError, Problem
from crmrisk.core.estimate import Estimate
from crmrisk.core.expecting import expect
from crmrisk.core.frozen_mapping import Frozen, FrozenMapping
from crmrisk.core.intervals import wilson_limits
from crmrisk.core.model import VALUE, Value
from crmrisk.segmentation.migration import Migration

if TYPE_CHECKING:
    from crmrisk.core.arrays import FloatArray

__all__ = ["MigrationTest", "Momentum", "momentum_test", "stationarity_test"]

_SIGNS = {"up": 1, "down": -1}


@dataclass(frozen=True, kw_only=True, config=VALUE)
class MigrationTest(Value):
    """Hold a likelihood-ratio test of a Markov chain.

    Parameters
    ----------
    hypothesis
        What is doubted.
    statistic
        ``G² = 2 Σ observed log(observed / expected)``.
    degrees_of_freedom
        Of the chi-squared distribution it is compared with.
    p_value
        How often as much or more were found if the hypothesis held; ``None`` without a degree of freedom.
    n
        Transitions used.
    significance
        Below which p value the hypothesis is given up.
    warnings
        What the reader should know.

    Examples
    --------
    >>> MigrationTest(hypothesis="all alike", statistic=9.2, degrees_of_freedom=2, p_value=0.01, n=90).verdict
    'rejected'
    """

    hypothesis: str
    statistic: float
    degrees_of_freedom: int
    p_value: float | None
    n: float
    significance: float = 0.05
    warnings: tuple[str, ...] = ()

    @property
    def verdict(self) -> str:
        """``"rejected"``, or ``"not rejected"``, which is no proof of it; ``"not testable"`` without a p value."""
        if self.p_value is None:
            return "not testable"
        return "rejected" if self.p_value < self.significance else "not rejected"

    def __str__(self) -> str:
        chance = "no p value" if self.p_value is None else f"p {self.p_value:.3g}"
        test = f"G² {self.statistic:.4g}, {self.degrees_of_freedom} df, {chance}, n {self.n:g}"
        return f"{self.hypothesis}: {self.verdict} ({test})"


@dataclass(frozen=True, kw_only=True, config=VALUE)
class Momentum(Value):
    """Hold whether the last move predicts the next.

    Parameters
    ----------
    test
        Of the hypothesis that given the present segment the one before says nothing.
    up_after_up, up_after_down
        Shares of customers who move up next, of those who just did and of those who just moved down; ``None`` where
        segments are not ordered. Who is at the top already cannot, and is not counted.
    down_after_up, down_after_down
        The same of moving down next.
    expected
        What each of the four would be if the past said nothing: who just fell is lower than who just rose, and may
        rise more often for that alone. Only the difference from it is momentum.

    Examples
    --------
    See `momentum_test`.
    """

    test: MigrationTest
    up_after_up: Estimate | None = None
    up_after_down: Estimate | None = None
    down_after_up: Estimate | None = None
    down_after_down: Estimate | None = None
    expected: Annotated[Mapping[str, float], Frozen()] = FrozenMapping({})

    def __str__(self) -> str:
        said = [(name, getattr(self, name), chance) for name, chance in self.expected.items()]
        lines = [f"  {name.replace('_', ' ')}: {share}, {chance:.4g} expected" for name, share, chance in said]
        return "\n".join([str(self.test), *lines])


def stationarity_test(migration: Migration, *, significance: float = 0.05) -> MigrationTest:
    """Test whether customers moved alike in all periods (time homogeneity), so that one matrix may stand for them.

    ``G² = 2 Σ_t Σ_ij n_ij(t) log(p_ij(t) / p_ij)`` with ``Σ_i (T_i − 1)(m_i − 1)`` degrees of freedom: ``T_i`` periods
    in which segment i had customers, ``m_i`` segments they ever went to.

    Parameters
    ----------
    migration
        Transitions of two steps at least.
    significance
        Below which p value the hypothesis is given up.

    Raises
    ------
    FitError
        If there is one step only.
    InvalidValueError
        If it is no `Migration`, or the significance is not valid.

    References
    ----------
    Anderson, T. W. and Goodman, L. A. (1957), Statistical inference about Markov chains, *Annals of Mathematical
    Statistics* 28, section 3.2.

    Examples
    --------
    >>> from crmrisk.segmentation.transitions import transition_matrix
    >>> print(stationarity_test(transition_matrix(counts=[[[80, 20], [10, 90]], [[60, 40], [10, 90]]])))
    all periods are alike: rejected (G² 9.663, 2 df, p 0.00797, n 400)
    """
    expect(migration, Migration, where="stationarity_test: migration", remedy="transition_matrix(...) counts one")
    refuse(level_problems(significance, where="significance", what="not a significance level"))
    if len(migration.by_period) < 2:
        got = "1 step"
        raise FitError(Problem(what="one step only", where="stationarity_test", allowed="two or more", got=got))
    tables = np.moveaxis(migration.by_period, 0, 1)  # of each segment: periods and where they went
    return _likelihood_ratio(tables, "all periods are alike", significance)


def momentum_test(migration: Migration, *, level: float = 0.95, significance: float = 0.05) -> Momentum:
    """Test whether the segment before the present one says something about the next.

    ``G² = 2 Σ_ijk n_ijk log(p_jk|i / p_jk)`` over two moves in a row, i to j to k, with ``Σ_j (a_j − 1)(b_j − 1)``
    degrees of freedom: ``a_j`` segments j was reached from, ``b_j`` segments it led to. A book of two kinds of
    customers, who stay and who move, is rejected too: different customers and momentum look alike.

    Parameters
    ----------
    migration
        Made from the segments of three periods or more.
    level
        Nominal coverage of the shares.
    significance
        Below which p value the hypothesis is given up.

    Returns
    -------
    The test; where segments are ordered, also who rises and falls after a rise and after a fall, beside what the
    present segments alone would give.

    Raises
    ------
    FitError
        If two moves in a row of the same customer were not counted.
    InvalidValueError
        If it is no `Migration`, or level or significance are not valid.

    References
    ----------
    Anderson and Goodman (1957), section 3.3.

    Examples
    --------
    >>> from crmrisk.segmentation.transitions import migration_history
    >>> rising = [["basic", "basic", "gold"], ["basic", "gold", "gold"], ["gold", "basic", "basic"]] * 20
    >>> who, when = [row for row in range(60) for _ in range(3)], [1, 2, 3] * 60
    >>> segment = [name for row in rising for name in row]
    >>> found = momentum_test(migration_history(who, when, segment, names=("basic", "gold"), ordered=True))
    >>> print(found)
    given the present segment, the one before says nothing: rejected (G² 55.45, 1 df, p 9.58e-14, n 60)
      down after up: 0 [0, 0.1611] (95 % wilson, n 20), 0 expected
      up after down: 0 [0, 0.1611] (95 % wilson, n 20), 0.5 expected
    """
    expect(migration, Migration, where="momentum_test: migration", remedy="migration_history(...) counts one")
    refuse(level_problems(level), level_problems(significance, where="significance", what="not a significance level"))
    if migration.triples is None:
        remedy = "pass the segments of three periods or more, of 100 segments at most"
        raise FitError(Problem(what="two moves in a row are not counted", where="momentum_test", remedy=remedy))
    hypothesis = "given the present segment, the one before says nothing"
    test = _likelihood_ratio(np.moveaxis(migration.triples, 1, 0), hypothesis, significance)
    if not migration.ordered:
        return Momentum(test=test)
    asked = [(next_, last) for last in _SIGNS for next_ in _SIGNS]
    found = {f"{next_}_after_{last}": _moves(migration.triples, last, next_) for next_, last in asked}
    shares = {name: _share(moved, able, level) for name, (moved, able, _) in found.items()}
    expected = {name: usual / able for name, (_, able, usual) in found.items() if able}
    return Momentum(test=test, **shares, expected=expected)


def _likelihood_ratio(tables: FloatArray, hypothesis: str, significance: float) -> MigrationTest:
    """Test in a stack of tables that the rows of each are alike, ``(n_tables, n_rows, n_columns)``."""
    from scipy.special import chdtrc, xlogy  # noqa: PLC0415 - nothing else here needs it

    rows, columns = tables.sum(axis=2, keepdims=True), tables.sum(axis=1, keepdims=True)
    total = tables.sum(axis=(1, 2), keepdims=True)
    expected = np.divide(rows * columns, total, out=np.zeros_like(tables), where=total > 0.0)
    ratio = np.divide(tables, expected, out=np.ones_like(tables), where=tables > 0.0)
    statistic = max(float(2.0 * xlogy(tables, ratio).sum()), 0.0)
    free = np.maximum((rows > 0.0).sum(axis=(1, 2)) - 1, 0) * np.maximum((columns > 0.0).sum(axis=(1, 2)) - 1, 0)
    freedom = int(free.sum())
    small = expected[(expected > 0.0) & (free > 0)[:, None, None]]
    rare = float((small < 5.0).mean()) if small.size else 0.0
    few = f"{100 * rare:.0f} % of the cells expect fewer than 5 customers: the p value is rough"
    return MigrationTest(
        hypothesis=hypothesis,
        statistic=statistic,
        degrees_of_freedom=freedom,
        p_value=float(chdtrc(freedom, statistic)) if freedom else None,
        n=float(tables.sum()),
        significance=significance,
        warnings=(few,) if rare > 0.2 else (),
    )


def _moves(triples: FloatArray, last: str, next_: str) -> tuple[float, float, float]:
    """Count who just moved one way and moves another, who could, and who would if only the present counted."""
    k = len(triples)
    before, now, after = np.indices((k, k, k))
    moving = np.sign(after - now) == _SIGNS[next_]
    by_segment = triples.sum(axis=0)  # of each present segment, where all its customers went
    usual = np.divide(by_segment, by_segment.sum(axis=1, keepdims=True), where=by_segment > 0.0, out=by_segment * 0.0)
    chance = np.where(moving[0], usual, 0.0).sum(axis=1)
    moved = np.where(np.sign(now - before) == _SIGNS[last], triples, 0.0) * moving.any(axis=2, keepdims=True)
    here = moved.sum(axis=(0, 2))
    return float(np.where(moving, moved, 0.0).sum()), float(here.sum()), float((here * chance).sum())


def _share(moved: float, able: float, level: float) -> Estimate:
    if not able:
        return Estimate(value=None, level=level, method="wilson", n=0, warnings=("nobody could make such a move",))
    low, high = (float(limit) for limit in wilson_limits(np.array(moved), np.array(able), level=level))
    return Estimate(value=moved / able, low=low, high=high, level=level, method="wilson", n=able)
