"""The common currency of NPS comparisons: detractors, passives and promoters that are worth their effective number.

Whatever came in (answers, counts, weights, strata, clusters), a comparison only needs three counts whose sum says how
much evidence they are, and the number of answers behind them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from crmrisk.core.arguments import kind_problems, refuse
from crmrisk.core.arrays import LARGEST_COUNT
from crmrisk.core.errors import InvalidValueError, Problem
from crmrisk.core.row_names import refuse_other_order
from crmrisk.satisfaction.answered import Design
from crmrisk.satisfaction.net_promoter_counts import STANDARD_BREAKS, NpsBreaks, NpsCounts
from crmrisk.satisfaction.net_promoter_sample import (
    NpsSample,
    checked_counts,
    sample_of_answers,
    sample_of_counts,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike

    from crmrisk.satisfaction.flagging import Missing

__all__ = ["SIMPLE_DESIGN", "EffectiveCounts", "effective_counts", "named_counts", "worth"]

SIMPLE_DESIGN = Design()
"""Every answer was drawn alone and counts as one."""


class EffectiveCounts(NamedTuple):
    """Hold counts scaled to their effective number, and what they came from.

    Parameters
    ----------
    counts
        Detractors, passives, promoters; their sum is the effective number of answers.
    n
        Answers used.
    is_simple
        Whether every answer counts as one, so that the counts are whole.
    warnings
        What the reader should know.

    Examples
    --------
    >>> effective_counts([10, 9, 3, 8]).value
    0.25
    """

    counts: NpsCounts
    n: float
    is_simple: bool = True
    warnings: tuple[str, ...] = ()

    @property
    def value(self) -> float | None:
        """The net promoter score, ``None`` without answers."""
        return (self.counts.promoters - self.counts.detractors) / self.counts.n if self.counts.n else None


def effective_counts(
    answers: ArrayLike | NpsCounts,
    *,
    design: Design = SIMPLE_DESIGN,
    breaks: NpsBreaks = STANDARD_BREAKS,
    missing: Missing = "error",
    where: str = "answers",
) -> EffectiveCounts:
    """Reduce answers to counts that are worth their effective number.

    With weights, strata, clusters or a population the effective number is the variance of an answer over the design
    variance of the score, so that the Wald error of the counts is the design's own.

    Parameters
    ----------
    answers
        One answer per row, ``(n_answers,)``, or `NpsCounts`.
    design
        How they were drawn.
    breaks
        Which answers detract, are passive and promote.
    missing
        ``"error"`` refuses missing answers, ``"exclude"`` leaves them out and says how many in the warnings.
    where
        What the answers are called in an error.

    Returns
    -------
    The counts.

    Raises
    ------
    RecordError
        If answers are off the scale or missing, or the columns of the design unusable.
    InvalidValueError
        If counts are no counts, or come with a design.

    References
    ----------
    Korn, E. L. and Graubard, B. I. (1998). *Survey Methodology* 24.

    Examples
    --------
    >>> print(f"{effective_counts([10, 10, 0, 8], design=Design(weights=[2, 2, 1, 1])).counts.n:.3f}")
    3.500
    """
    if isinstance(answers, NpsCounts):
        _refuse_design(design, where)
        return worth(sample_of_counts(checked_counts(answers)), is_simple=True)
    refuse(kind_problems(breaks, NpsBreaks, where="breaks"))
    rows = {"weights": design.weights, "strata": design.strata, "clusters": design.clusters}
    refuse_other_order(**{where: answers}, **rows)
    points, doubts = breaks.judged(answers, missing=missing, where=where)
    return worth(sample_of_answers(points, design)._replace(doubts=doubts), is_simple=design.simple)


def worth(sample: NpsSample, *, is_simple: bool) -> EffectiveCounts:
    """Scale the counts of a sample to what they are worth.

    Parameters
    ----------
    sample
        The sample.
    is_simple
        Whether every answer counts as one.

    Examples
    --------
    >>> worth(sample_of_counts(NpsCounts(2, 3, 5), 5.0), is_simple=False).counts
    NpsCounts(detractors=1.0, passives=1.5, promoters=2.5)
    """
    if not sample.counts.n:
        return EffectiveCounts(NpsCounts(0.0, 0.0, 0.0), 0.0, is_simple, sample.notes)
    scale = _effective(sample) / sample.counts.n
    counts = NpsCounts(*(part * scale for part in sample.counts))
    return EffectiveCounts(counts, sample.n, is_simple, sample.notes)


def named_counts(counts: Sequence[float], where: str) -> NpsCounts:
    """Read detractors, passives and promoters given in this order.

    Parameters
    ----------
    counts
        Three numbers; that they are counts is checked where they are used.
    where
        What they are called in an error.

    Raises
    ------
    InvalidValueError
        If they are not three.

    Examples
    --------
    >>> named_counts((20, 30, 50), "counts")
    NpsCounts(detractors=20, passives=30, promoters=50)
    """
    try:
        return NpsCounts(*counts)
    except TypeError:
        allowed = "detractors, passives, promoters"
        raise InvalidValueError(
            Problem(what="no counts", where=where, allowed=allowed, got=repr(counts)[:200])
        ) from None


def _effective(sample: NpsSample) -> float:
    square = (sample.standard_error or 0.0) ** 2
    if sample.design is None or square <= sample.variance / LARGEST_COUNT:
        return min(sample.worth, LARGEST_COUNT)
    return sample.variance / square


def _refuse_design(design: Design, where: str) -> None:
    if not design.simple:
        remedy = "give the answers, or counts that are already worth their effective n"
        raise InvalidValueError(Problem(what="weights and strata belong to answers", where=where, remedy=remedy))
