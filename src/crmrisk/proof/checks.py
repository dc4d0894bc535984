"""The door of proof: (score, outcome) arrays are checked here once, and rows nobody can judge are counted out.

A statistic of proof compares what was said with what happened. A row where either is unknown (NaN) proves nothing:
it is left out and counted, never imputed. Everything else that is wrong is reported at once.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from crmrisk.core.arrays import FloatArray, frozen_floats
from crmrisk.core.errors import CrmRiskError, InvalidValueError, Problem

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from numpy.typing import ArrayLike

    from crmrisk.core.arrays import BoolArray

__all__ = [
    "NOBODY",
    "RatedRows",
    "choice_problem",
    "clip_problem",
    "count_problem",
    "fraction_problem",
    "rated_probabilities",
    "rated_rows",
]

NOBODY = "no row has both a score and a known outcome"
"""The warning of a statistic without evidence."""


@dataclass(frozen=True, slots=True, eq=False)
class RatedRows:
    """Hold the rows on which both the score and the outcome are known.

    Parameters
    ----------
    scores
        One array per score compared, each ``(n,)``, free of NaN.
    outcome
        1 where the event happened, 0 where it did not, ``(n,)``.
    n_unrated
        The number of rows left out.

    Examples
    --------
    >>> rows = rated_rows({"score": [3, 1, None]}, [1, 0, 1])
    >>> rows.n, rows.events, rows.n_unrated
    (2, 1, 1)
    """

    scores: tuple[FloatArray, ...]
    outcome: FloatArray
    n_unrated: int

    @property
    def score(self) -> FloatArray:
        """The first score."""
        return self.scores[0]

    @property
    def n(self) -> int:
        """The number of rows that count."""
        return self.outcome.size

    @property
    def events(self) -> int:
        """The number of rows where the event happened."""
        return int(np.count_nonzero(self.outcome))

    @property
    def notes(self) -> tuple[str, ...]:
        """What the reader should know about the rows left out."""
        if self.n_unrated == 0:
            return ()
        return (f"{self.n_unrated} of {self.n + self.n_unrated} rows are unrated or of unknown outcome: left out",)

    @property
    def one_class(self) -> tuple[str, ...]:
        """Why discrimination cannot be judged; empty if it can."""
        if self.n == 0:
            return (NOBODY,)
        if self.events == 0:
            return ("the event happened to nobody: one class only",)
        return ("the event happened to everybody: one class only",) if self.events == self.n else ()


def rated_rows(
    scores: Mapping[str, ArrayLike], outcome: ArrayLike, *, settings: Iterable[Problem | None] = ()
) -> RatedRows:
    """Check scores against outcomes and keep the rows on which all of them are known.

    Parameters
    ----------
    scores
        Name -> any real numbers, ``(n_customers,)``; NaN or ``None`` is unrated.
    outcome
        1 or true where the event happened, 0 or false where it did not, NaN or ``None`` where it is unknown,
        ``(n_customers,)``.
    settings
        Problems already found in the settings of the caller, so that everything is reported at once.

    Returns
    -------
    The rows that count, in the order given.

    Raises
    ------
    InvalidValueError
        If lengths differ, arrays are empty or no numbers, a score is infinite, or an outcome is not 0, 1 or NaN.

    Examples
    --------
    >>> rated_rows({"score": [0.2, 0.9]}, [0, 2, 1])
    Traceback (most recent call last):
    crmrisk.core.errors.InvalidValueError: 2 problems:
      - outcome: 1 value(s) that are no outcome, the first in row 1; allowed: 0, 1 or NaN; got: 2.0
      - score and outcome: lengths differ; allowed: one row per customer; got: 2 and 3
    """
    return _rated(scores, outcome, [problem for problem in settings if problem is not None], probability=False)


def rated_probabilities(
    probability: ArrayLike, outcome: ArrayLike, *, settings: Iterable[Problem | None] = ()
) -> RatedRows:
    """Check probabilities against outcomes and keep the rows on which both are known.

    Parameters
    ----------
    probability
        Numbers in [0, 1], ``(n_customers,)``; NaN or ``None`` is unrated.
    outcome
        1, 0 or NaN, ``(n_customers,)``.
    settings
        Problems already found in the settings of the caller.

    Returns
    -------
    The rows that count, in the order given.

    Raises
    ------
    InvalidValueError
        If a probability lies outside [0, 1], or for any reason of `rated_rows`.

    Examples
    --------
    >>> rated_probabilities([0.2, 1.3], [0, 1])
    Traceback (most recent call last):
    crmrisk.core.errors.InvalidValueError: probability: 1 value(s) outside the range, the first in row 1;
    allowed: [0, 1] or NaN; got: 1.3
    """
    found = [problem for problem in settings if problem is not None]
    return _rated({"probability": probability}, outcome, found, probability=True)


def fraction_problem(name: str, value: float, *, including: tuple[float, ...] = ()) -> Problem | None:
    """Describe a setting that should be a fraction and is not.

    Parameters
    ----------
    name
        The setting.
    value
        What was given.
    including
        The ends that are allowed too.

    Returns
    -------
    The problem, or ``None``.

    Examples
    --------
    >>> print(fraction_problem("level", 95))
    level: not a fraction; allowed: (0, 1); got: 95
    """
    number = isinstance(value, (int, float, np.floating, np.integer)) and not isinstance(value, bool)
    if number and (0 < value < 1 or value in including):
        return None
    allowed = " or ".join(["(0, 1)", *map(str, including)])
    return Problem(what="not a fraction", where=name, allowed=allowed, got=repr(value))


def count_problem(name: str, value: int, *, least: int = 1, most: int = 1_000_000) -> Problem | None:
    """Describe a setting that should be a whole number and is not.

    Parameters
    ----------
    name
        The setting.
    value
        What was given.
    least, most
        The range allowed.

    Returns
    -------
    The problem, or ``None``.

    Examples
    --------
    >>> print(count_problem("bins", 0))
    bins: not a whole number in range; allowed: 1 to 1000000; got: 0
    """
    whole = isinstance(value, (int, np.integer)) and not isinstance(value, bool)
    if whole and least <= value <= most:
        return None
    return Problem(what="not a whole number in range", where=name, allowed=f"{least} to {most}", got=repr(value))


def clip_problem(clip: float | None) -> Problem | None:
    """Describe a distance from 0 and 1 that is none.

    Parameters
    ----------
    clip
        What was given; ``None`` and 0 mean no clipping.

    Returns
    -------
    The problem, or ``None``.

    Examples
    --------
    >>> print(clip_problem(0.5))
    clip: not a distance from 0 and 1; allowed: [0, 0.5); got: 0.5
    """
    if clip is None or (fraction_problem("clip", clip, including=(0,)) is None and clip < 0.5):
        return None
    return Problem(what="not a distance from 0 and 1", where="clip", allowed="[0, 0.5)", got=repr(clip))


def choice_problem(name: str, value: str, allowed: Iterable[str]) -> Problem | None:
    """Describe a setting that is none of the words allowed.

    Parameters
    ----------
    name
        The setting.
    value
        What was given.
    allowed
        The words.

    Returns
    -------
    The problem, or ``None``.

    Examples
    --------
    >>> print(choice_problem("binning", "deciles", ["equal mass", "equal width"]))
    binning: unknown choice; allowed: 'equal mass' or 'equal width'; got: 'deciles'
    """
    words = tuple(allowed)
    if isinstance(value, str) and value in words:
        return None
    return Problem(what="unknown choice", where=name, allowed=" or ".join(map(repr, words)), got=repr(value))


def _rated(
    scores: Mapping[str, ArrayLike], outcome: ArrayLike, problems: list[Problem], *, probability: bool
) -> RatedRows:
    columns = {name: _column(values, name, problems) for name, values in scores.items()}
    happened = _column(outcome, "outcome", problems)
    if probability:
        for name, column in columns.items():
            _refuse(~((column >= 0) & (column <= 1)), column, name, ("outside the range", "[0, 1] or NaN"), problems)
    _refuse((happened != 0) & (happened != 1), happened, "outcome", ("that are no outcome", "0, 1 or NaN"), problems)
    _same_length({**columns, "outcome": happened}, problems)
    if problems:
        raise InvalidValueError(*problems)
    known = ~np.isnan(happened)
    for column in columns.values():
        known &= ~np.isnan(column)
    return _keep(tuple(columns.values()), happened, known)


def _keep(columns: tuple[FloatArray, ...], happened: FloatArray, known: BoolArray) -> RatedRows:
    if known.all():
        return RatedRows(columns, happened, 0)
    kept = tuple(column[known] for column in columns)
    return RatedRows(kept, happened[known], int(known.size - np.count_nonzero(known)))


_UNREADABLE: FloatArray = np.empty(0)
"""Stands for a column that could not be read, so that the remaining checks still run."""


def _column(values: ArrayLike, name: str, problems: list[Problem]) -> FloatArray:
    try:
        if np.iscomplexobj(values):
            problems.append(Problem(what="not numbers", where=name, allowed="real numbers", got="complex numbers"))
            return _UNREADABLE
        column = frozen_floats(values, where=name)
    except CrmRiskError as error:
        problems.extend(error.problems)
    except (TypeError, ValueError, OverflowError) as error:
        problems.append(Problem(what="not numbers", where=name, allowed="numbers", got=str(error)))
    else:
        if column.size == 0:
            problems.append(Problem(what="no rows", where=name, allowed="at least one"))
            return _UNREADABLE
        return column
    return _UNREADABLE


def _refuse(bad: BoolArray, column: FloatArray, name: str, words: tuple[str, str], problems: list[Problem]) -> None:
    rows = np.flatnonzero(bad & ~np.isnan(column))
    if rows.size:
        what = f"{rows.size} value(s) {words[0]}, the first in row {rows[0]}"
        problems.append(Problem(what=what, where=name, allowed=words[1], got=f"{column[rows[0]]}"))


def _same_length(columns: Mapping[str, FloatArray], problems: list[Problem]) -> None:
    sizes = {name: column.size for name, column in columns.items() if column is not _UNREADABLE}
    if len(set(sizes.values())) > 1:
        where, got = " and ".join(sizes), " and ".join(str(size) for size in sizes.values())
        problems.append(Problem(what="lengths differ", where=where, allowed="one row per customer", got=got))
