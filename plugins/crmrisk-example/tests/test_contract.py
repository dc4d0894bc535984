"""The conformance kit on the plugin's scorer: what every scorer promises."""

import pytest
from crmrisk_example import PaymentDelayScorer

from crmrisk.testing import run_scorer_checks, scorer_checks

SCORERS = [PaymentDelayScorer(), PaymentDelayScorer(grace=0, half_life=1)]


@pytest.mark.parametrize("check", scorer_checks(), ids=str)
@pytest.mark.parametrize("scorer", SCORERS, ids=["default", "strict"])
def test_contract(scorer, check):
    check(scorer)


def test_only_explanations_do_not_apply():
    assert run_scorer_checks(PaymentDelayScorer()) == len(scorer_checks()) - 1
