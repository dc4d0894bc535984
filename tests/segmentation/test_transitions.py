"""Counting transitions, from segments, histories and counts; and Online Retail by quarter."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from crmrisk.core.errors import CrmRiskError, InvalidValueError, PortfolioError
from crmrisk.core.segments import Segments
from crmrisk.segmentation.future_book import expected_book
from crmrisk.segmentation.migration_tests import momentum_test, stationarity_test
from crmrisk.segmentation.tier_application import apply_policy
from crmrisk.segmentation.tier_policy import TierPolicy
from crmrisk.segmentation.tier_simulation import autoregressive_history
from crmrisk.segmentation.transitions import migration_history, transition_matrix

NAMES = ("basic", "gold", "platinum")


@pytest.fixture(scope="module")
def history():
    rng = np.random.default_rng(5)
    codes = rng.integers(-1, 3, (4, 60))
    return [Segments([f"C{n}" for n in range(60)], row, NAMES, ordered=True) for row in codes]


def test_against_a_loop(history):
    moved = transition_matrix(history)
    pairs, triples = np.zeros((3, 3, 3)), np.zeros((3, 3, 3))
    for customer in range(60):
        seen = [each.codes[customer] for each in history]
        for t in range(3):
            if min(seen[t : t + 2]) >= 0:
                pairs[t, seen[t], seen[t + 1]] += 1
        for t in range(2):
            if min(seen[t : t + 3]) >= 0:
                triples[seen[t], seen[t + 1], seen[t + 2]] += 1
    assert np.array_equal(moved.by_period, pairs)
    assert np.array_equal(moved.triples, triples)
    assert moved.entries.sum() == moved.exits.sum() == 0  # unrated is neither
    assert moved.sizes.tolist() == [list(each.sizes().values()) for each in history]


def test_all_ways_in_agree(history):
    moved = transition_matrix(history)
    rows = pd.concat([each.frame().assign(period=t + 1) for t, each in enumerate(history)])
    shuffled = rows.sample(frac=1.0, random_state=1)
    assert migration_history(shuffled, names=NAMES, ordered=True) == moved
    renamed = shuffled.rename(columns={"customer_id": "who"})
    assert migration_history(renamed, names=NAMES, ordered=True, rename={"who": "customer_id"}) == moved
    columns = (shuffled["customer_id"].to_numpy(), shuffled["period"].tolist(), shuffled["segment"])
    assert migration_history(*columns, names=NAMES, ordered=True) == moved
    two = transition_matrix(history[0], history[1])
    assert np.array_equal(two.counts, moved.by_period[0])
    labels = transition_matrix(history[0].labels, history[1].labels.tolist(), names=NAMES, ordered=True)
    assert np.array_equal(labels.counts, two.counts)
    assert np.array_equal(transition_matrix(counts=two.counts).counts, two.counts)


def test_other_engines(history):
    pl = pytest.importorskip("polars")
    rows = pd.concat([each.frame().assign(period=t + 1) for t, each in enumerate(history)])
    frame = pl.DataFrame({name: rows[name].astype(object).where(rows[name].notna(), None).tolist() for name in rows})
    assert migration_history(frame, names=NAMES, ordered=True) == transition_matrix(history)


def test_permutation_changes_nothing(history):
    order = np.random.default_rng(2).permutation(60)
    mixed = [Segments(e.customer_id[order], e.codes[order], NAMES, ordered=True) for e in history[:2]]
    assert transition_matrix([*mixed, *history[2:]]) == transition_matrix(history)


def test_entries_and_exits():
    q1 = Segments(["a", "b"], [0, 1], NAMES)
    q2 = Segments(["b", "c", "d"], [2, 0, 0], NAMES)
    moved = transition_matrix(q1, q2, periods=["Q1", "Q2"])
    assert (moved.entries.tolist(), moved.exits.tolist()) == ([[2, 0, 0]], [[1, 0, 0]])
    assert moved.counts.sum() == 1
    left = transition_matrix(q1, q2, gone="left")
    assert left.estimate("basic", "left").value == 1.0
    assert left.exits.sum() == 0


@pytest.mark.parametrize(
    "wrong",
    [
        {},
        {"before": ["a"], "counts": [[1]]},
        {"before": ["a"]},
        {"before": ["a"], "after": ["a", "b"]},
        {"before": ["a", "b"], "after": ["a", "b"], "names": ("a",)},
        {"counts": [[1, 2]]},
        {"counts": [[1, -2], [1, 1]]},
        {"counts": [[1, np.nan], [1, 1]]},
        {"counts": "many"},
        {"counts": [[1, 2], [1, 1]], "names": ("a", "a")},
        {"counts": [[1, 2], [1, 1]], "periods": ["Q1"]},
        {"counts": [[1, 2], [1, 1]], "absorbing": ("gone",)},
        {"counts": [[1, 2], [1, 1]], "names": ("a", "b"), "absorbing": ("b",)},
        {"before": 3, "after": 4},
        {"before": [Segments(["a"], [0], NAMES), 3]},
        {"before": Segments(["a"], [0], NAMES), "after": ["gold"]},
    ],
)
def test_bad_input(wrong):
    with pytest.raises(CrmRiskError):
        transition_matrix(**wrong)


def test_bad_frames():
    with pytest.raises(PortfolioError, match="'segment'"):
        migration_history(pd.DataFrame({"customer_id": [1], "period": [1]}))
    with pytest.raises(PortfolioError, match="no frame to read"):
        migration_history([1, 2, 3])
    with pytest.raises(InvalidValueError, match="left it"):
        migration_history([1, 1], [1, 2], ["gone", "back"], absorbing=("gone",))


@pytest.mark.realdata
def test_online_retail_by_quarter(data_folder):
    columns = ["InvoiceNo", "Quantity", "InvoiceDate", "UnitPrice", "CustomerID"]
    lines = pd.read_parquet(data_folder / "online_retail.parquet", columns=columns).dropna(subset="CustomerID")
    bought = lines[lines["Quantity"] > 0]
    at = pd.to_datetime(bought["InvoiceDate"]).dt
    quarter = ((at.year * 12 + at.month - (2010 * 12 + 12)) // 3).rename("quarter")  # the first begins in December 2010
    spend = (bought["Quantity"] * bought["UnitPrice"]).groupby([bought["CustomerID"], quarter]).sum()
    rows = spend[spend.index.get_level_values(1) < 4].rename_axis(["customer_id", "period"]).reset_index(name="spend")
    rows["segment"] = pd.cut(rows["spend"], [-1, 300, 1500, 1e9], labels=["low", "middle", "high"])
    names = ("low", "middle", "high")
    moved = migration_history(rows, names=names, ordered=True, gone="silent")
    assert moved.names == ("silent", *names)
    assert moved.sizes[0].sum() + moved.entries.sum() == rows["customer_id"].nunique()
    stay = {name: moved.estimate(name, name).value for name in names}
    assert stay["high"] > stay["middle"] > 0.3  # who spends much stays, and segments mean something
    assert stationarity_test(moved).verdict == "rejected"  # autumn is the season of gifts
    assert momentum_test(moved).test.verdict == "rejected"
    book = expected_book(moved, periods=4, entries="observed", draws=200)
    assert book.expected[-1].sum() == pytest.approx(moved.sizes[-1].sum() + 4 * moved.entries.sum() / 3)
    assert (book.low <= book.expected).all()
    assert moved.flow().sizes(3)["high"] == moved.sizes[3][3]
    assert moved.flow(outside=None).sizes(3)["high"] == moved.sizes[3][3] - moved.entries[2][3]


def test_a_history_of_tiers_and_several_segments_are_read_as_they_are():
    rng = np.random.default_rng(4)
    history = autoregressive_history(200, 6, correlation=0.7, rng=rng)
    tiers = apply_policy(TierPolicy.from_cuts("value", {"silver": 0, "gold": 1}), history)
    moved = migration_history(tiers)
    assert (moved.names, moved.ordered) == (("base", "silver", "gold"), True)
    assert moved.periods[:2] == ("2026-01-01", "2026-01-31")
    assert moved.counts.sum() == 200 * 5
    same = migration_history([tiers.at(place) for place in range(6)])
    assert np.array_equal(same.by_period, moved.by_period)
    by_frame = migration_history(
        tiers.frame(words=False), rename={"at": "period", "tier": "segment"}, names=tiers.names
    )
    assert np.array_equal(by_frame.by_period, moved.by_period)
    assert moved.up_down_ratio().value == pytest.approx(
        np.triu(moved.counts, 1).sum() / np.tril(moved.counts, -1).sum()
    )
