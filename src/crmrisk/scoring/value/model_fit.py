"""What a fit hands back: the model, how well it fits, how sure each parameter is, and what the data cannot say."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Generic, TypeVar, cast

import numpy as np
from pydantic import Field

from crmrisk.core.model import Model
from crmrisk.scoring.value.intervals import delta_interval

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from crmrisk.core.arrays import FloatArray
    from crmrisk.scoring.value.fitting import Maximum
    from crmrisk.scoring.value.intervals import PredictionInterval, Scale

__all__ = ["ModelFit", "Parameter", "summarise"]

Parameter = Annotated[float, Field(ge=1e-100, le=1e100)]
"""A positive parameter; the bounds only keep arithmetic within what a float can hold."""

M = TypeVar("M", bound=Model)


class ModelFit(Model, Generic[M]):
    """Hold a fitted model and everything the likelihood says about it.

    Parameters are positive, so uncertainty lives on their logarithms: an interval is
    ``value * exp(± 1.96 log_standard_error)``; natural-scale figures follow by the delta method.

    Parameters
    ----------
    model
        The model at the maximum of the likelihood.
    parameters
        The names of its parameters, in the order of every table here.
    log_likelihood
        The log-likelihood in the caller's own units, the sum over customers.
    n
        The number of customers, the sum of the weights.
    n_left_out
        Customers the likelihood does not speak of (for spend: no repeat purchase, or none that paid).
    converged
        Whether the optimisation ended by itself.
    steps
        How many steps it took.
    not_identified
        Parameters the data do not determine: at a bound, or free to move by factors of hundreds.
    condition_number
        Condition number of the information on the logarithms; ``None`` where it is singular.
    log_covariance
        Covariance of the logarithms; ``None`` for what is not identified.
    warnings
        What to know before relying on it.

    Raises
    ------
    InvalidValueError
        If a field is not what it should be.

    Examples
    --------
    >>> from crmrisk.scoring.value import BetaGeoNBD
    >>> fit = BetaGeoNBD.fit([0, 2, 1, 0, 6], [0, 20, 9, 0, 30], [38, 38, 36, 35, 31], weights=[60, 12, 9, 40, 3])
    >>> fit.n, fit.converged, fit.not_identified
    (124.0, True, ())
    >>> ModelFit[BetaGeoNBD].model_validate_json(fit.model_dump_json()) == fit
    True
    """

    model: M
    parameters: tuple[str, ...]
    log_likelihood: float
    n: float
    n_left_out: float = 0.0
    converged: bool
    steps: int
    not_identified: tuple[str, ...]
    condition_number: float | None
    log_covariance: tuple[tuple[float | None, ...], ...]
    warnings: tuple[str, ...] = ()

    @property
    def estimates(self) -> Mapping[str, float]:
        """Give the parameters by name."""
        return {name: float(getattr(self.model, name)) for name in self.parameters}

    @property
    def log_standard_errors(self) -> Mapping[str, float]:
        """Give the standard errors of the logarithms by name; NaN where a parameter is not identified."""
        errors = np.sqrt(np.diag(self._log_covariance))
        return dict(zip(self.parameters, errors.tolist(), strict=True))

    @property
    def standard_errors(self) -> Mapping[str, float]:
        """Give the standard errors in natural units by name (delta method); NaN where not identified."""
        return {name: self.estimates[name] * error for name, error in self.log_standard_errors.items()}

    @property
    def covariance(self) -> FloatArray:
        """Give the covariance in natural units (delta method), ``(n_parameters, n_parameters)``; NaN where unknown."""
        values = np.array(list(self.estimates.values()))
        covariance: FloatArray = self._log_covariance * np.outer(values, values)
        return covariance

    @property
    def aic(self) -> float:
        """Give Akaike's information criterion."""
        return 2 * len(self.parameters) - 2 * self.log_likelihood

    @property
    def bic(self) -> float:
        """Give the Bayesian information criterion, one observation per customer."""
        return len(self.parameters) * float(np.log(self.n)) - 2 * self.log_likelihood

    def interval(
        self, quantity: Callable[[M], FloatArray], *, level: float = 0.95, scale: Scale = "log"
    ) -> PredictionInterval:
        """Compute intervals of any quantity of the model by the delta method; see `delta_interval`.

        Parameters
        ----------
        quantity
            Computes predictions from a model, an array of any shape.
        level
            The level of confidence.
        scale
            ``"log"`` for positive quantities, ``"logit"`` for probabilities, ``"identity"`` for the rest.

        Raises
        ------
        InvalidValueError
            If the level is not within (0, 1), or a value outside the scale.

        Examples
        --------
        >>> from crmrisk.scoring.value import BetaGeoNBD
        >>> fit = BetaGeoNBD.fit([0, 2, 1, 0, 6], [0, 20, 9, 0, 30], [38, 38, 36, 35, 31], weights=[60, 12, 9, 40, 3])
        >>> found = fit.interval(lambda model: model.probability_alive(frequency=2, recency=9, age=38), scale="logit")
        >>> bool(0 < found.low < found.value < found.high < 1)
        True
        """
        return delta_interval(self.model, self.log_covariance, quantity, level=level, scale=scale)

    @property
    def _log_covariance(self) -> FloatArray:
        return np.array(self.log_covariance, dtype=np.float64)


def summarise(
    maximum: Maximum, model: M, *, log_likelihood: float, n: float, n_left_out: float = 0.0, notes: tuple[str, ...] = ()
) -> ModelFit[M]:
    """Turn the top of a likelihood into a result.

    Parameters
    ----------
    maximum
        What the engine found.
    model
        The model at it; its fields are the parameters in the engine's order.
    log_likelihood
        The log-likelihood in the caller's units.
    n, n_left_out
        Customers used and left out.
    notes
        Warnings of the model's own.

    Examples
    --------
    >>> from crmrisk.scoring.value import GammaGamma
    >>> GammaGamma.fit([1, 2, 3], [20.0, 35.0, 30.0]).n
    3.0
    """
    names = tuple(type(model).model_fields)
    unknown = tuple(name for name, known in zip(names, maximum.identified, strict=True) if not known)
    fits_of_this_model = cast("type[ModelFit[M]]", ModelFit.__class_getitem__(type(model)))
    return fits_of_this_model(
        model=model,
        parameters=names,
        log_likelihood=log_likelihood,
        n=n,
        n_left_out=n_left_out,
        converged=maximum.converged,
        steps=maximum.steps,
        not_identified=unknown,
        condition_number=maximum.condition_number,
        log_covariance=_without_nan(maximum.log_covariance),
        warnings=(*_caveats(maximum, names), *notes),
    )


def _without_nan(matrix: FloatArray) -> tuple[tuple[float | None, ...], ...]:
    return tuple(tuple(None if np.isnan(value) else float(value) for value in row) for row in matrix)


def _caveats(maximum: Maximum, names: tuple[str, ...]) -> Iterator[str]:
    for index, name in enumerate(names):
        if maximum.at_low[index]:
            yield f"{name} is not identified: the likelihood keeps rising as it goes to 0, where its bound stopped it"
        elif maximum.at_high[index]:
            yield f"{name} is not identified: the likelihood keeps rising as it grows, and its bound stopped it"
        elif not maximum.identified[index]:
            yield f"{name} is not identified: the likelihood hardly changes when it moves by factors of hundreds"
    if not maximum.converged:
        yield f"the optimisation stopped after {maximum.steps} steps without reaching a maximum"
