import numpy as np
import pytest

from crmrisk.core.errors import CrmRiskError
from crmrisk.segmentation.demand import classify_demand


@pytest.mark.parametrize(
    ("demand", "label", "adi", "cv2"),
    [
        # sizes 1 and 3: mean 2, sample variance 2, so CV² .5; sizes 2 and 4: mean 3, variance 2, so CV² .2222
        ([2, 4, 2, 4], "smooth", 1.0, 4 / 3 / 9),
        ([2, 0, 4, 0], "intermittent", 2.0, 2 / 9),
        ([1, 3], "erratic", 1.0, 0.5),
        ([1, 0, 3], "lumpy", 1.5, 0.5),
        ([None, 2, 4, 2, 4], "smooth", 1.0, 4 / 27),
        ([3, 0, 0], None, 3.0, np.nan),
        ([0, 0, 0], None, np.nan, np.nan),
    ],
)
def test_the_four_classes(demand, label, adi, cv2):
    found = classify_demand([demand])
    assert found.labels.tolist() == [label]
    np.testing.assert_allclose([found.adi[0], found.cv2[0]], [adi, cv2], rtol=1e-12)
    assert np.isnan(found.stability[0]) == (label is None)


def test_the_cuts_belong_to_the_irregular_side():
    # Syntetos, Boylan and Croston (2005): 1.32 and .49
    at_interval = [1.0] * 25 + [0.0] * 8  # 33 periods, 25 demands: ADI 1.32
    assert classify_demand(at_interval).labels[0] == "intermittent"
    assert classify_demand(at_interval[:-1]).labels[0] == "smooth"
    assert classify_demand([1, 3], cv2_cut=0.51).labels[0] == "smooth"


def test_stability_tells_the_sure_from_the_borderline():
    sure = np.full(24, 5.0)
    borderline = np.where(np.arange(24) % 4 == 3, 0.0, 5.0)  # ADI 1.333
    stability = classify_demand([sure, borderline]).stability
    assert stability[0] == 1.0
    assert 0.3 < stability[1] < 0.8


def test_one_series_alone_is_the_same_among_many():
    rng = np.random.default_rng(2)
    demand = (rng.random((300, 20)) < 0.6) * rng.lognormal(2, 0.7, (300, 20))
    many, order = classify_demand(demand), rng.permutation(300)
    shuffled = classify_demand(demand[order])
    np.testing.assert_array_equal(shuffled.codes, many.codes[order])
    np.testing.assert_array_equal(shuffled.stability, many.stability[order])
    assert classify_demand(demand[7]).stability[0] == many.stability[7]
    assert sum(many.sizes().values()) == 300


def test_settings_outside_their_range_are_named():
    with pytest.raises(CrmRiskError, match="4 problems"):
        classify_demand([1, 2], adi_cut=0, cv2_cut="x", replicates=1, rng=3)
