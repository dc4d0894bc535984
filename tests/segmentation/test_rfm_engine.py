from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from crmrisk.core.errors import EngineError, FitError, InvalidValueError, RecordError, SchemaError
from crmrisk.core.portfolio import Portfolio
from crmrisk.segmentation.rfm import RfmSegmenter
from crmrisk.segmentation.rfm_cuts import RfmCuts
from crmrisk.segmentation.rfm_engine import learn_rfm_cuts, rfm_table
from crmrisk.segmentation.rfm_presets import published_segments
from crmrisk.segmentation.rfm_segments import RfmBox, SegmentBoxes

NAMES = ("recency", "frequency", "monetary")
SCORES = [f"{name}_score" for name in (*NAMES, "rfm")]
HALF = SegmentBoxes([RfmBox("all", (1, 3), (1, 3), (1, 3)), RfmBox("never", (2, 2), (1, 3), (1, 3))], groups=3)


def customers(n=400, seed=3) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame(
        {
            "who": np.arange(n),
            "recency": rng.integers(0, 60, n).astype(float),
            "frequency": rng.poisson(2, n) + 1.0,
            "monetary": rng.gamma(2, 50, n).round(2) - 20,
        }
    )
    for row, name in enumerate(NAMES):
        frame.loc[[row, 7], name] = np.nan
    return frame


def tables(frame: pd.DataFrame):
    pl, duckdb = pytest.importorskip("polars"), pytest.importorskip("duckdb")
    table = pa.Table.from_pandas(frame, preserve_index=False)
    return {
        "pandas": frame,
        "pyarrow": table,
        "polars": pl.from_arrow(table),
        "polars NaN": pl.from_pandas(frame, nan_to_null=False),
        "lazy": pl.from_arrow(table).lazy(),
        "duckdb": duckdb.from_arrow(table),
        "duckdb NaN": duckdb.from_df(frame),
    }


def as_pandas(native) -> pd.DataFrame:
    if hasattr(native, "collect"):
        native = native.collect()
    for name in ("to_arrow_table", "to_arrow", "to_pandas"):
        if hasattr(native, name):
            native = getattr(native, name)()
    native = native.to_pandas() if isinstance(native, pa.Table) else native
    return native.sort_values("who", ignore_index=True)


SETTINGS = [
    {},
    {"method": "r_rfm", "segments": published_segments()},
    {"method": "rank", "groups": 3, "segments": HALF},
    {"cuts": RfmCuts(recency=(10,), frequency=(2,), monetary=(50,))},
]


@pytest.mark.parametrize("settings", SETTINGS, ids=["quantile", "r_rfm", "rank", "own cuts"])
def test_every_engine_says_what_the_segmenter_says(settings):
    frame = customers()
    columns = {name: frame[name] for name in NAMES}
    book = Portfolio(frame["who"].astype(str), date(2026, 1, 31), columns)
    fitted = RfmSegmenter(**dict(zip(NAMES, NAMES, strict=True)), **settings).fit(book)
    scores, labels = fitted.scores(book), fitted.segment(book).labels
    for engine, table in tables(frame).items():
        got = as_pandas(rfm_table(table, customer_id="who", **settings))
        assert list(got) == ["who", *SCORES, "segment"], engine
        for name in (*NAMES, "score"):
            column = "rfm_score" if name == "score" else f"{name}_score"
            np.testing.assert_array_equal(got[column].astype(float), getattr(scores, name), err_msg=engine)
        assert [None if pd.isna(each) else each for each in got["segment"]] == labels.tolist(), engine


def test_cuts_are_the_same_bits_on_every_engine():
    frame = customers()
    cuts = {engine: learn_rfm_cuts(table) for engine, table in tables(frame).items()}
    assert len(set(cuts.values())) == 1


def test_lazy_stays_lazy_and_the_table_stays_as_it_is():
    frame = customers()
    before = frame.copy()
    given = tables(frame)
    assert type(rfm_table(given["lazy"], customer_id="who")) is type(given["lazy"])
    assert type(rfm_table(given["duckdb"], customer_id="who")) is type(given["duckdb"])
    assert isinstance(rfm_table(given["pyarrow"], customer_id="who"), pa.Table)
    assert isinstance(rfm_table(frame, customer_id="who"), pd.DataFrame)
    pd.testing.assert_frame_equal(frame, before)


@pytest.mark.parametrize(
    ("change", "error", "said"),
    [
        (lambda f: [1, 2], SchemaError, "not a table"),
        (lambda f: f.drop(columns=["monetary", "recency"]), SchemaError, "recency=.*\n.*monetary="),
        (lambda f: f.assign(frequency="often"), SchemaError, "frequency: no numbers"),
        (lambda f: f.assign(recency=-1.0, monetary=np.inf), RecordError, "infinite in 400.*\n.*negative in 400"),
        (lambda f: f.assign(frequency=np.nan), FitError, "no customer"),
        (lambda f: f.iloc[:0], FitError, "no customer"),
    ],
)
def test_tables_that_cannot_be_segmented_say_why(change, error, said):
    with pytest.raises(error, match=said):
        rfm_table(change(customers()), customer_id="who")


def test_settings_and_engines_that_fail_say_so():
    with pytest.raises(InvalidValueError, match="method"):
        rfm_table(customers(), customer_id="who", method="qcut")
    with pytest.raises(SchemaError, match="two roles"):
        rfm_table(customers(), customer_id="who", monetary="recency")
    pl = pytest.importorskip("polars")
    broken = pl.from_pandas(customers()).lazy().with_columns(pl.col("nowhere"))
    with pytest.raises(EngineError, match="the engine failed"):
        rfm_table(broken, customer_id="who")


def test_one_customer_and_one_row_of_nothing():
    one = customers().tail(1)
    assert rfm_table(one, customer_id="who").iloc[0, 1:].tolist() == [5, 1, 1, 511, "New Customers"]
    cuts = RfmCuts(recency=(10,), frequency=(2,), monetary=(50,))
    empty = rfm_table(one.iloc[:0], customer_id="who", cuts=cuts)
    assert list(empty) == ["who", *SCORES, "segment"]
    assert len(empty) == 0
