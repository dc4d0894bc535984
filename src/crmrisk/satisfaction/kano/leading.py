"""Whether the two most frequent categories of a requirement can be told apart."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic.dataclasses import dataclass

from crmrisk.core.model import VALUE, Value
from crmrisk.satisfaction.kano.rules import exact_p_value, fong_critical, leading_two
from crmrisk.satisfaction.kano.table import KanoCategory

if TYPE_CHECKING:
    from crmrisk.core.arrays import FloatArray

__all__ = ["LeadingTest", "leading_test"]


@dataclass(frozen=True, kw_only=True, config=VALUE)
class LeadingTest(Value):
    """Say whether the two most frequent categories can be told apart.

    Parameters
    ----------
    first, second
        The two categories.
    difference
        First count less second count.
    p_value
        Exact two-sided binomial p value.
    fong_critical
        The difference Fong (1996) asks for at 10 %, for parity with older reports only; see
        `crmrisk.satisfaction.kano.rules.fong_critical`.

    Examples
    --------
    >>> from crmrisk.satisfaction.kano.counts import KanoCounts
    >>> app = KanoCounts(attractive=216, one_dimensional=56, must_be=13, indifferent=275, reverse=23, questionable=24)
    >>> test = app.leading_test()
    >>> print(f"{test.p_value:.4f} {test.fong_critical:.2f} {test.fong}")
    0.0088 28.22 True
    """

    first: KanoCategory
    second: KanoCategory
    difference: float
    p_value: float
    fong_critical: float

    def __str__(self) -> str:
        return f"{self.first.value} leads {self.second.value} by {self.difference:g}, p {self.p_value:.2g}"

    @property
    def fong(self) -> bool:
        """Whether Fong's test tells the two apart."""
        return self.difference >= self.fong_critical


def leading_test(counts: FloatArray, scale: float = 1.0) -> LeadingTest:
    """Test whether the two most frequent categories differ.

    Parameters
    ----------
    counts
        Counts (A, O, M, I, R, Q), ``(6,)``.
    scale
        How many equally weighted answers one answer is worth.

    Returns
    -------
    Exact binomial p value and, for parity with older reports, Fong's critical difference.

    Examples
    --------
    >>> import numpy as np
    >>> leading_test(np.array([20.0, 0.0, 20.0, 0.0, 0.0, 0.0])).p_value
    1.0
    """
    places = [int(place) for place in leading_two(counts)]
    first, second = counts[places]
    return LeadingTest(
        first=list(KanoCategory)[places[0]],
        second=list(KanoCategory)[places[1]],
        difference=float(first - second),
        p_value=float(exact_p_value(first * scale, second * scale)),
        fong_critical=float(fong_critical(first * scale, second * scale, counts.sum() * scale)) / scale,
    )
