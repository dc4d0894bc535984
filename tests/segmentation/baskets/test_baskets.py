"""Reading baskets: every form gives the same table, every policy is counted, and bad input is named."""

from __future__ import annotations

from datetime import date

import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from scipy.sparse import csr_array

from crmrisk.core.errors import CrmRiskError, InvalidValueError, RecordError, SchemaError
from crmrisk.evidence import Evidence
from crmrisk.segmentation.baskets import Baskets

LINES = {
    "order": ["10", "10", "10", "9", "9", "C8", "7", "7"],
    "code": ["cup", "tea", "tea", "tea", "pot", "tea", "pot", "tea"],
    "pieces": [1, 2, 3, 1, -1, -2, 0, 4],
}
NAMES = {"basket": "order", "item": "code", "quantity": "pieces", "cancelled_prefix": "C"}


def relation(table):
    return duckdb.from_arrow(table)


ENGINES = {"pandas": pd.DataFrame, "polars": pl.DataFrame, "lazy": pl.LazyFrame, "pyarrow": pa.table}


@pytest.mark.parametrize("engine", [*ENGINES, "duckdb"])
def test_engines_agree(engine):
    frame = relation(pa.table(LINES)) if engine == "duckdb" else ENGINES[engine](LINES)
    baskets = Baskets.from_frame(frame, **NAMES)
    assert {name: baskets[name] for name in baskets.basket_id} == {"10": ("cup", "tea"), "7": ("tea",), "9": ("tea",)}
    assert baskets.left_out == {"cancelled": 1, "returned": 2}
    assert "left out: 1 cancelled, 2 returned" in repr(baskets)


def test_the_order_of_lines_is_nothing():
    frame = pd.DataFrame(LINES)
    shuffled = frame.sample(frac=1.0, random_state=3)
    assert Baskets.from_frame(shuffled, **NAMES) == Baskets.from_frame(frame, **NAMES)
    assert frame.equals(pd.DataFrame(LINES))


def test_forms_agree():
    lists = [["tea", "cup"], ["tea"], ["pot", "tea", "pot"]]
    ones = pd.DataFrame({"tea": [True, True, True], "cup": [True, False, False], "pot": [False, False, True]})
    rows = [row for row, basket in enumerate(lists) for _ in basket]
    expected = Baskets.from_lists(lists)
    assert Baskets.from_lists(map(set, lists)) == expected
    assert Baskets.from_matrix(ones) == expected
    assert Baskets.of(ones) == Baskets.of(ones.astype(int)) == Baskets.of(pl.from_pandas(ones)) == expected
    assert Baskets.of(ones[["cup", "pot", "tea"]].to_numpy()).members.tolist() == expected.members.tolist()
    assert Baskets.from_matrix(csr_array(ones.to_numpy(dtype=float)), items=["tea", "cup", "pot"]) == expected
    assert Baskets.from_pairs(rows, [item for basket in lists for item in basket]) == expected
    assert Baskets.of(expected.frame()) == Baskets.of(pl.LazyFrame(expected.frame())) == expected
    assert Baskets.of(pa.array(lists)) == Baskets.of([np.array(each) for each in lists]) == expected
    assert type(Baskets.of([np.array([7])]).items[0]) is int
    assert (expected.matrix(int).toarray() == ones[["cup", "pot", "tea"]].to_numpy()).all()


def test_a_table_is_made_of_places_and_keeps_copies():
    rows, members = np.array([1, 0, 1, 1]), np.array([0, 1, 1, 0])
    baskets = Baskets(["x", "y"], ["cup", "tea"], rows, members)
    assert (baskets["x"], baskets["y"]) == (("tea",), ("cup", "tea"))
    rows[:] = 0
    assert (baskets["y"], rows.flags.writeable) == (("cup", "tea"), True)


def test_identifiers_of_floats_are_whole_numbers():
    baskets = Baskets.from_pairs(pd.Series([17850.0, 17850.0, None]), np.array([3, 1, 2]), missing="exclude")
    assert baskets[17850] == (1, 3)
    assert baskets.left_out == {"missing_basket": 1}


def test_without_leaves_baskets_be():
    baskets = Baskets.from_lists([["tea", "postage"], ["postage"]]).without(["postage"])
    assert (len(baskets), baskets.items.tolist(), baskets[1]) == (2, ["tea"], ())
    with pytest.raises(RecordError, match="'cups': no such item"):
        baskets.without(["cups"])


@pytest.mark.parametrize(
    ("call", "error", "says"),
    [
        (lambda: Baskets.from_lists([]), RecordError, "no baskets"),
        (lambda: Baskets.from_lists("tea"), RecordError, "one collection of items each"),
        (lambda: Baskets.from_lists(3), RecordError, "got: int"),
        (lambda: Baskets.from_lists(["tea", ["cup"]]), RecordError, r"baskets\[0\]: no collection"),
        (lambda: Baskets.from_lists([["tea", None]]), RecordError, "no item; .*got: None"),
        (lambda: Baskets.from_lists([["tea", float("nan")]]), RecordError, "got: nan"),
        (lambda: Baskets.from_lists([["tea", True]]), RecordError, "got: True"),
        (lambda: Baskets.from_lists([["tea", 7]]), RecordError, "partly text"),
        (lambda: Baskets.from_lists([[["tea"]]]), RecordError, "no item"),
        (lambda: Baskets.from_matrix([[1, 2]], items=["a", "b"]), RecordError, "neither 0 nor 1"),
        (lambda: Baskets.from_matrix([[1, np.nan]], items=["a", "b"]), RecordError, "neither 0 nor 1"),
        (lambda: Baskets.from_matrix([[1, 0]], items=["a", "a"]), RecordError, "2 names, 1 different"),
        (lambda: Baskets.from_matrix([[1, 0]]), RecordError, "not one name per column"),
        (lambda: Baskets.from_matrix([1, 0], items=["a", "b"]), RecordError, "two dimensions"),
        (lambda: Baskets.from_matrix(np.empty((0, 2)), items=["a", "b"]), RecordError, "at least one row"),
        (lambda: Baskets.from_pairs([1], ["a", "b"]), SchemaError, "different lengths"),
        (lambda: Baskets.from_pairs(1, "a"), SchemaError, "not a column"),
        (lambda: Baskets.from_pairs([], []), RecordError, "no lines"),
        (lambda: Baskets.from_pairs([1, None], ["a", "b"]), RecordError, "basket missing in 1 line"),
        (lambda: Baskets.from_pairs([1, 2], ["a", ""]), RecordError, "item missing in 1 line"),
        (lambda: Baskets.from_pairs([1.5, 2], ["a", "b"]), RecordError, "basket is no whole number"),
        (lambda: Baskets.from_pairs([1], ["a"], quantities=["x"]), SchemaError, "quantity: wrong type"),
        (lambda: Baskets.from_pairs([1], ["a"], quantities=[np.nan]), RecordError, "quantity missing"),
        (lambda: Baskets.from_pairs([1], ["a"], quantities=[-1]), RecordError, "got: 1 returned"),
        (lambda: Baskets.from_pairs([1], ["a"], missing="drop"), InvalidValueError, "no such policy"),
        (lambda: Baskets.from_pairs([1], ["a"], cancelled_prefix=""), InvalidValueError, "no prefix"),
        (lambda: Baskets.from_frame(pd.DataFrame({"x": [1]})), SchemaError, r"baskets\.basket: missing column"),
        (lambda: Baskets.from_frame([[1]]), SchemaError, "not a table"),
        (lambda: Baskets.of(pd.DataFrame(LINES)), SchemaError, "neither lines nor a table"),
        (lambda: Baskets.of(pa.table({"a": [1]})), SchemaError, "neither lines nor a table"),
        (lambda: Baskets.of(pd.DataFrame({"a": [1, 2]})), RecordError, "neither 0 nor 1"),
        (lambda: Baskets.of(None), RecordError, "got: NoneType"),
        (lambda: Baskets.from_frame(pd.DataFrame({"x": [1]}), basket="x", item="x"), InvalidValueError, "two roles"),
        (lambda: Baskets.from_frame(pd.DataFrame({"x": [1]}), basket=["x"]), InvalidValueError, "no column name"),
        (lambda: Baskets(["x"], ["tea"], [0], [1]), RecordError, "outside the table"),
        (lambda: Baskets(["x"], ["tea"], [0], [0, 0]), RecordError, "not two columns of places"),
        (lambda: Baskets(["x"], ["tea"], [0.5], [0]), RecordError, "not two columns of places"),
        (lambda: Baskets.from_lists([["tea"]])[1], RecordError, "no such basket"),
    ],
)
def test_bad_input_is_named(call, error, says):
    with pytest.raises(error, match=says):
        call()


def test_everything_wrong_is_listed_at_once():
    with pytest.raises(CrmRiskError) as caught:
        Baskets.from_pairs([1, None, 3], ["a", "b", None])
    assert len(caught.value.problems) == 2


SALES = pd.DataFrame(
    {
        "customer_id": ["b", "a", "a", "a", "b", "b", "a"],
        "at": pd.to_datetime(["2026-01-02 09:00", "2026-01-02 00:00", "2026-01-02 23:59", "2026-01-07 08:00", "2026-01-02 18:00", "2026-01-03 08:00", "2026-02-01 08:00"]),
        "amount": [3.0, 4.0, 1.0, 2.0, 5.0, -5.0, 9.0],
        "product": ["tea", "tea", "cup", "pot", "cup", "cup", "late"],
    }
)  # fmt: skip


@pytest.mark.parametrize("engine", ["pandas", "polars", "lazy"])
def test_evidence_gives_what_was_bought_on_a_day_or_ever(engine):
    evidence = Evidence(transactions=ENGINES[engine](SALES))
    days = Baskets.from_evidence(evidence, date(2026, 2, 1), each="day")
    assert {name: days[name] for name in days.basket_id} == {
        "a 2026-01-02": ("cup", "tea"),
        "a 2026-01-07": ("pot",),
        "b 2026-01-02": ("cup", "tea"),
    }
    assert days.left_out == {"returned": 1}
    ever = Baskets.from_evidence(evidence, date(2026, 2, 2), each="customer")
    assert (ever["a"], ever["b"]) == (("cup", "late", "pot", "tea"), ("cup", "tea"))


@pytest.mark.parametrize(
    ("call", "error", "says"),
    [
        (lambda: Baskets.from_evidence(SALES, date(2026, 2, 1)), InvalidValueError, "evidence"),
        (lambda: Baskets.from_evidence(Evidence(transactions=SALES), date(2026, 1, 1)), RecordError, "nobody bought"),
        (lambda: Baskets.from_evidence(Evidence(transactions=SALES), date(2026, 2, 1), each="week"), InvalidValueError, "no such basket"),
        (lambda: Baskets.from_evidence(Evidence(transactions=SALES.drop(columns="product")), date(2026, 2, 1)), SchemaError, "product: missing"),
        (lambda: Baskets.from_evidence(Evidence(customers=pd.DataFrame({"customer_id": ["a"]})), date(2026, 2, 1)), SchemaError, "not given"),
    ],
)  # fmt: skip
def test_evidence_without_baskets_is_named(call, error, says):
    with pytest.raises(error, match=says):
        call()
