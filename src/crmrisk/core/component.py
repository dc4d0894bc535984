"""A component: a frozen model with a registered name, so that it can be saved, loaded and put into others."""

from __future__ import annotations

import hashlib
import json
from typing import Any, ClassVar

from crmrisk.core.codec import dump_component
from crmrisk.core.errors import Problem, SavedModelError
from crmrisk.core.model import Model

__all__ = ["Component", "fingerprint"]


class Component(Model):
    """Be the base of everything configurable that a saved model may name.

    Subclasses state their registered name as a class keyword, ``class Mine(Component, kind="vendor.name")``, and where
    fitting makes another class, ``fitted=FittedMine``; the latter's name is then ``"vendor.name.fitted"``.

    Examples
    --------
    >>> class Threshold(Component, kind="acme.threshold"):
    ...     days: float
    >>> Threshold(days=3).kind
    'acme.threshold'
    """

    kind: ClassVar[str] = ""
    fitted_class: ClassVar[type[Any] | None] = None

    def __init_subclass__(cls, *, kind: str = "", fitted: type[Component] | None = None, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        cls.kind = kind or cls.__dict__.get("kind", "")  # never inherited: a name means one class
        if fitted is not None:
            cls.fitted_class = fitted
            fitted.kind = f"{kind}.fitted"

    def __str__(self) -> str:
        return repr(self)


def fingerprint(component: object) -> str:
    """Identify a component by its content: the same settings have the same fingerprint, on any machine.

    Parameters
    ----------
    component
        Anything `dump_component` can write.

    Returns
    -------
    The first 16 hexadecimal digits of the SHA-256 of its canonical JSON.

    Raises
    ------
    SavedModelError
        If the component cannot be written.

    Examples
    --------
    >>> from crmrisk.evidence import NoActivity
    >>> fingerprint(NoActivity("transactions")) == fingerprint(NoActivity(table="transactions"))
    True
    """
    data = dump_component(component)
    try:
        text = json.dumps(data, sort_keys=True, separators=(",", ":"), allow_nan=False)
    except (TypeError, ValueError) as error:
        name = type(component).__name__
        raise SavedModelError(Problem(what="cannot be written as JSON", where=name, got=str(error))) from None
    return hashlib.sha256(text.encode()).hexdigest()[:16]
