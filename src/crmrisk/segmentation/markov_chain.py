"""A Markov chain: where a customer of one segment is after k periods, in the long run, and in the end."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from crmrisk.core.arguments import is_whole
from crmrisk.core.arrays import same_arrays
from crmrisk.core.errors import InvalidValueError, Problem
from crmrisk.segmentation.absorption import Absorption, absorbed, recurrent_classes
from crmrisk.segmentation.plain_numbers import plain_numbers

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd
    from numpy.typing import ArrayLike

    from crmrisk.core.arrays import FloatArray

__all__ = ["MarkovChain", "numbers_by_state", "place_of", "state_names", "stationary_distribution"]

_ROUNDING = 1e-6  # what published rows may miss 1 by
_LARGEST = 1e100  # so that sums and products stay finite


@dataclass(frozen=True, eq=False, repr=False)
class MarkovChain:
    """Hold transition probabilities; where the customer came from before does not matter.

    ``numpy.asarray(chain)`` is the matrix.

    Parameters
    ----------
    probabilities
        Rows from, columns to, ``(n_states, n_states)``; each row sums to 1.
    names
        The states; ``"state 1"`` and so on unless given.

    Raises
    ------
    InvalidValueError
        If it is no square matrix of probabilities, rows do not sum to 1, or names repeat or are of another number.

    References
    ----------
    Grinstead, C. M. and Snell, J. L. (1997), *Introduction to Probability*, chapter 11.

    Examples
    --------
    >>> weather = MarkovChain([[0.5, 0.25, 0.25], [0.5, 0, 0.5], [0.25, 0.25, 0.5]], ("rain", "nice", "snow"))
    >>> weather.stationary()
    array([0.4, 0.2, 0.4])
    >>> weather.mobility
    1.0
    """

    probabilities: FloatArray
    names: tuple[str, ...]

    def __init__(self, probabilities: ArrayLike, names: Iterable[str] | None = None) -> None:
        matrix = _probabilities(probabilities)
        matrix.flags.writeable = False
        object.__setattr__(self, "probabilities", matrix)
        object.__setattr__(self, "names", state_names(names, len(matrix)))

    def __len__(self) -> int:
        return len(self.names)

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> FloatArray:  # noqa: FBT001 - numpy's protocol
        return np.array(self.probabilities, dtype=dtype)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, MarkovChain):
            return NotImplemented
        return self.names == other.names and same_arrays(self.probabilities, other.probabilities)

    __hash__: ClassVar[None] = None  # type: ignore[assignment]  # arrays have no hash

    def __repr__(self) -> str:
        return f"MarkovChain({', '.join(self.names)})"

    def probability(self, source: str, target: str) -> float:
        """Look up one transition.

        Parameters
        ----------
        source, target
            States.

        Raises
        ------
        InvalidValueError
            If there is no such state.

        Examples
        --------
        >>> MarkovChain([[0.9, 0.1], [0, 1]], ("in", "out")).probability("in", "out")
        0.1
        """
        return float(self.probabilities[place_of(self.names, source), place_of(self.names, target)])

    def steps(self, k: int) -> MarkovChain:
        """Find where customers are after k periods: ``P^k``.

        Parameters
        ----------
        k
            Periods, at least 0.

        Raises
        ------
        InvalidValueError
            If that is no whole number of at least 0.

        Examples
        --------
        >>> MarkovChain([[0.9, 0.1], [0, 1]]).steps(2).probabilities
        array([[0.81, 0.19],
               [0.  , 1.  ]])
        """
        if not is_whole(k) or k < 0:
            allowed = "a whole number >= 0"
            raise InvalidValueError(Problem(what="not a number of steps", where="k", allowed=allowed, got=repr(k)))
        return MarkovChain(np.linalg.matrix_power(self.probabilities, int(k)), self.names)

    def stationary(self) -> FloatArray:
        """Find the shares that stay as they are: ``π P = π``, the mix of a closed book in the long run.

        In a chain that returns in a fixed rhythm it is the mean over time.

        Returns
        -------
        Shares, ``(n_states,)``.

        Raises
        ------
        InvalidValueError
            If there are several sets of states nobody leaves: the long run then depends on the start.

        Examples
        --------
        >>> MarkovChain([[0.9, 0.1], [0.3, 0.7]]).stationary()
        array([0.75, 0.25])
        """
        closed = recurrent_classes(self.probabilities)
        if len(closed) > 1:
            sets = "; ".join(", ".join(n for n, each in zip(self.names, c, strict=True) if each) for c in closed)
            what, remedy = "several sets of states that are never left", "ask for absorption() instead"
            raise InvalidValueError(Problem(what=what, where="MarkovChain.stationary", got=sets[:200], remedy=remedy))
        inner = closed[0]
        among = self.probabilities[np.ix_(inner, inner)]
        system = np.eye(len(among)) - among.T
        system[-1] = 1.0  # one equation follows from the others; in its place: shares sum to 1
        shares = np.zeros(len(self))
        shares[inner] = np.linalg.solve(system, np.append(np.zeros(len(among) - 1), 1.0))
        return shares

    @property
    def mobility(self) -> float:
        """How much customers move: ``(K − tr P) / (K − 1)``, 0 if nobody does, 1 if the last state says nothing."""
        return (len(self) - float(np.trace(self.probabilities))) / max(len(self) - 1, 1)

    def absorption(self) -> Absorption:
        """Find how long customers stay in play and where they end.

        Raises
        ------
        InvalidValueError
            If no state is absorbing, or some never lead to one.

        Examples
        --------
        >>> MarkovChain([[0.9, 0.1], [0, 1]], ("in", "out")).absorption().steps.round(9)
        array([10.])
        """
        return absorbed(self.names, self.probabilities)

    def frame(self) -> pd.DataFrame:
        """Return a pandas frame, rows from and columns to.

        Examples
        --------
        >>> MarkovChain([[0.9, 0.1], [0, 1]], ("in", "out")).frame()
              in  out
        in   0.9  0.1
        out  0.0  1.0
        """
        import pandas as pd  # noqa: PLC0415 - a heavy import that only this call needs

        return pd.DataFrame(self.probabilities.copy(), index=pd.Index(self.names), columns=pd.Index(self.names))


def stationary_distribution(probabilities: ArrayLike | MarkovChain) -> FloatArray:
    """Find the shares that a transition matrix leaves as they are.

    Parameters
    ----------
    probabilities
        A `MarkovChain`, or rows from and columns to, ``(n_states, n_states)``.

    Raises
    ------
    InvalidValueError
        If it is no transition matrix, or the long run depends on the start.

    Examples
    --------
    >>> stationary_distribution([[0.9, 0.1], [0.3, 0.7]])
    array([0.75, 0.25])
    """
    given = probabilities if isinstance(probabilities, MarkovChain) else MarkovChain(probabilities)
    return given.stationary()


def numbers_by_state(values: Mapping[str, float] | ArrayLike, names: tuple[str, ...], *, where: str) -> FloatArray:
    """Read one finite number per state.

    Parameters
    ----------
    values
        State to number, all of them; or numbers in the order of the names.
    names
        The states.
    where
        What the numbers are called in an error.

    Raises
    ------
    InvalidValueError
        If there is not one finite number per state.

    Examples
    --------
    >>> numbers_by_state({"silver": 1, "gold": 5}, ("gold", "silver"), where="values")
    array([5., 1.])
    """
    given: Any = values
    if hasattr(given, "keys"):  # a mapping, or a pandas series by name
        keys = [*given.keys()]
        absent, strange = [name for name in names if name not in keys], [key for key in keys if key not in names]
        if absent or strange:
            problems = [Problem(what="no number for this segment", where=f"{where}[{name!r}]") for name in absent]
            allowed = ", ".join(names)[:200]
            problems += [Problem(what="no such segment", where=f"{where}[{key!r}]", allowed=allowed) for key in strange]
            raise InvalidValueError(*problems)
        given = [given[name] for name in names]
    numbers = plain_numbers(given)
    if numbers.shape != (len(names),) or not (np.abs(numbers) <= _LARGEST).all():
        allowed, got = f"one finite number for each of {', '.join(names)}"[:200], repr(values)[:200]
        raise InvalidValueError(Problem(what="not one number per state", where=where, allowed=allowed, got=got))
    return numbers


def state_names(names: Iterable[str] | None, n: int | None, *, where: str = "names") -> tuple[str, ...]:
    """Check the names of states, or number them.

    Parameters
    ----------
    names
        Distinct text, or ``None``.
    n
        How many there must be; ``None`` for any number above 0.
    where
        What the names are called in an error.

    Raises
    ------
    InvalidValueError
        If they repeat, are no text, or of another number.

    Examples
    --------
    >>> state_names(None, 2)
    ('state 1', 'state 2')
    """
    if names is None:
        return tuple(f"state {number}" for number in range(1, (n or 0) + 1))
    ordered = isinstance(names, Iterable) and not isinstance(names, str | set | frozenset)  # a set has no order
    given = tuple(names) if ordered else ()
    texts = {name for name in given if isinstance(name, str) and name}
    if not given or len(texts) != len(given) or n not in {None, len(given)}:
        allowed, got = f"{n or ''} different texts".strip(), repr(given or names)[:200]
        raise InvalidValueError(Problem(what="no names", where=where, allowed=allowed, got=got))
    return tuple(str(name) for name in given)


def place_of(names: tuple[str, ...], name: str) -> int:
    """Find a state.

    Parameters
    ----------
    names
        All states.
    name
        The one looked for.

    Raises
    ------
    InvalidValueError
        If there is no such state.

    Examples
    --------
    >>> place_of(("gold", "silver"), "silver")
    1
    """
    if name not in names:
        raise InvalidValueError(Problem(what="no such segment", where=repr(name)[:100], allowed=", ".join(names)))
    return names.index(name)


def _probabilities(given: ArrayLike) -> FloatArray:
    matrix = plain_numbers(given)
    square = matrix.ndim == 2 and matrix.shape[0] == matrix.shape[1] and matrix.size > 0
    if not square or not ((matrix >= 0.0) & (matrix <= 1.0 + _ROUNDING)).all():
        allowed, got = "a square matrix of probabilities, rows from and columns to", repr(given)[:200]
        raise InvalidValueError(Problem(what="no transitions", where="probabilities", allowed=allowed, got=got))
    sums = matrix.sum(axis=1)
    wrong = np.flatnonzero(np.abs(sums - 1.0) > _ROUNDING)
    if wrong.size:
        got = ", ".join(f"row {row}: {sums[row]:.6g}" for row in wrong[:10])
        raise InvalidValueError(Problem(what="rows do not sum to 1", where="probabilities", allowed="1", got=got))
    return np.asarray(matrix / sums[:, None], dtype=np.float64)
