"""The kit of scorers: the list of checks, to be run one by one under a test runner, or all at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from crmrisk.testing import capability_checks, fitting_checks, input_checks, scoring_checks
from crmrisk.testing.case import ScorerCase
from crmrisk.testing.check import Check, make_all

if TYPE_CHECKING:
    from collections.abc import Iterable

    from crmrisk.core.outcomes import Outcomes
    from crmrisk.core.portfolio import Portfolio
    from crmrisk.core.scorers import Scorer

__all__ = ["ScorerCheck", "run_scorer_checks", "scorer_checks"]


@dataclass(frozen=True)
class ScorerCheck(Check):
    """Check one promise every scorer makes.

    Calling it with a scorer, or with a `ScorerCase`, raises ``AssertionError`` if the promise is broken; the message
    says what, for which customers, and what to do. It returns why the check does not apply (a scorer that explains
    nothing has no explanation to check), and ``None`` once the check was made.

    Parameters
    ----------
    name
        The promise; ``str(check)`` for ``ids=str`` of pytest.
    run
        The check itself.
    case
        The scorer it is bound to, if any; then it is called without arguments.

    Examples
    --------
    >>> from crmrisk import ColumnScorer, Measure
    >>> [check] = [check for check in scorer_checks() if check.name == "explanations_add_up"]
    >>> check(ColumnScorer(column="satisfaction", measure=Measure.share()))
    'it does not explain'
    """

    subject: ClassVar[str] = "scorer"

    @classmethod
    def case_of(cls, subject: Scorer | ScorerCase) -> ScorerCase:
        """Make a case of a scorer; a case stays as it is."""
        return _case_of(subject)


_MODULES = (fitting_checks, scoring_checks, input_checks, capability_checks)


def scorer_checks(
    scorer: Scorer | ScorerCase | None = None,
    *,
    portfolio: Portfolio | None = None,
    outcomes: Outcomes | None = None,
) -> tuple[ScorerCheck, ...]:
    """List the checks that define a scorer, for built-ins and plugins alike.

    With pytest::

        @pytest.mark.parametrize("check", scorer_checks(), ids=str)
        def test_contract(check):
            check(MyScorer())

    Parameters
    ----------
    scorer
        The scorer to bind them to; each is then called without arguments.
    portfolio
        Customers to try it on; made up from its inputs if not given.
    outcomes
        What happened to them; made up if not given.

    Returns
    -------
    The checks, never none.

    Raises
    ------
    AssertionError
        If there is none to make.

    Examples
    --------
    >>> from crmrisk import ColumnScorer, Measure
    >>> for check in scorer_checks(ColumnScorer(column="satisfaction", measure=Measure.share())):
    ...     _ = check()
    """
    case = None if scorer is None else _case_of(scorer, portfolio, outcomes)
    checks = tuple(ScorerCheck(check.__name__, check, case) for module in _MODULES for check in module.CHECKS)
    if not checks:
        raise AssertionError("the conformance kit collected no check; remedy: install crmrisk again")
    return checks


def run_scorer_checks(
    scorer: Scorer | ScorerCase,
    *,
    portfolio: Portfolio | None = None,
    outcomes: Outcomes | None = None,
    checks: Iterable[ScorerCheck] | None = None,
) -> int:
    """Make every check and report all that fail together.

    Parameters
    ----------
    scorer
        The scorer, or a case.
    portfolio, outcomes
        As in `scorer_checks`.
    checks
        Those to make; all by default.

    Returns
    -------
    How many checks were made; those that do not apply are not counted.

    Raises
    ------
    AssertionError
        If a check fails, or none was made: a kit that collects nothing proves nothing.

    Examples
    --------
    >>> from crmrisk import ColumnScorer, Measure
    >>> run_scorer_checks(ColumnScorer(column="satisfaction", measure=Measure.share()))
    15
    """
    case = _case_of(scorer, portfolio, outcomes)
    chosen = scorer_checks() if checks is None else checks
    return make_all(chosen, case, remedy="pass scorer_checks()")


def _case_of(
    scorer: Scorer | ScorerCase, portfolio: Portfolio | None = None, outcomes: Outcomes | None = None
) -> ScorerCase:
    if isinstance(scorer, ScorerCase):
        return scorer
    return ScorerCase(scorer, portfolio, outcomes)
