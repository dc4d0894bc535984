"""RFM inside Spark: the same scores and segments as the segmenter, null where a value is missing."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest

from crmrisk.core.portfolio import Portfolio
from crmrisk.segmentation import RfmSegmenter, learn_rfm_cuts, rfm_table

pytestmark = [pytest.mark.spark, pytest.mark.filterwarnings("ignore")]  # pyspark 4 warns about its own deprecations


def test_spark_says_what_the_segmenter_says_without_leaving_spark(spark):
    rng = np.random.default_rng(5)
    columns = {
        "recency": rng.integers(0, 40, 60).astype(float),
        "frequency": rng.poisson(2, 60) + 1.0,
        "monetary": rng.gamma(2, 50, 60).round(2) - 20,
    }
    for row, name in enumerate(columns):
        columns[name][row] = np.nan
    ids = [f"C{number:02d}" for number in range(60)]
    book = Portfolio(ids, date(2026, 1, 31), columns)
    fitted = RfmSegmenter(**{name: name for name in columns}).fit(book)
    rows = ", ".join(
        f"('{who}', {', '.join('null' if np.isnan(each[place]) else f'{each[place]}D' for each in columns.values())})"
        for place, who in enumerate(ids)
    )
    columns_of = "t(customer_id, recency, frequency, monetary)"
    table = spark.sql(f"select * from values {rows} as {columns_of}")  # noqa: S608 - numbers of this test
    assert learn_rfm_cuts(table) == fitted.cuts
    found = rfm_table(table, cuts=fitted.cuts)
    assert type(found) is type(table)
    segments = {row["customer_id"]: (row["rfm_score"], row["segment"]) for row in found.collect()}
    scores, labels = fitted.scores(book).score, fitted.segment(book).labels
    expected = {
        who: (None if pd.isna(score) else int(score), label)
        for who, score, label in zip(ids, scores, labels, strict=True)
    }
    assert segments == expected
