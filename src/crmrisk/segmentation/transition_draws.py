"""How uncertain a row of transition probabilities is: limits for each cell, and draws of whole matrices."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypeAlias, get_args

import numpy as np
from scipy.special import betaincinv

from crmrisk.core.arguments import (
    choice_problems,
    is_number,
    is_whole,
    level_problems,
    random_source_problems,
    refuse,
    seeded,
)
from crmrisk.core.errors import InvalidValueError, Problem
from crmrisk.core.intervals import wilson_limits

if TYPE_CHECKING:
    from crmrisk.core.arrays import FloatArray

__all__ = [
    "CellMethod",
    "DrawMethod",
    "cell_limits",
    "check_drawing",
    "drawn_matrices",
    "limits_of_draws",
]

CellMethod: TypeAlias = Literal["wilson", "dirichlet"]
"""How the interval of one transition probability is found."""

_MOST = 200_000_000  # numbers drawn at once

DrawMethod: TypeAlias = Literal["dirichlet", "bootstrap"]
"""How whole matrices are drawn: from the posterior of each row, or by resampling its departures."""


def check_drawing(*, level: object, method: object, prior: object, draws: object, rng: object) -> None:
    """Refuse settings of a simulation, all that are wrong at once.

    Parameters
    ----------
    level, method, prior, draws, rng
        As for `drawn_matrices` and `limits_of_draws`.

    Raises
    ------
    InvalidValueError
        If any is not valid.

    Examples
    --------
    >>> check_drawing(level=0.95, method="dirichlet", prior=0.5, draws=100, rng=None)
    """
    methods = choice_problems(method, get_args(DrawMethod), where="method", what="no such method")
    wrong = (
        (not is_number(prior) or not 0.0 < float(str(prior)) < np.inf, "prior", "not above 0", "a number > 0", prior),
        (not is_whole(draws) or int(str(draws)) < 2, "draws", "too few", "a whole number >= 2", draws),
    )
    problems = [
        Problem(what=what, where=where, allowed=allowed, got=repr(got)[:100])
        for bad, where, what, allowed, got in wrong
        if bad
    ]
    refuse(methods, problems, level_problems(level), random_source_problems(rng, optional=True))


def cell_limits(
    counts: FloatArray, *, level: float, method: CellMethod = "wilson", prior: float = 0.5
) -> tuple[FloatArray, FloatArray]:
    """Bound every transition probability.

    Parameters
    ----------
    counts
        Transitions, rows from and columns to, ``(n_states, n_states)``.
    level
        Nominal coverage of each cell.
    method
        ``"wilson"``, or ``"dirichlet"``: the marginal beta of the row's posterior, which reaches 0 where nobody went
        and 1 where everybody did.
    prior
        What Dirichlet adds to each cell.

    Returns
    -------
    Lower and upper limits, ``(n_states, n_states)``; NaN in rows that nobody left.

    Examples
    --------
    >>> low, high = cell_limits(np.array([[8.0, 2.0], [0.0, 0.0]]), level=0.95, method="dirichlet")
    >>> low.round(3)
    array([[0.497, 0.044],
           [  nan,   nan]])
    """
    n = np.broadcast_to(counts.sum(axis=1, keepdims=True), counts.shape)
    if method == "wilson":
        return wilson_limits(counts, n, level=level)
    others = n - counts + prior * (len(counts) - 1)
    tail, seen = (1.0 - level) / 2.0, n > 0.0
    low, high = (np.asarray(betaincinv(counts + prior, others, at), dtype=np.float64) for at in (tail, 1.0 - tail))
    low, high = np.where(counts == 0.0, 0.0, low), np.where(counts == n, 1.0, high)
    return np.where(seen, low, np.nan), np.where(seen, high, np.nan)


def drawn_matrices(
    counts: FloatArray, fixed: FloatArray, *, rng: np.random.Generator | None, draws: int, method: str, prior: float
) -> FloatArray:
    """Draw transition matrices that the counts are compatible with.

    Parameters
    ----------
    counts
        Transitions, ``(n_states, n_states)``.
    fixed
        Rows that are known, ``(n_states, n_states)``; NaN in rows to be drawn.
    rng
        Source of randomness; ``None`` starts the same way every time.
    draws
        How many.
    method
        ``"dirichlet"`` or ``"bootstrap"``.
    prior
        What Dirichlet adds to each cell.

    Returns
    -------
    Matrices, ``(draws, n_states, n_states)``.

    Raises
    ------
    InvalidValueError
        If that would be more than 2e8 numbers.

    Examples
    --------
    >>> drawn = drawn_matrices(np.array([[90.0, 10.0], [0, 0]]), np.array([[np.nan] * 2, [0.0, 1.0]]), rng=None,
    ...     draws=500, method="dirichlet", prior=0.5)
    >>> drawn.mean(axis=0).round(2)
    array([[0.9, 0.1],
           [0. , 1. ]])
    """
    generator = seeded(rng)
    shape = (draws, *counts.shape)
    if draws * counts.size > _MOST:
        allowed = f"{_MOST // counts.size:,} for {len(counts)} segments"
        raise InvalidValueError(Problem(what="too many", where="draws", allowed=allowed, got=f"{draws:,}"))
    if method == "dirichlet":
        drawn = generator.standard_gamma(counts + prior, size=shape)
    else:
        n = counts.sum(axis=1)
        shares = counts / np.where(n, n, 1.0)[:, None] + np.where(n, 0.0, 1.0)[:, None] * np.eye(len(counts))
        drawn = generator.multinomial(np.maximum(n, 1.0).astype(np.int64), shares, size=shape[:2]).astype(np.float64)
    drawn /= drawn.sum(axis=2, keepdims=True)
    return np.where(np.isnan(fixed), drawn, fixed)


def limits_of_draws(drawn: FloatArray, value: FloatArray, *, level: float) -> tuple[FloatArray, FloatArray]:
    """Cut equal tails off draws, and reach at least to the estimate.

    Parameters
    ----------
    drawn
        One result per draw, ``(draws, ...)``.
    value
        The estimates, ``(...)``; a prior can draw all results to one side of it where counts are small.
    level
        Nominal coverage.

    Examples
    --------
    >>> limits_of_draws(np.arange(101.0), np.array(50.0), level=0.5)
    (array(25.), array(75.))
    """
    low, high = np.quantile(drawn, [(1.0 - level) / 2.0, (1.0 + level) / 2.0], axis=0)
    return np.asarray(np.minimum(low, value)), np.asarray(np.maximum(high, value))
