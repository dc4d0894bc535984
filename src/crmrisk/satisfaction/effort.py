"""Customer effort (CES): how easy it was, as a mean and as a share of those who found it easy.

Neither number tells the whole: a mean of 5.5 of 7 may be everybody's 5 or 6, or a third of customers who gave up. Both
come in one record.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Literal

from pydantic.dataclasses import dataclass

from crmrisk.core.estimate import Estimate
from crmrisk.core.model import VALUE, Value
from crmrisk.satisfaction.box_shares import box_answers, top_box
from crmrisk.satisfaction.means import mean_score

if TYPE_CHECKING:
    from numpy.typing import ArrayLike
    from pandas import DataFrame

    from crmrisk.satisfaction.answered import AnswerCounts
    from crmrisk.satisfaction.box_shares import Box
    from crmrisk.satisfaction.flagging import Missing
    from crmrisk.satisfaction.proportions import ProportionMethod
    from crmrisk.satisfaction.survey_design import PopulationSizes

__all__ = ["CustomerEffort", "customer_effort_score"]


@dataclass(frozen=True, kw_only=True, config=VALUE)
class CustomerEffort(Value):
    """Hold the customer effort score in its two forms.

    Parameters
    ----------
    mean
        The mean answer with its t interval, in points of the scale.
    top_box
        The share of answers that say it was easy, in [0, 1].
    lowest, highest
        Ends of the scale.
    easy
        The answers that say it was easy.

    Raises
    ------
    InvalidValueError
        If the parts are not what they are called.

    Examples
    --------
    >>> customer_effort_score([7, 6, 2, 5]).easy
    (6, 7)
    """

    mean: Estimate
    top_box: Estimate
    lowest: int
    highest: int
    easy: tuple[int, ...]

    def frame(self) -> DataFrame:
        """Lay both forms out as a table.

        Returns
        -------
        One row per form, one column per part of an estimate.

        Examples
        --------
        >>> customer_effort_score([7, 6, 2, 5]).frame()["value"].tolist()
        [5.0, 0.5]
        """
        from pandas import DataFrame  # noqa: PLC0415 - pandas takes long to import and numbers do not need it

        forms = [asdict(self.mean), asdict(self.top_box)]
        return DataFrame(forms, index=["mean", "top box"]).rename_axis("form")

    def __str__(self) -> str:
        easy = ", ".join(str(answer) for answer in self.easy)
        return f"mean {self.mean} on {self.lowest} to {self.highest}; easy ({easy}) {self.top_box}"


def customer_effort_score(
    answers: ArrayLike | None = None,
    *,
    lowest: int = 1,
    highest: int = 7,
    box: Box = 2,
    easy: Literal["top", "bottom"] = "top",
    counts: AnswerCounts | None = None,
    effective_n: float | None = None,
    weights: ArrayLike | None = None,
    strata: ArrayLike | None = None,
    clusters: ArrayLike | None = None,
    population: PopulationSizes | None = None,
    method: ProportionMethod = "wilson",
    level: float = 0.95,
    missing: Missing = "error",
) -> CustomerEffort:
    """Estimate the customer effort score: mean and top-2 box.

    Parameters
    ----------
    answers
        One whole number per row, ``(n_answers,)``; or give ``counts``.
    lowest, highest
        Ends of the scale, inclusive.
    box
        How many points of the scale say that it was easy, or the very answers.
    easy
        Which end of the scale is easy: ``"top"`` for "the company made it easy for me", ``"bottom"`` for "how much
        effort did you have to put in".
    counts, effective_n, weights, strata, clusters, population
        As for `crmrisk.satisfaction.box_shares.top_box`.
    method
        The interval of the share; the mean has Student's.
    level
        Nominal coverage.
    missing
        ``"error"`` refuses missing answers, ``"exclude"`` leaves them out and says how many in the warnings.

    Returns
    -------
    Both estimates.

    Raises
    ------
    RecordError
        If answers are off the scale (named with row and count) or missing, or the design unusable.
    InvalidValueError
        If neither or both of answers and counts are given, or counts, scale, box, method or level are not valid.

    References
    ----------
    Dixon, M., Freeman, K. and Toman, N. (2010). Stop trying to delight your customers. *Harvard Business Review* 88.

    Examples
    --------
    >>> print(customer_effort_score([7, 6, 5, 7, 3, 6]))
    mean 5.667 [4.087, 7] (95 % t, n 6) on 1 to 7; easy (6, 7) 0.6667 [0.3, 0.9032] (95 % wilson, n 6)
    """
    share = top_box(
        answers,
        lowest=lowest,
        highest=highest,
        box=box,
        end=easy,
        counts=counts,
        effective_n=effective_n,
        weights=weights,
        strata=strata,
        clusters=clusters,
        population=population,
        method=method,
        level=level,
        missing=missing,
    )
    mean = mean_score(
        answers,
        counts=counts,
        effective_n=effective_n,
        lowest=lowest,
        highest=highest,
        weights=weights,
        strata=strata,
        clusters=clusters,
        population=population,
        level=level,
        missing=missing,
    )
    answers_easy = box_answers(box, lowest=lowest, highest=highest, end=easy)
    return CustomerEffort(mean=mean, top_box=share, lowest=lowest, highest=highest, easy=answers_easy)
