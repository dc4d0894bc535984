"""Mentions of topics, counted: by customer, by entity, by day."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from crmrisk.core.arrays import BoolArray, IntArray

__all__ = ["daily_counts", "days_of", "grouped"]


def grouped(mentions: pd.DataFrame, by: list[str], threshold: float, *, level: float | None = None) -> pd.DataFrame:
    """Count mentions and average their polarity, group by group.

    Parameters
    ----------
    mentions
        As `TextSignals.mentions` returns them.
    by
        The columns that make a group, the topic last.
    threshold
        Polarity at or below which a mention is negative.
    level
        Nominal coverage of Wilson limits for the negative share; ``None`` leaves them out.

    Returns
    -------
    One row per group that occurs, in order of first appearance and of topics.

    Examples
    --------
    >>> import pandas as pd
    >>> at = pd.to_datetime(["2026-01-01", "2026-01-02"])
    >>> said = pd.DataFrame({"customer_id": "A", "topic": "staff", "polarity": [-0.5, 0.25], "at": at})
    >>> grouped(said, ["customer_id", "topic"], -0.1)[["n", "polarity", "negative"]]
       n  polarity  negative
    0  2    -0.125         1
    """
    marked = mentions.assign(below=mentions["polarity"] <= threshold)
    found = marked.groupby(by, sort=False, observed=True).agg(
        n=("polarity", "size"),
        rated=("polarity", "count"),
        polarity=("polarity", "mean"),
        negative=("below", "sum"),
        first_at=("at", "min"),
        last_at=("at", "max"),
    )
    table = found.reset_index().astype({"topic": "str", "n": "int64", "rated": "int64", "negative": "int64"})
    return table if level is None else _with_shares(table, level)


def _with_shares(table: pd.DataFrame, level: float) -> pd.DataFrame:
    from crmrisk.satisfaction.proportion_intervals import wilson_interval  # noqa: PLC0415 - imports scipy

    rated = table["rated"].to_numpy(dtype=np.float64)
    some = rated > 0.0
    low, high = (np.full(rated.size, np.nan) for _ in range(2))
    low[some], high[some] = wilson_interval(table["negative"].to_numpy(dtype=np.float64)[some], rated[some], level)
    share = table["negative"] / table["rated"].where(table["rated"] > 0)
    return table.assign(negative_share=share, negative_low=low, negative_high=high)


def days_of(at: NDArray[np.datetime64]) -> IntArray:
    """Count whole days since 1970.

    Parameters
    ----------
    at
        Points in time, ``(n_texts,)``.

    Examples
    --------
    >>> days_of(np.array(["1970-01-02T13:00"], dtype="datetime64[us]"))
    array([1])
    """
    return at.astype("datetime64[D]").astype(np.int64)


def daily_counts(days: IntArray, rows: IntArray | NDArray[np.intp], negative: BoolArray) -> pd.DataFrame:
    """Count texts and negative ones by day, with every day between the first and the last.

    Parameters
    ----------
    days
        The day of every text, ``(n_texts,)``; these set the first and the last day.
    rows
        Which texts to count, ``(n_counted,)``.
    negative
        Which of these are negative, ``(n_counted,)``.

    Examples
    --------
    >>> daily_counts(np.array([0, 2]), np.array([0, 1]), np.array([True, False]))["n"].tolist()
    [1, 0, 1]
    """
    import pandas as pd  # noqa: PLC0415 - takes long to import; scoring texts alone does not need it

    first, size = (int(days.min()), int(days.max() - days.min()) + 1) if days.size else (0, 0)
    counted = [np.bincount(days[some] - first, minlength=size) for some in (rows, rows[negative])]
    dates = (first + np.arange(size)).astype("datetime64[D]").astype("datetime64[us]")
    return pd.DataFrame({"date": dates, "n": counted[0], "negative": counted[1]})
