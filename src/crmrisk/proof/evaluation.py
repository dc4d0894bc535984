"""The evaluation of one score against what happened: everything the back-test table shows, in one call.

`evaluate_probabilities` is for probabilities. `evaluate_ranking` is for scores that only rank, such as idle days: they
can be asked whether they order customers rightly, and nothing about calibration.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic.dataclasses import dataclass

from crmrisk.core.estimate import Estimate
from crmrisk.core.model import VALUE, Value
from crmrisk.proof.accuracy import brier_score, brier_skill
from crmrisk.proof.calibration import calibration_line, spiegelhalter
from crmrisk.proof.checks import fraction_problem, rated_probabilities, rated_rows
from crmrisk.proof.discrimination import area_under_curve
from crmrisk.proof.lift import lift
from crmrisk.proof.reliability import expected_calibration_error

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

__all__ = ["ProbabilityCheck", "RankingCheck", "evaluate_probabilities", "evaluate_ranking"]


@dataclass(frozen=True, kw_only=True, config=VALUE)
class RankingCheck(Value):
    """Hold how well a score ranked customers.

    Parameters
    ----------
    n, events, n_unrated
        The rows judged, the events among them, and the rows left out because score or outcome is unknown.
    base_rate
        Events over rows; ``None`` without rows.
    auc
        The area under the ROC curve with DeLong's interval.
    lift_10, capture_10
        Lift and capture at the top 10 %, ties in expectation; ``None`` where nothing happened.
    warnings
        What the reader should know.

    Examples
    --------
    >>> check = evaluate_ranking([400, 90, 7, 12], [1, 1, 0, 0])
    >>> check.auc.value, check.lift_10
    (1.0, 2.0)
    """

    n: int
    events: int
    n_unrated: int
    base_rate: float | None
    auc: Estimate
    lift_10: float | None
    capture_10: float | None
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, config=VALUE)
class ProbabilityCheck(RankingCheck):
    """Hold how right a set of probabilities was: ranking, accuracy and calibration.

    Parameters
    ----------
    brier, brier_skill
        The Brier score, and its skill against the base rate observed in the same outcomes.
    calibration_slope, calibration_intercept
        The logistic calibration line: 1 and 0 are right.
    intercept_in_the_large
        The intercept with the slope held at 1.
    spiegelhalter_z, spiegelhalter_p_value
        Spiegelhalter's test that the probabilities are right.
    expected_calibration_error
        Over 10 equal-mass bins, ties together.

    Examples
    --------
    >>> check = evaluate_probabilities([0.1, 0.2, 0.4, 0.6, 0.8, 0.9], [0, 1, 0, 1, 0, 1])
    >>> round(check.brier, 4), round(check.calibration_slope, 4)
    (0.27, 0.3671)
    """

    brier: float | None
    brier_skill: float | None
    calibration_slope: float | None
    calibration_intercept: float | None
    intercept_in_the_large: float | None
    spiegelhalter_z: float | None
    spiegelhalter_p_value: float | None
    expected_calibration_error: float | None


def evaluate_ranking(score: ArrayLike, outcome: ArrayLike, *, level: float = 0.95) -> RankingCheck:
    """Judge how well a score ranks customers.

    Parameters
    ----------
    score
        Any score, higher for more likely, ``(n_customers,)``; NaN is unrated, left out and counted.
    outcome
        1 where the event happened, 0 where it did not, NaN where unknown, ``(n_customers,)``.
    level
        The nominal coverage of the interval of the area.

    Returns
    -------
    The verdict; parts the data cannot tell are ``None``.

    Raises
    ------
    InvalidValueError
        If the arrays or settings are not usable.

    Examples
    --------
    >>> check = evaluate_ranking([3, 2, 1, None], [1, 0, 0, 1])
    >>> check.n, check.n_unrated, check.capture_10
    (3, 1, 1.0)
    """
    rows = rated_rows({"score": score}, outcome, settings=[fraction_problem("level", level)])
    top = lift(score, outcome)
    auc = area_under_curve(score, outcome, level=level)
    return RankingCheck(
        n=rows.n,
        events=rows.events,
        n_unrated=rows.n_unrated,
        base_rate=rows.events / rows.n if rows.n else None,
        auc=auc,
        lift_10=top.value,
        capture_10=None if top.value is None else top.events_selected / rows.events,
        warnings=auc.warnings,
    )


def evaluate_probabilities(probability: ArrayLike, outcome: ArrayLike, *, level: float = 0.95) -> ProbabilityCheck:
    """Judge how well probabilities rank, how accurate and how calibrated they are.

    Parameters
    ----------
    probability
        In [0, 1], ``(n_customers,)``; NaN is unrated, left out and counted.
    outcome
        1 where the event happened, 0 where it did not, NaN where unknown, ``(n_customers,)``.
    level
        The nominal coverage of the interval of the area.

    Returns
    -------
    The verdict; parts the data cannot tell are ``None`` and ``warnings`` says why.

    Raises
    ------
    InvalidValueError
        If the arrays or settings are not usable.

    Examples
    --------
    >>> check = evaluate_probabilities([0.2, 0.9], [0, 0])
    >>> check.auc.value, round(check.brier, 4), check.warnings[0]
    (None, 0.425, 'the event happened to nobody: one class only')
    """
    rated_probabilities(probability, outcome, settings=[fraction_problem("level", level)])
    ranking = evaluate_ranking(probability, outcome, level=level)
    line, test = calibration_line(probability, outcome), spiegelhalter(probability, outcome)
    skill = brier_skill(probability, outcome)
    warnings = (*ranking.warnings, *skill.warnings, *line.warnings, *line.slope.warnings, *test.warnings)
    return ProbabilityCheck(
        n=ranking.n,
        events=ranking.events,
        n_unrated=ranking.n_unrated,
        base_rate=ranking.base_rate,
        auc=ranking.auc,
        lift_10=ranking.lift_10,
        capture_10=ranking.capture_10,
        brier=brier_score(probability, outcome).value,
        brier_skill=skill.value,
        calibration_slope=line.slope.value,
        calibration_intercept=line.intercept.value,
        intercept_in_the_large=line.intercept_in_the_large.value,
        spiegelhalter_z=test.z,
        spiegelhalter_p_value=test.p_value,
        expected_calibration_error=expected_calibration_error(probability, outcome).value,
        warnings=tuple(dict.fromkeys(warnings)),
    )
