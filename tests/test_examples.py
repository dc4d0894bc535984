from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).parents[1] / "examples"


def run(name: str, data_folder: Path, monkeypatch):
    monkeypatch.setenv("CRMRISK_DATA", str(data_folder))
    specification = importlib.util.spec_from_file_location(name, EXAMPLES / f"{name}.py")
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    return module.main()


@pytest.mark.realdata
def test_online_retail_beats_silence_and_stays_calibrated(data_folder, monkeypatch, capsys):
    purchase_model, stacked = run("online_retail", data_folder, monkeypatch)
    for cutoff in purchase_model:
        assert cutoff.baselines["idle_days"].advantage.value >= 0.03
    calm = [abs(cutoff.check.spiegelhalter_z) < 3 for cutoff in stacked]
    assert sum(calm) > len(calm) / 2
    printed = capsys.readouterr().out
    assert "135,080" in printed or "135080" in printed  # lines without a customer are counted, not lost


@pytest.mark.realdata
def test_cdnow_is_not_worse_than_silence(data_folder, monkeypatch, capsys):
    proof = run("cdnow", data_folder, monkeypatch)
    for cutoff in proof:
        assert cutoff.baselines["idle_days"].advantage.value >= 0
    printed = capsys.readouterr().out
    for ours in ("-9582.4292", "-9582.1357", "-9594.9762", "15.4435", "1653.4087", "0.7545", "1411"):
        assert ours in printed


@pytest.mark.realdata
def test_satisfaction_tells_the_published_figures_and_the_traps(data_folder, monkeypatch, capsys):
    found = run("satisfaction", data_folder, monkeypatch)
    # shared/data/README.md: 2017 n 2,746, NPS 39.84, weighted 40.40; 2018 n 2,650, 30.98, weighted 35.11
    assert found.waves.n.tolist() == found.weighted.n.tolist() == [2746, 2650]
    assert (100 * found.waves.values).round(2).tolist() == [39.84, 30.98]
    assert (100 * found.weighted.values).round(2).tolist() == [40.40, 35.11]
    # the design decides: a fall as answered, a smaller one weighted, none to be sure of once flights are clusters
    verdicts = [waves[1].change.verdict for waves in (found.waves, found.weighted, found.clustered)]
    assert verdicts == ["lower", "lower", "not distinguishable yet"]
    assert [year for year, change in found.satisfied.items() if change.verdict == "lower"] == [2018]
    assert (found.drivers.n, found.drivers.ranked[0].name) == (1548, "food")
    assert found.drivers.r_squared.value == pytest.approx(0.574, abs=5e-4)
    traps = found.traps
    assert (traps["users of everything"].n, traps["users of everything"].ranked[0].name) == (494, "Q7PARK")
    assert traps["codes read as answers"].r_squared.value == pytest.approx(0.22, abs=5e-3)
    assert traps["weighted"].ranked[0].name != "food"
    assert {str(driver.asymmetry_class) for driver in found.penalties.drivers} == {"unclassified"}
    assert str(found.actions["food"].quadrant) == "concentrate here"
    assert {each.n for each in found.requirements} == {358}
    assert [each.name for each in found.requirements if each.stability < 0.95] == ["F11"]
    assert found.priorities.items[0].requirement == "F10"
    assert [entry.text for entry in found.swot.weaknesses] == ["F10"]
    assert len(found.signals) == 6623
    printed = capsys.readouterr().out
    for figure in ("39.84", "40.40", "30.98", "35.11", "n 2746", "n 2650", "P 0.920"):
        assert figure in printed


@pytest.mark.realdata
def test_segments_tells_what_moves_why_and_how_surely(data_folder, monkeypatch, capsys):
    found = run("segments", data_folder, monkeypatch)
    tiers, plain = found.tiers, found.plain
    assert tiers.tiers.sizes().sum(axis=1).is_monotonic_increasing  # nobody is judged before the first purchase
    assert tiers.moves.high < plain.moves.low
    assert tiers.reversals.high < plain.reversals.low / 3
    moves = tiers.tiers.moves()
    assert moves["reason"].str.len().gt(20).all()
    assert set(moves["decision"]) == {"promoted", "demoted"}
    capacity = tiers.capacity().groupby("at")["hours"].sum()
    assert capacity.iloc[-1] > 2 * capacity.iloc[0]
    # quarters: sizes and newcomers of each add up to the customers of the next, and the flow shows all of them
    migration = found.migration
    assert migration.sizes[0].sum() + migration.entries.sum() == migration.sizes[-1].sum()
    flow = migration.chart()
    assert {sum(flow.sizes(step).values()) for step in range(4)} == {migration.sizes[-1].sum()}
    assert (found.alike.verdict, found.momentum.test.verdict) == ("rejected", "rejected")
    assert found.leaks.lost.high < 0 < found.leaks.gained.low
    assert found.leaks.frame()["source"].iloc[0] == "1,500 and more"
    assert sum(found.segments.sizes().values()) == len(found.segments) - 34  # who only ever returned has no segment
    assert found.moved["by cuts learnt again"] == pytest.approx(0.41, abs=0.005)  # although not one purchase differs
    assert found.momentum.down_after_up.value == pytest.approx(0.49, abs=0.005)
    assert found.momentum.expected["down_after_up"] == pytest.approx(0.35, abs=0.005)
    assert str(found.clusters.stability) == "highly stable"
    assert str(found.more_clusters.stability) in {"unstable", "doubtful"}
    assert found.more_clusters.warnings
    share = found.concentration.top_share
    assert share.low < 1 - found.curve.at(0.9) < share.high
    assert (found.rules.q_value <= 0.01).all()
    assert 200 < len(found.rules) < found.rules.tried
    forecast = found.forecast
    assert ((forecast.low <= forecast.forecast) & (forecast.forecast <= forecast.high)).all()
    assert found.plan.used <= found.plan.capacity
    assert (found.plan.contacts <= found.plan.maximum).all()
    printed = capsys.readouterr().out
    for words in ("UNSTABLE", "kept silver for now", "20,728 baskets", "not distinguishable yet"):
        assert words in printed
