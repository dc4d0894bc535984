"""Arguments of functions that nothing else checks: kinds of objects, numbers, sources of randomness.

Each function names what is wrong, so that a caller lists it beside everything else that is.
"""

from __future__ import annotations

import math
from numbers import Real
from typing import TYPE_CHECKING

import numpy as np

from crmrisk.core.errors import InvalidValueError, Problem

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = [
    "check_choice",
    "checked_level",
    "choice_problems",
    "is_number",
    "is_whole",
    "kind_problems",
    "level_problems",
    "random_source_problems",
    "refuse",
    "seeded",
]


def check_choice(value: object, known: Iterable[str], *, where: str, what: str = "no such choice") -> None:
    """Refuse what is none of the words there are.

    Parameters
    ----------
    value, known, where, what
        As for `choice_problems`.

    Raises
    ------
    InvalidValueError
        If it is none of them.

    Examples
    --------
    >>> check_choice("mean", ("mean", "median"), where="centre")
    """
    refuse(choice_problems(value, known, where=where, what=what))


def choice_problems(
    value: object, known: Iterable[str], *, where: str, what: str = "no such choice", remedy: str = ""
) -> list[Problem]:
    """Name what is none of the words there are; it may be anything, a list or an array, too.

    Parameters
    ----------
    value
        What was given.
    known
        The words.
    where
        The argument.
    what
        What is wrong with it.
    remedy
        What to do.

    Examples
    --------
    >>> [str(problem) for problem in choice_problems("mode", ("mean", "median", "trimmed"), where="centre")]
    ["centre: no such choice; allowed: 'mean', 'median' or 'trimmed'; got: 'mode'"]
    """
    words = tuple(known)
    if isinstance(value, str) and value in words:
        return []
    *others, last = map(repr, words)
    allowed = f"{', '.join(others)} or {last}" if others else last
    return [Problem(what=what, where=where, allowed=allowed, got=repr(value)[:100], remedy=remedy)]


def checked_level(level: float) -> float:
    """Check a confidence level, or the level of a quantile.

    Parameters
    ----------
    level
        Strictly between 0 and 1.

    Returns
    -------
    The same as a plain float.

    Raises
    ------
    InvalidValueError
        If it is not.

    Examples
    --------
    >>> checked_level(0.9)
    0.9
    """
    refuse(level_problems(level))
    return float(level)


def is_number(value: object) -> bool:
    """Tell whether a value is a number that compares: no text, no truth value, no NaN, nothing a float cannot hold.

    Parameters
    ----------
    value
        Anything.

    Examples
    --------
    >>> is_number(0.5), is_number("0.5"), is_number(float("nan")), is_number(10**400)
    (True, False, False, False)
    """
    if not isinstance(value, Real) or isinstance(value, bool | np.bool_):
        return False
    try:
        return not math.isnan(value)
    except OverflowError:  # an integer of hundreds of digits
        return False


def is_whole(value: object) -> bool:
    """Tell whether a value is a whole number; 10.0 is none.

    Parameters
    ----------
    value
        Anything.

    Examples
    --------
    >>> is_whole(10), is_whole(10.5), is_whole(True)
    (True, False, False)
    """
    return isinstance(value, int | np.integer) and not isinstance(value, bool)


def kind_problems(value: object, kind: type, *, where: str) -> list[Problem]:
    """Name an object of another kind than the one that is needed.

    Parameters
    ----------
    value
        The object.
    kind
        What it should be.
    where
        The argument.

    Examples
    --------
    >>> [str(problem) for problem in kind_problems((1, 2), Problem, where="breaks")]
    ['breaks: not a Problem; allowed: Problem(...); got: (1, 2)']
    """
    if isinstance(value, kind):
        return []
    name = kind.__name__
    return [Problem(what=f"not a {name}", where=where, allowed=f"{name}(...)", got=repr(value)[:100])]


def level_problems(level: object, *, where: str = "level", what: str = "not a confidence level") -> list[Problem]:
    """Name a level that is no share strictly between 0 and 1.

    Parameters
    ----------
    level
        Nominal coverage, or another share.
    where
        The argument.
    what
        What is wrong with it.

    Examples
    --------
    >>> [str(problem) for problem in level_problems(95)]
    ['level: not a confidence level; allowed: 0 < level < 1; got: 95']
    """
    if isinstance(level, float | np.floating) and 0.0 < level < 1.0:
        return []
    return [Problem(what=what, where=where, allowed=f"0 < {where} < 1", got=repr(level)[:100])]


def random_source_problems(rng: object, *, optional: bool = False) -> list[Problem]:
    """Name a missing source of randomness, or something that is none.

    Parameters
    ----------
    rng
        A ``numpy.random.Generator``.
    optional
        Whether ``None`` will do.

    Examples
    --------
    >>> [str(problem) for problem in random_source_problems(1)]
    ['rng: not a source of randomness; got: 1; remedy: rng=numpy.random.default_rng(seed)']
    """
    if isinstance(rng, np.random.Generator) or (optional and rng is None):
        return []
    what, got = ("missing", "") if rng is None else ("not a source of randomness", repr(rng)[:100])
    return [Problem(what=what, where="rng", got=got, remedy="rng=numpy.random.default_rng(seed)")]


def refuse(*problems: list[Problem]) -> None:
    """Raise everything that is wrong at once, if anything is.

    Parameters
    ----------
    *problems
        Lists of them.

    Raises
    ------
    InvalidValueError
        If there is any.

    Examples
    --------
    >>> refuse([], [])
    """
    found = [problem for part in problems for problem in part]
    if found:
        raise InvalidValueError(*found)


def seeded(rng: np.random.Generator | None) -> np.random.Generator:
    """Return the caller's generator, or one that starts the same way every time.

    Parameters
    ----------
    rng
        The caller's generator, or ``None``: the same data then give the same resamples.

    Returns
    -------
    The generator.

    Raises
    ------
    InvalidValueError
        If it is none.

    Examples
    --------
    >>> float(seeded(None).random()) == float(seeded(None).random())
    True
    """
    refuse(random_source_problems(rng, optional=True))
    return np.random.default_rng(0) if rng is None else rng
