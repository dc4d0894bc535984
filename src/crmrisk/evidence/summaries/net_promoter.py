"""Net promoter answers: promoters, passives and detractors, older answers weighing less."""

from __future__ import annotations

from datetime import timedelta
from types import MappingProxyType
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Self

import narwhals.stable.v2 as nw
from pydantic import Field, model_validator

from crmrisk.core.errors import InvalidValueError, Problem, RecordError
from crmrisk.core.instants import PositiveSpan  # noqa: TC001 - pydantic reads it at run time
from crmrisk.core.measures import Input, Name
from crmrisk.evidence.content import counted, one_row
from crmrisk.evidence.exactly import part_names, parts, total
from crmrisk.evidence.moments import microseconds, span
from crmrisk.evidence.summaries.base import BaseSummary, same_text

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

__all__ = ["NetPromoterAnswers"]

_NAMES = ("nps_promoters", "nps_passives", "nps_detractors")
_MOST = 10
_FINE = 2.0**40
"""Weights are at most 1, and those of old answers small."""

Answer = Annotated[int, Field(ge=0, le=_MOST)]


class NetPromoterAnswers(BaseSummary, kind="crmrisk.net_promoter_answers"):
    """Count a customer's promoter, passive and detractor answers, each weighing 0.5 ** (age / half_life).

    Yields ``nps_promoters``, ``nps_passives`` and ``nps_detractors`` [count]: answers from `promoter_least` up, in
    between, and up to `detractor_most`. A customer without an answer has 0 of each. A record without a score is no
    answer.

    Parameters
    ----------
    question
        The question, as the column ``question`` names it, compared without case and surrounding blanks.
    half_life
        The age at which an answer weighs half.
    detractor_most, promoter_least
        The cut points of the scale of 0 to 10.

    Raises
    ------
    InvalidValueError
        If the half-life is not positive, or the cut points are crossed.

    References
    ----------
    Reichheld (2003), The One Number You Need to Grow, Harvard Business Review 81(12): 0–6, 7–8, 9–10.

    Examples
    --------
    >>> from datetime import datetime
    >>> import pandas as pd
    >>> from crmrisk.evidence import Evidence
    >>> answers = pd.DataFrame({"customer_id": "C1", "at": pd.to_datetime(["2025-01-01", "2026-01-01"]),
    ...     "question": "nps", "score": [9, 3]})
    >>> book = Evidence(surveys=answers).portfolio(datetime(2026, 1, 1), [NetPromoterAnswers()])
    >>> float(book["nps_promoters"][0]), float(book["nps_detractors"][0])
    (0.5, 1.0)
    """

    question: Name = "nps"
    half_life: PositiveSpan = timedelta(days=365)
    detractor_most: Answer = 6
    promoter_least: Answer = 9

    table: ClassVar[str] = "surveys"

    @model_validator(mode="after")
    def _cuts(self) -> Self:
        if self.detractor_most >= self.promoter_least:
            got = f"{self.detractor_most}, {self.promoter_least}"
            raise InvalidValueError(Problem(what="cut points are crossed", where="NetPromoterAnswers", got=got))
        return self

    @property
    def inputs(self) -> tuple[Input, ...]:
        """What it yields."""
        return tuple(Input(name, "count", ge=0) for name in _NAMES)

    @property
    def absent(self) -> Mapping[str, float]:
        """Nobody who was never asked has answered."""
        return MappingProxyType(dict.fromkeys(_NAMES, 0.0))

    def summarise(self, facts: nw.LazyFrame[Any], as_of: datetime, /) -> nw.LazyFrame[Any]:
        """Reduce answers to one row per customer; the answers are checked at once.

        Parameters
        ----------
        facts
            Survey records known at `as_of`.
        as_of
            Where the age of an answer counts to.

        Raises
        ------
        RecordError
            If an answer is no whole number from 0 to 10.
        """
        score = nw.col("score")
        asked = same_text("question", self.question) & ~score.is_null()
        answers = facts.filter(asked)
        self._check(answers)
        age = (microseconds(as_of) - nw.col("at")).cast(nw.Float64)
        half = age * 0.0 + 0.5  # a column, because older narwhals stretches a literal over an empty table
        weight = half ** (age / float(span(self.half_life)))
        kinds = (
            score >= self.promoter_least,
            (score > self.detractor_most) & (score < self.promoter_least),
            score <= self.detractor_most,
        )
        columns = [
            each
            for name, kind in zip(_NAMES, kinds, strict=True)
            for each in parts(nw.when(kind).then(nw.col("weight")), name, scale=_FINE)
        ]
        weighed = answers.with_columns(weight.alias("weight")).select("customer_id", *columns)
        sums = [nw.col(part).sum() for name in _NAMES for part in part_names(name)]
        grouped = weighed.group_by("customer_id").agg(*sums)
        return grouped.select("customer_id", *(total(name, scale=_FINE) for name in _NAMES))

    def _check(self, answers: nw.LazyFrame[Any]) -> None:
        score = nw.col("score")
        strange = (score < 0.0) | (score > float(_MOST)) | (score % 1.0 != 0.0)
        found = one_row(answers, strange=counted(strange))["strange"]
        if found:
            raise RecordError(
                Problem(
                    what=f"{found} answer(s) to {self.question!r} off the scale",
                    where="surveys.score",
                    allowed=f"whole numbers from 0 to {_MOST}",
                    remedy="rescale the answers, or name another question in NetPromoterAnswers",
                )
            )
