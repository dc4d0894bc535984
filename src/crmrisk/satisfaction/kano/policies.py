"""How a survey is judged: its table, rule and scale, and what is done with reverse and questionable answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple, TypeAlias, get_args

import numpy as np

from crmrisk.core.arguments import check_choice, choice_problems, kind_problems, refuse
from crmrisk.satisfaction.kano.columns import Tally
from crmrisk.satisfaction.kano.continuous import DUMOUCHEL, ContinuousInterval, KanoPoints
from crmrisk.satisfaction.kano.counts import KanoCounts
from crmrisk.satisfaction.kano.table import STANDARD_TABLE, EvaluationTable, KanoCategory

if TYPE_CHECKING:
    from collections.abc import Callable

    from crmrisk.core.arrays import FloatArray
    from crmrisk.satisfaction.kano.columns import KanoCell
    from crmrisk.satisfaction.kano.position import ReverseCounting
    from crmrisk.satisfaction.kano.rules import ClassificationRule

__all__ = [
    "Judgement",
    "QuestionablePolicy",
    "ReversePolicy",
    "apply_policies",
    "by_category",
    "check_judgement",
    "counts_of_pairs",
]

ReversePolicy: TypeAlias = Literal["exclude", "net", "swap"]
"""What to do with reverse answers: leave them out of better and worse, count them against better, or swap the two
questions of a requirement that is reverse as a whole."""

QuestionablePolicy: TypeAlias = Literal["keep", "exclude"]
"""What to do with questionable answers: keep them among all answers, or leave them out altogether and count them."""


class Judgement(NamedTuple):
    """Hold how every requirement of a survey is judged; see `kano_requirements` for each.

    Parameters
    ----------
    table, rule
        The evaluation table and how counts become a category.
    reverse, questionable
        The policies.
    points, interval
        What answers are worth in continuous analysis, and the interval of their means.
    level
        Nominal coverage of the intervals.
    replicates
        Number of bootstrap samples.

    Examples
    --------
    >>> Judgement().counting
    'exclude'
    """

    table: EvaluationTable = STANDARD_TABLE
    rule: ClassificationRule = "mode"
    reverse: ReversePolicy = "exclude"
    questionable: QuestionablePolicy = "keep"
    points: KanoPoints = DUMOUCHEL
    interval: ContinuousInterval = "t"
    level: float = 0.95
    replicates: int = 2000

    @property
    def counting(self) -> ReverseCounting:
        """What reverse answers do to better and worse."""
        return "net" if self.reverse == "net" else "exclude"


def check_judgement(judgement: Judgement) -> None:
    """Refuse what is no table, scale, policy or interval.

    Parameters
    ----------
    judgement
        The settings.

    Raises
    ------
    InvalidValueError
        If any of them is not valid.

    Examples
    --------
    >>> check_judgement(Judgement(reverse="net"))
    """
    policies = (
        ("reverse", judgement.reverse, get_args(ReversePolicy)),
        ("questionable", judgement.questionable, get_args(QuestionablePolicy)),
    )
    refuse(
        kind_problems(judgement.points, KanoPoints, where="points"),
        *(choice_problems(value, known, where=where, what="no such policy") for where, value, known in policies),
    )
    check_choice(judgement.interval, get_args(ContinuousInterval), where="interval", what="no such method")


def apply_policies(cell: KanoCell, judgement: Judgement) -> tuple[KanoCell, float, bool]:
    """Leave questionable answers out and swap what is reverse as a whole, where the policies say so.

    Parameters
    ----------
    cell
        What was answered about one requirement.
    judgement
        The policies, the table and the rule.

    Returns
    -------
    What is left of the answers, how many were left out, and whether the two questions were swapped.

    Examples
    --------
    >>> from crmrisk.satisfaction.kano.columns import KanoCell
    >>> reverse = np.zeros((5, 5))
    >>> reverse[4, 1] = 27
    >>> apply_policies(KanoCell("rust", None, Tally(reverse)), Judgement(reverse="swap"))[1:]
    (0.0, True)
    """
    left_out, swapped = 0.0, False
    if judgement.questionable == "exclude":
        doubtful = judgement.table.positions() == list(KanoCategory).index(KanoCategory.QUESTIONABLE)
        left_out = float(cell.pairs.counts[doubtful].sum())
        cell = _each_pairs(cell, lambda pairs: np.where(doubtful, 0.0, pairs))
    if judgement.reverse == "swap":
        swapped = counts_of_pairs(cell.pairs, judgement.table).category(judgement.rule) is KanoCategory.REVERSE
        cell = _each_pairs(cell, np.transpose) if swapped else cell
    return cell, left_out, swapped


def counts_of_pairs(pairs: Tally, table: EvaluationTable) -> KanoCounts:
    """Count pairs of answers by category.

    Parameters
    ----------
    pairs
        How often each pair was answered, ``(5, 5)``.
    table
        The evaluation table.

    Returns
    -------
    The counts.

    Examples
    --------
    >>> counts_of_pairs(Tally(np.ones((5, 5))), STANDARD_TABLE).indifferent
    9.0
    """
    sums = by_category(pairs.counts, table).tolist()
    return KanoCounts(**dict(zip(KanoCategory, sums, strict=True)), effective_n=pairs.effective_n)


def by_category(pairs: FloatArray, table: EvaluationTable) -> FloatArray:
    """Add up pairs of answers by category.

    Parameters
    ----------
    pairs
        How often each pair was answered, ``(..., 5, 5)``.
    table
        The evaluation table.

    Returns
    -------
    Counts (A, O, M, I, R, Q), ``(..., 6)``.

    Examples
    --------
    >>> by_category(np.ones((5, 5)), STANDARD_TABLE)
    array([3., 1., 3., 9., 7., 2.])
    """
    positions = table.positions()
    return np.stack([pairs[..., positions == place].sum(axis=-1) for place in range(len(KanoCategory))], axis=-1)


def _each_pairs(cell: KanoCell, change: Callable[[FloatArray], FloatArray]) -> KanoCell:
    weighted = cell.pairs_by_importance
    return cell._replace(
        pairs=_changed(cell.pairs, change), pairs_by_importance=None if weighted is None else _changed(weighted, change)
    )


def _changed(tally: Tally, change: Callable[[FloatArray], FloatArray]) -> Tally:
    worth = None if tally.effective_n is None else float(change(tally.worth).sum())
    return Tally(change(tally.counts), worth or None)
