"""What a fit hands back: the model, how well it fits, how sure each parameter is, and what the data cannot say."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Generic, TypeVar, cast

import numpy as np
from pydantic import Field

from crmrisk.core.intervals import normal_quantile
from crmrisk.core.model import Model
from crmrisk.scoring.value.intervals import delta_interval
from crmrisk.scoring.value.not_identified import NotIdentified
from crmrisk.scoring.value.prior import Prior

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
    totals
        Sums over those customers by column, by which fits of the same data are known.
    converged
        Whether the optimisation ended by itself.
    steps
        How many steps it took.
    not_identified
        Parameters the data do not determine: at a bound, or free to move by factors of hundreds.
    unidentified
        The same as records that name the bound.
    condition_number
        Condition number of the information on the logarithms; ``None`` where it is singular.
    log_covariance
        Covariance of the logarithms; ``None`` for what is not identified.
    warnings
        What to know before relying on it.
    prior
        What was believed beforehand; the fit is then penalised: everything but ``log_likelihood`` speaks of the
        posterior. ``None`` is exact maximum likelihood.
    log_prior
        The log-density of the prior at the estimates; 0 without one.

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
    totals: dict[str, float] = Field(default_factory=dict)
    converged: bool
    steps: int
    not_identified: tuple[str, ...]
    unidentified: tuple[NotIdentified, ...] = ()
    condition_number: float | None
    log_covariance: tuple[tuple[float | None, ...], ...]
    warnings: tuple[str, ...] = ()
    prior: Prior | None = None
    log_prior: float = 0.0

    @property
    def log_posterior(self) -> float:
        """Give the log-likelihood plus the log-density of the prior: what a penalised fit maximises."""
        return self.log_likelihood + self.log_prior

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

    def confidence_intervals(self, level: float = 0.95) -> Mapping[str, tuple[float, float]]:
        """Give intervals of the parameters by name, made on the logarithm (Wald); NaN where not identified.

        Where parameters are nearly tied to each other, as r and alpha often are (see ``condition_number``), the
        likelihood is no parabola and `profile_interval` is the honest one.

        Parameters
        ----------
        level
            The level of confidence.

        Raises
        ------
        InvalidValueError
            If the level is not within (0, 1).

        Examples
        --------
        >>> from crmrisk.scoring.value import ShiftedBetaGeometric
        >>> fit = ShiftedBetaGeometric.fit_survivors([1000, 631, 468, 382, 326, 289, 262, 241])
        >>> tuple(round(end, 3) for end in fit.confidence_intervals()["alpha"])
        (0.587, 0.845)
        """
        reach = normal_quantile(level)
        errors = self.log_standard_errors
        return {
            name: (value * float(np.exp(-reach * errors[name])), value * float(np.exp(reach * errors[name])))
            for name, value in self.estimates.items()
        }

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
    maximum: Maximum,
    model: M,
    *,
    log_likelihood: float,
    n: float,
    n_left_out: float = 0.0,
    notes: tuple[str, ...] = (),
    totals: Mapping[str, float] | None = None,
    prior: Prior | None = None,
    log_prior: float = 0.0,
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
    totals
        Sums over the customers used, by column.
    prior, log_prior
        What was believed, and its log-density at the maximum.

    Examples
    --------
    >>> from crmrisk.scoring.value import GammaGamma
    >>> GammaGamma.fit([1, 2, 3], [20.0, 35.0, 30.0]).n
    3.0
    """
    names = tuple(type(model).model_fields)
    unknown = tuple(_unidentified(maximum, names))
    fits_of_this_model = cast("type[ModelFit[M]]", ModelFit.__class_getitem__(type(model)))
    return fits_of_this_model(
        model=model,
        parameters=names,
        log_likelihood=log_likelihood,
        n=n,
        n_left_out=n_left_out,
        converged=maximum.converged,
        steps=maximum.steps,
        not_identified=tuple(each.parameter for each in unknown),
        unidentified=unknown,
        condition_number=maximum.condition_number,
        log_covariance=_without_nan(maximum.log_covariance),
        warnings=(*(each.message for each in unknown), *_stopped(maximum), *notes),
        totals=dict(totals or {}),
        prior=prior,
        log_prior=log_prior,
    )


def _without_nan(matrix: FloatArray) -> tuple[tuple[float | None, ...], ...]:
    return tuple(tuple(None if np.isnan(value) else float(value) for value in row) for row in matrix)


def _unidentified(maximum: Maximum, names: tuple[str, ...]) -> Iterator[NotIdentified]:
    for index, name in enumerate(names):
        if maximum.at_low[index]:
            yield NotIdentified(name, "zero")
        elif maximum.at_high[index]:
            yield NotIdentified(name, "infinity")
        elif not maximum.identified[index]:
            yield NotIdentified(name, "flat")


def _stopped(maximum: Maximum) -> Iterator[str]:
    if not maximum.converged:
        yield f"the optimisation stopped after {maximum.steps} steps without reaching a maximum"
