"""Key drivers from a published table of correlations, where the answers behind it are not at hand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from crmrisk.core.arguments import is_number, seeded
from crmrisk.core.arrays import LARGEST_COUNT
from crmrisk.core.errors import InvalidValueError, Problem
from crmrisk.satisfaction.drivers.assembling import Basis, assemble, driver_statistics
from crmrisk.satisfaction.drivers.diagnosis import refuse_repetition
from crmrisk.satisfaction.drivers.methods import ImportanceMethod, check_importance_method, sharing, sharing_error

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crmrisk.core.arrays import FloatArray
    from crmrisk.satisfaction.drivers.records import DriverAnalysis

__all__ = ["driver_importance"]


def driver_importance(
    correlations: Any,
    *,
    outcome: str | None = None,
    names: Sequence[str] | None = None,
    method: ImportanceMethod = "shapley",
    n: int = 0,
    permutations: int = 200,
    rng: np.random.Generator | None = None,
) -> DriverAnalysis:
    """Share out R² from correlations alone.

    Parameters
    ----------
    correlations
        Correlations of the outcome and its drivers, ``(p + 1, p + 1)``; a pandas frame brings its names.
    outcome
        Which of the names is the outcome; the first by default.
    names
        What rows and columns are called.
    method
        How R² is shared out, as for `key_drivers`.
    n
        Respondents behind the correlations, 0 where unknown; only then is suppression told from chance.
    permutations
        Orders of entry sampled for more than 12 drivers.
    rng
        Source of randomness of those; ``None`` starts the same way every time.

    Returns
    -------
    The study, without intervals: correlations do not tell how respondents differ.

    Raises
    ------
    InvalidValueError
        If it is no table of correlations, or names, method, n or permutations are not valid.
    FitError
        If drivers repeat each other.

    References
    ----------
    Johnson, J. W. (2000). *Multivariate Behavioral Research* 35. Groemping, U. (2006). *Journal of Statistical
    Software* 17(1).

    Examples
    --------
    >>> table = [[1.0, 0.6, 0.3], [0.6, 1.0, 0.5], [0.3, 0.5, 1.0]]
    >>> study = driver_importance(table, names=["overall", "staff", "signs"], method="relative weights")
    >>> [(driver.name, round(driver.importance.value, 4)) for driver in study.ranked]
    [('staff', 0.315), ('signs', 0.045)]
    """
    method = check_importance_method(method)
    matrix = _matrix(correlations)
    labels = _labels(correlations, names, len(matrix))
    place = _place(outcome, labels)
    order = [*(j for j in range(len(labels)) if j != place), place]
    ordered = matrix[np.ix_(order, order)]
    drivers = tuple(labels[j] for j in order[:-1])
    R, r = ordered[:-1, :-1], ordered[:-1, -1]
    refuse_repetition(R, drivers)
    orders = int(seeded(rng).integers(2**63))
    share = sharing(method, len(drivers), permutations=permutations, rng=np.random.default_rng(orders))
    error = sharing_error(method, R, r, permutations=permutations, rng=np.random.default_rng(orders))
    size = _respondents(n)
    basis = Basis(
        outcome=labels[place],
        names=drivers,
        correlations=ordered,
        method=method,
        monte_carlo_error=error,
        n=size,
        effective_n=float(size),
    )
    return assemble(basis, driver_statistics(ordered, share))


def _matrix(correlations: Any) -> FloatArray:
    try:
        matrix = np.array(correlations, dtype=np.float64)
    except (TypeError, ValueError, OverflowError) as error:
        raise InvalidValueError(Problem(what="no numbers", where="correlations", got=str(error)[:200])) from None
    if matrix.ndim != 2 or matrix.shape[0] != matrix.shape[1] or len(matrix) < 2:
        allowed = "a square table of at least the outcome and one driver"
        raise InvalidValueError(
            Problem(what="no table", where="correlations", allowed=allowed, got=f"shape {matrix.shape}")
        )
    checks = {
        "missing or infinite numbers": not np.isfinite(matrix).all(),
        "not symmetric": not np.allclose(matrix, matrix.T, atol=1e-6),
        "a diagonal other than 1": not np.allclose(np.diagonal(matrix), 1.0, atol=1e-6),
    }
    problems = [Problem(what=what, where="correlations") for what, wrong in checks.items() if wrong]
    if not problems and np.linalg.eigvalsh(matrix)[0] < -1e-6:
        what = "no data can have them: together they contradict each other (an eigenvalue is negative)"
        problems = [Problem(what=what, where="correlations", remedy="correlate complete rows, not pairs")]
    if problems:
        raise InvalidValueError(*problems)
    return matrix


def _labels(correlations: Any, names: Sequence[str] | None, size: int) -> tuple[str, ...]:
    given = getattr(correlations, "columns", None) if names is None else names
    labels = (
        ("outcome", *(f"driver {j}" for j in range(1, size))) if given is None else tuple(str(each) for each in given)
    )
    if len(labels) != size or len(set(labels)) < size:
        allowed = f"{size} different names, the outcome's among them"
        raise InvalidValueError(
            Problem(what="not one name each", where="names", allowed=allowed, got=", ".join(labels))
        )
    return labels


def _place(outcome: str | None, labels: tuple[str, ...]) -> int:
    if outcome is None:
        return 0
    if outcome not in labels:
        raise InvalidValueError(
            Problem(what="no such name", where="outcome", allowed=", ".join(labels)[:200], got=repr(outcome))
        )
    return labels.index(outcome)


def _respondents(n: object) -> int:
    if not is_number(n) or not 0 <= n <= LARGEST_COUNT or n != int(n):  # type: ignore[operator, call-overload] # a number by then
        raise InvalidValueError(Problem(what="no number of respondents", where="n", allowed=">= 0", got=repr(n)))
    return int(n)  # type: ignore[call-overload, no-any-return] # as above
