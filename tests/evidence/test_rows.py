from __future__ import annotations

import narwhals.stable.v2 as nw
import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmrisk.core.errors import RecordError
from crmrisk.evidence.rows import Rows, aligned, collected_rows, order_of, union_of


@settings(max_examples=200, deadline=None)
@given(st.lists(st.text(alphabet="ab1é\U0001f600\x00 ", max_size=12), unique=True))
def test_text_is_ordered_as_python_orders_it(texts):
    ids = pa.array(texts, pa.large_string())
    assert ids.take(pa.array(order_of(ids))).to_pylist() == sorted(texts)


def test_a_slice_is_ordered_by_its_own_content():
    ids = pa.array(["z", "c", "a", "b"], pa.large_string()).slice(1)
    assert order_of(ids).tolist() == [1, 2, 0]


def test_texts_that_share_their_beginning_are_ordered_too():
    texts = [f"customer-{number:05d}" for number in np.random.default_rng(1).permutation(2000)]
    ids = pa.array(texts, pa.large_string())
    assert ids.take(pa.array(order_of(ids))).to_pylist() == sorted(texts)


def test_rows_are_sorted_by_text_and_must_be_unique():
    table = pa.table({"customer_id": pa.chunked_array([[10], [9, 100]]), "x": pa.chunked_array([[1.0, 2.0], [3.0]])})
    rows = collected_rows(nw.from_native(table).lazy(), where="here")
    assert (rows.ids.to_pylist(), rows.columns["x"].to_pylist()) == (["10", "100", "9"], [1.0, 3.0, 2.0])
    with pytest.raises(RecordError, match=r"here: 1 customer\(s\) with several rows"):
        collected_rows(nw.from_native(pa.table({"customer_id": [1, 1]})).lazy(), where="here")


@settings(max_examples=50, deadline=None)
@given(st.lists(st.lists(st.sampled_from("abcdef"), unique=True).map(sorted), max_size=4))
def test_a_union_is_sorted_and_unique(parts):
    found = union_of([pa.array(part, pa.large_string()) for part in parts])
    assert found.to_pylist() == sorted(set().union(*parts))


def test_absent_customers_get_their_value_and_nulls_stay_unrated():
    ids = pa.array(["a", "b", "c"], pa.large_string())
    rows = Rows(ids.slice(1), pa.table({"x": [2, None], "y": [1.0, 2.0]}))
    found = aligned(ids, rows, {"x": 0.0, "y": np.nan})
    np.testing.assert_array_equal(found["x"], [0.0, 2.0, np.nan])
    np.testing.assert_array_equal(found["y"], [np.nan, 1.0, 2.0])
