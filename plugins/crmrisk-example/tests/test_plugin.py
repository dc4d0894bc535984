"""The plugin as crmrisk sees it: found by name, loaded from a file, hidden when plugins are switched off."""

import os
import subprocess
import sys
from importlib.metadata import PackageNotFoundError, distribution

import pytest
from crmrisk_example import PaymentDelayScorer

import crmrisk
from crmrisk.core.registry import component_class, component_names

try:
    distribution("crmrisk-example")
except PackageNotFoundError:
    pytest.skip("install it first: pip install ./plugins/crmrisk-example", allow_module_level=True)

LOAD = "import sys, crmrisk; print(repr(crmrisk.load(sys.argv[1])))"


def in_another_process(code: str, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603 - this interpreter and the code above
        [sys.executable, "-c", code, *arguments],
        env=os.environ | environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_it_is_found_by_name():
    assert "example.payment_delay" in component_names()
    assert component_class("example.payment_delay") is PaymentDelayScorer


def test_a_saved_model_loads_where_nothing_imported_the_plugin(tmp_path):
    path = tmp_path / "delay.crmrisk"
    crmrisk.save(PaymentDelayScorer(grace=3), path)
    loaded = in_another_process(LOAD, str(path))
    assert loaded.stdout.strip() == "PaymentDelayScorer(grace=3.0, half_life=30.0)", loaded.stderr


@pytest.mark.parametrize("switch", ["1", "true"])
def test_it_disappears_when_plugins_are_switched_off(tmp_path, switch):
    path = tmp_path / "delay.crmrisk"
    crmrisk.save(PaymentDelayScorer(), path)
    loaded = in_another_process(LOAD, str(path), CRMRISK_DISABLE_PLUGINS=switch)
    assert loaded.returncode != 0
    assert "UnknownComponentError" in loaded.stderr
    assert "example.payment_delay" in loaded.stderr
    names = in_another_process(
        "from crmrisk.core.registry import component_names; print(*component_names())", CRMRISK_DISABLE_PLUGINS=switch
    ).stdout.split()
    assert "example.payment_delay" not in names
    assert "crmrisk.column" in names
