"""The back-test: assess at past cutoffs with what was known then, and compare with what happened next.

Nothing can leak by construction: at each cutoff the pipeline is fitted by `AssessmentPipeline.fit_as_of`, which sees
nothing later, and compared with `Evidence.outcomes`, which sees nothing earlier.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np

from crmrisk.assessment.remembering import Facts, Remembering
from crmrisk.core.errors import InvalidValueError, Problem
from crmrisk.core.expecting import expect
from crmrisk.core.instants import instant
from crmrisk.core.progress import progress_callback
from crmrisk.proof.discrimination import auc_difference
from crmrisk.proof.evaluation import evaluate_probabilities, evaluate_ranking

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import date, datetime

    import pandas as pd

    from crmrisk.assessment import AssessmentPipeline
    from crmrisk.core.arrays import FloatArray
    from crmrisk.core.estimate import Estimate
    from crmrisk.core.portfolio import Portfolio
    from crmrisk.core.progress import Bar, Progress
    from crmrisk.proof.evaluation import ProbabilityCheck, RankingCheck

__all__ = ["BackTest", "Baseline", "BaselineCheck", "CutoffCheck", "backtest"]


@dataclass(frozen=True)
class Baseline:
    """Name a column that anybody could rank customers by.

    Parameters
    ----------
    column
        The column of the portfolio.
    direction
        ``+1`` where more means more likely, ``-1`` where less does.

    Examples
    --------
    >>> Baseline("frequency", -1).column
    'frequency'
    """

    column: str
    direction: int = 1

    def rank(self, portfolio: Portfolio) -> FloatArray:
        """Return the ranking score, ``(n_customers,)``: the higher, the more likely."""
        return self.direction * portfolio[self.column]


BASELINES = (Baseline("idle_days", 1), Baseline("frequency", -1))
"""What a pipeline has to beat: the longer silent, and the rarer, the likelier to leave."""


@dataclass(frozen=True)
class BaselineCheck:
    """Hold how a baseline did beside the pipeline, on the same customers.

    Parameters
    ----------
    ranking
        The baseline's own check.
    advantage
        AUC of the pipeline minus AUC of the baseline, with DeLong's paired interval.

    Examples
    --------
    See `backtest`.
    """

    ranking: RankingCheck
    advantage: Estimate


@dataclass(frozen=True)
class CutoffCheck:
    """Hold what was measured at one cutoff.

    Parameters
    ----------
    as_of
        The cutoff.
    check
        The pipeline's likelihood against what happened.
    baselines
        Column to its check; a column the portfolio does not hold is left out.

    Examples
    --------
    See `backtest`.
    """

    as_of: datetime
    check: ProbabilityCheck
    baselines: Mapping[str, BaselineCheck]

    def line(self) -> dict[str, object]:
        """Return the row of the back-test table.

        Examples
        --------
        See `backtest`.
        """
        check = self.check
        own = {
            "as_of": self.as_of,
            "n": check.n,
            "events": check.events,
            "unrated": check.n_unrated,
            "base_rate": check.base_rate,
            "auc": check.auc.value,
            "auc_low": check.auc.low,
            "auc_high": check.auc.high,
            "brier": check.brier,
            "brier_skill": check.brier_skill,
            "calibration_slope": check.calibration_slope,
            "calibration_intercept": check.calibration_intercept,
            "spiegelhalter_z": check.spiegelhalter_z,
            "expected_calibration_error": check.expected_calibration_error,
            "lift_10": check.lift_10,
            "capture_10": check.capture_10,
        }
        beside = [_baseline_columns(name, baseline) for name, baseline in self.baselines.items()]
        return own | {key: value for columns in beside for key, value in columns.items()}


def _cell(value: float | None) -> str:
    if value is None or value != value:  # noqa: PLR0124 - NaN differs from itself
        return "-"
    return f"{value:,.0f}" if float(value).is_integer() and abs(value) > 1 else f"{value:.3f}"


def _baseline_columns(name: str, baseline: BaselineCheck) -> dict[str, float | None]:
    ranking = baseline.ranking
    return {
        f"{name}_auc": ranking.auc.value,
        f"{name}_advantage": baseline.advantage.value,
        f"{name}_advantage_low": baseline.advantage.low,
        f"{name}_lift_10": ranking.lift_10,
        f"{name}_capture_10": ranking.capture_10,
    }


@dataclass(frozen=True, repr=False)
class BackTest:
    """Hold the checks of one pipeline at several cutoffs.

    Parameters
    ----------
    pipeline
        The name of the pipeline.
    event
        The name of the event.
    cutoffs
        One check per cutoff, in order of time.

    Examples
    --------
    See `backtest`.
    """

    pipeline: str
    event: str
    cutoffs: tuple[CutoffCheck, ...]

    def __iter__(self) -> Iterator[CutoffCheck]:
        return iter(self.cutoffs)

    def __len__(self) -> int:
        return len(self.cutoffs)

    def __repr__(self) -> str:
        return f"BackTest of {self.pipeline!r} at {len(self)} cutoff(s)\n{self}"

    def __str__(self) -> str:
        return str(self._table().to_string())

    def _repr_html_(self) -> str:
        return str(self._table().to_html())

    def _table(self) -> pd.DataFrame:
        """Turn the frame on its side, one column per cutoff, numbers as people read them."""
        frame = self.frame()
        columns = {f"{as_of:%Y-%m-%d}": frame.iloc[row, 1:].map(_cell) for row, as_of in enumerate(frame["as_of"])}
        return type(frame)(columns, index=frame.columns[1:])

    def frame(self) -> pd.DataFrame:
        """Return a pandas frame, one row per cutoff, baselines in columns of their own.

        Examples
        --------
        See `backtest`.
        """
        import pandas as pd  # noqa: PLC0415 - a heavy import that only this call needs

        return pd.DataFrame([cutoff.line() for cutoff in self.cutoffs])


def backtest(
    pipeline: AssessmentPipeline,
    evidence: Facts,
    cutoffs: Sequence[date | datetime],
    *,
    baselines: Sequence[Baseline | str] = BASELINES,
    progress: Progress | Bar | None = None,
) -> BackTest:
    """Assess at past cutoffs with what was known then, and compare with what happened next.

    At each cutoff the pipeline is fitted anew on what was known; a scorer that learns from outcomes learns from the
    window that ended at the cutoff. Customers whose outcome or score is unknown are counted and left out.

    Parameters
    ----------
    pipeline
        What is tested; its event says how it is recognised.
    evidence
        The tables of facts; they must reach one horizon beyond the last cutoff.
    cutoffs
        Points in time, at least one.
    baselines
        What anybody could rank by, as `Baseline` or the name of one of the built-in ones.
    progress
        Called with (done, all) after each cutoff; ``"bar"`` shows one (extra ``progress``).

    Raises
    ------
    InvalidValueError
        If there is no cutoff, one occurs twice, a baseline is unknown, or the event has no outcome rule.
    HorizonNotObservedError
        If the evidence ends before a window does.

    Examples
    --------
    >>> from datetime import date, timedelta
    >>> import numpy as np
    >>> import crmrisk as cr
    >>> from crmrisk.datasets import simulate_book
    >>> book = simulate_book(
    ...     n_customers=400, start=date(2024, 1, 1), end=date(2026, 1, 1), rng=np.random.default_rng(1)
    ... )
    >>> quarter = timedelta(days=90)
    >>> churn = cr.AssessmentPipeline(
    ...     name="churn",
    ...     event=cr.RiskEvent("churn", "attrition", quarter, outcome=cr.NoActivity("transactions")),
    ...     likelihood=cr.AttritionScorer(horizon=quarter),
    ...     consequence=cr.ColumnScorer(column="total_spend", measure=cr.Measure.money("EUR"), unit="money"),
    ...     criteria=cr.RiskCriteria("EUR", moderate=50, high=200),
    ... )
    >>> proof = backtest(churn, cr.Evidence(**book.tables()), [date(2025, 9, 1)])
    >>> proof.cutoffs[0].check.auc.value > 0.5
    True
    """
    expect(evidence, Facts, where="backtest: evidence", remedy="Evidence(transactions=...)")
    expect(cutoffs, Iterable, where="backtest: cutoffs", remedy="pass a list of dates")
    moments = _checked_cutoffs(pipeline, cutoffs)
    named = tuple(_baseline(each) for each in baselines)
    report, checks = progress_callback(progress), []
    for done, as_of in enumerate(moments, start=1):
        checks.append(_check(pipeline, evidence, as_of, named))
        report(done, len(moments))
    return BackTest(pipeline.name, pipeline.event.name, tuple(checks))


def _check(
    pipeline: AssessmentPipeline, evidence: Facts, as_of: date | datetime, baselines: tuple[Baseline, ...]
) -> CutoffCheck:
    facts = Remembering(evidence)
    portfolio = facts.portfolio(as_of)
    outcome = facts.outcomes(pipeline.event, as_of).align(portfolio)
    likelihood = pipeline.fit_as_of(facts, as_of).likelihood.score(portfolio).values
    return CutoffCheck(
        portfolio.as_of,
        evaluate_probabilities(likelihood, outcome),
        MappingProxyType(
            {
                each.column: _beside(each, likelihood, outcome, portfolio)
                for each in baselines
                if each.column in portfolio.columns
            }
        ),
    )


def _beside(baseline: Baseline, likelihood: FloatArray, outcome: FloatArray, portfolio: Portfolio) -> BaselineCheck:
    rank = np.where(np.isnan(likelihood), np.nan, baseline.rank(portfolio))
    return BaselineCheck(evaluate_ranking(rank, outcome), auc_difference(likelihood, rank, outcome))


def _checked_cutoffs(pipeline: AssessmentPipeline, cutoffs: Sequence[date | datetime]) -> list[date | datetime]:
    moments = sorted(cutoffs, key=lambda cutoff: instant(cutoff, where="cutoffs"))
    checks = (
        (not moments, Problem(what="no cutoff", where="cutoffs", allowed="at least one point in time")),
        (
            len({instant(each) for each in moments}) < len(moments),
            Problem(what="a cutoff occurs twice", where="cutoffs"),
        ),
        (
            pipeline.event.outcome is None,
            Problem(
                what="event without an outcome rule",
                where=f"pipeline {pipeline.name!r}",
                remedy='say how it is recognised, e.g. RiskEvent(..., outcome=NoActivity("transactions"))',
            ),
        ),
    )
    problems = [problem for wrong, problem in checks if wrong]
    if problems:
        raise InvalidValueError(*problems)
    return moments


def _baseline(named: Baseline | str) -> Baseline:
    if isinstance(named, Baseline):
        return named
    known = {each.column: each for each in BASELINES}
    if named not in known:
        raise InvalidValueError(
            Problem(
                what="direction of this baseline is not known",
                where="baselines",
                allowed=", ".join(known),
                got=repr(named),
                remedy="pass Baseline(column, direction)",
            )
        )
    return known[named]
