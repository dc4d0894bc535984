"""Tests of the net promoter score by segment of a table, in every engine."""

from __future__ import annotations

import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from crmrisk.core.errors import EngineError, InvalidValueError, RecordError, SchemaError
from crmrisk.satisfaction.net_promoter import NpsBreaks, net_promoter_score
from crmrisk.satisfaction.net_promoter_table import net_promoter_by_segment
from crmrisk.satisfaction.segments import by_segment

RNG = np.random.default_rng(6)
COLUMNS = {
    "country": RNG.choice(["CN", "DE", "US"], 400).tolist(),
    "nps": RNG.integers(0, 11, 400).tolist(),
    "w": RNG.uniform(0.5, 2.0, 400).tolist(),
}


def _duckdb(columns):
    return duckdb.from_arrow(pa.table(columns))


ENGINES = {
    "pandas": pd.DataFrame,
    "polars": pl.DataFrame,
    "polars lazy": pl.LazyFrame,
    "pyarrow": pa.table,
    "duckdb": _duckdb,
}
IN_MEMORY = {"pandas", "polars", "pyarrow"}


@pytest.fixture(params=ENGINES)
def engine(request):
    return request.param


def _ask(engine, columns=COLUMNS, **options):
    return net_promoter_by_segment(ENGINES[engine](columns), answer="nps", segment="country", **options)


@pytest.mark.parametrize("method", ["score", "adjusted wald", "wald", "bootstrap", "bca"])
def test_every_engine_gives_what_the_answers_give(engine, method):
    found = _ask(engine, method=method, level=0.9)
    assert list(found) == ["CN", "DE", "US"]
    for name, part in pd.DataFrame(COLUMNS).groupby("country"):
        assert found[name] == net_promoter_score(part["nps"], method=method, level=0.9)


def test_weights_count_as_for_answers(engine):
    found = _ask(engine, weight="w")
    for name, part in pd.DataFrame(COLUMNS).groupby("country"):
        expected = net_promoter_score(part["nps"], weights=part["w"])
        assert found[name].n == expected.n
        for field in ("value", "standard_error", "low", "high", "effective_n"):
            assert getattr(found[name], field) == pytest.approx(getattr(expected, field), rel=1e-12)
        assert found[name].warnings == expected.warnings


@pytest.mark.parametrize("adjustment", ["bonferroni", "holm"])
def test_segments_read_together_are_those_of_by_segment(engine, adjustment):
    found = _ask(engine, simultaneous=adjustment, benchmark=-0.2)
    expected = by_segment(
        COLUMNS["country"], net_promoter_score, COLUMNS["nps"], simultaneous=adjustment, benchmark=-0.2
    )
    assert found == expected


def test_missing_answers_and_segments_are_refused_or_counted(engine):
    columns = {"country": ["a", "a", None, "b", "b"], "nps": [9.0, None, 3.0, None, None]}
    with pytest.raises(RecordError) as caught:
        _ask(engine, columns)
    named = {problem.where: problem.what for problem in caught.value.problems}
    assert named == {"nps": "missing in 3 answers", "country": "missing in 1 answer"}
    found = _ask(engine, columns, missing="exclude")
    assert found["a"] == net_promoter_score([9, None], missing="exclude")
    assert found["b"] == net_promoter_score([None, None], missing="exclude")
    assert found.warnings == ("answers without a segment excluded: 1",)


def test_bad_numbers_are_named_with_their_count_and_rows(engine):
    columns = {"country": ["a", "a", "b", "b", "b"], "nps": [11.0, 7.5, -1.0, 11.0, 9.0]}
    with pytest.raises(RecordError) as caught:
        _ask(engine, columns)
    named = {problem.got: problem.what for problem in caught.value.problems}
    assert set(named) == {"11.0", "7.5", "-1.0"} or set(named) == {"11", "7.5", "-1"}
    assert next(what for got, what in named.items() if got.startswith("11")).startswith("2 answers off the scale")
    if engine in IN_MEMORY:
        assert any("rows 0, 3" in what for what in named.values())


def test_text_is_named(engine):
    with pytest.raises(RecordError, match=r"1 answer off the scale.*got: 'nine'"):
        _ask(engine, {"country": ["a"], "nps": ["nine"]})
    with pytest.raises(RecordError, match="whole numbers 1 to 5; got: 10"):
        _ask(
            engine,
            {"country": ["a"], "nps": [10]},
            breaks=NpsBreaks(lowest=1, passive_from=4, promoter_from=5, highest=5),
        )


def test_mixed_objects_are_named_with_their_row():
    table = pd.DataFrame({"country": ["a"] * 5, "nps": [9, "nine", 7.5, None, True]})
    with pytest.raises(RecordError) as caught:
        net_promoter_by_segment(table, answer="nps", segment="country")
    named = {problem.got: problem.what for problem in caught.value.problems}
    assert named["'nine'"] == "1 answer off the scale, row 1"
    assert named["7.5"] == "1 answer off the scale, row 2"
    assert named["True"] == "1 answer off the scale, row 4"


@pytest.mark.parametrize("bad", [-1.0, float("inf"), float("nan"), None])
def test_bad_weights_are_refused(engine, bad):
    with pytest.raises(RecordError, match="weight: missing, negative or infinite in 1 of 2"):
        _ask(engine, {"country": ["a", "b"], "nps": [9, 9], "w": [1.0, bad]}, weight="w")


def test_segments_of_no_weight_are_unrated(engine):
    found = _ask(engine, {"country": ["a", "b"], "nps": [9, 9], "w": [1.0, 0.0]}, weight="w")
    assert (found["a"].value, found["b"].value, found["b"].n) == (1.0, None, 0)


def test_an_empty_table_has_no_segments(engine):
    empty = pa.table({"country": pa.array([], pa.string()), "nps": pa.array([], pa.int64())})
    given = {"pandas": empty.to_pandas, "polars": lambda: pl.from_arrow(empty), "pyarrow": lambda: empty}
    given["polars lazy"] = lambda: pl.from_arrow(empty).lazy()
    given["duckdb"] = lambda: duckdb.from_arrow(empty)
    assert len(net_promoter_by_segment(given[engine](), answer="nps", segment="country")) == 0


def test_pandas_types_are_one():
    kinds = ["int8", "uint8", "float32", "Int64", "int64[pyarrow]", "object"]
    frame = pd.DataFrame(COLUMNS)
    expected = net_promoter_by_segment(frame, answer="nps", segment="country")
    for kind in kinds:
        table = frame.assign(nps=frame["nps"].astype(kind), country=frame["country"].astype("category"))
        assert net_promoter_by_segment(table, answer="nps", segment="country") == expected


def test_the_table_is_left_as_it_is():
    table = pd.DataFrame(COLUMNS)
    before = table.copy()
    net_promoter_by_segment(table, answer="nps", segment="country", weight="w")
    pd.testing.assert_frame_equal(table, before)


@pytest.mark.parametrize(
    ("table", "options", "error", "message"),
    [
        ([9, 8], {}, SchemaError, "not a table"),
        (pd.DataFrame(COLUMNS), {"answer": "score"}, SchemaError, "table.score: missing column"),
        (pd.DataFrame(COLUMNS), {"answer": "country"}, SchemaError, "one column in two roles"),
        (pd.DataFrame({**COLUMNS, "w": "x"}), {"weight": "w"}, SchemaError, "weights are no numbers"),
        (pd.DataFrame(COLUMNS), {"method": "waldo"}, InvalidValueError, "no such method"),
        (pd.DataFrame(COLUMNS), {"level": 95}, InvalidValueError, "level"),
        (pd.DataFrame(COLUMNS), {"missing": "ignore"}, InvalidValueError, "missing"),
        (pd.DataFrame(COLUMNS), {"simultaneous": "tukey"}, InvalidValueError, "simultaneous"),
        (pd.DataFrame(COLUMNS), {"breaks": (7, 9)}, InvalidValueError, "breaks"),
        (pd.DataFrame(COLUMNS), {"method": "bca", "weight": "w"}, InvalidValueError, "by_segment"),
    ],
)
def test_what_cannot_be_asked_is_refused(table, options, error, message):
    with pytest.raises(error, match=message):
        net_promoter_by_segment(table, **{"answer": "nps", "segment": "country", **options})


def test_a_failing_engine_is_named():
    connection = duckdb.connect()
    relation = connection.from_arrow(pa.table(COLUMNS))
    connection.close()
    with pytest.raises(EngineError):
        net_promoter_by_segment(relation, answer="nps", segment="country")


def test_segments_that_are_no_labels_are_refused():
    with pytest.raises(EngineError, match="unhashable"):
        net_promoter_by_segment(pd.DataFrame({"answer": [9], "segment": [["a"]]}))


@pytest.mark.parametrize("method", ["score", "adjusted wald"])
def test_what_is_doubtful_about_answers_is_said_of_each_segment(method):
    table = pd.DataFrame(
        {"segment": ["short"] * 20 + ["long"] * 20 + ["one"], "nps": [1, 2, 3, 4, 5] * 4 + [10, 9, 3, 7] * 5 + [10]}
    )
    found = net_promoter_by_segment(table, answer="nps", segment="segment", method=method)
    for segment, answers in table.groupby("segment")["nps"]:
        assert found[segment].warnings == net_promoter_score(answers, method=method).warnings
    assert found["short"].warnings == ("no answer above 5: is this a question from 0 to 10?",)
    assert bool(found["one"].warnings) == (method == "adjusted wald")
