from __future__ import annotations

import sys

import pytest

from crmrisk.core import registry
from crmrisk.core.errors import BrokenPluginError, PluginConflictError, RegistryError, UnknownComponentError
from crmrisk.core.registry import GROUPS, component_class, component_names
from crmrisk.core.saved import load, save
from crmrisk.scoring.column import ColumnScorer

GOOD = """
from crmrisk import Input, Measure, StatelessScorer

class Silence(StatelessScorer, kind="acme.silence"):
    half_life: float = 30.0
    inputs = (Input("idle_days", "day", ge=0),)
    measure = Measure.share()

    def compute(self, portfolio):
        return 1 - 0.5 ** (portfolio["idle_days"] / self.half_life)

not_a_class = Silence()
"""


def test_builtins_register_as_plugins_do():
    assert component_class("crmrisk.column") is ColumnScorer
    assert component_names() == tuple(sorted(component_names()))
    assert all(name.startswith("crmrisk.") for group in GROUPS for name in component_names(group) if "." in name[:8])


@pytest.mark.parametrize("group", GROUPS)
def test_a_plugin_is_found_by_name_in_every_group(install, group):
    install("acme-scorers", {"acme.silence": "acme_good:Silence"}, group=group, acme_good=GOOD)
    assert "acme.silence" in component_names(group)
    assert "acme_good" not in sys.modules
    assert component_class("acme.silence").__name__ == "Silence"
    assert "acme_good" in sys.modules


def test_a_plugin_in_a_saved_file_loads(install, tmp_path):
    install("acme-scorers", {"acme.silence": "acme_good:Silence"}, acme_good=GOOD)
    save(component_class("acme.silence")(half_life=7), tmp_path / "silence.crmrisk")
    assert load(tmp_path / "silence.crmrisk") == component_class("acme.silence")(half_life=7)


def test_a_conflict_names_both_distributions_and_disturbs_nobody_else(install):
    install("acme-scorers", {"acme.silence": "acme_good:Silence", "acme.other": "acme_good:Silence"}, acme_good=GOOD)
    install("rival-scorers", {"acme.silence": "acme_good:Silence"})
    assert component_names().count("acme.silence") == 1
    with pytest.raises(PluginConflictError, match="claimed by acme-scorers and rival-scorers"):
        component_class("acme.silence")
    assert component_class("acme.other").__name__ == "Silence"
    assert component_class("crmrisk.column") is ColumnScorer
    assert "acme.silence" in component_names()


def test_a_conflict_across_groups_is_one_too(install):
    install("acme-scorers", {"acme.silence": "acme_good:Silence"}, acme_good=GOOD)
    install("rival-scorers", {"acme.silence": "acme_good:Silence"}, group=registry.SUMMARIES)
    with pytest.raises(PluginConflictError, match="acme-scorers and rival-scorers"):
        component_class("acme.silence")


def test_nobody_may_take_a_builtin_name(install):
    install("rival-scorers", {"crmrisk.column": "acme_good:Silence"}, acme_good=GOOD)
    with pytest.raises(PluginConflictError, match="claimed by crmrisk and rival-scorers"):
        component_class("crmrisk.column")
    assert "acme_good" not in sys.modules


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ("acme_broken:Silence", "raise RuntimeError('half installed')"),
        ("acme_broken:Silence", "import no_such_module_anywhere"),
        ("acme_broken:Silence", "def ("),
        ("acme_broken:Missing", GOOD),
        ("acme_broken:not_a_class", GOOD),
        ("acme_absent:Silence", ""),
        ("acme_broken", GOOD),
        ("not a module!", ""),
    ],
)
def test_a_broken_plugin_fails_only_when_asked_for(install, value, code):
    install("acme-scorers", {"acme.broken": value}, acme_broken=code)
    assert "acme.broken" in component_names()
    assert component_class("crmrisk.column") is ColumnScorer
    with pytest.raises(BrokenPluginError) as caught:
        component_class("acme.broken")
    assert "acme.broken" in str(caught.value)


def test_a_distribution_without_a_name_is_survived(install):
    install("acme-scorers", {"acme.silence": "acme_good:Silence"}, acme_good=GOOD)
    (metadata,) = install.folder.glob("*.dist-info/METADATA")
    metadata.write_text("Metadata-Version: 2.1\n")
    registry._installed.cache_clear()
    assert "crmrisk.column" in component_names()
    assert component_class("acme.silence").__name__ == "Silence"


@pytest.mark.parametrize(("switch", "hidden"), [("1", True), ("true", True), ("yes", True), ("0", False), ("", False)])
def test_plugins_are_switched_off_by_the_environment(install, monkeypatch, switch, hidden):
    install("acme-scorers", {"acme.silence": "acme_good:Silence"}, acme_good=GOOD)
    monkeypatch.setenv("CRMRISK_DISABLE_PLUGINS", switch)
    assert ("acme.silence" not in component_names()) == hidden
    assert component_class("crmrisk.column") is ColumnScorer
    if hidden:
        with pytest.raises(UnknownComponentError, match="unset CRMRISK_DISABLE_PLUGINS"):
            component_class("acme.silence")
        assert "acme_good" not in sys.modules


@pytest.mark.parametrize(
    "kind",
    ["os:system", "os.system", "subprocess:Popen", "builtins:eval", "", ".", ".fitted", "crmrisk.column.fitted.fitted",
     "crmrisk.scoring.column:ColumnScorer", "../crmrisk.column", "crmrisk.colum", "x" * 100_000, "\x00", "é"],
    ids=lambda kind: repr(kind)[:30],
)  # fmt: skip
def test_unknown_names_are_refused_and_import_nothing(kind):
    before = set(sys.modules)
    with pytest.raises(UnknownComponentError) as caught:
        component_class(kind)
    assert set(sys.modules) == before
    assert len(str(caught.value)) < 2000


def test_a_near_miss_is_told_the_right_name():
    with pytest.raises(UnknownComponentError, match=r"allowed: crmrisk\.column"):
        component_class("crmrisk.colum")


def test_a_rule_has_no_fitted_form():
    with pytest.raises(UnknownComponentError, match="has no fitted form"):
        component_class("crmrisk.column.fitted")
    assert component_class("crmrisk.logistic.fitted").__name__ == "FittedLogisticScorer"
    assert issubclass(BrokenPluginError, RegistryError)
