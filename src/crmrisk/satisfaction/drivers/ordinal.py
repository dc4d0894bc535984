"""Drivers of an outcome in ordered steps, such as a rating or "unlikely, somewhat likely, very likely".

Proportional odds through statsmodels: no distance between steps is assumed, but one coefficient for every step is, and
that is tested (Brant) and shown (the coefficients of every binary split).
"""

from __future__ import annotations

from math import exp, pi
from typing import TYPE_CHECKING, Any

import numpy as np
from pydantic.dataclasses import dataclass

from crmrisk.core.arguments import checked_level, is_number, refuse
from crmrisk.core.errors import Problem, RecordError
from crmrisk.core.estimate import Estimate
from crmrisk.core.intervals import normal_quantile
from crmrisk.core.listing import bounded, listed
from crmrisk.core.model import VALUE, Value
from crmrisk.core.row_names import refuse_other_order
from crmrisk.satisfaction.answers import distinct_answers
from crmrisk.satisfaction.drivers.columns import sequence_problems, split_outcome
from crmrisk.satisfaction.drivers.design import row_weights, sample_design
from crmrisk.satisfaction.drivers.diagnosis import refuse_repetition
from crmrisk.satisfaction.drivers.lookup import driver_named
from crmrisk.satisfaction.drivers.methods import ImportanceMethod, check_importance_method, sharing
from crmrisk.satisfaction.drivers.ordinal_fit import fit_proportional_odds
from crmrisk.satisfaction.drivers.proportional_odds import ProportionalOddsTest, binary_splits, brant_tests
from crmrisk.satisfaction.drivers.resampling import standardised
from crmrisk.satisfaction.drivers.table import DriverTable, driver_table
from crmrisk.satisfaction.flagging import Missing, flag_answers
from crmrisk.satisfaction.numerics import student_quantile

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from crmrisk.core.arrays import FloatArray, IntArray
    from crmrisk.satisfaction.drivers.design import SampleDesign
    from crmrisk.satisfaction.drivers.ordinal_fit import OrdinalFit
    from crmrisk.satisfaction.sample_units import PopulationSizes

__all__ = ["OrdinalDriver", "OrdinalDrivers", "ordinal_drivers"]

_MOST_STEPS = 20  # beyond it an outcome is no rating
_DOUBTFUL = 0.05  # p-value below which proportional odds are doubted aloud
_ORDERS = 1000  # of entry, sampled for more than 12 drivers


@dataclass(frozen=True, kw_only=True, config=VALUE)
class OrdinalDriver(Value):
    """Hold what one driver does to the odds of a higher answer.

    Parameters
    ----------
    name
        The driver.
    coefficient
        Log-odds of a higher answer per unit of the driver, with its Wald interval.
    correlation
        Its correlation with the steps of the outcome, which gives its ``sign``.
    importance
        Its part of the R² of the continuous opinion behind the steps.
    splits
        Its coefficient in the logistic regression of every step; empty where one of them has no fit.
    proportional_odds
        Brant's test that these are the same; ``None`` where there are fewer than two.

    Examples
    --------
    >>> OrdinalDriver(
    ...     name="gpa", coefficient=Estimate(value=0.0, method="wald", n=9), correlation=0.1, importance=0.0
    ... ).odds_ratio
    1.0
    """

    name: str
    coefficient: Estimate
    correlation: float
    importance: float
    splits: tuple[float, ...] = ()
    proportional_odds: ProportionalOddsTest | None = None

    def __str__(self) -> str:
        return f"{self.name}: coefficient {bounded(self.coefficient)}, {self.importance:.4g} of R²"

    @property
    def sign(self) -> int:
        """Return the direction in which the outcome goes with the driver."""
        return int(np.sign(self.correlation))

    @property
    def odds_ratio(self) -> float:
        """Return how many times one unit of the driver multiplies the odds of a higher answer."""
        return exp(self.coefficient.value or 0.0)


@dataclass(frozen=True, kw_only=True, config=VALUE)
class OrdinalDrivers(Value):
    """Hold an ordinal driver study.

    Parameters
    ----------
    steps
        The answers of the outcome, from the lowest.
    drivers
        One record per driver, in the order given.
    thresholds
        Where the opinion passes from each step to the next, in log-odds.
    log_likelihood
        Of the model.
    r_squared
        Explained share of the variance of the continuous opinion behind the steps (McKelvey and Zavoina).
    proportional_odds
        Brant's test of all drivers together; ``None`` where a split has no fit or there are but two steps.
    n, n_missing
        Complete rows, and rows left out.
    warnings
        What the reader should know.

    Examples
    --------
    >>> found = ordinal_drivers([0, 1, 0, 1, 1, 0], {"x": [1, 2, 3, 4, 5, 2]})
    >>> found.steps, found.drivers[0].sign
    (('0', '1'), 1)
    """

    steps: tuple[str, ...]
    drivers: tuple[OrdinalDriver, ...]
    thresholds: tuple[float, ...]
    log_likelihood: float
    r_squared: float
    proportional_odds: ProportionalOddsTest | None
    n: int
    n_missing: int = 0
    warnings: tuple[str, ...] = ()

    def __str__(self) -> str:
        heading = f"R² {self.r_squared:.4g} of the opinion behind {len(self.steps)} steps (n {self.n})"
        return f"{heading}\n{listed(self.drivers)}"

    def __getitem__(self, name: str) -> OrdinalDriver:
        """Return the driver of that name.

        Parameters
        ----------
        name
            The driver.

        Raises
        ------
        InvalidValueError
            If there is none.
        """
        return driver_named(self.drivers, name, where="OrdinalDrivers")

    def frame(self) -> pd.DataFrame:
        """Return a pandas frame, one row per driver."""
        import pandas as pd  # noqa: PLC0415 - a heavy import that only this call needs

        return pd.DataFrame(
            {
                "driver": driver.name,
                "coefficient": driver.coefficient.value,
                "standard_error": driver.coefficient.standard_error,
                "low": driver.coefficient.low,
                "high": driver.coefficient.high,
                "odds_ratio": driver.odds_ratio,
                "sign": driver.sign,
                "importance": driver.importance,
                "proportional_odds_p": driver.proportional_odds.p_value if driver.proportional_odds else None,
            }
            for driver in self.drivers
        )


def ordinal_drivers(
    outcome: Any,
    drivers: Any,
    *,
    order: Sequence[Any] | None = None,
    names: Sequence[str] | None = None,
    method: ImportanceMethod = "shapley",
    weights: Any = None,
    strata: Any = None,
    clusters: Any = None,
    population: PopulationSizes | None = None,
    missing: Missing = "error",
    scale: tuple[int, int] | None = None,
    level: float = 0.95,
) -> OrdinalDrivers:
    """Explain an outcome in ordered steps by a proportional-odds logit.

    ``logit P(y > k) = x'b - threshold_k``, the likelihood of statsmodels. Without weights or design it is maximised and
    its curvature gives the standard errors. With any of them the weighted likelihood is, and standard errors are
    linearised from the score of every respondent (robust, by cluster and stratum), with Student's t of units less
    strata. Weights say whom a respondent stands for: they are no counts of equal answers, so doubling all of them
    changes nothing. A weighted log-likelihood is not one, and likelihood-ratio tests of it do not hold.

    Parameters
    ----------
    outcome
        One answer per respondent, ``(n_rows,)``: numbers, or texts with their ``order``; or the name of a column.
    drivers
        A dataframe of any engine, a mapping of names to columns, or an array ``(n_rows, n_drivers)``.
    order
        Every answer of the outcome, the lowest first; numbers need none.
    names
        What the columns of an array are called; which columns to take where they have names.
    method
        How the explained share is divided among the drivers, as for `key_drivers`.
    weights, strata, clusters, population
        How the sample was drawn, as for `design_mean`.
    missing
        ``"error"`` refuses missing answers, ``"exclude"`` leaves the whole row out and counts it.
    scale
        Lowest and highest answer to the drivers.
    level
        Nominal coverage of the intervals.

    Returns
    -------
    The study.

    Raises
    ------
    RecordError
        If answers are no numbers, not in the order, off the scale or missing, or weights, strata or clusters unusable.
    FitError
        If rows or units are too few, drivers repeat each other, or the drivers separate the steps.
    InvalidValueError
        If method, level or population are not valid.

    References
    ----------
    McCullagh, P. (1980). Regression models for ordinal data. *Journal of the Royal Statistical Society B* 42. Brant, R.
    (1990). *Biometrics* 46. McKelvey, R. D. and Zavoina, W. (1975). *Journal of Mathematical Sociology* 4. Binder, D.
    A. (1983). On the variances of asymptotically normal estimators from complex surveys. *International Statistical
    Review* 51.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> speed = rng.normal(size=500)
    >>> rating = np.digitize(speed + rng.logistic(size=500), [-1, 1])
    >>> found = ordinal_drivers(rating, {"speed": speed})
    >>> print(f"{found['speed'].coefficient.value:.1f}, proportional: {found.proportional_odds.p_value > 0.05}")
    1.0, proportional: True
    """
    method = check_importance_method(method)
    checked_level(level)
    answers, columns = split_outcome(outcome, drivers, names=names)
    refuse_other_order(outcome=answers, weights=weights, strata=strata, clusters=clusters)
    places, labels = _places(answers, order)
    weighing = row_weights(places.size, weights=weights, strata=strata, clusters=clusters, population=population)
    table = driver_table(places, columns, weights=weighing, missing=missing, scale=scale)
    used, codes = np.unique(table.outcome, return_inverse=True)
    steps = tuple(labels[int(place)] for place in used)
    X = standardised(table.drivers, table.weights)
    refuse_repetition((X * table.weights[:, None]).T @ X / table.n, table.names)
    design = None if weighing is None else sample_design(table, strata=strata, clusters=clusters, population=population)
    fit = fit_proportional_odds(codes, X, design)
    splits = binary_splits(codes, X, design)
    tests = brant_tests(*splits) if splits is not None and len(steps) > 2 else None
    importance, explained = _importance(fit.beta, X, table.weights, method)
    return OrdinalDrivers(
        steps=steps,
        drivers=_records(
            table,
            codes,
            _coefficients(fit, table, design, level),
            importance=importance,
            splits=splits,
            tests=tests[1] if tests else (),
        ),
        thresholds=tuple((fit.cuts + _shift(fit.beta, table)).tolist()),
        log_likelihood=fit.log_likelihood,
        r_squared=explained,
        proportional_odds=tests[0] if tests else None,
        n=table.n,
        n_missing=table.n_missing,
        warnings=table.warnings + fit.warnings + _warnings(tests[0] if tests else None, separated=splits is None),
    )


def _places(outcome: Any, order: Sequence[Any] | None) -> tuple[FloatArray, list[str]]:
    column, codes, found = distinct_answers(outcome, "outcome")
    if order is None:
        texts = [answer for answer in found if not is_number(answer) or not np.isfinite(answer)]
        if texts:
            remedy = "order=[lowest, ..., highest]"
            raise RecordError(
                Problem(what="steps without an order", where="outcome", got=repr(texts[0]), remedy=remedy)
            )
        order = sorted(found)
    refuse(sequence_problems(order, where="order"))
    given = list(order)
    stranger = np.array([*(answer not in given for answer in found), False])[codes]
    problems = flag_answers(column, stranger, where="outcome", allowed=", ".join(map(repr, given))[:200])
    if len(given) > _MOST_STEPS:
        problems.append(
            Problem(what="too many steps", where="outcome", allowed=f"at most {_MOST_STEPS}", got=str(len(given)))
        )
    if problems:
        raise RecordError(*problems)
    places = np.array([*(given.index(answer) for answer in found), np.nan], dtype=np.float64)
    return places[codes], [f"{answer:g}" if is_number(answer) else str(answer) for answer in given]


def _importance(
    beta: FloatArray, X: FloatArray, weights: FloatArray, method: ImportanceMethod
) -> tuple[list[float], float]:
    """Share out the R² of the opinion behind the steps, a logistic error of variance pi^2/3 included."""
    R = (X * weights[:, None]).T @ X / len(X)
    explained = float(beta @ R @ beta)
    latent = explained + pi**2 / 3.0
    share = sharing(method, beta.size, permutations=_ORDERS, rng=np.random.default_rng(0))
    return share(np.clip(R, -1.0, 1.0), R @ beta / np.sqrt(latent)).tolist(), explained / latent


def _records(
    table: DriverTable,
    codes: IntArray,
    coefficients: Sequence[Estimate],
    *,
    importance: Sequence[float],
    splits: tuple[FloatArray, FloatArray] | None,
    tests: Sequence[ProportionalOddsTest],
) -> tuple[OrdinalDriver, ...]:
    columns = standardised(np.column_stack([table.drivers, codes]), table.weights)
    correlation = np.clip((columns[:, :-1] * (table.weights * columns[:, -1])[:, None]).mean(axis=0), -1.0, 1.0)
    spread = _spread(table)
    return tuple(
        OrdinalDriver(
            name=name,
            coefficient=coefficients[j],
            correlation=float(correlation[j]),
            importance=importance[j],
            splits=() if splits is None else tuple((splits[0][:, j] / spread[j]).tolist()),
            proportional_odds=tests[j] if tests else None,
        )
        for j, name in enumerate(table.names)
    )


def _coefficients(fit: OrdinalFit, table: DriverTable, design: SampleDesign | None, level: float) -> list[Estimate]:
    """Bring coefficients to the units of the drivers, with their intervals."""
    width = normal_quantile(level) if design is None else student_quantile(level, design.freedom)
    found = zip((fit.beta / _spread(table)).tolist(), (fit.error / _spread(table)).tolist(), strict=True)
    return [
        Estimate(
            value=value,
            standard_error=error,
            low=value - width * error,
            high=value + width * error,
            level=level,
            method="proportional odds, wald" if design is None else "weighted proportional odds, linearised",
            n=table.n,
            effective_n=table.effective_n,
        )
        for value, error in found
    ]


def _spread(table: DriverTable) -> FloatArray:
    centred = table.drivers - np.average(table.drivers, axis=0, weights=table.weights)
    return np.asarray(np.sqrt(np.average(centred * centred, axis=0, weights=table.weights)))


def _shift(beta: FloatArray, table: DriverTable) -> float:
    """Say how far thresholds move where drivers are not centred."""
    return float(beta @ (np.average(table.drivers, axis=0, weights=table.weights) / _spread(table)))


def _warnings(test: ProportionalOddsTest | None, *, separated: bool) -> tuple[str, ...]:
    if separated:
        return ("a step is separated by the drivers: proportional odds were not tested",)
    if test is not None and test.p_value < _DOUBTFUL:
        return (f"one coefficient does not serve every step (Brant p {test.p_value:.2g}): read the splits",)
    return ()
