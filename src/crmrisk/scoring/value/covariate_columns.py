"""The gate for covariates: columns by name are checked here, and prepared so that a fit does not see their units.

Covariates enter through ``exp(γ z)``, so that shifting z moves a base parameter and scaling z scales γ. A fit works on
columns with mean 0 and standard deviation 1, and leaves out what has no coefficient of its own: constants, and columns
that others determine.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from crmrisk.core.errors import InvalidValueError, Problem

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import ArrayLike

    from crmrisk.core.arrays import FloatArray

__all__ = ["Standardised", "checked_covariates", "standardised"]

SAME = 1e-10
"""A column of which others leave less than this share of the variance unexplained is determined by them."""
CONSTANT = 1e-12
"""A column that varies by less than this share of its size is constant to rounding."""


def checked_covariates(
    covariates: Mapping[str, ArrayLike], names: Sequence[str] | None = None, *, n_rows: int | None = None
) -> dict[str, FloatArray]:
    """Check covariates: numbers or booleans, none infinite.

    Parameters
    ----------
    covariates
        Name to values: a mapping or a table.
    names
        What must be there, and nothing else; ``None`` takes what there is.
    n_rows
        How many values each must have, none of them missing; ``None`` allows any shape and NaN.

    Returns
    -------
    Floats by name, in the order of `names`.

    Raises
    ------
    InvalidValueError
        If they have no names, or a covariate is missing, unknown, no number, infinite, or of another length, everything
        listed.

    Examples
    --------
    >>> checked_covariates({"online": [True, False]})["online"]
    array([1., 0.])
    """
    covariates = _by_name(covariates)
    wanted = list(covariates) if names is None else list(names)
    problems = [
        Problem(what="missing", where=f"covariates[{name!r}]", remedy="give one value per customer")
        for name in wanted
        if name not in covariates
    ]
    allowed = ", ".join(wanted) or "no covariate"
    problems += [
        Problem(what="no covariate of this model", where="covariates", allowed=allowed, got=repr(name))
        for name in covariates
        if name not in wanted
    ]
    columns: dict[str, FloatArray] = {}
    for name in wanted:
        if name in covariates:
            column = _floats(covariates[name])
            problems += _faults(name, column, covariates[name], n_rows)
            columns[name] = column if column is not None else np.zeros(0)
    if problems:
        raise InvalidValueError(*problems)
    return columns


def _by_name(covariates: object) -> Mapping[str, ArrayLike]:
    """Take a mapping, or a table that is asked by the names of its columns as one is."""
    names = list(covariates) if isinstance(covariates, Mapping) else list(getattr(covariates, "columns", ()))
    unnamed = [name for name in names if not (isinstance(name, str) and name)]
    if unnamed:
        got = ", ".join(map(repr, unnamed))[:100]
        raise InvalidValueError(Problem(what="no names", where="covariates", allowed="text, not empty", got=got))
    if not (isinstance(covariates, Mapping) or hasattr(covariates, "columns")):
        allowed, got = "a mapping of names to values, or a table", repr(covariates)[:100]
        remedy = 'for instance {"online": [0, 1, 1]}'
        raise InvalidValueError(
            Problem(what="no covariates by name", where="covariates", allowed=allowed, got=got, remedy=remedy)
        )
    table: Any = covariates
    return {name: table[name] for name in names}


def _floats(values: ArrayLike) -> FloatArray | None:
    raw = np.asarray(values)
    text = raw.dtype.kind == "O" and any(isinstance(value, str | bytes) for value in raw.ravel())
    if text or raw.dtype.kind not in "biufO":
        return None
    try:
        return np.array(raw, dtype=np.float64)
    except (TypeError, ValueError):
        return None


def _faults(name: str, column: FloatArray | None, values: ArrayLike, n_rows: int | None) -> Iterator[Problem]:
    where = f"covariates[{name!r}]"
    if column is None:
        remedy = "turn categories into one column of 0 and 1 for each but one"
        yield Problem(what="not numbers", where=where, allowed="numbers", got=repr(values)[:60], remedy=remedy)
        return
    if np.isinf(column).any():
        yield Problem(what=f"{int(np.isinf(column).sum())} infinite value(s)", where=where, allowed="finite numbers")
    if n_rows is None:
        return
    if column.shape != (n_rows,):
        yield Problem(what="wrong shape", where=where, allowed=f"({n_rows},)", got=str(column.shape))
    missing = int(np.isnan(column).sum())
    if missing:
        remedy = "leave those customers out, or mark them by a covariate of their own"
        what = f"{missing} missing value(s) (NaN), the first in row {int(np.argmax(np.isnan(column)))}"
        yield Problem(what=what, where=where, allowed="finite numbers", remedy=remedy)


class Standardised(NamedTuple):
    """Hold covariates with mean 0 and standard deviation 1, as far as they have coefficients of their own.

    Parameters
    ----------
    names
        Those that do.
    columns
        Their values, ``(n_rows, n_names)``.
    mean, deviation
        What was taken away and divided by, ``(n_names,)``.
    lost
        Covariates without a coefficient of their own, and why.

    Examples
    --------
    >>> standardised({"one": np.ones(2), "z": np.array([0.0, 4.0])}, np.ones(2)).lost
    {'one': 'it is the same for every customer'}
    """

    names: tuple[str, ...]
    columns: FloatArray
    mean: FloatArray
    deviation: FloatArray
    lost: Mapping[str, str]


def standardised(columns: Mapping[str, FloatArray], weight: FloatArray) -> Standardised:
    """Give covariates mean 0 and standard deviation 1, and find those without a coefficient of their own.

    Of columns that determine each other the first are kept and speak for all; each is named as lost.

    Parameters
    ----------
    columns
        Name to values, ``(n_rows,)``.
    weight
        How many customers each row stands for, ``(n_rows,)``.

    Examples
    --------
    >>> z = np.array([0.0, 1.0, 5.0])
    >>> found = standardised({"z": z, "twice": 2 * z}, np.ones(3))
    >>> found.names, found.lost["twice"]
    (('z',), 'z determine(s) it: only their joint effect is known, and z carries it')
    """
    share = weight / weight.sum()
    lost: dict[str, str] = {}
    kept: dict[str, tuple[FloatArray, float, float]] = {}
    for name, column in columns.items():
        mean = float(share @ column)
        deviation = float(np.sqrt(share @ (column - mean) ** 2))
        if not deviation > CONSTANT * float(np.max(np.abs(column), initial=0.0)):
            lost[name] = "it is the same for every customer"
            continue
        scaled = (column - mean) / deviation
        others = [each for each, _, _ in kept.values()]
        if determiners := _determiners(scaled, others, share, list(kept)):
            both = " and ".join(determiners)
            lost[name] = f"{both} determine(s) it: only their joint effect is known, and {both} carries it"
            for other in determiners:
                lost.setdefault(other, f"it determines {name}: only their joint effect is known")
            continue
        kept[name] = (scaled, mean, deviation)
    table = np.stack([each for each, _, _ in kept.values()], axis=1) if kept else np.zeros((weight.size, 0))
    means, deviations = (np.array([each[index] for each in kept.values()]) for index in (1, 2))
    return Standardised(tuple(kept), table, means, deviations, lost)


def _determiners(column: FloatArray, others: list[FloatArray], share: FloatArray, names: list[str]) -> list[str]:
    """Name the columns that determine another, all of them standardised."""
    if not others:
        return []
    root = np.sqrt(share)
    table = np.stack(others, axis=1) * root[:, np.newaxis]
    effects, *_ = np.linalg.lstsq(table, column * root, rcond=None)
    left = column * root - table @ effects
    if float(left @ left) > SAME:
        return []
    return [name for name, effect in zip(names, effects.tolist(), strict=True) if abs(effect) > np.sqrt(SAME)]
