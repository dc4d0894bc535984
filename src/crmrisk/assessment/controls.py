"""Controls: what is done about a risk, as the share of it that remains."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, NamedTuple, Self

from pydantic import Field, model_validator
from pydantic.dataclasses import dataclass

from crmrisk.core.errors import InvalidValueError, Problem
from crmrisk.core.measures import Name
from crmrisk.core.model import VALUE, Value

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["Control", "Remaining", "remaining"]

Share = Annotated[float, Field(ge=0, le=1)]


@dataclass(frozen=True, config=VALUE)
class Control(Value):
    """State what a control leaves of a risk.

    Customer data are collected while controls run, so a fitted model measures *current* risk. A planned control turns
    current into residual risk; a control already in place is part of current risk, and backing it out gives the
    inherent risk.

    Parameters
    ----------
    name
        What is done.
    likelihood_remaining
        Share of the likelihood that remains (0..1); 0.7 means it cuts the likelihood by 30 %.
    consequence_remaining
        Share of the consequence that remains (0..1).
    in_place
        Whether it ran while the data were collected.

    Raises
    ------
    InvalidValueError
        If a share leaves 0..1, the control changes nothing, or one in place leaves nothing to back out.

    Examples
    --------
    >>> Control("call within 48 h", likelihood_remaining=0.7).share_remaining
    0.7
    """

    name: Name
    likelihood_remaining: Share = 1.0
    consequence_remaining: Share = 1.0
    in_place: bool = False

    @model_validator(mode="after")
    def _effective(self) -> Self:
        where = f"Control({self.name!r})"
        if self.share_remaining == 1:
            raise InvalidValueError(
                Problem(
                    what="changes nothing", where=where, remedy="give likelihood_remaining or consequence_remaining"
                )
            )
        if self.in_place and self.share_remaining == 0:
            raise InvalidValueError(
                Problem(what="a control in place that leaves nothing cannot be backed out", where=where, allowed="> 0")
            )
        return self

    @property
    def share_remaining(self) -> float:
        """Share of the expected loss that remains."""
        return self.likelihood_remaining * self.consequence_remaining


class Remaining(NamedTuple):
    """Hold what several controls leave together.

    Examples
    --------
    >>> Remaining(0.5, 1.0).likelihood
    0.5
    """

    likelihood: float
    consequence: float


def remaining(controls: Iterable[Control]) -> Remaining:
    """Combine controls that act independently: their shares multiply.

    Parameters
    ----------
    controls
        Any number of controls.

    Returns
    -------
    What remains of likelihood and consequence; 1 and 1 without controls.

    Examples
    --------
    >>> remaining([Control("call", likelihood_remaining=0.5), Control("discount", likelihood_remaining=0.5)])
    Remaining(likelihood=0.25, consequence=1.0)
    """
    likelihood = consequence = 1.0
    for control in controls:
        likelihood *= control.likelihood_remaining
        consequence *= control.consequence_remaining
    return Remaining(likelihood, consequence)
