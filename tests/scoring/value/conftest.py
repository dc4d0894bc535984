"""High-precision arithmetic and the CDNOW histories, for every test of this folder."""

from __future__ import annotations

from types import SimpleNamespace

import mpmath as mp
import numpy as np
import pytest


def _textbook(shape, odds, a, b, digits):
    """Gauss's form at a given precision; a = 1 is approached, since the form divides 0 by 0 there."""
    with mp.workdps(digits):
        shape, odds, a, b = (mp.mpf(float(value)) for value in (shape, odds, a, b))
        a = a if a != 1 else 1 + mp.mpf(10) ** -(digits // 3)
        hyper = mp.hyp2f1(shape, b, a + b - 1, odds / (1 + odds), maxterms=10**6)
        return (a + b - 1) / (a - 1) * (1 - (1 + odds) ** -shape * hyper)


def _series(shape, odds, a, b):
    """Sum over counts n: P(n purchases without dropout) times those of the n that happen; all terms positive."""
    with mp.workdps(40):
        shape, odds, a, b = (mp.mpf(float(value)) for value in (shape, odds, a, b))
        ahead, term, stays, happen, total, n = (
            odds / (1 + odds),
            (1 + odds) ** -shape,
            mp.mpf(1),
            mp.mpf(0),
            mp.mpf(0),
            0,
        )
        while n < shape * odds or term * happen > total * (1 - ahead) * mp.mpf(10) ** -25:
            n += 1
            term *= ahead * (shape + n - 1) / n
            happen += stays
            stays *= (b + n - 1) / (a + b + n - 1)
            total += term * happen
        return total


def _integral(shape, odds, a, b):
    """The expectation over p in the logit of p, by mpmath's own quadrature; only where the density is narrow."""
    with mp.workdps(40):
        shape, odds, a, b = (mp.mpf(float(value)) for value in (shape, odds, a, b))
        mode, width = mp.log(a / b), mp.sqrt(1 / a + 1 / b)
        points = [mode + width * k for k in range(-24, 25, 2)]
        top = a * mp.log(a / (a + b)) + b * mp.log(b / (a + b))

        def density(y):
            return mp.exp(-a * mp.log1p(mp.exp(-y)) - b * mp.log1p(mp.exp(y)) - top)

        def bought(y):
            p = 1 / (1 + mp.exp(-y))
            return density(y) * (1 - (1 + p * odds) ** -shape) / p

        return mp.quad(bought, points) / mp.quad(density, points)


def _stopped(shape, odds, a, b):
    """E[purchases] at a precision that twice the digits confirm: cancellation may eat hundreds of them."""
    if shape * odds + 60 * (1 + odds) + 12 * np.sqrt(shape * odds * (1 + odds)) < 15_000:
        return _series(shape, odds, a, b)
    try:
        digits, value = 50, _textbook(shape, odds, a, b, 50)
        while digits < 4_000:
            digits *= 2
            again = _textbook(shape, odds, a, b, digits)
            # mpmath may agree with itself on nonsense: nobody buys more than without dropout
            if abs(again - value) <= abs(again) * mp.mpf(10) ** -14 and 0 < again <= float(shape) * odds * (1 + 1e-9):
                return again
            value = again
    except (mp.NoConvergence, ValueError, ZeroDivisionError):
        pass
    assert min(a, b) > 200, f"no exact value for {shape, odds, a, b}"
    return _integral(shape, odds, a, b)


def _alive(r, alpha, a, b, x, last, end):  # noqa: PLR0917 - the formula's own arguments
    with mp.workdps(50):
        r, alpha, a, b, x, last, end = (mp.mpf(float(value)) for value in (r, alpha, a, b, x, last, end))
        return mp.mpf(1) if x == 0 else 1 / (1 + a / (b + x - 1) * ((alpha + end) / (alpha + last)) ** (r + x))


def _silent(r, alpha, a, b, time, x, last, end):  # noqa: PLR0917 - the formula's own arguments
    with mp.workdps(400):
        alive = _alive(r, alpha, a, b, x, last, end)
        r, alpha, time, x, end = (mp.mpf(float(value)) for value in (r, alpha, time, x, end))
        a, b, last = (mp.mpf(float(value)) for value in (a, b, last))
        gone = mp.mpf(0) if x == 0 else 1 - 1 / (1 + a / (b + x - 1) * ((alpha + end) / (alpha + last)) ** (r + x))
        return gone + alive * ((alpha + end) / (alpha + end + time)) ** (r + x)


def _log_likelihood(r, alpha, a, b, x, last, end):  # noqa: PLR0917 - the formula's own arguments
    with mp.workdps(60):
        r, alpha, a, b, x, last, end = (mp.mpf(float(value)) for value in (r, alpha, a, b, x, last, end))
        dropped = a / (b + x - 1) * (alpha + last) ** -(r + x) if x > 0 else 0
        return (
            mp.loggamma(r + x) - mp.loggamma(r) + r * mp.log(alpha) + mp.loggamma(b + x) - mp.loggamma(a + b + x)
            - mp.loggamma(b) + mp.loggamma(a + b) + mp.log((alpha + end) ** -(r + x) + dropped)
        )  # fmt: skip


def _count(r, alpha, a, b, n, time):  # noqa: PLR0917 - the formula's own arguments
    with mp.workdps(60):
        r, alpha, a, b, time = (mp.mpf(float(value)) for value in (r, alpha, a, b, time))
        n = int(n)
        past, ahead = alpha / (alpha + time), time / (alpha + time)
        buying = mp.exp(mp.loggamma(r + n) - mp.loggamma(r) - mp.loggamma(n + 1)) * past**r * ahead**n
        buying *= mp.exp(mp.loggamma(b + n) - mp.loggamma(a + b + n) - mp.loggamma(b) + mp.loggamma(a + b))
        if n == 0:
            return buying
        # P(N >= n) as a series of positive terms, the tail of the negative binomial distribution
        term = mp.exp(mp.loggamma(r + n) - mp.loggamma(r) - mp.loggamma(n + 1)) * past**r * ahead**n
        reached = term * mp.hyp2f1(1, r + n, n + 1, ahead)
        return buying + mp.beta(a + 1, b + n - 1) / mp.beta(a, b) * reached


@pytest.fixture(scope="session")
def exact():
    return SimpleNamespace(stopped=_stopped, alive=_alive, silent=_silent, log_likelihood=_log_likelihood, count=_count)


@pytest.fixture(scope="session")
def cdnow(data_folder):
    """The 1/10 sample up to 1997-09-30, as the literature prepares it: one purchase per customer and day."""
    return _histories(data_folder, "cdnow_sample")


@pytest.fixture(scope="session")
def cdnow_master(data_folder):
    return _histories(data_folder, "cdnow_master")


def _histories(folder, name):
    import pandas as pd

    table = pd.read_parquet(folder / f"{name}.parquet")
    as_of, later = pd.Timestamp("1997-09-30"), pd.Timestamp("1998-06-30")
    days = table.groupby(["customer_id", "date"], as_index=False)["spend"].sum()
    seen = days[days["date"] <= as_of]
    dates = seen.groupby("customer_id")["date"]
    first, last = dates.min(), dates.max()
    repeat = seen[seen["date"] > seen["customer_id"].map(first)].groupby("customer_id")["spend"]
    future = days[(days["date"] > as_of) & (days["date"] <= later)].groupby("customer_id").size()
    return SimpleNamespace(
        frequency=(dates.size() - 1).to_numpy(),
        recency=(last - first).dt.days.to_numpy(),
        age=(as_of - first).dt.days.to_numpy(),
        mean_spend=repeat.mean().reindex(first.index).to_numpy(),
        holdout=future.reindex(first.index).fillna(0).to_numpy(),
        weeks=lambda values: np.asarray(values) / 7,
    )
