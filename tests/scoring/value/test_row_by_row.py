"""One model stands for many: shapes, missing values, and parts of any length."""

from __future__ import annotations

import numpy as np
import pytest

from crmrisk.core.errors import InvalidValueError
from crmrisk.scoring.value import BetaGeoNBD, ParetoNBD
from crmrisk.scoring.value.row_by_row import CHUNK, alive, answers, customers, expected, many

MODELS = [BetaGeoNBD(r=0.243, alpha=4.414, a=0.793, b=2.426), ParetoNBD(r=0.553, alpha=10.578, s=0.606, beta=11.669)]


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("n", [1, CHUNK, 3 * CHUNK + 5])
def test_the_same_parameters_for_all_are_the_model_itself(model, n):
    rng = np.random.default_rng(1)
    seen = model.simulate(np.full(n, 30.0), rng=rng)
    history = {"frequency": seen.frequency, "recency": seen.recency, "age": seen.age}
    everyone = customers({"horizon": 9.0}, tuple(history.values()), {"alpha": np.full(n, model.alpha)})
    found = answers(expected, everyone, lambda columns: many(model, {"alpha": columns["alpha"]}))
    assert found == pytest.approx(model.expected_purchases(9, **history), rel=1e-13)


def test_everything_broadcasts_and_what_is_missing_stays_missing():
    everyone = customers({}, ([2, 2], [[3.0], [np.nan]], 9), {"z": np.array([1.0, 2.0])})
    found = answers(alive, everyone, lambda columns: many(MODELS[0], {"alpha": columns["z"]}))
    assert found.shape == (2, 2)
    assert np.isnan(found).tolist() == [[False, False], [True, True]]


def test_impossible_histories_are_refused():
    with pytest.raises(InvalidValueError, match="above age"):
        customers({}, (2, 10, 9), {})
    with pytest.raises(InvalidValueError, match="broadcast"):
        customers({}, ([1, 2], [1, 2, 3], 9), {})
    with pytest.raises(InvalidValueError, match="NaN"):
        customers({"horizon": np.nan}, (None, None, None), {})
