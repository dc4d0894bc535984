"""Whether an argument is what it should be: the ordinary mix-ups, said before anything fails deeper down."""

from __future__ import annotations

from crmrisk.core.errors import InvalidValueError, Problem

__all__ = ["expect"]


def expect(value: object, kind: type | tuple[type, ...], *, where: str, remedy: str = "") -> None:
    """Refuse an argument of the wrong kind.

    Parameters
    ----------
    value
        What was passed.
    kind
        What it should be an instance of.
    where
        Which argument of what.
    remedy
        What to do.

    Raises
    ------
    InvalidValueError
        If it is something else.

    Examples
    --------
    >>> expect(3, str, where="f(name)", remedy="pass text")
    Traceback (most recent call last):
    crmrisk.core.errors.InvalidValueError: f(name): not what is expected; allowed: str; got: int; remedy: pass text
    """
    if not isinstance(value, kind):
        kinds = kind if isinstance(kind, tuple) else (kind,)
        allowed = " or ".join(each.__name__ for each in kinds if each is not type(None))
        raise InvalidValueError(
            Problem(what="not what is expected", where=where, allowed=allowed, got=type(value).__name__, remedy=remedy)
        )
