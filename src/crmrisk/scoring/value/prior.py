"""What is believed of parameters before the data are seen, stated so that no unit of time or money enters.

Where data are few, the likelihood may run to a bound; a prior holds it. Priors here are log-normal, parameter by
parameter: a median and a spread on the log scale. Times (alpha and beta of the models of buying) are stated in
multiples of the mean age of the customers, money (v of Gamma-Gamma) in multiples of the mean spend, so that a fit in
days and a fit in weeks, in cents and in euros, are the same fit. The density is that of the logarithms: the penalised
estimate is its mode on the log scale, where a prior has its mode at its median, so without data it is that median.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from pydantic import Field
from pydantic.dataclasses import dataclass

from crmrisk.core.arguments import is_number, kind_problems, refuse
from crmrisk.core.errors import InvalidValueError, Problem
from crmrisk.core.model import VALUE, Model, Value
from crmrisk.scoring.value.fitting import Derivatives

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crmrisk.core.arrays import FloatArray
    from crmrisk.scoring.value.fitting import LogLikelihood

__all__ = ["LogNormal", "Prior", "penalised", "weakly_informative"]

WIDE = 2.0
"""The default spread on the log scale: 95 % within a factor of 50 of the median."""
SPREADS = {"c": 1.0}
"""Exponents of time, which spread less: 95 % within a factor of 7."""


@dataclass(frozen=True, config=VALUE)
class LogNormal(Value):
    """Believe that the logarithm of a parameter is normal.

    Parameters
    ----------
    parameter
        The name of the parameter.
    median
        Its median; times in multiples of the mean age, money in multiples of the mean spend.
    log_sd
        The standard deviation of its logarithm; 95 % lie within a factor of ``exp(1.96 log_sd)`` of the median.

    Raises
    ------
    InvalidValueError
        If the median or the spread is not positive and finite.

    Examples
    --------
    >>> LogNormal("r", median=0.5, log_sd=1.0).to_json()
    '{"parameter":"r","median":0.5,"log_sd":1.0}'
    """

    parameter: str = Field(min_length=1)
    median: float = Field(ge=1e-6, le=1e6)
    log_sd: float = Field(default=WIDE, ge=1e-3, le=1e6)


@dataclass(frozen=True, config=VALUE)
class Prior(Value):
    """Hold what is believed of the parameters of a model, independently of each other.

    Parameters
    ----------
    parameters
        One log-normal for each parameter with a prior; the others are left to the data.

    Raises
    ------
    InvalidValueError
        If a parameter is named twice.

    Examples
    --------
    >>> from crmrisk.scoring.value import BetaGeoNBD, LogNormal, Prior
    >>> prior = Prior((LogNormal("a", median=1.0, log_sd=1.0), LogNormal("b", median=3.0, log_sd=1.0)))
    >>> fit = BetaGeoNBD.fit([0, 3, 5, 2], [0, 27, 30, 20], [30, 30, 30, 20], prior=prior)
    >>> {"a", "b"} & set(fit.not_identified)
    set()
    """

    parameters: tuple[LogNormal, ...]

    def __post_init__(self) -> None:
        names = [each.parameter for each in self.parameters]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise InvalidValueError(Problem(what="parameters named twice", where="Prior", got=", ".join(twice)))

    def log_density(self, names: Sequence[str], parameters: FloatArray) -> Derivatives:
        """Compute the log-density of the logarithms, with its derivatives by the parameters.

        Parameters
        ----------
        names
            The parameters in order.
        parameters
            Their values, free of units, ``(n_parameters,)``.

        Raises
        ------
        InvalidValueError
            If the prior names a parameter that is not among them.

        Examples
        --------
        >>> density = Prior((LogNormal("r", 1.0, 2.0),)).log_density(["r"], np.array([1.0]))
        >>> round(density.value, 6)
        -1.612086
        """
        medians, spreads = self._columns(names)
        believed = np.isfinite(spreads)
        distance = (np.log(parameters) - np.log(medians)) / spreads
        norm = float(np.log(spreads[believed] * np.sqrt(2 * np.pi)).sum())
        slopes = -distance / spreads
        bends = np.where(believed, -1 / spreads**2, 0.0)
        hessian = np.diag((bends - slopes) / parameters**2)
        return Derivatives(-0.5 * float(distance @ distance) - norm, slopes / parameters, hessian)

    def _columns(self, names: Sequence[str]) -> tuple[FloatArray, FloatArray]:
        unknown = sorted({each.parameter for each in self.parameters} - set(names))
        if unknown:
            allowed, got = ", ".join(names), ", ".join(unknown)
            raise InvalidValueError(Problem(what="no such parameter", where="Prior", allowed=allowed, got=got))
        stated = {each.parameter: each for each in self.parameters}
        medians = [stated[name].median if name in stated else 1.0 for name in names]
        spreads = [stated[name].log_sd if name in stated else np.inf for name in names]
        return np.array(medians), np.array(spreads)


def weakly_informative(model: type[Model] | Model, *, log_sd: float = WIDE) -> Prior:
    """Give a prior that says little: every parameter is 1 up to a factor of 50.

    A shape of 1 is an exponential distribution of rates and a uniform one of probabilities, a time of 1 the mean age of
    the customers, money of 1 their mean spend. All published estimates known to us lie well inside. Exponents of time
    (c of BdW, where 1 is no duration dependence) spread half as much on the log scale.

    Parameters
    ----------
    model
        The kind of model, or a model of that kind.
    log_sd
        The spread on the log scale.

    Raises
    ------
    InvalidValueError
        If the spread is not positive and finite, or it is no model that is fitted with a prior.

    Examples
    --------
    >>> from crmrisk.scoring.value import BetaGeoNBD, weakly_informative
    >>> fit = BetaGeoNBD.fit([0, 0, 0], [0, 0, 0], [12, 30, 31], prior=weakly_informative(BetaGeoNBD))
    >>> fit.not_identified
    ()
    """
    kind = model if isinstance(model, type) else type(model)
    _check_prior_for(kind, log_sd)
    names = [name for name, field in kind.model_fields.items() if field.annotation is float]
    return Prior(tuple(LogNormal(name, 1.0, SPREADS.get(name, WIDE) / WIDE * log_sd) for name in names))


def _check_prior_for(kind: type, log_sd: object) -> None:
    allowed = "a kind of model that is fitted with a prior, such as BetaGeoNBD"
    no_model = [Problem(what="no such model", where="model", allowed=allowed, got=kind.__name__)]
    no_number = [Problem(what="not a number", where="log_sd", allowed="a positive number", got=repr(log_sd)[:100])]
    refuse([] if hasattr(kind, "_task") else no_model, [] if is_number(log_sd) else no_number)


def penalised(likelihood: LogLikelihood, names: Sequence[str], prior: Prior | None) -> LogLikelihood:
    """Add the log-density of a prior to a log-likelihood.

    Parameters
    ----------
    likelihood
        The log-likelihood at parameters free of units.
    names
        Their names.
    prior
        The prior; ``None`` leaves the likelihood as it is.

    Raises
    ------
    InvalidValueError
        If the prior is none.

    Examples
    --------
    >>> flat = lambda r: Derivatives(0.0, np.zeros(1), np.zeros((1, 1)))
    >>> penalised(flat, ["r"], Prior((LogNormal("r", 1.0, 1.0),)))(np.array([2.0])).gradient.round(6)
    array([-0.346574])
    """
    if prior is None:
        return likelihood
    refuse(kind_problems(prior, Prior, where="prior"))
    return lambda parameters: likelihood(parameters) + prior.log_density(names, parameters)
