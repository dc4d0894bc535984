import numpy as np
import pytest

from crmrisk.core.errors import InvalidValueError
from crmrisk.segmentation.demand import NeedModel, need_forecast
from crmrisk.segmentation.demand.need_model import need_histories

MODEL = NeedModel(alpha=1, beta=3, ending=0.1)


def test_the_total_expected_is_probability_times_size_period_by_period():
    demand = np.array([[4.0, 0, 4, 0, 0], [4, 4, 4, 4, 4], [0, 0, 0, 0, 0]])
    found = need_forecast(demand, horizon=3, model=MODEL)
    history = need_histories(demand[:2])
    alive = MODEL.probability_alive(**history._asdict())
    first = alive * (1 + history.frequency) / (4 + history.opportunities) * 4.0
    np.testing.assert_allclose(found.forecast[:2], first[:, None] * [1, 0.9, 0.81], rtol=1e-12)
    assert found.forecast[2].tolist() == [0, 0, 0]


def test_with_a_model_one_series_alone_is_the_same_among_many_and_without_it_learns_from_all():
    demand = (np.random.default_rng(0).random((30, 12)) < 0.4) * 3.0
    many = need_forecast(demand, model=MODEL)
    assert need_forecast(demand[4], model=MODEL).forecast[0, 0] == many.forecast[4, 0]
    assert need_forecast(demand).forecast[4, 0] != need_forecast(demand[:5]).forecast[4, 0]
    with pytest.raises(InvalidValueError, match="model"):
        need_forecast(demand, model=0.1)
