"""Key drivers of an outcome: from answers, with bootstrap intervals, or from published correlations.

Correlated drivers share what they explain, so their coefficients mislead and their correlations count it twice.
`key_drivers` shares R² out instead, and says how sure it is of every share and rank, whether a driver beats pure
noise, and where collinearity or suppression is at work. None of it is causal: it says what goes along with the outcome
among the drivers that were asked about.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, get_args

import numpy as np

from crmrisk.core.arguments import checked_level, seeded
from crmrisk.core.errors import InvalidValueError, Problem
from crmrisk.core.row_names import refuse_other_order
from crmrisk.satisfaction.bootstrap_intervals import BootstrapInterval
from crmrisk.satisfaction.drivers.assembling import Basis, assemble, driver_statistics
from crmrisk.satisfaction.drivers.bootstrapping import Resampler, uncertainty_of
from crmrisk.satisfaction.drivers.diagnosis import refuse_repetition
from crmrisk.satisfaction.drivers.methods import ImportanceMethod, check_importance_method, sharing, sharing_error
from crmrisk.satisfaction.drivers.resampling import resampling_plan, standardised
from crmrisk.satisfaction.drivers.table import DriverTable, driver_table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crmrisk.core.arrays import FloatArray
    from crmrisk.satisfaction.drivers.records import DriverAnalysis
    from crmrisk.satisfaction.flagging import Missing

__all__ = ["key_drivers"]


def key_drivers(
    outcome: Any,
    drivers: Any,
    *,
    method: ImportanceMethod = "shapley",
    names: Sequence[str] | None = None,
    weights: Any = None,
    strata: Any = None,
    clusters: Any = None,
    missing: Missing = "error",
    scale: tuple[int, int] | None = None,
    interval: BootstrapInterval | None = "bca",
    level: float = 0.95,
    replicates: int = 1000,
    random_predictor: bool = True,
    permutations: int = 200,
    rng: np.random.Generator | None = None,
) -> DriverAnalysis:
    """Find what drives an outcome: each driver's part of R², its interval, sign and probability of rank.

    Respondents are resampled whole, with their weights, within strata and by clusters where these are given.

    Parameters
    ----------
    outcome
        One number per respondent, ``(n_rows,)``, or the name of a column of ``drivers``.
    drivers
        A dataframe of any engine, a mapping of names to columns, or an array ``(n_rows, n_drivers)``.
    method
        ``"shapley"`` (LMG), exact to 12 drivers and sampled beyond; ``"relative weights"`` (Johnson); ``"first"``,
        ``"last"`` and ``"beta squared"`` for comparison with older reports.
    names
        What the columns of an array are called; which columns to take where they have names.
    weights, strata, clusters
        How the sample was drawn, ``(n_rows,)`` each.
    missing
        ``"error"`` refuses missing answers, ``"exclude"`` leaves the whole row out and counts it.
    scale
        Lowest and highest answer to the drivers, so that codes such as 6 for *not used* are refused by name.
    interval
        ``"bca"``, ``"percentile"``, or ``None`` for no bootstrap at all. Of drivers that matter little, percentiles
        tell more truly.
    level
        Nominal coverage.
    replicates
        Number of bootstrap samples.
    random_predictor
        Whether every resample also tries a driver of pure noise, to tell which drivers do better.
    permutations
        Orders of entry sampled for more than 12 drivers.
    rng
        Source of randomness; ``None`` starts the same way every time.

    Returns
    -------
    The study.

    Raises
    ------
    RecordError
        If answers are no numbers, off the scale or missing, or weights, strata or clusters unusable.
    SchemaError
        If columns are unknown, named twice or not of one length.
    FitError
        If there are too few complete rows, a column has one value only, or drivers repeat each other.
    InvalidValueError
        If method, interval, level, replicates, permutations or rng are not valid.

    Notes
    -----
    Of 150 simulated surveys of 150 answers, BCa intervals of 95 % held a true importance of 0.20 in 95 % and one of
    0.04 in 91 %, but those of 0.019 and 0.013 in 85 % and 81 % only; percentiles in 95, 95, 97 and 97 %. Neither can
    hold an importance of exactly 0: that is what the random predictor is for. Where a BCa interval would not even hold
    the value found, percentiles widened to hold it take its place.

    References
    ----------
    Groemping, U. (2006). *Journal of Statistical Software* 17(1). Johnson, J. W. (2000). *Multivariate Behavioral
    Research* 35. Tonidandel, S., LeBreton, J. M. and Johnson, J. W. (2009). Determining the statistical significance
    of relative weights. *Psychological Methods* 14, 387-399.

    Examples
    --------
    >>> rng = np.random.default_rng(3)
    >>> halo = rng.normal(size=400)
    >>> answers = {name: halo + rng.normal(size=400) for name in ("staff", "signs", "colour")}
    >>> overall = answers["staff"] + 0.5 * answers["signs"] + rng.normal(size=400)
    >>> study = key_drivers(overall, answers, replicates=200)
    >>> [(driver.name, driver.sign, driver.significant) for driver in study.ranked]
    [('staff', 1, True), ('signs', 1, True), ('colour', 1, True)]

    The colour does nothing: it beats noise because it shares a halo with what does. Alone it seems to explain a
    quarter.

    >>> colour = study["colour"]
    >>> print(f"first {colour.first:.2f}, share {colour.importance.value:.2f}, last {colour.last:.3f}")
    first 0.25, share 0.09, last 0.000
    """
    method = check_importance_method(method)
    _check_settings(interval, level)
    generator = seeded(rng)
    refuse_other_order(drivers=drivers, weights=weights, strata=strata, clusters=clusters)
    table = driver_table(outcome, drivers, names=names, weights=weights, missing=missing, scale=scale)
    resampler = Resampler(
        columns=standardised(table.values, table.weights),
        weights=table.weights,
        plan=resampling_plan(table.n_read, strata=strata, clusters=clusters, kept=table.kept),
        replicates=replicates,
        interval=interval or "percentile",
        level=level,
    )
    p = len(table.names)
    correlations = resampler.correlations()
    refuse_repetition(correlations[:-1, :-1], table.names)
    orders = int(generator.integers(2**63))  # the same orders of entry for the shares and for their error
    share = sharing(method, p, permutations=permutations, rng=np.random.default_rng(orders))
    error = sharing_error(
        method,
        correlations[:-1, :-1],
        correlations[:-1, -1],
        permutations=permutations,
        rng=np.random.default_rng(orders),
    )
    basis = _basis(outcome, table, correlations, method, error)
    statistics = driver_statistics(correlations, share)
    if interval is None:
        return assemble(basis, statistics)
    wider = sharing(method, p + 1, permutations=permutations, rng=generator, spare=1) if random_predictor else None
    return assemble(
        basis, statistics, uncertainty_of(resampler, basis, statistics, share, noise_share=wider, rng=generator)
    )


def _basis(
    outcome: Any, table: DriverTable, correlations: FloatArray, method: ImportanceMethod, error: Sequence[float]
) -> Basis:
    return Basis(
        outcome=outcome if isinstance(outcome, str) else str(getattr(outcome, "name", None) or "outcome"),
        names=table.names,
        correlations=correlations,
        method=method,
        monte_carlo_error=error,
        n=table.n,
        effective_n=table.effective_n,
        n_missing=table.n_missing,
        warnings=table.warnings,
    )


def _check_settings(interval: str | None, level: float) -> None:
    checked_level(level)
    if interval is not None and interval not in get_args(BootstrapInterval):
        allowed = "'bca', 'percentile' or None"
        raise InvalidValueError(Problem(what="no such interval", where="interval", allowed=allowed, got=str(interval)))
