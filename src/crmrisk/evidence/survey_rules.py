"""Outcome rules about the next answer to a survey: is it a detractor's, has it fallen since the last one.

Who does not answer within the window might have answered anything: both rules leave them without an outcome, so that
back-tests count them as unrated and judge the scorer among those who answer.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal

import narwhals.stable.v2 as nw
from pydantic import Field
from pydantic.dataclasses import dataclass

from crmrisk.core.measures import Name
from crmrisk.core.model import VALUE, Value
from crmrisk.evidence.exactly import part_names, parts, total
from crmrisk.evidence.moments import instant_of
from crmrisk.evidence.summaries.base import count_if, same_text
from crmrisk.evidence.summaries.net_promoter import NetPromoterAnswers

if TYPE_CHECKING:
    from crmrisk.evidence.rules import Window

__all__ = ["Declines", "Detracts"]

_TOP = 10
_AGELESS = timedelta(days=36_500)
"""A half-life so long that no answer within a horizon weighs next to nothing."""


def _asked(facts: nw.LazyFrame[Any], question: str) -> nw.LazyFrame[Any]:
    return facts.filter(same_text("question", question) & ~nw.col("score").is_null())


def _at_the(end: nw.Expr, answers: nw.LazyFrame[Any], time: str) -> nw.LazyFrame[Any]:
    """Keep each customer's first or last answers."""
    ends = answers.group_by("customer_id").agg(end.alias("end"))
    return answers.join(ends, on="customer_id", how="left").filter(nw.col(time) == nw.col("end"))


@dataclass(frozen=True, config=VALUE)
class Detracts(Value):
    """Recognise customers whose next answer to the net promoter question is a detractor's.

    1 where the first answer in the window is at most `detractor_most`, 0 where it is above. **Who does not answer in
    the window has no outcome**: neither happy nor unhappy, but unknown. Of several answers at one and the same moment,
    one detractor's suffices. What a detractor is, and which answers are off the scale, `NetPromoterAnswers` says.

    Parameters
    ----------
    question
        The question, as the column ``question`` names it, compared without case and surrounding blanks.
    detractor_most
        The highest answer of a detractor, 0 to 9.

    Raises
    ------
    InvalidValueError
        If the cut point is off the scale.

    Examples
    --------
    >>> from datetime import datetime, timedelta
    >>> import pandas as pd
    >>> from crmrisk import Evidence, RiskEvent
    >>> answers = pd.DataFrame({"customer_id": ["A", "A", "B", "C"], "question": "nps", "score": [3, 9, 9, 2],
    ...     "at": pd.to_datetime(["2026-02-01", "2026-03-01", "2026-02-05", "2025-12-01"])})
    >>> event = RiskEvent("detractor", category="satisfaction", horizon=timedelta(days=50), outcome=Detracts())
    >>> listed = pd.DataFrame({"customer_id": ["A", "B", "C"]})
    >>> Evidence(listed, surveys=answers).outcomes(event, datetime(2026, 1, 1)).occurred
    array([ 1.,  0., nan])
    """

    question: Name = "nps"
    detractor_most: Annotated[int, Field(ge=0, lt=_TOP)] = 6

    table: ClassVar[str] = "surveys"
    kind: ClassVar[str] = "crmrisk.detracts"
    absent: ClassVar[float] = float("nan")

    def observe(self, facts: nw.LazyFrame[Any], window: Window, /) -> nw.LazyFrame[Any]:
        """Find the customers to whom it happened.

        Parameters
        ----------
        facts
            Records up to the end of the window.
        window
            The time to observe.

        Raises
        ------
        RecordError
            If an answer is no whole number from 0 to 10.
        """
        answers = _asked(facts.filter(nw.col("at") > window.start), self.question)
        counted = NetPromoterAnswers(
            question=self.question, half_life=_AGELESS, detractor_most=self.detractor_most, promoter_least=_TOP
        )
        found = counted.summarise(_at_the(nw.col("at").min(), answers, "at"), instant_of(window.end, None))
        return found.select("customer_id", count_if(nw.col("nps_detractors") > 0.0, "occurred"))


@dataclass(frozen=True, config=VALUE)
class Declines(Value):
    """Recognise customers whose next answer is lower than their last one, by some points at least.

    1 where the first wave in the window is `drop` points or more below the last wave before it, else 0; a wave is a
    day with an answer, and its score the mean of that day's answers, as in `SurveyTrend`. **Who did not answer before
    ``as_of``, or does not in the window, has no outcome.**

    Parameters
    ----------
    question
        The question, as the column ``question`` names it, compared without case and surrounding blanks.
    drop
        How many points [score].

    Raises
    ------
    InvalidValueError
        If the drop is not positive.

    Examples
    --------
    >>> from datetime import datetime, timedelta
    >>> import pandas as pd
    >>> from crmrisk import Evidence, RiskEvent
    >>> answers = pd.DataFrame({"customer_id": ["A", "A", "B"], "question": "nps", "score": [9, 7, 9],
    ...     "at": pd.to_datetime(["2025-02-01", "2026-01-20", "2025-03-01"])})
    >>> event = RiskEvent("decline", category="satisfaction", horizon=timedelta(days=19), outcome=Declines(drop=2))
    >>> Evidence(surveys=answers).outcomes(event, datetime(2026, 1, 1)).occurred
    array([ 1., nan])
    """

    question: Name = "nps"
    drop: Annotated[float, Field(gt=0)] = 2.0

    table: ClassVar[Literal["surveys"]] = "surveys"
    kind: ClassVar[str] = "crmrisk.declines"
    absent: ClassVar[float] = float("nan")

    def observe(self, facts: nw.LazyFrame[Any], window: Window, /) -> nw.LazyFrame[Any]:
        """Find the customers to whom it happened.

        Parameters
        ----------
        facts
            Records up to the end of the window.
        window
            The time to observe.
        """
        answers, at, day = _asked(facts, self.question), nw.col("at"), nw.col("at_day")
        last = _wave(_at_the(day.max(), answers.filter(at <= window.start), "at_day"), "last")
        following = _wave(_at_the(day.min(), answers.filter(at > window.start), "at_day"), "following")
        both = last.join(following, on="customer_id", how="inner")
        fallen = nw.col("last") - nw.col("following") >= self.drop
        return both.select("customer_id", count_if(fallen, "occurred"))


def _wave(answers: nw.LazyFrame[Any], name: str) -> nw.LazyFrame[Any]:
    split = answers.select("customer_id", *parts(nw.col("score"), "score"))
    sums = split.group_by("customer_id").agg(nw.len().alias("n"), *(nw.col(each).sum() for each in part_names("score")))
    mean = total("score") / nw.col("n").cast(nw.Float64)
    return sums.select("customer_id", mean.alias(name))
