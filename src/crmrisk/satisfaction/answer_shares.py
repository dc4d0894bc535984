"""What a segment answers, and how much alike its customers are: the prior that a customer's own answers add to.

Own answers and the segment's are put together by a Dirichlet prior that counts for some number of answers. Customers
who answered more than once tell how many: where each repeats the same answer, one answer says nearly everything of a
customer, and the segment counts for little.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal, NamedTuple, TypeAlias

import numpy as np
from pydantic import Field
from pydantic.dataclasses import dataclass
from scipy.special import gammaln

from crmrisk.core.errors import FitError, Problem
from crmrisk.core.measures import LABEL, Input
from crmrisk.core.model import VALUE, Value

if TYPE_CHECKING:
    from collections.abc import Mapping

    from crmrisk.core.arrays import BoolArray, FloatArray, ObjectArray
    from crmrisk.core.portfolio import Portfolio

__all__ = [
    "ANSWERED",
    "COUNTS",
    "SEGMENT",
    "USUAL",
    "AnswerShares",
    "PriorAnswers",
    "Pseudo",
    "Share",
    "WhenUnanswered",
    "answer_counts",
    "fit_prior_answers",
    "looked_up",
    "prior_inputs",
    "shares_by_segment",
]

COUNTS = (
    Input("nps_promoters", "count", ge=0),
    Input("nps_passives", "count", ge=0),
    Input("nps_detractors", "count", ge=0),
)
"""Answers by kind, older ones weighing less; see `crmrisk.evidence.NetPromoterAnswers`."""
ANSWERED = Input("nps_answers", "count", ge=0, optional=True)
"""How many answers these are, each counted fully; see `crmrisk.evidence.Surveys`."""
SEGMENT = Input("segment", LABEL, optional=True)

Share: TypeAlias = Annotated[float, Field(ge=0, le=1)]
Pseudo: TypeAlias = Annotated[float, Field(gt=0)]
WhenUnanswered: TypeAlias = Literal["unrated", "segment"]

USUAL = 2.0
"""The answers a segment counts for where nobody answered twice."""
_FEWEST, _MOST = 0.05, 1000.0
_AT_THE_END = 1.05
_ROUNDING = 1e-9
_TINY = 1e-12
"""A kind nobody ever answered adds nothing to the likelihood, and its share must not be 0."""


@dataclass(frozen=True, config=VALUE)
class AnswerShares(Value):
    """Hold the shares of promoters, passives and detractors among the answers of a segment.

    Parameters
    ----------
    promoters, passives, detractors
        Shares in 0..1 that sum to 1.

    Examples
    --------
    >>> AnswerShares(0.5, 0.3, 0.2).promoters
    0.5
    """

    promoters: Share
    passives: Share
    detractors: Share


class PriorAnswers(NamedTuple):
    """Hold how many answers a segment's shares count for, and what could not be told.

    Examples
    --------
    >>> PriorAnswers(2.0).warnings
    ()
    """

    answers: float
    warnings: tuple[str, ...] = ()


def answer_counts(portfolio: Portfolio, *, reader: str) -> FloatArray:
    """Read the promoters, passives and detractors of each customer; unknown is none.

    Parameters
    ----------
    portfolio
        One row per customer.
    reader
        Who reads, for the error.

    Returns
    -------
    Weighted counts, ``(n_customers, 3)``.

    Raises
    ------
    FitError
        If nobody answered.

    Examples
    --------
    >>> from datetime import date
    >>> from crmrisk import Portfolio
    >>> book = Portfolio(["C1"], date(2026, 1, 31), {each.name: [1.0] for each in COUNTS})
    >>> answer_counts(book, reader="example")
    array([[1., 1., 1.]])
    """
    counts = np.nan_to_num(np.stack([portfolio[each.name] for each in COUNTS], axis=1))
    if counts.sum() == 0:
        raise FitError(Problem(what="nobody answered", where=reader, got=f"{len(portfolio)} customers"))
    return counts


def shares_by_segment(
    labels: ObjectArray, counts: FloatArray, overall: FloatArray, *, prior_answers: float
) -> dict[str, FloatArray]:
    """Share out the answers of each segment, shrunk to those of the whole book.

    Parameters
    ----------
    labels
        The segments, ``(n_customers,)``.
    counts
        Answers by kind, ``(n_customers, n_kinds)``.
    overall
        Shares of the whole book, ``(n_kinds,)``.
    prior_answers
        How many answers the whole book counts for.

    Returns
    -------
    Segment to shares, ``(n_kinds,)``.

    Examples
    --------
    >>> labels = np.array(["gold", None], dtype=object)
    >>> shares_by_segment(labels, np.array([[2.0, 0.0], [0.0, 2.0]]), np.array([0.5, 0.5]), prior_answers=2.0)
    {'gold': array([0.75, 0.25])}
    """
    names = sorted({label for label in labels.tolist() if label is not None})
    position = {name: row for row, name in enumerate(names)}
    rows = np.array([position.get(label, len(names)) for label in labels.tolist()], dtype=np.int64)
    sums = np.stack([np.bincount(rows, weights=column, minlength=len(names) + 1) for column in counts.T], axis=1)
    shrunk = (sums + prior_answers * overall) / (sums.sum(axis=1, keepdims=True) + prior_answers)
    return {name: shrunk[row] for name, row in position.items()}


def looked_up(labels: ObjectArray, by_segment: Mapping[str, float], otherwise: float) -> FloatArray:
    """Look a number of their segment up for each customer.

    Parameters
    ----------
    labels
        The segments, ``(n_customers,)``.
    by_segment
        Segment to number.
    otherwise
        The number of every other segment, and of none.

    Examples
    --------
    >>> looked_up(np.array(["gold", None], dtype=object), {"gold": 0.5}, 0.1)
    array([0.5, 0.1])
    """
    found = (by_segment.get(label, otherwise) for label in labels.tolist())
    return np.fromiter(found, dtype=np.float64, count=len(labels))


def prior_inputs(prior_answers: float | None) -> tuple[Input, ...]:
    """Name what a scorer of net promoter answers reads, and what it reads besides to learn its prior.

    Parameters
    ----------
    prior_answers
        The prior; ``None`` where it is to be learnt.

    Examples
    --------
    >>> [each.name for each in prior_inputs(None)][-2:]
    ['segment', 'nps_answers']
    """
    return (*COUNTS, SEGMENT) if prior_answers is not None else (*COUNTS, SEGMENT, ANSWERED)


def fit_prior_answers(portfolio: Portfolio, counts: FloatArray, overall: FloatArray) -> PriorAnswers:
    """Learn how many answers a segment's shares count for, by marginal likelihood.

    Maximises the Dirichlet-multinomial likelihood ``sum_i [ln B(c_i + s q_i) - ln B(s q_i)]`` in s, with q the shares
    of the customer's segment and ``ln B(a) = sum_k ln G(a_k) - ln G(sum_k a_k)``. Counts in which old answers weigh
    less are first scaled back to how many answers they are, as few as the weights allow where ``nps_answers`` does not
    say: else a single old answer would seem to tell how much customers differ, which takes two.

    Parameters
    ----------
    portfolio
        One row per customer.
    counts
        Weighted answers by kind, ``(n_customers, n_kinds)``.
    overall
        Shares of the whole book, ``(n_kinds,)``.

    Returns
    -------
    Between 0.05 and 1000 answers, with a warning at either end; 2 answers, with a warning, where nobody answered twice.

    References
    ----------
    Mosimann, J. E. (1962), On the compound multinomial distribution, Biometrika 49.

    Examples
    --------
    >>> from datetime import date
    >>> from crmrisk import Portfolio
    >>> book = Portfolio([f"C{i}" for i in range(100)], date(2026, 1, 31), {})
    >>> fit_prior_answers(book, np.array([[4.0, 0.0], [0.0, 4.0]] * 50), np.array([0.5, 0.5]))
    PriorAnswers(answers=0.05..., warnings=('customers repeat their answers',))
    """
    whole, several = _whole_answers(counts, portfolio.columns.get(ANSWERED.name))
    if not several.any():
        return PriorAnswers(USUAL, (f"nobody answered twice: the segment counts for {USUAL:g} answers by convention",))
    labels = portfolio.label("segment")
    by_segment = shares_by_segment(labels, counts, overall, prior_answers=USUAL)
    kinds = [
        looked_up(labels, {name: float(shares[kind]) for name, shares in by_segment.items()}, float(overall[kind]))
        for kind in range(len(overall))
    ]
    shares = np.maximum(np.stack(kinds, axis=1), _TINY)
    strength = _most_likely(whole[several], shares[several])
    ends = ((_FEWEST, "repeat their answers"), (_MOST, "answer as if they did not differ"))
    warnings = [f"customers {what}" for end, what in ends if end / _AT_THE_END < strength < end * _AT_THE_END]
    return PriorAnswers(strength, tuple(warnings))


def _whole_answers(counts: FloatArray, answers: FloatArray | None) -> tuple[FloatArray, BoolArray]:
    """Scale weighted counts to the number of answers; tell who gave several."""
    weighed = counts.sum(axis=1)
    fewest = np.ceil(weighed - _ROUNDING)
    known = fewest if answers is None else np.fmax(answers, fewest)
    scale = np.divide(known, weighed, out=np.zeros_like(weighed), where=weighed > 0)
    return counts * scale[:, np.newaxis], (known > 1) & (weighed > 0)


def _most_likely(counts: FloatArray, shares: FloatArray) -> float:
    from scipy.optimize import minimize_scalar  # noqa: PLC0415 - a heavy import that only fitting needs

    total = counts.sum(axis=1)

    def loss(log_strength: float) -> float:
        strength = float(np.exp(log_strength))
        prior = strength * shares
        kinds = gammaln(counts + prior) - gammaln(prior)
        return float((gammaln(total + strength) - gammaln(strength)).sum() - kinds.sum())

    found = minimize_scalar(loss, bounds=(np.log(_FEWEST), np.log(_MOST)), method="bounded", options={"xatol": 1e-6})
    return float(np.exp(found.x))
