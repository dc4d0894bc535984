"""Surveys: the last and the mean answer to each question."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Any, ClassVar

import narwhals.stable.v2 as nw

from crmrisk.core.measures import Input, Name
from crmrisk.evidence.exactly import part_names, parts, total
from crmrisk.evidence.summaries.base import BaseSummary, same_text

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

__all__ = ["Surveys", "plain_name"]


class Surveys(BaseSummary, kind="crmrisk.surveys"):
    """Summarise answers, question by question.

    For each question q: ``<q>_last`` and ``<q>_mean`` [score], ``<q>_answers`` [count]. Answers at one and the same
    time count as one with their mean. A record without a score is no answer; without any answer, last and mean are
    unrated and the count is 0. Questions compare without case
    and surrounding blanks.

    Parameters
    ----------
    questions
        The questions to summarise, as the column ``question`` names them.

    Examples
    --------
    >>> [each.name for each in Surveys(questions=("csat",)).inputs]
    ['csat_last', 'csat_mean', 'csat_answers']
    """

    questions: tuple[Name, ...] = ("nps", "csat", "ces")

    table: ClassVar[str] = "surveys"

    @property
    def inputs(self) -> tuple[Input, ...]:
        """What it yields."""
        return tuple(
            each
            for name in map(plain_name, self.questions)
            for each in (
                Input(f"{name}_last", "score"),
                Input(f"{name}_mean", "score"),
                Input(f"{name}_answers", "count", ge=0),
            )
        )

    @property
    def absent(self) -> Mapping[str, float]:
        """Nobody who was never asked has answered."""
        return MappingProxyType({f"{plain_name(question)}_answers": 0.0 for question in self.questions})

    def summarise(self, facts: nw.LazyFrame[Any], as_of: datetime, /) -> nw.LazyFrame[Any]:
        """Reduce answers to one row per customer.

        Parameters
        ----------
        facts
            Survey records known at `as_of`.
        as_of
            Not used beyond that.
        """
        asked = {plain_name(question): same_text("question", question) for question in self.questions}
        score, at = nw.col("score"), nw.col("at")
        answers = facts.filter(~score.is_null()).select(
            "customer_id",
            "at",
            *(nw.when(mine).then(score).alias(f"{name}_score") for name, mine in asked.items()),
            *(nw.when(mine).then(at).alias(f"{name}_at") for name, mine in asked.items()),
        )
        last = answers.group_by("customer_id").agg(*(nw.col(f"{n}_at").max().alias(f"{n}_last_at") for n in asked))
        latest = [
            nw.when(at == nw.col(f"{name}_last_at")).then(nw.col(f"{name}_score")).alias(f"{name}_latest")
            for name in asked
        ]
        joined = answers.join(last, on="customer_id", how="left").with_columns(*latest)
        split = [each for name in asked for kind in ("score", "latest") for each in _split(f"{name}_{kind}")]
        sums = (
            joined.with_columns(*split).group_by("customer_id").agg(*(each for name in asked for each in _sums(name)))
        )
        return sums.select("customer_id", *(each for name in asked for each in _results(name)))


def _sums(name: str) -> list[nw.Expr]:
    columns = (f"{name}_score", f"{name}_latest")
    names = [name for column in columns for name in part_names(column)]
    return [
        *(nw.col(name).sum() for name in names),
        *(nw.col(column).count().alias(f"{column}_count") for column in columns),
    ]


def _results(name: str) -> list[nw.Expr]:
    return [
        _mean(f"{name}_latest").alias(f"{name}_last"),
        _mean(f"{name}_score").alias(f"{name}_mean"),
        nw.col(f"{name}_score_count").alias(f"{name}_answers"),
    ]


def _split(column: str) -> list[nw.Expr]:
    return parts(nw.col(column), column)


def _mean(part: str) -> nw.Expr:
    count = nw.col(f"{part}_count")
    return nw.when(count > 0).then(total(part) / count.cast(nw.Float64))


def plain_name(question: str) -> str:
    """Turn a question into the start of column names.

    Parameters
    ----------
    question
        As the column ``question`` names it.

    Examples
    --------
    >>> plain_name("Food quality")
    'food_quality'
    """
    return "".join(c if c.isalnum() else "_" for c in question.lower())
