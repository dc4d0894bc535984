from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from crmrisk.core.errors import InvalidValueError
from crmrisk.core.portfolio import Portfolio
from crmrisk.segmentation.rfm import FittedRfmSegmenter, RfmSegmenter
from crmrisk.segmentation.rfm_cuts import DIMENSIONS, RfmCuts
from crmrisk.segmentation.rfm_draws import RfmDraws

COLUMNS = {name: name for name in DIMENSIONS}


def _values(n, seed=1):
    rng = np.random.default_rng(seed)
    return {
        "recency": rng.integers(0, 90, n).astype(float),
        "frequency": rng.poisson(3, n) + 1.0,
        "monetary": rng.gamma(2, 50, n).round(2),
    }


def _book(n, seed=1):
    return Portfolio([f"C{i}" for i in range(n)], date(2026, 1, 31), _values(n, seed))


def test_draws_have_the_law_of_samples_that_are_drawn():
    values, n, samples = _values(60), 60, 4000
    drawn = RfmDraws.quantiles(values, groups=5, repetitions=samples, rng=np.random.default_rng(2)).arrays["monetary"]
    resampled = np.random.default_rng(3).choice(values["monetary"], (samples, n))
    slowly = np.quantile(resampled, [0.2, 0.4, 0.6, 0.8], axis=1).T
    for share in (0.1, 0.5, 0.9):  # shares differ by 4 standard errors of a difference at most
        at = np.quantile(slowly, share, axis=0)
        difference = (drawn <= at).mean(axis=0) - (slowly <= at).mean(axis=0)
        assert np.abs(difference).max() < 4 * np.sqrt(2 * 0.25 / samples)
    error = 4 * 2**0.5 / samples**0.5
    assert np.abs(np.corrcoef(drawn.T)[0, 1] - np.corrcoef(slowly.T)[0, 1]) < error


def test_stability_is_the_share_of_samples_that_agree():
    book = _book(80)
    fitted = RfmSegmenter(repetitions=50, **COLUMNS).fit(book)
    segments = fitted.segment(book)
    agreed = np.zeros(len(book))
    for sample in zip(*(getattr(fitted.draws, name) for name in DIMENSIONS), strict=True):
        cuts = RfmCuts(**dict(zip(DIMENSIONS, sample, strict=True)))
        agreed += FittedRfmSegmenter(cuts=cuts, **COLUMNS).segment(book).labels == segments.labels
    np.testing.assert_allclose(segments.stability, agreed / 50, rtol=1e-15)
    assert 0.2 < segments.stability.min() < 0.9
    assert segments.stability.max() == 1.0


def test_many_customers_make_segments_stable():
    few, many = (RfmSegmenter(**COLUMNS).fit(book).segment(book).stability.mean() for book in (_book(100), _book(5000)))
    assert few < 0.9 < many


def test_what_learns_nothing_or_measures_nothing_has_no_stability():
    book = _book(20)
    cuts = RfmCuts(recency=(30,), frequency=(2,), monetary=(100,))
    for segmenter in (RfmSegmenter(cuts=cuts, **COLUMNS), RfmSegmenter(repetitions=0, **COLUMNS)):
        assert segmenter.fit(book).segment(book).stability is None
    assert RfmSegmenter(method="rank", **COLUMNS).fit(book).draws is None
    assert RfmSegmenter(method="r_rfm", **COLUMNS).fit(book).segment(book).stability is not None


def test_another_seed_draws_others_and_the_same_the_same():
    book = _book(50)
    one, same, other = (RfmSegmenter(seed=seed, **COLUMNS).fit(book) for seed in (0, 0, 1))
    assert one == same
    assert one.draws != other.draws
    assert one.cuts == other.cuts


def test_draws_of_another_shape_are_refused():
    row = (1.0, 2.0)
    with pytest.raises(InvalidValueError, match="different shapes"):
        RfmDraws(recency=(row,), frequency=(row, row), monetary=(row,))
    draws = RfmDraws(recency=(row,), frequency=(row,), monetary=(row,))
    with pytest.raises(InvalidValueError, match="draws of another cube"):
        FittedRfmSegmenter(cuts=RfmCuts(recency=(1,), frequency=(1,), monetary=(1,)), draws=draws)
    with pytest.raises(InvalidValueError, match="repetitions"):
        RfmSegmenter(repetitions=-1)
    for settings, said in (
        ({"rng": 1}, "randomness"),
        ({"repetitions": 0}, "at least 1"),
        ({"groups": 1}, "at least 1"),
    ):
        with pytest.raises(InvalidValueError, match=said):
            RfmDraws.quantiles(
                _values(9), **{"groups": 3, "repetitions": 5, "rng": np.random.default_rng(1), **settings}
            )
