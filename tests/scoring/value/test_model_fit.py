"""What a fit hands back: consistent tables, a readable document, plain words."""

from __future__ import annotations

import json

import numpy as np
import pytest

from crmrisk.core.errors import InvalidValueError
from crmrisk.scoring.value import BetaGeoNBD, ModelFit


@pytest.fixture(scope="module")
def fit():
    rng = np.random.default_rng(12)
    simulated = BetaGeoNBD(r=0.6, alpha=5, a=0.8, b=3).simulate(rng.uniform(5, 90, 900), rng=rng)
    return BetaGeoNBD.fit(*simulated[:3])


def test_tables_agree_with_each_other(fit):
    values, logs = np.array(list(fit.estimates.values())), np.array(list(fit.log_standard_errors.values()))
    assert list(fit.estimates) == list(fit.standard_errors) == ["r", "alpha", "a", "b"]
    assert list(fit.standard_errors.values()) == pytest.approx(values * logs)
    assert np.sqrt(np.diag(fit.covariance)) == pytest.approx(values * logs)
    assert np.linalg.eigvalsh(fit.covariance).min() > 0
    assert fit.aic - fit.bic == pytest.approx(8 - 4 * np.log(900))
    assert fit.condition_number > 1


def test_it_is_a_readable_document(fit):
    document = json.loads(fit.model_dump_json())
    assert document["model"] == fit.model.model_dump()
    assert document["not_identified"] == []
    assert ModelFit[BetaGeoNBD].model_validate(document) == fit


def test_it_is_frozen_and_the_model_stands_alone(fit):
    with pytest.raises(Exception, match="frozen"):
        fit.n = 3
    assert fit.model == BetaGeoNBD(**fit.estimates)


def test_a_spoilt_document_is_refused(fit):
    with pytest.raises(InvalidValueError):
        ModelFit[BetaGeoNBD].model_validate({**fit.model_dump(), "log_likelihood": "high"})
