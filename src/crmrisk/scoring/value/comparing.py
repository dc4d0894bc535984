"""Which of several fits of the same data describes them better: likelihood ratios, AIC and BIC.

A likelihood-ratio test asks whether what a larger model adds is more than chance; the smaller one has to be a special
case of it. AIC and BIC compare any models of the same data. None of them says that the winner predicts well: that is
for a holdout period to tell.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Protocol, cast, runtime_checkable

import numpy as np
from pydantic.dataclasses import dataclass
from scipy import special

from crmrisk.core.arguments import refuse
from crmrisk.core.errors import FitError, InvalidValueError, Problem
from crmrisk.core.model import VALUE, Value

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    import pandas as pd

__all__ = ["ComparedFit", "Comparison", "FittedLikelihood", "LikelihoodRatio", "compare", "likelihood_ratio"]

SAME = 1e-9
"""Sums over customers that differ by more than this share are of different data."""
EDGES = {("BetaGeoNBD", "BetaGeoCNBD"), ("ModifiedBetaGeoNBD", "ModifiedBetaGeoCNBD")}
"""Pairs in which the smaller model is the larger one with a parameter at the end of its range."""
WITH_DROPOUT = ("BetaGeoNBD", "ModifiedBetaGeoNBD", "ParetoNBD", "BetaGeoCNBD", "ModifiedBetaGeoCNBD")
LOST = {("NBD", larger) for larger in WITH_DROPOUT}
"""Pairs in which, besides, a parameter of the larger model means nothing in the smaller one."""


@runtime_checkable
class FittedLikelihood(Protocol):
    """Be what fits are compared by; `ModelFit` is, and so are fits with covariates.

    Examples
    --------
    >>> from crmrisk.scoring.value import ShiftedBetaGeometric
    >>> fit: FittedLikelihood = ShiftedBetaGeometric.fit_survivors([1000, 631, 468, 382])
    >>> fit.n
    1000.0
    """

    @property
    def model(self) -> Any:
        """The model at the maximum."""
        ...

    @property
    def log_likelihood(self) -> float:
        """The log-likelihood there, the sum over customers."""
        ...

    @property
    def n(self) -> float:
        """The number of customers."""
        ...

    @property
    def totals(self) -> dict[str, float]:
        """Sums over customers by column, by which fits of the same data are known."""
        ...

    @property
    def not_identified(self) -> tuple[str, ...]:
        """Parameters the data do not determine."""
        ...

    @property
    def converged(self) -> bool:
        """Whether the optimisation ended by itself."""
        ...

    @property
    def aic(self) -> float:
        """Akaike's information criterion."""
        ...

    @property
    def bic(self) -> float:
        """The Bayesian information criterion."""
        ...


@dataclass(frozen=True, config=VALUE)
class LikelihoodRatio(Value):
    """Hold a likelihood-ratio test.

    Parameters
    ----------
    statistic
        Twice the gain in log-likelihood.
    degrees_of_freedom
        How many parameters the larger model adds.
    p_value
        The probability of a gain as large by chance, if the smaller model is right.
    warnings
        What to know before relying on it.

    Examples
    --------
    >>> LikelihoodRatio(3.84, 1, 0.05).to_json()
    '{"statistic":3.84,"degrees_of_freedom":1,"p_value":0.05,"warnings":[]}'
    """

    statistic: float
    degrees_of_freedom: int
    p_value: float
    warnings: tuple[str, ...] = ()


def likelihood_ratio(
    smaller: FittedLikelihood, larger: FittedLikelihood | Sequence[FittedLikelihood], *, on_boundary: bool | None = None
) -> LikelihoodRatio:
    """Test whether a larger model describes the data better than a special case of it by more than chance.

    Parameters
    ----------
    smaller
        The fit of the special case, by maximum likelihood.
    larger
        The fit of the larger model to the same customers; several fits together if they share the customers out, as
        one per cohort.
    on_boundary
        Whether the special case sets a parameter to the end of its range, such as the one stage of regular timing that
        makes a BG/CNBD-k a BG/NBD. Half of all samples then gain nothing, and the p-value is that of the 50:50 mixture
        of two chi-square distributions, one degree of freedom apart. ``None`` knows the pairs of this package.

    Returns
    -------
    The test. That the models are nested is the caller's word: likelihoods cannot tell.

    Raises
    ------
    FitError
        If the fits are of different data, or penalised, or the larger one does not have more parameters.
    InvalidValueError
        If something is no fit.

    References
    ----------
    S. G. Self and K.-Y. Liang (1987), Asymptotic properties of maximum likelihood estimators and likelihood ratio tests
    under nonstandard conditions, Journal of the American Statistical Association 82, 605-610: case 5.

    Examples
    --------
    >>> from crmrisk.scoring.value import BetaDiscreteWeibull, ShiftedBetaGeometric
    >>> survivors = [1000, 869, 743, 653, 593, 551, 517, 491]  # high end, years 0-7
    >>> constant, changing = ShiftedBetaGeometric.fit_survivors(survivors), BetaDiscreteWeibull.fit_survivors(survivors)
    >>> test = likelihood_ratio(constant, changing)
    >>> round(test.statistic, 2), test.degrees_of_freedom, test.p_value < 0.001
    (11.69, 1, True)
    """
    parts = list(larger) if isinstance(larger, tuple | list) else [cast("FittedLikelihood", larger)]
    _check_same_data([("smaller", [smaller]), ("larger", parts)])
    _check_likelihoods([smaller, *parts])
    added = sum(n_parameters(part) for part in parts) - n_parameters(smaller)
    if added < 1:
        got = f"{n_parameters(smaller)} and {n_parameters(smaller) + added}"
        raise FitError(Problem(what="the larger model has no more parameters", got=got, remedy="use compare"))
    statistic = 2 * (sum(part.log_likelihood for part in parts) - smaller.log_likelihood)
    pair = (type(smaller.model).__name__, type(parts[0].model).__name__)
    edge = pair in EDGES | LOST if on_boundary is None else on_boundary
    p_value, caveats = _tail(statistic, added), list(_caveats(smaller, parts, statistic))
    if edge:
        p_value = (p_value + _tail(statistic, added - 1)) / 2
        caveats.append("the smaller model is at the edge of the larger one: the p-value is of the 50:50 mixture")
    if pair in LOST:
        caveats.append("a parameter of the larger model means nothing in the smaller one: the p-value is a rough guide")
    return LikelihoodRatio(statistic, added, p_value, tuple(caveats))


def n_parameters(fit: FittedLikelihood) -> int:
    """Count the parameters that were fitted, as AIC does.

    Parameters
    ----------
    fit
        The fit.

    Examples
    --------
    >>> from crmrisk.scoring.value import ShiftedBetaGeometric
    >>> n_parameters(ShiftedBetaGeometric.fit_survivors([1000, 631, 468, 382]))
    2
    """
    return round((fit.aic + 2 * fit.log_likelihood) / 2)


@dataclass(frozen=True, config=VALUE)
class ComparedFit(Value):
    """Hold how one fit compares with others.

    Parameters
    ----------
    name
        What it was called.
    log_likelihood, n_parameters, aic, bic
        How well it fits, and at what price.
    aic_difference, bic_difference
        How far it is from the best.
    aic_weight, bic_weight
        Its share of the evidence, exp(-difference / 2) over their sum.

    Examples
    --------
    >>> ComparedFit("a", -9.0, 2, 22.0, 23.0, 0.0, 0.0, 1.0, 1.0).aic_weight
    1.0
    """

    name: str
    log_likelihood: float
    n_parameters: int
    aic: float
    bic: float
    aic_difference: float
    bic_difference: float
    aic_weight: float
    bic_weight: float


@dataclass(frozen=True, config=VALUE)
class Comparison(Value):
    """Hold fits of the same data side by side, the lowest AIC first.

    Parameters
    ----------
    fits
        One line for each.
    warnings
        What to know before relying on it.

    Examples
    --------
    >>> from crmrisk.scoring.value import BetaDiscreteWeibull, ShiftedBetaGeometric
    >>> survivors = [1000, 869, 743, 653, 593, 551, 517, 491]
    >>> table = compare({"sBG": ShiftedBetaGeometric.fit_survivors(survivors),
    ...                  "BdW": BetaDiscreteWeibull.fit_survivors(survivors)})
    >>> [(line.name, round(line.aic, 1)) for line in table.fits]
    [('BdW', 3216.6), ('sBG', 3226.3)]
    """

    fits: tuple[ComparedFit, ...]
    warnings: tuple[str, ...] = ()

    def frame(self) -> pd.DataFrame:
        """Give the table as a pandas frame, one row per fit, indexed by name.

        Examples
        --------
        >>> Comparison((ComparedFit("a", -9.0, 2, 22.0, 23.0, 0.0, 0.0, 1.0, 1.0),)).frame().columns[0]
        'log_likelihood'
        """
        import pandas as pd  # noqa: PLC0415 - only who wants a frame pays for pandas

        names = tuple(ComparedFit.__dataclass_fields__)
        return pd.DataFrame([[getattr(each, name) for name in names] for each in self.fits], columns=names).set_index(
            "name"
        )


def compare(fits: Mapping[str, FittedLikelihood]) -> Comparison:
    """Compare fits of the same data by AIC and BIC.

    Parameters
    ----------
    fits
        Name to fit, any models, by maximum likelihood.

    Raises
    ------
    FitError
        If there is none, or they are of different data, or penalised.
    InvalidValueError
        If it is no mapping, or something in it is no fit.

    References
    ----------
    K. P. Burnham and D. R. Anderson (2002), Model selection and multimodel inference, 2nd edition, section 2.9.

    Examples
    --------
    >>> from crmrisk.scoring.value import BetaGeoNBD, ParetoNBD
    >>> book = [0, 2, 1, 0, 6], [0, 20, 9, 0, 30], [38, 38, 36, 35, 31], [60, 12, 9, 40, 3]
    >>> [line.name for line in compare({"BG/NBD": BetaGeoNBD.fit(*book), "Pareto/NBD": ParetoNBD.fit(*book)}).fits]
    ['Pareto/NBD', 'BG/NBD']
    """
    if not isinstance(fits, Mapping):
        allowed = 'a mapping of names to fits, such as {"BG/NBD": fit}'
        raise InvalidValueError(Problem(what="no names", where="fits", allowed=allowed, got=repr(fits)[:100]))
    if not fits:
        raise FitError(Problem(what="nothing to compare", where="fits", allowed="at least one fit"))
    _check_same_data([(name, [fit]) for name, fit in fits.items()])
    _check_likelihoods(fits.values())
    ordered = sorted(fits.items(), key=lambda item: item[1].aic)
    aic, bic = (np.array([getattr(fit, name) for _, fit in ordered]) for name in ("aic", "bic"))
    columns = (aic - aic.min(), bic - bic.min(), special.softmax(-aic / 2), special.softmax(-bic / 2))
    lines = (
        ComparedFit(name, fit.log_likelihood, n_parameters(fit), fit.aic, fit.bic, *(float(c[row]) for c in columns))
        for row, (name, fit) in enumerate(ordered)
    )
    caveats = (f"{name}: {caveat}" for name, fit in ordered for caveat in _of_one(fit))
    return Comparison(tuple(lines), tuple(caveats))


def _tail(statistic: float, degrees: int) -> float:
    """Give P(χ² > statistic); without a degree of freedom χ² is 0."""
    if degrees == 0:
        return float(statistic <= 0)
    return float(special.chdtrc(degrees, max(statistic, 0.0)))


def _caveats(smaller: FittedLikelihood, parts: list[FittedLikelihood], statistic: float) -> Iterator[str]:
    yield from (f"{type(fit.model).__name__}: {caveat}" for fit in (smaller, *parts) for caveat in _of_one(fit))
    if statistic < -SAME * abs(smaller.log_likelihood):
        yield "the larger model fits worse: it is not at its maximum, or the models are not nested"


def _of_one(fit: FittedLikelihood) -> Iterator[str]:
    if fit.not_identified:
        yield f"{', '.join(fit.not_identified)} not identified, so it has fewer parameters than it counts"
    if not fit.converged:
        yield "the optimisation stopped before reaching a maximum"


def _check_likelihoods(fits: Iterable[FittedLikelihood]) -> None:
    if any(getattr(fit, "prior", None) is not None for fit in fits):
        remedy = "fit without a prior, or compare in a holdout period"
        raise FitError(
            Problem(what="a penalised fit is not at the top of its likelihood", where="prior", remedy=remedy)
        )


def _check_same_data(fits: list[tuple[str, list[FittedLikelihood]]]) -> None:
    allowed = "what the fit of a model returns"
    refuse(
        [
            Problem(what="not a fit", where=str(name), allowed=allowed, got=repr(part)[:100])
            for name, parts in fits
            for part in parts
            if not isinstance(part, FittedLikelihood)
        ]
    )
    (first, reference), *others = ((name, _data(parts)) for name, parts in fits)
    problems = [
        Problem(
            what=f"fits of different data: {first} and {name} differ in {column}",
            allowed=f"{reference.get(column, 'absent')}",
            got=f"{data.get(column, 'absent')}",
            remedy="fit the same rows with the same weights in the same time unit",
        )
        for name, data in others
        for column in _differing(reference, data)
    ]
    if problems:
        raise FitError(*problems)


def _data(parts: list[FittedLikelihood]) -> dict[str, float]:
    if not parts:
        raise InvalidValueError(Problem(what="no fit", where="larger", allowed="at least one"))
    totals = {name: sum(part.totals.get(name, 0.0) for part in parts) for name in parts[0].totals}
    return {"n": sum(part.n for part in parts), **totals}


def _differing(left: dict[str, float], right: dict[str, float]) -> list[str]:
    both = set(left) & set(right)
    if both == {"n"} and len(left) > 1 and len(right) > 1:  # other columns altogether: another kind of data
        return sorted(set(left) ^ set(right))
    return sorted(name for name in both if abs(left[name] - right[name]) > SAME * max(abs(left[name]), 1.0))
