"""NPS by segment inside Spark: run with ``pytest -m spark``; it needs pyspark and Java."""

from __future__ import annotations

import pytest

from crmrisk.core.errors import RecordError
from crmrisk.satisfaction.net_promoter import net_promoter_score
from crmrisk.satisfaction.net_promoter_table import net_promoter_by_segment

pytestmark = [pytest.mark.spark, pytest.mark.filterwarnings("ignore")]  # pyspark 4 warns about its own deprecations

ROWS = [("a", 9, 1.0), ("a", 3, 2.0), ("b", 10, 1.0), ("b", None, 1.0), (None, 5, 1.0)]


def test_spark_counts_as_everyone_does(spark):
    table = spark.createDataFrame(ROWS, "segment string, answer int, weight double")
    with pytest.raises(RecordError, match="answer: missing in 1 answer"):
        net_promoter_by_segment(table)
    found = net_promoter_by_segment(table, weight="weight", missing="exclude")
    assert list(found) == ["a", "b"]
    expected = net_promoter_score([9, 3], weights=[1, 2])
    assert (found["a"].value, found["a"].low) == pytest.approx((expected.value, expected.low), rel=1e-12)
    assert found["b"] == net_promoter_score([10, None], missing="exclude")


def test_spark_names_bad_answers(spark):
    table = spark.createDataFrame([("a", 11.0), ("a", 7.5), ("b", 11.0)], "segment string, answer double")
    with pytest.raises(RecordError, match=r"2 answers off the scale; allowed: whole numbers 0 to 10; got: 11"):
        net_promoter_by_segment(table)
