"""What callers say about requirements by name: performance, costs, benefits; read and checked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmrisk.core.arguments import is_number
from crmrisk.core.errors import Problem

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

__all__ = ["named_numbers"]


def named_numbers(
    numbers: Mapping[str, float] | None,
    names: Iterable[str],
    problems: list[Problem],
    *,
    where: str,
    most: float | None = None,
    positive: bool = False,
) -> dict[str, float]:
    """Read numbers by requirement, from a mapping or a pandas series.

    Parameters
    ----------
    numbers
        Requirement to its number; ``None`` for none.
    names
        The requirements there are.
    problems
        Where everything that is wrong is added.
    where
        What the numbers are called in an error.
    most
        The largest number allowed.
    positive
        Whether 0 is refused.

    Returns
    -------
    The numbers.

    Examples
    --------
    >>> problems = []
    >>> named_numbers({"gift": -1}, ["gift"], problems, where="costs"), str(problems[0])
    ({}, "costs['gift']: not usable; allowed: a finite number >= 0; got: -1")
    """
    if numbers is None:
        return {}
    if not hasattr(numbers, "items"):
        allowed = "a mapping from requirement to number"
        problems.append(Problem(what="not a mapping", where=where, allowed=allowed, got=repr(numbers)[:100]))
        return {}
    known, read = tuple(dict.fromkeys(names)), {}
    allowed = f"a finite number {'> 0' if positive else '>= 0'}" if most is None else f"0 to {most:g}"
    limit = 2.0**1000 if most is None else most
    for name, number in numbers.items():
        place = f"{where}[{name!r}]"
        if name not in known:
            problems.append(Problem(what="no such requirement", where=place, allowed=", ".join(known)))
        elif not is_number(number) or not 0.0 <= number <= limit or (positive and not number):
            problems.append(Problem(what="not usable", where=place, allowed=allowed, got=repr(number)))
        else:
            read[str(name)] = float(number)
    return read
