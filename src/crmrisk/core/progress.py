"""Showing progress: a callback of the caller's, or a bar where the ``progress`` extra is installed. Nothing prints."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, TypeAlias

from crmrisk.core.errors import InvalidValueError, MissingExtraError, Problem

__all__ = ["Bar", "Progress", "progress_callback"]

Progress: TypeAlias = Callable[[int, int], None]
"""Called with (done, all) after each step."""

Bar: TypeAlias = Literal["bar"]
"""Asks for a bar."""


def progress_callback(progress: Progress | Bar | None) -> Progress:
    """Turn what a caller asked for into a callback.

    Parameters
    ----------
    progress
        A callback; ``"bar"`` for a tqdm bar; ``None`` for silence.

    Returns
    -------
    The callback.

    Raises
    ------
    MissingExtraError
        If a bar is asked for and tqdm is not installed.
    InvalidValueError
        If it is none of them.

    Examples
    --------
    >>> progress_callback(None)(1, 2)
    >>> seen = []
    >>> progress_callback(lambda done, all_: seen.append((done, all_)))(1, 2)
    >>> seen
    [(1, 2)]
    """
    if isinstance(progress, str) and progress == "bar":
        return _bar()
    if progress is not None and not callable(progress):
        allowed, got = '"bar", None, or a function of (done, all)', repr(progress)[:100]
        raise InvalidValueError(Problem(what="no way to show progress", where="progress", allowed=allowed, got=got))
    return progress or _silent


def _silent(done: int, all_: int, /) -> None:
    """Say nothing."""


def _bar() -> Progress:
    try:
        from tqdm.auto import tqdm  # noqa: PLC0415 - an extra
    except ImportError:
        raise MissingExtraError(
            Problem(what="a progress bar needs tqdm", where="progress", remedy="pip install 'crmrisk[progress]'")
        ) from None
    bar = tqdm(leave=False, mininterval=0)

    def update(done: int, all_: int) -> None:
        bar.total = all_
        bar.update(done - bar.n)
        if done == all_:
            bar.close()

    return update
