"""The choice between models: what each said of customers it had not seen, side by side, and the reason for one.

A model is judged by the probability it gave, beforehand, to what every customer then did. Differences between models
are paired customer by customer, so their standard error says whether another draw of customers might turn the order
around; where it might, the simpler model is chosen.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from pydantic.dataclasses import dataclass as value

from crmrisk.core.model import VALUE, Value
from crmrisk.scoring.value.checking.accuracy import errors_between, standard_error_of_sum

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd

    from crmrisk.core.arrays import FloatArray
    from crmrisk.core.model import Model
    from crmrisk.scoring.value.model_fit import ModelFit

__all__ = ["Candidate", "Judged", "ModelChoice", "best_of", "log_probability"]

ERRORS = 2.0
"""Differences within so many standard errors are not distinguishable."""
RESOLUTION = 0.01
"""Nor are differences below this, which nobody would notice and rounding may make."""
ALIKE = 1e-12
"""Differences of customers this close to each other, relative to their size, differ by rounding."""
SMALLEST = float(np.finfo(np.float64).tiny)
"""Probabilities below what a float can hold are taken for this, in favour of the model that gave them."""


@value(frozen=True, kw_only=True, config=VALUE)
class Candidate(Value):
    """Hold how one model did, in the calibration and out of time.

    Parameters
    ----------
    model
        Its name.
    parameters
        How many it has.
    log_likelihood, aic, bic
        Of the calibration it was fitted to.
    out_of_time
        Σ ln P(what the customer did in the holdout | their history), the higher the better.
    difference
        That minus the highest of the candidates that may be chosen: those whose fit converged and whose parameters are
        all identified, as far as there are any.
    difference_standard_error
        How uncertain the difference is, from the differences of single customers; ``None``, not known, for one customer
        or where all differ alike.
    bias, mean_absolute_error
        Of expected purchases (renewals) in the holdout: expected minus actual in all, and per customer.
    converged
        Whether the fit ended by itself.
    not_identified
        Parameters the calibration does not determine.

    Examples
    --------
    See `choose_model`.
    """

    model: str
    parameters: int
    log_likelihood: float
    aic: float
    bic: float
    out_of_time: float
    difference: float
    difference_standard_error: float | None
    bias: float
    mean_absolute_error: float
    converged: bool
    not_identified: tuple[str, ...]

    @property
    def distinguishable(self) -> bool:
        """Tell whether it is worse than the highest by more than chance; never where chance is not known."""
        error = self.difference_standard_error
        return error is not None and -self.difference > max(ERRORS * error, RESOLUTION)

    @property
    def lower_by(self) -> str:
        """Say the difference and how uncertain it is."""
        error = self.difference_standard_error
        return (
            f"lower by {-self.difference:,.2f}, standard error {'unknown' if error is None else format(error, ',.2f')}"
        )

    @property
    def vague(self) -> str:
        """Say which parameters are not identified, and whether it foresaw more all the same."""
        higher = f"; higher by {self.difference:,.2f}" if self.difference > RESOLUTION else ""
        return f"{self.model} ({', '.join(self.not_identified)}{higher})"


@dataclass(frozen=True, repr=False)
class ModelChoice:
    """Hold the candidates, the one to use, and why.

    Parameters
    ----------
    candidates
        How each model did, the highest out-of-time log-likelihood first.
    best
        The name of the model to use.
    why
        The reason in one or two sentences with the numbers.
    fit
        The fit of the best: to the calibration, or to everything where that was asked for.
    calibration_fits
        Name to its fit to the calibration.
    refitted
        Whether `fit` is to everything.

    Examples
    --------
    See `choose_model`.
    """

    candidates: tuple[Candidate, ...]
    best: str
    why: str
    fit: ModelFit[Any]
    calibration_fits: Mapping[str, ModelFit[Any]]
    refitted: bool = False

    @property
    def model(self) -> Model:
        """Give the best model itself."""
        model: Model = self.fit.model
        return model

    def __getitem__(self, name: str) -> Candidate:
        return {each.model: each for each in self.candidates}[name]

    def __repr__(self) -> str:
        return f"ModelChoice: {self.best}\n{self.why}\n{_rounded(self.frame()).to_string(index=False)}"

    def _repr_html_(self) -> str:
        return f"<p><b>{self.best}</b>: {self.why}</p>{_rounded(self.frame()).to_html(index=False)}"

    def frame(self) -> pd.DataFrame:
        """Return a pandas frame, one row per model, the highest out-of-time log-likelihood first.

        Examples
        --------
        See `choose_model`.
        """
        import pandas as pd  # noqa: PLC0415 - a heavy import that only this call needs

        columns = Candidate.__dataclass_fields__
        return pd.DataFrame({name: [getattr(each, name) for each in self.candidates] for name in columns})


def _rounded(frame: pd.DataFrame) -> pd.DataFrame:
    digits = dict.fromkeys(frame.columns, 2) | {"mean_absolute_error": 4}
    return frame.round(digits).assign(not_identified=frame["not_identified"].map(", ".join))


class Judged(NamedTuple):
    """Hold what a fitted model said of customers it had not seen.

    Parameters
    ----------
    fit
        Its fit to the calibration.
    log_probability
        ln P(what happened), ``(n_rows,)``.
    expected
        What it expected of each, ``(n_rows,)``.
    slow
        Whether it takes several times as long as others with as many parameters.

    Examples
    --------
    See `best_of`.
    """

    fit: ModelFit[Any]
    log_probability: FloatArray
    expected: FloatArray
    slow: bool = False

    @property
    def name(self) -> str:
        """Give the name of the model."""
        return type(self.fit.model).__name__

    @property
    def size(self) -> int:
        """Count its parameters."""
        return len(type(self.fit.model).model_fields)


def log_probability(probability: FloatArray) -> FloatArray:
    """Take logarithms of probabilities; one that has vanished below what a float can hold is taken for the smallest.

    Parameters
    ----------
    probability
        Probabilities, any shape.

    Examples
    --------
    >>> log_probability(np.array([1.0, 0.0])).round(1)
    array([   0. , -708.4])
    """
    return np.log(np.maximum(probability, SMALLEST))


def best_of(judged: Sequence[Judged], actual: FloatArray, weights: FloatArray) -> ModelChoice:
    """Compare what models said with what happened, and choose.

    The highest out-of-time log-likelihood wins, unless a model with fewer parameters, or a faster one with as many, is
    not distinguishable from it; models whose fit did not converge are only chosen among themselves, and so are, of the
    others, those with parameters that are not identified.

    Parameters
    ----------
    judged
        The models.
    actual
        What happened, ``(n_rows,)``.
    weights
        How many customers each row stands for, ``(n_rows,)``.

    Examples
    --------
    >>> from crmrisk.scoring.value import NBD, BetaGeoNBD
    >>> history = [0, 1, 4], [0, 20, 30], [38, 38, 38]
    >>> said = [Judged(NBD.fit(*history), np.array([-1.0, -1.2, -1.1]), np.ones(3)),
    ...     Judged(BetaGeoNBD.fit(*history), np.array([-0.9, -1.3, -1.0]), np.ones(3))]
    >>> best_of(said, np.ones(3), np.ones(3)).best
    'NBD'
    """
    converged = [each for each in judged if each.fit.converged] or list(judged)
    sound = [each for each in converged if not each.fit.not_identified] or converged
    sums = {each.name: float((weights * each.log_probability).sum()) for each in sound}
    highest = [each for each in sound if sums[each.name] >= max(sums.values()) - RESOLUTION]
    leader = min(highest, key=lambda each: (each.size, each.slow, -sums[each.name]))
    by_name = {each.name: _candidate(each, leader, actual, weights) for each in judged}
    level = [each for each in sound if each is leader or not by_name[each.name].distinguishable]
    chosen = min(level, key=lambda each: (each.size, each.slow, -by_name[each.name].out_of_time))
    ordered = sorted(by_name.values(), key=lambda each: -each.out_of_time)
    compared = [each for each in ordered if each.model in sums]
    why = _reason(by_name[chosen.name], by_name[leader.name], compared) + _set_aside(by_name[chosen.name], ordered)
    return ModelChoice(tuple(ordered), chosen.name, why, chosen.fit, {each.name: each.fit for each in judged})


def _candidate(judged: Judged, leader: Judged, actual: FloatArray, weights: FloatArray) -> Candidate:
    behind, errors = judged.log_probability - leader.log_probability, errors_between(actual, judged.expected, weights)
    fit = judged.fit
    return Candidate(
        model=judged.name,
        parameters=judged.size,
        log_likelihood=fit.log_likelihood,
        aic=fit.aic,
        bic=fit.bic,
        out_of_time=float((weights * judged.log_probability).sum()),
        difference=float((weights * behind).sum()),
        difference_standard_error=0.0 if judged is leader else _standard_error(behind, weights),
        bias=errors.bias,
        mean_absolute_error=errors.mean_absolute_error,
        converged=fit.converged,
        not_identified=fit.not_identified,
    )


def _standard_error(behind: FloatArray, weights: FloatArray) -> float | None:
    """Estimate how uncertain a sum of differences is, unless nothing varies by which to tell."""
    some = behind[weights > 0]
    alike = weights.sum() <= 1 or np.ptp(some) <= ALIKE * np.abs(some).max()
    return None if alike else standard_error_of_sum(behind, weights)


def _reason(chosen: Candidate, leader: Candidate, compared: list[Candidate]) -> str:
    others = [each for each in compared if each is not chosen]
    if not others:
        alone = f"{chosen.model} is the only candidate to choose"
        return f"{alone}; its out-of-time log-likelihood is {chosen.out_of_time:,.2f}."
    if chosen is not leader:
        better = "simpler" if chosen.parameters < leader.parameters else "faster"
        return (
            f"{leader.model} has the highest out-of-time log-likelihood, {leader.out_of_time:,.2f}, but {chosen.model} "
            f"is not distinguishable from it ({chosen.lower_by}) and is {better}."
        )
    level = [each.model for each in others if not each.distinguishable]
    worse = [each for each in others if each.distinguishable]
    return "".join([
        f"{chosen.model} has the highest out-of-time log-likelihood, {chosen.out_of_time:,.2f}",
        f"; {worse[0].model} is {worse[0].lower_by}" if worse else "",
        f"; not distinguishable, but no simpler: {', '.join(level)}" if level else "",
        ".",
    ])  # fmt: skip


def _set_aside(chosen: Candidate, ordered: list[Candidate]) -> str:
    """Say which parameters are not identified, and which fits did not converge."""
    vague = ", ".join(each.vague for each in ordered if each.not_identified)
    stopped = ", ".join(each.model for each in ordered if not each.converged)
    alone = "No candidate is left whose parameters are all identified; not identified"
    which = alone if chosen.not_identified else "Set aside, as parameters are not identified"
    return "".join([
        f" {which}: {vague}." if vague else "",
        f" Not converged: {stopped}." if stopped else "",
    ])  # fmt: skip
