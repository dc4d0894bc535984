"""The front desk of survey answers: every answer is on its scale, openly missing, or named with its row.

Estimators of satisfaction read answers through this module only, so that 11 on a scale of 0 to 10, 7.5, text or a
blank can never slip into a mean.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from crmrisk.core.arrays import LARGEST_NUMBER
from crmrisk.core.errors import Problem, RecordError
from crmrisk.satisfaction.flagging import Missing, flag_answers, flag_missing

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from crmrisk.core.arrays import BoolArray, FloatArray, IntArray

__all__ = [
    "distinct_answers",
    "effective_sample_size",
    "number_answers",
    "one_column",
    "rating_answers",
    "screened_answers",
    "survey_weights",
]


def rating_answers(
    answers: ArrayLike, *, lowest: int, highest: int, missing: Missing = "error", where: str = "answers"
) -> FloatArray:
    """Read whole-number answers on a rating scale.

    Parameters
    ----------
    answers
        One answer per row, ``(n_answers,)``: whole numbers, with ``None`` or NaN where nothing was answered.
    lowest, highest
        Ends of the scale, inclusive.
    missing
        ``"error"`` refuses missing answers, ``"exclude"`` leaves them as NaN.
    where
        What the answers are called in an error.

    Returns
    -------
    A new array, ``(n_answers,)``, NaN where the answer is missing.

    Raises
    ------
    RecordError
        If answers are off the scale, no whole numbers or no numbers at all, each named with its rows and count, or
        if answers are missing and that is an error.

    Examples
    --------
    >>> rating_answers([9, None, 3], lowest=0, highest=10, missing="exclude")
    array([ 9., nan,  3.])
    >>> rating_answers([9, 11, 3, 11], lowest=0, highest=10)
    Traceback (most recent call last):
    crmrisk.core.errors.RecordError: answers: 2 answers off the scale, rows 1, 3; allowed: whole numbers 0 to 10; ...
    """
    column, values, off = screened_answers(answers, lowest=lowest, highest=highest, where=where)
    problems = flag_answers(column, off, where=where, allowed=f"whole numbers {lowest} to {highest}")
    problems += flag_missing(np.isnan(values) & ~off, missing=missing, where=where)
    if problems:
        raise RecordError(*problems)
    return values


def screened_answers(
    answers: ArrayLike, *, lowest: int, highest: int, where: str = "answers"
) -> tuple[NDArray[Any], FloatArray, BoolArray]:
    """Tell answers on a rating scale from those off it, without judging them.

    Parameters
    ----------
    answers
        One answer per row, ``(n_answers,)``.
    lowest, highest
        Ends of the scale, inclusive.
    where
        What the answers are called in an error.

    Returns
    -------
    The answers as they came; as numbers, NaN where missing or no number; which are off the scale, missing ones not.

    Raises
    ------
    RecordError
        If the answers are not one column of simple values.

    Examples
    --------
    >>> screened_answers([9, 11, None], lowest=0, highest=10)[2]
    array([False,  True, False])
    """
    column = one_column(answers, where)
    values, not_numbers = _numbers(column, where)
    absent = np.isnan(values) & ~not_numbers
    return column, values, not_numbers | (~absent & ~_on_scale(values, lowest, highest))


def number_answers(answers: ArrayLike, *, missing: Missing = "error", where: str = "answers") -> FloatArray:
    """Read finite numbers on no scale in particular.

    Parameters
    ----------
    answers
        One number per row, ``(n_answers,)``.
    missing
        ``"error"`` refuses missing answers, ``"exclude"`` leaves them as NaN.
    where
        What they are called in an error.

    Returns
    -------
    A new array, ``(n_answers,)``, NaN where the answer is missing.

    Raises
    ------
    RecordError
        If some are infinite or no numbers, each named with its rows and count, or missing and that is an error.

    Examples
    --------
    >>> number_answers([1, 2.5])
    array([1. , 2.5])
    """
    column = one_column(answers, where)
    values, not_numbers = _numbers(column, where)
    off = not_numbers | (np.abs(values) > LARGEST_NUMBER)
    problems = flag_answers(column, off, where=where, allowed="finite numbers")
    problems += flag_missing(np.isnan(values) & ~not_numbers, missing=missing, where=where)
    if problems:
        raise RecordError(*problems)
    return values


def distinct_answers(answers: ArrayLike, where: str) -> tuple[NDArray[Any], IntArray, list[Any]]:
    """Find the distinct answers of a column, so that each wording is looked up once.

    Parameters
    ----------
    answers
        One answer per row, ``(n_answers,)``.
    where
        What the answers are called in an error.

    Returns
    -------
    The column; per row the place of its answer in the list, -1 where missing; the distinct answers.

    Raises
    ------
    RecordError
        If the answers are not one column of simple values.

    Examples
    --------
    >>> distinct_answers(["yes", None, "yes"], "answers")[1:]
    (array([ 0, -1,  0]), ['yes'])
    """
    from pandas import factorize  # noqa: PLC0415 - pandas takes long to import and numbers do not need it

    column = one_column(answers, where)
    try:
        codes, distinct = factorize(column)
    except TypeError as error:
        raise RecordError(Problem(what="not simple values", where=where, got=str(error))) from None
    return column, codes.astype(np.int64), distinct.tolist()


def survey_weights(weights: ArrayLike, rows: int, *, where: str = "weights") -> FloatArray:
    """Read survey weights, scaled so that the largest is 1.

    Parameters
    ----------
    weights
        One weight per answer, ``(n_answers,)``, not negative and not all zero.
    rows
        Number of answers.
    where
        What the weights are called in an error.

    Returns
    -------
    A new array, ``(n_answers,)``; scaling cancels in every weighted estimate.

    Raises
    ------
    RecordError
        If weights are missing, negative, infinite, all zero or not one per answer.

    Examples
    --------
    >>> survey_weights([2, 4], 2)
    array([0.5, 1. ])
    """
    column = one_column(weights, where)
    values, not_numbers = _numbers(column, where)
    bad = not_numbers | ~np.isfinite(values) | (values < 0.0)
    problems = flag_answers(column, bad, where=where, allowed="finite weights of at least 0")
    if column.size != rows:
        problems.append(Problem(what="not one weight per answer", where=where, allowed=str(rows), got=str(column.size)))
    elif rows and not problems and not values.any():
        problems.append(Problem(what="every weight is zero", where=where))
    if problems:
        raise RecordError(*problems)
    return values / values.max() if rows else values


def effective_sample_size(weights: FloatArray) -> float:
    """Count the equally weighted answers that weighted ones are worth.

    ``n_eff = (sum w)^2 / sum w^2``, that is n over the design effect ``1 + cv(w)^2``.

    Parameters
    ----------
    weights
        Weights as `survey_weights` reads them, ``(n_answers,)``.

    Returns
    -------
    The effective number of answers, 0 without any.

    References
    ----------
    Kish, L. (1965). *Survey Sampling*, section 11.7.

    Examples
    --------
    >>> import numpy as np
    >>> effective_sample_size(np.array([1.0, 1.0, 0.5, 0.5]))
    3.6
    """
    square = float((weights * weights).sum())
    return float(weights.sum()) ** 2 / square if square > 0.0 else 0.0


def one_column(answers: ArrayLike, where: str) -> NDArray[Any]:
    """Read one value per row as it came: numbers and text side by side stay what they are.

    Parameters
    ----------
    answers
        Anything like a column; masked values become ``None``.
    where
        What it is called in an error.

    Raises
    ------
    RecordError
        If it is not one value per row.

    Examples
    --------
    >>> one_column([9, "nine"], "answers")
    array([9, 'nine'], dtype=object)
    """
    if isinstance(answers, np.ma.MaskedArray):
        masked = np.ma.getmaskarray(answers)
        answers = np.ma.getdata(answers).astype(object)
        answers[masked] = None
    try:
        column = np.asarray(answers)
        if column.dtype.kind in "US" and not isinstance(answers, np.ndarray):
            column = np.asarray(answers, dtype=object)  # a list of 9 and "nine" would turn into text alone
    except ValueError as error:
        raise RecordError(Problem(what="not one answer per row", where=where, got=str(error))) from None
    if column.ndim != 1:
        raise RecordError(Problem(what="not one answer per row", where=where, got=f"shape {column.shape}"))
    return column


def _numbers(column: NDArray[Any], where: str) -> tuple[FloatArray, BoolArray]:
    if column.dtype.kind in "iuf":
        return column.astype(np.float64), np.zeros(column.size, dtype=np.bool_)
    if column.dtype.kind != "O":
        return np.full(column.size, np.nan), np.ones(column.size, dtype=np.bool_)
    column, codes, distinct = distinct_answers(column, where)
    read = [_number(answer) for answer in distinct]
    values = np.array([*(np.nan if number is None else number for number in read), np.nan])
    unreadable = np.array([*(number is None for number in read), False])
    return values[codes], unreadable[codes]


def _number(answer: object) -> float | None:
    if isinstance(answer, str | bytes | bool | np.bool_):
        return None
    try:
        return float(answer)  # type: ignore[arg-type] # anything that calls itself a number may be one
    except (TypeError, ValueError, OverflowError):
        return None


def _on_scale(values: FloatArray, lowest: int, highest: int) -> BoolArray:
    on_scale: BoolArray = (values >= lowest) & (values <= highest) & (values == np.round(values))
    return on_scale
