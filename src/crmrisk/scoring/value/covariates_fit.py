"""Fit coefficients of covariates together with the base model, and say which of them the data support.

The base model without covariates is fitted first: it is where the climb begins, and what the fit is tested against.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from crmrisk.core.errors import FitError, InvalidValueError, Problem
from crmrisk.scoring.value.beta_geo_cnbd import BetaGeoCNBD
from crmrisk.scoring.value.compact import compact
from crmrisk.scoring.value.covariate_columns import checked_covariates, standardised
from crmrisk.scoring.value.covariates import ProportionalModel
from crmrisk.scoring.value.covariates_likelihood import ProportionalLikelihood
from crmrisk.scoring.value.covariates_rows import geometric_rows, pareto_rows
from crmrisk.scoring.value.fitting import maximise
from crmrisk.scoring.value.histories import Histories, checked_columns, checked_weights
from crmrisk.scoring.value.pareto import ParetoNBD
from crmrisk.scoring.value.proportional_fit import ProportionalFit

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from numpy.typing import ArrayLike

    from crmrisk.core.arrays import BoolArray, FloatArray
    from crmrisk.scoring.value.buying import BuyingUntilDropout
    from crmrisk.scoring.value.covariate_columns import Standardised
    from crmrisk.scoring.value.covariates_rows import RowDerivatives
    from crmrisk.scoring.value.fitting import Maximum
    from crmrisk.scoring.value.model_fit import ModelFit

LARGEST_LOG = 230.0
"""Parameters stay within 1e-100 and 1e100."""

__all__ = ["fit_proportional"]

LARGE = 8_192
"""Fits of more distinct customers than this begin at the maximum of a sample of them."""
THINNING = 8
"""The sample is every eighth; no more than a start."""


class _Role(NamedTuple):
    """What covariates do: the parameter they move, in which direction, and the covariates, ready for a fit."""

    name: str
    parameter: int
    sign: float
    columns: Standardised


class _Data(NamedTuple):
    histories: Histories
    weight: FloatArray
    unit: float
    roles: tuple[_Role, ...]


def fit_proportional(
    base: type[BuyingUntilDropout],
    columns: tuple[ArrayLike, ArrayLike, ArrayLike, ArrayLike | None],
    *,
    purchase: Mapping[str, ArrayLike],
    dropout: Mapping[str, ArrayLike],
) -> ProportionalFit:
    """Fit a model with covariates; see `ProportionalModel.fit`.

    Parameters
    ----------
    base
        The kind of base model.
    columns
        Frequency, recency, age and weights.
    purchase, dropout
        The covariates by name.

    Raises
    ------
    FitError
        If there is no customer, or covariates lie so far from 0 that the model at 0 cannot be held in numbers.
    InvalidValueError
        If values are not what they should be.

    Examples
    --------
    >>> from crmrisk.scoring.value import BetaGeoNBD
    >>> columns = [0, 2, 1, 0, 6], [0, 20, 9, 0, 30], [38, 38, 36, 35, 31], [60, 12, 9, 40, 3]
    >>> fit_proportional(BetaGeoNBD, columns, purchase={"online": [0, 1, 1, 0, 1]}, dropout={}).n
    124.0
    """
    data = _prepared(base, columns, purchase, dropout)
    without = base.fit(*columns)
    rows = _rows_of(without.model)
    designs = tuple(_design(data, parameter) for parameter in range(4))
    likelihood = ProportionalLikelihood(rows, data.histories, data.weight, designs)
    starts = list(_starts(without, data, sum(design.shape[1] for design in designs)))
    if data.weight.size > LARGE:
        near = maximise(likelihood.thinned(THINNING), starts)
        starts = [near.parameters, *starts] if near.converged and near.identified.all() else starts
    return _fit_of(maximise(likelihood, starts), without, data)


def _prepared(
    base: type[BuyingUntilDropout],
    columns: tuple[ArrayLike, ArrayLike, ArrayLike, ArrayLike | None],
    purchase: Mapping[str, ArrayLike],
    dropout: Mapping[str, ArrayLike],
) -> _Data:
    """Check, count identical rows, scale the time to a mean age of 1, and standardise the covariates."""
    history = checked_columns(dict(zip(("frequency", "recency", "age"), columns[:3], strict=True)))
    n_rows = history["age"].size
    weights = checked_weights(columns[3], n_rows)
    known = [checked_covariates(each, n_rows=n_rows) for each in (purchase, dropout)]
    _refuse_differing(*known)
    every = known[0] | known[1]
    (x, last, end, *values), weight = compact([*history.values(), *every.values()], weights)
    counted = dict(zip(every, values, strict=True))
    ready = [standardised({name: counted[name] for name in each}, weight) for each in known]
    unit = float(weight @ end) / float(weight.sum()) or 1.0
    roles = (_Role("purchase", 1, -1.0, ready[0]), *_dropout_roles(base, ready[1]))
    return _Data(Histories(x, last / unit, end / unit), weight, unit, roles)


def _refuse_differing(purchase: Mapping[str, FloatArray], dropout: Mapping[str, FloatArray]) -> None:
    differing = [name for name in purchase if name in dropout and not np.array_equal(purchase[name], dropout[name])]
    if differing:
        what, got = "one name for two different covariates", ", ".join(differing)
        raise InvalidValueError(Problem(what=what, where="purchase, dropout", got=got, remedy="rename one of them"))


def _dropout_roles(base: type[BuyingUntilDropout], columns: Standardised) -> Iterator[_Role]:
    if issubclass(base, ParetoNBD):
        yield _Role("dropout", 3, -1.0, columns)
    else:
        yield _Role("dropout", 2, 1.0, columns)
        yield _Role("staying", 3, 1.0, columns)


def _rows_of(model: BuyingUntilDropout) -> Callable[[FloatArray, Histories], RowDerivatives]:
    if isinstance(model, ParetoNBD):
        return pareto_rows
    k = model.k if isinstance(model, BetaGeoCNBD) else 1
    return partial(geometric_rows, early=getattr(model, "_early", 0), k=k)


def _design(data: _Data, parameter: int) -> FloatArray:
    parts = [role.sign * role.columns.columns for role in data.roles if role.parameter == parameter]
    return np.concatenate([np.zeros((data.weight.size, 0)), *parts], axis=1)


def _starts(without: ModelFit[BuyingUntilDropout], data: _Data, n_coefficients: int) -> Iterator[FloatArray]:
    """Begin at the fit without covariates; where that is lost, at other places too."""
    model = type(without.model)
    names = [name for name in without.parameters if name != "k"]
    scale = np.array([data.unit if name in model._times else 1.0 for name in names])  # noqa: SLF001 - the models' own engine
    yield np.append([without.estimates[name] for name in names] / scale, np.ones(n_coefficients))
    rate = float(data.weight @ data.histories.frequency) / float(data.weight.sum())
    for start in model._starts(max(rate, 1e-6)):  # noqa: SLF001 - the models' own parts
        yield np.append(start, np.ones(n_coefficients))


def _of_logs(values: FloatArray) -> list[float]:
    """Take parameters from their logarithms; those of covariates 0 may be far from any customer's."""
    if np.max(np.abs(values)) > LARGEST_LOG:
        what = "at covariates of 0 a parameter lies beyond what a number can hold"
        raise FitError(
            Problem(what=what, where="purchase, dropout", remedy="subtract a typical value from the covariates")
        )
    return [float(value) for value in np.exp(values)]


def _fit_of(maximum: Maximum, without: ModelFit[BuyingUntilDropout], data: _Data) -> ProportionalFit:
    """Turn the top of the likelihood into a model and what is known of it."""
    kind = type(without.model)
    names = [name for name in without.parameters if name != "k"]
    units = np.array([data.unit if name in kind._times else 1.0 for name in names])  # noqa: SLF001 - the models' own engine
    values, table = _undone(maximum, units, data.roles)
    fitted = [*names, *(f"{role.name}.{name}" for role in data.roles for name in role.columns.names)]
    lost = {f"{role.name}.{name}": why for role in data.roles for name, why in role.columns.lost.items()}
    labels = [*fitted, *(name for name in lost if name not in fitted)]
    unknown = [name for name in labels if name in lost or np.isnan(table[fitted.index(name), fitted.index(name)])]
    fixed = {"k": without.model.k} if isinstance(without.model, BetaGeoCNBD) else {}
    base = kind(**fixed, **dict(zip(names, _of_logs(values[:4]), strict=True)))
    effects = dict(zip(fitted[4:], values[4:].tolist(), strict=True)) | dict.fromkeys(labels[len(fitted) :], 0.0)
    bought = float(data.weight @ data.histories.frequency)
    return ProportionalFit(
        model=ProportionalModel(base=base, **_by_role(effects)),
        parameters=tuple(labels),
        log_likelihood=maximum.value - bought * float(np.log(data.unit)),
        log_likelihood_without=without.log_likelihood,
        n=without.n,
        n_free=len(fitted) + len(fixed),
        totals=without.totals,
        converged=maximum.converged,
        steps=maximum.steps,
        not_identified=tuple(unknown),
        condition_number=maximum.condition_number,
        log_covariance=_laid_out(table, len(labels), [labels.index(name) for name in unknown]),
        warnings=tuple(_warnings(maximum, unknown, lost)),
    )


def _undone(maximum: Maximum, units: FloatArray, roles: tuple[_Role, ...]) -> tuple[FloatArray, FloatArray]:
    """Undo the scaling of time and the standardising of covariates, for the estimates and their covariance."""
    logs = np.log(maximum.parameters)
    logs[:4] += np.log(units)
    chain, place = np.eye(logs.size), 4
    for role in roles:
        for mean, deviation in zip(role.columns.mean, role.columns.deviation, strict=True):
            chain[place, place] = 1 / deviation
            chain[role.parameter, place] = -role.sign * mean / deviation
            place += 1
    covariance = maximum.log_covariance
    unknown = np.isnan(np.diag(covariance))
    table = chain @ np.where(np.isnan(covariance), 0.0, covariance) @ chain.T
    lost: BoolArray = (chain != 0) @ unknown > 0
    table[lost] = table[:, lost] = np.nan
    return chain @ logs, table


def _by_role(effects: Mapping[str, float]) -> dict[str, dict[str, float]]:
    roles: dict[str, dict[str, float]] = {}
    for label, value in effects.items():
        role, name = label.split(".", 1)
        roles.setdefault(role, {})[name] = value
    return roles


def _laid_out(table: FloatArray, size: int, unknown: list[int]) -> tuple[tuple[float | None, ...], ...]:
    full = np.full((size, size), np.nan)
    full[: len(table), : len(table)] = table
    full[unknown] = full[:, unknown] = np.nan
    return tuple(tuple(None if np.isnan(value) else float(value) for value in row) for row in full)


def _warnings(maximum: Maximum, unknown: list[str], lost: Mapping[str, str]) -> Iterator[str]:
    for name in unknown:
        why = lost.get(name, "the likelihood hardly changes with it, or rises until its bound")
        yield f"{name} is not identified: {why}"
    if not maximum.converged:
        yield f"the optimisation stopped after {maximum.steps} steps without reaching a maximum"
