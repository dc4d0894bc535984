"""The names of the ways to share out R², and the function behind each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypeAlias, get_args

from crmrisk.satisfaction.drivers.sampled import check_permutations, entry_orders, sampled_shapley
from crmrisk.satisfaction.drivers.shares import (
    EXACT_DRIVERS,
    beta_squared_importance,
    first_importance,
    last_importance,
    relative_weights,
    shapley_importance,
)
from crmrisk.satisfaction.numerics import check_method

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np

    from crmrisk.core.arrays import FloatArray

__all__ = ["ImportanceMethod", "check_importance_method", "sharing", "sharing_error"]

ImportanceMethod: TypeAlias = Literal["shapley", "lmg", "relative weights", "johnson", "first", "last", "beta squared"]
"""How R² is shared out; ``"lmg"`` is Shapley's and ``"johnson"`` relative weights under another name."""

_FUNCTIONS = {
    "shapley": shapley_importance,
    "lmg": shapley_importance,
    "relative weights": relative_weights,
    "johnson": relative_weights,
    "first": first_importance,
    "last": last_importance,
    "beta squared": beta_squared_importance,
}


def check_importance_method(method: ImportanceMethod) -> ImportanceMethod:
    """Find a way to share out R² by its name, and refuse one that there is not.

    Parameters
    ----------
    method
        Its name.

    Returns
    -------
    The name as it is known here.

    Raises
    ------
    InvalidValueError
        If there is none of that name.

    Examples
    --------
    >>> check_importance_method("shapley")
    'shapley'
    """
    return check_method(method, get_args(ImportanceMethod))


def sharing(
    method: ImportanceMethod, drivers: int, *, permutations: int, rng: np.random.Generator, spare: int = 0
) -> Callable[[FloatArray, FloatArray], FloatArray]:
    """Find the function that shares out R².

    Parameters
    ----------
    method
        Its name.
    drivers
        Number of drivers it will share among.
    permutations
        Orders of entry sampled where there are too many drivers for every subset.
    rng
        Source of randomness of those.
    spare
        Drivers more than `EXACT_DRIVERS` that are still fitted exactly.

    Returns
    -------
    Function of correlations ``(..., p, p)`` and ``(..., p)`` to shares ``(..., p)``.

    Raises
    ------
    InvalidValueError
        If there is none of that name, or the number of permutations is none.

    Examples
    --------
    >>> import numpy as np
    >>> share = sharing("lmg", 2, permutations=4, rng=np.random.default_rng(0))
    >>> share([[1.0, 0.5], [0.5, 1.0]], [0.6, 0.3]).round(4)
    array([0.315, 0.045])
    """
    method = check_importance_method(method)
    check_permutations(permutations)
    if _FUNCTIONS[method] is not shapley_importance or drivers <= EXACT_DRIVERS + spare:
        return _FUNCTIONS[method]
    orders = entry_orders(drivers, permutations, rng)
    return lambda R, r: sampled_shapley(R, r, orders)[0]


def sharing_error(
    method: ImportanceMethod, R: FloatArray, r: FloatArray, *, permutations: int, rng: np.random.Generator
) -> list[float]:
    """Say how far sampled orders of entry may be off.

    Parameters
    ----------
    method
        How R² is shared out.
    R, r
        Correlations among the drivers, ``(p, p)``, and with the outcome, ``(p,)``.
    permutations
        Orders of entry sampled.
    rng
        Source of randomness in the state `sharing` found it.

    Returns
    -------
    Monte Carlo standard errors, one per driver; 0 where every subset was fitted.

    Examples
    --------
    >>> import numpy as np
    >>> sharing_error("shapley", np.eye(2), np.zeros(2), permutations=4, rng=np.random.default_rng(0))
    [0.0, 0.0]
    """
    if _FUNCTIONS[method] is not shapley_importance or r.size <= EXACT_DRIVERS:
        return [0.0] * r.size
    errors: list[float] = sampled_shapley(R, r, entry_orders(r.size, permutations, rng))[1].tolist()
    return errors
