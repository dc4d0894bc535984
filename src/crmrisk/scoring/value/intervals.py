"""How sure a prediction is, given how sure the parameters are: the delta method, for any quantity of any model.

Parameters are positive and their uncertainty lives on their logarithms, which are close to normal. A prediction moves
with them by its derivatives, found here by central differences, so that a quantity needs no formula but its own. The
interval speaks of the quantity, such as an expectation: what one customer will happen to do varies far more, and is in
`predict_purchases` and `predict_value`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias, TypeVar

import numpy as np
from scipy import special

from crmrisk.core.arguments import check_choice, is_whole, kind_problems, random_source_problems, refuse
from crmrisk.core.errors import InvalidValueError, Problem
from crmrisk.core.intervals import normal_quantile
from crmrisk.core.model import Model

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import ArrayLike

    from crmrisk.core.arrays import BoolArray, FloatArray

__all__ = ["PredictionInterval", "Scale", "delta_interval", "drawn_models"]

M = TypeVar("M", bound=Model)
Scale: TypeAlias = Literal["identity", "log", "logit"]
"""The scale an interval is made on: as it is; for positive quantities; for probabilities."""
STEP = 1e-4
"""Step on a log-parameter: the error of the derivative is of the order of its square, 1e-8."""
RANGE = 230.0
"""Logarithms of parameters drawn stay within this, a hundred orders of magnitude."""
NOT_A_COVARIANCE = -1e-6
"""Eigenvalues below this share of the largest are no rounding."""


@dataclass(frozen=True, eq=False, kw_only=True)
class PredictionInterval:
    """Hold predictions with their intervals; arrays of one shape, read-only.

    Parameters
    ----------
    value
        The predictions.
    standard_error
        Their standard errors, in the unit of the value.
    low, high
        The ends of their intervals.
    level
        The share of such intervals that is to contain the truth.
    method
        How they were found.
    taken_as_known
        Parameters the data do not identify, whose uncertainty is *not* part of the interval.

    Examples
    --------
    >>> PredictionInterval(value=[2, 3], standard_error=[0.1, 0.1], low=[1.8, 2.8], high=[2.2, 3.2]).low
    array([1.8, 2.8])
    """

    value: FloatArray
    standard_error: FloatArray
    low: FloatArray
    high: FloatArray
    level: float = 0.95
    method: str = "delta"
    taken_as_known: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for name in ("value", "standard_error", "low", "high"):
            object.__setattr__(self, name, _read_only(getattr(self, name)))


def delta_interval(
    model: M,
    log_covariance: ArrayLike | Sequence[Sequence[float | None]],
    quantity: Callable[[M], FloatArray],
    *,
    level: float = 0.95,
    scale: Scale = "log",
) -> PredictionInterval:
    """Compute intervals of any quantity of a model by the delta method.

    Var g(q) = ∇'C∇ with the derivatives ∇ of g(q) by the log-parameters and their covariance C; the interval
    g(q) ± z √Var is mapped back by the inverse of g, so that it stays within the range of the quantity.

    Parameters
    ----------
    model
        The model at its estimates.
    log_covariance
        The covariance of the logarithms of its parameters, ``(n_parameters, n_parameters)``; a parameter whose
        variance is ``None`` or NaN is taken as known, and named in the result.
    quantity
        Computes predictions from a model, an array of any shape.
    level
        The level of confidence.
    scale
        g: ``"log"`` for positive quantities, ``"logit"`` for probabilities, ``"identity"`` for the rest.

    Returns
    -------
    The intervals; each depends on its own row alone, to the last bit. Without a single identified parameter there are
    none, and they are NaN.

    Raises
    ------
    InvalidValueError
        If the level is not within (0, 1), it is no model, the table no covariance of this model, or a value outside the
        scale.

    Examples
    --------
    >>> from crmrisk.scoring.value import BetaGeoNBD
    >>> fit = BetaGeoNBD.fit([0, 2, 1, 0, 6], [0, 20, 9, 0, 30], [38, 38, 36, 35, 31], weights=[60, 12, 9, 40, 3])
    >>> found = delta_interval(fit.model, fit.log_covariance, lambda model: model.expected_purchases([13, 52]))
    >>> found.value.round(2), found.low.round(2), found.high.round(2)
    (array([0.16, 0.55]), array([0.1 , 0.32]), array([0.27, 0.96]))
    """
    names = _parameters(model)
    axes, known = _axes(log_covariance, names)
    reach = normal_quantile(level)
    value = np.asarray(quantity(model), dtype=np.float64)
    _check_scale(value, scale)
    slopes = {name: _slope(model, quantity, name) for name, fixed in zip(names, known, strict=True) if not fixed}
    variance = np.zeros(value.shape) if slopes else np.full(value.shape, np.nan)
    for axis in axes.T:  # sums of columns, not a matrix product: a row must not depend on its company
        variance += sum(share * slope for share, slope in zip(axis, slopes.values(), strict=True)) ** 2
    error = np.sqrt(variance)
    low, high = _ends(value, reach * error, scale)
    unknown = tuple(name for name, fixed in zip(names, known, strict=True) if fixed)
    return PredictionInterval(
        value=value, standard_error=error, low=low, high=high, level=level, taken_as_known=unknown
    )


def drawn_models(
    model: M, log_covariance: ArrayLike | Sequence[Sequence[float | None]], n: int, *, rng: np.random.Generator
) -> tuple[M, ...]:
    """Draw models from the normal distribution of their log-parameters around the estimates.

    Parameters
    ----------
    model
        The model at its estimates.
    log_covariance
        The covariance of the logarithms of its parameters; one that is not identified (``None`` or NaN) stays as it is.
    n
        How many models.
    rng
        The source of randomness.

    Raises
    ------
    InvalidValueError
        If it is no model, the table no covariance of it, or another argument not what it should be.

    Examples
    --------
    >>> from crmrisk.scoring.value import GammaGamma
    >>> model = GammaGamma(p=6.25, q=3.74, v=15.44)
    >>> models = drawn_models(model, np.diag([0.01, 0.01, 0.02]), 1000, rng=np.random.default_rng(1))
    >>> print(np.std([np.log(one.p) for one in models]).round(2))
    0.1
    """
    fraction = Problem(what="not a number of models", where="n", allowed="a whole number >= 0", got=repr(n)[:100])
    refuse([] if is_whole(n) and n >= 0 else [fraction], random_source_problems(rng))
    names = _parameters(model)
    axes, known = _axes(log_covariance, names)
    free = [name for name, fixed in zip(names, known, strict=True) if not fixed]
    moves = (axes @ rng.standard_normal((len(free), n))).T
    start = np.log([getattr(model, name) for name in free])
    values = np.exp(np.clip(start + moves, -RANGE, RANGE))
    return tuple(model.model_copy(update=dict(zip(free, row, strict=True))) for row in values.tolist())


def _parameters(model: Model) -> tuple[str, ...]:
    """Name the parameters of a model, unless it is something that only holds one, as a fit does."""
    refuse(kind_problems(model, Model, where="model"))
    if isinstance(getattr(model, "model", None), Model):
        got = type(model).__name__
        raise InvalidValueError(Problem(what="a fit, not a model", where="model", got=got, remedy="pass fit.model"))
    return tuple(type(model).model_fields)


def _axes(
    log_covariance: ArrayLike | Sequence[Sequence[float | None]], names: tuple[str, ...]
) -> tuple[FloatArray, BoolArray]:
    """Give the principal axes of the uncertainty, one per column, and which parameters are taken as known."""
    try:
        table = np.array(log_covariance, dtype=np.float64)
    except (TypeError, ValueError):
        got = repr(log_covariance)[:100]
        raise InvalidValueError(Problem(what="not a table of numbers", where="log_covariance", got=got)) from None
    if table.shape != (len(names), len(names)):
        allowed, got = f"({len(names)}, {len(names)}) for {', '.join(names)}", str(table.shape)
        raise InvalidValueError(Problem(what="wrong shape", where="log_covariance", allowed=allowed, got=got))
    known: BoolArray = np.isnan(np.diag(table))
    part = table[np.ix_(~known, ~known)]
    if not (np.isfinite(part).all() and np.allclose(part, part.T, rtol=1e-9, atol=0)):
        raise InvalidValueError(Problem(what="not a covariance", where="log_covariance", allowed="finite, symmetric"))
    if not part.size:
        return part, known
    sizes, vectors = np.linalg.eigh(part)
    if sizes[0] < NOT_A_COVARIANCE * max(sizes[-1], 0.0):
        got = f"an eigenvalue of {sizes[0]:g}"
        raise InvalidValueError(Problem(what="not a covariance", where="log_covariance", allowed=">= 0", got=got))
    return vectors * np.sqrt(np.maximum(sizes, 0.0)), known


def _slope(model: M, quantity: Callable[[M], FloatArray], name: str) -> FloatArray:
    """Differentiate a quantity by the logarithm of a parameter."""
    value = getattr(model, name)
    above, below = (model.model_copy(update={name: value * np.exp(step)}) for step in (STEP, -STEP))
    slope: FloatArray = (np.asarray(quantity(above)) - np.asarray(quantity(below))) / (2 * STEP)
    return slope


def _check_scale(value: FloatArray, scale: str) -> None:
    ranges = {"identity": (-np.inf, np.inf), "log": (0.0, np.inf), "logit": (0.0, 1.0)}
    check_choice(scale, ranges, where="scale", what="no such scale")
    least, most = ranges[scale]
    outside = (value < least) | (value > most)
    if outside.any():
        got = str(value[outside].ravel()[0])
        remedy = 'choose scale="identity"'
        allowed = f"{least:g} to {most:g} on this scale"
        raise InvalidValueError(
            Problem(what="value outside the scale", where="scale", allowed=allowed, got=got, remedy=remedy)
        )


def _ends(value: FloatArray, reach: FloatArray, scale: str) -> tuple[FloatArray, FloatArray]:
    if scale == "identity":
        return value - reach, value + reach
    # at the end of its range, where it is for every parameter nearby, a quantity is what it is
    inside = (value > 0) & ((value < 1) | (scale == "log"))
    share = np.where(inside, value, 0.5)
    if scale == "log":
        stretch = np.exp(np.minimum(reach / share, 700.0))
        low, high = share / stretch, share * stretch
    else:
        place, move = special.logit(share), reach / (share * (1 - share))
        low, high = special.expit(place - move), special.expit(place + move)
    missing = np.isnan(reach) | np.isnan(value)
    return (
        np.where(missing, np.nan, np.where(inside, np.minimum(low, value), value)),
        np.where(missing, np.nan, np.where(inside, np.maximum(high, value), value)),
    )


def _read_only(values: ArrayLike) -> FloatArray:
    array = np.array(values, dtype=np.float64)
    array.flags.writeable = False
    unwrapped: FloatArray = array[()]
    return unwrapped
