"""Covariates by name: refused with everything wrong at once, standardised by weight, determined ones found."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from crmrisk.core.errors import InvalidValueError
from crmrisk.scoring.value import BetaGeoNBD, ProportionalModel
from crmrisk.scoring.value.covariate_columns import checked_covariates, standardised


def test_everything_wrong_is_listed_at_once():
    wrong = {"text": ["a", "b"], "short": [1.0], "far": [np.inf, 1.0], "gap": [np.nan, 1.0]}
    with pytest.raises(InvalidValueError) as caught:
        checked_covariates(wrong, ["text", "short", "far", "gap", "absent"], n_rows=2)
    for name in ("text", "short", "far", "gap", "absent"):
        assert f"covariates['{name}']" in str(caught.value)


def test_the_callers_arrays_are_left_alone():
    z = np.array([1.0, 2.0])
    checked_covariates({"z": z})["z"][0] = 9
    assert z[0] == 1


def test_weights_count():
    rng = np.random.default_rng(3)
    z, weight = rng.normal(5, 2, 40), rng.integers(1, 5, 40).astype(float)
    ours = standardised({"z": z}, weight)
    theirs = standardised({"z": np.repeat(z, weight.astype(int))}, np.ones(int(weight.sum())))
    assert ours.mean == pytest.approx(theirs.mean, rel=1e-12)
    assert ours.deviation == pytest.approx(theirs.deviation, rel=1e-12)
    assert weight @ ours.columns[:, 0] == pytest.approx(0, abs=1e-10)


def test_what_others_determine_is_lost_and_names_them():
    rng = np.random.default_rng(3)
    a, b, c = rng.normal(size=(3, 60))
    found = standardised({"a": a, "c": c, "b": b, "both": 1e6 * (a - 2 * b) + 7, "flat": np.full(60, 0.1)}, np.ones(60))
    assert found.names == ("a", "c", "b")
    assert set(found.lost) == {"a", "b", "both", "flat"}
    nearly = standardised({"a": a, "b": a + 1e-3 * b}, np.ones(60))
    assert not nearly.lost


def test_without_covariates_there_is_nothing():
    found = standardised({}, np.ones(3))
    assert found.columns.shape == (3, 0)


HISTORIES = [0, 2, 1, 0, 6], [0, 20, 9, 0, 30], [38, 38, 36, 35, 31]
ONLINE = [0, 1, 1, 0, 1]


@pytest.mark.parametrize("wrong", [3, [ONLINE], np.array(ONLINE), "online", {1: ONLINE}, {"": ONLINE}])
def test_covariates_without_names_are_refused_wherever_they_are_given(wrong):
    model = ProportionalModel(base=BetaGeoNBD(r=1, alpha=4, a=0.8, b=3), purchase={"online": 0.5})
    with pytest.raises(InvalidValueError, match="covariates: no "):
        ProportionalModel.fit(BetaGeoNBD, *HISTORIES, purchase=wrong)
    with pytest.raises(InvalidValueError, match="covariates: no "):
        model.expected_purchases(3, covariates=wrong)
    with pytest.raises(InvalidValueError, match="covariates: no "):
        model.simulate(np.full(5, 40.0), rng=np.random.default_rng(1), covariates=wrong)


def test_no_covariates_where_the_model_has_some_are_refused():
    model = ProportionalModel(base=BetaGeoNBD(r=1, alpha=4, a=0.8, b=3), purchase={"online": 0.5})
    with pytest.raises(InvalidValueError, match="no covariates by name"):
        model.expected_purchases(3, covariates=None)


def test_a_table_is_as_good_as_a_mapping():
    table = pd.DataFrame({"online": ONLINE})
    weights = [60, 12, 9, 40, 3]
    fits = [
        ProportionalModel.fit(BetaGeoNBD, *HISTORIES, purchase=each, weights=weights)
        for each in (table, {"online": ONLINE})
    ]
    assert fits[0] == fits[1]
