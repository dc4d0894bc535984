"""The expected book: how many customers each segment will have in n periods, with the range chance leaves open."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from crmrisk.core.arguments import is_whole, refuse, seeded
from crmrisk.core.arrays import LARGEST_COUNT
from crmrisk.core.errors import InvalidValueError, Problem
from crmrisk.core.estimate import Estimate
from crmrisk.core.expecting import expect
from crmrisk.core.listing import listed
from crmrisk.segmentation.markov_chain import numbers_by_state, place_of
from crmrisk.segmentation.migration import Migration
from crmrisk.segmentation.transition_draws import DrawMethod, check_drawing, drawn_matrices, limits_of_draws

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import ArrayLike

    from crmrisk.core.arrays import FloatArray, IntArray

__all__ = ["ExpectedBook", "expected_book"]


@dataclass(frozen=True, eq=False)
class ExpectedBook:
    """Hold how many customers each segment will have, period by period.

    Parameters
    ----------
    names
        The segments.
    expected
        Customers, the present ones in the first row, ``(n_periods + 1, n_segments)``.
    low, high
        Prediction limits: of unknown probabilities, of chance moves, and of new customers, ``(n_periods + 1,
        n_segments)``.
    entries
        New customers expected in each period, ``(n_segments,)``.
    level
        Nominal coverage of each number.
    n
        Transitions the probabilities were estimated from.

    Examples
    --------
    >>> from crmrisk.segmentation.transitions import transition_matrix
    >>> moved = transition_matrix(counts=[[80, 20], [10, 90]], names=("basic", "gold"))
    >>> print(expected_book(moved, {"basic": 100, "gold": 0}, periods=2)[2, "gold"])
    34 [20, 50] (95 % simulated moves, n 200)
    """

    names: tuple[str, ...]
    expected: FloatArray
    low: FloatArray
    high: FloatArray
    entries: FloatArray
    level: float
    n: float

    def __repr__(self) -> str:
        last = len(self.expected) - 1
        now = dict(zip(self.names, self.expected[0], strict=True))
        lines = (f"{name}: {now[name]:.6g} to {self[last, name]}" for name in self.names)
        return f"customers expected after {last} periods\n{listed(lines)}"

    def __post_init__(self) -> None:
        for array in (self.expected, self.low, self.high, self.entries):
            array.flags.writeable = False

    def __getitem__(self, key: tuple[int, str]) -> Estimate:
        """Return the customers of one segment after so many periods: ``book[2, "gold"]``."""
        period, name = key if isinstance(key, tuple) and len(key) == 2 else (key, "")
        if not is_whole(period) or not 0 <= period < len(self.expected):
            allowed = f"0 to {len(self.expected) - 1}"
            remedy = "book[2, 'gold']"
            problem = Problem(
                what="no such period", where="period", allowed=allowed, got=repr(period)[:100], remedy=remedy
            )
            raise InvalidValueError(problem)
        place = period, place_of(self.names, name)
        value, low, high = (float(array[place]) for array in (self.expected, self.low, self.high))
        return Estimate(value=value, low=low, high=high, level=self.level, method="simulated moves", n=self.n)

    def worth(self, values: Mapping[str, float] | ArrayLike) -> FloatArray:
        """Value the expected book at each period.

        Parameters
        ----------
        values
            What a customer of each segment is worth [money], by name or in order.

        Returns
        -------
        Money, ``(n_periods + 1,)``.

        Raises
        ------
        InvalidValueError
            If there is not one finite number per segment.

        Examples
        --------
        >>> from crmrisk.segmentation.transitions import transition_matrix
        >>> moved = transition_matrix(counts=[[80, 20], [10, 90]], names=("basic", "gold"))
        >>> expected_book(moved, [100, 0], periods=1).worth({"basic": 1, "gold": 10})
        array([100., 280.])
        """
        return np.asarray((self.expected * numbers_by_state(values, self.names, where="values")).sum(axis=1))

    def frame(self) -> pd.DataFrame:
        """Return a pandas frame, one row per period and segment.

        Examples
        --------
        >>> from crmrisk.segmentation.transitions import transition_matrix
        >>> expected_book(transition_matrix(counts=[[9, 1], [2, 8]]), [10, 10], periods=1).frame().shape
        (4, 5)
        """
        import pandas as pd  # noqa: PLC0415 - a heavy import that only this call needs

        periods, k = self.expected.shape
        columns: dict[str, Any] = {"period": np.repeat(np.arange(periods), k), "segment": [*self.names] * periods}
        arrays = {"expected": self.expected, "low": self.low, "high": self.high}
        return pd.DataFrame(columns | {name: array.ravel() for name, array in arrays.items()})


def expected_book(
    migration: Migration,
    sizes: Mapping[str, float] | ArrayLike | None = None,
    *,
    periods: int,
    entries: Mapping[str, float] | ArrayLike | str | None = None,
    level: float = 0.95,
    method: DrawMethod = "dirichlet",
    prior: float = 0.5,
    draws: int = 1000,
    rng: np.random.Generator | None = None,
) -> ExpectedBook:
    """Expect how many customers each segment will have, if they go on moving as they did.

    ``E[b_t] = b_{t−1} P + entries``. The limits are of a simulation: matrices the counts are compatible with, in each
    of which whole customers move by chance; new customers come at random (Poisson).

    Parameters
    ----------
    migration
        What was counted.
    sizes
        Present customers of each segment, by name or in order, whole numbers; the last period's unless given.
    periods
        How many to look ahead, 1 to 1,000.
    entries
        New customers of each segment per period, by name (0 where none is given) or in order; ``"observed"`` takes the
        mean of the periods counted; none unless given.
    level
        Nominal coverage of each number.
    method, prior, draws, rng
        As for `markov_lifetime_value`.

    Raises
    ------
    InvalidValueError
        If an argument is not valid.
    FitError
        If nobody was seen in a segment.

    Examples
    --------
    >>> from crmrisk.segmentation.transitions import transition_matrix
    >>> moved = transition_matrix(counts=[[80, 20], [10, 90]], names=("basic", "gold"))
    >>> expected_book(moved, [100, 100], periods=2, entries={"basic": 10, "gold": 0}).expected
    array([[100., 100.],
           [100., 110.],
           [101., 119.]])
    """
    expect(migration, Migration, where="expected_book: migration", remedy="transition_matrix(...) counts one")
    check_drawing(level=level, method=method, prior=prior, draws=draws, rng=rng)
    now, new = _now(migration, sizes), _new(migration, entries)
    refuse(_book_problems(now, new, periods))
    generator = seeded(rng)
    matrix = migration.chain.probabilities
    expected = [now]
    for _ in range(periods):
        expected.append(expected[-1] @ matrix + new)
    drawn = drawn_matrices(migration.counts, migration.fixed, rng=generator, draws=draws, method=method, prior=prior)
    simulated = _simulated(drawn, now.astype(np.int64), new, periods, generator)
    low, high = limits_of_draws(simulated.astype(np.float64), np.array(expected), level=level)
    return ExpectedBook(migration.names, np.array(expected), low, high, new, level, float(migration.counts.sum()))


def _simulated(
    matrices: FloatArray, now: IntArray, new: FloatArray, periods: int, generator: np.random.Generator
) -> IntArray:
    """Move whole customers by chance, ``(draws, n_periods + 1, n_segments)``."""
    books = [np.broadcast_to(now, matrices.shape[:2])]
    safe = matrices / matrices.sum(axis=2, keepdims=True)  # numpy minds sums above 1 by more than rounding
    for _ in range(periods):
        moved = generator.multinomial(books[-1], safe).sum(axis=1)
        books.append(moved + generator.poisson(new, size=moved.shape))
    return np.stack(books, axis=1)


def _now(migration: Migration, sizes: Mapping[str, float] | ArrayLike | None) -> FloatArray:
    if sizes is None:
        return np.array(migration.sizes[-1])
    return numbers_by_state(sizes, migration.names, where="sizes")


def _new(migration: Migration, entries: Mapping[str, float] | ArrayLike | str | None) -> FloatArray:
    if entries is None:
        return np.zeros(len(migration.names))
    if isinstance(entries, str):
        if entries != "observed":
            allowed = "'observed', or numbers"
            raise InvalidValueError(Problem(what="no entries", where="entries", allowed=allowed, got=repr(entries)))
        return np.asarray(migration.entries.mean(axis=0), dtype=np.float64)
    given = dict.fromkeys(migration.names, 0.0) | dict(entries) if isinstance(entries, Mapping) else entries
    return numbers_by_state(given, migration.names, where="entries")


def _book_problems(now: FloatArray, new: FloatArray, periods: object) -> list[Problem]:
    problems = []
    if (now < 0.0).any() or (now != np.round(now)).any() or now.sum() > LARGEST_COUNT:
        problems.append(Problem(what="no customers", where="sizes", allowed="whole numbers >= 0", got=str(now)[:200]))
    if (new < 0.0).any() or new.sum() > 1e12:
        problems.append(Problem(what="no customers", where="entries", allowed="numbers >= 0", got=str(new)[:200]))
    if not is_whole(periods) or not 1 <= int(str(periods)) <= 1000:
        allowed = "a whole number, 1 to 1,000"
        problems.append(Problem(what="no periods", where="periods", allowed=allowed, got=repr(periods)[:100]))
    return problems
