"""What is wrong with answers, named by value, row and count; and what to do where none was given."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, TypeAlias

import numpy as np

from crmrisk.core.arguments import check_choice
from crmrisk.core.errors import Problem

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from crmrisk.core.arrays import BoolArray, IntArray

__all__ = ["Missing", "answers_counted", "flag_answers", "flag_missing", "rows_listed"]

Missing: TypeAlias = Literal["error", "exclude"]
"""What to do with a missing answer: refuse it, or leave it out and count it."""

_SHOWN = 5  # rows and distinct values an error spells out before it only counts


def flag_answers(column: NDArray[Any], flagged: BoolArray, *, where: str, allowed: str) -> list[Problem]:
    """Name every distinct answer that is off its scale, with its rows and count.

    Parameters
    ----------
    column
        The answers as they came, ``(n_answers,)``.
    flagged
        Which of them are off the scale, ``(n_answers,)``.
    where
        What the answers are called.
    allowed
        What would have been accepted.

    Returns
    -------
    One problem per distinct answer; beyond some of them, one that counts the rest.

    Examples
    --------
    >>> import numpy as np
    >>> print(*flag_answers(np.array([9, 11]), np.array([False, True]), where="answers", allowed="0 to 10"))
    answers: 1 answer off the scale, row 1; allowed: 0 to 10; got: 11
    """
    rows_of: dict[str, list[int]] = {}
    for row in np.flatnonzero(flagged).tolist():
        rows_of.setdefault(_shown(column[row]), []).append(row)
    named = list(rows_of.items())[:_SHOWN]
    problems = [
        Problem(
            what=f"{answers_counted(len(rows))} off the scale, {rows_listed(rows)}",
            where=where,
            allowed=allowed,
            got=got,
            remedy=_remedy(column[rows[0]]),
        )
        for got, rows in named
    ]
    rest = sum(len(rows) for rows in rows_of.values()) - sum(len(rows) for _, rows in named)
    if rest:
        problems.append(Problem(what=f"{answers_counted(rest)} more off the scale", where=where, allowed=allowed))
    return problems


def flag_missing(absent: BoolArray, *, missing: Missing, where: str) -> list[Problem]:
    """Report missing answers where the policy refuses them, and a policy that is none.

    Parameters
    ----------
    absent
        Which answers are missing, ``(n_answers,)``.
    missing
        The policy.
    where
        What the answers are called.

    Returns
    -------
    At most one problem.

    Raises
    ------
    InvalidValueError
        If the policy is neither ``"error"`` nor ``"exclude"``.

    Examples
    --------
    >>> import numpy as np
    >>> print(*flag_missing(np.array([False, True]), missing="error", where="answers"))
    answers: 1 answer missing, row 1; remedy: missing="exclude" leaves them out and counts them
    """
    check_choice(missing, ("error", "exclude"), where="missing", what="no such policy")
    rows = np.flatnonzero(absent).tolist()
    if not rows or missing == "exclude":
        return []
    what = f"{answers_counted(len(rows))} missing, {rows_listed(rows)}"
    return [Problem(what=what, where=where, remedy='missing="exclude" leaves them out and counts them')]


def _shown(answer: object) -> str:
    return repr(answer.item() if isinstance(answer, np.generic) else answer)[:80]


def _remedy(answer: object) -> str:
    """Say what to do about numbers that came as text: they look right in a message."""
    if not isinstance(answer, str | bytes):
        return ""
    try:
        number = float(answer)
    except ValueError:
        return ""
    return "make numbers of text first, e.g. with pandas.to_numeric" if np.isfinite(number) else ""


def answers_counted(count: float) -> str:
    """Write a number of answers.

    Parameters
    ----------
    count
        How many.

    Examples
    --------
    >>> answers_counted(1), answers_counted(2)
    ('1 answer', '2 answers')
    """
    return f"{count:.0f} answer{'' if count == 1 else 's'}"


def rows_listed(rows: IntArray | list[int]) -> str:
    """Write the numbers of rows, the first few where there are many.

    Parameters
    ----------
    rows
        The rows, one at least.

    Examples
    --------
    >>> rows_listed([7]), rows_listed([0, 1, 2, 3, 4, 5])
    ('row 7', 'rows 0, 1, 2, 3, 4, ...')
    """
    shown = ", ".join(str(row) for row in rows[:_SHOWN])
    return f"row {shown}" if len(rows) == 1 else f"rows {shown}" + (", ..." if len(rows) > _SHOWN else "")
