"""What can go wrong, and how crmrisk says so.

Every error crmrisk raises on purpose descends from `CrmRiskError`, which is *not* a ``ValueError``: pydantic would
swallow that while it builds a model. An error lists every problem found, not only the first, and keeps each as a
`Problem` record on ``error.problems``.

::

    CrmRiskError
    ├── InvalidValueError            a value object or setting outside what it allows
    ├── EvidenceError                the tables of facts cannot be used
    │   ├── SchemaError              columns missing, unknown or of the wrong type
    │   ├── RecordError              records that contradict their declaration
    │   ├── EngineError              the dataframe engine that holds them failed
    │   └── HorizonNotObservedError  outcomes asked for a time the evidence does not reach
    ├── PortfolioError               one row per customer, and something is wrong with it
    │   ├── MissingInputsError       a scorer reads what the portfolio does not hold
    │   ├── InputRangeError          values outside the declared range of an input
    │   └── UnknownCustomerError     an id that is not in the table (also a KeyError)
    ├── ScorerError                  scoring or fitting cannot proceed
    │   ├── CompositionError         the measures of the parts do not fit together
    │   ├── MissingOutcomesError     a scorer that learns was given nothing to learn from
    │   ├── FitError                 the data cannot identify the model
    │   └── ScoreRangeError          a scorer broke its own measure
    ├── RegistryError                components and plugins
    │   ├── UnknownComponentError    no installed component has that name
    │   ├── PluginConflictError      two distributions claim the same name
    │   └── BrokenPluginError        a plugin failed to import
    ├── SavedModelError              a file that is no readable crmrisk model
    └── MissingExtraError            an optional dependency is not installed
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = [
    "BrokenPluginError",
    "CompositionError",
    "CrmRiskError",
    "EngineError",
    "EvidenceError",
    "FitError",
    "HorizonNotObservedError",
    "InputRangeError",
    "InvalidValueError",
    "MissingExtraError",
    "MissingInputsError",
    "MissingOutcomesError",
    "PluginConflictError",
    "PortfolioError",
    "Problem",
    "RecordError",
    "RegistryError",
    "SavedModelError",
    "SchemaError",
    "ScoreRangeError",
    "ScorerError",
    "UnknownComponentError",
    "UnknownCustomerError",
]


@dataclass(frozen=True, kw_only=True, slots=True)
class Problem:
    """Say one thing that is wrong: what, where, what is allowed, what was got, and what to do about it.

    Parameters
    ----------
    what
        The problem in a few words.
    where
        The table, column, field or component it is in.
    allowed
        What would have been accepted.
    got
        What was found instead.
    remedy
        What the reader can do.

    Examples
    --------
    >>> print(Problem(what="negative horizon", where="RiskEvent.horizon", allowed="> 0 days", got="-3 days"))
    RiskEvent.horizon: negative horizon; allowed: > 0 days; got: -3 days
    """

    what: str
    where: str = ""
    allowed: str = ""
    got: str = ""
    remedy: str = ""

    def __str__(self) -> str:
        head = f"{self.where}: {self.what}" if self.where else self.what
        tail = (("allowed", self.allowed), ("got", self.got), ("remedy", self.remedy))
        return "; ".join([head, *(f"{label}: {text}" for label, text in tail if text)])


class CrmRiskError(Exception):
    """Be the root of every error crmrisk raises on purpose.

    Parameters
    ----------
    *problems
        Everything that is wrong, at least one.

    Attributes
    ----------
    problems
        The same records, for programs.

    Examples
    --------
    >>> error = CrmRiskError(Problem(what="no rows", where="transactions"), Problem(what="no column 'at'"))
    >>> print(error)
    2 problems:
      - transactions: no rows
      - no column 'at'
    >>> error.problems[0].where
    'transactions'
    """

    def __init__(self, *problems: Problem) -> None:
        super().__init__(*problems)
        self.problems = problems

    def __str__(self) -> str:
        if len(self.problems) == 1:
            return str(self.problems[0])
        lines = "".join(f"\n  - {problem}" for problem in self.problems)
        return f"{len(self.problems)} problems:{lines}"


class InvalidValueError(CrmRiskError):
    """Report a value object or a setting outside what it allows."""


class EvidenceError(CrmRiskError):
    """Report tables of facts that cannot be used."""


class SchemaError(EvidenceError):
    """Report columns that are missing, unknown or of the wrong type."""


class RecordError(EvidenceError):
    """Report records that contradict what their table declares."""


class EngineError(EvidenceError):
    """The dataframe engine that holds the tables failed; its own error is the cause."""


class HorizonNotObservedError(EvidenceError):
    """Report outcomes asked for a time the evidence does not reach."""


class PortfolioError(CrmRiskError):
    """Report a table of customers that is not one valid row per customer."""


class MissingInputsError(PortfolioError):
    """Report every input a scorer reads that the portfolio does not hold."""


class InputRangeError(PortfolioError):
    """Report values outside the declared range of an input."""


class UnknownCustomerError(PortfolioError, KeyError):
    """Report an id that is not in the table; also a ``KeyError``, so that mappings behave."""

    def __str__(self) -> str:
        return CrmRiskError.__str__(self)  # a KeyError would quote it


class ScorerError(CrmRiskError):
    """Report a fit or a score that cannot proceed."""


class CompositionError(ScorerError):
    """Report parts whose measures do not fit together."""


class MissingOutcomesError(ScorerError):
    """Report a scorer that learns and was given nothing to learn from."""


class FitError(ScorerError):
    """Report data that cannot identify the model."""


class ScoreRangeError(ScorerError):
    """Report a scorer whose scores leave its own measure."""


class RegistryError(CrmRiskError):
    """Report trouble with a component or plugin."""


class UnknownComponentError(RegistryError):
    """Report a name that no installed component has."""


class PluginConflictError(RegistryError):
    """Report two distributions that claim the same name."""


class BrokenPluginError(RegistryError):
    """Report a plugin that failed to import."""


class SavedModelError(CrmRiskError):
    """Report a file that is no readable crmrisk model."""


class MissingExtraError(CrmRiskError):
    """Report an optional dependency that is not installed."""
