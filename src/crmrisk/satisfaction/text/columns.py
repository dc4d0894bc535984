"""Columns of texts and what stands beside them: read once, every row that cannot be used is named."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

import numpy as np

from crmrisk.core.errors import InvalidValueError, Problem, RecordError
from crmrisk.satisfaction.answers import distinct_answers
from crmrisk.satisfaction.flagging import rows_listed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike, NDArray

    from crmrisk.core.arrays import BoolArray, IntArray

__all__ = ["label_column", "language_mask", "text_column", "time_column"]


def text_column(texts: ArrayLike | Sequence[str | None] | str) -> tuple[IntArray, list[str]]:
    """Read a column of texts; each different text is looked at once.

    Parameters
    ----------
    texts
        One text per row, ``(n_texts,)``, ``None`` or NaN where there is none; one text alone is a column of one.

    Returns
    -------
    Per row the place of its text in the list, -1 where there is none; the different texts.

    Raises
    ------
    RecordError
        If there is anything but text, with its rows, or not one text per row.

    Examples
    --------
    >>> text_column(["late", None, "late"])
    (array([ 0, -1,  0]), ['late'])
    """
    column = [texts] if isinstance(texts, str) else _column_like(texts, "texts")
    values, codes, distinct = distinct_answers(column, "texts")
    strange = np.array([not isinstance(text, str) for text in distinct] + [False], dtype=np.bool_)[codes]
    if values.size and strange.any():
        rows = np.flatnonzero(strange)
        what = f"{rows.size} row(s) hold no text, {rows_listed(rows)}"
        raise RecordError(Problem(what=what, where="texts", allowed="text, or None", got=repr(values[rows[0]])[:80]))
    return codes, [str(text) for text in distinct]


def label_column(labels: ArrayLike, rows: int, *, where: str) -> NDArray[Any]:
    """Read identifiers or names, one per text and none missing.

    Parameters
    ----------
    labels
        Text or whole numbers, ``(n_texts,)``.
    rows
        Number of texts.
    where
        What the column is called.

    Returns
    -------
    A new array of objects, ``(n_texts,)``.

    Raises
    ------
    RecordError
        If labels are missing, neither text nor whole numbers, or not one per text.

    Examples
    --------
    >>> label_column([17, "B"], 2, where="customer_id")
    array([17, 'B'], dtype=object)
    """
    values, codes, distinct = distinct_answers(_column_like(labels, where), where)
    problems = _length_problems(values.size, rows, where)
    good = [isinstance(each, str | int | np.integer) and not isinstance(each, bool) for each in distinct]
    whole = [isinstance(each, float) and each.is_integer() for each in distinct]
    usable = np.array([a or b for a, b in zip(good, whole, strict=True)] + [False], dtype=np.bool_)[codes]
    if values.size and not usable.all():
        bad = np.flatnonzero(~usable)
        what = f"{bad.size} missing or no text or whole number, {rows_listed(bad)}"
        problems.append(Problem(what=what, where=where, got=repr(values[bad[0]])[:80]))
    if problems:
        raise RecordError(*problems)
    plain = np.array([*(int(each) if isinstance(each, float) else each for each in distinct), None], dtype=object)
    return plain[codes]


def time_column(at: ArrayLike, rows: int) -> tuple[NDArray[np.datetime64], bool]:
    """Read points in time, one per text and none missing.

    Parameters
    ----------
    at
        Dates, timestamps or ISO 8601 text, ``(n_texts,)``; aware ones become UTC.
    rows
        Number of texts.

    Returns
    -------
    Microseconds since 1970, ``(n_texts,)``, and whether they are aware.

    Raises
    ------
    RecordError
        If times are missing, no times, naive and aware mixed, or not one per text.

    Examples
    --------
    >>> time_column(["2026-01-01"], 1)
    (array(['2026-01-01T00:00:00.000000'], dtype='datetime64[us]'), False)
    """
    import pandas as pd  # noqa: PLC0415 - takes long to import; scoring texts alone does not need it

    given = _column_like(at, "at")
    if not isinstance(given, pd.Series | pd.Index | np.ndarray):
        given = pd.Series(given.to_pylist() if hasattr(given, "to_pylist") else list(given), dtype=object)
    if given.ndim != 1 or given.dtype.kind in "biufc" or _numeric(given):
        raise RecordError(Problem(what="not one time per text", where="at", allowed="dates or timestamps"))
    try:
        index = pd.DatetimeIndex(pd.to_datetime(given, format="ISO8601", utc=_all_aware(given)))
    except (ValueError, TypeError, OverflowError) as error:
        remedy = "parse them first, e.g. pandas.to_datetime(..., format=..., utc=True)"
        raise RecordError(Problem(what="not times", where="at", got=str(error)[:200], remedy=remedy)) from None
    problems = _length_problems(len(index), rows, "at")
    missing = np.flatnonzero(np.asarray(index.isna()))
    if missing.size:
        problems.append(Problem(what=f"{missing.size} time(s) missing, {rows_listed(missing)}", where="at"))
    if problems:
        raise RecordError(*problems)
    aware = index.tz is not None
    plain = index.tz_convert("UTC").tz_localize(None) if aware else index
    return plain.to_numpy().astype("datetime64[us]"), aware


def language_mask(language: str | ArrayLike | None, rows: int, known: tuple[str, ...]) -> BoolArray:
    """Tell which rows are in a language that a scorer knows.

    Parameters
    ----------
    language
        One code for all rows, one per row, or ``None`` where every row is to be scored.
    rows
        Number of texts.
    known
        The scorer's languages.

    Returns
    -------
    ``(n_texts,)``; texts in other languages are unrated, and so are those whose language is missing.

    Raises
    ------
    InvalidValueError
        If the one code for all rows is not known.
    RecordError
        If there is not one code per row.

    Examples
    --------
    >>> language_mask(["en", "fr"], 2, ("en", "zh"))
    array([ True, False])
    """
    if language is None:
        return np.ones(rows, dtype=np.bool_)
    if isinstance(language, str):
        if language.lower().split("-")[0] not in known:
            allowed = ", ".join(known)
            raise InvalidValueError(Problem(what="not known", where="language", allowed=allowed, got=repr(language)))
        return np.ones(rows, dtype=np.bool_)
    values, codes, distinct = distinct_answers(_column_like(language, "language"), "language")
    problems = _length_problems(values.size, rows, "language")
    if problems:
        raise RecordError(*problems)
    return np.array([str(code).lower().split("-")[0] in known for code in distinct] + [False], dtype=np.bool_)[codes]


def _numeric(given: Any) -> bool:
    """Tell numbers among the values, which pandas would take for nanoseconds."""
    sample = [] if given.dtype.kind == "M" else [each for each in given.tolist() if each is not None]
    return any(isinstance(each, bool | int | float | complex) and each == each for each in sample)  # noqa: PLR0124 - NaN differs from itself


def _all_aware(given: Any) -> bool:
    """Tell whether times have zones, maybe several, that one column can hold in UTC only."""
    values = given.tolist() if given.dtype.kind == "O" else []
    zones = {each.tzinfo is not None for each in values if isinstance(each, datetime) and each == each}  # noqa: PLR0124 - NaT differs from itself
    if len(zones) > 1:
        message = "naive and aware times mixed"
        raise ValueError(message)
    return zones == {True}


def _column_like(column: Any, where: str) -> Any:
    if isinstance(column, dict | set | bytes | str) or not hasattr(column, "__len__"):
        allowed = "a list, array or column"
        raise RecordError(Problem(what="not one value per row", where=where, allowed=allowed, got=repr(column)[:80]))
    return column


def _length_problems(size: int, rows: int, where: str) -> list[Problem]:
    if size == rows:
        return []
    return [Problem(what="not one per text", where=where, allowed=str(rows), got=str(size))]
