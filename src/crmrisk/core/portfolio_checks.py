"""What a portfolio accepts: unique ids, one value per customer, names for labels, points in time for ``since``."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from math import isnan
from typing import TYPE_CHECKING, Any, TypeAlias, cast

import numpy as np

from crmrisk.core.arguments import is_whole
from crmrisk.core.arrays import BoolArray, IntArray, ObjectArray, frozen_objects
from crmrisk.core.errors import CrmRiskError, PortfolioError, Problem, RecordError
from crmrisk.core.instants import instant
from crmrisk.core.row_names import named_rows, refuse_other_order

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from numpy.typing import ArrayLike

    from crmrisk.core.arrays import Names

__all__ = [
    "Collector",
    "MomentArray",
    "frozen_labels",
    "frozen_moments",
    "frozen_tags",
    "id_problems",
    "length_problems",
    "name_problems",
    "order_problems",
    "positions",
]

MomentArray: TypeAlias = np.ndarray[Any, np.dtype[np.datetime64]]

_NO_COLUMNS = ("customer_id", "since", "tags")
_LABELS = ("segment", "tier")
_LONGEST_NAME = 200
_YEARS = (1, 9999)


class Collector:
    """Freeze array after array and keep what is wrong with each, to report it all at once.

    Examples
    --------
    >>> collect = Collector()
    >>> collect(frozen_labels, [3], "segment"), str(collect.problems[0])
    (None, 'segment: 1 value(s) that are no names; allowed: text, or None for unrated; got: 3')
    """

    def __init__(self) -> None:
        self.problems: list[Problem] = []

    def __call__(self, freeze: Callable[..., Any], values: Any, where: str) -> Any:
        """Freeze, or note what is wrong and return ``None``."""
        try:
            return freeze(values, where=where)
        except PortfolioError as error:
            self.problems.extend(error.problems)
            return None


def frozen_labels(values: Names, *, where: str) -> ObjectArray:
    """Copy names into a read-only array; whatever the engine calls missing becomes ``None``.

    Parameters
    ----------
    values
        Text, ``(n_customers,)``; ``None``, NaN and empty text are unrated.
    where
        What the array is called in an error.

    Raises
    ------
    PortfolioError
        If a value is neither text nor missing.

    Examples
    --------
    >>> frozen_labels(["retail", float("nan"), ""], where="segment")
    array(['retail', None, None], dtype=object)
    """
    array = frozen_objects(cast("ArrayLike", values), where=where)
    rows = array.tolist()
    if set(map(type, rows)) <= {str, type(None)} and "" not in rows:
        return array
    names = [None if _is_missing(value) else value for value in rows]
    strange = [value for value in names if value is not None and not isinstance(value, str)]
    if strange:
        what = f"{len(strange)} value(s) that are no names"
        got = ", ".join(repr(value)[:50] for value in strange[:3])
        raise PortfolioError(Problem(what=what, where=where, allowed="text, or None for unrated", got=got))
    return frozen_objects(_column_of(names), where=where)


def frozen_moments(values: ArrayLike | Sequence[date | datetime | None], *, where: str) -> MomentArray:
    """Copy points in time into a read-only array; aware ones become UTC.

    Parameters
    ----------
    values
        Dates, datetimes or ISO 8601 text, ``(n_customers,)``; ``None`` and ``NaT`` are unknown. Never bare numbers.
    where
        What the array is called in an error.

    Raises
    ------
    PortfolioError
        If a value is no point in time between the years 1 and 9999.

    Examples
    --------
    >>> from datetime import date
    >>> frozen_moments([date(2020, 1, 31), None], where="since")
    array(['2020-01-31T00:00:00.000000',                        'NaT'], dtype='datetime64[us]')
    """
    given = (
        np.asarray(values) if hasattr(values, "__array__") else frozen_objects(cast("ArrayLike", values), where=where)
    )
    moments = given if given.dtype.kind == "M" else _moments_one_by_one(given, where)
    years = moments[~np.isnat(moments)].astype("datetime64[Y]").astype(np.int64) + 1970
    if moments.ndim != 1 or (years.size and not _YEARS[0] <= years.min() <= years.max() <= _YEARS[1]):
        allowed = "one point in time per customer, in the years 1 to 9999"
        raise PortfolioError(Problem(what="not points in time", where=where, allowed=allowed, got=str(moments)[:100]))
    frozen = np.array(moments, dtype="datetime64[us]")
    frozen.flags.writeable = False
    return frozen


def _moments_one_by_one(values: np.ndarray[Any, Any], where: str) -> MomentArray:
    moments = np.full(values.shape, "NaT", dtype="datetime64[us]")
    problems = []
    for row, value in np.ndenumerate(values):
        try:
            moments[row] = _moment(value)
        except (CrmRiskError, ValueError, TypeError):
            problems.append(f"{value!r} in row {row[0] if row else 0}")
    if problems:
        got = ", ".join(problems[:3])[:200]
        what = f"{len(problems)} value(s) that are no points in time"
        raise PortfolioError(Problem(what=what, where=where, allowed="dates, datetimes or ISO 8601 text", got=got))
    return moments


def _moment(value: Any) -> np.datetime64 | datetime:
    if _is_missing(value):
        return np.datetime64("NaT")
    if isinstance(value, np.datetime64):
        return value
    moment = datetime.fromisoformat(value) if isinstance(value, str) else value
    if not isinstance(moment, date):
        raise TypeError
    return instant(moment).replace(tzinfo=None)


def frozen_tags(tags: Any, *, where: str) -> ObjectArray:
    """Copy each customer's tags into a read-only array of tuples.

    Parameters
    ----------
    tags
        A collection of text for each customer, ``(n_customers,)``; ``None`` is no tags.
    where
        What the array is called in an error.

    Raises
    ------
    PortfolioError
        If a row is no collection of text.

    Examples
    --------
    >>> frozen_tags([["vip"], None], where="tags")
    array([('vip',), ()], dtype=object)
    """
    if isinstance(tags, str) or not hasattr(tags, "__iter__"):
        raise PortfolioError(Problem(what="not one collection of tags per customer", where=where, got=repr(tags)[:100]))
    rows = [() if _is_missing(row) else row for row in tags]
    strange = [row for row in rows if not _is_row_of_tags(row)]
    if strange:
        got = ", ".join(repr(row)[:50] for row in strange[:3])
        what = f"{len(strange)} row(s) that are no collection of text"
        raise PortfolioError(Problem(what=what, where=where, allowed='e.g. ("vip", "press")', got=got))
    array = _column_of([tuple(row) for row in rows])
    array.flags.writeable = False
    return array


def _is_row_of_tags(row: Any) -> bool:
    collection = hasattr(row, "__iter__") and not isinstance(row, str | Mapping)
    return collection and all(isinstance(tag, str) and tag for tag in row)


def _is_missing(value: Any) -> bool:
    if isinstance(value, str):
        return not value
    return value is None or (isinstance(value, float) and isnan(value)) or type(value).__name__ in {"NAType", "NaTType"}


def _column_of(rows: list[Any]) -> ObjectArray:
    column: ObjectArray = np.empty(len(rows), dtype=object)
    column[:] = rows
    return column


def id_problems(ids: ObjectArray) -> list[Problem]:
    """List what is wrong with identifiers: missing, no text, or repeated.

    Parameters
    ----------
    ids
        Identifiers, ``(n_customers,)``.

    Examples
    --------
    >>> import numpy as np
    >>> [str(problem) for problem in id_problems(np.array(["C1", "C1"], dtype=object))]
    ["customer_id: 1 duplicate id(s); got: 'C1'"]
    """
    values = ids.tolist()
    strange = [value for value in values if not isinstance(value, str) or not value]
    if strange:
        got = ", ".join(repr(value)[:50] for value in strange[:3])
        what = f"{len(strange)} id(s) missing or no text"
        remedy = "write numbers as text: [str(each) for each in ids]" if any(map(is_whole, strange)) else ""
        return [Problem(what=what, where="customer_id", allowed="text", got=got, remedy=remedy)]
    repeated = len(values) - len(set(values))
    if not repeated:
        return []
    seen: set[str] = set()
    first = next(value for value in values if value in seen or seen.add(value))  # type: ignore[func-returns-value]  # add returns None: the usual way to find a repetition
    return [Problem(what=f"{repeated} duplicate id(s)", where="customer_id", got=repr(first)[:50])]


def length_problems(n: int, arrays: Iterable[tuple[str, np.ndarray[Any, Any] | None]]) -> list[Problem]:
    """List the arrays that have not one value per customer.

    Parameters
    ----------
    n
        The number of customers.
    arrays
        Names and arrays; ``None`` is an array that is reported already.

    Examples
    --------
    >>> import numpy as np
    >>> [str(problem) for problem in length_problems(2, [("age", np.zeros(3))])]
    ['age: length differs from customer_id; allowed: 2; got: 3']
    """
    return [
        Problem(what="length differs from customer_id", where=name, allowed=str(n), got=str(len(array)))
        for name, array in arrays
        if array is not None and len(array) != n
    ]


def order_problems(given: Any, ids: ObjectArray, columns: Mapping[str, Any]) -> list[Problem]:
    """List the pandas columns whose names of rows are the customers, or the rows of their ids, in another order.

    Parameters
    ----------
    given
        The ids as they were given, or ``None``.
    ids
        The ids.
    columns
        Name to column; what is no pandas column has no names of rows.

    Examples
    --------
    >>> import pandas as pd
    >>> spend = pd.Series([90, 40], index=["C2", "C1"])
    >>> [problem.what for problem in order_problems(None, np.array(["C1", "C2"], dtype=object), {"spend": spend})]
    ['rows of customer_id in another order']
    """
    named = {name: column for name, column in columns.items() if hasattr(getattr(column, "index", None), "equals")}
    found: list[Problem] = []
    for rows in (given, named_rows(ids)) if named else ():
        try:
            refuse_other_order(customer_id=rows, **named)
        except RecordError as error:
            found.extend(error.problems)
    return found


def name_problems(columns: Mapping[str, Any], labels: Mapping[str, Any], units: Mapping[str, str]) -> list[Problem]:
    """List what is wrong with the names of columns, labels and units.

    Parameters
    ----------
    columns, labels, units
        What the caller gave.

    Examples
    --------
    >>> [str(problem) for problem in name_problems({"tier": [1]}, {}, {})]
    ['tier: is a label; allowed: text, given as labels']
    """
    given = {"columns": columns, "labels": labels, "units": units}
    problems = [
        Problem(what="maps no names to values", where=where, allowed="a mapping", got=type(value).__name__)
        for where, value in given.items()
        if not isinstance(value, Mapping) and not hasattr(value, "items")
    ]
    return problems or [
        *(
            Problem(what="not a name", where="columns, labels", got=repr(n)[:50])
            for n in [*columns, *labels]
            if not _is_name(n)
        ),
        *(
            Problem(what="has a place of its own", where=n, remedy=f"pass it as `{n}=`")
            for n in _NO_COLUMNS
            if n in columns or n in labels
        ),
        *(Problem(what="is a label", where=n, allowed="text, given as labels") for n in _LABELS if n in columns),
        *(
            Problem(what="is both a column and a label", where=repr(n), remedy="rename one")
            for n in columns
            if n in labels
        ),
        *(
            Problem(what="is no unit", where=f"units[{n!r}]", allowed="text", got=repr(u)[:50])
            for n, u in units.items()
            if not isinstance(u, str)
        ),
    ]


def _is_name(name: Any) -> bool:
    return isinstance(name, str) and 0 < len(name) <= _LONGEST_NAME and name == name.strip() and "\n" not in name


def positions(rows: Any, n: int) -> IntArray:
    """Turn positions or a mask into positions that exist and do not repeat.

    Parameters
    ----------
    rows
        Positions, or a mask ``(n_customers,)``.
    n
        The number of customers.

    Raises
    ------
    PortfolioError
        If a position does not exist or repeats, or the mask has another length.

    Examples
    --------
    >>> positions([True, False, True], 3)
    array([0, 2])
    """
    wanted: IntArray | BoolArray = np.asarray(rows, dtype=None if np.size(rows) else np.int64)
    try:
        found = np.arange(n)[wanted]
    except IndexError as error:
        raise PortfolioError(Problem(what="no such row", where="rows", allowed=f"0..{n - 1}", got=str(error))) from None
    if found.ndim != 1 or (wanted.dtype != np.bool_ and np.bincount(found, minlength=1).max() > 1):
        what = "not one list of rows, each once"
        raise PortfolioError(
            Problem(what=what, where="rows", got=f"{found.size} rows, {len(np.unique(found))} different")
        )
    return found
