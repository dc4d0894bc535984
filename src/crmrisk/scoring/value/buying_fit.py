"""Make histories ready to be fitted by a model of buying until dropout: check, count, and scale the time."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

import numpy as np

from crmrisk.scoring.value.compact import compact
from crmrisk.scoring.value.fit_task import FitTask
from crmrisk.scoring.value.fitting import maximise
from crmrisk.scoring.value.histories import Histories, checked_columns, checked_weights

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike

    from crmrisk.core.arrays import FloatArray
    from crmrisk.scoring.value.buying import BuyingUntilDropout
    from crmrisk.scoring.value.fitting import LogLikelihood

__all__ = ["buying_task"]

LARGE = 8_192
"""Fits of more distinct histories than this begin with a sample of them."""
THINNING = 8
"""The sample is every eighth history; no more than a start."""

B = TypeVar("B", bound="BuyingUntilDropout")


def buying_task(
    model: type[B], frequency: ArrayLike, recency: ArrayLike, age: ArrayLike, *, weights: ArrayLike | None = None
) -> FitTask[B]:
    """Check, count and scale histories into a likelihood; 1 is the mean age of the customers.

    Parameters
    ----------
    model
        The kind of model.
    frequency, recency, age, weights
        As for its ``fit``.

    Raises
    ------
    FitError
        If there is no customer.
    InvalidValueError
        If values are not what they should be.

    Examples
    --------
    >>> from crmrisk.scoring.value import ParetoNBD
    >>> buying_task(ParetoNBD, [0, 0], [0, 0], [12, 30]).units
    {'alpha': 21.0, 'beta': 21.0}
    """
    columns = checked_columns({"frequency": frequency, "recency": recency, "age": age})
    histories = Histories(**columns)
    (x, last, end), weight = _counted(histories, checked_weights(weights, histories.frequency.size))
    n, bought, waited = float(weight.sum()), float(weight @ x), float(weight @ end)
    unit = waited / n or 1.0
    rate = max(bought, 1.0) / max(waited / unit, 1.0)
    histories, notes = Histories(x, last / unit, end / unit), _notes(x, last, weight)
    return FitTask(
        model=model,
        likelihood=_likelihood(model, histories, weight),
        starts=_starts(model, histories, weight, rate),
        n=n,
        totals={"frequency": bought, "recency": float(weight @ last), "age": waited},
        units=dict.fromkeys(model._times, unit),  # noqa: SLF001 - the models' own engine
        offset=-bought * float(np.log(unit)),  # a density per time and purchase
        notes=lambda _: notes,
    )


def _counted(histories: Histories, weights: FloatArray | None) -> tuple[tuple[FloatArray, ...], FloatArray]:
    """Count identical histories; where recency is on no grid, at least those without a repeat purchase."""
    counted, weight = compact(histories, weights)
    once = counted[0] == 0
    if weight.size < histories.age.size or not once.any():
        return counted, weight
    none, of_none = compact([column[once] for column in counted], weight[once])
    columns = tuple(np.concatenate([few, many[~once]]) for few, many in zip(none, counted, strict=True))
    return columns, np.concatenate([of_none, weight[~once]])


def _likelihood(model: type[BuyingUntilDropout], histories: Histories, weight: FloatArray) -> LogLikelihood:
    return model._likelihood(*histories, weight)  # noqa: SLF001 - the models' own engine


def _starts(
    model: type[BuyingUntilDropout], histories: Histories, weight: FloatArray, rate: float
) -> Sequence[FloatArray]:
    """Begin a large fit at the maximum of a sample of its histories: few steps are left, and the top stays the top."""
    starts = model._starts(rate)  # noqa: SLF001 - the models' own engine
    if weight.size < LARGE:
        return starts
    part = slice(None, None, THINNING)
    thinned = Histories(*(column[part] for column in histories))
    found = maximise(_likelihood(model, thinned, weight[part]), _starts(model, thinned, weight[part], rate))
    near = found.converged and bool(found.identified.all())
    return [found.parameters, *starts] if near else starts


def _notes(frequency: FloatArray, recency: FloatArray, weight: FloatArray) -> tuple[str, ...]:
    instant = float(weight[(frequency > 0) & (recency == 0)].sum())
    text = f"{instant:g} customer(s) have repeat purchases at recency 0: is the time unit too coarse?"
    return (text,) if instant else ()
