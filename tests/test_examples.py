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
