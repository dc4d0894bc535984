"""Rules that turn counts into one category per requirement, on whole columns of counts.

Counts are always in the order (A, O, M, I, R, Q). Ties go to the category whose neglect costs most: M > O > A > I > R
> Q.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypeAlias, get_args

import numpy as np
from scipy.special import betainc

from crmrisk.core.arguments import check_choice
from crmrisk.core.errors import InvalidValueError, Problem
from crmrisk.satisfaction.binomial_counts import finite_column

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from crmrisk.core.arrays import BoolArray, FloatArray, IntArray

__all__ = ["ClassificationRule", "categories_of_counts", "exact_p_value", "fong_critical", "leading_two"]

ClassificationRule: TypeAlias = Literal["mode", "lee-newcomb", "berger", "priority", "M>O>A>I"]
"""How counts become a category."""

_PRIORITY = np.array([2, 1, 0, 3, 4, 5])  # M, O, A, I, R, Q as places in (A, O, M, I, R, Q)
_CLOSE = 0.06  # Lee & Newcomb (1997): categories within 6 % of the answers are too close to call
_SIGNIFICANT = 0.05


def categories_of_counts(counts: FloatArray, rule: ClassificationRule = "mode") -> IntArray:
    """Classify requirements by their counts.

    ``"mode"``: the most frequent category. ``"lee-newcomb"``: the most frequent of A, O, M, I, R unless the second is
    within 6 % of all answers; then the one of higher priority. ``"priority"``, also called ``"M>O>A>I"``: the same, but
    the two are told apart by the exact binomial test at 5 % instead. ``"berger"``: the most frequent of A, O, M if they
    outnumber I, R, Q, otherwise the most frequent of those. Ties and priorities: M > O > A > I > R > Q.

    Parameters
    ----------
    counts
        Counts (A, O, M, I, R, Q), ``(..., 6)``.
    rule
        The rule.

    Returns
    -------
    Places 0..5 in (A, O, M, I, R, Q), ``(...)``; -1 without any answer.

    Raises
    ------
    InvalidValueError
        If there is no such rule, or counts are not six finite numbers of at least 0.

    References
    ----------
    Lee, M. C. and Newcomb, J. F. (1997). Applying the Kano methodology to meet customer requirements. *Quality
    Management Journal* 4(3). Berger, C. et al. (1993). Kano's methods for understanding customer-defined quality.
    *Center for Quality of Management Journal* 2(4).

    Examples
    --------
    >>> import numpy as np
    >>> counts = np.array([30.0, 20.0, 10.0, 31.0, 5.0, 4.0])
    >>> ["AOMIRQ"[categories_of_counts(counts, rule)] for rule in ("mode", "lee-newcomb", "berger", "priority")]
    ['I', 'A', 'A', 'A']
    """
    check_choice(rule, get_args(ClassificationRule), where="rule", what="no such method")
    counts = _six(counts)
    ranked = counts[..., _PRIORITY]
    chosen = _PRIORITY[_RULES[rule](ranked)]
    return np.where(counts.sum(axis=-1) > 0.0, chosen, -1)


def _six(counts: ArrayLike) -> FloatArray:
    column = finite_column(counts, "counts")
    if column.shape[-1:] != (6,) or not (column >= 0.0).all():
        got = f"shape {column.shape}, least {column.min(initial=np.inf):g}"
        raise InvalidValueError(Problem(what="no counts", where="counts", allowed="six of at least 0 each", got=got))
    return column


def leading_two(counts: FloatArray) -> tuple[IntArray, IntArray]:
    """Find the two most frequent categories; Q cannot be one of them.

    Parameters
    ----------
    counts
        Counts (A, O, M, I, R, Q), ``(..., 6)``.

    Returns
    -------
    First and second as places 0..4 in (A, O, M, I, R), ``(...)``; ties by priority.

    Examples
    --------
    >>> import numpy as np
    >>> first, second = leading_two(np.array([216, 56, 13, 275, 23, 24]))
    >>> int(first), int(second)
    (3, 0)
    """
    first, second = _leading(counts[..., _PRIORITY])
    return _PRIORITY[first], _PRIORITY[second]


def exact_p_value(first: FloatArray, second: FloatArray) -> FloatArray:
    """Test exactly whether two categories are equally frequent.

    Given that an answer is in one of the two, it is in either with probability 1/2 (binomial, two-sided, as in
    McNemar's test); fractional counts go through the incomplete beta function.

    Parameters
    ----------
    first, second
        Counts of the two categories, of one shape.

    Returns
    -------
    Two-sided p values, 1 where both are empty.

    Examples
    --------
    >>> import numpy as np
    >>> print(f"{exact_p_value(np.array(275.0), np.array(216.0)):.4f}")
    0.0088
    """
    less, more = np.minimum(first, second), np.maximum(first, second)
    tail = betainc(np.where(more > 0.0, more, 1.0), less + 1.0, 0.5)
    return np.where(more > 0.0, np.minimum(1.0, 2.0 * tail), 1.0)


def fong_critical(first: FloatArray, second: FloatArray, n: FloatArray) -> FloatArray:
    """Return the difference of two counts that Fong's test at 10 % asks for, for parity with older reports only.

    ``1.65 sqrt((a + b)(2n - a - b)/(2n))``. The variance of a difference of two multinomial counts with equal shares is
    ``a + b``; Fong's is smaller, so equal categories are told apart in 15 to 19 % of surveys instead of 10 %.

    Parameters
    ----------
    first, second
        Counts a and b of the two categories, of one shape.
    n
        All answers, of the same shape.

    Returns
    -------
    The critical difference, 0 without answers.

    References
    ----------
    Fong, D. (1996). Using the self-stated importance questionnaire to interpret Kano questionnaire results. *Center for
    Quality of Management Journal* 5(3).

    Examples
    --------
    >>> import numpy as np
    >>> print(f"{fong_critical(np.array(275.0), np.array(216.0), np.array(607.0)):.2f}")
    28.22
    """
    both, twice = first + second, 2.0 * np.where(n > 0.0, n, 1.0)
    return np.asarray(1.65 * np.sqrt(both * (twice - both) / twice), dtype=np.float64)


def _leading(ranked: FloatArray) -> tuple[IntArray, IntArray]:
    rateable = ranked[..., :5]
    first = _first_largest(rateable)
    others = np.where(np.arange(5) == first[..., np.newaxis], -1.0, rateable)
    return first, _first_largest(others)


def _first_largest(ranked: FloatArray) -> IntArray:
    places: IntArray = np.asarray(ranked.argmax(axis=-1), dtype=np.int64)
    return places


def _mode(ranked: FloatArray) -> IntArray:
    return _first_largest(ranked)


def _berger(ranked: FloatArray) -> IntArray:
    needed = ranked[..., :3].sum(axis=-1) > ranked[..., 3:].sum(axis=-1)
    return np.where(needed, _first_largest(ranked[..., :3]), 3 + _first_largest(ranked[..., 3:]))


def _lee_newcomb(ranked: FloatArray) -> IntArray:
    top, second = _top_counts(ranked)
    limit = _CLOSE * ranked.sum(axis=-1) + 1e-9  # 6 % of a whole number of answers may round to just below itself
    return _by_priority(ranked, np.asarray(top - second <= limit))


def _priority(ranked: FloatArray) -> IntArray:
    return _by_priority(ranked, np.asarray(exact_p_value(*_top_counts(ranked)) > _SIGNIFICANT))


def _top_counts(ranked: FloatArray) -> tuple[FloatArray, FloatArray]:
    descending = -np.sort(-ranked[..., :5], axis=-1)
    return descending[..., 0], descending[..., 1]


def _by_priority(ranked: FloatArray, close: BoolArray) -> IntArray:
    first, second = _leading(ranked)
    top, runner_up = _top_counts(ranked)
    chosen = np.where(close & (runner_up > 0.0), np.minimum(first, second), first)
    return np.where(top > 0.0, chosen, 5)  # nothing but questionable answers


_RULES = {
    "mode": _mode,
    "lee-newcomb": _lee_newcomb,
    "berger": _berger,
    "priority": _priority,
    "M>O>A>I": _priority,
}
