"""A measured model of what items have in common: confirmatory factor analysis of simple structure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.special import chdtrc

from crmrisk.core.errors import FitError, InvalidValueError, Problem
from crmrisk.satisfaction.reliability.covariance import ItemCovariance, item_covariance
from crmrisk.satisfaction.reliability.factor_fit import (
    LOWEST_UNIQUENESS,
    Parameters,
    derivatives,
    implied,
    maximise,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike
    from pandas import DataFrame

    from crmrisk.core.arrays import BoolArray, FloatArray, IntArray
    from crmrisk.satisfaction.flagging import Missing

__all__ = ["FactorModel", "confirmatory_factor_analysis", "fit_factor_model"]


@dataclass(frozen=True, kw_only=True, eq=False)
class FactorModel:
    """Hold a fitted factor model: loadings, what factors leave, how factors correlate, and how well it fits.

    Parameters
    ----------
    covariance
        What it was fitted to.
    factors
        The factors, in order.
    factor_of_item
        Number of each item's factor, ``(n_items,)``.
    parameters
        Loadings, uniquenesses and factor correlations in the units of the covariances; factors have variance 1.
    chi_square, degrees_of_freedom
        The likelihood-ratio test against covariances that are free; its expectation is the degrees of freedom if the
        model is true.
    warnings
        What the reader should know, such as uniquenesses at their bound (Heywood cases).

    Examples
    --------
    >>> matrix = [[1.0, 0.56, 0.48], [0.56, 1.0, 0.42], [0.48, 0.42, 1.0]]
    >>> model = confirmatory_factor_analysis(covariance=matrix, n=100)
    >>> model.parameters.loadings.round(2)
    array([0.8, 0.7, 0.6])
    """

    covariance: ItemCovariance
    factors: tuple[str, ...]
    factor_of_item: IntArray
    parameters: Parameters
    chi_square: float
    degrees_of_freedom: int
    warnings: tuple[str, ...] = ()

    def __repr__(self) -> str:
        what = f"{len(self.covariance.names)} items, n {self.covariance.n:g}: {', '.join(self.factors)[:100]}"
        return f"FactorModel({what}; chi-squared {self.chi_square:.4g}, df {self.degrees_of_freedom})"

    @property
    def p_value(self) -> float | None:
        """Probability of a worse fit if the model is true; ``None`` where it can fit anything."""
        return float(chdtrc(self.degrees_of_freedom, self.chi_square)) if self.degrees_of_freedom else None

    @property
    def root_mean_square_error_of_approximation(self) -> float | None:
        """RMSEA: misfit per degree of freedom, ``sqrt(max(chi2 - df, 0)/(df n))``."""
        if not self.degrees_of_freedom:
            return None
        beyond = max(self.chi_square - self.degrees_of_freedom, 0.0)
        return float((beyond / (self.degrees_of_freedom * self.covariance.effective_n)) ** 0.5)

    @property
    def comparative_fit_index(self) -> float | None:
        """CFI: how much of the misfit of unrelated items the model takes away, in [0, 1]."""
        correlations = self.covariance.correlations
        n_items = len(correlations)
        unrelated = (
            -self.covariance.effective_n * float(np.linalg.slogdet(correlations)[1]) - n_items * (n_items - 1) / 2
        )
        beyond = max(self.chi_square - self.degrees_of_freedom, 0.0)
        return None if max(unrelated, beyond) <= 0.0 else 1.0 - beyond / max(unrelated, beyond)

    @property
    def implied(self) -> FloatArray:
        """Covariances the model implies, ``(n_items, n_items)``."""
        return implied(self.parameters, self.factor_of_item)

    @property
    def influence(self) -> FloatArray:
        """What one more in each sample covariance adds to each parameter, ``(n_parameters, n_items, n_items)``."""
        inverse = np.linalg.inv(self.implied)
        slopes = derivatives(self.parameters, self.factor_of_item)
        turned = inverse @ slopes @ inverse
        information = np.einsum("qij,rij->qr", slopes, turned)
        return np.asarray(np.einsum("qr,rij->qij", np.linalg.pinv(information), turned), dtype=np.float64)

    def of_factor(self, factor: str | None = None) -> BoolArray:
        """Find the items of a factor.

        Parameters
        ----------
        factor
            Its name; may be left out where there is only one.

        Returns
        -------
        Which items, ``(n_items,)``.

        Raises
        ------
        InvalidValueError
            If there is no such factor.
        """
        name = self.factors[0] if factor is None and len(self.factors) == 1 else factor
        if name not in self.factors:
            allowed = ", ".join(self.factors)
            raise InvalidValueError(Problem(what="no such factor", where="factor", allowed=allowed, got=repr(factor)))
        mine: BoolArray = self.factor_of_item == self.factors.index(name)
        return mine

    def frame(self) -> DataFrame:
        """Lay the model out as a table.

        Returns
        -------
        One row per item: factor, loading, standardised loading, uniqueness.

        Examples
        --------
        >>> matrix = [[1.0, 0.56, 0.48], [0.56, 1.0, 0.42], [0.48, 0.42, 1.0]]
        >>> confirmatory_factor_analysis(covariance=matrix, n=100).frame().columns.tolist()
        ['factor', 'loading', 'standardised_loading', 'uniqueness']
        """
        from pandas import DataFrame, Index  # noqa: PLC0415 - pandas takes long to import and numbers do not need it

        loadings = self.parameters.loadings
        columns = {
            "factor": [self.factors[number] for number in self.factor_of_item],
            "loading": loadings,
            "standardised_loading": loadings / np.sqrt(np.diag(self.implied)),
            "uniqueness": self.parameters.uniquenesses,
        }
        return DataFrame(columns, index=Index(self.covariance.names, name="item"))


def confirmatory_factor_analysis(
    items: Any = None,
    *,
    factors: Mapping[str, Sequence[str]] | None = None,
    covariance: Any = None,
    n: float | None = None,
    weights: ArrayLike | None = None,
    missing: Missing = "error",
) -> FactorModel:
    """Fit a factor model of simple structure by maximum likelihood.

    Parameters
    ----------
    items
        A dataframe, a mapping from item to answers, or a matrix ``(n_respondents, n_items)``; or give ``covariance``.
    factors
        Factor to its items, each item on one factor; one factor of all items by default. Other items are left out.
    covariance, n
        Covariances of the items, ``(n_items, n_items)``, and how many respondents they rest on.
    weights
        Survey weights of the respondents, ``(n_respondents,)``.
    missing
        ``"error"`` refuses missing answers, ``"exclude"`` leaves out respondents who miss any, and says how many.

    Returns
    -------
    The fitted model.

    Raises
    ------
    RecordError
        If answers are no finite numbers, or missing and that is an error, or weights unusable.
    InvalidValueError
        If neither or both of items and covariance are given, or factors do not share the items out.
    FitError
        If the data cannot identify the model: too few items, items that do not vary or determine each other.

    References
    ----------
    Joreskog, K. G. (1969). *Psychometrika* 34. Bollen, K. A. (1989). *Structural Equations with Latent Variables*,
    chapter 7.

    Examples
    --------
    >>> matrix = [[1.0, 0.5, 0.2, 0.2], [0.5, 1.0, 0.2, 0.2], [0.2, 0.2, 1.0, 0.6], [0.2, 0.2, 0.6, 1.0]]
    >>> pairs = {"staff": ["item1", "item2"], "rooms": ["item3", "item4"]}
    >>> model = confirmatory_factor_analysis(covariance=matrix, n=200, factors=pairs)
    >>> print(f"chi2 {model.chi_square:.3f}, df {model.degrees_of_freedom}")
    chi2 0.000, df 1
    """
    found = item_covariance(items, covariance=covariance, n=n, weights=weights, missing=missing)
    if factors is None:
        return fit_factor_model(found, {"factor": found.names})
    _check_factors(factors, found.names)
    return fit_factor_model(found.only([item for part in factors.values() for item in part]), factors)


def fit_factor_model(covariance: ItemCovariance, factors: Mapping[str, Sequence[str]]) -> FactorModel:
    """Fit a factor model to checked covariances; see `confirmatory_factor_analysis`.

    Parameters
    ----------
    covariance
        Of the items, in the order of the factors.
    factors
        Factor to its items.

    Raises
    ------
    FitError
        If the data cannot identify the model.

    Examples
    --------
    >>> matrix = [[1.0, 0.56, 0.48], [0.56, 1.0, 0.42], [0.48, 0.42, 1.0]]
    >>> three = item_covariance(covariance=matrix, n=100)
    >>> fit_factor_model(three, {"service": three.names}).factors
    ('service',)
    """
    freedom = _degrees_of_freedom(covariance, factors)
    number = np.repeat(np.arange(len(factors)), [len(part) for part in factors.values()])
    standardised, discrepancy = maximise(covariance.correlations, number)
    deviation = np.sqrt(np.diag(covariance.matrix))
    at_bound = standardised.uniquenesses <= 2.0 * LOWEST_UNIQUENESS
    heywood = [name for name, bound in zip(covariance.names, at_bound, strict=True) if bound]
    return FactorModel(
        covariance=covariance,
        factors=tuple(factors),
        factor_of_item=number,
        parameters=standardised._replace(
            loadings=standardised.loadings * deviation, uniquenesses=standardised.uniquenesses * deviation**2
        ),
        chi_square=discrepancy * covariance.effective_n if freedom else 0.0,
        degrees_of_freedom=freedom,
        warnings=(f"Heywood case, nothing left to: {', '.join(heywood)}",) if heywood else (),
    )


def _degrees_of_freedom(covariance: ItemCovariance, factors: Mapping[str, Sequence[str]]) -> int:
    reasons, n_items, n_factors = list(covariance.unusable), len(covariance.names), len(factors)
    freedom = n_items * (n_items + 1) // 2 - 2 * n_items - n_factors * (n_factors - 1) // 2
    if freedom < 0 or (n_factors > 1 and min(len(part) for part in factors.values()) < 2):
        reasons.append("too few items: one factor needs three, each of several needs two")
    if reasons:
        raise FitError(*(Problem(what=reason, where="factor model") for reason in reasons))
    return freedom


def _check_factors(factors: Mapping[str, Sequence[str]], names: tuple[str, ...]) -> None:
    if not isinstance(factors, Mapping) or not factors:
        allowed, got = "factor to a list of its items", repr(factors)[:200]
        raise InvalidValueError(Problem(what="no factors", where="factors", allowed=allowed, got=got))
    lists = {name: part for name, part in factors.items() if isinstance(part, Iterable) and not isinstance(part, str)}
    problems = [
        Problem(what="no list of items", where=f"factors.{name}", got=repr(part)[:200])
        for name, part in factors.items()
        if name not in lists
    ]
    asked = [item for part in lists.values() for item in part]
    unknown = [item for item in dict.fromkeys(asked) if item not in names]
    twice = [item for item in dict.fromkeys(asked) if asked.count(item) > 1]
    if unknown:
        allowed, got = ", ".join(names)[:300], ", ".join(map(str, unknown))
        problems.append(Problem(what="no such items", where="factors", allowed=allowed, got=got))
    if twice:
        problems.append(Problem(what="items on two factors", where="factors", got=", ".join(map(str, twice))))
    if problems:
        raise InvalidValueError(*problems)
