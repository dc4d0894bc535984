"""The kit of segmenters: the promises of scorers that a segmenter makes too, under its own names, and four more."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from crmrisk.testing.capability_checks import survives_json
from crmrisk.testing.case import SegmenterCase
from crmrisk.testing.check import Check, make_all
from crmrisk.testing.fitting_checks import fit_leaves_the_specification_alone, refitting_is_reproducible
from crmrisk.testing.input_checks import (
    engines_agree,
    missing_inputs_are_named,
    no_input_is_modified,
    unrated_customers_stay_unrated,
    values_out_of_range_are_refused,
)
from crmrisk.testing.scoring_checks import (
    customers_are_scored_independently,
    one_customer_equals_the_portfolio,
    safe_from_two_threads,
    scores_follow_customer_order,
)
from crmrisk.testing.segmenting_checks import (
    every_segment_is_one_of_the_names,
    fit_returns_a_fitted_segmenter,
    permuting_the_rows_never_changes_a_segment,
    reasons_and_stability_are_well_formed,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from crmrisk.core.portfolio import Portfolio
    from crmrisk.core.segmenters import Segmenter

__all__ = ["SegmenterCheck", "run_segmenter_checks", "segmenter_checks"]


@dataclass(frozen=True)
class SegmenterCheck(Check):
    """Check one promise every segmenter makes.

    Calling it with a segmenter, or with a `SegmenterCase`, raises ``AssertionError`` if the promise is broken; the
    message says what, for which customers, and what to do. It returns why the check does not apply (an input without
    bounds has no value out of range), and ``None`` once the check was made.

    Parameters
    ----------
    name
        The promise; ``str(check)`` for ``ids=str`` of pytest.
    run
        The check itself.
    case
        The segmenter it is bound to, if any; then it is called without arguments.

    Examples
    --------
    >>> [check.name for check in segmenter_checks()][:3]
    ['fit_returns_a_fitted_segmenter', 'fit_leaves_the_specification_alone', 'refitting_is_reproducible']
    """

    subject: ClassVar[str] = "segmenter"

    @classmethod
    def case_of(cls, subject: Segmenter | SegmenterCase) -> SegmenterCase:
        """Make a case of a segmenter; a case stays as it is."""
        return _case_of(subject)


_CHECKS: dict[str, Callable[[Any], str | None]] = {
    "fit_returns_a_fitted_segmenter": fit_returns_a_fitted_segmenter,
    "fit_leaves_the_specification_alone": fit_leaves_the_specification_alone,
    "refitting_is_reproducible": refitting_is_reproducible,
    "segments_follow_customer_order": scores_follow_customer_order,
    "permuting_the_rows_never_changes_a_segment": permuting_the_rows_never_changes_a_segment,
    "customers_are_segmented_independently": customers_are_scored_independently,
    "one_customer_equals_the_portfolio": one_customer_equals_the_portfolio,
    "every_segment_is_one_of_the_names": every_segment_is_one_of_the_names,
    "reasons_and_stability_are_well_formed": reasons_and_stability_are_well_formed,
    "safe_from_two_threads": safe_from_two_threads,
    "missing_inputs_are_named": missing_inputs_are_named,
    "values_out_of_range_are_refused": values_out_of_range_are_refused,
    "no_input_is_modified": no_input_is_modified,
    "missing_evidence_has_no_segment": unrated_customers_stay_unrated,
    "engines_agree": engines_agree,
    "survives_json": survives_json,
}


def segmenter_checks(
    segmenter: Segmenter | SegmenterCase | None = None, *, portfolio: Portfolio | None = None
) -> tuple[SegmenterCheck, ...]:
    """List the checks that define a segmenter, for built-ins and plugins alike.

    With pytest::

        @pytest.mark.parametrize("check", segmenter_checks(), ids=str)
        def test_contract(check):
            check(MySegmenter())

    Parameters
    ----------
    segmenter
        The segmenter to bind them to; each is then called without arguments.
    portfolio
        Customers to try it on; made up from its inputs if not given.

    Returns
    -------
    The checks, never none.

    Examples
    --------
    >>> len(segmenter_checks())
    16
    """
    case = None if segmenter is None else _case_of(segmenter, portfolio)
    return tuple(SegmenterCheck(name, check, case) for name, check in _CHECKS.items())


def run_segmenter_checks(
    segmenter: Segmenter | SegmenterCase,
    *,
    portfolio: Portfolio | None = None,
    checks: Iterable[SegmenterCheck] | None = None,
) -> int:
    """Make every check and report all that fail together.

    Parameters
    ----------
    segmenter
        The segmenter, or a case.
    portfolio
        As in `segmenter_checks`.
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
    >>> from crmrisk import Input
    >>> from crmrisk.core.segmenters import StatelessSegmenter
    >>> from crmrisk.core.segments import Assigned
    >>> class Loud(StatelessSegmenter, kind="acme.loud"):
    ...     inputs = (Input("complaints", "count", ge=0),)
    ...     names = ("quiet", "loud")
    ...
    ...     def assign(self, portfolio):
    ...         return Assigned((portfolio["complaints"] > 2).astype(int))
    >>> run_segmenter_checks(Loud())
    16
    """
    case = _case_of(segmenter, portfolio)
    return make_all(segmenter_checks() if checks is None else checks, case, remedy="pass segmenter_checks()")


def _case_of(segmenter: Segmenter | SegmenterCase, portfolio: Portfolio | None = None) -> SegmenterCase:
    return segmenter if isinstance(segmenter, SegmenterCase) else SegmenterCase(segmenter, portfolio)
