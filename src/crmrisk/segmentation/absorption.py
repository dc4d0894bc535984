"""What becomes of customers in the end: chains with states nobody leaves, and which states lead where."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from crmrisk.core.errors import InvalidValueError, Problem
from crmrisk.core.listing import listed
from crmrisk.segmentation.plain_numbers import plain_numbers

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import ArrayLike

    from crmrisk.core.arrays import BoolArray, FloatArray

__all__ = ["Absorption", "absorbed", "fundamental_matrix", "recurrent_classes"]


@dataclass(frozen=True, eq=False)
class Absorption:
    """Hold how long customers stay in play, and where they end.

    Parameters
    ----------
    transient
        The states customers leave for good, in the order of the rows below.
    absorbing
        The states nobody leaves, in the order of the columns of ``probabilities``.
    fundamental
        ``N = (I − Q)⁻¹``: expected visits to the column's state of who starts in the row's,
        ``(n_transient, n_transient)``.
    steps
        ``t = N 1``: expected periods until absorption, ``(n_transient,)``.
    probabilities
        ``B = N R``: the probability to end in each absorbing state, ``(n_transient, n_absorbing)``.

    References
    ----------
    Grinstead, C. M. and Snell, J. L. (1997), *Introduction to Probability*, theorems 11.4 to 11.6.

    Examples
    --------
    >>> from crmrisk.segmentation.markov_chain import MarkovChain
    >>> chain = MarkovChain([[0.5, 0.25, 0.25], [0.25, 0.5, 0.25], [0, 0, 1]], ("gold", "silver", "gone"))
    >>> chain.absorption().steps
    array([4., 4.])
    """

    transient: tuple[str, ...]
    absorbing: tuple[str, ...]
    fundamental: FloatArray
    steps: FloatArray
    probabilities: FloatArray

    def __repr__(self) -> str:
        ends = (
            ", ".join(f"{name} {share:.4g}" for name, share in zip(self.absorbing, shares, strict=True))
            for shares in self.probabilities
        )
        return listed(
            f"{name}: {steps:.4g} periods until absorption, in {ending}"
            for name, steps, ending in zip(self.transient, self.steps, ends, strict=True)
        )

    def __post_init__(self) -> None:
        for array in (self.fundamental, self.steps, self.probabilities):
            array.flags.writeable = False

    def frame(self) -> pd.DataFrame:
        """Return a pandas frame, one row per transient state: expected steps, then where it ends.

        Examples
        --------
        >>> from crmrisk.segmentation.markov_chain import MarkovChain
        >>> MarkovChain([[0.5, 0.5], [0, 1]], ("gold", "gone")).absorption().frame()
              expected_steps  gone
        gold             2.0   1.0
        """
        import pandas as pd  # noqa: PLC0415 - a heavy import that only this call needs

        columns = {"expected_steps": self.steps.copy()}
        ends = dict(zip(self.absorbing, self.probabilities.T.copy(), strict=True))
        return pd.DataFrame(columns | ends, index=pd.Index(self.transient))


def fundamental_matrix(within: ArrayLike) -> FloatArray:
    """Invert ``I − Q``: expected visits among transient states.

    Parameters
    ----------
    within
        ``Q``: probabilities to go from one transient state to another, ``(n_transient, n_transient)``.

    Raises
    ------
    InvalidValueError
        If it is no square matrix of probabilities, or some state never leads out.

    References
    ----------
    Grinstead and Snell (1997), definition 11.3.

    Examples
    --------
    >>> fundamental_matrix([[0, 0.5, 0], [0.5, 0, 0.5], [0, 0.5, 0]])
    array([[1.5, 1. , 0.5],
           [1. , 2. , 1. ],
           [0.5, 1. , 1.5]])
    """
    inner = plain_numbers(within)
    square = inner.ndim == 2 and inner.shape[0] == inner.shape[1] and inner.size > 0
    if not square or not (inner >= 0.0).all() or not (inner.sum(axis=1) <= 1.0 + 1e-9).all():
        allowed, got = "a square matrix of probabilities, rows at most 1", repr(within)[:200]
        raise InvalidValueError(Problem(what="no transitions within", where="within", allowed=allowed, got=got))
    leaks = inner.sum(axis=1) < 1.0 - 1e-12
    stuck = np.flatnonzero(~(_reach(inner) & leaks).any(axis=1))
    if stuck.size:
        what, got = "states that never lead out", ", ".join(str(each) for each in stuck[:10])
        raise InvalidValueError(Problem(what=what, where="within", allowed="all transient", got=got))
    return np.asarray(np.linalg.solve(np.eye(len(inner)) - inner, np.eye(len(inner))), dtype=np.float64)


def absorbed(names: tuple[str, ...], probabilities: FloatArray) -> Absorption:
    """Split a chain into transient and absorbing states and solve it.

    Parameters
    ----------
    names
        The states.
    probabilities
        Transition probabilities, ``(n_states, n_states)``.

    Raises
    ------
    InvalidValueError
        If no state is absorbing, or some never lead to one.

    Examples
    --------
    >>> absorbed(("gold", "gone"), np.array([[0.5, 0.5], [0.0, 1.0]])).steps
    array([2.])
    """
    final = np.diag(probabilities) == 1.0
    if not final.any():
        remedy = "name one: absorbing=('gone',)"
        raise InvalidValueError(Problem(what="no absorbing state", where=", ".join(names)[:200], remedy=remedy))
    stuck = [name for name, ends in zip(names, (_reach(probabilities) & final).any(axis=1), strict=True) if not ends]
    if stuck:
        allowed = f"every state leads to {' or '.join(n for n, end in zip(names, final, strict=True) if end)}"
        got = ", ".join(stuck)[:200]
        raise InvalidValueError(Problem(what="states never absorbed", where="states", allowed=allowed, got=got))
    inner, out = probabilities[np.ix_(~final, ~final)], probabilities[np.ix_(~final, final)]
    visits = fundamental_matrix(inner) if inner.size else np.zeros((0, 0))
    transient = tuple(name for name, end in zip(names, final, strict=True) if not end)
    absorbing = tuple(name for name, end in zip(names, final, strict=True) if end)
    return Absorption(transient, absorbing, visits, visits.sum(axis=1), visits @ out)


def recurrent_classes(probabilities: FloatArray) -> list[BoolArray]:
    """Find the sets of states that, once entered, are never left.

    Parameters
    ----------
    probabilities
        Transition probabilities, ``(n_states, n_states)``.

    Returns
    -------
    A mask ``(n_states,)`` per class.

    Examples
    --------
    >>> recurrent_classes(np.array([[0.5, 0.5], [0.0, 1.0]]))
    [array([False,  True])]
    """
    reach = _reach(probabilities)
    mutual = reach & reach.T
    found: dict[bytes, BoolArray] = {}
    for goes, together in zip(reach, mutual, strict=True):
        if np.array_equal(goes, together):
            found.setdefault(together.tobytes(), together)
    return list(found.values())


def _reach(probabilities: FloatArray) -> BoolArray:
    """Tell which states lead to which, in any number of steps."""
    reach = (probabilities > 0.0) | np.eye(len(probabilities), dtype=bool)
    for _ in range(max(1, int(np.ceil(np.log2(max(len(reach), 2)))))):
        reach = (reach.astype(np.float32) @ reach.astype(np.float32)) > 0.0
    return np.asarray(reach, dtype=np.bool_)
