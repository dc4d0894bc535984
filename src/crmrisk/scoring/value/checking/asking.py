"""What the checks are asked with: a model itself, not its fit, and the candidates to choose from by name or class."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, TypeVar, cast

from crmrisk.core.arguments import is_whole
from crmrisk.core.errors import InvalidValueError, Problem
from crmrisk.core.expecting import expect
from crmrisk.core.model import Model
from crmrisk.scoring.value.buying import BuyingUntilDropout
from crmrisk.scoring.value.checking.holdout import Holdout

if TYPE_CHECKING:
    from crmrisk.scoring.value.names import Family

__all__ = ["MOST_GROUPS", "asked_models", "expect_groups", "expect_holdout", "expect_model"]

M = TypeVar("M", bound=Model)

MOST_GROUPS = 1_000
"""More groups nobody reads, and each costs a pass over the customers."""


def expect_model(model: object, kind: type[Model] = BuyingUntilDropout, *, where: str = "model") -> None:
    """Refuse what is no model, its fit above all.

    Parameters
    ----------
    model
        What was passed.
    kind
        What it should be an instance of.
    where
        The argument.

    Raises
    ------
    InvalidValueError
        If it is something else.

    Examples
    --------
    >>> expect_model(3)
    Traceback (most recent call last):
    crmrisk.core.errors.InvalidValueError: model: not what is expected; ...; got: int; remedy: pass fit.model
    """
    expect(model, kind, where=where, remedy="pass fit.model")


def expect_holdout(model: object, holdout: object) -> None:
    """Refuse what is no model of purchases beside a holdout.

    Parameters
    ----------
    model, holdout
        What was passed.

    Raises
    ------
    InvalidValueError
        If either is something else.

    Examples
    --------
    >>> from crmrisk.scoring.value import BetaGeoNBD
    >>> expect_holdout(BetaGeoNBD(r=1, alpha=5, a=1, b=3), Holdout([0], [0], [9], purchases=[1], duration=9))
    """
    expect_model(model)
    expect(holdout, Holdout, where="holdout", remedy="use hold_out(...)")


def expect_groups(number: object, *, where: str) -> None:
    """Refuse what is no number of groups for a table.

    Parameters
    ----------
    number
        What was passed.
    where
        The argument.

    Raises
    ------
    InvalidValueError
        If it is no whole number from 1 to 1,000.

    Examples
    --------
    >>> expect_groups(0, where="bins")
    Traceback (most recent call last):
    crmrisk.core.errors.InvalidValueError: bins: number of groups; allowed: a whole number from 1 to 1,000; got: 0
    """
    if not (is_whole(number) and 1 <= number <= MOST_GROUPS):  # type: ignore[operator]  # a whole number compares
        allowed = f"a whole number from 1 to {MOST_GROUPS:,}"
        raise InvalidValueError(Problem(what="number of groups", where=where, allowed=allowed, got=repr(number)[:100]))


def asked_models(models: object, family: Family[M]) -> list[type[M]]:
    """List the models asked for, in the order of their family.

    Parameters
    ----------
    models
        Names or classes, or one of them; ``None`` is all of the family.
    family
        Those there are.

    Raises
    ------
    InvalidValueError
        If there is none, or one that is neither the name nor the class of a model of the family.

    Examples
    --------
    >>> from crmrisk.scoring.value.names import CONTRACTS
    >>> [kind.__name__ for kind in asked_models("BetaDiscreteWeibull", CONTRACTS)]
    ['BetaDiscreteWeibull']
    """
    if models is None:
        return list(family.members.values())
    several = isinstance(models, Iterable) and not isinstance(models, str | type | Model)
    asked: list[Any] = list(cast("Iterable[Any]", models)) if several else [models]
    allowed = ", ".join(family.names)
    if not asked:
        raise InvalidValueError(Problem(what="no model", where="models", allowed=allowed))
    strange = [each for each in asked if not isinstance(each, str | type)]
    if strange:
        what, remedy = "neither the name nor the class of a model", f"for instance {family.usual!r}"
        found = (Problem(what=what, where="models", allowed=allowed, got=repr(s)[:100], remedy=remedy) for s in strange)
        raise InvalidValueError(*found)
    names = {each if isinstance(each, str) else each.__name__ for each in asked}
    for name in sorted(names):
        family.named(name)  # an unknown one is refused with the names there are
    return [kind for name, kind in family.members.items() if name in names]
