"""A likelihood ready to be climbed, and everything that turns its top back into a model in the caller's units.

Every model checks, counts and scales its data into a `FitTask`; fitting, penalising and profiling are the same for all.
"""

from __future__ import annotations

import inspect
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Generic, TypeVar

import numpy as np

from crmrisk.core.errors import FitError, InvalidValueError, Problem
from crmrisk.core.model import Model
from crmrisk.scoring.value.fitting import maximise
from crmrisk.scoring.value.model_fit import summarise
from crmrisk.scoring.value.prior import penalised

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from numpy.typing import ArrayLike

    from crmrisk.core.arrays import FloatArray
    from crmrisk.scoring.value.fitting import LogLikelihood
    from crmrisk.scoring.value.model_fit import ModelFit
    from crmrisk.scoring.value.prior import Prior

__all__ = ["FitTask", "check_model", "task_of"]

M = TypeVar("M", bound=Model)


@dataclass(frozen=True, eq=False, kw_only=True)
class FitTask(Generic[M]):
    """Hold the likelihood of some data under a model, in a scale of its own.

    Parameters
    ----------
    model
        The kind of model; its fields are the parameters in order, unless `build` says otherwise.
    likelihood
        The log-likelihood at parameters free of units.
    starts
        Where to begin.
    n, n_left_out
        Customers the likelihood speaks of, and others.
    totals
        Sums over customers by column, by which fits of the same data are known.
    units
        What each parameter is multiplied with to be in the caller's units, by name; 1 where none is given.
    offset
        What to add to the log-likelihood for it to be in the caller's units.
    notes
        What the model warns of besides.

    Examples
    --------
    >>> from crmrisk.scoring.value import ShiftedBetaGeometric
    >>> task = ShiftedBetaGeometric._task([1, 2, 3, 3], [True, True, True, False], weights=[369, 163, 86, 382])
    >>> task.fit().model == ShiftedBetaGeometric.fit([1, 2, 3, 3], [1, 1, 1, 0], [369, 163, 86, 382]).model
    True
    """

    model: type[M]
    likelihood: LogLikelihood
    starts: Sequence[FloatArray]
    n: float
    totals: Mapping[str, float]
    n_left_out: float = 0.0
    units: Mapping[str, float] = field(default_factory=dict)
    offset: float = 0.0
    notes: Callable[[M], tuple[str, ...]] = lambda _: ()

    @property
    def names(self) -> tuple[str, ...]:
        """The parameters in the order of the likelihood."""
        return tuple(self.model.model_fields)

    @property
    def scales(self) -> FloatArray:
        """What each parameter is multiplied with to be in the caller's units, ``(n_parameters,)``."""
        return np.array([self.units.get(name, 1.0) for name in self.names])

    def fit(self, prior: Prior | None = None) -> ModelFit[M]:
        """Climb to the top and say what was found.

        Parameters
        ----------
        prior
            What is believed beforehand, free of units; ``None`` is exact maximum likelihood.

        Raises
        ------
        InvalidValueError
            If the prior is none, or names a parameter the model does not have.

        Examples
        --------
        >>> from crmrisk.scoring.value import ShiftedBetaGeometric
        >>> ShiftedBetaGeometric._task([1, 2, 3, 3], [True, True, True, False], weights=[369, 163, 86, 382]).fit().n
        1000.0
        """
        maximum = maximise(penalised(self.likelihood, self.names, prior), self.starts)
        values = dict(zip(self.names, (maximum.parameters * self.scales).tolist(), strict=True))
        model = self.model(**values)
        belief = 0.0 if prior is None else prior.log_density(self.names, maximum.parameters).value
        return summarise(
            maximum,
            model,
            log_likelihood=maximum.value - belief + self.offset,
            n=self.n,
            n_left_out=self.n_left_out,
            notes=self.notes(model),
            totals=self.totals,
            prior=prior,
            log_prior=belief,
        )


def task_of(model: type[Any], columns: Sequence[ArrayLike], weights: ArrayLike | None) -> FitTask[Any]:
    """Make data ready to be fitted by any model.

    Parameters
    ----------
    model
        The kind of model.
    columns
        The data as its ``fit`` takes them.
    weights
        How many customers each row stands for, ``(n_rows,)``.

    Raises
    ------
    FitError
        If there is nothing to fit, or the model is not fitted by climbing one likelihood.
    InvalidValueError
        If it is no class of models, or the columns are not what they should be.

    Examples
    --------
    >>> from crmrisk.scoring.value import ShiftedBetaGeometric
    >>> task_of(ShiftedBetaGeometric, ([1, 2, 2], [True, True, False]), None).n
    3.0
    """
    check_model(model, columns)
    task: FitTask[Any] = model._task(*columns, weights=weights)  # noqa: SLF001 - the models' own engine
    if len(task.names) != task.starts[0].size:
        what = "some of its parameters are no part of the likelihood that is climbed, such as a number of stages"
        raise FitError(Problem(what=what, where="model", got=model.__name__))
    return task


def check_model(model: object, columns: Sequence[ArrayLike]) -> None:
    """Refuse what is no kind of model to be fitted, and more or fewer columns than it needs.

    Parameters
    ----------
    model
        The kind of model, a class.
    columns
        The data as its ``fit`` takes them.

    Raises
    ------
    FitError
        If it is a class that is not fitted by climbing one likelihood.
    InvalidValueError
        If it is no class, or the columns are not as many as it needs.

    Examples
    --------
    >>> from crmrisk.scoring.value import BetaGeoNBD
    >>> check_model(BetaGeoNBD, ([1], [2]))
    Traceback (most recent call last):
    crmrisk.core.errors.InvalidValueError: columns: BetaGeoNBD needs 3; allowed: frequency, recency, age; got: 2
    """
    if not isinstance(model, type):
        allowed, got = "the class of a model, such as BetaGeoNBD", repr(model)[:100]
        remedy = f"pass {type(model).__name__} itself" if isinstance(model, Model) else ""
        raise InvalidValueError(
            Problem(what="not a class of models", where="model", allowed=allowed, got=got, remedy=remedy)
        )
    name, fit = model.__name__, getattr(model, "fit", None)
    if fit is None or not hasattr(model, "_task"):
        raise FitError(Problem(what="no model of value with a likelihood", where="model", got=name))
    needed = [each.name for each in inspect.signature(fit).parameters.values() if each.default is each.empty]
    if len(columns) != len(needed):
        what, allowed = f"{name} needs {len(needed)}", ", ".join(needed)
        raise InvalidValueError(Problem(what=what, where="columns", allowed=allowed, got=str(len(columns))))
