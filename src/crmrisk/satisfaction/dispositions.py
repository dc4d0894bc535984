"""Who answered: response rates as survey researchers define them. What the silent could change is next door."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypeAlias, get_args

from pydantic import Field
from pydantic.dataclasses import dataclass

from crmrisk.core.arguments import check_choice, is_number, kind_problems, refuse
from crmrisk.core.errors import InvalidValueError, Problem
from crmrisk.core.estimate import Estimate
from crmrisk.core.model import VALUE, Value
from crmrisk.satisfaction.proportions import proportion

if TYPE_CHECKING:
    from pandas import DataFrame

__all__ = [
    "Dispositions",
    "ResponseRate",
    "ResponseRates",
    "response_rate",
    "response_rates",
]

ResponseRate: TypeAlias = Literal["RR1", "RR2", "RR3", "RR4", "RR5", "RR6"]
"""The six standard definitions."""

_WITH_PARTIAL = frozenset({"RR2", "RR4", "RR6"})
_WITH_SHARE = frozenset({"RR3", "RR4"})
_WITHOUT_UNKNOWN = frozenset({"RR5", "RR6"})
_MOST = 2**53  # cases beyond which shares lose their digits


@dataclass(frozen=True, kw_only=True, config=VALUE)
class Dispositions(Value):
    """Count what became of everybody who was asked.

    Parameters
    ----------
    complete
        Complete answers (I).
    partial
        Partial answers (P).
    refusal
        Refusals and break-offs (R).
    non_contact
        Never reached (NC).
    other
        Reached, eligible and willing, but no answer for another reason (O).
    unknown_household
        Not known whether there is anybody to ask (UH).
    unknown_other
        Other cases of unknown eligibility (UO).
    not_eligible
        Found not to belong to the population; only to estimate the eligible share of the unknown.

    Raises
    ------
    InvalidValueError
        If a count is negative or no whole number.

    References
    ----------
    American Association for Public Opinion Research (2023). *Standard Definitions*, 10th edition.

    Examples
    --------
    >>> asked = Dispositions(complete=600, partial=50, refusal=200, non_contact=100, other=10, unknown_household=40)
    >>> asked.rate("RR1"), asked.rate("RR6")
    (0.6, 0.6770833333333334)
    """

    complete: int = Field(ge=0, le=_MOST)
    partial: int = Field(default=0, ge=0, le=_MOST)
    refusal: int = Field(default=0, ge=0, le=_MOST)
    non_contact: int = Field(default=0, ge=0, le=_MOST)
    other: int = Field(default=0, ge=0, le=_MOST)
    unknown_household: int = Field(default=0, ge=0, le=_MOST)
    unknown_other: int = Field(default=0, ge=0, le=_MOST)
    not_eligible: int = Field(default=0, ge=0, le=_MOST)

    @property
    def eligible(self) -> int:
        """Cases known to belong to the population."""
        return self.complete + self.partial + self.refusal + self.non_contact + self.other

    @property
    def unknown(self) -> int:
        """Cases of unknown eligibility."""
        return self.unknown_household + self.unknown_other

    @property
    def eligible_share(self) -> float | None:
        """The eligible share among cases that are known, ``None`` if nobody was found not to be eligible."""
        known = self.eligible + self.not_eligible
        return self.eligible / known if self.not_eligible else None

    def answered(self, kind: ResponseRate = "RR1") -> int:
        """Count the numerator of a rate.

        Parameters
        ----------
        kind
            Which rate.

        Returns
        -------
        Complete answers; in RR2, RR4 and RR6 with the partial ones.
        """
        return self.complete + (self.partial if kind in _WITH_PARTIAL else 0)

    def base(self, kind: ResponseRate = "RR1", *, eligible_share: float | None = None) -> float:
        """Count the denominator of a rate.

        Parameters
        ----------
        kind
            Which rate.
        eligible_share
            The eligible share of the cases of unknown eligibility, 0..1, for RR3 and RR4; by default that of the known
            cases (CASRO).

        Returns
        -------
        The number of cases.

        Raises
        ------
        InvalidValueError
            If there is no such rate, or the share is needed and not known, or none.
        """
        _check_kind(kind)
        share = _checked_share(eligible_share)
        if kind in _WITHOUT_UNKNOWN or not self.unknown:
            return float(self.eligible)
        if kind not in _WITH_SHARE:
            return float(self.eligible + self.unknown)
        share = self.eligible_share if share is None else share
        if share is None:
            remedy = "eligible_share=..., or count those who were not_eligible"
            raise InvalidValueError(Problem(what=f"{kind} needs it", where="eligible_share", remedy=remedy))
        return self.eligible + share * self.unknown

    def rate(self, kind: ResponseRate = "RR1", *, eligible_share: float | None = None) -> float | None:
        """Compute a response rate.

        Parameters
        ----------
        kind
            Which rate: RR1 takes complete answers over everybody who may be eligible; RR2 partial answers too; RR3 and
            RR4 the same over the eligible share of the unknown; RR5 and RR6 over those known to be eligible.
        eligible_share
            As for `base`.

        Returns
        -------
        The rate, 0..1; ``None`` where nobody was asked.

        Raises
        ------
        InvalidValueError
            As for `base`.
        """
        base = self.base(kind, eligible_share=eligible_share)
        return self.answered(kind) / base if base else None


@dataclass(frozen=True, config=VALUE)
class ResponseRates(Value):
    """Hold the six standard response rates.

    Parameters
    ----------
    rr1, rr2, rr3, rr4, rr5, rr6
        Each with its Wilson interval.

    Examples
    --------
    >>> print(response_rates(Dispositions(complete=60, refusal=40)).rr1)
    0.6 [0.502, 0.6906] (95 % wilson, n 100)
    """

    rr1: Estimate
    rr2: Estimate
    rr3: Estimate
    rr4: Estimate
    rr5: Estimate
    rr6: Estimate

    def __str__(self) -> str:
        return "\n".join(f"{name.upper()} {getattr(self, name)}" for name in self.__dataclass_fields__)

    def frame(self) -> DataFrame:
        """Return the rates as a table.

        Returns
        -------
        One row per rate: rate, value, low, high, n.
        """
        from pandas import DataFrame  # noqa: PLC0415 - pandas takes long to import

        rates = [(kind, getattr(self, kind.lower())) for kind in get_args(ResponseRate)]
        return DataFrame([{"rate": k, "value": e.value, "low": e.low, "high": e.high, "n": e.n} for k, e in rates])


def response_rate(
    dispositions: Dispositions,
    kind: ResponseRate = "RR1",
    *,
    eligible_share: float | None = None,
    level: float = 0.95,
) -> Estimate:
    """Estimate a response rate with its interval.

    Parameters
    ----------
    dispositions
        What became of everybody who was asked.
    kind
        Which of the six rates.
    eligible_share
        The eligible share of the cases of unknown eligibility, for RR3 and RR4; by default that of the known cases.
    level
        Nominal coverage of the Wilson interval, which takes those asked as a sample of whom one could ask.

    Returns
    -------
    The rate, 0..1; its value is ``None`` where nobody was asked.

    Raises
    ------
    InvalidValueError
        If these are no dispositions, or the share is needed and not known.

    References
    ----------
    American Association for Public Opinion Research (2023). *Standard Definitions*, 10th edition.

    Examples
    --------
    >>> print(response_rate(Dispositions(complete=60, partial=5, refusal=40), "RR2"))
    0.619 [0.5235, 0.7062] (95 % wilson, n 105)
    """
    refuse(kind_problems(dispositions, Dispositions, where="dispositions"))
    base = dispositions.base(kind, eligible_share=eligible_share)
    return proportion(dispositions.answered(kind), base, level=level)


def response_rates(
    dispositions: Dispositions, *, eligible_share: float | None = None, level: float = 0.95
) -> ResponseRates:
    """Estimate all six standard response rates.

    Parameters
    ----------
    dispositions, eligible_share, level
        As for `response_rate`.

    Returns
    -------
    The rates.

    Raises
    ------
    InvalidValueError
        If these are no dispositions, or the share is needed and not known.

    Examples
    --------
    >>> asked = Dispositions(complete=600, partial=50, refusal=200, non_contact=100, other=10, unknown_household=40)
    >>> round(response_rates(asked, eligible_share=0.5).rr3.value, 6)
    0.612245
    """
    rates = (
        response_rate(dispositions, kind, eligible_share=eligible_share, level=level) for kind in get_args(ResponseRate)
    )
    return ResponseRates(*rates)


def _check_kind(kind: str) -> None:
    check_choice(kind, get_args(ResponseRate), where="kind", what="no such rate")


def _checked_share(share: float | None) -> float | None:
    if share is not None and (not is_number(share) or not 0.0 <= share <= 1.0):
        raise InvalidValueError(Problem(what="no share", where="eligible_share", allowed="0 to 1", got=repr(share)))
    return share
