from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest

import crmrisk as cr
from crmrisk.cli import main
from crmrisk.core.codec import dump_component
from crmrisk.datasets import simulate_book
from crmrisk.demonstration import AS_OF, programme, run_demonstration


@pytest.fixture(scope="module")
def found():
    return run_demonstration(n_customers=800)


def test_demo_prints_the_summary_and_writes_both_files(tmp_path, capsys):
    assert main(["demo", "--customers", "600", "--out", str(tmp_path / "out")]) == 0
    printed = capsys.readouterr().out
    for word in ("churn within 90 days", "complaint within 90 days", "default within 90 days", "register", "Back-test"):
        assert word in printed
    table = pd.read_parquet(tmp_path / "out" / "assessments.parquet")
    lines = [json.loads(line) for line in (tmp_path / "out" / "assessments.jsonl").read_text().splitlines()]
    assert len(table) == len(lines)
    assert set(table["event"]) == {"churn", "complaint", "default"}
    assert table["level"].tolist() == [line["current"]["level"] for line in lines]


def test_demonstration_uses_the_four_scorers_and_rates_most_customers(found):
    kinds = json.dumps([dump_component(each) for each in programme().pipelines])
    for kind in ("crmrisk.nps", "crmrisk.lifetime_value", "crmrisk.kano", "crmrisk.matrix"):
        assert kind in kinds
    for risk in found.assessed:
        assert risk.summary().unrated < len(risk) / 2


def test_assess_reads_tables_and_a_saved_model(found, tmp_path, capsys):
    pipeline = cr.AssessmentPipeline(
        name="churn",
        event=programme().pipelines[0].event,
        likelihood=cr.AttritionScorer(horizon=programme().pipelines[0].event.horizon),
        consequence=programme().pipelines[0].consequence,
        criteria=programme().pipelines[0].criteria,
    )
    pipeline.fit_as_of(found.evidence, AS_OF).save(tmp_path / "churn.crmrisk")
    cr.save(pipeline, tmp_path / "specification.crmrisk")
    book = simulate_book(n_customers=200, start=AS_OF.replace(year=2024), end=AS_OF, rng=np.random.default_rng(2))
    book.transactions.to_parquet(tmp_path / "transactions.parquet")
    facts = ["--transactions", str(tmp_path / "transactions.parquet")]
    for out in ("out.parquet", "out.csv", "out.jsonl"):
        arguments = ["assess", str(tmp_path / "churn.crmrisk"), *facts, "--as-of", "2026-01-01"]
        assert main([*arguments, "--out", str(tmp_path / out)]) == 0
    assert len(pd.read_parquet(tmp_path / "out.parquet")) == len(pd.read_csv(tmp_path / "out.csv"))
    for model in ("churn.crmrisk", "specification.crmrisk"):
        assert main(["backtest", str(tmp_path / model), *facts, "--cutoff", "2025-06-01"]) == 0
    assert "spiegelhalter_z" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "what"),
    [
        (["assess", "/nowhere.crmrisk", "--as-of", "2026-01-01", "--out", "x.parquet"], "cannot be read"),
        (["backtest", "/nowhere.crmrisk", "--cutoff", "2026-01-01"], "cannot be read"),
    ],
)
def test_refusals_say_why_and_exit_with_2(arguments, what, capsys):
    assert main(arguments) == 2
    assert what in capsys.readouterr().err


def test_segmenters_lists_the_built_ins(capsys):
    assert main(["segmenters"]) == 0
    listed = capsys.readouterr().out.split()
    assert {f"crmrisk.{kind}" for kind in ("clusters", "rfm", "tags", "thresholds", "tiers")} <= {*listed}
    assert "crmrisk.attrition" not in listed


def test_scorers_lists_the_built_ins(capsys):
    assert main(["scorers"]) == 0
    assert {"crmrisk.attrition", "crmrisk.nps", "crmrisk.kano"} <= set(capsys.readouterr().out.split())


def test_csv_is_read_by_the_schema_and_renamed(found, tmp_path, capsys):
    """Identifiers keep their zeros, times become times, whatever the columns are called."""
    pipeline = cr.AssessmentPipeline(
        name="churn",
        event=programme().pipelines[0].event,
        likelihood=cr.AttritionScorer(horizon=programme().pipelines[0].event.horizon),
        consequence=programme().pipelines[0].consequence,
        criteria=programme().pipelines[0].criteria,
    )
    pipeline.fit_as_of(found.evidence, AS_OF).save(tmp_path / "churn.crmrisk")
    sales = pd.DataFrame(
        {
            "Client": ["0001", "0001", "2"],
            "When": ["2025-01-01", "2025-02-01", "2025-03-01"],
            "amount": [10.0, 20.0, 5.0],
        }
    )
    sales.to_csv(tmp_path / "sales.csv", index=False)
    arguments = ["assess", str(tmp_path / "churn.crmrisk"), "--transactions", str(tmp_path / "sales.csv")]
    renames = ["--rename", "transactions.Client=customer_id", "--rename", "transactions.When=at"]
    out = tmp_path / "new" / "folder" / "out.parquet"
    assert main([*arguments, *renames, "--as-of", "2025-06-01", "--out", str(out)]) == 0
    assert pd.read_parquet(out)["customer_id"].tolist() == ["0001", "2"]


@pytest.mark.parametrize(
    ("name", "what"), [("bad.parquet", "cannot be read"), ("empty.csv", "cannot be read"), ("bad.txt", "not read here")]
)
def test_broken_files_are_refused_not_raised(name, what, tmp_path, capsys):
    cr.save(programme().pipelines[0], tmp_path / "churn.crmrisk")
    (tmp_path / name).write_bytes(b"" if name == "empty.csv" else b"nothing")
    arguments = ["backtest", str(tmp_path / "churn.crmrisk"), "--transactions", str(tmp_path / name)]
    assert main([*arguments, "--cutoff", "2025-01-01"]) == 2
    assert what in capsys.readouterr().err


def test_what_is_no_pipeline_is_refused(tmp_path, capsys):
    cr.save(cr.ColumnScorer(column="x", measure=cr.Measure.share()), tmp_path / "scorer.crmrisk")
    assert main(["backtest", str(tmp_path / "scorer.crmrisk"), "--cutoff", "2025-01-01"]) == 2
    assert "not a pipeline" in capsys.readouterr().err


def test_a_book_without_customers_is_refused(capsys):
    assert main(["demo", "--customers", "0"]) == 2
    assert "customers" in capsys.readouterr().err
