from __future__ import annotations

from datetime import date, datetime

import numpy as np
import pandas as pd
import pytest

from crmrisk.core.codec import dump_component, load_component
from crmrisk.core.errors import FitError, InputRangeError, InvalidValueError, MissingInputsError
from crmrisk.core.portfolio import Portfolio
from crmrisk.evidence import Evidence, Purchases
from crmrisk.segmentation.rfm import FittedRfmSegmenter, RfmSegmenter
from crmrisk.segmentation.rfm_cuts import RfmCuts
from crmrisk.segmentation.rfm_presets import complete_segments, published_segments
from crmrisk.segmentation.rfm_segments import RfmBox, SegmentBoxes

DAY = date(2026, 1, 31)
COLUMNS = {"recency": "days", "frequency": "orders", "monetary": "revenue"}
# D-F: cut points of R rfm at as-of 2006-12-31, the plus 1 included
PUBLISHED = FittedRfmSegmenter(
    cuts=RfmCuts(
        recency=(115, 181, 297.4, 482), frequency=(4, 5, 6, 8), monetary=(255.8, 382, 506.4, 666), closed="left"
    ),
    segments=published_segments(),
    **COLUMNS,
)


def _book(days, orders, revenue, names=None) -> Portfolio:
    names = [f"C{i}" for i in range(len(days))] if names is None else names
    return Portfolio(names, DAY, {"days": days, "orders": orders, "revenue": revenue})


@pytest.mark.parametrize(
    ("days", "orders", "revenue", "score", "segment"),
    [  # published in the README of R rfm (S2a1 to S2a4), or executed with its rules
        pytest.param(205, 6, 472, 343, "Potential Loyalist", id="S2a1"),
        pytest.param(140, 3, 340, 412, "New Customers", id="S2a2"),
        pytest.param(194, 4, 405, 323, "Loyal Customers", id="S2a3"),
        pytest.param(98, 7, 596, 544, "Potential Loyalist", id="S2a4"),
        pytest.param(90, 9, 843, 555, "Champions", id="S2a7, the best"),
        pytest.param(160, 7, 779, 445, "Potential Loyalist", id="S2a7"),
        pytest.param(246, 4, 157, 321, "About To Sleep", id="S2a6"),
        pytest.param(281, 8, 699, 355, "Potential Loyalist", id="S2a6, frequent"),
    ],
)
def test_published_customers_of_the_r_package(days, orders, revenue, score, segment):
    book = _book([days], [orders], [revenue])
    assert PUBLISHED.scores(book)["C0"].score == score
    assert PUBLISHED.segment(book)["C0"].label == segment


def test_cuts_are_kept_for_other_customers_and_later_dates():
    rng = np.random.default_rng(5)
    book = _book(rng.integers(0, 400, 300), rng.poisson(3, 300) + 1, rng.gamma(2, 50, 300).round(2))
    fitted = RfmSegmenter(**COLUMNS).fit(book)
    low = book.take(np.flatnonzero(book["revenue"] < 60))
    assert fitted.segment(low)["C5" if "C5" in low.customer_id else low.customer_id[0]] is not None
    for customer in low.customer_id[:20]:
        assert fitted.segment(low)[customer] == fitted.segment(book)[customer]
    assert RfmSegmenter(**COLUMNS).fit(low).cuts != fitted.cuts


def test_equal_customers_share_a_segment_in_any_order():
    book = _book([5.0] * 7 + [9.0] * 3, [1.0] * 10, [20.0] * 10)
    fitted = RfmSegmenter(**COLUMNS).fit(book)
    assert len(set(fitted.segment(book).labels[:7])) == 1
    assert RfmSegmenter(**COLUMNS).fit(book.take(np.arange(9, -1, -1))) == fitted


def test_who_lacks_evidence_has_neither_scores_nor_segment_and_teaches_nothing():
    book = _book([1, 2, None, 300], [5, None, 3, 1], [100, 50, 20, 10])
    fitted = RfmSegmenter(groups=2, **COLUMNS).fit(book)
    assert fitted == RfmSegmenter(groups=2, **COLUMNS).fit(book.take([0, 3]))
    np.testing.assert_array_equal(fitted.scores(book).score, [222, np.nan, np.nan, 111])
    assert fitted.segment(book).labels.tolist() == ["Champions", None, None, "Lost"]
    assert fitted.scores(book)["C1"].recency is None
    assert fitted.scores(book).frame()["score"].isna().tolist() == [False, True, True, False]


def test_reasons_say_what_the_scores_mean():
    segment = PUBLISHED.segment(_book([205], [6], [472.0]))["C0"]
    assert (
        segment.reason
        == "idle days from 181 under 297.4 (R3), purchases from 6 under 8 (F4), amount from 382 under 506.4 (M3)"
    )


def test_evidence_merges_the_purchases_of_a_day_and_nets_refunds():
    at = [datetime(2026, 1, 10, 9), datetime(2026, 1, 10, 17), *(datetime(2026, 1, day) for day in (20, 25, 5))]
    sales = pd.DataFrame({"customer_id": ["A", "A", "A", "A", "B"], "at": at, "amount": [30.0, 20, 50, -40, 10]})
    portfolio = Evidence(transactions=sales).portfolio(datetime(2026, 1, 30))
    values = RfmSegmenter().values(portfolio)
    np.testing.assert_array_equal(values["recency"], [10, 25])  # the refund of the 25th is no purchase
    np.testing.assert_array_equal(values["frequency"], [2, 1])
    np.testing.assert_array_equal(values["monetary"], [60, 10])
    np.testing.assert_array_equal(RfmSegmenter(refunds="ignore").values(portfolio)["monetary"], [100, 10])
    assert RfmSegmenter(groups=2).fit(portfolio).segment(portfolio).labels.tolist() == ["Champions", "Lost"]


def test_own_cuts_learn_nothing():
    cuts = RfmCuts(recency=(30,), frequency=(1,), monetary=(100,))
    segmenter = RfmSegmenter(cuts=cuts, **COLUMNS)
    assert segmenter.n_groups == 2
    nobody = _book([None], [None], [None])
    assert segmenter.fit(nobody).cuts == cuts
    assert segmenter.fit(nobody).segment(_book([30], [2], [100.01])).labels[0] == "Champions"


def test_parity_with_r_is_a_switch():
    book = _book(np.arange(1, 101), np.arange(1, 101), np.arange(1, 101) / 4)
    default, parity = (each.model_copy(update=COLUMNS).fit(book) for each in (RfmSegmenter(), RfmSegmenter.r_rfm()))
    assert parity.cuts.monetary == tuple(cut + 1 for cut in default.cuts.monetary)
    assert (parity.cuts.closed, default.cuts.closed) == ("left", "right")
    assert parity.names[-1] == "Others"
    # the 1 presumes whole numbers: with quarters, four customers above each of the four cuts fall into the group below
    assert int((parity.scores(book).monetary != default.scores(book).monetary).sum()) == 16


def test_groups_must_be_one_number():
    cuts = RfmCuts(recency=(30,), frequency=(1,), monetary=(100,))
    with pytest.raises(InvalidValueError, match="cuts of another number of groups"):
        RfmSegmenter(cuts=cuts, groups=3)
    with pytest.raises(InvalidValueError, match=r"complete_segments\(2\)"):
        RfmSegmenter(cuts=cuts, segments=published_segments())
    with pytest.raises(InvalidValueError, match="segments of another cube"):
        FittedRfmSegmenter(cuts=cuts, segments=complete_segments(5))
    three = SegmentBoxes([RfmBox("all", (1, 3), (1, 3), (1, 3))], groups=3)
    assert RfmSegmenter(segments=three).n_groups == 3
    for groups in (1, 10, 2.5, "five"):
        with pytest.raises(InvalidValueError, match="groups"):
            RfmSegmenter(groups=groups)
    with pytest.raises(InvalidValueError, match="read as two things"):
        RfmSegmenter(recency="x", frequency="x")


def test_bad_customers_are_refused():
    with pytest.raises(FitError, match="none of 1 customers"):
        RfmSegmenter(**COLUMNS).fit(_book([None], [1], [1]))
    with pytest.raises(MissingInputsError, match="revenue"):
        RfmSegmenter(**COLUMNS).fit(Portfolio(["C1"], DAY, {"days": [1], "orders": [1]}))
    with pytest.raises(InputRangeError, match="days"):
        RfmSegmenter(**COLUMNS).fit(_book([-1], [1], [1]))
    with pytest.raises(InvalidValueError, match="portfolio"):
        RfmSegmenter(**COLUMNS).fit(pd.DataFrame({"days": [1]}))


def test_one_customer_is_enough():
    book = _book([3], [1], [-20.0])
    fitted = RfmSegmenter(**COLUMNS).fit(book)
    assert fitted.segment(book).labels[0] in fitted.names


def test_json():
    for component in (PUBLISHED, RfmSegmenter(groups=3, method="rank", **COLUMNS), RfmSegmenter.r_rfm()):
        assert load_component(dump_component(component)) == component


@pytest.mark.realdata
def test_online_retail_is_what_a_query_by_hand_gives(data_folder):
    columns = ["CustomerID", "InvoiceDate", "Quantity", "UnitPrice"]
    lines = pd.read_parquet(data_folder / "online_retail.parquet", columns=columns).dropna()
    lines["amount"] = lines["Quantity"] * lines["UnitPrice"]
    evidence = Evidence(transactions=lines, rename={"transactions": {"CustomerID": "customer_id", "InvoiceDate": "at"}})
    book = evidence.portfolio(datetime(2011, 9, 1), [Purchases()])
    fitted = RfmSegmenter().fit(book)
    known = lines[lines["InvoiceDate"] <= "2011-09-01"]
    bought = known[known["amount"] > 0].assign(day=known["InvoiceDate"].dt.normalize()).groupby("CustomerID")
    table = pd.DataFrame({"idle": (pd.Timestamp("2011-09-01") - bought["day"].max()).dt.days})
    table["days"] = bought["day"].nunique()
    table["net"] = known.groupby("CustomerID")["amount"].sum()
    scores = fitted.scores(book).frame().dropna().set_index("customer_id").loc[table.index.astype(int).astype(str)]
    for name, column, sign in (("recency", "idle", -1), ("frequency", "days", 1), ("monetary", "net", 1)):
        values = table[column].round(6)  # sums differ in the last bits
        cut = values.quantile([0.2, 0.4, 0.6, 0.8]).to_numpy()
        group = 1 + (values.to_numpy()[:, None] > cut[None, :] + 1e-7).sum(axis=1)
        np.testing.assert_array_equal(scores[name], group if sign > 0 else 6 - group, err_msg=name)
    assert (fitted.segment(book).rated == ~np.isnan(book["frequency"])).all()
    later = evidence.portfolio(datetime(2011, 12, 1), [Purchases()])
    assert fitted.segment(later).sizes().keys() == fitted.segment(book).sizes().keys()
    assert fitted.segment(later).sizes() != fitted.segment(book).sizes()
