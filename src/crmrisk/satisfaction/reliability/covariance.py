"""What reliability is computed from: the covariances of the items, with names and the answers behind them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from crmrisk.core.arguments import is_number
from crmrisk.core.arrays import LARGEST_COUNT, LARGEST_NUMBER
from crmrisk.core.errors import InvalidValueError, Problem
from crmrisk.core.row_names import refuse_other_order
from crmrisk.satisfaction.answered import exclusion
from crmrisk.satisfaction.answers import effective_sample_size, survey_weights
from crmrisk.satisfaction.items import item_answers

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike

    from crmrisk.core.arrays import FloatArray
    from crmrisk.satisfaction.flagging import Missing

__all__ = ["ItemCovariance", "item_covariance"]

_SYMMETRY = 1e-8  # printed matrices carry eight digits

_AGAINST = "items that run against the rest, perhaps worded the other way round: "


@dataclass(frozen=True, kw_only=True, eq=False)
class ItemCovariance:
    """Hold the covariance matrix of items, divisor n - 1, and how many answers it rests on.

    Parameters
    ----------
    names
        The items.
    matrix
        Their covariances, ``(n_items, n_items)``, read-only.
    n
        Respondents used.
    effective_n
        What they are worth when weighted.
    warnings
        What the reader should know.

    Examples
    --------
    >>> item_covariance([[1, 2], [3, 5], [5, 5]]).matrix
    array([[4., 3.],
           [3., 3.]])
    """

    names: tuple[str, ...]
    matrix: FloatArray
    n: float
    effective_n: float
    warnings: tuple[str, ...] = ()

    def __repr__(self) -> str:
        return f"ItemCovariance({len(self.names)} items, n {self.n:g}: {', '.join(self.names)[:100]})"

    @property
    def unusable(self) -> tuple[str, ...]:
        """Why no coefficient can be computed; empty where one can."""
        if len(self.names) < 2:
            return ("fewer than two items",)
        if self.effective_n <= 1.0:
            return ("fewer than two complete respondents",)
        constant = [name for name, variance in zip(self.names, np.diag(self.matrix), strict=True) if variance <= 0.0]
        return (f"items that do not vary: {', '.join(constant)}",) if constant else ()

    @property
    def against(self) -> tuple[str, ...]:
        """A warning where items go against the sum of the others, as they do when nobody reversed their answers."""
        rest = self.matrix.sum(axis=1) - np.diag(self.matrix)
        names = [name for name, shared in zip(self.names, rest.tolist(), strict=True) if shared < 0.0]
        return (_AGAINST + ", ".join(names),) if names and not self.unusable else ()

    @property
    def correlations(self) -> FloatArray:
        """Correlations of the items, ``(n_items, n_items)``."""
        deviation = np.sqrt(np.diag(self.matrix))
        return np.asarray(self.matrix / np.outer(deviation, deviation), dtype=np.float64)

    def only(self, names: Sequence[str]) -> ItemCovariance:
        """Keep some items.

        Parameters
        ----------
        names
            Items among those there are.

        Examples
        --------
        >>> item_covariance([[1, 2], [3, 5], [5, 5]]).only(["item2"]).matrix
        array([[3.]])
        """
        places = [self.names.index(name) for name in names]
        matrix = self.matrix[np.ix_(places, places)]
        return ItemCovariance(
            names=tuple(names), matrix=matrix, n=self.n, effective_n=self.effective_n, warnings=self.warnings
        )


def item_covariance(
    items: Any = None,
    *,
    covariance: Any = None,
    n: float | None = None,
    weights: ArrayLike | None = None,
    missing: Missing = "error",
) -> ItemCovariance:
    """Compute the covariances of items from answers, or read them.

    Parameters
    ----------
    items
        A dataframe, a mapping from item to answers, or a matrix ``(n_respondents, n_items)``; or an `ItemCovariance`
        as it is; or give ``covariance``.
    covariance
        Covariances of the items, ``(n_items, n_items)``; a dataframe names them.
    n
        How many respondents the given covariances rest on.
    weights
        Survey weights of the respondents, ``(n_respondents,)``.
    missing
        ``"error"`` refuses missing answers, ``"exclude"`` leaves out respondents who miss any, and says how many.

    Returns
    -------
    The covariances, divisor n - 1.

    Raises
    ------
    RecordError
        If answers are no finite numbers, or missing and that is an error, or weights unusable.
    InvalidValueError
        If neither or both of items and covariance are given, or covariance or n are none.

    Examples
    --------
    >>> item_covariance(covariance=[[4, 3], [3, 3]], n=20).n
    20.0
    """
    if isinstance(items, ItemCovariance) and covariance is None and n is None and weights is None:
        return items
    _check_source(items, covariance, n, weights)
    if items is None:
        return _given(covariance, n)
    refuse_other_order(items=items, weights=weights)
    answers = item_answers(items, missing=missing)
    used = answers.complete
    weighing = survey_weights(np.ones(used.size) if weights is None else weights, used.size)
    used &= weighing > 0.0
    left_out = int((~answers.complete).sum())
    warnings = tuple(f"{part} (respondents)" for part in exclusion(left_out))
    matrix, worth = _weighted(answers.values[used], weighing[used])
    return ItemCovariance(names=answers.names, matrix=matrix, n=float(used.sum()), effective_n=worth, warnings=warnings)


def _weighted(values: FloatArray, weights: FloatArray) -> tuple[FloatArray, float]:
    worth = effective_sample_size(weights)
    if worth <= 1.0:
        return _frozen(np.zeros((values.shape[1], values.shape[1]))), worth
    share = weights / weights.sum()
    centred = values - share @ values
    centred[:, np.ptp(values, axis=0) == 0.0] = 0.0  # rounding of the mean is no variation
    centred *= np.sqrt(share * worth / (worth - 1.0))[:, None]
    return _frozen(centred.T @ centred), worth


def _given(covariance: Any, n: Any) -> ItemCovariance:
    labels = getattr(covariance, "columns", None)
    matrix = _square(covariance)
    names = [f"item{number + 1}" for number in range(len(matrix))] if labels is None else [str(name) for name in labels]
    return ItemCovariance(names=tuple(names), matrix=_frozen(matrix), n=float(n), effective_n=float(n))


def _square(covariance: Any) -> FloatArray:
    allowed = f"a symmetric matrix of numbers up to {LARGEST_NUMBER:g} with no negative eigenvalue"
    try:
        matrix = np.array(covariance, dtype=np.float64)
    except (TypeError, ValueError, OverflowError):
        matrix = np.zeros(0)
    square = matrix.ndim == 2 and matrix.shape[0] == matrix.shape[1] and matrix.size > 0
    if not square or not (np.abs(matrix) <= LARGEST_NUMBER).all():
        got = repr(covariance)[:200]
        raise InvalidValueError(Problem(what="no covariances", where="covariance", allowed=allowed, got=got))
    tolerance = _SYMMETRY * max(float(np.abs(matrix).max()), 1e-300)
    lowest = float(np.linalg.eigvalsh((matrix + matrix.T) / 2.0)[0])
    if float(np.abs(matrix - matrix.T).max()) > tolerance or lowest < -tolerance * len(matrix):
        got = f"lowest eigenvalue {lowest:.3g}"
        raise InvalidValueError(Problem(what="no covariances", where="covariance", allowed=allowed, got=got))
    return (matrix + matrix.T) / 2.0


def _frozen(matrix: FloatArray) -> FloatArray:
    matrix.flags.writeable = False
    return matrix


def _check_source(items: Any, covariance: Any, n: Any, weights: Any) -> None:
    problems = []
    if (items is None) == (covariance is None):
        problems.append(Problem(what="give either items or their covariance", where="items, covariance"))
    if covariance is not None and weights is not None:
        problems.append(Problem(what="weights belong to answers", where="weights"))
    given = is_number(n) and 2 <= n <= LARGEST_COUNT
    if (covariance is not None and not given) or (covariance is None and n is not None):
        allowed = "at least 2 respondents, beside covariance"
        problems.append(Problem(what="no number of respondents", where="n", allowed=allowed, got=repr(n)))
    if problems:
        raise InvalidValueError(*problems)
