"""The segmenter: scales, names, words, stability of customers, and what it says of clusters that are none."""

from datetime import date, datetime

import numpy as np
import pytest

from crmrisk import Input, Portfolio
from crmrisk.core.codec import dump_component, load_component
from crmrisk.core.errors import FitError, InvalidValueError, MissingInputsError
from crmrisk.segmentation.clusters import ClusterSegmenter, FittedClusterSegmenter
from crmrisk.segmentation.column_scales import learn_scale
from crmrisk.segmentation.profile import Trait

AS_OF = date(2026, 1, 31)
FEW = {"replicates": 6, "starts": 3}


def portfolio(labels=None, **columns):
    n = len(next(iter((columns | (labels or {})).values())))
    return Portfolio([f"C{i}" for i in range(n)], AS_OF, columns, labels)


def two_kinds(n=60, seed=0):
    rng = np.random.default_rng(seed)
    kind = np.arange(n) % 3 == 0
    idle, spend = (
        np.where(kind, rng.normal(200, 20, n), rng.normal(20, 5, n)),
        rng.lognormal(5, 0.2, n) * (10 - 8 * kind),
    )
    return portfolio({"region": np.where(kind, "north", "south")}, idle_days=idle, spend=spend), kind


MIXED = (Input("idle_days"), Input("spend"), Input("region", "label"))


@pytest.mark.parametrize(
    "settings",
    [
        {"inputs": ("idle_days", "spend"), "log": "spend"},
        {"inputs": ("idle_days", "spend"), "scaling": "robust", "method": "k-medoids", "distance": "manhattan"},
        {"inputs": ("idle_days", "spend"), "method": "hierarchical", "linkage": "single"},
        {"inputs": MIXED, "method": "k-medoids"},
        {"inputs": MIXED, "method": "hierarchical"},
        {"inputs": MIXED, "method": "k-prototypes"},
    ],
    ids=str,
)
def test_every_method_finds_the_two_kinds(settings):
    book, kind = two_kinds()
    fitted = ClusterSegmenter(k=2, **settings, **FEW).fit(book)
    segments = fitted.segment(book)
    assert np.array_equal(segments.labels == "cluster 2", kind)  # the smaller one comes second
    assert segments.sizes() == {"cluster 1": 40, "cluster 2": 20}
    assert fitted.stability == "highly stable"
    assert not fitted.warnings
    assert (segments.stability == 1.0).all()
    assert "nearest to the centre of" in segments.reason[0]
    assert load_component(dump_component(fitted)).segment(book) == segments


def test_units_and_names_that_are_not_stated_are_those_of_the_portfolio():
    book, kind = two_kinds()
    units = {"idle_days": "day", "spend": "money"}
    book = Portfolio(book.customer_id, AS_OF, dict(book.columns), dict(book.labels), units=units)
    numbers = ClusterSegmenter(inputs=("idle_days", "spend"), k=2, **FEW)
    assert [each.unit for each in numbers.fit(book).inputs] == ["day", "money"]
    assert [each.unit for each in numbers.inputs] == ["", ""]
    mixed = ClusterSegmenter(inputs=("idle_days", "spend", "region"), k=2, method="k-medoids", **FEW).fit(book)
    assert mixed.inputs[2] == Input("region", "label")
    assert np.array_equal(mixed.segment(book).labels == "cluster 2", kind)
    with pytest.raises(InvalidValueError, match=r"no mean of names; got: region; remedy: method=.k-prototypes"):
        ClusterSegmenter(inputs=("idle_days", "region"), k=2).fit(book)
    with pytest.raises(MissingInputsError, match="other unit"):
        ClusterSegmenter(inputs=(Input("idle_days", "week"), "spend"), k=2).fit(book)


def test_a_new_customer_joins_the_nearest_centre_on_the_stored_scale():
    book, _ = two_kinds()
    fitted = ClusterSegmenter(inputs=("idle_days", "spend"), k=2, **FEW).fit(book)
    new = portfolio(idle_days=[190.0, 3.0, None], spend=[300.0, 2000.0, 5.0])
    assert fitted.segment(new).labels.tolist() == ["cluster 2", "cluster 1", None]
    assert fitted.clusters[0].centre["idle_days"] == pytest.approx(book["idle_days"][book["idle_days"] < 100].mean())


def test_a_name_never_seen_is_no_error_and_the_numbers_decide():
    book, _ = two_kinds()
    fitted = ClusterSegmenter(inputs=MIXED, k=2, method="k-prototypes", **FEW).fit(book)
    new = portfolio({"region": ["moon"]}, idle_days=[199.0], spend=[300.0])
    assert fitted.segment(new).labels.tolist() == ["cluster 2"]


def test_k_is_chosen_and_the_curve_stays():
    book, _ = two_kinds()
    chosen = ClusterSegmenter(inputs=("idle_days", "spend"), k=range(2, 5), **FEW).fit(book)
    assert chosen.k == chosen.choice.k == 2
    assert [point.k for point in chosen.choice.curve] == [2, 3, 4]
    stated = ClusterSegmenter(inputs=("idle_days", "spend"), k=2, **FEW).fit(book)
    assert stated.clusters == chosen.clusters


def test_one_cloud_has_no_clusters_by_the_gap():
    cloud = np.random.default_rng(4).uniform(size=(80, 2))
    book = portfolio(a=cloud[:, 0], b=cloud[:, 1])
    fitted = ClusterSegmenter(inputs=("a", "b"), k=(1, 2), criterion="gap", **FEW).fit(book)
    assert fitted.names == ("cluster 1",)
    assert any("finds no clusters" in warning for warning in fitted.warnings)


def test_unstable_clusters_say_so():
    cloud = np.random.default_rng(4).normal(size=(80, 2))
    fitted = ClusterSegmenter(inputs=("a", "b"), k=6, replicates=20).fit(portfolio(a=cloud[:, 0], b=cloud[:, 1]))
    assert fitted.stability == "unstable"
    assert "UNSTABLE" in str(fitted).splitlines()[0]
    assert any("is unstable: mean Jaccard" in warning for warning in fitted.warnings)
    assert fitted.segment(portfolio(a=[0.05], b=[0.3])).stability[0] < 1.0


def test_rows_in_any_order_give_the_same_model():
    book, _ = two_kinds()
    spec = ClusterSegmenter(inputs=MIXED, k=(2, 3), method="k-prototypes", **FEW)
    order = np.random.default_rng(1).permutation(len(book))
    assert spec.fit(book) == spec.fit(book.take(order))


def test_above_the_sample_the_notes_say_what_was_looked_at():
    book, kind = two_kinds(300)
    fitted = ClusterSegmenter(inputs=("idle_days", "spend"), k=2, method="k-medoids", sample=50, **FEW).fit(book)
    assert np.array_equal(fitted.segment(book).labels == "cluster 2", kind)
    assert fitted.warnings == ("looked at 50 of 300 customers for clusters, the silhouette, stability",)


def test_the_profile_says_what_is_typical():
    book, _ = two_kinds()
    fitted = ClusterSegmenter(inputs=MIXED, k=2, method="k-prototypes", names=("active", "asleep"), **FEW).fit(book)
    table = fitted.profile().set_index("cluster")
    assert table.loc["asleep", "size"] == 20
    assert table.loc["asleep", "region"] == "north"
    assert "idle_days high (+1.4 sd)" in table.loc["asleep", "words"]
    assert "region mostly north (100 % against 33 %)" in table.loc["asleep", "words"]
    renamed = fitted.renamed({"asleep": "lapsed"})
    assert renamed.names == ("active", "lapsed")
    assert np.array_equal(renamed.segment(book).codes, fitted.segment(book).codes)


@pytest.mark.parametrize(
    ("deviations", "words"),
    [
        (0.2, "age average"),
        (-0.3, "age rather low (-0.3 sd)"),
        (0.75, "age high (+0.8 sd)"),
        (-2.0, "age very low (-2.0 sd)"),
    ],
)
def test_deviations_in_words(deviations, words):
    assert str(Trait("age", 1.0, deviations)) == words


@pytest.mark.parametrize("scaling", ["standard", "robust", "none", "range"])
@pytest.mark.parametrize("log", [False, True])
def test_scales_are_undone_exactly_enough(scaling, log):
    values = np.array([-50.0, 0.0, 3.0, 8.0, 1000.0])
    scale = learn_scale("spend", values, scaling, log=log)
    assert [scale.natural(x) for x in scale.scaled(values)] == pytest.approx(values, rel=1e-9, abs=1e-9)
    assert (np.diff(scale.scaled(values)) > 0).all()


@pytest.mark.parametrize(
    ("settings", "columns", "words"),
    [
        ({"k": 2}, {"a": [1, 1, 1], "b": [2, 2, 2]}, "(?s)2 problems.*a: one value for all.*b: one value for all"),
        ({"k": 3}, {"a": [1, 1, 2], "b": [2, 2, 1]}, "k: more clusters than different rows; allowed: at most 2 of 3"),
        ({"k": 2}, {"a": [1, None], "b": [2, 3]}, "fewer than two customers have every input; got: 1 of 2"),
        ({"k": 2}, {"a": [], "b": []}, "fewer than two customers"),
        ({"k": 2}, {"a": [1, 2, 1e200], "b": [1, 2, 3]}, "a: numbers whose squares overflow"),
        ({"k": 2, "scaling": "robust"}, {"a": [0, 0, 0, 0, 1], "b": [1, 2, 3, 4, 5]}, "a: no spread between the quart"),
        ({"k": 2, "method": "k-medoids", "asymmetric": "a"}, {"a": [1, 2], "b": [1, 2]}, "a: no column of 0 and 1"),
    ],
)
def test_customers_that_make_no_clusters_are_named(settings, columns, words):
    with pytest.raises(FitError, match=words):
        ClusterSegmenter(inputs=("a", "b"), **settings).fit(portfolio(**columns))


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        (
            {"inputs": ("a", "a"), "log": "z"},
            "(?s)2 problems.*inputs: read twice; got: a.*log: no numbers that are read",
        ),
        ({"inputs": (Input("a"), Input("r", "label"))}, "method: k-means has no mean of names; got: r"),
        ({"method": "k-prototypes"}, "k-prototypes reads numbers and names"),
        ({"k": 0}, "k should be a whole number >= 1"),
        ({"k": (1, 2)}, "one cluster has no silhouette"),
        ({"k": (1, 2), "criterion": "gap", "method": "k-medoids"}, "the gap statistic compares k-means"),
        ({"k": 2, "names": ("x",)}, "names: not one per cluster"),
        ({"method": "hierarchical", "linkage": "ward", "distance": "manhattan"}, "ward is Euclidean"),
        ({"distance": "manhattan"}, "k-means is Euclidean"),
        ({"inputs": (Input("a", optional=True), "b")}, "inputs: optional"),
    ],
)
def test_settings_that_contradict_each_other_are_named(settings, words):
    with pytest.raises(InvalidValueError, match=words):
        ClusterSegmenter(**{"inputs": ("a", "b")} | settings)


def test_missing_columns_and_foreign_centres_are_named():
    with pytest.raises(MissingInputsError, match=r"(?s)a: missing input.*b: missing input"):
        ClusterSegmenter(inputs=("a", "b")).fit(portfolio(c=[1, 2]))
    fitted = ClusterSegmenter(inputs="a", k=2, **FEW).fit(portfolio(a=[1, 2, 9]))
    with pytest.raises(InvalidValueError, match="centre of other columns"):
        FittedClusterSegmenter(
            **{name: getattr(fitted, name) for name in type(fitted).model_fields} | {"inputs": (Input("b"),)}
        )
    with pytest.raises(InvalidValueError, match="no such names"):
        fitted.renamed({"cluster 9": "x"})


@pytest.mark.realdata
def test_online_retail_has_two_kinds_of_customers_that_come_back(data_folder):
    import pandas as pd

    columns = ["CustomerID", "InvoiceNo", "InvoiceDate", "Quantity", "UnitPrice"]
    lines = pd.read_parquet(data_folder / "online_retail.parquet", columns=columns).dropna(subset="CustomerID")
    lines = lines.assign(amount=lines["Quantity"] * lines["UnitPrice"]).query("amount > 0")
    by = lines.groupby("CustomerID").agg(
        last=("InvoiceDate", "max"), frequency=("InvoiceNo", "nunique"), monetary=("amount", "sum")
    )
    idle = (datetime(2011, 12, 10) - by["last"]).dt.days
    features = {"idle_days": idle, "frequency": by["frequency"], "monetary": by["monetary"]}
    book = Portfolio([f"{int(each)}" for each in by.index], date(2011, 12, 10), features)
    spec = {"inputs": tuple(features), "starts": 3, "replicates": 10, "sample": 500}
    fitted = ClusterSegmenter(k=range(2, 5), log=True, **spec).fit(book)
    assert (fitted.k, fitted.customers, fitted.stability) == (2, 4338, "highly stable")
    smaller = fitted.clusters[1]
    assert "idle_days low" in smaller.words
    assert "frequency high" in smaller.words
    raw = ClusterSegmenter(k=4, **spec).fit(book)  # a few giants make clusters that do not come back
    assert raw.stability in {"unstable", "doubtful"}
    assert raw.clusters[-1].size < 20
    assert any(warning.startswith("cluster 4 is") for warning in raw.warnings)
