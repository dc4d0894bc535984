"""How often 95 % intervals contain the truth: model x quantity x method over simulated data sets, as Markdown.

python benchmarks/coverage.py [data sets, 400]

Each data set has 2,000 customers simulated at known parameters and is fitted anew; an interval is right when the
quantity at the true parameters is inside. The bootstrap, 99 refits per interval, is measured on a quarter of the data
sets of three models. The second table is about single customers: how often their future purchases, simulated too, fall
into the prediction interval at the fitted parameters, beside the probability that the model says is inside it.
"""

from __future__ import annotations

import sys
import time
from datetime import timedelta

import numpy as np

from crmrisk.scoring.value import (
    BetaDiscreteWeibull,
    BetaGeoBetaBinomial,
    BetaGeoNBD,
    GammaGamma,
    ModifiedBetaGeoNBD,
    ParetoNBD,
    ShiftedBetaGeometric,
    bootstrap,
    predict_purchases,
    predict_value,
)

WEEK = timedelta(weeks=1)
CUSTOMER = {"frequency": 2, "recency": 25.0, "age": 38.0}
N = 2_000
ENDS = np.round(np.random.default_rng(1).uniform(27, 39, N) * 7) / 7
REFITS = 99
BOOTSTRAPPED = (BetaGeoNBD, GammaGamma, ShiftedBetaGeometric)
PORTFOLIOS = 5

BUYING = {
    "E[X(52)]": (lambda model: model.expected_purchases(52.0), "log"),
    "E[Y(39)], x=2": (lambda model: model.expected_purchases(39.0, **CUSTOMER), "log"),
    "P(alive), x=2": (lambda model: model.probability_alive(**CUSTOMER), "logit"),
    "P(no purchase in 13), x=2": (lambda model: model.probability_of_no_purchase(13.0, **CUSTOMER), "logit"),
    "DERT at 10 %, x=2": (lambda m: m.discounted_residual_purchases(0.1, time_unit=WEEK, **CUSTOMER), "log"),
}
SPEND = {
    "population mean": (lambda model: np.array(model.population_mean), "log"),
    "E[spend], x=3": (lambda model: model.expected_spend(frequency=3, mean_spend=20.0), "log"),
}
OPPORTUNITIES = {
    "E[X(5)]": (lambda model: model.expected_purchases(5), "log"),
    "P(alive), x=2": (lambda m: m.probability_alive(frequency=2, recency=3, opportunities=6), "logit"),
}
CONTRACTS = {
    "S(3)": (lambda model: model.survival(3), "logit"),
    "S(12)": (lambda model: model.survival(12), "logit"),
    "DERL at 10 %": (lambda model: model.discounted_expected_residual_lifetime(0.1, renewals=2), "log"),
}
STUDIES = [
    (BetaGeoNBD(r=0.243, alpha=4.414, a=0.793, b=2.426), ENDS, BUYING),
    (ModifiedBetaGeoNBD(r=0.525, alpha=6.183, a=0.891, b=1.614), ENDS, BUYING),
    (ParetoNBD(r=0.553, alpha=10.578, s=0.606, beta=11.669), ENDS, BUYING),
    (GammaGamma(p=6.25, q=3.74, v=15.44), np.random.default_rng(2).poisson(1.0, N).astype(float), SPEND),
    (BetaGeoBetaBinomial(alpha=1.204, beta=0.75, gamma=0.657, delta=2.783), np.full(N, 6.0), OPPORTUNITIES),
    (ShiftedBetaGeometric(alpha=0.704, beta=1.182), np.full(N, 7.0), CONTRACTS),
    (BetaDiscreteWeibull(alpha=0.8, beta=2.0, c=0.9), np.full(N, 7.0), CONTRACTS),
]


def fitted(model, observed, rng):
    simulated = model.simulate(observed, rng=rng)
    if isinstance(model, GammaGamma):
        return GammaGamma.fit(observed, np.nan_to_num(simulated))
    columns = [values for name, values in simulated._asdict().items() if name != "alive"]
    if hasattr(simulated, "recency"):
        columns[1] = np.minimum(np.ceil(columns[1] * 7) / 7, columns[2])  # days, as in life
    return type(model).fit(*columns)


def study(model, observed, quantities, n_sets, method):
    rng = np.random.default_rng(20261122)
    truth = {name: quantity(model) for name, (quantity, _) in quantities.items()}
    hits, widths = ({name: [] for name in quantities} for _ in range(2))
    vague = 0
    for _ in range(n_sets):
        fit = fitted(model, observed, rng)
        vague += bool(fit.not_identified)
        again = bootstrap(fit, observed=observed, n_replicates=REFITS, rng=rng) if method == "bootstrap" else None
        for name, (quantity, scale) in quantities.items():
            found = fit.interval(quantity, scale=scale) if again is None else again.interval(quantity)
            hits[name].append(bool(found.low <= truth[name] <= found.high))
            widths[name].append(float((found.high - found.low) / truth[name]))
    for name, right in hits.items():
        figures = f"{n_sets} | {np.mean(right):.3f} | {np.median(widths[name]):.3f} | {vague}"
        print(f"| {type(model).__name__} | {name} | {method} | {figures} |", flush=True)


def customers():
    """Tell how often single customers' futures fall into their prediction intervals."""
    rng = np.random.default_rng(7)
    spend = GammaGamma(p=6.25, q=3.74, v=15.44)
    for model, ends, quantities in STUDIES:
        if quantities is not BUYING:
            continue
        inside, said, within = [], [], []
        for _ in range(PORTFOLIOS):
            # 39 more weeks of the same customers: simulate both periods at once and look at the first for the history
            history, later = two_periods(model, ends, 39.0, rng)
            fit = type(model).fit(*history)
            names = dict(zip(("frequency", "recency", "age"), history, strict=True))
            found = predict_purchases(fit.model, 39.0, **names)
            low, high = found.interval(0.95)
            inside.append(((low <= later) & (later <= high)).mean())
            n = np.arange(found.n_max + 1)
            covered = (n >= low[:, np.newaxis]) & (n <= high[:, np.newaxis])
            said.append((found.pmf * covered).sum(axis=1).mean())
        rates = 1 / rng.gamma(spend.q, 1 / spend.v, N)
        mean = np.where(history[0] > 0, rng.gamma(spend.p * np.maximum(history[0], 1)) / np.maximum(history[0], 1), 0)
        brought = rng.standard_gamma(spend.p * later) * rates
        value = predict_value(
            model, spend, **names, mean_spend=mean * rates, time_unit=WEEK, horizon=39 * WEEK, n_draws=2_000, rng=rng
        )
        within = ((value.quantile(0.025) <= brought) & (brought <= value.quantile(0.975))).mean()
        figures = f"{np.mean(inside):.4f} | {np.mean(said):.4f} | {within:.4f}"
        print(f"| {type(model).__name__} | {PORTFOLIOS * N:,} | {figures} |")


def two_periods(model, ends, ahead, rng):
    """Simulate purchase by purchase, which is slow, knows no formula, and gives a history and what followed it."""
    rates = rng.gamma(model.r, 1 / model.alpha, ends.size)
    pareto = isinstance(model, ParetoNBD)
    leaves = (
        rng.standard_exponential(ends.size) * model.beta / rng.standard_gamma(model.s, ends.size)
        if pareto
        else np.full(ends.size, np.inf)
    )
    dropout = np.zeros(ends.size) if pareto else rng.beta(model.a, model.b, ends.size)
    alive = rng.random(ends.size) >= (dropout if isinstance(model, ModifiedBetaGeoNBD) else 0.0)
    now, frequency, recency, later = (np.zeros(ends.size) for _ in range(4))
    while alive.any():
        now = now + rng.standard_exponential(ends.size) / rates
        alive &= now <= np.minimum(leaves, ends + ahead)
        early = alive & (now <= ends)
        frequency[early] += 1
        recency[early] = now[early]
        later[alive & (now > ends)] += 1
        alive &= rng.random(ends.size) >= dropout
    return (frequency, recency, ends), later


def main():
    n_sets = int(sys.argv[1]) if len(sys.argv) > 1 else 400
    start = time.perf_counter()
    print("| model | quantity | method | data sets | coverage | median width / truth | fits that name a parameter |")
    print("| --- | --- | --- | ---: | ---: | ---: | ---: |")
    for model, observed, quantities in STUDIES:
        study(model, observed, quantities, n_sets, "delta")
    for model, observed, quantities in STUDIES:
        if isinstance(model, BOOTSTRAPPED):
            few = {name: row for name, row in quantities.items() if "DERT" not in name}
            study(model, observed, few, n_sets // 4, "bootstrap")
    print(f"\n| model | customers | inside | the model says | value inside, of {N:,} |")
    print("| --- | ---: | ---: | ---: | ---: |")
    customers()
    print(f"\n{time.perf_counter() - start:.0f} s")


if __name__ == "__main__":
    main()
