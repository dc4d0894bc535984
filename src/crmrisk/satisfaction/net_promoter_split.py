"""One survey split into groups or waves: each part with its score, and with the counts that comparisons need."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from crmrisk.core.arguments import kind_problems, refuse
from crmrisk.core.errors import Problem, RecordError
from crmrisk.satisfaction.answers import distinct_answers, rating_answers
from crmrisk.satisfaction.effective_counts import SIMPLE_DESIGN, EffectiveCounts, effective_counts
from crmrisk.satisfaction.flagging import flag_missing
from crmrisk.satisfaction.net_promoter import net_promoter_score
from crmrisk.satisfaction.net_promoter_counts import STANDARD_BREAKS, NpsBreaks, NpsCounts
from crmrisk.satisfaction.segments import in_order

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from crmrisk.core.arrays import IntArray
    from crmrisk.core.estimate import Estimate
    from crmrisk.satisfaction.answered import Design
    from crmrisk.satisfaction.flagging import Missing
    from crmrisk.satisfaction.net_promoter import NetPromoterMethod

__all__ = ["SurveyPart", "part_of_counts", "split_survey"]


class SurveyPart(NamedTuple):
    """Hold one part of a survey.

    Parameters
    ----------
    name
        The group or wave.
    counts
        Its counts, worth their effective number.
    estimate
        Its score.

    Examples
    --------
    >>> split_survey([10, 9, 3], ["a", "a", "b"])[0].estimate.value
    1.0
    """

    name: Any
    counts: EffectiveCounts
    estimate: Estimate


def split_survey(
    answers: ArrayLike,
    labels: ArrayLike,
    *,
    design: Design = SIMPLE_DESIGN,
    breaks: NpsBreaks = STANDARD_BREAKS,
    method: NetPromoterMethod = "score",
    level: float = 0.95,
    missing: Missing = "error",
    where: str = "groups",
) -> list[SurveyPart]:
    """Estimate the score of each part of a survey.

    Parameters
    ----------
    answers
        One answer per row, ``(n_answers,)``.
    labels
        Part of each answer, ``(n_answers,)``.
    design
        How the answers were drawn; each part takes its rows.
    breaks
        Which answers detract, are passive and promote.
    method, level
        The intervals of the scores.
    missing
        ``"error"`` refuses missing answers, ``"exclude"`` leaves them out.
    where
        What the labels are called in an error.

    Returns
    -------
    The parts, numbers first, then text.

    Raises
    ------
    RecordError
        If answers are off the scale or missing, labels missing or not one per answer, or the design unusable.
    InvalidValueError
        If a setting is not valid.

    Examples
    --------
    >>> [part.name for part in split_survey([10, 9, 3], [2018, 2017, 2018])]
    [2017, 2018]
    """
    refuse(kind_problems(breaks, NpsBreaks, where="breaks"))
    values = rating_answers(answers, lowest=breaks.lowest, highest=breaks.highest, missing=missing)
    codes, names = _labels(labels, values.size, where)
    parts = []
    for place in in_order(names):
        rows = codes == place
        kept = design.rows(rows)
        counts = effective_counts(values[rows], design=kept, breaks=breaks, missing=missing)
        estimate = net_promoter_score(
            values[rows], **kept._asdict(), breaks=breaks, missing=missing, method=method, level=level
        )
        parts.append(SurveyPart(names[place], counts, estimate))
    return parts


def part_of_counts(
    name: Any, counts: NpsCounts, *, method: NetPromoterMethod = "score", level: float = 0.95
) -> SurveyPart:
    """Estimate the score of a part that is already counted.

    Parameters
    ----------
    name
        The group or wave.
    counts
        Its counts.
    method, level
        The interval.

    Raises
    ------
    InvalidValueError
        If counts are no counts, or a setting is not valid.

    Examples
    --------
    >>> print(part_of_counts("2018", NpsCounts(20, 30, 50)).estimate)
    0.3 [0.1396, 0.4434] (95 % score, n 100)
    """
    estimate = net_promoter_score(counts=counts, method=method, level=level)
    return SurveyPart(name, effective_counts(counts, where=f"counts, {name}"), estimate)


def _labels(labels: ArrayLike, rows: int, where: str) -> tuple[IntArray, list[Any]]:
    _, codes, names = distinct_answers(labels, where)
    problems = [Problem(what=each.what, where=where) for each in flag_missing(codes < 0, missing="error", where=where)]
    if codes.size != rows:
        problems.append(Problem(what="not one per answer", where=where, allowed=str(rows), got=str(codes.size)))
    if len({str(name) for name in names}) < len(names):
        problems.append(Problem(what="several read alike, such as 1 and '1'", where=where))
    if problems:
        raise RecordError(*problems)
    return codes, names
