"""What customers need: the categories they need now, those they have stopped needing, and those they could need."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Literal, TypeAlias

import numpy as np

from crmrisk.core.arguments import is_number, is_whole, level_problems, refuse
from crmrisk.core.errors import InvalidValueError, Problem
from crmrisk.core.expecting import expect
from crmrisk.segmentation.demand.affinity import affinities, suggestions
from crmrisk.segmentation.demand.need_model import KnowsWhoIsAlive, NeedHistory, NeedModel, need_histories
from crmrisk.segmentation.demand.periods import LONGEST
from crmrisk.segmentation.demand.series import DemandSeries

if TYPE_CHECKING:
    import pandas as pd

    from crmrisk.core.arrays import BoolArray, FloatArray, ObjectArray

__all__ = ["NEED_STATES", "NeedState", "Needs", "classify_needs"]

NeedState: TypeAlias = Literal["needs now", "needs at times", "stopped", "not distinguishable yet", "could need"]
"""What the history says of a customer and a category."""

NEED_STATES: tuple[NeedState, ...] = (
    "needs now",
    "needs at times",
    "stopped",
    "not distinguishable yet",
    "could need",
)
"""All there are."""


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Needs:
    """Hold the state of each need, sorted by customer and category, those that could be after those that were.

    Parameters
    ----------
    customer_id, category
        Whose and of what, ``(n_needs,)``.
    state
        One of `NEED_STATES`, ``(n_needs,)``.
    probability
        That the need is still there; of a customer who could need, the share of comparable customers who do,
        ``(n_needs,)``.
    low, high
        The Wilson interval of that share, ``(n_needs,)``; NaN for the others, whose probability is a posterior.
    demand_probability
        That the category is bought within the horizon, ``(n_needs,)``; NaN for those who could need, and under a model
        that is no `NeedModel`, with which nothing is said to be due.
    reason
        Why, in words, ``(n_needs,)``.
    model
        What told whether needs are still there.
    horizon
        How many periods ahead ``demand_probability`` looks.

    Examples
    --------
    >>> series = DemandSeries([[5, 6, 5, 5, 6, 5], [5, 5, 6, 0, 0, 0]], customer_id=["A", "B"], category=["tea"] * 2)
    >>> needs = classify_needs(series, model=NeedModel(alpha=3, beta=1, ending=0.1))
    >>> needs.frame()[["customer_id", "state", "probability"]].round(2).values.tolist()
    [['A', 'needs now', 0.9], ['B', 'stopped', 0.09]]
    """

    customer_id: ObjectArray
    category: ObjectArray
    state: ObjectArray
    probability: FloatArray
    low: FloatArray
    high: FloatArray
    demand_probability: FloatArray
    reason: ObjectArray
    model: KnowsWhoIsAlive
    horizon: int

    __hash__: ClassVar[None] = None  # type: ignore[assignment]  # arrays have no hash

    def __post_init__(self) -> None:
        for array in self._columns().values():
            array.flags.writeable = False

    def __len__(self) -> int:
        return len(self.customer_id)

    def __repr__(self) -> str:
        return f"Needs({', '.join(f'{count:,} {state}' for state, count in self.counts().items())})"

    def counts(self) -> dict[str, int]:
        """Count the needs in each state.

        Examples
        --------
        >>> series = DemandSeries([[5, 6, 5]], customer_id=["A"], category=["tea"])
        >>> classify_needs(series).counts()["needs now"]
        1
        """
        return {state: int(np.count_nonzero(self.state == state)) for state in NEED_STATES}

    def frame(self) -> pd.DataFrame:
        """Return a pandas frame, one row per customer and category.

        Examples
        --------
        See `Needs`.
        """
        import pandas as pd  # noqa: PLC0415 - a heavy import that only this call needs

        return pd.DataFrame({name: array.copy() for name, array in self._columns().items()})

    def _columns(self) -> dict[str, ObjectArray | FloatArray]:
        keys: dict[str, ObjectArray | FloatArray] = {"customer_id": self.customer_id, "category": self.category}
        numbers = ("probability", "low", "high", "demand_probability", "reason")
        return keys | {"state": self.state} | {name: getattr(self, name) for name in numbers}


def classify_needs(
    series: DemandSeries,
    *,
    horizon: int = 1,
    certainty: float = 0.8,
    model: KnowsWhoIsAlive | None = None,
    most: int = 3,
    level: float = 0.95,
) -> Needs:
    """Tell which categories each customer needs now, has stopped needing, or could need.

    - Needs now: will rather be bought within the horizon than not.
    - Stopped: the need is gone with at least the certainty, judged by the silence since the last purchase against how
      often the customer bought before.
    - Needs at times: it is still there with that certainty, but not due.
    - Not distinguishable yet: the history does not tell.
    - Could need: never bought, but bought by customers who buy something this customer buys, more often than by all
      customers, beyond the interval.

    Parameters
    ----------
    series
        Demand by customer and category, as `demand_series` makes it.
    horizon
        How many periods ahead the probability of demand looks.
    certainty
        What a state needs, above 0.5 and below 1.
    model
        What tells who still buys: a `NeedModel`, or a fitted `crmrisk.scoring.value.BetaGeoBetaBinomial`; by default
        the `NeedModel` that fits all series best.
    most
        How many categories a customer could need, at most.
    level
        Nominal coverage of the shares of those who could need.

    Raises
    ------
    InvalidValueError
        If the series are not by customer and category, or a setting is outside its range.

    Examples
    --------
    >>> rows = [[1, 1, 1, 1]] * 81
    >>> customers = [f"C{i // 2}" for i in range(80)] + ["new"]
    >>> found = classify_needs(DemandSeries(rows, customer_id=customers, category=["tea", "jam"] * 40 + ["tea"]))
    >>> found.state[-1], found.reason[-1]
    ('needs now', 'bought in 4 of 4 periods, last in the latest')
    >>> found.counts()["could need"]
    0
    """
    _check(series, model, certainty=certainty, most=most, level=level, horizon=horizon)
    bought = (series.demand > 0.0).any(axis=1)
    if not bought.any():
        raise InvalidValueError(Problem(what="nobody ever bought", where="series", allowed="some demand above 0"))
    kept = series.take(np.flatnonzero(bought))
    history = need_histories(kept.demand)
    knows = NeedModel.fit(*history) if model is None else model
    alive = np.asarray(knows.probability_alive(**history._asdict()), dtype=np.float64)
    coming = _coming(knows, history, horizon)
    names = np.array(NEED_STATES, dtype=object)
    states = np.select([coming >= 0.5, alive <= 1.0 - certainty, alive >= certainty], [0, 2, 1], default=3)
    unknown = np.full(len(kept), np.nan)
    known = (kept.customer_id, kept.category, names[states], alive, unknown, unknown, coming, _said(history))
    could = _could(kept, most, level)
    fields = ("customer_id", "category", "state", "probability", "low", "high", "demand_probability", "reason")
    columns = dict(zip(fields, map(np.concatenate, zip(known, could, strict=True)), strict=True))
    return Needs(**columns, model=knows, horizon=horizon)


def _check(series: DemandSeries, model: object, *, certainty: float, most: int, level: float, horizon: int) -> None:
    expect(series, DemandSeries, where="series", remedy="demand_series(transactions, as_of=...)")
    checks = (
        ("certainty", certainty, "above 0.5, below 1", is_number(certainty) and 0.5 < certainty < 1.0),
        ("most", most, "a whole number >= 0", is_whole(most) and most >= 0),
        ("horizon", horizon, f"a whole number, 1 to {LONGEST:,}", is_whole(horizon) and 1 <= horizon <= LONGEST),
    )
    wrong = [Problem(what="no such number", where=w, allowed=a, got=repr(v)) for w, v, a, fine in checks if not fine]
    if model is not None and not hasattr(model, "probability_alive"):
        allowed, got = "NeedModel(...), or a model with probability_alive", repr(model)[:100]
        wrong.append(Problem(what="no model of who is alive", where="model", allowed=allowed, got=got))
    refuse(wrong, level_problems(level))
    nameless = [name for name in ("customer_id", "category") if any(each is None for each in getattr(series, name))]
    if nameless:
        remedy = 'demand_series(..., by=("customer_id", "category"))'
        raise InvalidValueError(*(Problem(what="series without one", where=name, remedy=remedy) for name in nameless))
    pairs = set(zip(series.customer_id, series.category, strict=True))
    if len(pairs) != len(series):
        what = f"{len(series) - len(pairs)} series of the same customer and category"
        raise InvalidValueError(Problem(what=what, where="series"))


def _coming(model: KnowsWhoIsAlive, history: NeedHistory, horizon: int) -> FloatArray:
    if isinstance(model, NeedModel):
        return model.probability_bought(horizon, **history._asdict())
    return np.full(len(history.frequency), np.nan)


def _said(history: NeedHistory) -> ObjectArray:
    silence = history.opportunities - history.recency
    ends = ["last in the latest" if gap == 0 else f"last {gap} before the latest" for gap in silence.tolist()]
    counts = zip((history.frequency + 1).tolist(), (history.opportunities + 1).tolist(), ends, strict=True)
    return np.array([f"bought in {x} of {n} periods, {end}" for x, n, end in counts], dtype=object)


def _could(kept: DemandSeries, most: int, level: float) -> tuple[ObjectArray | FloatArray, ...]:
    customers, row = np.unique(kept.customer_id.astype(str), return_inverse=True)
    categories, column = np.unique(kept.category.astype(str), return_inverse=True)
    bought: BoolArray = np.zeros((len(customers), len(categories)), dtype=bool)
    bought[row, column] = True
    shares = affinities(bought, level=level)
    found = suggestions(bought, shares, most=most)
    share, low, high = (part[found.because, found.category] for part in shares[:3])
    n = shares.buyers[found.because].tolist()
    whys = zip(share.tolist(), n, categories[found.because], shares.base[found.category].tolist(), strict=True)
    reasons = [f"bought by {100 * s:.0f} % of {n} who buy {why}, by {100 * b:.0f} % of all" for s, n, why, b in whys]
    names = (customers[found.customer].astype(object), categories[found.category].astype(object))
    unknown = np.full(len(share), np.nan)
    state = np.full(len(share), "could need", dtype=object)
    return (*names, state, share, low, high, unknown, np.array(reasons, dtype=object))
