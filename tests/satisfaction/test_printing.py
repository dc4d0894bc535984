"""What prints can be read: every record that holds estimates, arrays or other records says itself in a few words."""

from __future__ import annotations

import inspect
import re
from dataclasses import is_dataclass
from datetime import date, timedelta
from importlib import import_module

import numpy as np
import pandas as pd
import pytest

import crmrisk.satisfaction as survey

ROOMS = ["crmrisk.satisfaction", "crmrisk.segmentation"]
LONG = re.compile(r"Estimate|Array|NDArray|Comparison|Interval|tuple\[[A-Z]|dict\[|Mapping")
SHORT = {"AnswerScale", "Ellipse", "Entitled", "EntitlementVariant", "ServiceEntitlements", "TagSet", "Tier"}
"""Records of a few names or numbers, which read well as they are."""


def _says_itself(record: type) -> bool:
    own = [vars(kind).get(name) for kind in record.__mro__[:-1] for name in ("__str__", "__repr__")]
    return any(each is not None and not hasattr(each, "__wrapped__") for each in own)


@pytest.mark.parametrize("room", ROOMS)
def test_every_record_that_holds_much_says_itself(room):
    module = import_module(room)
    records = [each for name in module.__all__ if inspect.isclass(each := getattr(module, name)) and is_dataclass(each)]
    lengthy = [each for each in records if any(LONG.search(str(kind)) for kind in each.__annotations__.values())]
    assert {each.__name__ for each in lengthy if not _says_itself(each)} <= SHORT


RNG = np.random.default_rng(5)
NPS, GROUP = RNG.integers(0, 11, 90), RNG.choice(list("abc"), 90)
ITEMS = pd.DataFrame(RNG.integers(1, 6, (90, 3)), columns=["price", "speed", "staff"])
OVERALL = ITEMS.sum(axis=1) + RNG.integers(0, 3, 90)
KANO = survey.kano_requirements(GROUP, ITEMS.price, ITEMS.speed, replicates=20)
PARTS = {"tangibles": ["price"], "empathy": ["speed", "staff"]}
BOUGHT = (np.repeat([f"c{number}" for number in range(60)], 3), np.tile(["2026-01-01", "2026-02-01", "2026-03-15"], 60))
UNTIL = {"as_of": date(2026, 6, 1)}

PRINTED = {
    "groups": (survey.compare_net_promoter_groups(NPS, GROUP), r"a: -?0\.\d+ .*\nheterogeneity .*\na v b: "),
    "shares": (
        survey.net_promoter_shares(counts=(20, 30, 50)),
        r"detractors 0\.2 .*\npassives 0\.3 .*\npromoters 0\.5 ",
    ),
    "rates": (survey.response_rates(survey.Dispositions(complete=60, refusal=40)), r"RR1 0\.6 \[0\.502, .*\nRR6 0\.6 "),
    "drivers": (survey.key_drivers(OVERALL, ITEMS, interval=None), r"^R² of outcome 0\.\d+ .*\n1\. \w+: 0\.\d+ of R²"),
    "ordinal": (
        survey.ordinal_drivers(np.digitize(OVERALL, [9, 12]), ITEMS[["price", "speed"]]),
        r"^R² 0\.\d+ of the opinion behind 3 steps \(n 90\)\nprice: coefficient \d\.\d+ \[.*\], 0\.\d+ of R²\n",
    ),
    "contrasts": (
        survey.penalty_reward(OVERALL, ITEMS, best=5, worst=1, interval="delta", replicates=20),
        r"no Kano categories; R² 0\.\d+ .*\nprice: reward .* penalty .* impact asymmetry ",
    ),
    "map": (
        survey.importance_performance(OVERALL, ITEMS, replicates=20),
        r"cut at performance \d.*\nprice: \w.* \(prob",
    ),
    "requirement": (KANO[0], r"^a: \w+ \(probability [\d.]+\), better 0\.\d+ .*, worse -?[\d.]+ .* \(n \d+\)$"),
    "Kano map": (survey.kano_map(KANO), r"^Kano map, worse over better\na at \(-?0\.\d+, 0\.\d+\), quadrant \w+\nb at"),
    "position": (KANO[0].position, r"^better .*, worse .*: \w+$"),
    "continuous": (KANO[0].continuous, r"^functional .*, dysfunctional .*: \w+, points of dumouchel$"),
    "leading": (KANO[0].leading_test, r"^\w+ leads \w+ by \d+, p [\d.]+$"),
    "table": (survey.evaluation_table("standard"), r"\nQAAAO\nRIIIM\n"),
    "covariance": (survey.item_covariance(ITEMS), r"^ItemCovariance\(3 items, n 90: price, speed, staff\)$"),
    "quality": (survey.servperf(ITEMS, dimensions=PARTS), r"^performance \d.*, weights: equal$"),
    "mean": (
        survey.design_mean(NPS, weights=RNG.random(90)),
        r"^\d\.\d+ \(standard error .*, design effect .*, n 90\)$",
    ),
    "segments": (survey.by_segment(np.arange(90), survey.net_promoter_score, NPS), r"\n\.\.\. and 70 more"),
    "survival": (survey.kaplan_meier(np.arange(5000.0), np.ones(5000)), r"^Kaplan-Meier of 5000 cases"),
    "cohorts": (survey.cohort_table(*BOUGHT, **UNTIL), r"^1 cohorts of 60 customers"),
    "revenue": (
        survey.revenue_movement(*BOUGHT, **UNTIL, period=timedelta(days=60)),
        r"^RevenueMovement\(60 customers, 60 to 0",
    ),
}


@pytest.mark.parametrize("name", PRINTED)
def test_records_read_like_this(name):
    record, expected = PRINTED[name]
    assert re.search(expected, str(record), re.DOTALL), str(record)
    assert max(map(len, str(record).splitlines())) < 200
    assert len(repr(record)) < 8000
