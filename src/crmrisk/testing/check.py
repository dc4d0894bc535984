"""What both kits share: a check bound to a case or not, and making all of them."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from crmrisk.core.errors import CrmRiskError, Problem

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from crmrisk.testing.case import Case

__all__ = ["Check", "make_all"]


@dataclass(frozen=True)
class Check:
    """Check one promise; `ScorerCheck` and `SegmenterCheck` say of whom.

    Parameters
    ----------
    name
        The promise; ``str(check)`` for ``ids=str`` of pytest.
    run
        The check itself.
    case
        What it is bound to, if anything; then it is called without arguments.

    Examples
    --------
    See `ScorerCheck`.
    """

    name: str
    run: Callable[[Any], str | None]
    case: Case | None = None

    subject: ClassVar[str]

    @classmethod
    @abstractmethod
    def case_of(cls, subject: Any) -> Case:
        """Make a case of a component; a case stays as it is."""

    def __call__(self, subject: Any = None) -> str | None:
        """Make the check."""
        case = self.case if subject is None else self.case_of(subject)
        if case is None:
            remedy = f"check(My{self.subject.capitalize()}())"
            raise CrmRiskError(Problem(what=f"no {self.subject} to check", where=self.name, remedy=remedy))
        try:
            return self.run(case)
        except AssertionError as error:
            raise AssertionError(f"{case}: {self.name}: {error}") from error
        except Exception as error:
            raise AssertionError(f"{case}: {self.name}: raised {type(error).__name__}: {error}") from error

    def __str__(self) -> str:
        return self.name


def make_all(checks: Iterable[Check], case: Case, *, remedy: str) -> int:
    """Make every check and report all that fail together.

    Parameters
    ----------
    checks
        Those to make.
    case
        What is on trial.
    remedy
        What to do where none was made.

    Returns
    -------
    How many checks were made; those that do not apply are not counted.

    Raises
    ------
    AssertionError
        If a check fails, or none was made.

    Examples
    --------
    >>> from crmrisk import ColumnScorer, Measure
    >>> from crmrisk.testing import ScorerCase, ScorerCheck
    >>> case = ScorerCase(ColumnScorer(column="satisfaction", measure=Measure.share()))
    >>> make_all([ScorerCheck("nothing is wrong", lambda case: None)], case, remedy="")
    1
    """
    made, failures = 0, []
    for check in checks:
        try:
            made += check(case) is None
        except AssertionError as error:
            failures.append(str(error))
    if failures:
        raise AssertionError("\n".join([f"{len(failures)} promise(s) broken:", *failures]))
    if not made:
        raise AssertionError(f"{case}: no check was made; remedy: {remedy}")
    return made
