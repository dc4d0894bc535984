"""Who the customers are: segments, when they joined, how satisfied they truly are, tiers and tags."""

from __future__ import annotations

from dataclasses import dataclass as plain_dataclass
from typing import TYPE_CHECKING, Annotated

import numpy as np
from pydantic import Field
from pydantic.dataclasses import dataclass

from crmrisk.core.measures import Name
from crmrisk.core.model import VALUE, Value

if TYPE_CHECKING:
    from crmrisk.core.arrays import FloatArray, IntArray, ObjectArray

__all__ = ["SEGMENTS", "Fraction", "Population", "Positive", "Segment", "draw_population", "draw_tags", "draw_tiers"]

Fraction = Annotated[float, Field(ge=0, le=1)]
OpenFraction = Annotated[float, Field(gt=0, lt=1)]
Positive = Annotated[float, Field(gt=0)]

_TIERS = np.array(["bronze", "silver", "gold"], dtype=object)
_TIER_EDGES = (600.0, 3000.0)
_TAGS = {"newsletter": 0.5, "loyalty card": 0.3, "online only": 0.2}


@dataclass(frozen=True, kw_only=True, config=VALUE)
class Segment(Value):
    """Describe a segment of a simulated book: how its customers differ from the rest.

    Parameters
    ----------
    name
        What it is called.
    share
        The probability that a customer belongs to it; the shares of all segments add up to 1.
    purchase_rate
        Factor on the rate of purchases.
    spend
        Factor on the amount of a purchase.
    satisfaction
        Mean of the latent satisfaction [standard deviations within a segment].
    late
        Probability that the median customer pays an invoice late.
    default
        Probability that the median customer never pays an invoice.

    Raises
    ------
    InvalidValueError
        If a value is out of its range.

    Examples
    --------
    >>> Segment(name="export", share=1.0, default=0.05).spend
    1.0
    """

    name: Name
    share: Positive
    purchase_rate: Positive = 1.0
    spend: Positive = 1.0
    satisfaction: float = 0.0
    late: OpenFraction = 0.1
    default: OpenFraction = 0.01


SEGMENTS = (
    Segment(name="consumer", share=0.6),
    Segment(name="business", share=0.3, purchase_rate=1.6, spend=3.0, satisfaction=0.2, late=0.25, default=0.03),
    Segment(name="public", share=0.1, purchase_rate=0.7, spend=4.0, satisfaction=-0.2, late=0.4, default=0.002),
)
"""The segments of a book unless told otherwise."""


@plain_dataclass(frozen=True, kw_only=True)
class Population:
    """Hold who the customers are.

    Parameters
    ----------
    segments
        The segments.
    segment
        The position of each customer's segment, ``(n_customers,)``.
    since
        When each customer joined [day since the start], ``(n_customers,)``.
    satisfaction
        Latent satisfaction [standard deviations within a segment], ``(n_customers,)``.

    Examples
    --------
    >>> draw_population(2, SEGMENTS, 365.0, np.random.default_rng(1)).each("spend").shape
    (2,)
    """

    segments: tuple[Segment, ...]
    segment: IntArray
    since: FloatArray
    satisfaction: FloatArray

    def __len__(self) -> int:
        return len(self.segment)

    def each(self, setting: str) -> FloatArray:
        """Return a numeric setting of each customer's segment, ``(n_customers,)``.

        Parameters
        ----------
        setting
            The name of a field of `Segment`.

        Examples
        --------
        >>> only = (Segment(name="all", share=1.0, spend=2.0),)
        >>> draw_population(2, only, 365.0, np.random.default_rng(1)).each("spend")
        array([2., 2.])
        """
        return np.array([getattr(segment, setting) for segment in self.segments], dtype=np.float64)[self.segment]

    def segment_names(self) -> ObjectArray:
        """Return the name of each customer's segment, ``(n_customers,)``.

        Examples
        --------
        >>> only = (Segment(name="all", share=1.0),)
        >>> draw_population(2, only, 365.0, np.random.default_rng(1)).segment_names()
        array(['all', 'all'], dtype=object)
        """
        return np.array([segment.name for segment in self.segments], dtype=object)[self.segment]


def draw_population(
    n_customers: int, segments: tuple[Segment, ...], joining: float, rng: np.random.Generator
) -> Population:
    """Draw who the customers are.

    Parameters
    ----------
    n_customers
        How many.
    segments
        The segments they may belong to.
    joining
        Customers join evenly during this time [day since the start].
    rng
        The source of randomness.

    Examples
    --------
    >>> len(draw_population(3, SEGMENTS, 365.0, np.random.default_rng(1)))
    3
    """
    shares = np.array([segment.share for segment in segments])
    codes = rng.choice(len(segments), size=n_customers, p=shares / shares.sum())
    means = np.array([segment.satisfaction for segment in segments])
    return Population(
        segments=segments,
        segment=codes,
        since=rng.random(n_customers) * joining,
        satisfaction=means[codes] + rng.standard_normal(n_customers),
    )


def draw_tiers(yearly_spend: FloatArray, rng: np.random.Generator) -> ObjectArray:
    """Draw the tier a company gave each customer: by yearly spend, as it saw it, off by half as much again or so.

    Parameters
    ----------
    yearly_spend
        What each customer truly spends in a year while active, ``(n_customers,)``.
    rng
        The source of randomness.

    Returns
    -------
    ``"bronze"`` below 600 a year, ``"gold"`` from 3,000 up, else ``"silver"``, ``(n_customers,)``.

    Examples
    --------
    >>> draw_tiers(np.array([1.0, 1e6]), np.random.default_rng(1))
    array(['bronze', 'gold'], dtype=object)
    """
    seen = yearly_spend * rng.lognormal(0.0, 0.4, len(yearly_spend))
    return _TIERS[np.searchsorted(_TIER_EDGES, seen, side="right")]


def draw_tags(n_customers: int, rng: np.random.Generator) -> ObjectArray:
    """Draw tags that say nothing about risk, as most tags do.

    Parameters
    ----------
    n_customers
        How many customers.
    rng
        The source of randomness.

    Returns
    -------
    Text, tags separated by commas (a form every dataframe engine has), ``""`` for none, ``(n_customers,)``.

    Examples
    --------
    >>> set(draw_tags(100, np.random.default_rng(5))) >= {"", "newsletter", "newsletter,loyalty card"}
    True
    """
    given = rng.random((n_customers, len(_TAGS))) < np.array(list(_TAGS.values()))
    places = 1 << np.arange(len(_TAGS))
    combinations = [
        ",".join(tag for tag, place in zip(_TAGS, places, strict=True) if code & place)
        for code in range(2 ** len(_TAGS))
    ]
    return np.array(combinations, dtype=object)[given @ places]
