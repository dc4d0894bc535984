"""Survey trend: a customer's answers as waves, with their level, their slope and the latest change."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Any, ClassVar

import narwhals.stable.v2 as nw

from crmrisk.core.errors import Problem, RecordError
from crmrisk.core.measures import Input, Name
from crmrisk.evidence.content import counted, one_row
from crmrisk.evidence.exactly import part_names, parts, total
from crmrisk.evidence.moments import day_number
from crmrisk.evidence.summaries.base import BaseSummary, same_text
from crmrisk.evidence.summaries.surveys import plain_name

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

__all__ = ["SurveyTrend"]

_LARGEST = 10_000.0
"""Squares of larger answers would no longer be told apart."""
_YEAR = 365.25
_OWN = ("_waves", "_wave_mean", "_latest_wave", "_mean_age", "_age_variance", "_scatter")
"""Ends of names that nobody else's inputs have, whatever the question."""
_DAYS = 4e6
"""More than the calendar of evidence has, years 1 to 9999."""


class SurveyTrend(BaseSummary, kind="crmrisk.survey_trend"):
    """Summarise how a customer's answers to one question moved from wave to wave.

    A wave is a day with an answer, and its score the mean of that day's answers. For the question q, with y the scores
    of the n waves and t their times:

    - ``<q>_waves`` [count]: n; ``<q>_wave_mean`` [score]: the mean of y; ``<q>_latest_wave`` [score]: the last y;
    - ``<q>_change`` [score]: the last y minus the one before it;
    - ``<q>_slope`` [score/year]: the least-squares slope of y on t;
    - ``<q>_mean_age`` [day], ``<q>_age_variance`` [day^2]: mean and variance (divisor n) of how long ago they were;
    - ``<q>_scatter`` [score^2]: the variance of y around that line, divisor n - 2.

    Change and slope of a single wave, and the scatter of fewer than three, are unrated. A record without a score is no
    answer; customers without an answer have 0 waves and nothing else.

    Parameters
    ----------
    question
        The question, as the column ``question`` names it, compared without case and surrounding blanks.

    Examples
    --------
    >>> from datetime import datetime
    >>> import pandas as pd
    >>> from crmrisk.evidence import Evidence
    >>> at = pd.to_datetime(["2025-01-01", "2025-07-01", "2026-01-01"])
    >>> answers = pd.DataFrame({"customer_id": "C1", "at": at, "question": "nps", "score": [9, 9, 6]})
    >>> book = Evidence(surveys=answers).portfolio(datetime(2026, 1, 1), [SurveyTrend()])
    >>> float(book["nps_change"][0]), float(book["nps_slope"][0].round(2)), float(book["nps_wave_mean"][0])
    (-3.0, -3.01, 8.0)
    """

    question: Name = "nps"

    table: ClassVar[str] = "surveys"

    @property
    def inputs(self) -> tuple[Input, ...]:
        """What it yields."""
        named = {
            "waves": ("count", 0.0, _DAYS),
            "wave_mean": ("score", -_LARGEST, _LARGEST),
            "latest_wave": ("score", -_LARGEST, _LARGEST),
            "change": ("score", -2 * _LARGEST, 2 * _LARGEST),
            "slope": ("score/year", -_YEAR * 2 * _LARGEST, _YEAR * 2 * _LARGEST),
            "mean_age": ("day", 0.0, _DAYS),
            "age_variance": ("day^2", 0.0, _DAYS**2),
            "scatter": ("score^2", 0.0, _DAYS * _LARGEST**2),
        }
        return tuple(Input(self._named(name), unit, ge=least, le=most) for name, (unit, least, most) in named.items())

    @property
    def absent(self) -> Mapping[str, float]:
        """Nobody who was never asked has answered."""
        return MappingProxyType({self._named("waves"): 0.0})

    def _named(self, name: str) -> str:
        return f"{plain_name(self.question)}_{name}"

    @classmethod
    def may_yield(cls, name: str) -> bool:
        """Tell whether it yields an input of this name for some question."""
        return name.endswith(_OWN) or super().may_yield(name)

    def summarise(self, facts: nw.LazyFrame[Any], as_of: datetime, /) -> nw.LazyFrame[Any]:
        """Reduce answers to one row per customer; they are checked at once.

        Parameters
        ----------
        facts
            Survey records known at `as_of`.
        as_of
            Where ages count to.

        Raises
        ------
        RecordError
            If an answer is larger than 10,000 either way.
        """
        score = nw.col("score")
        answers = facts.filter(same_text("question", self.question) & ~score.is_null())
        self._check(answers)
        waves = _waves(answers, day_number(as_of))
        ages = waves.group_by("customer_id").agg(nw.col("age").min().alias("latest_age"))
        joined = waves.join(ages, on="customer_id", how="left")
        sums = joined.select("customer_id", *_summands()).group_by("customer_id").agg(*_sums())
        before = waves.select("customer_id", nw.col("age").alias("previous_age"), score.alias("previous"))
        paired = sums.join(before, on=["customer_id", "previous_age"], how="left")
        line = paired.with_columns(total("score"), total("square"), total("product")).with_columns(*_line())
        return line.select("customer_id", *(each.alias(self._named(name)) for name, each in _results().items()))

    def _check(self, answers: nw.LazyFrame[Any]) -> None:
        found = one_row(answers, strange=counted(nw.col("score").abs() > _LARGEST))["strange"]
        if found:
            what = f"{found} answer(s) to {self.question!r} that are no survey scores"
            allowed = f"-{_LARGEST:,.0f} to {_LARGEST:,.0f}"
            raise RecordError(Problem(what=what, where="surveys.score", allowed=allowed))


def _waves(answers: nw.LazyFrame[Any], today: int) -> nw.LazyFrame[Any]:
    """Reduce answers to one row per customer and day: age [day] and mean score."""
    age = (today - nw.col("at_day").cast(nw.Int64)).alias("age")
    days = (
        answers.select("customer_id", age, *parts(nw.col("score"), "score"))
        .group_by("customer_id", "age")
        .agg(nw.len().alias("n"), *(nw.col(each).sum() for each in part_names("score")))
    )
    return days.select("customer_id", "age", (total("score") / nw.col("n").cast(nw.Float64)).alias("score"))


def _summands() -> list[nw.Expr]:
    age, score, latest = nw.col("age"), nw.col("score"), nw.col("latest_age")
    return [
        age,
        (age * age).alias("age_square"),
        *parts(score, "score"),
        *parts(score * score, "square"),
        *parts(score * age.cast(nw.Float64), "product"),
        nw.when(age == latest).then(score).alias("latest"),
        nw.when(age > latest).then(age).alias("previous_age"),
    ]


def _sums() -> list[nw.Expr]:
    names = ("age", "age_square", *(part for name in ("score", "square", "product") for part in part_names(name)))
    return [
        nw.len().alias("n"),
        *(nw.col(name).sum() for name in names),
        nw.col("latest").max(),
        nw.col("previous_age").min(),
    ]


def _line() -> list[nw.Expr]:
    """Return the sums of squares and products around the means."""
    n, age, score = nw.col("n").cast(nw.Float64), nw.col("age").cast(nw.Float64), nw.col("score")
    return [
        (nw.col("age_square").cast(nw.Float64) - age * age / n).alias("spread"),
        (nw.col("product") - score * age / n).alias("covariation"),
        (nw.col("square") - score * score / n).alias("variation"),
    ]


def _results() -> dict[str, nw.Expr]:
    count, n = nw.col("n"), nw.col("n").cast(nw.Float64)
    spread, covariation = nw.col("spread"), nw.col("covariation")
    several = nw.when(count > 1).then(spread)  # the spread of one wave is 0: no engine is to divide by it
    around = nw.col("variation") - covariation * covariation / several
    freedom = nw.when(count > 2).then(n - 2.0)  # a line has two parameters
    return {
        "waves": n,
        "wave_mean": nw.col("score") / n,
        "latest_wave": nw.col("latest"),
        "change": nw.col("latest") - nw.col("previous"),
        "slope": covariation / several * -_YEAR,  # the older, the greater the age
        "mean_age": nw.col("age").cast(nw.Float64) / n,
        "age_variance": spread / n,
        "scatter": nw.when(around > 0.0).then(around).otherwise(around * 0.0) / freedom,
    }
