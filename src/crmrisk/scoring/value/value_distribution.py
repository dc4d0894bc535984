"""What a customer may be worth, not only what is expected: simulated futures, bought, spent and discounted.

Each draw of each customer is one future: alive or not, a rate and a moment of leaving as the history allows them,
purchases until the horizon, an amount for each. Every customer has a stream of random numbers of their own, named by
a whole number, so that a customer's figures do not depend on the company; memory is that of one customer's draws.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple, TypeVar, cast

import numpy as np

from crmrisk.core.arguments import is_whole, random_source_problems, refuse
from crmrisk.core.errors import InvalidValueError, Problem
from crmrisk.core.model import Model
from crmrisk.core.progress import progress_callback
from crmrisk.scoring.value.discounting import checked_schedule
from crmrisk.scoring.value.future import KnownCustomer, simulate_future
from crmrisk.scoring.value.histories import Histories, checked_numbers, consistent, model_problems

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import timedelta

    from numpy.typing import ArrayLike

    from crmrisk.core.arrays import FloatArray, IntArray
    from crmrisk.core.progress import Bar, Progress
    from crmrisk.scoring.value.buying import BuyingUntilDropout
    from crmrisk.scoring.value.gamma_gamma import GammaGamma
    from crmrisk.scoring.value.simulation import SimulatedHistories

__all__ = ["ValueDistribution", "predict_value"]

M = TypeVar("M", bound=Model)
LEAST_DRAWS = 2
CUSTOMERS = 256
"""Customers whose probabilities of being alive are computed at once."""
PURCHASES = 2_000_000
"""Purchases simulated at once; one customer may make more."""
SLOWEST = 1e-200
"""A rate of spend below this is taken as this: a gamma variate of a tiny shape may round to 0."""


@dataclass(frozen=True, eq=False, kw_only=True)
class ValueDistribution:
    """Hold what customers may bring within a horizon, from simulated futures; arrays are read-only.

    Parameters
    ----------
    mean, standard_deviation
        Over the draws [money], ``(n_customers,)``; NaN for the unrated.
    shares
        At which shares quantiles were asked for.
    quantiles
        The quantiles [money], ``(n_customers, n_shares)``.
    total
        What all rated customers bring together in each draw [money], ``(n_draws,)``.

    Examples
    --------
    >>> nobody, none = np.empty(0), np.empty((0, 1))
    >>> empty = ValueDistribution(mean=nobody, standard_deviation=nobody, shares=(0.5,), quantiles=none, total=nobody)
    >>> empty.quantile(0.5)
    array([], dtype=float64)
    """

    mean: FloatArray
    standard_deviation: FloatArray
    shares: tuple[float, ...]
    quantiles: FloatArray
    total: FloatArray

    def __post_init__(self) -> None:
        for array in (self.mean, self.standard_deviation, self.quantiles, self.total):
            array.flags.writeable = False

    def quantile(self, share: float) -> FloatArray:
        """Give a quantile that was asked for.

        Parameters
        ----------
        share
            One of `shares`.

        Raises
        ------
        InvalidValueError
            If it was not asked for.
        """
        if share not in self.shares:
            allowed = ", ".join(map(str, self.shares))
            raise InvalidValueError(Problem(what="not asked for", where="share", allowed=allowed, got=str(share)))
        quantile: FloatArray = self.quantiles[:, self.shares.index(share)]
        return quantile


def predict_value(
    model: BuyingUntilDropout | Sequence[BuyingUntilDropout],
    spend: GammaGamma | Sequence[GammaGamma],
    *,
    frequency: ArrayLike,
    recency: ArrayLike,
    age: ArrayLike,
    mean_spend: ArrayLike,
    time_unit: timedelta,
    horizon: timedelta | np.timedelta64 | float,
    discount_rate: float = 0.0,
    margin: ArrayLike = 1.0,
    shares: Sequence[float] = (0.025, 0.5, 0.975),
    n_draws: int = 1_000,
    rng: np.random.Generator,
    stream: ArrayLike | None = None,
    progress: Progress | Bar | None = None,
) -> ValueDistribution:
    """Simulate what each customer brings within a horizon, discounted to today.

    value = margin · Σ amount / (1 + d)^(time in years) over the purchases of a future. Its mean over infinitely many
    draws is `discounted_value` with ``period=None``, where spend has a mean. Of several purchases all but the last are
    taken to be spread at random, which for a model of regular timing is so on average only.

    Parameters
    ----------
    model, spend
        How often customers buy, and how much they spend; several models of one kind are equally likely, as from
        `drawn_models` or a `Bootstrap`, and make their uncertainty part of the result.
    frequency, recency, age
        The histories, in the model's time unit, ``(n_customers,)``.
    mean_spend
        Mean spend per repeat purchase [money]; not looked at where frequency is 0.
    time_unit
        The time unit of the model and the histories.
    horizon
        How far to look ahead, a time span or [day].
    discount_rate
        The effective rate per year of 365 days; purchases are discounted from the moment they happen.
    margin
        The share of spend that is kept; one that is NaN leaves its customer unrated, one for all may not be NaN.
    shares
        At which shares to give quantiles.
    n_draws
        How many futures of each customer.
    rng
        The source of randomness: one number is drawn from it, whatever the number of customers.
    stream
        A whole number for each customer that names the stream of random numbers; ``None`` numbers the rows. With the
        same numbers a customer alone has the same figures as among a million.
    progress
        A callback, called with (done, all); ``"bar"`` for a bar.

    Returns
    -------
    The distributions. A thousand draws of a customer take about a millisecond. Unrated, NaN, is who has a NaN, and
    whose spend has no mean by one of the models (px + q <= 1), as in `GammaGamma.expected_spend`.

    Raises
    ------
    InvalidValueError
        If a history is impossible, a fit given for a model, or another argument is not what it should be.

    Examples
    --------
    >>> from datetime import timedelta
    >>> from crmrisk.scoring.value import BetaGeoNBD, GammaGamma
    >>> found = predict_value(
    ...     BetaGeoNBD(r=0.243, alpha=4.414, a=0.793, b=2.426), GammaGamma(p=6.25, q=3.74, v=15.44),
    ...     frequency=[2, 0], recency=[30.43, 0], age=[38.86, 38.86], mean_spend=[25, 0],
    ...     time_unit=timedelta(weeks=1), horizon=365, discount_rate=0.1, rng=np.random.default_rng(20261122),
    ... )
    >>> bool((found.quantile(0.5) <= found.mean).all()), found.total.shape
    (True, (1000,))
    """
    if horizon is None:
        remedy = "give a long one, or ask discounted_value for what is expected for ever"
        raise InvalidValueError(Problem(what="futures need an end", where="horizon", remedy=remedy))
    asked = _checked_shares(shares, n_draws, rng)
    schedule = checked_schedule(time_unit, horizon, None, discount_rate)
    history = {"frequency": frequency, "recency": recency, "age": age}
    columns = _columns(history, {"mean_spend": mean_spend, "margin": margin}, time_unit)
    streams = _streams(stream, columns.age.size, rng)
    draws = _Draws.of(model, spend, n_draws)
    ahead = (schedule.length, schedule.force)
    summary, total = np.full((columns.age.size, 2 + asked.size), np.nan), np.zeros(n_draws)
    report = progress_callback(progress)
    for start in range(0, columns.age.size, CUSTOMERS):
        part = slice(start, start + CUSTOMERS)
        for row, values in draws.of_customers(_Columns(*(column[part] for column in columns)), streams[part], ahead):
            summary[start + row] = values.mean(), values.std(ddof=1), *np.quantile(values, asked)
            total += values
        report(min(start + CUSTOMERS, columns.age.size), columns.age.size)
    return ValueDistribution(
        mean=summary[:, 0].copy(),
        standard_deviation=summary[:, 1].copy(),
        shares=tuple(asked.tolist()),
        quantiles=summary[:, 2:].copy(),
        total=total,
    )


class _Columns(NamedTuple):
    frequency: FloatArray
    recency: FloatArray
    age: FloatArray
    spent: FloatArray
    margin: FloatArray


class _Draws(NamedTuple):
    """The models of the draws, and their parameters as arrays, one value per draw."""

    models: tuple[BuyingUntilDropout, ...]
    place: IntArray
    buying: dict[str, FloatArray]
    spending: dict[str, FloatArray]

    @classmethod
    def of(
        cls,
        model: BuyingUntilDropout | Sequence[BuyingUntilDropout],
        spend: GammaGamma | Sequence[GammaGamma],
        n_draws: int,
    ) -> _Draws:
        models = _several(model, "model", "probability_alive")
        spends = _several(spend, "spend", "expected_spend")
        place = np.arange(n_draws) % len(models)
        return cls(models, place, _parameters(models, n_draws), _parameters(spends, n_draws))

    def of_customers(
        self, columns: _Columns, streams: Sequence[np.random.SeedSequence], ahead: tuple[float, float]
    ) -> Iterator[tuple[int, FloatArray]]:
        """Yield the rated rows and what each brings in every draw."""
        x, last, end, _, _ = columns
        alive = np.stack([model.probability_alive(frequency=x, recency=last, age=end) for model in self.models])
        p, q = self.spending["p"][:, np.newaxis], self.spending["q"][:, np.newaxis]
        rated = ~np.isnan(sum(columns)) & (np.min(p * x + (q - 1), axis=0) > 0)
        for row in np.flatnonzero(rated).tolist():
            one = _Columns(*(column[row] for column in columns))
            yield row, self._values(one, alive[self.place, row], ahead, np.random.default_rng(streams[row]))

    def _values(
        self, one: _Columns, alive: FloatArray, ahead: tuple[float, float], rng: np.random.Generator
    ) -> FloatArray:
        values, (time, force) = np.zeros(alive.size), ahead
        there = np.flatnonzero(rng.random(alive.size) < alive)
        buying, spending = (
            {name: column[there] for name, column in part.items()} for part in (self.buying, self.spending)
        )
        customer = KnownCustomer(float(one.frequency), float(one.recency), float(one.age), time)
        future = simulate_future(self.models[0], buying, customer, rng)
        shape, scale = spending["q"] + spending["p"] * one.frequency, spending["v"] + one.spent
        rates = np.maximum(rng.standard_gamma(shape) / scale, SLOWEST)
        values[there] = one.margin * _amounts(future, spending["p"], force, rng) / rates
        return values


def _amounts(future: SimulatedHistories, shape: FloatArray, force: float, rng: np.random.Generator) -> FloatArray:
    """Add up the discounted amounts of every future, in units of its rate of spend."""
    counts = future.frequency.astype(np.int64)
    if not force:
        return rng.standard_gamma(shape * counts)
    sums = np.empty(counts.size)
    reached = np.cumsum(counts) // PURCHASES
    for block in np.split(np.arange(counts.size), np.flatnonzero(np.diff(reached)) + 1):
        some = counts[block]
        place = np.repeat(np.arange(some.size), some)
        share = rng.random(place.size)  # before the last purchase the others are spread at random
        share[np.cumsum(some)[some > 0] - 1] = 1.0
        worth = np.exp(-force * future.recency[block][place] * share)
        sums[block] = np.bincount(place, rng.standard_gamma(shape[block][place]) * worth, minlength=some.size)
    return sums


def _columns(history: dict[str, ArrayLike], money: dict[str, ArrayLike], time_unit: timedelta) -> _Columns:
    known = ("margin",) if np.ndim(money["margin"]) == 0 else ()
    columns = checked_numbers(history | money, missing=True, required=known, unit=time_unit)
    if columns["age"].ndim > 1:
        raise InvalidValueError(Problem(what="not one value per customer", got=f"shape {columns['age'].shape}"))
    x, last, end, mean, share = (np.atleast_1d(column) for column in columns.values())
    x, last, end = consistent(Histories(x, last, end))
    return _Columns(x, last, end, np.where(x == 0, 0.0, x * np.maximum(mean, 0.0)), share)


def _streams(stream: ArrayLike | None, n_rows: int, rng: np.random.Generator) -> list[np.random.SeedSequence]:
    entropy = int(rng.integers(2**63))
    given = np.arange(n_rows) if stream is None else stream
    names = np.atleast_1d(checked_numbers({"stream": given})["stream"]).astype(np.int64)
    if names.shape != (n_rows,):
        raise InvalidValueError(
            Problem(what="wrong shape", where="stream", allowed=f"({n_rows},)", got=str(names.shape))
        )
    return [np.random.SeedSequence(entropy, spawn_key=(name,)) for name in names.tolist()]


def _checked_shares(shares: Sequence[float], n_draws: int, rng: np.random.Generator) -> FloatArray:
    problems = random_source_problems(rng)
    if not (is_whole(n_draws) and n_draws >= LEAST_DRAWS):
        allowed, got = f"a whole number >= {LEAST_DRAWS}", repr(n_draws)[:100]
        problems.append(Problem(what="no number of draws", where="n_draws", allowed=allowed, got=got))
    try:
        asked = np.atleast_1d(np.asarray(shares, dtype=np.float64))
    except (TypeError, ValueError):
        asked = np.array(np.nan)
    if asked.ndim != 1 or not ((asked >= 0) & (asked <= 1)).all():
        got = repr(shares)[:100]
        problems.append(Problem(what="no shares of the draws", where="shares", allowed="numbers 0 to 1", got=got))
    refuse(problems)
    return asked


def _several(model: M | Sequence[M], where: str, needed: str) -> tuple[M, ...]:
    models = tuple(model) if isinstance(model, list | tuple) else (cast("M", model),)
    refuse(*(model_problems(one, needed, where=where) for one in models))
    kinds = {type(one) for one in models}
    if len(kinds) != 1:
        got = ", ".join(sorted(kind.__name__ for kind in kinds)) or "none"
        raise InvalidValueError(Problem(what="not models of one kind", where=where, allowed="one or more", got=got))
    return models


def _parameters(models: Sequence[Model], n_draws: int) -> dict[str, FloatArray]:
    names = type(models[0]).model_fields
    columns = {name: np.array([float(getattr(model, name)) for model in models]) for name in names}
    return {name: np.resize(column, n_draws) for name, column in columns.items()}
