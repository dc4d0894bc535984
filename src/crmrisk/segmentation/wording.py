"""Sentences about many customers at once: what was tested, what was found, joined as the logic joins it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crmrisk.core.arrays import BoolArray, FloatArray, ObjectArray

__all__ = ["number", "number_words", "said_of_all", "said_of_any"]

_SIGNS = {"ge": (">=", "<"), "gt": (">", "<="), "le": ("<=", ">"), "lt": ("<", ">=")}


def number(value: float, *, beside: float = 0.0) -> str:
    """Write a number with six digits, all of those above one, and as many more as tell it from another number.

    Parameters
    ----------
    value
        Any number.
    beside
        The number that it is compared with.

    Examples
    --------
    >>> number(1234567.0), number(0.1 + 0.2), number(199.9999999, beside=200.0)
    ('1234567', '0.3', '199.9999999')
    """
    if value != beside and abs(value - beside) <= 1e-5 * abs(beside):
        return repr(value)
    return f"{value:.6g}" if abs(value) < 1e6 else f"{value:.15g}" if abs(value) >= 1e15 else f"{value:.0f}"


def number_words(column: str, values: FloatArray, test: str, edge: float) -> ObjectArray:
    """Say how each number compares with a bound.

    Parameters
    ----------
    column
        What the numbers are called.
    values
        The numbers, ``(n_customers,)``.
    test
        ``"ge"``, ``"gt"``, ``"le"`` or ``"lt"``.
    edge
        The bound.

    Examples
    --------
    >>> import numpy as np
    >>> number_words("revenue", np.array([100.0, 99.0]), "ge", 100.0).tolist()
    ['revenue 100 >= 100', 'revenue 99 < 100']
    """
    yes, no = (f"{sign} {number(edge)}" for sign in _SIGNS[test])
    holds = {"ge": np.greater_equal, "gt": np.greater, "le": np.less_equal, "lt": np.less}[test](values, edge)
    said = [
        f"{column} {number(v, beside=edge)} {yes if ok else no}"
        for v, ok in zip(values.tolist(), holds.tolist(), strict=True)
    ]
    return np.array(said, dtype=object)


def said_of_all(parts: Sequence[tuple[ObjectArray, BoolArray]]) -> ObjectArray:
    """Join what is met where everything is, and what is not met where something is not.

    Parameters
    ----------
    parts
        Words and whether they are good news, ``(n_customers,)`` each.

    Examples
    --------
    >>> import numpy as np
    >>> yes, no = np.array([True]), np.array([False])
    >>> said_of_all([(np.array(["a 1 >= 1"], dtype=object), yes), (np.array(["b 2 < 3"], dtype=object), no)]).tolist()
    ['b 2 < 3']
    """
    everything = np.logical_and.reduce([met for _, met in parts])
    return _joined([(words, everything | ~met) for words, met in parts])


def said_of_any(parts: Sequence[tuple[ObjectArray, BoolArray]]) -> ObjectArray:
    """Give what is met first, and everything where nothing is.

    Parameters
    ----------
    parts
        Words and whether they are good news, ``(n_customers,)`` each.

    Examples
    --------
    >>> import numpy as np
    >>> yes, no = np.array([True]), np.array([False])
    >>> said_of_any([(np.array(["a 0 < 1"], dtype=object), no), (np.array(["b 3 >= 3"], dtype=object), yes)]).tolist()
    ['b 3 >= 3']
    """
    nothing = ~np.logical_or.reduce([met for _, met in parts])
    before = np.zeros(len(nothing), dtype=np.bool_)
    told = []
    for words, met in parts:
        told.append((words, nothing | (met & ~before)))
        before |= met
    return _joined(told)


def _joined(parts: Sequence[tuple[ObjectArray, BoolArray]]) -> ObjectArray:
    said: ObjectArray = np.full(len(parts[0][1]), "", dtype=object)
    for words, wanted in parts:
        more = np.where(said == "", words, said + " and " + words)
        said = np.where(wanted, more, said)
    return said
