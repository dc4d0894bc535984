"""Segments that borrow from each other: each its own parameters, drawn to what is typical as far as its data are few.

A segment of fifty customers identifies hardly anything by itself, and what it says of r and alpha is mostly chance.
Empirical Bayes takes the logarithms of the segments' parameters as normal around a typical segment, learns that
distribution from all segments, and gives each the top of its own likelihood times it: a large segment keeps what its
data say, a small one is drawn to the typical one, and a parameter its data do not identify is the typical one, given
the others.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, TypeVar, cast

import numpy as np

from crmrisk.core.errors import FitError, InvalidValueError, Problem
from crmrisk.core.model import Model
from crmrisk.scoring.value.cohorts import grouped
from crmrisk.scoring.value.fit_task import check_model, task_of
from crmrisk.scoring.value.fitting import Derivatives, inverted, maximise

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from crmrisk.core.arrays import FloatArray
    from crmrisk.scoring.value.fit_task import FitTask

__all__ = ["PooledSegment", "PooledSegments", "pool_segments"]

FIRST_VARIANCE = 0.5
"""Variance of the log-parameters between segments to begin from: a factor of 4 to either side."""
LEAST_VARIANCE = 1e-8
"""Kept between segments even where none is seen, so that the distribution stays one."""
SMALL = 0.1
"""Standard deviations below this, 10 %, need not be known more closely than if they were this."""
SETTLED = 1e-2
"""The iteration ends when neither centre nor variance moves by more than this share of the standard deviation."""
ITERATIONS = 300
NAMED = 20
"""So many segments are named in an error."""

M = TypeVar("M", bound=Model)


class PooledSegment(Model, Generic[M]):
    """Hold what is known of one segment, its own data and its likeness to the others taken together.

    Parameters
    ----------
    model
        The segment's model.
    n
        Its customers, as far as the likelihood speaks of them.
    own_share
        By parameter, how much of it is known from the segment's own data: from 0, where it is what is typical, to 1.
    log_covariance
        Covariance of the logarithms of the parameters, ``(n_parameters, n_parameters)``.

    Raises
    ------
    InvalidValueError
        If a field is not what it should be.

    Examples
    --------
    >>> from crmrisk.scoring.value import ShiftedBetaGeometric
    >>> segment = PooledSegment[ShiftedBetaGeometric](
    ...     model=ShiftedBetaGeometric(alpha=0.7, beta=1.2), n=9, own_share={"alpha": 0.2, "beta": 0.1},
    ...     log_covariance=((0.1, 0.0), (0.0, 0.1)))
    >>> segment.model.alpha
    0.7
    """

    model: M
    n: float
    own_share: dict[str, float]
    log_covariance: tuple[tuple[float, ...], ...]


class PooledSegments(Model, Generic[M]):
    """Hold the models of segments that borrow from each other.

    Parameters
    ----------
    segments
        Segment to what is known of it.
    typical
        The model of a typical segment, which is also the one for a segment never seen.
    log_covariance
        How the logarithms of the parameters vary between segments, ``(n_parameters, n_parameters)``.
    converged
        Whether the iteration ended by itself.
    warnings
        What to know before relying on it.

    Raises
    ------
    InvalidValueError
        If a field is not what it should be.

    Examples
    --------
    >>> from crmrisk.scoring.value import ShiftedBetaGeometric
    >>> duration, churned = [1, 2, 3, 3] * 3, [1, 1, 1, 0] * 3
    >>> weights = [369, 163, 86, 382, 131, 126, 90, 653, 3, 1, 0, 2]
    >>> found = pool_segments(ShiftedBetaGeometric, duration, churned, segment=np.repeat(["a", "b", "tiny"], 4),
    ...                       weights=weights)
    >>> found.segments["tiny"].own_share["alpha"] < found.segments["a"].own_share["alpha"]
    True
    >>> found.of("never seen")
    Traceback (most recent call last):
    crmrisk.core.errors.InvalidValueError: segment: never seen; allowed: a, b, tiny; got: 'never seen'; ...
    """

    segments: dict[str, PooledSegment[M]]
    typical: M
    log_covariance: tuple[tuple[float, ...], ...]
    converged: bool
    warnings: tuple[str, ...] = ()

    def of(self, segment: str) -> M:
        """Give the model of a segment; ``typical`` is the one for a segment never seen.

        Parameters
        ----------
        segment
            Its name, the text of its label.

        Raises
        ------
        InvalidValueError
            If no such segment was seen: a slip of the pen must not get the model of another.

        Examples
        --------
        >>> from crmrisk.scoring.value import ShiftedBetaGeometric
        >>> pool_segments(ShiftedBetaGeometric, [1, 2, 2], [1, 1, 0], segment=["a", "b", "b"]).of("b").beta > 0
        True
        """
        known = self.segments.get(segment) if isinstance(segment, str) else None
        if known is None:
            names, more = list(self.segments)[:NAMED], ", ..." if len(self.segments) > NAMED else ""
            allowed, remedy = ", ".join(names) + more, "for a new segment take typical"
            problem = Problem(
                what="never seen", where="segment", allowed=allowed, got=repr(segment)[:100], remedy=remedy
            )
            raise InvalidValueError(problem)
        return known.model


def pool_segments(
    model: type[M], *columns: ArrayLike, segment: ArrayLike, weights: ArrayLike | None = None
) -> PooledSegments[M]:
    """Fit a model to segments that borrow from each other (empirical Bayes).

    The distribution of the log-parameters between segments is found by maximum marginal likelihood: an EM algorithm
    with Laplace's approximation in each segment. With more than twice as many segments as parameters they may vary
    together, with fewer each varies by itself.

    Parameters
    ----------
    model
        The kind of model.
    *columns
        The data as its ``fit`` takes them, ``(n_rows,)`` each.
    segment
        To which segment each row belongs: text, numbers or dates, ``(n_rows,)``.
    weights
        How many customers each row stands for, ``(n_rows,)``.

    Returns
    -------
    The models. Segments without anything to fit get the typical model, with a share of their own of 0.

    Raises
    ------
    FitError
        If there is nothing to fit at all, or the model has no likelihood to climb.
    InvalidValueError
        If arguments are not what they should be, or a row has no segment.

    References
    ----------
    N. M. Laird and J. H. Ware (1982), Random-effects models for longitudinal data, Biometrics 38(4), 963-974.

    Examples
    --------
    >>> from crmrisk.scoring.value import BetaGeoNBD
    >>> rng = np.random.default_rng(4)
    >>> x, last, end, _ = BetaGeoNBD(r=0.5, alpha=5, a=0.8, b=2.5).simulate(rng.uniform(20, 60, 600), rng=rng)
    >>> found = pool_segments(BetaGeoNBD, x, last, end, segment=rng.integers(0, 12, 600))
    >>> len(found.segments), found.converged
    (12, True)
    """
    check_model(model, columns)
    groups = grouped(columns, segment, weights, where="segment")
    start = task_of(model, groups.columns, groups.weights).fit()
    members, empty = _members(model, [(name, rows, of_rows) for name, rows, of_rows in groups])
    centre = np.log(list(start.estimates.values()))
    believed = _Belief(centre, np.eye(centre.size) * FIRST_VARIANCE)
    together = len(members) > 2 * centre.size
    converged = False
    for _ in range(ITERATIONS):
        members = [member.under(believed) for member in members]
        learned = believed.learned(members, together=together)
        converged = learned.is_close(believed)
        believed = learned
        if converged:
            break
    members = [member.under(believed) for member in members]
    return _result(model, start.parameters, believed, (members, empty), converged=converged)


@dataclass(frozen=True, eq=False)
class _Belief:
    """How the log-parameters of segments are distributed: around what, and how far."""

    centre: FloatArray
    covariance: FloatArray

    def __call__(self, parameters: FloatArray, scales: FloatArray) -> Derivatives:
        """Give the log-density at the parameters of a segment, with its derivatives by them."""
        precision = np.linalg.inv(self.covariance)
        distance = np.log(parameters) + np.log(scales) - self.centre
        pull = precision @ distance
        hessian = np.diag(pull / parameters**2) - precision / np.outer(parameters, parameters)
        return Derivatives(-0.5 * float(distance @ pull), -pull / parameters, hessian)

    def learned(self, members: list[_Member], *, together: bool) -> _Belief:
        """Take the mean of the segments, and their spread together with what is not known of each."""
        logs = np.stack([member.logs for member in members])
        centre = logs.mean(axis=0)
        away = logs - centre
        spread = (away.T @ away + np.sum([member.covariance for member in members], axis=0)) / len(members)
        covariance = spread if together else np.diag(np.diag(spread))
        return _Belief(centre, covariance + np.eye(centre.size) * LEAST_VARIANCE)

    def is_close(self, other: _Belief) -> bool:
        size = np.sqrt(np.diag(other.covariance))
        moved = np.abs(self.centre - other.centre) / np.maximum(size, SMALL)
        widened = np.abs(np.sqrt(np.diag(self.covariance)) - size) / np.maximum(size, SMALL)
        return bool(max(moved.max(), widened.max()) <= SETTLED)


@dataclass(frozen=True, eq=False)
class _Member:
    """A segment, its likelihood, and where it is believed to be."""

    name: str
    task: FitTask[Any]
    logs: FloatArray
    covariance: FloatArray

    def under(self, belief: _Belief) -> _Member:
        """Climb the likelihood times the belief."""
        scales = self.task.scales
        start = np.exp(self.logs if np.isfinite(self.logs).all() else belief.centre) / scales
        found = maximise(lambda at: self.task.likelihood(at) + belief(at, scales), [start])
        return _Member(self.name, self.task, np.log(found.parameters * scales), inverted(found.information))


def _members(
    model: type[Any], groups: list[tuple[str, tuple[Any, ...], FloatArray | None]]
) -> tuple[list[_Member], list[str]]:
    members, empty = [], []
    for name, rows, weights in groups:
        try:
            task = task_of(model, rows, weights)
        except FitError:  # nobody here the likelihood speaks of
            empty.append(name)
            continue
        size = len(task.names)
        members.append(_Member(name, task, np.full(size, np.nan), np.zeros((size, size))))
    if not members:
        raise FitError(Problem(what="no segment can be fitted", where="segment", got=f"{len(empty)} segments"))
    return members, empty


def _result(
    model: type[M],
    names: tuple[str, ...],
    belief: _Belief,
    segments: tuple[list[_Member], list[str]],
    *,
    converged: bool,
) -> PooledSegments[M]:
    kind = cast("type[PooledSegment[M]]", PooledSegment.__class_getitem__(model))
    of_this_model = cast("type[PooledSegments[M]]", PooledSegments.__class_getitem__(model))
    typical = model(**dict(zip(names, np.exp(belief.centre).tolist(), strict=True)))
    found = {}
    for member in segments[0]:
        own = np.clip(1 - np.diag(member.covariance) / np.diag(belief.covariance), 0.0, 1.0)
        found[member.name] = kind(
            model=model(**dict(zip(names, np.exp(member.logs).tolist(), strict=True))),
            n=member.task.n,
            own_share=dict(zip(names, own.tolist(), strict=True)),
            log_covariance=_rows(member.covariance),
        )
    nothing = kind(model=typical, n=0, own_share=dict.fromkeys(names, 0.0), log_covariance=_rows(belief.covariance))
    found |= dict.fromkeys(segments[1], nothing)
    stopped = f"the iteration stopped after {ITERATIONS} rounds: segments may be drawn too little"
    return of_this_model(
        segments=dict(sorted(found.items())),
        typical=typical,
        log_covariance=_rows(belief.covariance),
        converged=converged,
        warnings=() if converged else (stopped,),
    )


def _rows(matrix: FloatArray) -> tuple[tuple[float, ...], ...]:
    return tuple(tuple(float(value) for value in row) for row in matrix)
