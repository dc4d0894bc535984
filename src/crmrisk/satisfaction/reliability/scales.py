"""The reliability of a scale in one record: alpha and omega side by side, so that neither is believed alone.

Alpha assumes that every item measures the same thing equally well; where loadings differ it is too low, where errors
correlate both are wrong. If alpha and omega disagree, omega of a model that fits is the better guess.
"""

from __future__ import annotations

from dataclasses import asdict
from dataclasses import dataclass as plain_dataclass
from typing import TYPE_CHECKING, Any, get_args

import numpy as np
from pydantic.dataclasses import dataclass

from crmrisk.core.errors import FitError
from crmrisk.core.estimate import Estimate
from crmrisk.core.listing import bounded, listed
from crmrisk.core.model import VALUE, Value
from crmrisk.satisfaction.reliability.alpha import alpha_if_dropped, cronbach_alpha, standardised_alpha
from crmrisk.satisfaction.reliability.covariance import ItemCovariance, item_covariance
from crmrisk.satisfaction.reliability.factor_model import (
    FactorModel,
    confirmatory_factor_analysis,
    fit_factor_model,
)
from crmrisk.satisfaction.reliability.normal_theory import unrated
from crmrisk.satisfaction.reliability.omega import FactorCoefficient, factor_coefficient

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import ArrayLike
    from pandas import DataFrame

    from crmrisk.satisfaction.flagging import Missing

__all__ = ["FactorReliability", "ItemReliability", "Reliability", "factor_reliability", "scale_reliability"]

_TOLERABLE_MISFIT = 0.10  # RMSEA above which Browne and Cudeck (1993) would not use a model


@dataclass(frozen=True, kw_only=True, config=VALUE)
class ItemReliability(Value):
    """Hold what one item adds to its scale.

    Parameters
    ----------
    item
        Its name.
    alpha_if_dropped
        Alpha of the other items.
    rest_correlation
        Correlation of the item with the sum of the others.
    loading
        Standardised loading on the factor.

    Raises
    ------
    InvalidValueError
        If the parts are not what they are called.

    Examples
    --------
    >>> scale_reliability([[5, 4, 5], [3, 3, 2], [4, 4, 4], [1, 2, 2], [5, 5, 4]]).items[0].item
    'item1'
    """

    item: str
    alpha_if_dropped: Estimate
    rest_correlation: float | None
    loading: float | None

    def __str__(self) -> str:
        rest = "" if self.rest_correlation is None else f", correlation with the rest {self.rest_correlation:.4g}"
        return f"{self.item}: alpha if dropped {bounded(self.alpha_if_dropped)}{rest}"


@dataclass(frozen=True, kw_only=True, config=VALUE)
class Reliability(Value):
    """Hold the reliability of one scale.

    Parameters
    ----------
    scale
        Its name.
    alpha, standardised_alpha
        Cronbach's alpha of the items and of standardised items.
    omega, standardised_omega, omega3
        McDonald's omega in the items' units, of standardised items, and over the observed variance of the sum.
    average_variance_extracted
        How much of the items' variance is their factor's.
    mean_correlation
        Of two items, on average.
    items
        What each item adds.
    warnings
        What the reader should know.

    Raises
    ------
    InvalidValueError
        If the parts are not what they are called.

    Examples
    --------
    >>> answers = [[5, 4, 5], [3, 3, 2], [4, 4, 4], [1, 2, 2], [5, 5, 4]]
    >>> print(scale_reliability(answers))
    scale: alpha 0.9399 [0.6962, 0.9933] beside omega 0.9632 (95 %, 3 items, n 5)
    """

    scale: str
    alpha: Estimate
    standardised_alpha: Estimate
    omega: Estimate
    standardised_omega: Estimate
    omega3: Estimate
    average_variance_extracted: Estimate
    mean_correlation: float | None
    items: tuple[ItemReliability, ...]
    warnings: tuple[str, ...] = ()

    def frame(self) -> DataFrame:
        """Lay the coefficients out as a table.

        Returns
        -------
        One row per coefficient, one column per part of an estimate.

        Examples
        --------
        >>> scale_reliability([[5, 4], [3, 3], [4, 4], [1, 2]]).frame().index.tolist()[:2]
        ['alpha', 'standardised alpha']
        """
        from pandas import DataFrame, Index  # noqa: PLC0415 - pandas takes long to import and numbers do not need it

        names = ("alpha", "standardised_alpha", "omega", "standardised_omega", "omega3", "average_variance_extracted")
        rows = [asdict(getattr(self, name)) for name in names]
        return DataFrame(rows, index=Index([name.replace("_", " ") for name in names], name="coefficient"))

    def item_frame(self) -> DataFrame:
        """Lay out what each item adds.

        Returns
        -------
        One row per item: alpha without it with its interval, correlation with the rest, loading.

        Examples
        --------
        >>> scale_reliability([[5, 4], [3, 3], [4, 4], [1, 2]]).item_frame().index.tolist()
        ['item1', 'item2']
        """
        from pandas import DataFrame, Index  # noqa: PLC0415 - pandas takes long to import and numbers do not need it

        rows = [
            {
                "alpha_if_dropped": part.alpha_if_dropped.value,
                "low": part.alpha_if_dropped.low,
                "high": part.alpha_if_dropped.high,
                "rest_correlation": part.rest_correlation,
                "loading": part.loading,
            }
            for part in self.items
        ]
        return DataFrame(rows, index=Index([part.item for part in self.items], name="item"), dtype="float64")

    def __str__(self) -> str:
        size = f"{100 * self.alpha.level:g} %, {len(self.items)} items, n {self.alpha.n:g}"
        return f"{self.scale}: alpha {bounded(self.alpha)} beside omega {bounded(self.omega)} ({size})"


@plain_dataclass(frozen=True, kw_only=True, eq=False)
class FactorReliability:
    """Hold the reliability of several scales that were modelled together.

    Parameters
    ----------
    model
        The factor model, with its fit.
    scales
        One record per factor.

    Examples
    --------
    >>> matrix = [[1.0, 0.5, 0.2, 0.2], [0.5, 1.0, 0.2, 0.2], [0.2, 0.2, 1.0, 0.6], [0.2, 0.2, 0.6, 1.0]]
    >>> pairs = {"staff": ["item1", "item2"], "rooms": ["item3", "item4"]}
    >>> print(factor_reliability(covariance=matrix, n=200, factors=pairs)["rooms"])
    rooms: alpha 0.75 [0.6697, 0.8108] beside omega 0.75 [0.6746, 0.8128] (95 %, 2 items, n 200)
    """

    model: FactorModel
    scales: tuple[Reliability, ...]

    def __repr__(self) -> str:
        return listed(self.scales)

    def __getitem__(self, scale: str) -> Reliability:
        """Find the record of a factor."""
        self.model.of_factor(scale)
        return next(record for record in self.scales if record.scale == scale)

    def frame(self) -> DataFrame:
        """Lay the coefficients of every scale out as a table.

        Returns
        -------
        One row per scale and coefficient, one column per part of an estimate.
        """
        from pandas import concat  # noqa: PLC0415 - pandas takes long to import and numbers do not need it

        return concat({record.scale: record.frame() for record in self.scales}, names=["scale"])


def scale_reliability(
    items: Any = None,
    *,
    covariance: Any = None,
    n: float | None = None,
    weights: ArrayLike | None = None,
    scale: str = "scale",
    level: float = 0.95,
    missing: Missing = "error",
) -> Reliability:
    """Estimate the reliability of one scale: alpha and omega, with what each item adds.

    Parameters
    ----------
    items
        A dataframe, a mapping from item to answers, or a matrix ``(n_respondents, n_items)``; or give ``covariance``.
    covariance, n
        Covariances of the items, ``(n_items, n_items)``, and how many respondents they rest on.
    weights
        Survey weights of the respondents, ``(n_respondents,)``.
    scale
        What the scale is called.
    level
        Nominal coverage.
    missing
        ``"error"`` refuses missing answers, ``"exclude"`` leaves out respondents who miss any, and says how many.

    Returns
    -------
    The record; coefficients the answers do not give are unrated and say why.

    Raises
    ------
    RecordError
        If answers are no finite numbers, or missing and that is an error, or weights unusable.
    InvalidValueError
        If neither or both of items and covariance are given, or covariance, n or level are not valid.

    References
    ----------
    Revelle, W. and Condon, D. M. (2019). Reliability from alpha to omega. *Psychological Assessment* 31.

    Examples
    --------
    >>> matrix = [[1.0, 0.56, 0.48], [0.56, 1.0, 0.42], [0.48, 0.42, 1.0]]
    >>> print(scale_reliability(covariance=matrix, n=100, scale="service"))
    service: alpha 0.7399 [0.6371, 0.8172] beside omega 0.7449 [0.6503, 0.821] (95 %, 3 items, n 100)
    """
    found = item_covariance(items, covariance=covariance, n=n, weights=weights, missing=missing)
    try:
        model: FactorModel | FitError = fit_factor_model(found, {scale: found.names})
    except FitError as error:
        model = error
    return _record(scale, found, model, level)


def factor_reliability(
    items: Any = None,
    *,
    factors: Mapping[str, Sequence[str]],
    covariance: Any = None,
    n: float | None = None,
    weights: ArrayLike | None = None,
    level: float = 0.95,
    missing: Missing = "error",
) -> FactorReliability:
    """Estimate the reliability of several scales from one factor model of all their items.

    Parameters
    ----------
    items
        A dataframe, a mapping from item to answers, or a matrix ``(n_respondents, n_items)``; or give ``covariance``.
    factors
        Scale to its items, each item on one scale.
    covariance, n, weights, level, missing
        As for `scale_reliability`.

    Returns
    -------
    The model with its fit, and one record per scale.

    Raises
    ------
    RecordError
        If answers are no finite numbers, or missing and that is an error, or weights unusable.
    InvalidValueError
        If neither or both of items and covariance are given, or factors do not share the items out.
    FitError
        If the data cannot identify the model.

    References
    ----------
    Joreskog, K. G. (1969). *Psychometrika* 34 (the model). McDonald, R. P. (1999). *Test Theory* (omega).

    Examples
    --------
    >>> matrix = [[1.0, 0.5, 0.2, 0.2], [0.5, 1.0, 0.2, 0.2], [0.2, 0.2, 1.0, 0.6], [0.2, 0.2, 0.6, 1.0]]
    >>> pairs = {"staff": ["item1", "item2"], "rooms": ["item3", "item4"]}
    >>> found = factor_reliability(covariance=matrix, n=200, factors=pairs)
    >>> [record.scale for record in found.scales]
    ['staff', 'rooms']
    """
    found = item_covariance(items, covariance=covariance, n=n, weights=weights, missing=missing)
    model = confirmatory_factor_analysis(found, factors=factors)
    return FactorReliability(
        model=model,
        scales=tuple(_record(scale, found.only(part), model, level) for scale, part in factors.items()),
    )


def _record(scale: str, found: ItemCovariance, model: FactorModel | FitError, level: float) -> Reliability:
    of_factor = {kind: _coefficient(kind, scale, found, model, level) for kind in get_args(FactorCoefficient)}
    items = _items(scale, found, model, level)
    usable = not found.unusable
    return Reliability(
        scale=scale,
        alpha=cronbach_alpha(found, level=level),
        standardised_alpha=standardised_alpha(found, level=level),
        omega=of_factor["omega"],
        standardised_omega=of_factor["standardised omega"],
        omega3=of_factor["omega3"],
        average_variance_extracted=of_factor["average variance extracted"],
        mean_correlation=_mean_correlation(found) if usable else None,
        items=items,
        warnings=(
            *found.unusable,
            *found.warnings,
            *found.against,
            *_misfit(model),
        ),
    )


def _misfit(model: FactorModel | FitError) -> tuple[str, ...]:
    if isinstance(model, FitError) or model.p_value is None:
        return ()
    error = model.root_mean_square_error_of_approximation or 0.0
    if model.p_value >= 0.05 or error <= _TOLERABLE_MISFIT:
        return ()
    what = "one factor does" if len(model.factors) == 1 else f"{len(model.factors)} factors do"
    test = f"chi2 {model.chi_square:.1f}, df {model.degrees_of_freedom}, RMSEA {error:.3f}"
    return (f"{what} not fit the items ({test}): alpha and omega can both mislead",)


def _coefficient(
    kind: FactorCoefficient, scale: str, found: ItemCovariance, model: FactorModel | FitError, level: float
) -> Estimate:
    if isinstance(model, FitError):
        reasons = tuple(problem.what for problem in model.problems)
        return unrated(found, reasons, level=level, method="maximum likelihood, delta")
    return factor_coefficient(model, kind, factor=scale, level=level)


def _items(
    scale: str, found: ItemCovariance, model: FactorModel | FitError, level: float
) -> tuple[ItemReliability, ...]:
    dropped = alpha_if_dropped(found, level=level)
    rest = _rest_correlations(found)
    loadings: list[float | None] = [None] * len(found.names)
    if isinstance(model, FactorModel):
        standardised = model.parameters.loadings / np.sqrt(np.diag(model.implied))
        loadings = standardised[model.of_factor(scale)].tolist()
    return tuple(
        ItemReliability(
            item=name, alpha_if_dropped=dropped[name], rest_correlation=rest[place], loading=loadings[place]
        )
        for place, name in enumerate(found.names)
    )


def _rest_correlations(found: ItemCovariance) -> list[float | None]:
    if found.unusable:
        return [None] * len(found.names)
    own = np.diag(found.matrix)
    with_rest = found.matrix.sum(axis=1) - own
    of_rest = found.matrix.sum() - 2.0 * with_rest - own
    return [
        float(shared / (one * others) ** 0.5) if others > 1e-12 * one else None
        for shared, one, others in zip(with_rest, own, of_rest, strict=True)
    ]


def _mean_correlation(found: ItemCovariance) -> float:
    k = len(found.names)
    return (float(found.correlations.sum()) - k) / (k * (k - 1))
