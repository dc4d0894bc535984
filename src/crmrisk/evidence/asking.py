"""Asking an engine: the one place where its own errors become ours, with the table they are about."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from crmrisk.core.errors import CrmRiskError, EngineError, Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    import narwhals.stable.v2 as nw
    import pyarrow as pa

__all__ = ["answer", "asking"]


def answer(query: nw.LazyFrame[Any], *, where: str) -> pa.Table:
    """Run a query in its engine.

    Parameters
    ----------
    query
        Any narwhals query.
    where
        What it is called in an error.

    Raises
    ------
    EngineError
        If the engine fails, for instance because the caller's own query does, or its connection is closed.

    Examples
    --------
    >>> import narwhals.stable.v2 as nw
    >>> import pyarrow as pa
    >>> answer(nw.from_native(pa.table({"x": [1]})).lazy(), where="facts").to_pylist()
    [{'x': 1}]
    """
    with asking(where):
        table: pa.Table = query.collect("pyarrow").to_native()
        return table


@contextmanager
def asking(where: str) -> Iterator[None]:
    """Turn what an engine raises into `EngineError`; its own error stays the cause.

    Parameters
    ----------
    where
        The table or query, for the error.

    Raises
    ------
    EngineError
        If anything but crmrisk itself raised.

    Examples
    --------
    >>> with asking("transactions"):
    ...     raise OSError("connection closed")
    Traceback (most recent call last):
    crmrisk.core.errors.EngineError: transactions: the engine failed; got: OSError: connection closed; remedy: ...
    """
    try:
        yield
    except (CrmRiskError, MemoryError):
        raise
    except Exception as error:
        got = f"{type(error).__name__}: {' '.join(str(error).split())[:200]}"
        remedy = "see whether the table can be read by itself: its query, its connection, its types"
        raise EngineError(Problem(what="the engine failed", where=where, got=got, remedy=remedy)) from error
