"""What a fit with covariates hands back: the model, its coefficients with their errors, and what they are worth."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from pydantic import Field
from pydantic.dataclasses import dataclass
from scipy import special

from crmrisk.core.intervals import two_sided_p_value
from crmrisk.core.model import VALUE, Model, Value
from crmrisk.scoring.value.comparing import LikelihoodRatio
from crmrisk.scoring.value.covariates import ProportionalModel

if TYPE_CHECKING:
    from collections.abc import Mapping

    from crmrisk.core.arrays import FloatArray

__all__ = ["Coefficient", "ProportionalFit"]


@dataclass(frozen=True, config=VALUE)
class Coefficient(Value):
    """Hold the effect of one covariate.

    Parameters
    ----------
    name
        What it acts on and the covariate, ``"purchase.online"``.
    value
        γ: the logarithm of the factor per unit of the covariate.
    standard_error
        How uncertain it is; ``None`` where the data do not identify it.
    z, p_value
        The value over its standard error, and how likely one as large is by chance (two-sided).

    Examples
    --------
    >>> Coefficient("purchase.online", 0.5, 0.1, 5.0, 5.7e-7).value
    0.5
    """

    name: str
    value: float
    standard_error: float | None
    z: float | None
    p_value: float | None


class ProportionalFit(Model):
    """Hold a fitted model with covariates and everything the likelihood says about it.

    Parameters
    ----------
    model
        The model at the maximum of the likelihood.
    parameters
        The parameters of the base model, then the coefficients as ``"purchase.online"``, in the order of the tables.
    log_likelihood
        The log-likelihood in the caller's own units, the sum over customers.
    log_likelihood_without
        That of the base model without covariates.
    n
        The number of customers, the sum of the weights.
    n_free
        How many parameters were fitted; coefficients that could not be are not among them.
    totals
        Sums over customers by column, by which fits of the same data are known.
    converged, steps
        Whether the optimisation ended by itself, and after how many steps.
    not_identified
        Parameters and coefficients the data do not determine.
    condition_number
        Condition number of the information; ``None`` where it is singular.
    log_covariance
        Covariance of the logarithms of the base parameters and of the coefficients as they are; ``None`` for what is
        not identified.
    warnings
        What to know before relying on it.

    Raises
    ------
    InvalidValueError
        If a field is not what it should be.

    Examples
    --------
    >>> from crmrisk.scoring.value import BetaGeoNBD
    >>> columns = {"frequency": [0, 2, 1, 0, 6], "recency": [0, 20, 9, 0, 30], "age": [38, 38, 36, 35, 31]}
    >>> online, weights = {"online": [0, 1, 1, 0, 1]}, [60, 12, 9, 40, 3]
    >>> fit = ProportionalModel.fit(BetaGeoNBD, **columns, dropout={"one": [1] * 5}, weights=weights)
    >>> fit.not_identified
    ('dropout.one', 'staying.one')
    >>> ProportionalFit.model_validate_json(fit.model_dump_json()) == fit
    True
    """

    model: ProportionalModel
    parameters: tuple[str, ...]
    log_likelihood: float
    log_likelihood_without: float
    n: float
    n_free: int
    totals: dict[str, float] = Field(default_factory=dict)
    converged: bool
    steps: int
    not_identified: tuple[str, ...]
    condition_number: float | None
    log_covariance: tuple[tuple[float | None, ...], ...]
    warnings: tuple[str, ...] = ()

    @property
    def estimates(self) -> Mapping[str, float]:
        """Give base parameters and coefficients by name."""
        return {name: self._estimate(name) for name in self.parameters}

    @property
    def standard_errors(self) -> Mapping[str, float]:
        """Give standard errors by name: of coefficients as they are, of base parameters by the delta method."""
        errors = np.sqrt(np.diag(np.array(self.log_covariance, dtype=np.float64))).tolist()
        return {
            name: error * (1.0 if "." in name else self._estimate(name))
            for name, error in zip(self.parameters, errors, strict=True)
        }

    @property
    def coefficients(self) -> tuple[Coefficient, ...]:
        """Give the coefficients with their errors and p-values."""
        errors = self.standard_errors
        return tuple(_coefficient(name, self._estimate(name), errors[name]) for name in self.parameters if "." in name)

    @property
    def covariance(self) -> FloatArray:
        """Give the covariance in natural units, ``(n_parameters, n_parameters)``; NaN where unknown."""
        scale = np.array([1.0 if "." in name else self._estimate(name) for name in self.parameters])
        covariance: FloatArray = np.array(self.log_covariance, dtype=np.float64) * np.outer(scale, scale)
        return covariance

    @property
    def likelihood_ratio(self) -> LikelihoodRatio:
        """Test whether the covariates together say more than chance would."""
        added = sum("." in name for name in self.parameters) - len(self._without_effect)
        statistic = 2 * (self.log_likelihood - self.log_likelihood_without)
        p_value = float(special.chdtrc(added, max(statistic, 0.0))) if added else 1.0
        return LikelihoodRatio(statistic, added, p_value, self.warnings)

    @property
    def aic(self) -> float:
        """Give Akaike's information criterion."""
        return 2 * self.n_free - 2 * self.log_likelihood

    @property
    def bic(self) -> float:
        """Give the Bayesian information criterion, one observation per customer."""
        return self.n_free * float(np.log(self.n)) - 2 * self.log_likelihood

    @property
    def prior(self) -> None:
        """Say that the fit is one of maximum likelihood, as comparisons want to know."""
        return

    @property
    def _without_effect(self) -> list[str]:
        return [name for name in self.not_identified if "." in name and self._estimate(name) == 0]

    def _estimate(self, name: str) -> float:
        role, _, covariate = name.partition(".")
        value = getattr(self.model, role)[covariate] if covariate else getattr(self.model.base, name)
        return float(value)


def _coefficient(name: str, value: float, error: float) -> Coefficient:
    if not error > 0:
        return Coefficient(name, value, None, None, None)
    z = value / error
    return Coefficient(name, value, error, z, two_sided_p_value(z))
